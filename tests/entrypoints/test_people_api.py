"""Connect's API for whoever works here and how: stock botocore at our doors, in process."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib import bootstrap
from chalicelib.services.tags import TagsService
from tests.entrypoints.test_connect_api import HERE, Machines, Stock, text
from tests.given import MONDAY
from tests.house import BEN, PROFILE, SALES, SUPPORT
from tests.services.staffing import PASSWORD, Staff

CALLS = {
    "QueueReference": {"QueueId": SALES, "Channel": "VOICE"},
    "Priority": 2,
    "Delay": 30,
}
VOICE = {
    "Channel": "VOICE",
    "Concurrency": 1,
    "CrossChannelBehavior": {"BehaviorType": "ROUTE_CURRENT_CHANNEL_ONLY"},
}
CHAT = {
    "Channel": "CHAT",
    "Concurrency": 5,
    "CrossChannelBehavior": {"BehaviorType": "ROUTE_ANY_CHANNEL"},
}
CHANGED = {"LastModifiedTime": MONDAY, "LastModifiedRegion": "us-east-1"}
DAN = {
    "Username": "dan",
    "Password": PASSWORD,
    "SecurityProfileIds": ["agent"],
    "RoutingProfileId": PROFILE.profile_id,
}


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> Staff:
    staff = Staff()
    built: Mapping[str, object] = {
        "center_store": staff.store,
        "users": staff.users,
        "proficiencies": staff.proficiencies,
        "predefined_attributes": staff.attributes,
        "routing_profiles": staff.profiles,
        "agent_statuses": staff.statuses,
        "hierarchy": staff.hierarchy,
        "tags": TagsService(staff.store, staff.store, staff.user_store),
        "machines": Machines(),
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    return staff


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def connect(staff: Staff, stock: Stock) -> Stock:
    return stock


# --- routing profiles -----------------------------------------------------------------------------


def a_profile(connect: Stock, **more: object) -> dict[str, str]:
    made: dict[str, str] = connect.create_routing_profile(
        **HERE,
        **{
            "Name": "Evenings",
            "Description": "After five",
            "DefaultOutboundQueueId": SALES,
            "MediaConcurrencies": [VOICE],
            "Tags": {"team": "a"},
            **more,
        },
    )
    return made


def test_routing_profiles_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Created, changed part by part, described, searched, tagged, deleted."""
    made = a_profile(
        connect, QueueConfigs=[CALLS], AgentAvailabilityTimer="TIME_SINCE_LAST_INBOUND"
    )
    profile = {**HERE, "RoutingProfileId": made["RoutingProfileId"]}
    connect.update_routing_profile_name(**profile, Name="Nights")
    connect.update_routing_profile_concurrency(**profile, MediaConcurrencies=[VOICE, CHAT])
    connect.update_routing_profile_default_outbound_queue(**profile, DefaultOutboundQueueId=SUPPORT)
    timer = "TIME_SINCE_LAST_ACTIVITY"
    connect.update_routing_profile_agent_availability_timer(**profile, AgentAvailabilityTimer=timer)
    connect.tag_resource(resourceArn=made["RoutingProfileArn"], tags={"live": "no"})

    found = connect.describe_routing_profile(**profile)["RoutingProfile"]

    assert found == {
        "InstanceId": "i-1",
        "RoutingProfileArn": made["RoutingProfileArn"],
        "RoutingProfileId": made["RoutingProfileId"],
        "Name": "Nights",
        "Description": "After five",
        "MediaConcurrencies": [VOICE, CHAT],
        "DefaultOutboundQueueId": SUPPORT,
        "Tags": {"team": "a", "live": "no"},
        "NumberOfAssociatedQueues": 1,
        "NumberOfAssociatedUsers": 0,
        "AgentAvailabilityTimer": timer,
        "AssociatedQueueIds": [SALES],
        **CHANGED,
    }
    listed = connect.list_routing_profiles(**HERE)["RoutingProfileSummaryList"]
    assert ["General", "Nights"] == [each["Name"] for each in listed]
    search = connect.search_routing_profiles(**HERE, SearchCriteria=text("night", "STARTS_WITH"))
    assert [found] == search["RoutingProfiles"]
    connect.delete_routing_profile(**profile)
    gone = connect.refusal("describe_routing_profile", **profile)
    assert "ResourceNotFoundException" == gone


