"""A contact: its state is the fold of its facts, and every step of its life is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast
from zlib import crc32

from chalicelib.core import events as e
from chalicelib.core.center import Queue, RoutingProfile, User
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, ContactEvent, DisconnectReason, Endpoint, Fact, Party
from chalicelib.core.flow import Ask, Command, Session, standing, stopped
from chalicelib.core.ids import (
    AgentId,
    ContactId,
    CustomerId,
    FlowId,
    InstanceId,
    OfferId,
    ParticipantId,
    QueueId,
    RoutingProfileId,
    TicketId,
)
from chalicelib.core.ticket import ticket_id_for

OFFER_SECONDS = 20  # to answer; Amazon Connect's ring time
NOTE_LIMIT = 10_000  # characters of a wrap-up note
USUAL_PRIORITY = 5
LAST_PRIORITY = 9_999_999_999  # ten digits: as many as a place in the line is written with
MOST_AGE_SECONDS = 365 * 86_400
MOST_TRANSFERS = 11  # from queue to queue, in one contact
_BEGUN_BY_CUSTOMERS = (
    e.InitiationMethod.INBOUND,
    e.InitiationMethod.API,
    e.InitiationMethod.WEBRTC_API,
)


class ContactState(StrEnum):
    IN_FLOW = "IN_FLOW"
    QUEUED = "QUEUED"
    OFFERED = "OFFERED"  # still in the queue, ringing at an agent
    CONNECTED = "CONNECTED"
    REMAINING = "REMAINING"  # the agent hung up, the customer goes on in a flow
    ENDED = "ENDED"  # the customer is gone, the agent works on: after contact work
    COMPLETED = "COMPLETED"

    @property
    def is_live(self) -> bool:
        """The customer is still there."""
        return self not in (ContactState.ENDED, ContactState.COMPLETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStay:
    """The contact's stay in a queue. `left_at` None: still waiting or ringing."""

    queue_id: QueueId
    name: str
    entered_at: datetime
    priority: int = 5
    is_limited: bool = False
    shard: int = 0
    left_at: datetime | None = None
    ranked_at: datetime | None = None  # since when it counts as waiting, if not since it entered

    @property
    def counts_since(self) -> datetime:
        return self.ranked_at or self.entered_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    offer_id: OfferId
    agent_id: AgentId
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeg:
    """The agent who answered; `left_at`: hung up, `is_done`: after contact work is over, too."""

    agent_id: AgentId
    username: str
    name: str
    routing_profile_id: RoutingProfileId
    connected_at: datetime
    left_at: datetime | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The customer's side of this contact. A digest: the token itself is never stored."""

    participant_id: ParticipantId
    name: str | None = None
    token_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSegment:
    segment: str
    bucket: str
    key: str
    seconds: float
    channels: int
    sha256: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A question of the flow that a person answers; `memory` is the respondent's own.

    `is_private`: the transcript must not keep the answer.
    """

    ask: Ask
    memory: Mapping[str, object] = field(default_factory=dict)
    is_private: bool = False


class Leg(StrEnum):
    """Whose device a flow speaks to."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    GUIDE = "GUIDE"  # what the agent reads beside the talk
    EVENT = "EVENT"  # nobody's: what is to be done because something happened


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFlow:
    """A flow on one leg: where it stands, what the device was last told, who is to answer."""

    session: Session = field(default_factory=Session)
    turn: tuple[Command, ...] = ()
    turn_number: int = 0
    dialog: Dialog | None = None
    last_said: str = ""

    @property
    def is_running(self) -> bool:
        return self.session.action_id is not None

    @property
    def stopped(self) -> LegFlow:
        """No flow runs on it any more; the device has nothing left to play."""
        return replace(
            self,
            session=stopped(self.session),
            turn=(),
            turn_number=self.turn_number + 1,
            dialog=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a contact goes on that was made before its time: in a flow, or straight in a queue."""

    begins_at: datetime
    flow: str | None = None
    queue_id: QueueId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """A customer who is to be called: how often more, if nobody answers, and how long between."""

    attempts_left: int
    retry_seconds: int


@dataclass(frozen=True, kw_only=True)
class Contact:
    """`version` counts commits, `fact_count` facts; both only ever grow."""

    contact_id: ContactId
    instance_id: InstanceId
    channel: Channel
    initiation_method: e.InitiationMethod
    initiated_at: datetime
    customer: Customer
    version: int = 0
    fact_count: int = 0
    state: ContactState = ContactState.IN_FLOW
    customer_endpoint: Endpoint | None = None
    system_endpoint: Endpoint | None = None
    customer_id: CustomerId | None = None
    session: Session = field(default_factory=Session)
    flow_versions: Mapping[FlowId, int] = field(default_factory=dict)  # begun, in this order
    turn: tuple[Command, ...] = ()  # what the customer's device was last told
    turn_number: int = 0
    dialog: Dialog | None = None
    last_said: str = ""  # the key of what was heard last
    queue: QueueStay | None = None
    offer: Offer | None = None
    attempts: int = 0
    agent: AgentLeg | None = None
    legs: Mapping[Leg, LegFlow] = field(default_factory=dict)  # all but the customer's
    held: Party | None = None
    queue_transfers: int = 0
    wrap_up_ends_at: datetime | None = None
    disconnected_at: datetime | None = None
    disconnect_reason: DisconnectReason | None = None
    disposition: str | None = None
    ticket_id: TicketId | None = None
    recordings: tuple[StoredSegment, ...] = ()
    transcript_key: str | None = None
    related_contact_id: ContactId | None = None  # the one from which this one was made
    generation: int = 0  # how many contacts it descends from in this way
    continues: ContactId | None = None  # the chat whose transcript comes before this one's
    continues_entire: bool = False
    plan: Plan | None = None
    call_back: CallBack | None = None

    @property
    def expects_customer(self) -> bool:
        """The customer comes in with a device of theirs, or has not come at all."""
        return (
            self.channel in (Channel.VOICE, Channel.CHAT)
            and self.initiation_method in _BEGUN_BY_CUSTOMERS
        )

    @property
    def attributes(self) -> dict[str, str]:
        return dict(self.session.attributes)

    @property
    def is_recorded(self) -> bool:
        return bool(self.session.recorded_participants)

    @property
    def is_in_queue(self) -> bool:
        """Waiting or ringing."""
        return self.state in (ContactState.QUEUED, ContactState.OFFERED)

    @property
    def is_joined(self) -> bool:
        """Customer and agent talk: nobody is on hold, and no whisper runs."""
        is_theirs = self.state is ContactState.CONNECTED and self.held is None
        return is_theirs and not any(self.leg(leg).is_running for leg in (Leg.CUSTOMER, Leg.AGENT))

    @property
    def is_whispering(self) -> bool:
        """An agent has answered, and is not yet joined with the customer."""
        return self.state is ContactState.CONNECTED and self.held is None and not self.is_joined

    @property
    def is_wrapping_up(self) -> bool:
        """The agent has left the talk and has after contact work to hand in."""
        agent, has_ended = self.agent, self.state is ContactState.ENDED
        return agent is not None and not agent.is_done and (has_ended or agent.left_at is not None)

    def leg(self, leg: Leg) -> LegFlow:
        """The flow on one leg. All of them know the same of the contact."""
        if leg is Leg.CUSTOMER:
            return LegFlow(
                session=self.session,
                turn=self.turn,
                turn_number=self.turn_number,
                dialog=self.dialog,
                last_said=self.last_said,
            )
        there = self.legs.get(leg) or LegFlow()
        return replace(there, session=standing(self.session, there.session))

    def with_leg(self, leg: Leg, flow: LegFlow) -> Contact:
        """The contact with this flow on the leg, and with all that it knows."""
        if leg is Leg.CUSTOMER:
            return replace(
                self,
                session=flow.session,
                turn=flow.turn,
                turn_number=flow.turn_number,
                dialog=flow.dialog,
                last_said=flow.last_said,
            )
        place = replace(flow, session=standing(Session(), flow.session))
        known = standing(flow.session, self.session)
        return replace(self, session=known, legs={**self.legs, leg: place})

    def with_stopped(self, *legs: Leg) -> Contact:
        """No flow runs on these legs any more."""
        contact = self
        for leg in legs:
            if leg is Leg.CUSTOMER or leg in contact.legs:
                contact = contact.with_leg(leg, contact.leg(leg).stopped)
        return contact

    @property
    def is_on_other_line(self) -> bool:
        """A flow has handed the customer over to a third party, and ended."""
        line = self.session.results.get("Line")
        is_connected = isinstance(line, Mapping) and line.get("State") == "connected"
        is_flowless = self.state is ContactState.IN_FLOW and self.session.action_id is None
        return is_connected and is_flowless

    def wait_seconds(self, at: datetime) -> int:
        """Whole seconds in the queue so far, ringing included; 0 when never queued."""
        if self.queue is None:
            return 0
        return max(0, int(((self.queue.left_at or at) - self.queue.entered_at).total_seconds()))


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one commit does to one contact: where it began, where it ends, which facts say so."""

    before: Contact | None
    after: Contact
    facts: tuple[Fact, ...] = ()

    @classmethod
    def of(cls, contact: Contact) -> Change:
        return cls(before=contact, after=contact)

    def then(self, event: ContactEvent, at: datetime) -> Change:
        """The same change with one more fact, folded into the contact."""
        seq = self.after.fact_count + 1
        fact = Fact(contact_id=self.after.contact_id, seq=seq, at=at, event=event)
        after = replace(evolve(self.after, event, at), fact_count=seq)
        return replace(self, after=after, facts=(*self.facts, fact))

    def update(self, **fields: object) -> Change:
        """The same change with fields that no fact tells of (session, turn, digests)."""
        return replace(self, after=replace(self.after, **fields))  # type: ignore[arg-type]  # names are checked by replace

    @property
    def settled(self) -> Change:
        """The empty change that follows once this one is committed."""
        version = (self.before.version if self.before else 0) + 1
        return Change.of(replace(self.after, version=version))

    @property
    def is_empty(self) -> bool:
        return self.before is not None and not self.facts and self.before == self.after


_TALKING = (Leg.CUSTOMER, Leg.AGENT)

# --- how facts change a contact ---------------------------------------------------------------


def evolve(contact: Contact, event: ContactEvent, at: datetime) -> Contact:
    """The contact after this fact. Facts that tell but change nothing leave it as it is."""
    fold = _FOLDS.get(type(event))
    return fold(contact, event, at) if fold else contact


def _flow_started(contact: Contact, event: e.FlowStarted, at: datetime) -> Contact:
    if event.flow_id in contact.flow_versions:
        return contact
    begun = {**contact.flow_versions, event.flow_id: event.flow_version}
    return replace(contact, flow_versions=begun)


def _queued(contact: Contact, event: e.ContactQueued, at: datetime) -> Contact:
    stay = QueueStay(
        queue_id=event.queue_id,
        name=event.queue_name,
        entered_at=at,
        priority=event.priority,
        is_limited=event.is_limited,
        shard=event.shard,
        ranked_at=event.ranked_at,
    )
    transfers = contact.queue_transfers + (event.transferred_from is not None)
    return replace(contact, state=ContactState.QUEUED, queue=stay, queue_transfers=transfers)


def _ranked(contact: Contact, event: e.ContactRanked, at: datetime) -> Contact:
    if contact.queue is None:
        return contact
    stay = replace(contact.queue, priority=event.priority, ranked_at=event.ranked_at)
    return replace(contact, queue=stay)


def _offered(contact: Contact, event: e.ContactOffered, at: datetime) -> Contact:
    offer = Offer(
        offer_id=event.offer_id, agent_id=event.agent_id, made_at=at, expires_at=event.expires_at
    )
    return replace(contact, state=ContactState.OFFERED, offer=offer, attempts=contact.attempts + 1)


def _offer_ended(contact: Contact, event: e.OfferEnded, at: datetime) -> Contact:
    return replace(contact, state=ContactState.QUEUED, offer=None)


def _connected(contact: Contact, event: e.ContactConnected, at: datetime) -> Contact:
    leg = AgentLeg(
        agent_id=event.agent_id,
        username=event.username,
        name=event.agent_name,
        routing_profile_id=event.routing_profile_id,
        connected_at=at,
    )
    return replace(
        contact.with_stopped(Leg.CUSTOMER),
        state=ContactState.CONNECTED,
        agent=leg,
        offer=None,
        queue=_left_queue(contact, at),
    )


def _joined(contact: Contact, event: e.ContactJoined, at: datetime) -> Contact:
    return contact.with_stopped(*_TALKING)


def _held(contact: Contact, event: e.ContactHeld, at: datetime) -> Contact:
    return replace(contact.with_stopped(*_TALKING), held=event.party)


def _resumed(contact: Contact, event: e.ContactResumed, at: datetime) -> Contact:
    return replace(contact.with_stopped(*_TALKING), held=None)


def _agent_disconnected(contact: Contact, event: e.AgentDisconnected, at: datetime) -> Contact:
    return replace(contact.with_stopped(*_TALKING), state=ContactState.REMAINING, held=None)


def _disconnected(contact: Contact, event: e.ContactDisconnected, at: datetime) -> Contact:
    return replace(
        contact.with_stopped(*_TALKING),
        state=ContactState.ENDED,
        held=None,
        offer=None,
        queue=_left_queue(contact, at),
        disconnected_at=at,
        disconnect_reason=event.reason,
    )


def _wrap_up_started(contact: Contact, event: e.AfterContactWorkStarted, at: datetime) -> Contact:
    left = replace(contact.agent, left_at=at) if contact.agent else None
    return replace(contact, wrap_up_ends_at=event.ends_at, agent=left)


def _wrap_up_ended(contact: Contact, event: e.AfterContactWorkEnded, at: datetime) -> Contact:
    return replace(
        contact,
        agent=replace(contact.agent, is_done=True) if contact.agent else None,
        wrap_up_ends_at=None,
        disposition=event.disposition,
        ticket_id=event.ticket_id or contact.ticket_id,
    )


def _completed(contact: Contact, event: e.ContactCompleted, at: datetime) -> Contact:
    return replace(contact.with_stopped(*contact.legs), state=ContactState.COMPLETED)


def _identified(contact: Contact, event: e.CustomerIdentified, at: datetime) -> Contact:
    return replace(contact, customer_id=event.customer_id)


def _recorded(contact: Contact, event: e.RecordingStored, at: datetime) -> Contact:
    stored = StoredSegment(
        segment=event.segment,
        bucket=event.bucket,
        key=event.key,
        seconds=event.seconds,
        channels=event.channels,
        sha256=event.sha256,
        started_at=event.started_at,
    )
    others = tuple(r for r in contact.recordings if r.segment != event.segment)
    return replace(contact, recordings=(*others, stored))


def _transcribed(contact: Contact, event: e.TranscriptStored, at: datetime) -> Contact:
    return replace(contact, transcript_key=event.key)


def _continued(contact: Contact, event: e.ConversationContinued, at: datetime) -> Contact:
    return replace(contact, continues=event.source_contact_id, continues_entire=event.is_entire)


def _ticket_linked(contact: Contact, event: e.TicketLinked, at: datetime) -> Contact:
    return replace(contact, ticket_id=event.ticket_id)


def _left_queue(contact: Contact, at: datetime) -> QueueStay | None:
    if contact.queue is None or contact.queue.left_at is not None:
        return contact.queue
    return replace(contact.queue, left_at=at)


type _Fold = Callable[[Contact, ContactEvent, datetime], Contact]
_FOLDS = cast(
    "dict[type, _Fold]",
    {
        e.FlowStarted: _flow_started,
        e.ContactQueued: _queued,
        e.ContactRanked: _ranked,
        e.ContactOffered: _offered,
        e.OfferEnded: _offer_ended,
        e.ContactConnected: _connected,
        e.ContactJoined: _joined,
        e.ContactHeld: _held,
        e.ContactResumed: _resumed,
        e.AgentDisconnected: _agent_disconnected,
        e.ContactDisconnected: _disconnected,
        e.AfterContactWorkStarted: _wrap_up_started,
        e.AfterContactWorkEnded: _wrap_up_ended,
        e.ContactCompleted: _completed,
        e.CustomerIdentified: _identified,
        e.RecordingStored: _recorded,
        e.TranscriptStored: _transcribed,
        e.TicketLinked: _ticket_linked,
        e.ConversationContinued: _continued,
    },
)

# --- decisions ----------------------------------------------------------------------------------


def initiate(contact: Contact, *, at: datetime) -> Change:
    """A contact comes to be."""
    started = e.ContactInitiated(
        channel=contact.channel,
        initiation_method=contact.initiation_method,
        customer_endpoint=contact.customer_endpoint,
        system_endpoint=contact.system_endpoint,
        customer_name=contact.customer.name,
        attributes=contact.attributes,
    )
    change = Change(before=None, after=contact).then(started, at)
    details = contact.session.details
    return change.then(e.DetailsUpdated(details=details), at) if details else change


def enqueue(change: Change, queue: Queue, *, at: datetime) -> Change:
    """The contact takes a place in the queue, ranked as its flows wish."""
    _expect(change.after, ContactState.IN_FLOW)
    return change.then(_queueing(change.after, queue, at), at)


def transfer(change: Change, queue: Queue, *, at: datetime) -> Change:
    """The contact gives up its place in one queue for one in another; what rings stops ringing."""
    contact = change.after
    if not contact.is_in_queue or contact.queue is None:
        raise _unexpected(contact, ContactState.QUEUED)
    if contact.queue_transfers >= MOST_TRANSFERS:
        raise Conflict(
            f"a contact moves between queues at most {MOST_TRANSFERS} times", field="QueueId"
        )
    if contact.offer is not None:
        change = end_offer(change, contact.offer.offer_id, e.OfferOutcome.WITHDRAWN, at=at)
    queued = _queueing(contact, queue, at)
    return change.then(replace(queued, transferred_from=contact.queue.queue_id), at)


def rank_anew(change: Change, *, at: datetime) -> Change:
    """The waiting contact at the place in its line that its flows wish by now."""
    contact = change.after
    if not contact.is_in_queue or contact.queue is None:
        return change
    priority, ranked_at = _rank(contact, contact.queue.entered_at)
    if (priority, ranked_at) == (contact.queue.priority, contact.queue.counts_since):
        return change
    return change.then(e.ContactRanked(priority=priority, ranked_at=ranked_at), at)


def _queueing(contact: Contact, queue: Queue, at: datetime) -> e.ContactQueued:
    priority, ranked_at = _rank(contact, at)
    return e.ContactQueued(
        queue_id=queue.queue_id,
        queue_name=queue.name,
        priority=priority,
        is_limited=queue.max_contacts is not None,
        shard=crc32(contact.contact_id.encode()) % queue.shards,
        ranked_at=None if ranked_at == at else ranked_at,
    )


def _rank(contact: Contact, entered_at: datetime) -> tuple[int, datetime]:
    """Priority, and since when the contact counts as waiting."""
    wished = contact.session.routing
    seconds = min(MOST_AGE_SECONDS, max(-MOST_AGE_SECONDS, wished.age_seconds))
    priority = min(wished.priority or USUAL_PRIORITY, LAST_PRIORITY)
    return priority, entered_at - timedelta(seconds=seconds)


def offer(change: Change, user: User, *, offer_id: OfferId, at: datetime, why: str = "") -> Change:
    """The contact rings at an agent for OFFER_SECONDS and keeps its place meanwhile."""
    _expect(change.after, ContactState.QUEUED)
    event = e.ContactOffered(
        offer_id=offer_id,
        agent_id=user.agent_id,
        expires_at=at + timedelta(seconds=OFFER_SECONDS),
        why=why,
        username=user.username,
        agent_name=user.name,
    )
    return change.then(event, at)


def end_offer(
    change: Change, offer_id: OfferId, outcome: e.OfferOutcome, *, at: datetime
) -> Change:
    """Nobody took the offer: back to the queue, at the old place."""
    current = _current_offer(change.after, offer_id)
    event = e.OfferEnded(offer_id=offer_id, agent_id=current.agent_id, outcome=outcome)
    return change.then(event, at)


def connect(
    change: Change, offer_id: OfferId, user: User, profile: RoutingProfile, *, at: datetime
) -> Change:
    """The agent took the offer."""
    current = _current_offer(change.after, offer_id)
    if current.agent_id != user.agent_id:
        raise Conflict(
            f"offer {offer_id!r} was made to somebody else", field="offerId", value=offer_id
        )
    event = e.ContactConnected(
        agent_id=user.agent_id,
        username=user.username,
        agent_name=user.name,
        routing_profile_id=profile.profile_id,
        routing_profile_name=profile.name,
    )
    return change.then(event, at)


def disconnect(
    change: Change, reason: DisconnectReason, *, at: datetime, queue: Queue | None = None
) -> Change:
    """The customer's side is over. With an agent on the contact, after contact work begins;
    without one the contact is complete. Doing it twice changes nothing."""
    contact = change.after
    if not contact.state.is_live:
        return change
    if contact.offer is not None:
        change = end_offer(change, contact.offer.offer_id, e.OfferOutcome.WITHDRAWN, at=at)
    was_in = contact.state
    change = change.then(e.ContactDisconnected(reason=reason, was_in=was_in), at)
    if contact.agent is None or contact.agent.is_done:
        return change.then(e.ContactCompleted(), at)
    if contact.agent.left_at is not None:
        return change
    return _wrap_up_begins(change, contact.agent, queue, at)


def let_remain(change: Change, *, at: datetime, queue: Queue | None = None) -> Change:
    """The agent hangs up, and the customer is to go on without: after contact work begins."""
    contact = change.after
    _expect(contact, ContactState.CONNECTED)
    if contact.agent is None:
        raise _unexpected(contact, ContactState.CONNECTED)
    change = change.then(e.AgentDisconnected(agent_id=contact.agent.agent_id), at)
    return _wrap_up_begins(change, contact.agent, queue, at)


def _wrap_up_begins(change: Change, agent: AgentLeg, queue: Queue | None, at: datetime) -> Change:
    seconds = queue.wrap_up_seconds if queue else 0
    ends_at = at + timedelta(seconds=seconds) if seconds else None
    return change.then(e.AfterContactWorkStarted(agent_id=agent.agent_id, ends_at=ends_at), at)


def join(change: Change, *, at: datetime) -> Change:
    """The whispers are over or cut off: customer and agent talk."""
    contact = change.after
    agent = _agent_of_talk(contact)
    return change.then(e.ContactJoined(agent_id=agent.agent_id), at)


def join_when_over(change: Change, *, at: datetime) -> Change:
    """Notes that whispers which ran before this change run no more."""
    was_whispering = change.before is not None and change.before.is_whispering
    is_noted = any(isinstance(fact.event, e.ContactJoined) for fact in change.facts)
    if not was_whispering or is_noted or not change.after.is_joined:
        return change
    return join(change, at=at)


def hold(change: Change, party: Party, *, at: datetime) -> Change:
    """The talk is put aside; once is enough. A task is held as a whole, a chat never."""
    contact = change.after
    if contact.held is party:
        return change
    agent = _agent_of_talk(contact)
    if contact.channel is Channel.CHAT:
        raise Rejected("a chat is not put on hold", field="contactId", value=contact.contact_id)
    if contact.held is not None or not contact.is_joined:
        raise Conflict("the talk does not go on just now", field="contactId")
    return change.then(e.ContactHeld(party=party, agent_id=agent.agent_id), at)


def resume(change: Change, *, at: datetime) -> Change:
    """The talk goes on, whoever was on hold; nothing when nobody was."""
    contact = change.after
    if contact.held is None:
        return change
    agent = _agent_of_talk(contact)
    event = e.ContactResumed(party=contact.held, agent_id=agent.agent_id)
    return change.then(event, at)


def _agent_of_talk(contact: Contact) -> AgentLeg:
    if contact.agent is None or contact.state is not ContactState.CONNECTED:
        raise _unexpected(contact, ContactState.CONNECTED)
    return contact.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """What the agent hands in; all None when the server ends the work."""

    disposition: str | None = None
    is_satisfied: bool = False
    note: str = ""
    ticket_id: TicketId | None = None
    ticket_status: str | None = None
    ticket_subject: str = ""


def complete(
    change: Change, wrap_up: WrapUp, *, at: datetime, is_by_server: bool = False
) -> Change:
    """After contact work is done; exactly once. With the customer gone, the contact is complete."""
    contact = change.after
    if contact.agent is None:
        raise Conflict(f"contact {contact.contact_id!r} has no agent", field="contactId")
    if not contact.is_wrapping_up:
        raise _unexpected(contact, ContactState.ENDED)
    if len(wrap_up.note) > NOTE_LIMIT:
        raise Rejected(
            f"note has {len(wrap_up.note)} characters, the limit is {NOTE_LIMIT}", field="note"
        )
    ticket_id = wrap_up.ticket_id
    if ticket_id is None and (wrap_up.ticket_status or is_by_server):
        ticket_id = ticket_id_for(f"{contact.contact_id}:{contact.fact_count + 1}")
    event = e.AfterContactWorkEnded(
        agent_id=contact.agent.agent_id,
        is_by_server=is_by_server,
        disposition=wrap_up.disposition,
        is_satisfied=wrap_up.is_satisfied,
        note=wrap_up.note,
        ticket_id=ticket_id,
        ticket_status=wrap_up.ticket_status,
        ticket_subject=wrap_up.ticket_subject,
    )
    change = change.then(event, at)
    return change.then(e.ContactCompleted(), at) if contact.state is ContactState.ENDED else change


def _current_offer(contact: Contact, offer_id: OfferId) -> Offer:
    if contact.offer is None or contact.offer.offer_id != offer_id:
        raise Conflict(f"offer {offer_id!r} is over", field="offerId", value=offer_id)
    return contact.offer


def _expect(contact: Contact, state: ContactState) -> None:
    if contact.state is not state:
        raise _unexpected(contact, state)


def _unexpected(contact: Contact, state: ContactState) -> Conflict:
    return Conflict(
        f"contact {contact.contact_id!r} is {contact.state}, not {state}",
        field="contactId",
        value=contact.contact_id,
    )
