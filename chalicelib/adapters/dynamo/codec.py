"""Documents in rows: dataclasses of ours as JSON, and back, with unions told apart by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from chalicelib.core import events, flow
from chalicelib.core.contact import Contact, Leg, LegFlow
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId


def dump(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def load[T](document: str, shape: type[T]) -> T:
    return msgspec.json.decode(document, type=shape)


def dump_contact(contact: Contact) -> str:
    legs = {leg: _with_tagged_turn(flow) for leg, flow in contact.legs.items()}
    return dump({**_with_tagged_turn(contact), "legs": legs})


def load_contact(document: str) -> Contact:
    raw = msgspec.json.decode(document)
    legs = {Leg(leg): _told(flow, LegFlow) for leg, flow in raw.pop("legs", {}).items()}
    return replaced(_told(raw, Contact), {"legs": legs})


def dump_facts(facts: tuple[Fact, ...]) -> str:
    return dump([{"seq": f.seq, "at": f.at, "event": _tagged(f.event)} for f in facts])


def load_facts(document: str, contact_id: ContactId) -> list[Fact]:
    return [
        Fact(
            contact_id=contact_id,
            seq=raw["seq"],
            at=msgspec.convert(raw["at"], datetime),
            event=_untagged(raw["event"], _events()),
        )
        for raw in msgspec.json.decode(document)
    ]


def stamp(at: datetime) -> str:
    """A moment as text that sorts as the moments do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def replaced[T](value: T, fields: Mapping[str, object]) -> T:
    """The same dataclass with these fields, which the caller has typed."""
    return dataclasses.replace(value, **fields)  # type: ignore[type-var]


def _with_tagged_turn(told: Contact | LegFlow) -> dict[str, Any]:
    apart = ("turn", "legs")
    names = [field.name for field in dataclasses.fields(told) if field.name not in apart]
    fields = {name: getattr(told, name) for name in names}
    turn = [_tagged(command) for command in told.turn]
    return {**msgspec.to_builtins(fields, enc_hook=_plain), "turn": turn}


def _told[T: (Contact, LegFlow)](raw: dict[str, Any], shape: type[T]) -> T:
    hints: dict[str, Any] = _hints(shape)  # type: ignore[arg-type]  # a class can be hashed
    turn = tuple(_untagged(command, _commands()) for command in raw.pop("turn", ()))
    known = {name: msgspec.convert(value, hints[name]) for name, value in raw.items()}
    return shape(**known, turn=turn)


def _tagged(value: object) -> dict[str, Any]:
    return {"type": type(value).__name__, **msgspec.to_builtins(value, enc_hook=_plain)}


def _untagged(raw: dict[str, Any], shapes: Mapping[str, type]) -> Any:
    return msgspec.convert(raw, shapes[raw["type"]])


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


@cache
def _events() -> dict[str, type]:
    return {shape.__name__: shape for shape in get_args(events.ContactEvent.__value__)}


@cache
def _commands() -> dict[str, type]:
    return {shape.__name__: shape for shape in get_args(flow.Command.__value__)}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


__all__ = [
    "dump",
    "dump_contact",
    "dump_facts",
    "load",
    "load_contact",
    "load_facts",
    "moment",
    "replaced",
    "stamp",
]
