"""Finance reads reports in the console: what is built, what it says, when the next is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, choose, is_installed, shoot, sign_in
from tests.journeys.center import Center, eventually
from tests.journeys.customers import Caller

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]

REPORT = "daily-queues"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def day(center: Center) -> str:
    """A day with a call in it, of which there is a report."""
    with Caller(center, "+12025550123") as ana:
        ana.told("collect", "listen")
    today = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date().isoformat()
    center.post(f"/v1/reports/{today}", {}, role="finance")

    def look() -> Any:
        runs = center.get(f"/v1/reports/{today}", role="finance")["runs"]
        return [run for run in runs if (run["report"], run["state"]) == (REPORT, "published")]

    eventually(look, "report", seconds=120)
    return today


def test_finance_reads_a_report_as_table_and_as_chart(
    center: Center, playwright: Playwright, day: str
) -> None:
    """From the list to the rows of the file, cell by cell; then one column drawn."""
    with browser_of(playwright, "report", None) as page:
        open_report(center, page, day)
        shown = page.get_by_test_id("report-rows").locator("tbody tr").first
        path = f"/v1/reports/{day}/preview?report={REPORT}"
        first = center.get(path, role="finance")["rows"][0]
        expect(shown.locator("td, th").first).to_have_text(first[0] or "–")
        shoot(page, "report-table")

        page.get_by_role("tab", name="Chart").click()
        expect(page.get_by_test_id("report-metric")).to_contain_text("Contacts")
        expect(page.get_by_test_id("report-chart")).to_be_visible()
        choose(page, "report-metric", "Offered")
        shoot(page, "report-chart")

        page.get_by_role("tab", name="Changed rows").click()
        shoot(page, "report-changes")


def test_a_period_that_was_never_built_is_built_from_its_page(
    center: Center, playwright: Playwright, day: str
) -> None:
    """An empty state that leads on, and the page sees by itself when it is there."""
    with browser_of(playwright, "report-built", None) as page:
        sign_in(center, page, "finance")
        page.goto(f"{center.facts['console']}/#/reports/annual-agents/{day[:4]}")
        page.get_by_test_id("report-build-this").click()
        expect(page.get_by_test_id("report-revisions")).to_contain_text("Published")
        expect(page.get_by_test_id("report-rows")).to_be_visible()
        shoot(page, "report-of-a-year")


def test_finance_sees_when_reports_are_due(
    center: Center, playwright: Playwright, day: str
) -> None:
    """Each with its zone, what is late first."""
    with browser_of(playwright, "schedules", None, is_dark=True) as page:
        sign_in(center, page, "finance")
        page.get_by_role("link", name="When reports are due").click()
        row = page.get_by_role("row").filter(has_text="Queues, by day")
        expect(row).to_contain_text("02:00, America/New_York")
        shoot(page, "report-schedules")


def test_a_day_that_has_not_begun_is_refused_at_its_field(
    center: Center, playwright: Playwright
) -> None:
    """Before anything is sent."""
    with browser_of(playwright, "report-refused", None) as page:
        sign_in(center, page, "finance")
        page.get_by_test_id("report-build").click()
        page.get_by_test_id("report-day").fill("2199-01-01")
        expect(page.get_by_text("This day has not begun.")).to_be_visible()
        expect(page.get_by_test_id("report-build-now")).to_be_disabled()


def test_finance_is_told_why_a_months_rewards_cannot_be_paid_yet(
    center: Center, playwright: Playwright
) -> None:
    """There are no figures of it: nothing is paid, and the page says what is missing."""
    with browser_of(playwright, "rewards", None) as page:
        sign_in(center, page, "finance")
        page.get_by_role("link", name="Rewards", exact=True).click()
        page.get_by_test_id("rewards-month").fill("2024-01")
        expect(page.get_by_text("The rewards of 2024-01 are not paid yet")).to_be_visible()
        shoot(page, "rewards")
        page.get_by_test_id("rewards-pay").click()
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_text("are not final yet")).to_be_visible()


def test_finance_has_reports_and_rewards_and_nothing_else(
    center: Center, playwright: Playwright
) -> None:
    """No customer, no contact, no recording: neither in the menu nor by address."""
    with browser_of(playwright, "finance", None) as page:
        sign_in(center, page, "finance")
        expect(page.get_by_role("link", name="Reports", exact=True)).to_be_visible()
        for entry in ("Live", "Tickets", "Customers", "Contacts", "Flows"):
            expect(page.get_by_role("link", name=entry, exact=True)).to_have_count(0)
        for place in ("customers", "customers/C-ana", "contacts", "tickets"):
            page.goto(f"{center.facts['console']}/#/{place}")
            expect(page.get_by_text("Not for your role")).to_be_visible()


def open_report(center: Center, page: Page, day: str) -> None:
    sign_in(center, page, "finance")
    run = page.locator(f'[data-testid=report-run][data-report="{REPORT}"][data-period="{day}"]')
    run.first.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("report-rows")).to_be_visible()
