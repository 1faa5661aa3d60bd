"""What agents go through, published for other systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from chalicelib.core import agent_events as core
from chalicelib.core.agent_activity import is_of_time
from chalicelib.core.routing import Agent
from chalicelib.services.event_ports import AgentDays, AgentEvents, HeartBeats
from chalicelib.services.late_news import LateNews
from chalicelib.services.ports import CenterStore, RoutingStore

_LONGEST_LOOK = timedelta(minutes=10)  # back, after a pause: who was quiet for longer beats once


class AgentEventsService:
    """A change that is published twice has the same event ids both times.

    `days` keeps what payroll needs: changes of status, and who came and went. What comes when its
    day is over is `late_news`.
    """

    def __init__(
        self,
        stream: AgentEvents,
        days: AgentDays,
        center: CenterStore,
        late_news: LateNews,
    ) -> None:
        self._stream = stream
        self._days = days
        self._center = center
        self._late_news = late_news

    def publish(self, before: Agent | None, after: Agent) -> None:
        """The events of one commit of an agent; none when nobody outside could see a change."""
        events = core.events_of(before, after, self._center.center())
        kept = [event for event in events if is_of_time(event)]
        if kept:
            self._late_news.of(self._late_news.days_of([_moment_of(event) for event in kept]))
            self._days.keep(kept)
        if events:
            self._stream.publish(events)


def _moment_of(event: Mapping[str, object]) -> datetime:
    return datetime.fromisoformat(str(event["EventTimestamp"]))


class AgentHeartbeats:
    """Says of quiet agents that they are still at work.

    Requests: three, one for each hundred agents, one for each five hundred heartbeats that are
    due. Nothing is written for any single agent.
    """

    def __init__(
        self,
        *,
        stream: AgentEvents,
        beats: HeartBeats,
        routing: RoutingStore,
        center: CenterStore,
        now: Callable[[], datetime],
    ) -> None:
        self._stream = stream
        self._beats = beats
        self._routing = routing
        self._center = center
        self._now = now

    def beat(self) -> None:
        """Publishes the heartbeats that have become due since the last time; told twice, the same
        heartbeat has the same id."""
        at = self._now()
        since = max(self._beats.last() or at - _LONGEST_LOOK, at - _LONGEST_LOOK)
        center = self._center.center()
        quiet = self._routing.agents_among([each.agent_id for each in self._routing.online()])
        due = (core.heart_beat(agent, center, since=since, until=at) for agent in quiet)
        events = [event for event in due if event is not None]
        if events:
            self._stream.publish(events)
        self._beats.note(at)
