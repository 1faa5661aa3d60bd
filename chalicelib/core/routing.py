"""Who gets which contact: agents, their slots, and the order on both sides of the match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.core.center import OFFLINE, ProfileQueue, RoutingProfile, Status, StatusType
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, Party
from chalicelib.core.ids import AgentId, ContactId, OfferId, QueueId, RoutingProfileId

UNREACHABLE_SECONDS = 90  # three heartbeats missed


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
    held: Party | None = None


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
    idle_since: datetime  # when last handed a contact back, or became available
    slots: tuple[Slot, ...] = ()

    def slot(self, contact_id: ContactId) -> Slot | None:
        return next((s for s in self.slots if s.contact_id == contact_id), None)

    def is_routable(self) -> bool:
        """Available, nothing else chosen next, and no missed contact left uncleared."""
        return (
            self.status.type is StatusType.ROUTABLE
            and self.next_status is None
            and all(s.state is not SlotState.MISSED for s in self.slots)
        )

    def has_room_for(self, channel: Channel, profile: RoutingProfile) -> bool:
        """A free slot on the channel, and no contact held on another one.

        Amazon Connect's default cross-channel rule: an agent on one channel gets that one only.
        """
        if any(s.channel is not channel for s in self.slots):
            return False
        return len(self.slots) < profile.concurrency.get(channel, 0)

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
    """What one commit does to one agent; `before` None: first sign-in."""

    before: Agent | None
    after: Agent
    profile: RoutingProfile
    at: datetime
    kind: DeskEvent
    contact_id: ContactId | None = None


# --- what an agent goes through -------------------------------------------------------------------


def choose_status(agent: Agent, status: Status, *, at: datetime) -> Agent:
    """Sets the status now, or, with contacts in hand, as the next one. Missed ones are cleared;
    choosing a routable status while busy takes a next status back."""
    agent = replace(agent, slots=tuple(s for s in agent.slots if s.state is not SlotState.MISSED))
    if agent.slots and status.type is not StatusType.ROUTABLE:
        return replace(agent, next_status=status)
    agent = replace(agent, next_status=None)
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
    )
    return replace(agent, slots=(*agent.slots, slot))


def _called(contact: Contact) -> str | None:
    """What the desk calls it: the customer, or what is to be done."""
    named = contact.session.details.get("Name") if contact.channel is Channel.TASK else None
    return str(named) if named else contact.customer.name


def answer(agent: Agent, contact: Contact, *, at: datetime) -> Agent:
    """The contact, just connected to this agent, is on the desk as it stands."""
    agent = _move(
        agent,
        contact.contact_id,
        state=SlotState.CONNECTED,
        since=at,
        offer_id=None,
        expires_at=None,
    )
    return reflect(agent, contact)


def reflect(agent: Agent, contact: Contact) -> Agent:
    """The desk as it shows a talk that goes on: joined or not, who is on hold."""
    return _move(agent, contact.contact_id, is_joined=contact.is_joined, held=contact.held)


def miss(agent: Agent, contact_id: ContactId, *, at: datetime) -> Agent:
    """Not answered: stays on the desk as missed, and blocks until the agent clears it."""
    return _move(
        agent, contact_id, state=SlotState.MISSED, since=at, offer_id=None, expires_at=None
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
    return replace(agent, status=agent.next_status, status_since=at, next_status=None)


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
    """A contact's place in the line: priority first, then when it began to wait, then its id."""

    priority: int
    entered_at: datetime  # or what flows made of it: the age they added counts as waited
    contact_id: ContactId
    queue_id: QueueId
    channel: Channel
    shard: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """An agent's free slot: who holds fewest contacts first, then who is idle longest."""

    held: int
    idle_since: datetime
    agent_id: AgentId
    profile_id: RoutingProfileId
    channel: Channel


def place_of(contact: Contact | None) -> Place | None:
    """The contact's place in the line; None when it does not wait, also while it rings."""
    if contact is None or contact.state is not ContactState.QUEUED or contact.queue is None:
        return None
    stay = contact.queue
    return Place(
        priority=stay.priority,
        entered_at=stay.counts_since,
        contact_id=contact.contact_id,
        queue_id=stay.queue_id,
        channel=contact.channel,
        shard=stay.shard,
    )


def openings_of(agent: Agent | None, profile: RoutingProfile) -> list[Opening]:
    """One row per channel on which the agent could take a contact right now."""
    if agent is None:
        return []
    return [
        Opening(len(agent.slots), agent.idle_since, agent.agent_id, profile.profile_id, channel)
        for channel in profile.concurrency
        if agent.can_take(channel, profile)
    ]


# --- the match ------------------------------------------------------------------------------------


def rank_openings(openings: Iterable[Opening]) -> list[Opening]:
    """Fewest contacts in hand, then longest idle, then agent id: the same on every run."""
    return sorted(openings)


def rank_places(
    profile: RoutingProfile, places: Sequence[Place], *, at: datetime
) -> list[tuple[ProfileQueue, Place]]:
    """The contacts this agent could take, best first: the profile's priority of the queue, the
    contact's own priority, then who waits longest. Entries whose delay is not over are left out."""
    ranked = [
        (entry, place)
        for entry in profile.queues
        for place in places
        if (entry.queue_id, entry.channel) == (place.queue_id, place.channel)
        and at >= place.entered_at + timedelta(seconds=entry.delay_seconds)
    ]
    return sorted(ranked, key=lambda pair: (pair[0].priority, pair[1]))


def is_reachable(heartbeat_at: datetime | None, *, at: datetime) -> bool:
    """Whether the agent's desk was heard of lately; a closed browser gets no offers."""
    return heartbeat_at is not None and at - heartbeat_at <= timedelta(seconds=UNREACHABLE_SECONDS)
