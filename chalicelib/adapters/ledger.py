"""Where ledger lines lie in the lake, and in which bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from chalicelib.adapters.side_by_side import bodies
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import LedgerLine
from chalicelib.services.ports import ObjectStore


class S3Ledger:
    """The Ledger port: `ledger/dt=<civil day>/<contact id>.jsonl`, a line of JSON per line.

    Amounts and prices are text there, so that no reader makes them doubles by accident.
    """

    def __init__(self, objects: ObjectStore, *, readers: int = 16) -> None:
        self._objects = objects
        self._readers = readers

    def of_contact(self, contact_id: ContactId, day: date) -> Sequence[LedgerLine]:
        try:
            return _read(self._objects.get(_key(contact_id, day)))
        except NotFound:
            return []

    def keep(self, contact_id: ContactId, day: date, lines: Sequence[LedgerLine]) -> None:
        body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        self._objects.put(_key(contact_id, day), body, content_type="application/x-ndjson")

    def lines(self, days: Iterable[date]) -> Iterator[LedgerLine]:
        keys = [info.key for day in days for info in self._objects.list(_folder(day))]
        for body in bodies(self._objects, keys, readers=self._readers):
            yield from _read(body)


def _read(body: bytes) -> list[LedgerLine]:
    return [msgspec.json.decode(line, type=LedgerLine) for line in body.splitlines()]


def _key(contact_id: ContactId, day: date) -> str:
    return f"{_folder(day)}{contact_id}.jsonl"


def _folder(day: date) -> str:
    return f"ledger/dt={day.isoformat()}/"
