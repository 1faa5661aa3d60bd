"""What answers come to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.feedback import Invitation
from chalicelib.core.feedback_results import results_of
from chalicelib.core.ids import QueueId
from tests.core.test_feedback import an_invitation, some_answers

_MARK = st.one_of(st.none(), st.integers(1, 5))


@st.composite
def _invitations(draw: st.DrawFn) -> list[Invitation]:
    made = []
    for n in range(draw(st.integers(0, 12))):
        invitation = an_invitation(
            f"F-{n}",
            agent=draw(st.sampled_from(["ben", "mai", ""])),
            queue_id=QueueId(draw(st.sampled_from(["q-1", "q-2", ""]))),
            reason=draw(st.sampled_from(["solved", "bug", ""])),
        )
        for m, (service, solution) in enumerate(
            draw(st.lists(st.tuples(_MARK, _MARK), max_size=3))
        ):
            answers = some_answers(f"a-{m}", service=service, solution=solution)
            invitation = invitation.answered(answers)
        made.append(invitation)
    return made


def test_the_newest_answers_count_and_partial_ones_for_what_they_say() -> None:
    """4 and 5, later 2 alone: one answer, partial, of 2."""
    changed = an_invitation("F-1", agent="ben", agent_name="Ben Ode")
    changed = changed.answered(some_answers("a-1")).answered(
        some_answers("a-2", service=2, solution=None)
    )
    others = [
        an_invitation("F-2", agent="ben").answered(some_answers("a-3", service=5, solution=5)),
        an_invitation("F-3", agent="mai"),
    ]

    results = results_of([changed, *others])

    ben, mai = results.agents
    assert (ben.key, ben.invited, ben.answered, ben.partial) == ("ben", 2, 2, 1)
    assert (ben.service.count, ben.service.total, ben.service.average) == (2, 7, Decimal("3.50"))
    assert (ben.solution.count, ben.solution.average) == (1, Decimal("5.00"))
    assert (mai.invited, mai.answered, mai.answer_rate) == (1, 0, Decimal("0.00"))
    assert mai.service.average is None


def test_nobody_asked_is_no_rate_and_not_0_percent() -> None:
    assert results_of([]).all.answer_rate is None


@given(_invitations())
def test_agents_queues_and_reasons_each_add_up_to_all(invitations: list[Invitation]) -> None:
    results = results_of(invitations)

    assert results.all.invited == len(invitations)
    for rows in (results.agents, results.queues, results.reasons):
        assert [row.key for row in rows] == sorted({row.key for row in rows})
        for name in ("invited", "answered", "partial"):
            assert sum(getattr(row, name) for row in rows) == getattr(results.all, name)
        for name in ("service", "solution"):
            whole = getattr(results.all, name)
            parts = [getattr(row, name) for row in rows]
            assert sum(part.count for part in parts) == whole.count
            assert sum(part.total for part in parts) == whole.total


@given(_invitations())
def test_averages_are_exact_to_the_hundredth_half_up(invitations: list[Invitation]) -> None:
    marks = results_of(invitations).all.service

    if marks.average is None:
        assert marks.count == 0
    else:
        off = Fraction(marks.average) - Fraction(marks.total, marks.count)
        assert Fraction(-1, 200) < off <= Fraction(1, 200)
