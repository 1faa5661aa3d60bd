"""What services need of the world, as Protocols, and the values that pass through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol

from chalicelib.core.center import Center, Queue, User
from chalicelib.core.contact import Change, Contact, Leg
from chalicelib.core.customer import Customer, CustomerBrief, HistoryLine
from chalicelib.core.events import Channel, Fact, TranscriptStored
from chalicelib.core.flow import (
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Prompt,
    PublishedFlow,
)
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
from chalicelib.core.routing import (
    Agent,
    AgentChange,
    Depth,
    DeskEvent,
    Opening,
    ParticularLine,
    Place,
    is_reachable,
)
from chalicelib.core.ticket import Note, Ticket, TicketStatus

# --- objects ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store knows of an object without handing out its bytes."""

    key: str
    size_bytes: int
    etag: str
    metadata: Mapping[str, str] = field(default_factory=dict)  # empty in listings


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """A form that lets a browser POST objects whose keys begin with `prefix`, and no others."""

    url: str
    fields: Mapping[str, str]
    prefix: str


class ObjectStore(Protocol):
    """One bucket."""

    @property
    def bucket(self) -> str: ...

    def put(
        self,
        key: str,
        body: bytes | BinaryIO,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Store or replace, a file as it is read; metadata names are lower case. Unavailable when
        the store does not take it."""
        ...

    def copy(self, key: str, to: str) -> None:
        """The object under another key of the same bucket, byte for byte, in the store itself;
        NotFound when there is no such object, Unavailable when the store does not take it."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes; NotFound when there is no such object."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The bytes as a file, to read once and close; NotFound when there is no such object."""
        ...

    def describe(self, key: str) -> ObjectInfo | None:
        """Size and metadata, None when there is no such object."""
        ...

    def list(self, prefix: str) -> Sequence[ObjectInfo]:
        """Every object below the prefix, by key."""
        ...

    def erase(self, prefix: str) -> int:
        """Every object below the prefix, and every version that it ever had; how many."""
        ...

    def presigned_post(
        self, prefix: str, *, expires_seconds: int, max_bytes: int
    ) -> UploadGrant: ...

    def presigned_get(
        self, key: str, *, expires_seconds: int, download_as: str | None = None
    ) -> str:
        """A link that anybody may follow until it expires."""
        ...


# --- recordings ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recording:
    """A playable Ogg Opus file made from a browser's chunks.

    `filled_seconds` is silence put where audio never arrived, so that second n of the file is
    second n of the talk.
    """

    ogg: bytes
    seconds: float
    channels: int
    filled_seconds: float = 0.0


class Remux(Protocol):
    """Makes one playable file of a segment's chunks; an empty chunk is one that never arrived.

    None when no audio can be found in them.
    """

    def __call__(self, chunks: Sequence[bytes]) -> Recording | None: ...


# --- speech -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """Rendered speech, ready to be played by a browser."""

    body: bytes
    media_type: str


class SpeechFailed(Exception):
    """The engine cannot speak this text, language or voice; the customer still gets the text."""


class Speech(Protocol):
    """Turns text into audio."""

    @property
    def engine(self) -> str:
        """Names everything but text, language and voice that decides how it sounds."""
        ...

    def render(self, text: str, *, language: str, voice: str, is_ssml: bool = False) -> SpokenAudio:
        """Spoken text; SpeechFailed when the engine cannot."""
        ...


# --- contacts and routing -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One transaction. Rows that follow from the aggregates (places, openings, depth, desk events)
    are derived by the store, so they cannot disagree with them.

    `successor`: the contact that begins where this one ends. Not both of them touch a queue.
    """

    contact: Change | None = None
    successor: Change | None = None
    agents: Sequence[AgentChange] = ()
    items: Sequence[ChatItem] = ()
    capacity: int | None = None  # of the queue being entered, on the contact's channel

    @property
    def changes(self) -> tuple[Change, ...]:
        """Of contacts, in the order in which they come to be."""
        return tuple(each for each in (self.contact, self.successor) if each is not None)


class ContactStore(Protocol):
    """Contacts, their facts and their transcripts; every read is strongly consistent."""

    def get(self, contact_id: ContactId) -> Contact:
        """NotFound when there is none."""
        ...

    def among(self, contact_ids: Sequence[ContactId]) -> Sequence[Contact]:
        """Those of them that there are, in no order; one request for each hundred."""
        ...

    def commit(self, commit: Commit) -> None:
        """All or nothing. Conflict: somebody was first. QueueFull: no place under the capacity."""
        ...

    def facts(self, contact_id: ContactId) -> Sequence[Fact]: ...

    def add_item(self, item: ChatItem) -> None:
        """Appends to the transcript; the same item twice is one."""
        ...

    def items(self, contact_id: ContactId) -> Sequence[ChatItem]:
        """The whole transcript, oldest first."""
        ...

    def erase_words(self, contact_id: ContactId) -> None:
        """Takes what the customer said and is called out of facts and transcript; twice is once."""
        ...


class ContactIndex(Protocol):
    """Finished contacts by the flow that they began with; of the last month."""

    def note(self, flow_id: FlowId, contact_id: ContactId, *, at: datetime) -> None:
        """It began then; told twice is told once."""
        ...

    def latest(self, flow_id: FlowId, *, limit: int) -> Sequence[ContactId]:
        """Newest first."""
        ...


class RoutingStore(Protocol):
    """Agents at work and the lines that match them with contacts; strongly consistent."""

    def agent(self, agent_id: AgentId) -> Agent | None: ...

    def agents_among(self, agent_ids: Sequence[AgentId]) -> Sequence[Agent]:
        """Those of them that ever worked; one request for each hundred."""
        ...

    def openings(self, profile_id: RoutingProfileId, channel: Channel) -> Iterable[Opening]:
        """All of them, best first, as far as they are asked for: one request for the first few,
        and one for each megabyte of the others, some thousands of agents."""
        ...

    def depths(self, queues: Sequence[tuple[Queue, Channel]]) -> Sequence[Depth]:
        """How many are in each of the queues, in their order; one request for each hundred."""
        ...

    def particular_lines(self, queue_id: QueueId, channel: Channel) -> Sequence[ParticularLine]:
        """Lines of contacts that ask for certain agents; some may be empty. One request."""
        ...

    def keep_line(
        self, queue_id: QueueId, channel: Channel, line: ParticularLine, *, at: datetime
    ) -> None:
        """Somebody stands in it still: it is known for LINES_KEPT from then on."""
        ...

    def head(
        self, queue_id: QueueId, channel: Channel, line: str, *, ripe_at: datetime | None = None
    ) -> Place | None:
        """The first of the line, of those that count as waiting since `ripe_at` or longer. One
        request, and one more for each priority whose first has not waited long enough."""
        ...

    def line(
        self, queue: Queue, channel: Channel, *, before: Place | None = None
    ) -> Sequence[Place]:
        """Everybody in the queue, ringing included, in order; those only who stand before that
        place. A request for each line, some thousands in it at a time, and two."""
        ...

    def heads(self, queue: Queue, channel: Channel) -> Sequence[Place]:
        """The first of each priority in each line, and everybody who rings: whoever waits longest
        is among them. One request for each line, one more for each priority in it, and two."""
        ...

    def desk_events(self, agent_id: AgentId, *, after: int) -> Sequence[DeskMessage]: ...

    def seen(self, agent_id: AgentId, connection_id: ConnectionId, *, at: datetime) -> None:
        """Notes a heartbeat; also the sign-in of a connection."""
        ...

    def gone(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        """The connection closed; another one of the same agent stays."""
        ...

    def forget(self, presence: Presence) -> None:
        """The agent is not looked after any more; one heard of meanwhile stays."""
        ...

    def presence(self, agent_id: AgentId) -> Presence | None: ...

    def presences(self, agent_ids: Sequence[AgentId]) -> Sequence[Presence]:
        """Of those who were ever heard of; one request for each hundred."""
        ...

    def online(self) -> Sequence[Presence]:
        """Of everybody who signed in and is not forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class Presence:
    """Where an agent's desk is connected, and when it was last heard of. No connection: closed."""

    agent_id: AgentId
    connection_id: ConnectionId | None
    heartbeat_at: datetime

    def is_reachable(self, at: datetime) -> bool:
        return self.connection_id is not None and is_reachable(self.heartbeat_at, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMessage:
    """One event of an agent's desk, kept for a day so that a reconnecting desk misses none."""

    seq: int
    at: datetime
    kind: DeskEvent
    agent: Agent
    contact_id: ContactId | None = None
    by: str = ""  # who wished it, by user name, where it was not the agent

    @classmethod
    def of(cls, change: AgentChange) -> DeskMessage:
        """What the desk is told of a change, once it is committed."""
        agent = change.settled
        return cls(
            seq=agent.version,
            at=change.at,
            kind=change.kind,
            agent=agent,
            contact_id=change.contact_id,
            by=change.by,
        )


class CenterStore(Protocol):
    """The configuration. Reads may be some seconds old."""

    def center(self) -> Center: ...

    def latest(self) -> Center:
        """As it stands now."""
        ...

    def user(self, username: str) -> User | None: ...

    def agent(self, agent_id: AgentId) -> User | None: ...

    def has_bot(self, name: str) -> bool:
        """Whether one of our own bots is called so."""
        ...

    def flow(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        """One version, for ever the same."""
        ...


# --- sockets, timers, functions -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Whose socket it is. Agents: `agent_id`; customers: `contact_id`; other staff: neither."""

    connection_id: ConnectionId
    username: str = ""
    groups: tuple[str, ...] = ()
    agent_id: AgentId | None = None
    contact_id: ContactId | None = None


class ConnectionStore(Protocol):
    """Open sockets."""

    def add(self, connection: Connection, *, at: datetime) -> None: ...

    def remove(self, connection: Connection) -> None: ...

    def get(self, connection_id: ConnectionId) -> Connection | None: ...

    def of_customer(self, contact_id: ContactId, *, is_fresh: bool = False) -> ConnectionId | None:
        """The customer's newest socket, open or closed; None when there never was one.

        `is_fresh` False may be answered from memory.
        """
        ...


class Sockets(Protocol):
    """Sends to open sockets."""

    def send(self, connection_id: ConnectionId, topic: str, content: object) -> bool:
        """False when the socket is gone; only then, also when nothing got through just now."""
        ...

    def close(self, connection_id: ConnectionId) -> None: ...


class TimerKind(StrEnum):
    OFFER = "OFFER"  # an offer's time to answer is over
    WRAP_UP = "WRAP_UP"  # the server ends after contact work
    FLOW = "FLOW"  # a flow's wait is over
    WHISPER = "WHISPER"  # whispers have lasted as long as they may
    CUSTOMER = "CUSTOMER"  # a customer's socket closed some time ago, or never opened
    EXPIRY = "EXPIRY"  # a chat has lasted as long as a chat may
    DELAY = "DELAY"  # a routing profile's delay is over for a waiting contact
    STEP = "STEP"  # nobody was found who meets the routing criteria's step
    SWEEP = "SWEEP"  # time to look for what got lost
    HOURS = "HOURS"  # where a customer is, calls are not allowed any more today
    LINE = "LINE"  # something happens on a line of the practice exchange
    BEGIN = "BEGIN"  # a contact that was made before its time begins
    PULSE = "PULSE"  # time to see whether a caller's socket still lives


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Comes back at or after `due_at`; `key` says which wait, offer or socket it was set for."""

    kind: TimerKind
    contact_id: ContactId
    due_at: datetime
    key: str = ""


class Timers(Protocol):
    def set(self, timer: Timer, *, now: datetime) -> None: ...


class Functions(Protocol):
    """Functions that flows call."""

    def invoke(
        self, call: InvokeLambda, contact: Contact, center: Center
    ) -> LambdaReturned | LambdaFailed:
        """Up to three tries inside the limit when throttled or failing."""
        ...


class Voice(Protocol):
    """Prompts as audio."""

    def url(self, prompt: Prompt) -> str | None:
        """Where a browser finds the audio; None when it cannot be spoken (the text remains)."""
        ...


# --- chat ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatItem:
    """One entry of a transcript; the shape of Amazon Connect's participant API Item."""

    item_id: str
    contact_id: ContactId
    at: datetime
    type: str  # MESSAGE, EVENT, PARTICIPANT_JOINED, …
    content_type: str
    content: str = ""
    participant_id: str = ""
    role: str = "SYSTEM"  # CUSTOMER, AGENT, SYSTEM
    display_name: str = ""

    @classmethod
    def of_customer(
        cls,
        contact: Contact,
        *,
        item_id: str,
        at: datetime,
        kind: str,
        content_type: str,
        content: str,
    ) -> ChatItem:
        """What the customer of this contact says or does."""
        return cls(
            item_id=item_id,
            contact_id=contact.contact_id,
            at=at,
            type=kind,
            content_type=content_type,
            content=content,
            participant_id=contact.customer.participant_id,
            role="CUSTOMER",
            display_name=contact.customer.name or "Customer",
        )


def erased_item(item: ChatItem) -> ChatItem:
    """That somebody wrote, and when; not what, and not under which name."""
    return replace(item, content="", display_name="")


# --- customers and tickets ------------------------------------------------------------------------


class Unavailable(Exception):
    """A store could not be reached in time, its own retries included: do without, or fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFile:
    """All that is kept under one customer: contacts and tickets newest first.

    What was written under customers who were merged into this one is among it.
    """

    customer: Customer
    history: tuple[HistoryLine, ...] = ()
    open_tickets: tuple[Ticket, ...] = ()  # without notes and history
    redirected_from: CustomerId | None = None  # who was asked for, and is this one really


class CustomerStore(Protocol):
    """The customers of the center, and one line per contact of each; strongly consistent.

    Whoever asks for a customer who was merged into another gets the other. Everything raises
    Unavailable when the store cannot be reached.
    """

    def create(self, customer: Customer) -> None:
        """Store a new customer with all its index entries; Conflict when the id is taken."""
        ...

    def get_many(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        """Those of them that exist, in the order asked for, each once."""
        ...

    def records(self, customer_ids: Sequence[CustomerId]) -> Sequence[Customer]:
        """The same, but those who were merged as themselves."""
        ...

    def file(self, customer_id: CustomerId) -> CustomerFile:
        """Everything for a screen pop in one request, and one more for each customer who was merged
        into this one; NotFound."""
        ...

    def with_phone(self, phone: str) -> Sequence[CustomerBrief]:
        """Everybody who has this number (E.164, in any form of it), by id."""
        ...

    def save(self, before: Customer, after: Customer) -> None:
        """The next version with all its index entries; Conflict when `before` is not current."""
        ...

    def save_together(self, changes: Sequence[CustomerChange]) -> None:
        """The same for several customers: all of it or nothing."""
        ...

    def known_by(self, kind: str, value: str) -> Sequence[CustomerBrief]:
        """Everybody with this e-mail address (`email`, lower case) or `account` number, by id."""
        ...

    def named(self, name: str, *, limit: int) -> Sequence[CustomerBrief]:
        """Customers whose name, begun at one of its words, begins like `name`; by name."""
        ...

    def contacts_of(self, customer_id: CustomerId) -> Sequence[HistoryLine]:
        """Every contact that was written under just this id, newest first."""
        ...

    def write_line(self, customer_id: CustomerId, line: HistoryLine, *, facts: int) -> None:
        """Add or renew the line of one contact; one that tells of fewer facts changes nothing."""
        ...


class TicketShelf(Protocol):
    """Tickets with their notes and history, one by one and in lists. Denied: not for whoever
    looks."""

    def create(self, ticket: Ticket, note: Note | None = None) -> None:
        """Conflict when there is one of this id."""
        ...

    def get(self, ticket_id: TicketId) -> Ticket:
        """The ticket with all notes and history, each in order; NotFound."""
        ...

    def save(self, before: Ticket, after: Ticket, note: Note | None = None) -> None:
        """The next version and its lines of history; Conflict when `before` is not current."""
        ...

    def add_note(self, ticket_id: TicketId, note: Note) -> None:
        """Add, never in the way of anybody; the same note twice is one."""
        ...

    def listed(
        self, status: TicketStatus, *, owner: str | None = None, role: str = "", limit: int
    ) -> Sequence[Ticket]:
        """Newest first, of this owner, for this role to decide, or all.

        Without notes and history.
        """
        ...

    def of_customer(self, customer_id: CustomerId, *, limit: int) -> Sequence[Ticket]:
        """Newest first, in any status; without notes and history."""
        ...


class TicketStore(TicketShelf, Protocol):
    """All tickets of the center."""

    def erase_words(self, ticket_id: TicketId) -> None:
        """Takes what people wrote out of notes and history; twice is once."""
        ...

    def opened(self, since: datetime, until: datetime) -> Iterator[Ticket]:
        """All that were opened from then, inclusive, until then, exclusive, in any status, each
        once; without notes and history."""
        ...

    def due(self, at: datetime, *, limit: int) -> Sequence[Ticket]:
        """Those about which somebody has to be told something by then, earliest first; without
        notes and history. A request for about a thousand."""
        ...


class Announcer(Protocol):
    """Tells the people of a contact what happened. All is numbered: told twice is told once."""

    def turn(self, contact: Contact) -> None:
        """What the customer's device should do now."""
        ...

    def desk_turn(self, contact: Contact, leg: Leg) -> None:
        """What the agent's desk should do now, on one of its legs."""
        ...

    def items(self, contact: Contact, items: Sequence[ChatItem]) -> None:
        """New entries of the transcript, to customer and agent."""
        ...

    def desk(self, message: DeskMessage) -> None:
        """An event for an agent's desk."""
        ...


class Transcripts(Protocol):
    """Where finished chats are kept."""

    def store(self, contact: Contact, items: Sequence[ChatItem]) -> TranscriptStored:
        """Stores it; the same chat twice is the same object."""
        ...


# --- recordings to be made -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingJob:
    """Stitch one segment; or, with `segment` None, every segment of which chunks arrived."""

    contact_id: ContactId
    segment: str | None = None
    started_at: datetime | None = None
    chunks: int | None = None


class RecordingJobs(Protocol):
    def order(self, job: RecordingJob, *, delay_seconds: int = 0) -> None: ...


# --- erasure --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureJob:
    """Forget this customer; look again for what comes late until then."""

    customer_id: CustomerId
    by: str
    until: datetime


class ErasureJobs(Protocol):
    def order(self, job: ErasureJob, *, delay_seconds: int = 0) -> None: ...
