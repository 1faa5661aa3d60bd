"""The routing in threads, on the tables of the embedded AWS: whatever the machine makes of it."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.journeys.center import Center
from tests.simulation.mutants import MUTANTS, broken
from tests.simulation.racing import race

pytestmark = pytest.mark.journey

_TRIES = 4  # that a broken protocol gets; one has always been enough
_CONDITIONS = (
    "the contacts version is not checked",
    "the agents version is not checked",
    "the limit of a queue is not checked",
)


def test_sixteen_threads_race_for_contacts_and_agents_and_no_promise_is_broken(
    center: Center,
) -> None:
    """Not even while many others are faster: every promise of the simulation, after each write."""
    result = race(center.facts["aws_endpoint"], customers=25, agents=6)

    assert [] == [str(violation) for violation in result.violations]
    assert 25 <= result.contacts
    assert result.counts["answers"] > 5
    assert result.counts["clean sweeps"] > 3
    assert result.counts["handlers at once"] > 4
    assert result.counts["races lost"] > 3


def test_a_protocol_without_conditions_does_not_survive_the_race(center: Center) -> None:
    """A race that nobody can lose would prove nothing. Which mutant a race meets is chance; the
    simulation finds each of them by its seed."""
    with ExitStack() as stack:
        for name in _CONDITIONS:
            stack.enter_context(broken(MUTANTS[name]))
        results = (
            race(center.facts["aws_endpoint"], customers=25, agents=6, seed=seed)
            for seed in range(1, _TRIES + 1)
        )
        caught = next(filter(None, (result.violations for result in results)), ())

    assert caught
    assert "Error" not in str(caught[0])  # a mutant that does not fit the code breaks but itself
