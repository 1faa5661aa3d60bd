"""The claim protocol step by step: a step is one strongly consistent read or one transaction.

It follows services/routing.py and services/desk.py; a mutant gets one thing wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from tests.simulation.claims import (
    AGENTS,
    CONTACTS,
    IDLE,
    AgentRow,
    ContactRow,
    Now,
    Row,
    Rows,
    Slot,
    Worker,
    agent,
    contact,
)


class Mutant(StrEnum):
    """One way each to get the protocol wrong."""

    LOOK_FIRST = "an agent who comes looks for contacts first, and then writes to be free"
    COUNT_LATER = "the counter of the queue is written after the contact, not with it"
    INDEX = "free agents are read from an index, which may lag behind"
    ANY_CONTACT = "an offer is not conditional on the contact's version"
    ANY_AGENT = "an offer is not conditional on the agent's version"
    ANY_ANSWER = "an answer is not conditional on the contact's version"
    ANY_EXPIRY = "the end of an offer is not conditional on any version"
    NO_REMATCH = "nobody looks again for a contact whose offer ended"
    NOT_THE_BEST = "the contact that was looked for is offered, whoever stands before it"
    FORGETS_ITSELF = "who had to offer a better contact first does not look again"
    NO_PLACE_BACK = "an offer that ended does not give the contact its place back"
    GIVES_UP = "who loses a race does not look again"
    TAKEN_FIRST = "a message is taken off before what it asks for is done"

    @property
    def harms_at_rest(self) -> bool:
        """Nobody is doubled, but somebody is forgotten: it shows when nothing is under way."""
        return self not in (
            Mutant.ANY_CONTACT,
            Mutant.ANY_AGENT,
            Mutant.ANY_ANSWER,
            Mutant.ANY_EXPIRY,
            Mutant.NOT_THE_BEST,
            Mutant.NO_PLACE_BACK,
        )


class Step(NamedTuple):
    """What it is, what stands afterwards, which rows it wrote, and a promise it breaks itself.

    `is_own`: a worker makes it if nobody asks for anything and nothing fails.
    """

    says: str
    rows: Rows
    worker: Worker = IDLE
    wrote: frozenset[Row] = frozenset()
    broken: str = ""
    is_own: bool = True


type Steps = Iterator[Step]


class Protocol:
    """Every step that is possible. `lines`: shards of the queue. `is_reliable`: what a worker is
    sent for comes at least once; otherwise nothing is sure to come."""

    def __init__(
        self, broken: Mutant | None = None, *, lines: int = 1, is_reliable: bool = True
    ) -> None:
        self.broken = broken
        self.lines = lines
        self.is_reliable = is_reliable

    # --- people: whatever one of them writes is conditional on the one row that was read ----------

    def people(self, rows: Rows) -> Steps:
        """What callers and agents do, and what else is written to their rows."""
        for n in CONTACTS:
            yield from self._caller(rows, n)
        for n in AGENTS:
            yield from self._agent(rows, n)

    def _caller(self, rows: Rows, n: int) -> Steps:
        row, wrote = contact(n), frozenset({contact(n)})
        if rows.contacts[n].state is Now.NEW:
            after = rows.with_contact(n, ContactRow(Now.QUEUED), "waiting").with_due(row)
            if self.broken is Mutant.COUNT_LATER:
                after = after._replace(depth=rows.depth).with_due(Row("count", n))
            yield Step(f"{row} begins to wait", after, wrote=wrote)
        elif rows.contacts[n].state is not Now.OVER:
            yield Step(f"something else of {row} is written", rows, wrote=wrote)
        if Row("count", n) in rows.due:
            counted = rows._replace(depth=rows.depth + 1, due=rows.due - {Row("count", n)})
            yield Step(f"{row} is counted", counted)

    def _agent(self, rows: Rows, n: int) -> Steps:
        row, now, wrote = agent(n), rows.agents[n], frozenset({agent(n)})
        yield Step(f"something else of {row} is written", rows, wrote=wrote)
        if now.is_on:
            off = rows.with_agent(n, now._replace(is_on=False))
            yield Step(f"{row} goes on a break", off, wrote=wrote)
        elif self.broken is not Mutant.LOOK_FIRST:
            on = rows.with_agent(n, now._replace(is_on=True))
            yield Step(f"{row} becomes available", on, wrote=wrote)
        if now.slot is not None and now.slot.state == "missed":
            cleared = rows.with_agent(n, now._replace(slot=None))
            yield Step(f"{row} clears the missed contact", cleared, wrote=wrote)

    # --- workers ----------------------------------------------------------------------------------

    def steps(self, rows: Rows, worker: Worker) -> Steps:
        """What a worker can do next; an idle one can take up any message or request."""
        if worker.job:
            yield from self._crash(rows, worker)
            yield from _STEPS[worker.step](self, rows, worker)
            return
        for job in self._jobs(rows):
            sent = {job.message} if job.is_sent else set()
            for step in _BEGINNINGS[job.job](self, rows._replace(due=rows.due - sent), job):
                yield step._replace(is_own=job.is_sent)

    def _jobs(self, rows: Rows) -> Iterator[Worker]:
        """A look may also come twice, be made at once by whoever wrote, or be the sweep's."""
        for n in CONTACTS:
            state = rows.contacts[n].state
            if contact(n) in rows.due and self.is_reliable:
                yield Worker("contact", contact=n, is_sent=True)
            if state is Now.QUEUED:
                yield Worker("contact", contact=n)
            if state is Now.RINGS:
                yield Worker("accept", contact=n)
                yield Worker("expire", contact=n)
            if state in (Now.QUEUED, Now.RINGS, Now.TALKS):
                yield Worker("end", contact=n)
        for n in AGENTS:
            if agent(n) in rows.due and self.is_reliable:
                yield Worker("agent", agent=n, is_sent=True)
            if rows.agents[n].is_free:
                yield Worker("agent", agent=n)
            if self.broken is Mutant.LOOK_FIRST and not rows.agents[n].is_on:
                yield Worker("arrive", agent=n)

    def after(self, worker: Worker, wrote: frozenset[Row], waiting: frozenset[int]) -> Worker:
        """The worker once these rows were written, by whomever, and these contacts wait. Of one
        whose transaction is bound to be refused it does not matter which row is to blame, and
        nobody passes over the last."""
        if not worker.job:
            return worker
        fresh = worker.fresh - wrote
        if not self._asked(worker) <= fresh:
            fresh = frozenset()
        last = CONTACTS[-1] if worker.found is None else worker.found
        passed = frozenset(n for n in worker.passed & waiting if n < last)
        return worker._replace(fresh=fresh, passed=passed)

    def _asked(self, worker: Worker) -> set[Row]:
        """The rows, read by now, on whose versions its transaction will be conditional."""
        if worker.step == "offer":
            asked = {contact(worker.found), agent(worker.agent)}
        elif worker.step == "commit" and worker.agent is not None:
            asked = {contact(worker.contact), agent(worker.agent)}
        else:
            asked = {contact(worker.contact)} if worker.step in ("slot", "commit") else set()
        what = "offer" if worker.step == "offer" else worker.job
        unasked = _UNASKED.get((what, self.broken), ()) if self.broken else ()
        return {row for row in asked if row.kind not in unasked}

    def _crash(self, rows: Rows, worker: Worker) -> Steps:
        """The worker is gone; what it was sent for comes again."""
        is_lost = not worker.is_sent or self.broken is Mutant.TAKEN_FIRST
        says = f"crashes in the midst of it: {_task(worker)}"
        yield Step(says, rows if is_lost else rows.with_due(worker.message), is_own=False)

    def _refused(self, rows: Rows, worker: Worker) -> Steps:
        says = "is refused: a row has changed meanwhile"
        if self.broken is Mutant.GIVES_UP or not self.is_reliable:
            yield Step(f"{says}; gives up", rows)
        if self.broken is not Mutant.GIVES_UP:
            yield Step(says, rows, worker.again())

    # --- the contact's side -----------------------------------------------------------------------

    def _begin_contact(self, rows: Rows, worker: Worker) -> Steps:
        row, now = contact(worker.contact), rows.contacts[worker.contact or 0]
        says = f"{_task(worker)}: {row} is {now.state}"
        if now.state is Now.QUEUED:
            yield Step(says, rows, worker.at("openings", row))
        else:
            yield Step(says, rows)

    def _openings(self, rows: Rows, worker: Worker) -> Steps:
        found = frozenset(n for n in AGENTS if rows.openings[n])
        if found:
            says = f"reads who is free: {' and '.join(str(agent(n)) for n in sorted(found))}"
            yield Step(says, rows, worker.at("agent", others=found))
        if not found or self.broken is Mutant.INDEX:
            yield Step("reads who is free: nobody", rows)

    def _agent_of(self, rows: Rows, worker: Worker) -> Steps:
        for n in worker.others:
            tried = worker._replace(others=worker.others - {n})
            if rows.agents[n].is_free:
                yield Step(f"reads {agent(n)}: free", rows, tried.at("depth", agent(n), agent=n))
            else:
                yield Step(f"reads {agent(n)}: not free", rows, tried if tried.others else IDLE)

    # --- the agent's side -------------------------------------------------------------------------

    def _begin_agent(self, rows: Rows, worker: Worker) -> Steps:
        row = agent(worker.agent)
        if rows.agents[row.number].is_free:
            yield Step(f"{_task(worker)}: free", rows, worker.at("depth", row))
        else:
            yield Step(f"{_task(worker)}: not free", rows)

    def _depth(self, rows: Rows, worker: Worker) -> Steps:
        """Who looks for a contact, and finds nobody else, takes that one."""
        says = f"reads the counter of the queue: {rows.depth}"
        worker = worker._replace(passed=rows.waiting)
        is_alone = rows.depth <= 1 or self.broken is Mutant.NOT_THE_BEST
        if rows.depth <= 0 and worker.contact is None:
            yield Step(says, rows)
        elif worker.contact is not None and is_alone:
            yield Step(says, rows, worker.at("offer", found=worker.contact))
        else:
            yield Step(says, rows, worker.at("head", lines=frozenset(range(self.lines))))

    def _head(self, rows: Rows, worker: Worker) -> Steps:
        for line in worker.lines:
            first = rows.head(line, self.lines)
            found = min((n for n in (first, worker.found) if n is not None), default=None)
            left = worker._replace(lines=worker.lines - {line}, found=found)
            says = f"reads who is first in line: {'nobody' if first is None else contact(first)}"
            if left.lines:
                yield Step(says, rows, left)
            elif found is None and worker.contact is None:
                yield Step(says, rows)
            elif found is None or found == worker.contact:
                yield Step(says, rows, left.at("offer", found=worker.contact))
            else:
                known = worker.fresh - {contact(worker.contact)}
                yield Step(says, rows, left._replace(fresh=known).at("found"))

    def _found(self, rows: Rows, worker: Worker) -> Steps:
        row = contact(worker.found)
        if rows.contacts[row.number].state is Now.QUEUED:
            yield Step(f"reads {row}: waiting", rows, worker.at("offer", row))
        else:
            yield from self._refused(rows, worker)

    def _offer(self, rows: Rows, worker: Worker) -> Steps:
        c, a = worker.found or 0, worker.agent or 0
        if not self._asked(worker) <= worker.fresh:
            yield from self._refused(rows, worker)
            return
        after = rows.with_contact(c, ContactRow(Now.RINGS, a), "ringing")
        after = after.with_agent(a, AgentRow(is_on=True, slot=Slot(c, "rings")))
        is_done = worker.contact == c or (
            worker.job == "contact" and self.broken is Mutant.FORGETS_ITSELF
        )
        yield Step(
            f"offers {contact(c)} to {agent(a)}",
            after,
            IDLE if is_done else worker.again(),
            frozenset({contact(c), agent(a)}),
            _wrongs(rows, worker),
        )

    # --- what becomes of an offer -----------------------------------------------------------------

    def _begin_outcome(self, rows: Rows, worker: Worker) -> Steps:
        row, now = contact(worker.contact), rows.contacts[worker.contact or 0]
        says = f"{_task(worker)}: {row} is {now.state}"
        is_end = worker.job == "end"
        if now.state is Now.RINGS or (is_end and now.state is Now.TALKS):
            yield Step(says, rows, worker.at("slot", row, agent=now.agent))
        elif is_end and now.state is Now.QUEUED:
            yield Step(says, rows, worker.at("commit", row))
        else:
            yield Step(says, rows)

    def _slot(self, rows: Rows, worker: Worker) -> Steps:
        row = agent(worker.agent)
        yield Step(f"reads {row}", rows, worker.at("commit", row))

    def _commit(self, rows: Rows, worker: Worker) -> Steps:
        """An answer, a miss or the contact's end, in one transaction over contact and agent."""
        if not self._asked(worker) <= worker.fresh:
            yield from self._refused(rows, worker)
            return
        c, a, wrote = worker.contact or 0, worker.agent, {contact(worker.contact)}
        is_miss, was = worker.job == "expire", rows.contacts[c].state
        says, row, place, slot = _outcome(worker)
        back = None if self.broken is Mutant.NO_PLACE_BACK else place
        after = rows.with_contact(c, row, back)
        if a is not None:
            wrote.add(agent(a))
            after = after.with_agent(a, rows.agents[a]._replace(slot=slot))
        if is_miss and self.broken is not Mutant.NO_REMATCH:
            after = after.with_due(contact(c))
        is_torn = is_miss and was in (Now.TALKS, Now.OVER)
        broken = f"{contact(c)} was {was}, and waits again" if is_torn else ""
        yield Step(says, after, IDLE, frozenset(wrote), broken)

    # --- the mutant that looks first --------------------------------------------------------------

    def _begin_arrival(self, rows: Rows, worker: Worker) -> Steps:
        says = f"{_task(worker)}: {'somebody waits' if rows.waiting else 'nobody waits'}"
        yield Step(says, rows, worker.at("arrive", found=min(rows.waiting, default=None)))

    def _arrive(self, rows: Rows, worker: Worker) -> Steps:
        row, now = agent(worker.agent), rows.agents[worker.agent or 0]
        after = rows.with_agent(row.number, now._replace(is_on=True))
        if worker.found is None:
            after = after._replace(due=rows.due)
        yield Step(f"writes that {row} is available", after, wrote=frozenset({row}))


