"""Waiting times from arrivals, handling times and agents, against numbers that others computed and
against the chain of states that the formulas sum up."""

from collections.abc import Callable
from math import inf

import pytest

from chalicelib.core.erlang import (
    Demand,
    ErlangA,
    ErlangC,
    agents_needed,
    erlang_b,
    with_shrinkage,
)
from chalicelib.core.errors import Rejected


def half_hour(contacts: float, handling_seconds: float) -> Demand:
    return Demand(contacts=contacts, interval_seconds=1800, handling_seconds=handling_seconds)


HUNDRED_CALLS = half_hour(100, 240)


@pytest.mark.parametrize(
    ("contacts", "handling_seconds", "agents", "level"),
    [(100, 240, 17, 81.04), (60, 300, 14, 86.66), (250, 180, 30, 85.66)],
)
def test_so_many_agents_answer_80_percent_in_20_seconds(
    contacts: float, handling_seconds: float, agents: int, level: float
) -> None:
    demand = half_hour(contacts, handling_seconds)

    needed = agents_needed(demand, target=0.8, within_seconds=20)

    assert needed == agents
    assert round(100 * ErlangC(demand, needed).service_level(20), 2) == level
    assert ErlangC(demand, needed - 1).service_level(20) < 0.8


def test_17_agents_for_100_calls_of_240_seconds_keep_them_waiting_17_seconds() -> None:
    line = ErlangC(HUNDRED_CALLS, 17)

    assert line.mean_wait_seconds is not None
    assert round(line.mean_wait_seconds, 2) == 16.84
    assert round(100 * line.occupancy, 2) == 78.43


def test_shrinkage_of_30_percent_makes_25_on_the_rota_of_17_at_work() -> None:
    assert with_shrinkage(17, 0.30) == 25
    assert with_shrinkage(17, 0) == 17


@pytest.mark.parametrize("agents", [0, 10, 13])
def test_more_than_the_agents_can_carry_is_unstable_and_no_number_is_negative(agents: int) -> None:
    """13.3 agents would be busy all the time."""
    line = ErlangC(HUNDRED_CALLS, agents)

    assert not line.is_stable
    assert (line.delayed, line.occupancy, line.mean_wait_seconds) == (1.0, 1.0, None)
    assert line.service_level(20) == 0.0


def test_nobody_who_calls_waits_for_nobody() -> None:
    nobody = half_hour(0, 240)

    assert ErlangC(nobody, 1).mean_wait_seconds == 0
    assert ErlangC(nobody, 1).service_level(20) == 1
    assert (ErlangA(nobody, 1, 60).abandoned, ErlangA(nobody, 1, 60).service_level(20)) == (0, 1)
    assert agents_needed(nobody, target=0.8, within_seconds=20) == 1


@pytest.mark.parametrize(("agents", "patience"), [(13, 120), (17, 60), (10, 300), (1, 20), (40, 9)])
def test_with_impatient_callers_as_the_chain_of_states_has_it(agents: int, patience: float) -> None:
    """Each number of contacts there is a state; the formulas are sums over all of them."""
    chances = chain(HUNDRED_CALLS, agents, patience)
    waiting = sum(n * chance for n, chance in enumerate(chances[agents:]))

    line = ErlangA(HUNDRED_CALLS, agents, patience)

    assert line.delayed == pytest.approx(sum(chances[agents:]))
    assert line.mean_wait_seconds == pytest.approx(waiting / HUNDRED_CALLS.per_second)
    assert line.abandoned == pytest.approx(waiting / patience / HUNDRED_CALLS.per_second)
    busy = sum(min(n, agents) * chance for n, chance in enumerate(chances))
    assert line.occupancy == pytest.approx(busy / agents)


def chain(demand: Demand, agents: int, patience: float) -> list[float]:
    """How likely it is that so many contacts are there, waiting or with an agent."""
    weights = [1.0]
    for n in range(1, 1000):
        leaving = min(n, agents) / demand.handling_seconds + max(0, n - agents) / patience
        weights.append(weights[-1] * demand.per_second / leaving)
    return [weight / sum(weights) for weight in weights]


def test_whoever_does_not_hang_up_is_answered_in_the_end() -> None:
    line = ErlangA(HUNDRED_CALLS, 10, 300)

    assert line.service_level(0) == pytest.approx(1 - line.delayed)
    assert line.service_level(20) < line.service_level(60)
    assert line.service_level(3600) + line.abandoned == pytest.approx(1, abs=1e-6)


def test_callers_of_endless_patience_wait_as_if_nobody_hung_up() -> None:
    patient, endless = ErlangA(HUNDRED_CALLS, 17, 1e7), ErlangC(HUNDRED_CALLS, 17)

    assert patient.mean_wait_seconds == pytest.approx(endless.mean_wait_seconds, rel=1e-3)
    assert patient.service_level(20) == pytest.approx(endless.service_level(20), rel=1e-3)


def test_a_thousand_agents_under_twice_their_load_are_no_trouble_to_compute() -> None:
    """Some of the sums are beyond what a number can hold; half of the callers hang up."""
    line = ErlangA(half_hour(15_000, 240), 1_000, 600)

    assert line.abandoned == pytest.approx(0.5)
    assert line.delayed == pytest.approx(1)


def test_the_first_formula_is_that_of_tables() -> None:
    """Ten Erlangs on ten lines: 21.5 % are turned away."""
    assert erlang_b(10, 10) == pytest.approx(0.2146, abs=1e-4)


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda: half_hour(-1, 240), "contacts"),
        (lambda: half_hour(inf * 0, 240), "contacts"),
        (lambda: half_hour(100, 0), "handling_seconds"),
        (lambda: Demand(contacts=1, interval_seconds=0, handling_seconds=1), "interval_seconds"),
        (lambda: ErlangC(HUNDRED_CALLS, -1), "agents"),
        (lambda: ErlangA(HUNDRED_CALLS, 0, 60), "agents"),
        (lambda: ErlangA(HUNDRED_CALLS, 1, 0), "patience_seconds"),
        (lambda: agents_needed(HUNDRED_CALLS, target=1, within_seconds=20), "target"),
        (lambda: agents_needed(half_hour(1e9, 240), target=0.8, within_seconds=20), "contacts"),
        (lambda: with_shrinkage(17, 1), "shrinkage"),
    ],
)
def test_what_cannot_be_is_refused_by_name(ask: Callable[[], object], named: str) -> None:
    with pytest.raises(Rejected) as refused:
        ask()

    assert refused.value.field == named
