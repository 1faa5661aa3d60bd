"""A day of a contact center on the virtual clock, its waiting times beside Erlang C and Erlang A.

`python -m bench.day`: 100,000 calls from 06:00 to 22:00 in four queues, 500 agents in four groups,
each for one queue, as the formulas want it. The desk's and the routing service run in this process
on rows in memory (bench.floor), without flows and streams; every call is committed, offered,
answered at once, hung up and wrapped up through them. As the groups have nothing to do with one
another, two of them pass their day in one process and two in another. Calls come at random along
the day's curve, talk and wrap-up take an exponential time together, and callers hang up after an
exponential patience. Every half hour as many agents of a group are there as Erlang C asks for (80 %
in 20 s), as far as there are as many. The formulas get the same curve, per queue and half hour, and
no word of what happened. With `--json` the half hours are left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from bench.floor import Keeps, floor_of
from bench.lines import Line, tell
from chalicelib.core.center import AVAILABLE, User
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.erlang import Demand, ErlangA, ErlangC, agents_needed
from chalicelib.core.events import DisconnectReason
from chalicelib.core.ids import ContactId, OfferId
from chalicelib.core.routing import DeskEvent
from chalicelib.services.ports import DeskMessage
from tests.house import BREAK, DONE

CONTACTS, SEED = 100_000, 4
HALF_HOUR, OPENS, HALF_HOURS = 1800, 6.0, 32
WITHIN = 20
PATIENCE = 120.0
TALK = 0.8  # of the handling time; the rest is wrap-up
# How the calls spread over the half hours: two peaks, a shallow noon, a quiet evening.
CURVE = (
    *(30, 38, 46, 53, 58, 61, 63, 64, 64, 63, 61, 58, 55, 52, 52, 55),
    *(58, 61, 63, 64, 63, 61, 58, 55, 51, 48, 45, 42, 40, 37, 34, 30),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A queue: its share of the calls, how long one takes, and the agents there are."""

    share: float
    handling_seconds: float
    agents: int


GROUPS = (Group(0.4, 210, 181), Group(0.3, 240, 156), Group(0.2, 270, 117), Group(0.1, 195, 46))


HALVES = ((0, 3), (1, 2))  # so that both have the same to do


def measure() -> list[Line]:
    with ProcessPoolExecutor(len(HALVES)) as processes:
        halves = list(processes.map(passed, HALVES))
    heard = {part: each for half, _ in halves for part, each in half.items()}
    if "--json" not in sys.argv:
        for hour in range(HALF_HOURS):
            print(_told(heard, hour), file=sys.stderr)
    return _lines(heard, sum(took for _, took in halves))


def passed(groups: Sequence[int]) -> tuple[Heard, float]:
    """The day of these groups, and the CPU seconds that it took."""
    began = time.process_time()
    day = Day(groups)
    day.passes()
    return day.heard, time.process_time() - began


def staff(group: int, hour: int) -> int:
    """As many as Erlang C asks for, as far as there are as many."""
    needed = agents_needed(demand(group, hour), target=0.8, within_seconds=WITHIN)
    return min(needed, GROUPS[group].agents)