type _Does = Callable[[Protocol, Rows, Worker], Steps]

_BEGINNINGS: dict[str, _Does] = {
    "contact": Protocol._begin_contact,
    "agent": Protocol._begin_agent,
    "accept": Protocol._begin_outcome,
    "expire": Protocol._begin_outcome,
    "end": Protocol._begin_outcome,
    "arrive": Protocol._begin_arrival,
}
_STEPS: dict[str, _Does] = {
    "openings": Protocol._openings,
    "agent": Protocol._agent_of,
    "depth": Protocol._depth,
    "head": Protocol._head,
    "found": Protocol._found,
    "offer": Protocol._offer,
    "slot": Protocol._slot,
    "commit": Protocol._commit,
    "arrive": Protocol._arrive,
    "begin": lambda protocol, rows, worker: _BEGINNINGS[worker.job](protocol, rows, worker),
}
_UNASKED = {
    ("offer", Mutant.ANY_CONTACT): ("contact",),
    ("offer", Mutant.ANY_AGENT): ("agent",),
    ("accept", Mutant.ANY_ANSWER): ("contact",),
    ("expire", Mutant.ANY_EXPIRY): ("contact", "agent"),
}
_TASKS = {
    "contact": "looks for an agent for {contact}",
    "agent": "looks for contacts for {agent}",
    "arrive": "looks for contacts for {agent}, who comes",
    "accept": "is told that {contact} is answered",
    "expire": "is told that nobody answers {contact}",
    "end": "is told that the customer of {contact} is gone",
}


