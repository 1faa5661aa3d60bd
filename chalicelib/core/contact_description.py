"""A contact as Amazon Connect's DescribeContact tells it, at any moment of its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.core import events as e
from chalicelib.core.center import Center
from chalicelib.core.contact import Contact, StoredSegment
from chalicelib.core.contact_record import AgentWork, work_so_far
from chalicelib.core.criteria_progress import steps_of
from chalicelib.core.events import Endpoint, Fact, Party, TransferKind
from chalicelib.core.lifecycle import USUAL_PRIORITY
from chalicelib.core.segment_attributes import subtype, typed

_BY_QUICK_CONNECT = frozenset(TransferKind) - {TransferKind.AGENT_LOST}


def described(
    contact: Contact, facts: Sequence[Fact], center: Center, *, at: datetime
) -> dict[str, object]:
    """All that is known, in Amazon Connect's words; moments as they are, for the door to write."""
    arn = f"{center.arn}/contact/{contact.contact_id}"
    known = {
        "Arn": arn,
        "Id": contact.contact_id,
        "AgentInfo": _agent(contact, facts, at, center.arn),
        "Attributes": contact.attributes,
        "Channel": contact.channel.value,
        "ConnectedToSystemTimestamp": _connected_at(contact, facts),
        "CustomerEndpoint": _endpoint(contact.customer_endpoint, contact.customer.name),
        "CustomerId": contact.customer_id,
        "DisconnectReason": contact.disconnect_reason,
        "DisconnectTimestamp": contact.disconnected_at,
        "InitialContactId": contact.initial_contact_id,
        "InitiationMethod": contact.initiation_method.value,
        "InitiationTimestamp": contact.initiated_at,
        "LastUpdateTimestamp": facts[-1].at if facts else contact.initiated_at,
        "NextContacts": _next(facts),
        "PreviousContactId": contact.previous_contact_id,
        "QueueInfo": _queue(contact),
        "Recordings": [_recording(each) for each in contact.recordings],
        "RelatedContactId": contact.related_contact_id,
        "ScheduledTimestamp": contact.plan.begins_at if contact.plan else None,
        "SystemEndpoint": _endpoint(contact.system_endpoint, center.name),
        "WisdomInfo": _assistant(facts),
        **_named(contact),
        **_pauses(facts, at),
        **_ranking(contact, facts),
    }
    return {name: value for name, value in known.items() if value is not None}


def _named(contact: Contact) -> dict[str, object]:
    """What flows and other systems call it."""
    details = contact.session.details
    plain = {name: str(details[name]) for name in ("Name", "Description") if name in details}
    tags = details.get("Tags")
    given = details.get("SegmentAttributes")
    kind = subtype(contact.channel, contact.origin)
    attributes = {"connect:Subtype": kind, **(given if isinstance(given, Mapping) else {})}
    return {
        **plain,
        "ContactDetails": plain or None,
        "SegmentAttributes": typed(attributes),
        "Tags": tags or None,
    }


def _connected_at(contact: Contact, facts: Sequence[Fact]) -> datetime | None:
    """A customer who came in was connected at once, one who is called when they answered."""
    if contact.call_back is None:
        return contact.initiated_at
    return next((fact.at for fact in facts if isinstance(fact.event, e.ContactJoined)), None)


def _queue(contact: Contact) -> dict[str, object] | None:
    stay = contact.queue
    return {"Id": stay.queue_id, "EnqueueTimestamp": stay.entered_at} if stay else None


def _agent(
    contact: Contact, facts: Sequence[Fact], at: datetime, instance_arn: str
) -> dict[str, object] | None:
    work = work_so_far(facts, until=contact.disconnected_at or at)
    if work is None:
        return None
    known = {
        "Id": work.agent_id,
        "ConnectedToAgentTimestamp": work.connected_at,
        "AgentPauseDurationInSeconds": work.pause_seconds,
        "AgentInitiatedHoldDuration": work.hold_seconds,
        "HierarchyGroups": {
            f"Level{level}": {"Arn": group.arn(instance_arn)}
            for level, group in enumerate(work.hierarchy, start=1)
        }
        or None,
        **_after_work(work),
    }
    return {name: value for name, value in known.items() if value is not None}


