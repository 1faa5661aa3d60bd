"""What the match costs: an offer beside simpler queues, whether that grows with the backlog, and
the DynamoDB requests of a contact with their price.

`python -m bench.acd`. Offers: 1,000 agents become available one after the other while 10,000
contacts wait in ten queues. Ours are the desk's and the routing service on rows in memory, with all
that they write: facts, slots, counters, what desks are told. The peers do no more than to choose
and to note the choice: a matcher that looks at everybody who waits, and tables of SQLite in memory,
with an index, in one transaction. Growth: the same events with few and with many waiting, on a
DynamoDB in this process behind the real stores, with all that the streams bring; pairs in turn.
Price: a call that waits until an agent is done with another one, from its first moment to the end
of after contact work, as on a busy day; what is tried twice counts twice. Reads of the
configuration, which each worker remembers, are not among the requests, nor are agents' heartbeats.
The rule of thumb beside it is 100 writes of 1 KB and 200 reads of 4 KB for a contact. All times are
CPU of this process.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median

from bench.floor import Floor, Keeps, floor
from bench.lines import Line, ratio_of, tell
from bench.metered import DOLLARS_PER_READ_UNIT, DOLLARS_PER_WRITE_UNIT, Meter, metered
from chalicelib.core.center import AVAILABLE, User
from tests.house import BREAK
from tests.simulation.dynamo import Dynamo

AGENTS, WAITING, QUEUES = 1_000, 10_000, 10
ROUNDS = 3
BACKLOGS = (100, 1_000, 10_000, 100_000)
EVENTS = 12  # of each kind in a round of the growth
GROWTH_ROUNDS = 5
FEW_FREE, MANY_FREE = 10, 1_000  # agents
PRICED = 48  # contacts
RULE_OF_THUMB = 1_000 * (100 * DOLLARS_PER_WRITE_UNIT + 200 * DOLLARS_PER_READ_UNIT)
GROWTH = 2.0  # at most, from the smallest backlog to the largest

type Waiting = tuple[int, int, int, int]  # priority, when it came, its number, its queue
type Asks = list[tuple[int, tuple[int, ...]]]  # ranks of an agent's queues, and the queues of each


def measure() -> list[Line]:
    meter = metered()
    return [*_offers(), *_growth(meter), _free(meter), *_price(meter)]


# --- offers ---------------------------------------------------------------------------------------


def _offers() -> list[Line]:
    ours, scanned, sql = [], [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(_offering(floor(agents=AGENTS, queues=QUEUES))))
        scanned.append(_seconds(_scanning()))
        sql.append(_seconds(_asking_sqlite()))
    what = f"an offer: {AGENTS:,} agents become available, {WAITING:,} wait"
    return [
        _beside(what, ours, "a look at everybody who waits", scanned),
        _beside(what, ours, "SQLite, indexed", sql),
    ]


def _beside(what: str, ours: list[float], named: str, peer: list[float]) -> Line:
    return Line(
        what=what,
        ours=f"{AGENTS / median(ours):,.0f} offers/s",
        peer=f"{named}: {AGENTS / median(peer):,.0f}/s",
        ratio=ratio_of(ours, peer),
    )


def _offering(center: Floor) -> Callable[[], None]:
    queues = center.center.center().queues
    for n in range(WAITING):
        center.later(0.1)
        center.enqueues(n, queues[n % QUEUES])
    center.sees_everybody()
    users = list(center.center.users.values())

    def offer() -> None:
        for user in users:
            center.desk.set_status(user.agent_id, AVAILABLE.name)

    return offer


def _scanning() -> Callable[[], None]:
    waiting, agents = list(_waiting()), _agents()

    def offer() -> None:
        for asks in agents:
            ranks = {queue: rank for rank, queues in asks for queue in queues}
            mine = (each for each in waiting if each[3] in ranks)
            waiting.remove(min(mine, key=lambda each: (ranks[each[3]], each)))

    return offer


def _asking_sqlite() -> Callable[[], None]:
    base = sqlite3.connect(":memory:", isolation_level=None)
    base.executescript(_TABLES)
    base.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, 'waiting', NULL)", _waiting())
    agents = _agents()
    base.executemany("INSERT INTO agents VALUES (?, 'break')", [(n,) for n in range(len(agents))])

    def offer() -> None:
        for agent, asks in enumerate(agents):
            base.execute("BEGIN IMMEDIATE")
            base.execute("UPDATE agents SET state = 'available' WHERE agent = ?", (agent,))
            contact = _first_in(base, asks)
            base.execute(
                "UPDATE contacts SET state = 'ringing', agent = ?"
                " WHERE contact = ? AND state = 'waiting'",
                (agent, contact),
            )
            base.execute("UPDATE agents SET state = 'ringing' WHERE agent = ?", (agent,))
            base.execute("COMMIT")

    return offer


def _first_in(base: sqlite3.Connection, asks: Asks) -> int:
    for _, queues in asks:
        heads = [row for queue in queues for row in base.execute(_HEAD, (queue,))]
        if heads:
            return int(min(heads)[2])
    raise AssertionError("somebody always waits")


_TABLES = """
CREATE TABLE contacts (priority, came, contact INTEGER PRIMARY KEY, queue, state, agent);
CREATE INDEX lines ON contacts (queue, state, priority, came, contact);
CREATE TABLE agents (agent INTEGER PRIMARY KEY, state);
"""
_HEAD = """
SELECT priority, came, contact FROM contacts WHERE queue = ? AND state = 'waiting'
ORDER BY priority, came, contact LIMIT 1
"""


def _waiting() -> Iterator[Waiting]:
    return ((5, n, n, n % QUEUES) for n in range(WAITING))


def _agents() -> list[Asks]:
    """As bench.floor has them: the own queue first, then the next two alike."""
    return [[(1, (n % QUEUES,)), (2, ((n + 1) % QUEUES, (n + 2) % QUEUES))] for n in range(AGENTS)]


# --- growth ---------------------------------------------------------------------------------------


def _growth(meter: Meter) -> list[Line]:
    floors = [_Backlog(meter, waiting) for waiting in BACKLOGS]
    for _ in range(GROWTH_ROUNDS):
        for each in floors:
            each.round()
    for each in floors:
        each.tell()
    small, large = floors[0], floors[-1]
    return [
        Line(
            what=f"{event}, {large.waiting:,} waiting",
            ours=f"{large.requests[event]:.1f} requests, {1e3 * median(large.took[event]):.1f} ms",
            peer=f"{small.waiting:,} waiting: {small.requests[event]:.1f} requests,"
            f" {1e3 * median(small.took[event]):.1f} ms",
            ratio=max(
                ratio_of(large.took[event], small.took[event]),
                large.requests[event] / small.requests[event],
            ),
            aim=f"≤ {GROWTH:.0f}",
        )
        for event in _EVENTS
    ]


_EVENTS = ("a contact begins to wait", "an agent becomes available, and is offered one")
_OTHERS = "answer, hang-up, wrap-up"


class _Backlog:
    """A floor with so many waiting; those beyond the first hundred are there with their places in
    the line, and counted, and nothing else of them is ever read."""

    def __init__(self, meter: Meter, waiting: int) -> None:
        self.waiting = waiting
        self.took: dict[str, list[float]] = {event: [] for event in (*_EVENTS, _OTHERS)}
        self.requests: dict[str, float] = {}
        self._meter, self._dynamo = meter, Dynamo(meter.dynamo.tables)
        meter.dynamo = self._dynamo
        self._floor = floor(agents=EVENTS, queues=1, keeps=Keeps.IN_DYNAMO)
        for _ in range(BACKLOGS[0]):
            _rings(self._floor)
        self._floor.fills_up(waiting - BACKLOGS[0])
        self._floor.later(waiting)
        self._floor.sees_everybody()

    def round(self) -> None:
        self._meter.dynamo = self._dynamo
        users = list(self._floor.center.users.values())
        self._times(_EVENTS[0], [partial(_rings, self._floor)] * EVENTS)
        self._times(_EVENTS[1], [partial(self._becomes, user, AVAILABLE.name) for user in users])
        self._times(_OTHERS, [partial(self._serves, user) for user in users])

    def tell(self) -> None:
        for event, took in self.took.items():
            requests, ms = self.requests[event], 1e3 * median(took)
            print(f"{self.waiting:>9,} {event:50} {requests:6.1f} {ms:8.2f} ms", file=sys.stderr)

    def _times(self, event: str, acts: Sequence[Callable[[], None]]) -> None:
        self._meter.reset()
        self.took[event].append(_seconds(lambda: [act() for act in acts]) / len(acts))
        self.requests[event] = self._meter.requests.total() / len(acts)

    def _becomes(self, user: User, status: str) -> None:
        self._floor.desk.set_status(user.agent_id, status)
        self._floor.streams()

    def _serves(self, user: User) -> None:
        """The agent goes on a break afterwards: nobody else is offered meanwhile."""
        self._floor.talks(user)
        self._becomes(user, BREAK.name)
        self._floor.wraps_up(user)


def _free(meter: Meter) -> Line:
    """A contact that finds somebody: it reads who is free, and asks only of the best whether they
    are there."""
    few, many = (_Idle(meter, agents) for agents in (FEW_FREE, MANY_FREE))
    for _ in range(GROWTH_ROUNDS):
        few.round()
        many.round()
    return Line(
        what=f"a contact begins to wait, and is offered to one of {MANY_FREE:,} who are free",
        ours=f"{many.requests:.1f} requests, {1e3 * median(many.took):.1f} ms",
        peer=f"of {FEW_FREE}: {few.requests:.1f} requests, {1e3 * median(few.took):.1f} ms",
        ratio=ratio_of(many.took, few.took),
    )


class _Idle:
    """A floor where so many agents are free, and nobody waits."""

    def __init__(self, meter: Meter, agents: int) -> None:
        self.took: list[float] = []
        self.requests = 0.0
        self._meter, self._dynamo = meter, Dynamo(meter.dynamo.tables)
        meter.dynamo = self._dynamo
        self._floor = floor(agents=agents, queues=1, keeps=Keeps.IN_DYNAMO)
        self._floor.sees_everybody()
        for user in self._floor.center.users.values():
            self._floor.desk.set_status(user.agent_id, AVAILABLE.name)
        self._floor.forget_stream()

    def round(self) -> None:
        self._meter.dynamo = self._dynamo
        self._meter.reset()
        self.took.append(_seconds(partial(_rings, self._floor)))
        self.requests = self._meter.requests.total()


# --- price ----------------------------------------------------------------------------------------


def _price(meter: Meter) -> list[Line]:
    """Agents are always busy, so every contact waits, and each is offered at a wrap-up."""
    meter.dynamo = Dynamo(meter.dynamo.tables)
    center = floor(agents=EVENTS, queues=1, keeps=Keeps.IN_DYNAMO)
    center.sees_everybody()
    users = list(center.center.users.values())
    for user in users:
        center.desk.set_status(user.agent_id, AVAILABLE.name)
    for _ in range(2 * EVENTS):
        _rings(center)
    meter.reset()
    for n in range(PRICED):
        _rings(center)
        center.talks(users[n % EVENTS])
        center.wraps_up(users[n % EVENTS])
    per_contact = {name: n / PRICED for name, n in sorted(meter.requests.items())}
    told = ", ".join(f"{name} {n:.1f}" for name, n in per_contact.items())
    reads, writes = (units * 1_000 / PRICED for units in (meter.read_units, meter.write_units))
    dollars = meter.dollars * 1_000 / PRICED
    print(f"a contact: {told}", file=sys.stderr)
    return [
        Line(
            what="DynamoDB for 1,000 contacts, from the first moment to the end of wrap-up",
            ours=f"${dollars:.3f}: {1_000 * meter.reads / PRICED:,.0f} reads ({reads:,.0f} units),"
            f" {1_000 * meter.writes / PRICED:,.0f} writes ({writes:,.0f} units)",
            peer=f"a rule of thumb for a backend of one's own: ${RULE_OF_THUMB:.3f}",
            ratio=dollars / RULE_OF_THUMB,
            aim="≤ 1",
        )
    ]


def _rings(center: Floor) -> None:
    center.later(0.01)
    center.rings("To Queue 0")
    center.streams()


def _seconds(act: Callable[[], object]) -> float:
    """CPU, without what Python's collector does when it finds many objects to look through."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    act()
    took = time.process_time() - began
    gc.enable()
    return took


if __name__ == "__main__":
    tell(measure())
