"""What an agent sees of a contact before and while taking it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.contact import Contact
from chalicelib.core.customer import Customer, CustomerBrief, HistoryLine
from chalicelib.core.errors import NotFound
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.ids import ContactId, CustomerId, QueueId, TicketId
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.services.customers import TELEPHONE, ToE164
from chalicelib.services.ports import CustomerFile, CustomerStore, Unavailable


@dataclass(frozen=True, slots=True)
class QueueName:
    id: QueueId
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several customers who share the number."""

    customer_id: CustomerId
    name: str | None  # None: known by number only


@dataclass(frozen=True, slots=True, kw_only=True)
class PopCustomer:
    customer_id: CustomerId
    name: str | None  # None: known by number only
    language: str | None
    phones: Sequence[str]
    emails: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopTicket:
    ticket_id: TicketId
    subject: str
    status: TicketStatus
    updated_at: datetime
    owner: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that belongs to a contact: an address, a number, a date."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PopSubject:
    """What the contact is about, where somebody said so: of a task, always."""

    name: str
    description: str
    references: Sequence[Reference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """The screen pop. `history_state` is `ready`, or `unavailable` when nobody could be asked."""

    contact_id: ContactId
    channel: Channel
    queue: QueueName | None
    wait_seconds: int
    customer_endpoint: str | None
    attributes: Mapping[str, str]
    initiation_method: InitiationMethod
    subject: PopSubject | None = None
    customer: PopCustomer | None = None
    candidates: Sequence[Candidate] = ()
    history_state: str = "ready"
    history: Sequence[HistoryLine] = ()
    tickets: Sequence[PopTicket] = ()


class ScreenPop:
    def __init__(self, customers: CustomerStore, to_e164: ToE164) -> None:
        self._customers = customers
        self._to_e164 = to_e164

    def build(self, contact: Contact, *, at: datetime) -> Pop:
        """The pop of a contact: of an identified one in a single request to the store.

        A store that cannot be reached costs the history, never the contact, and is not asked again.
        """
        file: CustomerFile | None = None
        sharing: Sequence[CustomerBrief] = ()
        state = "ready"
        try:
            if contact.customer_id is None:
                sharing = self._sharing(contact)
            file = self._file(contact.customer_id or _only(sharing))
        except Unavailable:
            state = "unavailable"
        return _pop(contact, file, () if file else sharing, state, at)

    def is_among(self, customer_id: CustomerId, others: Collection[CustomerId]) -> bool:
        """Whether this is one of those customers, whoever was merged into whom."""
        if customer_id in others:
            return True
        found = [self._customers.get_many(ids) for ids in ([customer_id], list(others))]
        one, all_others = ({each.customer_id for each in customers} for customers in found)
        return bool(one & all_others)

    def _sharing(self, contact: Contact) -> Sequence[CustomerBrief]:
        endpoint = contact.customer_endpoint
        if endpoint is None or endpoint.type != TELEPHONE:
            return ()
        phone = self._to_e164(endpoint.address)
        return self._customers.with_phone(phone) if phone else ()

    def _file(self, customer_id: CustomerId | None) -> CustomerFile | None:
        if customer_id is None:
            return None
        try:
            return self._customers.file(customer_id)
        except NotFound:
            return None


def _only(sharing: Sequence[CustomerBrief]) -> CustomerId | None:
    return sharing[0].customer_id if len(sharing) == 1 else None


def _pop(
    contact: Contact,
    file: CustomerFile | None,
    sharing: Sequence[CustomerBrief],
    state: str,
    at: datetime,
) -> Pop:
    endpoint, queue = contact.customer_endpoint, contact.queue
    earlier = file.history if file else ()
    return Pop(
        contact_id=contact.contact_id,
        channel=contact.channel,
        queue=QueueName(queue.queue_id, queue.name) if queue else None,
        wait_seconds=contact.wait_seconds(at),
        customer_endpoint=endpoint.address if endpoint else None,
        attributes=contact.attributes,
        initiation_method=contact.initiation_method,
        subject=_subject(contact),
        customer=_customer(file.customer) if file else None,
        candidates=[Candidate(brief.customer_id, brief.name or None) for brief in sharing],
        history_state=state,
        history=[line for line in earlier if line.contact_id != contact.contact_id],
        tickets=[_ticket(ticket) for ticket in file.open_tickets] if file else [],
    )


def _subject(contact: Contact) -> PopSubject | None:
    details = contact.session.details
    given = details.get("References")
    references = [
        Reference(str(name), str(entry.get("Type", "STRING")), str(entry.get("Value", "")))
        for name, entry in (given.items() if isinstance(given, Mapping) else ())
        if isinstance(entry, Mapping)
    ]
    name, description = (str(details.get(field) or "") for field in ("Name", "Description"))
    if not (name or description or references):
        return None
    return PopSubject(name=name, description=description, references=references)


def _customer(customer: Customer) -> PopCustomer:
    return PopCustomer(
        customer_id=customer.customer_id,
        name=customer.name or None,
        language=customer.language,
        phones=customer.phones,
        emails=customer.emails,
    )


def _ticket(ticket: Ticket) -> PopTicket:
    return PopTicket(
        ticket_id=ticket.ticket_id,
        subject=ticket.subject,
        status=ticket.status,
        updated_at=ticket.updated_at,
        owner=ticket.owner,
        version=ticket.version,
    )
