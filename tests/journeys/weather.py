"""The embedded AWS in bad weather: writes throttled, everything delivered twice, some of it late.

Started in place of `infra.local.emulator` (TRUNKLINE_EMULATOR), in the emulator's own environment.
`PUT /_weather` sets the weather, and in how many lanes streams are handled; `GET /_weather` tells
the weather and what it has done so far.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from contextvars import copy_context
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from typing import Any

import ministack.app as ministack
from ministack.services import lambda_svc, sqs

from infra.local import emulator

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
_MODES = ("ThrottlingException", "ProvisionedThroughputExceededException", "cancelled")
_DYNAMODB = "DynamoDB_20120810."
_LATE_SECONDS = (1, 4)
EVERY_SECONDS = 900.0  # between checkpoints: of a long day they would take most of a processor


@dataclass
class Weather:
    """Shares from 0 to 1. `doubled`: of what streams and queues bring; `late`: of the same, once
    more and out of order, and of messages that are sent."""

    throttled: float = 0.0
    doubled: float = 0.0
    late: float = 0.0


WEATHER = Weather()
DONE: Counter[str] = Counter()
_CHANCE = random.Random(2026)
_LOCK = Lock()


def _strikes(share: float, what: str) -> bool:
    with _LOCK:
        struck = _CHANCE.random() < share
        DONE[what] += struck
    return struck


# --- requests -------------------------------------------------------------------------------------


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Between every caller and the emulator."""
    if scope["type"] != "http":
        await emulator.answer(scope, receive, send)
    elif scope["path"] == "/_weather":
        await _tell(scope, receive, send)
    else:
        await _pass_on(scope, receive, send)


async def _tell(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = await body_of(receive)
    if scope["method"] == "PUT":
        told = json.loads(body)
        emulator.LANES = int(told.pop("lanes", emulator.LANES))
        for name, share in told.items():
            setattr(WEATHER, name, float(share))
    await reply(send, 200, {"weather": asdict(WEATHER), "done": DONE})


async def _pass_on(scope: dict[str, Any], receive: Any, send: Any) -> None:
    headers = dict(scope["headers"])
    target = headers.get(b"x-amz-target", b"").decode()
    operation = target.removeprefix(_DYNAMODB)
    if target.startswith(_DYNAMODB) and operation in _WRITES:
        body = await body_of(receive)
        if _strikes(WEATHER.throttled, "throttled"):
            return await _throttle(send, operation, body)
        return await emulator.answer(scope, read_again(body), send)
    return await emulator.answer(scope, receive, send)


async def _throttle(send: Any, operation: str, body: bytes) -> None:
    mode = _CHANCE.choice(_MODES if operation == "TransactWriteItems" else _MODES[:2])
    if mode == "cancelled":
        items = len(json.loads(body)["TransactItems"])
        reasons = [{"Code": "None"} for _ in range(items)]
        reasons[_CHANCE.randrange(items)] = {
            "Code": _CHANCE.choice(["ThrottlingError", "TransactionConflict"])
        }
        codes = ", ".join(reason["Code"] for reason in reasons)
        said: dict[str, object] = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled, please refer cancellation reasons for specific"
            f" reasons [{codes}]",
            "CancellationReasons": reasons,
        }
    else:
        said = {"__type": f"com.amazonaws.dynamodb.v20120810#{mode}", "message": "Rain."}
    await reply(send, 400, said)


async def body_of(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def read_again(body: bytes) -> Any:
    """The request's body, for whoever reads it next."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError

    return receive


async def reply(send: Any, status: int, content: object) -> None:
    headers = [(b"content-type", b"application/x-amz-json-1.0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


# --- deliveries -----------------------------------------------------------------------------------

_execute = lambda_svc._execute_function


def deliver(function: dict[str, Any], event: Any, *args: Any, **more: Any) -> Any:
    """As the emulator does, and once more; some of it once more again, seconds later."""
    result = _execute(function, event, *args, **more)
    records = event.get("Records") if isinstance(event, dict) else None
    if records and records[0].get("eventSource") in ("aws:dynamodb", "aws:sqs"):
        if _strikes(WEATHER.doubled, "delivered twice"):
            _execute(function, event, *args, **more)
        if _strikes(WEATHER.late, "delivered late"):
            here = copy_context()  # whose account and region it is
            late = (_deliver_late, function, event, args, more)
            Thread(target=here.run, args=late, daemon=True).start()
    return result


def _deliver_late(function: dict[str, Any], event: Any, args: Any, more: Any) -> None:
    time.sleep(_CHANCE.randint(*_LATE_SECONDS))  # until others have overtaken it
    _execute(function, event, *args, **more)


_send_message = sqs._HANDLERS["SendMessage"]


def send_later(data: dict[str, Any], queue: str) -> Any:
    """As the emulator does; but some messages take longer. Behind the door, where signatures of
    requests were checked."""
    if _strikes(WEATHER.late, "messages late"):
        delay = int(data.get("DelaySeconds") or 0) + _CHANCE.randint(*_LATE_SECONDS)
        data = {**data, "DelaySeconds": min(900, delay)}
    return _send_message(data, queue)


def bring_on() -> None:
    """Puts the weather between the parts of the emulator."""
    lambda_svc._execute_function = deliver
    sqs._HANDLERS["SendMessage"] = send_later


def main() -> None:
    emulator.EVERY_SECONDS = EVERY_SECONDS
    ministack.AUTH = False  # who may do what is proved elsewhere, and costs a third of a day here
    bring_on()
    asyncio.run(emulator.main(answer))
    os._exit(0)  # as the emulator itself: nothing that still runs keeps it alive


if __name__ == "__main__":
    main()
