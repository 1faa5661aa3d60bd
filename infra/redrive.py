"""Brings back what was put aside: dead letters to the queues they came from, parked stream records
to the functions that could not digest them.

Run with the environment of the deployed functions, once what was wrong is mended: `make redrive` on
the laptop. Everything that acts on them acts once, so to bring one back twice does no harm. What
fails again is put aside again, and so is what cannot be read any more. Prints, as JSON, how many
were brought back and how many were left.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import botocore.session
from botocore.config import Config

SOURCES = (
    "TIMERS_QUEUE_URL",
    "RECORDINGS_QUEUE_URL",
    "REPORTS_QUEUE_URL",
    "ERASURES_QUEUE_URL",
)
PARKED = "PARKED_FACTS_QUEUE_URL"
READERS = {"contacts": "on-contact-fact", "routing": "on-agent-changed"}
_PATIENCE = Config(read_timeout=90)  # a stream's function may take 60 s


def main() -> None:
    session = botocore.session.get_session()
    sqs, streams = (session.create_client(name) for name in ("sqs", "dynamodbstreams"))
    functions = session.create_client("lambda", config=_PATIENCE)
    print(json.dumps(redrive(sqs, functions, streams, dict(os.environ))))


def redrive(
    sqs: Any, functions: Any, streams: Any, environment: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """How many were brought back and how many left, by queue."""
    brought: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for name in SOURCES:
        source = environment[name]
        for message in _taken(sqs, _dead_letters_of(sqs, source)):
            sqs.send_message(QueueUrl=source, MessageBody=message["Body"])
            brought[_name(source)] += 1
    parked = environment[PARKED]
    for message in _taken(sqs, parked):
        if _is_digested(message["Body"], functions, streams, environment):
            brought[_name(parked)] += 1
        else:
            sqs.send_message(QueueUrl=parked, MessageBody=message["Body"])
            left[_name(parked)] += 1
    return {"brought": dict(brought), "left": dict(left)}


def _is_digested(body: str, functions: Any, streams: Any, environment: Mapping[str, str]) -> bool:
    """Whether the function that reads the stream has taken it: a record that the function parked,
    or a batch that failed as a whole, of which Lambda parks no more than where it is."""
    parked = json.loads(body)
    batch = parked.get("DDBStreamBatchInfo")
    reader = _reader(batch["streamArn"] if batch else parked.get("eventSourceARN", ""), environment)
    records = _read(streams, batch) if batch else [parked]
    if reader is None or not records:
        return False
    payload = json.dumps({"Records": records}, default=_as_lambda_has_it).encode()
    name = f"{environment['FUNCTION_PREFIX']}-{reader}"
    return not functions.invoke(FunctionName=name, Payload=payload).get("FunctionError")


def _read(streams: Any, batch: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records of the batch as the function would have got them; none when the stream, which
    keeps a day, has lost the first of them."""
    known = streams.exceptions
    records: list[dict[str, Any]] = []
    try:
        for record in _since(streams, batch):
            records.append({**record, "eventSourceARN": batch["streamArn"]})
            if record["dynamodb"]["SequenceNumber"] == batch["endSequenceNumber"]:
                break
    except (known.TrimmedDataAccessException, known.ResourceNotFoundException):
        return []
    return records


def _since(streams: Any, batch: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """All that the shard holds from the first record of the batch on."""
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        yield from page["Records"]
        iterator = page.get("NextShardIterator")


def _as_lambda_has_it(value: object) -> object:
    """Times and bytes, which botocore has read into Python's."""
    if isinstance(value, datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _taken(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Those that are there now: each is gone from its queue only once its turn is over. All are
    received first, or what is put aside again would take the turns of others."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    count = int(told["Attributes"]["ApproximateNumberOfMessages"])
    received = [sqs.receive_message(QueueUrl=url).get("Messages", ()) for _ in range(count)]
    for message in itertools.chain.from_iterable(received):
        yield message
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _dead_letters_of(sqs: Any, source: str) -> str:
    told = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=["RedrivePolicy"])
    arn = json.loads(told["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url: str = sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
    return url


def _reader(source: str, environment: Mapping[str, str]) -> str | None:
    """The function that reads the stream with this ARN; None: none of ours does."""
    for table, function in READERS.items():
        if f"table/{environment[f'{table.upper()}_TABLE']}/" in source:
            return function
    return None


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


if __name__ == "__main__":
    main()
