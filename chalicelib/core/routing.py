"""Who gets which contact: agents, their slots, and the order on both sides of the match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.core.center import (
    NOT_REACHABLE,
    OFFLINE,
    AvailabilityTimer,
    CrossChannel,
    Proficiency,
    RoutingProfile,
    Status,
    StatusType,
    User,
    own_queue_id,
)
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.criteria import Able, Expression, lacking
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, InitiationMethod, Party
from chalicelib.core.ids import (
    AgentId,
    ContactId,
    HierarchyGroupId,
    OfferId,
    QueueId,
    RoutingProfileId,
)
from chalicelib.core.phone import PhoneConfig

UNREACHABLE_SECONDS = 90  # three heartbeats missed
LINES_KEPT = timedelta(days=8)  # after somebody entered a line, or was seen to stand in it still
MOST_MISSED = 3  # in a row, then the agent is not asked any more


class SlotState(StrEnum):
    """What an agent holds of a contact; Amazon Connect's contact states as agents see them."""

    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    ENDED = "ENDED"  # after contact work
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One contact on an agent's desk, with what the desk shows before it asks for more."""

    contact_id: ContactId
    channel: Channel
    state: SlotState
    since: datetime
    queue_name: str = ""
    customer_name: str | None = None
    customer_address: str | None = None
    offer_id: OfferId | None = None
    expires_at: datetime | None = None
    wrap_up_ends_at: datetime | None = None
    is_recorded: bool = False
    is_joined: bool = False  # with the customer: nobody is on hold, and no whisper runs
    line: str | None = None  # the agent talks on this number, not at the desk
    held: Party | None = None
    turned_at: datetime | None = None  # when somebody was put on hold, or taken off it again
    connected_at: datetime | None = None
    initiation_method: InitiationMethod = InitiationMethod.INBOUND
    queue_id: QueueId | None = None
    queued_at: datetime | None = None
    is_call_back: bool = False  # the customer is still to be called
    initial_contact_id: ContactId | None = None  # of its chain, if it is not it
    is_caller: bool = False  # calls a colleague: stands where a customer would


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent at work. `version` counts commits and is the desk's event sequence."""

    agent_id: AgentId
    username: str
    name: str
    profile_id: RoutingProfileId
    version: int = 0
    status: Status = OFFLINE
    status_since: datetime
    next_status: Status | None = None
    next_status_since: datetime | None = None
    idle_since: datetime  # when last handed a contact back, or became available
    slots: tuple[Slot, ...] = ()
    proficiencies: tuple[Proficiency, ...] = ()
    missed_in_row: int = 0
    forward_to: str | None = None  # E.164: where calls ring too, until the agent goes offline
    is_away: bool = False  # the desk was silent for too long; it gets nothing until it is heard
    openings: tuple[Opening, ...] = ()  # as they stand in the lines of free agents
    changed_at: datetime | None = None  # when the last commit was
    first_name: str = ""
    last_name: str = ""
    hierarchy_group_id: HierarchyGroupId | None = None
    phone: PhoneConfig = PhoneConfig()

    def slot(self, contact_id: ContactId) -> Slot | None:
        return next((s for s in self.slots if s.contact_id == contact_id), None)

    @property
    def able(self) -> Able:
        return Able(self.agent_id, self.proficiencies)

    def is_routable(self) -> bool:
        """Available, nothing else chosen next, and no missed contact left uncleared."""
        return (
            self.status.type is StatusType.ROUTABLE
            and self.next_status is None
            and not self.is_away
            and all(s.state is not SlotState.MISSED for s in self.slots)
        )

    def has_room_for(self, channel: Channel, profile: RoutingProfile) -> bool:
        """A free slot on the channel, and every channel on which a contact is held allows it."""
        held = [slot.channel for slot in self.slots]
        allowed = (
            each is channel or profile.cross_channel.get(each) is CrossChannel.ANY for each in held
        )
        return all(allowed) and held.count(channel) < profile.concurrency.get(channel, 0)

    def can_take(self, channel: Channel, profile: RoutingProfile) -> bool:
        return self.is_routable() and self.has_room_for(channel, profile)


