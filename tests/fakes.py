"""One in-memory class per port."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO

from chalicelib.core import place as where
from chalicelib.core.alert import Alert
from chalicelib.core.bots import Bot
from chalicelib.core.canary import Tally, bucket
from chalicelib.core.center import Center, Queue, StoredPrompt, User
from chalicelib.core.civil_day import Grain
from chalicelib.core.contact import Contact, Leg
from chalicelib.core.contact_events import ContactEvent
from chalicelib.core.customer import (
    Customer,
    CustomerBrief,
    HistoryLine,
    fold,
    index_keys,
    name_keys,
)
from chalicelib.core.delivery import Delivery, DeliveryNote, Notice
from chalicelib.core.erasure import erased_change, erased_fact, erased_note
from chalicelib.core.errors import (
    Conflict,
    Duplicate,
    LostRace,
    NotFound,
    QueueFull,
    Rejected,
)
from chalicelib.core.events import Channel, Fact
from chalicelib.core.flow import (
    FlowType,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Prompt,
    PublishedFlow,
    parse,
    spoken_text,
)
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import (
    AgentId,
    ConnectionId,
    ContactId,
    CustomerId,
    FlowId,
    QueueId,
    RoutingProfileId,
    TicketId,
)
from chalicelib.core.merging import Change as CustomerChange
from chalicelib.core.merging import survivors
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.core.routing import (
    Agent,
    AgentChange,
    Depth,
    Opening,
    ParticularLine,
    Place,
    place_of,
)
from chalicelib.core.telephone import matching_key
from chalicelib.core.template import MessageTemplate
from chalicelib.core.ticket import Note, Ticket, TicketChange, TicketStatus
from chalicelib.core.waiting import STRETCHES, Basis, Sample, Stretch, stretch_of
from chalicelib.services.bot_ports import Heard, Reaction, Utterance
from chalicelib.services.callback_ports import StandingCallback
from chalicelib.services.canary import Trial
from chalicelib.services.flow_ports import FlowContent, NewVersion, VersionNote
from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import (
    ChatItem,
    Commit,
    Connection,
    CustomerFile,
    DeskMessage,
    ErasureJob,
    ObjectInfo,
    Presence,
    RecordingJob,
    Timer,
    TimerKind,
    Unavailable,
    UploadGrant,
    erased_item,
)

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
        body: bytes | BinaryIO,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.calls.append("put")
        body = body if isinstance(body, bytes) else body.read()
        self.bodies[key] = body
        self.content_types[key] = content_type
        etag = hashlib.sha256(body).hexdigest()
        self.about[key] = ObjectInfo(key, len(body), etag, dict(metadata or {}))

    def get(self, key: str) -> bytes:
        self.calls.append("get")
        if key not in self.bodies:
            raise NotFound(f"no object {key!r}", field="key", value=key)
        return self.bodies[key]

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.get(key))

    def copy(self, key: str, to: str) -> None:
        body = self.get(key)
        self.put(to, body, content_type=self.content_types[key], metadata=self.about[key].metadata)

    def remove(self, key: str) -> None:
        del self.bodies[key], self.about[key]

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

    def erase(self, prefix: str) -> int:
        self.calls.append("erase")
        gone = [key for key in self.bodies if key.startswith(prefix)]
        for key in gone:
            del self.bodies[key], self.about[key], self.content_types[key]
        return len(gone)

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


# --- canaries and recorded contacts ---------------------------------------------------------------


class InMemoryCanaryCounts:
    """CanaryCounts in dicts."""

    def __init__(self) -> None:
        self.began: dict[tuple[Trial, ContactId], tuple[int, datetime]] = {}
        self.failed: dict[tuple[Trial, ContactId], datetime] = {}

    def begin(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        self.began.setdefault((trial, contact_id), (version, bucket(at)))

    def fail(self, trial: Trial, contact_id: ContactId, version: int, *, at: datetime) -> None:
        if self.began.get((trial, contact_id), (0, at))[0] == version:
            self.failed.setdefault((trial, contact_id), bucket(at))

    def tallies(self, trial: Trial, *, since: datetime) -> Mapping[int, Tally]:
        began: Counter[int] = Counter()
        failed: Counter[int] = Counter()
        for (each, contact_id), (version, at) in self.began.items():
            failed_at = self.failed.get((each, contact_id))
            began[version] += each == trial and at >= bucket(since)
            failed[version] += (
                failed_at is not None and each == trial and failed_at >= bucket(since)
            )
        return {
            version: Tally(contacts=contacts, errors=failed[version])
            for version, contacts in began.items()
            if contacts or failed[version]
        }


class InMemoryContactIndex:
    """A ContactIndex in a dict."""

    def __init__(self) -> None:
        self.noted: dict[tuple[FlowId, ContactId], datetime] = {}

    def note(self, flow_id: FlowId, contact_id: ContactId, *, at: datetime) -> None:
        self.noted[flow_id, contact_id] = at

    def latest(self, flow_id: FlowId, *, limit: int) -> Sequence[ContactId]:
        found = [(at, contact) for (flow, contact), at in self.noted.items() if flow == flow_id]
        return [contact for _, contact in sorted(found, reverse=True)[:limit]]


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
        is_free = there is None or there.state is RunState.FAILED
        is_left = there and there.state is RunState.WRITING and there.claimed_until < now
        if not (is_free or is_left):
            raise Conflict(f"revision {run.revision} is not free")
        self.runs[_run_key(run)] = run

    def publish(self, run: ReportRun) -> None:
        self._settle(run)

    def fail(self, run: ReportRun) -> None:
        self._settle(run)

    def _settle(self, run: ReportRun) -> None:
        there = self.runs.get(_run_key(run))
        if there is None or there.state is not RunState.WRITING or there.claimant != run.claimant:
            raise Conflict(f"revision {run.revision} went to another")
        manifest = run.manifest and replace(run.manifest, changed_rows=None)
        self.runs[_run_key(run)] = replace(run, manifest=manifest)


def _run_key(run: ReportRun) -> tuple[str, date, int]:
    return (run.report, run.day, run.revision)


class InMemoryReportRequests:
    """ReportRequests that are only written down."""

    def __init__(self) -> None:
        self.asked: list[tuple[Grain, date]] = []
        self.renewed: list[tuple[Grain, date]] = []
        self.deliveries: list[tuple[str, date]] = []
        self.reconciliations: list[date] = []

    def request(self, day: date, *, grain: Grain) -> None:
        self.asked.append((grain, day))

    def renew(self, day: date, *, grain: Grain) -> None:
        self.renewed.append((grain, day))

    def request_delivery(self, report: str, day: date) -> None:
        self.deliveries.append((report, day))

    def request_reconciliation(self, day: date) -> None:
        self.reconciliations.append(day)


class InMemoryDeliveryBook:
    """A DeliveryBook in a dict."""

    def __init__(self) -> None:
        self.deliveries: dict[str, Delivery] = {}

    def all(self) -> Sequence[Delivery]:
        return [each for _, each in sorted(self.deliveries.items())]

    def get(self, name: str) -> Delivery:
        if name not in self.deliveries:
            raise NotFound(f"nothing is delivered to {name!r}", field="name", value=name)
        return self.deliveries[name]

    def keep(self, delivery: Delivery) -> None:
        self.deliveries[delivery.name] = delivery

    def remove(self, name: str) -> None:
        self.get(name)
        del self.deliveries[name]


class InMemoryDeliveryLedger:
    """A DeliveryLedger in dicts; a notice that was sent has no end."""

    def __init__(self) -> None:
        self.notes: dict[tuple[str, str, date, int], DeliveryNote] = {}
        self.notices: dict[Notice, datetime | None] = {}

    def note(self, note: DeliveryNote) -> None:
        self.notes[note.consumer, note.report, note.day, note.revision] = note

    def latest(self, consumer: str, report: str, *, limit: int) -> Sequence[DeliveryNote]:
        found = [n for key, n in sorted(self.notes.items()) if key[:2] == (consumer, report)]
        return found[::-1][:limit]

    def of_day(self, consumer: str, report: str, day: date) -> Sequence[DeliveryNote]:
        return [n for key, n in sorted(self.notes.items()) if key[:3] == (consumer, report, day)]

    def claim(self, notice: Notice, *, now: datetime, until: datetime) -> bool:
        if notice in self.notices:
            claimed_until = self.notices[notice]
            if claimed_until is None:
                return False
            if claimed_until >= now:
                raise Conflict(f"the e-mail to {notice.address} is being sent")
        self.notices[notice] = until
        return True

    def release(self, notice: Notice) -> None:
        self.notices.pop(notice, None)

    def sent(self, notice: Notice) -> None:
        self.notices[notice] = None


class RecordedGauges:
    """Gauges that keep what was told last."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def tell(self, name: str, value: int) -> None:
        self.values[name] = value


