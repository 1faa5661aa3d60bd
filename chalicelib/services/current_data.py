"""Amazon Connect's current metrics and user data, from the snapshot that supervisors see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.agent_events import state_of
from chalicelib.core.center import Center, Queue, RoutingProfile
from chalicelib.core.current_metrics import Group, Query, groups_of
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.ids import AgentId, RoutingProfileId
from chalicelib.core.live import AgentNow
from chalicelib.core.routing import Slot
from chalicelib.services.live import Live
from chalicelib.services.ports import CenterStore

MOST_FILTERS = 100
_PAUSED = {"PAUSED": "CONNECTED_ONHOLD"}  # the word that this operation has for it


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Whose data is wanted: at most one of queues, routing profiles, agents and a hierarchy group
    with all below it, by id or ARN.

    `states`: of those only who has a contact in one of these, and only such contacts.
    """

    queues: Sequence[str] = ()
    profiles: Sequence[str] = ()
    agents: Sequence[str] = ()
    group: str | None = None
    states: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNow:
    """An agent with the contacts that were asked for."""

    now: AgentNow
    slots: Sequence[Slot] = field(default_factory=tuple)


class CurrentData:
    def __init__(self, live: Live, center: CenterStore) -> None:
        self._live = live
        self._center = center

    def metrics(self, center: Center, query: Query) -> tuple[datetime, list[Group]]:
        """When it was counted, and every group."""
        query.check()
        snapshot = self._live.snapshot()
        return snapshot.at, groups_of(snapshot, query, center)

    def users(self, center: Center, wanted: UserFilter) -> list[UserNow]:
        """By agent id."""
        is_wanted, found = self._filter(center, wanted), []
        for each in self._live.agents(center):
            slots = [s for s in each.agent.slots if not wanted.states or state(s) in wanted.states]
            if is_wanted(each) and (slots or not wanted.states):
                found.append(UserNow(now=each, slots=slots))
        return sorted(found, key=lambda each: each.now.agent.agent_id)

    def _filter(self, center: Center, wanted: UserFilter) -> Callable[[AgentNow], bool]:
        """What the one filter that is given lets through; without one everybody."""
        named = (wanted.queues, wanted.profiles, wanted.agents, wanted.group)
        if len([each for each in named if each]) > 1:
            what = "filter by queues, routing profiles, agents or a hierarchy group"
            raise Rejected(what, field="Filters")
        if wanted.queues:
            queue_ids = {each.queue_id for each in queues_named(center, wanted.queues)}
            return lambda each: _serves(each, queue_ids)
        if wanted.profiles:
            profile_ids = {each.profile_id for each in profiles_named(center, wanted.profiles)}
            return lambda each: each.agent.profile_id in profile_ids
        if wanted.agents:
            agent_ids = {self._agent_named(each) for each in wanted.agents}
            return lambda each: each.agent.agent_id in agent_ids
        if wanted.group:
            group = _group_named(center, wanted.group)
            return lambda each: group in center.hierarchy_path(each.agent.hierarchy_group_id)
        return lambda each: True

    def _agent_named(self, reference: str) -> AgentId:
        user = self._center.agent(AgentId(_last(reference)))
        if user is None:
            raise NotFound(f"no user {reference!r}", field="Filters.Agents", value=reference)
        return user.agent_id


def queues_named(center: Center, references: Sequence[str]) -> list[Queue]:
    """By id or ARN; NotFound, naming it, for one that there is not."""
    _few(references, "Filters.Queues")
    found = []
    for reference in dict.fromkeys(references):
        queue = next((q for q in center.queues if q.queue_id == _last(reference)), None)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="Filters.Queues", value=reference)
        found.append(queue)
    return found


def profiles_named(center: Center, references: Sequence[str]) -> list[RoutingProfile]:
    """By id or ARN; NotFound, naming it, for one that there is not."""
    _few(references, "Filters.RoutingProfiles")
    found = []
    for reference in dict.fromkeys(references):
        profile = center.profile(RoutingProfileId(_last(reference)))
        if profile is None:
            field = "Filters.RoutingProfiles"
            raise NotFound(f"no routing profile {reference!r}", field=field, value=reference)
        found.append(profile)
    return found


def _group_named(center: Center, reference: str) -> HierarchyGroup:
    found = (g for g in center.hierarchy_groups if g.group_id == _last(reference))
    group = next(found, None)
    if group is None:
        field = "Filters.UserHierarchyGroups"
        raise NotFound(f"no hierarchy group {reference!r}", field=field, value=reference)
    return group


def state(slot: Slot) -> str:
    """Amazon Connect's word for what an agent has of a contact."""
    said = state_of(slot)
    return _PAUSED.get(said, said)


def _serves(agent: AgentNow, queue_ids: Collection[str]) -> bool:
    entries = agent.profile.queues if agent.profile else ()
    return any(entry.queue_id in queue_ids for entry in entries)


def _few(references: Sequence[str], field: str) -> None:
    if len(references) > MOST_FILTERS:
        raise Rejected(f"at most {MOST_FILTERS} at once", field=field, value=len(references))


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]
