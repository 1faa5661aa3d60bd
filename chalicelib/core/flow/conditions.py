"""The operators of a flow's conditions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)

type _Comparison = Callable[[str, str], bool]


def holds(name: str, value: str | None, operand: str) -> bool:
    """Whether the comparison is true. Nothing (None) compares true with nothing.

    Text compares exactly, letter for letter; what is not a number is neither less nor greater.
    """
    return value is not None and _OPERATORS[name](value, operand)


def is_operator(name: str) -> bool:
    return name in _OPERATORS


def _numeric(compare: Callable[[float, float], bool]) -> _Comparison:
    def comparison(value: str, operand: str) -> bool:
        if not _NUMBER.fullmatch(value) or not _NUMBER.fullmatch(operand):
            return False
        return compare(float(value), float(operand))

    return comparison


_OPERATORS: dict[str, _Comparison] = {
    "Equals": operator.eq,
    "TextStartsWith": str.startswith,
    "TextEndsWith": str.endswith,
    "TextContains": operator.contains,
    "NumberGreaterThan": _numeric(operator.gt),
    "NumberGreaterOrEqualTo": _numeric(operator.ge),
    "NumberLessThan": _numeric(operator.lt),
    "NumberLessOrEqualTo": _numeric(operator.le),
}
