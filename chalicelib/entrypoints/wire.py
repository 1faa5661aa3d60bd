"""JSON at the edge: camelCase outside, dataclasses inside, and errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from chalicelib.core.errors import Rejected
from chalicelib.core.moments import iso

_MOST_FIELDS = 20
_HUMP = re.compile(r"_([a-z0-9])")
_NAMED = re.compile(r"(?:unknown|required) field `([^`]*)`")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?$", re.DOTALL)


class Malformed(Rejected):
    """The request could not be read: not JSON, or not of the shape the door takes."""


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Base of request bodies under `/v1/`: camelCase, and no field we do not know."""


def read[T](raw: bytes | str, shape: type[T]) -> T:
    """The typed body, or Malformed naming the field."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.ValidationError as error:
        raise _malformed(error, "body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"the body is not JSON: {error}", field="body") from error
    except RecursionError as error:
        raise Malformed("the body is nested too deeply", field="body") from error


def read_query[T](given: Mapping[str, str], shape: type[T]) -> T:
    """The typed query of an address, or Malformed naming the field."""
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _malformed(error, "query") from error


def read_form(raw: bytes) -> dict[str, str]:
    """The fields of a form as a browser posts it; Malformed when there are too many, one is given
    twice, or it is no text. Whoever takes it says which fields there are."""
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise Malformed(f"the body is not a form: {error}", field="body") from error
    form = dict(pairs)
    if len(form) < len(pairs):
        raise Malformed("a field is given twice", field="body")
    return form


def _malformed(error: msgspec.ValidationError, whole: str) -> Malformed:
    found = _PLACE.match(str(error))
    what, place = (found["what"], found["field"]) if found else (str(error), None)
    named = _NAMED.search(what)
    field = ".".join(part for part in (place, named and named[1]) if part)
    return Malformed(f"{place}: {what}" if place else what, field=field or whole)


def write(value: object) -> bytes:
    """JSON of dataclasses, structs and plain values, keys in camelCase."""
    return msgspec.json.encode(shaped(value))


def shaped(value: object) -> Any:
    """The same as plain values: fields of dataclasses in camelCase, keys of mappings as they are,
    times in ISO 8601 with milliseconds, decimals as text."""
    match value:
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case StrEnum():
            return value.value
        case None | str() | int() | float():
            return value
        case Mapping():
            return {str(key): shaped(each) for key, each in value.items()}
        case Iterable():
            return [shaped(each) for each in value]
    names = [field.name for field in fields(value)]  # type: ignore[arg-type]  # all else is a dataclass
    return {_HUMP.sub(_raised, name): shaped(getattr(value, name)) for name in names}


def _raised(hump: re.Match[str]) -> str:
    return hump[1].upper()


def encoded(value: object) -> str:
    """JSON of plain values, as they are."""
    return msgspec.json.encode(value).decode()
