"""A slice of the simulation: `make simulate` runs a hundred times as much, and all mutants."""

from __future__ import annotations

import pytest

from tests.simulation.faults import RATES, Kind, Mishap, without
from tests.simulation.mutants import MUTANTS, broken
from tests.simulation.shrink import shrunk
from tests.simulation.simulation import Plan, Result, simulate


def explained(result: Result) -> str:
    return "\n".join(map(str, result.violations[:3])) + (
        f"\npython -m tests.simulation --seed {result.plan.seed}"
    )


def test_on_a_quiet_day_everything_holds_and_comes_to_an_end() -> None:
    """People may dawdle, reject and vanish; the cloud does as it should."""
    result = simulate(Plan(seed=1, steps=1_500, wildness=0))

    assert not result.violations, explained(result)
    assert not result.faults
    assert result.contacts > 5
    assert result.counts["answers"] > 2
    assert result.counts["clean sweeps"] > 5


@pytest.mark.parametrize("seed", range(2, 5))
def test_whatever_goes_wrong_everything_holds_and_comes_to_an_end(seed: int) -> None:
    """Every kind of fault, twice as often as in `make simulate`'s usual run."""
    result = simulate(Plan(seed=seed, steps=1_500, wildness=2))

    assert not result.violations, explained(result)
    assert result.faults[Kind.DIES_AFTER] > 0
    assert len(result.faults) > 6


def test_a_seed_is_repeated_step_for_step() -> None:
    first, second = (simulate(Plan(seed=17, steps=800)) for _ in range(2))

    assert first == second
    assert first.happened


def test_a_broken_protocol_is_noticed_and_its_story_is_short() -> None:
    """What is left of it names who did what, and when."""
    with broken(MUTANTS["an offered contact keeps its place"]):
        found = next(
            result
            for seed in range(1, 40)
            if (result := simulate(Plan(seed=seed, steps=2_000))).violations
        )
        short = shrunk(found, tries=12)

    assert "a place exactly while in a queue" == short.violations[0].promise
    assert len(short.happened) <= len(found.happened)
    assert (short.plan.customers or 0) <= (found.plan.customers or 0)
    assert "a place exactly while in a queue" in short.story[-1]
    assert any("waits in" in line for line in short.story)


def test_every_kind_of_fault_has_its_rate() -> None:
    assert set(RATES) == {*Kind, *Mishap}
    assert Kind.SLOW not in without(RATES, Kind.SLOW)
