"""A telephone exchange to practise with: its numbers answer, are busy or ring on, in real time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.core.center import PracticeNumber, PracticeOutcome
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import ContactId
from chalicelib.services.lines import AnsweredBy, Dial, LineEvent, keyed, report_key
from chalicelib.services.ports import CenterStore, Timer, TimerKind, Timers

_BUSY_AFTER_SECONDS = 1
_KEYED_AFTER_SECONDS = 1
_NEXT_KEY_AFTER_SECONDS = 8  # whoever answered listens to the next question first
_WHO = {
    PracticeOutcome.PERSON: AnsweredBy.PERSON,
    PracticeOutcome.MACHINE: AnsweredBy.MACHINE,
    PracticeOutcome.MACHINE_BEEP: AnsweredBy.MACHINE_BEEP,
}


class PracticeExchange:
    """A Carrier on timers: the queue that carries them keeps the time."""

    def __init__(self, center: CenterStore, timers: Timers, now: Callable[[], datetime]) -> None:
        self._center = center
        self._timers = timers
        self._now = now

    def dial(self, dial: Dial) -> None:
        numbers = self._center.center().practice_numbers
        entry = next((each for each in numbers if each.number == dial.number), None)
        if entry is None:
            raise NotFound("there is no such number", field="Number")
        now = self._now()
        who = _WHO.get(entry.outcome, AnsweredBy.UNKNOWN)
        for event, seconds, pressed in _course(entry, dial.limit_seconds):
            more = pressed or who
            timer = Timer(
                kind=TimerKind.LINE,
                contact_id=dial.contact_id,
                due_at=now + timedelta(seconds=seconds),
                key=report_key(dial.leg, event, more),
            )
            self._timers.set(timer, now=now)

    def hang_up(self, leg: str, contact_id: ContactId) -> None:
        """Nobody is there: what is still reported finds nothing to do."""


def _course(entry: PracticeNumber, limit_seconds: int) -> list[tuple[LineEvent, int, str]]:
    """What happens, how long after dialling, and which key that is, if it is one."""
    if entry.outcome is PracticeOutcome.BUSY:
        return [(LineEvent.BUSY, _BUSY_AFTER_SECONDS, "")]
    if entry.outcome is PracticeOutcome.NO_ANSWER or entry.rings_seconds > limit_seconds:
        return [(LineEvent.NO_ANSWER, limit_seconds, "")]
    answered, ends = entry.rings_seconds, entry.rings_seconds + entry.talks_seconds
    first = answered + _KEYED_AFTER_SECONDS
    presses = [
        (LineEvent.KEYED, first + n * _NEXT_KEY_AFTER_SECONDS, keyed(key, n + 1))
        for n, key in enumerate(entry.presses)
    ]
    return [(LineEvent.ANSWERED, answered, ""), *presses, (LineEvent.ENDED, ends, "")]
