"""Whom we may ask, and which answers count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.customer import Customer, Erasure
from chalicelib.core.errors import Rejected, TooMany
from chalicelib.core.feedback import (
    COMMENT_LIMIT,
    MOST_ANSWERS,
    Answers,
    Invitation,
    Obstacle,
    Way,
    digest_of,
    invitation_id_for,
    obstacle_to,
    read_answers,
    way_named,
)
from chalicelib.core.ids import CustomerId, TicketId
from tests.given import MONDAY, a_customer, later


def an_invitation(invitation_id: str = "F-20260302-AAAA", **fields: object) -> Invitation:
    known = {
        "invitation_id": invitation_id,
        "ticket_id": TicketId("T-17"),
        "customer_id": CustomerId("C-ana"),
        "way": Way.MAIL,
        "invited_at": MONDAY,
        "day": date(2026, 3, 2),
        "digest": digest_of("secret"),
    }
    return Invitation(**{**known, **fields})  # type: ignore[arg-type]  # names as in Invitation


def some_answers(answer_id: str = "a-1", **fields: object) -> Answers:
    known = {"answer_id": answer_id, "at": MONDAY, "way": Way.MAIL, "service": 4, "solution": 5}
    return Answers(**{**known, **fields})  # type: ignore[arg-type]  # names as in Answers


@pytest.mark.parametrize(
    ("way", "family", "why"),
    [
        (Way.MAIL, [a_customer()], None),
        (Way.CALL, [a_customer()], None),
        (Way.MAIL, [], Obstacle.NO_CUSTOMER),
        (Way.MAIL, [a_customer(erasure=Erasure(at=MONDAY, by="root"))], Obstacle.FORGOTTEN),
        (Way.MAIL, [a_customer(is_opted_out=True)], Obstacle.OPTED_OUT),
        (Way.CALL, [a_customer(), a_customer("C-2", is_opted_out=True)], Obstacle.OPTED_OUT),
        (Way.MAIL, [a_customer(emails=("", "@"))], Obstacle.NO_ADDRESS),
        (Way.CALL, [a_customer(phones=())], Obstacle.NO_NUMBER),
    ],
)
def test_nobody_is_asked_who_cannot_or_does_not_want_to_be(
    way: Way, family: list[Customer], why: Obstacle | None
) -> None:
    """Wishes of customers who were merged into this one are the customer's own."""
    assert obstacle_to(way, family, None, at=MONDAY) is why


def test_nobody_is_asked_twice_within_30_days() -> None:
    asked_at = MONDAY - timedelta(days=30)

    assert obstacle_to(Way.MAIL, [a_customer()], asked_at, at=MONDAY) is None
    assert (
        obstacle_to(Way.MAIL, [a_customer()], asked_at, at=MONDAY - timedelta(seconds=1))
        is Obstacle.ASKED_LATELY
    )


def test_a_link_is_good_for_14_days() -> None:
    invitation = an_invitation()

    assert invitation.is_valid(later(days=14))
    assert not invitation.is_valid(later(days=14, seconds=1))


@given(service=st.integers(1, 5), solution=st.one_of(st.none(), st.integers(1, 5)))
def test_marks_from_1_to_5_are_kept_and_one_may_be_missing(
    service: int, solution: int | None
) -> None:
    said = {"service": str(service), "solution": "" if solution is None else str(solution)}

    answers = read_answers("a-1", said, way=Way.MAIL, at=MONDAY)

    assert (answers.service, answers.solution) == (service, solution)
    assert answers.is_partial is (solution is None)


@given(st.text(max_size=30).filter(lambda text: text not in ("", "1", "2", "3", "4", "5")))
def test_anything_else_is_no_mark(written: str) -> None:
    """Digits of other scripts, signs, blanks and fractions neither; the refusal names the field."""
    with pytest.raises(Rejected) as refused:
        read_answers("a-1", {"service": "4", "solution": written}, way=Way.MAIL, at=MONDAY)

    assert refused.value.field == "solution"
    assert str(refused.value.value) == written[:20]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "service"),
        ({"comment": "nice"}, "service"),
        ({"service": "5", "comment": "x" * (COMMENT_LIMIT + 1)}, "comment"),
        ({"service": "5", "agent": "ben"}, "agent"),
    ],
)
def test_what_nobody_asked_for_is_refused_by_field(said: dict[str, str], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_answers("a-1", said, way=Way.MAIL, at=MONDAY)

    assert refused.value.field == field


@given(st.lists(st.sampled_from("abcdefgh"), max_size=12))
def test_all_answers_are_kept_in_order_and_each_once(ids: list[str]) -> None:
    """Told twice is told once; the newest counts."""
    invitation = an_invitation()

    for each in ids:
        invitation = invitation.answered(some_answers(each))

    assert [answers.answer_id for answers in invitation.answers] == list(dict.fromkeys(ids))
    assert invitation.version == 1 + len(set(ids))
    assert invitation.newest == (invitation.answers[-1] if ids else None)


def test_nobody_answers_without_end() -> None:
    invitation = an_invitation()
    for n in range(MOST_ANSWERS):
        invitation = invitation.answered(some_answers(f"a-{n}"))

    with pytest.raises(TooMany, match="20 answers"):
        invitation.answered(some_answers("one more"))


def test_what_was_written_can_be_forgotten_and_the_marks_stay() -> None:
    invitation = an_invitation().answered(some_answers(comment="an elephant"))

    forgotten = invitation.without_words()

    assert forgotten.answers == (some_answers(),)
    assert forgotten.version == invitation.version + 1
    assert forgotten.without_words() is forgotten


def test_a_closing_has_one_invitation_and_another_closing_another() -> None:
    """The id says the day that it lies under."""
    day, ticket_id = date(2026, 3, 2), TicketId("T-17")
    first = invitation_id_for(ticket_id, MONDAY, day)

    assert first == invitation_id_for(ticket_id, MONDAY, day)
    assert first != invitation_id_for(ticket_id, later(days=1), day)
    assert first.startswith("F-20260302-")


def test_there_are_three_things_to_tick() -> None:
    assert [way_named(name) for name in ("mail", "call", "none")] == [Way.MAIL, Way.CALL, None]
    with pytest.raises(Rejected, match="'fax' is not one of mail, call, none"):
        way_named("fax")
