"""What was put aside comes back, each piece to where it belongs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from infra import redrive
from tests.given import MONDAY

REGION = "us-east-1"


class Functions:
    """Takes invocations; fails those of one function."""

    def __init__(self, failing: str = "") -> None:
        self.invoked: list[tuple[str, Any]] = []
        self._failing = failing

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, str]:
        self.invoked.append((FunctionName, json.loads(Payload)))
        return {"FunctionError": "Unhandled"} if FunctionName == self._failing else {}


class Streams:
    """One shard of numbered records, three to a page; the oldest that is left is `oldest`."""

    class exceptions:  # botocore's name for them
        class TrimmedDataAccessException(Exception): ...

        class ResourceNotFoundException(Exception): ...

    def __init__(self, numbers: range = range(0), oldest: int = 0) -> None:
        self._numbers = numbers
        self._oldest = oldest

    def get_shard_iterator(self, *, SequenceNumber: str, **asked: str) -> dict[str, str]:
        assert ("AT_SEQUENCE_NUMBER", "shard-1") == (asked["ShardIteratorType"], asked["ShardId"])
        if int(SequenceNumber) < self._oldest:
            raise self.exceptions.TrimmedDataAccessException
        return {"ShardIterator": SequenceNumber}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:
        page = [n for n in self._numbers if n >= int(ShardIterator)][:3]
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": MONDAY},
            }
            for n in page
        ]
        return {"Records": records, "NextShardIterator": str(int(ShardIterator) + len(page))}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield botocore.session.get_session().create_client("sqs", region_name=REGION)


@pytest.fixture
def environment(sqs: Any) -> dict[str, str]:
    """Three queues with dead letters, and the one of parked records."""
    known = {"FUNCTION_PREFIX": "acme", "CONTACTS_TABLE": "c", "ROUTING_TABLE": "r"}
    for name in redrive.SOURCES:
        dead = sqs.create_queue(QueueName=f"{name}-dead".replace("_", "-"))["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        policy = {"deadLetterTargetArn": told["Attributes"]["QueueArn"], "maxReceiveCount": 5}
        known[name] = sqs.create_queue(
            QueueName=name.replace("_", "-"), Attributes={"RedrivePolicy": json.dumps(policy)}
        )["QueueUrl"]
    known[redrive.PARKED] = sqs.create_queue(QueueName="parked")["QueueUrl"]
    return known


def bodies(sqs: Any, url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
    return sorted(message["Body"] for message in found)


def record(table: str) -> str:
    return json.dumps({"eventSourceARN": f"arn:aws:dynamodb:us-east-1:1:table/{table}/stream/x"})


def batch(first: int, last: int) -> str:
    """What Lambda puts aside of a batch that failed as a whole: where it is, and no more."""
    stream = "arn:aws:dynamodb:us-east-1:1:table/c/stream/x"
    info = {
        "shardId": "shard-1",
        "startSequenceNumber": str(first),
        "endSequenceNumber": str(last),
        "batchSize": 1,
        "streamArn": stream,
    }
    return json.dumps({"requestContext": {}, "version": "1.0", "DDBStreamBatchInfo": info})


def test_dead_letters_go_back_to_the_queue_they_came_from(
    sqs: Any, environment: dict[str, str]
) -> None:
    dead = sqs.get_queue_url(QueueName="TIMERS-QUEUE-URL-dead")["QueueUrl"]
    for body in ("one", "two"):
        sqs.send_message(QueueUrl=dead, MessageBody=body)

    told = redrive.redrive(sqs, Functions(), Streams(), environment)

    assert {"brought": {"TIMERS-QUEUE-URL": 2}, "left": {}} == told
    assert ["one", "two"] == bodies(sqs, environment["TIMERS_QUEUE_URL"])
    assert [] == bodies(sqs, dead)


def test_parked_records_go_to_the_function_that_reads_their_table(
    sqs: Any, environment: dict[str, str]
) -> None:
    functions = Functions()
    for table in ("c", "r"):
        sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=record(table))

    told = redrive.redrive(sqs, functions, Streams(), environment)

    assert {"brought": {"parked": 2}, "left": {}} == told
    assert {"acme-on-contact-fact", "acme-on-agent-changed"} == {f for f, _ in functions.invoked}
    assert [] == bodies(sqs, environment[redrive.PARKED])


def test_what_fails_again_is_put_aside_again(sqs: Any, environment: dict[str, str]) -> None:
    sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=record("c"))

    told = redrive.redrive(sqs, Functions("acme-on-contact-fact"), Streams(), environment)

    assert {"brought": {}, "left": {"parked": 1}} == told
    assert [record("c")] == bodies(sqs, environment[redrive.PARKED])


def test_a_batch_that_failed_as_a_whole_is_read_from_the_stream(
    sqs: Any, environment: dict[str, str]
) -> None:
    """Exactly its records, in their order, and as Lambda would have given them."""
    functions = Functions()
    sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=batch(4, 8))

    told = redrive.redrive(sqs, functions, Streams(range(100)), environment)

    assert {"brought": {"parked": 1}, "left": {}} == told
    ((name, event),) = functions.invoked
    assert "acme-on-contact-fact" == name
    assert ["4", "5", "6", "7", "8"] == [r["dynamodb"]["SequenceNumber"] for r in event["Records"]]
    first = event["Records"][0]
    assert first["eventSourceARN"].endswith("table/c/stream/x")
    assert MONDAY.timestamp() == first["dynamodb"]["ApproximateCreationDateTime"]
    assert [] == bodies(sqs, environment[redrive.PARKED])


def test_what_cannot_be_read_any_more_keeps_nothing_else_from_coming_back(
    sqs: Any, environment: dict[str, str]
) -> None:
    """A stream keeps a day; and a table that none of our functions reads is no reason to stop."""
    functions = Functions()
    for body in (batch(1, 2), record("elsewhere"), record("c")):
        sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=body)

    told = redrive.redrive(sqs, functions, Streams(range(100), oldest=50), environment)

    assert {"brought": {"parked": 1}, "left": {"parked": 2}} == told
    assert 1 == len(functions.invoked)
    assert sorted([batch(1, 2), record("elsewhere")]) == bodies(sqs, environment[redrive.PARKED])
