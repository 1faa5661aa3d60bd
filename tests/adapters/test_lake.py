"""Where records lie, and that nothing older ever replaces anything newer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

from chalicelib.adapters.lake import S3RecordLake
from tests.core.records import a_handled_call, folded, record
from tests.fakes.objects import InMemoryObjectStore

DAY = date(2026, 3, 8)


def test_a_record_lies_under_the_utc_day_on_which_the_contact_ended() -> None:
    """One object per contact: writing it again is writing it once."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)

    lake.store(record("c-1", at=datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC)))
    lake.store(record("c-2", at=datetime(2026, 3, 9, tzinfo=UTC)))

    assert list(objects.bodies) == [
        "records/dt=2026-03-08/c-1.jsonl",
        "records/dt=2026-03-09/c-2.jsonl",
    ]


def test_a_record_is_one_line_of_json() -> None:
    """So that lines can be laid one after the other."""
    objects = InMemoryObjectStore()

    S3RecordLake(objects).store(folded(a_handled_call()))

    (body,) = objects.bodies.values()
    assert body.count(b"\n") == 1
    assert body.endswith(b"\n")
    assert json.loads(body)["ContactId"] == "c-1"


def test_the_lake_knows_of_each_contact_whether_a_record_is_newer() -> None:
    """A reaction that was held up must not undo what a later one wrote."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    newer = folded(a_handled_call())
    older = replace(newer, last_fact=13, recordings=())

    assert lake.lacks(older)
    lake.store(older)
    assert lake.lacks(newer)
    lake.store(newer)

    assert [False, False] == [lake.lacks(newer), lake.lacks(older)]
    (body,) = objects.bodies.values()
    assert json.loads(body)["Recordings"] is not None


def test_a_day_lists_its_records_and_no_others() -> None:
    """With a tag that changes with what they say."""
    lake = S3RecordLake(InMemoryObjectStore())
    for n in range(1, 5):
        lake.store(record(f"c-{n}", at=datetime(2026, 3, 6 + n, 12, tzinfo=UTC)))
    before = lake.listing(DAY)
    lake.store(replace(record("c-2", at=datetime(2026, 3, 8, 12, tzinfo=UTC)), last_fact=99))
    after = lake.listing(DAY)

    assert list(before) == list(after) == ["c-2"]
    assert before != after


def test_records_are_read_by_name() -> None:
    """Each with its contact, in the order in which they were asked for."""
    lake = S3RecordLake(InMemoryObjectStore())
    for n in range(3):
        lake.store(record(f"c-{n}", at=datetime(2026, 3, 8, 12, tzinfo=UTC)))

    found = list(lake.records(DAY, ["c-2", "c-0"]))

    assert [name for name, _ in found] == ["c-2", "c-0"]
    assert [json.loads(line)["ContactId"] for _, line in found] == ["c-2", "c-0"]


def test_a_pack_is_kept_until_the_next_one() -> None:
    """And is nothing before the first."""
    lake = S3RecordLake(InMemoryObjectStore())
    assert lake.pack(DAY) is None
    lake.keep_pack(DAY, BytesIO(b"one"))
    lake.keep_pack(DAY, BytesIO(b"two"))

    pack = lake.pack(DAY)

    assert pack is not None
    assert pack.read() == b"two"


def test_a_day_weighs_what_its_pack_does() -> None:
    """Nothing, as long as nobody asked for it."""
    lake = S3RecordLake(InMemoryObjectStore())
    before = lake.packed_bytes(DAY)
    lake.keep_pack(DAY, BytesIO(b"PAR1"))

    assert (before, lake.packed_bytes(DAY)) == (0, 4)