class DeskEvent(StrEnum):
    """What the desk is told; every one carries the agent's whole state."""

    STATUS_CHANGED = "StatusChanged"
    CONTACT_OFFERED = "ContactOffered"
    OFFER_ENDED = "OfferEnded"
    CONTACT_CONNECTED = "ContactConnected"
    CONTACT_JOINED = "ContactJoined"
    CONTACT_HELD = "ContactHeld"
    CONTACT_RESUMED = "ContactResumed"
    CONTACT_DISCONNECTED = "ContactDisconnected"
    CONTACT_COMPLETED = "ContactCompleted"
    SIGNED_IN_ELSEWHERE = "SignedInElsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChange:
    """What one commit does to one agent; `before` None: first sign-in. `by`: who wished it, by
    user name, where it was not the agent."""

    before: Agent | None
    after: Agent
    profile: RoutingProfile
    at: datetime
    kind: DeskEvent
    contact_id: ContactId | None = None
    by: str = ""

    @property
    def settled(self) -> Agent:
        """The agent once this is committed: the next version, with what follows from it."""
        version = (self.before.version if self.before else 0) + 1
        openings = tuple(openings_of(self.after, self.profile))
        return replace(self.after, version=version, openings=openings, changed_at=self.at)


# --- what an agent goes through -------------------------------------------------------------------


def choose_status(agent: Agent, status: Status, *, at: datetime) -> Agent:
    """Sets the status now, or, with contacts in hand, as the next one. Missed ones are cleared;
    choosing a routable status while busy takes a next status back."""
    slots = tuple(s for s in agent.slots if s.state is not SlotState.MISSED)
    agent = replace(agent, slots=slots, missed_in_row=0, is_away=False)
    if status.type is StatusType.OFFLINE:
        agent = replace(agent, forward_to=None)  # the shift is over
    if agent.slots and status.type is not StatusType.ROUTABLE:
        since = agent.next_status_since if status == agent.next_status else at
        return replace(agent, next_status=status, next_status_since=since)
    agent = replace(agent, next_status=None, next_status_since=None)
    if status == agent.status:
        return agent
    return replace(agent, status=status, status_since=at, idle_since=at)


def ring(agent: Agent, contact: Contact, profile: RoutingProfile, *, at: datetime) -> Agent:
    """The contact, just offered to this agent, takes a slot."""
    if contact.offer is None or contact.queue is None:
        raise Conflict(f"contact {contact.contact_id!r} is not on offer", field="contactId")
    if not agent.can_take(contact.channel, profile):
        raise Conflict(f"agent {agent.username!r} cannot take a contact now", field="agentId")
    endpoint = contact.customer_endpoint
    slot = Slot(
        contact_id=contact.contact_id,
        channel=contact.channel,
        state=SlotState.CONNECTING,
        since=at,
        queue_name=contact.queue.name,
        customer_name=_called(contact),
        customer_address=endpoint.address if endpoint else None,
        offer_id=contact.offer.offer_id,
        expires_at=contact.offer.expires_at,
        is_recorded=contact.is_recorded,
        initiation_method=contact.initiation_method,
        queue_id=contact.queue.queue_id,
        queued_at=contact.queue.entered_at,
        initial_contact_id=contact.initial_contact_id,
        is_call_back=contact.is_to_be_called,
    )
    return replace(agent, slots=(*agent.slots, slot))


def call(agent: Agent, contact: Contact, *, at: datetime, colleague: str = "") -> Agent:
    """The agent has called somebody, a customer or a colleague: a voice contact in hand from the
    first ring on, whatever the status. Conflict when there is one already."""
    if any(slot.channel is Channel.VOICE for slot in agent.slots):
        raise Conflict("you are on a call already", field="contactId")
    endpoint = contact.customer_endpoint
    slot = Slot(
        contact_id=contact.contact_id,
        channel=Channel.VOICE,
        state=SlotState.CONNECTED,
        since=at,
        connected_at=at,
        customer_name=colleague or contact.customer.name,
        customer_address=endpoint.address if endpoint else None,
        initiation_method=contact.initiation_method,
        is_recorded=contact.is_recorded,
        is_joined=contact.is_joined,
        is_caller=contact.caller_id == agent.agent_id,
    )
    return replace(agent, slots=(*agent.slots, slot))


