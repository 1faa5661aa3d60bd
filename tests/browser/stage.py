"""Browsers with voices: a headless Chromium per person, each with its own tone as a microphone."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright, expect

from tests.journeys.center import Center

CALLER_HZ, AGENT_HZ = 440, 880
ARTEFACTS = Path(__file__).parents[1] / "artefacts"
_CHROMIUM = "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]


def is_installed() -> bool:
    return Path(_CHROMIUM).exists()


@contextmanager
def browser_of(
    playwright: Playwright, name: str, tone: Path | None, *, is_dark: bool = False
) -> Iterator[Page]:
    """A page of its own browser; a screenshot of its last state is kept."""
    flags = [*_FLAGS, *([f"--use-file-for-fake-audio-capture={tone}"] if tone else [])]
    browser = playwright.chromium.launch(executable_path=_CHROMIUM, headless=True, args=flags)
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="dark" if is_dark else "light"
    )
    page = context.new_page()
    try:
        yield page
    finally:
        with suppress(Error):  # a crashed page has no picture
            shoot(page, f"{name}-last")
        browser.close()


def sign_in(center: Center, page: Page, role: str) -> None:
    """The console, opened by the role's demo user."""
    user = center.facts["users"][role]
    page.goto(f"{center.facts['console']}/?raw")
    page.get_by_test_id("sign-in-username").fill(user["username"])
    page.get_by_test_id("sign-in-password").fill(user["password"])
    shoot(page, "sign-in")
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def choose(page: Page, test_id: str, option: str) -> None:
    """One option of a selection."""
    page.get_by_test_id(test_id).get_by_role("button").first.click()
    page.get_by_role("option", name=option).first.click()


def shoot(page: Page, name: str) -> None:
    """Keeps a picture of the page among the test's artefacts."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


def tone_file(folder: Path, hertz: int) -> Path:
    """Ten seconds of a sine, which Chromium repeats for ever."""
    path = folder / f"{hertz}.wav"
    rate = 48_000
    samples = (int(12_000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate * 10))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path
