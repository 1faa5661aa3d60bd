"""The company's hierarchy as Amazon Connect's API speaks of it: its levels, and groups on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, InUse, Rejected
from chalicelib.core.hierarchy import LEVELS, HierarchyGroup, HierarchyLevel
from chalicelib.core.ids import HierarchyGroupId
from chalicelib.core.tags import checked_tags
from chalicelib.services.center_ports import PartStore
from chalicelib.services.flow_library import checked_name
from chalicelib.services.parts import found
from chalicelib.services.user_ports import UserStore

GROUP_NAME_LIMIT = 100
LEVEL_NAME_LIMIT = 50


class HierarchyService:
    """The hierarchy of one center."""

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

    # --- levels ---

    def structure(self, center: Center) -> list[HierarchyLevel]:
        """Highest first."""
        return sorted(center.hierarchy_levels, key=lambda level: level.number)

    def set_structure(self, center: Center, names: Sequence[str | None]) -> None:
        """Highest first; None: there is no such level, nor one below it. InUse while groups stand
        on a level that is to go."""
        depth = next((n for n, name in enumerate(names) if name is None), len(names))
        if any(name is not None for name in names[depth:]):
            message = f"there is no level {depth + 1}, so there is none below it"
            raise Rejected(message, field="HierarchyStructure", value=names)
        lost = [
            f"hierarchy group {group.name!r}"
            for group in center.hierarchy_groups
            if _level(center, group) > depth
        ]
        if lost:
            raise InUse(f"level {depth + 1}", lost, value=center.arn)
        for number, name in enumerate(names, start=1):
            self._set_level(number, name)

    def _set_level(self, number: int, name: str | None) -> None:
        if name is None:
            self._store.delete_part("hierarchy-level", str(number))
            return
        text = checked_name(name, "HierarchyStructure.Name", LEVEL_NAME_LIMIT)
        level = HierarchyLevel(number=number, name=text, changed_at=self._now())
        self._store.save_part("hierarchy-level", level.level_id, level)

    # --- groups ---

    def listed(self, center: Center) -> list[HierarchyGroup]:
        """By name, and where names are the same, by id."""
        return sorted(center.hierarchy_groups, key=group_key)

    def find(self, center: Center, reference: str) -> HierarchyGroup:
        return find_group(center, reference)

    def create(
        self, center: Center, *, name: str, parent: str | None, tags: Mapping[str, str]
    ) -> HierarchyGroup:
        """Below the parent, or on the highest level; Rejected when there is no level for it."""
        above = find_group(center, parent, "ParentGroupId") if parent else None
        level = _level(center, above) + 1 if above else 1
        if level > LEVELS or all(each.number != level for each in center.hierarchy_levels):
            message = f"the hierarchy has no level {level}"
            raise Rejected(message, field="ParentGroupId", value=parent)
        parent_id = above.group_id if above else None
        group = HierarchyGroup(
            group_id=HierarchyGroupId(self._new_id()),
            name=_free(center, name, parent_id),
            parent_id=parent_id,
            tags=checked_tags(tags),
        )
        return self._save(group)

    def rename(self, center: Center, reference: str, name: str) -> None:
        group = self.find(center, reference)
        if name != group.name:
            group = replace(group, name=_free(center, name, group.parent_id))
        self._save(group)

    def delete(self, center: Center, reference: str) -> None:
        """Refused while users stand in it, or groups below it."""
        group = self.find(center, reference)
        below = [
            f"hierarchy group {each.name!r}"
            for each in center.hierarchy_groups
            if each.parent_id == group.group_id
        ]
        members = [
            f"user {user.username!r}"
            for user in self._users.users()
            if user.hierarchy_group_id == group.group_id
        ]
        if below or members:
            arn = center.hierarchy_group_arn(group)
            raise InUse(f"hierarchy group {group.name!r}", [*below, *members], value=arn)
        self._store.delete_part("hierarchy-group", group.group_id)

    def _save(self, group: HierarchyGroup) -> HierarchyGroup:
        group = replace(group, changed_at=self._now())
        self._store.save_part("hierarchy-group", group.group_id, group)
        return group


def find_group(center: Center, reference: str, field: str = "HierarchyGroupId") -> HierarchyGroup:
    """By id or ARN; NotFound."""
    known, noun = center.hierarchy_groups, "hierarchy group"
    return found(known, reference, lambda g: g.group_id, noun=noun, field=field)


def group_key(group: HierarchyGroup) -> str:
    return f"{group.name}\n{group.group_id}"


def _level(center: Center, group: HierarchyGroup) -> int:
    return len(center.hierarchy_path(group.group_id))


def _free(center: Center, name: str, parent_id: HierarchyGroupId | None) -> str:
    """Teams of different sites may be called alike, those of one may not."""
    beside = (g.name for g in center.hierarchy_groups if g.parent_id == parent_id)
    if name in beside:
        raise Duplicate(f"a hierarchy group named {name!r} exists there", field="Name", value=name)
    return checked_name(name, limit=GROUP_NAME_LIMIT)