def _called(contact: Contact) -> str | None:
    """What the desk calls it: the customer, or what is to be done."""
    named = contact.session.details.get("Name") if contact.channel is Channel.TASK else None
    return str(named) if named else contact.customer.name


def answer(agent: Agent, contact: Contact, *, at: datetime) -> Agent:
    """The contact, just connected to this agent, is on the desk as it stands."""
    agent = _move(
        replace(agent, missed_in_row=0),
        contact.contact_id,
        state=SlotState.CONNECTED,
        since=at,
        connected_at=at,
        offer_id=None,
        expires_at=None,
        line=contact.agent.line if contact.agent else None,
    )
    return reflect(agent, contact, at=at)


def reflect(agent: Agent, contact: Contact, *, at: datetime) -> Agent:
    """The desk as it shows a talk that goes on: joined or not, who is on hold."""
    slot = agent.slot(contact.contact_id)
    turned_at = slot.turned_at if slot is not None and slot.held is contact.held else at
    return _move(
        agent,
        contact.contact_id,
        is_joined=contact.is_joined,
        held=contact.held,
        turned_at=turned_at,
    )


def miss(agent: Agent, contact_id: ContactId, *, at: datetime) -> Agent:
    """Not answered: stays on the desk as missed, and blocks until the agent clears it. Who misses
    several in a row is taken out, until they choose a status again."""
    agent = _move(
        agent, contact_id, state=SlotState.MISSED, since=at, offer_id=None, expires_at=None
    )
    agent = replace(agent, missed_in_row=agent.missed_in_row + 1)
    if agent.missed_in_row < MOST_MISSED or agent.status.type is not StatusType.ROUTABLE:
        return agent
    return replace(agent, status=NOT_REACHABLE, status_since=at)


def reject(agent: Agent, contact_id: ContactId, *, at: datetime) -> Agent:
    """The agent said no: it blocks as a missed one does, but whoever says no is there."""
    missed = miss(replace(agent, missed_in_row=0), contact_id, at=at)
    return replace(missed, missed_in_row=0)


def reconfigure(agent: Agent, user: User) -> Agent:
    """What admins have changed of somebody who is at work; what rings or talks goes on."""
    return replace(
        agent,
        name=user.name,
        first_name=user.first_name,
        last_name=user.last_name,
        profile_id=user.profile_id or agent.profile_id,
        proficiencies=user.proficiencies,
        hierarchy_group_id=user.hierarchy_group_id,
        phone=user.phone,
    )


def wrap_up(
    agent: Agent, contact_id: ContactId, *, at: datetime, ends_at: datetime | None
) -> Agent:
    return _move(
        agent,
        contact_id,
        state=SlotState.ENDED,
        since=at,
        wrap_up_ends_at=ends_at,
        is_joined=False,
        held=None,
        turned_at=None,
    )


def release(
    agent: Agent, contact_id: ContactId, *, at: datetime, was_handled: bool = True
) -> Agent:
    """The slot is free again; a next status takes effect when it was the last one.

    Who handled the contact goes to the end of the idle line; who only heard it ring does not.
    """
    slots = tuple(s for s in agent.slots if s.contact_id != contact_id)
    agent = replace(agent, slots=slots, idle_since=at if was_handled else agent.idle_since)
    if slots or agent.next_status is None:
        return agent
    return replace(
        agent,
        status=agent.next_status,
        status_since=at,
        next_status=None,
        next_status_since=None,
    )


def counts_as_activity(contact: Contact, profile: RoutingProfile) -> bool:
    """Whether having handled it sends the agent to the end of the line of free ones."""
    is_outbound = contact.initiation_method is InitiationMethod.OUTBOUND
    return not is_outbound or profile.availability_timer is AvailabilityTimer.LAST_ACTIVITY


