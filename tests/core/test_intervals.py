"""Half hours without gap or overlap, also on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.civil_day import civil_day, day_of, moment_of
from chalicelib.core.errors import Rejected
from chalicelib.core.intervals import Grid, Interval

NEW_YORK = "America/New_York"
HALF_HOURS = Grid(30, NEW_YORK)
ZONES = sorted(available_timezones())
MOMENTS = st.integers(0, 16 * 366 * 86_400).map(
    lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
GRIDS = st.builds(Grid, st.sampled_from([15, 30, 60]), st.sampled_from(ZONES))


def at(clock: str, day: str = "2026-03-10") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(NEW_YORK))


def clock_changes(zone: str, year: int) -> list[date]:
    """The days of the year on which clocks there are put forward or back."""
    place = ZoneInfo(zone)
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(367)]
    offsets = [noon.astimezone(place).utcoffset() for noon in noons]
    pairs = zip(noons, noons[1:], offsets, offsets[1:], strict=False)
    return [day_of(b, zone) for _, b, was, is_now in pairs if was != is_now]


def told(pieces: dict[Interval, int], grid: Grid = HALF_HOURS) -> list[tuple[str, int]]:
    return [(grid.label(each)[11:16], seconds) for each, seconds in pieces.items()]


def test_a_call_from_05_23_to_06_15_lies_in_three_half_hours() -> None:
    """7 minutes, 30 minutes, 15 minutes."""
    pieces = HALF_HOURS.pieces(at("05:23"), at("06:15"))

    assert told(pieces) == [("05:00", 7 * 60), ("05:30", 30 * 60), ("06:00", 15 * 60)]


def test_an_interval_holds_its_first_moment_and_not_its_end() -> None:
    """So a moment on the edge is in one interval."""
    before, after = (HALF_HOURS.holding(at(clock)) for clock in ("05:29:59", "05:30:00"))

    assert before.to_at == after.from_at == at("05:30")
    assert told(HALF_HOURS.pieces(at("05:30"), at("06:00"))) == [("05:30", 1_800)]


def test_no_time_lies_in_no_interval() -> None:
    assert HALF_HOURS.pieces(at("05:23"), at("05:23")) == {}


@pytest.mark.parametrize(
    ("day", "half_hours"), [("2026-03-08", 46), ("2026-11-01", 50), ("2026-06-01", 48)]
)
def test_a_day_of_25_hours_has_50_half_hours(day: str, half_hours: int) -> None:
    """And one of 23 hours has 46; no two have one label."""
    found = HALF_HOURS.of_day(date.fromisoformat(day))

    assert len(found) == half_hours
    assert len({HALF_HOURS.label(each) for each in found}) == half_hours
    assert {each.seconds for each in found} == {1_800}


def test_the_hour_that_clocks_show_twice_is_two_hours() -> None:
    """A call of thirty minutes goes from 01:40 to 01:10."""
    began_at = datetime(2026, 11, 1, 5, 40, tzinfo=UTC)  # 01:40, in summer time still

    pieces = HALF_HOURS.pieces(began_at, began_at + timedelta(minutes=30))

    assert [(HALF_HOURS.label(each), seconds) for each, seconds in pieces.items()] == [
        ("2026-11-01T01:30-04:00", 1_200),
        ("2026-11-01T01:00-05:00", 600),
    ]


def test_clocks_that_are_put_back_by_half_an_hour_cut_the_hour() -> None:
    """On Lord Howe Island 02:00 becomes 01:30: that hour has two parts, of 60 and of 30 minutes."""
    hours = Grid(60, "Australia/Lord_Howe").of_day(date(2026, 4, 5))

    assert [each.seconds for each in hours[:4]] == [3_600, 3_600, 1_800, 3_600]
    assert sum(each.seconds for each in hours) == int(24.5 * 3_600)


def test_counts_and_sums_are_of_the_interval_that_is_named() -> None:
    """A contact counts where it began, or where it ended; its time lies where it passed."""
    spans = [(at("05:23"), at("06:15")), (at("05:59"), at("06:01"))]

    began = HALF_HOURS.counts(since for since, _ in spans)
    ended = HALF_HOURS.counts(until for _, until in spans)

    assert told(dict(began)) == [("05:00", 1), ("05:30", 1)]
    assert told(dict(ended)) == [("06:00", 2)]
    assert sorted(told(dict(HALF_HOURS.sums(spans)))) == [
        ("05:00", 420),
        ("05:30", 1_860),
        ("06:00", 960),
    ]


@given(GRIDS, MOMENTS, st.integers(0, 3 * 86_400))
@settings(deadline=None)
def test_the_pieces_of_a_time_add_up_to_it(grid: Grid, since: datetime, seconds: int) -> None:
    """In every zone there is; in order, without gap or overlap, none longer than an interval."""
    pieces = grid.pieces(since, since + timedelta(seconds=seconds))

    found = list(pieces)
    assert sum(pieces.values()) == seconds
    assert all(one.to_at == next_.from_at for one, next_ in zip(found, found[1:], strict=False))
    assert all(0 < n <= each.seconds <= grid.minutes * 60 for each, n in pieces.items())


@given(GRIDS, st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.data())
@settings(deadline=None, max_examples=50)
def test_runs_of_equal_intervals_place_every_moment_as_the_clocks_do(
    grid: Grid, day: date, data: st.DataObject
) -> None:
    """Whoever knows no zones needs no more than these moments and a length."""
    period, length = civil_day(day, grid.zone), timedelta(minutes=grid.minutes)
    moment = data.draw(st.integers(0, int(period.hours * 3_600) - 1)) * timedelta(seconds=1)
    moment += period.from_at

    run = max(each for each in grid.runs(period.from_at, period.to_at) if each <= moment)

    assert run + (moment - run) // length * length == grid.holding(moment).from_at


@given(GRIDS, MOMENTS)
@settings(deadline=None)
def test_every_moment_of_an_interval_lies_in_it(grid: Grid, moment: datetime) -> None:
    """Whoever asks for any of them gets the same one."""
    found = grid.holding(moment)

    assert found.from_at <= moment < found.to_at
    for other in (found.from_at, found.to_at - timedelta(seconds=1)):
        assert grid.holding(other) == found
    assert grid.holding(found.to_at).from_at == found.to_at


@given(st.sampled_from(ZONES), st.integers(2020, 2035), st.sampled_from([15, 30, 60]))
@settings(deadline=None)
def test_days_on_which_clocks_change_are_cut_whole(zone: str, year: int, minutes: int) -> None:
    """Their intervals are theirs alone, and as long as the day; no two are called the same."""
    grid = Grid(minutes, zone)
    for day in clock_changes(zone, year):
        period, found = civil_day(day, zone), grid.of_day(day)

        assert (found[0].from_at, found[-1].to_at) == (period.from_at, period.to_at)
        assert sum(each.seconds for each in found) == int(period.hours * 3_600)
        assert len({grid.label(each) for each in found}) == len(found)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        HALF_HOURS.pieces(at("06:00"), at("05:59"))

    assert (refused.value.field, refused.value.value) == ("to", "2026-03-10T09:59:00+00:00")


@pytest.mark.parametrize(
    ("minutes", "zone", "field", "value"),
    [(20, NEW_YORK, "minutes", 20), (0, NEW_YORK, "minutes", 0), (30, "Mars", "zone", "Mars")],
)
def test_what_is_no_grid_is_refused_by_name(
    minutes: int, zone: str, field: str, value: object
) -> None:
    with pytest.raises(Rejected) as refused:
        Grid(minutes, zone)

    assert (refused.value.field, refused.value.value) == (field, value)


def test_half_hours_begin_where_clocks_show_them() -> None:
    """Also where a zone is 45 minutes from the others."""
    grid = Grid(30, "Asia/Kathmandu")
    five = moment_of(date(2026, 3, 10), time(5), "Asia/Kathmandu")

    assert grid.label(grid.holding(five + timedelta(minutes=7))) == "2026-03-10T05:00+05:45"
