"""A caller is handed over in the console, and a colleague called: browsers that hear each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

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
from tests.browser.test_call import hears
from tests.browser.test_whisper_and_hold import talk
from tests.journeys.center import Center

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]
MAI_HZ = 660


@pytest.fixture(autouse=True)
def free_desks(center: Center) -> Iterator[None]:
    """Nothing is left on either agent's desk, before and after."""
    _clear(center)
    yield
    _clear(center)


def _clear(center: Center) -> None:
    for role in ("agent", "agent2"):
        desk = center.desk(role)
        desk.wrap_up_all()
        desk.close()


def test_a_caller_is_handed_over_with_the_picker_and_hears_the_next_agent(
    center: Center, tmp_path: Path
) -> None:
    """T, two letters, Enter; the agent has after contact work, and the customer a new voice."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (CALLER_HZ, AGENT_HZ, MAI_HZ)}
    with (
        sync_playwright() as playwright,
        browser_of(playwright, "handing-over", voices[AGENT_HZ]) as desk,
        browser_of(playwright, "taking-over", voices[MAI_HZ]) as next_desk,
        browser_of(playwright, "handed-over", voices[CALLER_HZ]) as phone,
    ):
        talk(center, desk, phone)
        desk.keyboard.press("t")
        picker = desk.get_by_test_id("transfer-picker")
        expect(picker.get_by_test_id("transfer-Mai Tran")).to_contain_text("Not signed in")
        desk.get_by_test_id("transfer-search").fill("bil")
        expect(picker.get_by_test_id("transfer-Mai Tran")).to_have_count(0)
        shoot(desk, "desk-transfer")
        desk.keyboard.press("Enter")

        expect(desk.get_by_test_id("wrap-complete")).to_be_visible()
        sign_in(center, next_desk, "agent2")
        choose(next_desk, "status-select", "Available")
        next_desk.get_by_test_id("offer-accept").click(timeout=20_000)
        hears(phone, "trunkline?.levels", MAI_HZ)
        hears(next_desk, "trunklineCall?.probe", CALLER_HZ)


def test_a_colleague_is_called_and_both_hear_each_other(center: Center, tmp_path: Path) -> None:
    """From the list of who is at work; when one hangs up both desks are empty."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (AGENT_HZ, MAI_HZ)}
    with (
        sync_playwright() as playwright,
        browser_of(playwright, "calling", voices[AGENT_HZ]) as desk,
        browser_of(playwright, "called", voices[MAI_HZ]) as other,
    ):
        for page, role in ((desk, "agent"), (other, "agent2")):
            sign_in(center, page, role)
            choose(page, "status-select", "Available")
        desk.get_by_test_id("call-somebody").click()
        desk.get_by_test_id("call-Mai Tran").click()
        expect(desk.get_by_test_id("colleague-state")).to_have_text("Ringing…")
        shoot(desk, "desk-colleague")
        other.get_by_test_id("offer-accept").click(timeout=15_000)
        expect(desk.get_by_test_id("colleague-state")).to_have_text("Talking")
        hears(other, "trunklineCall?.probe", AGENT_HZ)

        other.get_by_test_id("call-hangup").click()
        for page in (desk, other):
            expect(_idle(page)).to_be_visible()


def _idle(page: Page) -> Locator:
    return page.get_by_text("Ready for the next contact")
