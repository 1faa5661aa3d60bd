"""The JSON form of a contact record: Amazon Connect's keys, and a section of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.core.contact_record import (
    AgentWork,
    ContactRecord,
    OfferMade,
    QueueStay,
    StoredRecording,
)
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.segment_attributes import subtype, typed

FORMAT_VERSION = "2017-03-10"  # Connect's, unchanged since then
OWN_SECTION = "Trunkline"

_PLAIN = ("Name", "Description")
_MEDIA = {Channel.VOICE: "AUDIO", Channel.CHAT: "CHAT"}


def document(record: ContactRecord) -> dict[str, object]:
    """The record as Connect writes it; keys that can hold nothing are there with null."""
    arn = record.instance_arn
    return {
        "AWSAccountId": arn.split(":")[4] if arn.count(":") >= 5 else None,
        "AWSContactTraceRecordFormatVersion": FORMAT_VERSION,
        "Agent": _agent(record.agent, arn),
        "AgentConnectionAttempts": len(record.offers),
        "Attributes": dict(record.attributes),
        "Channel": record.channel.value,
        "ConnectedToSystemTimestamp": stamp(record.initiated_at),
        "ContactDetails": {k: record.details[k] for k in _PLAIN if k in record.details},
        "ContactId": record.contact_id,
        "CustomerEndpoint": _endpoint(record.customer_endpoint),
        "CustomerId": record.customer_id,
        "DisconnectDetails": _disconnect_details(record),
        "DisconnectReason": record.disconnect_reason.value,
        "DisconnectTimestamp": stamp(record.disconnected_at),
        "InitialContactId": record.initial_contact_id,
        "InitiationMethod": record.initiation_method.value,
        "InitiationTimestamp": stamp(record.initiated_at),
        "InstanceARN": arn,
        "LastUpdateTimestamp": stamp(record.last_update_at),
        "MediaStreams": [{"Type": _MEDIA[record.channel]}] if record.channel in _MEDIA else [],
        "NextContactId": record.next_contact_id,
        "PreviousContactId": record.previous_contact_id,
        "Queue": _queue(record.queue, arn),
        "Recording": _first_recording(record.recordings),
        "Recordings": _media(record),
        "References": _references(record.details.get("References")),
        "SegmentAttributes": _segment_attributes(record),
        "SystemEndpoint": _endpoint(record.system_endpoint),
        "Tags": {**_mapping(record.details.get("Tags")), "aws:connect:instanceId": _last(arn)},
        "TotalPauseCount": record.agent.pauses if record.agent else 0,
        "TotalPauseDurationInSeconds": record.agent.pause_seconds if record.agent else 0,
        "TransferCompletedTimestamp": _maybe(record.transfer_completed_at),
        "TransferredToEndpoint": _endpoint(record.transferred_to),
        OWN_SECTION: _ours(record),
    }


def stamp(at: datetime) -> str:
    """UTC, whole seconds, as every moment of a contact record; these strings sort by time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ours(record: ContactRecord) -> Mapping[str, object]:
    return {
        "AgentId": record.agent.agent_id if record.agent else None,
        "Direction": record.direction.value,
        "Disposition": record.disposition,
        "EarlierQueues": [_queue(stay, record.instance_arn) for stay in record.earlier_queues],
        "LastFact": record.last_fact,
        "LiveStreams": record.details.get("MediaStreams"),
        "Offers": [_offer(offer) for offer in record.offers],
        "PreDisconnectState": record.pre_disconnect_state,
        "QueueId": record.queue.queue_id if record.queue else None,
        "Subject": record.subject,
        "Segments": [_segment(recording) for recording in record.recordings],
        "TicketId": record.ticket_id,
    }


def _offer(offer: OfferMade) -> Mapping[str, object]:
    return {
        "OfferId": offer.offer_id,
        "AgentId": offer.agent_id,
        "Username": offer.username or None,
        "OfferedTimestamp": stamp(offer.offered_at),
        "EndedTimestamp": stamp(offer.ended_at),
        "Outcome": offer.outcome.value,
    }


