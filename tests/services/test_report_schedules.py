"""When reports are due, and which are late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain, next_first_day
from chalicelib.services.report_schedules import Schedule
from tests.services.reporting import MONDAY_MORNING, SUNDAY, Office

NEW_YORK = "America/New_York"
ZONES = ("UTC", NEW_YORK, "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati")


@pytest.fixture
def office() -> Office:
    return Office()


def schedule(office: Office, report: str = "daily-queues") -> Schedule:
    return next(each for each in office.schedules.all() if each.report == report)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "period", "due_at"),
    [
        ("2026-03-09T05:59:59", "2026-03-08", "2026-03-09T06:00:00"),  # 01:59:59 in New York
        ("2026-03-09T06:00:00", "2026-03-09", "2026-03-10T06:00:00"),
        ("2026-03-08T06:59:59", "2026-03-07", "2026-03-08T07:00:00"),  # 02:00 does not exist
        ("2026-11-01T12:00:00", "2026-11-01", "2026-11-02T07:00:00"),
    ],
)
def test_a_day_is_due_next_when_its_clocks_say_so(
    office: Office, now: str, period: str, due_at: str
) -> None:
    """Also on the days on which the clocks change."""
    office.at = at(now)

    found = schedule(office)

    assert (found.next_period, found.next_due_at) == (period, at(due_at))
    assert (found.zone, found.due, found.formats) == (NEW_YORK, "02:00", ("csv", "parquet", "xlsx"))


def test_months_quarters_and_years_are_due_after_their_last_day(office: Office) -> None:
    """By the same clocks."""
    due = {each.report: (each.next_period, each.next_due_at) for each in office.schedules.all()}

    assert due["monthly-queues"] == ("2026-03", at("2026-04-01T06:00:00"))
    assert due["quarterly-agents"] == ("2026-Q1", at("2026-04-01T06:00:00"))
    assert due["annual-agents"] == ("2026", at("2027-01-01T07:00:00"))


def test_what_is_late_stands_first_with_its_periods(office: Office) -> None:
    """An outage of two days is two periods, the oldest first."""
    office.build()
    office.at = MONDAY_MORNING + timedelta(days=2, hours=1)

    first, second, *_ = office.schedules.all()

    assert (first.report, first.late) == ("daily-queues", ("2026-03-09", "2026-03-10"))
    assert (first.last_period, first.last_revision) == ("2026-03-08", 1)
    assert first.last_built_at == MONDAY_MORNING
    assert second.late == ()


def test_what_was_never_made_is_not_late_and_has_no_last_run(office: Office) -> None:
    """A new center is not met with alarms."""
    found = schedule(office)

    assert (found.late, found.last_period, found.last_revision) == ((), None, None)


@given(
    at=st.integers(0, 2 * 365 * 86_400).map(
        lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    zone=st.sampled_from(ZONES),
    grain=st.sampled_from(list(Grain)),
)
def test_what_is_due_next_is_never_over_and_nothing_is_left_out(
    at: datetime, zone: str, grain: Grain
) -> None:
    """The moment lies ahead, and a second before it the same period is next."""
    definition = next(each for each in definitions().values() if each.grain is grain)

    first = definition.next_due(at, zone)
    due_at = definition.due_at(first, zone)

    assert due_at > at
    assert first == definition.next_due(due_at - timedelta(seconds=1), zone)
    assert next_first_day(grain, first) == definition.next_due(due_at, zone)


def test_sunday_is_built_and_monday_is_next(office: Office) -> None:
    """The last run is the newest period that was published."""
    office.build()

    found = schedule(office)

    assert (found.last_period, found.next_period) == (SUNDAY.isoformat(), "2026-03-09")
    assert date(2026, 3, 10) == found.next_due_at.date()
