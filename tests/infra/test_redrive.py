"""What was put aside comes back, each piece to where it belongs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from infra import redrive

REGION = "us-east-1"


class Functions:
    """Takes invocations; fails those of one function."""

    def __init__(self, failing: str = "") -> None:
        self.invoked: list[tuple[str, Any]] = []
        self._failing = failing

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, str]:
        self.invoked.append((FunctionName, json.loads(Payload)))
        return {"FunctionError": "Unhandled"} if FunctionName == self._failing else {}


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


def test_dead_letters_go_back_to_the_queue_they_came_from(
    sqs: Any, environment: dict[str, str]
) -> None:
    dead = sqs.get_queue_url(QueueName="TIMERS-QUEUE-URL-dead")["QueueUrl"]
    for body in ("one", "two"):
        sqs.send_message(QueueUrl=dead, MessageBody=body)

    told = redrive.redrive(sqs, Functions(), environment)

    assert {"TIMERS-QUEUE-URL": 2} == told
    assert ["one", "two"] == bodies(sqs, environment["TIMERS_QUEUE_URL"])
    assert [] == bodies(sqs, dead)


def test_parked_records_go_to_the_function_that_reads_their_table(
    sqs: Any, environment: dict[str, str]
) -> None:
    functions = Functions()
    for table in ("c", "r"):
        sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=record(table))

    told = redrive.redrive(sqs, functions, environment)

    assert {"parked": 2} == told
    assert {"acme-on-contact-fact", "acme-on-agent-changed"} == {f for f, _ in functions.invoked}
    assert [] == bodies(sqs, environment[redrive.PARKED])


def test_what_fails_again_is_put_aside_again(sqs: Any, environment: dict[str, str]) -> None:
    sqs.send_message(QueueUrl=environment[redrive.PARKED], MessageBody=record("c"))

    told = redrive.redrive(sqs, Functions("acme-on-contact-fact"), environment)

    assert {} == told
    assert [record("c")] == bodies(sqs, environment[redrive.PARKED])
