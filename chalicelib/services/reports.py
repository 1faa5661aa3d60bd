"""Builds the reports of a day, each as a numbered revision that never changes once it is sealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.core import revision
from chalicelib.core.civil_day import Period, civil_day
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.report import REPORTS, Definition, Table
from chalicelib.core.revision import Manifest, ReportRun, RunState
from chalicelib.services.report_ports import Exports, RecordLake, ReportRuns, Warehouse

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


class ReportsService:
    """`lease_seconds`: how long a claim holds. Longer than the function may run, so that whoever
    takes a revision over can be sure that its first writer is dead."""

    def __init__(
        self,
        lake: RecordLake,
        warehouse: Warehouse,
        exports: Exports,
        runs: ReportRuns,
        *,
        zone: str,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        lease_seconds: int = 360,
    ) -> None:
        self._lake = lake
        self._warehouse = warehouse
        self._exports = exports
        self._runs = runs
        self._zone = zone
        self._now = now
        self._new_id = new_id
        self._lease = timedelta(seconds=lease_seconds)

    def build(self, day: date, *, report: str | None = None) -> list[ReportRun]:
        """The newest revision of the day's reports, made now where it says something new.

        Building again what says the same makes no revision. Conflict while another writes it.
        A day that still runs gives a provisional revision, and a final one when it is over.
        """
        period = civil_day(day, self._zone)
        if self._now() < period.from_at:
            raise Rejected(f"{day} has not begun", field="day", value=day.isoformat())
        definitions = _chosen(report)
        # Both before the records are read: who publishes meanwhile may know more than we do, and
        # then our claim fails; and what ends meanwhile may not be among the records.
        published = [self._published(definition.name, day) for definition in definitions]
        is_provisional = self._now() < period.to_at
        tables = self._warehouse.tables(definitions, period, self._lake.records(period.utc_days))
        return [
            self._publish(_Draft(table, period, is_provisional), after=before)
            for table, before in zip(tables, published, strict=True)
        ]

    def _publish(self, draft: _Draft, *, after: ReportRun | None) -> ReportRun:
        """The draft as the next revision, or the last one when that says the same."""
        while True:
            manifest = draft.manifest(revision_number=(after.revision if after else 0) + 1)
            if after and after.manifest and manifest.says_the_same(after.manifest):
                return after
            run = self._claim(manifest)
            left_behind = self._exports.manifest(run.report, run.day, run.revision)
            if left_behind is None:
                return self._write(run, manifest, draft, after=after)
            # Its writer died between sealing and publishing. Somebody may have read it: it counts.
            after = self._finish(run, left_behind)

    def _published(self, report: str, day: date) -> ReportRun | None:
        runs = self._runs.of_day(report, day)
        return next((r for r in reversed(runs) if r.state is RunState.PUBLISHED), None)

    def _claim(self, manifest: Manifest) -> ReportRun:
        now = self._now()
        run = ReportRun(
            report=manifest.report,
            day=manifest.period.day,
            revision=manifest.revision,
            state=RunState.WRITING,
            claimant=self._new_id(),
            claimed_until=now + self._lease,
        )
        self._runs.claim(run, now=now)
        return run

    def _write(
        self, run: ReportRun, manifest: Manifest, draft: _Draft, *, after: ReportRun | None
    ) -> ReportRun:
        if after is not None:
            changed = revision.changes(draft.definition, self._csv_of(after), draft.bodies["csv"])
            manifest = replace(manifest, changed_rows=changed)
        for file in manifest.files:
            self._exports.write(
                run.report,
                run.day,
                run.revision,
                name=file.name,
                body=draft.bodies[file.format],
                media_type=_MEDIA_TYPES[file.format],
            )
        self._exports.seal(manifest)
        return self._finish(run, manifest)

    def _csv_of(self, run: ReportRun) -> bytes:
        if run.manifest is None:
            raise ValueError(f"{run.report} {run.day} r{run.revision} was published unsealed")
        name = run.manifest.file("csv").name
        return self._exports.read(run.report, run.day, run.revision, name=name)

    def _finish(self, run: ReportRun, manifest: Manifest) -> ReportRun:
        done = replace(run, state=RunState.PUBLISHED, published_at=self._now(), manifest=manifest)
        self._runs.publish(done)
        return done


class _Draft:
    """A report as it would be published: its files, not yet numbered."""

    def __init__(self, table: Table, period: Period, is_provisional: bool) -> None:
        self.definition = table.definition
        self.bodies = {
            "csv": revision.csv_of(table.definition, table.rows),
            "parquet": table.parquet,
        }
        self._rows = len(table.rows)
        self._period = period
        self._is_provisional = is_provisional

    def manifest(self, *, revision_number: int) -> Manifest:
        name, day = self.definition.name, self._period.day
        return Manifest(
            report=name,
            period=self._period,
            revision=revision_number,
            schema_version=self.definition.schema_version,
            is_provisional=self._is_provisional,
            files=tuple(
                revision.export_file(
                    revision.file_name(name, day, revision_number, kind),
                    kind,
                    body,
                    rows=self._rows,
                )
                for kind, body in self.bodies.items()
            ),
        )


def _chosen(report: str | None) -> Sequence[Definition]:
    if report is None:
        return list(REPORTS.values())
    if report not in REPORTS:
        raise NotFound(
            f"report {report!r} is not one of {', '.join(REPORTS)}", field="report", value=report
        )
    return [REPORTS[report]]
