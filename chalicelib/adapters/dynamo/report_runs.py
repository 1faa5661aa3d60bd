"""Report runs in DynamoDB: who writes which revision, decided by one conditional write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec

from chalicelib.adapters.dynamo.shared import lost_race
from chalicelib.adapters.dynamo.tables import ReportRunRow
from chalicelib.core.revision import ReportRun, RunState


class DynamoReportRuns:
    """The ReportRuns port."""

    def of_day(self, report: str, day: date) -> Sequence[ReportRun]:
        rows = ReportRunRow.query(
            _partition(report),
            ReportRunRow.sk.startswith(f"{day.isoformat()}#"),
            consistent_read=True,
        )
        return [_run(row) for row in rows]

    def latest(self, report: str, *, limit: int) -> Sequence[ReportRun]:
        rows = ReportRunRow.query(
            _partition(report), scan_index_forward=False, limit=limit, consistent_read=True
        )
        return [_run(row) for row in rows]

    def claim(self, run: ReportRun, *, now: datetime) -> None:
        abandoned = (ReportRunRow.state == RunState.WRITING.value) & (
            ReportRunRow.claimed_until < _stamp(now)
        )
        failed = ReportRunRow.state == RunState.FAILED.value
        with lost_race(f"revision {run.revision} of {run.report} {run.day} is not free"):
            _row(run).save(condition=ReportRunRow.pk.does_not_exist() | abandoned | failed)

    def publish(self, run: ReportRun) -> None:
        self._settle(run)

    def fail(self, run: ReportRun) -> None:
        self._settle(run)

    def _settle(self, run: ReportRun) -> None:
        is_ours = (ReportRunRow.state == RunState.WRITING.value) & (
            ReportRunRow.claimant == run.claimant
        )
        with lost_race(f"revision {run.revision} of {run.report} {run.day} went to another"):
            _row(run).save(condition=is_ours)


def _partition(report: str) -> str:
    return f"report#{report}"


def _row(run: ReportRun) -> ReportRunRow:
    return ReportRunRow(
        _partition(run.report),
        f"{run.day.isoformat()}#{run.revision:06}",
        state=run.state.value,
        claimant=run.claimant,
        claimed_until=_stamp(run.claimed_until),
        document=msgspec.json.encode(_short(run)).decode(),
    )


def _short(run: ReportRun) -> ReportRun:
    """Without the changed rows: a long list would not fit a row, and the manifest file has it."""
    if run.manifest is None:
        return run
    return replace(run, manifest=replace(run.manifest, changed_rows=None))


def _run(row: ReportRunRow) -> ReportRun:
    return msgspec.json.decode(row.document, type=ReportRun)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
