"""One record per finished contact: the fold of its facts, as Amazon Connect's record means it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.core import events as e
from chalicelib.core.attributes import ATTRIBUTE_PATH, SUBJECT
from chalicelib.core.ids import (
    AgentId,
    ContactId,
    CustomerId,
    OfferId,
    QueueId,
    RoutingProfileId,
    TicketId,
)

# Connect knows one word for both: a contact that rings at an agent has not left its queue.
_PRE_DISCONNECT = {"QUEUED": "IN_QUEUE", "OFFERED": "IN_QUEUE"}
# Audit lines: they tell about the reader, so they make no newer record.
_NOT_IN_RECORD = (e.RecordingPlayed, e.LegalHoldChanged)


class Direction(StrEnum):
    """Who called whom; an agent who transfers does not change it."""

    INBOUND = "INBOUND"  # also by a page of ours, and work that other systems hand in
    OUTBOUND = "OUTBOUND"
    CALLBACK = "CALLBACK"
    INTERNAL = "INTERNAL"  # one agent another


_WAYS = {
    e.InitiationMethod.OUTBOUND: Direction.OUTBOUND,
    e.InitiationMethod.EXTERNAL_OUTBOUND: Direction.OUTBOUND,
    e.InitiationMethod.AGENT_REPLY: Direction.OUTBOUND,
    e.InitiationMethod.CALLBACK: Direction.CALLBACK,
}


class Outcome(StrEnum):
    """How an offer to an agent ended."""

    ACCEPTED = "ACCEPTED"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStay:
    """Ringing belongs to it: it ends when an agent answers or the customer is gone."""

    queue_id: QueueId
    name: str
    enqueued_at: datetime
    dequeued_at: datetime

    @property
    def seconds(self) -> int:
        return _seconds(self.enqueued_at, self.dequeued_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """`username` is empty where the fact did not tell it."""

    offer_id: OfferId
    agent_id: AgentId
    username: str = ""
    offered_at: datetime
    ended_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWork:
    """What the agent who answered did. Without wrap-up both its moments are None."""

    agent_id: AgentId
    username: str
    routing_profile_id: RoutingProfileId
    routing_profile_name: str
    connected_at: datetime
    disconnected_at: datetime
    hold_seconds: int = 0
    holds: int = 0
    longest_hold_seconds: int = 0
    pause_seconds: int = 0  # of a task that was put aside
    pauses: int = 0
    hierarchy: tuple[e.GroupThen, ...] = ()
    wrap_up_started_at: datetime | None = None
    wrap_up_ended_at: datetime | None = None

    @property
    def interaction_seconds(self) -> int:
        """Talking, without hold and pause."""
        talk = _seconds(self.connected_at, self.disconnected_at)
        return max(0, talk - self.hold_seconds - self.pause_seconds)

    @property
    def wrap_up_seconds(self) -> int:
        if self.wrap_up_started_at is None or self.wrap_up_ended_at is None:
            return 0
        return _seconds(self.wrap_up_started_at, self.wrap_up_ended_at)

    @property
    def handle_seconds(self) -> int:
        return self.interaction_seconds + self.hold_seconds + self.wrap_up_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording:
    """One segment: `location` is `<bucket>/<key>`."""

    segment: str
    location: str
    started_at: datetime
    stopped_at: datetime
    seconds: float
    channels: int
    sha256: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTranscript:
    location: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A finished contact. Moments are whole seconds, lengths are what these moments are apart,
    so whoever subtracts two columns gets the third."""

    contact_id: ContactId
    instance_arn: str
    channel: e.Channel
    initiation_method: e.InitiationMethod
    initiated_at: datetime
    disconnected_at: datetime
    disconnect_reason: e.DisconnectReason
    pre_disconnect_state: str
    last_update_at: datetime
    last_fact: int
    customer_endpoint: e.Endpoint | None = None
    system_endpoint: e.Endpoint | None = None
    customer_id: CustomerId | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)  # as flows set them
    queue: QueueStay | None = None
    earlier_queues: tuple[QueueStay, ...] = ()  # whose place was given up for the next one
    offers: tuple[OfferMade, ...] = ()
    agent: AgentWork | None = None
    recordings: tuple[StoredRecording, ...] = ()
    transcript: StoredTranscript | None = None
    disposition: str | None = None
    ticket_id: TicketId | None = None
    next_contact_id: ContactId | None = None
    previous_contact_id: ContactId | None = None
    initial_contact_id: ContactId | None = None  # the first of the chain; None: this one
    begun_by: e.InitiationMethod | None = None  # how that first one began
    transfer_completed_at: datetime | None = None  # the agent left before the next one joined
    transferred_to: e.Endpoint | None = None  # outside of the center
    is_agent_lost: bool = False  # the customer was taken from an agent whose desk fell silent
    is_internal: bool = False  # between two agents: no queue of customers has seen it

    @property
    def origin(self) -> e.InitiationMethod:
        """How the chain of contacts began."""
        return self.begun_by or self.initiation_method

    @property
    def direction(self) -> Direction:
        """Which way the chain began; every contact goes one of these ways."""
        return Direction.INTERNAL if self.is_internal else _WAYS.get(self.origin, Direction.INBOUND)

    @property
    def subject(self) -> str:
        """What it was about, spelled alike: the attribute of that name, else its queue."""
        named = self.attributes.get(SUBJECT, "").strip().casefold()
        return named or (self.queue.name.casefold() if self.queue else "")

    @property
    def is_abandoned(self) -> bool:
        """Queued, never answered, and not moved on to another contact or out of the queue."""
        left_by_transfer = (
            self.pre_disconnect_state == "IN_QUEUE" and self.transfer_completed_at is not None
        )
        return (
            self.queue is not None
            and self.agent is None
            and self.next_contact_id is None
            and not left_by_transfer
        )


