"""Amazon Connect's current metrics, counted from what supervisors see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product

from chalicelib.core.center import Center, Queue, RoutingProfile
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.live import AgentNow, LineNow, Snapshot, Tally, tally


class Grouping(StrEnum):
    QUEUE = "QUEUE"
    CHANNEL = "CHANNEL"
    ROUTING_PROFILE = "ROUTING_PROFILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which agents and lines count: of these queues, or of these routing profiles, on these
    channels. In one group, or in one for every queue, channel or profile."""

    queues: Sequence[Queue] = ()
    profiles: Sequence[RoutingProfile] = ()
    on: Sequence[Channel] = tuple(Channel)
    groupings: Sequence[Grouping] = ()
    metrics: Sequence[str] = ()

    def check(self) -> None:
        """Rejected where Amazon Connect would not answer."""
        if self.queues and self.profiles:
            raise Rejected("filter by queues or by routing profiles, not both", field="Filters")
        if not self.queues and not self.profiles:
            raise Rejected("name queues or routing profiles to filter by", field="Filters")
        by_profile = Grouping.ROUTING_PROFILE in self.groupings
        of_lines = sorted(_OF_LINES & set(self.metrics))
        if by_profile and not self.profiles and of_lines:
            what = f"{of_lines[0]} by routing profile needs routing profiles to filter by"
            raise Rejected(what, field="Filters.RoutingProfiles")
        is_by_line = {Grouping.QUEUE, Grouping.CHANNEL} <= set(self.groupings)
        if ESTIMATED_WAIT_TIME in self.metrics and not is_by_line:
            what = f"{ESTIMATED_WAIT_TIME} is of one queue and channel: group by QUEUE and CHANNEL"
            raise Rejected(what, field="Groupings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was counted together. None: not grouped by that."""

    queue: Queue | None = None
    channel: Channel | None = None
    profile: RoutingProfile | None = None
    agents: Tally = Tally()
    lines: Sequence[LineNow] = ()
    at: datetime
    is_whole: bool = False  # there is no other group

    def value(self, metric: str) -> float | None:
        """None: nothing can be told."""
        return METRICS[metric].of(self)


@dataclass(frozen=True, slots=True)
class Metric:
    unit: str
    of: Callable[[Group], float | None]


def _oldest(group: Group) -> float:
    """In milliseconds where nothing is grouped, as Amazon Connect has it."""
    ages = [age for line in group.lines if (age := line.oldest_seconds(group.at)) is not None]
    return float(max(ages, default=0) * (1000 if group.is_whole else 1))


def _estimate(group: Group) -> float | None:
    known = [line.estimated_wait_seconds for line in group.lines]
    return next((float(each) for each in known if each is not None), None)


def _count(of: Callable[[Group], int]) -> Metric:
    return Metric("COUNT", lambda group: float(of(group)))


ESTIMATED_WAIT_TIME = "ESTIMATED_WAIT_TIME"
METRICS: Mapping[str, Metric] = {
    "AGENTS_ONLINE": _count(lambda group: group.agents.online),
    "AGENTS_AVAILABLE": _count(lambda group: group.agents.available),
    "AGENTS_STAFFED": _count(lambda group: group.agents.staffed),
    "AGENTS_ON_CALL": _count(lambda group: group.agents.on_contact),
    "AGENTS_ON_CONTACT": _count(lambda group: group.agents.on_contact),
    "AGENTS_AFTER_CONTACT_WORK": _count(lambda group: group.agents.after_contact_work),
    "AGENTS_NON_PRODUCTIVE": _count(lambda group: group.agents.non_productive),
    "AGENTS_ERROR": _count(lambda group: group.agents.missed),
    "SLOTS_ACTIVE": _count(lambda group: group.agents.slots_active),
    "SLOTS_AVAILABLE": _count(lambda group: group.agents.slots_available),
    "CONTACTS_IN_QUEUE": _count(lambda group: sum(line.waiting for line in group.lines)),
    "CONTACTS_SCHEDULED": _count(lambda group: sum(line.scheduled for line in group.lines)),
    "OLDEST_CONTACT_AGE": Metric("SECONDS", _oldest),
    ESTIMATED_WAIT_TIME: Metric("SECONDS", _estimate),
}
_OF_LINES = {"CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE"}


def groups_of(snapshot: Snapshot, query: Query, center: Center) -> list[Group]:
    """Every group that the query asks for, also those with nobody in it."""
    by = query.groupings
    queues = _queues(query, center) if Grouping.QUEUE in by else [None]
    channels = query.on if Grouping.CHANNEL in by else [None]
    profiles = _profiles(query, center) if Grouping.ROUTING_PROFILE in by else [None]
    return [_group(snapshot, query, *each) for each in product(queues, channels, profiles)]


def _queues(query: Query, center: Center) -> Sequence[Queue]:
    """Those named, or those that the named routing profiles serve."""
    if query.queues:
        return query.queues
    return [
        queue
        for queue in center.queues
        if any(p.serves(queue.queue_id, c) for p in query.profiles for c in query.on)
    ]


def _profiles(query: Query, center: Center) -> Sequence[RoutingProfile]:
    """Those named, or those that serve the named queues."""
    if query.profiles:
        return query.profiles
    return [
        profile
        for profile in center.profiles
        if any(profile.serves(q.queue_id, c) for q in query.queues for c in query.on)
    ]


def _group(
    snapshot: Snapshot,
    query: Query,
    queue: Queue | None,
    channel: Channel | None,
    profile: RoutingProfile | None,
) -> Group:
    queues = [queue] if queue else query.queues
    channels = [channel] if channel else query.on
    profiles = [profile] if profile else query.profiles
    queue_ids = {each.queue_id for each in queues} or None
    agents = [each for each in snapshot.agents if not profiles or _works_under(each, profiles)]
    lines = [
        line
        for line in snapshot.lines
        if line.channel in channels
        and (queue_ids is None or line.queue.queue_id in queue_ids)
        and (not profiles or any(p.serves(line.queue.queue_id, line.channel) for p in profiles))
    ]
    return Group(
        queue=queue,
        channel=channel,
        profile=profile,
        agents=tally(agents, channels, queue_ids),
        lines=lines,
        at=snapshot.at,
        is_whole=not query.groupings,
    )


def _works_under(agent: AgentNow, profiles: Sequence[RoutingProfile]) -> bool:
    return agent.agent.profile_id in {profile.profile_id for profile in profiles}


def sort_groups(groups: Sequence[Group], metric: str, *, is_descending: bool) -> list[Group]:
    """By the metric; of equals, and of those who cannot tell, the first stays first."""
    if metric not in METRICS or metric.startswith("SLOTS_"):
        raise Rejected(f"cannot sort by {metric!r}", field="SortCriteria", value=metric)
    sign = -1 if is_descending else 1
    return sorted(groups, key=lambda group: sign * (group.value(metric) or 0.0))
