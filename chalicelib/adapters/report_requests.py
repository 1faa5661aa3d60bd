"""Requests for reports, and for what follows from them, on an SQS queue: one message each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from chalicelib.core.civil_day import Grain

# By then the function that asks has written what has become known, or has timed out (60 s).
_NEWS_IS_WRITTEN = timedelta(minutes=2)


class SqsReportRequests:
    """The ReportRequests port."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def request(self, day: date, *, grain: Grain) -> None:
        self._send({"day": day, "grain": grain})

    def renew(self, day: date, *, grain: Grain) -> None:
        self._send({"task": "renewal", "day": day, "grain": grain}, after=_NEWS_IS_WRITTEN)

    def request_delivery(self, report: str, day: date) -> None:
        self._send({"task": "delivery", "day": day, "report": report})

    def request_reconciliation(self, day: date) -> None:
        self._send({"task": "reconciliation", "day": day})

    def _send(self, request: Mapping[str, object], *, after: timedelta = timedelta()) -> None:
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=msgspec.json.encode(request).decode(),
            DelaySeconds=int(after.total_seconds()),
        )
