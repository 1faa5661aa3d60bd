"""Where users stand in the company: groups below groups, at most five levels of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.ids import HierarchyGroupId

LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchyLevel:
    """What the groups of one level are called together: site, department, team."""

    number: int  # 1 is the highest
    name: str
    changed_at: datetime | None = None

    @property
    def level_id(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchyGroup:
    """One group; `parent_id` None: it stands on the highest level."""

    group_id: HierarchyGroupId
    name: str
    parent_id: HierarchyGroupId | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None


def path_of(
    groups: Sequence[HierarchyGroup], group_id: HierarchyGroupId | None
) -> tuple[HierarchyGroup, ...]:
    """The group and all above it, highest first; empty when there is no such group.

    Groups that stand below themselves, which nobody can make, end the path.
    """
    known = {group.group_id: group for group in groups}
    path: list[HierarchyGroup] = []
    while group_id is not None and group_id in known and len(path) < LEVELS:
        group = known[group_id]
        path.insert(0, group)
        group_id = group.parent_id
    return tuple(path)


def levels_of(
    path: Sequence[HierarchyGroup], arn: Callable[[HierarchyGroup], str]
) -> dict[str, dict[str, str]] | None:
    """A path as events and records tell it: `Level1` to `Level5`; None for nobody's."""
    levels = enumerate(path, start=1)
    return {f"Level{n}": {"ARN": arn(each), "Name": each.name} for n, each in levels} or None
