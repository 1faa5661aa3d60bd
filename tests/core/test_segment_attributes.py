"""Segment attributes, plain inside and typed outside."""

from __future__ import annotations

from chalicelib.core.segment_attributes import plain, typed

INSIDE = {"connect:Subtype": "connect:Chat", "tier": 3, "who": {"a": "b"}, "all": ["x", 1]}
OUTSIDE = {
    "connect:Subtype": {"ValueString": "connect:Chat"},
    "tier": {"ValueInteger": 3},
    "who": {"ValueMap": {"a": {"ValueString": "b"}}},
    "all": {"ValueList": [{"ValueString": "x"}, {"ValueInteger": 1}]},
}


def test_each_value_stands_under_the_name_of_its_type_outside() -> None:
    assert OUTSIDE == typed(INSIDE)


def test_what_comes_from_outside_is_plain_inside() -> None:
    """Exports write either form; flows compare with the plain one."""
    assert INSIDE == plain(OUTSIDE)
    assert INSIDE == plain(INSIDE)
