"""Amazon Connect's API for what goes on now: stock botocore at our doors, in process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.core.current_metrics import METRICS
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.ids import HierarchyGroupId
from chalicelib.entrypoints.live_shapes import live_document
from tests.entrypoints.test_connect_api import HERE, Machines, Stock
from tests.house import BEN, BREAK, CLEO, PROFILE, SALES, SUPPORT, House

COUNTED = {
    "AGENTS_STAFFED": "staffed",
    "AGENTS_AVAILABLE": "available",
    "AGENTS_ON_CALL": "onContact",
    "AGENTS_ON_CONTACT": "onContact",
    "AGENTS_AFTER_CONTACT_WORK": "afterContactWork",
    "AGENTS_ERROR": "missed",
    "CONTACTS_IN_QUEUE": "waiting",
    "CONTACTS_SCHEDULED": "scheduled",
    "OLDEST_CONTACT_AGE": "oldestSeconds",
}


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def connect(house: House, stock: Stock, monkeypatch: pytest.MonkeyPatch) -> Stock:
    built = {
        "center_store": house.center,
        "current_data": house.current_data,
        "supervision": house.supervision,
        "machines": Machines(),
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    return stock


def busy(house: House) -> None:
    """Ben talks and Cleo has missed somebody; two wait in Sales, one in Support, one chats."""
    house.signs_in("cleo")
    missed = house.rings("To Sales")
    house.later(21)
    house.rings_what_is_due()
    house.signs_in("ben")
    house.answers(BEN, missed)
    for flow in ("To Sales", "To Sales", "To Support"):
        house.later(3)
        house.rings(flow)
    house.chats("To Sales")
    house.later(9)


def metrics(connect: Stock, *names: str, **more: Any) -> Any:
    wanted = [{"Name": name, "Unit": METRICS[name].unit} for name in names]
    known = {"Filters": {"Queues": [SALES]}, "CurrentMetrics": wanted}
    return connect.get_current_metric_data(**HERE, **(known | more))


def values(result: Any) -> list[float | None]:
    return [each.get("Value") for each in result["Collections"]]


def test_metrics_are_what_supervisors_see(house: House, connect: Stock) -> None:
    """By queue and channel, each number of both."""
    busy(house)
    seen: Any = live_document(house.live.snapshot())["queues"]

    answer = metrics(
        connect,
        *COUNTED,
        Filters={"Queues": [SALES, SUPPORT], "Channels": ["VOICE", "CHAT"]},
        Groupings=["QUEUE", "CHANNEL"],
    )

    counted = {
        (each["Dimensions"]["Queue"]["Id"], each["Dimensions"]["Channel"]): values(each)
        for each in answer["MetricResults"]
    }
    expected = {
        (line["queueId"], line["channel"]): [float(line[name] or 0) for name in COUNTED.values()]
        for line in seen
    }
    assert expected == {key: counted[key] for key in expected}
    assert house.at == answer["DataSnapshotTime"]
    assert 4 == answer["ApproximateTotalCount"]


def test_user_data_are_what_supervisors_see(house: House, connect: Stock) -> None:
    busy(house)
    seen: Any = live_document(house.live.snapshot())["agents"]

    found = connect.get_current_user_data(**HERE, Filters={"Queues": [SALES]})["UserDataList"]

    assert [each["agentId"] for each in seen] == [each["User"]["Id"] for each in found]
    assert [each["status"]["name"] for each in seen] == [
        each["Status"]["StatusName"] for each in found
    ]
    assert [
        [
            (contact["contactId"], contact["channel"], contact["state"])
            for contact in each["contacts"]
        ]
        for each in seen
    ] == [
        [(c["ContactId"], c["Channel"], c["AgentContactState"]) for c in each["Contacts"]]
        for each in found
    ]


def test_an_agent_is_described_with_slots_and_contacts(house: House, connect: Stock) -> None:
    busy(house)
    house.desk.set_status(BEN, "Break")

    [ben] = connect.get_current_user_data(**HERE, Filters={"Agents": [BEN]})["UserDataList"]

    assert ({"VOICE": 0, "CHAT": 0}, {"VOICE": 1, "CHAT": 2}, {"VOICE": 1, "CHAT": 0}) == (
        ben["AvailableSlotsByChannel"],
        ben["MaxSlotsByChannel"],
        ben["ActiveSlotsByChannel"],
    )
    assert ("Available", "Break", PROFILE.profile_id) == (
        ben["Status"]["StatusName"],
        ben["NextStatus"],
        ben["RoutingProfile"]["Id"],
    )
    [contact] = ben["Contacts"]
    assert ("INBOUND", "CONNECTED", SALES) == (
        contact["InitiationMethod"],
        contact["AgentContactState"],
        contact["Queue"]["Id"],
    )
    assert contact["ConnectedToAgentTimestamp"] == contact["StateStartTimestamp"]


PROFILE_ARN = f"arn:aws:connect:x:y:routing-profile/{PROFILE.profile_id}"
INVALID, NOT_THERE = "InvalidParameterException", "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("filters", "agents"),
    [
        ({"Queues": [SALES]}, [BEN, CLEO]),
        ({"RoutingProfiles": [PROFILE_ARN]}, [BEN, CLEO]),
        ({"Agents": [CLEO]}, [CLEO]),
        ({"Agents": [BEN, CLEO], "ContactFilter": {"ContactStates": ["CONNECTED"]}}, [BEN]),
        ({"ContactFilter": {"ContactStates": ["CONNECTED", "MISSED"]}}, [BEN, CLEO]),
        ({"Queues": [SALES], "ContactFilter": {"ContactStates": ["ENDED"]}}, []),
    ],
)
def test_user_data_are_filtered(
    house: House, connect: Stock, filters: dict[str, Any], agents: list[str]
) -> None:
    busy(house)

    found = connect.get_current_user_data(**HERE, Filters=filters)

    assert agents == [each["User"]["Id"] for each in found["UserDataList"]]
    assert len(agents) == found["ApproximateTotalCount"]


def test_users_of_a_hierarchy_group_are_found_with_all_below_it(
    house: House, connect: Stock
) -> None:
    """Ben is in a team of Europe; Cleo is nowhere."""
    europe = HierarchyGroup(group_id=HierarchyGroupId("g-eu"), name="Europe")
    team = HierarchyGroup(
        group_id=HierarchyGroupId("g-a"), name="A", parent_id=HierarchyGroupId("g-eu")
    )
    house.center.configuration = replace(
        house.center.configuration, hierarchy_groups=(europe, team)
    )
    house.center.save_user(replace(house.center.users["ben"], hierarchy_group_id=team.group_id))
    busy(house)

    found = connect.get_current_user_data(**HERE, Filters={"UserHierarchyGroups": ["g-eu"]})

    [ben] = found["UserDataList"]
    assert (BEN, "g-eu", "g-a") == (
        ben["User"]["Id"],
        ben["HierarchyPath"]["LevelOne"]["Id"],
        ben["HierarchyPath"]["LevelTwo"]["Id"],
    )


def test_user_data_come_in_pages(house: House, connect: Stock) -> None:
    busy(house)
    filters = {"Queues": [SALES]}

    first = connect.get_current_user_data(**HERE, Filters=filters, MaxResults=1)
    rest = connect.get_current_user_data(
        **HERE, Filters=filters, MaxResults=1, NextToken=first["NextToken"]
    )

    pages = [first["UserDataList"], rest["UserDataList"]]
    assert [[BEN], [CLEO]] == [[each["User"]["Id"] for each in page] for page in pages]
    assert "NextToken" not in rest


# --- metrics --------------------------------------------------------------------------------------


def test_without_groupings_all_is_counted_together(house: House, connect: Stock) -> None:
    """The oldest age is in milliseconds then, as Amazon Connect answers."""
    busy(house)
    names = ["AGENTS_ONLINE", "CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE", "SLOTS_ACTIVE"]

    [whole] = metrics(connect, *names, Filters={"Queues": [SALES, SUPPORT]})["MetricResults"]

    assert {} == whole["Dimensions"]
    assert [2.0, 4.0, 15_000.0, 1.0] == values(whole)


def test_grouped_by_one_thing_the_rest_is_counted_together(house: House, connect: Stock) -> None:
    busy(house)

    found = metrics(
        connect,
        "CONTACTS_IN_QUEUE",
        "OLDEST_CONTACT_AGE",
        Filters={"Queues": [SALES, SUPPORT], "Channels": ["VOICE", "CHAT"]},
        Groupings=["CHANNEL"],
    )["MetricResults"]

    assert {"VOICE": [3.0, 15.0], "CHAT": [1.0, 9.0]} == {
        each["Dimensions"]["Channel"]: values(each) for each in found
    }


def test_routing_profiles_count_their_agents_and_what_waits_for_them(
    house: House, connect: Stock
) -> None:
    busy(house)

    [found] = metrics(
        connect,
        "AGENTS_ONLINE",
        "CONTACTS_IN_QUEUE",
        Filters={"RoutingProfiles": [PROFILE.profile_id]},
        Groupings=["ROUTING_PROFILE"],
    )["MetricResults"]
    [of_queue] = metrics(connect, "AGENTS_ONLINE", Groupings=["ROUTING_PROFILE"])["MetricResults"]

    assert PROFILE.profile_id == found["Dimensions"]["RoutingProfile"]["Id"]
    assert ([2.0, 4.0], [2.0]) == (values(found), values(of_queue))


def test_metrics_are_sorted_and_come_in_pages(house: House, connect: Stock) -> None:
    busy(house)
    asked: dict[str, Any] = {
        "Filters": {"Queues": [SALES, SUPPORT]},
        "Groupings": ["QUEUE"],
        "SortCriteria": [{"SortByMetric": "CONTACTS_IN_QUEUE", "SortOrder": "ASCENDING"}],
        "MaxResults": 1,
    }
    first = metrics(connect, "CONTACTS_IN_QUEUE", **asked)
    rest = metrics(connect, "CONTACTS_IN_QUEUE", **asked, NextToken=first["NextToken"])

    found = [*first["MetricResults"], *rest["MetricResults"]]
    assert [(SUPPORT, [1.0]), (SALES, [3.0])] == [
        (each["Dimensions"]["Queue"]["Id"], values(each)) for each in found
    ]
    assert "NextToken" not in rest


def test_what_cannot_be_told_has_no_value(house: House, connect: Stock) -> None:
    """Nobody is there who could answer."""
    house.rings("To Sales")
    filters = {"Queues": [SALES], "Channels": ["VOICE"]}

    [found] = metrics(
        connect, "ESTIMATED_WAIT_TIME", Filters=filters, Groupings=["QUEUE", "CHANNEL"]
    )["MetricResults"]

    assert [None] == values(found)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"Filters": {}}, INVALID),
        ({"Filters": {"Queues": [SALES], "RoutingProfiles": ["rp-1"]}}, INVALID),
        ({"Filters": {"Queues": ["q-none"]}}, NOT_THERE),
        ({"Filters": {"RoutingProfiles": ["rp-none"]}}, NOT_THERE),
        ({"Filters": {"Queues": [SALES], "Channels": ["PIGEON"]}}, INVALID),
        ({"Filters": {"Queues": [SALES], "Subtypes": ["x"]}}, INVALID),
        ({"Filters": {"Queues": [SALES] * 101}}, INVALID),
        ({"Groupings": ["SUBTYPE"]}, INVALID),
        ({"Groupings": ["ROUTING_PROFILE"]}, INVALID),
        ({"CurrentMetrics": [{"Name": "CONTACTS_LOST"}]}, INVALID),
        ({"CurrentMetrics": [{"Name": "AGENTS_ONLINE", "Unit": "SECONDS"}]}, INVALID),
        ({"CurrentMetrics": [{"Name": "ESTIMATED_WAIT_TIME"}]}, INVALID),
        ({"SortCriteria": [{"SortByMetric": "SLOTS_ACTIVE"}]}, INVALID),
        ({"MaxResults": 101}, INVALID),
        ({"NextToken": "x"}, INVALID),
        ({"InstanceId": "i-2"}, NOT_THERE),
    ],
)
def test_what_connect_refuses_is_refused(
    house: House, connect: Stock, asked: dict[str, Any], refusal: str
) -> None:
    known: dict[str, Any] = {
        **HERE,
        "Filters": {"Queues": [SALES]},
        "CurrentMetrics": [{"Name": "CONTACTS_IN_QUEUE"}],
    }

    assert refusal == connect.refusal("get_current_metric_data", **(known | asked))


@pytest.mark.parametrize(
    ("filters", "refusal"),
    [
        ({"Queues": [SALES], "Agents": [BEN]}, INVALID),
        ({"Queues": ["q-none"]}, NOT_THERE),
        ({"Agents": ["a-none"]}, NOT_THERE),
    ],
)
def test_user_data_that_cannot_be_found_are_refused(
    connect: Stock, filters: dict[str, Any], refusal: str
) -> None:
    assert refusal == connect.refusal("get_current_user_data", **HERE, Filters=filters)


# --- statuses and desks ---------------------------------------------------------------------------


def test_a_status_is_put(house: House, connect: Stock) -> None:
    """As the next one, while the agent talks."""
    busy(house)
    center = house.center.center()
    user = {**HERE, "AgentStatusId": center.status_arn(BREAK)}

    connect.put_user_status(**user, UserId=BEN)
    connect.put_user_status(**user, UserId=CLEO)

    told = [house.agent(each) for each in (BEN, CLEO)]
    assert [("Available", "Break"), ("Break", None)] == [
        (each.status.name, each.next_status.name if each.next_status else None) for each in told
    ]
    assert "AK" == house.announcer.desks[-1].by


def test_a_missed_contact_is_dismissed(house: House, connect: Stock) -> None:
    busy(house)
    [missed] = house.agent(CLEO).slots

    connect.dismiss_user_contact(**HERE, UserId=CLEO, ContactId=missed.contact_id)

    assert house.agent(CLEO).slot(missed.contact_id) is None


def test_who_is_not_there_cannot_be_looked_after(house: House, connect: Stock) -> None:
    busy(house)
    status = {**HERE, "AgentStatusId": "Break"}
    [talk] = house.agent(BEN).slots

    for answer in (
        connect.refusal("put_user_status", **status, UserId="a-none"),
        connect.refusal("put_user_status", **status | {"AgentStatusId": "Lunch"}, UserId=BEN),
        connect.refusal("dismiss_user_contact", **HERE, UserId=BEN, ContactId="c-none"),
    ):
        assert NOT_THERE == answer
    assert INVALID == connect.refusal(
        "dismiss_user_contact", **HERE, UserId=BEN, ContactId=talk.contact_id
    )
