"""Long lists in pages. The mark between two of them names an entry, so that what comes or goes
meanwhile neither hides nor repeats another one."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.core.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which page is wanted: at most `size` entries after the one that `token` names."""

    size: int
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Page[T]:
    """`token` None: there is no more."""

    items: Sequence[T]
    token: str | None


def wish(size: str | int | None, token: str | None, *, limit: int) -> Wish:
    """What a client asks for, in its own spelling."""
    text = str(limit if size is None else size)
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    if not is_number or not 1 <= int(text) <= limit:
        raise Rejected(f"MaxResults is from 1 to {limit}", field="MaxResults", value=size)
    return Wish(size=int(text), token=token)


def page[T](items: Sequence[T], wanted: Wish, key: Callable[[T], str | int], *, of: str) -> Page[T]:
    """One page of a list that is in ascending order of its key; `of` says which list it is."""
    left = items
    if wanted.token is not None:
        after = _read(wanted.token, of)
        try:
            left = [item for item in items if key(item) > after]  # type: ignore[operator]
        except TypeError as error:
            raise _bad_token(wanted.token) from error
    shown = left[: wanted.size]
    is_last = len(left) <= wanted.size
    return Page(shown, None if is_last else _written(key(shown[-1]), of))


def first_of(wanted: Wish, *, of: str) -> int:
    """For a list whose entries go by their number, from 0: the first one of the page."""
    if wanted.token is None:
        return 0
    last = _read(wanted.token, of)
    if not isinstance(last, int) or last < 0:
        raise _bad_token(wanted.token)
    return last + 1


def page_from[T](items: Sequence[T], first: int, count: int, *, of: str) -> Page[T]:
    """These entries of such a list, from `first` on, of `count` in all."""
    end = first + len(items)
    return Page(items, _written(end - 1, of) if items and end < count else None)


def _written(key: str | int, of: str) -> str:
    return urlsafe_b64encode(json.dumps([of, key]).encode()).decode()


def _read(token: str, of: str) -> str | int:
    try:
        named, key = json.loads(urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise _bad_token(token) from error
    if named != of or not isinstance(key, str | int):
        raise _bad_token(token)
    return key


def _bad_token(token: str) -> Rejected:
    return Rejected("NextToken is none that this list gave", field="NextToken", value=token)
