"""Conversations as an admin writes them: read whole, every mistake told with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.core.flow_tools.center import Answer, Reply

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
MOST_DIGITS = 5  # of a repeated text
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_ENDS = re.compile(r"queued(?: in .+)?|disconnected|waiting|flow ended")


class Verb(StrEnum):
    """What a line of a conversation may begin with."""

    CALLER = "caller"
    CHANNEL = "channel"
    ATTRIBUTES = "attributes"
    CLOCK = "clock"
    CHANCE = "chance"
    LAMBDA = "lambda"
    QUEUE = "queue"
    HOURS = "hours"
    FLOW = "flow"
    SERVICE = "service"
    HEARS = "hears"
    HEARS_NOT = "does not hear"
    PRESSES = "presses"
    TYPES = "types"
    SAYS = "says"
    WAITS = "waits"
    PASSES = "passes"
    ATTRIBUTE = "attribute"
    HANGS_UP = "hangs up"
    IS = "is"
    ENDS = "ends"


NAMED = (
    Verb.LAMBDA,
    Verb.QUEUE,
    Verb.HOURS,
    Verb.FLOW,
    Verb.SERVICE,
    Verb.ATTRIBUTE,
)  # `queue Support: full`
SETTINGS = frozenset(list(Verb)[:10])  # what the world is like; all others need a contact


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of the document: text, a list or entries, with its line and its plain value."""

    value: str | Sequence[Node] | Mapping[str, Node]
    line: int
    plain: object = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, of whom, and the value in the form that its verb needs."""

    verb: Verb
    subject: str
    value: object
    line: int
    text: str  # as it was written


@dataclass(frozen=True, slots=True)
class Conversation:
    name: str
    flow: str | None  # by name; None: the flow the file lies beside
    lines: tuple[Line, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """A file of conversations. `impossible`: branches (block, branch) that nothing can take."""

    conversations: tuple[Conversation, ...] = ()
    impossible: Mapping[tuple[str, str, str], str] | None = None  # flow, block, branch: the reason


@dataclass(frozen=True, slots=True)
class Mistake:
    line: int
    message: str


class _Wrong(Exception):
    """A value that its verb cannot use."""


def read(document: Node) -> tuple[Script, list[Mistake]]:
    """The conversations of a document, and everything in it that is not understood."""
    reader = _Reader()
    return reader.script(document), reader.mistakes


class _Reader:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def script(self, document: Node) -> Script:
        entries = self._entries(document, "a file of conversations")
        flow = self._text(entries.get("flow"))
        impossible = self._impossible(entries.get("cannot happen"), flow or "")
        for key, node in entries.items():
            if key not in ("flow", "conversations", "cannot happen"):
                known = "flow, conversations, cannot happen"
                self._mistake(node.line, f"unknown field {key!r}; known are {known}")
        listed = entries.get("conversations")
        if listed is None or not isinstance(listed.value, list):
            self._mistake(document.line, "there is no list `conversations`")
            return Script()
        read = [self._conversation(node, flow) for node in listed.value]
        return Script(tuple(read), impossible)

    def _conversation(self, node: Node, flow: str | None) -> Conversation:
        entries = dict(self._entries(node, "a conversation"))
        name = self._text(entries.pop("name", None))
        if not name:
            self._mistake(node.line, "a conversation needs a `name`")
        flow = self._text(entries.pop("flow", None)) or flow
        steps = entries.pop("steps", None)
        lines = [self._line(key, value) for key, value in entries.items()]
        if steps is None or not isinstance(steps.value, list):
            self._mistake(node.line, "a conversation needs a list of `steps`")
        else:
            lines += [self._step(step) for step in steps.value]
        known = tuple(line for line in lines if line is not None)
        return Conversation(name or "", flow, known, node.line)

    def _step(self, node: Node) -> Line | None:
        if isinstance(node.value, str):
            return self._line(node.value, Node("", node.line))
        entries = self._entries(node, "a step")
        if len(entries) != 1:
            self._mistake(node.line, f"a step says one thing, not {len(entries)}")
            return None
        [(key, value)] = entries.items()
        return self._line(key, value)

    def _line(self, key: str, node: Node) -> Line | None:
        verb, subject = _verb(key)
        if verb is None:
            close = get_close_matches(key, [verb.value for verb in Verb], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(Verb)}"
            self._mistake(node.line, f"unknown step {key!r}{hint}")
            return None
        if (verb in NAMED) != bool(subject):
            need = f"needs a name, as in `{verb} Support: …`" if verb in NAMED else "takes no name"
            self._mistake(node.line, f"{verb.value!r} {need}")
            return None
        try:
            value = _READERS[verb](node)
        except _Wrong as wrong:
            self._mistake(node.line, f"{key}: {wrong}")
            return None
        return Line(verb, subject, value, node.line, f"{key}: {shown(node)}".rstrip(": "))

    def _impossible(self, node: Node | None, flow: str) -> Mapping[tuple[str, str, str], str]:
        found = {}
        for item in node.value if node is not None and isinstance(node.value, list) else ():
            entries = self._entries(item, "an entry of `cannot happen`")
            fields = {key: self._text(value) for key, value in entries.items()}
            if set(fields) - {"flow"} != {"block", "branch", "because"}:
                self._mistake(item.line, "`cannot happen` needs block, branch and because")
                continue
            place = (fields.get("flow", flow), fields["block"], fields["branch"])
            found[place] = fields["because"]
        return found

    def _entries(self, node: Node, what: str) -> Mapping[str, Node]:
        if isinstance(node.value, Mapping):
            return node.value
        self._mistake(node.line, f"{what} is written as `name: value`")
        return {}

    def _text(self, node: Node | None) -> str:
        return node.value.strip() if node is not None and isinstance(node.value, str) else ""

    def _mistake(self, line: int, message: str) -> None:
        self.mistakes.append(Mistake(line, message))


def shown(node: Node) -> str:
    """A node in one line."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, Mapping):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in node.value.items()) + "}"
    return "[" + ", ".join(shown(item) for item in node.value) + "]"


