"""Which tickets an agent may name in the wrap-up of a contact."""

from __future__ import annotations

from chalicelib.core.contact import Contact
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import ID_LIMIT, CustomerId, TicketId
from chalicelib.services.ports import CustomerStore, TicketShelf
from chalicelib.services.teams import Teams


class TicketReach:
    """Those of the contact's customer, which the screen pop shows whichever team's they are; and
    those that its agent may open."""

    def __init__(self, tickets: TicketShelf, customers: CustomerStore, teams: Teams) -> None:
        self._tickets = tickets
        self._customers = customers
        self._teams = teams

    def holds(self, ticket_id: TicketId, contact: Contact) -> bool:
        """False also when there is no such ticket."""
        if len(ticket_id) > ID_LIMIT:
            return False
        try:
            ticket = self._tickets.get(ticket_id)
        except NotFound:
            return False
        if ticket_id == contact.ticket_id or contact.contact_id in ticket.contact_ids:
            return True
        if self._is_one(contact.customer_id, ticket.customer_id):
            return True
        agent = contact.agent
        return ticket.is_seen_by(self._teams.owners_of(agent.username) if agent else frozenset())

    def _is_one(self, customer_id: CustomerId | None, other_id: CustomerId | None) -> bool:
        if customer_id is None or other_id is None:
            return False
        return customer_id == other_id or self._really(customer_id) == self._really(other_id)

    def _really(self, customer_id: CustomerId) -> CustomerId:
        """Who that is, whoever was merged into whom."""
        known = self._customers.get_many([customer_id])
        return known[0].customer_id if known else customer_id
