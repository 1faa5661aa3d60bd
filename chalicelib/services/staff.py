"""Who is there to answer a queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.core.center import Center, RoutingProfile, agent_named
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, QueueId
from chalicelib.core.routing import Agent
from chalicelib.services.ports import RoutingStore


def staff_of(
    routing: RoutingStore,
    center: Center,
    queue_id: QueueId,
    channels: Sequence[Channel],
    *,
    at: datetime,
) -> list[tuple[Agent, RoutingProfile]]:
    """Agents who serve the queue on any of the channels and are there: not whose desk has been
    silent for too long. One request for the presences, one for each hundred agents."""
    here = [p.agent_id for p in routing.online() if p.is_reachable(at)]
    found = []
    for agent in routing.agents_among(here):
        profile = center.profile(agent.profile_id)
        if profile is not None and _serves(agent, profile, queue_id, channels):
            found.append((agent, profile))
    return found


def is_here(routing: RoutingStore, agent_id: AgentId, *, at: datetime) -> bool:
    """Whether the agent's desk is open, and was heard of lately."""
    presence = routing.presence(agent_id)
    return presence is not None and presence.is_reachable(at)


def _serves(
    agent: Agent, profile: RoutingProfile, queue_id: QueueId, channels: Sequence[Channel]
) -> bool:
    who = agent_named(queue_id)
    if who is not None:
        return agent.agent_id == who
    return any(profile.serves(queue_id, each) for each in channels)


__all__ = ["is_here", "staff_of"]