def fold(facts: Sequence[e.Fact], *, instance_arn: str) -> ContactRecord | None:
    """The record of a contact, None until it is completed.

    Takes all facts of one contact so far, in any order and as often as they come; what is
    missing among them is a ValueError, because a record made of half a story is a lie.
    """
    story = _Story(facts)
    details = _details(story)
    completed = story.last(e.ContactCompleted)
    begun = story.last(e.ContactInitiated)
    if completed is None or begun is None:
        return None
    initiated_at, initiated = begun
    disconnected = story.last(e.ContactDisconnected)
    ended_at = disconnected[0] if disconnected else completed[0]
    stays = [] if initiated.is_internal else _queue_stays(story, ended_at)
    moved_at, moved = story.last(e.ContactTransferred) or (None, None)
    is_lost = moved is not None and moved.kind is e.TransferKind.AGENT_LOST
    return ContactRecord(
        contact_id=story.contact_id,
        instance_arn=instance_arn,
        channel=initiated.channel,
        initiation_method=initiated.initiation_method,
        initiated_at=initiated_at,
        disconnected_at=ended_at,
        disconnect_reason=disconnected[1].reason if disconnected else e.DisconnectReason.OTHER,
        pre_disconnect_state=_pre_disconnect_state(disconnected[1] if disconnected else None),
        last_update_at=story.last_update_at,
        last_fact=story.last_fact,
        customer_endpoint=initiated.customer_endpoint,
        system_endpoint=initiated.system_endpoint,
        customer_id=_customer(story, details),
        attributes=_attributes(initiated, story),
        details=details,
        queue=stays[-1] if stays else None,
        earlier_queues=tuple(stays[:-1]),
        offers=() if initiated.is_internal else _offers(story, ended_at),
        agent=_agent(story, ended_at),
        recordings=_recordings(story),
        transcript=_transcript(story),
        disposition=_disposition(story),
        ticket_id=_ticket(story),
        next_contact_id=moved.to if moved else None,
        previous_contact_id=initiated.previous_contact_id,
        initial_contact_id=initiated.initial_contact_id,
        begun_by=initiated.begun_by,
        transfer_completed_at=None if is_lost else moved_at,
        transferred_to=moved.endpoint if moved else None,
        is_agent_lost=is_lost,
        is_internal=initiated.is_internal,
    )


def work_so_far(facts: Sequence[e.Fact], *, until: datetime) -> AgentWork | None:
    """What the agent has done up to then; None where nobody answered."""
    return _agent(_Story(facts), until)


