"""Queues, hours and quick connects through Connect's own API, with stock boto3 and the AWS CLI."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.center import Center
from tests.journeys.customers import Chatter
from tests.journeys.test_aws_cli import Shell
from tests.journeys.workshop import Workshop, block, document, says, to_queue

pytestmark = pytest.mark.journey

WITHIN = 5.0  # seconds until new contacts meet what was changed
MIDNIGHT = {"Hours": 0, "Minutes": 0}
AROUND = [
    {"Day": day, "StartTime": MIDNIGHT, "EndTime": MIDNIGHT}
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
]
PHONE = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+12025550181"}}


class Office(Workshop):
    """Also makes queues, hours and quick connects, and takes them away again."""

    def __init__(self, center: Center) -> None:
        super().__init__(center)
        self._parts: list[tuple[str, dict[str, str]]] = []

    def __exit__(self, *_: object) -> None:
        """The newest first: what comes later names what came before."""
        for noun, part in reversed(self._parts):
            try:
                getattr(self.connect, f"delete_{noun}")(**self.here, **part)
            except self.connect.exceptions.ResourceNotFoundException:
                continue  # the test did it

    def create(self, what: str, content: str, **more: object) -> str:
        flow_id = super().create(what, content, **more)
        self._parts.append(("contact_flow", {"ContactFlowId": flow_id}))
        return flow_id

    def part(self, noun: str, key: str, **more: object) -> dict[str, str]:
        """The id of a new one, as operations take it."""
        made = getattr(self.connect, f"create_{noun}")(**self.here, **more)
        part = {key: made[key]}
        self._parts.append((noun, part))
        return part

    def hours(self) -> dict[str, str]:
        return self.part(
            "hours_of_operation",
            "HoursOfOperationId",
            Name=self.name("Around the clock"),
            TimeZone="America/New_York",
            Config=AROUND,
        )

    def queue(self, **more: object) -> dict[str, str]:
        name = self.name("Returns")
        return self.part("queue", "QueueId", **{"Name": name, **self.hours(), **more})

    def quick_connect(self, config: dict[str, Any]) -> str:
        name = self.name("Quick")
        made = self.part("quick_connect", "QuickConnectId", Name=name, QuickConnectConfig=config)
        return made["QuickConnectId"]


@pytest.fixture
def office(center: Center) -> Iterator[Office]:
    with Office(center) as office:
        yield office


def within(seconds: float, is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not become so in time"


def way(center: Center, flow_id: str) -> list[str]:
    """The blocks that a new contact goes through."""
    with Chatter(center, flow_id=flow_id) as chatter:
        return [fact["blockId"] for fact in center.explain(chatter.contact_id, "BlockExecuted")]


def test_a_queue_lives_from_its_hours_to_its_end(office: Office) -> None:
    """Made, described, changed, listed, searched, tagged; in use it stays; then it goes."""
    queue = office.queue(Description="What comes back", MaxContacts=3, Tags={"set": "returns"})
    this = {**office.here, **queue}
    quick = [office.quick_connect(PHONE) for _ in range(3)]
    office.connect.update_queue_name(**this, Name=office.name("Returned"))
    office.connect.update_queue_max_contacts(**this, MaxContacts=0)
    office.connect.update_queue_outbound_caller_config(
        **this, OutboundCallerConfig={"OutboundCallerIdName": "Acme"}
    )
    office.connect.associate_queue_quick_connects(**this, QuickConnectIds=quick)
    found = office.connect.describe_queue(**this)["Queue"]

    assert ("ENABLED", 0, "Acme") == (
        found["Status"],
        found["MaxContacts"],
        found["OutboundCallerConfig"]["OutboundCallerIdName"],
    )
    pages = office.connect.get_paginator("list_queue_quick_connects").paginate(
        **this, PaginationConfig={"PageSize": 2}
    )
    assert set(quick) == {q["Id"] for page in pages for q in page["QuickConnectSummaryList"]}
    listed = office.connect.list_queues(**office.here, QueueTypes=["STANDARD"])
    assert found["Name"] in {each["Name"] for each in listed["QueueSummaryList"]}
    tagged = {"TagFilter": {"TagCondition": {"TagKey": "set", "TagValue": "returns"}}}
    hits = office.connect.search_queues(**office.here, SearchFilter=tagged)["Queues"]
    assert queue["QueueId"] in {hit["QueueId"] for hit in hits}

    flow_id = office.create("To returns", to_queue(found["Name"]))
    code, refused = office.refusal("delete_queue", **this)
    assert "ResourceInUseException" == code
    assert office.describe(flow_id)["Name"] in refused["Error"]["Message"]
    in_use = office.refusal("delete_quick_connect", **office.here, QuickConnectId=quick[0])
    assert "ResourceInUseException" == in_use[0]
    office.connect.delete_contact_flow(**office.here, ContactFlowId=flow_id)
    office.connect.delete_queue(**this)
    assert "ResourceNotFoundException" == office.refusal("describe_queue", **this)[0]


def test_a_disabled_queue_turns_others_away_and_keeps_those_in_it(
    office: Office, center: Center
) -> None:
    """Whoever waits goes on waiting; the next one goes the flow's other way."""
    queue = {**office.here, **office.queue()}
    name = office.connect.describe_queue(**queue)["Queue"]["Name"]
    enter = block("Enter", "TransferContactToQueue", "End")
    enter["Transitions"]["Errors"] = [
        {"ErrorType": error, "NextAction": "Sorry"}
        for error in ("QueueAtCapacity", "NoMatchingError")
    ]
    choose = block("Choose", "UpdateContactTargetQueue", "Enter", QueueId=f"queue:{name}")
    sorry = block("Sorry", "MessageParticipant", "End", Text="We are closed for good.")
    flow_id = office.create("To returns", document(choose, enter, sorry))
    within(WITHIN, lambda: "Sorry" not in way(center, flow_id))  # the queue is known everywhere
    with Chatter(center, flow_id=flow_id) as first:
        office.connect.update_queue_status(**queue, Status="DISABLED")

        within(WITHIN, lambda: "Sorry" in way(center, flow_id))

        told = [fact["type"] for fact in center.explain(first.contact_id)]
        assert "ContactQueued" in told
        assert "ContactDisconnected" not in told


