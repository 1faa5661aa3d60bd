"""Customers in the console: found by whatever is known, made one, taken apart, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from random import randint
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, is_installed, shoot, sign_in
from tests.journeys.center import Center, eventually
from tests.journeys.customers import Caller

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def test_an_agent_finds_a_customer_by_number_in_any_spelling(
    center: Center, playwright: Playwright
) -> None:
    """With the contacts, the tickets and the recordings that are there."""
    with browser_of(playwright, "customer", None) as page:
        open_customers(center, page, "agent")
        search(page, "(202) 555-0123")
        expect(page.get_by_test_id("customer-match")).to_contain_text("Ana Silva")
        expect(page.get_by_test_id("customer-match")).to_contain_text("Found by number")
        shoot(page, "customers-found")

        page.get_by_role("link", name="Open C-ana").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("customer-name")).to_have_text("Ana Silva")
        expect(
            page.get_by_test_id("customer-history").get_by_role("listitem").first
        ).to_be_visible()
        expect(
            page.get_by_test_id("customer-tickets").get_by_role("listitem").first
        ).to_be_visible()
        expect(page.get_by_text("One person")).to_have_count(0)
        shoot(page, "customer")


def test_two_who_share_a_number_are_both_shown_and_none_is_chosen(
    center: Center, playwright: Playwright
) -> None:
    """Who it is, the agent asks."""
    with browser_of(playwright, "customers-shared", None, is_dark=True) as page:
        open_customers(center, page, "agent")
        search(page, "+12025550140")
        expect(page.get_by_text("2 customers fit")).to_be_visible()
        expect(page.get_by_test_id("customer-match")).to_have_count(2)
        shoot(page, "customers-ambiguous")


def test_a_supervisor_merges_two_and_takes_them_apart(
    center: Center, playwright: Playwright
) -> None:
    """After it was shown what that makes; one click takes it back."""
    first, second = stranger(center, "Merge First"), stranger(center, "Merge Second")
    with browser_of(playwright, "customers-merge", None) as page:
        sign_in(center, page, "supervisor")
        page.goto(f"{center.facts['console']}/#/customers/{first['customerId']}")
        search(page, second["phones"][0])
        page.get_by_test_id(f"merge-{second['customerId']}").click()
        expect(page.get_by_test_id("merge-gained")).to_contain_text(second["phones"][0])
        shoot(page, "customers-merge")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("merge-done")).to_be_visible()
        assert [second["customerId"]] == read(center, first)["absorbed"]

        page.get_by_test_id("merge-undo").click()
        expect(page.get_by_text("is a customer alone again")).to_be_visible()
        assert [] == read(center, first)["absorbed"]
        assert second["phones"] == read(center, second)["phones"]


def test_an_admin_has_a_customer_forgotten_and_sees_how_far_it_is(
    center: Center, playwright: Playwright
) -> None:
    """By the id alone: an admin reads no customers."""
    customer = stranger(center, "Forget Me")
    with browser_of(playwright, "customers-erase", None) as page:
        open_customers(center, page, "admin")
        search(page, customer["customerId"])
        page.get_by_test_id("erase").click()
        expect(page.get_by_test_id("confirm-now")).to_be_disabled()
        page.get_by_test_id("confirm").get_by_role("checkbox").check(force=True)
        shoot(page, "customers-erase")
        page.get_by_test_id("confirm-now").click()

        expect(page.get_by_test_id("erasure-state")).to_contain_text("Erased.")
        shoot(page, "customers-erased")
        assert "" == read(center, customer)["name"]


def open_customers(center: Center, page: Page, role: str) -> None:
    sign_in(center, page, role)
    page.get_by_role("link", name="Customers").first.click()
    expect(page.get_by_test_id("customer-search")).to_be_visible()


def search(page: Page, text: str) -> None:
    page.get_by_test_id("customer-search").fill(text)
    page.get_by_test_id("customer-search-now").click()


def stranger(center: Center, name: str) -> dict[str, Any]:
    """Somebody whose first call makes a customer."""
    number = f"+1202555{randint(2000, 9999)}"
    with Caller(center, number, name=name) as caller:
        caller.told("collect", "listen")

    def look() -> Any:
        path = f"/v1/customers?phone=%2B{number[1:]}"
        return center.get(path, role="supervisor")["customers"]

    known: dict[str, Any] = eventually(look, "customer")[0]
    return known


def read(center: Center, customer: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/customers/{customer['customerId']}"
    found: dict[str, Any] = center.get(path, role="supervisor")["customer"]
    return found
