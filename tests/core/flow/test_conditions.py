"""Conditions: how they are written, and when they hold."""

from __future__ import annotations

import pytest

from chalicelib.core.flow.conditions import OPERATORS, Unreadable, comparisons, holds

type Json = dict[str, object]


def condition(operator: str, *operands: object) -> Json:
    return {"Operator": operator, "Operands": [*operands]}


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
        ("KeyExists", '{"a": null}', "a", True),
        ("KeyExists", '{"a": {"b": 1}}', "b", False),
        ("KeyExists", "a", "a", False),
        ("KeyExists", "{a", "a", False),
        ("KeyExists", '{"a":' * 9_000, "a", False),
    ],
)
def test_an_operator_compares(operator: str, value: str, operand: str, expected: bool) -> None:
    """Text exactly; numbers as numbers; what is not a number never compares true."""
    assert holds(operator, value, operand) is expected


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_a_missing_value_matches_nothing(operator: str) -> None:
    """Not even the empty string."""
    assert not holds(operator, None, "")


def test_the_documentations_spelling_is_the_one_of_real_flows() -> None:
    """NumericLessThan is NumberLessThan."""
    assert [("NumberLessThan", "5")] == comparisons(condition("NumericLessThan", "5"))


def test_conditions_inside_of_a_condition_are_what_is_compared() -> None:
    """One of them must be true; what is around them only groups."""
    nested = condition("Equals", condition("Equals", "1"), condition("TextStartsWith", "2"))

    assert [("Equals", "1"), ("TextStartsWith", "2")] == comparisons(condition("Equals", nested))


def test_conditions_go_five_deep_and_no_deeper() -> None:
    deepest = condition("Equals", "1")
    for _ in range(4):
        deepest = condition("Equals", deepest)

    assert [("Equals", "1")] == comparisons(deepest)
    with pytest.raises(Unreadable):
        comparisons(condition("Equals", deepest))


def test_a_condition_holds_fifty_others_and_no_more() -> None:
    fifty = [condition("Equals", str(number)) for number in range(50)]

    assert 50 == len(comparisons(condition("Equals", *fifty)))
    with pytest.raises(Unreadable):
        comparisons(condition("Equals", *fifty, condition("Equals", "51")))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (None, "Condition.Operator"),
        ([], "Condition.Operator"),
        (condition("And", "1"), "Condition.Operator"),
        (condition("Equals"), "Condition.Operands"),
        (condition("Equals", "1", "2"), "Condition.Operands"),
        (condition("Equals", 1), "Condition.Operands"),
        (condition("Equals", condition("Exists", "1")), "Condition.Operands[0].Operator"),
    ],
)
def test_what_is_no_condition_is_told_by_its_place(written: object, path: str) -> None:
    """Also deep inside of another."""
    with pytest.raises(Unreadable) as refused:
        comparisons(written)

    assert path == refused.value.path
