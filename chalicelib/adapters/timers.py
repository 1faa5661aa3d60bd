"""Timers on an SQS queue: a delayed message each; longer ones are sent on until they are due."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

import msgspec

from chalicelib.services.ports import Timer

LONGEST_SECONDS = 900  # SQS delays no message longer


class SqsTimers:
    """The Timers port."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def set(self, timer: Timer, *, now: datetime) -> None:
        delay = ceil((timer.due_at - now).total_seconds())
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=msgspec.json.encode(timer).decode(),
            DelaySeconds=min(LONGEST_SECONDS, max(0, delay)),
        )


def read_timer(body: str) -> Timer:
    return msgspec.json.decode(body, type=Timer)
