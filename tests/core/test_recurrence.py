"""Dates on which something happens again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.recurrence import LAST, Frequency, Recurrence

BEGIN = date(2026, 1, 1)  # a Thursday
TUESDAY, FRIDAY, SUNDAY = 1, 4, 6


def dates(
    frequency: str,
    *weekdays: int,
    since: date = BEGIN,
    days: int = 366,
    **when: int,
) -> list[str]:
    found = Recurrence(frequency=Frequency(frequency), **when)
    every = (since + timedelta(days=n) for n in range(days))
    return [str(d) for d in every if found.falls_on(d, since=since, weekdays=weekdays)]


def test_a_week_again_and_again_is_counted_from_the_first() -> None:
    """Weeks begin on Monday; without a weekday it is that of the first date."""
    assert dates("WEEKLY", days=22) == ["2026-01-01", "2026-01-08", "2026-01-15", "2026-01-22"]
    assert dates("WEEKLY", interval=3, days=30) == ["2026-01-01", "2026-01-22"]
    assert dates("WEEKLY", TUESDAY, FRIDAY, interval=2, days=20) == [
        "2026-01-02",
        "2026-01-13",
        "2026-01-16",
    ]
    assert dates("WEEKLY", SUNDAY, interval=2, days=20) == ["2026-01-04", "2026-01-18"]


def test_a_day_of_the_month_that_is_not_there_is_left_out() -> None:
    """The last one is always there."""
    assert dates("MONTHLY", month_day=31, days=120) == ["2026-01-31", "2026-03-31"]
    assert dates("MONTHLY", month_day=LAST, days=60) == ["2026-01-31", "2026-02-28"]
    assert dates("MONTHLY", interval=3, since=date(2026, 1, 15)) == [
        "2026-01-15",
        "2026-04-15",
        "2026-07-15",
        "2026-10-15",
        "2027-01-15",
    ]


def test_a_weekday_of_the_month_is_counted_from_its_beginning_or_its_end() -> None:
    """The second Tuesday, the last Friday; also in a month with five of them."""
    assert dates("MONTHLY", TUESDAY, occurrence=2, days=90) == [
        "2026-01-13",
        "2026-02-10",
        "2026-03-10",
    ]
    assert dates("MONTHLY", FRIDAY, occurrence=LAST, days=90) == [
        "2026-01-30",
        "2026-02-27",
        "2026-03-27",
    ]
    assert dates("MONTHLY", occurrence=4, days=59) == ["2026-01-22", "2026-02-26"]


def test_a_day_of_the_year_comes_every_so_many_years() -> None:
    """A leap day only in leap years; what is not said is as on the first date."""
    ten = 3660
    assert dates("YEARLY", month=7, month_day=4, interval=4, days=ten) == [
        "2026-07-04",
        "2030-07-04",
        "2034-07-04",
    ]
    assert dates("YEARLY", month=2, month_day=29, days=ten) == ["2028-02-29", "2032-02-29"]
    assert dates("YEARLY", month=11, occurrence=4, days=800) == ["2026-11-26", "2027-11-25"]
    assert dates("YEARLY", days=800) == ["2026-01-01", "2027-01-01", "2028-01-01"]


@pytest.mark.parametrize(
    ("frequency", "when", "field"),
    [
        ("WEEKLY", {"interval": 0}, "Interval"),
        ("WEEKLY", {"interval": 7}, "Interval"),
        ("YEARLY", {"month": 13}, "ByMonth"),
        ("MONTHLY", {"month": 2}, "ByMonth"),
        ("MONTHLY", {"month_day": 0}, "ByMonthDay"),
        ("MONTHLY", {"month_day": 32}, "ByMonthDay"),
        ("WEEKLY", {"month_day": 1}, "ByMonthDay"),
        ("MONTHLY", {"occurrence": 5}, "ByWeekdayOccurrence"),
        ("WEEKLY", {"occurrence": 1}, "ByWeekdayOccurrence"),
        ("MONTHLY", {"occurrence": 1, "month_day": 1}, "ByWeekdayOccurrence"),
    ],
)
def test_what_contradicts_itself_is_refused_by_field(
    frequency: str, when: dict[str, int], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        Recurrence(frequency=Frequency(frequency), **when)

    assert refused.value.field == f"RecurrenceConfig.RecurrencePattern.{field}"
