"""Requests and answers of Amazon Connect's API for what goes on now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from chalicelib.core.center import Center
from chalicelib.core.current_metrics import METRICS, Group, Grouping, Query, sort_groups
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import HierarchyGroupId
from chalicelib.core.live import AgentNow
from chalicelib.core.paging import page, wish
from chalicelib.core.routing import Slot
from chalicelib.entrypoints.connect_shapes import SEARCH_LIMIT, Shape, stamp, without_nothing
from chalicelib.services.current_data import (
    UserFilter,
    UserNow,
    profiles_named,
    queues_named,
    state,
)


class CurrentMetric(Shape):
    name: str = ""
    unit: str | None = None


class SortCriterion(Shape):
    sort_by_metric: str = "AGENTS_ONLINE"
    sort_order: str = "DESCENDING"


class MetricFilters(Shape):
    queues: list[str] = []
    routing_profiles: list[str] = []
    channels: list[str] = []
    routing_step_expressions: list[str] = []
    agent_statuses: list[str] = []
    subtypes: list[str] = []
    validation_test_types: list[str] = []

    def refuse_unknown(self) -> None:
        for name, given in (
            ("RoutingStepExpressions", self.routing_step_expressions),
            ("AgentStatuses", self.agent_statuses),
            ("Subtypes", self.subtypes),
            ("ValidationTestTypes", self.validation_test_types),
        ):
            if given:
                raise Rejected(f"no filter by {name} here", field=f"Filters.{name}")


class MetricQuery(Shape):
    filters: MetricFilters
    current_metrics: list[CurrentMetric]
    groupings: list[str] = []
    sort_criteria: list[SortCriterion] = []
    next_token: str | None = None
    max_results: int | None = None

    def query(self, center: Center) -> Query:
        self.filters.refuse_unknown()
        channels = [_one_of(Channel, c, "Filters.Channels") for c in self.filters.channels]
        return Query(
            queues=queues_named(center, self.filters.queues),
            profiles=profiles_named(center, self.filters.routing_profiles),
            on=tuple(dict.fromkeys(channels)) or tuple(Channel),
            groupings=[_one_of(Grouping, each, "Groupings") for each in self.groupings],
            metrics=[self._metric(each) for each in self.current_metrics],
        )

    @staticmethod
    def _metric(metric: CurrentMetric) -> str:
        known = METRICS.get(metric.name)
        if known is None:
            raise Rejected(f"no metric {metric.name!r}", field="CurrentMetrics", value=metric.name)
        if metric.unit not in (None, known.unit):
            what = f"{metric.name} is in {known.unit}, not in {metric.unit}"
            raise Rejected(what, field="CurrentMetrics", value=metric.unit)
        return metric.name

    def answer(self, center: Center, at: datetime, groups: Sequence[Group]) -> dict[str, object]:
        """One page of the groups, in the order that was asked for."""
        order = self.sort_criteria[0] if self.sort_criteria else SortCriterion()
        is_descending = order.sort_order != "ASCENDING"
        ranked = sort_groups(groups, order.sort_by_metric, is_descending=is_descending)
        wanted = wish(self.max_results, self.next_token, limit=SEARCH_LIMIT)
        found = page(list(enumerate(ranked)), wanted, lambda each: each[0], of="MetricResults")
        results = [self._result(center, group) for _, group in found.items]
        return without_nothing(
            {
                "NextToken": found.token,
                "MetricResults": results,
                "DataSnapshotTime": stamp(at),
                "ApproximateTotalCount": len(ranked),
            }
        )

    def _result(self, center: Center, group: Group) -> dict[str, object]:
        collections = [
            without_nothing(
                {
                    "Metric": {"Name": each.name, "Unit": METRICS[each.name].unit},
                    "Value": group.value(each.name),
                }
            )
            for each in self.current_metrics
        ]
        return {"Dimensions": _dimensions(center, group), "Collections": collections}


def _dimensions(center: Center, group: Group) -> dict[str, object]:
    queue, profile = group.queue, group.profile
    arn = center.profile_arn(profile.profile_id) if profile else None
    return without_nothing(
        {
            "Queue": {"Id": queue.queue_id, "Arn": center.queue_arn(queue.queue_id)}
            if queue
            else None,
            "Channel": group.channel,
            "RoutingProfile": {"Id": profile.profile_id, "Arn": arn} if profile else None,
        }
    )


_LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")

# --- user data ------------------------------------------------------------------------------------


class ContactFilter(Shape):
    contact_states: list[str] = []


class DataFilters(Shape):
    queues: list[str] = []
    routing_profiles: list[str] = []
    agents: list[str] = []
    user_hierarchy_groups: list[str] = []
    contact_filter: ContactFilter | None = None

    def wanted(self) -> UserFilter:
        if len(self.user_hierarchy_groups) > 1:
            raise Rejected("one hierarchy group at a time", field="Filters.UserHierarchyGroups")
        return UserFilter(
            queues=self.queues,
            profiles=self.routing_profiles,
            agents=self.agents,
            group=next(iter(self.user_hierarchy_groups), None),
            states=frozenset(self.contact_filter.contact_states if self.contact_filter else ()),
        )


class UserQuery(Shape):
    filters: DataFilters
    next_token: str | None = None
    max_results: int | None = None

    def answer(self, center: Center, users: Sequence[UserNow]) -> dict[str, object]:
        wanted = wish(self.max_results, self.next_token, limit=SEARCH_LIMIT)
        found = page(users, wanted, lambda each: each.now.agent.agent_id, of="UserDataList")
        return without_nothing(
            {
                "NextToken": found.token,
                "UserDataList": [_user(center, each) for each in found.items],
                "ApproximateTotalCount": len(users),
            }
        )


def _user(center: Center, each: UserNow) -> dict[str, object]:
    now, agent = each.now, each.now.agent
    profile_arn = center.profile_arn(agent.profile_id)
    return without_nothing(
        {
            "User": {"Id": agent.agent_id, "Arn": center.user_arn(agent.agent_id)},
            "RoutingProfile": {"Id": agent.profile_id, "Arn": profile_arn},
            "HierarchyPath": _path(center, agent.hierarchy_group_id),
            "Status": {
                "StatusStartTimestamp": stamp(agent.status_since),
                "StatusArn": center.status_arn(agent.status),
                "StatusName": agent.status.name,
            },
            "NextStatus": agent.next_status.name if agent.next_status else None,
            **_slots(now),
            "Contacts": [_contact(center, slot) for slot in each.slots],
        }
    )


def _path(center: Center, group_id: HierarchyGroupId | None) -> dict[str, object] | None:
    """Highest first; None for somebody in no group."""
    levels = zip(_LEVELS, center.hierarchy_path(group_id), strict=False)
    return {
        level: {"Id": group.group_id, "Arn": center.hierarchy_group_arn(group)}
        for level, group in levels
    } or None


def _slots(now: AgentNow) -> Mapping[str, Mapping[str, int]]:
    """By channel: what the agent could get, could have at most, and has in hand."""
    channels = list(now.profile.concurrency) if now.profile else []
    return {
        "AvailableSlotsByChannel": {c.value: now.free_on(c) for c in channels},
        "MaxSlotsByChannel": {c.value: now.most_on(c) for c in channels},
        "ActiveSlotsByChannel": {c.value: now.active_on(c) for c in channels},
    }


def _contact(center: Center, slot: Slot) -> dict[str, object]:
    queue_id = slot.queue_id
    return without_nothing(
        {
            "ContactId": slot.contact_id,
            "Channel": slot.channel.value,
            "InitiationMethod": slot.initiation_method.value,
            "AgentContactState": state(slot),
            "StateStartTimestamp": stamp(slot.since),
            "ConnectedToAgentTimestamp": stamp(slot.connected_at),
            "Queue": {"Id": queue_id, "Arn": center.queue_arn(queue_id)} if queue_id else None,
        }
    )


def _one_of[E: StrEnum](kind: type[E], said: str, field: str) -> E:
    known = [each.value for each in kind]
    if said not in known:
        raise Rejected(f"{said!r} is not one of {', '.join(known)}", field=field, value=said)
    return kind(said)
