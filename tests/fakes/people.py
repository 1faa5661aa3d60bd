"""Customers and their tickets in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.customer import (
    Customer,
    CustomerBrief,
    HistoryLine,
    fold,
    index_keys,
    name_keys,
)
from chalicelib.core.erasure import erased_change, erased_note
from chalicelib.core.errors import (
    Conflict,
    LostRace,
    NotFound,
)
from chalicelib.core.ids import (
    ContactId,
    CustomerId,
    TicketId,
)
from chalicelib.core.merging import Change as CustomerChange
from chalicelib.core.merging import survivors
from chalicelib.core.telephone import matching_key
from chalicelib.core.ticket import Note, Ticket, TicketChange, TicketStatus
from chalicelib.services.ports import (
    CustomerFile,
    Unavailable,
)


class InMemoryCustomerStore:
    """A CustomerStore in dicts. `is_down`: everything fails; `calls` tells what was asked."""

    def __init__(self) -> None:
        self.customers: dict[CustomerId, Customer] = {}
        self.lines: dict[tuple[CustomerId, ContactId], tuple[int, HistoryLine]] = {}
        self.tickets: dict[TicketId, Ticket] = {}  # InMemoryTicketStore keeps its own here too
        self.is_down = False
        self.calls: list[str] = []

    def create(self, customer: Customer) -> None:
        self._asked("create")
        if customer.customer_id in self.customers:
            raise Conflict(f"customer {customer.customer_id!r} exists")
        self.customers[customer.customer_id] = customer

    def get_many(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        self._asked("get_many")
        return survivors(customer_ids, self._records)

    def records(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        self._asked("records")
        return self._records(customer_ids)

    def file(self, customer_id: CustomerId) -> CustomerFile:
        self._asked("file")
        if customer_id not in self.customers:
            raise NotFound(f"no customer {customer_id!r}", field="customerId", value=customer_id)
        (customer,) = survivors([customer_id], self._records)
        family = (customer.customer_id, *customer.absorbed)
        lines = {
            line.contact_id: line for (owner, _), (_, line) in self.lines.items() if owner in family
        }
        tickets = [t for t in self.tickets.values() if t.customer_id in family]
        return CustomerFile(
            customer=customer,
            history=tuple(
                sorted(lines.values(), key=lambda x: (x.initiated_at, x.contact_id), reverse=True)
            ),
            open_tickets=tuple(t for t in newest_first(tickets) if t.status.is_open),
            redirected_from=None if customer.customer_id == customer_id else customer_id,
        )

    def with_phone(self, phone: str) -> Sequence[CustomerBrief]:
        self._asked("with_phone")
        return self._known_by("phone", matching_key(phone))

    def save(self, before: Customer, after: Customer) -> None:
        self._asked("save")
        self._save_together([(before, after)])

    def save_together(self, changes: Sequence[CustomerChange]) -> None:
        self._asked("save_together")
        self._save_together(changes)

    def known_by(self, kind: str, value: str) -> Sequence[CustomerBrief]:
        self._asked("known_by")
        return self._known_by(kind, value)

    def _known_by(self, kind: str, value: str) -> Sequence[CustomerBrief]:
        found = [c.brief for c in self.customers.values() if (kind, value) in index_keys(c)]
        return sorted(found, key=lambda brief: brief.customer_id)

    def named(self, name: str, *, limit: int) -> Sequence[CustomerBrief]:
        self._asked("named")
        keys = [
            (key, c.customer_id)
            for c in self.customers.values()
            for key in name_keys(c)
            if fold(name) and key.startswith(fold(name))
        ]
        found = dict.fromkeys(customer_id for _, customer_id in sorted(keys)[:limit])
        return [self.customers[customer_id].brief for customer_id in found]

    def contacts_of(self, customer_id: CustomerId) -> Sequence[HistoryLine]:
        self._asked("contacts_of")
        found = [line for (owner, _), (_, line) in self.lines.items() if owner == customer_id]
        return sorted(found, key=lambda x: (x.initiated_at, x.contact_id), reverse=True)

    def write_line(self, customer_id: CustomerId, line: HistoryLine, *, facts: int) -> None:
        self._asked("write_line")
        key = (customer_id, line.contact_id)
        if key not in self.lines or self.lines[key][0] < facts:
            self.lines[key] = (facts, line)

    def _records(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        wanted = dict.fromkeys(customer_ids)
        return [self.customers[each] for each in wanted if each in self.customers]

    def _save_together(self, changes: Sequence[CustomerChange]) -> None:
        for before, _ in changes:
            known = self.customers.get(before.customer_id)
            if known is None or known.version != before.version:
                raise LostRace(f"customer {before.customer_id!r} changed meanwhile")
        for before, after in changes:
            self.customers[before.customer_id] = replace(after, version=before.version + 1)

    def _asked(self, call: str) -> None:
        self.calls.append(call)
        if self.is_down:
            raise Unavailable("the customers cannot be reached")


class InMemoryTicketStore:
    """A TicketStore in dicts."""

    def __init__(self, customers: InMemoryCustomerStore | None = None) -> None:
        self.tickets = customers.tickets if customers else {}
        self.notes: dict[TicketId, dict[str, Note]] = {}
        self.history: dict[TicketId, tuple[TicketChange, ...]] = {}

    def create(self, ticket: Ticket, note: Note | None = None) -> None:
        if ticket.ticket_id in self.tickets:
            raise Conflict(f"ticket {ticket.ticket_id!r} exists")
        self._put(ticket, note)

    def get(self, ticket_id: TicketId) -> Ticket:
        if ticket_id not in self.tickets:
            raise NotFound(f"no ticket {ticket_id!r}", field="ticketId", value=ticket_id)
        notes = self.notes.get(ticket_id, {}).values()
        return replace(
            self.tickets[ticket_id],
            notes=tuple(sorted(notes, key=lambda n: (n.at, n.note_id))),
            history=self.history[ticket_id],
        )

    def save(self, before: Ticket, after: Ticket, note: Note | None = None) -> None:
        if self.tickets[before.ticket_id].version != before.version:
            raise Conflict(f"ticket {before.ticket_id!r} is not at version {before.version}")
        self._put(after, note)

    def add_note(self, ticket_id: TicketId, note: Note) -> None:
        self.notes.setdefault(ticket_id, {})[note.note_id] = note

    def listed(
        self, status: TicketStatus, *, owner: str | None = None, role: str = "", limit: int
    ) -> Sequence[Ticket]:
        found = [t for t in self.tickets.values() if t.status is status and role in ("", t.role)]
        return newest_first([t for t in found if owner in (None, t.owner)])[:limit]

    def opened(self, since: datetime, until: datetime) -> Iterator[Ticket]:
        yield from (t for t in self.tickets.values() if since <= t.created_at < until)

    def due(self, at: datetime, *, limit: int) -> Sequence[Ticket]:
        due = [t for t in self.tickets.values() if t.next_look_at and t.next_look_at <= at]
        return sorted(due, key=lambda t: (t.next_look_at or at, t.ticket_id))[:limit]

    def of_customer(self, customer_id: CustomerId, *, limit: int) -> Sequence[Ticket]:
        found = [t for t in self.tickets.values() if t.customer_id == customer_id]
        return newest_first(found)[:limit]

    def erase_words(self, ticket_id: TicketId) -> None:
        notes = self.notes.get(ticket_id, {})
        self.notes[ticket_id] = {key: erased_note(note) for key, note in notes.items()}
        self.history[ticket_id] = tuple(erased_change(x) for x in self.history[ticket_id])

    def _put(self, ticket: Ticket, note: Note | None) -> None:
        lines = tuple(line for line in ticket.history if line.version == ticket.version)
        self.history[ticket.ticket_id] = (*self.history.get(ticket.ticket_id, ()), *lines)
        self.tickets[ticket.ticket_id] = replace(ticket, notes=(), history=())
        if note is not None:
            self.add_note(ticket.ticket_id, note)


def newest_first(tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    return sorted(tickets, key=lambda t: (t.created_at, t.ticket_id), reverse=True)