# --- messages to the world outside ----------------------------------------------------------------


class RecordingMessenger:
    """A Messenger that writes down what it sends; landlines take no text messages."""

    def __init__(self, landlines: Collection[str] = ()) -> None:
        self.texts: list[tuple[str, str]] = []
        self.emails: list[Email] = []
        self.landlines = set(landlines)
        self.is_down = False

    def send_text(self, number: str, text: str) -> None:
        self._asked()
        if number in self.landlines:
            raise Undeliverable("a landline takes no text messages", field="number")
        self.texts.append((number, text))

    def send_email(self, email: Email) -> None:
        self._asked()
        self.emails.append(email)

    def _asked(self) -> None:
        if self.is_down:
            raise Unavailable("messages cannot be sent")


class InMemoryTemplates:
    """A TemplateStore in a dict."""

    def __init__(self, *templates: MessageTemplate) -> None:
        self.templates = {template.name: template for template in templates}

    def template(self, name: str) -> MessageTemplate | None:
        return self.templates.get(name)

    def save_template(self, template: MessageTemplate) -> None:
        self.templates[template.name] = template


class InMemoryPlaces:
    """A PlaceStore and a Geocoder; `is_lost`: it does not know where anything is."""

    def __init__(
        self, places: Sequence[where.Place] = (), points: Mapping[str, where.Point] | None = None
    ) -> None:
        self.listed = list(places)
        self.points = dict(points or {})
        self.is_lost = False

    def places(self) -> Sequence[where.Place]:
        return list(self.listed)

    def locate(self, zip_code: str) -> where.Point | None:
        if self.is_lost:
            raise Unavailable("zip codes cannot be looked up")
        return self.points.get(zip_code) or self.points.get(zip_code[:3])

    def save_places(self, places: Sequence[where.Place], points: Mapping[str, where.Point]) -> None:
        self.listed += places
        self.points |= points


