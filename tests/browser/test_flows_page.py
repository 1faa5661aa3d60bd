"""An admin works on a flow in the console: draft, problems, publishing, versions, canary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.stage import browser_of, choose, is_installed, shoot, sign_in
from tests.journeys.center import Center, eventually

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Debian's chromium is not installed"),
]


def content(text: str, leads_to: str = "Goodbye") -> str:
    """A flow that says something and ends."""
    greeting = {
        "Identifier": "Greeting",
        "Type": "MessageParticipant",
        "Parameters": {"Text": text},
        "Transitions": {
            "NextAction": leads_to,
            "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Goodbye"}],
        },
    }
    goodbye = {
        "Identifier": "Goodbye",
        "Type": "DisconnectParticipant",
        "Parameters": {},
        "Transitions": {},
    }
    document = {
        "Version": "2019-10-30",
        "StartAction": "Greeting",
        "Metadata": {},
        "Actions": [greeting, goodbye],
    }
    return json.dumps(document, indent=2)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def flow(center: Center) -> Iterator[dict[str, Any]]:
    """A flow of the test's own, published once."""
    connect, name = center.connect(), f"Browser {uuid4().hex[:8]}"
    made = connect.create_contact_flow(
        InstanceId=center.instance_id, Name=name, Type="CONTACT_FLOW", Content=content("Hello")
    )
    yield {"name": name, "id": made["ContactFlowId"]}
    connect.delete_contact_flow(InstanceId=center.instance_id, ContactFlowId=made["ContactFlowId"])


def test_an_admin_drafts_publishes_and_rolls_back(
    center: Center, playwright: Playwright, flow: dict[str, Any]
) -> None:
    """Find it, see it, break it, be told where, mend it, publish it, and go back."""
    with browser_of(playwright, "flows", None) as page:
        open_flow(center, page, flow["name"])
        expect(page.get_by_test_id("flow-picture")).to_contain_text("Greeting")
        shoot(page, "flow-picture")

        write(page, content("Hello", leads_to="Nowhere"))
        page.get_by_test_id("flow-save").click()
        expect(page.get_by_test_id("flow-findings")).to_contain_text("Actions[0]")
        page.get_by_test_id("flow-findings").get_by_role("button").first.click()
        shoot(page, "flow-problem")

        write(page, content("Welcome"))
        publish(page, "Friendlier")
        expect(page.get_by_test_id("flow-live")).to_have_text("Version 2 is live")

        roll_back(page, 1)
        expect(page.get_by_test_id("flow-live")).to_have_text("Version 1 is live")
        assert live(center, flow) == 1


def test_of_two_admins_the_second_sees_what_the_first_published(
    center: Center, playwright: Playwright, flow: dict[str, Any]
) -> None:
    """Nobody's work is overwritten unseen; who insists may publish over it."""
    with browser_of(playwright, "flows-conflict", None) as page:
        open_flow(center, page, flow["name"])
        write(page, content("Mine"))
        body = {"content": content("Theirs"), "basedOn": 1, "note": "Easter"}
        center.post(f"/v1/flows/{flow['id']}/publish", body, role="admin")

        publish(page, "")
        expect(page.get_by_test_id("publish-conflict")).to_contain_text("Easter")
        expect(page.get_by_test_id("publish-conflict")).to_contain_text("Theirs")
        shoot(page, "flow-conflict")
        page.get_by_test_id("publish-now").click()

        expect(page.get_by_test_id("flow-live")).to_have_text("Version 3 is live")


def test_a_canary_is_started_watched_and_ended(
    center: Center, playwright: Playwright, flow: dict[str, Any]
) -> None:
    """Some of the new contacts get another version; both are counted side by side."""
    body = {"content": content("Trial"), "basedOn": 1, "isLive": False}
    center.post(f"/v1/flows/{flow['id']}/publish", body, role="admin")
    with browser_of(playwright, "flows-canary", None, is_dark=True) as page:
        open_flow(center, page, flow["name"])
        page.get_by_role("tab", name="Canary").click()
        choose(page, "canary-version", "Version 2")
        page.get_by_test_id("canary-percent").fill("25")
        page.get_by_test_id("canary-start").click()
        expect(page.get_by_test_id("canary-counts")).to_contain_text("Canary")
        expect(page.get_by_text("25 % of new contacts get version 2")).to_be_visible()
        shoot(page, "flow-canary")

        page.get_by_test_id("canary-end").click()
        expect(page.get_by_test_id("canary-start")).to_be_visible()


