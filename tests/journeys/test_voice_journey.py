"""Calls from a browser, driven by script: the keypad, the queue, the agent, the recording."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.center import Center, Desk, eventually
from tests.journeys.customers import Caller, Chatter
from tests.journeys.recording import post_form, upload_recording

pytestmark = pytest.mark.journey

ANA = "(202) 555-0123"  # as she would write it


@pytest.fixture
def ben(center: Center) -> Iterator[Desk]:
    """An agent who takes contacts."""
    with center.desk("agent") as desk:
        desk.must("status", name="Available")
        yield desk


def test_a_call_goes_from_the_keypad_to_the_recording_in_the_contact_record(
    center: Center, ben: Desk
) -> None:
    """Keypad, queue, screen pop, talk, recording, wrap-up, ticket, playback, record."""
    with Caller(center, ANA) as ana:
        contact_id = ana.contact_id
        ana.asks_for_support()
        assert "colleague" in ana.hears_the_queue()["prompts"][0]["text"]

        offer = ben.offered(contact_id)
        assert ("Support", "VOICE", True) == (
            offer["queueName"],
            offer["channel"],
            offer["isRecorded"],
        )
        _pop_shows_ana(center, contact_id)
        ben.must("accept", contactId=contact_id, offerId=offer["offerId"])
        assert "Ben Okafor" == ana.told("connect")["agentName"]
        _signals_are_relayed(ana, ben)
        _recording_goes_to_its_own_contact_only(center, contact_id)
        ben.must("hangup", contactId=contact_id)
        assert "AGENT_DISCONNECT" == ana.told("end")["reason"]
    ben.told("ContactDisconnected", contact_id)
    ben.wrap_up(contact_id, subject="Cable did not help", note="Sends a technician")

    stored = _recording_is_stored(center, contact_id)
    _playback_leaves_an_audit_fact(center, contact_id, stored)
    _record_and_ticket_stand(center, contact_id, stored)


def test_an_offer_nobody_answers_goes_back_to_the_queue_and_on(center: Center, ben: Desk) -> None:
    """Missed after 20 s, same place in the line; offered again once the missed one is cleared."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        ben.offered(ana.contact_id)
        entered = center.contact(ana.contact_id)["queue"]["enteredAt"]
        rang_at = time.monotonic()
        ben.told("OfferEnded", ana.contact_id)
        rang = time.monotonic() - rang_at

        assert 19 <= rang <= 26
        assert ["MISSED"] == [slot["state"] for slot in ben.agent["contacts"]]
        after = center.contact(ana.contact_id)
        assert ("QUEUED", entered, 1) == (
            after["state"],
            after["queue"]["enteredAt"],
            after["agentConnectionAttempts"],
        )
        ben.must("clear", contactId=ana.contact_id)
        ben.accept(ana.contact_id)
        ana.told("connect")
    outcomes = [fact["outcome"] for fact in center.explain(ana.contact_id, "OfferEnded")]
    assert ["MISSED"] == outcomes


def test_a_rejected_offer_goes_to_the_next_agent(center: Center, ben: Desk) -> None:
    """At once, without a second of waiting for the first one's time to pass."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        offer = ben.offered(ana.contact_id)
        with center.desk("agent2") as mai:
            mai.must("status", name="Available")
            ben.must("reject", contactId=ana.contact_id, offerId=offer["offerId"])
            mai.accept(ana.contact_id)
            assert "Mai Tran" == ana.told("connect")["agentName"]
            mai.must("hangup", contactId=ana.contact_id)
    outcomes = [fact["outcome"] for fact in center.explain(ana.contact_id, "OfferEnded")]
    assert ["REJECTED"] == outcomes


def test_a_caller_who_leaves_the_queue_is_abandoned_on_the_record(center: Center) -> None:
    """No agent, a queue, and the customer's own leaving as the reason."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        ana.hears_the_queue()
        ana.say("hangup")
        assert "CUSTOMER_DISCONNECT" == ana.told("end")["reason"]

    record = eventually(lambda: center.record(ana.contact_id), "contact record")
    assert ("Support", None, "CUSTOMER_DISCONNECT") == (
        record["Queue"]["Name"],
        record["Agent"],
        record["DisconnectReason"],
    )
    assert record["Queue"]["DequeueTimestamp"] == record["DisconnectTimestamp"]
    assert "COMPLETED" == center.contact(ana.contact_id)["state"]


