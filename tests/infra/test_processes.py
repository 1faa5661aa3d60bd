"""Background processes: what was started is known again, and nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.processes import Process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True);"
    "time.sleep(60)",
]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process("sleeper", tmp_path)
    yield process
    process.stop(0)


def test_a_started_process_is_known_until_it_is_stopped(process: Process, tmp_path: Path) -> None:
    """Another command finds the process that this one started."""
    process.start(SLEEPER, os.environ, cwd=tmp_path, fingerprint="one")

    again = Process("sleeper", tmp_path)

    assert process.pid() == again.pid() is not None
    assert "one" == again.fingerprint()
    assert again.stop()
    assert process.pid() is None


def test_stopping_what_does_not_run_stops_nothing(process: Process) -> None:
    """`make down` twice is harmless."""
    assert not process.stop()


def test_somebody_elses_process_with_the_same_id_is_left_alone(
    process: Process, tmp_path: Path
) -> None:
    """Ids are used again; a start time is not."""
    other = subprocess.Popen(SLEEPER)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "sleeper.json").write_text(json.dumps({"pid": other.pid, "started_at": 1}))

    stopped = process.stop()

    assert not stopped
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_process_that_does_not_listen_is_killed_after_a_while(
    process: Process, tmp_path: Path
) -> None:
    """`make down` leaves no process."""
    process.start(DEAF, os.environ, cwd=tmp_path)
    while "deaf" not in process.tail():
        pass

    assert process.stop(patience_seconds=0.2)

    assert process.pid() is None
