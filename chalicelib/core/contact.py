"""A contact: what is known of it, and how each fact changes that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import cast

from chalicelib.core import events as e
from chalicelib.core.center import agent_named
from chalicelib.core.criteria import Step
from chalicelib.core.criteria import read as read_criteria
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
from chalicelib.core.legal_hold import HoldChange
from chalicelib.core.telephone import ANONYMOUS

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
    is_limited: bool = False  # counts with all others of the queue, whatever their shard
    shard: int = 0
    left_at: datetime | None = None
    came_from: QueueId | None = None  # the queue that it was moved from, no agent's own line
    ranked_at: datetime | None = None  # since when it counts as waiting, if not since it entered
    criteria: str = ""  # what agents must master, as core.criteria spells it
    step: int = 0  # of the criteria: the one that counts now
    step_ends_at: datetime | None = None

    @property
    def counts_since(self) -> datetime:
        return self.ranked_at or self.entered_at

    @property
    def wanted(self) -> Step | None:
        """What an agent must master just now; None: any agent of the queue will do."""
        criteria = read_criteria(self.criteria)
        return criteria.step(self.step) if criteria else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    offer_id: OfferId
    agent_id: AgentId
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeg:
    """The agent who answered; `left_at`: hung up, `is_done`: after contact work is over, too.

    `offer_id`: of what rang there; None where nothing did.
    `wrap_up_limit_seconds`: of their after contact work, beside the queue's; 0 is none.
    """

    agent_id: AgentId
    username: str
    name: str
    routing_profile_id: RoutingProfileId
    connected_at: datetime
    offer_id: OfferId | None = None
    line: str | None = None  # the number on which the agent talks; None: at the desk
    left_at: datetime | None = None
    is_done: bool = False
    done_at: datetime | None = None
    hierarchy: tuple[e.GroupThen, ...] = ()
    wrap_up_limit_seconds: int = 0


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
    """A customer who is to be called: how often more, if nobody answers, and how long between.

    `is_customer_first`: the customer is called first, and then waits for an agent.
    """

    attempts_left: int
    retry_seconds: int
    is_customer_first: bool = False


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
    previous_contact_id: ContactId | None = None  # that it goes on from, after a transfer
    next_contact_id: ContactId | None = None  # in which the customer goes on
    initial_contact_id: ContactId | None = None  # the first of the chain; None: this one
    begun_by: e.InitiationMethod | None = None  # how that first one began
    transfers: int = 0  # contacts before it in the chain
    first_queued_at: datetime | None = None  # by any contact of the chain
    told: e.PlaceAnnounced | None = None  # of its place in line, last
    told_at: datetime | None = None
    is_promised: bool = False  # lost its agent: finds a place however full the queue is
    hold: HoldChange | None = None  # the last legal hold that was set or lifted
    erased_at: datetime | None = None
    caller_id: AgentId | None = None  # who calls a colleague, at whose desk the other end is

    @property
    def is_held(self) -> bool:
        """Under legal hold: nothing of it is erased."""
        return self.hold is not None and self.hold.is_held

    @property
    def is_erased(self) -> bool:
        """All of it: a recording that came later is not."""
        return self.erased_at is not None and not self.recordings

    @property
    def is_internal(self) -> bool:
        """Between two agents."""
        return self.caller_id is not None

    @property
    def chain_id(self) -> ContactId:
        """Names all contacts of the chain: the first one's id. The customer's device goes by it."""
        return self.initial_contact_id or self.contact_id

    @property
    def origin(self) -> e.InitiationMethod:
        """How the chain began: a transfer does not make an inbound call another one."""
        return self.begun_by or self.initiation_method

    @property
    def expects_customer(self) -> bool:
        """The customer comes in with a device of theirs, or has not come at all."""
        has_device = self.origin in _BEGUN_BY_CUSTOMERS or self.is_internal
        return self.channel in (Channel.VOICE, Channel.CHAT) and has_device

    @property
    def caller(self) -> str | None:
        """The customer's address; `anonymous` of a call that came without a number, as carriers
        call it."""
        if self.customer_endpoint is not None:
            return self.customer_endpoint.address
        return ANONYMOUS if self.channel is Channel.VOICE else None

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
    def is_to_be_called(self) -> bool:
        """A customer whom we promised to call, and who is not on the line yet."""
        line = self.session.results.get("Line")
        is_connected = isinstance(line, Mapping) and line.get("State") == "connected"
        return self.call_back is not None and not is_connected

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
        came_from=_came_from(contact, event),
        ranked_at=event.ranked_at,
        criteria=event.criteria,
        step_ends_at=event.step_ends_at,
    )
    is_way = event.transferred_from is not None and not event.keeps_place
    transfers = contact.queue_transfers + is_way
    return replace(
        contact,
        state=ContactState.QUEUED,
        queue=stay,
        queue_transfers=transfers,
        first_queued_at=contact.first_queued_at or at,
    )


def _came_from(contact: Contact, event: e.ContactQueued) -> QueueId | None:
    left = event.transferred_from
    if left is None or contact.queue is None or agent_named(left) is None:
        return left
    return contact.queue.came_from


def _ranked(contact: Contact, event: e.ContactRanked, at: datetime) -> Contact:
    if contact.queue is None:
        return contact
    stay = replace(contact.queue, priority=event.priority, ranked_at=event.ranked_at)
    return replace(contact, queue=stay)


def _criteria_set(contact: Contact, event: e.RoutingCriteriaSet, at: datetime) -> Contact:
    if contact.queue is None:
        return contact
    begun = {"criteria": event.criteria, "step": 0, "step_ends_at": event.step_ends_at}
    return replace(contact, queue=replace(contact.queue, **begun))  # type: ignore[arg-type]  # names as in QueueStay


def _step_expired(contact: Contact, event: e.RoutingStepExpired, at: datetime) -> Contact:
    if contact.queue is None:
        return contact
    stay = replace(contact.queue, step=event.step, step_ends_at=event.ends_at)
    return replace(contact, queue=stay)


def _offered(contact: Contact, event: e.ContactOffered, at: datetime) -> Contact:
    offer = Offer(
        offer_id=event.offer_id, agent_id=event.agent_id, made_at=at, expires_at=event.expires_at
    )
    return replace(contact, state=ContactState.OFFERED, offer=offer, attempts=contact.attempts + 1)


def _offer_ended(contact: Contact, event: e.OfferEnded, at: datetime) -> Contact:
    return replace(contact, state=ContactState.QUEUED, offer=None)


def _place_announced(contact: Contact, event: e.PlaceAnnounced, at: datetime) -> Contact:
    return replace(contact, told=event, told_at=at)


def _postponed(contact: Contact, event: e.CallbackPostponed, at: datetime) -> Contact:
    left = _left_queue(contact, at)
    queue_id = left.queue_id if left else None
    plan = Plan(begins_at=event.until, queue_id=queue_id)
    return replace(contact, state=ContactState.IN_FLOW, queue=left, plan=plan)


def _connected(contact: Contact, event: e.ContactConnected, at: datetime) -> Contact:
    leg = AgentLeg(
        agent_id=event.agent_id,
        username=event.username,
        name=event.agent_name,
        routing_profile_id=event.routing_profile_id,
        connected_at=at,
        offer_id=contact.offer.offer_id if contact.offer else None,
        hierarchy=event.hierarchy,
        wrap_up_limit_seconds=event.wrap_up_limit_seconds,
        line=event.line,
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


def _transferred(contact: Contact, event: e.ContactTransferred, at: datetime) -> Contact:
    return replace(contact, next_contact_id=event.to)


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
        agent=replace(contact.agent, is_done=True, done_at=at) if contact.agent else None,
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


def _hold_changed(contact: Contact, event: e.LegalHoldChanged, at: datetime) -> Contact:
    change = HoldChange(is_held=event.is_held, by=event.by, at=at, reason=event.reason)
    return replace(contact, hold=change)


def _erased(contact: Contact, event: e.ContactErased, at: datetime) -> Contact:
    """Whatever may name the customer or repeat their words; see core.erasure for the facts."""
    session = replace(
        contact.session,
        attributes={},
        flow_attributes={},
        external={},
        results={},
        details={k: v for k, v in contact.session.details.items() if k == "Tags"},
        elements={},
        invocations=(),
        stored_input=None,
        callback_number=None,
    )
    return replace(
        contact,
        session=session,
        customer=replace(contact.customer, name=None, token_digest=""),
        customer_endpoint=None,
        turn=(),
        dialog=None,
        last_said="",
        legs={},
        recordings=(),
        erased_at=contact.erased_at or at,
    )


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
        e.RoutingCriteriaSet: _criteria_set,
        e.RoutingStepExpired: _step_expired,
        e.ContactOffered: _offered,
        e.OfferEnded: _offer_ended,
        e.PlaceAnnounced: _place_announced,
        e.CallbackPostponed: _postponed,
        e.ContactConnected: _connected,
        e.ContactJoined: _joined,
        e.ContactHeld: _held,
        e.ContactResumed: _resumed,
        e.AgentDisconnected: _agent_disconnected,
        e.ContactTransferred: _transferred,
        e.ContactDisconnected: _disconnected,
        e.AfterContactWorkStarted: _wrap_up_started,
        e.AfterContactWorkEnded: _wrap_up_ended,
        e.ContactCompleted: _completed,
        e.CustomerIdentified: _identified,
        e.RecordingStored: _recorded,
        e.TranscriptStored: _transcribed,
        e.TicketLinked: _ticket_linked,
        e.ConversationContinued: _continued,
        e.LegalHoldChanged: _hold_changed,
        e.ContactErased: _erased,
    },
)
