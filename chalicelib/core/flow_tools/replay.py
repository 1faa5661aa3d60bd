"""Runs a version of a flow on what recorded contacts did, and tells which of them end elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.core.flow import Hours, PublishedFlow, WaitKind
from chalicelib.core.flow_tools.center import Center, Fixed, Reply, short_name
from chalicelib.core.flow_tools.rehearsal import Rehearsal

SILENCE = None
MOST_INPUTS = 200
HIDDEN = "***"  # how a trace shows what it must not show


@dataclass(frozen=True, slots=True)
class Record:
    """What one contact brought: its beginning, its keys in order, what functions and hours said."""

    contact_id: str
    at: datetime
    channel: str
    number: str
    attributes: Mapping[str, str]
    inputs: tuple[str | None, ...]
    replies: Mapping[str, tuple[Reply, ...]]
    is_open: bool | None
    full: frozenset[str]
    end: str
    flow: str = ""  # the name of the first flow it met


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
    """The record's contact in this version; the keys are pressed whenever keys are asked for."""
    own = _Recorded(record, center)
    own.publish([flow])
    rehearsal = Rehearsal(own, at=record.at)
    rehearsal.begins(
        flow, number=record.number, channel=record.channel, attributes=record.attributes
    )
    inputs = iter(record.inputs)
    for _ in range(MOST_INPUTS):
        if not rehearsal.is_connected or rehearsal.queue is not None:
            break
        if not _goes_on(rehearsal, inputs):
            break
    path = tuple(f"{block.block_id} ({block.branch})" for block in rehearsal.trace)
    return Replayed(record.contact_id, record.end, rehearsal.state, path)


def _goes_on(rehearsal: Rehearsal, inputs: Iterator[str | None]) -> bool:
    """The next key, or the next time-out where nobody asks; False when the caller had gone."""
    if not rehearsal.waits_for(WaitKind.INPUT):
        return rehearsal.is_silent()
    try:
        keys = next(inputs)
    except StopIteration:
        return False
    return rehearsal.is_silent() if keys is SILENCE else rehearsal.enters(keys)


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
        )
        self._is_open = record.is_open
        self._replies = {name: list(replies) for name, replies in record.replies.items()}

    def hours(self, reference: str) -> Hours | None:
        found = super().hours(reference)
        if self._is_open is not None and found is not None:
            return Fixed(self._is_open)
        return found

    def reply(self, function: str) -> Reply:
        recorded = self._replies.get(short_name(function, "function"))
        if not recorded:
            return super().reply(function)
        return recorded.pop(0) if len(recorded) > 1 else recorded[0]


# --- reading what `explain` gives -------------------------------------------------------------


def read_record(document: Mapping[str, object]) -> Record | None:
    """The inputs in a contact's facts; None for one that met no flow, or whose keys are hidden, or
    that is none of ours."""
    facts = [fact for fact in _list(document.get("facts")) if isinstance(fact, Mapping)]
    began = next((fact for fact in facts if fact.get("type") == "ContactInitiated"), None)
    blocks = [fact for fact in facts if fact.get("type") == "BlockExecuted"]
    inputs = tuple(_inputs(blocks))
    at = _moment(began.get("at")) if began is not None else None
    if began is None or at is None or not blocks:
        return None
    if any(keys and HIDDEN in keys for keys in inputs):
        return None
    return Record(
        contact_id=str(document.get("contactId", "")),
        at=at,
        channel=str(began.get("channel", "VOICE")),
        number=str(_mapping(began.get("customerEndpoint")).get("address", "")),
        attributes={k: str(v) for k, v in _mapping(began.get("attributes")).items()},
        inputs=inputs,
        replies=_replies(blocks),
        is_open=_is_open(blocks),
        full=frozenset(_full(blocks)),
        end=_end(facts),
        flow=next(
            (str(f.get("flowName", "")) for f in facts if f.get("type") == "FlowStarted"), ""
        ),
    )


def _inputs(blocks: Sequence[Mapping[str, object]]) -> Iterator[str | None]:
    for block in blocks:
        if block.get("blockType") == "GetParticipantInput":
            digits = _mapping(block.get("given")).get("digits")
            yield str(digits) if digits else SILENCE


def _replies(blocks: Sequence[Mapping[str, object]]) -> dict[str, tuple[Reply, ...]]:
    found: dict[str, list[Reply]] = {}
    for block in blocks:
        given = _mapping(block.get("given"))
        function = given.get("LambdaFunctionARN")
        if block.get("blockType") != "InvokeLambdaFunction" or not isinstance(function, str):
            continue
        changed = _mapping(block.get("changed"))
        payload = {
            path.removeprefix("$.External."): value
            for path, value in changed.items()
            if path.startswith("$.External.")
        }
        failure = given.get("failure")
        reply = Reply(failure=str(failure)) if failure else Reply(payload)
        found.setdefault(short_name(function, "function"), []).append(reply)
    return {name: tuple(replies) for name, replies in found.items()}


def _is_open(blocks: Sequence[Mapping[str, object]]) -> bool | None:
    for block in blocks:
        branch = str(block.get("branch"))
        if block.get("blockType") == "CheckHoursOfOperation" and branch.startswith("Equals "):
            return branch == "Equals True"
    return None


def _full(blocks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for block in blocks:
        if block.get("branch") == "QueueAtCapacity":
            yield str(_mapping(block.get("given")).get("Queue", ""))


def _end(facts: Sequence[Mapping[str, object]]) -> str:
    """Where the flows left the contact; what became of it in the queue is not theirs."""
    for fact in facts:
        if fact.get("type") == "ContactQueued":
            return f"queued in {fact.get('queueName') or fact.get('queueId')}"
        if fact.get("type") == "ContactDisconnected":
            break
    gone = next((f for f in facts if f.get("type") == "ContactDisconnected"), None)
    return "waiting" if gone is None or _is_customers(gone) else "disconnected"


def _is_customers(fact: Mapping[str, object]) -> bool:
    """Who hangs up in the middle of a menu leaves the flow waiting."""
    return "CUSTOMER" in str(fact.get("reason", fact.get("disconnectReason", "")))


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