def test_a_call_explains_every_block_in_order(center: Center) -> None:
    """Each block leads to the one that follows it, with what was pressed and which way it went."""
    with Caller(center, ANA) as ana:
        ana.asks_for_support()
        ana.hears_the_queue()
        ana.say("hangup")
        ana.told("end")

    facts = center.explain(ana.contact_id)
    assert list(range(1, len(facts) + 1)) == [fact["seq"] for fact in facts]
    assert sorted(fact["at"] for fact in facts) == [fact["at"] for fact in facts]
    flows = [fact["flowName"] for fact in facts if fact["type"] == "FlowStarted"]
    assert ["Main inbound", "Customer queue"] == flows
    blocks = [fact for fact in facts if fact["type"] == "BlockExecuted"]
    for block, following in zip(blocks, blocks[1:], strict=False):
        if block["flowId"] == following["flowId"]:
            assert block["nextBlockId"] == following["blockId"]
    milestones = iter(fact.get("blockType", fact["type"]) for fact in facts)
    for expected in (
        "ContactInitiated",
        "CustomerIdentified",
        "UpdateContactRecordingBehavior",
        "GetParticipantInput",
        "InvokeLambdaFunction",
        "ConnectParticipantWithLexBot",
        "InvokeLambdaFunction",
        "UpdateContactTargetQueue",
        "CheckHoursOfOperation",
        "ContactQueued",
        "TransferContactToQueue",
        "MessageParticipantIteratively",
        "ContactDisconnected",
        "ContactCompleted",
    ):
        assert expected in milestones  # and it is not looked for again before this place
    language, menu, *_ = (  # the queue's own flow asks, too
        block
        for block in blocks
        if block["blockType"] in ("GetParticipantInput", "ConnectParticipantWithLexBot")
    )
    assert "1" == language["given"]["digits"]
    assert {"key": "2"} == json.loads(menu["changed"]["$.Lex"])["Slots"]


def test_a_closed_browser_ends_a_waiting_call_after_a_moment_of_grace(center: Center) -> None:
    """Nobody says goodbye when a tab is killed; the queue must not hold a ghost."""
    ana = Caller(center, ANA)
    ana.asks_for_support()
    ana.hears_the_queue()
    ana.close()

    eventually(lambda: center.contact(ana.contact_id)["state"] == "COMPLETED", "end of the call")


def test_an_unknown_caller_is_one_customer_even_with_two_calls_at_once(center: Center) -> None:
    """Two calls of one unknown number race; both belong to the same new customer."""
    number = f"+1212{200_0000 + time.time_ns() // 1000 % 799_9999}"

    with ThreadPoolExecutor(2) as pool:
        callers = list(pool.map(lambda _: Caller(center, number), range(2)))
    for caller in callers:
        caller.__exit__()

    found = center.get(f"/v1/customers?phone={number.replace('+', '%2B')}", role="agent")
    assert 1 == len(found["customers"])
    owners = {center.contact(caller.contact_id)["customerId"] for caller in callers}
    assert {found["customers"][0]["customerId"]} == owners


def test_a_withheld_number_makes_no_customer(center: Center) -> None:
    """Nobody is invented, and the call goes on all the same."""
    with Caller(center) as somebody:
        somebody.asks_for_support()
        somebody.hears_the_queue()

        contact = center.contact(somebody.contact_id)

    assert (None, None) == (contact["customerId"], contact["customerEndpoint"])
    assert [] == center.explain(somebody.contact_id, "CustomerIdentified")


def test_a_queue_takes_contacts_only_in_its_hours(center: Center) -> None:
    """Outside them the customer is told so, goes no further, and nobody waits unseen."""
    now = datetime.now(UTC).astimezone(ZoneInfo("America/New_York"))
    is_open = now.weekday() < 5 and 9 <= now.hour < 17
    with Chatter(center, topic="billing") as ana:
        if is_open:
            _waits_in(center, ana.contact_id, "Billing")
            return
        ana.reads("chat.ended")
        assert "We are closed right now" in ana.transcript()[-2]["Content"]
        ended = center.contact(ana.contact_id)
        assert ("COMPLETED", None, "CONTACT_FLOW_DISCONNECT") == (
            ended["state"],
            ended["queue"] and ended["queue"]["enteredAt"],
            ended["disconnectReason"],
        )