def _task(worker: Worker) -> str:
    words = _TASKS[worker.job]
    return words.format(contact=contact(worker.contact), agent=agent(worker.agent))


def _outcome(worker: Worker) -> tuple[str, ContactRow, str | None, Slot | None]:
    """What is written of the contact, its place and the agent's slot."""
    c, a = worker.contact or 0, worker.agent
    if worker.job == "accept":
        says = f"connects {contact(c)} with {agent(a)}"
        return says, ContactRow(Now.TALKS, a), None, Slot(c, "talks")
    if worker.job == "expire":
        says = f"takes the offer of {contact(c)} to {agent(a)} back"
        return says, ContactRow(Now.QUEUED), "waiting", Slot(c, "missed")
    return f"ends {contact(c)}", ContactRow(Now.OVER), None, None


def _wrongs(rows: Rows, worker: Worker) -> str:
    """What is wrong with making this offer just now."""
    c, a = worker.found or 0, worker.agent or 0
    if rows.contacts[c].state is not Now.QUEUED:
        return f"{contact(c)} is offered to {agent(a)}, and is {rows.contacts[c].state}"
    before = [n for n in worker.passed & rows.waiting if n < c]
    if before:
        who = contact(before[0])
        return f"{who}, ranked better, waited since before the look and is passed over"
    if not rows.agents[a].is_on:
        return f"{agent(a)} is offered a contact while on a break"
    return ""
