"""What supervisors see of a center at this moment: its lines, its agents, and how they count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.alert import Alert
from chalicelib.core.center import Queue, RoutingProfile, Status, StatusType, agent_named
from chalicelib.core.contact import Contact
from chalicelib.core.events import Channel
from chalicelib.core.ids import QueueId
from chalicelib.core.routing import Agent, Depth, Place, Slot, SlotState

NOT_REACHABLE = "Not reachable"
# Of several contacts the first of these counts, as in Amazon Connect.
_ACTIVITIES = (
    (SlotState.MISSED, "Missed"),
    (SlotState.CONNECTED, "On contact"),
    (SlotState.ENDED, "After contact work"),
    (SlotState.CONNECTING, "Incoming"),
)
_ACTIVE = (SlotState.CONNECTED, SlotState.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """An agent who signed in. `heard_at` None: never; `is_reachable`: the desk is open and was
    heard of lately. No profile: it has been deleted."""

    agent: Agent
    profile: RoutingProfile | None
    is_reachable: bool
    heard_at: datetime | None = None

    @property
    def is_here(self) -> bool:
        """At work, whatever they do just now; somebody whose desk is silent is not."""
        return self.is_reachable and self.agent.status.type is not StatusType.OFFLINE

    @property
    def activity(self) -> str:
        """What the agent does, in one word or three; what needs looking after comes first."""
        if self.agent.status.type is not StatusType.OFFLINE and not self.is_reachable:
            return NOT_REACHABLE
        states = {slot.state for slot in self.agent.slots}
        found = (said for state, said in _ACTIVITIES if state in states)
        return next(found, self.agent.status.name)

    def serves(self, queue_ids: Collection[QueueId] | None, channel: Channel) -> bool:
        """Whether the agent gets contacts of one of these queues, the agent's own among them, or of
        any, on the channel."""
        if any(agent_named(each) == self.agent.agent_id for each in queue_ids or ()):
            return self.most_on(channel) > 0
        return self.profile is not None and any(
            entry.channel is channel and (queue_ids is None or entry.queue_id in queue_ids)
            for entry in self.profile.queues
        )

    def most_on(self, channel: Channel) -> int:
        """Contacts at once, at most."""
        return self.profile.concurrency.get(channel, 0) if self.profile else 0

    def active_on(self, channel: Channel) -> int:
        """Contacts in hand, and those whose work is not done."""
        return len([s for s in self.agent.slots if s.channel is channel and s.state in _ACTIVE])

    def free_on(self, channel: Channel) -> int:
        """Contacts that the agent could get in addition right now."""
        if not self.is_here or self.profile is None:
            return 0
        if not self.agent.can_take(channel, self.profile):
            return 0
        held = [slot for slot in self.agent.slots if slot.channel is channel]
        return self.most_on(channel) - len(held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Agents by what they do; one may count in several. Ghosts count in none.

    `staffed`: available, whether on a contact or not. `after_contact_work` counts contacts.
    """

    online: int = 0
    available: int = 0
    staffed: int = 0
    on_contact: int = 0
    after_contact_work: int = 0
    non_productive: int = 0
    missed: int = 0
    slots_active: int = 0
    slots_available: int = 0


def tally(
    agents: Iterable[AgentNow],
    channels: Sequence[Channel],
    queue_ids: Collection[QueueId] | None = None,
) -> Tally:
    """Of agents who serve these queues, or any, on one of the channels."""
    here = [
        each
        for each in agents
        if each.is_here and any(each.serves(queue_ids, channel) for channel in channels)
    ]
    slots = [[s for s in each.agent.slots if s.channel in channels] for each in here]
    statuses = [each.agent.status.type for each in here]
    served = [
        (each, channel) for each in here for channel in channels if each.serves(queue_ids, channel)
    ]
    return Tally(
        online=len(here),
        available=len({each.agent.agent_id for each, c in served if each.free_on(c) > 0}),
        staffed=statuses.count(StatusType.ROUTABLE),
        on_contact=_having(slots, SlotState.CONNECTED),
        after_contact_work=sum(s.state is SlotState.ENDED for held in slots for s in held),
        non_productive=statuses.count(StatusType.CUSTOM),
        missed=_having(slots, SlotState.MISSED),
        slots_active=sum(s.state in _ACTIVE for held in slots for s in held),
        slots_available=sum(each.free_on(channel) for each, channel in served),
    )


def _having(slots: Iterable[Sequence[Slot]], state: SlotState) -> int:
    return sum(any(slot.state is state for slot in held) for held in slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """One queue on one channel. `oldest_at` None: nobody waits or rings; no estimated wait: nobody
    can tell. `scheduled`: calls back whose time has not come. `agents`: who serve it."""

    queue: Queue
    channel: Channel
    waiting: int = 0
    ringing: int = 0
    oldest_at: datetime | None = None
    scheduled: int = 0
    agents: Tally = Tally()
    estimated_wait_seconds: int | None = None

    def oldest_seconds(self, at: datetime) -> int | None:
        if self.oldest_at is None:
            return None
        return max(0, int((at - self.oldest_at).total_seconds()))


def line_now(
    queue: Queue, channel: Channel, depth: Depth, heads: Sequence[Place], *, scheduled: int = 0
) -> LineNow:
    """Counted by the queue's counter, which may be too high for a moment and never too low, and
    by what stands at the heads of its lines."""
    ringing = sum(place.is_ringing for place in heads)
    first = len(heads) - ringing
    return LineNow(
        queue=queue,
        channel=channel,
        waiting=max(first, depth.waiting - ringing) if first else 0,
        ringing=ringing,
        oldest_at=min((place.entered_at for place in heads), default=None),
        scheduled=scheduled,
    )


def serving(agents: Iterable[AgentNow]) -> Mapping[tuple[QueueId, Channel], Sequence[AgentNow]]:
    """Who gets contacts of which queue and channel."""
    found: dict[tuple[QueueId, Channel], list[AgentNow]] = {}
    for each in agents:
        entries = each.profile.queues if each.profile else ()
        for line in {(entry.queue_id, entry.channel) for entry in entries}:
            found.setdefault(line, []).append(each)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The center at one moment: lines by queue and channel, agents by name, alerts newest first,
    and the statuses that can be chosen for agents."""

    at: datetime
    lines: Sequence[LineNow]
    agents: Sequence[AgentNow]
    alerts: Sequence[Alert] = ()
    statuses: Sequence[Status] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A contact in a line; `position` 1 is next. `agent_name`: of the agent at whom it rings."""

    position: int
    place: Place
    contact: Contact
    agent_name: str | None = None
