"""Flows of later moments on the deployed artifact: whispers, a hold, the customer who remains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.center import Center, Desk, eventually
from tests.journeys.customers import Caller, Chatter
from tests.journeys.workshop import Workshop, block

pytestmark = pytest.mark.journey

KEY = "/v1/menus/main/1"
DONE: dict[str, Any] = {
    "Identifier": "Done",
    "Type": "EndFlowExecution",
    "Parameters": {},
    "Transitions": {},
}


def flow(*blocks: dict[str, Any]) -> str:
    """Blocks after which the flow is over, and the contact goes on."""
    for each in blocks:
        for error in each["Transitions"].get("Errors", ()):
            error["NextAction"] = "Done"
    actions = [*blocks, DONE]
    start = blocks[0]["Identifier"]
    return json.dumps({"Version": "2019-10-30", "StartAction": start, "Actions": actions})


def saying(text: str) -> str:
    said = block("Tell", "MessageParticipant", "Done", Text=text)
    del said["Transitions"]["Errors"]
    return flow(said)


def looping(text: str) -> str:
    loop = block("Loop", "MessageParticipantIteratively", "Done", Messages=[{"Text": text}])
    del loop["Transitions"]["Errors"]
    return flow(loop)


def asking(text: str) -> str:
    """A survey of one key."""
    ask = block(
        "Grade",
        "GetParticipantInput",
        "Keep",
        Text=text,
        StoreInput="True",
        InputTimeLimitSeconds="30",
        InputValidation={"CustomValidation": {"MaximumLength": "1"}},
    )
    keep = block(
        "Keep", "UpdateContactAttributes", "Bye", Attributes={"grade": "$.StoredCustomerInput"}
    )
    bye = block("Bye", "MessageParticipant", "Over", Text="Thank you.")
    over = {**DONE, "Identifier": "Over", "Type": "DisconnectParticipant"}
    return json.dumps(
        {
            "Version": "2019-10-30",
            "StartAction": "Grade",
            "Actions": [ask, keep, bye, over, {**over, "Identifier": "End"}],
        }
    )


def entry(**hooks: str) -> str:
    """Chooses these flows, then waits in Sales."""
    names = [*hooks, "Choose"]
    chosen = [
        block(f"{hook}", "UpdateContactEventHooks", names[n + 1], EventHooks={hook: flow_id})
        for n, (hook, flow_id) in enumerate(hooks.items())
    ]
    choose = block("Choose", "UpdateContactTargetQueue", "Enter", QueueId="queue:Sales")
    enter = block("Enter", "TransferContactToQueue", "Over")
    enter["Transitions"]["Errors"].append({"ErrorType": "QueueAtCapacity", "NextAction": "Over"})
    over = {**DONE, "Identifier": "Over", "Type": "DisconnectParticipant"}
    ends = [over, {**over, "Identifier": "End"}]
    start = str([*chosen, choose][0]["Identifier"])
    actions = [*chosen, choose, enter, *ends]
    return json.dumps({"Version": "2019-10-30", "StartAction": start, "Actions": actions})


@pytest.fixture
def ben(center: Center) -> Iterator[Desk]:
    with center.desk("agent") as desk:
        desk.must("status", name="Available")
        yield desk


@pytest.fixture
def entry_id(center: Center) -> Iterator[str]:
    """A flow with all of them, behind key 1."""
    with Workshop(center) as shop:
        made = shop.create(
            "Entry",
            entry(
                CustomerWhisper=shop.create("CW", saying("Ben comes."), Type="CUSTOMER_WHISPER"),
                AgentWhisper=shop.create("AW", saying("From Sales."), Type="AGENT_WHISPER"),
                CustomerHold=shop.create("CH", looping("One moment."), Type="CUSTOMER_HOLD"),
                CustomerRemaining=shop.create("Survey", asking("Press 1 to 5.")),
            ),
        )
        name = shop.describe(made)["Name"]
        status, _ = center.request("PUT", KEY, {"target": f"flow:{name}"}, role="admin")
        assert 200 == status
        yield made
        center.request("PUT", KEY, {"target": "queue:Sales"}, role="admin")


def test_whispers_before_the_talk_a_hold_in_it_and_a_survey_after_it(
    center: Center, ben: Desk, entry_id: str
) -> None:
    with Caller(center, "(202) 555-0123") as ana:
        contact_id = ana.contact_id
        ana.presses("1")
        ana.presses("1")
        ben.accept(contact_id)

        _whispers(ana, ben)
        _hold(ana, ben)
        _survey(ana, ben)

    ben.wrap_up(contact_id)
    record = eventually(lambda: center.record(contact_id), "record")
    assert (1, "5") == (record["Agent"]["NumberOfHolds"], record["Attributes"]["grade"])
    assert "REMAINING" == record["Trunkline"]["PreDisconnectState"]
    flows = [fact["flowName"].split()[0] for fact in center.explain(contact_id, "FlowStarted")]
    assert ["Entry", "Default", "CW", "AW", "CH", "Survey"] == flows[-6:]


def _whispers(ana: Caller, ben: Desk) -> None:
    """Both hear theirs at the same time, and talk when both are over."""
    contact_id = ana.contact_id
    answered = ben.told("ContactConnected", contact_id)
    assert [False] == [slot["isJoined"] for slot in answered["agent"]["contacts"]]
    mine = _turn(ben, contact_id, "drain")
    assert "From Sales." == mine[0]["prompts"][0]["text"]
    drain = ana.told("drain")
    ben.must("played", contactId=contact_id, wait=mine[-1]["wait"])
    ana.say("played", wait=drain["wait"])

    joined = ben.told("ContactJoined", contact_id)
    assert [True] == [slot["isJoined"] for slot in joined["agent"]["contacts"]]
    assert [{"do": "connect"}] == _turn(ben, contact_id, "connect")
    assert "Ben Okafor" == ana.told("connect")["agentName"]


def _hold(ana: Caller, ben: Desk) -> None:
    ben.must("hold", contactId=ana.contact_id)
    ana.told("hold")
    held = ben.told("ContactHeld", ana.contact_id)
    assert ["CUSTOMER"] == [slot["held"] for slot in held["agent"]["contacts"]]
    ben.must("resume", contactId=ana.contact_id)
    ana.told("connect")
    ben.told("ContactResumed", ana.contact_id)


def _survey(ana: Caller, ben: Desk) -> None:
    """The agent works on already while the customer answers."""
    ben.must("hangup", contactId=ana.contact_id)
    gone = ben.told("ContactDisconnected", ana.contact_id)
    assert ["ENDED"] == [slot["state"] for slot in gone["agent"]["contacts"]]
    ana.presses("5")
    ana.say("played", wait=ana.told("drain")["wait"])
    assert "CONTACT_FLOW_DISCONNECT" == ana.told("end")["reason"]


def test_a_desk_that_comes_back_hears_its_whisper_again(
    center: Center, ben: Desk, entry_id: str
) -> None:
    """And who reads a whisper in a chat reads it beside a talk that goes on."""
    with Chatter(center, flow_id=entry_id) as ana:
        ben.accept(ana.contact_id)
        commands = _turn(ben, ana.contact_id, "connect")
        assert "From Sales." == commands[0]["prompts"][0]["text"]
        ana.reads("Ben comes.")
        reply = ben.do("hold", contactId=ana.contact_id)
        assert "contactId" == reply["error"]["field"]
        ben.must("hangup", contactId=ana.contact_id)
    ben.wrap_up(ana.contact_id)


def test_a_waiting_caller_is_moved_to_another_queue(center: Center) -> None:
    """By the flow that is heard in the first one; an agent who comes sees the second."""
    loop = block(
        "Loop",
        "MessageParticipantIteratively",
        "Move",
        Messages=[{"Text": "You wait for Sales."}],
        InterruptFrequencySeconds="5",
    )
    interrupted = {"Operator": "Equals", "Operands": ["MessagesInterrupted"]}
    loop["Transitions"] = {
        "NextAction": "Move",
        "Conditions": [{"NextAction": "Move", "Condition": interrupted}],
    }
    move = block("Move", "DequeueContactAndTransferToQueue", "Done", QueueId="queue:Support")
    move["Transitions"]["Errors"].append({"ErrorType": "QueueAtCapacity", "NextAction": "Done"})
    with Workshop(center) as shop:
        patience = shop.create("Patience", flow(loop, move), Type="CUSTOMER_QUEUE")
        name = shop.describe(shop.create("Patient", entry(CustomerQueue=patience)))["Name"]
        center.request("PUT", KEY, {"target": f"flow:{name}"}, role="admin")
        try:
            with Caller(center, "(202) 555-0123") as ana:
                ana.presses("1")
                ana.presses("1")
                ana.say("timeout", wait=ana.hears_the_queue()["wait"])
                ana.hears_the_queue()
                with center.desk("agent") as ben:
                    ben.must("status", name="Available")
                    assert "Support" == ben.offered(ana.contact_id)["queueName"]
        finally:
            center.request("PUT", KEY, {"target": "queue:Sales"}, role="admin")
        moved = center.explain(ana.contact_id, "ContactQueued")
        assert ["Sales", "Support"] == [fact["queueName"] for fact in moved]


def test_who_waits_for_one_agent_rings_there(center: Center, ben: Desk) -> None:
    choose = block("Choose", "UpdateContactTargetQueue", "Enter", AgentId="ben")
    enter = block("Enter", "TransferContactToQueue", "End")
    enter["Transitions"]["Errors"].append({"ErrorType": "QueueAtCapacity", "NextAction": "End"})
    end = {**DONE, "Identifier": "End", "Type": "DisconnectParticipant"}
    actions = [choose, enter, end]
    content = {"Version": "2019-10-30", "StartAction": "Choose", "Actions": actions}
    with Workshop(center) as shop:
        flow_id = shop.create("For Ben", json.dumps(content))
        with Chatter(center, flow_id=flow_id) as ana:
            assert "ben" == ben.offered(ana.contact_id)["queueName"]


def _turn(ben: Desk, contact_id: str, do: str) -> list[dict[str, Any]]:
    """The commands of the agent's next turn that has this one."""

    def wanted(frame: dict[str, Any]) -> bool:
        content = frame["content"]
        is_turn = frame["topic"] == "trunkline/desk" and content.get("type") == "turn"
        return (
            is_turn
            and (contact_id, "AGENT") == (content["contactId"], content["leg"])
            and any(each["do"] == do for each in content["commands"])
        )

    found: list[dict[str, Any]] = ben.wait_for(wanted, f"{do} for the agent")["content"]["commands"]
    return found
