"""REST: Amazon Connect's API for the hierarchy of users: its levels, and the groups on them."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.hierarchy import HierarchyGroup, HierarchyLevel
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
from chalicelib.services.hierarchy import group_key

bp = Blueprint(__name__)

_GROUPS = "/user-hierarchy-groups/{instance_id}"
_GROUP = "/user-hierarchy-groups/{instance_id}/{group_id}"
_STRUCTURE = "/user-hierarchy-structure/{instance_id}"
_LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


class CreateGroup(Shape):
    name: str
    parent_group_id: str | None = None
    tags: dict[str, str] = {}


class UpdateName(Shape):
    name: str


class Level(Shape):
    name: str


class Structure(Shape):
    level_one: Level | None = None
    level_two: Level | None = None
    level_three: Level | None = None
    level_four: Level | None = None
    level_five: Level | None = None

    def names(self) -> list[str | None]:
        """Highest first."""
        levels = (
            self.level_one,
            self.level_two,
            self.level_three,
            self.level_four,
            self.level_five,
        )
        return [level.name if level else None for level in levels]


class UpdateStructure(Shape):
    hierarchy_structure: Structure


@endpoint(bp, "GET", _STRUCTURE, who=ADMINS, style=CONNECT)
def describe_user_hierarchy_structure(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    levels = bootstrap.hierarchy().structure(center)
    return {"HierarchyStructure": {_LEVELS[e.number - 1]: _level(center, e) for e in levels}}


@endpoint(bp, "POST", _STRUCTURE, who=ADMINS, body=UpdateStructure, style=CONNECT)
def update_user_hierarchy_structure(call: Call, instance_id: str) -> object:
    names = call.body.hierarchy_structure.names()
    bootstrap.hierarchy().set_structure(center_of(instance_id), names)
    return {}


@endpoint(bp, "PUT", _GROUPS, who=ADMINS, body=CreateGroup, style=CONNECT)
def create_user_hierarchy_group(call: Call, instance_id: str) -> object:
    body: CreateGroup = call.body
    center, hierarchy = center_of(instance_id), bootstrap.hierarchy()
    group = hierarchy.create(center, name=body.name, parent=body.parent_group_id, tags=body.tags)
    return {
        "HierarchyGroupId": group.group_id,
        "HierarchyGroupArn": center.hierarchy_group_arn(group),
    }


@endpoint(bp, "GET", _GROUP, who=ADMINS, style=CONNECT)
def describe_user_hierarchy_group(call: Call, instance_id: str, group_id: str) -> object:
    center = center_of(instance_id)
    return {"HierarchyGroup": _shown(center, bootstrap.hierarchy().find(center, group_id))}


@endpoint(bp, "POST", f"{_GROUP}/name", who=ADMINS, body=UpdateName, style=CONNECT)
def update_user_hierarchy_group_name(call: Call, instance_id: str, group_id: str) -> object:
    bootstrap.hierarchy().rename(center_of(instance_id), group_id, call.body.name)
    return {}


@endpoint(bp, "DELETE", _GROUP, who=ADMINS, style=CONNECT)
def delete_user_hierarchy_group(call: Call, instance_id: str, group_id: str) -> object:
    bootstrap.hierarchy().delete(center_of(instance_id), group_id)
    return {}


@endpoint(bp, "GET", "/user-hierarchy-groups-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_user_hierarchy_groups(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "UserHierarchyGroupSummaryList",
        bootstrap.hierarchy().listed(center),
        group_key,
        lambda group: _summary(center, group),
    )


@endpoint(bp, "POST", "/search-user-hierarchy-groups", who=ADMINS, body=Search, style=CONNECT)
def search_user_hierarchy_groups(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "UserHierarchyGroups",
        bootstrap.hierarchy().listed(center),
        group_key,
        _searched,
        lambda group: _shown(center, group),
    )


def _level(center: Center, level: HierarchyLevel) -> dict[str, object]:
    return {
        "Id": level.level_id,
        "Arn": center.hierarchy_level_arn(level),
        "Name": level.name,
        **dated(center, level.changed_at),
    }


def _summary(center: Center, group: HierarchyGroup) -> dict[str, object]:
    return {
        "Id": group.group_id,
        "Arn": center.hierarchy_group_arn(group),
        "Name": group.name,
        **dated(center, group.changed_at),
    }


def _shown(center: Center, group: HierarchyGroup) -> dict[str, object]:
    path = center.hierarchy_path(group.group_id)
    levels = dict(zip(_LEVELS, path, strict=False))
    return without_nothing(
        {
            **_summary(center, group),
            "LevelId": str(len(path)),
            "HierarchyPath": {name: _summary(center, each) for name, each in levels.items()},
            "Tags": dict(group.tags),
        }
    )


def _searched(group: HierarchyGroup) -> Found:
    return Found(texts={"name": group.name, "resourceid": group.group_id}, tags=group.tags)