# --- promises to call back ------------------------------------------------------------------------


class InMemoryCallbackStore:
    """A CallbackStore in a dict."""

    def __init__(self) -> None:
        self.standing: dict[str, StandingCallback] = {}

    def stand(self, callback: StandingCallback) -> StandingCallback:
        return self.standing.setdefault(callback.number, callback)

    def follow(self, before: ContactId, callback: StandingCallback) -> bool:
        standing = self.find(callback.number)
        if standing is None or standing.contact_id not in (before, callback.contact_id):
            return False
        self.standing[callback.number] = callback
        return True

    def find(self, number: str) -> StandingCallback | None:
        return self.standing.get(number)

    def release(self, number: str, contact_id: ContactId) -> bool:
        standing = self.find(number)
        if standing is None or standing.contact_id != contact_id:
            return False
        del self.standing[number]
        return True

    def all(self) -> Sequence[StandingCallback]:
        return sorted(self.standing.values(), key=lambda each: (each.asked_at, each.number))


# --- how fast lines move --------------------------------------------------------------------------


class InMemoryPaceStore:
    """A PaceStore in dicts."""

    def __init__(self) -> None:
        self.lines: dict[tuple[QueueId, Channel], dict[datetime, Stretch]] = {}
        self.noted: set[tuple[datetime, ContactId]] = set()
        self.kept: dict[tuple[QueueId, Channel], Basis] = {}

    def note(
        self,
        queue_id: QueueId,
        channel: Channel,
        contact_id: ContactId,
        sample: Sample,
        *,
        at: datetime,
    ) -> None:
        began_at = stretch_of(at)
        if (began_at, contact_id) in self.noted:
            return
        self.noted.add((began_at, contact_id))
        line = self.lines.setdefault((queue_id, channel), {})
        known = line.get(began_at) or Stretch(began_at=began_at)
        is_handled = sample.handle_seconds is not None
        line[began_at] = Stretch(
            began_at=began_at,
            handled=known.handled + is_handled,
            handle_seconds=known.handle_seconds + (sample.handle_seconds or 0),
            gave_up=known.gave_up + (not is_handled),
            waited_seconds=known.waited_seconds + sample.waited_seconds,
        )

    def stretches(self, queue_id: QueueId, channel: Channel) -> Sequence[Stretch]:
        line = self.lines.get((queue_id, channel), {})
        return [line[began_at] for began_at in sorted(line, reverse=True)][:STRETCHES]

    def basis(self, queue_id: QueueId, channel: Channel) -> Basis | None:
        return self.kept.get((queue_id, channel))

    def keep(self, queue_id: QueueId, channel: Channel, basis: Basis) -> None:
        self.kept[queue_id, channel] = basis


# --- contacts and routing -------------------------------------------------------------------------


