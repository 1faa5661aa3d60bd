"""Whispers before the talk, on hold and back: two browsers on the deployed center."""

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
from tests.journeys.test_hooks_journey import entry, saying
from tests.journeys.workshop import Workshop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


KEY = "/v1/menus/main/2"


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
        expect(phone.get_by_test_id("call-state")).to_have_text("On hold")
        expect(desk.get_by_test_id("call-state")).to_have_text("The customer is on hold")
        hears_no(phone, "trunkline?.levels", AGENT_HZ)
        hears_no(desk, "trunklineCall?.probe", CALLER_HZ)
        shoot(desk, "desk-hold")
        shoot(phone, "customer-hold")

        desk.keyboard.press("h")
        expect(phone.get_by_test_id("call-state")).to_contain_text("Talking")
        hears(phone, "trunkline?.levels", AGENT_HZ)
        hears(desk, "trunklineCall?.probe", CALLER_HZ)


@pytest.fixture
def whispers(center: Center) -> Iterator[None]:
    """A flow with a whisper for each of the two, behind key 2."""
    with Workshop(center) as workshop:
        to_customer = workshop.create("CW", saying("Ben will help."), Type="CUSTOMER_WHISPER")
        to_agent = workshop.create("AW", saying("From the shop."), Type="AGENT_WHISPER")
        made = workshop.create("In", entry(CustomerWhisper=to_customer, AgentWhisper=to_agent))
        target = f"flow:{workshop.describe(made)['Name']}"
        assert center.request("PUT", KEY, {"target": target}, role="admin")[0] == 200
        yield
        center.request("PUT", KEY, {"target": "queue:Support"}, role="admin")


@pytest.mark.usefixtures("whispers")
def test_each_hears_a_whisper_before_they_hear_each_other(center: Center, tmp_path: Path) -> None:
    """The agent learns where the call comes from, the customer who will answer; then they talk."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (CALLER_HZ, AGENT_HZ)}
    with (
        sync_playwright() as playwright,
        browser_of(playwright, "whispered", voices[AGENT_HZ]) as desk,
        browser_of(playwright, "whispered-caller", voices[CALLER_HZ]) as phone,
    ):
        answer(center, desk, phone)
        expect(desk.get_by_test_id("whisper")).to_contain_text("From the shop.")
        shoot(desk, "desk-whisper")

        hears(phone, "trunkline?.levels", AGENT_HZ)
        expect(phone.get_by_test_id("call-log")).to_contain_text("Ben will help.")


def talk(center: Center, desk: Page, phone: Page) -> None:
    """Until both hear each other."""
    answer(center, desk, phone)
    hears(phone, "trunkline?.levels", AGENT_HZ)
    hears(desk, "trunklineCall?.probe", CALLER_HZ)


def answer(center: Center, desk: Page, phone: Page) -> None:
    sign_in(center, desk, "agent")
    choose(desk, "status-select", "Available")
    ring(center, phone)
    press_until(phone, desk)
    desk.get_by_test_id("offer-accept").click()


def hears_no(page: Page, levels: str, hertz: int) -> None:
    """Music may play on other tones; this one is gone."""
    page.wait_for_function(
        f"hz => (window.{levels}([hz]) ?? {{}})[hz] < {SILENT}", arg=hertz, timeout=20_000
    )
