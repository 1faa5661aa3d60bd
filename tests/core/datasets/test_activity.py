"""What agents did, as rows of reports: every second once, in the interval in which it passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.agent_activity import Told, is_of_time, read_event, stretches, usernames
from chalicelib.core.civil_day import Grain, civil_day, period
from chalicelib.core.datasets.activity import activity
from chalicelib.core.datasets.time_cards import cards
from chalicelib.core.report import Row, rows_of
from tests.core.shifts import NEW_YORK, PAID, a_day, random_told, told
from tests.house import BREAK

DAY = civil_day(date(2026, 3, 10), NEW_YORK)
LONG_AFTER = datetime(2026, 4, 1, tzinfo=UTC)
REPORTS = definitions()
SHIFT = a_day((0, PAID), (100, BREAK), (115.5, PAID), (480, None))  # from 09:00 on


def daily(found: Sequence[Told], until: datetime = LONG_AFTER) -> list[Row]:
    rows = activity(found, DAY, until=until, unpaid=[BREAK.name])
    return rows_of(REPORTS["daily-activity"], DAY, rows)


def test_a_status_has_its_seconds_in_each_half_hour() -> None:
    """The break from 10:40 to 10:55:30 is in the half hour of 10:30."""
    found = daily(told(SHIFT))

    at = [row for row in found if row[1] == "2026-03-10T14:30:00Z"]
    assert at == [
        ("2026-03-10", "2026-03-10T14:30:00Z", "a-ben", "Available", "ben", "yes", 870),
        ("2026-03-10", "2026-03-10T14:30:00Z", "a-ben", "Break", "ben", "no", 930),
    ]


def test_who_is_at_work_counts_up_to_now() -> None:
    """A report of today says what has passed."""
    found = daily(told(a_day((0, PAID))), until=datetime(2026, 3, 10, 13, 45, tzinfo=UTC))

    assert [row[-1] for row in found] == [1_800, 900]


def test_a_time_card_has_the_day_and_a_month_has_its_days() -> None:
    """Unpaid is what the center says."""
    month = period(Grain.MONTH, DAY.day, NEW_YORK)
    (day,), (all_,) = (
        rows_of(REPORTS[name], of, cards(told(SHIFT), of, until=LONG_AFTER, unpaid=[BREAK.name]))
        for name, of in (("daily-time-cards", DAY), ("monthly-time-cards", month))
    )

    signed = ("2026-03-10T13:00:00Z", "2026-03-10T21:00:00Z")
    assert day == ("2026-03-10", "a-ben", "ben", *signed, 1, 28_800, 27_870, 930)
    assert all_ == ("2026-03", "a-ben", "ben", 1, 1, 28_800, 27_870, 930)


def test_who_works_over_midnight_is_in_two_days() -> None:
    """Made the morning after, while the shift goes on, the first day is what it stays."""
    night = told(a_day((14 * 60, PAID), (17 * 60, None)))  # from 23:00 to 02:00
    one_in_the_morning = DAY.to_at + timedelta(hours=1)

    (early,), (late,) = (
        cards(night, DAY, until=until) for until in (one_in_the_morning, LONG_AFTER)
    )

    assert early == late
    assert (late.card.signed_out_at, late.card.paid_seconds) == (DAY.to_at, 3_600)


def test_only_what_moves_time_is_kept() -> None:
    """A sign-in, a status, a sign-out; not what happens to a contact."""
    login, status, *_ = SHIFT
    other = {**status, "PreviousAgentSnapshot": status["CurrentAgentSnapshot"]}

    assert all(is_of_time(event) for event in SHIFT)
    assert is_of_time(login)
    assert not is_of_time(other)


def test_an_agent_is_called_as_told_last() -> None:
    """People marry."""
    (first, *_) = told(a_day((0, PAID)))
    later = Told(agent_id=first.agent_id, at=first.at + timedelta(days=1), username="ben.two")

    assert usernames([later, first]) == {first.agent_id: "ben.two"}


@given(st.integers(0, 2**32))
def test_the_totals_are_the_sums_however_events_came(seed: int) -> None:
    """Twice, shuffled: the seconds of statuses are those of cards, and those of stretches."""
    chance = Random(seed)
    known = random_told(chance, DAY.from_at)
    shuffled = chance.choices(known, k=5) + chance.sample(known, len(known))

    found = activity(shuffled, DAY, until=LONG_AFTER, unpaid=[BREAK.name])

    assert rows_of(REPORTS["daily-activity"], DAY, found) == daily(known)
    found_cards = cards(shuffled, DAY, until=LONG_AFTER, unpaid=[BREAK.name])
    assert sum(one.seconds for one in found if one.is_paid) == sum(
        one.card.paid_seconds for one in found_cards
    )
    assert sum(one.seconds for one in found) == sum(
        max(0, int((min(s.to_at, DAY.to_at) - max(s.from_at, DAY.from_at)).total_seconds()))
        for s in stretches(known, until=LONG_AFTER)
    )


def test_what_was_read_is_what_was_told() -> None:
    """By name, where the event has one."""
    assert {each.username for event in SHIFT for each in read_event(event)} == {"", "ben"}
