"""Hours of operation: open to the second, in any zone, through every change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.hours import (
    Config,
    Day,
    HoursOfOperation,
    Override,
    OverrideType,
    joined,
)
from chalicelib.core.ids import HoursId
from chalicelib.core.recurrence import Frequency, Recurrence

NEW_YORK = "America/New_York"
WORKDAYS = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY)
SECOND = timedelta(seconds=1)


def hours(
    config: tuple[Config, ...] | None = None,
    zone: str = NEW_YORK,
    overrides: tuple[Override, ...] = (),
) -> HoursOfOperation:
    weekly = tuple(Config(day, time(9), time(17)) for day in WORKDAYS)
    return HoursOfOperation(
        hours_id=HoursId("office"),
        name="Office",
        time_zone=zone,
        config=weekly if config is None else config,
        overrides=overrides,
    )


def always(zone: str = NEW_YORK) -> HoursOfOperation:
    return hours(tuple(Config(day, time(0), time(0)) for day in Day), zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-06T21:59:59", True),
        ("2026-03-06T22:00:00", False),
        ("2026-03-09T12:59:59", False),
        ("2026-03-09T13:00:00", True),  # clocks moved on the Sunday between
        ("2026-03-09T20:59:59", True),
        ("2026-03-09T21:00:00", False),
        ("2026-03-07T17:00:00", False),  # a Saturday
    ],
)
def test_office_hours_open_and_close_to_the_second(moment: str, expected: bool) -> None:
    """Local hours mean local hours, before and after the clocks move."""
    assert hours().is_open(utc(moment)) is expected


def test_a_holiday_is_closed_although_it_is_a_friday() -> None:
    """A STANDARD override without hours closes its dates, and only those."""
    holiday = Override("Independence Day", date(2026, 7, 3), date(2026, 7, 3))

    calendar = hours(overrides=(holiday,))

    assert not calendar.is_open(utc("2026-07-03T15:00:00"))
    assert calendar.is_open(utc("2026-07-02T15:00:00"))
    assert calendar.is_open(utc("2026-07-06T15:00:00"))


@pytest.mark.parametrize(
    ("closure", "opening"),
    [
        (OverrideType.STANDARD, OverrideType.STANDARD),
        (OverrideType.STANDARD, OverrideType.OPEN),
        (OverrideType.CLOSED, OverrideType.OPEN),
    ],
)
def test_a_special_opening_on_a_holiday_wins(closure: OverrideType, opening: OverrideType) -> None:
    """Who opens 10 to 12 on a holiday means it, in whichever way both were written."""
    day = date(2026, 7, 3)
    special = Override("Morning", day, day, (Config(Day.FRIDAY, time(10), time(12)),), opening)

    calendar = hours(overrides=(Override("Holiday", day, day, (), closure), special))

    assert not calendar.is_open(utc("2026-07-03T13:59:59"))
    assert calendar.is_open(utc("2026-07-03T14:00:00"))
    assert calendar.is_open(utc("2026-07-03T15:59:59"))
    assert not calendar.is_open(utc("2026-07-03T16:00:00"))


def test_closed_beats_other_standard_hours_of_the_same_day() -> None:
    """A closure is not undone by a longer-running change of hours."""
    summer = Override(
        "Summer", date(2026, 6, 1), date(2026, 8, 31), (Config(Day.FRIDAY, time(8), time(14)),)
    )
    day = date(2026, 7, 3)

    calendar = hours(overrides=(summer, Override("Holiday", day, day, (), OverrideType.CLOSED)))

    assert not calendar.is_open(utc("2026-07-03T13:00:00"))
    assert calendar.is_open(utc("2026-07-10T12:30:00"))
    assert not calendar.is_open(utc("2026-07-09T15:00:00"))  # a Thursday has no summer hours


LONG = (date(2026, 1, 1), date(2030, 12, 31))


def again(
    name: str, type_: OverrideType, *config: Config, frequency: str = "WEEKLY", **when: int
) -> Override:
    recurrence = Recurrence(frequency=Frequency(frequency), **when)
    return Override(name, *LONG, config, type_, recurrence=recurrence)


def opening(calendar: HoursOfOperation, day: date) -> list[str]:
    return [f"{p.start:%H:%M}-{p.end:%H:%M}" for p in joined(calendar.periods(day))]


def test_what_closes_again_and_again_takes_its_hours_from_the_day() -> None:
    """Every second Tuesday from noon to two; the rest of the day stays as it is."""
    meeting = again(
        "Meeting", OverrideType.CLOSED, Config(Day.TUESDAY, time(12), time(14)), interval=2
    )

    calendar = hours(overrides=(meeting,))

    assert opening(calendar, date(2026, 1, 13)) == ["09:00-12:00", "14:00-17:00"]
    assert opening(calendar, date(2026, 1, 20)) == ["09:00-17:00"]
    assert opening(calendar, date(2026, 1, 14)) == ["09:00-17:00"]
    assert not calendar.is_open(utc("2026-01-13T18:00:00"))
    assert calendar.next_opening(utc("2026-01-13T17:00:00")) == utc("2026-01-13T19:00:00")


def test_a_closure_that_recurs_beats_an_opening_that_recurs_which_beats_hours_for_a_date() -> None:
    """And all of them beat the weekly hours."""
    day = date(2026, 7, 4)  # a Saturday
    season = Override("Season", day, day, (Config(Day.SATURDAY, time(8), time(12)),))
    late = again("Late", OverrideType.OPEN, Config(Day.SATURDAY, time(11), time(20)))
    holiday = again("Holiday", OverrideType.CLOSED, frequency="YEARLY", month=7, month_day=4)
    lunch = again("Lunch", OverrideType.CLOSED, Config(Day.SATURDAY, time(12), time(13)))

    assert opening(hours(), day) == []
    assert opening(hours(overrides=(season,)), day) == ["08:00-12:00"]
    assert opening(hours(overrides=(late, season)), day) == ["08:00-20:00"]
    assert opening(hours(overrides=(lunch, season, late)), day) == ["08:00-12:00", "13:00-20:00"]
    assert opening(hours(overrides=(holiday, season, late)), day) == []
    assert [o.name for o in hours(overrides=(season, late)).deciding(day)] == ["Season", "Late"]


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ((time(0), time(0)), []),
        ((time(8), time(9)), ["09:00-17:00"]),
        ((time(17), time(0)), ["09:00-17:00"]),
        ((time(8), time(10)), ["10:00-17:00"]),
        ((time(16), time(0)), ["09:00-16:00"]),
        ((time(9), time(17)), []),
        ((time(10), time(11)), ["09:00-10:00", "11:00-17:00"]),
    ],
)
def test_a_closure_cuts_a_period_wherever_it_lies(
    closed: tuple[time, time], left: list[str]
) -> None:
    cut = again("Cut", OverrideType.CLOSED, Config(Day.MONDAY, *closed))

    assert opening(hours(overrides=(cut,)), date(2026, 1, 12)) == left


def test_a_closure_at_the_end_of_a_day_until_midnight_leaves_the_rest() -> None:
    cut = again("Cut", OverrideType.CLOSED, Config(Day.MONDAY, time(20), time(22)))
    around = tuple(Config(day, time(0), time(0)) for day in Day)

    calendar = hours(around, overrides=(cut,))

    assert opening(calendar, date(2026, 1, 12)) == ["00:00-20:00", "22:00-00:00"]


def test_a_calendar_around_the_clock_has_no_closed_second_in_2026() -> None:
    """Both ends of every minute of the year, and every second around both changes of clocks."""
    calendar = always()
    start = utc("2026-01-01T00:00:00")

    for minute in range(0, 365 * 24 * 60, 11):
        assert calendar.is_open(start + timedelta(minutes=minute))
        assert calendar.is_open(start + timedelta(minutes=minute) - timedelta(microseconds=1))
    for change in (utc("2026-03-08T07:00:00"), utc("2026-11-01T06:00:00")):
        for second in range(-3700, 3700):
            assert calendar.is_open(change + timedelta(seconds=second))


def test_a_shift_until_midnight_ends_with_the_day() -> None:
    """An end of 00:00 is the midnight after, not the one before."""
    calendar = hours((Config(Day.MONDAY, time(18), time(0)),))

    assert calendar.is_open(utc("2026-01-06T04:59:59"))
    assert not calendar.is_open(utc("2026-01-06T05:00:00"))
    assert not calendar.is_open(utc("2026-01-05T05:30:00"))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "EST\0", "/UTC"])
def test_an_unknown_zone_is_refused_by_field_and_value(zone: str) -> None:
    """A typing error in a zone is told, not turned into UTC."""
    with pytest.raises(Rejected) as refused:
        hours(zone=zone)

    assert refused.value.field == "TimeZone"
    assert refused.value.value == zone


@pytest.mark.parametrize("end", [time(8), time(9)])
def test_an_end_not_after_its_start_is_refused_by_field(end: time) -> None:
    """A shift over midnight needs two entries; a zero-length one is a mistake."""
    bad = (Config(Day.MONDAY, time(9), time(17)), Config(Day.FRIDAY, time(9), end))

    with pytest.raises(Rejected, match="FRIDAY") as refused:
        hours(bad)

    assert refused.value.field == "Config[1].EndTime"
    assert refused.value.value == f"{end:%H:%M}"


def test_an_empty_calendar_is_refused_and_not_always_closed() -> None:
    """Nobody means a calendar that never opens."""
    with pytest.raises(Rejected) as refused:
        hours(())

    assert refused.value.field == "Config"


@pytest.mark.parametrize(
    ("override", "field"),
    [
        (Override("x", date(2026, 2, 2), date(2026, 2, 1)), "Overrides[0].EffectiveTill"),
        (
            Override("x", date(2026, 2, 2), date(2026, 2, 2), (), OverrideType.OPEN),
            "Overrides[0].Config",
        ),
        (
            Override(
                "x",
                date(2026, 2, 2),
                date(2026, 2, 2),
                (Config(Day.MONDAY, time(9), time(10)),),
                OverrideType.CLOSED,
            ),
            "Overrides[0].Config",
        ),
        (
            again("x", OverrideType.OPEN, frequency="YEARLY", month=7),
            "Overrides[0].Config",
        ),
        (
            Override(
                "x",
                date(2026, 2, 2),
                date(2026, 2, 2),
                (Config(Day.MONDAY, time(9), time(8)),),
            ),
            "Overrides[0].Config[0].EndTime",
        ),
    ],
)
def test_an_override_that_cannot_be_meant_is_refused(override: Override, field: str) -> None:
    """The field says which of the overrides, and what in it."""
    with pytest.raises(Rejected) as refused:
        hours(overrides=(override,))

    assert refused.value.field == field


def test_more_than_a_hundred_periods_are_refused() -> None:
    """Amazon Connect's limit."""
    with pytest.raises(Rejected) as refused:
        hours((Config(Day.MONDAY, time(9), time(17)),) * 101)

    assert (refused.value.field, refused.value.value) == ("Config", 101)


def test_more_than_fifty_overrides_are_refused() -> None:
    """Amazon Connect's limit."""
    one = Override("x", date(2026, 2, 2), date(2026, 2, 2))

    with pytest.raises(Rejected) as refused:
        hours(overrides=(one,) * 51)

    assert refused.value.value == 51


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-06T21:59:59", "2026-03-06T21:59:59"),  # open now
        ("2026-03-06T22:00:00", "2026-03-09T13:00:00"),  # over the weekend the clocks move
        ("2026-10-30T21:00:00", "2026-11-02T14:00:00"),  # and back
        ("2026-03-09T03:00:00", "2026-03-09T13:00:00"),
    ],
)
def test_the_next_opening_is_told_across_changes_of_clocks(at: str, expected: str) -> None:
    """What the closed message promises is when the door really opens."""
    assert hours().next_opening(utc(at)) == utc(expected)


def test_a_start_that_the_clocks_skip_opens_when_they_have_moved() -> None:
    """02:30 does not exist on that Sunday: the door opens at 03:00."""
    calendar = hours((Config(Day.SUNDAY, time(2, 30), time(5)),))

    assert calendar.next_opening(utc("2026-03-08T05:00:00")) == utc("2026-03-08T07:00:00")


def test_a_start_at_midnight_that_the_clocks_skip_opens_at_the_change() -> None:
    """Some zones move clocks at midnight, so that the date itself begins in the gap."""
    calendar = hours((Config(Day.FRIDAY, time(0, 30), time(5)),), zone="Africa/Cairo")

    change = utc("2026-04-23T22:00:00")  # 00:00 becomes 01:00 on Friday, April 24

    assert calendar.next_opening(change - timedelta(hours=3)) == change