class InMemoryRoutingStore:
    """A RoutingStore in dicts; its rows are written by the commits of InMemoryContactStore."""

    def __init__(self) -> None:
        self.agents: dict[AgentId, Agent] = {}
        self.waiting: set[Place] = set()
        self.ringing: set[Place] = set()
        self.open: set[Opening] = set()
        self.depth: Counter[tuple[QueueId, Channel]] = Counter()
        self.particular: Counter[tuple[QueueId, Channel]] = Counter()
        self.lines: dict[tuple[QueueId, Channel, str], ParticularLine] = {}
        self.events: dict[AgentId, list[DeskMessage]] = {}
        self.signed_in: dict[AgentId, Presence] = {}

    def agent(self, agent_id: AgentId) -> Agent | None:
        return self.agents.get(agent_id)

    def agents_among(self, agent_ids: Sequence[AgentId]) -> Sequence[Agent]:
        return [self.agents[each] for each in agent_ids if each in self.agents]

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Sequence[Opening]:
        found = [o for o in self.open if (o.profile_id, o.channel) == (profile_id, channel)]
        return sorted(found)

    def depths(self, queues: Sequence[tuple[Queue, Channel]]) -> Sequence[Depth]:
        keys = [(queue.queue_id, channel) for queue, channel in queues]
        return [Depth(self.depth[key], self.particular[key]) for key in keys]

    def particular_lines(self, queue_id: QueueId, channel: Channel) -> Sequence[ParticularLine]:
        return [line for key, line in self.lines.items() if key[:2] == (queue_id, channel)]

    def head(
        self, queue_id: QueueId, channel: Channel, line: str, *, ripe_at: datetime | None = None
    ) -> Place | None:
        ripe = [
            place
            for place in self.waiting
            if (place.queue_id, place.channel, place.line) == (queue_id, channel, line)
            and (ripe_at is None or place.entered_at <= ripe_at)
        ]
        return min(ripe, default=None)

    def line(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        places = self.waiting | self.ringing
        return sorted(p for p in places if (p.queue_id, p.channel) == (queue.queue_id, channel))

    def heads(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        first: dict[tuple[str, int], Place] = {}
        here = queue.queue_id, channel
        for place in sorted(p for p in self.waiting if (p.queue_id, p.channel) == here):
            first.setdefault((place.line, place.priority), place)
        ringing = (p for p in self.ringing if (p.queue_id, p.channel) == here)
        return sorted([*first.values(), *ringing])

    def desk_events(self, agent_id: AgentId, *, after: int) -> Sequence[DeskMessage]:
        return [message for message in self.events.get(agent_id, ()) if message.seq > after]

    def seen(self, agent_id: AgentId, connection_id: ConnectionId, *, at: datetime) -> None:
        self.signed_in[agent_id] = Presence(agent_id, connection_id, at)

    def gone(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        here = self.signed_in.get(agent_id)
        if here is not None and here.connection_id == connection_id:
            self.signed_in[agent_id] = replace(here, connection_id=None)

    def forget(self, presence: Presence) -> None:
        here = self.signed_in.get(presence.agent_id)
        if here is not None and here.heartbeat_at == presence.heartbeat_at:
            del self.signed_in[presence.agent_id]

    def presence(self, agent_id: AgentId) -> Presence | None:
        return self.signed_in.get(agent_id)

    def presences(self, agent_ids: Sequence[AgentId]) -> Sequence[Presence]:
        known = dict.fromkeys(agent_ids)
        return [self.signed_in[each] for each in known if each in self.signed_in]

    def online(self) -> Sequence[Presence]:
        return [presence for _, presence in sorted(self.signed_in.items())]

    def apply(self, change: AgentChange) -> None:
        """The agent's new state with all rows that follow from it."""
        before, after = change.before, change.settled
        self.agents[after.agent_id] = after
        self.open -= set(before.openings if before else ())
        self.open |= set(after.openings)
        self.events.setdefault(after.agent_id, []).append(DeskMessage.of(change))

    def move(self, before: Contact | None, after: Contact) -> None:
        """The contact's place, and what counts it."""
        old, new = place_of(before), place_of(after)
        if old is not None:
            (self.ringing if old.is_ringing else self.waiting).discard(old)
            self._count(old, -1)
        if new is not None:
            (self.ringing if new.is_ringing else self.waiting).add(new)
            self._count(new, 1)
            wanted = after.queue.wanted if after.queue else None
            if wanted is not None:
                line = ParticularLine(wanted.line, wanted.expression)
                self.lines[new.queue_id, new.channel, new.line] = line

    def _count(self, place: Place, by: int) -> None:
        key = place.queue_id, place.channel
        self.depth[key] += by
        self.particular[key] += by * place.line.startswith("c")


class InMemoryAlertStore:
    """An AlertStore in a dict."""

    def __init__(self) -> None:
        self.alerts: dict[str, Alert] = {}

    def add(self, alert: Alert) -> None:
        self.alerts[alert.alert_id] = alert

    def since(self, at: datetime, *, limit: int) -> Sequence[Alert]:
        found = [alert for alert in self.alerts.values() if alert.at >= at]
        return sorted(found, key=lambda a: (a.at, a.alert_id), reverse=True)[:limit]

    def remove(self, alert: Alert) -> None:
        self.alerts.pop(alert.alert_id, None)


class InMemoryContactStore:
    """A ContactStore in dicts, on the same state as a routing store.

    `meanwhile`: what somebody else does between a service's read and its commit, once each.
    `commits`: everything committed, in order.
    """

    def __init__(self, routing: InMemoryRoutingStore | None = None) -> None:
        self.routing = routing or InMemoryRoutingStore()
        self.contacts: dict[ContactId, Contact] = {}
        self.written: dict[ContactId, list[Fact]] = {}
        self.transcripts: dict[ContactId, dict[str, ChatItem]] = {}
        self.meanwhile: list[Callable[[], None]] = []
        self.commits: list[Commit] = []

    def get(self, contact_id: ContactId) -> Contact:
        if contact_id not in self.contacts:
            raise NotFound(f"no contact {contact_id!r}", field="contactId", value=contact_id)
        return self.contacts[contact_id]

    def among(self, contact_ids: Sequence[ContactId]) -> Sequence[Contact]:
        known = dict.fromkeys(contact_ids)
        return [self.contacts[each] for each in known if each in self.contacts]

    def commit(self, commit: Commit) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if commit.capacity == 0:
            raise QueueFull("the queue takes no contacts")
        self._check_versions(commit)
        self._check_capacity(commit)
        self.commits.append(commit)
        for agent in commit.agents:
            self.routing.apply(agent)
        for item in commit.items:
            self._put(item)
        for change in commit.changes:
            before, after = change.before, change.after
            self.contacts[after.contact_id] = change.settled.after
            self.written.setdefault(after.contact_id, []).extend(change.facts)
            self.routing.move(before, after)

    def facts(self, contact_id: ContactId) -> Sequence[Fact]:
        return list(self.written.get(contact_id, ()))

    def ended(self, from_at: datetime, to_at: datetime) -> Iterator[ContactId]:
        for contact in self.contacts.values():
            if contact.disconnected_at and from_at <= contact.disconnected_at < to_at:
                yield contact.contact_id

    def add_item(self, item: ChatItem) -> None:
        if item.item_id not in self.transcripts.get(item.contact_id, {}):
            self._put(item)

    def items(self, contact_id: ContactId) -> Sequence[ChatItem]:
        found = self.transcripts.get(contact_id, {}).values()
        return sorted(found, key=lambda item: (item.at, item.item_id))

    def erase_words(self, contact_id: ContactId) -> None:
        facts = self.written.get(contact_id, [])
        self.written[contact_id] = [erased_fact(fact) for fact in facts]
        for item in self.items(contact_id):
            self._put(erased_item(item))

    def _put(self, item: ChatItem) -> None:
        self.transcripts.setdefault(item.contact_id, {})[item.item_id] = item

    def _check_versions(self, commit: Commit) -> None:
        for contact in commit.changes:
            known = self.contacts.get(contact.after.contact_id)
            before = contact.before
            if (known.version if known else None) != (before.version if before else None):
                raise LostRace("the contact or the agent changed meanwhile")
        for change in commit.agents:
            agent = self.routing.agents.get(change.after.agent_id)
            expected = change.before.version if change.before else None
            if (agent.version if agent else None) != expected:
                raise LostRace("the contact or the agent changed meanwhile")

    def _check_capacity(self, commit: Commit) -> None:
        if commit.capacity is None:
            return
        for change in commit.changes:
            old, new = _limited(change.before), _limited(change.after)
            if new is not None and old != new and self.routing.depth[new] >= commit.capacity:
                raise QueueFull("the queue is full")


def _limited(contact: Contact | None) -> tuple[QueueId, Channel] | None:
    """The line in which the contact counts, if that has a limit."""
    if contact is None or not contact.is_in_queue or contact.queue is None:
        return None
    return (contact.queue.queue_id, contact.channel) if contact.queue.is_limited else None


_PARTS = {  # by kind: where in the configuration, and by which field they are told apart
    "queue": ("queues", "queue_id"),
    "hours": ("hours", "hours_id"),
    "quick-connect": ("quick_connects", "quick_connect_id"),
    "profile": ("profiles", "profile_id"),
    "status": ("statuses", "status_id"),
    "hierarchy-level": ("hierarchy_levels", "level_id"),
    "hierarchy-group": ("hierarchy_groups", "group_id"),
    "attribute": ("attributes", "name"),
    "tariff": ("tariffs", "version"),
    "prompt": ("prompts", "prompt_id"),
    "disposition": ("dispositions", "disposition_id"),
    "sla-policy": ("sla_policies", "kind"),
    "authority": ("authorities", "authority_id"),
}


class InMemoryUserStore:
    """The users of an InMemoryCenterStore."""

    def __init__(self, center: InMemoryCenterStore) -> None:
        self._center = center
        self.meanwhile: list[Callable[[], object]] = []  # what somebody else does before a save

    def users(self) -> list[User]:
        return sorted(self._center.users.values(), key=lambda user: user.username)

    def find(self, agent_id: AgentId) -> User | None:
        return self._center.agent(agent_id)

    def add(self, user: User) -> User:
        if user.username in self._center.users:
            message = f"a user named {user.username!r} exists"
            raise Duplicate(message, field="Username", value=user.username)
        self._center.save_user(user)
        return user

    def save(self, before: User, after: User) -> User:
        while self.meanwhile:
            self.meanwhile.pop(0)()
        known = self._center.users.get(before.username)
        if known is None or known.revision != before.revision:
            raise LostRace(f"user {before.username!r} was changed by somebody else")
        after = replace(after, revision=before.revision + 1)
        self._center.save_user(after)
        return after

    def delete(self, user: User) -> None:
        self._center.users.pop(user.username, None)


class InMemorySignIns:
    """The SignIns port: who can sign in, with which password, and in which groups."""

    def __init__(self) -> None:
        self.passwords: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.groups: dict[str, set[str]] = {}

    def create(self, user: User, password: str) -> None:
        if user.username in self.passwords:
            message = f"somebody signs in as {user.username!r} already"
            raise Duplicate(message, field="Username", value=user.username)
        if len(password) < 12:
            raise Rejected("Password has 12 characters or more", field="Password")
        self.passwords[user.username] = password
        self.names[user.username] = user.name
        self.groups[user.username] = set(user.groups)

    def rename(self, user: User) -> None:
        self._known(user.username)
        self.names[user.username] = user.name

    def set_groups(self, username: str, groups: Collection[str]) -> None:
        self._known(username)
        self.groups[username] = set(groups)

    def delete(self, username: str) -> None:
        self.passwords.pop(username, None)
        self.names.pop(username, None)
        self.groups.pop(username, None)

    def _known(self, username: str) -> None:
        if username not in self.passwords:
            raise NotFound(f"nobody signs in as {username!r}", field="UserId", value=username)


class InMemoryCenterStore:
    """A CenterStore and a FlowStore: both look at one configuration."""

    def __init__(self, center: Center, users: Sequence[User] = ()) -> None:
        self.configuration = center
        self.users = {user.username: user for user in users}
        self.versions: dict[tuple[FlowId, int], PublishedFlow] = {}
        self.contents: dict[tuple[FlowId, int], FlowContent] = {}
        self.drafts: dict[FlowId, FlowContent] = {}
        self.known_notes: dict[tuple[FlowId, int], VersionNote] = {}
        self.bots: set[str] = set()

    def center(self) -> Center:
        return self.configuration

    def latest(self) -> Center:
        return self.configuration

    def user(self, username: str) -> User | None:
        return self.users.get(username)

    def agent(self, agent_id: AgentId) -> User | None:
        return next((user for user in self.users.values() if user.agent_id == agent_id), None)

    def has_bot(self, name: str) -> bool:
        return name in self.bots

    def flow(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self.versions.get((flow_id, version))

    def publish(self, entry: FlowEntry, content: str) -> None:
        """What a test is given: this flow in this version, live."""
        self._make(entry, VersionNote(version=entry.version), FlowContent(content=content))
        self._put(replace(entry, newest=max(entry.newest, entry.version)))

    def save_settings(self, center: Center) -> None:
        """Parts that are not named stay, and so do flows and prompts."""
        known, given = self.configuration, center
        self.configuration = replace(
            given,
            queues=given.queues or known.queues,
            profiles=given.profiles or known.profiles,
            hours=given.hours or known.hours,
            dispositions=given.dispositions or known.dispositions,
            flows=known.flows,
            quick_connects=given.quick_connects or known.quick_connects,
            hierarchy_levels=given.hierarchy_levels or known.hierarchy_levels,
            hierarchy_groups=given.hierarchy_groups or known.hierarchy_groups,
            attributes=given.attributes or known.attributes,
            prompts=known.prompts,
        )

    def save_user(self, user: User) -> None:
        self.users[user.username] = user

    # --- flows ---

    def entry(self, flow_id: FlowId) -> FlowEntry:
        found = next((e for e in self.configuration.flows if e.flow_id == flow_id), None)
        if found is None:
            raise NotFound(f"no flow {flow_id!r}", field="flowId", value=flow_id)
        return found

    def save_flow(
        self,
        before: FlowEntry | None,
        after: FlowEntry,
        *,
        draft: FlowContent | None = None,
        made: NewVersion | None = None,
    ) -> FlowEntry:
        self._must_stand(before, after)
        if made is not None:
            if (after.flow_id, made.about.version) in self.contents:
                raise LostRace(f"version {made.about.version} of flow {after.name!r} exists")
            self._make(after, made.about, made.content)
        if draft is not None:
            self.drafts[after.flow_id] = draft
        elif after.draft is None:
            self.drafts.pop(after.flow_id, None)
        after = replace(after, revision=(before.revision if before else 0) + 1)
        self._put(after)
        return after

    def delete_flow(self, entry: FlowEntry) -> None:
        self._must_stand(entry, entry)
        self.drafts.pop(entry.flow_id, None)
        flows = tuple(e for e in self.configuration.flows if e.flow_id != entry.flow_id)
        self.configuration = replace(self.configuration, flows=flows)

    def content(self, flow_id: FlowId, version: int) -> FlowContent | None:
        return self.contents.get((flow_id, version))

    def draft(self, flow_id: FlowId) -> FlowContent | None:
        return self.drafts.get(flow_id)

    def notes(self, flow_id: FlowId) -> dict[int, VersionNote]:
        return {v: note for (each, v), note in self.known_notes.items() if each == flow_id}

    def annotate(self, flow_id: FlowId, note: VersionNote) -> None:
        self.known_notes[flow_id, note.version] = note

    # --- prompts, queues and other parts ---

    def save_prompt(self, prompt: StoredPrompt) -> None:
        self.save_part("prompt", prompt.prompt_id, prompt)

    def delete_prompt(self, prompt_id: str) -> None:
        self.delete_part("prompt", prompt_id)

    def delete_queue(self, queue_id: QueueId) -> None:
        self.delete_part("queue", queue_id)

    def save_part(self, kind: str, identifier: str, part: object) -> None:
        self._set_part(kind, identifier, (part,))

    def delete_part(self, kind: str, identifier: str) -> None:
        self._set_part(kind, identifier, ())

    def _set_part(self, kind: str, identifier: str, parts: tuple[object, ...]) -> None:
        name, key = _PARTS[kind]
        known = getattr(self.configuration, name)
        others = [each for each in known if str(getattr(each, key)) != identifier]
        changed: dict[str, Any] = {name: (*others, *parts)}
        self.configuration = replace(self.configuration, **changed)

    def _must_stand(self, before: FlowEntry | None, after: FlowEntry) -> None:
        known = self.configuration.flows
        there = next((e for e in known if e.flow_id == after.flow_id), None)
        is_taken = any(e.name == after.name and e.flow_id != after.flow_id for e in known)
        if (there and there.revision) != (before and before.revision) or is_taken:
            raise LostRace(f"flow {after.name!r} was changed by somebody else")

    def _make(self, entry: FlowEntry, about: VersionNote, content: FlowContent) -> None:
        key = (entry.flow_id, about.version)
        flow = parse(content.content, strict=False)
        self.contents[key], self.known_notes[key] = content, about
        self.versions[key] = PublishedFlow(*key, entry.name, FlowType(entry.type), flow)

    def _put(self, entry: FlowEntry) -> None:
        others = [each for each in self.configuration.flows if each.flow_id != entry.flow_id]
        self.configuration = replace(self.configuration, flows=(*others, entry))


# --- sockets, timers, functions -------------------------------------------------------------------


class InMemoryConnectionStore:
    """A ConnectionStore in dicts."""

    def __init__(self) -> None:
        self.connections: dict[ConnectionId, Connection] = {}
        self.customers: dict[ContactId, ConnectionId] = {}

    def add(self, connection: Connection, *, at: datetime) -> None:
        self.connections[connection.connection_id] = connection
        if connection.contact_id is not None:
            self.customers[connection.contact_id] = connection.connection_id

    def remove(self, connection: Connection) -> None:
        self.connections.pop(connection.connection_id, None)

    def get(self, connection_id: ConnectionId) -> Connection | None:
        return self.connections.get(connection_id)

    def of_customer(self, contact_id: ContactId, *, is_fresh: bool = False) -> ConnectionId | None:
        return self.customers.get(contact_id)


class RecordingSockets:
    """Sockets that keep what was sent; those in `gone` are not there."""

    def __init__(self) -> None:
        self.sent: list[tuple[ConnectionId, str, object]] = []
        self.gone: set[ConnectionId] = set()
        self.closed: list[ConnectionId] = []

    def send(self, connection_id: ConnectionId, topic: str, content: object) -> bool:
        if connection_id in self.gone:
            return False
        self.sent.append((connection_id, topic, content))
        return True

    def close(self, connection_id: ConnectionId) -> None:
        self.closed.append(connection_id)

    def to(self, connection_id: str, topic: str) -> list[object]:
        """What one socket was sent under a topic."""
        return [
            content for to, about, content in self.sent if (to, about) == (connection_id, topic)
        ]


class RecordedTimers:
    """Timers that a test rings itself."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def set(self, timer: Timer, *, now: datetime) -> None:
        self.timers.append(timer)

    def of(self, kind: TimerKind) -> list[Timer]:
        return [timer for timer in self.timers if timer.kind is kind]


class FakeFunctions:
    """Functions by name: a reply, or a failure; one that is not there fails."""

    def __init__(self) -> None:
        self.replies: dict[str, object] = {}
        self.calls: list[InvokeLambda] = []

    def invoke(
        self, call: InvokeLambda, contact: Contact, center: Center
    ) -> LambdaReturned | LambdaFailed:
        self.calls.append(call)
        reply = self.replies.get(call.function, LambdaFailed("no such function"))
        return reply if isinstance(reply, LambdaFailed) else LambdaReturned(reply, 100)


class RecordingAnnouncer:
    """An Announcer that keeps what it was told."""

    def __init__(self) -> None:
        self.turns: list[Contact] = []
        self.desk_turns: list[tuple[Leg, Contact]] = []
        self.said: list[ChatItem] = []
        self.desks: list[DeskMessage] = []

    def turn(self, contact: Contact) -> None:
        self.turns.append(contact)

    def desk_turn(self, contact: Contact, leg: Leg) -> None:
        self.desk_turns.append((leg, contact))

    def items(self, contact: Contact, items: Sequence[ChatItem]) -> None:
        self.said.extend(items)

    def desk(self, message: DeskMessage) -> None:
        self.desks.append(message)

    def kinds(self, agent_id: str) -> list[str]:
        """What one desk was told, in order."""
        return [str(m.kind) for m in self.desks if m.agent.agent_id == agent_id]


class SilentVoice:
    """A Voice whose audio has the text for an address."""

    def url(self, prompt: Prompt) -> str | None:
        return f"https://prompts.test/{spoken_text(prompt)}"


class RecordedAgentEvents:
    """AgentEvents that are only kept; `is_down`: the stream cannot be reached."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.is_down = False

    def publish(self, events: Sequence[Mapping[str, object]]) -> None:
        if self.is_down:
            raise Unavailable("the stream cannot be reached")
        self.events += events

    def types(self) -> list[str]:
        return [event["EventType"] for event in self.events]


class RecordedContactEvents:
    """ContactEvents that are only kept; `is_down`: the bus cannot be reached."""

    def __init__(self) -> None:
        self.events: list[ContactEvent] = []
        self.is_down = False

    def publish(self, events: Sequence[ContactEvent]) -> None:
        if self.is_down:
            raise Unavailable("the bus cannot be reached")
        self.events += events

    def of(self, contact_id: ContactId) -> list[Mapping[str, Any]]:
        """The details of what was told of one contact."""
        return [e.detail for e in self.events if e.detail["contactId"] == contact_id]

    def types(self, contact_id: ContactId) -> list[str]:
        return [detail["eventType"] for detail in self.of(contact_id)]


class InMemoryHeartBeats:
    """HeartBeats in a field."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def last(self) -> datetime | None:
        return self.at

    def note(self, at: datetime) -> None:
        self.at = at


class RecordedJobs:
    """RecordingJobs that are only written down."""

    def __init__(self) -> None:
        self.ordered: list[tuple[RecordingJob, int]] = []

    def order(self, job: RecordingJob, *, delay_seconds: int = 0) -> None:
        self.ordered.append((job, delay_seconds))


class RecordedErasures:
    """ErasureJobs that are only written down."""

    def __init__(self) -> None:
        self.ordered: list[tuple[ErasureJob, int]] = []

    def order(self, job: ErasureJob, *, delay_seconds: int = 0) -> None:
        self.ordered.append((job, delay_seconds))


# --- bots ---------------------------------------------------------------------------------------


class InMemoryBotStore:
    """A BotStore that is always fresh."""

    def __init__(self) -> None:
        self.bots: dict[str, tuple[Bot, object]] = {}

    def get(self, name: str) -> Bot:
        return self._known(name)[0]

    def document(self, name: str) -> object:
        return self._known(name)[1]

    def list(self) -> Sequence[Bot]:
        return [bot for _, (bot, _) in sorted(self.bots.items())]

    def save(self, bot: Bot, document: object) -> None:
        self.bots[bot.name] = (bot, document)

    def _known(self, name: str) -> tuple[Bot, object]:
        if name not in self.bots:
            raise NotFound(f"no bot {name!r}", field="name", value=name)
        return self.bots[name]


class NoBotRuntime:
    """A BotRuntime that cannot be reached."""

    def react(self, said: Utterance) -> Reaction:
        raise Unavailable("nobody runs bots here")


class FakeHearing:
    """A Hearing that makes out what it was told to; remembers the hints."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.hints: Sequence[str] = ()

    def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
        self.hints = hints
        return self.heard
