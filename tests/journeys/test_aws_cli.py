"""Flows from a shell: the AWS CLI as it comes, pointed at the deployed artifact."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.center import Center
from tests.journeys.workshop import says

pytestmark = pytest.mark.journey

AWS = Path(__file__).resolve().parents[2] / ".local" / "awscli-venv" / "bin" / "aws"


class Shell:
    """`aws connect …` with the keys of the demo center."""

    def __init__(self, center: Center) -> None:
        if not AWS.exists():
            pytest.fail(f"{AWS} is missing: run `make test`, which makes it", pytrace=False)
        self._center = center
        facts = center.facts
        self._environment = {
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": facts["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": facts["secret_access_key"],
            "AWS_DEFAULT_REGION": facts["region"],
            "AWS_MAX_ATTEMPTS": "1",
        }

    def run(self, command: str, **options: str) -> Any:
        """What the command prints, as JSON."""
        done = self._run(command, options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    def refusal(self, command: str, **options: str) -> str:
        done = self._run(command, options)
        assert done.returncode == 255, (done.returncode, done.stdout, done.stderr)
        return done.stderr

    def _run(self, command: str, options: dict[str, str]) -> subprocess.CompletedProcess[str]:
        given = {"endpoint_url": self._center.facts["api"], "output": "json", **options}
        words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
        return subprocess.run(
            [AWS, "connect", command, *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def shell(center: Center) -> Shell:
    return Shell(center)


def test_a_flow_is_made_changed_and_deleted_from_a_shell(
    shell: Shell, center: Center, tmp_path: Path
) -> None:
    """Create, draft, publish, version, list page by page, roll forward, delete."""
    here, name = {"instance_id": center.instance_id}, f"From a shell {time.time_ns()}"
    file = tmp_path / "flow.json"
    file.write_text(says("One"))
    made = shell.run(
        "create-contact-flow",
        **here,
        name=name,
        type="CONTACT_FLOW",
        content=f"file://{file}",
        tags="team=a",
    )
    flow = {**here, "contact_flow_id": made["ContactFlowId"]}
    shell.run("update-contact-flow-content", **flow, content=says("Two"))
    draft = {**here, "contact_flow_id": f"{made['ContactFlowId']}:$SAVED"}
    shell.run("update-contact-flow-content", **draft, content=says("Three"))

    version = shell.run("create-contact-flow-version", **flow)

    assert 2 == version["Version"]
    assert says("Three") == shell.run("describe-contact-flow", **draft)["ContactFlow"]["Content"]
    assert says("Two") == shell.run("describe-contact-flow", **flow)["ContactFlow"]["Content"]
    listed = shell.run("list-contact-flows", **here, page_size="2")["ContactFlowSummaryList"]
    assert name in {each["Name"] for each in listed}
    tags = shell.run("list-tags-for-resource", resource_arn=made["ContactFlowArn"])
    assert {"team": "a"} == tags["tags"]
    shell.run("delete-contact-flow", **flow)
    assert "ResourceNotFoundException" in shell.refusal("describe-contact-flow", **flow)


def test_a_flow_that_could_not_run_is_refused_in_a_shell(shell: Shell, center: Center) -> None:
    """By the name that scripts look for, and nothing is made."""
    refusal = shell.refusal(
        "create-contact-flow",
        instance_id=center.instance_id,
        name="Never",
        type="CONTACT_FLOW",
        content="{}",
    )

    assert "InvalidContactFlowException" in refusal
    listed = shell.run("list-contact-flows", instance_id=center.instance_id)
    assert "Never" not in {each["Name"] for each in listed["ContactFlowSummaryList"]}
