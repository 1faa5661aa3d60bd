"""The beginning of a report's file, as it was sealed, for whoever reads it on a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

from chalicelib.core import csv_file
from chalicelib.core.civil_day import name_of, read_period
from chalicelib.core.dataset import ColumnType
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.report import Definition, Format, Role
from chalicelib.core.revision import Manifest, ReportRun, RowChange, RunState
from chalicelib.services.report_ports import Exports, ReportRuns

SHOWN_AT_MOST = 100  # rows, and changed rows


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    name: str
    type: ColumnType
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a CSV file, cell by cell as they stand there; an empty text is an empty
    cell. `row_count` and `changed_count` count all of them; `changed_count` None: nothing came
    before this revision."""

    report: str
    title: str
    period: str
    revision: int
    is_provisional: bool
    columns: Sequence[PreviewColumn]
    rows: Sequence[Sequence[str]]
    row_count: int
    changed_count: int | None
    changed_rows: Sequence[RowChange]


class ReportPreviews:
    def __init__(
        self, definitions: Mapping[str, Definition], runs: ReportRuns, exports: Exports
    ) -> None:
        self._definitions = definitions
        self._runs = runs
        self._exports = exports

    def preview(self, report: str, period: str, revision: str | None = None) -> Preview:
        """The newest published revision, or the one that is named.

        Rejected: no period, or no number of a revision; NotFound: no such report, or none of it
        is published for that period.
        """
        definition = self._definition(report)
        grain, day = read_period(period)
        if grain is not definition.grain:
            raise Rejected(
                f"report {report!r} is made for each {definition.grain}, {period!r} is a {grain}",
                field="period",
                value=period,
            )
        run, manifest = self._published(definition, day, _number(revision))
        with self._open(run, manifest) as file:
            lines = csv_file.read(file)
            header = next(lines)
            rows = list(islice(lines, SHOWN_AT_MOST))
        changed = manifest.changed_rows
        return Preview(
            report=report,
            title=definition.title,
            period=period,
            revision=run.revision,
            is_provisional=manifest.is_provisional,
            columns=_columns(definition, header),
            rows=rows,
            row_count=manifest.file(Format.CSV).rows,
            changed_count=None if changed is None else len(changed),
            changed_rows=(changed or ())[:SHOWN_AT_MOST],
        )

    def _definition(self, report: str) -> Definition:
        definition = self._definitions.get(report)
        if definition is None:
            raise NotFound(
                f"report {report!r} is not one of {', '.join(self._definitions)}",
                field="report",
                value=report,
            )
        return definition

    def _published(
        self, definition: Definition, day: date, revision: int | None
    ) -> tuple[ReportRun, Manifest]:
        for run in reversed(self._runs.of_day(definition.name, day)):
            if run.state is RunState.PUBLISHED and revision in (None, run.revision):
                sealed = self._exports.manifest(run.report, run.day, run.revision)
                if sealed is not None:  # only it has the changed rows
                    return run, sealed
        period = name_of(definition.grain, day)
        which = "" if revision is None else f", revision {revision},"
        raise NotFound(
            f"report {definition.name!r} of {period}{which} is not published",
            field="period" if revision is None else "revision",
            value=period if revision is None else revision,
        )

    def _open(self, run: ReportRun, manifest: Manifest) -> BinaryIO:
        return self._exports.read(
            run.report, run.day, run.revision, name=manifest.file(Format.CSV).name
        )


def _columns(definition: Definition, header: Sequence[str]) -> list[PreviewColumn]:
    """Of the file; a column that the report has no more is just text."""
    known = {column.name: column for column in definition.columns}
    return [
        PreviewColumn(name, known[name].type, known[name].role)
        if name in known
        else PreviewColumn(name, ColumnType.TEXT, Role.DETAIL)
        for name in header
    ]


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Rejected(f"revision {text!r} is not a number", field="revision", value=text[:40])
    return int(text)
