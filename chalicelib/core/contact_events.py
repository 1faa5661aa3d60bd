"""Contact events in Amazon Connect's shape: what a fact means to whoever listens from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from chalicelib.core import events as e
from chalicelib.core.agent_events import stamp
from chalicelib.core.center import Center, agent_named
from chalicelib.core.contact import AgentLeg, Contact
from chalicelib.core.criteria_progress import steps_of
from chalicelib.core.events import Channel, Endpoint, Fact, Party
from chalicelib.core.ids import QueueId
from chalicelib.core.segment_attributes import subtype, typed

DETAIL_TYPE = "Amazon Connect Contact Event"
SOURCE = "trunkline.connect"  # AWS keeps `aws.` for itself


class EventType(StrEnum):
    INITIATED = "INITIATED"
    CONNECTED_TO_SYSTEM = "CONNECTED_TO_SYSTEM"
    CONTACT_DATA_UPDATED = "CONTACT_DATA_UPDATED"
    QUEUED = "QUEUED"
    CONNECTED_TO_AGENT = "CONNECTED_TO_AGENT"
    DISCONNECTED = "DISCONNECTED"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """`detail` carries `eventId`, made of the fact: told twice it is the same."""

    detail: Mapping[str, object]
    resources: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """What a fact is called outside, and which properties it updated."""

    type: EventType
    updated: tuple[str, ...] = ()


def is_told(facts: Sequence[Fact]) -> bool:
    """Whether any of the facts means an event; the contact need not be read for others."""
    return any(type(fact.event) in _TOLD for fact in facts)


def events_of(contact: Contact, facts: Sequence[Fact], center: Center) -> list[ContactEvent]:
    """The events of these facts, in their order. The contact may have gone on since: what
    happened later than a fact is left out of its event."""
    return [
        _event(contact, fact, told, center) for fact in facts for told in _told_of(fact, contact)
    ]


def _told_of(fact: Fact, contact: Contact) -> Iterator[_Told]:
    tell = _TOLD.get(type(fact.event))
    return tell(fact.event, contact) if tell else iter(())


def _event(contact: Contact, fact: Fact, told: _Told, center: Center) -> ContactEvent:
    arn = f"{center.arn}/contact/{contact.contact_id}"
    detail: dict[str, object] = {
        "eventType": told.type.value,
        "eventId": f"{fact.fact_id}:{told.type}",
        "contactId": contact.contact_id,
        "initialContactId": contact.initial_contact_id,
        "previousContactId": contact.previous_contact_id,
        "channel": contact.channel.value,
        "instanceArn": center.arn,
        "initiationMethod": contact.initiation_method.value,
        "relatedContactId": contact.related_contact_id,
        "customerId": contact.customer_id,
        "updatedProperties": list(told.updated) or None,
        "initiationTimestamp": stamp(contact.initiated_at),
        "connectedToSystemTimestamp": _connected_to_system(contact, told, fact),
        "disconnectTimestamp": _until(contact.disconnected_at, fact.at),
        "disconnectReason": _reason(contact, fact),
        "scheduledTimestamp": stamp(contact.plan.begins_at) if contact.plan else None,
        "queueInfo": _queue(contact, fact, center),
        "agentInfo": _agent(contact.agent, fact.at, center),
        "customerEndpoint": _endpoint(contact.customer_endpoint),
        "systemEndpoint": _endpoint(contact.system_endpoint),
        "segmentAttributes": _segment_attributes(contact),
        "tags": contact.session.details.get("Tags"),
        "routingCriteria": _routing_criteria(contact),
    }
    known = {name: value for name, value in detail.items() if value is not None}
    return ContactEvent(known, (arn, center.arn), fact.at)


def _until(moment: datetime | None, at: datetime) -> str | None:
    return stamp(moment) if moment is not None and moment <= at else None


def _reason(contact: Contact, fact: Fact) -> str | None:
    is_over = contact.disconnected_at is not None and contact.disconnected_at <= fact.at
    return contact.disconnect_reason.value if is_over and contact.disconnect_reason else None


def _connected_to_system(contact: Contact, told: _Told, fact: Fact) -> str | None:
    """A customer who came in was connected at once, one who is called when they answered."""
    if told.type is EventType.CONNECTED_TO_SYSTEM:
        return stamp(fact.at)
    is_called = contact.call_back is not None
    return None if is_called else stamp(contact.initiated_at)


def _queue(contact: Contact, fact: Fact, center: Center) -> dict[str, object] | None:
    """The queue the contact was in by then; of several the one that the fact names."""
    if isinstance(fact.event, e.ContactQueued):
        return _queue_info(fact.event.queue_id, fact.at, center)
    stay = contact.queue
    if stay is None or stay.entered_at > fact.at:
        return None
    return _queue_info(stay.queue_id, stay.entered_at, center)


def _queue_info(queue_id: QueueId, entered_at: datetime, center: Center) -> dict[str, object]:
    return {
        "queueArn": center.queue_arn(queue_id),
        "queueType": "AGENT" if agent_named(queue_id) else "STANDARD",
        "enqueueTimestamp": stamp(entered_at),
    }


def _agent(agent: AgentLeg | None, at: datetime, center: Center) -> dict[str, object] | None:
    if agent is None or agent.connected_at > at:
        return None
    known = {
        "agentArn": f"{center.arn}/agent/{agent.agent_id}",
        "connectedToAgentTimestamp": stamp(agent.connected_at),
        "afterContactWorkStartTimestamp": _until(agent.left_at, at),
        "afterContactWorkEndTimestamp": _until(agent.done_at, at),
        "hierarchyGroups": {
            f"level{level}": {"arn": group.arn(center.arn)}
            for level, group in enumerate(agent.hierarchy, start=1)
        }
        or None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _endpoint(endpoint: Endpoint | None) -> dict[str, object] | None:
    return {"address": endpoint.address, "type": endpoint.type} if endpoint else None


def _segment_attributes(contact: Contact) -> dict[str, object]:
    """What flows set of the segment, and what kind of contact it is."""
    given = contact.session.details.get("SegmentAttributes")
    kind = subtype(contact.channel, contact.origin)
    known = {"connect:Subtype": kind, **(given if isinstance(given, Mapping) else {})}
    return {name: _value(value) for name, value in typed(known).items()}


def _value(value: Mapping[str, object]) -> dict[str, object]:
    """`valueString`, where Amazon Connect's API has `ValueString`."""
    ((kind, content),) = value.items()
    if isinstance(content, Mapping):
        content = {name: _value(each) for name, each in content.items()}
    elif isinstance(content, list):
        content = [_value(each) for each in content]
    return {f"{kind[:1].lower()}{kind[1:]}": content}


