"""Where records and exports lie in their buckets, and in which bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date

import msgspec

from chalicelib.core import revision
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.errors import NotFound
from chalicelib.core.record_document import OWN_SECTION, document
from chalicelib.core.revision import Manifest
from chalicelib.services.ports import ObjectStore

LINK_SECONDS = 900
_MANIFEST = "manifest.json"
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


class S3Exports:
    """The Exports port: `exports/<report>/dt=<civil day>/r<revision>/`."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def write(
        self, report: str, day: date, revision: int, *, name: str, body: bytes, media_type: str
    ) -> None:
        key = _folder(report, day, revision) + name
        self._objects.put(key, body, content_type=media_type)

    def read(self, report: str, day: date, revision: int, *, name: str) -> bytes:
        return self._objects.get(_folder(report, day, revision) + name)

    def seal(self, manifest: Manifest) -> None:
        body = msgspec.json.format(msgspec.json.encode(revision.document(manifest)), indent=2)
        folder = _folder(manifest.report, manifest.period.day, manifest.revision)
        self._objects.put(folder + _MANIFEST, body, content_type="application/json")

    def manifest(self, report: str, day: date, revision_: int) -> Manifest | None:
        try:
            body = self._objects.get(_folder(report, day, revision_) + _MANIFEST)
        except NotFound:
            return None
        return revision.read(msgspec.json.decode(body, type=dict[str, object]))

    def link(self, report: str, day: date, revision: int, *, name: str) -> str:
        key = _folder(report, day, revision) + name
        return self._objects.presigned_get(key, expires_seconds=LINK_SECONDS, download_as=name)


def _records(day: date) -> str:
    return f"records/dt={day.isoformat()}/"


def _folder(report: str, day: date, revision: int) -> str:
    return f"exports/{report}/dt={day.isoformat()}/r{revision}/"
