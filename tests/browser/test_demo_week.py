"""A day of the demo week, and what everybody finds of it in the console the morning after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from infra.local.laptop import Laptop
from tests.browser.stage import browser_of, choose, is_installed, shoot, sign_in
from tests.journeys.center import Center
from tests.journeys.demo_week import ZONE, live

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def day(laptop: Laptop) -> date:
    """The morning of the last day of the week that is over, lived with everybody at work."""
    today = datetime.now(ZONE).date()
    before = (today - timedelta(days=n) for n in count(1))
    last = next(each for each in before if each.weekday() < 5)
    live(laptop, [last], tell=print, until=time(11, 30))
    return last


def test_finance_finds_the_day_as_rows_as_a_chart_and_as_files(
    center: Center, playwright: Playwright, day: date
) -> None:
    """Final, with one link per file; and no recording of it."""
    with browser_of(playwright, "week-finance", None) as page:
        sign_in(center, page, "finance")
        page.goto(f"{center.facts['console']}/#/reports/daily-queues/{day}")
        expect(page.get_by_test_id("report-revisions")).to_contain_text("Published")
        expect(page.get_by_test_id("report-rows")).to_contain_text("Sales")
        shoot(page, "week-report-table")
        page.get_by_role("tab", name="Chart").click()
        choose(page, "report-metric", "Offered")
        expect(page.get_by_test_id("report-chart")).to_be_visible()
        shoot(page, "week-report-chart")
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Download daily-queues-{day}").first.click()
        assert download.value.suggested_filename.endswith(".csv")
        rows = download.value.path().read_text().splitlines()
        assert 3 < len(rows), rows

    contact_id = recorded_on(center, day)
    path = f"/v1/contacts/{contact_id}/recordings/seg1"
    assert 403 == center.request("GET", path, role="finance")[0]
    assert 200 == center.request("GET", path, role="supervisor")[0]


def test_supervisors_find_its_tickets(center: Center, playwright: Playwright, day: date) -> None:
    """What was promised to customers that day stands in the list."""
    with browser_of(playwright, "week-supervisor", None) as page:
        sign_in(center, page, "supervisor")
        page.get_by_role("link", name="Tickets", exact=True).click()
        expect(page.get_by_test_id("ticket-row").first).to_be_visible()
        shoot(page, "week-tickets")


def recorded_on(center: Center, day: date) -> str:
    """A contact of that day with a recording."""
    s3, bucket = center.aws("s3"), center.facts["buckets"]["recordings"]
    stored = s3.list_objects_v2(Bucket=bucket, Prefix=f"recordings/{day:%Y/%m/%d}/")["Contents"]
    return str(stored[0]["Key"]).split("/")[-2]
