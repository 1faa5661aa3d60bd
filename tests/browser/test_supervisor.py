"""A supervisor watches the center in the console, and looks after agents and customers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, choose, is_installed, shoot, sign_in
from tests.browser.test_call import clear_desk
from tests.journeys.center import Center
from tests.journeys.customers import Caller
from tests.journeys.numbers import NO_ANSWER, called_now

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]

ANA = "+12025550123"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(autouse=True)
def free_desk(center: Center) -> Iterator[None]:
    """Nothing is left on the agent's desk, before and after."""
    clear_desk(center)
    yield
    clear_desk(center)


def test_who_waits_is_seen_and_moved_to_another_queue_and_back(
    center: Center, playwright: Playwright
) -> None:
    """From the whole center to one line, by keyboard; one click takes the move back."""
    with (
        browser_of(playwright, "supervisor", None) as page,
        Caller(center, ANA, name="Ana Souza") as ana,
    ):
        ana.asks_for_support()
        ana.hears_the_queue()
        sign_in(center, page, "supervisor")
        expect(line(page, "support")).to_contain_text("1 of 5")
        expect(line(page, "support")).to_contain_text("Nobody is there")
        last = page.get_by_role("columnheader", name="After contact work")
        expect(last).to_be_in_viewport(ratio=0.9)  # nothing is cut off on a usual screen
        shoot(page, "live-waiting")

        line(page, "support").get_by_role("link").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("line-contact")).to_contain_text("Ana Souza")
        shoot(page, "line")

        page.get_by_role("button", name="Move Ana Souza").click()
        choose(page, "move-target", "Sales")
        shoot(page, "line-move")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("live-notices")).to_contain_text("waits in Sales")
        assert "Sales" == queue_of(center, ana)
        expect(page.get_by_text("Nobody waits here")).to_be_visible()
        shoot(page, "line-moved")

        page.get_by_test_id("note-undo").click()
        expect(page.get_by_test_id("line-contact")).to_contain_text("Ana Souza")
        assert "Support" == queue_of(center, ana)


def test_an_agents_status_is_set_and_the_desk_says_by_whom(
    center: Center, playwright: Playwright
) -> None:
    """Only after it was said what it will do."""
    with (
        browser_of(playwright, "set-desk", None) as desk,
        browser_of(playwright, "set-supervisor", None, is_dark=True) as page,
    ):
        sign_in(center, desk, "agent")
        choose(desk, "status-select", "Available")
        sign_in(center, page, "supervisor")
        expect(agent(page, "Ben Okafor")).to_contain_text("Available")

        page.get_by_role("button", name="Set the status of Ben Okafor").click()
        page.get_by_role("menuitem", name="Break").click()
        expect(page.get_by_test_id("confirm")).to_contain_text("Set Ben Okafor to Break?")
        expect(page.get_by_test_id("confirm")).to_contain_text("Nothing is offered from now on")
        shoot(page, "live-set-status")
        page.get_by_test_id("confirm-now").click()

        expect(page.get_by_test_id("live-notices")).to_contain_text("is set to Break")
        expect(agent(page, "Ben Okafor")).to_contain_text("Break")
        expect(desk.get_by_test_id("status-select")).to_contain_text("Break")
        expect(desk.get_by_text("sofia set your status to Break")).to_be_visible()
        shoot(page, "live-dark")
        shoot(desk, "desk-status-set")


def test_a_contact_is_moved_to_an_agent_and_rings_there(
    center: Center, playwright: Playwright
) -> None:
    """Ben is on a break: it waits for him alone, until he is back."""
    with (
        browser_of(playwright, "to-agent", None) as page,
        center.desk("agent") as ben,
        Caller(center, ANA, name="Ana Souza") as ana,
    ):
        ben.must("status", name="Break")
        ana.asks_for_support()
        ana.hears_the_queue()
        sign_in(center, page, "supervisor")
        line(page, "support").get_by_role("link").click()
        page.get_by_role("button", name="Move Ana Souza").click()
        page.get_by_role("radio", name="To one agent").check()
        choose(page, "move-target", "Ben Okafor")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("live-notices")).to_contain_text("waits for Ben Okafor")

        ben.must("status", name="Available")
        assert ana.contact_id == ben.offered(ana.contact_id)["contactId"]


def test_a_call_back_is_listed_and_cancelled(center: Center, playwright: Playwright) -> None:
    """And is never dialled."""
    number = called_now(NO_ANSWER)
    with browser_of(playwright, "callbacks", None) as page:
        promise(center, number)
        sign_in(center, page, "supervisor")
        page.get_by_role("link", name="Callbacks").click()
        row = page.get_by_role("row").filter(has_text=number)
        expect(row).to_contain_text("Support")
        cancel = row.get_by_role("button", name=f"Cancel the callback to {number}")
        expect(cancel).to_be_in_viewport(ratio=1)
        shoot(page, "callbacks")

        cancel.click()
        shoot(page, "callbacks-cancel")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("live-notices")).to_contain_text("is cancelled")
        expect(row).to_have_count(0)
        assert [] == center.get("/v1/callbacks", role="supervisor")["callbacks"]


def promise(center: Center, number: str) -> None:
    """A caller in line would rather be called back, and hangs up."""
    with Caller(center, number, name="Ana Souza") as ana:
        ana.asks_for_support()
        ana.presses("1")
        ana.say("played", wait=ana.told("drain")["wait"])
        ana.told("end")


def line(page: Page, queue: str) -> Locator:
    """The row of a queue's calls."""
    name = page.locator(f'[data-testid=live-queue][data-queue="{queue}"][data-channel="VOICE"]')
    return page.get_by_role("row").filter(has=name)


def agent(page: Page, name: str) -> Locator:
    here = page.get_by_test_id("live-agent").filter(has_text=name)
    return page.get_by_role("row").filter(has=here)


def queue_of(center: Center, ana: Caller) -> str:
    name: str = center.contact(ana.contact_id)["queue"]["name"]
    return name
