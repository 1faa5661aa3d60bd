"""What every FeedbackStore promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.adapters.dynamo.customers import DynamoCustomerStore
from chalicelib.adapters.dynamo.feedback import DynamoFeedbackStore
from chalicelib.adapters.dynamo.tables import CustomersRow, FeedbackRow, InvitedRow
from chalicelib.core.errors import LostRace
from chalicelib.core.feedback import Invitation
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.services.feedback_ports import FeedbackStore
from tests.core.test_feedback import an_invitation, some_answers
from tests.fakes.feedback import InMemoryFeedbackStore
from tests.given import MONDAY, a_customer, later

ANA, EVE = CustomerId("C-ana"), CustomerId("C-eve")
MONTH = timedelta(days=30)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> FeedbackStore:
    if request.param == "fake":
        return InMemoryFeedbackStore()
    bind_tables = request.getfixturevalue("bind_tables")
    bind_tables(tickets=[FeedbackRow], customers=[CustomersRow, InvitedRow])
    return DynamoFeedbackStore()


def invites(store: FeedbackStore, invitation: Invitation) -> bool:
    return store.invite(invitation, quiet_since=invitation.invited_at - MONTH)


def test_an_invitation_is_kept_once_with_all_that_it_says(store: FeedbackStore) -> None:
    first = an_invitation("F-20260302-A", agent="ben").answered(some_answers(comment="Æ"))

    assert invites(store, first)
    assert not invites(store, replace(first, agent="eve"))
    assert store.find("F-20260302-A") == first
    assert store.find("F-20260302-B") is None


def test_of_two_for_one_customer_the_first_is_kept(store: FeedbackStore) -> None:
    """Within 30 days; and that of another customer is none of its business."""
    assert invites(store, an_invitation("F-20260302-A"))

    for_ana = an_invitation("F-20260302-B", ticket_id=TicketId("T-18"))
    assert not invites(store, replace(for_ana, invited_at=later(days=30, seconds=-1)))
    assert store.find("F-20260302-B") is None
    assert invites(store, an_invitation("F-20260302-C", customer_id=EVE))
    assert invites(store, replace(for_ana, invited_at=later(days=30)))
    assert store.last_asked([ANA]) == later(days=30)


def test_when_somebody_of_a_family_was_asked_last(store: FeedbackStore) -> None:
    invites(store, an_invitation("F-20260302-A"))
    invites(store, an_invitation("F-20260302-C", customer_id=EVE, invited_at=later(hours=1)))

    assert store.last_asked([ANA]) == MONDAY
    assert store.last_asked([ANA, EVE, ANA]) == later(hours=1)
    assert store.last_asked([CustomerId("C-nobody")]) is None
    assert store.last_asked([]) is None


def test_what_never_went_out_is_as_if_it_had_not_been(store: FeedbackStore) -> None:
    """Twice is once, and a later one of the same customer stays."""
    invitation = an_invitation("F-20260302-A")
    invites(store, invitation)
    store.withdraw(invitation)

    assert store.find("F-20260302-A") is None
    assert (store.last_asked([ANA]), store.of_customer(ANA)) == (None, [])
    assert invites(store, an_invitation("F-20260302-B"))
    store.withdraw(invitation)
    assert store.last_asked([ANA]) == MONDAY


def test_of_two_who_save_one_version_the_second_comes_too_late(store: FeedbackStore) -> None:
    before = an_invitation("F-20260302-A")
    invites(store, before)
    after = before.answered(some_answers())

    store.save(before, after)

    with pytest.raises(LostRace):
        store.save(before, before.answered(some_answers("a-2")))
    assert store.find("F-20260302-A") == after


def test_invitations_are_found_by_day_and_by_customer(store: FeedbackStore) -> None:
    for day, customer_id in ((2, ANA), (3, EVE), (5, CustomerId("C-9"))):
        kept = an_invitation(f"F-2026030{day}-A", day=date(2026, 3, day), customer_id=customer_id)
        assert invites(store, kept)

    found = store.of_days([date(2026, 3, day) for day in (2, 3, 4)])

    assert [each.invitation_id for each in found] == ["F-20260302-A", "F-20260303-A"]
    assert [each.invitation_id for each in store.of_customer(EVE)] == ["F-20260303-A"]


def test_a_screen_pop_sees_none_of_it(store: FeedbackStore) -> None:
    """It lies beside the customer's file, and no request more is made for that."""
    if isinstance(store, InMemoryFeedbackStore):
        pytest.skip("only tables have neighbours")
    customers = DynamoCustomerStore()
    customers.create(a_customer())
    invites(store, an_invitation("F-20260302-A"))

    assert customers.file(ANA).customer == a_customer()
