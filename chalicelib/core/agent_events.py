"""Agent events in Amazon Connect's shape: what changed for an agent, as other systems read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.center import (
    Center,
    RoutingProfile,
    Status,
    first_and_last,
    own_queue_id,
)
from chalicelib.core.events import Channel, Party
from chalicelib.core.hierarchy import levels_of
from chalicelib.core.ids import QueueId
from chalicelib.core.routing import Agent, Slot, SlotState, is_signed_in

VERSION = "2017-10-01"  # Connect's
HEART_BEAT_SECONDS = 120


class EventType(StrEnum):
    LOGIN = "LOGIN"
    LOGOUT = "LOGOUT"
    STATE_CHANGE = "STATE_CHANGE"
    HEART_BEAT = "HEART_BEAT"


def events_of(before: Agent | None, after: Agent, center: Center) -> list[dict[str, object]]:
    """The events of one commit in the order in which they happened; made anew they are the same.

    Whoever comes in is signed in before anything is said of them, whoever leaves is signed out
    last. What nobody outside can see (an offer's number, whispers) makes no event.
    """
    made: list[dict[str, object]] = []
    was_here = before is not None and is_signed_in(before)
    is_here = is_signed_in(after)
    if is_here and not was_here:
        made.append(_event(EventType.LOGIN, after, center))
    old = snapshot(before, center) if before else None
    new = snapshot(after, center)
    if old != new:
        made.append(
            {
                **_event(EventType.STATE_CHANGE, after, center),
                "CurrentAgentSnapshot": new,
                "PreviousAgentSnapshot": old,
            }
        )
    if was_here and not is_here:
        made.append(_event(EventType.LOGOUT, after, center))
    return made


def heart_beat(
    agent: Agent, center: Center, *, since: datetime, until: datetime
) -> dict[str, object] | None:
    """The newest heartbeat of the agent that is due after `since`, and not after `until`.

    One is due every HEART_BEAT_SECONDS as long as nothing else is said of an agent at work.
    """
    quiet_since = _changed_at(agent)
    number = _beats(quiet_since, until)
    if not is_signed_in(agent) or number <= max(0, _beats(quiet_since, since)):
        return None
    at = quiet_since + timedelta(seconds=number * HEART_BEAT_SECONDS)
    now = snapshot(agent, center)
    return {
        **_enveloped(EventType.HEART_BEAT, f"{agent.version}:{number}", at, agent, center),
        "CurrentAgentSnapshot": now,
        "PreviousAgentSnapshot": now,
    }


def _beats(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds() // HEART_BEAT_SECONDS)


def _event(kind: EventType, agent: Agent, center: Center) -> dict[str, object]:
    return _enveloped(kind, f"{agent.version}:{kind}", _changed_at(agent), agent, center)


def _enveloped(
    kind: EventType, key: str, at: datetime, agent: Agent, center: Center
) -> dict[str, object]:
    arn = f"{center.arn}/agent/{agent.agent_id}"
    return {
        "AWSAccountId": center.arn.split(":")[4],
        "AgentARN": arn,
        "CurrentAgentSnapshot": None,
        "EventId": event_id(arn, key),
        "EventTimestamp": stamp(at),
        "EventType": kind.value,
        "InstanceARN": center.arn,
        "PreviousAgentSnapshot": None,
        "Version": VERSION,
    }


def _changed_at(agent: Agent) -> datetime:
    return agent.changed_at or agent.status_since


# --- snapshots ------------------------------------------------------------------------------------


def snapshot(agent: Agent, center: Center) -> dict[str, object]:
    """All that the stream says of an agent at one moment."""
    return {
        "AgentStatus": {
            **_status(agent.status, center),
            "StartTimestamp": stamp(agent.status_since),
            "Type": agent.status.type.value,
        },
        "Configuration": _configuration(agent, center),
        "Contacts": [_contact(slot, center) for slot in agent.slots],
        "NextAgentStatus": _next_status(agent, center),
    }


def _next_status(agent: Agent, center: Center) -> dict[str, object] | None:
    if agent.next_status is None:
        return None
    return {
        **_status(agent.next_status, center),
        "EnqueuedTimestamp": stamp(agent.next_status_since or _changed_at(agent)),
    }


def _status(status: Status, center: Center) -> dict[str, object]:
    return {"ARN": center.status_arn(status), "Name": status.name}


def _configuration(agent: Agent, center: Center) -> dict[str, object]:
    first, last = first_and_last(agent.name, agent.first_name, agent.last_name)
    path = center.hierarchy_path(agent.hierarchy_group_id)
    profile = center.profile(agent.profile_id)
    return {
        "AgentHierarchyGroups": levels_of(path, center.hierarchy_group_arn),
        "FirstName": first,
        "LastName": last,
        "Proficiencies": [
            {"Name": each.name, "ProficiencyLevel": each.level, "Value": each.value}
            for each in agent.proficiencies
        ],
        "RoutingProfile": _profile(profile, agent, center) if profile else None,
        "Username": agent.username,
    }


def _profile(profile: RoutingProfile, agent: Agent, center: Center) -> dict[str, object]:
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
        "DefaultOutboundQueue": _queue(outbound, center) if outbound else None,
        "InboundQueues": [
            {**_queue(queue_id, center), "Channels": [str(each) for each in on]}
            for queue_id, on in channels.items()
        ],
        "Name": profile.name,
    }


def _slots_left(agent: Agent, channel: Channel, profile: RoutingProfile, most: int) -> int:
    if not agent.has_room_for(channel, profile):
        return 0
    return most - sum(1 for slot in agent.slots if slot.channel is channel)


def _queue(queue_id: QueueId, center: Center) -> dict[str, object]:
    """An agent's own queue has no name."""
    known = center.queue(queue_id)
    return {"ARN": center.queue_arn(queue_id), "Name": known.name if known else None}


def _contact(slot: Slot, center: Center) -> dict[str, object]:
    return {
        "Channel": slot.channel.value,
        "ConnectedToAgentTimestamp": _maybe(slot.connected_at),
        "ContactId": slot.contact_id,
        "InitialContactId": slot.initial_contact_id,
        "InitiationMethod": slot.initiation_method.value,
        "Queue": _queue(slot.queue_id, center) if slot.queue_id else None,
        "QueueTimestamp": _maybe(slot.queued_at),
        "State": state_of(slot),
        "StateStartTimestamp": stamp(max(slot.since, slot.turned_at or slot.since)),
    }


_HELD = {
    Party.CUSTOMER: "CONNECTED_ONHOLD",
    Party.AGENT: "CONNECTED_ONHOLD",
    Party.CONTACT: "PAUSED",
}


def state_of(slot: Slot) -> str:
    """Amazon Connect's word for what an agent has of a contact.

    A call back is INCOMING while it rings, and CONNECTING until the customer has answered.
    """
    if slot.state is SlotState.CONNECTING and slot.is_call_back:
        return "INCOMING"
    if slot.state is not SlotState.CONNECTED:
        return slot.state.value
    if slot.held is not None:
        return _HELD[slot.held]
    return "CONNECTING" if slot.is_call_back and not slot.is_joined else slot.state.value


def _maybe(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def stamp(at: datetime) -> str:
    """UTC with milliseconds, as everywhere in Connect's events."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_id(*names: str) -> str:
    """A UUID made of names: whoever makes the event again makes it under the same id."""
    digits = sha256(":".join(names).encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]  # RFC 9562, version 8: of our own making
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