def test_a_center_closed_for_years_has_no_next_opening() -> None:
    """The search ends."""
    shut = Override("Shut", date(2026, 1, 1), date(9999, 12, 31), (), OverrideType.CLOSED)

    assert hours(overrides=(shut,)).next_opening(utc("2026-01-05T12:00:00")) is None


ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata")
INSTANTS = st.integers(0, 16 * 365 * 86_400).map(
    lambda second: utc("2020-01-01T00:00:00") + timedelta(seconds=second)
)


@st.composite
def calendars(draw: st.DrawFn) -> HoursOfOperation:
    config = draw(
        st.lists(
            st.builds(
                lambda day, start, length: Config(
                    day, time(start // 60, start % 60), _after(start, length)
                ),
                st.sampled_from(list(Day)),
                st.integers(0, 1439),
                st.integers(1, 1440),
            ),
            min_size=1,
            max_size=5,
        )
    )
    return hours(tuple(config), draw(st.sampled_from(ZONES)))


def _after(start: int, length: int) -> time:
    end = start + length
    return time(0) if end >= 1440 else time(end // 60, end % 60)


def _transitions(zone: str) -> list[datetime]:
    """Whole hours at which the offset differs from half an hour before, 2020 to 2035."""
    found = []
    moment = utc("2020-01-01T00:00:00")
    while moment.year < 2036:
        following = moment + timedelta(days=1)
        if (
            moment.astimezone(ZoneInfo(zone)).utcoffset()
            != following.astimezone(ZoneInfo(zone)).utcoffset()
        ):
            found.append(moment)
        moment = following
    return found


TRANSITIONS = {zone: _transitions(zone) for zone in ZONES}


@given(calendars(), INSTANTS)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_open_means_the_wall_clock_is_within_a_period(
    calendar: HoursOfOperation, at: datetime
) -> None:
    """Whatever the zone does, the wall clock decides."""
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    minute = local.hour * 60 + local.minute
    expected = any(
        list(Day).index(c.day) == local.weekday()
        and c.start.hour * 60 + c.start.minute <= minute
        and minute < ((c.end.hour * 60 + c.end.minute) or 1440)
        for c in calendar.config
    )

    assert calendar.is_open(at) is expected


@given(calendars(), st.data())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_the_next_opening_is_open_and_everything_before_it_is_closed(
    calendar: HoursOfOperation, data: st.DataObject
) -> None:
    """Checked around every change of clocks from 2020 to 2035, minute by minute."""
    changes = TRANSITIONS[calendar.time_zone] or [utc("2026-03-01T00:00:00")]
    at = data.draw(st.sampled_from(changes)) + timedelta(minutes=data.draw(st.integers(0, 2880)))

    opening = calendar.next_opening(at)

    assert opening is not None
    assert opening >= at
    assert calendar.is_open(opening)
    if opening > at:
        assert not calendar.is_open(opening - SECOND)
    minutes = int((opening - at) / timedelta(minutes=1))
    assert not any(
        calendar.is_open(at + timedelta(minutes=minute)) for minute in range(0, minutes, 7)
    )
