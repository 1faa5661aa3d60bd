"""The center at this moment, for supervisors and for Amazon Connect's current metrics.

Requests, whatever waits: one for the presences (for each megabyte), one for each hundred agents,
one for each hundred counters, one for the alerts, one for the calls back and one for each hundred
of them; and for each queue and channel with somebody in it one for each line, one more for each
priority in that, two, and those of an estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.core.center import Center, Queue
from chalicelib.core.errors import NotFound
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, QueueId
from chalicelib.core.live import AgentNow, LineNow, Snapshot, Standing, line_now, serving, tally
from chalicelib.core.paging import Page, Wish, page
from chalicelib.core.routing import Place
from chalicelib.services.alerts import Alerts
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore, ContactStore, RoutingStore

LINE_PAGE = 100  # contacts of a line that are shown at once


class Estimates(Protocol):
    def of_queue(
        self, queue: Queue, channel: Channel, waiting: int, center: Center, at: datetime
    ) -> int | None:
        """Seconds that somebody would wait who came now, behind so many. None: nobody can tell."""
        ...


class Live:
    """`scheduled`: how many calls back wait for their time, by queue."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        alerts: Alerts,
        scheduled: Callable[[], Mapping[QueueId, int]],
        estimates: Estimates,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._alerts = alerts
        self._scheduled = scheduled
        self._estimates = estimates
        self._now = now

    def snapshot(self) -> Snapshot:
        at, center = self._now(), self._center.center()
        agents = self.agents(center)
        return Snapshot(
            at=at,
            lines=self._lines(center, agents, at),
            agents=agents,
            alerts=self._alerts.recent(at),
            statuses=center.choices,
        )

    def agents(self, center: Center) -> Sequence[AgentNow]:
        """Everybody who signed in and is not forgotten, by name."""
        at = self._now()
        presences = {each.agent_id: each for each in self._routing.online()}
        found = [
            AgentNow(
                agent=agent,
                profile=center.profile(agent.profile_id),
                is_reachable=presences[agent.agent_id].is_reachable(at),
                heard_at=presences[agent.agent_id].heartbeat_at,
            )
            for agent in self._routing.agents_among(list(presences))
        ]
        return sorted(found, key=lambda each: (each.agent.name.casefold(), each.agent.agent_id))

    def _lines(self, center: Center, agents: Sequence[AgentNow], at: datetime) -> list[LineNow]:
        pairs = list(_lines_of(center))
        depths, scheduled, served_by = (
            self._routing.depths(pairs),
            self._scheduled(),
            serving(agents),
        )
        lines = []
        for (queue, channel), depth in zip(pairs, depths, strict=True):
            calls = scheduled.get(queue.queue_id, 0) if channel is Channel.VOICE else 0
            is_served = bool(center.profiles_for(queue.queue_id, channel))
            if is_served or depth.waiting > 0 or calls > 0:
                heads = self._routing.heads(queue, channel) if depth.waiting > 0 else ()
                line = line_now(queue, channel, depth, heads, scheduled=calls)
                staff = tally(
                    served_by.get((queue.queue_id, channel), ()), [channel], {queue.queue_id}
                )
                lines.append(self._estimated(replace(line, agents=staff), center, at))
        return lines

    def _estimated(self, line: LineNow, center: Center, at: datetime) -> LineNow:
        """Estimates cost requests: they are only asked for where it is not plain."""
        there = line.waiting + line.ringing
        if there == 0 and (line.agents.staffed == 0 or line.agents.available > 0):
            seconds = 0 if line.agents.available > 0 else None
        else:
            seconds = self._estimates.of_queue(line.queue, line.channel, there, center, at)
        return replace(line, estimated_wait_seconds=seconds)

    def line(self, reference: str, channel: Channel, wanted: Wish) -> Page[Standing]:
        """Who waits or rings in a queue, an agent's own among them, in order; a page of them.

        Reads the whole line, some thousands a request, and the contacts of the page.
        """
        queue = CenterLibrary(self._center.center(), self._center).queue_itself(reference)
        if queue is None:
            raise NotFound(f"no queue {reference!r}", field="queueId", value=reference)
        places = list(enumerate(self._routing.line(queue, channel), start=1))
        found = page(places, wanted, lambda each: _rank(each[1]), of=f"line of {queue.queue_id}")
        shown = {place.contact_id: (number, place) for number, place in found.items}
        here = {c.contact_id: c for c in self._contacts.among(list(shown)) if c.is_in_queue}
        names = self._names_of([c.offer.agent_id for c in here.values() if c.offer])
        standing = [
            Standing(
                position=number,
                place=place,
                contact=here[contact_id],
                agent_name=names.get(offer.agent_id) if (offer := here[contact_id].offer) else None,
            )
            for contact_id, (number, place) in shown.items()
            if contact_id in here
        ]
        return Page(standing, found.token)

    def _names_of(self, agent_ids: Sequence[AgentId]) -> dict[AgentId, str]:
        return {each.agent_id: each.name for each in self._routing.agents_among(agent_ids)}


def _lines_of(center: Center) -> Iterator[tuple[Queue, Channel]]:
    for queue in sorted(center.queues, key=lambda queue: (queue.name.casefold(), queue.queue_id)):
        for channel in Channel:
            yield queue, channel


def _rank(place: Place) -> str:
    """Text that sorts as places do."""
    since = place.entered_at.timestamp()
    return f"{place.priority:010d}#{since:020.6f}#{place.contact_id}"
