"""What somebody looks for among named things: conditions, and conditions made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.core.errors import Rejected

_DEEPEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing, as far as it can be looked for."""

    texts: Mapping[str, str]  # name, description, type, state, status
    tags: Mapping[str, str] = field(default_factory=dict)


class Condition(Protocol):
    def holds(self, found: Found) -> bool: ...


@dataclass(frozen=True, slots=True)
class Text:
    """`comparison` as Amazon Connect calls it; letters count as they are, except their case."""

    name: str
    value: str
    comparison: str = "EXACT"

    def holds(self, found: Found) -> bool:
        text, value = found.texts[self.name].casefold(), self.value.casefold()
        match self.comparison:
            case "STARTS_WITH":
                return text.startswith(value)
            case "CONTAINS":
                return value in text
        return text == value


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


def checked_text(name: str, value: str, comparison: str) -> Text:
    """A condition on the name or the description."""
    if name.lower() not in ("name", "description"):
        raise Rejected(f"FieldName {name!r} is neither name nor description", field="FieldName")
    if comparison not in ("STARTS_WITH", "CONTAINS", "EXACT"):
        raise Rejected(f"ComparisonType {comparison!r} is unknown", field="ComparisonType")
    return Text(name.lower(), value, comparison)


def one_deeper(depth: int) -> int:
    """How deep conditions stand in conditions; there is an end to it."""
    if depth >= _DEEPEST:
        raise Rejected(f"conditions stand at most {_DEEPEST} deep", field="SearchCriteria")
    return depth + 1
