"""Builds the reports of a period, each as a numbered revision that never changes once sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import BinaryIO

from chalicelib.core import revision
from chalicelib.core.civil_day import Grain, Period, period
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import Definition, Format
from chalicelib.core.revision import ExportFile, Manifest, ReportRun, RunState
from chalicelib.services.ports import Unavailable
from chalicelib.services.report_ports import Exports, ReportRuns, Table, Warehouse

_MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ReportsService:
    """`zone`: the center's, for reports that name none. `limits`: what it counts by.

    `lease_seconds`: how long a claim holds. Longer than the function may run, so that whoever
    takes a revision over can be sure that its first writer is dead.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        warehouse: Warehouse,
        exports: Exports,
        runs: ReportRuns,
        *,
        zone: str,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        limits: Callable[[], Thresholds] = Thresholds,
        lease_seconds: int = 360,
    ) -> None:
        self._definitions = definitions
        self._warehouse = warehouse
        self._exports = exports
        self._runs = runs
        self._zone = zone
        self._now = now
        self._new_id = new_id
        self._limits = limits
        self._lease = timedelta(seconds=lease_seconds)

    def build(
        self, day: date, *, grain: Grain = Grain.DAY, report: str | None = None
    ) -> list[ReportRun]:
        """The newest revision of the reports of the period in which the day lies, made now where
        it says something new; of one report, whatever its grain, when it is named.

        Building again what says the same makes no revision. Conflict while another writes it.
        A period that still runs gives a provisional revision, and a final one when it is over.
        """
        return [
            run
            for of, definitions in self._by_period(self._chosen(grain, report), day)
            for run in self._build(definitions, of)
        ]

    def renew(self, day: date, *, grain: Grain) -> list[ReportRun]:
        """`build`, for what became known late: of those reports only that were due or are final
        already. Whatever else there is of the period is yet to be built, and will know of it."""
        return [
            run
            for of, definitions in self._by_period(self._chosen(grain, None), day)
            for run in self._build([each for each in definitions if self._counts(each, of)], of)
        ]

    def _by_period(
        self, definitions: Sequence[Definition], day: date
    ) -> Iterator[tuple[Period, list[Definition]]]:
        """Of one grain: a day begins and ends in each zone at another moment."""
        of_zone: dict[str, list[Definition]] = {}
        for definition in definitions:
            of_zone.setdefault(definition.zone or self._zone, []).append(definition)
        for zone, found in of_zone.items():
            yield period(found[0].grain, day, zone), found

    def _counts(self, definition: Definition, of: Period) -> bool:
        """Somebody may count on it by now."""
        if definition.due_at(of.day, self._zone) <= self._now():
            return True
        run = self._published(definition.name, of.day)
        return run is not None and run.manifest is not None and not run.manifest.is_provisional

    def _build(self, definitions: Sequence[Definition], of: Period) -> list[ReportRun]:
        if not definitions:
            return []
        if self._now() < of.from_at:
            raise Rejected(f"{of.name} has not begun", field="period", value=of.name)
        # Both before the records are read: who publishes meanwhile may know more than we do, and
        # then our claim fails; and what ends meanwhile may not be among the records.
        published = [self._published(definition.name, of.day) for definition in definitions]
        now = self._now()
        limits = replace(self._limits(), as_of=now)
        with self._warehouse.tables(definitions, of, limits=limits) as tables:
            drafts = [_Draft(table, of, _is_provisional(table, of, now)) for table in tables]
            return self._publish_all(list(zip(drafts, published, strict=True)))

    def _publish_all(self, drafts: Sequence[tuple[_Draft, ReportRun | None]]) -> list[ReportRun]:
        """Each of them is tried: one that cannot be stored holds no other up."""
        runs: list[ReportRun] = []
        failures: list[Unavailable] = []
        for draft, before in drafts:
            try:
                runs.append(self._publish(draft, after=before))
            except Unavailable as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return runs

    def _chosen(self, grain: Grain, report: str | None) -> Sequence[Definition]:
        if report is None:
            return [each for each in self._definitions.values() if each.grain is grain]
        if report not in self._definitions:
            raise NotFound(
                f"report {report!r} is not one of {', '.join(self._definitions)}",
                field="report",
                value=report,
            )
        return [self._definitions[report]]

    def _publish(self, draft: _Draft, *, after: ReportRun | None) -> ReportRun:
        """The draft as the next revision, or the last one when that says the same."""
        while True:
            manifest = draft.manifest(revision_number=(after.revision if after else 0) + 1)
            if after and after.manifest and manifest.says_the_same(after.manifest):
                return after
            run = self._claim(manifest)
            left_behind = self._exports.manifest(run.report, run.day, run.revision)
            if left_behind is None:
                return self._try_to_write(run, manifest, draft, after=after)
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

    def _try_to_write(
        self, run: ReportRun, manifest: Manifest, draft: _Draft, *, after: ReportRun | None
    ) -> ReportRun:
        """What could not be stored says why in the list, and is free for the next try at once."""
        try:
            return self._write(run, manifest, draft, after=after)
        except Unavailable as failure:
            self._runs.fail(replace(run, state=RunState.FAILED, reason=str(failure)))
            raise

    def _write(
        self, run: ReportRun, manifest: Manifest, draft: _Draft, *, after: ReportRun | None
    ) -> ReportRun:
        if after is not None:
            with self._csv_of(after) as was, draft.table.files[Format.CSV].open() as now:
                changed = revision.changes(draft.table.definition, was, now)
            manifest = replace(manifest, changed_rows=changed)
        for file in manifest.files:
            with draft.table.files[Format(file.format)].open() as body:
                self._exports.write(
                    run.report,
                    run.day,
                    run.revision,
                    name=file.name,
                    body=body,
                    media_type=_MEDIA_TYPES[Format(file.format)],
                )
        self._exports.seal(manifest)
        return self._finish(run, manifest)

    def _csv_of(self, run: ReportRun) -> BinaryIO:
        if run.manifest is None:
            raise ValueError(f"{run.report} {run.day} r{run.revision} was published unsealed")
        name = run.manifest.file(Format.CSV).name
        return self._exports.read(run.report, run.day, run.revision, name=name)

    def _finish(self, run: ReportRun, manifest: Manifest) -> ReportRun:
        done = replace(run, state=RunState.PUBLISHED, published_at=self._now(), manifest=manifest)
        self._runs.publish(done)
        return done


def _is_provisional(table: Table, of: Period, now: datetime) -> bool:
    return now < of.to_at + timedelta(days=table.definition.settles_days)


class _Draft:
    """A report as it would be published: its files, not yet numbered."""

    def __init__(self, table: Table, of: Period, is_provisional: bool) -> None:
        self.table = table
        self._of = of
        self._is_provisional = is_provisional

    def manifest(self, *, revision_number: int) -> Manifest:
        definition = self.table.definition
        return Manifest(
            report=definition.name,
            period=self._of,
            revision=revision_number,
            schema_version=definition.schema_version,
            is_provisional=self._is_provisional,
            files=tuple(
                ExportFile(
                    name=revision.file_name(definition.name, self._of, revision_number, each),
                    format=each,
                    rows=self.table.count,
                    sha256=self.table.files[each].sha256,
                )
                for each in definition.formats
            ),
        )
