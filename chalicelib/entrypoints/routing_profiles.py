"""REST: Amazon Connect's API for routing profiles."""

from __future__ import annotations

from collections.abc import Callable

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import (
    AvailabilityTimer,
    Center,
    CrossChannel,
    ProfileQueue,
    RoutingProfile,
)
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import QueueId
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.routing_profiles import Media, NewRoutingProfile, Pair, pair_key

bp = Blueprint(__name__)

_PROFILES = "/routing-profiles/{instance_id}"
_PROFILE = "/routing-profiles/{instance_id}/{profile_id}"
_QUEUES_LIMIT = 100  # in one page, Amazon Connect's
_SEARCH_LIMIT = 500


class QueueReference(Shape):
    queue_id: str
    channel: Channel

    def pair(self) -> Pair:
        return self.queue_id, self.channel


class QueueConfig(Shape):
    queue_reference: QueueReference
    priority: int
    delay: int

    def entry(self) -> ProfileQueue:
        return ProfileQueue(
            queue_id=QueueId(self.queue_reference.queue_id),
            channel=self.queue_reference.channel,
            priority=self.priority,
            delay_seconds=self.delay,
        )


class CrossChannelBehavior(Shape):
    behavior_type: CrossChannel


class MediaConcurrency(Shape):
    channel: Channel
    concurrency: int
    cross_channel_behavior: CrossChannelBehavior | None = None
    workload_type_concurrencies: list[object] = []

    def media(self) -> Media:
        if self.workload_type_concurrencies:
            message = "workload types are not known here"
            raise Rejected(message, field="MediaConcurrencies.WorkloadTypeConcurrencies")
        if self.cross_channel_behavior is None:
            return Media(channel=self.channel, concurrency=self.concurrency)
        return Media(
            channel=self.channel,
            concurrency=self.concurrency,
            cross_channel=self.cross_channel_behavior.behavior_type,
        )


class Queues(Shape):
    """Those that somebody picks contacts from by hand are none of ours."""

    queue_configs: list[QueueConfig] = []
    manual_assignment_queue_configs: list[object] = []

    def entries(self) -> list[ProfileQueue]:
        if self.manual_assignment_queue_configs:
            message = "contacts are not assigned by hand here"
            raise Rejected(message, field="ManualAssignmentQueueConfigs")
        return [each.entry() for each in self.queue_configs]


class CreateRoutingProfile(Queues, kw_only=True):
    name: str
    description: str
    default_outbound_queue_id: str
    media_concurrencies: list[MediaConcurrency]
    agent_availability_timer: AvailabilityTimer = AvailabilityTimer.LAST_ACTIVITY
    tags: dict[str, str] = {}


class UpdateName(Shape):
    name: str | None = None
    description: str | None = None


class UpdateConcurrency(Shape):
    media_concurrencies: list[MediaConcurrency]


class UpdateOutboundQueue(Shape):
    default_outbound_queue_id: str


class UpdateTimer(Shape):
    agent_availability_timer: AvailabilityTimer


class QueueReferences(Shape):
    queue_references: list[QueueReference] = []


@endpoint(bp, "PUT", _PROFILES, who=ADMINS, body=CreateRoutingProfile, style=CONNECT)
def create_routing_profile(call: Call, instance_id: str) -> object:
    body: CreateRoutingProfile = call.body
    center = center_of(instance_id)
    new = NewRoutingProfile(
        name=body.name,
        description=body.description,
        default_outbound_queue_id=body.default_outbound_queue_id,
        media=[each.media() for each in body.media_concurrencies],
        queues=body.entries(),
        availability_timer=body.agent_availability_timer,
        tags=body.tags,
    )
    return _named(center, bootstrap.routing_profiles().create(center, new))


@endpoint(bp, "GET", _PROFILE, who=ADMINS, style=CONNECT)
def describe_routing_profile(call: Call, instance_id: str, profile_id: str) -> object:
    center = center_of(instance_id)
    profile = bootstrap.routing_profiles().find(center, profile_id)
    return {"RoutingProfile": _described(center)(profile)}


@endpoint(bp, "POST", f"{_PROFILE}/name", who=ADMINS, body=UpdateName, style=CONNECT)
def update_routing_profile_name(call: Call, instance_id: str, profile_id: str) -> object:
    body: UpdateName = call.body
    center, profiles = center_of(instance_id), bootstrap.routing_profiles()
    profiles.rename(center, profile_id, name=body.name, text=body.description)
    return {}


@endpoint(bp, "POST", f"{_PROFILE}/concurrency", who=ADMINS, body=UpdateConcurrency, style=CONNECT)
def update_routing_profile_concurrency(call: Call, instance_id: str, profile_id: str) -> object:
    media = [each.media() for each in call.body.media_concurrencies]
    bootstrap.routing_profiles().set_media(center_of(instance_id), profile_id, media)
    return {}


@endpoint(
    bp,
    "POST",
    f"{_PROFILE}/default-outbound-queue",
    who=ADMINS,
    body=UpdateOutboundQueue,
    style=CONNECT,
)
def update_routing_profile_default_outbound_queue(
    call: Call, instance_id: str, profile_id: str
) -> object:
    queue_id = call.body.default_outbound_queue_id
    bootstrap.routing_profiles().set_outbound_queue(center_of(instance_id), profile_id, queue_id)
    return {}


