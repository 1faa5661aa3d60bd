"""Routing profiles as Amazon Connect's API speaks of them: made, changed part by part, deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.core.center import (
    AvailabilityTimer,
    Center,
    CrossChannel,
    ProfileQueue,
    RoutingProfile,
)
from chalicelib.core.errors import InUse, NotFound, Rejected, TooMany
from chalicelib.core.events import Channel
from chalicelib.core.ids import QueueId, RoutingProfileId
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.parts import description, found, free_name
from chalicelib.services.user_ports import UserStore

QUEUES_LIMIT = 50  # pairs of queue and channel in a profile
QUEUES_AT_ONCE = 10
PRIORITIES = range(1, 100)
DELAYS = range(10_000)  # seconds
MOST_AT_ONCE = 10  # contacts on a channel; of calls, one
_QUEUES = "QueueConfigs"
_MEDIA = "MediaConcurrencies"

type Pair = tuple[str, Channel]


@dataclass(frozen=True, kw_only=True)
class Media:
    """How many contacts at once on a channel, and whether others come beside them."""

    channel: Channel
    concurrency: int
    cross_channel: CrossChannel = CrossChannel.CURRENT_ONLY


@dataclass(frozen=True, kw_only=True)
class NewRoutingProfile:
    """Ids may be ARNs."""

    name: str
    description: str
    default_outbound_queue_id: str
    media: Sequence[Media]
    queues: Sequence[ProfileQueue] = ()
    availability_timer: AvailabilityTimer = AvailabilityTimer.LAST_ACTIVITY
    tags: Mapping[str, str] = field(default_factory=dict)


class RoutingProfilesService:
    """The routing profiles of one center. Agents at work notice a change within seconds."""

    def __init__(
        self,
        store: PartStore,
        users: UserStore,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._users = users
        self._now = now
        self._new_id = new_id

    def listed(self, center: Center) -> list[RoutingProfile]:
        """By name."""
        return sorted(center.profiles, key=lambda profile: profile.name)

    def find(self, center: Center, reference: str) -> RoutingProfile:
        return find_profile(center, reference)

    def sizes(self) -> Mapping[RoutingProfileId, int]:
        """How many users have each of those that anybody has."""
        counts: dict[RoutingProfileId, int] = {}
        for user in self._users.users():
            if user.profile_id is not None:
                counts[user.profile_id] = counts.get(user.profile_id, 0) + 1
        return counts

    def create(self, center: Center, new: NewRoutingProfile) -> RoutingProfile:
        profile = RoutingProfile(
            profile_id=RoutingProfileId(self._new_id()),
            name=_free(center, new.name),
            description=_described(new.description),
            default_outbound_queue_id=_queue(center, new.default_outbound_queue_id),
            queues=(),
            concurrency={},
            availability_timer=new.availability_timer,
            tags=checked_tags(new.tags),
        )
        profile = _with_media(profile, new.media)
        return self._save(_with_queues(profile, _checked(center, new.queues)))

    def rename(self, center: Center, reference: str, *, name: str | None, text: str | None) -> None:
        """What is None stays."""
        profile = self.find(center, reference)
        if name is not None and name != profile.name:
            profile = replace(profile, name=_free(center, name))
        if text is not None:
            profile = replace(profile, description=_described(text))
        self._save(profile)

    def set_media(self, center: Center, reference: str, media: Sequence[Media]) -> None:
        """All of it anew: a channel that is not named gets no contacts."""
        self._save(_with_media(self.find(center, reference), media))

    def set_outbound_queue(self, center: Center, reference: str, queue_id: str) -> None:
        profile = self.find(center, reference)
        self._save(replace(profile, default_outbound_queue_id=_queue(center, queue_id)))

    def set_timer(self, center: Center, reference: str, timer: AvailabilityTimer) -> None:
        self._save(replace(self.find(center, reference), availability_timer=timer))

    # --- queues ---

    def queues(self, center: Center, reference: str) -> list[ProfileQueue]:
        """By queue and channel."""
        profile = self.find(center, reference)
        return sorted(profile.queues, key=lambda entry: pair_key(entry.queue_id, entry.channel))

    def add_queues(self, center: Center, reference: str, queues: Sequence[ProfileQueue]) -> None:
        """A pair that is there already gets the new priority and delay."""
        profile = self.find(center, reference)
        self._save(_with_queues(profile, _checked(center, queues)))

    def change_queues(self, center: Center, reference: str, queues: Sequence[ProfileQueue]) -> None:
        """New priorities and delays of pairs that are there; NotFound for others."""
        profile, changed = self.find(center, reference), _checked(center, queues)
        for entry in changed:
            if not profile.serves(entry.queue_id, entry.channel):
                message = f"routing profile {profile.name!r} has no {entry.channel} of this queue"
                raise NotFound(message, field=_QUEUES, value=entry.queue_id)
        self._save(_with_queues(profile, changed))

    def remove_queues(self, center: Center, reference: str, pairs: Collection[Pair]) -> None:
        """A pair that is not there is no error."""
        profile = self.find(center, reference)
        gone = {(queue_id.rsplit("/", 1)[-1], channel) for queue_id, channel in pairs}
        left = tuple(e for e in profile.queues if (e.queue_id, e.channel) not in gone)
        self._save(replace(profile, queues=left))

    def delete(self, center: Center, reference: str) -> None:
        """Refused while users have it."""
        profile = self.find(center, reference)
        users = [
            f"user {user.username!r}"
            for user in self._users.users()
            if user.profile_id == profile.profile_id
        ]
        if users:
            arn = center.profile_arn(profile.profile_id)
            raise InUse(f"routing profile {profile.name!r}", users, value=arn)
        self._store.delete_part("profile", profile.profile_id)

    def _save(self, profile: RoutingProfile) -> RoutingProfile:
        profile = replace(profile, changed_at=self._now())
        self._store.save_part("profile", profile.profile_id, profile)
        return profile


def find_profile(center: Center, reference: str) -> RoutingProfile:
    """By id or ARN; NotFound."""
    known, field = center.profiles, "RoutingProfileId"
    return found(known, reference, lambda p: p.profile_id, noun="routing profile", field=field)


def pair_key(queue_id: str, channel: Channel) -> str:
    return f"{queue_id} {channel}"


def _free(center: Center, name: str) -> str:
    return free_name(name, [p.name for p in center.profiles], noun="routing profile")


def _described(text: str) -> str:
    if not text:
        raise Rejected("Description is missing", field="Description", value=text)
    return description(text)


def _queue(center: Center, reference: str) -> QueueId:
    field = "DefaultOutboundQueueId"
    known = center.queues
    return found(known, reference, lambda q: q.queue_id, noun="queue", field=field).queue_id


def _checked(center: Center, queues: Sequence[ProfileQueue]) -> list[ProfileQueue]:
    if len(queues) > QUEUES_AT_ONCE:
        message = f"at most {QUEUES_AT_ONCE} queues at once"
        raise Rejected(message, field=_QUEUES, value=len(queues))
    return [_checked_entry(center, entry) for entry in queues]


def _checked_entry(center: Center, entry: ProfileQueue) -> ProfileQueue:
    for name, value, allowed in (
        ("Priority", entry.priority, PRIORITIES),
        ("Delay", entry.delay_seconds, DELAYS),
    ):
        if value not in allowed:
            message = f"{name} is from {allowed[0]} to {allowed[-1]}, not {value}"
            raise Rejected(message, field=f"{_QUEUES}.{name}", value=value)
    where, known = f"{_QUEUES}.QueueReference.QueueId", center.queues
    queue = found(known, entry.queue_id, lambda q: q.queue_id, noun="queue", field=where)
    return replace(entry, queue_id=queue.queue_id)


def _with_queues(profile: RoutingProfile, more: Sequence[ProfileQueue]) -> RoutingProfile:
    entries = {(entry.queue_id, entry.channel): entry for entry in (*profile.queues, *more)}
    if len(entries) > QUEUES_LIMIT:
        message = f"a routing profile has at most {QUEUES_LIMIT} pairs of queue and channel"
        raise TooMany(message, field=_QUEUES, value=len(entries))
    return replace(profile, queues=tuple(entries.values()))


def _with_media(profile: RoutingProfile, media: Sequence[Media]) -> RoutingProfile:
    for each in media:
        most = 1 if each.channel is Channel.VOICE else MOST_AT_ONCE
        if not 0 <= each.concurrency <= most:
            message = f"Concurrency of {each.channel} is from 0 to {most}, not {each.concurrency}"
            raise Rejected(message, field=f"{_MEDIA}.Concurrency", value=each.concurrency)
    if not media or len({each.channel for each in media}) < len(media):
        raise Rejected(f"{_MEDIA} names each channel once", field=_MEDIA, value=len(media))
    return replace(
        profile,
        concurrency={each.channel: each.concurrency for each in media},
        cross_channel={each.channel: each.cross_channel for each in media},
    )
