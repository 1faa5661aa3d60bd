"""A caller who speaks: the page hears when, the center hears what, and the flow goes there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, is_installed, shoot
from tests.journeys.center import Center, eventually
from tests.spoken import RATE, samples, wav

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def test_a_caller_says_sales_and_is_in_sales(
    center: Center, playwright: Playwright, tmp_path: Path
) -> None:
    """Interrupting the menu, as people do."""
    with browser_of(playwright, "speaker", voice_file(tmp_path, "sales")) as phone:
        contact_id = ring(center, phone)
        phone.get_by_test_id("key-1").click()
        log = phone.get_by_test_id("call-log")
        expect(log).to_contain_text("or say sales")
        expect(phone.get_by_test_id("say-form")).to_be_visible()
        shoot(phone, "customer-listening")
        expect(log).to_contain_text("You said “sales”", timeout=60_000)

        assert "Sales" == queue_of(center, contact_id)
        expect(phone.get_by_test_id("say-form")).to_be_hidden()
        phone.get_by_test_id("call-hangup").click()


def test_who_cannot_speak_here_writes_it(
    center: Center, playwright: Playwright, tmp_path: Path
) -> None:
    with browser_of(playwright, "writer", voice_file(tmp_path)) as phone:
        contact_id = ring(center, phone)
        phone.get_by_test_id("key-1").click()
        phone.get_by_test_id("say-text").fill("my printer is broken", timeout=20_000)
        phone.get_by_test_id("say-text").press("Enter")

        assert "Support" == queue_of(center, contact_id)
        expect(phone.get_by_test_id("call-log")).to_contain_text("my printer is broken")
        phone.get_by_test_id("call-hangup").click()


def ring(center: Center, page: Page) -> str:
    """Rings the center; what the page keeps for a reload says which contact it is."""
    page.goto(f"{center.facts['customer_page']}?raw")
    page.get_by_test_id("call-start").click()
    expect(page.get_by_test_id("call-log")).to_contain_text("English")
    kept: str = page.evaluate("sessionStorage.getItem('trunkline.call')")
    contact_id: str = json.loads(kept)["contactId"]
    return contact_id


def queue_of(center: Center, contact_id: str) -> str:
    queue = eventually(lambda: center.contact(contact_id)["queue"], "a queue")
    name: str = queue["name"]
    return name


def voice_file(folder: Path, text: str = "") -> Path:
    """The word every eight seconds, or nothing; Chromium repeats the file for ever."""
    said: Any = np.frombuffer(samples(text) if text else b"", np.int16)
    quiet = np.random.default_rng(2).normal(0, 30, RATE * 8 - len(said)).astype(np.int16)
    path = folder / "voice.wav"
    path.write_bytes(wav(np.concatenate([quiet, said]).repeat(3).tobytes(), rate=3 * RATE))
    return path