class _Story:
    """Facts in order, each once, with moments cut to whole seconds as in Connect's records."""

    def __init__(self, facts: Iterable[e.Fact]) -> None:
        by_seq = {fact.seq: fact for fact in facts}
        ordered = [by_seq[seq] for seq in sorted(by_seq)]
        if [fact.seq for fact in ordered] != list(range(1, len(ordered) + 1)):
            raise ValueError(f"facts are missing: there are only {sorted(by_seq)}")
        if len({fact.contact_id for fact in ordered}) > 1:
            raise ValueError("facts of several contacts make no record")
        self.contact_id = ordered[0].contact_id if ordered else ContactId("")
        self._told = [(fact.at.replace(microsecond=0), fact.event) for fact in ordered]
        in_record = [fact for fact in ordered if not isinstance(fact.event, _NOT_IN_RECORD)]
        self.last_fact = max((fact.seq for fact in in_record), default=0)
        self._last_update_at = max((fact.at for fact in in_record), default=None)

    @property
    def last_update_at(self) -> datetime:
        if self._last_update_at is None:
            raise ValueError("no facts, no last update")
        return self._last_update_at.replace(microsecond=0)

    def all[E](self, kind: type[E]) -> list[tuple[datetime, E]]:
        return [(at, event) for at, event in self._told if isinstance(event, kind)]

    def last[E](self, kind: type[E]) -> tuple[datetime, E] | None:
        found = self.all(kind)
        return found[-1] if found else None

    def attribute_events(self) -> list[e.AttributesUpdated | e.BlockExecuted]:
        kinds = (e.AttributesUpdated, e.BlockExecuted)
        return [event for _, event in self._told if isinstance(event, kinds)]

    def hold_events(self) -> list[tuple[datetime, e.ContactHeld | e.ContactResumed]]:
        kinds = (e.ContactHeld, e.ContactResumed)
        return [(at, event) for at, event in self._told if isinstance(event, kinds)]

    def offer_events(self) -> list[tuple[datetime, e.ContactEvent]]:
        kinds = (e.ContactOffered, e.OfferEnded, e.ContactConnected)
        return [(at, event) for at, event in self._told if isinstance(event, kinds)]


def _pre_disconnect_state(disconnected: e.ContactDisconnected | None) -> str:
    was_in = str(disconnected.was_in) if disconnected else ""
    return _PRE_DISCONNECT.get(was_in, was_in)


def _customer(story: _Story, details: Mapping[str, object]) -> CustomerId | None:
    """As a flow has it, else as the contact was identified."""
    named = details.get("CustomerId")
    if isinstance(named, str) and named:
        return CustomerId(named)
    identified = story.last(e.CustomerIdentified)
    return identified[1].customer_id if identified else None


def _details(story: _Story) -> dict[str, object]:
    return {k: v for _, event in story.all(e.DetailsUpdated) for k, v in event.details.items()}


def _attributes(initiated: e.ContactInitiated, story: _Story) -> dict[str, str]:
    """What the contact began with, then what flows and agents set, the last word last."""
    attributes = dict(initiated.attributes)
    for event in story.attribute_events():
        if isinstance(event, e.AttributesUpdated):
            attributes.update(event.attributes)
        else:
            attributes.update(
                (path.removeprefix(ATTRIBUTE_PATH), value)
                for path, value in event.changed.items()
                if path.startswith(ATTRIBUTE_PATH)
            )
    return attributes


def _queue_stays(story: _Story, ended_at: datetime) -> list[QueueStay]:
    """Every queue it stood in, each until it was moved to the next one or left the last."""
    entered: list[tuple[datetime, e.ContactQueued]] = []
    for at, queued in story.all(e.ContactQueued):
        if not entered or queued.transferred_from or queued.queue_id != entered[-1][1].queue_id:
            entered.append((at, queued))
    connected = story.last(e.ContactConnected)
    left = [*(at for at, _ in entered[1:]), connected[0] if connected else ended_at]
    return [
        QueueStay(
            queue_id=queued.queue_id,
            name=queued.queue_name,
            enqueued_at=at,
            dequeued_at=max(at, until),
        )
        for (at, queued), until in zip(entered, left, strict=False)
    ]


