"""What goes wrong at a call to the cloud, by the seed's dice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from tests.simulation.dynamo import cancelled, client_error
from tests.simulation.scheduler import Scheduler

_ENDPOINT = "https://simulated"


class Kind(StrEnum):
    """Faults at calls; the values are how the story tells of them."""

    DIES_BEFORE = "the worker dies before"
    DIES_AFTER = "the worker dies after"
    THROTTLED = "is throttled"
    CONFLICT = "meets another transaction"
    LOST = "times out, nothing was done"
    UNANSWERED = "times out, though it was done"
    LATE = "times out, and is done later"
    TWICE = "is tried again by the client, though it was done"
    SLOW = "is slow"
    SUSPENDED = "stands still for long"


class Mishap(StrEnum):
    """Faults of deliveries."""

    REPEATED = "is delivered again"
    LAGGING = "comes much later"
    FRAME_LOST = "a frame is lost"
    CLOSE_LOST = "nobody tells that a socket closed"
    STALE = "a read that is not consistent gets what was before"


RATES: Mapping[str, float] = {
    Kind.DIES_BEFORE: 0.002,
    Kind.DIES_AFTER: 0.003,
    Kind.THROTTLED: 0.004,
    Kind.CONFLICT: 0.02,
    Kind.LOST: 0.001,
    Kind.UNANSWERED: 0.004,
    Kind.LATE: 0.002,
    Kind.TWICE: 0.002,
    Kind.SLOW: 0.08,
    Kind.SUSPENDED: 0.0015,
    Mishap.REPEATED: 0.06,
    Mishap.LAGGING: 0.03,
    Mishap.FRAME_LOST: 0.01,
    Mishap.CLOSE_LOST: 0.15,
    Mishap.STALE: 0.5,
}
_WRITES_ONLY = {Kind.CONFLICT, Kind.UNANSWERED, Kind.LATE, Kind.TWICE}
_WAITS = {Kind.SLOW, Kind.SUSPENDED}
_AT_CALLS = [kind for kind in Kind if kind not in _WAITS]


@dataclass(frozen=True)
class Call:
    """One request: of which service, and whether it changes anything."""

    service: str
    operation: str
    is_write: bool
    items: int = 0  # of a transaction

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass(frozen=True)
class Fault:
    """One that happened. `number`: counted from the beginning, whether it was let happen or not."""

    number: int
    kind: str
    step: int
    seconds: float
    task: str
    call: str


@dataclass
class Faults:
    """`rates`: how often, by kind. `spared`: numbers of faults that do not happen after all, which
    is how a story is made shorter."""

    scheduler: Scheduler
    random: Random
    rates: dict[str, float]
    spared: frozenset[int] = frozenset()
    happened: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    is_on: bool = True
    _number: int = 0

    def __post_init__(self) -> None:
        self._tables = {
            is_write: [
                (kind, self.rates.get(kind, 0.0))
                for kind in _AT_CALLS
                if is_write or kind not in _WRITES_ONLY
            ]
            for is_write in (True, False)
        }
        self._any = {side: sum(rate for _, rate in table) for side, table in self._tables.items()}

    def happens(self, mishap: Mishap, task: str = "") -> bool:
        """Whether this goes wrong with a delivery."""
        chance = self.rates.get(mishap, 0.0)
        return (
            self.is_on
            and chance > 0
            and self.random.random() < chance
            and self._note(mishap, task, "")
        )

    def latency(self) -> float:
        """Seconds that a call takes before it is done."""
        if not self.is_on:
            return 0.0
        dice = self.random.random()
        suspended, slow = self.rates.get(Kind.SUSPENDED, 0), self.rates.get(Kind.SLOW, 0)
        task = self.scheduler.current
        label = task.label if task else ""
        if dice < suspended and self._note(Kind.SUSPENDED, label, ""):
            return self.random.uniform(2, 14)
        if dice < suspended + slow:
            self.counts[Kind.SLOW] += 1
            return self.random.expovariate(4)
        return 0.0

    def around(self, call: Call, act: Callable[[], Any]) -> Any:
        """Makes the call, or what becomes of it."""
        kind = self._drawn(call)
        if kind is None:
            return act()
        if task := self.scheduler.current:
            task.faults += 1
        if kind is Kind.TWICE and call.operation == "TransactWriteItems":
            return act()  # its token makes the second time do nothing
        if kind in (Kind.DIES_AFTER, Kind.UNANSWERED, Kind.TWICE):
            with suppress(ClientError):
                act()
        if kind is Kind.TWICE:
            return act()
        if kind in (Kind.DIES_BEFORE, Kind.DIES_AFTER):
            self.scheduler.die(f"{kind} {call}")
        if kind is Kind.LATE:
            self.scheduler.after(self.random.uniform(0, 4), lambda: _quietly(act))
        raise _error(kind, call, self.random)

    def _drawn(self, call: Call) -> Kind | None:
        dice = self.random.random()
        if not self.is_on or dice >= self._any[call.is_write]:
            return None
        for kind, rate in self._tables[call.is_write]:
            dice -= rate
            if dice < 0:
                return kind if self._may(kind, call) else None
        return None

    def _may(self, kind: Kind, call: Call) -> bool:
        if kind is Kind.CONFLICT and call.service != "dynamodb":
            return False
        task = self.scheduler.current
        return self._note(kind, task.label if task else "", str(call))

    def _note(self, kind: str, task: str, call: str) -> bool:
        self._number += 1
        if self._number in self.spared:
            return False
        self.counts[kind] += 1
        at = self.scheduler
        self.happened.append(Fault(self._number, kind, at.step, at.clock, task, call))
        return True


def scaled(rates: Mapping[str, float], factor: float) -> dict[str, float]:
    return {kind: min(0.6, rate * factor) for kind, rate in rates.items()}


def without(rates: Mapping[str, float], *kinds: str) -> dict[str, float]:
    return {kind: rate for kind, rate in rates.items() if kind not in kinds}


def _quietly(act: Callable[[], Any]) -> None:
    with suppress(ClientError):
        act()


def _error(kind: Kind, call: Call, random: Random) -> Exception:
    """As it reaches whoever called, after the client's own tries."""
    if kind is Kind.CONFLICT:
        if call.operation != "TransactWriteItems":
            return client_error("TransactionConflictException", call.operation)
        reasons = ["None"] * call.items
        reasons[random.randrange(call.items)] = "TransactionConflict"
        return cancelled(reasons)
    if kind is Kind.THROTTLED:
        codes = {
            "dynamodb": ("ProvisionedThroughputExceededException", "ThrottlingException"),
            "apigatewaymanagementapi": ("LimitExceededException", "TooManyRequestsException"),
            "s3": ("SlowDown",),
        }
        return client_error(
            random.choice(codes.get(call.service, ("ThrottlingException",))), call.operation
        )
    if kind is Kind.LOST and random.random() < 0.5:
        return ConnectTimeoutError(endpoint_url=_ENDPOINT)
    return ReadTimeoutError(endpoint_url=_ENDPOINT)


__all__ = ["RATES", "Call", "Fault", "Faults", "Kind", "Mishap", "replace", "scaled", "without"]
