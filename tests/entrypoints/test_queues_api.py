"""Connect's API for queues, hours and quick connects: stock botocore at our doors, in process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.services.tags import TagsService
from tests.caller import OFFICE
from tests.entrypoints.test_connect_api import HERE, Machines, Stock, text
from tests.fakes.center import InMemoryUserStore
from tests.given import MONDAY
from tests.house import BEN
from tests.services.setting_up import TO_AGENT, TO_QUEUE, WHISPER, Office

NINE, FIVE = {"Hours": 9, "Minutes": 0}, {"Hours": 17, "Minutes": 30}
MORNINGS = [
    {"Day": day, "StartTime": NINE, "EndTime": {"Hours": 12, "Minutes": 0}}
    for day in ("MONDAY", "TUESDAY")
]
PHONE = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+12025550150"}}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    built: Mapping[str, object] = {
        "center_store": office.store,
        "queues": office.queues,
        "hours": office.hours,
        "quick_connects": office.quick_connects,
        "tags": TagsService(office.store, office.store, InMemoryUserStore(office.store)),
        "machines": Machines(),
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    return office


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def connect(office: Office, stock: Stock) -> Stock:
    return stock


def a_quick_connect(connect: Stock, name: str, config: Mapping[str, object] = PHONE) -> str:
    made = connect.create_quick_connect(**HERE, Name=name, QuickConnectConfig=config)
    identifier: str = made["QuickConnectId"]
    return identifier


# --- queues ---------------------------------------------------------------------------------------


def test_queues_have_the_shapes_of_the_model(connect: Stock, office: Office) -> None:
    """Created, changed part by part, described, listed, searched, tagged, deleted."""
    whisper = office.flow("Hello", WHISPER)
    caller = {"OutboundCallerIdName": "Acme", "OutboundFlowId": whisper.flow_id}
    made = connect.create_queue(
        **HERE,
        Name="Returns",
        Description="What comes back",
        HoursOfOperationId=OFFICE.hours_id,
        OutboundCallerConfig=caller,
        MaxContacts=0,
        Tags={"team": "a"},
    )
    queue = {**HERE, "QueueId": made["QueueId"]}
    connect.update_queue_name(**queue, Name="Come back")
    connect.update_queue_status(**queue, Status="DISABLED")
    connect.update_queue_max_contacts(**queue, MaxContacts=3)
    connect.update_queue_hours_of_operation(**queue, HoursOfOperationId=OFFICE.hours_id)
    number = {**caller, "OutboundCallerIdNumberId": "+12025550111"}
    connect.update_queue_outbound_caller_config(**queue, OutboundCallerConfig=number)
    connect.tag_resource(resourceArn=made["QueueArn"], tags={"live": "no"})

    found = connect.describe_queue(**queue)["Queue"]

    assert found == {
        "QueueId": made["QueueId"],
        "QueueArn": made["QueueArn"],
        "Name": "Come back",
        "Description": "What comes back",
        "OutboundCallerConfig": number,
        "HoursOfOperationId": OFFICE.hours_id,
        "MaxContacts": 3,
        "Status": "DISABLED",
        "Tags": {"team": "a", "live": "no"},
        "LastModifiedTime": MONDAY,
        "LastModifiedRegion": "us-east-1",
    }
    connect.update_queue_max_contacts(**queue)
    assert "MaxContacts" not in connect.describe_queue(**queue)["Queue"]
    assert connect.search_queues(**HERE, MaxResults=500)["ApproximateTotalCount"] == 3
    connect.delete_queue(**queue)
    assert connect.refusal("describe_queue", **queue) == "ResourceNotFoundException"


def test_queues_are_listed_by_type_and_searched(connect: Stock) -> None:
    """Those of single agents belong to them, and are not kept."""
    names = [q["Name"] for q in connect.list_queues(**HERE)["QueueSummaryList"]]
    standard = connect.list_queues(**HERE, QueueTypes=["STANDARD"])["QueueSummaryList"]

    assert names == [q["Name"] for q in standard] == ["Sales", "Support"]
    assert connect.list_queues(**HERE, QueueTypes=["AGENT"]) == {"QueueSummaryList": []}
    cases: tuple[tuple[dict[str, object], list[str]], ...] = (
        (text("s", "STARTS_WITH"), ["Sales", "Support"]),
        (text("q-sales", "EXACT", "resourceID"), ["Sales"]),
        ({"AndConditions": [text("port"), {"QueueTypeCondition": "STANDARD"}]}, ["Support"]),
        ({"QueueTypeCondition": "AGENT"}, []),
    )
    for criteria, expected in cases:
        found = connect.search_queues(**HERE, SearchCriteria=criteria)
        assert expected == [queue["Name"] for queue in found["Queues"]]


def test_quick_connects_of_a_queue_come_in_pages(connect: Stock) -> None:
    made = [a_quick_connect(connect, name) for name in "cab"]
    queue = {**HERE, "QueueId": "q-sales"}
    connect.associate_queue_quick_connects(**queue, QuickConnectIds=made)

    first = connect.list_queue_quick_connects(**queue, MaxResults=2)
    rest = connect.list_queue_quick_connects(**queue, NextToken=first["NextToken"])

    assert [q["Name"] for q in first["QuickConnectSummaryList"]] == ["a", "b"]
    assert [q["Name"] for q in rest["QuickConnectSummaryList"]] == ["c"]
    assert first["LastModifiedTime"] == MONDAY
    refused = connect.refusal("list_queue_quick_connects", **queue, MaxResults=101)
    assert refused == "InvalidParameterException"
    connect.disassociate_queue_quick_connects(**queue, QuickConnectIds=made)
    assert connect.list_queue_quick_connects(**queue)["QuickConnectSummaryList"] == []


# --- quick connects -------------------------------------------------------------------------------


def test_quick_connects_have_the_shapes_of_the_model(connect: Stock, office: Office) -> None:
    """One of each type, and one that is changed into another."""
    agent, queue = office.flow("To agent", TO_AGENT), office.flow("To queue", TO_QUEUE)
    configs = (
        {
            "QuickConnectType": "USER",
            "UserConfig": {"UserId": BEN, "ContactFlowId": agent.flow_id},
        },
        {
            "QuickConnectType": "QUEUE",
            "QueueConfig": {"QueueId": "q-sales", "ContactFlowId": queue.flow_id},
        },
        PHONE,
        {"QuickConnectType": "FLOW", "FlowConfig": {"ContactFlowId": agent.flow_id}},
    )
    for config in configs:
        identifier = a_quick_connect(connect, str(config["QuickConnectType"]), config)
        found = connect.describe_quick_connect(**HERE, QuickConnectId=identifier)["QuickConnect"]
        assert found["QuickConnectConfig"] == config

    this = {**HERE, "QuickConnectId": identifier}
    connect.update_quick_connect_name(**this, Name="Bank", Description="Ask there")
    connect.update_quick_connect_config(**this, QuickConnectConfig=PHONE)
    changed = connect.describe_quick_connect(**this)["QuickConnect"]

    assert (changed["Name"], changed["Description"]) == ("Bank", "Ask there")
    assert (changed["QuickConnectConfig"], changed["LastModifiedTime"]) == (PHONE, MONDAY)
    connect.tag_resource(resourceArn=changed["QuickConnectARN"], tags={"team": "a"})
    only = connect.list_quick_connects(**HERE, QuickConnectTypes=["USER", "QUEUE"])
    assert [q["Name"] for q in only["QuickConnectSummaryList"]] == ["QUEUE", "USER"]
    tagged = {"TagFilter": {"TagCondition": {"TagKey": "team"}}}
    hits = connect.search_quick_connects(**HERE, SearchFilter=tagged)["QuickConnects"]
    assert [hit["Name"] for hit in hits] == ["Bank"]
    connect.delete_quick_connect(**this)
    assert connect.refusal("describe_quick_connect", **this) == "ResourceNotFoundException"


def test_every_refusal_is_the_exception_that_boto3_names(connect: Stock, office: Office) -> None:
    """Its users catch it by that name."""
    bank = a_quick_connect(connect, "Bank")
    sales, this = {**HERE, "QueueId": "q-sales"}, {**HERE, "QuickConnectId": bank}
    connect.associate_queue_quick_connects(**sales, QuickConnectIds=[bank])
    connect.update_queue_hours_of_operation(**sales, HoursOfOperationId=OFFICE.hours_id)
    bad = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "911"}}
    hours = {"HoursOfOperationId": OFFICE.hours_id}
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("DuplicateResourceException", "create_queue", {**HERE, **hours, "Name": "Sales"}),
        ("InvalidParameterException", "create_queue", {**HERE, **hours, "Name": "x" * 128}),
        ("InvalidRequestException", "create_queue", {**HERE, "Name": "New"}),
        ("InvalidParameterException", "update_queue_status", {**sales, "Status": "OPEN"}),
        ("InvalidParameterException", "list_queues", {**HERE, "QueueTypes": ["OPEN"]}),
        ("ResourceInUseException", "delete_quick_connect", this),
        ("ResourceInUseException", "delete_hours_of_operation", {**HERE, **hours}),
        (
            "LimitExceededException",
            "associate_queue_quick_connects",
            {**sales, "QuickConnectIds": [a_quick_connect(connect, f"{n}") for n in range(50)]},
        ),
        (
            "InvalidParameterException",
            "update_quick_connect_config",
            {**this, "QuickConnectConfig": bad},
        ),
        (
            "ResourceNotFoundException",
            "associate_queue_quick_connects",
            {**sales, "QuickConnectIds": ["nobody"]},
        ),
    )
    for expected, operation, arguments in asked:
        assert connect.refusal(operation, **arguments) == expected, operation


# --- hours ----------------------------------------------------------------------------------------


def test_hours_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Created, changed, described, listed, searched, deleted."""
    made = connect.create_hours_of_operation(
        **HERE, Name="Morning", TimeZone="Europe/Berlin", Config=MORNINGS, Tags={"team": "a"}
    )
    hours = {**HERE, "HoursOfOperationId": made["HoursOfOperationId"]}
    connect.update_hours_of_operation(**hours, Description="Early", TimeZone="Asia/Tokyo")

    found = connect.describe_hours_of_operation(**hours)["HoursOfOperation"]

    assert (found["Name"], found["Description"], found["Config"]) == ("Morning", "Early", MORNINGS)
    assert (found["TimeZone"], found["Tags"]) == ("Asia/Tokyo", {"team": "a"})
    listed = connect.list_hours_of_operations(**HERE)["HoursOfOperationSummaryList"]
    assert [each["Name"] for each in listed] == ["Morning", OFFICE.name]
    hits = connect.search_hours_of_operations(
        **HERE, SearchCriteria=text("earl", field="description")
    )
    assert [each["Name"] for each in hits["HoursOfOperations"]] == ["Morning"]
    connect.delete_hours_of_operation(**hours)
    assert connect.refusal("describe_hours_of_operation", **hours) == "ResourceNotFoundException"


