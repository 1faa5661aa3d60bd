"""What a flow may know of a queue and its agents at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.center import RoutingProfile, StatusType
from chalicelib.core.events import Channel
from chalicelib.core.routing import Agent, Place, SlotState

_AT_WORK = (SlotState.CONNECTING, SlotState.CONNECTED, SlotState.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCounts:
    """Agents of a queue who are there, by what they do. One may count in several."""

    online: int = 0  # in any status but an offline one
    available: int = 0  # ready for one more contact of the queue
    staffed: int = 0  # available, or with a contact or its after contact work
    after_contact_work: int = 0
    busy: int = 0  # talking
    missed: int = 0
    non_productive: int = 0  # on break, in training …


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCounts:
    """Who waits or rings. None: nobody does."""

    size: int = 0
    oldest_age_seconds: int | None = None


def count_agents(
    agents: Iterable[tuple[Agent, RoutingProfile]], channels: Sequence[Channel]
) -> AgentCounts:
    """Of agents who serve the queue and were heard of lately: ghosts are to be left out before."""
    here = [(a, p) for a, p in agents if a.status.type is not StatusType.OFFLINE]

    def having(*states: SlotState) -> int:
        return sum(any(slot.state in states for slot in agent.slots) for agent, _ in here)

    def ready(agent: Agent, profile: RoutingProfile) -> bool:
        return any(agent.can_take(channel, profile) for channel in channels)

    def staffed(agent: Agent) -> bool:
        is_working = any(slot.state in _AT_WORK for slot in agent.slots)
        return agent.status.type is StatusType.ROUTABLE or is_working

    return AgentCounts(
        online=len(here),
        available=sum(ready(agent, profile) for agent, profile in here),
        staffed=sum(staffed(agent) for agent, _ in here),
        after_contact_work=having(SlotState.ENDED),
        busy=having(SlotState.CONNECTED),
        missed=having(SlotState.MISSED),
        non_productive=sum(agent.status.type is StatusType.CUSTOM for agent, _ in here),
    )


def count_line(places: Sequence[Place], *, at: datetime) -> LineCounts:
    """Of everybody in the queue, ringing included: who rings may come back to the old place."""
    since = [place.entered_at for place in places]
    return LineCounts(
        size=len(since),
        oldest_age_seconds=max(0, int((at - min(since)).total_seconds())) if since else None,
    )


# What CheckMetricData compares, by Amazon Connect's names.
OF_AGENTS: Mapping[str, Callable[[AgentCounts], int]] = {
    "NumberOfAgentsAvailable": lambda counts: counts.available,
    "NumberOfAgentsStaffed": lambda counts: counts.staffed,
    "NumberOfAgentsOnline": lambda counts: counts.online,
}
OF_LINE: Mapping[str, Callable[[LineCounts], int]] = {
    "NumberOfContactsInQueue": lambda counts: counts.size,
    "OldestContactInQueueAgeSeconds": lambda counts: counts.oldest_age_seconds or 0,
}
