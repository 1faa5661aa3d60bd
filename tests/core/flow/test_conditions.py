"""The operators of conditions."""

from __future__ import annotations

import pytest

from chalicelib.core.flow.conditions import holds, is_operator

OPERATORS = (
    "Equals",
    "TextStartsWith",
    "TextEndsWith",
    "TextContains",
    "NumberGreaterThan",
    "NumberGreaterOrEqualTo",
    "NumberLessThan",
    "NumberLessOrEqualTo",
)


@pytest.mark.parametrize(
    ("operator", "value", "operand", "expected"),
    [
        ("Equals", "Gold", "Gold", True),
        ("Equals", "gold", "Gold", False),
        ("Equals", "1", "1.0", False),
        ("Equals", "", "", True),
        ("TextStartsWith", "+44 20", "+44", True),
        ("TextEndsWith", "abc", "bc", True),
        ("TextContains", "abc", "d", False),
        ("NumberGreaterThan", "10", "9", True),
        ("NumberGreaterThan", "9", "9", False),
        ("NumberGreaterOrEqualTo", "9.0", "9", True),
        ("NumberLessThan", "-1.5", "0", True),
        ("NumberLessOrEqualTo", "3", "2", False),
        ("NumberLessThan", "ten", "20", False),
        ("NumberGreaterThan", "ten", "2", False),
        ("NumberGreaterThan", "inf", "2", False),
        ("NumberLessThan", "1", "", False),
    ],
)
def test_an_operator_compares(operator: str, value: str, operand: str, expected: bool) -> None:
    """Text exactly; numbers as numbers; what is not a number never compares true."""
    assert holds(operator, value, operand) is expected


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_missing_value_matches_nothing(operator: str) -> None:
    """Not even the empty string."""
    assert is_operator(operator)
    assert not holds(operator, None, "")


def test_the_documentations_slip_is_no_operator() -> None:
    """Real flows write NumberLessThan."""
    assert not is_operator("NumericLessThan")
