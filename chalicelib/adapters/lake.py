"""Where contact records lie in their bucket, and in which bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date

import msgspec

from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.errors import NotFound
from chalicelib.core.record_document import OWN_SECTION, document
from chalicelib.services.ports import ObjectStore

_AT_ONCE = 500  # records held in memory while they pass


class S3RecordLake:
    """The RecordLake port: `records/dt=<UTC day of disconnect>/<contact id>.jsonl`."""

    def __init__(self, objects: ObjectStore, *, readers: int = 16) -> None:
        self._objects = objects
        self._readers = readers

    def store(self, record: ContactRecord) -> bool:
        day = record.disconnected_at.astimezone(UTC).date()
        key = f"{_records(day)}{record.contact_id}.jsonl"
        if self._last_fact(key) >= record.last_fact:
            return False
        body = msgspec.json.encode(document(record)) + b"\n"
        self._objects.put(key, body, content_type="application/x-ndjson")
        return True

    def records(self, utc_days: Iterable[date]) -> Iterator[bytes]:
        """Read side by side: one object per contact makes many small requests of a busy day."""
        keys = [info.key for day in utc_days for info in self._objects.list(_records(day))]
        with ThreadPoolExecutor(self._readers) as readers:
            for start in range(0, len(keys), _AT_ONCE):
                yield from readers.map(self._objects.get, keys[start : start + _AT_ONCE])

    def _last_fact(self, key: str) -> int:
        try:
            stored = self._objects.get(key)
        except NotFound:
            return 0
        last_fact: int = msgspec.json.decode(stored)[OWN_SECTION]["LastFact"]
        return last_fact


def _records(day: date) -> str:
    return f"records/dt={day.isoformat()}/"
