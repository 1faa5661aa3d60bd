"""Customers who are handed on, and colleagues who call each other, on the deployed center."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.journeys.center import Center, Desk, Socket, eventually
from tests.journeys.customers import Caller, Chatter
from tests.journeys.workshop import Workshop, block, document

pytestmark = pytest.mark.journey

ANA = "+12025550123"


@pytest.fixture
def ben(center: Center) -> Iterator[Desk]:
    with center.desk("agent") as desk:
        desk.must("status", name="Available")
        yield desk


@pytest.fixture
def mai(center: Center) -> Iterator[Desk]:
    """At her desk, and on a break until a test wants her."""
    with center.desk("agent2") as desk:
        desk.must("status", name="Break")
        yield desk


def quick_connect(center: Center, contact_id: str, name: str) -> str:
    """One that the agent of this contact is offered."""
    path = f"/v1/quick-connects?contactId={contact_id}"
    known = center.get(path, role="agent")["quickConnects"]
    found: str = next(each["quickConnectId"] for each in known if each["name"] == name)
    return found


def queue_id(center: Center, name: str) -> str:
    listed = center.connect().list_queues(InstanceId=center.instance_id)["QueueSummaryList"]
    found: str = next(each["Id"] for each in listed if each["Name"] == name)
    return found


def next_of(center: Center, contact_id: str) -> dict[str, Any]:
    """The contact in which the customer of this one goes on."""
    following = center.contact(contact_id)["nextContactId"]
    assert following is not None
    return center.contact(following)


def test_a_caller_is_handed_on_and_back_and_keeps_the_first_place(
    center: Center, ben: Desk, mai: Desk
) -> None:
    """One call for the customer, three contacts for the center; nobody waits anew."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        ben.accept(ana.contact_id)
        ana.told("connect")
        entered = center.contact(ana.contact_id)["queue"]["enteredAt"]

        chosen = quick_connect(center, ana.contact_id, "Billing")
        ben.must("transfer", contactId=ana.contact_id, quickConnectId=chosen)
        ben.told("ContactDisconnected", ana.contact_id)
        ana.hears_the_queue()
        there = next_of(center, ana.contact_id)
        mai.must("status", name="Available")
        mai.accept(there["contactId"])
        assert "Mai Tran" == ana.told("connect")["agentName"]
        _signals_reach(ana, mai, there["contactId"])

        back = center.post(
            f"/v1/contacts/{there['contactId']}/transfer",
            {"queueId": queue_id(center, "Support")},
            role="supervisor",
        )["contactId"]
        stay = center.contact(back)["queue"]
        assert ("Support", entered) == (stay["name"], stay["rankedAt"])
        ben.wrap_up(ana.contact_id)
        ben.accept(back)
        assert "Ben Okafor" == ana.told("connect")["agentName"]
        ana.say("hangup")
        assert "CUSTOMER_DISCONNECT" == ana.told("end")["reason"]
    ben.wrap_up(back)
    _records_name_each_other(center, ana.contact_id, there["contactId"], back)


def _signals_reach(ana: Caller, desk: Desk, contact_id: str) -> None:
    """Over the socket that the call began with."""
    ana.send("trunkline/signal", {"type": "hello", "contactId": contact_id, "id": "1"})
    heard = desk.wait_for(lambda f: f["topic"] == "trunkline/signal", "signal")["content"]
    assert (contact_id, "customer") == (heard["contactId"], heard["from"])


def _records_name_each_other(center: Center, *chain: str) -> None:
    records = {
        each: eventually(lambda each=each: center.record(each), "record")  # type: ignore[misc]  # bound at once
        for each in (chain[0], chain[2])
    }
    first, last = records[chain[0]], records[chain[2]]
    assert (chain[1], "INBOUND") == (first["NextContactId"], first["Trunkline"]["Direction"])
    assert first["TransferCompletedTimestamp"]
    assert (chain[1], chain[0], "TRANSFER") == (
        last["PreviousContactId"],
        last["InitialContactId"],
        last["InitiationMethod"],
    )
    assert "INBOUND" == last["Trunkline"]["Direction"]


def test_a_chat_goes_on_with_the_next_agent_who_reads_all_of_it(
    center: Center, ben: Desk, mai: Desk
) -> None:
    """The customer's client notices a new name, and no end."""
    with Chatter(center, name="Ana") as ana:
        ben.accept(ana.contact_id)
        ana.says("My lamp is broken.")
        ben.reads(ana.contact_id, "My lamp is broken.")
        chosen = quick_connect(center, ana.contact_id, "Mai Tran")
        refused = ben.do("transfer", contactId=ana.contact_id, quickConnectId="no-such")
        assert "quickConnectId" == refused["error"]["field"]

        mai.must("status", name="Available")
        ben.must("transfer", contactId=ana.contact_id, quickConnectId=chosen)
        there = next_of(center, ana.contact_id)["contactId"]
        mai.accept(there)
        ana.says("Are you still there?")
        mai.reads(there, "Are you still there?")
        mai.must("chat", contactId=there, content="I am Mai, and I am here.")
        ana.reads("I am Mai, and I am here.")

        items = center.get(f"/v1/contacts/{there}/transcript", role="agent2")["items"]
        people = [item for item in items if item["ParticipantRole"] != "SYSTEM"]
        said = [item["Content"] for item in people if "Content" in item]
        assert ["My lamp is broken.", "Are you still there?", "I am Mai, and I am here."] == said
        kinds = [item["ContentType"] for item in ana.transcript()]
        assert not [kind for kind in kinds if kind.endswith("chat.ended")]


