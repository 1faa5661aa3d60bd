"""Looks every few seconds for what a lost message or a dead worker left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from typing import Protocol
from zlib import crc32

from chalicelib.core.center import Queue, StatusType, agent_queue, own_queue_id
from chalicelib.core.errors import Refusal
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ContactId, QueueId
from chalicelib.core.routing import (
    Agent,
    ParticularLine,
    Slot,
    SlotState,
    delay_of,
    is_reachable,
    is_signed_in,
    openings_of,
)
from chalicelib.services.ports import CenterStore, Presence, RoutingStore, Timer, TimerKind, Timers
from chalicelib.services.routing import RoutingService

EVERY = timedelta(seconds=10)  # with 20 s to answer, no reservation outlives 30 s
_IN_A_MINUTE = range(1, 6)
_NOBODYS = ContactId("")
_SIGN_IN = timedelta(hours=12)
_KEPT_BEFORE = timedelta(days=1)  # a line is forgotten in which somebody may stand still
_TURNS = 10  # thorough looks within which each agent's own line is seen: they are four per agent


class Desks(Protocol):
    """What the sweep has done at agents' desks."""

    def end_wrap_up(self, contact_id: ContactId) -> None: ...

    def note_silence(self, agent_id: AgentId) -> None: ...

    def reconfigure(self, agent_id: AgentId) -> None: ...


class Sweep:
    """Harmless at any time, also twice at once: everything it does is conditional.

    Requests: one for the presences, one for each hundred agents, one for each hundred queues and
    channels, and two for each line with somebody in it; then what is found to do. A thorough one
    has two more for each queue and channel that is served, and four for every tenth agent.
    """

    def __init__(
        self,
        *,
        routing: RoutingStore,
        center: CenterStore,
        matcher: RoutingService,
        desks: Desks,
        agent_lost: Callable[[ContactId], None],
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self._routing = routing
        self._center = center
        self._matcher = matcher
        self._desks = desks
        self._agent_lost = agent_lost
        self._timers = timers
        self._now = now

    def begin_minute(self) -> None:
        """Sweeps now, and sets the clocks for the other times of this minute: schedules go by the
        minute, and nobody should wait that long."""
        now = self._now()
        for turn in _IN_A_MINUTE:
            timer = Timer(kind=TimerKind.SWEEP, contact_id=_NOBODYS, due_at=now + turn * EVERY)
            self._timers.set(timer, now=now)
        self.run(is_thorough=True)

    def run(self, *, is_thorough: bool = False) -> None:
        """`is_thorough`: looks into lines whatever their counters say: into all that are served,
        and in turns into those of agents alone."""
        presences = self._routing.online()
        agents = {
            agent.agent_id: agent
            for agent in self._routing.agents_among([each.agent_id for each in presences])
        }
        for presence in presences:
            self._look_after(presence, agents.get(presence.agent_id))
        for queue, channel in self._busy_queues(list(agents.values()), is_thorough):
            self._match(queue, channel)

    # --- agents -----------------------------------------------------------------------------------

    def _look_after(self, presence: Presence, agent: Agent | None) -> None:
        now = self._now()
        is_silent = not is_reachable(presence.heartbeat_at, at=now)
        for slot in agent.slots if agent else ():
            with suppress(Refusal):  # one contact's trouble must not stop the others
                self._look_at(slot, now, is_silent=is_silent)
        if is_silent and (agent is None or _has_left(agent, presence, now)):
            self._routing.forget(presence)
            return
        if agent is None:  # signs in for the first time, at this moment
            return
        with suppress(Refusal):
            if is_silent and is_signed_in(agent):
                self._desks.note_silence(agent.agent_id)
            elif not is_silent and self._is_out_of_date(agent):
                self._desks.reconfigure(agent.agent_id)

    def _look_at(self, slot: Slot, now: datetime, *, is_silent: bool) -> None:
        if slot.offer_id and slot.expires_at and now >= slot.expires_at:
            self._matcher.expire_offer(slot.contact_id, slot.offer_id)
        elif slot.state is SlotState.ENDED and slot.wrap_up_ends_at:
            self._desks.end_wrap_up(slot.contact_id)
        elif slot.state is SlotState.CONNECTED and is_silent:
            self._agent_lost(slot.contact_id)

    def _is_out_of_date(self, agent: Agent) -> bool:
        """Away although heard of, or with openings that are not those of the routing profile."""
        profile = self._center.center().profile(agent.profile_id)
        if profile is None:
            return False
        return agent.is_away or tuple(openings_of(agent, profile)) != agent.openings

    # --- lines ------------------------------------------------------------------------------------

    def _busy_queues(
        self, agents: Sequence[Agent], is_thorough: bool
    ) -> Iterator[tuple[Queue, Channel]]:
        center = self._center.center()
        queues = [*center.queues, *map(agent_queue, agents)]
        pairs = [(queue, channel) for queue in queues for channel in Channel]
        looked_at: set[tuple[QueueId, Channel]] = set()
        if is_thorough:
            served = [(e.queue_id, e.channel) for each in center.profiles for e in each.queues]
            turn = int(self._now().timestamp() // 60) % _TURNS
            own = [own_queue_id(each.agent_id) for each in agents if _turn_of(each) == turn]
            looked_at = {*served, *product(own, Channel)}
        for (queue, channel), depth in zip(pairs, self._routing.depths(pairs), strict=True):
            if depth.waiting > 0 or (queue.queue_id, channel) in looked_at:
                yield queue, channel

    def _match(self, queue: Queue, channel: Channel) -> None:
        """Whoever is first in each line, and those behind as long as agents are found. Also who is
        first of those that have waited for a routing profile's delay: others may stand before them.
        """
        now, profiles = self._now(), self._center.center().profiles_for(queue.queue_id, channel)
        delays = {delay_of(profile, queue.queue_id, channel) for profile in profiles} - {0}
        ripe = [None, *(now - timedelta(seconds=delay) for delay in sorted(delays))]
        particular = self._routing.particular_lines(queue.queue_id, channel)
        lines = (*map(str, range(queue.shards)), *(each.line for each in particular))
        for line, ripe_at in product(lines, ripe):
            with suppress(Refusal):
                while place := self._routing.head(queue.queue_id, channel, line, ripe_at=ripe_at):
                    if not self._matcher.match_contact(place.contact_id):
                        break
        for each in particular:
            if each.known_until - now <= _KEPT_BEFORE and self._stands_in(queue, channel, each):
                self._routing.keep_line(queue.queue_id, channel, each, at=now)

    def _stands_in(self, queue: Queue, channel: Channel, line: ParticularLine) -> bool:
        return self._routing.head(queue.queue_id, channel, line.line) is not None


def _turn_of(agent: Agent) -> int:
    return crc32(agent.agent_id.encode()) % _TURNS


def _has_left(agent: Agent, presence: Presence, now: datetime) -> bool:
    """Said so, or is silent for longer than a sign-in lasts. Until then supervisors see a ghost."""
    if agent.slots:
        return False
    is_offline = agent.status.type is StatusType.OFFLINE
    return is_offline or now - presence.heartbeat_at > _SIGN_IN
