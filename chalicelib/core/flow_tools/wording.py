"""The values of a conversation's lines: each in the form that its verb needs, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalicelib.core.flow_tools.center import Answer, Reply
from chalicelib.core.flow_tools.script import Node, Verb

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
MOST_DIGITS = 5  # of a repeated text
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_ENDS = re.compile(r"queued(?: in .+)?|disconnected|waiting|flow ended")


class Wrong(Exception):
    """A value that its verb cannot use."""


def value_of(verb: Verb, node: Node) -> object:
    """The value in the form that the verb needs, or Wrong."""
    return _READERS[verb](node)


def _texts(node: Node) -> list[str]:
    listed = [node] if isinstance(node.value, str) else _items(node)
    texts = [item.value for item in listed if isinstance(item.value, str)]
    if not texts or len(texts) < len(listed) or not all(texts):
        raise Wrong("a text, or a list of texts")
    return texts


def _items(node: Node) -> Sequence[Node]:
    return node.value if isinstance(node.value, list) else []


def _word(node: Node) -> str:
    if not isinstance(node.value, str) or not node.value:
        raise Wrong("a text is missing")
    return node.value


def _caller(node: Node) -> str:
    if isinstance(node.value, Mapping):
        if set(node.value) != {"from"}:
            raise Wrong("only `from` is known, as in {from: +12025550123}")
        return _word(node.value["from"])
    return _word(node)


def _channel(node: Node) -> str:
    channel = _word(node).upper()
    if channel not in CHANNELS:
        raise Wrong(f"{node.value!r} is not a channel; known are {', '.join(CHANNELS).lower()}")
    return channel


def _attributes(node: Node) -> dict[str, str]:
    if not isinstance(node.value, Mapping):
        raise Wrong("written as {name: value}")
    return {key: _attribute(value) for key, value in node.value.items()}


def _attribute(node: Node) -> str:
    """A text; a long one as {repeat: x, times: 32000}."""
    if isinstance(node.value, Mapping) and set(node.value) == {"repeat", "times"}:
        times = _word(node.value["times"])
        if not times.isdecimal() or len(times) > MOST_DIGITS:
            raise Wrong(f"{times!r} is not how many times")
        return _word(node.value["repeat"]) * int(times)
    if not isinstance(node.value, str):
        raise Wrong("an attribute is a text")
    return node.value


def _keys(node: Node) -> str:
    keys = _word(node)
    if keys != "nothing" and not re.fullmatch(r"[0-9*#]+", keys):
        raise Wrong(f"{keys!r} are not keys of a telephone; or `nothing`")
    return keys


def _seconds(node: Node) -> float:
    return _seconds_of(_word(node))


def _seconds_of(text: str) -> float:
    """`6s`, `2 min`, `1h 30m`, or a number of seconds."""
    parts = _DURATION.findall(text.lower())
    if not parts or _DURATION.sub("", text.lower()).strip():
        raise Wrong(f"{text!r} is not a length of time, such as 6s, 2m or 1h 30m")
    if any(unit not in UNITS for _, unit in parts):
        raise Wrong(f"{text!r} has a unit that is none of s, m, h")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def _moment(node: Node) -> datetime:
    text, _, zone = _word(node).rpartition(" ")
    try:
        local = datetime.fromisoformat(text)
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, KeyError, OSError) as error:
        raise Wrong(
            f"{node.value!r} is not a moment, such as 2026-03-06 16:59:59 America/New_York"
        ) from error


def _chance(node: Node) -> float:
    text = _word(node).removesuffix("%").strip()
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise Wrong("a number from 0 to 100 %")
    return min(float(text) / 100, 0.999999)


def _reply(node: Node) -> Reply:
    if isinstance(node.value, Mapping):
        if set(node.value) != {"returns"}:
            raise Wrong("returns {…}, fails, or slow 9s")
        return Reply(node.value["returns"].plain)
    text = _word(node)
    if text == "fails":
        return Reply(failure="it failed")
    if text.startswith("slow "):
        return Reply({}, seconds=_seconds_of(text.removeprefix("slow ")))
    raise Wrong(f"{text!r} is none of: returns {{…}}, fails, slow 9s")


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
    raise Wrong(f"{node.value!r} is none of: answers …, refuses …, fails, {{returns: {{…}}}}")


def _one_of(*allowed: str) -> Callable[[Node], str]:
    def reader(node: Node) -> str:
        if _word(node) not in allowed:
            raise Wrong(f"{node.value!r} is none of: {', '.join(allowed)}")
        return _word(node)

    return reader


def _passes(node: Node) -> tuple[str, str]:
    """`Look up caller`, or `Look up caller by NoMatchingError`."""
    block, _, branch = _word(node).partition(" by ")
    return block, branch


def _end(node: Node) -> str:
    text = _word(node)
    if not _ENDS.fullmatch(text):
        raise Wrong(f"{text!r} is none of: queued in …, queued, disconnected, waiting, flow ended")
    return text


def _nothing(node: Node) -> None:
    if node.value:
        raise Wrong("takes no value")


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
