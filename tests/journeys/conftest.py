"""The laptop that journeys drive: the one that runs, else one of their own that ends with them.

A worker of several has one of its own in any case: two would meet at the same agents' desks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest

from infra.local.laptop import Laptop
from tests.journeys.center import Center

ROOT = Path(__file__).resolve().parents[2]
SELDOM = 300  # seconds between checkpoints: nobody comes back to such a laptop, and they cost


@pytest.fixture(scope="session")
def laptop() -> Iterator[Laptop]:
    """A laptop on which the artifact of this very checkout is deployed."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    usual = Laptop(Path(os.environ.get("TRUNKLINE_LOCAL") or ROOT / ".local"))
    if not worker and usual.emulator.pid() is not None:
        bring_up(usual)
        yield usual
        return
    own = Laptop(ROOT / ".local" / f"journeys{worker}")
    try:
        facts = bring_up(own, checkpoint_seconds=SELDOM)
        Center(facts).stop_reports_clock()  # between journeys it would build every report there is
        yield own
    finally:
        own.down()


@pytest.fixture(scope="session")
def center(laptop: Laptop) -> Center:
    """The deployed center, as scripts see it."""
    return Center(json.loads(laptop.facts.read_text()))


def bring_up(laptop: Laptop, *, checkpoint_seconds: int = 1) -> dict[str, Any]:
    """Bring it up in a process of its own, as `make up` does; its output shows when it fails."""
    environment = {
        **os.environ,
        "TRUNKLINE_LOCAL": str(laptop.home),
        "TRUNKLINE_CHECKPOINT_SECONDS": str(checkpoint_seconds),
    }
    command = [sys.executable, "-m", "infra.local", "up"]
    with (ROOT / ".local" / "up.lock").open("w") as turn:  # the console is built in one place
        flock(turn, LOCK_EX)
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if ran.returncode:
        pytest.fail(f"the laptop did not come up:\n{ran.stdout}\n{ran.stderr}", pytrace=False)
    facts: dict[str, Any] = json.loads(laptop.facts.read_text())
    return facts
