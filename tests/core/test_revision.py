"""What makes a revision, and what it says about the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core import revision
from chalicelib.core.civil_day import civil_day
from chalicelib.core.report import Definition, Row, rows
from chalicelib.core.revision import ChangeKind, ExportFile, Manifest, RowChange
from tests.core import files
from tests.core.records import record

DAY = civil_day(date(2026, 3, 8), "America/New_York")
DAILY_AGENTS, DAILY_QUEUES = (definitions()[name] for name in ("daily-agents", "daily-queues"))


def csv_of(*contacts: str, agent: str = "a-mia") -> BytesIO:
    records = [record(contact, agent=agent) for contact in contacts]
    return written(DAILY_AGENTS, rows(DAILY_AGENTS, DAY, records))


def written(definition: Definition, found: Sequence[Row]) -> BytesIO:
    return BytesIO(files.written(definition.header, found))


def manifest(body: BytesIO, **fields: object) -> Manifest:
    digest = hashlib.sha256(body.getvalue()).hexdigest()
    file = ExportFile(name="daily-agents.csv", format="csv", rows=1, sha256=digest)
    first = Manifest(
        report="daily-agents",
        period=DAY,
        revision=1,
        schema_version=1,
        is_provisional=False,
        files=(file,),
    )
    return replace(first, **fields)  # type: ignore[arg-type]  # names are checked by replace


def test_the_same_rows_say_the_same() -> None:
    """The number of the revision, and what it changed, are not what it says."""
    change = RowChange(kind=ChangeKind.ADDED, key={}, columns={})

    again = manifest(csv_of("c-1"), revision=2, changed_rows=(change,))

    assert manifest(csv_of("c-1")).says_the_same(again)


def test_other_rows_zone_schema_or_finality_say_something_else() -> None:
    """Each of them is a reason for finance to look again."""
    first = manifest(csv_of("c-1"))
    berlin = civil_day(DAY.day, "Europe/Berlin")

    assert not first.says_the_same(manifest(csv_of("c-1", "c-2")))
    assert not first.says_the_same(replace(first, period=berlin))
    assert not first.says_the_same(replace(first, schema_version=2))
    assert not first.says_the_same(replace(first, is_provisional=True))


def test_a_changed_row_is_listed_with_what_stood_there_and_what_stands_there_now() -> None:
    """Finance sees the difference without laying files side by side."""
    (change,) = revision.changes(DAILY_AGENTS, csv_of("c-1"), csv_of("c-1", "c-2"))

    assert change.kind is ChangeKind.CHANGED
    assert change.key == {"day": "2026-03-08", "agent_id": "a-mia", "channel": "VOICE"}
    assert change.columns["handled"] == ("1", "2")
    assert "average_handle_time" not in change.columns


def test_rows_that_came_and_went_are_listed_too() -> None:
    """A late record may move a contact from one agent to another."""
    gone, came = revision.changes(DAILY_AGENTS, csv_of("c-1"), csv_of("c-1", agent="a-zed"))

    assert (gone.kind, gone.key["agent_id"]) == (ChangeKind.REMOVED, "a-mia")
    assert (came.kind, came.key["agent_id"]) == (ChangeKind.ADDED, "a-zed")
    assert (gone.columns["username"], came.columns["username"]) == (("mia", ""), ("", "zed"))


def test_a_column_that_is_new_counts_as_empty_before() -> None:
    """A wider schema is a change of every row, and no failure."""
    narrow = replace(DAILY_QUEUES, columns=DAILY_QUEUES.columns[:5])
    body = written(DAILY_QUEUES, rows(DAILY_QUEUES, DAY, [record()]))
    before = written(narrow, rows(narrow, DAY, [record()]))

    (change,) = revision.changes(DAILY_QUEUES, before, body)

    assert change.columns["offered"] == ("", "1")
    assert "contacts" not in change.columns


def test_a_manifest_is_read_back_as_it_was_written() -> None:
    """From, to, revision, schema version, files with rows and SHA-256, changed rows."""
    changed = revision.changes(DAILY_AGENTS, csv_of("c-1"), csv_of("c-1", "c-2"))
    second = manifest(csv_of("c-1", "c-2"), revision=2, changed_rows=changed)

    sealed = json.loads(json.dumps(revision.document(second)))

    assert revision.read(sealed) == second
    assert (sealed["from"], sealed["to"]) == ("2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z")
    assert sealed["schemaVersion"] == 1
    assert len(sealed["files"][0]["sha256"]) == 64


def test_a_first_revision_lists_no_changes() -> None:
    """Nothing came before; that is not the same as nothing changed."""
    sealed = revision.document(manifest(csv_of("c-1")))

    assert "changedRows" not in sealed
    assert revision.read(sealed).changed_rows is None
