"""Numbers of intervals that mean one thing, however the records came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.ids import AgentId
from chalicelib.core.interval_figures import (
    Counted,
    contacts,
    newest,
    talk_seconds,
    wrap_up_seconds,
)
from chalicelib.core.intervals import Grid, Interval
from tests.core.records import random_records, record

GRID = Grid(30, "America/New_York")
MIA = AgentId("a-mia")
CALL = record("c-1", at=datetime(2026, 3, 10, 10, 15, tzinfo=UTC), agent="a-mia", talked=52 * 60)


def told(found: Mapping[Interval, int]) -> dict[str, int]:
    return {GRID.label(each)[11:16]: count for each, count in found.items()}


def test_a_call_counts_once_where_it_began_or_ended_and_its_time_where_it_passed() -> None:
    """From 05:23 to 06:15."""
    talked = talk_seconds([CALL], GRID)

    assert told(contacts([CALL], GRID, Counted.WHERE_IT_ENDED)) == {"06:00": 1}
    assert told(contacts([CALL], GRID, Counted.WHERE_IT_BEGAN)) == {"05:00": 1}
    assert {GRID.label(each)[11:16]: n for (_, each), n in talked.items()} == {
        "05:00": 7 * 60,
        "05:30": 30 * 60,
        "06:00": 15 * 60,
    }


def test_after_contact_work_lies_after_the_call() -> None:
    """20 minutes after 06:15 go over the half hour."""
    wrapped = replace(
        CALL, agent=record(agent="a-mia", at=CALL.disconnected_at, wrapped=1_200).agent
    )

    found = wrap_up_seconds([wrapped], GRID)

    assert {GRID.label(each)[11:16]: n for (_, each), n in found.items()} == {
        "06:00": 900,
        "06:30": 300,
    }


def test_a_contact_that_nobody_answered_takes_nobody_s_time() -> None:
    assert talk_seconds([record("c-1", waited=60)], GRID) == {}
    assert wrap_up_seconds([record("c-1", waited=60)], GRID) == {}


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_records_told_twice_and_out_of_order_give_the_same_numbers(seed: int) -> None:
    """And all intervals together have all contacts and all seconds, each once."""
    chance = Random(seed)
    records = random_records(chance, 20)
    older = [replace(each, last_fact=1, agent=None) for each in records[:5]]
    again = [*records, *chance.sample(records, 7), *older]
    chance.shuffle(again)

    for counted in Counted:
        found = contacts(again, GRID, counted)
        assert found == contacts(records, GRID, counted)
        assert sum(found.values()) == len(newest(again)) == 20
    talked = talk_seconds(again, GRID)
    assert talked == talk_seconds(records, GRID)
    works = [each.agent for each in records if each.agent]
    lengths = [work.disconnected_at - work.connected_at for work in works]
    assert sum(talked.values()) == sum(lengths, timedelta()).total_seconds()
