"""The claim protocol holds in every order of steps, and each way to get it wrong is found out."""

import pytest

from tests.simulation.claim_steps import Mutant, Protocol
from tests.simulation.claims import BOTH_FREE, ONE_CONTACT
from tests.simulation.explorer import Explorer
from tests.simulation.model import mutated, retold

_OF_TWO = (Mutant.NOT_THE_BEST, Mutant.FORGETS_ITSELF)  # contacts, one of them ranked better


def test_nobody_is_left_waiting_beside_a_free_agent_where_messages_come_at_least_once() -> None:
    """All orders of steps of one contact, two agents and two workers who may crash."""
    explorer = Explorer(Protocol(), ONE_CONTACT)

    found = explorer.explore()

    assert (found.broken, found.story) == ("", ())
    assert found.states > 10_000
    assert explorer.comes_to_rest()


@pytest.mark.parametrize("lines", [1, 2])
def test_a_sweep_puts_right_what_lost_messages_left_behind(lines: int) -> None:
    """Nothing else is sure to come, and nobody is doubled or passed over meanwhile."""
    found = Explorer(Protocol(is_reliable=False, lines=lines), ONE_CONTACT).explore()

    assert (found.broken, found.story) == ("", ())
    assert found.states > 5_000


@pytest.mark.parametrize("mutant", Mutant)
def test_a_protocol_with_one_thing_wrong_breaks_a_promise(mutant: Mutant) -> None:
    """And how that comes about is a story that ends in the broken promise."""
    first = BOTH_FREE if mutant in _OF_TWO else ONE_CONTACT

    found = Explorer(Protocol(mutant, is_reliable=mutant.harms_at_rest), first).explore()

    assert found.broken
    assert len(found.story) in (found.depth, found.depth + 1)


def test_the_story_of_a_broken_promise_is_the_shortest_there_is() -> None:
    found = mutated(Mutant.LOOK_FIRST).found

    assert retold(found.story) == [
        "worker A looks for contacts for agent 1, who comes: nobody waits",
        "contact 1 begins to wait",
        "worker B looks for an agent for contact 1: contact 1 is waiting;"
        " reads who is free: nobody",
        "worker A writes that agent 1 is available",
    ]
    assert found.broken == "contact 1 waits beside agent 1, who is free, and nobody will look"