def _verb(key: str) -> tuple[Verb | None, str]:
    if key in list(Verb):
        return Verb(key), ""
    first, _, rest = key.partition(" ")
    named = next((verb for verb in NAMED if verb == first), None)
    return named, rest.strip()


# --- values -----------------------------------------------------------------------------------


def _texts(node: Node) -> list[str]:
    listed = [node] if isinstance(node.value, str) else _items(node)
    texts = [item.value for item in listed if isinstance(item.value, str)]
    if not texts or len(texts) < len(listed) or not all(texts):
        raise _Wrong("a text, or a list of texts")
    return texts


def _items(node: Node) -> Sequence[Node]:
    return node.value if isinstance(node.value, list) else []


def _word(node: Node) -> str:
    if not isinstance(node.value, str) or not node.value:
        raise _Wrong("a text is missing")
    return node.value


def _caller(node: Node) -> str:
    if isinstance(node.value, Mapping):
        if set(node.value) != {"from"}:
            raise _Wrong("only `from` is known, as in {from: +12025550123}")
        return _word(node.value["from"])
    return _word(node)


def _channel(node: Node) -> str:
    channel = _word(node).upper()
    if channel not in CHANNELS:
        raise _Wrong(f"{node.value!r} is not a channel; known are {', '.join(CHANNELS).lower()}")
    return channel


def _attributes(node: Node) -> dict[str, str]:
    if not isinstance(node.value, Mapping):
        raise _Wrong("written as {name: value}")
    return {key: _attribute(value) for key, value in node.value.items()}


def _attribute(node: Node) -> str:
    """A text; a long one as {repeat: x, times: 32000}."""
    if isinstance(node.value, Mapping) and set(node.value) == {"repeat", "times"}:
        times = _word(node.value["times"])
        if not times.isdecimal() or len(times) > MOST_DIGITS:
            raise _Wrong(f"{times!r} is not how many times")
        return _word(node.value["repeat"]) * int(times)
    if not isinstance(node.value, str):
        raise _Wrong("an attribute is a text")
    return node.value


def _keys(node: Node) -> str:
    keys = _word(node)
    if keys != "nothing" and not re.fullmatch(r"[0-9*#]+", keys):
        raise _Wrong(f"{keys!r} are not keys of a telephone; or `nothing`")
    return keys