def _after_work(work: AgentWork) -> dict[str, object]:
    if work.wrap_up_started_at is None:
        return {}
    return {
        "AfterContactWorkDuration": work.wrap_up_seconds,
        "AfterContactWorkStartTimestamp": work.wrap_up_started_at,
        "AfterContactWorkEndTimestamp": work.wrap_up_ended_at,
    }


def _pauses(facts: Sequence[Fact], at: datetime) -> dict[str, object]:
    """When a task was put aside and taken up again, how often, and for how long in all."""
    paused = [f.at for f in facts if _is_of_contact(f.event, e.ContactHeld)]
    resumed = [f.at for f in facts if _is_of_contact(f.event, e.ContactResumed)]
    ended = next((f.at for f in facts if isinstance(f.event, e.ContactDisconnected)), at)
    ends = [*resumed, ended]
    seconds = sum((end - start).total_seconds() for start, end in zip(paused, ends, strict=False))
    return {
        "LastPausedTimestamp": paused[-1] if paused else None,
        "LastResumedTimestamp": resumed[-1] if resumed else None,
        "TotalPauseCount": len(paused),
        "TotalPauseDurationInSeconds": max(0, int(seconds)),
    }


def _is_of_contact(event: e.ContactEvent, kind: type[e.ContactHeld | e.ContactResumed]) -> bool:
    return isinstance(event, kind) and event.party is Party.CONTACT


def _ranking(contact: Contact, facts: Sequence[Fact]) -> dict[str, object]:
    wished, stay = contact.session.routing, contact.queue
    priority = stay.priority if stay else (wished.priority or USUAL_PRIORITY)
    return {
        "QueuePriority": priority,
        "QueueTimeAdjustmentSeconds": wished.age_seconds,
        "RoutingCriteria": _criteria(contact, facts),
    }


def _criteria(contact: Contact, facts: Sequence[Fact]) -> dict[str, object] | None:
    """`Index` counts how often criteria have begun anew."""
    begun = [
        fact.at
        for fact in facts
        if isinstance(fact.event, e.ContactQueued | e.RoutingCriteriaSet) and fact.event.criteria
    ]
    steps = steps_of(contact)
    if not steps or not begun:
        return None
    known = [{k: v for k, v in step.items() if v is not None} for step in steps]
    return {"Steps": known, "ActivationTimestamp": begun[-1], "Index": len(begun) - 1}


def _next(facts: Sequence[Fact]) -> list[dict[str, object]] | None:
    """Where the customer went from here, if somebody sent them there."""
    moved = [
        (fact.at, fact.event)
        for fact in facts
        if isinstance(fact.event, e.ContactTransferred) and fact.event.kind in _BY_QUICK_CONNECT
    ]
    made = [
        {"ContactId": event.to, "InitiationTimestamp": at, "QuickConnectType": event.kind.value}
        for at, event in moved
    ]
    return [
        {"Type": "QUICK_CONNECT", "NextContactMetadata": {"QuickConnectContactData": each}}
        for each in made
    ] or None


def _recording(stored: StoredSegment) -> dict[str, object]:
    return {
        "Location": f"{stored.bucket}/{stored.key}",
        "MediaStreamType": "AUDIO",
        "ParticipantType": "ALL",
        "StartTimestamp": stored.started_at,
        "Status": "AVAILABLE",
        "StorageType": "S3",
    }


def _assistant(facts: Sequence[Fact]) -> dict[str, object] | None:
    started = [f.event for f in facts if isinstance(f.event, e.AssistantSessionStarted)]
    return {"SessionArn": started[-1].session_arn} if started else None


def _endpoint(endpoint: Endpoint | None, name: str | None) -> dict[str, object] | None:
    if endpoint is None:
        return None
    known = {"Address": endpoint.address, "Type": endpoint.type, "DisplayName": name}
    return {key: value for key, value in known.items() if value is not None}