def test_queues_of_a_routing_profile_come_change_and_go(connect: Stock) -> None:
    """In pages, by queue and channel."""
    profile = {**HERE, "RoutingProfileId": a_profile(connect)["RoutingProfileId"]}
    chats = {"QueueReference": {"QueueId": SUPPORT, "Channel": "CHAT"}, "Priority": 1, "Delay": 0}
    connect.associate_routing_profile_queues(**profile, QueueConfigs=[chats, CALLS])
    connect.update_routing_profile_queues(**profile, QueueConfigs=[{**CALLS, "Priority": 9}])

    first = connect.list_routing_profile_queues(**profile, MaxResults=1)
    rest = connect.list_routing_profile_queues(**profile, NextToken=first["NextToken"])

    assert {
        "QueueId": SALES,
        "QueueArn": f"arn:aws:connect:us-east-1:000000000000:instance/i-1/queue/{SALES}",
        "QueueName": "Sales",
        "Priority": 9,
        "Delay": 30,
        "Channel": "VOICE",
    } == first["RoutingProfileQueueConfigSummaryList"][0]
    assert MONDAY == first["LastModifiedTime"]
    assert [SUPPORT] == [q["QueueId"] for q in rest["RoutingProfileQueueConfigSummaryList"]]
    gone = [CALLS["QueueReference"], chats["QueueReference"]]
    connect.disassociate_routing_profile_queues(**profile, QueueReferences=gone)
    left = connect.list_routing_profile_queues(**profile)["RoutingProfileQueueConfigSummaryList"]
    assert [] == left


def test_a_routing_profile_that_is_none_is_refused_by_name(connect: Stock) -> None:
    """What is not known here is not taken for understood."""
    email = {"Channel": "EMAIL", "Concurrency": 1, "WorkloadTypeConcurrencies": [{}]}
    by_hand = [{"QueueReference": CALLS["QueueReference"]}]
    new = {
        **HERE,
        "Name": "New",
        "Description": "New",
        "DefaultOutboundQueueId": SALES,
        "MediaConcurrencies": [VOICE],
    }
    cases: tuple[tuple[str, dict[str, object]], ...] = (
        ("DuplicateResourceException", {"Name": "General"}),
        ("ResourceNotFoundException", {"DefaultOutboundQueueId": "q-9"}),
        ("InvalidParameterException", {"MediaConcurrencies": [{**VOICE, "Concurrency": 2}]}),
        ("InvalidParameterException", {"MediaConcurrencies": [email]}),
        ("InvalidParameterException", {"ManualAssignmentQueueConfigs": by_hand}),
        ("InvalidParameterException", {"QueueConfigs": [{**CALLS, "Priority": 100}]}),
        ("InvalidRequestException", {"MediaConcurrencies": [{**VOICE, "Channel": "FAX"}]}),
    )
    for expected, changes in cases:
        assert expected == connect.refusal("create_routing_profile", **{**new, **changes}), changes
    used = connect.refusal("delete_routing_profile", **HERE, RoutingProfileId=PROFILE.profile_id)
    assert "ResourceInUseException" == used


# --- users ----------------------------------------------------------------------------------------


