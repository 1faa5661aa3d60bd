"""Runs a version of a flow on what recorded contacts did, and tells which of them end elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.core.flow import Hours, PublishedFlow, WaitKind
from chalicelib.core.flow_tools.center import Answer, Center, Fixed, Reply, short_name
from chalicelib.core.flow_tools.records import HUNG_UP, SILENCE, Record, Said
from chalicelib.core.flow_tools.rehearsal import Rehearsal

MOST_INPUTS = 200
GONE = ("waiting", "disconnected", "flow ended")  # nothing that somebody who hung up would notice


@dataclass(frozen=True, slots=True)
class Replayed:
    contact_id: str
    was: str
    now: str
    path: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_elsewhere(self) -> bool:
        return self.was != self.now


def replay(flow: PublishedFlow, record: Record, center: Center) -> Replayed:
    """The record's contact in this version; what was said is said whenever somebody asks."""
    own = _Recorded(record, center)
    own.publish([flow])
    rehearsal = Rehearsal(own, at=record.at, chance=record.chance)
    rehearsal.begins(
        flow, number=record.number, channel=record.channel, attributes=record.attributes
    )
    inputs = list(record.inputs)
    for _ in range(MOST_INPUTS):
        if not rehearsal.is_connected or rehearsal.queue is not None:
            break
        if not _goes_on(rehearsal, inputs):
            break
    path = tuple(f"{block.block_id} ({block.branch})" for block in rehearsal.trace)
    now = rehearsal.state
    if record.end == HUNG_UP and now in GONE and not inputs:
        now = HUNG_UP
    return Replayed(record.contact_id, record.end, now, path)


def _goes_on(rehearsal: Rehearsal, inputs: list[Said]) -> bool:
    """What was said next, or the next time-out where nobody asks; False: the caller had gone."""
    is_dialog = rehearsal.waits_for(WaitKind.DIALOG)
    if not is_dialog and not rehearsal.waits_for(WaitKind.INPUT):
        return rehearsal.is_silent()
    if not inputs:
        return False
    said = inputs.pop(0)
    if isinstance(said, Answer):
        return rehearsal.answers(said) if is_dialog else rehearsal.enters(said.result or "")
    return rehearsal.is_silent() if said is SILENCE else rehearsal.enters(said)


class _Recorded(Center):
    """The center as the contact met it: functions answer what they answered then, in order."""

    def __init__(self, record: Record, center: Center) -> None:
        copied = center.copy()
        super().__init__(
            copied.invents,
            copied.flows,
            copied.queues,
            copied.calendars,
            copied.functions,
            copied.services,
            copied.bots,
            copied.full | set(record.full),
            copied.gone,
            copied.prompts,
        )
        self._is_open = record.is_open
        self._replies = {name: list(replies) for name, replies in record.replies.items()}
        self._answers = {port: list(answers) for port, answers in record.answers.items()}

    def hours(self, reference: str) -> Hours | None:
        found = super().hours(reference)
        if not self._is_open or found is None:
            return found
        named = short_name(reference, "hours")
        return Fixed(self._is_open.get(named, next(iter(self._is_open.values()))))

    def reply(self, function: str) -> Reply:
        recorded = self._replies.get(short_name(function, "function"))
        return _next(recorded) if recorded else super().reply(function)

    def answer(self, port: str) -> Answer | None:
        recorded = self._answers.get(port)
        return _next(recorded) if recorded else super().answer(port)


def _next[T](recorded: list[T]) -> T:
    """In order; what was said last is said again."""
    return recorded.pop(0) if len(recorded) > 1 else recorded[0]
