"""A call between two browsers on the deployed center, heard, recorded and wrapped up."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Error, Page, Playwright, expect, sync_playwright

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
from tests.journeys.center import Center, eventually

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]

AUDIBLE, SILENT = -45, -60  # dB


@pytest.fixture(autouse=True)
def free_desk(center: Center) -> Iterator[None]:
    """Nothing is left on the agent's desk, before and after."""
    clear_desk(center)
    yield
    clear_desk(center)


def clear_desk(center: Center) -> None:
    desk = center.desk("agent")
    desk.wrap_up_all()
    desk.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def test_customer_and_agent_talk_and_the_recording_keeps_them_apart(
    center: Center, playwright: Playwright, tmp_path: Path
) -> None:
    """Ring, press 2, wait, accept, hear each other, hang up, wrap up; caller left, agent right."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (CALLER_HZ, AGENT_HZ)}
    with (
        browser_of(playwright, "agent", voices[AGENT_HZ]) as desk,
        browser_of(playwright, "customer", voices[CALLER_HZ]) as phone,
    ):
        sign_in(center, desk, "agent")
        choose(desk, "status-select", "Available")
        ring(center, phone)
        shoot(phone, "customer-menu")
        press_until(phone, desk)
        shoot(desk, "desk-offer")
        desk.get_by_test_id("offer-accept").click()
        expect(phone.get_by_test_id("call-state")).to_contain_text("talk", ignore_case=True)

        hears(phone, "trunkline?.levels", AGENT_HZ)
        hears(desk, "trunklineCall?.probe", CALLER_HZ)
        expect(desk.get_by_test_id("pop-customer")).to_contain_text("Ana Silva")
        shoot(desk, "desk-talking")
        phone.wait_for_timeout(4_000)  # real time: something must be said to be recorded
        contact_id = open_contact(center)
        desk.get_by_test_id("call-hangup").click()
        wrap_up(desk)
        shoot(desk, "desk-after-wrap-up")

        recording_keeps_voices_apart(center, contact_id)
        ticket_shows(center, desk, contact_id)


def test_a_recording_survives_the_death_of_the_agents_tab(
    center: Center, playwright: Playwright, tmp_path: Path
) -> None:
    """The browser is killed in mid-sentence: all but the last 3 seconds are kept, the call ends."""
    voices = {hertz: tone_file(tmp_path, hertz) for hertz in (CALLER_HZ, AGENT_HZ)}
    talked = 10.0
    with browser_of(playwright, "caller-of-killed", voices[CALLER_HZ]) as phone:
        with browser_of(playwright, "killed", voices[AGENT_HZ]) as desk:
            sign_in(center, desk, "agent")
            choose(desk, "status-select", "Available")
            ring(center, phone)
            press_until(phone, desk)
            desk.get_by_test_id("offer-accept").click()
            hears(desk, "trunklineCall?.probe", CALLER_HZ)
            contact_id = open_contact(center)
            desk.wait_for_timeout(talked * 1_000)  # real time: that much is said
            kill(desk)
        phone.get_by_test_id("call-hangup").click()
        expect(phone.get_by_test_id("call-state")).to_contain_text("ended", ignore_case=True)

        def stored() -> Any:
            return center.get(f"/v1/contacts/{contact_id}", role="supervisor")["recordings"]

        recording = eventually(stored, "recording of the killed tab", seconds=60)[0]
        assert recording["seconds"] > talked - 3


def kill(page: Page) -> None:
    """The renderer dies at once: no unload handler, no goodbye."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=2_000)


def ring(center: Center, page: Page) -> None:
    page.goto(f"{center.facts['customer_page']}?raw")
    page.get_by_test_id("call-name").fill("Ana")
    page.get_by_test_id("call-number").fill("(202) 555-0123")
    page.get_by_test_id("call-start").click()
    expect(page.get_by_test_id("call-log")).to_contain_text("English")


def press_until(phone: Page, desk: Page) -> None:
    """1 for English; then 2 for Support, once the menu is there."""
    phone.get_by_test_id("key-1").click()
    expect(phone.get_by_test_id("call-log")).to_contain_text("Support")
    phone.get_by_test_id("key-2").click()
    expect(desk.get_by_test_id("offer")).to_be_visible()


def hears(page: Page, levels: str, hertz: int) -> None:
    """The other one's tone comes through the line, clearly above the floor."""
    page.wait_for_function(
        f"hz => (window.{levels}([hz]) ?? {{}})[hz] > {AUDIBLE}", arg=hertz, timeout=40_000
    )


def wrap_up(desk: Page) -> None:
    choose(desk, "wrap-disposition", "Question answered")
    choose(desk, "wrap-ticket-status", "Resolved")
    desk.get_by_test_id("wrap-subject").fill("Cannot hear the dial tone")
    desk.get_by_test_id("wrap-note").fill("Heard it in the end.")
    shoot(desk, "desk-wrap-up")
    desk.get_by_test_id("wrap-complete").click()
    expect(desk.get_by_test_id("wrap-complete")).to_be_hidden()


def open_contact(center: Center) -> str:
    table = center.aws("dynamodb")
    row = table.get_item(
        TableName=center.facts["tables"]["routing"],
        Key={"pk": {"S": "agent#agent-ben"}, "sk": {"S": "state"}},
        ConsistentRead=True,
    )["Item"]
    slots = json.loads(row["document"]["S"])["slots"]
    contact_id: str = slots[0]["contact_id"]
    return contact_id


def recording_keeps_voices_apart(center: Center, contact_id: str) -> None:
    def stored() -> Any:
        return center.get(f"/v1/contacts/{contact_id}", role="supervisor")["recordings"]

    recording = eventually(stored, "recording")[0]
    s3, bucket = center.aws("s3"), center.facts["buckets"]["recordings"]
    body = s3.get_object(Bucket=bucket, Key=recording["key"])["Body"].read()
    left, right = channels(body)
    assert recording["seconds"] > 4
    assert level(left, CALLER_HZ) > AUDIBLE
    assert level(right, AGENT_HZ) > AUDIBLE
    assert level(left, AGENT_HZ) < SILENT
    assert level(right, CALLER_HZ) < SILENT


def channels(body: bytes) -> Any:
    """The two channels of the middle of the recording, as floats."""
    with av.open(io.BytesIO(body)) as file:
        resampler = av.AudioResampler("fltp", "stereo", 48_000)
        frames = [
            part.to_ndarray()
            for frame in file.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    sound = np.concatenate(frames, axis=1)
    return sound[:, 48_000 : 48_000 * 4]


def level(channel: Any, hertz: int) -> float:
    """dB of the strongest line within 4 Hz of the frequency."""
    window = np.hanning(len(channel))
    spectrum = np.abs(np.fft.rfft(channel * window)) / window.sum() * 2
    frequencies = np.fft.rfftfreq(len(channel), 1 / 48_000)
    near = (frequencies > hertz - 4) & (frequencies < hertz + 4)
    return float(20 * np.log10(spectrum[near].max() + 1e-9))


def ticket_shows(center: Center, desk: Page, contact_id: str) -> None:
    def look() -> Any:
        tickets = center.get("/v1/tickets?status=resolved", role="agent")["tickets"]
        return next((t for t in tickets if contact_id in t["contactIds"]), None)

    eventually(look, "ticket")
    desk.goto(f"{center.facts['console']}/#/tickets")
    choose(desk, "ticket-filter-status", "Resolved")
    expect(desk.get_by_text("Cannot hear the dial tone").first).to_be_visible()
    shoot(desk, "tickets")