@endpoint(
    bp, "POST", f"{_PROFILE}/agent-availability-timer", who=ADMINS, body=UpdateTimer, style=CONNECT
)
def update_routing_profile_agent_availability_timer(
    call: Call, instance_id: str, profile_id: str
) -> object:
    timer = call.body.agent_availability_timer
    bootstrap.routing_profiles().set_timer(center_of(instance_id), profile_id, timer)
    return {}


@endpoint(bp, "POST", f"{_PROFILE}/associate-queues", who=ADMINS, body=Queues, style=CONNECT)
def associate_routing_profile_queues(call: Call, instance_id: str, profile_id: str) -> object:
    entries = call.body.entries()
    bootstrap.routing_profiles().add_queues(center_of(instance_id), profile_id, entries)
    return {}


@endpoint(
    bp, "POST", f"{_PROFILE}/disassociate-queues", who=ADMINS, body=QueueReferences, style=CONNECT
)
def disassociate_routing_profile_queues(call: Call, instance_id: str, profile_id: str) -> object:
    pairs = [each.pair() for each in call.body.queue_references]
    bootstrap.routing_profiles().remove_queues(center_of(instance_id), profile_id, pairs)
    return {}


@endpoint(bp, "POST", f"{_PROFILE}/queues", who=ADMINS, body=Queues, style=CONNECT)
def update_routing_profile_queues(call: Call, instance_id: str, profile_id: str) -> object:
    entries = call.body.entries()
    bootstrap.routing_profiles().change_queues(center_of(instance_id), profile_id, entries)
    return {}


@endpoint(bp, "GET", f"{_PROFILE}/queues", who=ADMINS, style=CONNECT)
def list_routing_profile_queues(call: Call, instance_id: str, profile_id: str) -> object:
    center, profiles = center_of(instance_id), bootstrap.routing_profiles()
    found = listed(
        call,
        "RoutingProfileQueueConfigSummaryList",
        profiles.queues(center, profile_id),
        lambda entry: pair_key(entry.queue_id, entry.channel),
        lambda entry: _entry(center, entry),
        limit=_QUEUES_LIMIT,
    )
    return {**found, **dated(center, profiles.find(center, profile_id).changed_at)}


@endpoint(bp, "DELETE", _PROFILE, who=ADMINS, style=CONNECT)
def delete_routing_profile(call: Call, instance_id: str, profile_id: str) -> object:
    bootstrap.routing_profiles().delete(center_of(instance_id), profile_id)
    return {}


@endpoint(bp, "GET", "/routing-profiles-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_routing_profiles(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "RoutingProfileSummaryList",
        bootstrap.routing_profiles().listed(center),
        lambda profile: profile.name,
        lambda profile: {
            "Id": profile.profile_id,
            "Arn": center.profile_arn(profile.profile_id),
            "Name": profile.name,
            **dated(center, profile.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-routing-profiles", who=ADMINS, body=Search, style=CONNECT)
def search_routing_profiles(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "RoutingProfiles",
        bootstrap.routing_profiles().listed(center),
        lambda profile: profile.name,
        _searched,
        _described(center),
        limit=_SEARCH_LIMIT,
    )


# --- shapes -------------------------------------------------------------------------------------


def _named(center: Center, profile: RoutingProfile) -> dict[str, object]:
    return {
        "RoutingProfileArn": center.profile_arn(profile.profile_id),
        "RoutingProfileId": profile.profile_id,
    }


def _described(center: Center) -> Callable[[RoutingProfile], dict[str, object]]:
    """Whoever describes many counts the users once."""
    sizes = bootstrap.routing_profiles().sizes()

    def described(profile: RoutingProfile) -> dict[str, object]:
        queues = list(dict.fromkeys(entry.queue_id for entry in profile.queues))
        known = {
            "InstanceId": center.instance_id,
            **_named(center, profile),
            "Name": profile.name,
            "Description": profile.description or None,
            "MediaConcurrencies": [
                {
                    "Channel": channel,
                    "Concurrency": most,
                    "CrossChannelBehavior": {
                        "BehaviorType": profile.cross_channel.get(
                            channel, CrossChannel.CURRENT_ONLY
                        )
                    },
                }
                for channel, most in profile.concurrency.items()
            ],
            "DefaultOutboundQueueId": profile.default_outbound_queue_id,
            "Tags": dict(profile.tags),
            "NumberOfAssociatedQueues": len(profile.queues),
            "NumberOfAssociatedUsers": sizes.get(profile.profile_id, 0),
            "AgentAvailabilityTimer": profile.availability_timer,
            "AssociatedQueueIds": queues,
            **dated(center, profile.changed_at),
        }
        return without_nothing(known)

    return described


def _entry(center: Center, entry: ProfileQueue) -> dict[str, object]:
    queue = center.queue(entry.queue_id)
    return {
        "QueueId": entry.queue_id,
        "QueueArn": center.queue_arn(entry.queue_id),
        "QueueName": queue.name if queue else entry.queue_id,
        "Priority": entry.priority,
        "Delay": entry.delay_seconds,
        "Channel": entry.channel,
    }


def _searched(profile: RoutingProfile) -> Found:
    texts = {
        "name": profile.name,
        "description": profile.description,
        "resourceid": profile.profile_id,
    }
    return Found(texts=texts, tags=profile.tags)
