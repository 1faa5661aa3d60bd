"""Tickets as an agent may see them: those of the own team, and those that are nobody's yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chalicelib.core.errors import Denied
from chalicelib.core.ids import CustomerId, TicketId
from chalicelib.core.ticket import Note, Ticket, TicketStatus
from chalicelib.services.ports import TicketShelf

LOOKED_AT = 2_000  # of a list of everybody's, for those of the team


class TeamTickets:
    """A TicketShelf with the tickets of these owners, and of nobody."""

    def __init__(self, tickets: TicketShelf, owners: Collection[str]) -> None:
        self._tickets = tickets
        self._owners = owners

    def create(self, ticket: Ticket, note: Note | None = None) -> None:
        self._tickets.create(ticket, note)

    def get(self, ticket_id: TicketId) -> Ticket:
        ticket = self._tickets.get(ticket_id)
        if not ticket.is_seen_by(self._owners):
            message = f"ticket {ticket_id!r} is another team's"
            raise Denied(message, field="ticketId", value=ticket_id)
        return ticket

    def save(self, before: Ticket, after: Ticket, note: Note | None = None) -> None:
        self._tickets.save(before, after, note)

    def add_note(self, ticket_id: TicketId, note: Note) -> None:
        self._tickets.add_note(ticket_id, note)

    def listed(
        self, status: TicketStatus, *, owner: str | None = None, role: str = "", limit: int
    ) -> Sequence[Ticket]:
        if owner is not None and owner not in self._owners:
            message = f"tickets of {owner!r} are another team's"
            raise Denied(message, field="owner", value=owner)
        looked_at = limit if owner is not None else max(limit, LOOKED_AT)
        found = self._tickets.listed(status, owner=owner, role=role, limit=looked_at)
        return [ticket for ticket in found if ticket.is_seen_by(self._owners)][:limit]

    def of_customer(self, customer_id: CustomerId, *, limit: int) -> Sequence[Ticket]:
        found = self._tickets.of_customer(customer_id, limit=max(limit, LOOKED_AT))
        return [ticket for ticket in found if ticket.is_seen_by(self._owners)][:limit]
