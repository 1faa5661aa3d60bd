"""References, text with references in it, and values as text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.flow import values

ROOT: dict[str, object] = {
    "Channel": "VOICE",
    "Attributes": {"companyName": "Acme", "user attribute name": "spaced", "x-y_z": "dashed"},
    "SegmentAttributes": {"connect:Subtype": "connect:Telephony"},
    "External": {
        "FirstName": "Ana",
        "LastName": "Silva",
        "orders": [{"id": 7}, None],
        "open": True,
        "count": 3,
        "share": 2.5,
        "nothing": None,
        "họ": "Nguyễn",
    },
    "StoredCustomerInput": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$.Channel", "VOICE"),
        ("$['Channel']", "VOICE"),
        ("$.Attributes.companyName inc.", "Acme inc."),
        ("$.Attributes.companyName.", "Acme."),
        ("$.Attributes.companyName-", "Acme-"),
        ("$.Attributes.['user attribute name']!", "spaced!"),
        ('$.Attributes["user attribute name"]', "spaced"),
        ("$.Attributes.x-y_z", "dashed"),
        ("$.SegmentAttributes['connect:Subtype']", "connect:Telephony"),
        ("<say-as>$.External.count</say-as>", "<say-as>3</say-as>"),
        ("Hello $.External.FirstName $.External.LastName, hi", "Hello Ana Silva, hi"),
        ("`$.External.orders[0].id`", "7"),
        ("$.External.orders[0]", '{"id": 7}'),
        ("$.External.orders[1]|$.External.orders[9]|$.External.nothing", "||"),
        ("$.External.open, $.External.share", "true, 2.5"),
        ("$.External.họ", "Nguyễn"),
        ("$.StoredCustomerInput", ""),
        ("$.Nowhere.at.all", ""),
        ("$.Channel.deeper", ""),
        ("costs $5, or $ 5, or $", "costs $5, or $ 5, or $"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_text_is_interpolated(text: str, expected: str) -> None:
    """A reference ends at the first character that no path holds; a missing value is nothing."""
    assert values.interpolate(text, ROOT) == expected


def test_a_value_that_is_one_reference_keeps_its_kind() -> None:
    """Objects and lists can be handed on to another function."""
    nested = {
        "all": "$.External.orders",
        "name": "Hi $.External.FirstName",
        "n": 1,
        "l": ["$.Channel"],
    }

    assert values.interpolate_deep(nested, ROOT) == {
        "all": [{"id": 7}, None],
        "name": "Hi Ana",
        "n": 1,
        "l": ["VOICE"],
    }


@pytest.mark.parametrize("value", ["$.Attributes.companyName x", "x$.Channel", "static", "", "$"])
def test_a_mixed_value_is_static(value: str) -> None:
    """Only a value that is one reference from end to end is looked up."""
    assert values.whole(value, ROOT) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5", 5), (5, 5), (" 5 ", 5), ("0", None), ("11", None), ("5.0", None), (5.0, None)]
    + [(True, None), (None, None), ("-1", None), ("٥", None), ("9" * 5000, None), ([], None)],
)
def test_whole_numbers_come_as_numbers_or_strings(value: object, expected: int | None) -> None:
    """Exports write "5"; people write 5; nothing else is a number, and bounds hold."""
    assert values.whole_number(value, 1, 10) == expected


def test_depth_is_measured_without_recursion() -> None:
    """A reply may nest as deep as 32 KB of brackets allow."""
    deep: object = "end"
    for _ in range(16_000):
        deep = [deep]

    assert values.is_too_deep(deep)
    assert not values.is_too_deep({"a": [{"b": "c"}]})


@given(st.text())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_can_be_interpolated(text: str) -> None:
    """Whatever people type into a prompt, with dollar signs or not."""
    assert isinstance(values.interpolate("$." + text + "$['" + text, ROOT), str)
