"""One chat from hello to the daily report, with stock boto3, on the deployed artifact."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.center import Center, Socket, eventually

pytestmark = pytest.mark.journey


def test_a_chat_goes_from_hello_to_the_daily_report(center: Center) -> None:
    """Chat in, IVR, queue, agent, messages both ways, wrap-up, ticket, record, report, explain."""
    connect, participant = center.connect(), center.connect("connectparticipant")
    desk = center.desk("agent")
    desk.must("status", name="Available")

    started = connect.start_chat_contact(
        InstanceId=center.instance_id,
        ContactFlowId=center.flow_id("Main inbound"),
        ParticipantDetails={"DisplayName": "Ana"},
        Attributes={"topic": "support"},
    )
    contact_id = started["ContactId"]
    joined = participant.create_participant_connection(
        ParticipantToken=started["ParticipantToken"],
        Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"],
    )
    token = joined["ConnectionCredentials"]["ConnectionToken"]
    customer = Socket(joined["Websocket"]["Url"])
    customer.send("aws/subscribe", {"topics": ["aws/chat"]})
    customer.wait_for(lambda f: f["topic"] == "aws/subscribe", "subscription")

    offer = desk.offered(contact_id)
    assert "Support" == offer["queueName"]
    desk.must("accept", contactId=contact_id, offerId=offer["offerId"])
    _talk(center, participant, token, customer, desk, contact_id)
    participant.disconnect_participant(ConnectionToken=token)
    desk.told("ContactDisconnected", contact_id)
    desk.must(
        "complete",
        contactId=contact_id,
        disposition="resolved",
        note="Router restarted. تم الحل 👍",
        ticket={"ticketId": None, "status": "resolved", "subject": "Router blinks red"},
    )
    desk.told("ContactCompleted", contact_id)

    _a_ticket_stands(center, contact_id)
    record = _the_record_lies_in_the_lake(center, contact_id)
    _the_transcript_is_kept(center, contact_id)
    _the_report_counts_it(center, record)
    _the_contact_explains_itself(center, contact_id)
    desk.must("status", name="Offline")


def _talk(
    center: Center, participant: Any, token: str, customer: Socket, desk: Any, contact_id: str
) -> None:
    participant.send_message(
        ConnectionToken=token,
        ContentType="text/plain",
        Content="My router blinks red",
        ClientToken="a",
    )
    again = participant.send_message(
        ConnectionToken=token,
        ContentType="text/plain",
        Content="My router blinks red",
        ClientToken="a",
    )
    desk.reads(contact_id, "My router blinks red")
    desk.must("chat", contactId=contact_id, content="Please switch it off and on.")
    customer.wait_for(
        lambda f: f["topic"] == "aws/chat" and "switch it off" in f["content"], "answer"
    )
    transcript = participant.get_transcript(ConnectionToken=token, MaxResults=100)["Transcript"]
    said = [(i["ParticipantRole"], i.get("Content")) for i in transcript if i["Type"] == "MESSAGE"]
    assert "SYSTEM" == said[0][0]
    assert [
        ("CUSTOMER", "My router blinks red"),
        ("AGENT", "Please switch it off and on."),
    ] == said[-2:]
    assert again["Id"] in [item["Id"] for item in transcript]


def _a_ticket_stands(center: Center, contact_id: str) -> None:
    def look() -> Any:
        tickets = center.get("/v1/tickets?status=resolved", role="agent")["tickets"]
        return next((t for t in tickets if contact_id in t["contactIds"]), None)

    ticket = center.get(f"/v1/tickets/{eventually(look, 'ticket')['ticketId']}", role="agent")
    assert "Router blinks red" == ticket["subject"]
    assert "Router restarted. تم الحل 👍" == ticket["notes"][0]["text"]


def _the_record_lies_in_the_lake(center: Center, contact_id: str) -> dict[str, Any]:
    s3, bucket = center.aws("s3"), center.facts["buckets"]["lake"]

    def look() -> Any:
        found = s3.list_objects_v2(Bucket=bucket, Prefix="records/").get("Contents", [])
        key = next((o["Key"] for o in found if contact_id in o["Key"]), None)
        return key and json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    record: dict[str, Any] = eventually(look, "contact record")
    assert ("CHAT", "API", "CUSTOMER_DISCONNECT") == (
        record["Channel"],
        record["InitiationMethod"],
        record["DisconnectReason"],
    )
    assert ("Support", "ben") == (record["Queue"]["Name"], record["Agent"]["Username"])
    return record


def _the_transcript_is_kept(center: Center, contact_id: str) -> None:
    def look() -> Any:
        facts = center.get(f"/v1/contacts/{contact_id}/explain", role="supervisor")["facts"]
        return next((fact for fact in facts if fact["type"] == "TranscriptStored"), None)

    stored = eventually(look, "stored transcript")
    s3 = center.aws("s3")
    body = s3.get_object(Bucket=stored["bucket"], Key=stored["key"])["Body"].read()
    said = [item.get("Content") for item in json.loads(body)["Transcript"]]
    assert "My router blinks red" in said


def _the_report_counts_it(center: Center, record: dict[str, Any]) -> None:
    day = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date().isoformat()
    body = json.dumps({"Records": [_message({"day": day})]}).encode()
    for _ in range(2):
        answer = center.aws("lambda").invoke(
            FunctionName=center.facts["functions"]["report"], Payload=body
        )
        assert {"batchItemFailures": []} == json.loads(answer["Payload"].read())
    runs = center.get(f"/v1/reports/{day}", role="finance")["runs"]
    newest = max((r for r in runs if r["report"] == "daily-queues"), key=lambda r: r["revision"])
    csv = next(f for f in newest["files"] if f["format"] == "csv")
    s3, bucket = center.aws("s3"), center.facts["buckets"]["exports"]
    prefix = f"exports/daily-queues/dt={day}/r{newest['revision']}/"
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
    data = s3.get_object(Bucket=bucket, Key=prefix + csv["name"])["Body"].read()
    assert {"csv", "parquet"} <= {key.rsplit(".", 1)[-1] for key in keys}
    assert csv["sha256"] == hashlib.sha256(data).hexdigest()
    support = next(line for line in data.decode().splitlines() if ",Support," in f",{line},")
    assert any(cell.isdigit() and int(cell) >= 1 for cell in support.split(","))


def _the_contact_explains_itself(center: Center, contact_id: str) -> None:
    facts = center.get(f"/v1/contacts/{contact_id}/explain", role="supervisor")["facts"]
    assert list(range(1, len(facts) + 1)) == [fact["seq"] for fact in facts]
    blocks = [fact["blockType"] for fact in facts if fact["type"] == "BlockExecuted"]
    assert {"Compare", "UpdateContactTargetQueue", "CheckHoursOfOperation"} <= set(blocks)
    assert "TransferContactToQueue" in blocks
    kinds = [fact["type"] for fact in facts if fact["type"] != "BlockExecuted"]
    expected = ["ContactQueued", "ContactOffered", "ContactConnected", "ContactDisconnected"]
    assert expected == [kind for kind in kinds if kind in expected]


def _message(body: dict[str, str]) -> dict[str, object]:
    return {
        "messageId": "journey",
        "receiptHandle": "journey",
        "body": json.dumps(body),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:reports",
        "awsRegion": "us-east-1",
    }
