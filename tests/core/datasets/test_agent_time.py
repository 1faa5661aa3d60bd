"""The time of agents lies where it passed; a contact counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import civil_day
from chalicelib.core.datasets.agent_time import agent_time
from chalicelib.core.report import rows
from tests.core.records import random_records, record

DAY = civil_day(date(2026, 3, 8), "America/New_York")
INTERVAL_AGENTS = definitions()["interval-agents"]


def test_a_call_over_midnight_gives_each_day_its_own() -> None:
    """Twenty minutes before, ten after; it is the second day's contact."""
    ended_at = datetime.fromisoformat("2026-03-09T00:10-04:00")
    call = record(at=ended_at, agent="a-mia", talked=1_800, wrapped=60)
    next_day = civil_day(date(2026, 3, 9), DAY.zone)

    (before,), (after,) = (rows(INTERVAL_AGENTS, day, [call]) for day in (DAY, next_day))

    assert before[-4:] == (0, 1_200, 0, 1_200)
    assert after[-4:] == (1, 600, 60, 660)


@given(st.integers(0, 2**32))
def test_the_totals_are_the_sums_over_contacts_however_they_came(seed: int) -> None:
    """Twice, shuffled: every second of every contact is in one row of one of three days."""
    chance = Random(seed)
    records = random_records(chance, 25)
    shuffled = chance.choices(records, k=5) + chance.sample(records, len(records))
    days = [civil_day(DAY.day + timedelta(days=n), DAY.zone) for n in (-2, -1, 0, 1, 2)]

    found = [row for day in days for row in rows(INTERVAL_AGENTS, day, shuffled)]

    works = [each.agent for each in records if each.agent is not None]
    total = [sum(int(str(row[n])) for row in found) for n in (-4, -3, -2)]
    assert total == [
        len(works),
        sum(int((w.disconnected_at - w.connected_at).total_seconds()) for w in works),
        sum(w.wrap_up_seconds for w in works),
    ]


def test_news_of_a_contact_takes_the_place_of_what_was_known() -> None:
    """A wrap-up that ended later."""
    first = record(agent="a-mia", wrapped=0)
    second = replace(record(agent="a-mia", wrapped=30), last_fact=first.last_fact + 1)

    assert agent_time([second, first], DAY) == agent_time([second], DAY)
