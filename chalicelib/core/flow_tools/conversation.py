"""Runs conversations against flows: kept, or where it went another way and what was heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow_tools.center import Answer, Center, Fixed, Reply
from chalicelib.core.flow_tools.rehearsal import Rehearsal
from chalicelib.core.flow_tools.script import SETTINGS, Conversation, Line, Verb

MONDAY_MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)  # when nothing else is said


@dataclass(frozen=True, slots=True)
class Failure:
    """`heard`: what was said instead; `path`: `block (branch)` from the start."""

    line: int
    message: str
    heard: tuple[str, ...]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    conversation: Conversation
    failure: Failure | None
    trace: tuple[BlockExecuted, ...]


def run(conversation: Conversation, center: Center) -> Verdict:
    """Hold the conversation; the center is not changed by it."""
    performance = _Performance(conversation, center.copy())
    return Verdict(conversation, performance.failure(), tuple(performance.rehearsal.trace))


class _Performance:
    def __init__(self, conversation: Conversation, center: Center) -> None:
        self.rehearsal = Rehearsal(center, at=MONDAY_MORNING)
        self._conversation = conversation
        self._number = "+12025550199"
        self._channel = "VOICE"
        self._attributes: Mapping[str, str] = {}
        self._has_begun = False

    def failure(self) -> Failure | None:
        """The first line that is not kept."""
        lines = self._conversation.lines
        for line in lines:
            message = self._play(line)
            if message is not None:
                return self._failure(line.line, message)
        if not self._has_begun:
            return self._failure(self._conversation.line, "nothing happens in it")
        if lines[-1].verb is not Verb.ENDS:
            return self._failure(lines[-1].line, "the last step must say how it `ends`")
        return None

    def _play(self, line: Line) -> str | None:
        if line.verb in SETTINGS:
            return self._set(line)
        if not self._has_begun:
            message = self._begin()
            if message is not None:
                return message
        message = _PLAYED[line.verb](self.rehearsal, line)
        if message is None and self.rehearsal.is_restless:
            return "the flow goes round and round without asking anybody"
        return message

    def _begin(self) -> str | None:
        self._has_begun = True
        name = self._conversation.flow or ""
        flow = self.rehearsal.center.flow(name)
        if flow is None:
            return f"there is no flow {name!r}"
        self.rehearsal.begins(
            flow, number=self._number, channel=self._channel, attributes=self._attributes
        )
        return None

    def _set(self, line: Line) -> str | None:
        match line.verb:
            case Verb.CALLER | Verb.CHANNEL | Verb.ATTRIBUTES if self._has_begun:
                return "comes too late: the contact has begun"
            case Verb.CALLER:
                self._number = str(line.value)
            case Verb.CHANNEL:
                self._channel = str(line.value)
            case Verb.ATTRIBUTES:
                self._attributes = cast("Mapping[str, str]", line.value)
            case Verb.CLOCK:
                return self._set_clock(cast("datetime", line.value))
            case Verb.CHANCE:
                self.rehearsal.chance = cast("float", line.value)
            case _:
                return _set_center(self.rehearsal.center, line)
        return None

    def _set_clock(self, moment: datetime) -> str | None:
        if self._has_begun and moment < self.rehearsal.at:
            return f"the clock says {self.rehearsal.at:%Y-%m-%d %H:%M:%S} UTC and goes forward only"
        if self._has_begun:
            self.rehearsal.waits((moment - self.rehearsal.at).total_seconds())
        self.rehearsal.at = moment
        return None

    def _failure(self, line: int, message: str) -> Failure:
        path = tuple(f"{block.block_id} ({block.branch})" for block in self.rehearsal.trace)
        return Failure(line, message, tuple(self.rehearsal.heard), path)


def _set_center(center: Center, line: Line) -> str | None:
    kind, name, value = line.verb.value, line.subject, line.value
    if isinstance(value, Reply):
        center.functions[name] = _slowed(center, name, value)
        return None
    if isinstance(value, Answer):
        center.services[name.lower()] = value
        return None
    is_known = {
        "queue": center.queue(name) or (kind, name) in center.gone,
        "hours": center.hours(name) or (kind, name) in center.gone,
        "flow": center.flow(name) or (kind, name) in center.gone,
    }[kind]
    if not is_known:
        return f"the center has no {kind} {name!r}"
    if value == "missing":
        center.gone.add((kind, name))
        return None
    center.gone.discard((kind, name))
    if kind == "queue":
        (center.full.add if value == "full" else center.full.discard)(name)
    if kind == "hours":
        center.calendars[name] = Fixed(is_open_now=value == "open")
    return None


def _slowed(center: Center, name: str, reply: Reply) -> Reply:
    """A slow function answers, in the end, what it always answers."""
    if not reply.seconds:
        return reply
    usual = center.reply(name)
    return replace(usual, seconds=reply.seconds)


# --- what a line asks of the rehearsal: None, or why it is not so ------------------------------


def _hears(rehearsal: Rehearsal, line: Line) -> str | None:
    said = _squeezed(" ".join(rehearsal.heard))
    missing = [t for t in cast("list[str]", line.value) if _squeezed(t) not in said]
    return f"does not hear {missing[0]!r}" if missing else None


def _hears_not(rehearsal: Rehearsal, line: Line) -> str | None:
    said = _squeezed(" ".join(rehearsal.heard))
    found = [t for t in cast("list[str]", line.value) if _squeezed(t) in said]
    return f"hears {found[0]!r}" if found else None


def _enters(rehearsal: Rehearsal, line: Line) -> str | None:
    if line.value == "nothing" and line.verb is Verb.PRESSES:
        return None if rehearsal.is_silent() else "nothing ends by itself here"
    is_asked = rehearsal.enters(str(line.value))
    return None if is_asked else f"nobody asks for an answer: {rehearsal.state}"


def _waits(rehearsal: Rehearsal, line: Line) -> str | None:
    rehearsal.waits(cast("float", line.value))
    return None


def _passes(rehearsal: Rehearsal, line: Line) -> str | None:
    block, branch = cast("tuple[str, str]", line.value)
    if any(b.block_id == block and branch in ("", b.branch) for b in rehearsal.trace):
        return None
    return f"does not pass {line.text.partition(': ')[2]!r}"


def _attribute(rehearsal: Rehearsal, line: Line) -> str | None:
    value = rehearsal.session.attributes.get(line.subject)
    return None if value == line.value else f"attribute {line.subject} is {value!r}"


def _hangs_up(rehearsal: Rehearsal, line: Line) -> str | None:
    if not rehearsal.is_connected:
        return "the contact is over already"
    rehearsal.hangs_up()
    return None


def _is(rehearsal: Rehearsal, line: Line) -> str | None:
    state = rehearsal.state
    if line.value == state or (line.value == "queued" and state.startswith("queued in ")):
        return None
    return f"{state}, not {line.value}"


def _squeezed(text: str) -> str:
    return " ".join(text.split())


_PLAYED: Mapping[Verb, Callable[[Rehearsal, Line], str | None]] = {
    Verb.HEARS: _hears,
    Verb.HEARS_NOT: _hears_not,
    Verb.PRESSES: _enters,
    Verb.TYPES: _enters,
    Verb.SAYS: _enters,
    Verb.WAITS: _waits,
    Verb.PASSES: _passes,
    Verb.ATTRIBUTE: _attribute,
    Verb.HANGS_UP: _hangs_up,
    Verb.IS: _is,
    Verb.ENDS: _is,
}
