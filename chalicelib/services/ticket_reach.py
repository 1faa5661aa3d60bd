"""Which tickets the wrap-up of a contact may name, and which contacts a ticket."""

from __future__ import annotations

from chalicelib.core.contact import Contact
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import ID_LIMIT, ContactId, CustomerId, TicketId
from chalicelib.core.ticket import Ticket
from chalicelib.services.ports import ContactStore, CustomerStore, TicketShelf
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
        if not 0 < len(ticket_id) <= ID_LIMIT:
            return False
        try:
            ticket = self._tickets.get(ticket_id)
        except NotFound:
            return False
        return self._is_the_customers(ticket, contact) or self._is_the_agents(ticket, contact)

    def _is_the_customers(self, ticket: Ticket, contact: Contact) -> bool:
        if ticket.ticket_id == contact.ticket_id or contact.contact_id in ticket.contact_ids:
            return True
        one, other = contact.customer_id, ticket.customer_id
        return one is not None and other is not None and _is_one(self._customers, one, other)

    def _is_the_agents(self, ticket: Ticket, contact: Contact) -> bool:
        agent = contact.agent
        return ticket.is_seen_by(self._teams.owners_of(agent.username) if agent else frozenset())


class ContactReach:
    """Those of the ticket's customer: by its contacts it is seen whose marks its customer's are,
    and whether it may be erased."""

    def __init__(self, contacts: ContactStore, customers: CustomerStore) -> None:
        self._contacts = contacts
        self._customers = customers

    def holds(self, contact_id: ContactId, ticket: Ticket) -> bool:
        """False also when there is no such contact. Where it is not known whose one of them is,
        they may belong together."""
        if not 0 < len(contact_id) <= ID_LIMIT:
            return False
        found = self._contacts.among([contact_id])
        if not found:
            return False
        one, other = found[0].customer_id, ticket.customer_id
        return one is None or other is None or _is_one(self._customers, one, other)


def _is_one(customers: CustomerStore, one: CustomerId, other: CustomerId) -> bool:
    """Whether both are the same customer, whoever was merged into whom."""
    return one == other or _really(customers, one) == _really(customers, other)


def _really(customers: CustomerStore, customer_id: CustomerId) -> CustomerId:
    known = customers.get_many([customer_id])
    return known[0].customer_id if known else customer_id