# --- routing criteria -----------------------------------------------------------------------------


def _routing_criteria(contact: Contact) -> list[object] | None:
    steps = steps_of(contact)
    stay = contact.queue
    if not steps or stay is None:
        return None
    return [{"index": 0, "activationTimestamp": stamp(stay.entered_at), "steps": _lower(steps)}]


def _lower(value: object) -> object:
    """Amazon Connect's names as its events write them: `expression`, not `Expression`."""
    if isinstance(value, Mapping):
        named = {f"{key[:1].lower()}{key[1:]}": _lower(each) for key, each in value.items()}
        return {name: each for name, each in named.items() if each is not None}
    if isinstance(value, list):
        return [_lower(each) for each in value]
    return stamp(value) if isinstance(value, datetime) else value


# --- which facts are told -------------------------------------------------------------------------


def _initiated(event: e.ContactInitiated, contact: Contact) -> Iterator[_Told]:
    yield _Told(EventType.INITIATED)
    if event.channel is not Channel.VOICE:
        yield _Told(EventType.CONNECTED_TO_SYSTEM)


def _joined(event: e.ContactJoined, contact: Contact) -> Iterator[_Told]:
    """Whoever is called back is there when the talk begins."""
    if contact.call_back is not None:
        yield _Told(EventType.CONNECTED_TO_SYSTEM)


def _held(event: e.ContactHeld, contact: Contact) -> Iterator[_Told]:
    if event.party is Party.CONTACT:
        yield _Told(EventType.PAUSED)


def _resumed(event: e.ContactResumed, contact: Contact) -> Iterator[_Told]:
    if event.party is Party.CONTACT:
        yield _Told(EventType.RESUMED)


def _details(event: e.DetailsUpdated, contact: Contact) -> Iterator[_Told]:
    updated = tuple(name for name in ("SegmentAttributes", "Tags") if name in event.details)
    if updated:
        yield _Told(EventType.CONTACT_DATA_UPDATED, updated)


def _as(type_: EventType, *updated: str) -> _Tell:
    return lambda event, contact: iter((_Told(type_, updated),))


type _Tell = Callable[[e.ContactEvent, Contact], Iterator[_Told]]
_STEP = "RoutingCriteria.Step.Status"
_TOLD = cast(
    "dict[type, _Tell]",
    {
        e.ContactInitiated: _initiated,
        e.ContactJoined: _joined,
        e.ContactQueued: _as(EventType.QUEUED),
        e.ContactConnected: _as(EventType.CONNECTED_TO_AGENT),
        e.ContactDisconnected: _as(EventType.DISCONNECTED),
        e.ContactCompleted: _as(EventType.COMPLETED),
        e.ContactHeld: _held,
        e.ContactResumed: _resumed,
        e.AttributesUpdated: _as(EventType.CONTACT_DATA_UPDATED, "UserDefinedAttributes"),
        e.DetailsUpdated: _details,
        e.RoutingCriteriaSet: _as(EventType.CONTACT_DATA_UPDATED, _STEP),
        e.RoutingStepExpired: _as(EventType.CONTACT_DATA_UPDATED, _STEP),
    },
)