def _move(agent: Agent, contact_id: ContactId, **fields: object) -> Agent:
    if agent.slot(contact_id) is None:
        raise Rejected(
            f"contact {contact_id!r} is not on the desk of {agent.username!r}",
            field="contactId",
            value=contact_id,
        )
    slots = tuple(
        replace(s, **fields) if s.contact_id == contact_id else s  # type: ignore[arg-type]  # replace checks the names
        for s in agent.slots
    )
    return replace(agent, slots=slots)


# --- rows: what the stores keep sorted ----------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A contact's place in the line: priority first, then when it began to wait, then its id.

    A queue has on each channel a line for every shard, and one for whatever is asked of agents
    just now (core.criteria): whoever looks merges those whose contacts the agent may get.
    """

    priority: int
    entered_at: datetime  # or what flows made of it: the age they added counts as waited
    contact_id: ContactId
    queue_id: QueueId
    channel: Channel
    line: str = "0"
    is_ringing: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """An agent's free slot: who holds fewest contacts first, then who is idle longest."""

    held: int
    idle_since: datetime
    agent_id: AgentId
    profile_id: RoutingProfileId
    channel: Channel
    proficiencies: tuple[Proficiency, ...] = field(default=(), compare=False)

    @property
    def able(self) -> Able:
        return Able(self.agent_id, self.proficiencies)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many are in a queue on one channel, ringing included; `particular`: ask for more than
    any agent of the queue. Never less than there are, so none means none."""

    waiting: int = 0
    particular: int = 0


@dataclass(frozen=True, slots=True)
class ParticularLine:
    """A line of contacts that ask for certain agents, known until then if nobody enters it."""

    line: str
    expression: Expression
    known_until: datetime


def place_of(contact: Contact | None) -> Place | None:
    """The contact's place in the queue, waiting or ringing; None when it is in none."""
    if contact is None or not contact.is_in_queue or contact.queue is None:
        return None
    stay = contact.queue
    wanted = stay.wanted
    return Place(
        priority=stay.priority,
        entered_at=stay.counts_since,
        contact_id=contact.contact_id,
        queue_id=stay.queue_id,
        channel=contact.channel,
        line=wanted.line if wanted else str(stay.shard),
        is_ringing=contact.state is ContactState.OFFERED,
    )


def openings_of(agent: Agent | None, profile: RoutingProfile) -> list[Opening]:
    """One row per channel on which the agent could take a contact right now."""
    if agent is None:
        return []
    return [
        Opening(
            len(agent.slots),
            agent.idle_since,
            agent.agent_id,
            profile.profile_id,
            channel,
            agent.proficiencies,
        )
        for channel in profile.concurrency
        if agent.can_take(channel, profile)
    ]


# --- the match ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A queue, on one channel, from which an agent gets contacts: of this rank among the others,
    and none that has waited for less than `delay_seconds`."""

    rank: int
    queue_id: QueueId
    channel: Channel
    delay_seconds: int = 0

    def ripe_at(self, at: datetime) -> datetime | None:
        """Whoever counts as waiting since then, or longer, may be taken; None: everybody, also
        who counts from later on, by another worker's clock or by a wish of the flows."""
        return at - timedelta(seconds=self.delay_seconds) if self.delay_seconds else None


_OWN_RANK = 0  # before priority 1, the first that a profile can name


def sources_of(agent: Agent, profile: RoutingProfile) -> Iterator[list[Source]]:
    """Where contacts for this agent may wait, most important first; those of one list are one line.

    The agent's own line comes before the profile's queues. Of two entries for one queue and channel
    each counts at its own place, as Amazon Connect's do.
    """
    channels = [each for each in profile.concurrency if agent.can_take(each, profile)]
    own = own_queue_id(agent.agent_id)
    found = [Source(rank=_OWN_RANK, queue_id=own, channel=channel) for channel in channels]
    found += [
        Source(
            rank=entry.priority,
            queue_id=entry.queue_id,
            channel=entry.channel,
            delay_seconds=entry.delay_seconds,
        )
        for entry in profile.queues
        if entry.channel in channels
    ]
    for rank in sorted({source.rank for source in found}):
        yield [source for source in found if source.rank == rank]