@dataclass(slots=True)
class Tally:
    """What became of the calls of one queue in one half hour."""

    contacts: int = 0
    waited: float = 0.0  # seconds, all together
    abandoned: int = 0
    in_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What chance has in store."""

    number: int
    group: int
    at: float  # seconds after opening
    patience: float
    handling: float


type Part = tuple[int, int]  # group and half hour
type Heard = dict[Part, Tally]


def calls() -> Iterator[Call]:
    """All of the day, in no order."""
    random, shares = Random(SEED), [group.share for group in GROUPS]
    for number in range(CONTACTS):
        (group,) = random.choices(range(len(GROUPS)), shares)
        (hour,) = random.choices(range(HALF_HOURS), CURVE)
        yield Call(
            number=number,
            group=group,
            at=(hour + random.random()) * HALF_HOUR,
            patience=random.expovariate(1 / PATIENCE),
            handling=random.expovariate(1 / GROUPS[group].handling_seconds),
        )


class Day:
    """Everything happens in the order of its moment, to the microsecond."""

    def __init__(self, groups: Sequence[int]) -> None:
        self.heard: Heard = {(group, n): Tally() for group in groups for n in range(HALF_HOURS)}
        self._groups = groups
        sizes = [GROUPS[group].agents for group in groups]
        self._floor = floor_of(sizes, keeps=Keeps.UNTIL_OVER, served=1)
        self._opened = self._floor.at
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()
        self._calls: dict[ContactId, Call] = {}
        self._last = dict.fromkeys(groups, self._opened)
        self._on_duty = dict.fromkeys(groups, 0)

    def passes(self) -> None:
        """From the first call until everybody has gone home."""
        for hour in range(HALF_HOURS):
            self._at(hour * HALF_HOUR, partial(self._shift_changes, hour))
        for minute in range(HALF_HOURS * 30 + 60):
            self._at(60 * minute, self._floor.sees_everybody)
        for call in calls():
            if call.group in self._groups:
                self._at(call.at, partial(self._calls_in, call))
        while self._events:
            seconds, _, happens = heappop(self._events)
            self._floor.at = self._opened + timedelta(seconds=seconds)
            happens()
            self._answers()

    # --- what happens -----------------------------------------------------------------------------

    def _calls_in(self, call: Call) -> None:
        queue = self._floor.center.center().queues[self._groups.index(call.group)]
        contact_id = self._floor.enqueues(call.number, queue)
        self._calls[contact_id] = call
        self._floor.routing.match_contact(contact_id)
        self._in(call.patience, partial(self._gives_up, contact_id))

    def _gives_up(self, contact_id: ContactId) -> None:
        contact = self._floor.contacts.contacts.get(contact_id)
        if contact is not None and contact.state is ContactState.QUEUED:
            self._note(contact, is_answered=False)
            self._floor.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    def _answers(self) -> None:
        """Whatever rings anywhere, at once."""
        desks = self._floor.announcer.desks
        for message in desks:
            if message.kind is DeskEvent.CONTACT_OFFERED:
                self._answer(message)
        desks.clear()

    def _answer(self, message: DeskMessage) -> None:
        (slot,) = message.agent.slots
        agent_id, contact_id = message.agent.agent_id, slot.contact_id
        contact = self._floor.contact(contact_id)
        self._note(contact, is_answered=True)
        self._floor.desk.accept(agent_id, contact_id, OfferId(slot.offer_id or ""))
        handling = self._calls[contact_id].handling
        self._in(TALK * handling, partial(self._floor.desk.hang_up, agent_id, contact_id))
        self._in(handling, partial(self._floor.desk.complete, agent_id, contact_id, DONE))

    def _shift_changes(self, hour: int) -> None:
        """Who is with a caller goes when that is over."""
        for group in self._groups:
            wanted, was = staff(group, hour), self._on_duty[group]
            status = AVAILABLE if wanted > was else BREAK
            for user in self._team(group)[min(was, wanted) : max(was, wanted)]:
                self._floor.desk.set_status(user.agent_id, status.name)
            self._on_duty[group] = wanted

    def _team(self, group: int) -> list[User]:
        profile_id = f"rp-{self._groups.index(group)}"
        return [u for u in self._floor.center.users.values() if u.profile_id == profile_id]

    def _note(self, contact: Contact, *, is_answered: bool) -> None:
        assert contact.queue is not None
        came, group = contact.queue.entered_at, self._calls[contact.contact_id].group
        waited = (self._floor.at - came).total_seconds()
        tally = self.heard[group, int((came - self._opened).total_seconds() // HALF_HOUR)]
        tally.contacts += 1
        tally.waited += waited
        tally.abandoned += not is_answered
        tally.in_time += is_answered and waited <= WITHIN
        if is_answered:
            assert came >= self._last[group], f"{contact.contact_id} was passed over"
            self._last[group] = came

    def _at(self, seconds: float, happens: Callable[[], object]) -> None:
        heappush(self._events, (seconds, next(self._order), happens))

    def _in(self, seconds: float, happens: Callable[[], object]) -> None:
        self._at((self._floor.at - self._opened).total_seconds() + seconds, happens)


# --- beside the formulas --------------------------------------------------------------------------


def demand(group: int, hour: int) -> Demand:
    """What the curve says of it."""
    return Demand(
        contacts=CONTACTS * GROUPS[group].share * CURVE[hour] / sum(CURVE),
        interval_seconds=HALF_HOUR,
        handling_seconds=GROUPS[group].handling_seconds,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Of any calls: seconds waited on average, the share that hung up, the share in time."""

    wait: float
    abandoned: float
    in_time: float

    def __str__(self) -> str:
        shares = f"{100 * self.abandoned:.1f} % hung up, {100 * self.in_time:.1f} % in {WITHIN} s"
        return f"{self.wait:.1f} s on average, {shares}"


