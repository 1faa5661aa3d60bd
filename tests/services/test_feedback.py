"""Answers taken, added up and forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.core.customer import Erasure
from chalicelib.core.errors import LostRace, NotFound, Rejected, TooMany
from chalicelib.core.feedback import INVITATION, MOST_ANSWERS, Invitation, Way
from chalicelib.core.flow import Session
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.feedback import MOST_DAYS
from tests.core.test_feedback import an_invitation, some_answers
from tests.given import a_contact, a_customer
from tests.services.asking_customers import ANA, AT_WORK, Asking
from tests.services.forgetting import Forgetting

FIRST = date(2026, 3, 2)


@pytest.fixture
def center() -> Asking:
    """Ana has been asked by mail."""
    center = Asking()
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    return center


def test_two_who_send_at_once_are_both_kept(
    center: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = center.house.feedback_store
    save, beaten = store.save, [True]

    def second(before: Invitation, after: Invitation) -> None:
        if beaten.pop():
            center.house.feedback.take(center.token(), {"service": "1"})
            raise LostRace("somebody was first")
        save(before, after)

    def guarded(before: Invitation, after: Invitation) -> None:
        monkeypatch.setattr(store, "save", save)
        second(before, after)

    monkeypatch.setattr(store, "save", guarded)

    center.house.feedback.take(center.token(), {"service": "5"})

    assert [answers.service for answers in center.answers] == [1, 5]


def test_the_twenty_first_answer_is_one_too_many(center: Asking) -> None:
    for _ in range(MOST_ANSWERS):
        center.house.feedback.take(center.token(), {"service": "3"})

    with pytest.raises(TooMany):
        center.house.feedback.take(center.token(), {"service": "3"})


def test_every_answer_lies_in_the_lake(center: Asking) -> None:
    center.house.feedback.take(center.token(), {"service": "3", "comment": "elephant"})

    ((key, body),) = center.house.lake.bodies.items()
    assert key.startswith("feedback/dt=2026-03-02/F-20260302-")
    assert b"elephant" not in body


def test_a_contact_that_only_says_it_was_such_a_call_answers_nothing(center: Asking) -> None:
    """Attributes can be set by flows and by programs; the contact's own id cannot."""
    (invitation,) = center.invitations
    claims = {INVITATION: invitation.invitation_id, "feedbackService": "1"}

    center.house.feedback.take_call(a_contact("c-1", session=Session(attributes=claims)))

    assert center.answers == ()


@pytest.mark.parametrize("days", [-1, MOST_DAYS])
def test_results_are_of_a_day_to_92_days(center: Asking, days: int) -> None:
    with pytest.raises(Rejected) as refused:
        center.house.feedback.results(FIRST, FIRST + timedelta(days=days))

    assert refused.value.field == "to"


def test_results_count_from_the_first_to_the_last_day(center: Asking) -> None:
    results = center.house.feedback.results

    assert results(FIRST, FIRST).all.invited == 1
    assert results(FIRST - timedelta(days=5), FIRST - timedelta(days=1)).all.invited == 0
    assert results(FIRST + timedelta(days=1), FIRST + timedelta(days=5)).all.invited == 0


def test_the_wish_of_somebody_who_was_merged_counts_and_can_be_taken_back(
    center: Asking,
) -> None:
    """For all that the customer ever was."""
    customers = center.house.customers
    customers.create(a_customer("C-anna", phones=("+12025550188",), emails=()))
    center.house.feedback.set_wish(CustomerId("C-anna"), is_opted_out=True)
    merging = CustomerMerging(customers, center.house.now)
    merging.merge(ANA, CustomerId("C-anna"), version=2, by="sue")
    later = AT_WORK + timedelta(days=40)
    refused = center.closes(Way.MAIL, at=later)
    center.sweeps(later)

    center.house.feedback.set_wish(CustomerId("C-anna"), is_opted_out=False)
    center.closes(Way.MAIL, at=later)
    center.sweeps(later)

    assert center.told(refused).endswith("does not want to be asked")
    assert len(center.mails) == 2


def test_the_quiet_month_of_somebody_who_was_merged_goes_on(center: Asking) -> None:
    customers = center.house.customers
    customers.create(a_customer("C-anna", phones=("+12025550188",), emails=()))
    merging = CustomerMerging(customers, center.house.now)
    merging.merge(CustomerId("C-anna"), ANA, version=1, by="sue")
    later = AT_WORK + timedelta(days=20)
    ticket = center.closes(Way.CALL, at=later, customer_id=CustomerId("C-anna"))

    center.sweeps(later)

    assert center.told(ticket).endswith("asked less than 30 days ago")


def test_nobody_knows_the_wish_of_nobody(center: Asking) -> None:
    with pytest.raises(NotFound):
        center.house.feedback.set_wish(CustomerId("C-nobody"), is_opted_out=True)


def test_what_somebody_writes_who_was_forgotten_meanwhile_is_not_kept(center: Asking) -> None:
    erased = a_customer(erasure=Erasure(at=AT_WORK, by="root"))
    center.house.customers.customers[ANA] = erased

    center.house.feedback.take(center.token(), {"service": "2", "comment": "elephant"})

    (answers,) = center.answers
    assert (answers.service, answers.comment) == (2, "")


def test_forgetting_a_customer_forgets_what_was_written_and_keeps_the_marks() -> None:
    """But about tickets that are held."""
    house = Forgetting()
    for ticket_id, invitation_id in (("T-17", "F-20260302-A"), ("T-18", "F-20260302-B")):
        invitation = _answered(invitation_id, TicketId(ticket_id))
        house.feedback_store.invitations[invitation_id] = invitation

    house.feedback.forget([ANA], kept=[TicketId("T-18")])
    house.feedback.forget([ANA], kept=[TicketId("T-18")])

    kept = house.feedback_store.invitations
    assert [kept[each].answers[0].comment for each in sorted(kept)] == ["", "an elephant"]
    house.erasure.request(ANA, by="root")
    house.works_off()
    assert "elephant" not in house.everything()
    assert all(invitation.answers[0].service == 4 for invitation in kept.values())


def _answered(invitation_id: str, ticket_id: TicketId) -> Invitation:
    invitation = an_invitation(invitation_id, ticket_id=ticket_id)
    return invitation.answered(some_answers(comment="an elephant"))
