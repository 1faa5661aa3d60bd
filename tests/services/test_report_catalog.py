"""What finance sees, and which days the clock asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain
from chalicelib.core.errors import Rejected
from chalicelib.services.report_catalog import ReportCatalog
from tests.core.records import record
from tests.services.reporting import MONDAY_MORNING, SUNDAY, Office

MONDAY = SUNDAY + timedelta(days=1)


@pytest.fixture
def office() -> Office:
    return Office()


def due_days(office: Office, at: datetime) -> list[date]:
    """Of the periods that are due, those that are days."""
    return [day for grain, day in office.catalog.due(at) if grain is Grain.DAY]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-09T05:59:59", date(2026, 3, 7)),  # 01:59:59 in New York: not yet
        ("2026-03-09T06:00:00", SUNDAY),
        ("2026-03-08T06:59:59", date(2026, 3, 6)),  # 02:00 does not exist: 03:00 it is
        ("2026-03-08T07:00:00", date(2026, 3, 7)),
        ("2026-11-02T06:59:59", date(2026, 10, 31)),
        ("2026-11-02T07:00:00", date(2026, 11, 1)),
    ],
)
def test_yesterday_is_due_at_two_in_the_morning_of_the_center(
    office: Office, now: str, due: date
) -> None:
    """Also on the days on which the clocks change."""
    assert due_days(office, at(now)) == [due]


def test_a_day_that_is_reported_is_not_due_again(office: Office) -> None:
    """The hourly trigger asks 24 times a day for nothing."""
    office.reports.build(SUNDAY)

    assert due_days(office, MONDAY_MORNING) == []
    assert due_days(office, MONDAY_MORNING + timedelta(hours=20)) == []


def test_a_day_of_which_one_report_is_missing_is_due(office: Office) -> None:
    """Each of a day's reports counts."""
    office.build("daily-queues")
    office.build("daily-agents")

    assert due_days(office, MONDAY_MORNING) == [SUNDAY]


def test_a_provisional_report_is_still_due(office: Office) -> None:
    """What was built while the day ran is not the day."""
    office.at = at("2026-03-08T20:00:00")
    office.reports.build(SUNDAY)

    assert due_days(office, MONDAY_MORNING) == [SUNDAY]


def test_days_missed_in_an_outage_are_caught_up_with(office: Office) -> None:
    """Also the one in the middle, when a later day was built by hand."""
    for day in (SUNDAY, SUNDAY + timedelta(days=2)):
        office.at = MONDAY_MORNING + timedelta(days=3)
        office.reports.build(day)

    due = due_days(office, office.at)

    assert due == [SUNDAY + timedelta(days=n) for n in (1, 3)]


def test_the_trigger_asks_for_every_period_that_is_due(office: Office) -> None:
    """One message per period, so that one that fails holds no other up."""
    asked = office.catalog.request_due()

    assert asked == [
        (Grain.DAY, SUNDAY),
        (Grain.MONTH, date(2026, 2, 1)),
        (Grain.QUARTER, date(2025, 10, 1)),
        (Grain.YEAR, date(2025, 1, 1)),
    ]
    assert office.requests.asked == asked


def test_a_report_that_should_be_there_is_shown_as_late(office: Office) -> None:
    """Fifteen minutes after it was due, finance sees that it is missing."""
    office.reports.build(SUNDAY - timedelta(days=1), report="daily-agents")
    office.at = at("2026-03-09T06:14:59")
    in_time = [view for view in office.catalog.newest() if view.day == SUNDAY]
    office.at = at("2026-03-09T06:15:00")
    late = [view for view in office.catalog.newest() if view.day == SUNDAY]

    assert in_time == []
    assert [(view.report, view.state, view.revision) for view in late] == [
        ("daily-agents", "late", None)
    ]


def test_nothing_is_late_in_a_center_that_never_reported(office: Office) -> None:
    """Who has just set a center up is not met with alarms."""
    office.at = at("2026-03-09T12:00:00")

    assert office.catalog.newest() == []
    assert due_days(office, office.at) == [SUNDAY]


def test_every_revision_is_listed_with_links_newest_first(office: Office) -> None:
    """Revision 1 stays in reach beside revision 2."""
    office.keep(record("c-1"))
    office.build()
    office.keep(record("c-2"))
    office.build()

    views = [view for view in office.catalog.of("2026-03-08") if view.report == "daily-queues"]

    assert [view.revision for view in views] == [2, 1]
    assert [file.format for file in views[0].files] == ["csv", "parquet", "xlsx"]
    assert "/r2/" in views[0].files[0].url
    assert views[0].manifest_url is not None
    assert views[0].built_at == MONDAY_MORNING


def test_the_list_begins_with_the_newest_day(office: Office) -> None:
    """What finance looks for first stands first."""
    office.at = MONDAY_MORNING + timedelta(days=1)
    office.build(day=SUNDAY)
    office.build(day=MONDAY)

    days = [view.day for view in office.catalog.newest() if view.report == "daily-queues"]

    assert days == [MONDAY, SUNDAY]


def test_building_by_hand_asks_for_the_day_and_shows_what_there_is(office: Office) -> None:
    """The answer does not wait for the build."""
    office.build()

    views = office.catalog.request("2026-03-08")

    assert office.requests.asked == [(Grain.DAY, SUNDAY)]
    assert [view.revision for view in views if view.state == "published"] == [1]


@pytest.mark.parametrize("day", ["2026-03-10", "yesterday", "2026-3-8", "' OR 1=1"])
def test_a_day_that_cannot_be_is_refused_by_name(office: Office, day: str) -> None:
    """A field and its value, and nothing is asked for."""
    with pytest.raises(Rejected) as refused:
        office.catalog.request(day)

    assert (refused.value.field, refused.value.value) == ("period", day)
    assert office.requests.asked == []


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-04-01T05:59:59", date(2026, 2, 1)),  # 01:59:59 in New York
        ("2026-04-01T06:00:00", date(2026, 3, 1)),
    ],
)
def test_a_month_is_due_two_hours_after_it_ended(office: Office, now: str, month: date) -> None:
    """By the center's clocks, as a day is."""
    assert (Grain.MONTH, month) in office.catalog.due(at(now))
    assert len([day for grain, day in office.catalog.due(at(now)) if grain is Grain.MONTH]) == 1


def test_a_report_with_a_zone_of_its_own_is_due_by_its_clocks(office: Office) -> None:
    """Headquarters in Berlin reads about New York with its own breakfast."""
    berlin = replace(definitions()["daily-queues"], zone="Europe/Berlin", due=time(5, 30))
    catalog = ReportCatalog(
        {"daily-queues": berlin},
        office.runs,
        office.exports,
        office.requests,
        zone="America/New_York",
        now=office.now,
    )

    assert catalog.due(at("2026-03-09T04:29:59")) == [(Grain.DAY, SUNDAY - timedelta(days=1))]
    assert catalog.due(at("2026-03-09T04:30:00")) == [(Grain.DAY, SUNDAY)]


def test_a_quarter_is_listed_under_its_name(office: Office) -> None:
    """Where a day has its date."""
    office.at = at("2026-04-02T12:00:00")
    office.build("quarterly-agents", SUNDAY)

    (view,) = office.catalog.of("2026-Q1")

    assert (view.period, view.day, view.files[0].name) == (
        "2026-Q1",
        date(2026, 1, 1),
        "quarterly-agents-2026-Q1-r1.csv",
    )
