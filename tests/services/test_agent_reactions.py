"""What follows from a change of an agent: a contact for whoever is free, and events."""

from __future__ import annotations

import pytest

from chalicelib.core.center import AVAILABLE
from chalicelib.core.errors import LostRace
from chalicelib.core.ids import AgentId
from chalicelib.core.routing import Agent, AgentChange, DeskEvent, choose_status
from chalicelib.services.agent_reactions import AgentReactions
from chalicelib.services.ports import Commit
from tests.house import BEN, PROFILE, House


class CountingMatcher:
    """Is asked, and finds nobody; `is_late`: somebody else always comes first."""

    def __init__(self, *, is_late: bool = False) -> None:
        self.asked: list[AgentId] = []
        self.is_late = is_late

    def match_agent(self, agent_id: AgentId) -> None:
        self.asked.append(agent_id)
        if self.is_late:
            raise LostRace("somebody was first")


@pytest.fixture
def house() -> House:
    return House()


def reactions(house: House, matcher: CountingMatcher) -> AgentReactions:
    return AgentReactions(
        matcher=matcher,
        transfers=house.transfers,
        alerts=house.alerts,
        publisher=house.agent_events,
    )


def freed_without_a_look(house: House) -> tuple[Agent, Agent]:
    """Ben becomes available, and the worker that wrote it dies before it looks for a contact."""
    before = house.signs_in("ben", "Offline")
    change = AgentChange(
        before=before,
        after=choose_status(before, AVAILABLE, at=house.at),
        profile=PROFILE,
        at=house.at,
        kind=DeskEvent.STATUS_CHANGED,
    )
    house.contacts.commit(Commit(agents=[change]))
    return before, house.agent(BEN)


def test_an_agent_who_became_free_gets_who_waits_though_nobody_looked(house: House) -> None:
    """The worker that committed may have died at once."""
    contact_id = house.rings()
    before, after = freed_without_a_look(house)

    house.agent_reactions.react(before, after)

    assert BEN == house.rings_at(contact_id)


def test_a_change_that_comes_twice_makes_one_offer(house: House) -> None:
    """At least once is what streams promise."""
    house.rings()
    house.rings()
    before, after = freed_without_a_look(house)

    house.agent_reactions.react(before, after)
    house.agent_reactions.react(before, after)

    assert 1 == len(house.agent(BEN).slots)


def test_who_was_free_before_costs_no_look(house: House) -> None:
    """Most changes of an agent free nobody."""
    before, after = freed_without_a_look(house)
    matcher = CountingMatcher()

    for old, new in ((before, after), (after, after), (after, before)):
        reactions(house, matcher).react(old, new)

    assert [BEN] == matcher.asked


def test_the_world_learns_of_a_change_though_the_match_came_second(house: House) -> None:
    """The stream brings the record again for the match; the event need not wait for that."""
    before, after = freed_without_a_look(house)

    with pytest.raises(LostRace):
        reactions(house, CountingMatcher(is_late=True)).react(before, after)

    assert ["LOGIN", "STATE_CHANGE"] == house.agent_stream.types()


def test_where_a_contact_was_found_at_once_nothing_more_is_written(house: House) -> None:
    """The stream tells of it afterwards: an offer would be refused, and paid for."""
    for _ in range(2):
        house.rings()
    house.signs_in("ben")
    house.contacts.meanwhile = [lambda: pytest.fail("something is committed")]

    house.streams()

    assert house.contacts.meanwhile