def test_overrides_have_the_shapes_of_the_model(connect: Stock) -> None:
    """Those for dates and those that recur."""
    hours = {**HERE, "HoursOfOperationId": OFFICE.hours_id}
    late = [{"Day": "FRIDAY", "StartTime": FIVE, "EndTime": {"Hours": 0, "Minutes": 0}}]
    recurrence = {
        "RecurrencePattern": {
            "Frequency": "YEARLY",
            "Interval": 1,
            "ByMonth": [12],
            "ByWeekdayOccurrence": [-1],
        }
    }
    dates = {"EffectiveFrom": "2026-01-01", "EffectiveTill": "2029-12-31"}
    made = connect.create_hours_of_operation_override(
        **hours, Name="Late", Config=late, OverrideType="OPEN", RecurrenceConfig=recurrence, **dates
    )
    this = {**hours, "HoursOfOperationOverrideId": made["HoursOfOperationOverrideId"]}
    connect.update_hours_of_operation_override(
        **this, Description="Before Christmas", EffectiveTill="2030-12-31"
    )

    found = connect.describe_hours_of_operation_override(**this)["HoursOfOperationOverride"]

    assert (found["Name"], found["Description"]) == ("Late", "Before Christmas")
    assert (found["Config"], found["OverrideType"]) == (late, "OPEN")
    assert (found["RecurrenceConfig"], found["EffectiveTill"]) == (recurrence, "2030-12-31")
    listed = connect.list_hours_of_operation_overrides(**hours)
    assert listed["HoursOfOperationOverrideList"] == [found]
    connect.delete_hours_of_operation_override(**this)
    assert connect.list_hours_of_operation_overrides(**hours)["HoursOfOperationOverrideList"] == []


