"""Tickets as reports count them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from chalicelib.core.civil_day import Period
from chalicelib.core.datasets.tickets import CountedTicket
from chalicelib.services.ports import TicketStore


class TicketsInReports:
    """A ticket counts where it was opened, as it stands at this moment: made anew, a report says
    what has become of the period's tickets."""

    def __init__(self, tickets: TicketStore, *, now: Callable[[], datetime]) -> None:
        self._tickets = tickets
        self._now = now

    def rows(self, period: Period) -> Iterator[CountedTicket]:
        """The rows of the dataset `tickets`."""
        at = self._now()
        for ticket in self._tickets.opened(period.from_at, period.to_at):
            yield CountedTicket(ticket, at)