def _segment(recording: StoredRecording) -> Mapping[str, object]:
    return {
        "Segment": recording.segment,
        "Location": recording.location,
        "Seconds": recording.seconds,
        "Channels": recording.channels,
        "SHA256": recording.sha256,
    }


def _agent(agent: AgentWork | None, arn: str) -> Mapping[str, object] | None:
    if agent is None:
        return None
    return {
        "ARN": f"{arn}/agent/{agent.agent_id}",
        "AfterContactWorkDuration": agent.wrap_up_seconds,
        "AfterContactWorkEndTimestamp": _maybe(agent.wrap_up_ended_at),
        "AfterContactWorkStartTimestamp": _maybe(agent.wrap_up_started_at),
        "AgentInteractionDuration": agent.interaction_seconds,
        "ConnectedToAgentTimestamp": stamp(agent.connected_at),
        "CustomerHoldDuration": agent.hold_seconds,
        "HierarchyGroups": {
            f"Level{level}": {"ARN": group.arn(arn), "GroupName": group.name}
            for level, group in enumerate(agent.hierarchy, start=1)
        }
        or None,
        "AgentPauseDuration": agent.pause_seconds,
        "LongestHoldDuration": agent.longest_hold_seconds,
        "NumberOfHolds": agent.holds,
        "RoutingProfile": {
            "ARN": f"{arn}/routing-profile/{agent.routing_profile_id}",
            "Name": agent.routing_profile_name,
        },
        "Username": agent.username,
    }


def _queue(queue: QueueStay | None, arn: str) -> Mapping[str, object] | None:
    if queue is None:
        return None
    return {
        "ARN": f"{arn}/queue/{queue.queue_id.replace(':', '/')}",
        "DequeueTimestamp": stamp(queue.dequeued_at),
        "Duration": queue.seconds,
        "EnqueueTimestamp": stamp(queue.enqueued_at),
        "Name": queue.name,
    }


def _segment_attributes(record: ContactRecord) -> Mapping[str, object]:
    """Each under the type of its value, as Connect's API has them."""
    given = _mapping(record.details.get("SegmentAttributes"))
    known = {"connect:Subtype": subtype(record.channel, record.origin), **given}
    return typed(known)


def _references(given: object) -> list[Mapping[str, object]]:
    return [
        {"Name": name, "Type": each.get("Type"), "Value": each.get("Value")}
        for name, each in _mapping(given).items()
        if isinstance(each, Mapping)
    ]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _first_recording(recordings: tuple[StoredRecording, ...]) -> Mapping[str, object] | None:
    if not recordings:
        return None
    return {
        "DeletionReason": None,
        "Location": recordings[0].location,
        "Status": "AVAILABLE",
        "Type": "AUDIO",
    }


def _media(record: ContactRecord) -> list[Mapping[str, object]] | None:
    """Audio segments and the transcript; null when nothing was kept, as Connect has it."""
    kept = [
        _kept(r.location, "AUDIO", start=stamp(r.started_at), stop=stamp(r.stopped_at))
        for r in record.recordings
    ]
    if record.transcript is not None:
        start, stop = stamp(record.initiated_at), stamp(record.disconnected_at)
        kept.append(_kept(record.transcript.location, "CHAT", start=start, stop=stop))
    return kept or None


def _disconnect_details(record: ContactRecord) -> Mapping[str, object] | None:
    """What may have been wrong, where something was."""
    issue = "AGENT_CONNECTIVITY_ISSUE"
    return {"PotentialDisconnectIssue": issue} if record.is_agent_lost else None


def _kept(location: str, media: str, *, start: str, stop: str) -> Mapping[str, object]:
    return {
        "DeletionReason": None,
        "FragmentStartNumber": None,
        "FragmentStopNumber": None,
        "Location": location,
        "MediaStreamType": media,
        "ParticipantType": "All",
        "StartTimestamp": start,
        "Status": "AVAILABLE",
        "StopTimestamp": stop,
        "StorageType": "S3",
    }


def _endpoint(endpoint: Endpoint | None) -> Mapping[str, object] | None:
    return {"Address": endpoint.address, "Type": endpoint.type} if endpoint else None


def _maybe(at: datetime | None) -> str | None:
    return stamp(at) if at else None