def delay_of(profile: RoutingProfile, queue_id: QueueId, channel: Channel) -> int:
    """Seconds that a contact of the queue must wait before agents of this profile get it."""
    return min(_entries(profile, queue_id, channel))


def _entries(profile: RoutingProfile, queue_id: QueueId, channel: Channel) -> Iterator[int]:
    return (
        entry.delay_seconds
        for entry in profile.queues
        if (entry.queue_id, entry.channel) == (queue_id, channel)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Free agents for a contact, best first, and why others who are free are not among them."""

    openings: Sequence[Opening]
    passed_over: Sequence[str] = ()
    has_more: bool = False  # who are worse, and were not looked at

    def why(self, username: str, agent_id: AgentId) -> str:
        """`mai: longest idle of 3; ben lacks Vietnamese ≥ 3`"""
        first = self.openings[0] if self.openings else None
        number = f"{len(self.openings)}{' and more' if self.has_more else ''}"
        if first is None or first.agent_id != agent_id:
            reason = "next after those who were gone"
        elif len(self.openings) == 1 and not self.has_more:
            reason = "the only one free"
        elif len(self.openings) > 1 and first.held < self.openings[1].held:
            reason = f"fewest contacts in hand of {number}"
        else:
            reason = f"longest idle of {number}"
        return "; ".join([f"{username}: {reason}", *self.passed_over])


_TOLD = 3  # agents who were passed over are named, then counted


def choose(
    openings: Sequence[Opening],
    expression: Expression | None,
    *,
    here: frozenset[AgentId],
    has_more: bool = False,
) -> Choice:
    """Of the agents who are free those who may get the contact: fewest contacts in hand, then
    longest idle, then agent id: the same on every run. `here`: who masters what is asked, and whose
    desk was heard of lately."""
    fit: list[Opening] = []
    reasons: list[str] = []
    for opening in sorted(openings):
        if expression is not None and not expression.admits(opening.able):
            reasons.append(f"{opening.agent_id} {lacking(expression, opening.able)}")
        elif opening.agent_id not in here:
            reasons.append(f"{opening.agent_id} not heard of")
        else:
            fit.append(opening)
    if len(reasons) > _TOLD:
        reasons = [*reasons[:_TOLD], f"and {len(reasons) - _TOLD} more"]
    return Choice(fit, reasons, has_more)


def why_not(
    agent: Agent, profile: RoutingProfile, contact: Contact, *, is_here: bool
) -> str | None:
    """Why this agent cannot be offered the waiting contact just now; None: they can.

    Delays are left to whoever asks: they end by themselves.
    """
    stay = contact.queue
    if stay is None:
        return "the contact is in no queue"
    if not is_here or agent.is_away:
        return "not heard of"
    if not profile.serves(stay.queue_id, contact.channel) and stay.queue_id != own_queue_id(
        agent.agent_id
    ):
        return f"does not serve {stay.name}"
    if agent.status.type is not StatusType.ROUTABLE:
        return f"on {agent.status.name}"
    if agent.next_status is not None:
        return f"goes on {agent.next_status.name}"
    if any(slot.state is SlotState.MISSED for slot in agent.slots):
        return "has a missed contact to clear"
    if not agent.has_room_for(contact.channel, profile):
        return "busy"
    wanted = stay.wanted
    if wanted is not None and not wanted.expression.admits(agent.able):
        return lacking(wanted.expression, agent.able)
    return None


def is_signed_in(agent: Agent) -> bool:
    """At work, whatever they do just now."""
    return agent.status.type is not StatusType.OFFLINE and not agent.is_away


def is_reachable(heartbeat_at: datetime | None, *, at: datetime) -> bool:
    """Whether the agent's desk was heard of lately; a closed browser gets no offers."""
    return heartbeat_at is not None and at - heartbeat_at <= timedelta(seconds=UNREACHABLE_SECONDS)
