"""The stock amazon-connect-chatjs, unchanged, holds a whole chat against our participant door."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.journeys.center import PATIENCE, Center
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.journey

CHATJS = "amazon-connect-chatjs@5.0.0"
PAGE = Path(__file__).with_name("chatjs_customer.cjs")


class Page:
    """The customer's page in Node.js: commands in, events and answers out."""

    def __init__(self, node: str, modules: Path) -> None:
        self._process = subprocess.Popen(
            [node, str(PAGE), str(modules)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        Thread(target=self._listen, daemon=True).start()

    def do(self, command: str, **given: object) -> Any:
        """What the library answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **given}) + "\n")
        self._process.stdin.flush()
        line = self._wait_for(lambda line: command in (line.get("done"), line.get("failed")))
        assert "failed" not in line, line["why"]
        return line["data"]

    def hears(self, event: str, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
        """The data of an event of the library, old or new."""
        return self._wait_for(lambda line: line.get("event") == event and wanted(line.get("data")))[
            "data"
        ]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while True:
            for place, line in enumerate(self._kept):
                if wanted(line):
                    return self._kept.pop(place)
            try:
                self._kept.append(self._lines.get(timeout=max(0, deadline - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"it never came; there were {self._kept}") from None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js as the laptop has it."""
    found = ROOT / ".venv" / "bin" / "node"
    known = str(found) if found.exists() else shutil.which("node")
    return known or pytest.skip("there is no Node.js")


@pytest.fixture(scope="module")
def modules(node: str) -> Path:
    """The library from the registry, fetched once and kept."""
    folder = ROOT / ".local" / "chatjs"
    if (folder / "node_modules" / "amazon-connect-chatjs").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    npm = Path(node).with_name("npm")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
    command = [str(npm), "install", *options, "--fetch-timeout=20000", CHATJS]
    environment = {**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"}
    try:
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, timeout=90, env=environment
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"{CHATJS} cannot be fetched: {error}")
    return folder


@pytest.fixture
def page(node: str, modules: Path) -> Iterator[Page]:
    page = Page(node, modules)
    yield page
    page.close()


def test_stock_chatjs_holds_a_whole_chat(center: Center, page: Page) -> None:
    """Connects, reads, types, talks, sees the agent come and type, ends, and hears of the end."""
    started = center.connect().start_chat_contact(
        InstanceId=center.instance_id,
        ContactFlowId=center.flow_id("Main inbound"),
        ParticipantDetails={"DisplayName": "Ana"},
        Attributes={"topic": "support"},
    )
    contact_id = started["ContactId"]
    details = {
        "contactId": contact_id,
        "participantId": started["ParticipantId"],
        "participantToken": started["ParticipantToken"],
    }
    with center.desk("agent") as ben:
        connected = page.do(
            "connect",
            endpoint=center.facts["api"],
            region=center.facts["region"],
            chatDetails=details,
        )
        assert connected["connectSuccess"]
        page.hears("ConnectionEstablished")
        ben.must("status", name="Available")
        ben.accept(contact_id)
        page.hears("Message", lambda item: item["ContentType"].endswith("participant.joined"))

        page.do("type")
        ben.wait_for(lambda f: f["topic"] == "aws/chat" and "typing" in f["content"], "typing")
        said = page.do("say", message="My router blinks red")
        assert said["Id"] == ben.reads(contact_id, "My router blinks red")["Id"]
        ben.must("typing", contactId=contact_id)
        page.hears("Typing", lambda item: item["ParticipantRole"] == "AGENT")
        ben.must("chat", contactId=contact_id, content="Please switch it off and on.")
        heard = page.hears("Message", lambda item: item["ParticipantRole"] == "AGENT")
        assert ("Please switch it off and on.", contact_id, "Ben Okafor") == (
            heard["Content"],
            heard["ContactId"],
            heard["DisplayName"],
        )
        _reads_it_all(page, contact_id)
        page.do("leave")
        page.hears("Ended")
        ben.told("ContactDisconnected", contact_id)
    assert "CUSTOMER_DISCONNECT" == center.contact(contact_id)["disconnectReason"]


def _reads_it_all(page: Page, contact_id: str) -> None:
    transcript = page.do("transcript")
    assert contact_id == transcript["InitialContactId"]
    said = [
        (item["ParticipantRole"], item["Content"])
        for item in transcript["Transcript"]
        if item["Type"] == "MESSAGE"
    ]
    assert "SYSTEM" == said[0][0]
    assert [
        ("CUSTOMER", "My router blinks red"),
        ("AGENT", "Please switch it off and on."),
    ] == said[-2:]
