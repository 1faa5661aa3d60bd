"""What changing any part of the configuration has in common: finding it by id, naming it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chalicelib.core.errors import Duplicate, NotFound
from chalicelib.services.flow_library import checked_description, checked_name

DESCRIPTION_LIMIT = 250


def found[T](
    parts: Iterable[T], reference: str, key: Callable[[T], str], *, noun: str, field: str
) -> T:
    """By id or ARN, whose last part is the id; NotFound names the field and what was asked for."""
    identifier = reference.rsplit("/", 1)[-1]
    part = next((each for each in parts if key(each) == identifier), None)
    if part is None:
        raise NotFound(f"no {noun} {reference!r}", field=field, value=reference)
    return part


def free_name(name: str, taken: Iterable[str], *, noun: str) -> str:
    """The same; Duplicate when another one has it, Rejected when it is none."""
    if name in taken:
        raise Duplicate(f"a {noun} named {name!r} exists", field="Name", value=name)
    return checked_name(name)


def description(text: str) -> str:
    return checked_description(text, DESCRIPTION_LIMIT)
