"""What may be a tag."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.tags import checked_tags


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"team": "a", "k" * 128: "v" * 256},
        {"Nhóm một": "", "a_.:/=+-@1": "x"},
        {f"k{n}": "" for n in range(50)},
    ],
)
def test_tags_within_the_limits_are_taken(tags: dict[str, str]) -> None:
    """Letters of any language, spaces, digits and a few signs."""
    assert checked_tags(tags) == tags


@pytest.mark.parametrize(
    "tags",
    [
        {"": "x"},
        {"k" * 129: "x"},
        {"aws:stack": "x"},
        {"a\nb": "x"},
        {"a*b": "x"},
        {"team": "v" * 257},
        {f"k{n}": "" for n in range(51)},
    ],
)
def test_what_is_no_tag_or_one_too_many_is_refused(tags: dict[str, str]) -> None:
    with pytest.raises(Rejected) as refused:
        checked_tags(tags)
    assert refused.value.field == "tags"
