"""Business-hour clocks: due to the second, and no closed hour counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.hours import Config, Day, HoursOfOperation, Override, OverrideType
from chalicelib.core.ids import HoursId
from chalicelib.core.sla import (
    LONGEST_LIMIT_SECONDS,
    Clock,
    Limit,
    Sla,
    SlaPolicy,
    Terms,
    after_business_time,
    business_time,
    told,
)

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
WORKDAYS = list(Day)[:5]
FRIDAY = datetime(
    2026, 3, 6, 21, 30, tzinfo=UTC
)  # 16:30 in New York, where clocks change on Sunday
DUE = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)


def office(*overrides: Override, zone: str = "America/New_York") -> HoursOfOperation:
    return HoursOfOperation(
        hours_id=HoursId("office"),
        name="Office",
        time_zone=zone,
        config=tuple(Config(day, time(9), time(17)) for day in WORKDAYS),
        overrides=overrides,
    )


def holiday(day: date, *, until: date | None = None) -> Override:
    return Override("Holiday", day, until or day, type=OverrideType.CLOSED)


def policy(limits: Mapping[Limit, int] | None = None, **more: object) -> SlaPolicy:
    known = {
        "kind": "complaint",
        "hours_id": HoursId("office"),
        "limits": {Limit.RESOLUTION: 4 * 3600} if limits is None else limits,
    }
    return SlaPolicy(**{**known, **more})  # type: ignore[arg-type]  # names as in SlaPolicy


def begun(limits: Mapping[Limit, int] | None = None, at: datetime = FRIDAY) -> Sla:
    return Sla.begun(policy(limits), office(), at)


def clock(sla: Sla, limit: Limit = Limit.RESOLUTION) -> Clock:
    found = sla.clock(limit)
    assert found is not None
    return found


def local(text: str) -> datetime:
    """A time of Monday 2026-03-09 in New York."""
    return datetime.fromisoformat(f"2026-03-09T{text}:00-04:00")


# --- a complaint on time --------------------------------------------------------------------------


def test_a_complaint_of_friday_evening_is_due_on_monday_and_warned_of_an_hour_before() -> None:
    """Half an hour of Friday counts, the weekend does not, nor that clocks change in it."""
    resolution = clock(begun())

    assert resolution.due_at == DUE
    assert resolution.warn_at == datetime(2026, 3, 9, 15, 30, tzinfo=UTC)


def test_an_hour_of_waiting_for_the_customer_moves_it_by_an_hour() -> None:
    """From 11:00 to 12:00 local."""
    waiting = begun().paused(local("11:00")).reckoned(office(), local("11:00"))
    again = waiting.resumed(local("12:00")).reckoned(office(), local("12:00"))

    assert (clock(waiting).due_at, clock(waiting).warn_at) == (None, None)
    assert clock(again).due_at == datetime(2026, 3, 9, 17, 30, tzinfo=UTC)
    assert clock(again).warn_at == datetime(2026, 3, 9, 16, 30, tzinfo=UTC)


def test_waiting_over_closed_hours_moves_nothing() -> None:
    """Only business time is given back."""
    saturday, sunday = FRIDAY + timedelta(hours=12), FRIDAY + timedelta(hours=36)

    again = begun().paused(saturday).resumed(sunday).reckoned(office(), sunday)

    assert clock(again).due_at == DUE


def test_a_holiday_added_later_moves_it_to_the_next_day() -> None:
    """Reckoned anew with the calendar as it stands."""
    closed = office(holiday(date(2026, 3, 9)))

    moved = begun().reckoned(closed, FRIDAY)

    assert clock(moved).due_at == DUE + timedelta(days=1)
    assert told(begun(), moved) == ["resolution due 2026-03-10 16:30 UTC"]


def test_waiting_twice_adds_up() -> None:
    """Whatever the order of pauses and reckoning."""
    sla = begun()
    for since, until in (("10:00", "10:20"), ("11:00", "11:40")):
        sla = sla.paused(local(since)).reckoned(office(), local(since))
        sla = sla.paused(local(since)).resumed(local(until)).reckoned(office(), local(until))

    assert clock(sla).due_at == DUE + HOUR


def test_a_pause_after_it_was_due_excuses_nobody() -> None:
    """The moment stays where it was missed."""
    for paused_at in (DUE, DUE + HOUR):
        late = begun().paused(paused_at).reckoned(office(), paused_at)
        again = late.resumed(DUE + 2 * HOUR).reckoned(office(), DUE + 2 * HOUR)

        assert (clock(late).due_at, clock(again).due_at) == (DUE, DUE)


# --- three limits, three clocks -------------------------------------------------------------------

THREE = {Limit.FIRST_RESPONSE: 4 * 3600, Limit.UPDATE: 3600, Limit.RESOLUTION: 16 * 3600}


def test_a_shorter_limit_of_updates_does_not_overrule_that_of_the_first_response() -> None:
    """News begin to be due when the customer was answered once."""
    sla = begun(THREE)
    answered = sla.responded(local("10:00")).reckoned(office(), local("10:00"))

    assert clock(sla, Limit.FIRST_RESPONSE).due_at == DUE
    assert clock(sla, Limit.UPDATE).due_at is None
    assert sla.next_notice_at == DUE - HOUR
    assert clock(answered, Limit.UPDATE).due_at == local("11:00")
    assert clock(answered, Limit.FIRST_RESPONSE).met_at == local("10:00")
    assert clock(answered).due_at == clock(sla).due_at


def test_news_count_anew_after_each_answer() -> None:
    """And a second answer is no second first response."""
    sla = begun(THREE).responded(local("10:00")).responded(local("10:40"))
    sla = sla.reckoned(office(), local("10:40"))

    assert clock(sla, Limit.UPDATE).due_at == local("11:40")
    assert clock(sla, Limit.FIRST_RESPONSE).met_at == local("10:00")


def test_waiting_that_was_over_before_the_answer_does_not_count_for_the_next_news() -> None:
    """They are due after the answer, not after the pause."""
    sla = begun(THREE).paused(local("09:30")).resumed(local("10:00")).responded(local("11:00"))

    assert clock(sla.reckoned(office(), local("11:00")), Limit.UPDATE).due_at == local("12:00")


def test_without_a_first_response_news_are_due_from_the_beginning() -> None:
    sla = begun({Limit.UPDATE: 3600})

    assert clock(sla, Limit.UPDATE).due_at == local("09:30")


def test_whatever_is_settled_is_due_no_more() -> None:
    """And is told to have been in time, or late."""
    in_time, late = begun().finished(DUE), begun().finished(DUE + SECOND)

    assert in_time.next_notice_at is None
    assert told(begun(), in_time) == ["resolution in time"]
    assert told(begun(), late) == ["resolution late"]


def test_the_time_that_something_seemed_settled_does_not_count() -> None:
    """The resolution goes on where it stopped; news are due anew."""
    settled = begun(THREE).responded(local("09:30")).paused(local("09:40")).finished(local("10:00"))

    again = settled.reopened(local("11:00")).reckoned(office(), local("11:00"))

    assert not again.is_paused
    assert clock(again, Limit.UPDATE).due_at == local("12:00")
    counted = HOUR / 2 + timedelta(minutes=40)  # of Friday, and until it waited for the customer
    left = timedelta(hours=16) - counted
    assert business_time(office(), local("11:00"), clock(again).due_at or FRIDAY) == left


def test_a_limit_no_longer_than_the_warning_is_not_warned_of() -> None:
    """It would be told at once."""
    resolution = clock(begun({Limit.RESOLUTION: 3600}))

    assert (resolution.due_at, resolution.warn_at) == (local("09:30"), None)


def test_whoever_was_warned_is_warned_again_only_when_the_moment_has_moved_on() -> None:
    """A pause after the warning changes nothing; a holiday does."""
    warned = replace(begun(), clocks=(replace(clock(begun()), warned_at=DUE - HOUR),))
    noon = local("12:00")
    paused = warned.paused(noon).resumed(noon + HOUR).reckoned(office(), noon + HOUR)
    closed = warned.reckoned(office(holiday(date(2026, 3, 9))), noon)

    assert clock(paused).warned_at == DUE - HOUR
    assert clock(closed).warned_at is None


# --- what cannot be -------------------------------------------------------------------------------


def test_a_calendar_that_never_opens_again_is_refused() -> None:
    """At once, and with a name: nobody could keep the promise."""
    closed = office(holiday(date(2026, 1, 1), until=date(2029, 12, 31)))

    with pytest.raises(Rejected) as refused:
        after_business_time(closed, FRIDAY, HOUR)

    assert (refused.value.field, refused.value.value) == ("hoursId", "office")


def test_closing_for_good_leaves_nothing_due_until_it_opens_again() -> None:
    """Whoever closes is not refused, and nobody is told of what cannot be."""
    closed = office(holiday(date(2026, 1, 1), until=date(2029, 12, 31)))

    never = begun().reckoned(closed, FRIDAY)

    assert (never.next_notice_at, told(begun(), never)) == (None, ["resolution due never"])
    assert never.reckoned(office(), FRIDAY) == begun()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": " "}, "kind"),
        ({"limits": {}}, "limits"),
        ({"limits": {Limit.UPDATE: 0}}, "limits.update"),
        ({"limits": {Limit.RESOLUTION: LONGEST_LIMIT_SECONDS + 1}}, "limits.resolution"),
        ({"warn_seconds": -1}, "warnSeconds"),
    ],
)
def test_a_policy_that_could_not_be_obeyed_cannot_be_built(
    wrong: Mapping[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        policy(**wrong)  # type: ignore[arg-type]  # names as in policy

    assert refused.value.field == field


def test_kinds_and_calendars_that_are_not_there_are_refused_by_name() -> None:
    """The kinds that there are, are listed."""
    terms = Terms(policies=(policy(),))

    with pytest.raises(Rejected, match="complaint") as no_kind:
        terms.policy("praise")
    with pytest.raises(Rejected) as no_calendar:
        terms.calendar(HoursId("office"))

    assert (no_kind.value.field, no_calendar.value.field) == ("kind", "hoursId")


# --- for every calendar ---------------------------------------------------------------------------

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "UTC")


@st.composite
def calendars(draw: st.DrawFn) -> HoursOfOperation:
    """Some hours on some weekdays, over midnight too, with a day that is closed or other."""
    config = []
    for day in draw(st.sets(st.sampled_from(list(Day)), min_size=1)):
        start = draw(st.integers(0, 47))
        end = draw(st.integers(start + 1, 48))
        config.append(Config(day, _half_hour(start), _half_hour(end)))
    other = date(2026, draw(st.sampled_from([3, 11])), draw(st.integers(1, 28)))
    others = draw(st.sampled_from([OverrideType.CLOSED, OverrideType.OPEN]))
    hours = tuple(Config(each, time(0), time(3)) for each in Day)
    override = Override(
        "Other", other, other, type=others, config=hours if others is OverrideType.OPEN else ()
    )
    return HoursOfOperation(
        hours_id=HoursId("h"),
        name="Any",
        time_zone=draw(st.sampled_from(ZONES)),
        config=tuple(config),
        overrides=(override,),
    )


def _half_hour(number: int) -> time:
    return time(number % 48 // 2, number % 2 * 30)


# Around both changes of clocks, in either hemisphere.
moments = st.builds(
    lambda base, seconds: base + timedelta(seconds=seconds),
    st.sampled_from([datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 10, 11)]),
    st.integers(0, 30 * 86400),
)
seeded = settings(max_examples=150, deadline=None, derandomize=True)
lengths = st.integers(1, 15 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@seeded
@given(calendars(), moments, lengths)
def test_what_is_added_is_what_is_measured(
    hours: HoursOfOperation, since: datetime, length: timedelta
) -> None:
    """And the moment itself follows an open instant."""
    due_at = after_business_time(hours, since, length)

    assert business_time(hours, since, due_at) == length
    assert hours.is_open(due_at - timedelta(microseconds=1))


@seeded
@given(calendars(), moments, st.integers(0, 20 * 86400), st.integers(0, 20 * 86400))
def test_a_stretch_is_as_long_as_its_two_parts(
    hours: HoursOfOperation, since: datetime, first: int, second: int
) -> None:
    middle = since + timedelta(seconds=first)
    until = middle + timedelta(seconds=second)

    both = business_time(hours, since, middle) + business_time(hours, middle, until)

    assert both == business_time(hours, since, until)


@seeded
@given(calendars(), moments, st.integers(0, 3 * 86400))
def test_every_moment_is_in_an_opening_exactly_when_the_center_serves(
    hours: HoursOfOperation, since: datetime, offset: int
) -> None:
    """No closed second counts, no open one is left out, and openings do not overlap."""
    moment, until = since + timedelta(seconds=offset), since + timedelta(days=4)
    openings = list(hours.openings(since, until))

    assert any(begins <= moment < ends for begins, ends in openings) == hours.is_open(moment)
    assert all(begins < ends for begins, ends in openings)
    ordered = [edge for opening in openings for edge in opening]
    assert ordered == sorted(ordered)


@seeded
@given(calendars(), moments, lengths, st.integers(0, 86400), st.integers(0, 86400))
def test_a_pause_moves_what_is_due_by_the_business_time_in_it(
    hours: HoursOfOperation, since: datetime, length: timedelta, start: int, waited: int
) -> None:
    """Whenever it begins before that is due."""
    sla = Sla.begun(policy({Limit.RESOLUTION: int(length.total_seconds())}), hours, since)
    due_at = clock(sla).due_at
    paused_at = since + timedelta(seconds=start)
    resumed_at = paused_at + timedelta(seconds=waited)

    moved = clock(sla.paused(paused_at).resumed(resumed_at).reckoned(hours, resumed_at)).due_at

    assert due_at is not None
    assert moved is not None
    lost = business_time(hours, paused_at, resumed_at) if paused_at < due_at else timedelta()
    assert business_time(hours, since, moved) == length + lost


def test_across_a_change_of_clocks_an_hour_that_comes_twice_counts_twice() -> None:
    """And one that is skipped does not count."""
    night = Config(Day.SUNDAY, time(0), time(4))
    hours = replace(office(), config=(night,))

    lengths = [
        business_time(hours, at, at + timedelta(days=1))
        for at in (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC))
    ]

    assert lengths == [3 * HOUR, 5 * HOUR]
