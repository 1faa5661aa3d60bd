"""What agents go through, published for other systems."""

from __future__ import annotations

from chalicelib.core import agent_events as core
from chalicelib.core.routing import Agent
from chalicelib.services.event_ports import AgentEvents
from chalicelib.services.ports import CenterStore


class AgentEventsService:
    """A change that is published twice has the same event ids both times."""

    def __init__(self, stream: AgentEvents, center: CenterStore) -> None:
        self._stream = stream
        self._center = center

    def publish(self, before: Agent | None, after: Agent) -> None:
        """The events of one commit of an agent; none when nobody outside could see a change."""
        who = core.Workplace(self._center.center(), self._center.agent(after.agent_id))
        events = core.events_of(before, after, who)
        if events:
            self._stream.publish(events)
