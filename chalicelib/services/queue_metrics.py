"""Answers flows that ask how a queue stands, from the same rows that the match reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.center import Center, Queue
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.live import AgentNow, Tally, tally
from chalicelib.core.queue_metrics import OF_AGENTS, OF_LINE, LineCounts, count_line
from chalicelib.core.routing import place_of
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore, RoutingStore
from chalicelib.services.staff import staff_of
from chalicelib.services.waiting import Wait, WaitingService

POSITION, ESTIMATE = "PositionInQueue", "EstimatedWaitTimeSeconds"


@dataclass(frozen=True, slots=True)
class _Question:
    """One queue (or an agent's own), and the channels that count."""

    queue: Queue
    channels: Sequence[Channel]
    center: Center
    at: datetime


class QueueMetrics:
    """The respondent of Port.METRICS. Requests: the presences, their agents, one for the counters,
    those of the heads of lines in which somebody is, those of an estimate, and of a contact that
    waits there who stands before it. What it is told of its wait is noted as a fact of it."""

    def __init__(self, routing: RoutingStore, center: CenterStore, waiting: WaitingService) -> None:
        self._routing = routing
        self._center = center
        self._waiting = waiting

    def ask(self, inquiry: Inquiry) -> Reply:
        question = self._question(inquiry)
        if inquiry.ask.verb == "get":
            return self._everything(question, inquiry)
        metric = inquiry.text("MetricType")
        if metric in OF_AGENTS:
            return Answered(result=str(OF_AGENTS[metric](self._agents(question))))
        if metric in OF_LINE:
            line = self._line(question, self._depths(question))
            return Answered(result=str(OF_LINE[metric](line)))
        if metric in (POSITION, ESTIMATE):
            return self._of_contact(metric, question, inquiry)
        raise Rejected(f"no metric {metric!r}", field="MetricType", value=metric)

    def _everything(self, question: _Question, inquiry: Inquiry) -> Reply:
        depths = self._depths(question)
        wait = self._wait(question, inquiry, depths)
        told = _document(
            question,
            self._agents(question),
            self._line(question, depths),
            wait,
            self._wait_of_queue(question, depths),
        )
        return _noted(Answered(told), wait)

    def _of_contact(self, metric: str, question: _Question, inquiry: Inquiry) -> Reply:
        """Refused when nobody can tell, which is not the same as no wait at all."""
        wait = self._wait(question, inquiry, {})
        value = None if wait is None else wait.place if metric == POSITION else wait.seconds
        if value is None:
            return Refused(reason=f"nobody can tell {metric} now")
        return _noted(Answered(result=str(value)), wait)

    def _question(self, inquiry: Inquiry) -> _Question:
        agent, center = inquiry.text("AgentId"), inquiry.center
        reference = f"agent:{agent.removeprefix('agent:')}" if agent else inquiry.text("QueueId")
        queue = CenterLibrary(center, self._center).queue_itself(reference)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="QueueId", value=reference)
        return _Question(queue, _channels(inquiry), center, inquiry.at)

    def _agents(self, question: _Question) -> Tally:
        queue_id, channels = question.queue.queue_id, question.channels
        staff = staff_of(self._routing, question.center, queue_id, channels, at=question.at)
        there = [AgentNow(agent=a, profile=profile, is_reachable=True) for a, profile in staff]
        return tally(there, channels, {queue_id})

    def _depths(self, question: _Question) -> Mapping[Channel, int]:
        """How many are there; counters are never too low."""
        pairs = [(question.queue, channel) for channel in question.channels]
        found = zip(question.channels, self._routing.depths(pairs), strict=True)
        return {channel: depth.waiting for channel, depth in found}

    def _line(self, question: _Question, depths: Mapping[Channel, int]) -> LineCounts:
        heads = [
            place
            for channel, waiting in depths.items()
            if waiting > 0
            for place in self._routing.heads(question.queue, channel)
        ]
        return count_line(sum(depths.values()), heads, at=question.at)

    def _wait(
        self, question: _Question, inquiry: Inquiry, depths: Mapping[Channel, int]
    ) -> Wait | None:
        contact, queue = inquiry.contact, question.queue
        place = place_of(contact)
        if place is None or place.queue_id != queue.queue_id:
            return None
        is_first = depths.get(contact.channel) == 0  # and about to be counted
        ahead = [] if is_first else self._routing.line(queue, contact.channel, before=place)
        return self._waiting.of_contact(contact, queue, ahead, question.center, question.at)

    def _wait_of_queue(self, question: _Question, depths: Mapping[Channel, int]) -> int | None:
        """As in Amazon Connect, of one channel only."""
        if len(question.channels) != 1:
            return None
        ((channel, waiting),) = depths.items()
        return self._waiting.of_queue(
            question.queue, channel, waiting, question.center, question.at
        )


def _noted(answer: Answered, wait: Wait | None) -> Reply:
    news = wait.news if wait else None
    return Concluded(answer=answer, facts=(news,)) if news else answer


def _channels(inquiry: Inquiry) -> list[Channel]:
    wanted = inquiry.text("QueueChannel").upper()
    if not wanted:
        return list(Channel)
    if wanted not in Channel.__members__:
        raise Rejected(f"no channel {wanted!r}", field="QueueChannel", value=wanted)
    return [Channel(wanted)]


def _document(
    question: _Question,
    agents: Tally,
    line: LineCounts,
    wait: Wait | None,
    wait_of_queue: int | None,
) -> Mapping[str, object]:
    """`$.Metrics`; what there is nothing to say of is null."""
    counts = {
        "Online": agents.online,
        "Available": agents.available,
        "Staffed": agents.staffed,
        "AfterContactWork": agents.after_contact_work,
        "Busy": agents.on_contact,
        "Missed": agents.missed,
        "NonProductive": agents.non_productive,
    }
    return {
        "Queue": {
            "Name": question.queue.name,
            "ARN": question.center.queue_arn(question.queue.queue_id),
            "Size": line.size,
            "OldestContactAge": line.oldest_age_seconds,
            "OldestContactInQueueAge": line.oldest_age_seconds,
            "EstimatedWaitTime": wait_of_queue,
        },
        "Agents": {name: {"Count": count} for name, count in counts.items()},
        "Contact": {
            "PositionInQueue": wait.place if wait else None,
            "EstimatedWaitTime": wait.seconds if wait else None,
            "EstimatedWaitTimeInMinutes": wait.minutes if wait else None,
        },
    }


__all__ = ["ESTIMATE", "POSITION", "QueueMetrics"]
