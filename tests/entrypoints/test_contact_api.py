"""Connect's API for contacts: stock botocore at our doors, in process."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from tests.entrypoints.test_connect_api import Machines, Stock
from tests.house import BEN, House

HERE = {"InstanceId": "i-1"}
MASTERS = {"Name": "Language", "Value": "Vietnamese", "ProficiencyLevel": 3.0}
STEP = {
    "Expression": {
        "AttributeCondition": {**MASTERS, "ComparisonOperator": "NumberGreaterOrEqualTo"}
    },
    "Expiry": {"DurationInSeconds": 30},
}


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    monkeypatch.setattr(bootstrap, "machines", Machines)
    monkeypatch.setattr(bootstrap, "center_store", lambda: house.center)
    monkeypatch.setattr(bootstrap, "contact_control", lambda: house.contact_control)
    monkeypatch.setattr(bootstrap, "now", house.now)
    return house


@pytest.fixture(scope="module")
def stock() -> Stock:
    """One for all tests: making a client takes half a second."""
    return Stock()


@pytest.fixture
def connect(house: House, stock: Stock) -> Stock:
    return stock


def test_a_contact_is_described_as_botocore_expects_it(house: House, connect: Stock) -> None:
    """Nothing that the service model does not have, and everything of the type it promises."""
    house.signs_in("ben")
    contact_id = house.rings(attributes={"tier": "gold"})
    connect.update_contact_routing_data(
        **HERE, ContactId=contact_id, RoutingCriteria={"Steps": [STEP, STEP]}
    )
    connect.update_contact(
        **HERE,
        ContactId=contact_id,
        Name="Lamp",
        Description="Broken",
        References={"ticket": {"Type": "URL", "Value": "https://tickets.test/17"}},
        SegmentAttributes={"shop:Floor": {"ValueInteger": 3}},
    )
    house.answers(BEN, contact_id)

    contact = connect.describe_contact(**HERE, ContactId=contact_id)["Contact"]

    assert (contact_id, "Lamp", "Broken", "VOICE", "INBOUND") == tuple(
        contact[name] for name in ("Id", "Name", "Description", "Channel", "InitiationMethod")
    )
    assert house.at == contact["AgentInfo"]["ConnectedToAgentTimestamp"]
    steps = contact["RoutingCriteria"]["Steps"]
    assert [("JOINED", STEP["Expression"]), ("INACTIVE", STEP["Expression"])] == [
        (step["Status"], step["Expression"]) for step in steps
    ]
    assert {"tier": "gold"} == contact["Attributes"]
    assert {"ValueInteger": 3} == contact["SegmentAttributes"]["shop:Floor"]


def test_a_contact_is_ranked_changed_and_stopped(house: House, connect: Stock) -> None:
    """Each by the operation that stock clients have for it."""
    contact_id = house.rings()
    here = {**HERE, "ContactId": contact_id}

    connect.update_contact_routing_data(**here, QueuePriority=1)
    connect.update_contact_routing_data(**here, QueueTimeAdjustmentSeconds=-60)
    connect.update_contact_attributes(
        **HERE, InitialContactId=contact_id, Attributes={"case": "17"}
    )
    connect.stop_contact(**here)
    connect.stop_contact(**here)

    contact = connect.describe_contact(**here)["Contact"]
    assert (1, -60, "OTHER") == (
        contact["QueuePriority"],
        contact["QueueTimeAdjustmentSeconds"],
        contact["DisconnectReason"],
    )
    found = connect.get_contact_attributes(**HERE, InitialContactId=contact_id)
    assert {"Attributes": {"case": "17"}} == found


def test_every_refusal_is_the_exception_that_boto3_names(house: House, connect: Stock) -> None:
    """Its users catch it by that name."""
    contact_id = house.rings()
    here: dict[str, object] = {**HERE, "ContactId": contact_id}
    nowhere, nobody = {**here, "InstanceId": "i-2"}, {**here, "ContactId": "c-none"}
    asked: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("ResourceNotFoundException", "describe_contact", nobody),
        ("ResourceNotFoundException", "describe_contact", nowhere),
        ("ResourceNotFoundException", "stop_contact", nobody),
        ("ResourceNotFoundException", "stop_contact", nowhere),
        ("ResourceNotFoundException", "update_contact", {**nowhere, "Name": "x"}),
        ("InvalidParameterException", "update_contact", {**here, "Name": "x" * 1025}),
        ("InvalidParameterException", "update_contact", {**here, "QueueInfo": {"Id": "q"}}),
        ("InvalidParameterException", "update_contact_routing_data", here),
        ("InvalidParameterException", "update_contact_routing_data", {**here, "QueuePriority": 0}),
        (
            "InvalidParameterException",
            "update_contact_routing_data",
            {**here, "QueuePriority": 1, "QueueTimeAdjustmentSeconds": 1},
        ),
        (
            "ResourceNotFoundException",
            "get_contact_attributes",
            {**HERE, "InitialContactId": "c-none"},
        ),
        (
            "InvalidParameterException",
            "update_contact_attributes",
            {**HERE, "InitialContactId": contact_id, "Attributes": {"a b": "1"}},
        ),
        (
            "InvalidRequestException",
            "update_contact_attributes",
            {**HERE, "InitialContactId": contact_id},
        ),
    )

    assert [name for name, _, _ in asked] == [
        connect.refusal(operation, **arguments) for _, operation, arguments in asked
    ]
    house.contact_control.stop(contact_id)
    assert "ResourceConflictException" == connect.refusal(
        "update_contact_routing_data", **here, QueuePriority=1
    )
