"""Contacts through Connect's own API, with stock boto3, and what other systems hear of them, on the
deployed artifact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.journeys.center import Center
from tests.journeys.customers import Caller, Chatter
from tests.journeys.listeners import AgentListener, ContactListener
from tests.journeys.workshop import Workshop, to_queue

pytestmark = pytest.mark.journey


@pytest.fixture
def shop(center: Center) -> Iterator[Workshop]:
    with Workshop(center) as shop:
        yield shop


@pytest.fixture
def listener(center: Center) -> Iterator[ContactListener]:
    with ContactListener(center, f"listener-{datetime.now(UTC):%H%M%S%f}") as listener:
        yield listener


def test_a_handled_call_is_heard_of_from_its_ring_to_its_end(
    center: Center, shop: Workshop, listener: ContactListener
) -> None:
    """By whoever reads the agents' stream, and whoever has a rule on the bus."""
    agents = AgentListener(center)
    username = center.facts["users"]["agent"]["username"]
    with center.desk() as ben, Caller(center) as ana:
        ben.must("status", name="Available")
        ana.asks_for_support()
        ben.accept(ana.contact_id)
        ben.must("hold", contactId=ana.contact_id)
        ben.must("resume", contactId=ana.contact_id)
        during = _described(shop, ana.contact_id)
        ben.must("hangup", contactId=ana.contact_id)
        ben.wrap_up(ana.contact_id)

        told = listener.waits_for(ana.contact_id, "COMPLETED")
        seen = agents.waits_for(username, lambda events: _states(events)[-2:] == [["ENDED"], []])

    assert [
        "INITIATED",
        "QUEUED",
        "CONNECTED_TO_AGENT",
        "DISCONNECTED",
        "COMPLETED",
    ] == [e["detail"]["eventType"] for e in told if "updatedProperties" not in e["detail"]]
    assert {("trunkline.connect", "Amazon Connect Contact Event")} == {
        (event["source"], event["detail-type"]) for event in told
    }
    work = told[-1]["detail"]["agentInfo"]
    assert work["afterContactWorkStartTimestamp"] <= work["afterContactWorkEndTimestamp"]
    assert [
        [],
        ["CONNECTING"],
        ["CONNECTED"],
        ["CONNECTED_ONHOLD"],
        ["CONNECTED"],
        ["ENDED"],
        [],
    ] == _states(seen)
    assert "LOGIN" == seen[0]["EventType"]
    assert during["AgentInfo"]["Id"] == work["agentArn"].rsplit("/", 1)[-1]
    assert timedelta(0) <= datetime.now(UTC) - during["InitiationTimestamp"] < timedelta(minutes=5)


def test_a_chat_is_described_changed_and_stopped(
    center: Center, shop: Workshop, listener: ContactListener
) -> None:
    """Attributes and description are there at once, in the event, and in the record."""
    flow_id = shop.create("Queue", to_queue("Support"))
    with Chatter(center, flow_id=flow_id) as ana:
        here: dict[str, Any] = {**shop.here, "ContactId": ana.contact_id}
        shop.connect.update_contact(
            **here,
            Name="Lamp",
            Description="It is broken",
            References={"ticket": {"Type": "URL", "Value": "https://tickets.test/17"}},
        )
        shop.connect.update_contact_attributes(
            **shop.here, InitialContactId=ana.contact_id, Attributes={"case": "17"}
        )
        shop.connect.update_contact_routing_data(**here, QueuePriority=1)
        shop.connect.update_contact_routing_data(**here, QueueTimeAdjustmentSeconds=30)
        waiting = _described(shop, ana.contact_id)
        for _ in range(2):
            shop.connect.stop_contact(**here)

        told = listener.waits_for(ana.contact_id, "COMPLETED")

    assert ("Lamp", "It is broken", 1, 30) == tuple(
        waiting[name]
        for name in ("Name", "Description", "QueuePriority", "QueueTimeAdjustmentSeconds")
    )
    found = shop.connect.get_contact_attributes(**shop.here, InitialContactId=ana.contact_id)
    assert "17" == found["Attributes"]["case"] == waiting["Attributes"]["case"]
    after = _described(shop, ana.contact_id)
    assert ("API", True) == (after["DisconnectReason"], "DisconnectTimestamp" in after)
    updated = [e["detail"].get("updatedProperties") for e in told]
    assert ["UserDefinedAttributes"] in updated
    with pytest.raises(ClientError, match="ResourceConflictException"):
        shop.connect.update_contact_routing_data(**here, QueuePriority=2)
    record = center.record(ana.contact_id)
    assert record is not None
    assert "17" == record["Attributes"]["case"]
    assert "Lamp" == record["ContactDetails"]["Name"]


def test_routing_criteria_given_from_outside_count_at_once(center: Center, shop: Workshop) -> None:
    """Nobody masters it: the agent who is free gets it only once nothing is asked any more."""
    flow_id = shop.create("Queue", to_queue("Support"))
    step = {
        "Expression": {
            "AttributeCondition": {
                "Name": "Language",
                "Value": "Klingon",
                "ProficiencyLevel": 5.0,
                "ComparisonOperator": "NumberGreaterOrEqualTo",
            }
        }
    }
    with center.desk() as ben, Chatter(center, flow_id=flow_id) as ana:
        here: dict[str, Any] = {**shop.here, "ContactId": ana.contact_id}
        shop.connect.update_contact_routing_data(**here, RoutingCriteria={"Steps": [step]})
        ben.must("status", name="Available")
        waiting = _described(shop, ana.contact_id)

        shop.connect.update_contact_routing_data(**here, RoutingCriteria={"Steps": []})
        ben.accept(ana.contact_id)

        assert ["ACTIVE"] == [each["Status"] for each in waiting["RoutingCriteria"]["Steps"]]
        assert "AgentInfo" not in waiting
        assert "AgentInfo" in _described(shop, ana.contact_id)


def _described(shop: Workshop, contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.connect.describe_contact(**shop.here, ContactId=contact_id)
    described: dict[str, Any] = found["Contact"]
    return described


def _states(events: list[dict[str, Any]]) -> list[list[str]]:
    """The states of the contacts in hand, whenever they changed."""
    snapshots = (event["CurrentAgentSnapshot"] for event in events)
    states = ([contact["State"] for contact in s["Contacts"]] for s in snapshots if s)
    return [state for state, _ in groupby(states)]
