"""Opens tickets, changes them, and makes of a wrap-up what the agent promised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.center import User
from chalicelib.core.contact import Contact
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import AfterContactWorkEnded
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.sla import Terms
from chalicelib.core.ticket import (
    MOST_CONTACTS,
    Note,
    Ticket,
    TicketDraft,
    TicketStatus,
    check_note,
    open_ticket,
    ticket_id_for,
)
from chalicelib.core.ticket_edit import Keep, TicketEdit, edit, stale
from chalicelib.core.wrap_up import Outcome
from chalicelib.services.ports import CustomerStore, TicketShelf
from chalicelib.services.ticket_reach import ContactReach

LISTED_AT_MOST = 200
LOOKED_AT = 2_000  # of a customer's, for those that fit
_ATTEMPTS = 5  # at a ticket that others change at the same time


class TicketsService:
    def __init__(
        self,
        tickets: TicketShelf,
        customers: CustomerStore,
        *,
        user: Callable[[str], User | None],
        terms: Callable[[], Terms],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        contacts: ContactReach | None = None,
    ) -> None:
        """`contacts`: what people may name; None: whoever names one has it in hand, as flows do."""
        self._tickets = tickets
        self._customers = customers
        self._user = user
        self._terms = terms
        self._now = now
        self._new_id = new_id
        self._contacts = contacts

    def create(self, draft: TicketDraft, *, by: str, request: str = "") -> Ticket:
        """Opens a ticket; Rejected when it names an owner, customer, contact, kind or ticket that
        is not there.

        With a `request` it is opened once, however often the same is asked.
        """
        at, request = self._now(), request or self._new_id()
        self._check_owner(draft.owner)
        self._check_customer(draft.customer_id)
        if draft.follows is not None:
            self._check_there(draft.follows, "follows")
        asked = draft.ticket(ticket_id_for(request), at)
        ticket = open_ticket(asked, at=at, by=by, terms=self._terms())
        self._check_contact(draft.contact_id, ticket)
        note = None if draft.note is None else self._note(draft.note, by, at)
        try:
            self._tickets.create(ticket, note)
        except Conflict:
            return self._tickets.get(ticket.ticket_id)
        return ticket if note is None else replace(ticket, notes=(note,))

    def get(self, ticket_id: TicketId) -> Ticket:
        return self._tickets.get(ticket_id)

    def list(
        self,
        *,
        status: TicketStatus | None = None,
        owner: str | None = None,
        role: str = "",
        customer_id: CustomerId | None = None,
        limit: int = LISTED_AT_MOST,
    ) -> Sequence[Ticket]:
        """Tickets for which all of this holds, newest first, without notes and history."""
        if customer_id is not None:
            found = [
                ticket
                for each in self._merged_ids(customer_id)
                for ticket in self._tickets.of_customer(each, limit=LOOKED_AT)
            ]
        else:
            statuses = TicketStatus if status is None else (status,)
            found = [
                ticket
                for each in statuses
                for ticket in self._tickets.listed(each, owner=owner, role=role, limit=limit)
            ]
        fitting = [
            t
            for t in found
            if status in (None, t.status) and owner in (None, t.owner) and role in ("", t.role)
        ]
        return sorted(fitting, key=lambda t: (t.created_at, t.ticket_id), reverse=True)[:limit]

    def update(
        self,
        ticket_id: TicketId,
        wanted: TicketEdit,
        *,
        version: int,
        by: str,
        note: str | None = None,
    ) -> Ticket:
        """Changes a ticket; Conflict with the difference when `version` is not the current one.

        A note alone goes in whatever the version: notes are never in each other's way.
        """
        at = self._now()
        written = None if note is None else self._note(note, by, at)
        if wanted.is_empty:
            after = self._tickets.get(ticket_id)
            if written is not None:
                self._tickets.add_note(ticket_id, written)
        else:
            self._check(wanted)
            after = self._save(ticket_id, wanted, version, written, by=by, at=at)
        return after if written is None else replace(after, notes=(*after.notes, written))

    def _save(
        self,
        ticket_id: TicketId,
        wanted: TicketEdit,
        version: int,
        note: Note | None,
        *,
        by: str,
        at: datetime,
    ) -> Ticket:
        """The ticket as saved. A lost race that left the version as it was is run again."""
        for _ in range(_ATTEMPTS):
            ticket = self._tickets.get(ticket_id)
            after = edit(ticket, wanted, version=version, at=at, by=by, terms=self._terms())
            if wanted.add_contact not in ticket.contact_ids:
                self._check_contact(wanted.add_contact, after)
            try:
                if after is not ticket:
                    self._tickets.save(ticket, after, note)
                elif note is not None:
                    self._tickets.add_note(ticket_id, note)
            except Conflict:
                continue
            return after
        raise stale(self._tickets.get(ticket_id), wanted, version)

    def open_from_wrap_up(
        self, ended: AfterContactWorkEnded, contact: Contact, *, fact_id: str, at: datetime
    ) -> TicketId | None:
        """The ticket that a wrap-up leads to, however often the fact arrives; None: no ticket.

        A follow-up becomes the agent's, due in a day. When the server ended the work, the agent
        gets a follow-up to say how the contact went.
        """
        outcome = Outcome(ended, contact, fact_id, at)
        if ended.ticket_id is not None:
            for _ in range(_ATTEMPTS):
                try:
                    return self._follow(ended.ticket_id, outcome)
                except Conflict:
                    continue
            raise Conflict(f"ticket {ended.ticket_id!r} does not stand still", field="ticketId")
        if outcome.status is None:
            return None
        return self._open(outcome)

    def _follow(self, ticket_id: TicketId, outcome: Outcome) -> TicketId:
        """Carries the wrap-up into a ticket that the agent chose."""
        try:
            ticket = self._tickets.get(ticket_id)
        except NotFound:
            return self._open(outcome)
        if ticket.has_followed(outcome.fact_id):
            return ticket_id
        if outcome.comes_too_late(ticket):
            return self._open(outcome, follows=ticket)
        self._tickets.save(ticket, outcome.carried_into(ticket, self._terms()), outcome.note)
        return ticket_id

    def _open(self, outcome: Outcome, follows: Ticket | None = None) -> TicketId:
        """The same ticket however often; a conflict may also be that of a transaction beside it."""
        ticket = outcome.new_ticket(follows)
        for _ in range(_ATTEMPTS):
            try:
                self._tickets.create(ticket, outcome.note)
            except Conflict:
                if not self._is_there(ticket.ticket_id):
                    continue
            return ticket.ticket_id
        raise Conflict(f"ticket {ticket.ticket_id!r} cannot be made", field="ticketId")

    def _is_there(self, ticket_id: TicketId) -> bool:
        try:
            self._tickets.get(ticket_id)
        except NotFound:
            return False
        return True

    def _note(self, text: str, by: str, at: datetime) -> Note:
        return Note(note_id=self._new_id(), at=at, by=by, text=check_note(text))

    def _check(self, wanted: TicketEdit) -> None:
        if not isinstance(wanted.owner, Keep):
            self._check_owner(wanted.owner)
        if not isinstance(wanted.customer_id, Keep):
            self._check_customer(wanted.customer_id)
        if wanted.add_link is not None:
            self._check_there(wanted.add_link.ticket_id, "link.ticketId")

    def _check_contact(self, contact_id: ContactId | None, ticket: Ticket) -> None:
        if contact_id is None or self._contacts is None:
            return
        if not self._contacts.holds(contact_id, ticket):
            message = f"no contact {contact_id[:40]!r} of this customer"
            raise Rejected(message, field="contactId", value=contact_id)
        if len(ticket.contact_ids) > MOST_CONTACTS:
            message = f"ticket {ticket.ticket_id} has {MOST_CONTACTS} contacts, and takes no more"
            raise Rejected(message, field="contactId", value=contact_id)

    def _check_owner(self, owner: str | None) -> None:
        if owner is None:
            return
        user = self._user(owner)
        if user is None or not user.can_have_tickets:
            raise Rejected(f"owner {owner!r} cannot take tickets", field="owner", value=owner)

    def _check_customer(self, customer_id: CustomerId | None) -> None:
        if customer_id is not None and not self._customers.get_many([customer_id]):
            raise Rejected(f"no customer {customer_id!r}", field="customerId", value=customer_id)

    def _merged_ids(self, customer_id: CustomerId) -> Sequence[CustomerId]:
        """All under which tickets of this person may stand."""
        known = self._customers.get_many([customer_id])
        return (known[0].customer_id, *known[0].absorbed) if known else (customer_id,)

    def _check_there(self, ticket_id: TicketId, field: str) -> None:
        if not self._is_there(ticket_id):
            raise Rejected(f"no ticket {ticket_id!r}", field=field, value=ticket_id)
