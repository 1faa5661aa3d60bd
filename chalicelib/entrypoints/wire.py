"""JSON at the edge: camelCase outside, dataclasses inside, and errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib.core.errors import Rejected

_HUMP = re.compile(r"_([a-z0-9])")
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
        found = _PLACE.match(str(error))
        what, field = (found["what"], found["field"]) if found else (str(error), None)
        raise Malformed(f"{field}: {what}" if field else what, field=field or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"the body is not JSON: {error}", field="body") from error


def write(value: object) -> bytes:
    """JSON of dataclasses, structs and plain values, keys in camelCase."""
    return msgspec.json.encode(shaped(value))


def shaped(value: object) -> Any:
    """The same as plain values, keys of dataclasses in camelCase, times in ISO 8601 with ms."""
    return _camel(msgspec.to_builtins(value, builtin_types=(datetime,), enc_hook=_plain))


def encoded(value: object) -> str:
    """JSON of plain values, as they are."""
    return msgspec.json.encode(value).decode()


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _camel(value: object) -> Any:
    match value:
        case datetime():
            return iso(value)
        case dict():
            return {_HUMP.sub(lambda m: m[1].upper(), k): _camel(v) for k, v in value.items()}
        case list() | tuple():
            return [_camel(v) for v in value]
        case _:
            return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
