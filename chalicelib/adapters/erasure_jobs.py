"""Customers to be forgotten, on an SQS queue."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.services.ports import ErasureJob


class SqsErasureJobs:
    """The ErasureJobs port."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def order(self, job: ErasureJob, *, delay_seconds: int = 0) -> None:
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=msgspec.json.encode(job).decode(),
            DelaySeconds=delay_seconds,
        )


def read_job(body: str) -> ErasureJob:
    return msgspec.json.decode(body, type=ErasureJob)
