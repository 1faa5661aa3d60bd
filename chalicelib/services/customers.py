"""Finds out who is calling, keeps the history of each customer, finds customers by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.core.contact import Contact
from chalicelib.core.customer import (
    Customer,
    Identity,
    check_name,
    first_seen,
    history_line,
    identity_among,
    index_keys,
)
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import Channel, CustomerIdentified, Endpoint
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.telephone import distinct, matching_key
from chalicelib.services.ports import CustomerFile, CustomerStore, Unavailable

TELEPHONE = "TELEPHONE_NUMBER"
FOUND_AT_MOST = 50  # customers of one search
_ATTEMPTS = 5  # at a number that somebody else is entering at the same moment

type ToE164 = Callable[[str], str | None]


class CustomersService:
    def __init__(self, customers: CustomerStore, to_e164: ToE164) -> None:
        self._customers = customers
        self._to_e164 = to_e164

    def identify(
        self,
        contact_id: ContactId,
        endpoint: Endpoint | None,
        at: datetime,
        *,
        name: str = "",
        created_by: str = "inbound call",
    ) -> Identity:
        """Whom a contact comes from; an unknown number becomes one customer.

        However often and however simultaneously it is asked, there is one customer per number.
        A withheld number is nobody, and so is an address that is not a telephone's.
        """
        phone = self._phone_of(endpoint)
        if phone is None:
            return Identity(None)
        holder = 0
        for _ in range(_ATTEMPTS):
            known = identity_among(self._customers.with_phone(phone), contact_id)
            if known is not None:
                return known
            newcomer = first_seen(
                phone, contact_id, created_by=created_by, at=at, name=name, holder=holder
            )
            try:
                self._customers.create(newcomer)
            except Conflict:
                holder += self._has_given_up(newcomer.customer_id, phone)
                continue
            return Identity(newcomer.customer_id, is_new=True)
        raise Conflict("the caller's number is being entered by somebody else")

    def _has_given_up(self, customer_id: CustomerId, phone: str) -> bool:
        """Whether whom this number made a customer has it no more, so that it is another's now."""
        known = self._customers.get_many([customer_id])
        return bool(known) and ("phone", matching_key(phone)) not in index_keys(known[0])

    def identified(
        self,
        contact_id: ContactId,
        endpoint: Endpoint | None,
        *,
        at: datetime,
        name: str = "",
        channel: Channel = Channel.VOICE,
    ) -> CustomerIdentified | None:
        """The fact of who a contact comes from; None when nobody can be named.

        Never keeps a contact from going on: when the customers cannot be reached, or everybody
        enters the same number at once, the contact goes on unnamed.
        """
        try:
            kind = "call" if channel is Channel.VOICE else channel.lower()
            identity = self.identify(
                contact_id, endpoint, at, name=name, created_by=f"inbound {kind}"
            )
        except (Unavailable, Conflict):
            return None
        if identity.customer_id is None and not identity.candidates:
            return None
        return CustomerIdentified(
            customer_id=identity.customer_id,
            is_new=identity.is_new,
            candidates=identity.candidates,
        )

    def register(self, customer: Customer) -> Customer:
        """Enters a customer as given, numbers made E.164; Conflict when the id is taken."""
        phones = distinct(self._checked(raw) for raw in customer.phones)
        entered = replace(customer, name=check_name(customer.name), phones=phones)
        self._customers.create(entered)
        return entered

    def record_contact(self, contact: Contact) -> None:
        """Writes the contact into its customer's history, as far as it has gone.

        An older state never replaces a newer one, so the order of calls does not matter.
        """
        if contact.customer_id is None:
            return
        self._customers.write_line(
            contact.customer_id, history_line(contact), facts=contact.fact_count
        )

    def get(
        self, customer_id: CustomerId, *, owners: Collection[str] | None = None
    ) -> CustomerFile:
        """The customer with history and those open tickets that these owners see; None: all of
        them. NotFound."""
        file = self._customers.file(customer_id)
        seen = tuple(ticket for ticket in file.open_tickets if ticket.is_seen_by(owners))
        return replace(file, open_tickets=seen)

    def find(self, *, phone: str | None = None, name: str | None = None) -> Sequence[Customer]:
        """Customers by number, however it is written, or by the beginning of a name."""
        if phone is not None:
            briefs = self._customers.with_phone(self._checked(phone))
        elif name is not None and name.strip():
            briefs = self._customers.named(name, limit=FOUND_AT_MOST)
        else:
            raise Rejected("say a phone or a name to look for", field="phone")
        return self._customers.get_many([brief.customer_id for brief in briefs])

    def look_up(self, address: str, known_as: CustomerId | None = None) -> CustomerFile | None:
        """The customer of this id; when there is no such, the one with this number. None when
        nobody has it, or more than one."""
        if known_as is not None:
            with suppress(NotFound):
                return self._customers.file(known_as)
        phone = self._to_e164(address)
        known = self._customers.with_phone(phone) if phone else ()
        return self._customers.file(known[0].customer_id) if len(known) == 1 else None

    def _phone_of(self, endpoint: Endpoint | None) -> str | None:
        if endpoint is None or endpoint.type != TELEPHONE:
            return None
        return self._to_e164(endpoint.address)

    def _checked(self, raw: str) -> str:
        phone = self._to_e164(raw)
        if phone is None:
            # the value goes to the client in its own field, not into a message that may be logged
            raise Rejected("phone is not a telephone number", field="phone", value=raw)
        return phone
