"""Days of 23 and 25 hours, without gap or overlap, in every zone there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.civil_day import (
    Grain,
    civil_day,
    day_of,
    moment_of,
    name_of,
    next_first_day,
    period,
    read_day,
    read_period,
)
from chalicelib.core.errors import Rejected

NEW_YORK = "America/New_York"
ZONES = [
    "UTC",
    NEW_YORK,
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Beirut",
    "Asia/Ho_Chi_Minh",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
]
DAYS = st.dates(date(2012, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "from_at", "to_at", "hours"),
    [
        ("2026-03-08", "2026-03-08T05:00+00:00", "2026-03-09T04:00+00:00", 23),
        ("2026-11-01", "2026-11-01T04:00+00:00", "2026-11-02T05:00+00:00", 25),
        ("2026-06-01", "2026-06-01T04:00+00:00", "2026-06-02T04:00+00:00", 24),
    ],
)
def test_a_day_in_new_york_has_23_24_or_25_hours(
    day: str, from_at: str, to_at: str, hours: int
) -> None:
    """The days on which the clocks change are one hour shorter or longer."""
    period = civil_day(read_day(day), NEW_YORK)

    assert period.from_at == datetime.fromisoformat(from_at)
    assert period.to_at == datetime.fromisoformat(to_at)
    assert period.hours == hours


def test_march_is_30_days_and_23_hours() -> None:
    """Days add up to months, to the second."""
    march = [civil_day(date(2026, 3, 1) + timedelta(days=n), NEW_YORK) for n in range(31)]

    assert sum(day.hours for day in march) == 30 * 24 + 23
    assert period(Grain.MONTH, date(2026, 3, 8), NEW_YORK).hours == 30 * 24 + 23


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_jump() -> None:
    """In Beirut the clocks go from 23:59:59 to 01:00:00."""
    period = civil_day(date(2024, 3, 31), "Asia/Beirut")

    assert period.from_at.astimezone(ZoneInfo("Asia/Beirut")).time() == time(1)
    assert period.hours == 23


def test_a_day_that_a_country_skipped_is_empty() -> None:
    """Samoa went from 29 to 31 December 2011 to move over the date line."""
    assert civil_day(date(2011, 12, 30), "Pacific/Apia").hours == 0


@given(DAYS, st.sampled_from(ZONES))
def test_each_day_begins_where_the_one_before_ends(day: date, zone: str) -> None:
    """So every contact is in exactly one day."""
    today, tomorrow = civil_day(day, zone), civil_day(day + timedelta(days=1), zone)

    assert today.to_at == tomorrow.from_at
    assert 23 <= today.hours <= 25


@given(st.integers(0, 24 * 366 * 86_400), st.sampled_from(ZONES))
def test_every_moment_lies_in_the_day_that_clocks_show(second: int, zone: str) -> None:
    """The day printed on a wall calendar there is the day of the report."""
    at = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    period = civil_day(day_of(at, zone), zone)

    assert period.holds(at)
    assert at.date() in period.utc_days


def test_two_in_the_morning_comes_once_even_when_the_clocks_skip_it() -> None:
    """On 8 March 2026 New York has no 02:00: it is 03:00 then, once."""
    skipped = moment_of(date(2026, 3, 8), time(2), NEW_YORK)
    twice = moment_of(date(2026, 11, 1), time(1, 30), NEW_YORK)

    assert skipped.astimezone(ZoneInfo(NEW_YORK)).time() == time(3)
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "America", "EST5EDT,\0"])
def test_a_zone_nobody_knows_is_refused_by_name(zone: str) -> None:
    """A typing error must not become UTC silently."""
    with pytest.raises(Rejected) as refused:
        civil_day(date(2026, 3, 8), zone)

    assert (refused.value.field, refused.value.value) == ("zone", zone)


@pytest.mark.parametrize("text", ["", "2026-3-8", "20260308", "2026-02-29", "0001-01-01", "x"])
def test_what_is_no_day_is_refused_by_name(text: str) -> None:
    """Only `2026-03-08`, so that a day has one name and one key."""
    with pytest.raises(Rejected) as refused:
        read_day(text)

    assert (refused.value.field, refused.value.value) == ("day", text)


@given(st.sampled_from(Grain), DAYS, st.sampled_from(ZONES))
def test_each_period_begins_where_the_one_before_ends(grain: Grain, day: date, zone: str) -> None:
    """And is exactly the days that it names."""
    this = period(grain, day, zone)
    after = period(grain, next_first_day(grain, this.day), zone)

    assert this.to_at == after.from_at
    assert this.from_at <= civil_day(day, zone).from_at < civil_day(day, zone).to_at <= this.to_at
    assert civil_day(this.day, zone).from_at == this.from_at


@given(st.sampled_from(Grain), DAYS)
def test_a_period_is_found_by_its_name(grain: Grain, day: date) -> None:
    """The name in a file, in a link and in a table lead to the same."""
    this = period(grain, day, "UTC")

    assert read_period(this.name) == (grain, this.day)


@pytest.mark.parametrize(
    ("grain", "name"),
    [
        (Grain.DAY, "2026-11-28"),
        (Grain.MONTH, "2026-11"),
        (Grain.QUARTER, "2026-Q4"),
        (Grain.YEAR, "2026"),
    ],
)
def test_periods_are_called_as_finance_calls_them(grain: Grain, name: str) -> None:
    """A quarter is Q4, not its first day."""
    assert period(grain, date(2026, 11, 28), "UTC").name == name
    assert name_of(grain, read_period(name)[1]) == name


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-Q5", "2026-Q0", "2026-Q01", "2026-Q", "1999", "202603", "²026"],
)
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    """One name each, so that a period has one key."""
    with pytest.raises(Rejected) as refused:
        read_period(text)

    assert (refused.value.field, refused.value.value) == ("period", text)


def test_over_every_change_of_clocks_until_2035_days_lie_side_by_side() -> None:
    """In every zone of the list: no second is lost, none counted twice, no due time comes twice."""
    changes = [(zone, day) for zone in sorted(available_timezones()) for day in _changes(zone)]

    assert len(changes) > 5_000
    for zone, day in changes:
        before, this, after = (civil_day(day + timedelta(days=n), zone) for n in (-1, 0, 1))
        assert before.to_at == this.from_at < this.to_at == after.from_at, (zone, day)
        place = ZoneInfo(zone)
        for at in (this.from_at, this.to_at - timedelta(seconds=1)):
            assert at.astimezone(place).date() == day, (zone, day)
        for wanted in (time(hour, 30) for hour in range(23)):
            shown = moment_of(day, wanted, zone).astimezone(place)
            assert shown.date() == day, (zone, day, wanted)
            assert shown.time() >= wanted, (zone, day, wanted)  # later only where it is skipped
            assert shown.fold == 0, (zone, day, wanted)


def _changes(zone: str) -> list[date]:
    """The days from 2020 to 2035 that are not as long as others there."""
    place, week = ZoneInfo(zone), timedelta(days=7)
    found, day = [], date(2020, 1, 1)
    while day < date(2036, 1, 1):
        if _offset(day, place) != _offset(day + week, place):
            days = [day + timedelta(days=n) for n in range(7)]
            found += [d for d in days if _offset(d, place) != _offset(d + timedelta(days=1), place)]
        day += week
    return found


def _offset(day: date, place: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), tzinfo=place).utcoffset()