def test_users_have_the_shapes_of_the_model(connect: Stock, staff: Staff) -> None:
    """Created, changed part by part, described, searched, tagged, deleted."""
    top, team = staff.company()
    made = connect.create_user(
        **HERE,
        **DAN,
        IdentityInfo={"FirstName": "Dan", "LastName": "Dyk", "Email": "dan@acme.example"},
        HierarchyGroupId=top,
        Tags={"team": "a"},
    )
    user = {**HERE, "UserId": made["UserId"]}
    identity = {
        "FirstName": "Daniel",
        "LastName": "Dyk",
        "Email": "dan@acme.example",
        "SecondaryEmail": "dan@home.example",
        "Mobile": "+12025550198",
    }
    phone = {
        "PhoneType": "DESK_PHONE",
        "AutoAccept": True,
        "AfterContactWorkTimeLimit": 30,
        "DeskPhoneNumber": "+12025550199",
    }
    connect.update_user_identity_info(**user, IdentityInfo=identity)
    connect.update_user_phone_config(**user, PhoneConfig=phone)
    connect.update_user_hierarchy(**user, HierarchyGroupId=team)
    connect.update_user_security_profiles(**user, SecurityProfileIds=["supervisor", "agent"])
    connect.update_user_routing_profile(**user, RoutingProfileId=PROFILE.profile_id)
    connect.tag_resource(resourceArn=made["UserArn"], tags={"live": "no"})

    found = connect.describe_user(**user)["User"]

    known = {
        "Id": made["UserId"],
        "Arn": made["UserArn"],
        "Username": "dan",
        "PhoneConfig": phone,
        "SecurityProfileIds": ["agent", "supervisor"],
        "RoutingProfileId": PROFILE.profile_id,
        "HierarchyGroupId": team,
        "Tags": {"team": "a", "live": "no"},
    }
    assert {**known, "IdentityInfo": identity, **CHANGED} == found
    search = connect.search_users(**HERE, SearchCriteria=text("dan", "EXACT", "Username"))
    names = {"FirstName": "Daniel", "LastName": "Dyk"}
    assert [{**known, "IdentityInfo": names}] == search["Users"]
    listed = connect.list_users(**HERE)["UserSummaryList"]
    assert ["ben", "cleo", "dan", "sue"] == [each["Username"] for each in listed]
    assert [made["UserId"]] * 5 == staff.reconfigured
    connect.update_user_hierarchy(**user)
    assert "HierarchyGroupId" not in connect.describe_user(**user)["User"]
    connect.delete_user(**user)
    assert "ResourceNotFoundException" == connect.refusal("describe_user", **user)


def test_users_are_searched_by_all_that_is_known_of_them(connect: Stock, staff: Staff) -> None:
    """Addresses are not; a list of proficiencies is not looked through, and says so."""
    top, team = staff.company()
    connect.create_user(**HERE, **DAN, HierarchyGroupId=team, Tags={"team": "a"})
    below = {"Value": top, "HierarchyGroupMatchType": "WITH_CHILD_GROUPS"}
    exact = {"Value": top, "HierarchyGroupMatchType": "EXACT"}
    tag = {"TagCondition": {"TagKey": "team", "TagValue": "a"}}
    cases: tuple[tuple[dict[str, object], list[str]], ...] = (
        ({"SearchCriteria": text("Ben", "EXACT", "FirstName")}, ["ben"]),
        ({"SearchCriteria": text("od", "STARTS_WITH", "LastName")}, ["ben"]),
        ({"SearchCriteria": text(BEN, "EXACT", "ResourceId")}, ["ben"]),
        ({"SearchCriteria": text("rp-1", "EXACT", "RoutingProfileId")}, ["ben", "cleo", "dan"]),
        ({"SearchCriteria": text("agent", "EXACT", "SecurityProfileId")}, ["dan"]),
        ({"SearchCriteria": {"HierarchyGroupCondition": below}}, ["dan"]),
        ({"SearchCriteria": {"HierarchyGroupCondition": exact}}, []),
        ({"SearchFilter": {"TagFilter": tag}}, ["dan"]),
        ({"SearchFilter": {"UserAttributeFilter": {"HierarchyGroupCondition": below}}}, ["dan"]),
        (
            {
                "SearchFilter": {
                    "UserAttributeFilter": {
                        "OrConditions": [
                            {
                                "TagConditions": [tag["TagCondition"]],
                                "HierarchyGroupCondition": exact,
                            }
                        ]
                    }
                }
            },
            [],
        ),
    )
    for asked, expected in cases:
        found = connect.search_users(**HERE, **asked)
        assert expected == [user["Username"] for user in found["Users"]], asked
    listing = {"ListCondition": {"TargetListType": "PROFICIENCIES", "Conditions": []}}
    for criteria in (listing, text("x", "EXACT", "Email")):
        refused = connect.refusal("search_users", **HERE, SearchCriteria=criteria)
        assert "InvalidParameterException" == refused


