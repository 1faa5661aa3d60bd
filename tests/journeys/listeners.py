"""Other systems that listen: a reader of the agents' stream, a queue behind a rule of the bus."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Self

from tests.journeys.center import Center, eventually


class AgentListener:
    """Reads the stream of agent events from now on, each shard in order."""

    def __init__(self, center: Center) -> None:
        self._kinesis = center.aws("kinesis")
        self._events: list[dict[str, Any]] = []
        stream = center.facts["streams"]["agent_events"]
        shards = self._kinesis.list_shards(StreamName=stream)["Shards"]
        self._places = [
            self._kinesis.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
            )["ShardIterator"]
            for shard in shards
        ]

    def of(self, username: str) -> list[dict[str, Any]]:
        """What has come of one agent, each event once; heartbeats are left out."""
        self._read()
        found: dict[str, dict[str, Any]] = {}
        arn = self._arn(username)
        for event in self._events:
            if event["AgentARN"] == arn and event["EventType"] != "HEART_BEAT":
                found.setdefault(event["EventId"], event)
        return list(found.values())

    def waits_for(
        self, username: str, enough: Callable[[list[dict[str, Any]]], bool]
    ) -> list[dict[str, Any]]:
        def look() -> list[dict[str, Any]] | None:
            found = self.of(username)
            return found if enough(found) else None

        return eventually(look, f"agent events of {username}")

    def _arn(self, username: str) -> str | None:
        snapshots = (event["CurrentAgentSnapshot"] for event in self._events)
        named = zip(self._events, snapshots, strict=True)
        return next(
            (
                event["AgentARN"]
                for event, snapshot in named
                if snapshot and snapshot["Configuration"]["Username"] == username
            ),
            None,
        )

    def _read(self) -> None:
        for number, place in enumerate(self._places):
            answer = self._kinesis.get_records(ShardIterator=place)
            self._places[number] = answer["NextShardIterator"]
            self._events += [json.loads(record["Data"]) for record in answer["Records"]]


class ContactListener:
    """A queue that a rule of the contact events' bus fills; gone with the `with`."""

    def __init__(self, center: Center, name: str) -> None:
        self._sqs, self._events = center.aws("sqs"), center.aws("events")
        self._bus = center.facts["buses"]["contact_events"]
        self._name = name
        self._heard: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self._url = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["QueueArn"]
        )["Attributes"]
        pattern = {"detail-type": ["Amazon Connect Contact Event"]}
        rule = {"Name": self._name, "EventBusName": self._bus}
        self._events.put_rule(**rule, EventPattern=json.dumps(pattern), State="ENABLED")
        self._events.put_targets(
            Rule=self._name,
            EventBusName=self._bus,
            Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}],
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._events.remove_targets(Rule=self._name, EventBusName=self._bus, Ids=["queue"])
        self._events.delete_rule(Name=self._name, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._url)

    def of(self, contact_id: str) -> list[dict[str, Any]]:
        """The events of one contact, each once, in the order of its facts: a bus promises none."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages", ()
        ):
            for message in messages:
                event = json.loads(message["Body"])
                self._heard.setdefault(event["detail"]["eventId"], event)
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        mine = [e for e in self._heard.values() if e["detail"]["contactId"] == contact_id]
        return sorted(mine, key=lambda event: _place(event["detail"]["eventId"]))

    def waits_for(self, contact_id: str, last: str) -> list[dict[str, Any]]:
        """All of them, once one of this type is there."""

        def look() -> list[dict[str, Any]] | None:
            found = self.of(contact_id)
            return found if any(e["detail"]["eventType"] == last for e in found) else None

        return eventually(look, f"contact event {last}")


def _place(event_id: str) -> tuple[int, bool]:
    _, number, kind = event_id.rsplit(":", 2)
    return int(number), kind != "INITIATED"
