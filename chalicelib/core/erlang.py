"""How long contacts wait, from how many come, how long each takes, and how many agents there are.

Both models: contacts come at random (Poisson), take an exponential time, and wait in one line for
any free agent. Erlang C: they wait for ever (A. K. Erlang, "Solution of some problems in the theory
of probabilities of significance in automatic telephone exchanges", 1917). Erlang A: each hangs up
after an exponential patience (C. Palm, 1946; the formulas as in A. Mandelbaum and S. Zeltyn,
"Service engineering in action: the Palm/Erlang-A queue", 2007, and "Call centers with impatient
customers: many-server asymptotics of the M/M/n+G queue", 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, expm1

from chalicelib.core.errors import Rejected

_MOST_AGENTS = 100_000
_NEGLIGIBLE = 1e-15
_HUGE = 1e290
_SLICES = 400  # of an integral; even, as Simpson's rule wants it


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """So many contacts come in an interval; `handling_seconds`: talk and after contact work."""

    contacts: float
    interval_seconds: float
    handling_seconds: float

    def __post_init__(self) -> None:
        _check("contacts", self.contacts, least=0)
        _check("interval_seconds", self.interval_seconds, above=0)
        _check("handling_seconds", self.handling_seconds, above=0)

    @property
    def erlangs(self) -> float:
        """Agents who would be busy all the time."""
        return self.contacts * self.handling_seconds / self.interval_seconds

    @property
    def per_second(self) -> float:
        return self.contacts / self.interval_seconds


@dataclass(frozen=True, slots=True)
class ErlangC:
    """The line in front of so many agents when nobody hangs up."""

    demand: Demand
    agents: int

    def __post_init__(self) -> None:
        _check("agents", self.agents, least=0)

    @property
    def is_stable(self) -> bool:
        """Fewer contacts come than the agents can handle; otherwise the line grows and grows."""
        return self.demand.erlangs < self.agents

    @property
    def delayed(self) -> float:
        """Share of contacts that have to wait."""
        if not self.is_stable:
            return 1.0
        blocked = erlang_b(self.demand.erlangs, self.agents)
        return blocked / (1 - self.occupancy * (1 - blocked))

    @property
    def occupancy(self) -> float:
        """Share of their time that agents are busy."""
        return self.demand.erlangs / self.agents if self.is_stable else 1.0

    @property
    def mean_wait_seconds(self) -> float | None:
        """Of all contacts, those answered at once included; None: it grows without end."""
        if not self.is_stable:
            return None
        return self.delayed * self.demand.handling_seconds / (self.agents - self.demand.erlangs)

    def service_level(self, within_seconds: float) -> float:
        """Share of contacts that are answered within so many seconds."""
        if not self.is_stable:
            return 0.0
        spare = self.agents - self.demand.erlangs
        return 1 - self.delayed * exp(-spare * within_seconds / self.demand.handling_seconds)


def agents_needed(demand: Demand, *, target: float, within_seconds: float) -> int:
    """The fewest agents with whom the share `target` is answered in time, if nobody hangs up."""
    if not 0 < target < 1:
        raise Rejected(f"target {target} is not between 0 and 1", field="target", value=target)
    agents = int(demand.erlangs) + 1
    if agents > _MOST_AGENTS:
        raise Rejected(
            f"{demand.erlangs:.0f} agents would be busy all the time, the limit is {_MOST_AGENTS}",
            field="contacts",
            value=demand.contacts,
        )
    while ErlangC(demand, agents).service_level(within_seconds) < target:
        agents += 1
    return agents


def with_shrinkage(agents: int, shrinkage: float) -> int:
    """How many must be on the rota when this share of paid time is not spent at work."""
    if not 0 <= shrinkage < 1:
        raise Rejected(
            f"shrinkage {shrinkage} is not at least 0 and below 1",
            field="shrinkage",
            value=shrinkage,
        )
    return ceil(agents / (1 - shrinkage))


@dataclass(frozen=True, slots=True)
class ErlangA:
    """The line in front of so many agents when contacts hang up after `patience_seconds` on
    average. It never grows without end: whoever hangs up makes room."""

    demand: Demand
    agents: int
    patience_seconds: float

    def __post_init__(self) -> None:
        _check("agents", self.agents, least=1)
        _check("patience_seconds", self.patience_seconds, above=0)

    @property
    def delayed(self) -> float:
        """Share of contacts that find nobody free."""
        blocked, part = erlang_b(self.demand.erlangs, self.agents), self._inverse
        return blocked / (part + (1 - part) * blocked) if blocked else 0.0

    @property
    def abandoned(self) -> float:
        """Share of contacts that hang up before they are answered."""
        if not self.demand.contacts:
            return 0.0
        load = self.demand.erlangs / self.agents
        return self.delayed * (self._inverse / load + 1 - 1 / load)

    @property
    def mean_wait_seconds(self) -> float:
        """Of all contacts: answered at once, answered later, and hung up."""
        return self.abandoned * self.patience_seconds

    @property
    def occupancy(self) -> float:
        """Share of their time that agents are busy."""
        return self.demand.erlangs * (1 - self.abandoned) / self.agents

    def service_level(self, within_seconds: float) -> float:
        """Share of all contacts, hung up or not, that are answered within so many seconds."""
        if not self.demand.contacts:
            return 1.0
        at_zero = self.delayed * self._inverse * self.agents / self.demand.handling_seconds
        step = within_seconds / _SLICES
        values = [at_zero * self._answered_at(n * step) for n in range(_SLICES + 1)]
        inner = 4 * sum(values[1:-1:2]) + 2 * sum(values[2:-1:2])
        return 1 - self.delayed + (values[0] + inner + values[-1]) * step / 3

    def _answered_at(self, seconds: float) -> float:
        """Density of being answered after this wait, as a multiple of that after none."""
        served = self.agents / self.demand.handling_seconds
        came = -expm1(-seconds / self.patience_seconds) * self.patience_seconds
        patient = seconds / self.patience_seconds
        return exp(self.demand.per_second * came - served * seconds - patient)

    @property
    def _inverse(self) -> float:
        """One over Palm's A(x, y) = 1 + y/(x+1) + y²/((x+1)(x+2)) + ..., of agents' and contacts'
        rates over the rate of hanging up; 0 where A is beyond all numbers."""
        x = self.agents * self.patience_seconds / self.demand.handling_seconds
        y = self.demand.per_second * self.patience_seconds
        total, term, n = 1.0, 1.0, 0
        while term > total * _NEGLIGIBLE and total < _HUGE:
            n += 1
            term *= y / (x + n)
            total += term
        return 1 / total if total < _HUGE else 0.0


def erlang_b(erlangs: float, agents: int) -> float:
    """Share of contacts that find all agents busy, if none of them waits (Erlang's first formula,
    by its recursion over the number of agents)."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def _check(
    field: str, value: float, *, least: float | None = None, above: float | None = None
) -> None:
    if (least is not None and not value >= least) or (above is not None and not value > above):
        bound = f"at least {least}" if least is not None else f"more than {above}"
        raise Rejected(f"{field} {value} is not {bound}", field=field, value=value)
