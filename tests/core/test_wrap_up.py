"""What a wrap-up makes of tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.events import AfterContactWorkEnded, Channel
from chalicelib.core.feedback import Way
from chalicelib.core.ids import AgentId, CustomerId
from chalicelib.core.sla import Limit, Sla, SlaPolicy, Terms
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.core.wrap_up import NOT_GIVEN, Outcome
from tests.caller import OFFICE
from tests.given import MONDAY, a_contact, a_ticket, later

S = TicketStatus


def outcome(*, at: datetime = MONDAY, **fields: object) -> Outcome:
    said = {"agent_id": AgentId("a-ben"), "is_by_server": False, "disposition": "sale", **fields}
    ended = AfterContactWorkEnded(**said)  # type: ignore[arg-type]  # names as in the fact
    contact = a_contact(customer_id=CustomerId("C-ana"), disposition="sale")
    return Outcome(ended, contact, "c-1:12", at)


def closed_ticket() -> Ticket:
    return a_ticket(status=S.CLOSED)


def test_a_new_ticket_belongs_to_the_customer_and_names_the_contact() -> None:
    """The next agent finds it in the pop, and the contact from it."""
    ticket = outcome(ticket_status="resolved", ticket_subject=" Lamp ").new_ticket()

    assert (
        ticket.customer_id,
        ticket.contact_ids,
        ticket.status,
        ticket.subject,
    ) == ("C-ana", ("c-1",), S.RESOLVED, "Lamp")


def test_a_follow_up_is_the_agents_and_due_in_a_day_and_the_history_says_so() -> None:
    """A promise made on the phone has an owner and a time from the start."""
    ticket = outcome(ticket_status="follow-up").new_ticket()

    assert ("ben", MONDAY + timedelta(hours=24)) == (ticket.owner, ticket.due_at)
    assert ticket.history[0].change == ("created as follow-up, owner ben, due 2026-03-03 14:00 UTC")


def test_a_wrap_up_ended_by_the_server_leaves_the_agent_a_to_do() -> None:
    """Nobody's disposition gets forgotten because a browser was closed."""
    ticket = outcome(is_by_server=True, disposition=None).new_ticket()

    assert (ticket.status, ticket.owner, ticket.subject) == (S.FOLLOW_UP, "ben", NOT_GIVEN)


def test_a_wrap_up_that_names_no_status_asks_for_no_ticket() -> None:
    """Not every contact leaves something to do."""
    assert outcome().status is None


def test_without_a_subject_the_disposition_is_the_subject() -> None:
    """Lists show no blank lines."""
    assert outcome(ticket_status="open").new_ticket().subject == "sale"


@pytest.mark.parametrize(
    ("before", "wanted", "becomes"),
    [
        (S.OPEN, "resolved", S.RESOLVED),
        (S.RESOLVED, "follow-up", S.OPEN),
        (S.CLOSED, "follow-up", S.OPEN),
        (S.CLOSED, "resolved", S.CLOSED),
        (S.CLOSED, "closed", S.CLOSED),
        (S.FOLLOW_UP, "follow-up", S.FOLLOW_UP),
    ],
)
def test_a_status_that_cannot_follow_becomes_the_nearest_that_can(
    before: TicketStatus, wanted: str, becomes: TicketStatus
) -> None:
    """The ticket may have moved since the agent looked; the wrap-up is not lost over it."""
    ticket = a_ticket(status=before, owner="cleo", due_at=later(hours=2))

    assert becomes is outcome(ticket_status=wanted).carried_into(ticket).status


def test_carrying_a_wrap_up_in_leaves_its_mark_even_if_nothing_changes() -> None:
    """The mark is what keeps the same fact from acting twice."""
    ticket = a_ticket(customer_id=CustomerId("C-other"), contact_ids=("c-1",))

    carried = outcome().carried_into(ticket)

    assert carried.has_followed("c-1:12")
    assert not ticket.has_followed("c-1:12")
    assert (CustomerId("C-other"), 2) == (carried.customer_id, carried.version)


def test_a_follow_up_with_an_owner_keeps_the_owner() -> None:
    """Promising again does not take the ticket from a colleague."""
    ticket = a_ticket(owner="cleo", due_at=later(hours=2))

    carried = outcome(ticket_status="follow-up").carried_into(ticket)

    assert ("cleo", later(hours=2)) == (carried.owner, carried.due_at)


@pytest.mark.parametrize(("days", "is_late"), [(14, False), (15, True)])
def test_a_ticket_closed_too_long_ago_cannot_take_the_wrap_up(days: int, is_late: bool) -> None:
    """Then a new one follows it."""
    at = MONDAY + timedelta(days=days)

    assert is_late is outcome(at=at, ticket_status="open").comes_too_late(closed_ticket())


def test_a_new_ticket_that_follows_keeps_the_subject() -> None:
    """The thread goes on under its name."""
    follower = outcome(ticket_status="open").new_ticket(closed_ticket())

    assert (follower.follows, follower.subject) == ("T-17", "Broken lamp")


def test_the_note_is_kept_as_it_was_written() -> None:
    """Its id is the fact's, so the same wrap-up cannot write it twice."""
    note = outcome(note=" كل شيء تمام 👍 ").note

    assert note is not None
    assert (note.note_id, note.by, note.text) == ("c-1:12", "ben", " كل شيء تمام 👍 ")


@pytest.mark.parametrize(
    ("channel", "is_answered"), [(Channel.VOICE, True), (Channel.CHAT, True), (Channel.TASK, False)]
)
def test_whoever_talked_to_the_customer_has_answered(channel: Channel, is_answered: bool) -> None:
    """A task about the ticket is no talk."""
    policy = SlaPolicy(
        kind="complaint", hours_id=OFFICE.hours_id, limits={Limit.FIRST_RESPONSE: 3600}
    )
    ticket = replace(a_ticket(), kind="complaint", sla=Sla.begun(policy, OFFICE, MONDAY))
    before = outcome(ticket_status="open")

    carried = replace(before, contact=replace(before.contact, channel=channel)).carried_into(
        ticket, Terms(policies=(policy,), hours=(OFFICE,))
    )

    assert carried.sla is not None
    assert [clock.met_at is not None for clock in carried.sla.clocks] == [is_answered]


@pytest.mark.parametrize("status", [S.OPEN, S.RESOLVED])
def test_a_wrap_up_that_closes_the_ticket_has_its_customer_asked(status: TicketStatus) -> None:
    """A new one, and one that was there; and the history says so."""
    closing = outcome(ticket_status="closed", feedback="mail")

    new, known = closing.new_ticket(), closing.carried_into(a_ticket(status=status))

    assert [new.feedback, known.feedback] == [Way.MAIL, Way.MAIL]
    assert "feedback is asked for by mail" in new.history[-1].change
    assert "feedback is asked for by mail" in [line.change for line in known.history]


def test_a_ticket_that_somebody_closed_meanwhile_is_not_asked_about_by_the_wrap_up() -> None:
    """Whoever closed it has chosen."""
    closing = outcome(ticket_status="closed", feedback="mail")

    assert closing.carried_into(closed_ticket()).feedback is None