def test_a_number_is_dialled_for_the_customer_and_the_agent_is_free(
    center: Center, ben: Desk
) -> None:
    """The warehouse answers, talks for five seconds, and hangs up."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        ben.accept(ana.contact_id)
        ana.told("connect")
        chosen = quick_connect(center, ana.contact_id, "Warehouse")

        ben.must("transfer", contactId=ana.contact_id, quickConnectId=chosen)

        assert "ringing" == ana.told("line")["state"]
        assert "connected" == ana.told("line")["state"]
        ben.wrap_up(ana.contact_id)
        assert "THIRD_PARTY_DISCONNECT" == ana.told("end")["reason"]
    record = eventually(lambda: center.record(ana.contact_id), "record")
    assert "+12025550181" == record["TransferredToEndpoint"]["Address"]


def test_tasks_are_transferred_with_stock_boto3(center: Center) -> None:
    """To a queue, through a flow; a call is refused, and so are two places at once."""
    connect, here = center.connect(), {"InstanceId": center.instance_id}
    billing = queue_id(center, "Billing")
    with Workshop(center) as workshop, Caller(center, ANA) as ana:
        enter = block("Enter", "TransferContactToQueue", "End")
        enter["Transitions"]["Errors"].append({"ErrorType": "QueueAtCapacity", "NextAction": "End"})
        flow_id = workshop.create("Moved", document(enter))
        task = connect.start_task_contact(
            **here, ContactFlowId=center.flow_id("Task"), Name="Refund", References={}
        )["ContactId"]
        eventually(lambda: center.contact(task)["queue"], "place in a queue")

        moved = connect.transfer_contact(
            **here, ContactId=task, ContactFlowId=flow_id, QueueId=billing
        )

        assert center.contact(task)["nextContactId"] == moved["ContactId"]
        assert moved["ContactArn"].endswith(f"/contact/{moved['ContactId']}")
        queued = eventually(lambda: center.contact(moved["ContactId"])["queue"], "new place")
        assert "Billing" == queued["name"]
        for wrong in (
            {"ContactId": ana.contact_id, "QueueId": billing},
            {"ContactId": moved["ContactId"], "QueueId": billing, "UserId": "agent-mai"},
        ):
            with pytest.raises(ClientError) as refused:
                connect.transfer_contact(**here, ContactFlowId=flow_id, **wrong)
            status = refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
            assert 400 <= status < 500
        connect.stop_contact(**here, ContactId=moved["ContactId"])


def test_a_colleague_is_called_over_a_line_of_the_desks_own(
    center: Center, ben: Desk, mai: Desk
) -> None:
    """Busy first, with a task that says so; then they talk, and no queue has counted it."""
    busy = ben.do("call", agentId="agent-mai")
    assert "a task says that you called" in busy["error"]["message"]
    mai.must("status", name="Available")
    task = mai.offered()
    assert "Ben Okafor called you" == task["customerName"]
    mai.must("accept", contactId=task["contactId"], offerId=task["offerId"])
    mai.must("hangup", contactId=task["contactId"])
    mai.wrap_up(task["contactId"])

    reply = ben.do("call", agentId="agent-mai")
    assert reply["ok"], reply
    with Socket(reply["websocketUrl"]) as line:
        line.send("trunkline/call", {"type": "hello"})
        _is_told(line, "line")
        mai.accept(reply["contactId"])
        _is_told(line, "connect")
        mai.must("hangup", contactId=reply["contactId"])
        _is_told(line, "end")
    assert ([], []) == (
        ben.told("ContactCompleted", reply["contactId"])["agent"]["contacts"],
        mai.told("ContactCompleted", reply["contactId"])["agent"]["contacts"],
    )
    record = eventually(lambda: center.record(reply["contactId"]), "record")
    assert (None, "INTERNAL", "OUTBOUND") == (
        record["Queue"],
        record["Trunkline"]["Direction"],
        record["InitiationMethod"],
    )


def _is_told(line: Socket, command: str) -> None:
    line.wait_for(
        lambda f: (
            f["topic"] == "trunkline/call"
            and any(each["do"] == command for each in f["content"]["commands"])
        ),
        command,
    )
