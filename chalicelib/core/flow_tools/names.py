"""Names for ARNs and back: a flow says `queue:Sales`, each center knows which queue that is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

KINDS = ("queue", "hours", "flow", "module", "function", "prompt", "bot", "view", "agent")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:\S+")
_NAME = re.compile(rf"(?:{'|'.join(KINDS)}):\S.*")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A document with its references rewritten, and those that the mapping does not know."""

    content: str
    unresolved: tuple[str, ...]


def to_names(content: str, names: Mapping[str, str]) -> Renamed:
    """ARNs become names; `names` maps names to ARNs. All that is not a reference stays, byte by
    byte."""
    by_arn = {arn: name for name, arn in names.items()}
    return _renamed(content, by_arn, lambda text: _ARN.fullmatch(text) is not None)


def to_arns(content: str, names: Mapping[str, str]) -> Renamed:
    """Names become the ARNs of one center. Only what blocks refer to counts, not what they say."""
    referred = set(_referred(json.loads(content)))
    return _renamed(content, names, lambda text: text in referred)


def _renamed(content: str, known: Mapping[str, str], is_meant: Callable[[str], bool]) -> Renamed:
    unresolved: dict[str, None] = {}

    def replacement(found: re.Match[str]) -> str:
        text = json.loads(found[0], strict=False)
        if not is_meant(text):
            return found[0]
        if text not in known:
            unresolved[text] = None
            return found[0]
        return json.dumps(known[text], ensure_ascii=False)

    return Renamed(_LITERAL.sub(replacement, content), tuple(unresolved))


def _referred(value: object, key: str = "") -> Iterator[str]:
    """Texts of the form `kind:name` where an identifier or an ARN belongs."""
    if isinstance(value, Mapping):
        is_hooks = key == "EventHooks"
        for name, item in value.items():
            yield from _referred(item, f"{name}Id" if is_hooks else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item, key)
    elif isinstance(value, str) and _NAME.fullmatch(value) and key.endswith(("Id", "ARN", "Arn")):
        yield value
