"""What the doors of Amazon Connect's API have in common: pages, moments, searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib import bootstrap
from chalicelib.core import search
from chalicelib.core.center import Center
from chalicelib.core.errors import Rejected
from chalicelib.core.identity import groups
from chalicelib.core.paging import Wish, page, wish
from chalicelib.entrypoints.edge import Call
from chalicelib.services.center_library import this_instance

CONNECT = "connect"  # the style in which these doors refuse
ADMINS = groups("admin")
LIST_LIMIT = 1000
SEARCH_LIMIT = 100


class Shape(msgspec.Struct, rename="pascal"):
    """Base of request bodies; what we do not know is read over, as Amazon Connect does."""


def center_of(instance_id: str) -> Center:
    return this_instance(bootstrap.center_store(), instance_id)


def listed[T](
    call: Call,
    name: str,
    items: Sequence[T],
    key: Callable[[T], str | int],
    shown: Callable[[T], Mapping[str, object]],
    *,
    limit: int = LIST_LIMIT,
) -> dict[str, object]:
    """One page of a list, as the query asks for it."""
    wanted = wish(call.query.get("maxResults"), call.query.get("nextToken"), limit=limit)
    return _paged(name, items, wanted, key, shown)


def without_nothing(document: Mapping[str, object]) -> dict[str, object]:
    """Fields that have a value; SDKs take null for one."""
    return {name: value for name, value in document.items() if value is not None}


def dated(center: Center, at: datetime | None) -> dict[str, object]:
    """When and where something was changed."""
    return without_nothing({"LastModifiedTime": stamp(at), "LastModifiedRegion": center.region})


def stamp(at: datetime | None) -> float | None:
    return round(at.timestamp(), 3) if at else None


def _paged[T](
    name: str,
    items: Sequence[T],
    wanted: Wish,
    key: Callable[[T], str | int],
    shown: Callable[[T], Mapping[str, object]],
) -> dict[str, object]:
    found = page(items, wanted, key, of=name)
    return without_nothing({name: [shown(item) for item in found.items], "NextToken": found.token})


# --- searches -------------------------------------------------------------------------------------


class TagCondition(Shape):
    tag_key: str = ""
    tag_value: str | None = None

    def condition(self) -> search.Condition:
        return search.Tag(self.tag_key, self.tag_value)


class TagFilter(Shape):
    or_conditions: list[list[TagCondition]] = []
    and_conditions: list[TagCondition] = []
    tag_condition: TagCondition | None = None

    def condition(self) -> search.Condition:
        parts: list[search.Condition] = [each.condition() for each in self.and_conditions]
        if self.or_conditions:
            parts.append(search.Any([_all(each) for each in self.or_conditions]))
        if self.tag_condition:
            parts.append(self.tag_condition.condition())
        return search.All(parts)


class TypeCondition(Shape):
    contact_flow_type: str = ""


class HierarchyGroupCondition(Shape):
    """Of users: who stands in a group, or also in those below it."""

    value: str = ""
    hierarchy_group_match_type: Literal["EXACT", "WITH_CHILD_GROUPS"] = "EXACT"

    def condition(self) -> search.Condition:
        is_exact = self.hierarchy_group_match_type == "EXACT"
        return search.Text("hierarchygroupid" if is_exact else "hierarchypath", self.value)


class AttributeAnd(Shape):
    tag_conditions: list[TagCondition] = []
    contact_flow_type_condition: TypeCondition | None = None
    hierarchy_group_condition: HierarchyGroupCondition | None = None

    def condition(self) -> search.Condition:
        group = self.hierarchy_group_condition
        parts = [*_type(self.contact_flow_type_condition), *([group.condition()] if group else [])]
        return search.All([_all(self.tag_conditions), *parts])


class AttributeFilter(Shape):
    or_conditions: list[AttributeAnd] = []
    and_condition: AttributeAnd | None = None
    tag_condition: TagCondition | None = None
    contact_flow_type_condition: TypeCondition | None = None
    hierarchy_group_condition: HierarchyGroupCondition | None = None

    def condition(self) -> search.Condition:
        parts = _type(self.contact_flow_type_condition)
        if self.or_conditions:
            parts.append(search.Any([each.condition() for each in self.or_conditions]))
        for part in (self.and_condition, self.tag_condition, self.hierarchy_group_condition):
            if part:
                parts.append(part.condition())
        return search.All(parts)


class Filter(Shape):
    tag_filter: TagFilter | None = None
    flow_attribute_filter: AttributeFilter | None = None
    attribute_filter: AttributeFilter | None = None
    user_attribute_filter: AttributeFilter | None = None

    def condition(self) -> search.Condition:
        parts = (
            self.tag_filter,
            self.flow_attribute_filter,
            self.attribute_filter,
            self.user_attribute_filter,
        )
        return search.All([part.condition() for part in parts if part])


class StringCondition(Shape):
    field_name: str = "name"
    value: str = ""
    comparison_type: str = "EXACT"


class DateCondition(Shape):
    field_name: str = ""
    value: str = ""
    comparison_type: str = "EQUAL_TO"


class Criteria(Shape):
    or_conditions: list[Criteria] = []
    and_conditions: list[Criteria] = []
    string_condition: StringCondition | None = None
    type_condition: str | None = None
    state_condition: str | None = None
    status_condition: str | None = None
    queue_type_condition: str | None = None
    date_condition: DateCondition | None = None
    view_type_condition: str | None = None
    view_status_condition: str | None = None
    hierarchy_group_condition: HierarchyGroupCondition | None = None
    list_condition: dict[str, object] | None = None

    def condition(self, depth: int = 0, *, names: Sequence[str] = search.NAMES) -> search.Condition:
        depth = search.one_deeper(depth)
        parts = [each.condition(depth, names=names) for each in self.and_conditions]
        if self.or_conditions:
            parts.append(
                search.Any([each.condition(depth, names=names) for each in self.or_conditions])
            )
        if self.list_condition is not None:
            raise Rejected("a search for a ListCondition is not possible", field="ListCondition")
        text = self.string_condition
        if text:
            parts.append(
                search.checked_text(text.field_name, text.value, text.comparison_type, names=names)
            )
        if self.hierarchy_group_condition:
            parts.append(self.hierarchy_group_condition.condition())
        date = self.date_condition
        if date:
            parts.append(search.checked_date(date.field_name, date.value, date.comparison_type))
        parts += [
            search.Text(name, value)
            for name, value in (
                ("type", self.type_condition),
                ("type", self.queue_type_condition),
                ("state", self.state_condition),
                ("status", self.status_condition),
                ("type", self.view_type_condition),
                ("status", self.view_status_condition),
            )
            if value is not None
        ]
        return search.All(parts)


class Search(Shape):
    instance_id: str
    next_token: str | None = None
    max_results: int | None = None
    search_filter: Filter | None = None
    search_criteria: Criteria | None = None

    def found[T](
        self,
        name: str,
        items: Sequence[T],
        key: Callable[[T], str | int],
        described: Callable[[T], search.Found],
        shown: Callable[[T], Mapping[str, object]],
        *,
        limit: int = SEARCH_LIMIT,
        names: Sequence[str] = search.NAMES,
    ) -> dict[str, object]:
        """One page of what holds, and how much there is in all; `names` can be asked for."""
        parts = [self.search_filter.condition()] if self.search_filter else []
        if self.search_criteria:
            parts.append(self.search_criteria.condition(names=names))
        wanted = search.All(parts)
        hits = [item for item in items if wanted.holds(described(item))]
        if self.max_results is not None and self.max_results < 1:
            raise Rejected(f"MaxResults is from 1 to {limit}", field="MaxResults")
        asked = wish(self.max_results, self.next_token, limit=limit)
        return {**_paged(name, hits, asked, key, shown), "ApproximateTotalCount": len(hits)}


def _all(conditions: Sequence[TagCondition]) -> search.Condition:
    return search.All([each.condition() for each in conditions])


def _type(wanted: TypeCondition | None) -> list[search.Condition]:
    return [search.Text("type", wanted.contact_flow_type)] if wanted else []
