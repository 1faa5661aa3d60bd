"""Brings what an agent may not decide to those who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.core.alert import AlertKind
from chalicelib.core.authority import authority_for
from chalicelib.core.errors import Conflict
from chalicelib.core.escalation import Person, Wish, ask, decide
from chalicelib.core.ids import TicketId
from chalicelib.core.ticket import Ticket
from chalicelib.core.ticket_edit import TicketEdit, stale
from chalicelib.services.alerts import Alerts
from chalicelib.services.ports import CenterStore, TicketShelf


class EscalationService:
    def __init__(
        self,
        tickets: TicketShelf,
        center: CenterStore,
        alerts: Alerts,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = tickets
        self._center = center
        self._alerts = alerts
        self._now = now

    def escalate(self, ticket_id: TicketId, wish: Wish, *, version: int, by: Person) -> Ticket:
        """The ticket in the list of the role that may decide, and supervisors told; or granted at
        once, where whoever asks may decide it.

        NotFound; Rejected when nobody decides about such an action; Conflict when it waits for a
        decision already, or has another version.
        """
        at, ticket = self._now(), self._tickets.get(ticket_id)
        authority = authority_for(self._center.center().authorities, wish.action, wish.currency)
        after = self._saved(ticket, ask(ticket, wish, authority, by, version=version, at=at))
        if after.role:
            self._alerts.raise_(
                AlertKind.TICKET_ESCALATED,
                at=at,
                text=f"Ticket {ticket_id}: {after.asked}, for {after.role} to decide.",
                ticket_id=ticket_id,
            )
        return after

    def decide(
        self, ticket_id: TicketId, *, is_granted: bool, reason: str, version: int, by: Person
    ) -> Ticket:
        """The ticket with what was asked for granted or refused.

        NotFound; Conflict when it waits for nothing or has another version; Denied when it is not
        for whoever decides.
        """
        ticket = self._tickets.get(ticket_id)
        after = decide(
            ticket,
            self._center.center().authorities,
            by,
            is_granted=is_granted,
            reason=reason,
            version=version,
            at=self._now(),
        )
        return self._saved(ticket, after)

    def _saved(self, before: Ticket, after: Ticket) -> Ticket:
        try:
            self._tickets.save(before, after)
        except Conflict:
            raise stale(self._tickets.get(before.ticket_id), TicketEdit(), before.version) from None
        return after
