"""Keeps the clocks of open tickets right when the hours that they are measured by change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.core.errors import Conflict
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ticket import Ticket, TicketStatus, reckoned
from chalicelib.services.ports import TicketStore

MOST_RECKONED = 1_000  # tickets of a status at once, newest first: an admin waits for it
_ATTEMPTS = 5  # at a ticket that others change at the same time


class TicketClocks:
    """Tickets beyond MOST_RECKONED are reckoned anew before somebody is told that they are due."""

    def __init__(self, tickets: TicketStore, *, now: Callable[[], datetime]) -> None:
        self._tickets = tickets
        self._now = now

    def recompute(self, hours: HoursOfOperation, *, by: str, why: str) -> None:
        """Every open ticket that is measured by these hours is due by them as they are now; its
        history says who changed them and why it moved. One request for each status, and one for
        each ticket that moves."""
        open_ones = (status for status in TicketStatus if status.is_open)
        listed = [t for s in open_ones for t in self._tickets.listed(s, limit=MOST_RECKONED)]
        for ticket in listed:
            self._reckon(ticket, hours, by=by, why=why)

    def _reckon(self, ticket: Ticket, hours: HoursOfOperation, *, by: str, why: str) -> None:
        """Whoever saves a ticket meanwhile may have done it by the old hours: it is read again."""
        for _ in range(_ATTEMPTS):
            if ticket.sla is None or ticket.sla.hours_id != hours.hours_id:
                return
            after = reckoned(ticket, hours, at=self._now(), by=by, why=why)
            if after is ticket:
                return
            try:
                self._tickets.save(ticket, after)
            except Conflict:
                ticket = self._tickets.get(ticket.ticket_id)
            else:
                return
        raise Conflict(f"ticket {ticket.ticket_id!r} does not stand still", field="ticketId")
