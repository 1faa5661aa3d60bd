"""Revisions of a report: what makes a new one, what changed in it, the manifest that seals it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, cast

from chalicelib.core import csv_file
from chalicelib.core.civil_day import Period, period, read_period
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    name: str
    format: str  # csv, parquet, xlsx
    rows: int
    sha256: str


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """`columns`: what stood there and what stands there now, of the columns that differ."""

    kind: ChangeKind
    key: Mapping[str, str]
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The seal of one revision: what is not named here does not count.

    `is_provisional`: made before the day was over. `changed_rows` None: nothing came before.
    """

    report: str
    period: Period
    revision: int
    schema_version: int
    is_provisional: bool
    files: tuple[ExportFile, ...]
    changed_rows: tuple[RowChange, ...] | None = None

    def file(self, format_: str) -> ExportFile:
        return next(file for file in self.files if file.format == format_)

    def says_the_same(self, other: Manifest) -> bool:
        """Both tell finance the same; then there is no reason for another revision.

        The CSV decides: how Parquet packs the same rows may change with its writer.
        """
        return (
            self.period == other.period
            and self.schema_version == other.schema_version
            and self.is_provisional == other.is_provisional
            and self.file("csv").sha256 == other.file("csv").sha256
        )


class RunState(StrEnum):
    WRITING = "writing"
    PUBLISHED = "published"
    FAILED = "failed"  # its writer could not, and said so: the next one need not wait


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """One revision on its way: claimed by one writer, then published with its manifest; or failed,
    for this `reason`."""

    report: str
    day: date  # the first of its period
    revision: int
    state: RunState
    claimant: str
    claimed_until: datetime
    published_at: datetime | None = None
    manifest: Manifest | None = None
    reason: str = ""


def file_name(report: str, of: Period, revision: int, format_: str) -> str:
    return f"{report}-{of.name}-r{revision}.{format_}"


def changes(definition: Definition, before: BinaryIO, after: BinaryIO) -> tuple[RowChange, ...]:
    """Which rows of two CSV files of one report differ, in the order of their keys.

    Both are read once, side by side. Columns are compared by name, so a column that one of them
    lacks counts as empty there.
    """
    names = [definition.columns[n].name for n in definition.keys]
    pairs = _side_by_side(_keyed(names, before), _keyed(names, after))
    return tuple(_change_of(names, key, was, now) for key, was, now in pairs if was != now)


type _Cells = Mapping[str, str]
type _Keyed = tuple[tuple[str, ...], _Cells]


def _side_by_side(
    before: Iterator[_Keyed], after: Iterator[_Keyed]
) -> Iterator[tuple[tuple[str, ...], _Cells, _Cells]]:
    """Rows of the same key together, an empty one where there is none; both come sorted."""
    was, now = next(before, None), next(after, None)
    while was or now:
        key = min(row[0] for row in (was, now) if row)
        is_before, is_after = was is not None and was[0] == key, now is not None and now[0] == key
        yield key, was[1] if was and is_before else {}, now[1] if now and is_after else {}
        was = next(before, None) if is_before else was
        now = next(after, None) if is_after else now


def _change_of(names: Sequence[str], key: Sequence[str], was: _Cells, now: _Cells) -> RowChange:
    pairs = {name: (was.get(name, ""), now.get(name, "")) for name in {**now, **was}}
    return RowChange(
        kind=_kind(was, now),
        key=dict(zip(names, key, strict=True)),
        columns={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
    )


def _kind(was: _Cells, now: _Cells) -> ChangeKind:
    if not was:
        return ChangeKind.ADDED
    return ChangeKind.CHANGED if now else ChangeKind.REMOVED


def _keyed(names: Sequence[str], file: BinaryIO) -> Iterator[_Keyed]:
    lines = csv_file.read(file)
    header = next(lines)
    for line in lines:
        row = dict(zip(header, line, strict=True))
        yield tuple(row.get(name, "") for name in names), row


# --- the manifest's JSON form ---------------------------------------------------------------------


def document(manifest: Manifest) -> dict[str, object]:
    of = manifest.period
    fields: dict[str, object] = {
        "report": manifest.report,
        "period": of.name,
        "zone": of.zone,
        "from": stamp(of.from_at),
        "to": stamp(of.to_at),
        "revision": manifest.revision,
        "schemaVersion": manifest.schema_version,
        "provisional": manifest.is_provisional,
        "files": [
            {"name": f.name, "format": f.format, "rows": f.rows, "sha256": f.sha256}
            for f in manifest.files
        ],
    }
    if manifest.changed_rows is not None:
        fields["changedRows"] = [
            {"change": c.kind.value, "key": dict(c.key), "columns": dict(c.columns)}
            for c in manifest.changed_rows
        ]
    return fields


def read(fields: Mapping[str, object]) -> Manifest:
    """The manifest that `document` wrote; before there were months, a period was a `day`."""
    changed = fields.get("changedRows")
    grain, day = read_period(str(fields.get("period") or fields["day"]))
    return Manifest(
        report=str(fields["report"]),
        period=period(grain, day, str(fields["zone"])),
        revision=int(str(fields["revision"])),
        schema_version=int(str(fields["schemaVersion"])),
        is_provisional=bool(fields["provisional"]),
        files=tuple(_file(entry) for entry in _list(fields["files"])),
        changed_rows=None if changed is None else tuple(_change(entry) for entry in _list(changed)),
    )


def _file(entry: Mapping[str, object]) -> ExportFile:
    return ExportFile(
        name=str(entry["name"]),
        format=str(entry["format"]),
        rows=int(str(entry["rows"])),
        sha256=str(entry["sha256"]),
    )


def _change(entry: Mapping[str, object]) -> RowChange:
    columns = cast("Mapping[str, Sequence[str]]", entry["columns"])
    return RowChange(
        kind=ChangeKind(str(entry["change"])),
        key=dict(cast("Mapping[str, str]", entry["key"])),
        columns={name: (pair[0], pair[1]) for name, pair in columns.items()},
    )


def _list(value: object) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", value)