def _offers(story: _Story, ended_at: datetime) -> tuple[OfferMade, ...]:
    """Every offer with its end; one that nothing ended was withdrawn when the contact ended."""
    made: dict[OfferId, tuple[datetime, e.ContactOffered]] = {}
    ended: dict[OfferId, tuple[datetime, Outcome]] = {}
    for at, event in story.offer_events():
        match event:
            case e.ContactOffered():
                made.setdefault(event.offer_id, (at, event))
            case e.OfferEnded():
                ended.setdefault(event.offer_id, (at, Outcome(event.outcome)))
            case e.ContactConnected():
                for offer_id, (_, offered) in made.items():
                    if offer_id not in ended and offered.agent_id == event.agent_id:
                        ended[offer_id] = (at, Outcome.ACCEPTED)
    lines = []
    for offer_id, (offered_at, offered) in made.items():
        at, outcome = ended.get(offer_id, (ended_at, Outcome.WITHDRAWN))
        lines.append(
            OfferMade(
                offer_id=offer_id,
                agent_id=offered.agent_id,
                username=offered.username,
                offered_at=offered_at,
                ended_at=max(at, offered_at),
                outcome=outcome,
            )
        )
    return tuple(lines)


def _agent(story: _Story, ended_at: datetime) -> AgentWork | None:
    connected = story.last(e.ContactConnected)
    if connected is None:
        return None
    connected_at, answer = connected
    started = story.last(e.AfterContactWorkStarted)
    ended = story.last(e.AfterContactWorkEnded)
    left_at = max(started[0] if started else ended_at, connected_at)
    holds = _put_aside(story, left_at, e.Party.CUSTOMER, e.Party.AGENT)
    pauses = _put_aside(story, left_at, e.Party.CONTACT)
    return AgentWork(
        agent_id=answer.agent_id,
        username=answer.username,
        routing_profile_id=answer.routing_profile_id,
        routing_profile_name=answer.routing_profile_name,
        connected_at=connected_at,
        disconnected_at=left_at,
        hold_seconds=sum(holds),
        holds=len(holds),
        longest_hold_seconds=max(holds, default=0),
        pause_seconds=sum(pauses),
        pauses=len(pauses),
        hierarchy=answer.hierarchy,
        wrap_up_started_at=started[0] if started else None,
        wrap_up_ended_at=ended[0] if started and ended else None,
    )


def _put_aside(story: _Story, until: datetime, *parties: e.Party) -> list[int]:
    """How long each time; whoever hangs up ends it."""
    lengths: list[int] = []
    since: datetime | None = None
    for at, event in story.hold_events():
        if event.party not in parties:
            continue
        if isinstance(event, e.ContactHeld):
            since = at
        elif since is not None:
            lengths.append(_seconds(since, at))
            since = None
    return lengths if since is None else [*lengths, _seconds(since, until)]


def _recordings(story: _Story) -> tuple[StoredRecording, ...]:
    """One line per segment: a segment stored again (late chunks) replaces what it was."""
    stored: dict[str, StoredRecording] = {}
    if story.last(e.ContactErased):
        return ()
    for _, event in story.all(e.RecordingStored):
        started_at = event.started_at.replace(microsecond=0)
        stored[event.segment] = StoredRecording(
            segment=event.segment,
            location=f"{event.bucket}/{event.key}",
            started_at=started_at,
            stopped_at=started_at + timedelta(seconds=int(event.seconds)),
            seconds=event.seconds,
            channels=event.channels,
            sha256=event.sha256,
            size_bytes=event.size_bytes,
        )
    return tuple(sorted(stored.values(), key=lambda s: (s.started_at, s.segment)))


def _transcript(story: _Story) -> StoredTranscript | None:
    stored = story.last(e.TranscriptStored)
    if stored is None or story.last(e.ContactErased):
        return None
    return StoredTranscript(
        location=f"{stored[1].bucket}/{stored[1].key}", messages=stored[1].messages
    )


def _disposition(story: _Story) -> str | None:
    ended = story.last(e.AfterContactWorkEnded)
    return ended[1].disposition if ended else None


def _ticket(story: _Story) -> TicketId | None:
    """The ticket linked last; until one is, the one the agent chose."""
    linked = story.last(e.TicketLinked)
    ended = story.last(e.AfterContactWorkEnded)
    return linked[1].ticket_id if linked else (ended[1].ticket_id if ended else None)


def _seconds(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds()))
