"""Edits of what is promised, and of what a ticket belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.ids import HoursId, TicketId
from chalicelib.core.sla import Limit, SlaPolicy, Terms
from chalicelib.core.ticket import MOST_LINKS, Link, LinkKind, Ticket, TicketStatus, open_ticket
from chalicelib.core.ticket_edit import TicketEdit, edit
from tests.caller import OFFICE
from tests.given import MONDAY, a_ticket, later

PROMISED = {Limit.FIRST_RESPONSE: 3600, Limit.UPDATE: 2 * 3600, Limit.RESOLUTION: 8 * 3600}
COMPLAINT = SlaPolicy(kind="complaint", hours_id=HoursId(OFFICE.hours_id), limits=PROMISED)
TERMS = Terms(policies=(COMPLAINT,), hours=(OFFICE,))
S = TicketStatus


def a_complaint() -> Ticket:
    return change(a_ticket(), 0, kind="complaint")


def change(ticket: Ticket, minutes: int, **fields: object) -> Ticket:
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    at = later(minutes=minutes)
    return edit(ticket, wanted, version=ticket.version, at=at, by="cleo", terms=TERMS)


def lines(ticket: Ticket) -> list[str]:
    return [line.change for line in ticket.history if line.version == ticket.version]


def test_a_kind_begins_the_clocks_when_the_ticket_was_made() -> None:
    """Also when it is found out later; the history says what is due."""
    opened = open_ticket(
        Ticket(
            ticket_id=TicketId("T-1"),
            status=S.OPEN,
            subject="Lamp",
            created_at=MONDAY,
            updated_at=MONDAY,
            kind="complaint",
        ),
        at=MONDAY,
        by="ben",
        terms=TERMS,
    )
    found_out = change(a_ticket(), 40, kind="complaint")

    assert found_out.sla == opened.sla
    assert lines(found_out) == [
        "kind none → complaint",
        "first-response due 2026-03-02 15:00 UTC",
        "resolution due 2026-03-02 22:00 UTC",
    ]
    assert lines(opened)[0].endswith("kind complaint, " + ", ".join(lines(found_out)[1:]))


def test_a_ticket_without_a_kind_has_no_clocks_any_more() -> None:
    plain = change(a_complaint(), 5, kind="")

    assert (plain.sla, plain.next_look_at, lines(plain)) == (None, None, ["kind complaint → none"])


def test_an_answer_is_the_first_response_and_begins_the_time_until_the_next_news() -> None:
    answered = change(a_complaint(), 30, responded=True)

    assert lines(answered) == [
        "customer answered",
        "first-response in time",
        "update due 2026-03-02 16:30 UTC",
    ]


def test_an_answer_that_comes_late_is_told_to_be_late() -> None:
    assert "first-response late" in lines(change(a_complaint(), 61, responded=True))


def test_resolving_stops_every_clock_and_opening_again_goes_on() -> None:
    """The hour in between does not count."""
    resolved = change(a_complaint(), 30, status=S.RESOLVED)
    again = change(resolved, 90, status=S.OPEN)

    assert resolved.next_look_at is None
    assert lines(resolved) == [
        "status open → resolved",
        "first-response in time",
        "resolution in time",
    ]
    assert "resolution due 2026-03-03 15:00 UTC" in lines(again)


def test_resolving_what_waits_for_the_customer_ends_the_waiting() -> None:
    resolved = change(change(a_complaint(), 10, waiting=True), 20, status=S.RESOLVED)

    assert not resolved.is_waiting


@pytest.mark.parametrize("is_waiting", [True, False])
def test_waiting_as_it_waits_already_changes_nothing(is_waiting: bool) -> None:
    """Neither version nor history."""
    ticket = change(a_complaint(), 5, waiting=True) if is_waiting else a_complaint()

    assert change(ticket, 9, waiting=is_waiting) is ticket


@pytest.mark.parametrize(
    ("ticket", "fields", "field"),
    [
        (a_ticket(), {"waiting": True}, "waitingForCustomer"),
        (a_complaint(), {"waiting": True, "status": S.CLOSED}, "waitingForCustomer"),
        (a_ticket(), {"kind": "praise"}, "kind"),
        (a_ticket(status=S.CLOSED), {"kind": "complaint"}, "kind"),
        (a_ticket(), {"add_link": Link(LinkKind.RELATES, TicketId("T-17"))}, "link.ticketId"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    ticket: Ticket, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        change(ticket, 1, **fields)

    assert refused.value.field == field


def test_a_link_is_told_and_the_same_one_twice_is_one() -> None:
    """Two kinds to one ticket are two links."""
    relates, doubles = (Link(kind, TicketId("T-3")) for kind in LinkKind)
    linked = change(a_ticket(), 1, add_link=relates)

    assert (linked.links, lines(linked)) == ((relates,), ["relates T-3"])
    assert change(linked, 2, add_link=relates) is linked
    assert change(linked, 2, add_link=doubles).links == (relates, doubles)


def test_links_have_a_limit() -> None:
    ticket = a_ticket()
    for number in range(MOST_LINKS):
        link = Link(LinkKind.RELATES, TicketId(f"T-{number + 100}"))
        ticket = change(ticket, number, add_link=link)

    with pytest.raises(Rejected, match=str(MOST_LINKS)):
        change(ticket, 99, add_link=Link(LinkKind.RELATES, TicketId("T-1")))


def test_a_follow_up_is_looked_at_when_it_is_due_and_half_an_hour_later() -> None:
    """Whichever comes first of that and of what is promised."""
    due_at = later(minutes=20)
    ticket = change(a_complaint(), 1, status=S.FOLLOW_UP, owner="ben", due_at=due_at)
    told = a_ticket(status=S.FOLLOW_UP, owner="ben", due_at=due_at, owner_told_of=due_at)
    done = a_ticket(
        status=S.FOLLOW_UP,
        owner="ben",
        due_at=due_at,
        owner_told_of=due_at,
        supervisor_told_of=due_at,
    )

    assert [each.next_look_at for each in (ticket, told, done)] == [
        due_at,
        due_at + timedelta(minutes=30),
        None,
    ]
