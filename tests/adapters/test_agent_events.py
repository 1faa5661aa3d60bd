"""Agent events on their way into Kinesis."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.agent_events import KinesisAgentEvents
from chalicelib.services.ports import Unavailable


class Kinesis:
    """botocore's client, as far as it is used; `refusals`: how many records of each request."""

    def __init__(self, *refusals: int) -> None:
        self.requests: list[list[dict[str, Any]]] = []
        self.refusals = list(refusals)

    def put_records(self, *, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        self.requests.append(Records)
        refused = self.refusals.pop(0) if self.refusals else 0
        results: list[dict[str, Any]] = [{"SequenceNumber": "1"} for _ in Records]
        results[:refused] = [{"ErrorCode": "ProvisionedThroughputExceededException"}] * refused
        return {"FailedRecordCount": refused, "Records": results}


class NoKinesis:
    def put_records(self, **_: object) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutRecords")


def an_event(number: int) -> dict[str, object]:
    return {"AgentARN": f"arn/{number % 2}", "EventId": str(number)}


def test_events_of_one_agent_go_into_one_shard() -> None:
    """So they are read in the order in which they were written."""
    kinesis = Kinesis()

    KinesisAgentEvents(kinesis, "agents").publish([an_event(1), an_event(2)])

    (records,) = kinesis.requests
    assert ["arn/1", "arn/0"] == [record["PartitionKey"] for record in records]
    assert ["1", "2"] == [json.loads(record["Data"])["EventId"] for record in records]


def test_a_request_holds_what_kinesis_takes_at_once() -> None:
    """500 records."""
    kinesis = Kinesis()

    KinesisAgentEvents(kinesis, "agents").publish([an_event(n) for n in range(1001)])

    assert [500, 500, 1] == [len(records) for records in kinesis.requests]


def test_what_was_refused_and_only_that_is_sent_again() -> None:
    """A throttled shard refuses its own records."""
    kinesis = Kinesis(2, 1)

    KinesisAgentEvents(kinesis, "agents").publish([an_event(n) for n in range(5)])

    assert [5, 2, 1] == [len(records) for records in kinesis.requests]


def test_whoever_publishes_learns_that_not_all_of_it_got_through() -> None:
    """The record of the table's stream comes again then."""
    with pytest.raises(Unavailable):
        KinesisAgentEvents(Kinesis(1, 1, 1), "agents").publish([an_event(1)])
    with pytest.raises(Unavailable):
        KinesisAgentEvents(NoKinesis(), "agents").publish([an_event(1)])
