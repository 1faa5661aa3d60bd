"""Timers and recording jobs as messages in a queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.recording_jobs import SqsRecordingJobs, read_job
from chalicelib.adapters.timers import SqsTimers, read_timer
from chalicelib.core.ids import ContactId
from chalicelib.services.ports import RecordingJob, Timer, TimerKind
from tests.given import MONDAY

TIMER = Timer(kind=TimerKind.OFFER, contact_id=ContactId("c-1"), due_at=MONDAY, key="o-1")


class Queue:
    """botocore's SQS client, as far as it is used."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send_message(self, **message: Any) -> None:
        self.messages.append(message)


@pytest.mark.parametrize(
    ("seconds", "delay"),
    [(20, 20), (19.2, 20), (0, 0), (-5, 0), (900, 900), (3600, 900)],
)
def test_a_message_is_delayed_until_the_timer_is_due(seconds: float, delay: int) -> None:
    """Never too early by a fraction, never a negative delay, never longer than SQS can."""
    queue = Queue()
    timer = replace(TIMER, due_at=MONDAY + timedelta(seconds=seconds))

    SqsTimers(queue, "https://sqs.test/timers").set(timer, now=MONDAY)

    assert queue.messages[0]["DelaySeconds"] == delay
    assert queue.messages[0]["QueueUrl"] == "https://sqs.test/timers"


@pytest.mark.parametrize("kind", list(TimerKind))
def test_a_timer_comes_back_as_it_was_set(kind: TimerKind) -> None:
    """To the microsecond, so that it can be sent on."""
    queue = Queue()
    timer = replace(TIMER, kind=kind, due_at=MONDAY + timedelta(microseconds=7))

    SqsTimers(queue, "q").set(timer, now=MONDAY)

    assert read_timer(queue.messages[0]["MessageBody"]) == timer


@pytest.mark.parametrize(
    "job",
    [
        RecordingJob(contact_id=ContactId("c-1")),
        RecordingJob(contact_id=ContactId("c-1"), segment="s1", started_at=MONDAY, chunks=3),
    ],
    ids=["all segments", "one"],
)
def test_a_recording_job_comes_back_as_it_was_ordered(job: RecordingJob) -> None:
    queue = Queue()

    SqsRecordingJobs(queue, "q").order(job, delay_seconds=15)

    assert read_job(queue.messages[0]["MessageBody"]) == job
    assert queue.messages[0]["DelaySeconds"] == 15
