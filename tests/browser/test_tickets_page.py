"""Agents and supervisors find tickets in the console, keep filters, and move several at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, choose, is_installed, shoot, sign_in
from tests.journeys.center import Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def mark() -> str:
    """A word that only the tickets of one test have."""
    return f"mark{uuid4().hex[:8]}"


def test_several_tickets_are_moved_and_each_says_what_became_of_it(
    center: Center, playwright: Playwright, mark: str
) -> None:
    """One moves, one was changed by somebody else meanwhile; nothing is overwritten unseen."""
    made = [ticket(center, f"{mark} {n}") for n in range(2)]
    with browser_of(playwright, "tickets", None) as page:
        open_tickets(center, page, "supervisor")
        find(page, mark)
        for each in made:
            page.get_by_role("checkbox", name=f"Select {each['ticketId']}").check(force=True)
        change(center, made[1], subject=f"{mark} theirs")

        page.get_by_test_id("ticket-move").click()
        choose(page, "bulk-status", "Resolved")
        shoot(page, "tickets-move")
        page.get_by_test_id("bulk-now").click()
        said = page.get_by_test_id("bulk-outcomes")
        expect(said).to_contain_text("Moved, version 2")
        expect(said).to_contain_text("you saw version 1, it is at 2 now")
        shoot(page, "tickets-moved")
        page.get_by_test_id("bulk-now").click()

        expect(rows(page)).to_have_count(1)
        assert "resolved" == status(center, made[0])
        assert "open" == status(center, made[1])


def test_a_filter_is_saved_found_again_and_deleted(
    center: Center, playwright: Playwright, mark: str
) -> None:
    """Also after the page was loaded anew."""
    ticket(center, mark)
    with browser_of(playwright, "tickets-filters", None) as page:
        open_tickets(center, page, "agent")
        find(page, mark)
        page.get_by_test_id("ticket-filter-save").click()
        page.get_by_test_id("ticket-filter-name").fill("Those of the test")
        page.get_by_test_id("ticket-filter-save-now").click()
        page.reload()

        choose(page, "ticket-filter-named", "Those of the test")
        expect(rows(page)).to_have_count(1)
        shoot(page, "tickets-filter")
        page.get_by_test_id("ticket-filter-delete").click()
        expect(page.get_by_test_id("ticket-filter-save")).to_be_visible()


def test_follow_ups_stand_in_the_order_in_which_they_are_due(
    center: Center, playwright: Playwright, mark: str
) -> None:
    """With what is left of the time."""
    for subject, minutes in ((f"{mark} later", 300), (f"{mark} soon", 20)):
        due_at = datetime.now(UTC) + timedelta(minutes=minutes)
        ticket(center, subject, status="follow-up", owner="ben", dueAt=due_at.isoformat())
    with browser_of(playwright, "tickets-due", None, is_dark=True) as page:
        open_tickets(center, page, "agent")
        choose(page, "ticket-filter-named", "Follow-ups due")
        find(page, mark)
        expect(rows(page)).to_have_text([f"{mark} soon", f"{mark} later"])
        expect(page.get_by_text("In 4 h").or_(page.get_by_text("In 5 h"))).to_be_visible()
        shoot(page, "tickets-due")


def test_the_list_is_walked_by_keyboard(center: Center, playwright: Playwright, mark: str) -> None:
    """To a ticket without a mouse."""
    made = ticket(center, mark)
    with browser_of(playwright, "tickets-keys", None) as page:
        open_tickets(center, page, "agent")
        find(page, mark)
        rows(page).first.get_by_role("link").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Ticket {made['ticketId']}")).to_be_visible()


def open_tickets(center: Center, page: Page, role: str) -> None:
    sign_in(center, page, role)
    page.get_by_role("link", name="Tickets").first.click()
    expect(page.get_by_test_id("ticket-filter-named")).to_be_visible()


def find(page: Page, text: str) -> None:
    page.get_by_label("Find", exact=True).fill(text)


def rows(page: Page) -> Locator:
    return page.get_by_test_id("ticket-row")


def ticket(center: Center, subject: str, **fields: object) -> dict[str, Any]:
    made: dict[str, Any] = center.post("/v1/tickets", {"subject": subject, **fields}, role="agent")
    return made


def change(center: Center, known: dict[str, Any], **fields: object) -> None:
    path, body = f"/v1/tickets/{known['ticketId']}", {"version": known["version"], **fields}
    assert 200 == center.request("PATCH", path, body, role="agent")[0]


def status(center: Center, known: dict[str, Any]) -> str:
    found: str = center.get(f"/v1/tickets/{known['ticketId']}", role="agent")["status"]
    return found
