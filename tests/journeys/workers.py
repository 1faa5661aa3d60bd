"""The processes in which the emulator runs functions, for tests that kill them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # in the emulator's own environment nothing of the laptop is there
    from infra.local.laptop import Laptop


def workers_of(laptop: Laptop, function: str = "") -> list[int]:
    """Of one function, or of all."""
    return workers_below(laptop.emulator.pid() or 0, function)


def workers_below(emulator: int, function: str) -> list[int]:
    wanted = f"ministack-lambda-{function}"
    return [pid for pid in children(emulator) if wanted in command(pid)]


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = stat.read_text().rsplit(")", 1)[1].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def command(pid: int) -> str:
    """Empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_over(pid: int) -> bool:
    """Whoever waits for it hears of its end. Memory, and the command with it, goes before that."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state in "ZX"
