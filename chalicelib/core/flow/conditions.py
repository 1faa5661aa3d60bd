"""The conditions of a flow: how they are written, and when they hold."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)

LEVELS = 5  # of conditions inside of conditions
MOST_COMPARISONS = 50  # in one condition

type _Comparison = Callable[[str, str], bool]


def holds(name: str, value: str | None, operand: str) -> bool:
    """Whether the comparison is true. Nothing (None) compares true with nothing.

    Text compares exactly, letter for letter; what is not a number is neither less nor greater.
    """
    return value is not None and OPERATORS[name](value, operand)


class Unreadable(Exception):
    """What stands at this place of a condition cannot stand there."""

    def __init__(self, value: object, path: str) -> None:
        super().__init__(path)
        self.value = value
        self.path = path


def comparisons(condition: object) -> list[tuple[str, str]]:
    """Operators with their operands, of which one must be true; Unreadable if it is no condition.

    Conditions may stand inside of others in place of their operand: the inner ones decide.
    """
    found = list(_comparisons(condition, "Condition", 1))
    if len(found) > MOST_COMPARISONS:
        raise Unreadable(len(found), "Condition")
    return found


def _comparisons(condition: object, path: str, level: int) -> Iterator[tuple[str, str]]:
    entries = condition if isinstance(condition, dict) else {}
    written, operands = entries.get("Operator"), entries.get("Operands")
    name = _SPELLINGS.get(written, written) if isinstance(written, str) else ""
    if name not in OPERATORS:
        raise Unreadable(written, f"{path}.Operator")
    if not isinstance(operands, list) or not operands or level > LEVELS:
        raise Unreadable(operands, f"{path}.Operands")
    if [isinstance(operand, str) for operand in operands] == [True]:
        yield name, operands[0]
        return
    for number, operand in enumerate(operands):
        if not isinstance(operand, dict):
            raise Unreadable(operands, f"{path}.Operands")
        yield from _comparisons(operand, f"{path}.Operands[{number}]", level + 1)


def _numeric(compare: Callable[[float, float], bool]) -> _Comparison:
    def comparison(value: str, operand: str) -> bool:
        if not _NUMBER.fullmatch(value) or not _NUMBER.fullmatch(operand):
            return False
        return compare(float(value), float(operand))

    return comparison


def _has_key(value: str, operand: str) -> bool:
    """Of an object, such as the reply of a function; any other value has no keys."""
    if not value.startswith("{"):
        return False
    try:
        written: object = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(written, dict) and operand in written


OPERATORS: Mapping[str, _Comparison] = {
    "Equals": operator.eq,
    "TextStartsWith": str.startswith,
    "TextEndsWith": str.endswith,
    "TextContains": operator.contains,
    "KeyExists": _has_key,
    "NumberGreaterThan": _numeric(operator.gt),
    "NumberGreaterOrEqualTo": _numeric(operator.ge),
    "NumberLessThan": _numeric(operator.lt),
    "NumberLessOrEqualTo": _numeric(operator.le),
}

# As the documentation has it, beside what real flows hold.
_SPELLINGS: Mapping[str, str] = {
    name.replace("Number", "Numeric"): name for name in OPERATORS if name.startswith("Number")
}
