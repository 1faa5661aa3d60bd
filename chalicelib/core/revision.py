"""Revisions of a report: what makes a new one, what changed in it, the manifest that seals it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import cast

from chalicelib.core import csv_file
from chalicelib.core.civil_day import Period, civil_day, read_day
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Definition, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    name: str
    format: str  # csv, parquet
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """One revision on its way: claimed by one writer, then published with its manifest."""

    report: str
    day: date
    revision: int
    state: RunState
    claimant: str
    claimed_until: datetime
    published_at: datetime | None = None
    manifest: Manifest | None = None


def file_name(report: str, day: date, revision: int, format_: str) -> str:
    return f"{report}-{day.isoformat()}-r{revision}.{format_}"


def export_file(name: str, format_: str, body: bytes, *, rows: int) -> ExportFile:
    return ExportFile(name=name, format=format_, rows=rows, sha256=hashlib.sha256(body).hexdigest())


def csv_of(definition: Definition, rows: Sequence[Row]) -> bytes:
    return csv_file.write(definition.header, rows)


def changes(definition: Definition, before: bytes, after: bytes) -> tuple[RowChange, ...]:
    """Which rows of two CSV files of one report differ, in the order of their keys.

    Columns are compared by name, so a column that one of them lacks counts as empty there.
    """
    old, new = _by_key(definition, before), _by_key(definition, after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        names = [*(now or was or {}), *(n for n in (was or {}) if n not in (now or was or {}))]
        pairs = {name: ((was or {}).get(name, ""), (now or {}).get(name, "")) for name in names}
        found.append(
            RowChange(
                kind=_kind(was, now),
                key={
                    definition.columns[n].name: k for n, k in zip(definition.keys, key, strict=True)
                },
                columns={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            )
        )
    return tuple(found)


def _kind(was: object, now: object) -> ChangeKind:
    if was is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if now is None else ChangeKind.CHANGED


def _by_key(definition: Definition, body: bytes) -> dict[tuple[str, ...], dict[str, str]]:
    header, lines = csv_file.read(body)
    keys = [definition.columns[n].name for n in definition.keys]
    found = {}
    for line in lines:
        row = dict(zip(header, line, strict=True))
        found[tuple(row.get(key, "") for key in keys)] = row
    return found


# --- the manifest's JSON form ---------------------------------------------------------------------


def document(manifest: Manifest) -> dict[str, object]:
    period = manifest.period
    fields: dict[str, object] = {
        "report": manifest.report,
        "day": period.day.isoformat(),
        "zone": period.zone,
        "from": stamp(period.from_at),
        "to": stamp(period.to_at),
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
    """The manifest that `document` wrote; the period is that of its day and zone."""
    changed = fields.get("changedRows")
    return Manifest(
        report=str(fields["report"]),
        period=civil_day(read_day(str(fields["day"])), str(fields["zone"])),
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