def test_a_user_who_is_none_is_refused_by_name(connect: Stock) -> None:
    """A password is asked for, and never told back."""
    per_channel = [{"Channel": "VOICE", "AutoAccept": True}]
    cases: tuple[tuple[str, dict[str, object]], ...] = (
        ("DuplicateResourceException", {"Username": "Ben"}),
        ("ResourceNotFoundException", {"SecurityProfileIds": ["pilot"]}),
        ("ResourceNotFoundException", {"RoutingProfileId": "rp-9"}),
        ("ResourceNotFoundException", {"HierarchyGroupId": "g-9"}),
        ("InvalidParameterException", {"Password": "short"}),
        ("InvalidParameterException", {"Password": None}),
        ("InvalidParameterException", {"IdentityInfo": {"Email": "dan"}}),
        ("InvalidParameterException", {"AutoAcceptConfigs": per_channel}),
        ("InvalidRequestException", {"PhoneConfig": {"PhoneType": "FAX"}}),
    )
    for expected, changes in cases:
        asked = {name: value for name, value in {**DAN, **changes}.items() if value is not None}
        assert expected == connect.refusal("create_user", **HERE, **asked), changes


def test_security_profiles_are_the_five_groups(connect: Stock) -> None:
    listed = connect.list_security_profiles(**HERE)["SecurityProfileSummaryList"]

    assert ["admin", "agent", "finance", "supervisor", "trainee"] == [p["Id"] for p in listed]
    assert listed[0]["Arn"].endswith("instance/i-1/security-profile/admin")


def test_proficiencies_have_the_shapes_of_the_model(connect: Stock) -> None:
    """In pages, by attribute and value."""
    user = {**HERE, "UserId": BEN}
    spanish = {"AttributeName": "Language", "AttributeValue": "Spanish", "Level": 3.0}
    cars = {"AttributeName": "Cars", "AttributeValue": "Vans", "Level": 4.5}
    connect.associate_user_proficiencies(**user, UserProficiencies=[spanish, cars])
    connect.update_user_proficiencies(**user, UserProficiencies=[{**spanish, "Level": 5.0}])

    first = connect.list_user_proficiencies(**user, MaxResults=1)
    rest = connect.list_user_proficiencies(**user, NextToken=first["NextToken"])

    assert ([cars], MONDAY) == (first["UserProficiencyList"], first["LastModifiedTime"])
    assert [{**spanish, "Level": 5.0}] == rest["UserProficiencyList"]
    gone = {name: value for name, value in cars.items() if name != "Level"}
    connect.disassociate_user_proficiencies(**user, UserProficiencies=[gone])
    assert 1 == len(connect.list_user_proficiencies(**user)["UserProficiencyList"])
    wrong = [{**cars, "Level": 6.0}]
    refused = connect.refusal("associate_user_proficiencies", **user, UserProficiencies=wrong)
    assert "InvalidParameterException" == refused


