"""Explain contact X: each block, its input, its branch and its time, of whatever kind it is."""

from __future__ import annotations

import json

import pytest

from chalicelib.core.events import BlockExecuted, FlowStarted
from chalicelib.core.flow import Answered, InputReceived, Port
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.identity import Caller
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.asking import Inquiry
from tests.house import House, action, document

SUE = Caller(kind="person", username="sue", groups=frozenset({"supervisor"}))


class Profiles:
    """Knows one customer; takes half a second to say so."""

    def __init__(self, house: House) -> None:
        self._house = house

    def ask(self, inquiry: Inquiry) -> Answered:
        self._house.later(0.5)
        return Answered({"FirstName": "Ana"})


@pytest.fixture
def house() -> House:
    """Main asks for a key and invokes the module Greet, which asks who calls."""
    house = House()
    house.respondents[Port.CUSTOMER] = lambda: Profiles(house)
    module = {
        "Version": "2019-10-30",
        "StartAction": "Who",
        "Actions": [
            {
                **action("Who", "GetCustomerProfile", "Back", ProfileRequestData={"a": "b"}),
                "Transitions": {"NextAction": "Back", "Errors": []},
            },
            {
                "Identifier": "Back",
                "Type": "EndFlowModuleExecution",
                "Parameters": {"Result": "known"},
                "Transitions": {},
            },
        ],
    }
    greet = FlowEntry(flow_id=FlowId("greet"), name="Greet", type="MODULE", version=3)
    house.center.publish(greet, json.dumps(module))
    ask = action(
        "Ask", "GetParticipantInput", "Do", Text="?", StoreInput="False", InputTimeLimitSeconds="5"
    )
    do = action("Do", "InvokeFlowModule", "End", FlowModuleId="Greet")
    house.publish("Main", document(ask, do))
    return house


def called(house: House) -> ContactId:
    """Ana calls, thinks for four seconds, and presses 1."""
    contact_id = house.rings("Main")
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    house.later(4)
    house.flows.reply(contact_id, wait.number, InputReceived("1"))
    return contact_id


def test_each_block_has_its_input_its_branch_and_its_time(house: House) -> None:
    """Of a menu, of a module and inside of it, and of a question to a service."""
    contact_id = called(house)

    explained = house.contacts_service.explain(contact_id, SUE)

    blocks = [
        (
            each.fact.event.block_id,
            dict(each.fact.event.given),
            each.fact.event.branch,
            each.took_ms,
        )
        for each in explained
        if isinstance(each.fact.event, BlockExecuted)
    ]
    asked = {"Text": "?", "digits": "1"}
    assert [
        ("Ask", asked, "next", 4_000),
        ("Do", {"FlowModuleId": "Greet"}, "module", 0),
        ("Who", {"asks": "CUSTOMER get"}, "next", 500),
        ("Back", {"Result": "known"}, "return", 0),
        ("Do", {}, "next", 500),
        ("End", {}, "end", 0),
    ] == blocks


def test_each_flow_and_module_says_which_version_began_and_why(house: House) -> None:
    contact_id = called(house)

    started = house.events(contact_id, FlowStarted)

    assert [("Main", "CONTACT_FLOW", 1, "live"), ("Greet", "MODULE", 3, "live")] == [
        (s.flow_name, s.flow_type, s.flow_version, s.chosen) for s in started
    ]


def test_a_version_that_is_named_is_told_apart(house: House) -> None:
    """`flow:Main:1` stays with version 1 when 2 is live."""
    house.publish("Main", document(action("Hi", "MessageParticipant", "End", Text="2")), version=2)
    house.publish("Go", document(action("Go", "TransferToFlow", "End", ContactFlowId="Main:1")))

    contact_id = house.rings("Go")

    assert [("Go", 1, "live"), ("Main", 1, "named")] == [
        (s.flow_name, s.flow_version, s.chosen) for s in house.events(contact_id, FlowStarted)
    ]