def test_overrides_are_searched_by_words_and_dates(connect: Stock) -> None:
    """Of all hours of the center at once."""
    hours = {**HERE, "HoursOfOperationId": OFFICE.hours_id, "Config": []}
    for name, day in (("New Year", "2027-01-01"), ("Christmas", "2026-12-25")):
        connect.create_hours_of_operation_override(
            **hours, Name=name, EffectiveFrom=day, EffectiveTill=day
        )

    def names(**criteria: object) -> list[str]:
        found = connect.search_hours_of_operation_overrides(**HERE, SearchCriteria=criteria)
        return sorted(each["Name"] for each in found["HoursOfOperationOverrides"])

    def dated(comparison: str, value: str = "2026-12-31", name: str = "EffectiveFrom") -> Any:
        condition = {"FieldName": name, "Value": value, "ComparisonType": comparison}
        return {"DateCondition": condition}

    assert names() == ["Christmas", "New Year"]
    assert names(**text("year")) == ["New Year"]
    assert names(**dated("LESS_THAN")) == ["Christmas"]
    assert names(**dated("GREATER_THAN_OR_EQUAL_TO", "2027-01-01", "EffectiveTill")) == ["New Year"]
    for wrong in (dated("LIKE"), dated("EQUAL_TO", "31.12.2026"), dated("EQUAL_TO", name="Name")):
        refused = connect.refusal(
            "search_hours_of_operation_overrides", **HERE, SearchCriteria=wrong
        )
        assert refused == "InvalidParameterException"


