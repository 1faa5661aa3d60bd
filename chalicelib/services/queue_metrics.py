"""Answers flows that ask how a queue stands, from the same rows that the match reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.center import Center, Queue, RoutingProfile, agent_named
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.flow import Answered
from chalicelib.core.queue_metrics import (
    OF_AGENTS,
    OF_LINE,
    AgentCounts,
    LineCounts,
    count_agents,
    count_line,
)
from chalicelib.core.routing import Agent
from chalicelib.services.asking import Inquiry, Reply
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore, RoutingStore


@dataclass(frozen=True, slots=True)
class _Question:
    """One queue (or an agent's own), and the channels that count."""

    queue: Queue
    channels: Sequence[Channel]
    center: Center
    at: datetime


class QueueMetrics:
    """The respondent of Port.METRICS. Requests: the presences, their agents, one per line."""

    def __init__(self, routing: RoutingStore, center: CenterStore) -> None:
        self._routing = routing
        self._center = center

    def ask(self, inquiry: Inquiry) -> Reply:
        question = self._question(inquiry)
        if inquiry.ask.verb == "get":
            agents = self._agents(question)
            line = self._line(question, inquiry)
            return Answered(_document(question, count_agents(agents, question.channels), line))
        metric = inquiry.text("MetricType")
        if metric in OF_AGENTS:
            counts = count_agents(self._agents(question), question.channels)
            return Answered(result=str(OF_AGENTS[metric](counts)))
        if metric in OF_LINE:
            line = self._line(question, inquiry)
            return Answered(result=str(OF_LINE[metric](line)))
        raise Rejected(f"no metric {metric!r}", field="MetricType", value=metric)

    def _question(self, inquiry: Inquiry) -> _Question:
        agent, center = inquiry.text("AgentId"), inquiry.center
        reference = f"agent:{agent.removeprefix('agent:')}" if agent else inquiry.text("QueueId")
        queue = CenterLibrary(center, self._center).queue_itself(reference)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="QueueId", value=reference)
        return _Question(queue, _channels(inquiry), center, inquiry.at)

    def _agents(self, question: _Question) -> list[tuple[Agent, RoutingProfile]]:
        """Who serves the queue and is there: not whose desk has been silent for too long."""
        here = [p.agent_id for p in self._routing.online() if p.is_reachable(question.at)]
        found = []
        for agent in self._routing.agents_among(here):
            profile = question.center.profile(agent.profile_id)
            if profile is not None and _serves(agent, profile, question):
                found.append((agent, profile))
        return found

    def _line(self, question: _Question, inquiry: Inquiry) -> LineCounts:
        places = [
            place
            for channel in question.channels
            for place in self._routing.line(question.queue, channel)
        ]
        return count_line(places, inquiry.contact.contact_id, at=question.at)


def _channels(inquiry: Inquiry) -> list[Channel]:
    wanted = inquiry.text("QueueChannel").upper()
    if not wanted:
        return list(Channel)
    if wanted not in Channel.__members__:
        raise Rejected(f"no channel {wanted!r}", field="QueueChannel", value=wanted)
    return [Channel(wanted)]


def _serves(agent: Agent, profile: RoutingProfile, question: _Question) -> bool:
    who = agent_named(question.queue.queue_id)
    if who is not None:
        return agent.agent_id == who
    return any(profile.serves(question.queue.queue_id, each) for each in question.channels)


def _document(question: _Question, agents: AgentCounts, line: LineCounts) -> Mapping[str, object]:
    """`$.Metrics`; what there is nothing to say of is null."""
    counts = {
        "Online": agents.online,
        "Available": agents.available,
        "Staffed": agents.staffed,
        "AfterContactWork": agents.after_contact_work,
        "Busy": agents.busy,
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
        },
        "Agents": {name: {"Count": count} for name, count in counts.items()},
        "Contact": {"PositionInQueue": line.position},
    }