def _ours(heard: Heard, parts: Sequence[Part]) -> Figures:
    found = [heard[part] for part in parts]
    contacts = sum(each.contacts for each in found)
    return Figures(
        sum(each.waited for each in found) / contacts,
        sum(each.abandoned for each in found) / contacts,
        sum(each.in_time for each in found) / contacts,
    )


def _erlang_a(parts: Sequence[Part]) -> Figures:
    lines = [(demand(*part), staff(*part)) for part in parts]
    return _weighed(
        [
            (asked.contacts, line.mean_wait_seconds, line.abandoned, line.service_level(WITHIN))
            for asked, agents in lines
            for line in [ErlangA(asked, agents, PATIENCE)]
        ]
    )


def _erlang_c(parts: Sequence[Part]) -> Figures:
    lines = [(demand(*part), staff(*part)) for part in parts]
    return _weighed(
        [
            (asked.contacts, line.mean_wait_seconds or 0.0, 0.0, line.service_level(WITHIN))
            for asked, agents in lines
            for line in [ErlangC(asked, agents)]
        ]
    )


def _weighed(found: Sequence[tuple[float, float, float, float]]) -> Figures:
    contacts = sum(each[0] for each in found)
    wait, abandoned, in_time = (
        sum(each[0] * each[n] for each in found) / contacts for n in (1, 2, 3)
    )
    return Figures(wait, abandoned, in_time)


def _told(heard: Heard, hour: int) -> str:
    parts = [(group, hour) for group in range(len(GROUPS))]
    agents = sum(staff(*part) for part in parts)
    clock = f"{int(OPENS + hour / 2):02d}:{30 * (hour % 2):02d}"
    return (
        f"{clock} {agents:3} agents: {_ours(heard, parts)}; Erlang A {_erlang_a(parts)};"
        f" Erlang C {_erlang_c(parts).wait:.1f} s"
    )


def _lines(heard: Heard, took: float) -> list[Line]:
    assert sum(tally.contacts for tally in heard.values()) == CONTACTS, "a call was lost"
    parts = sorted(heard)
    ours, erlang_a, erlang_c = _ours(heard, parts), _erlang_a(parts), _erlang_c(parts)
    agents = sum(group.agents for group in GROUPS)
    return [
        Line(
            what=f"wait on a simulated day of {CONTACTS:,} contacts and {agents} agents"
            f" ({took:.0f} s CPU)",
            ours=f"{ours}",
            peer=f"Erlang A: {erlang_a}",
            ratio=ours.wait / erlang_a.wait,
            aim="1",
        ),
        Line(
            what="the same beside Erlang C, where nobody hangs up",
            ours=f"{ours.wait:.1f} s on average",
            peer=f"Erlang C: {erlang_c.wait:.1f} s, {100 * erlang_c.in_time:.1f} % in {WITHIN} s",
            ratio=ours.wait / erlang_c.wait,
            aim="≤ 1",
        ),
    ]


if __name__ == "__main__":
    tell(measure())