def _seconds(node: Node) -> float:
    return seconds_of(_word(node))


def seconds_of(text: str) -> float:
    """`6s`, `2 min`, `1h 30m`, or a number of seconds."""
    parts = _DURATION.findall(text.lower())
    if not parts or _DURATION.sub("", text.lower()).strip():
        raise _Wrong(f"{text!r} is not a length of time, such as 6s, 2m or 1h 30m")
    if any(unit not in UNITS for _, unit in parts):
        raise _Wrong(f"{text!r} has a unit that is none of s, m, h")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def _moment(node: Node) -> datetime:
    text, _, zone = _word(node).rpartition(" ")
    try:
        local = datetime.fromisoformat(text)
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, KeyError, OSError) as error:
        raise _Wrong(
            f"{node.value!r} is not a moment, such as 2026-03-06 16:59:59 America/New_York"
        ) from error


def _chance(node: Node) -> float:
    text = _word(node).removesuffix("%").strip()
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise _Wrong("a number from 0 to 100 %")
    return min(float(text) / 100, 0.999999)


def _reply(node: Node) -> Reply:
    if isinstance(node.value, Mapping):
        if set(node.value) != {"returns"}:
            raise _Wrong("returns {…}, fails, or slow 9s")
        return Reply(node.value["returns"].plain)
    text = _word(node)
    if text == "fails":
        return Reply(failure="it failed")
    if text.startswith("slow "):
        return Reply({}, seconds=seconds_of(text.removeprefix("slow ")))
    raise _Wrong(f"{text!r} is none of: returns {{…}}, fails, slow 9s")


def _answer(node: Node) -> Answer:
    """`answers 5`, `fails`, `refuses NoneFound`, or {returns: {…}}."""
    if isinstance(node.value, Mapping) and set(node.value) == {"returns"}:
        plain = node.value["returns"].plain
        return Answer(value=plain if isinstance(plain, Mapping) else {})
    verb, _, rest = _word(node).partition(" ")
    if verb == "answers" and rest:
        return Answer(rest)
    if node.value == "fails" or (verb == "refuses" and rest):
        return Answer(error_type=rest or "NoMatchingError")
    raise _Wrong(f"{node.value!r} is none of: answers …, refuses …, fails, {{returns: {{…}}}}")


def _one_of(*allowed: str) -> Callable[[Node], str]:
    def reader(node: Node) -> str:
        if _word(node) not in allowed:
            raise _Wrong(f"{node.value!r} is none of: {', '.join(allowed)}")
        return _word(node)

    return reader


def _passes(node: Node) -> tuple[str, str]:
    """`Look up caller`, or `Look up caller by NoMatchingError`."""
    block, _, branch = _word(node).partition(" by ")
    return block, branch


def _end(node: Node) -> str:
    text = _word(node)
    if not _ENDS.fullmatch(text):
        raise _Wrong(f"{text!r} is none of: queued in …, queued, disconnected, waiting, flow ended")
    return text


def _nothing(node: Node) -> None:
    if node.value:
        raise _Wrong("takes no value")


_READERS: Mapping[Verb, Callable[[Node], object]] = {
    Verb.CALLER: _caller,
    Verb.CHANNEL: _channel,
    Verb.ATTRIBUTES: _attributes,
    Verb.CLOCK: _moment,
    Verb.CHANCE: _chance,
    Verb.LAMBDA: _reply,
    Verb.QUEUE: _one_of("full", "free", "missing"),
    Verb.HOURS: _one_of("open", "closed", "missing"),
    Verb.FLOW: _one_of("missing"),
    Verb.SERVICE: _answer,
    Verb.HEARS: _texts,
    Verb.HEARS_NOT: _texts,
    Verb.PRESSES: _keys,
    Verb.TYPES: _word,
    Verb.SAYS: _word,
    Verb.WAITS: _seconds,
    Verb.PASSES: _passes,
    Verb.ATTRIBUTE: _attribute,
    Verb.HANGS_UP: _nothing,
    Verb.IS: _end,
    Verb.ENDS: _end,
}
