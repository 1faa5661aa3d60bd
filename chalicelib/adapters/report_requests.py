"""Requests for reports on an SQS queue: one message per period."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from chalicelib.core.civil_day import Grain


class SqsReportRequests:
    """The ReportRequests port."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def request(self, day: date, *, grain: Grain) -> None:
        body = msgspec.json.encode({"day": day, "grain": grain}).decode()
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)
