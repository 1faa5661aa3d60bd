"""Attributes of a contact within their limits."""

from __future__ import annotations

import pytest

from chalicelib.core.attributes import LIMIT, merged
from chalicelib.core.errors import Rejected


def test_what_is_given_stands_beside_what_was_known() -> None:
    """A key that is given again has the new value."""
    assert {"a": "1", "b": "3", "c": ""} == merged({"a": "1", "b": "2"}, {"b": "3", "c": ""})


@pytest.mark.parametrize("key", ["", "a b", "a.b", "$.a", "ä", "a\n", "x" * 32_768])
def test_a_key_that_no_flow_could_name_is_refused(key: str) -> None:
    """Letters, digits, hyphen and underscore, as in Amazon Connect."""
    with pytest.raises(Rejected) as refused:
        merged({}, {key: "1"})

    assert ("Attributes", key) == (refused.value.field, refused.value.value)


def test_the_limit_counts_bytes_of_all_attributes_together() -> None:
    """An umlaut is two; the last byte that fits is taken, and the next one refused."""
    known = {"a": "ä" * 10}

    assert merged(known, {"b": "x" * (LIMIT - 22)})
    with pytest.raises(Rejected, match=f"{LIMIT + 1} bytes"):
        merged(known, {"b": "x" * (LIMIT - 21)})
