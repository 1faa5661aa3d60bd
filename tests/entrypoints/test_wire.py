"""JSON at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import msgspec
import pytest

from chalicelib.entrypoints import wire


class Address(wire.Body):
    post_code: str


class Order(wire.Body):
    order_id: str
    amount: int = 0
    ship_to: Address | None = None
    notes: dict[str, str] = {}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"orderId": 5}', "orderId"),
        (b'{"orderId": "1", "amount": "x"}', "amount"),
        (b'{"orderId": "1", "colour": 1}', "colour"),
        (b'{"orderId": "1", "order_id": "1"}', "order_id"),
        (b"{}", "orderId"),
        (b"", "orderId"),
        (b'{"orderId": "1", "shipTo": {}}', "shipTo.postCode"),
        (b'{"orderId": "1", "shipTo": {"postCode": "1", "x": 1}}', "shipTo.x"),
        (b'{"orderId": "1", "shipTo": {"postCode": 1}}', "shipTo.postCode"),
        (b'{"orderId": "1", "notes": {"a": 1}}', "notes[...]"),
    ],
)
def test_a_body_of_the_wrong_shape_names_the_field(raw: bytes, field: str) -> None:
    """As the client spells it, with the path to it."""
    with pytest.raises(wire.Malformed) as refused:
        wire.read(raw, Order)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b'{"orderId": "\\ud800"}',
        b'{"orderId": NaN}',
        b"[" * 100_000,
        b'{"orderId": "1", "notes": ' + b'{"a":' * 50_000,
        b'{"orderId": "1"} x',
    ],
    ids=[
        "cut off",
        "list",
        "null",
        "number",
        "no text",
        "half a character",
        "NaN",
        "deep list",
        "deep object",
        "more behind",
    ],
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    """Whatever it is, it is the client's mistake, and nothing breaks."""
    with pytest.raises(wire.Malformed) as refused:
        wire.read(raw, Order)

    assert refused.value.field


def test_a_good_body_is_read_whole() -> None:
    order = wire.read('{"orderId": "ü👍", "shipTo": {"postCode": "1"}}', Order)

    assert order == Order(order_id="ü👍", ship_to=Address(post_code="1"))


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    thing_id: str
    made_at: datetime | None
    of_day: date
    colour: Colour
    parts: tuple[str, ...]
    extra_facts: dict[str, object]
    sha256: str = "x"


def test_dataclasses_go_out_in_camel_case_and_mappings_as_they_are() -> None:
    """Times in UTC with milliseconds, days as days, enumerations as their values."""
    east = timezone(timedelta(hours=2))
    thing = Thing(
        "t-1",
        datetime(2026, 3, 2, 16, 0, 0, 999_999, tzinfo=east),
        date(2026, 3, 2),
        Colour.RED,
        ("a",),
        {"my_key": {"inner_key": Colour.RED}},
    )

    assert wire.shaped(thing) == {
        "thingId": "t-1",
        "madeAt": "2026-03-02T14:00:00.999Z",
        "ofDay": "2026-03-02",
        "colour": "red",
        "parts": ["a"],
        "extraFacts": {"my_key": {"inner_key": "red"}},
        "sha256": "x",
    }


def test_amounts_go_out_as_text_to_the_last_place() -> None:
    """A number of JSON would lose it, and nobody reads exponents."""
    assert [wire.shaped(Decimal(text)) for text in ("600.10", "1E+3")] == ["600.10", "1000"]


def test_what_is_written_can_be_read() -> None:
    written = wire.write({"at": datetime(2026, 3, 2, tzinfo=UTC), "n": None})

    assert msgspec.json.decode(written) == {"at": "2026-03-02T00:00:00.000Z", "n": None}
