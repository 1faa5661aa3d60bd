"""The company's hierarchy: levels, and groups that stand on them."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Duplicate, InUse, NotFound, Rejected
from tests.given import MONDAY
from tests.house import BEN
from tests.services.staffing import Staff

FIVE = ["Company", "Country", "Site", "Team", "Row"]


@pytest.fixture
def staff() -> Staff:
    return Staff()


def names(staff: Staff) -> list[str]:
    return [level.name for level in staff.hierarchy.structure(staff.center)]


def test_levels_are_named_from_the_top(staff: Staff) -> None:
    """Set again they are renamed, come and go; one that is missing ends them."""
    assert [] == names(staff)

    staff.hierarchy.set_structure(staff.center, FIVE)
    assert FIVE == names(staff)
    staff.hierarchy.set_structure(staff.center, ["Acme", "Site", None, None, None])

    assert ["Acme", "Site"] == names(staff)
    with pytest.raises(Rejected, match="no level 1"):
        staff.hierarchy.set_structure(staff.center, [None, "Site", None, None, None])
    with pytest.raises(Rejected):
        staff.hierarchy.set_structure(staff.center, ["x" * 51, None, None, None, None])


def test_groups_stand_below_groups(staff: Staff) -> None:
    """Ids may be ARNs; where a user stands is the path to the group."""
    top, team = staff.company()

    path = staff.center.hierarchy_path(staff.hierarchy.find(staff.center, team).group_id)

    assert [("Berlin", None), ("Days", top)] == [(group.name, group.parent_id) for group in path]
    assert {MONDAY} == {group.changed_at for group in path}
    arn = staff.center.hierarchy_group_arn(path[1])
    assert team == staff.hierarchy.find(staff.center, arn).group_id
    assert ["Berlin", "Days"] == [each.name for each in staff.hierarchy.listed(staff.center)]


def test_a_group_needs_a_level_to_stand_on(staff: Staff) -> None:
    """Neither without levels, nor below the lowest."""
    create = staff.hierarchy.create
    with pytest.raises(Rejected, match="no level 1"):
        create(staff.center, name="Berlin", parent=None, tags={})
    _, team = staff.company()

    with pytest.raises(Rejected, match="no level 3"):
        create(staff.center, name="Window", parent=team, tags={})
    with pytest.raises(NotFound) as refused:
        create(staff.center, name="Window", parent="g-9", tags={})
    assert "ParentGroupId" == refused.value.field


def test_five_levels_are_the_most(staff: Staff) -> None:
    staff.hierarchy.set_structure(staff.center, FIVE)
    parent = None
    for name in FIVE:
        group = staff.hierarchy.create(staff.center, name=name, parent=parent, tags={})
        parent = group.group_id

    with pytest.raises(Rejected, match="no level 6"):
        staff.hierarchy.create(staff.center, name="Chair", parent=parent, tags={})


def test_names_are_given_once_below_one_group(staff: Staff) -> None:
    """Every site may have its Days."""
    top, team = staff.company()
    other = staff.hierarchy.create(staff.center, name="Paris", parent=None, tags={})
    staff.hierarchy.create(staff.center, name="Days", parent=other.group_id, tags={})

    with pytest.raises(Duplicate):
        staff.hierarchy.create(staff.center, name="Days", parent=top, tags={})
    with pytest.raises(Duplicate):
        staff.hierarchy.rename(staff.center, other.group_id, "Berlin")
    with pytest.raises(Rejected):
        staff.hierarchy.rename(staff.center, other.group_id, "x" * 101)
    staff.hierarchy.rename(staff.center, team, "Early")

    assert "Early" == staff.hierarchy.find(staff.center, team).name


def test_a_group_that_others_need_is_not_deleted(staff: Staff) -> None:
    """Groups below it and users in it are named; nor is the level that it stands on."""
    top, team = staff.company()
    staff.users.set_hierarchy(staff.center, BEN, team)

    with pytest.raises(InUse, match="'Days'"):
        staff.hierarchy.delete(staff.center, top)
    with pytest.raises(InUse, match="user 'ben'"):
        staff.hierarchy.delete(staff.center, team)
    with pytest.raises(InUse, match="level 2 .*'Days'"):
        staff.hierarchy.set_structure(staff.center, ["Site", None, None, None, None])
    staff.users.set_hierarchy(staff.center, BEN, None)
    staff.hierarchy.delete(staff.center, team)
    staff.hierarchy.delete(staff.center, top)

    assert () == staff.center.hierarchy_groups
