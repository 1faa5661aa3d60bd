"""Names for ARNs and back: a flow says `queue:Sales`, each center knows which queue that is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

KINDS = ("queue", "hours", "flow", "module", "function", "prompt", "bot", "view", "agent")
SPOKEN = ("Text", "SSML")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:\S+")
_NAME = re.compile(rf"(?:{'|'.join(KINDS)}):\S.*")
_QUALIFIED = re.compile(r"(?P<base>.+):(?P<qualifier>[$\w-]+)")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A document with its references rewritten, and those that the mapping does not know."""

    content: str
    unresolved: tuple[str, ...]


def to_names(content: str, names: Mapping[str, str]) -> Renamed:
    """ARNs become names; `names` maps names to ARNs. All else stays, byte by byte, and back again
    gives the same bytes. ValueError: it is no JSON."""
    by_arn = {arn: name for name, arn in names.items()}
    return _renamed(content, by_arn, lambda text, key: _ARN.fullmatch(text) is not None)


def to_arns(content: str, names: Mapping[str, str]) -> Renamed:
    """Names become the ARNs of one center: where a block refers to something all of them must be
    known, elsewhere those that are. ValueError: it is no JSON."""
    return _renamed(content, names, _refers)


def references(content: str) -> list[str]:
    """The names that blocks refer to, each once, in the order of the document."""
    return list(to_arns(content, {}).unresolved)


def _renamed(
    content: str, known: Mapping[str, str], must_be_known: Callable[[str, str], bool]
) -> Renamed:
    unresolved: dict[str, None] = {}
    keys = _keys(_document(content))

    def replacement(found: re.Match[str]) -> str:
        key = next(keys)
        if key is None or key in SPOKEN:
            return found[0]
        text = json.loads(found[0], strict=False)
        other = _known(text, known)
        if other is None:
            if must_be_known(text, key):
                unresolved[text] = None
            return found[0]
        return json.dumps(other, ensure_ascii=False)

    return Renamed(_LITERAL.sub(replacement, content), tuple(unresolved))


def _known(text: str, known: Mapping[str, str]) -> str | None:
    """`flow:Main:live` and `<ARN>:3` are what they qualify, qualified."""
    if text in known:
        return known[text]
    found = _QUALIFIED.fullmatch(text)
    if found is None or found["base"] not in known:
        return None
    return f"{known[found['base']]}:{found['qualifier']}"


def _refers(text: str, key: str) -> bool:
    """A text of the form `kind:name` where an identifier or an ARN belongs."""
    return _NAME.fullmatch(text) is not None and key.endswith(("Id", "ARN", "Arn"))


def _document(content: str) -> object:
    try:
        document: object = json.loads(content, object_pairs_hook=_Pairs, strict=False)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return document


class _Pairs(list[tuple[str, object]]):
    """An object of a document, its keys in order and as often as they stand there."""


def _keys(value: object, key: str = "") -> Iterator[str | None]:
    """For every string literal of a document, in order: the key it is the value of, None if it is
    a key itself."""
    if isinstance(value, _Pairs):
        for name, item in value:
            yield None
            yield from _keys(item, f"{name}Id" if key == "EventHooks" else name)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item, key)
    elif isinstance(value, str):
        yield key