def test_an_export_of_before_2019_is_imported_and_drawn(
    center: Center, playwright: Playwright, flow: dict[str, Any], tmp_path: Path
) -> None:
    """Old exports are flows like others: seen before they are saved, and saved as they are."""
    old = {
        "version": "1",
        "type": "contactFlow",
        "start": "say",
        "modules": [
            {
                "id": "say",
                "type": "PlayPrompt",
                "parameters": [{"name": "Text", "value": "An old hello", "namespace": None}],
                "branches": [{"condition": "Success", "transition": "end"}],
                "metadata": {"position": {"x": 100, "y": 40}},
            },
            {
                "id": "end",
                "type": "Disconnect",
                "parameters": [],
                "branches": [],
                "metadata": {"position": {"x": 400, "y": 40}},
            },
        ],
    }
    file = tmp_path / "old.json"
    file.write_text(json.dumps(old))
    with browser_of(playwright, "flows-import", None) as page:
        open_flow(center, page, flow["name"])
        page.get_by_test_id("flow-file").set_input_files(file)
        expect(page.get_by_test_id("flow-picture")).to_contain_text("An old hello")
        publish(page, "From the old center")

        expect(page.get_by_test_id("flow-live")).to_have_text("Version 2 is live")


def open_flow(center: Center, page: Page, name: str) -> None:
    sign_in(center, page, "admin")
    page.goto(f"{center.facts['console']}/#/flows")
    page.get_by_placeholder("Find by name, type, description or tag").fill(name)
    expect(page.get_by_test_id("flow-row")).to_have_count(1)
    shoot(page, "flow-list")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_test_id("flow-publish")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("button", name="Text", exact=True).click()
    page.get_by_test_id("flow-text").fill(text)


def publish(page: Page, note: str) -> None:
    page.get_by_test_id("flow-publish").click()
    expect(page.get_by_test_id("publish-dialog").get_by_test_id("flow-changes")).to_be_visible()
    page.get_by_test_id("publish-note").fill(note)
    shoot(page, "flow-publish")
    page.get_by_test_id("publish-now").click()


def roll_back(page: Page, version: int) -> None:
    page.get_by_role("tab", name="Versions").click()
    page.get_by_test_id(f"roll-back-{version}").click()
    shoot(page, "flow-roll-back")
    page.get_by_test_id("roll-back-now").click()


def live(center: Center, flow: dict[str, Any]) -> int:
    """What new contacts get, within the five seconds that a rollback may take."""

    def look() -> Any:
        version = center.get(f"/v1/flows/{flow['id']}", role="admin")["liveVersion"]
        return version if version == 1 else None

    return int(eventually(look, "rollback", seconds=5))


def test_an_admin_sets_up_how_contacts_end(center: Center, playwright: Playwright) -> None:
    """An outcome of its own, and what the desk says before a contact is closed; agents get both."""
    label = f"Refund promised {uuid4().hex[:6]}"
    with browser_of(playwright, "outcomes", None) as page:
        sign_in(center, page, "admin")
        page.goto(f"{center.facts['console']}#/outcomes")
        page.get_by_test_id("outcome-new").click()
        page.get_by_test_id("outcome-label").fill(label)
        shoot(page, "outcome-new")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("outcome").filter(has_text=label)).to_be_visible()

        page.get_by_role("button", name="Change Sales").click()
        page.get_by_test_id("queue-script").fill("Thank them, and name the next step.")
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_text("Thank them, and name the next step.")).to_be_visible()
        shoot(page, "outcomes")

        desk = eventually(lambda: desk_with(center, label), "the outcome at a desk")
        scripts = {queue["name"]: queue["closingScript"] for queue in desk["queues"]}
        assert scripts["Sales"] == "Thank them, and name the next step."

        page.get_by_role("button", name=f"Withdraw {label}").click()
        page.get_by_test_id("confirm-now").click()
        expect(page.get_by_test_id("outcome").filter(has_text=label)).to_have_count(0)


def desk_with(center: Center, label: str) -> Any:
    """What an agent's desk is set up with, once it has this outcome: workers remember for
    seconds."""
    agent = center.get("/v1/me", role="agent")["agent"]
    labels = [each["label"] for each in agent["dispositions"]]
    return agent["routingProfile"] if label in labels else None