def _waits_in(center: Center, contact_id: str, queue: str) -> None:
    contact = center.contact(contact_id)
    assert (queue, True) == (contact["queue"]["name"], contact["state"] in ("QUEUED", "OFFERED"))


def _pop_shows_ana(center: Center, contact_id: str) -> None:
    pop = center.get(f"/v1/contacts/{contact_id}/pop", role="agent")
    assert ("C-ana", "Ana Silva") == (pop["customer"]["customerId"], pop["customer"]["name"])
    assert "ready" == pop["historyState"]
    assert 3 <= len(pop["history"])
    assert "Router drops the line every evening" in [ticket["subject"] for ticket in pop["tickets"]]


def _signals_are_relayed(ana: Caller, ben: Desk) -> None:
    """Both ways, and nobody can pretend to be the other end."""
    contact_id = ana.contact_id

    def signal(frame: dict[str, Any]) -> bool:
        return bool(frame["topic"] == "trunkline/signal")

    offer = {"type": "offer", "session": "s1", "sdp": "v=0", "contactId": contact_id}
    ben.send("trunkline/signal", {**offer, "from": "customer"})
    assert {**offer, "from": "agent"} == ana.wait_for(signal, "offer")["content"]
    answer = {"type": "answer", "session": "s1", "sdp": "v=0"}
    ana.send("trunkline/signal", {**answer, "from": "agent", "contactId": "somebody-elses"})
    assert {**answer, "from": "customer", "contactId": contact_id} == ben.wait_for(
        signal, "answer"
    )["content"]


def _recording_goes_to_its_own_contact_only(center: Center, contact_id: str) -> None:
    grant = upload_recording(center, contact_id, role="agent", started_at=datetime.now(UTC))
    assert 403 == post_form(grant, f"parts/another-contact/seg1/{0:06}", b"x")


def _recording_is_stored(center: Center, contact_id: str) -> dict[str, Any]:
    """The object and the fact agree on what was stored, to the byte."""

    def look() -> dict[str, Any] | None:
        return next(iter(center.explain(contact_id, "RecordingStored")), None)

    stored = eventually(look, "stored recording")
    s3 = center.aws("s3")
    data = s3.get_object(Bucket=stored["bucket"], Key=stored["key"])["Body"].read()
    assert f"recordings/{datetime.now(UTC):%Y/%m/%d}/{contact_id}/seg1.ogg" == stored["key"]
    assert hashlib.sha256(data).hexdigest() == stored["sha256"]
    assert (b"OggS", 2, 0) == (data[:4], stored["channels"], stored["missingChunks"])
    assert 7.5 <= stored["seconds"] <= 8.5
    assert [stored["sha256"]] == [
        recording["sha256"] for recording in center.contact(contact_id)["recordings"]
    ]
    return stored


def _playback_leaves_an_audit_fact(center: Center, contact_id: str, stored: dict[str, Any]) -> None:
    link = center.get(f"/v1/contacts/{contact_id}/recordings/seg1", role="supervisor")
    with urllib.request.urlopen(link["url"], timeout=30) as answer:
        assert stored["sha256"] == hashlib.sha256(answer.read()).hexdigest()
    played = center.explain(contact_id, "RecordingPlayed")
    assert [("sofia", "seg1")] == [(fact["username"], fact["segment"]) for fact in played]
    left = datetime.fromisoformat(link["expiresAt"]) - datetime.now(UTC)
    assert 850 <= left.total_seconds() <= 900


def _record_and_ticket_stand(center: Center, contact_id: str, stored: dict[str, Any]) -> None:
    def look() -> dict[str, Any] | None:
        record = center.record(contact_id)
        return record if record and record["Trunkline"]["TicketId"] else None

    record = eventually(look, "contact record with its ticket")
    assert ("VOICE", "WEBRTC_API", "AGENT_DISCONNECT", "C-ana") == (
        record["Channel"],
        record["InitiationMethod"],
        record["DisconnectReason"],
        record["CustomerId"],
    )
    assert f"{stored['bucket']}/{stored['key']}" == record["Recording"]["Location"]
    ticket = center.get(f"/v1/tickets/{record['Trunkline']['TicketId']}", role="agent")
    assert ("Cable did not help", "resolved", "C-ana") == (
        ticket["subject"],
        ticket["status"],
        ticket["customerId"],
    )
