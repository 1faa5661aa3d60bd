"""Views: data against a schema, and templates filled with it."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.view import ViewContent, checked_content, filled, problems, reference

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "string"}, 5, ["V is no string"]),
        ({"type": "number"}, "5", []),
        ({"type": "boolean"}, "true", []),
        ({"type": "object"}, [], ["V is no object"]),
        ({"type": "object", "required": ["a"]}, {"a": ""}, ["V.a is missing"]),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": "y"}, ["V.a is not one of x"]),
        ({"properties": {}, "additionalProperties": False}, {"b": 1}, ["V.b is unknown"]),
        ({"items": {"type": "string"}}, ["x", 1], ["V[1] is no string"]),
        ({"minItems": 2}, [1], ["V has 1 items, 2 to 1 are allowed"]),
        ({}, {"anything": [1]}, []),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    schema: dict[str, object], value: object, said: list[str]
) -> None:
    assert said == list(problems(schema, value, "V"))


def content(template: object, **schema: object) -> ViewContent:
    return ViewContent(
        template=json.dumps(template), actions=("Ok",), input_schema=json.dumps(schema)
    )


def test_values_keep_their_types_and_what_is_missing_is_left_out() -> None:
    template = {"Items": "$.Items", "Text": "Hi $.Name", "No": "$.No", "List": ["$.No", "$.Name"]}
    data = {"Items": [{"Id": 1}], "Name": "Ana"}

    assert {"Items": [{"Id": 1}], "Text": "Hi Ana", "List": ["Ana"]} == filled(
        content(template), data
    )


@given(JSON, st.dictionaries(st.text(), JSON, max_size=3))
def test_any_template_and_any_data_make_a_page_or_a_refusal(
    template: object, data: dict[str, object]
) -> None:
    text = json.dumps(template)
    assert isinstance(filled(checked_content(text, ["Ok"], publish=False), data), dict)
    with suppress(Rejected):
        assert "Body" in filled(checked_content(text, ["Ok"], publish=True), data)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("form", ("form", "")),
        ("view:Opening hours", ("Opening hours", "")),
        ("form:$LATEST", ("form", "")),
        ("form:Latest", ("form", "")),
        ("v-1:$SAVED", ("v-1", "$SAVED")),
        ("arn:aws:connect:us-east-1:aws:view/form:1", ("form", "1")),
    ],
)
def test_views_are_named_as_flows_name_them(written: str, meant: tuple[str, str]) -> None:
    assert meant == reference(written)
