"""Processes that outlive the command that started them, each known by its id and start time."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class DidNotStart(Exception):
    """A process ended, or stayed silent, before it was ready; the message shows its log."""


@dataclass(frozen=True)
class Process:
    """A background process with a file that remembers it and a log."""

    name: str
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    def pid(self) -> int | None:
        """The id, if the very process that was started still runs.

        An id alone may by now be somebody else's; with the start time it cannot.
        """
        try:
            known = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return None
        pid: int = known["pid"]
        return pid if _started_at(pid) == known["started_at"] else None

    def fingerprint(self) -> str:
        """What the running process was started with; empty when none runs."""
        if self.pid() is None:
            return ""
        known: str = json.loads(self._file.read_text()).get("fingerprint", "")
        return known

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        cwd: Path,
        fingerprint: str = "",
    ) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        content = {
            "pid": started.pid,
            "started_at": _started_at(started.pid),
            "fingerprint": fingerprint,
        }
        self._file.write_text(json.dumps(content))

    def stop(self, patience_seconds: float = 10) -> bool:
        """Ends the process and everything it started; False when it was not running."""
        pid = self.pid()
        if pid is None:
            self._file.unlink(missing_ok=True)
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while self.pid() is not None and time.monotonic() < deadline:
            _reap(pid)
            time.sleep(0.05)  # an operator waits for it
        # Its own session, so its own group: what it started and left behind goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        _reap(pid)
        self._file.unlink(missing_ok=True)
        return True

    def tail(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def _file(self) -> Path:
        return self.folder / "run" / f"{self.name}.json"


def _started_at(pid: int) -> int | None:
    """Clock ticks from boot to the start of a process; None for none, or for a dead one."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if after_name[0] in "ZX" else int(after_name[19])


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
