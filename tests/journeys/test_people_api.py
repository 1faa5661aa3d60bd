"""Whoever works here and how, through Connect's own API, with stock boto3 and the AWS CLI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.journeys.center import Center, Desk
from tests.journeys.customers import Chatter
from tests.journeys.test_aws_cli import Shell
from tests.journeys.test_queue_api import WITHIN, Office, within
from tests.journeys.workshop import to_queue

pytestmark = pytest.mark.journey

PASSWORD = "Correct-horse-7"
LEVELS = {"LevelOne": {"Name": "Site"}, "LevelTwo": {"Name": "Team"}}
CHATS = [
    {
        "Channel": "CHAT",
        "Concurrency": 2,
        "CrossChannelBehavior": {"BehaviorType": "ROUTE_CURRENT_CHANNEL_ONLY"},
    }
]


class Staff(Office):
    """Also hires people, and lets them go again."""

    def profile(self, queue: dict[str, str]) -> dict[str, str]:
        """One whose agents chat with whoever waits in the queue."""
        reference = {"QueueReference": {**queue, "Channel": "CHAT"}, "Priority": 1, "Delay": 0}
        return self.part(
            "routing_profile",
            "RoutingProfileId",
            Name=self.name("Chats"),
            Description="Chats of one queue",
            DefaultOutboundQueueId=queue["QueueId"],
            MediaConcurrencies=CHATS,
            QueueConfigs=[reference],
        )

    def hires(self, profile: dict[str, str], **more: object) -> tuple[dict[str, str], Center]:
        """Somebody new, and the center as they know it: with their own sign-in."""
        username = f"dan-{time.time_ns()}"
        user = self.part(
            "user",
            "UserId",
            **{
                "Username": username,
                "Password": PASSWORD,
                "IdentityInfo": {"FirstName": "Dan", "LastName": "van Dyk"},
                "SecurityProfileIds": ["agent"],
                **profile,
                **more,
            },
        )
        users = {"dan": {"username": username, "password": PASSWORD}}
        time.sleep(WITHIN - 1)  # what other workers remember of the configuration
        return user, Center({**self.center.facts, "users": users | self.center.facts["users"]})


@pytest.fixture
def staff(center: Center) -> Iterator[Staff]:
    with Staff(center) as staff:
        yield staff


def status(desk: Desk, name: str) -> bool:
    """Whether the desk may choose it."""
    accepted: bool = desk.do("status", name=name)["ok"]
    return accepted


def takes_offers_itself(frame: dict[str, Any]) -> bool:
    is_event = frame["topic"] == "trunkline/desk" and "agent" in frame["content"]
    return is_event and bool(frame["content"]["agent"]["autoAccept"])


def test_somebody_new_signs_in_and_takes_a_contact(staff: Staff) -> None:
    """Where they stand is in the contact's record; after contact work ends as they are set up; and
    once they are gone, nobody signs in as them."""
    connect, here = staff.connect, staff.here
    connect.update_user_hierarchy_structure(**here, HierarchyStructure=LEVELS)
    site = staff.part("user_hierarchy_group", "HierarchyGroupId", Name=staff.name("Berlin"))
    queue = staff.queue()
    phone = {"AfterContactWorkTimeLimit": 3}
    user, as_dan = staff.hires(staff.profile(queue), **site, PhoneConfig=phone)
    flow_id = staff.create("To Dan", to_queue(_name_of(staff, queue)))

    with as_dan.desk("dan") as desk, Chatter(staff.center, flow_id=flow_id) as ana:
        desk.must("status", name="Available")
        desk.accept(ana.contact_id)
        ana.says("hello")
        desk.reads(ana.contact_id, "hello")
        busy = staff.refusal("delete_user", **here, **user)
        assert "ResourceConflictException" == busy[0]
        desk.must("hangup", contactId=ana.contact_id)
        desk.told("ContactCompleted", ana.contact_id)

        (connected,) = staff.center.explain(ana.contact_id, "ContactConnected")
        assert ("Dan van Dyk", 3) == (connected["agentName"], connected["wrapUpLimitSeconds"])
    used = staff.refusal("delete_user_hierarchy_group", **here, **site)
    assert "ResourceInUseException" == used[0]

    connect.delete_user(**here, **user)

    assert "ResourceNotFoundException" == staff.refusal("describe_user", **here, **user)[0]
    stranger = Center(as_dan.facts)
    with pytest.raises(ClientError):
        stranger.token("dan")


def test_what_is_changed_of_somebody_at_work_counts_at_once(staff: Staff) -> None:
    """Another routing profile brings whoever waits there; the desk learns to take offers itself."""
    here, waits_here = staff.here, staff.queue()
    other = staff.profile(waits_here)
    user, as_dan = staff.hires(staff.profile(staff.queue()))
    flow_id = staff.create("To the other", to_queue(_name_of(staff, waits_here)))

    with as_dan.desk("dan") as desk, Chatter(staff.center, flow_id=flow_id) as ana:
        desk.must("status", name="Available")
        staff.connect.update_user_routing_profile(**here, **user, **other)
        desk.accept(ana.contact_id)
        in_use = staff.refusal("delete_routing_profile", **here, **other)
        assert "ResourceInUseException" == in_use[0]

        staff.connect.update_user_phone_config(**here, **user, PhoneConfig={"AutoAccept": True})
        desk.wait_for(takes_offers_itself, "news of the phone")
        vans = [{"AttributeName": "Cars", "AttributeValue": "Vans", "Level": 4.5}]
        staff.connect.associate_user_proficiencies(**here, **user, UserProficiencies=vans)
        known = staff.connect.list_user_proficiencies(**here, **user)["UserProficiencyList"]
        assert vans == known


def test_a_status_of_an_admin_is_chosen_until_it_is_disabled(staff: Staff) -> None:
    """Within seconds, and by everybody; there is no taking it away."""
    name = staff.name("Tea")
    made = staff.connect.create_agent_status(**staff.here, Name=name, State="ENABLED")

    with staff.center.desk() as desk:
        within(WITHIN, lambda: status(desk, name))
        staff.connect.update_agent_status(
            **staff.here, AgentStatusId=made["AgentStatusId"], State="DISABLED"
        )
        within(WITHIN, lambda: not status(desk, name))
        assert not status(desk, "Not reachable")


def test_security_profiles_open_and_close_doors(staff: Staff) -> None:
    """From the next sign-in on."""
    user, as_dan = staff.hires(staff.profile(staff.queue()))
    assert 403 == as_dan.request("GET", "/v1/live", role="dan")[0]

    staff.connect.update_user_security_profiles(
        **staff.here, **user, SecurityProfileIds=["supervisor"]
    )

    again = Center(as_dan.facts)
    assert 200 == again.request("GET", "/v1/live", role="dan")[0]
    found = staff.connect.describe_user(**staff.here, **user)["User"]
    assert ["supervisor"] == found["SecurityProfileIds"]


def test_people_from_a_shell(staff: Staff) -> None:
    """The AWS CLI as it comes: everybody of the demo is listed, and what is wrong has a name."""
    shell, here = Shell(staff.center), staff.here["InstanceId"]

    users = shell.run("list-users", instance_id=here)["UserSummaryList"]
    profiles = shell.run("list-routing-profiles", instance_id=here)["RoutingProfileSummaryList"]
    criteria = '{"StringCondition": {"FieldName": "Username", "Value": "ben"}}'
    found = shell.run("search-users", instance_id=here, search_criteria=criteria)["Users"]

    assert {"ben", "mai", "sofia", "tom", "ada", "femi"} <= {user["Username"] for user in users}
    assert {"Everything", "Service"} <= {profile["Name"] for profile in profiles}
    assert [["agent"]] == [user["SecurityProfileIds"] for user in found]
    wrong = shell.refusal(
        "create-user",
        instance_id=here,
        username=f"eve-{time.time_ns()}",
        password="tooshort1A",
        security_profile_ids="agent",
        routing_profile_id=profiles[0]["Id"],
    )
    assert "InvalidParameterException" in wrong
    assert "Password" in wrong


def _name_of(staff: Staff, queue: dict[str, str]) -> str:
    found: dict[str, Any] = staff.connect.describe_queue(**staff.here, **queue)["Queue"]
    name: str = found["Name"]
    return name
