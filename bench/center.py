"""The deployed center that is measured: a laptop of its own, so that no demo data is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.cloud import ACCOUNT, REGION, SECRET, Cloud
from infra.local.laptop import Laptop
from infra.package import ROOT
from tests.journeys.center import Center


@contextmanager
def center() -> Iterator[Center]:
    """Brings this checkout up under TRUNKLINE_LOCAL (else `.local/bench`), and down again if it
    was not up before."""
    home = Path(os.environ.get("TRUNKLINE_LOCAL") or ROOT / ".local" / "bench").absolute()
    laptop = Laptop(home)
    was_up = laptop.emulator.pid() is not None
    command = [sys.executable, "-m", "infra.local", "up"]
    environment = {**os.environ, "TRUNKLINE_LOCAL": str(home)}
    up = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if up.returncode:
        sys.exit(f"the laptop did not come up:\n{up.stdout}\n{up.stderr}")
    try:
        facts: dict[str, Any] = json.loads(laptop.facts.read_text())
        yield Center(facts)
    finally:
        if not was_up:
            down = [sys.executable, "-m", "infra.local", "down"]
            subprocess.run(down, cwd=ROOT, env=environment, capture_output=True, check=True)


def environment_of(measured: Center) -> Mapping[str, str]:
    """What a deployed function sees, so that the same code does the same work in this process."""
    endpoint = measured.facts["aws_endpoint"]
    deployed = Cloud(endpoint).environment(measured.facts["functions"]["api"])
    return {
        **deployed,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }
