"""Scenario 9: the most suitable agent, widening step by step."""

from __future__ import annotations

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.events import BlockExecuted, ContactOffered, RoutingStepExpired
from chalicelib.core.ids import AgentId, ContactId
from tests.acme import SALES, Acme, asks_for_vietnamese

WIDENING = asks_for_vietnamese((3.0, 30), (2.0, 30))


@pytest.fixture
def acme() -> Acme:
    """A01 masters Vietnamese with 5, A02 with 2, A03 not at all; A01 talks with somebody."""
    acme = Acme(speaks={"A01": 5.0, "A02": 2.0})
    acme.publish("Vietnamese please", WIDENING)
    acme.comes("A01")
    acme.enters(SALES)
    acme.takes("A01")
    return acme


def asks(acme: Acme) -> ContactId:
    return acme.rings("Vietnamese please")


def test_nobody_for_thirty_seconds_then_who_masters_it_with_two(acme: Acme) -> None:
    contact_id = asks(acme)
    for name in ("A02", "A03"):
        acme.comes(name)
    acme.comes_to(29.9)
    before = acme.rings_at(contact_id)
    acme.comes_to(30)

    assert (None, "A02") == (before, acme.rings_at(contact_id))


def test_after_sixty_seconds_anybody(acme: Acme) -> None:
    """A02 is busy, too."""
    acme.comes("A02")
    acme.enters(SALES)
    acme.takes("A02")
    contact_id = asks(acme)
    acme.comes("A03")
    rung = []
    for second in (30, 59.9, 60):
        acme.comes_to(second)
        rung.append(acme.rings_at(contact_id))

    assert [None, None, "A03"] == rung
    expired = acme.events(contact_id, RoutingStepExpired)
    assert [(1, "Vietnamese ≥ 2"), (2, "")] == [(e.step, e.wanted) for e in expired]


def test_who_masters_it_and_is_free_in_the_last_moment_gets_it(acme: Acme) -> None:
    contact_id = asks(acme)
    acme.comes("A02")
    acme.comes_to(29.9)
    acme.finishes("A01")

    assert "A01" == acme.rings_at(contact_id)


def test_among_equals_who_is_idle_longest(acme: Acme) -> None:
    """Not who masters it best."""
    acme = Acme(speaks={"A01": 5.0, "A02": 3.0})
    acme.publish("Vietnamese please", WIDENING)
    acme.comes("A02")
    acme.comes_to(1)
    acme.comes("A01")
    contact_id = asks(acme)

    assert "A02" == acme.rings_at(contact_id)
    (offered,) = acme.events(contact_id, ContactOffered)
    assert "A02: longest idle of 2" == offered.why


def test_a_decision_tells_who_was_passed_over(acme: Acme) -> None:
    acme.comes("A03")
    acme.finishes("A01")
    contact_id = asks(acme)

    (offered,) = acme.events(contact_id, ContactOffered)
    assert "A01: the only one free; A03 lacks Vietnamese ≥ 3" == offered.why


def test_an_agent_who_frees_up_steps_over_those_who_ask_for_others(acme: Acme) -> None:
    """However many of them stand before."""
    for _ in range(20):
        asks(acme)
    acme.comes_to(1)
    plain = acme.enters(SALES)
    acme.comes("A03")

    assert "A03" == acme.rings_at(plain)


# --- bad ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "steps"),
    [((), ((3.0, 30), (2.0, 30))), (("A02", "A03"), ((3.0, 30), (2.5, None)))],
)
def test_where_nobody_who_is_signed_in_could_ever_fit_the_overflow_branch_is_taken_at_once(
    here: tuple[str, ...], steps: tuple[tuple[float, int | None], ...]
) -> None:
    """Nobody is there at all; or nobody has what the last step asks, which never ends."""
    acme = Acme(speaks={"A01": 5.0, "A02": 2.0})
    acme.publish("Vietnamese please", asks_for_vietnamese(*steps))
    for name in here:
        acme.comes(name)

    contact_id = asks(acme)

    branches = [event.branch for event in acme.events(contact_id, BlockExecuted)]
    assert "QueueAtCapacity" in branches
    assert acme.contact(contact_id).state is not ContactState.QUEUED


def test_a_skill_taken_away_while_it_rings_counts_for_the_next_offer(acme: Acme) -> None:
    """What rings may be answered."""
    acme.finishes("A01")
    first = asks(acme)
    known = acme.center.users["A01"]
    acme.center.save_user(
        type(known)(
            username="A01", agent_id=known.agent_id, name="A01", profile_id=known.profile_id
        )
    )
    acme.desk.reconfigure(AgentId("A01"))

    assert first == acme.takes("A01")
    acme.finishes("A01")
    acme.comes("A04")
    assert acme.rings_at(asks(acme)) is None
