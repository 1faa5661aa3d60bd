"""What the center says to the world, written down; and what it hears."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.center import Center
from chalicelib.core.contact import Contact, Leg
from chalicelib.core.contact_events import ContactEvent
from chalicelib.core.flow import (
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Prompt,
    spoken_text,
)
from chalicelib.core.ids import (
    ConnectionId,
    ContactId,
)
from chalicelib.services.bot_ports import Heard
from chalicelib.services.messaging import Email, Undeliverable
from chalicelib.services.ports import (
    ChatItem,
    Connection,
    DeskMessage,
    ErasureJob,
    RecordingJob,
    Timer,
    TimerKind,
    Unavailable,
)


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
    """Functions by name: a reply, or a failure; one that is not there fails.

    `during`: what happens while one runs.
    """

    def __init__(self) -> None:
        self.replies: dict[str, object] = {}
        self.calls: list[InvokeLambda] = []
        self.during: Callable[[ContactId], None] = lambda contact_id: None

    def invoke(
        self, call: InvokeLambda, contact: Contact, center: Center
    ) -> LambdaReturned | LambdaFailed:
        self.calls.append(call)
        self.during(contact.contact_id)
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


class FakeHearing:
    """A Hearing that makes out what it was told to; remembers the hints."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.hints: Sequence[str] = ()

    def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
        self.hints = hints
        return self.heard
