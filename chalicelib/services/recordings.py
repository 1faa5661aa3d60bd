"""Recordings: the right to upload chunks, the one file made of them, and links to listen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.core.errors import Rejected
from chalicelib.core.ids import ContactId
from chalicelib.services.ports import ObjectInfo, ObjectStore, Remux, UploadGrant

GRANT_SECONDS = 3600
LINK_SECONDS = 900
MAX_CHUNK_BYTES = 1 << 20
MAX_CHUNKS = 43_200  # a whole day of 2 s chunks
_SEGMENT = re.compile(r"[0-9a-z]{1,16}")
_CHUNK_NUMBER = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class StitchedRecording:
    """One segment of a contact's recording as it lies in the bucket. Customer left, agent right."""

    segment: str
    bucket: str
    key: str
    seconds: float
    channels: int
    size_bytes: int
    sha256: str
    started_at: datetime
    missing_chunks: int = 0


class RecordingsService:
    """Stitches what browsers uploaded; the fact that it is stored is the caller's to write."""

    def __init__(self, objects: ObjectStore, remux: Remux, now: Callable[[], datetime]) -> None:
        self._objects = objects
        self._remux = remux
        self._now = now

    def grant(self, contact_id: ContactId) -> UploadGrant:
        """The right to upload chunks of this contact for an hour."""
        return self._objects.presigned_post(
            parts_prefix(contact_id),
            expires_seconds=GRANT_SECONDS,
            max_bytes=MAX_CHUNK_BYTES,
        )

    def stream_arn(self, contact_id: ContactId) -> str:
        """Below which the contact's audio arrives, chunk by chunk."""
        return f"arn:aws:s3:::{self._objects.bucket}/{parts_prefix(contact_id)}"

    def segments(self, contact_id: ContactId) -> tuple[str, ...]:
        """Every segment of which at least one chunk arrived, finished or not."""
        prefix = parts_prefix(contact_id)
        names = {part.key[len(prefix) :].split("/")[0] for part in self._objects.list(prefix)}
        return tuple(sorted(name for name in names if _SEGMENT.fullmatch(name)))

    def stitch(
        self,
        contact_id: ContactId,
        segment: str,
        started_at: datetime,
        *,
        chunks: int | None = None,
    ) -> StitchedRecording | None:
        """Make one file of the chunks that arrived; None while none of them holds audio.

        The same chunks give the same object, without work; a chunk that came late gives a new one
        under the same key. `chunks` is how many the browser says it made, where it could say.
        """
        parts = self._parts(contact_id, segment)
        if not parts:
            return None
        key = recording_key(contact_id, segment, started_at)
        stored = self._objects.describe(key)
        count = _count(parts, chunks, stored)
        digest = _digest(parts, count, started_at)
        if stored is None or stored.metadata.get("parts") != digest:
            if not self._store(key, parts, count, digest):
                return None
            stored = self._objects.describe(key)
        return _stitched(self._objects.bucket, segment, started_at, stored) if stored else None

    def link(self, key: str) -> tuple[str, datetime]:
        """Where to listen, and until when."""
        url = self._objects.presigned_get(key, expires_seconds=LINK_SECONDS)
        return url, self._now() + timedelta(seconds=LINK_SECONDS)

    def _parts(self, contact_id: ContactId, segment: str) -> dict[int, ObjectInfo]:
        """The chunks by number; what a browser put beside them under other names is ignored."""
        check_segment(segment)
        prefix = f"{parts_prefix(contact_id)}{segment}/"
        numbered = {
            int(part.key[len(prefix) :]): part
            for part in self._objects.list(prefix)
            if _CHUNK_NUMBER.fullmatch(part.key[len(prefix) :])
        }
        return {number: part for number, part in numbered.items() if number < MAX_CHUNKS}

    def _store(self, key: str, parts: Mapping[int, ObjectInfo], count: int, digest: str) -> bool:
        recording = self._remux(self._bodies(parts, count))
        if recording is None:
            return False
        self._objects.put(
            key,
            recording.ogg,
            content_type="audio/ogg",
            metadata={
                "parts": digest,
                "seconds": f"{recording.seconds:.3f}",
                "filled-seconds": f"{recording.filled_seconds:.3f}",
                "channels": str(recording.channels),
                "sha256": hashlib.sha256(recording.ogg).hexdigest(),
                "chunks": str(count),
                "missing-chunks": str(count - len(parts)),
            },
        )
        return True

    def _bodies(self, parts: Mapping[int, ObjectInfo], count: int) -> Sequence[bytes]:
        return [
            self._objects.get(parts[number].key) if number in parts else b""
            for number in range(count)
        ]


def check_segment(segment: str) -> None:
    """Refuses what cannot be the name of a segment."""
    if not _SEGMENT.fullmatch(segment):
        raise Rejected(f"segment {segment!r} is no segment", field="segment", value=segment)


def recording_key(contact_id: ContactId, segment: str, started_at: datetime) -> str:
    """Where a segment lies: by the UTC day on which it began."""
    return f"recordings/{started_at.astimezone(UTC):%Y/%m/%d}/{contact_id}/{segment}.ogg"


def segment_started_at(segment: str) -> datetime:
    """When a segment began by its name, which is the browser's clock in milliseconds, base 36.

    For segments that nobody finished, where no better moment is known.
    """
    try:
        return datetime.fromtimestamp(int(segment, 36) / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Rejected(
            f"segment {segment!r} names no moment", field="segment", value=segment
        ) from error


def parts_prefix(contact_id: ContactId) -> str:
    return f"parts/{contact_id}/"


def _count(parts: Mapping[int, ObjectInfo], chunks: int | None, stored: ObjectInfo | None) -> int:
    """How many chunks there should be: the most that anybody ever knew of."""
    known = int(stored.metadata.get("chunks", "0")) if stored else 0
    return min(max(max(parts) + 1, chunks or 0, known), MAX_CHUNKS)


def _digest(parts: Mapping[int, ObjectInfo], count: int, started_at: datetime) -> str:
    lines = [f"{count} {started_at.isoformat()}"]
    lines += [f"{number} {parts[number].etag}" for number in sorted(parts)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _stitched(
    bucket: str, segment: str, started_at: datetime, stored: ObjectInfo
) -> StitchedRecording:
    about = stored.metadata
    return StitchedRecording(
        segment=segment,
        bucket=bucket,
        key=stored.key,
        seconds=float(about["seconds"]),
        channels=int(about["channels"]),
        size_bytes=stored.size_bytes,
        sha256=about["sha256"],
        started_at=started_at,
        missing_chunks=int(about["missing-chunks"]),
    )