def test_what_dates_are_really_like_has_the_shape_of_the_model(connect: Stock) -> None:
    """A closure of a Tuesday's noon, told with the hours that it leaves; dates without overrides
    are told once."""
    hours = {**HERE, "HoursOfOperationId": OFFICE.hours_id}
    noon = {"StartTime": {"Hours": 12, "Minutes": 0}, "EndTime": {"Hours": 13, "Minutes": 0}}
    connect.create_hours_of_operation_override(
        **hours,
        Name="Meeting",
        Config=[{"Day": "TUESDAY", **noon}],
        OverrideType="CLOSED",
        RecurrenceConfig={"RecurrencePattern": {"Frequency": "WEEKLY", "Interval": 1}},
        EffectiveFrom="2026-01-01",
        EffectiveTill="2026-12-31",
    )

    found = connect.get_effective_hours_of_operations(
        **hours, FromDate="2026-03-02", ToDate="2026-03-03"
    )

    monday, tuesday = found["EffectiveHoursOfOperationList"]
    assert (monday["Date"], len(monday["OperationalHours"])) == ("2026-03-02", 1)
    assert [(h["Start"]["Hours"], h["End"]["Hours"]) for h in tuesday["OperationalHours"]] == [
        (9, 12),
        (13, 17),
    ]
    (overridden,) = found["EffectiveOverrideHoursList"]
    assert overridden == {
        "Date": "2026-03-03",
        "OverrideHours": [
            {
                "Start": noon["StartTime"],
                "End": noon["EndTime"],
                "OverrideName": "Meeting",
                "OperationalStatus": "CLOSED",
            }
        ],
    }
    assert found["TimeZone"] == OFFICE.time_zone


def test_an_override_without_days_and_times_is_for_whole_days(connect: Stock) -> None:
    """A closure that names neither closes every date that its pattern names."""
    hours = {**HERE, "HoursOfOperationId": OFFICE.hours_id}
    pattern = {"Frequency": "YEARLY", "Interval": 1, "ByMonth": [7], "ByMonthDay": [2]}
    connect.create_hours_of_operation_override(
        **hours,
        Name="Founders",
        Config=[{}],
        OverrideType="CLOSED",
        RecurrenceConfig={"RecurrencePattern": pattern},
        EffectiveFrom="2026-01-01",
        EffectiveTill="2030-12-31",
    )

    found = connect.get_effective_hours_of_operations(
        **hours, FromDate="2026-07-01", ToDate="2026-07-02"
    )["EffectiveHoursOfOperationList"]

    assert [len(each["OperationalHours"]) for each in found] == [1, 0]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"TimeZone": "Mars/Olympus"}, "InvalidParameterException"),
        ({"Config": []}, "InvalidParameterException"),
        (
            {"Config": [{"Day": "MONDAY", "StartTime": FIVE, "EndTime": NINE}]},
            "InvalidParameterException",
        ),
        ({"Config": [{"Day": "FREEDAY"}]}, "InvalidRequestException"),
        (
            {"Config": [{"Day": "MONDAY", "StartTime": {"Hours": 24, "Minutes": 0}}]},
            "InvalidRequestException",
        ),
        ({"Name": OFFICE.name}, "DuplicateResourceException"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    connect: Stock, wrong: dict[str, object], expected: str
) -> None:
    new = {"Name": "New", "TimeZone": "Europe/Berlin", "Config": MORNINGS}

    assert connect.refusal("create_hours_of_operation", **HERE, **{**new, **wrong}) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"EffectiveFrom": "1.1.2026"},
        {"EffectiveFrom": "20260101"},
        {"EffectiveTill": "2025-12-31"},
        {"OverrideType": "OPEN"},
        {"RecurrenceConfig": {"RecurrencePattern": {"Frequency": "WEEKLY", "Interval": 9}}},
        {
            "RecurrenceConfig": {
                "RecurrencePattern": {"Frequency": "YEARLY", "Interval": 1, "ByMonth": [1, 2]}
            }
        },
    ],
)
def test_overrides_that_cannot_be_are_refused(connect: Stock, wrong: dict[str, object]) -> None:
    new = {"Name": "New", "Config": [], "EffectiveFrom": "2026-01-01"}
    asked = {**HERE, "HoursOfOperationId": OFFICE.hours_id, **new, "EffectiveTill": "2026-01-02"}

    refused = connect.refusal("create_hours_of_operation_override", **{**asked, **wrong})

    assert refused == "InvalidParameterException"
