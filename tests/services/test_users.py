"""Users: made with their sign-in, changed part by part, and gone with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.errors import Conflict, Duplicate, InUse, NotFound, Refusal, Rejected
from chalicelib.core.ids import AgentId, FlowId, QuickConnectId
from chalicelib.core.phone import PhoneConfig, PhoneType
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.services.users import Identity, NewUser
from tests.given import MONDAY, later
from tests.house import BEN, PROFILE, USERS
from tests.services.staffing import PASSWORD, Staff

DAN = NewUser(
    username="dan",
    password=PASSWORD,
    profile_id=PROFILE.profile_id,
    groups=("supervisor", "agent"),
    identity=Identity(first_name="Dan", last_name="van Dyk", email="dan@acme.example"),
    phone=PhoneConfig(auto_accept=True, after_contact_work_seconds=30),
    tags={"team": "a"},
)


@pytest.fixture
def staff() -> Staff:
    return Staff()


def test_a_user_is_made_with_a_sign_in(staff: Staff) -> None:
    """Under one name, in the groups that the security profiles name; ids may be ARNs."""
    _, team = staff.company()
    arn = staff.center.arn
    new = replace(
        DAN,
        profile_id=f"{arn}/routing-profile/{PROFILE.profile_id}",
        hierarchy_group_id=f"{arn}/agent-group/{team}",
        groups=(f"{arn}/security-profile/agent", "supervisor"),
    )

    dan = staff.users.create(staff.center, new)

    assert dan == staff.users.find(dan.agent_id) == staff.users.find(f"{arn}/agent/{dan.agent_id}")
    assert ("Dan van Dyk", ("Dan", "van Dyk")) == (dan.name, dan.first_and_last_name)
    assert (PROFILE.profile_id, team) == (dan.profile_id, dan.hierarchy_group_id)
    assert (("agent", "supervisor"), MONDAY) == (dan.groups, dan.changed_at)
    assert PASSWORD == staff.sign_ins.passwords["dan"]
    assert {"agent", "supervisor"} == staff.sign_ins.groups["dan"]
    assert "Dan van Dyk" == staff.sign_ins.names["dan"]


def test_somebody_without_a_name_is_called_what_they_sign_in_as(staff: Staff) -> None:
    assert "dan" == staff.hires("dan").name


@pytest.mark.parametrize("username", ["ben", "Ben"])
def test_a_user_name_is_given_once(staff: Staff, username: str) -> None:
    """Small and big letters make no other name: the sign-in knows no difference."""
    with pytest.raises(Duplicate, match="Ben|ben"):
        staff.hires(username)

    assert ["ben", "cleo", "sue"] == [user.username for user in staff.users.listed()]


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"username": "dan dyk"}, Rejected, "Username"),
        ({"username": ""}, Rejected, "Username"),
        ({"username": "d" * 101}, Rejected, "Username"),
        ({"profile_id": "rp-9"}, NotFound, "RoutingProfileId"),
        ({"groups": ("agent", "pilot")}, NotFound, "SecurityProfileIds"),
        ({"groups": ()}, Rejected, "SecurityProfileIds"),
        ({"hierarchy_group_id": "g-9"}, NotFound, "HierarchyGroupId"),
        ({"identity": Identity(email="dan")}, Rejected, "IdentityInfo.Email"),
        ({"identity": Identity(secondary_email="d@")}, Rejected, "IdentityInfo.SecondaryEmail"),
        ({"identity": Identity(mobile="0171")}, Rejected, "IdentityInfo.Mobile"),
        ({"identity": Identity(first_name="d" * 256)}, Rejected, "IdentityInfo.FirstName"),
        ({"identity": Identity(last_name="d" * 301)}, Rejected, "IdentityInfo.LastName"),
        (
            {"phone": PhoneConfig(after_contact_work_seconds=-1)},
            Rejected,
            "PhoneConfig.AfterContactWorkTimeLimit",
        ),
        (
            {"phone": PhoneConfig(after_contact_work_seconds=86_401)},
            Rejected,
            "PhoneConfig.AfterContactWorkTimeLimit",
        ),
        ({"phone": PhoneConfig(desk_phone_number="1")}, Rejected, "PhoneConfig.DeskPhoneNumber"),
        (
            {"phone": PhoneConfig(type=PhoneType.DESK_PHONE)},
            Rejected,
            "PhoneConfig.DeskPhoneNumber",
        ),
        ({"password": "short"}, Rejected, "Password"),
    ],
)
def test_what_no_user_can_be_is_refused(
    staff: Staff, changes: dict[str, object], error: type[Refusal], field: str
) -> None:
    """And nobody is made: neither the user nor a sign-in."""
    with pytest.raises(error) as refused:
        staff.users.create(staff.center, replace(DAN, **changes))  # type: ignore[arg-type]

    assert field == refused.value.field
    assert len(USERS) == len(staff.users.listed()) == len(staff.sign_ins.passwords)


def test_a_sign_in_that_is_somebody_elses_makes_no_user(staff: Staff) -> None:
    """Somebody who was put into the pool by hand keeps it."""
    staff.sign_ins.passwords["dan"] = "theirs"

    with pytest.raises(Duplicate):
        staff.hires("dan")

    assert "theirs" == staff.sign_ins.passwords["dan"]
    assert len(USERS) == len(staff.users.listed())


def test_a_user_changes_part_by_part_and_is_told_at_work(staff: Staff) -> None:
    """What is not named stays; each change is for the desk to notice at once."""
    _, team = staff.company()
    other = replace(PROFILE, profile_id="rp-2", name="Other")  # type: ignore[arg-type]
    staff.store.save_part("profile", other.profile_id, other)
    phone = PhoneConfig(type=PhoneType.DESK_PHONE, desk_phone_number="+12025550199")
    staff.at = later(minutes=1)

    staff.users.identify(BEN, Identity(last_name="Odeh", mobile="+12025550198"))
    staff.users.identify(BEN, Identity(first_name="Ben"))
    staff.users.set_profile(staff.center, BEN, "rp-2")
    staff.users.set_hierarchy(staff.center, BEN, team)
    staff.users.set_phone(BEN, phone)

    ben = staff.users.find(BEN)
    assert ("Ben Odeh", "Ben", "Odeh") == (ben.name, ben.first_name, ben.last_name)
    assert ("+12025550198", "") == (ben.mobile, ben.email)
    assert ("rp-2", team, phone) == (ben.profile_id, ben.hierarchy_group_id, ben.phone)
    assert later(minutes=1) == ben.changed_at
    assert [BEN] * 5 == staff.reconfigured
    assert "Ben Odeh" == staff.sign_ins.names["ben"]
    staff.users.set_hierarchy(staff.center, BEN, None)
    assert staff.users.find(BEN).hierarchy_group_id is None


def test_security_profiles_are_the_groups_of_the_sign_in(staff: Staff) -> None:
    """Both say the same, and nothing is left of what was before."""
    staff.users.set_groups(BEN, ["trainee"])
    staff.users.set_groups(BEN, ["finance", "agent"])

    assert ("agent", "finance") == staff.users.find(BEN).groups
    assert {"agent", "finance"} == staff.sign_ins.groups["ben"]


def test_of_two_admins_who_change_different_things_neither_is_lost(staff: Staff) -> None:
    """The second one comes second, and decides on what the first has left."""
    staff.user_store.meanwhile = [
        lambda: staff.users.set_phone(BEN, PhoneConfig(auto_accept=True)),
    ]

    staff.users.identify(BEN, Identity(email="ben@acme.example"))

    ben = staff.users.find(BEN)
    assert (True, "ben@acme.example") == (ben.phone.auto_accept, ben.email)


def test_whoever_leaves_cannot_sign_in_any_more(staff: Staff) -> None:
    dan = staff.hires()

    staff.users.delete(staff.center, dan.agent_id)

    assert "dan" not in staff.sign_ins.passwords
    assert [dan.agent_id] == staff.signed_off
    with pytest.raises(NotFound):
        staff.users.find(dan.agent_id)
    assert "dan" == staff.hires("dan").username


def test_whoever_has_contacts_stays(staff: Staff) -> None:
    """Else the contact would be nobody's."""
    staff.busy.add(BEN)

    with pytest.raises(Conflict):
        staff.users.delete(staff.center, BEN)

    assert ("ben", "ben" in staff.sign_ins.passwords) == (staff.users.find(BEN).username, True)


def test_whom_a_quick_connect_leads_to_stays(staff: Staff) -> None:
    leads = QuickConnect(
        quick_connect_id=QuickConnectId("qc-1"),
        name="To Ben",
        type=QuickConnectType.USER,
        agent_id=BEN,
        flow_id=FlowId("f-1"),
    )
    staff.store.save_part("quick-connect", leads.quick_connect_id, leads)

    with pytest.raises(InUse, match="quick connect 'To Ben'"):
        staff.users.delete(staff.center, BEN)

    assert [] == staff.signed_off


def test_nobody_unknown_is_changed(staff: Staff) -> None:
    for change in (
        lambda: staff.users.find("a-x"),
        lambda: staff.users.identify("a-x", Identity(first_name="X")),
        lambda: staff.users.set_groups("a-x", ["agent"]),
        lambda: staff.users.delete(staff.center, AgentId("a-x")),
    ):
        with pytest.raises(NotFound) as refused:
            change()
        assert ("UserId", "a-x") == (refused.value.field, refused.value.value)
