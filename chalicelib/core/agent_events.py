"""Agent events in Amazon Connect's shape: what changed for an agent, as other systems read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.center import (
    Center,
    RoutingProfile,
    Status,
    StatusType,
    User,
    own_queue_id,
)
from chalicelib.core.events import Channel, Party
from chalicelib.core.ids import AgentId, QueueId
from chalicelib.core.routing import Agent, Slot, SlotState

VERSION = "2017-10-01"  # Connect's
HEART_BEAT_SECONDS = 120


class EventType(StrEnum):
    LOGIN = "LOGIN"
    LOGOUT = "LOGOUT"
    STATE_CHANGE = "STATE_CHANGE"
    HEART_BEAT = "HEART_BEAT"


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the center knows of an agent besides what happens to them."""

    center: Center
    user: User | None

    def agent_arn(self, agent_id: AgentId) -> str:
        return f"{self.center.arn}/agent/{agent_id}"

    def queue(self, queue_id: QueueId, name: str | None = None) -> dict[str, object]:
        known = self.center.queue(queue_id)
        return {"ARN": self.center.queue_arn(queue_id), "Name": known.name if known else name}


def is_signed_in(agent: Agent | None) -> bool:
    """At work: with a status that is not offline, at a desk that is heard of."""
    return agent is not None and agent.status.type is not StatusType.OFFLINE


def events_of(before: Agent | None, after: Agent, workplace: Workplace) -> list[dict[str, object]]:
    """The events of one commit in the order in which they happened; made anew they are the same.

    Whoever comes in is signed in before anything is said of them, whoever leaves is signed out
    last. What nobody outside can see (an offer's number, whispers) makes no event.
    """
    made: list[dict[str, object]] = []
    was_here, is_here = is_signed_in(before), is_signed_in(after)
    if is_here and not was_here:
        made.append(_event(EventType.LOGIN, after, workplace))
    old = snapshot(before, workplace) if before else None
    new = snapshot(after, workplace)
    if old != new:
        made.append(
            {
                **_event(EventType.STATE_CHANGE, after, workplace),
                "CurrentAgentSnapshot": new,
                "PreviousAgentSnapshot": old,
            }
        )
    if was_here and not is_here:
        made.append(_event(EventType.LOGOUT, after, workplace))
    return made


def _event(kind: EventType, agent: Agent, workplace: Workplace) -> dict[str, object]:
    return _enveloped(kind, f"{agent.version}:{kind}", _changed_at(agent), agent, workplace)


def _enveloped(
    kind: EventType, key: str, at: datetime, agent: Agent, workplace: Workplace
) -> dict[str, object]:
    arn = workplace.agent_arn(agent.agent_id)
    return {
        "AWSAccountId": workplace.center.arn.split(":")[4],
        "AgentARN": arn,
        "CurrentAgentSnapshot": None,
        "EventId": event_id(arn, key),
        "EventTimestamp": stamp(at),
        "EventType": kind.value,
        "InstanceARN": workplace.center.arn,
        "PreviousAgentSnapshot": None,
        "Version": VERSION,
    }


def _changed_at(agent: Agent) -> datetime:
    return max(agent.status_since, agent.idle_since, *(slot.since for slot in agent.slots))


# --- snapshots ------------------------------------------------------------------------------------


def snapshot(agent: Agent, workplace: Workplace) -> dict[str, object]:
    """All that the stream says of an agent at one moment."""
    status, next_status = agent.status, agent.next_status
    return {
        "AgentStatus": {
            **_status(status, workplace.center),
            "StartTimestamp": stamp(agent.status_since),
            "Type": status.type.value,
        },
        "Configuration": _configuration(agent, workplace),
        "Contacts": [_contact(slot, workplace) for slot in agent.slots],
        "NextAgentStatus": _status(next_status, workplace.center) if next_status else None,
    }


def _status(status: Status, center: Center) -> dict[str, object]:
    return {"ARN": f"{center.arn}/agent-state/{status.name}", "Name": status.name}


def _configuration(agent: Agent, workplace: Workplace) -> dict[str, object]:
    user = workplace.user
    first, _, last = agent.name.partition(" ")
    profile = workplace.center.profile(agent.profile_id)
    return {
        "AgentHierarchyGroups": None,
        "FirstName": first,
        "LastName": last,
        "Proficiencies": [
            {"Name": each.name, "ProficiencyLevel": each.level, "Value": each.value}
            for each in (user.proficiencies if user else ())
        ],
        "RoutingProfile": _profile(profile, agent, workplace) if profile else None,
        "Username": agent.username,
    }


def _profile(profile: RoutingProfile, agent: Agent, workplace: Workplace) -> dict[str, object]:
    center = workplace.center
    channels: dict[QueueId, list[Channel]] = {}
    for entry in profile.queues:
        channels.setdefault(entry.queue_id, []).append(entry.channel)
    channels[own_queue_id(agent.agent_id)] = list(profile.concurrency)
    outbound = profile.default_outbound_queue_id
    return {
        "ARN": f"{center.arn}/routing-profile/{profile.profile_id}",
        "Concurrency": [
            {
                "AvailableSlots": _slots_left(agent, channel, profile, most),
                "Channel": channel.value,
                "MaximumSlots": most,
            }
            for channel, most in profile.concurrency.items()
        ],
        "DefaultOutboundQueue": workplace.queue(outbound) if outbound else None,
        "InboundQueues": [
            {**workplace.queue(queue_id), "Channels": [str(each) for each in on]}
            for queue_id, on in channels.items()
        ],
        "Name": profile.name,
    }


def _slots_left(agent: Agent, channel: Channel, profile: RoutingProfile, most: int) -> int:
    if not agent.has_room_for(channel, profile):
        return 0
    return most - sum(1 for slot in agent.slots if slot.channel is channel)


def _contact(slot: Slot, workplace: Workplace) -> dict[str, object]:
    queue = workplace.center.queue(slot.queue_name)
    return {
        "Channel": slot.channel.value,
        "ContactId": slot.contact_id,
        "InitialContactId": None,
        "Queue": workplace.queue(queue.queue_id) if queue else None,
        "State": _state(slot),
        "StateStartTimestamp": stamp(slot.since),
    }


_HELD = {
    Party.CUSTOMER: "CONNECTED_ONHOLD",
    Party.AGENT: "CONNECTED_ONHOLD",
    Party.CONTACT: "PAUSED",
}


def _state(slot: Slot) -> str:
    if slot.state is SlotState.CONNECTED and slot.held is not None:
        return _HELD[slot.held]
    return slot.state.value


def stamp(at: datetime) -> str:
    """UTC with milliseconds, as everywhere in Connect's events."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_id(*names: str) -> str:
    """A UUID made of names: whoever makes the event again makes it under the same id."""
    digits = sha256(":".join(names).encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]  # RFC 9562, version 8: of our own making
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
