"""Long lists in pages."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.paging import Page, page, wish

NAMES = ["ana", "ben", "cleo", "dan", "eve"]


def pages(names: list[str], size: int) -> list[list[str]]:
    found: list[list[str]] = []
    token: str | None = None
    while not found or token:
        each = names_page(names, size, token)
        found.append(list(each.items))
        token = each.token
    return found


def names_page(names: list[str], size: int, token: str | None) -> Page[str]:
    return page(names, wish(size, token, limit=100), str, of="people")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (2, [["ana", "ben"], ["cleo", "dan"], ["eve"]]),
        (5, [NAMES]),
        (9, [NAMES]),
        (1, [[name] for name in NAMES]),
    ],
)
def test_every_entry_comes_once(size: int, expected: list[list[str]]) -> None:
    """The last page says that it is the last, also when it is full."""
    assert pages(NAMES, size) == expected
    assert pages([], size) == [[]]


def test_what_comes_or_goes_between_two_pages_hides_nobody() -> None:
    """The mark names an entry, not a count; it may have gone itself."""
    first = names_page(NAMES, 2, None)
    others = ["abe", "ana", "cleo", "dan", "eve"]

    assert list(names_page(others, 9, first.token).items) == ["cleo", "dan", "eve"]


def test_numbers_can_be_keys() -> None:
    """Such as versions, newest first."""
    versions = [12, 11, 10, 9]
    first = page(versions, wish(3, None, limit=9), lambda n: -n, of="versions")
    rest = page(versions, wish(3, first.token, limit=9), lambda n: -n, of="versions")

    assert (list(first.items), list(rest.items), rest.token) == ([12, 11, 10], [9], None)


@pytest.mark.parametrize("size", ["0", "-1", "101", "x", "", "1.5", "٣", "9" * 5000, 0, 101])
def test_a_size_out_of_bounds_is_refused(size: str | int) -> None:
    """By name and value."""
    with pytest.raises(Rejected) as refused:
        wish(size, None, limit=100)
    assert (refused.value.field, refused.value.value) == ("MaxResults", size)


@pytest.mark.parametrize("size", [None, "100", "1", 7])
def test_a_size_in_bounds_is_taken_and_none_is_the_limit(size: str | int | None) -> None:
    assert wish(size, None, limit=100).size == int(100 if size is None else size)


def token_of(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "é",
        "%%%%",
        "[" * 5000,
        token_of("people"),
        token_of(["queues", "ana"]),
        token_of(["people", 5]),
        token_of(["people", None]),
        token_of(["people", "ana", "ben"]),
        token_of({"people": 1}),
    ],
)
def test_a_mark_that_this_list_never_gave_is_refused(token: str) -> None:
    """Noise, another list's, one of another kind."""
    with pytest.raises(Rejected) as refused:
        names_page(NAMES, 2, token)
    assert refused.value.field == "NextToken"