def test_predefined_attributes_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Names may have signs that addresses do not; in use they stay."""
    name = {"Name": "Car / brand"}
    values = {"StringList": ["Vans", "Lorries"]}
    connect.create_predefined_attribute(**HERE, **name, Values=values, Purposes=["ROUTING"])
    connect.update_predefined_attribute(**HERE, **name, Values={"StringList": ["Vans"]})

    found = connect.describe_predefined_attribute(**HERE, **name)["PredefinedAttribute"]

    assert {
        **name,
        "Values": {"StringList": ["Vans"]},
        "Purposes": ["ROUTING"],
        **CHANGED,
    } == found
    listed = connect.list_predefined_attributes(**HERE)["PredefinedAttributeSummaryList"]
    assert [{**name, **CHANGED}] == listed
    search = connect.search_predefined_attributes(**HERE, SearchCriteria=text("car"))
    assert [found] == search["PredefinedAttributes"]
    again = connect.refusal("create_predefined_attribute", **HERE, **name)
    assert "DuplicateResourceException" == again
    vans = [{"AttributeName": name["Name"], "AttributeValue": "Vans", "Level": 1.0}]
    connect.associate_user_proficiencies(**HERE, UserId=BEN, UserProficiencies=vans)
    used = connect.refusal("delete_predefined_attribute", **HERE, **name)
    assert "ResourceInUseException" == used
    gone = [{name: value for name, value in vans[0].items() if name != "Level"}]
    connect.disassociate_user_proficiencies(**HERE, UserId=BEN, UserProficiencies=gone)
    connect.delete_predefined_attribute(**HERE, **name)
    refused = connect.refusal("describe_predefined_attribute", **HERE, **name)
    assert "ResourceNotFoundException" == refused


# --- statuses and the hierarchy -------------------------------------------------------------------


def test_agent_statuses_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Created, changed in part, described, listed by type, searched, tagged; never deleted."""
    made = connect.create_agent_status(
        **HERE, Name="Lunch", State="ENABLED", Description="An hour", DisplayOrder=3
    )
    status = {**HERE, "AgentStatusId": made["AgentStatusId"]}
    connect.update_agent_status(**status, Name="Midday", State="DISABLED")
    connect.tag_resource(resourceArn=made["AgentStatusARN"], tags={"team": "a"})

    found = connect.describe_agent_status(**status)["AgentStatus"]

    assert {
        "AgentStatusARN": made["AgentStatusARN"],
        "AgentStatusId": made["AgentStatusId"],
        "Name": "Midday",
        "Description": "An hour",
        "Type": "CUSTOM",
        "DisplayOrder": 3,
        "State": "DISABLED",
        "Tags": {"team": "a"},
        **CHANGED,
    } == found
    connect.update_agent_status(**status, ResetOrderNumber=True)
    assert "DisplayOrder" not in connect.describe_agent_status(**status)["AgentStatus"]
    listed = connect.list_agent_statuses(**HERE, AgentStatusTypes=["CUSTOM", "OFFLINE"])
    assert ["Break", "Midday", "Not reachable", "Offline"] == [
        each["Name"] for each in listed["AgentStatusSummaryList"]
    ]
    tagged = {"AttributeFilter": {"TagCondition": {"TagKey": "team"}}}
    search = connect.search_agent_statuses(**HERE, SearchFilter=tagged)
    assert ["Midday"] == [each["Name"] for each in search["AgentStatuses"]]
    new = {**HERE, "Name": "Break", "State": "ENABLED"}
    assert "DuplicateResourceException" == connect.refusal("create_agent_status", **new)


def test_the_hierarchy_has_the_shapes_of_the_model(connect: Stock) -> None:
    """Levels, and groups with all that stand above them."""
    names = {"LevelOne": {"Name": "Site"}, "LevelTwo": {"Name": "Team"}}
    connect.update_user_hierarchy_structure(**HERE, HierarchyStructure=names)
    top = connect.create_user_hierarchy_group(**HERE, Name="Berlin", Tags={"team": "a"})
    team = connect.create_user_hierarchy_group(
        **HERE, Name="Days", ParentGroupId=top["HierarchyGroupId"]
    )
    group = {**HERE, "HierarchyGroupId": team["HierarchyGroupId"]}
    connect.update_user_hierarchy_group_name(**group, Name="Early")

    structure = connect.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    found = connect.describe_user_hierarchy_group(**group)["HierarchyGroup"]

    assert {"LevelOne": "Site", "LevelTwo": "Team"} == {k: v["Name"] for k, v in structure.items()}
    own = {
        "Id": team["HierarchyGroupId"],
        "Arn": team["HierarchyGroupArn"],
        "Name": "Early",
        **CHANGED,
    }
    above = {
        "Id": top["HierarchyGroupId"],
        "Arn": top["HierarchyGroupArn"],
        "Name": "Berlin",
        **CHANGED,
    }
    level = structure["LevelTwo"]["Id"]
    path = {"LevelOne": above, "LevelTwo": own}
    assert {**own, "LevelId": level, "HierarchyPath": path, "Tags": {}} == found
    listed = connect.list_user_hierarchy_groups(**HERE)["UserHierarchyGroupSummaryList"]
    assert [above, own] == listed
    search = connect.search_user_hierarchy_groups(**HERE, SearchCriteria=text("early", "EXACT"))
    assert [found] == search["UserHierarchyGroups"]
    over = {**HERE, "HierarchyGroupId": top["HierarchyGroupId"]}
    assert "ResourceInUseException" == connect.refusal("delete_user_hierarchy_group", **over)
    connect.delete_user_hierarchy_group(**group)
    connect.delete_user_hierarchy_group(**over)
    connect.update_user_hierarchy_structure(**HERE, HierarchyStructure={})
    assert {"HierarchyStructure": {}} == connect.describe_user_hierarchy_structure(**HERE)
