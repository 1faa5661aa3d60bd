"""What recorded contacts brought and met, read from what `explain` gives of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.core.flow_tools.center import Answer, Reply, short_name

SILENCE = None
PERSONAL = ("bot", "view", "line")  # services through which a person answers
HIDDEN = "***"  # how a trace shows what it must not show
HUNG_UP = "hung up"

type _Fact = Mapping[str, object]
type Said = str | Answer | None
"""Keys, an answer to whoever asked, or silence."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one contact brought: its beginning, its keys in order, what functions, services, hours
    and chance said. `is_open` is by hours."""

    contact_id: str
    at: datetime
    channel: str
    number: str
    attributes: Mapping[str, str]
    inputs: tuple[Said, ...]
    replies: Mapping[str, tuple[Reply, ...]]
    answers: Mapping[str, tuple[Answer, ...]]
    is_open: Mapping[str, bool]
    chance: float
    full: frozenset[str]
    end: str
    flow: str = ""  # the name of the first flow it met


def read_record(document: Mapping[str, object]) -> Record | None:
    """The inputs in a contact's facts; None for one that met no flow, or whose keys are hidden, or
    that is none of ours."""
    facts = [fact for fact in _list(document.get("facts")) if isinstance(fact, Mapping)]
    began = next((fact for fact in facts if fact.get("type") == "ContactInitiated"), None)
    flows = [str(f.get("flowName", "")) for f in facts if f.get("type") == "FlowStarted"]
    blocks = [fact for fact in _before_queue(facts) if fact.get("type") == "BlockExecuted"]
    inputs = tuple(_inputs(blocks))
    at = _moment(began.get("at")) if began is not None else None
    if began is None or at is None or not (flows or blocks):
        return None
    if any(isinstance(said, str) and HIDDEN in said for said in inputs):
        return None
    return Record(
        contact_id=str(document.get("contactId", "")),
        at=at,
        channel=str(began.get("channel", "VOICE")),
        number=str(_mapping(began.get("customerEndpoint")).get("address", "")),
        attributes={k: str(v) for k, v in _mapping(began.get("attributes")).items()},
        inputs=inputs,
        replies=_in_order(blocks, _reply),
        answers=_in_order(blocks, _service),
        is_open=_is_open(blocks),
        chance=_chance(blocks),
        full=frozenset(_full(blocks)),
        end=_end(facts),
        flow=flows[0] if flows else "",
    )


def _inputs(blocks: Sequence[_Fact]) -> Iterator[Said]:
    for block in blocks:
        answered = _answer(block)
        if block.get("blockType") == "GetParticipantInput":
            digits = _mapping(block.get("given")).get("digits")
            yield str(digits) if digits else SILENCE
        elif answered is not None and answered[0] in PERSONAL:
            yield answered[1]


def _in_order[T](
    blocks: Sequence[_Fact], read: Callable[[_Fact], tuple[str, T] | None]
) -> dict[str, tuple[T, ...]]:
    """What each of those who were asked said, in order."""
    found: dict[str, tuple[T, ...]] = {}
    for name, said in filter(None, map(read, blocks)):
        found[name] = (*found.get(name, ()), said)
    return found


def _reply(block: _Fact) -> tuple[str, Reply] | None:
    """Of a function."""
    given = _mapping(block.get("given"))
    function, failure = given.get("LambdaFunctionARN"), given.get("failure")
    if block.get("blockType") != "InvokeLambdaFunction" or not isinstance(function, str):
        return None
    payload = {
        path.removeprefix("$.External."): value
        for path, value in _mapping(block.get("changed")).items()
        if path.startswith("$.External.")
    }
    reply = Reply(failure=str(failure)) if failure else Reply(payload)
    return short_name(function, "function"), reply


def _service(block: _Fact) -> tuple[str, Answer] | None:
    """Of one of the center's services."""
    answered = _answer(block)
    return None if answered is None or answered[0] in PERSONAL else answered


def _answer(block: _Fact) -> tuple[str, Answer] | None:
    """Of a service, or of a person through it."""
    given = _mapping(block.get("given"))
    port = str(given.get("asks", "")).split(" ", 1)[0].lower()
    if not port:
        return None
    if "failure" in given:
        return port, Answer(error_type=str(block.get("branch")))
    values = [_document(value) for value in _mapping(block.get("changed")).values()]
    result = given.get("result")
    value = values[0] if values else {}
    return port, Answer(result=None if result is None else str(result), value=value)


def _document(written: object) -> Mapping[str, object]:
    """What a trace shows of an answer; one that was too long to be shown whole is empty."""
    try:
        return _mapping(json.loads(str(written)))
    except (ValueError, RecursionError):
        return {}


def _is_open(blocks: Sequence[_Fact]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for block in blocks:
        branch = str(block.get("branch"))
        if block.get("blockType") == "CheckHoursOfOperation" and branch.startswith("Equals "):
            hours = str(_mapping(block.get("given")).get("HoursOfOperationId", ""))
            found.setdefault(short_name(hours, "hours"), branch == "Equals True")
    return found


def _chance(blocks: Sequence[_Fact]) -> float:
    """As the first block that drew shows it."""
    for block in blocks:
        number = str(_mapping(block.get("given")).get("number", ""))
        if block.get("blockType") == "DistributeByPercentage" and number.isdecimal():
            return (int(number) - 0.5) / 100
    return 0.0


def _full(blocks: Sequence[_Fact]) -> Iterator[str]:
    for block in blocks:
        if block.get("branch") == "QueueAtCapacity":
            yield str(_mapping(block.get("given")).get("Queue", ""))


def _before_queue(facts: Sequence[_Fact]) -> Iterator[_Fact]:
    """What the customer did and heard until the contact had its place, or to the end."""
    for fact in facts:
        if fact.get("type") == "ContactQueued":
            return
        yield fact


def _end(facts: Sequence[_Fact]) -> str:
    """Where the flows left the contact; what became of it in the queue is not theirs."""
    for fact in facts:
        if fact.get("type") == "ContactQueued":
            return f"queued in {fact.get('queueName') or fact.get('queueId')}"
        if fact.get("type") == "ContactDisconnected":
            return HUNG_UP if _is_customers(fact) else "disconnected"
    return "waiting"


def _is_customers(fact: _Fact) -> bool:
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
