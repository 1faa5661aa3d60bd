"""Recordings from chunks to one file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.ids import ContactId
from chalicelib.services.ports import Recording
from chalicelib.services.recordings import (
    RecordingsService,
    StitchedRecording,
    segment_started_at,
)
from tests.fakes.objects import InMemoryObjectStore

CONTACT = ContactId("c-1")
AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
SEGMENT = "mm98x4w0"


class JoiningRemux:
    """Joins chunks with a bar, so that a test sees which were there; remembers how often."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, chunks: Sequence[bytes]) -> Recording | None:
        self.runs += 1
        if b"noise" in chunks:
            return None
        return Recording(b"|".join(chunks), 2.0 * len(chunks), 2)


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore("recordings")


@pytest.fixture
def remux() -> JoiningRemux:
    return JoiningRemux()


@pytest.fixture
def service(objects: InMemoryObjectStore, remux: JoiningRemux) -> RecordingsService:
    return RecordingsService(objects, remux, now=lambda: AT)


def upload(objects: InMemoryObjectStore, *numbers: int, segment: str = SEGMENT) -> None:
    for number in numbers:
        key = f"parts/{CONTACT}/{segment}/{number:06d}"
        objects.put(key, b"chunk %d" % number, content_type="audio/webm")


def test_chunks_become_one_file_under_the_day_contact_and_segment(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """The file is where finance and auditors look for it, described in full."""
    upload(objects, 1, 0, 2)

    stitched = service.stitch(CONTACT, SEGMENT, AT)

    key = f"recordings/2026/03/02/c-1/{SEGMENT}.ogg"
    body = b"chunk 0|chunk 1|chunk 2"
    sha256 = hashlib.sha256(body).hexdigest()
    assert stitched == StitchedRecording(
        SEGMENT, "recordings", key, 6.0, 2, len(body), sha256, AT, missing_chunks=0
    )
    assert (objects.bodies[key], objects.content_types[key]) == (body, "audio/ogg")


def test_the_same_chunks_stitched_twice_are_one_object_and_one_effort(
    service: RecordingsService, objects: InMemoryObjectStore, remux: JoiningRemux
) -> None:
    """A message delivered twice changes nothing and says the same."""
    upload(objects, 0, 1)

    first = service.stitch(CONTACT, SEGMENT, AT, chunks=2)
    second = service.stitch(CONTACT, SEGMENT, AT, chunks=2)

    assert first == second
    assert remux.runs == 1


def test_a_chunk_that_comes_late_is_stitched_in(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """The spool of a page that came back fills the gap of the first attempt."""
    upload(objects, 0, 2)
    early = service.stitch(CONTACT, SEGMENT, AT, chunks=3)
    upload(objects, 1)

    late = service.stitch(CONTACT, SEGMENT, AT, chunks=3)

    assert early is not None
    assert late is not None
    assert (early.missing_chunks, late.missing_chunks) == (1, 0)
    assert early.key == late.key
    assert early.sha256 != late.sha256


def test_missing_chunks_are_handed_over_as_empty_ones_and_counted(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """A gap keeps its place in time, also at the end."""
    upload(objects, 0, 2)

    stitched = service.stitch(CONTACT, SEGMENT, AT, chunks=4)

    assert stitched is not None
    assert stitched.missing_chunks == 2
    assert objects.bodies[stitched.key] == b"chunk 0||chunk 2|"


def test_that_chunks_were_missing_at_the_end_is_not_forgotten(
    service: RecordingsService, objects: InMemoryObjectStore, remux: JoiningRemux
) -> None:
    """Whoever stitches later without knowing the browser's count finds the same."""
    upload(objects, 0, 1)
    told = service.stitch(CONTACT, SEGMENT, AT, chunks=3)

    untold = service.stitch(CONTACT, SEGMENT, AT)

    assert told == untold
    assert remux.runs == 1


def test_without_a_chunk_there_is_no_recording(service: RecordingsService) -> None:
    """A call that was never connected leaves no empty file behind."""
    assert service.stitch(CONTACT, SEGMENT, AT, chunks=5) is None


def test_chunks_without_audio_leave_no_file(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """What cannot be played is not stored as a recording."""
    objects.put(f"parts/{CONTACT}/{SEGMENT}/000000", b"noise", content_type="audio/webm")

    assert service.stitch(CONTACT, SEGMENT, AT) is None
    assert not [key for key in objects.bodies if key.startswith("recordings/")]


def test_objects_with_other_names_are_not_taken_for_chunks(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """The grant lets a browser make any key below the prefix."""
    upload(objects, 0)
    for stray in ("notes.txt", "0", "deep/000001", "999999"):
        key = f"parts/{CONTACT}/{SEGMENT}/{stray}"
        objects.put(key, b"stray", content_type="text/plain")

    stitched = service.stitch(CONTACT, SEGMENT, AT)

    assert stitched is not None
    assert objects.bodies[stitched.key] == b"chunk 0"


@pytest.mark.parametrize("segment", ["", "../x", "A", "a/b", "x" * 17])
def test_a_segment_that_is_no_segment_is_rejected_by_name(
    service: RecordingsService, segment: str
) -> None:
    """A segment is part of a key; nobody climbs out of it."""
    with pytest.raises(Rejected) as refused:
        service.stitch(CONTACT, segment, AT)

    assert (refused.value.field, refused.value.value) == ("segment", segment)


def test_segments_that_nobody_finished_are_found(
    service: RecordingsService, objects: InMemoryObjectStore
) -> None:
    """After a killed tab the chunks that arrived name their segments."""
    upload(objects, 0, segment="mm98x4w0")
    upload(objects, 0, 1, segment="mm9cf000")

    assert service.segments(CONTACT) == ("mm98x4w0", "mm9cf000")


def test_a_segments_name_tells_when_it_began() -> None:
    """Recovered segments get a day without anybody's word."""
    assert segment_started_at("mm98x4w0") == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_a_grant_covers_the_contacts_parts_and_no_more(service: RecordingsService) -> None:
    """An agent's browser writes chunks of its own contact only."""
    assert service.grant(CONTACT).prefix == "parts/c-1/"


def test_a_link_to_listen_is_good_for_fifteen_minutes(service: RecordingsService) -> None:
    """A link that leaks is worth little."""
    url, expires_at = service.link("recordings/2026/03/02/c-1/s.ogg")

    assert url.endswith("expires=900")
    assert expires_at == AT + timedelta(minutes=15)
