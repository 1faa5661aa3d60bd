"""Open tickets when the hours that they are measured by change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.hours import HoursOfOperation, Override, OverrideType
from chalicelib.core.ids import HoursId
from chalicelib.core.ticket import Note, Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit, edit
from tests.caller import OFFICE
from tests.given import MONDAY, later
from tests.services.promises import Promising

HOLIDAY = Override("Holiday", MONDAY.date(), MONDAY.date(), type=OverrideType.CLOSED)
CLOSED = replace(OFFICE, overrides=(HOLIDAY,))


@pytest.fixture
def center() -> Promising:
    return Promising()


def due_at(ticket: Ticket) -> datetime | None:
    return ticket.sla.clocks[0].due_at if ticket.sla is not None else None


def recompute(center: Promising, hours: HoursOfOperation = CLOSED) -> None:
    center.clocks.recompute(hours, by="ada", why="holiday")


def test_open_ones_and_follow_ups_move_and_no_others(center: Promising) -> None:
    """Neither closed ones nor those without a promise, nor those by other hours."""
    tickets = [
        center.opens(MONDAY, status=status, due_at=later(days=9), kind=kind)
        for status in TicketStatus
        for kind in ("complaint", "")
    ]
    recompute(center, replace(CLOSED, hours_id=HoursId("other")))
    assert {center.now(ticket).version for ticket in tickets} == {1}

    recompute(center)

    moved = [t for t in tickets if center.now(t).version == 2]
    assert [ticket.status for ticket in moved] == [TicketStatus.OPEN, TicketStatus.FOLLOW_UP]
    assert {due_at(center.now(ticket)) for ticket in moved} == {later(hours=28)}


def test_hours_that_move_nothing_write_nothing(center: Promising) -> None:
    """Twice the same change is one."""
    ticket = center.opens(MONDAY, kind="complaint")

    recompute(center)
    recompute(center)

    assert center.now(ticket).version == 2


def test_a_ticket_that_is_saved_meanwhile_is_reckoned_as_it_is_then(
    center: Promising, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other did is kept."""
    ticket = center.opens(MONDAY, kind="complaint")
    save = center.house.tickets.save

    def beaten(before: Ticket, after: Ticket, note: Note | None = None) -> None:
        monkeypatch.setattr(center.house.tickets, "save", save)
        wanted = TicketEdit(subject="Lamp")
        save(before, edit(before, wanted, version=before.version, at=MONDAY, by="ben"))
        save(before, after, note)

    monkeypatch.setattr(center.house.tickets, "save", beaten)

    recompute(center)

    after = center.now(ticket)
    assert (after.subject, after.version, due_at(after)) == ("Lamp", 3, later(hours=28))


def test_a_ticket_that_never_stands_still_is_a_conflict(
    center: Promising, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = center.opens(MONDAY, kind="complaint")

    def loses(*_: object) -> None:
        raise Conflict("somebody was first")

    monkeypatch.setattr(center.house.tickets, "save", loses)

    with pytest.raises(Conflict, match=ticket.ticket_id):
        recompute(center)
