"""A queue on a virtual clock: callers come, wait, give up or are answered; agents handle them."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from chalicelib.core.contact import Contact, ContactState, QueueStay
from chalicelib.core.events import Channel, PlaceAnnounced
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.routing import Place
from chalicelib.core.waiting import (
    STRETCHES,
    Basis,
    Stretch,
    ahead_of,
    estimate,
    may_have_come,
    pace_of,
    place_told,
    stretch_of,
)
from tests.given import MONDAY, a_contact

QUEUE = QueueId("q-1")
ANA = a_contact()


@dataclass(frozen=True, kw_only=True)
class Center:
    """`patience_seconds`: mean of those who would give up; calls come at `load` times what the
    agents can handle."""

    agents: int
    load: float
    handle_seconds: float = 260.0
    handle_spread: float = 0.7  # standard deviation ÷ mean, as call centers measure it
    patience_seconds: float = 900.0
    important: float = 0.0  # the part of callers who have priority 1


@dataclass
class Call:
    number: int
    came_at: float
    priority: int
    handle: float
    patience: float
    told: float | None = None  # seconds to wait, as estimated on entering
    answered_at: float | None = None
    contact: Contact = ANA


@dataclass
class Announcement:
    at: float
    place: int
    moved_by: str


class Line:
    """`run` plays so many calls; what came of them is in `calls` and `announced`."""

    def __init__(self, center: Center, seed: int) -> None:
        self.center = center
        self.random = Random(seed)
        self.calls: list[Call] = []
        self.announced: dict[int, list[Announcement]] = {}
        self.lengths: list[int] = []
        self._waiting: dict[int, Call] = {}
        self._free = center.agents
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self._stretches: dict[datetime, Stretch] = {}
        self._basis: Basis | None = None

    def run(self, calls: int, *, announces_every: float | None = None) -> None:
        self._plan(0.0, self._somebody_calls)
        self._left, self._announces_every = calls, announces_every
        while self._events:
            at, _, happens = heapq.heappop(self._events)
            happens(at)

    # --- what happens -----------------------------------------------------------------------------

    def _plan(self, at: float, happens: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), happens))

    def _somebody_calls(self, at: float) -> None:
        center, random = self.center, self.random
        spread = math.sqrt(math.log(1 + center.handle_spread**2))
        handle = random.lognormvariate(math.log(center.handle_seconds) - spread**2 / 2, spread)
        call = Call(
            number=len(self.calls),
            came_at=at,
            priority=1 if random.random() < center.important else 5,
            handle=handle,
            patience=random.expovariate(1 / center.patience_seconds),
        )
        if self._announces_every:
            call.contact = _contact(call)
        self.calls.append(call)
        self.lengths.append(len(self._waiting))
        self._waiting[call.number] = call
        if self._free == 0:
            call.told = estimate(self._counted(at), self._ahead(call))
            self._plan(at + call.patience, lambda now: self._gives_up(call, now))
            if self._announces_every:
                self._announce(call, at)
        self._serve(at)
        if len(self.calls) < self._left:
            rate = center.load * center.agents / center.handle_seconds
            self._plan(at + random.expovariate(rate), self._somebody_calls)

    def _serve(self, at: float) -> None:
        while self._free and self._waiting:
            call = min(self._waiting.values(), key=lambda each: (each.priority, each.came_at))
            del self._waiting[call.number]
            call.answered_at = at
            self._free -= 1
            self._plan(at + call.handle, lambda now, call=call: self._is_done(call, now))  # type: ignore[misc]

    def _is_done(self, call: Call, at: float) -> None:
        self._free += 1
        waited = (call.answered_at or at) - call.came_at
        self._note(at, handled=1, handle_seconds=call.handle, waited_seconds=waited)
        self._serve(at)

    def _gives_up(self, call: Call, at: float) -> None:
        if self._waiting.pop(call.number, None) is not None:
            self._note(at, gave_up=1, waited_seconds=at - call.came_at)

    def _announce(self, call: Call, at: float) -> None:
        """As the services do, every now and then while it waits."""
        if call.number not in self._waiting:
            return
        ahead = ahead_of(self._line(), call.contact)
        assert ahead is not None
        told, told_at = call.contact.told, call.contact.told_at
        came = []
        if told is not None and told_at is not None and len(ahead) + 1 > told.place:
            others = (self.calls[int(place.contact_id)].contact for place in ahead)
            came = [c for other in others if (c := may_have_come(other, told, told_at))]
        place, moved_by = place_told(len(ahead) + 1, told, call.contact, came)
        self.announced.setdefault(call.number, []).append(Announcement(at, place, moved_by))
        stay = call.contact.queue
        assert stay is not None
        fact = PlaceAnnounced(
            queue_id=stay.queue_id,
            place=place,
            wait_seconds=None,
            why="",
            priority=stay.priority,
            counts_since=stay.counts_since,
            moved_by=moved_by,
        )
        call.contact = replace(call.contact, told=fact, told_at=_moment(at))
        self._plan(at + (self._announces_every or 0), lambda now: self._announce(call, now))

    # --- what is known ----------------------------------------------------------------------------

    def _line(self) -> list[Place]:
        return sorted(
            Place(
                call.priority, _moment(call.came_at), ContactId(str(number)), QUEUE, Channel.VOICE
            )
            for number, call in self._waiting.items()
        )

    def _ahead(self, call: Call) -> int:
        return sum(
            (other.priority, other.came_at) < (call.priority, call.came_at)
            for other in self._waiting.values()
        )

    def _counted(self, at: float) -> Basis:
        now = _moment(at)
        if self._basis is None or not self._basis.is_good(now):
            latest = sorted(self._stretches.values(), key=lambda s: s.began_at)[-STRETCHES:]
            self._basis = Basis(
                counted_at=now, agents=self.center.agents, free=self._free, pace=pace_of(latest)
            )
        return self._basis

    def _note(self, at: float, **more: float) -> None:
        began_at = stretch_of(_moment(at))
        known = self._stretches.get(began_at) or Stretch(began_at=began_at)
        sums = {name: getattr(known, name) + value for name, value in more.items()}
        self._stretches[began_at] = replace(known, **sums)

    def errors(self) -> Iterator[float]:
        """Of the estimates told to those who waited and were answered: |told - waited| ÷ waited."""
        for call in self.calls:
            if call.told is not None and call.answered_at is not None:
                waited = call.answered_at - call.came_at
                yield abs(call.told - waited) / waited


def _moment(at: float) -> datetime:
    return MONDAY + timedelta(seconds=at)


def _contact(call: Call) -> Contact:
    stay = QueueStay(
        queue_id=QUEUE, name="Q", entered_at=_moment(call.came_at), priority=call.priority
    )
    return replace(
        ANA,
        contact_id=ContactId(str(call.number)),
        state=ContactState.QUEUED,
        queue=stay,
        agent=None,
    )
