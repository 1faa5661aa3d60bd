"""Losing a race and trying again, said once."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.errors import LostRace

_TRIES = 5


def insist[T](attempt: Callable[[], T]) -> T:
    """Runs the attempt anew after a lost race, since it loads afresh each time.

    What the attempt itself refuses is final. After the last try the LostRace rises: the caller,
    or the queue that sent the work, comes again.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except LostRace:
            continue
    return attempt()
