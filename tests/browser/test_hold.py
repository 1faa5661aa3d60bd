"""On hold and back, between two browsers on the deployed center."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.stage import (
    AGENT_HZ,
    CALLER_HZ,
    browser_of,
    choose,
    is_installed,
    shoot,
    sign_in,
    tone_file,
)
from tests.browser.test_call import SILENT, clear_desk, hears, press_until, ring
from tests.journeys.center import Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(autouse=True)
def free_desk(center: Center) -> Iterator[None]:
    """Nothing is left on the agent's desk, before and after."""
    clear_desk(center)
    yield
    clear_desk(center)


def test_a_customer_on_hold_hears_music_and_not_the_agent_who_takes_the_talk_up_again(
    center: Center, tmp_path: Path
) -> None:
    """One key puts the customer aside and back; the line between them stays open."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (CALLER_HZ, AGENT_HZ)}
    with (
        sync_playwright() as playwright,
        browser_of(playwright, "holding", voices[AGENT_HZ]) as desk,
        browser_of(playwright, "held", voices[CALLER_HZ]) as phone,
    ):
        talk(center, desk, phone)
        desk.keyboard.press("h")
        expect(phone.get_by_test_id("call-state")).to_have_text("On hold", timeout=15_000)
        expect(desk.get_by_test_id("call-state")).to_have_text("The customer is on hold")
        hears_no(phone, "trunkline?.levels", AGENT_HZ)
        hears_no(desk, "trunklineCall?.probe", CALLER_HZ)
        shoot(desk, "desk-hold")
        shoot(phone, "customer-hold")

        desk.keyboard.press("h")
        expect(phone.get_by_test_id("call-state")).to_contain_text("Talking", timeout=15_000)
        hears(phone, "trunkline?.levels", AGENT_HZ)
        hears(desk, "trunklineCall?.probe", CALLER_HZ)


def talk(center: Center, desk: Page, phone: Page) -> None:
    """Until both hear each other."""
    sign_in(center, desk, "agent")
    choose(desk, "status-select", "Available")
    ring(center, phone)
    press_until(phone, desk)
    desk.get_by_test_id("offer-accept").click()
    hears(phone, "trunkline?.levels", AGENT_HZ)
    hears(desk, "trunklineCall?.probe", CALLER_HZ)


def hears_no(page: Page, levels: str, hertz: int) -> None:
    """Music may play on other tones; this one is gone."""
    page.wait_for_function(
        f"hz => (window.{levels}([hz]) ?? {{}})[hz] < {SILENT}", arg=hertz, timeout=20_000
    )
