"""From a file to a center, to some of its contacts, and back: on the deployed artifact."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.center import Center, eventually
from tests.journeys.workshop import block, document, leads_to, says

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]


def a_flow(name: str, queue: str) -> str:
    """Chooses a queue, and says goodbye all the same; a queue that is not there is an error."""
    flow = json.loads(document(block("Choose", "UpdateContactTargetQueue", "End", QueueId=queue)))
    return json.dumps({**flow, "Metadata": {"name": name, "type": "CONTACT_FLOW"}})


class Tools:
    """`python -m flows` against the deployed center, with the center's own keys."""

    def __init__(self, center: Center) -> None:
        facts = center.facts
        self._center = ["--endpoint-url", facts["api"], "--region", facts["region"]]
        self._environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": facts["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": facts["secret_access_key"],
        }

    def run(self, *arguments: str) -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "-m", "flows", *arguments, *self._center],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def tools(center: Center) -> Tools:
    return Tools(center)


@pytest.fixture
def flow(center: Center, tools: Tools, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """A flow of this test's own, promoted from a file: its name, its id, its file."""
    name = f"Promoted {uuid4()}"
    path = tmp_path / "promoted.json"
    path.write_text(a_flow(name, "queue:Sales"))
    code, said = tools.run("promote", str(path), "--instance-id", center.instance_id)
    assert (0, f"{name}: new\n0 changed, 1 new, 0 unchanged\n") == (code, said)
    flow_id = center.flow_id(name)
    yield name, flow_id, path
    center.connect().delete_contact_flow(InstanceId=center.instance_id, ContactFlowId=flow_id)


def chat(center: Center, flow_id: str) -> str:
    """A customer writes, and the flow says goodbye at once."""
    started = center.connect().start_chat_contact(
        InstanceId=center.instance_id,
        ContactFlowId=flow_id,
        ParticipantDetails={"DisplayName": "Ana"},
    )
    contact_id: str = started["ContactId"]
    return contact_id


def started(center: Center, contact_id: str) -> dict[str, Any]:
    return center.explain(contact_id, "FlowStarted")[0]


def test_promoting_twice_changes_nothing_and_a_wrong_name_writes_nothing(
    center: Center, tools: Tools, flow: tuple[str, str, Path]
) -> None:
    """Names are looked up in the center itself."""
    name, flow_id, path = flow
    promote = ("promote", str(path), "--instance-id", center.instance_id)

    assert (0, "0 changed, 1 unchanged\n") == tools.run(*promote)
    path.write_text(a_flow(name, "queue:Vietnamse"))
    code, said = tools.run(*promote)
    assert (1, f"{name}: there is no queue:Vietnamse\nnothing was written\n") == (code, said)
    path.write_text(a_flow(name, "queue:Support"))
    code, said = tools.run(*promote, "--dry-run")
    assert (0, True) == (code, "queue: Choose: QueueId:" in said)
    assert 1 == center.get(f"/v1/flows/{flow_id}", role="admin")["liveVersion"]


def test_a_canary_that_fails_is_taken_back_and_says_why(
    center: Center, tools: Tools, flow: tuple[str, str, Path]
) -> None:
    """A share of the new contacts get a version that leads nowhere; then nobody does."""
    _, flow_id, path = flow
    made = center.post(
        f"/v1/flows/{flow_id}/publish",
        {"content": leads_to("$.Attributes.nowhere"), "basedOn": 1, "isLive": False},
        role="admin",
    )
    assert (2, 1) == (made["version"], made["flow"]["liveVersion"])
    terms = {"version": 2, "percent": 50, "minimumContacts": 3}
    assert 200 == center.request("PUT", f"/v1/flows/{flow_id}/canary", terms, role="admin")[0]

    contacts: list[str] = []

    def is_over() -> Any:
        contacts.append(chat(center, flow_id))
        standing = center.get(f"/v1/flows/{flow_id}/canary", role="supervisor")
        return standing["canary"]["end"] and standing

    standing = eventually(is_over, "end of the canary")

    end = standing["canary"]["end"]
    assert ("FAILED", None, False) == (end["outcome"], end["by"], standing["isRunning"])
    assert "contacts of version 2 ran into an error within 300 s" in end["why"]
    eventually(
        lambda: all(started(center, chat(center, flow_id))["flowVersion"] == 1 for _ in range(5)),
        "rest on the live version",
    )
    contacts.append(chat(center, flow_id))  # before the end each has tossed a coin
    chosen = {(s["flowVersion"], s["chosen"]) for s in (started(center, c) for c in contacts)}
    assert {(1, "live"), (2, "canary")} == chosen
    listed = center.get(f"/v1/flows/{flow_id}", role="admin")
    assert end == listed["canary"]["end"]
    code, said = tools.run("replay", str(path), "--last", "1000")
    assert (0, True) == (code, ": 0 end elsewhere" in said), said


def test_a_canary_is_promoted_to_everybody(center: Center, flow: tuple[str, str, Path]) -> None:
    _, flow_id, _ = flow
    canary = f"/v1/flows/{flow_id}/canary"
    new = {"content": says("Goodbye"), "basedOn": 1, "isLive": False}
    center.post(f"/v1/flows/{flow_id}/publish", new, role="admin")
    center.request("PUT", canary, {"version": 2, "percent": 1}, role="admin")

    promoted = center.post(f"{canary}/promote", {}, role="admin")

    assert (2, "PROMOTED", "ada") == (
        promoted["liveVersion"],
        promoted["canary"]["end"]["outcome"],
        promoted["canary"]["end"]["by"],
    )
    eventually(
        lambda: started(center, chat(center, flow_id))["flowVersion"] == 2, "promoted version"
    )