def test_hours_and_their_overrides_are_obeyed_by_the_next_contacts(
    office: Office, center: Center
) -> None:
    """A closure that recurs closes a calendar around the clock; dropped, it is open again."""
    hours = {**office.here, **office.hours()}
    look = block("Look", "CheckHoursOfOperation", "End", **hours)
    del look["Parameters"]["InstanceId"]
    look["Transitions"]["Conditions"] = [
        {"NextAction": to, "Condition": {"Operator": "Equals", "Operands": [answer]}}
        for answer, to in (("True", "Open"), ("False", "Closed"))
    ]
    flow_id = office.create(
        "Look",
        document(
            look,
            block("Open", "MessageParticipant", "End", Text="We are open."),
            block("Closed", "MessageParticipant", "End", Text="We are closed."),
        ),
    )
    within(WITHIN, lambda: "Open" in way(center, flow_id))

    override = office.connect.create_hours_of_operation_override(
        **hours,
        Name="Every day",
        Config=[{}],
        OverrideType="CLOSED",
        RecurrenceConfig={"RecurrencePattern": {"Frequency": "WEEKLY", "Interval": 1}},
        EffectiveFrom="2020-01-01",
        EffectiveTill="2099-12-31",
    )["HoursOfOperationOverrideId"]
    within(WITHIN, lambda: "Closed" in way(center, flow_id))

    effective = office.connect.get_effective_hours_of_operations(
        **hours, FromDate="2026-03-02", ToDate="2026-03-03"
    )
    assert [[], []] == [
        day["OperationalHours"] for day in effective["EffectiveHoursOfOperationList"]
    ]
    assert {"CLOSED"} == {
        hour["OperationalStatus"]
        for day in effective["EffectiveOverrideHoursList"]
        for hour in day["OverrideHours"]
    }
    assert "ResourceInUseException" == office.refusal("delete_hours_of_operation", **hours)[0]
    office.connect.delete_hours_of_operation_override(**hours, HoursOfOperationOverrideId=override)
    within(WITHIN, lambda: "Open" in way(center, flow_id))


def test_quick_connects_lead_to_what_there_is(office: Office, center: Center) -> None:
    """A user, a queue, a number, a flow; anything else is refused by the name that boto3 knows."""
    to_agent = office.create("To agent", says("One moment."), Type="AGENT_TRANSFER")
    to_line = office.create("To line", says("One moment."), Type="QUEUE_TRANSFER")
    user = {"UserId": "agent-ben", "ContactFlowId": to_agent}
    line = {"QueueId": "sales", "ContactFlowId": to_line}
    configs: tuple[dict[str, Any], ...] = (
        {"QuickConnectType": "USER", "UserConfig": user},
        {"QuickConnectType": "QUEUE", "QueueConfig": line},
        {"QuickConnectType": "FLOW", "FlowConfig": {"ContactFlowId": to_line}},
        PHONE,
    )
    made = [office.quick_connect(config) for config in configs]

    for identifier, config in zip(made, configs, strict=True):
        this = {**office.here, "QuickConnectId": identifier}
        found = office.connect.describe_quick_connect(**this)["QuickConnect"]
        assert config == found["QuickConnectConfig"]
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ResourceNotFoundException", {"UserConfig": {**user, "UserId": "nobody"}}),
        ("InvalidParameterException", {"UserConfig": {**user, "ContactFlowId": to_line}}),
    )
    this = {**office.here, "QuickConnectId": made[0]}
    for expected, config in wrong:
        given = {"QuickConnectType": "USER", **config}
        refused = office.refusal("update_quick_connect_config", **this, QuickConnectConfig=given)
        assert expected == refused[0]
    number = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "0123"}}
    refused = office.refusal("update_quick_connect_config", **this, QuickConnectConfig=number)
    assert "InvalidParameterException" == refused[0]


def test_a_queue_is_made_and_shown_from_a_shell(office: Office, center: Center) -> None:
    """The AWS CLI, as it comes."""
    shell, here = Shell(center), {"instance_id": center.instance_id}
    name, hours = office.name("From a shell"), office.hours()["HoursOfOperationId"]
    made = shell.run("create-queue", **here, name=name, hours_of_operation_id=hours)
    queue = {**here, "queue_id": made["QueueId"]}

    try:
        shell.run("update-queue-status", **queue, status="DISABLED")
        found = shell.run("describe-queue", **queue)["Queue"]
    finally:
        shell.run("delete-queue", **queue)

    assert (name, "DISABLED", made["QueueArn"]) == (
        found["Name"],
        found["Status"],
        found["QueueArn"],
    )
    assert "ResourceNotFoundException" in shell.refusal("describe-queue", **queue)
