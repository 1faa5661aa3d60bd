"""Tells owners and supervisors of tickets when something is due, and nobody twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core.alert import AlertKind
from chalicelib.core.center import User, own_queue_id
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.feedback import Obstacle
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ticket import Ticket
from chalicelib.core.ticket_notices import Notice, NoticeKind, asked_for_feedback, look
from chalicelib.services.alerts import Alerts
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore, TicketStore, Unavailable

MOST_AT_ONCE = 200  # tickets; the rest a minute later
_FRESH = timedelta(minutes=30)
_ALERTS = {
    NoticeKind.FOLLOW_UP_DUE: AlertKind.TICKET_DUE,
    NoticeKind.SLA_WARNING: AlertKind.TICKET_DUE,
    NoticeKind.FOLLOW_UP_FORGOTTEN: AlertKind.FOLLOW_UP_FORGOTTEN,
    NoticeKind.SLA_BREACH: AlertKind.TICKET_OVERDUE,
}


class Inviter(Protocol):
    """Asks the customer of a closed ticket what they think of it."""

    def invite(self, ticket: Ticket, *, at: datetime) -> Obstacle | None:
        """Once, however often it is told; why not, if not. Unavailable: later, perhaps."""
        ...


class TicketNotices:
    """An owner gets a task, supervisors get an alert, and the customer of a closed ticket is asked.

    They are told first, under ids that follow from the notice, and the ticket is marked after: a
    worker that dies in between tells them again under the same ids, which changes nothing.
    """

    def __init__(
        self,
        *,
        tickets: TicketStore,
        center: CenterStore,
        planner: Planner,
        alerts: Alerts,
        inviter: Inviter,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._center = center
        self._planner = planner
        self._alerts = alerts
        self._inviter = inviter
        self._now = now

    def run(self) -> None:
        """Everything whose moment has come, earliest first, MOST_AT_ONCE at most. One request, and
        a few for each ticket that is due."""
        at = self._now()
        for ticket in self._tickets.due(at, limit=MOST_AT_ONCE):
            with suppress(Conflict):  # changed just now: it is looked at again in a minute
                self._look_at(ticket, at)

    def _look_at(self, ticket: Ticket, at: datetime) -> None:
        if ticket.feedback is not None:
            with suppress(Unavailable):  # the customer is asked when messages can be sent again
                obstacle = self._inviter.invite(ticket, at=at)
                self._tickets.save(ticket, asked_for_feedback(ticket, obstacle, at=at))
            return
        after, notices = look(ticket, self._calendar(ticket), at=at)
        for notice in notices:
            self._tell(ticket, notice, at)
        if after is not ticket:
            self._tickets.save(ticket, after)

    def _calendar(self, ticket: Ticket) -> HoursOfOperation | None:
        if ticket.sla is None:
            return None
        hours_id = ticket.sla.hours_id
        return next((h for h in self._center.center().hours if h.hours_id == hours_id), None)

    def _tell(self, ticket: Ticket, notice: Notice, at: datetime) -> None:
        user = self._center.user(ticket.owner) if ticket.owner is not None else None
        is_for_owner = notice.kind.is_for_owner and user is not None
        if not (is_for_owner and user and self._give_task(ticket, notice, user, at)):
            self._raise_alert(ticket, notice, user, at)

    def _give_task(self, ticket: Ticket, notice: Notice, user: User, at: datetime) -> bool:
        """False when the owner takes no tasks, so that somebody else must see to it."""
        if not self._center.center().takes(user, Channel.TASK):
            return False
        with suppress(Rejected):
            self._planner.make(
                LaterContact(
                    contact_id=contact_id_for(f"ticket:{ticket.ticket_id}:{notice.key}"),
                    channel=Channel.TASK,
                    initiation_method=InitiationMethod.API,
                    begins_at=at,
                    queue_id=own_queue_id(user.agent_id),
                    customer_id=ticket.customer_id,
                    details={
                        "Name": f"{ticket.ticket_id}: {notice}",
                        "Description": ticket.subject,
                        "References": {"Ticket": {"Type": "STRING", "Value": ticket.ticket_id}},
                        "SegmentAttributes": {"connect:Subtype": "connect:Task"},
                    },
                )
            )
            return True
        return False

    def _raise_alert(self, ticket: Ticket, notice: Notice, user: User | None, at: datetime) -> None:
        # Of the moment it is to be told, so that it is the same alert when it is raised again; but
        # one that nobody could tell for long would be too old to be shown.
        quiet_until = ticket.sla.quiet_until if ticket.sla is not None else None
        to_tell_at = max(notice.at, quiet_until or notice.at)
        owner = user.name if user is not None else ticket.owner or "nobody"
        self._alerts.raise_(
            _ALERTS[notice.kind],
            at=to_tell_at if at - to_tell_at < _FRESH else at,
            text=f"Ticket {ticket.ticket_id} of {owner}: {notice}.",
            agent_id=user.agent_id if user is not None else None,
            ticket_id=ticket.ticket_id,
        )
