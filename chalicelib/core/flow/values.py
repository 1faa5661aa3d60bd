"""Values of a flow: references by JSONPath, text with references in it, values as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

MAX_DEPTH = 32  # of nested JSON, from a document or from a function's reply
ATTRIBUTES_BYTES = 32 * 1024  # all attributes of a contact, or of a flow, together
SHOWN = 256  # characters of one value in a trace

_KEY = r"\[(?:'[^']*'|\"[^\"]*\"|\d{1,9})\]"
_PATH = rf"\$(?:\.?{_KEY}|\.\w(?:[\w-]*\w)?)+"
_REFERENCE = re.compile(rf"`({_PATH})`|({_PATH})")
_PART = re.compile(r"\['([^']*)'\]|\[\"([^\"]*)\"\]|\[(\d+)\]|\.(\w[\w-]*)")


class Missing:
    """What a reference yields that leads nowhere; a JSON null leads nowhere too."""


MISSING: Final = Missing()


def is_reference(value: str) -> bool:
    """Whether the whole value is one JSONPath."""
    return _REFERENCE.fullmatch(value) is not None


def has_reference(value: str) -> bool:
    """Whether there is a JSONPath anywhere in it."""
    return "$" in value and _REFERENCE.search(value) is not None


def names_in(node: object) -> set[str]:
    """Of every reference in this JSON, the name right below the root."""
    if isinstance(node, str):
        found = (_PART.search(each[1] or each[2]) for each in _REFERENCE.finditer(node))
        return {part[1] or part[2] or part[3] or part[4] for part in found if part}
    return {name for inner in _children(node) for name in names_in(inner)}


def fill_in(node: object, root: Mapping[str, object]) -> object:
    """This JSON with every reference replaced; where one alone leads nowhere, its place is left
    out. What is put in is not looked at for references again."""
    if isinstance(node, str):
        return find(node, root) if is_reference(node) else interpolate(node, root)
    if isinstance(node, Mapping):
        inner = {str(key): fill_in(value, root) for key, value in node.items()}
        return {key: value for key, value in inner.items() if value is not MISSING}
    if isinstance(node, list):
        return [each for each in (fill_in(n, root) for n in node) if each is not MISSING]
    return node


def find(path: str, root: Mapping[str, object]) -> object:
    """The value at a JSONPath, or MISSING."""
    value: object = root
    for quoted, double_quoted, index, name in _PART.findall(path):
        if index:
            value = _item(value, int(index))
        else:
            value = _entry(value, quoted or double_quoted or name)
        if value is MISSING:
            return MISSING
    return value


def whole(value: str, root: Mapping[str, object]) -> object:
    """A value that is either static or one reference; a reference to nothing is MISSING."""
    return find(value, root) if is_reference(value) else value


def interpolate(
    text: str, root: Mapping[str, object], *, escape: Callable[[str], str] = str
) -> str:
    """Text with every reference replaced by its value; one that leads nowhere by nothing."""
    if "$" not in text:
        return text
    return _REFERENCE.sub(lambda found: escape(written(find(found[1] or found[2], root))), text)


def interpolate_deep(value: object, root: Mapping[str, object]) -> object:
    """The same inside nested JSON; a reference alone may also yield an object or a list."""
    if isinstance(value, str):
        found = whole(value, root)
        return found if isinstance(found, Mapping | list) else interpolate(value, root)
    if isinstance(value, Mapping):
        return {str(key): interpolate_deep(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate_deep(item, root) for item in value]
    return value


def written(value: object) -> str:
    """A value as text: numbers and booleans as JSON writes them, objects as JSON, nothing empty."""
    if isinstance(value, str):
        return value
    if value is MISSING or value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str)


def shown(value: object) -> str:
    """A value as a trace shows it: written, and cut where it is long."""
    text = written(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def is_sound(value: object) -> bool:
    """Whether it can be kept: half of a surrogate pair is no text."""
    try:
        written(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def size_bytes(attributes: Mapping[str, str]) -> int:
    """How much these attributes take up; half a surrogate pair counts, and raises nothing."""
    return sum(len(f"{k}{v}".encode(errors="surrogatepass")) for k, v in attributes.items())


def whole_number(value: object, low: int, high: int) -> int | None:
    """A number or a string of digits, if it is within the bounds."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return None
    return int(text) if low <= int(text) <= high else None


def is_true(value: object) -> bool:
    """Exports write booleans as strings ("True"); a JSON boolean will do as well."""
    return str(value).strip().lower() == "true"


def is_too_deep(value: object) -> bool:
    """Whether JSON nests deeper than any honest document; measured without recursion."""
    level: Sequence[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return False
    return True


def _children(value: object) -> Sequence[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _entry(value: object, key: str) -> object:
    if not isinstance(value, Mapping):
        return MISSING
    found: object = value.get(key)
    return MISSING if found is None else found


def _item(value: object, index: int) -> object:
    if not isinstance(value, list) or index >= len(value):
        return MISSING
    found: object = value[index]
    return MISSING if found is None else found
