"""What the claim protocol keeps: rows of two contacts and two agents, and where workers stand.

Rows are those of adapters/dynamo/routing.py. A version is not a number here: a worker knows of each
row it read whether that is still what stands there, and no more is asked by a condition on a
version. So states repeat, and all of them can be looked at (tests.simulation.explorer).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

CONTACTS = AGENTS = (0, 1)  # of two contacts that wait the first is ranked better


class Now(StrEnum):
    """Where a contact is."""

    NEW = "not there yet"
    QUEUED = "waiting"
    RINGS = "ringing"
    TALKS = "talking"
    OVER = "over"


class Row(NamedTuple):
    """Which row: of a contact or an agent."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number + 1}"


def contact(number: int | None) -> Row:
    return Row("contact", number or 0)


def agent(number: int | None) -> Row:
    return Row("agent", number or 0)


class ContactRow(NamedTuple):
    state: Now = Now.NEW
    agent: int | None = None

    @property
    def is_in_queue(self) -> bool:
        return self.state in (Now.QUEUED, Now.RINGS)


class Slot(NamedTuple):
    contact: int
    state: str  # "rings", "talks" or "missed"


class AgentRow(NamedTuple):
    is_on: bool = False  # Available
    slot: Slot | None = None

    @property
    def is_free(self) -> bool:
        return self.is_on and self.slot is None


class Rows(NamedTuple):
    """All that is stored, and in `due` the messages on their way: whom to look for."""

    contacts: tuple[ContactRow, ...] = (ContactRow(), ContactRow())
    agents: tuple[AgentRow, ...] = (AgentRow(), AgentRow())
    places: tuple[str | None, ...] = (None, None)  # "waiting" or "ringing"
    openings: tuple[bool, ...] = (False, False)
    depth: int = 0  # the queue's counter
    due: frozenset[Row] = frozenset()

    def with_contact(self, number: int, row: ContactRow, place: str | None) -> Rows:
        """The contact's row, its place and the counter, as one commit writes them."""
        by = row.is_in_queue - self.contacts[number].is_in_queue
        return self._replace(
            contacts=_set(self.contacts, number, row),
            places=_set(self.places, number, place),
            depth=self.depth + by,
        )

    def with_agent(self, number: int, row: AgentRow) -> Rows:
        """The agent's row and opening; of whoever is free now, others are told."""
        is_news = row.is_free and not self.openings[number]
        rows = self._replace(
            agents=_set(self.agents, number, row),
            openings=_set(self.openings, number, row.is_free),
        )
        return rows.with_due(agent(number)) if is_news else rows

    def with_due(self, message: Row) -> Rows:
        return self._replace(due=self.due | {message})

    def without_idle_talk(self) -> Rows:
        """Without messages that would find nothing to do: of a contact that does not wait, or an
        agent who is not free. Whenever they do and are again, there is another message."""
        idle = {
            row
            for row in self.due
            if (row.kind == "contact" and self.contacts[row.number].state is not Now.QUEUED)
            or (row.kind == "agent" and not self.agents[row.number].is_free)
        }
        return self._replace(due=self.due - idle) if idle else self

    @property
    def waiting(self) -> frozenset[int]:
        return frozenset(n for n in CONTACTS if self.contacts[n].state is Now.QUEUED)

    def head(self, line: int, lines: int) -> int | None:
        """The first in a line; contacts are dealt out to the lines."""
        places = (n for n in CONTACTS if n % lines == line and self.places[n] == "waiting")
        return next(places, None)

    def mirrored(self) -> Rows:
        """The same with the agents' names exchanged."""
        return Rows(
            contacts=tuple(row._replace(agent=_other(row.agent)) for row in self.contacts),
            agents=self.agents[::-1],
            places=self.places,
            openings=self.openings[::-1],
            depth=self.depth,
            due=frozenset(map(_mirrored, self.due)),
        )


class Worker(NamedTuple):
    """A dispatcher in the midst of a job; without one it is idle.

    `fresh`: what it read and nobody has changed since. `passed`: who waits since before its look.
    `is_sent`: if it crashes, the message that sent it comes again.
    """

    job: str = ""
    step: str = ""
    contact: int | None = None
    agent: int | None = None
    others: frozenset[int] = frozenset()  # agents with an opening, whom it has yet to try
    lines: frozenset[int] = frozenset()  # it has yet to look into
    found: int | None = None
    fresh: frozenset[Row] = frozenset()
    passed: frozenset[int] = frozenset()
    is_sent: bool = False

    def at(self, step: str, *read: Row, **fields: object) -> Worker:
        """At this step, with what it has just read."""
        return self._replace(step=step, fresh=self.fresh | set(read), **fields)  # type: ignore[arg-type]  # names as above

    def again(self) -> Worker:
        """At the start of its job."""
        number = self.agent if self.job in ("agent", "arrive") else None
        return Worker(self.job, "begin", self.contact, number, is_sent=self.is_sent)

    @property
    def message(self) -> Row:
        """What it was sent for."""
        return agent(self.agent) if self.job == "agent" else contact(self.contact)

    def mirrored(self) -> Worker:
        """The same with the agents' names exchanged."""
        return self._replace(
            agent=_other(self.agent),
            others=frozenset(1 - number for number in self.others),
            fresh=frozenset(map(_mirrored, self.fresh)),
        )


IDLE = Worker()
EMPTY = Rows()  # nobody has come yet
ONE_CONTACT = Rows(contacts=(ContactRow(), ContactRow(Now.OVER)))
BOTH_FREE = Rows(agents=(AgentRow(is_on=True), AgentRow(is_on=True)), openings=(True, True))


def _other(number: int | None) -> int | None:
    return None if number is None else 1 - number


def _mirrored(row: Row) -> Row:
    return agent(1 - row.number) if row.kind == "agent" else row


def _set[T](values: tuple[T, ...], at: int, value: T) -> tuple[T, ...]:
    return (*values[:at], value, *values[at + 1 :])
