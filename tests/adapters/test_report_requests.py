"""What is asked for on the reports queue is what its Lambda reads."""

from __future__ import annotations

from datetime import date

from chalicelib.adapters.report_requests import SqsReportRequests
from chalicelib.core.civil_day import Grain
from chalicelib.entrypoints import wire
from chalicelib.entrypoints.reports import ReportRequest, Task

DAY = date(2026, 3, 8)


class Queue:
    """SQS's client as far as it is used."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.delays: list[int] = []

    def send_message(
        self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int
    ) -> None:  # SQS's names
        assert QueueUrl == "https://queue.test"
        self.bodies.append(MessageBody)
        self.delays.append(DelaySeconds)


def test_every_request_is_read_as_it_was_meant() -> None:
    queue = Queue()
    requests = SqsReportRequests(queue, "https://queue.test")
    requests.request(DAY, grain=Grain.MONTH)
    requests.renew(DAY, grain=Grain.YEAR)
    requests.request_delivery("daily-queues", DAY)
    requests.request_reconciliation(DAY)

    assert [wire.read(body, ReportRequest) for body in queue.bodies] == [
        ReportRequest(day=DAY, grain=Grain.MONTH),
        ReportRequest(day=DAY, grain=Grain.YEAR, task=Task.RENEWAL),
        ReportRequest(day=DAY, report="daily-queues", task=Task.DELIVERY),
        ReportRequest(day=DAY, task=Task.RECONCILIATION),
    ]


def test_a_renewal_comes_when_its_news_is_written_for_certain() -> None:
    """The function that asks, and then writes, has 60 seconds."""
    queue = Queue()
    requests = SqsReportRequests(queue, "https://queue.test")

    requests.request(DAY, grain=Grain.DAY)
    requests.renew(DAY, grain=Grain.DAY)

    assert [0, 120] == queue.delays
