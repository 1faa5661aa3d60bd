"""Losing a race and trying again, said once; whoever is outside is asked once all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

from chalicelib.core.errors import LostRace

_TRIES = 5
_answers: ContextVar[dict[str, object] | None] = ContextVar("answers", default=None)


def insist[T](attempt: Callable[[], T]) -> T:
    """Runs the attempt anew after a lost race, since it loads afresh each time.

    What the attempt itself refuses is final. After the last try the LostRace rises: the caller,
    or the queue that sent the work, comes again.
    """
    with _answers_kept():
        for _ in range(_TRIES - 1):
            try:
                return attempt()
            except LostRace:
                continue
        return attempt()


def once[T](question: str, ask: Callable[[], T]) -> T:
    """The answer to a question that an earlier attempt may have put already.

    A commit that lost its race takes back all that was decided, but no text message that a
    function has sent, and no sentence that a bot has heard.
    """
    answers = _answers.get()
    if answers is None:
        return ask()
    if question not in answers:
        answers[question] = ask()
    return cast("T", answers[question])


@contextmanager
def _answers_kept() -> Iterator[None]:
    """For all attempts of whoever insists, also where others insist within."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)
