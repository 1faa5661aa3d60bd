"""The dataset `tickets`: a ticket where it was opened, and what became of its promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.metrics import Catalogue, Thresholds, Unit, percent
from chalicelib.core.record_document import stamp
from chalicelib.core.sla import Clock, Limit
from chalicelib.core.ticket import Ticket

TICKETS: Catalogue[CountedTicket] = Catalogue()


class Promise(StrEnum):
    """What became of a limit."""

    KEPT = "kept"
    BREACHED = "breached"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """The ticket as it stood at `as_of`."""

    ticket: Ticket
    as_of: datetime

    def clock(self, limit: Limit) -> Clock | None:
        return self.ticket.sla.clock(limit) if self.ticket.sla else None

    def promise(self, limit: Limit) -> Promise | None:
        """None: nothing was promised. What is overdue is breached, whatever happens later."""
        clock = self.clock(limit)
        if clock is None:
            return None
        if clock.met_at is not None:
            return Promise.BREACHED if clock.is_late else Promise.KEPT
        is_overdue = clock.due_at is not None and clock.due_at < self.as_of
        return Promise.BREACHED if is_overdue else Promise.RUNNING

    @property
    def due_at(self) -> datetime | None:
        """Of the resolution; without such a promise, of the follow-up."""
        clock = self.clock(Limit.RESOLUTION)
        return clock.due_at if clock is not None else self.ticket.due_at

    @property
    def answered_at(self) -> datetime | None:
        clock = self.clock(Limit.FIRST_RESPONSE)
        return clock.met_at if clock is not None else None

    @property
    def paused_seconds(self) -> int:
        pauses = self.ticket.sla.pauses if self.ticket.sla else ()
        return sum(
            int(((pause.until or self.as_of) - pause.since).total_seconds()) for pause in pauses
        )


@TICKETS.measure(Unit.TICKETS, "tickets opened")
def tickets_opened(one: CountedTicket, limits: Thresholds) -> int:
    """Two opened on Monday, one on Tuesday; Monday: 2."""
    return 1


@TICKETS.measure(Unit.TICKETS, "of these, nobody has anything to do any more")
def tickets_settled(one: CountedTicket, limits: Thresholds) -> int:
    """One is resolved, one is closed, one is a follow-up: 2."""
    return int(not one.ticket.status.is_open)


@TICKETS.measure(Unit.TIMES, "of these, opened again after they were resolved or closed")
def tickets_reopened(one: CountedTicket, limits: Thresholds) -> int:
    """Resolved, opened again, closed, opened again: 2."""
    return one.ticket.reopened


@TICKETS.measure(Unit.TICKETS, "of these, the first answer was promised, and came in time")
def tickets_answers_kept(one: CountedTicket, limits: Thresholds) -> int:
    """Promised within 4 business hours, answered after 3: 1."""
    return int(one.promise(Limit.FIRST_RESPONSE) is Promise.KEPT)


@TICKETS.measure(Unit.TICKETS, "of these, the first answer was promised, and is or came late")
def tickets_answers_breached(one: CountedTicket, limits: Thresholds) -> int:
    """Promised within 4 business hours, answered after 5: 1."""
    return int(one.promise(Limit.FIRST_RESPONSE) is Promise.BREACHED)


@TICKETS.measure(Unit.TICKETS, "of these, the resolution was promised, and came in time")
def tickets_kept(one: CountedTicket, limits: Thresholds) -> int:
    """Three promised, one resolved in time, one late, one is due tomorrow: 1."""
    return int(one.promise(Limit.RESOLUTION) is Promise.KEPT)


@TICKETS.measure(Unit.TICKETS, "of these, the resolution was promised, and is or came late")
def tickets_breached(one: CountedTicket, limits: Thresholds) -> int:
    """Three promised, one resolved in time, one late, one is due tomorrow: 1."""
    return int(one.promise(Limit.RESOLUTION) is Promise.BREACHED)


@TICKETS.measure(Unit.TICKETS, "tickets_kept + tickets_breached")
def tickets_decided(one: CountedTicket, limits: Thresholds) -> int:
    """Three promised, one resolved in time, one late, one is due tomorrow: 2."""
    return tickets_kept(one, limits) + tickets_breached(one, limits)


@TICKETS.measure(Unit.TIMES, "waits for the customer, and times between settled and opened again")
def tickets_pauses(one: CountedTicket, limits: Thresholds) -> int:
    """Waited for the customer twice: 2."""
    return len(one.ticket.sla.pauses) if one.ticket.sla else 0


@TICKETS.measure(Unit.SECONDS, "length of these, by the calendar")
def tickets_paused_seconds(one: CountedTicket, limits: Thresholds) -> int:
    """Waited for the customer from Monday to Tuesday noon: 86400."""
    return one.paused_seconds


TICKETS.add(
    percent(
        "tickets_kept_rate",
        "tickets_kept",
        "tickets_decided",
        "Three promised, one resolved in time, one late, one is due tomorrow: 50.00.",
    )
)


def _moment(at: datetime | None) -> str | None:
    return stamp(at) if at is not None else None


# No subject and no customer: both name people.
KIND: Kind[CountedTicket] = Kind(
    fields={
        "ticket_id": Field(lambda one: one.ticket.ticket_id),
        "kind": Field(lambda one: one.ticket.kind or None),
        "status": Field(lambda one: one.ticket.status.value),
        "owner": Field(lambda one: one.ticket.owner),
        "queue_id": Field(lambda one: one.ticket.queue_id),
        "opened_at": Field(lambda one: stamp(one.ticket.created_at), ColumnType.MOMENT),
        "due_at": Field(lambda one: _moment(one.due_at), ColumnType.MOMENT),
        "answered_at": Field(lambda one: _moment(one.answered_at), ColumnType.MOMENT),
        "settled_at": Field(lambda one: _moment(one.ticket.settled_at), ColumnType.MOMENT),
        "answer": Field(lambda one: one.promise(Limit.FIRST_RESPONSE)),
        "resolution": Field(lambda one: one.promise(Limit.RESOLUTION)),
    },
    metrics=TICKETS,
    at=lambda one: one.ticket.created_at,
)
