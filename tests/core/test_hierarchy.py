"""Where users stand in the company."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.hierarchy import HierarchyGroup, levels_of, path_of
from chalicelib.core.ids import HierarchyGroupId

COMPANY = tuple(
    HierarchyGroup(
        group_id=HierarchyGroupId(f"g-{n}"),
        name=name,
        parent_id=HierarchyGroupId(f"g-{n - 1}") if n > 1 else None,
    )
    for n, name in enumerate(("Acme", "Europe", "Sales"), start=1)
)
EUROPE, SALES = COMPANY[1].group_id, COMPANY[2].group_id


def test_a_path_begins_at_the_top() -> None:
    """It ends with the group itself, in whatever order the groups are known."""
    assert ["Acme", "Europe", "Sales"] == [g.name for g in path_of(COMPANY[::-1], SALES)]
    assert COMPANY[:2] == path_of(COMPANY, EUROPE)


def test_nobodys_group_and_a_group_that_is_gone_have_no_path() -> None:
    assert () == path_of(COMPANY, None) == path_of(COMPANY, HierarchyGroupId("g-9"))


def test_groups_that_stand_below_themselves_end() -> None:
    """However a row came to say so, nobody hangs on it."""
    circle = (replace(COMPANY[0], parent_id=SALES), *COMPANY[1:])

    assert 5 == len(path_of(circle, SALES))


def test_a_path_is_told_level_by_level() -> None:
    """As agent events and contact records have it."""
    told = levels_of(path_of(COMPANY, EUROPE), lambda group: f"arn/{group.group_id}")

    assert {
        "Level1": {"ARN": "arn/g-1", "Name": "Acme"},
        "Level2": {"ARN": "arn/g-2", "Name": "Europe"},
    } == told
    assert levels_of((), lambda group: group.name) is None
