"""What somebody looks for among named things: conditions, and conditions made of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from chalicelib.core.errors import Rejected

_DEEPEST = 5
NAMES = ("name", "description", "resourceid")
_DATES = ("effectivefrom", "effectivetill")
_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "GREATER_THAN": operator.gt,
    "LESS_THAN": operator.lt,
    "GREATER_THAN_OR_EQUAL_TO": operator.ge,
    "LESS_THAN_OR_EQUAL_TO": operator.le,
    "EQUAL_TO": operator.eq,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing, as far as it can be looked for."""

    texts: Mapping[str, str]  # name, description, resourceid, type, state, status and dates
    tags: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of several texts each


class Condition(Protocol):
    def holds(self, found: Found) -> bool: ...


@dataclass(frozen=True, slots=True)
class Text:
    """`comparison` as Amazon Connect calls it; letters count as they are, except their case."""

    name: str
    value: str
    comparison: str = "EXACT"

    def holds(self, found: Found) -> bool:
        texts = found.lists.get(self.name, (found.texts.get(self.name, ""),))
        return any(self._is_like(text.casefold(), self.value.casefold()) for text in texts)

    def _is_like(self, text: str, value: str) -> bool:
        match self.comparison:
            case "STARTS_WITH":
                return text.startswith(value)
            case "CONTAINS":
                return value in text
        return text == value


@dataclass(frozen=True, slots=True)
class Date:
    """`comparison` as Amazon Connect calls it; both dates as `yyyy-MM-dd`."""

    name: str
    value: str
    comparison: str

    def holds(self, found: Found) -> bool:
        return _COMPARED[self.comparison](found.texts.get(self.name, ""), self.value)


@dataclass(frozen=True, slots=True)
class Tag:
    """Without a value: whatever it is."""

    key: str
    value: str | None = None

    def holds(self, found: Found) -> bool:
        return self.key in found.tags and self.value in (None, found.tags[self.key])


@dataclass(frozen=True, slots=True)
class All:
    conditions: Sequence[Condition]

    def holds(self, found: Found) -> bool:
        return all(condition.holds(found) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Any:
    conditions: Sequence[Condition]

    def holds(self, found: Found) -> bool:
        return any(condition.holds(found) for condition in self.conditions)


def checked_text(name: str, value: str, comparison: str, *, names: Sequence[str] = NAMES) -> Text:
    """A condition on the name, the description or the id, or whatever else can be asked for."""
    if name.lower() not in names:
        raise Rejected(f"FieldName {name!r} is none of {', '.join(names)}", field="FieldName")
    if comparison not in ("STARTS_WITH", "CONTAINS", "EXACT"):
        raise Rejected(f"ComparisonType {comparison!r} is unknown", field="ComparisonType")
    return Text(name.lower(), value, comparison)


def checked_date(name: str, value: str, comparison: str) -> Date:
    """A condition on the first or the last date of something."""
    if name.lower() not in _DATES:
        raise Rejected(f"FieldName {name!r} is none of {', '.join(_DATES)}", field="FieldName")
    if comparison not in _COMPARED:
        raise Rejected(f"ComparisonType {comparison!r} is unknown", field="ComparisonType")
    return Date(name.lower(), read_date(value, "Value").isoformat(), comparison)


def read_date(text: str, field: str) -> date:
    """`yyyy-MM-dd` and nothing else."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Rejected(f"{field} {text!r} is no date", field=field, value=text) from error
    if found.isoformat() != text:
        raise Rejected(f"{field} {text!r} is not yyyy-MM-dd", field=field, value=text)
    return found


def one_deeper(depth: int) -> int:
    """How deep conditions stand in conditions; there is an end to it."""
    if depth >= _DEEPEST:
        raise Rejected(f"conditions stand at most {_DEEPEST} deep", field="SearchCriteria")
    return depth + 1
