"""What the person in front of the terminal sees while the laptop comes up."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """A line per step: when it ended, what it was, what came of it."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """The step appends what came of it; a step that fails leaves its name on the screen."""
        outcome: list[str] = []
        began = time.monotonic()
        if sys.stdout.isatty():
            print(f"    ...   {name}", end="\r", flush=True)
        try:
            yield outcome
        except BaseException:
            print(f"  failed  {name}", flush=True)
            raise
        took = time.monotonic() - began
        print(f"{took:6.1f} s  {name:<13} {', '.join(outcome)}", flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self._began
