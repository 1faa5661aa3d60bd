"""Agent events in the lake: kept once, read once."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from chalicelib.adapters.agent_days import S3AgentDays
from tests.core.shifts import NINE, PAID, a_day, told
from tests.fakes.objects import InMemoryObjectStore
from tests.house import BREAK

SHIFT = a_day((0, PAID), (100, BREAK), (115.5, PAID), (15 * 60, None))  # until midnight
DAYS = [NINE.date(), NINE.date() + timedelta(days=1)]


def test_what_is_kept_is_told_whatever_the_order_and_however_often() -> None:
    """Of two days of the UTC calendar."""
    objects = InMemoryObjectStore()
    days = S3AgentDays(objects, readers=1)
    for event in Random(1).choices(SHIFT, k=5) + SHIFT[::-1]:
        days.keep([event])

    assert set(days.told(DAYS)) == set(told(SHIFT))
    folders = {info.key.rpartition("/")[0] for info in objects.list("agent-events/")}
    assert folders == {"agent-events/dt=2026-03-10", "agent-events/dt=2026-03-11"}


def test_what_was_read_is_not_read_again() -> None:
    """A day costs a list and one file, and an event that came since one more."""
    objects = InMemoryObjectStore()
    days = S3AgentDays(objects, readers=1)
    first, second, *_ = SHIFT
    days.keep([first])
    list(days.told(DAYS))
    days.keep([second])
    objects.calls.clear()

    found = [set(days.told(DAYS)) for _ in range(2)]

    assert found == [set(told([first, second]))] * 2
    assert objects.calls.count("get") == 3
    assert objects.calls.count("put") == 1


def test_a_day_on_which_nobody_worked_is_empty() -> None:
    """And leaves nothing behind."""
    objects = InMemoryObjectStore()

    assert list(S3AgentDays(objects, readers=1).told([date(2026, 1, 1)])) == []
    assert "put" not in objects.calls
