"""Where contact records lie in their bucket, and in which bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import BinaryIO

import msgspec

from chalicelib.adapters.side_by_side import bodies
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.errors import NotFound
from chalicelib.core.record_document import OWN_SECTION, document
from chalicelib.services.ports import ObjectStore

_SUFFIX = ".jsonl"
_PACK_VERSION = 4  # another one whenever a pack gets other columns


class S3RecordLake:
    """The RecordLake and RecordWriter ports: `records/dt=<UTC day of disconnect>/<contact
    id>.jsonl`; the packs lie under `contacts/`."""

    def __init__(self, objects: ObjectStore, *, readers: int = 16) -> None:
        self._objects = objects
        self._readers = readers

    def lacks(self, record: ContactRecord) -> bool:
        return self._last_fact(_key(record)) < record.last_fact

    def store(self, record: ContactRecord) -> None:
        body = msgspec.json.encode(document(record)) + b"\n"
        self._objects.put(_key(record), body, content_type="application/x-ndjson")

    def listing(self, utc_day: date) -> Mapping[str, str]:
        before = len(_records(utc_day))
        found = self._objects.list(_records(utc_day))
        return {info.key[before:].removesuffix(_SUFFIX): info.etag for info in found}

    def records(self, utc_day: date, contact_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        keys = [f"{_records(utc_day)}{contact_id}{_SUFFIX}" for contact_id in contact_ids]
        found = bodies(self._objects, keys, readers=self._readers)
        return zip(contact_ids, found, strict=True)

    def pack(self, utc_day: date) -> BinaryIO | None:
        try:
            return self._objects.open(_pack(utc_day))
        except NotFound:
            return None

    def keep_pack(self, utc_day: date, file: BinaryIO) -> None:
        self._objects.put(_pack(utc_day), file, content_type="application/vnd.apache.parquet")

    def packed_bytes(self, utc_day: date) -> int:
        """How large the day's pack is; 0 as long as nobody has asked for the day."""
        pack = self._objects.describe(_pack(utc_day))
        return pack.size_bytes if pack else 0

    def _last_fact(self, key: str) -> int:
        try:
            stored = self._objects.get(key)
        except NotFound:
            return 0
        last_fact: int = msgspec.json.decode(stored)[OWN_SECTION]["LastFact"]
        return last_fact


def _key(record: ContactRecord) -> str:
    day = record.disconnected_at.astimezone(UTC).date()
    return f"{_records(day)}{record.contact_id}{_SUFFIX}"


def _records(day: date) -> str:
    return f"records/dt={day.isoformat()}/"


def _pack(day: date) -> str:
    return f"contacts/v{_PACK_VERSION}/dt={day.isoformat()}/contacts.parquet"
