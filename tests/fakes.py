"""One in-memory class per port."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.core.customer import (
    Customer,
    CustomerBrief,
    HistoryLine,
    fold,
    search_keys,
)
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.core.ticket import Note, Ticket, TicketChange, TicketStatus
from chalicelib.services.ports import CustomerFile, ObjectInfo, Unavailable, UploadGrant

# --- objects ------------------------------------------------------------------------------------


class InMemoryObjectStore:
    """An ObjectStore without a network; counts its calls, since some promises are about them."""

    def __init__(self, bucket: str = "acme") -> None:
        self.bucket = bucket
        self.bodies: dict[str, bytes] = {}
        self.about: dict[str, ObjectInfo] = {}
        self.content_types: dict[str, str] = {}
        self.calls: list[str] = []

    def put(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.calls.append("put")
        self.bodies[key] = body
        self.content_types[key] = content_type
        etag = hashlib.sha256(body).hexdigest()
        self.about[key] = ObjectInfo(key, len(body), etag, dict(metadata or {}))

    def get(self, key: str) -> bytes:
        self.calls.append("get")
        if key not in self.bodies:
            raise NotFound(f"no object {key!r}", field="key", value=key)
        return self.bodies[key]

    def describe(self, key: str) -> ObjectInfo | None:
        self.calls.append("describe")
        return self.about.get(key)

    def list(self, prefix: str) -> Sequence[ObjectInfo]:
        self.calls.append("list")
        return [
            replace(info, metadata={})
            for key, info in sorted(self.about.items())
            if key.startswith(prefix)
        ]

    def presigned_post(self, prefix: str, *, expires_seconds: int, max_bytes: int) -> UploadGrant:
        return UploadGrant(
            f"https://objects.test/{self.bucket}",
            {"key": prefix + "${filename}", "policy": f"{max_bytes} bytes, {expires_seconds} s"},
            prefix,
        )

    def presigned_get(
        self, key: str, *, expires_seconds: int, download_as: str | None = None
    ) -> str:
        return f"https://objects.test/{self.bucket}/{key}?expires={expires_seconds}"


# --- customers and tickets ------------------------------------------------------------------------


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
        wanted = dict.fromkeys(customer_ids)
        return [self.customers[each] for each in wanted if each in self.customers]

    def file(self, customer_id: CustomerId) -> CustomerFile:
        self._asked("file")
        if customer_id not in self.customers:
            raise NotFound(f"no customer {customer_id!r}", field="customerId", value=customer_id)
        lines = [line for (owner, _), (_, line) in self.lines.items() if owner == customer_id]
        tickets = [t for t in self.tickets.values() if t.customer_id == customer_id]
        return CustomerFile(
            customer=self.customers[customer_id],
            history=tuple(
                sorted(lines, key=lambda x: (x.initiated_at, x.contact_id), reverse=True)
            ),
            open_tickets=tuple(t for t in newest_first(tickets) if t.status.is_open),
        )

    def with_phone(self, phone: str) -> Sequence[CustomerBrief]:
        self._asked("with_phone")
        found = [c.brief for c in self.customers.values() if phone in c.phones]
        return sorted(found, key=lambda brief: brief.customer_id)

    def named(self, name: str, *, limit: int) -> Sequence[CustomerBrief]:
        self._asked("named")
        keys = [
            (key, c.customer_id)
            for c in self.customers.values()
            for key in search_keys(c.name)
            if fold(name) and key.startswith(fold(name))
        ]
        found = dict.fromkeys(customer_id for _, customer_id in sorted(keys)[:limit])
        return [self.customers[customer_id].brief for customer_id in found]

    def write_line(self, customer_id: CustomerId, line: HistoryLine, *, facts: int) -> None:
        self._asked("write_line")
        key = (customer_id, line.contact_id)
        if key not in self.lines or self.lines[key][0] < facts:
            self.lines[key] = (facts, line)

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
        self, status: TicketStatus, *, owner: str | None = None, limit: int
    ) -> Sequence[Ticket]:
        found = [t for t in self.tickets.values() if t.status is status]
        return newest_first([t for t in found if owner in (None, t.owner)])[:limit]

    def of_customer(self, customer_id: CustomerId, *, limit: int) -> Sequence[Ticket]:
        found = [t for t in self.tickets.values() if t.customer_id == customer_id]
        return newest_first(found)[:limit]

    def _put(self, ticket: Ticket, note: Note | None) -> None:
        lines = tuple(line for line in ticket.history if line.version == ticket.version)
        self.history[ticket.ticket_id] = (*self.history.get(ticket.ticket_id, ()), *lines)
        self.tickets[ticket.ticket_id] = replace(ticket, notes=(), history=())
        if note is not None:
            self.add_note(ticket.ticket_id, note)


def newest_first(tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    return sorted(tickets, key=lambda t: (t.created_at, t.ticket_id), reverse=True)


# --- reports --------------------------------------------------------------------------------------


class InMemoryReportRuns:
    """ReportRuns in a dict."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, date, int], ReportRun] = {}

    def of_day(self, report: str, day: date) -> Sequence[ReportRun]:
        return [run for key, run in sorted(self.runs.items()) if key[:2] == (report, day)]

    def latest(self, report: str, *, limit: int) -> Sequence[ReportRun]:
        found = [run for key, run in sorted(self.runs.items()) if key[0] == report]
        return found[::-1][:limit]

    def claim(self, run: ReportRun, *, now: datetime) -> None:
        there = self.runs.get(_run_key(run))
        if there and (there.state is RunState.PUBLISHED or there.claimed_until >= now):
            raise Conflict(f"revision {run.revision} is not free")
        self.runs[_run_key(run)] = run

    def publish(self, run: ReportRun) -> None:
        there = self.runs.get(_run_key(run))
        if there is None or there.state is RunState.PUBLISHED or there.claimant != run.claimant:
            raise Conflict(f"revision {run.revision} went to another")
        manifest = run.manifest and replace(run.manifest, changed_rows=None)
        self.runs[_run_key(run)] = replace(run, manifest=manifest)


def _run_key(run: ReportRun) -> tuple[str, date, int]:
    return (run.report, run.day, run.revision)


class InMemoryReportRequests:
    """ReportRequests that are only written down."""

    def __init__(self) -> None:
        self.days: list[date] = []

    def request(self, day: date) -> None:
        self.days.append(day)
