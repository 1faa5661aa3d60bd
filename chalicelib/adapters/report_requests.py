"""Requests for reports on an SQS queue: one message per day."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec


class SqsReportRequests:
    """The ReportRequests port."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def request(self, day: date) -> None:
        self._client.send_message(
            QueueUrl=self._queue_url, MessageBody=msgspec.json.encode({"day": day}).decode()
        )
