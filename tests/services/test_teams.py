"""Who is in somebody's team."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.ids import HierarchyGroupId
from chalicelib.services.teams import Teams
from tests.services.staffing import Staff


@pytest.fixture
def staff() -> Staff:
    return Staff()


def stands(staff: Staff, username: str, group_id: str | None, *groups: str) -> None:
    user = staff.store.users[username]
    group = HierarchyGroupId(group_id) if group_id else None
    staff.store.save_user(replace(user, hierarchy_group_id=group, groups=groups or ("agent",)))


def team(staff: Staff, username: str) -> list[str]:
    found = Teams(staff.store, staff.user_store).team_of(username)
    return [member.username for member in found]


def test_a_team_is_the_same_group_and_all_below_it(staff: Staff) -> None:
    """Who leads sees those of the groups below; they do not see each other's leaders."""
    site, days = staff.company()
    stands(staff, "sue", site, "supervisor")
    stands(staff, "ben", days)
    stands(staff, "cleo", days)

    assert {"ben", "cleo", "sue"} == set(team(staff, "sue"))
    assert {"ben", "cleo"} == set(team(staff, "ben"))


def test_somebody_in_no_group_is_a_team_alone(staff: Staff) -> None:
    """Others who stand nowhere are no team of theirs."""
    staff.company()

    assert ["ben"] == team(staff, "ben")


def test_a_center_without_groups_is_one_team(staff: Staff) -> None:
    """Few people need no hierarchy to know each other."""
    stands(staff, "sue", None, "finance")

    assert ["ben", "cleo"] == team(staff, "ben")


def test_who_cannot_have_tickets_is_in_nobodys_list(staff: Staff) -> None:
    """Finance reads reports."""
    site, _ = staff.company()
    stands(staff, "ben", site)
    stands(staff, "cleo", site, "finance")

    assert ["ben"] == team(staff, "ben")


def test_members_are_told_by_name(staff: Staff) -> None:
    """As a list to choose from shows them."""
    site, _ = staff.company()
    for username in ("ben", "cleo", "sue"):
        stands(staff, username, site)

    names = [member.name for member in Teams(staff.store, staff.user_store).team_of("ben")]

    assert sorted(names, key=str.casefold) == names


def test_a_stranger_is_in_a_team_of_nobody(staff: Staff) -> None:
    """A sign-in that the center does not know."""
    staff.company()

    assert [] == team(staff, "nobody")
