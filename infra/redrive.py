"""Brings back what was put aside: dead letters to the queues they came from, parked stream records
to the functions that could not digest them.

Run with the environment of the deployed functions, once what was wrong is mended: `make redrive` on
the laptop. Everything that acts on them acts once, so to bring one back twice does no harm. What
fails again is put aside again. Prints, as JSON, how many were brought back.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore.session

SOURCES = (
    "TIMERS_QUEUE_URL",
    "RECORDINGS_QUEUE_URL",
    "REPORTS_QUEUE_URL",
    "ERASURES_QUEUE_URL",
)
PARKED = "PARKED_FACTS_QUEUE_URL"
READERS = {"contacts": "on-contact-fact", "routing": "on-agent-changed"}


def main() -> None:
    session = botocore.session.get_session()
    sqs, functions = (session.create_client(name) for name in ("sqs", "lambda"))
    print(json.dumps(redrive(sqs, functions, dict(os.environ))))


def redrive(sqs: Any, functions: Any, environment: dict[str, str]) -> dict[str, int]:
    """How many were brought back, by queue."""
    brought: Counter[str] = Counter()
    for name in SOURCES:
        source = environment[name]
        for message in _taken(sqs, _dead_letters_of(sqs, source)):
            sqs.send_message(QueueUrl=source, MessageBody=message["Body"])
            brought[source.rsplit("/", 1)[-1]] += 1
    parked = environment[PARKED]
    for message in _taken(sqs, parked):
        function = f"{environment['FUNCTION_PREFIX']}-{_reader(message['Body'], environment)}"
        records = {"Records": [json.loads(message["Body"])]}
        answer = functions.invoke(FunctionName=function, Payload=json.dumps(records).encode())
        if answer.get("FunctionError"):
            sqs.send_message(QueueUrl=parked, MessageBody=message["Body"])
        else:
            brought[parked.rsplit("/", 1)[-1]] += 1
    return dict(brought)


def _taken(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Those that are there now: each is gone from its queue only once its turn is over."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    for _ in range(int(told["Attributes"]["ApproximateNumberOfMessages"])):
        for message in sqs.receive_message(QueueUrl=url).get("Messages", ()):
            yield message
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _dead_letters_of(sqs: Any, source: str) -> str:
    told = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=["RedrivePolicy"])
    arn = json.loads(told["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url: str = sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
    return url


def _reader(body: str, environment: dict[str, str]) -> str:
    """The function that reads the stream of the table that this record is from."""
    source = json.loads(body).get("eventSourceARN", "")
    for table, function in READERS.items():
        if f"table/{environment[f'{table.upper()}_TABLE']}/" in source:
            return function
    raise ValueError(f"no function reads {source!r}")


if __name__ == "__main__":
    main()
