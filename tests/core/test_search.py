"""What somebody looks for."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.search import (
    All,
    Any,
    Condition,
    Found,
    Tag,
    checked_date,
    checked_text,
    one_deeper,
    read_date,
)

MAIN = Found(
    texts={"name": "Main inbound", "description": "All calls", "type": "CONTACT_FLOW"},
    tags={"team": "a", "live": ""},
)


@pytest.mark.parametrize(
    ("value", "comparison", "holds"),
    [
        ("Main inbound", "EXACT", True),
        ("main INBOUND", "EXACT", True),
        ("Main", "EXACT", False),
        ("main", "STARTS_WITH", True),
        ("inbound", "STARTS_WITH", False),
        ("in", "CONTAINS", True),
        ("out", "CONTAINS", False),
    ],
)
def test_texts_are_compared_whatever_their_case(value: str, comparison: str, holds: bool) -> None:
    assert checked_text("Name", value, comparison).holds(MAIN) is holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Tag("team", "a"), True),
        (Tag("team"), True),
        (Tag("live", ""), True),
        (Tag("team", "b"), False),
        (Tag("Team", "a"), False),
        (All([Tag("team", "a"), Tag("live")]), True),
        (All([Tag("team", "a"), Tag("gone")]), False),
        (Any([Tag("team", "b"), Tag("live")]), True),
        (Any([Tag("team", "b")]), False),
        (All([]), True),
        (Any([]), False),
    ],
)
def test_conditions_are_made_of_conditions(condition: Condition, holds: bool) -> None:
    """Nothing wanted finds everything; none of nothing finds nothing."""
    assert condition.holds(MAIN) is holds


@pytest.mark.parametrize(("name", "comparison"), [("content", "EXACT"), ("name", "LIKE"), ("", "")])
def test_other_fields_and_comparisons_are_refused(name: str, comparison: str) -> None:
    with pytest.raises(Rejected):
        checked_text(name, "x", comparison)


@pytest.mark.parametrize(
    ("comparison", "value", "holds"),
    [
        ("EQUAL_TO", "2026-07-04", True),
        ("EQUAL_TO", "2026-07-05", False),
        ("LESS_THAN", "2026-07-04", False),
        ("LESS_THAN_OR_EQUAL_TO", "2026-07-04", True),
        ("GREATER_THAN", "2025-12-31", True),
        ("GREATER_THAN_OR_EQUAL_TO", "2026-07-05", False),
    ],
)
def test_dates_are_compared(comparison: str, value: str, holds: bool) -> None:
    holiday = Found(texts={"effectivefrom": "2026-07-04"})

    assert checked_date("EffectiveFrom", value, comparison).holds(holiday) is holds


@pytest.mark.parametrize("text", ["", "2026-7-4", "20260704", "2026-02-30", "2026-07-04T00:00"])
def test_a_date_that_is_none_is_refused_by_field_and_value(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_date(text, "FromDate")

    assert (refused.value.field, refused.value.value) == ("FromDate", text)


def test_conditions_stand_only_so_deep() -> None:
    """Somebody who sends thousands of brackets is refused, not followed."""
    depth = 0
    for _ in range(5):
        depth = one_deeper(depth)

    with pytest.raises(Rejected):
        one_deeper(depth)
