"""What finance sees of reports: which there are, where to fetch them, which are late; and what the
clock asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib.core.civil_day import civil_day, day_of, moment_of, read_day
from chalicelib.core.errors import Rejected
from chalicelib.core.report import REPORTS
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.services.report_ports import Exports, ReportRequests, ReportRuns

LATE = "late"
_LISTED = 31  # revisions of each report
_REMEMBERED = 31  # days at most that are looked back for one that is missing
_PATIENCE = timedelta(minutes=15)  # after which a report that is due and not there is late


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    name: str
    format: str
    rows: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A revision, or with state "late" and no revision one that should be there and is not."""

    report: str
    day: date
    state: str
    revision: int | None = None
    is_provisional: bool = False
    built_at: datetime | None = None
    files: tuple[FileView, ...] = ()
    manifest_url: str | None = None


class ReportCatalog:
    """`due`: from when on, by the center's clock, yesterday is due: late wrap-ups are in."""

    def __init__(
        self,
        runs: ReportRuns,
        exports: Exports,
        requests: ReportRequests,
        *,
        zone: str,
        now: Callable[[], datetime],
        due: time = time(2),
    ) -> None:
        self._runs = runs
        self._exports = exports
        self._requests = requests
        self._zone = zone
        self._now = now
        self._due = due

    def newest(self) -> list[RunView]:
        """Newest day first; what is late stands with its day."""
        known = self._known()
        views = [self._view(run) for runs in known.values() for run in runs]
        return sorted([*views, *self._late(known)], key=_newest_first)

    def of(self, day: str) -> list[RunView]:
        """Every revision of every report of one day."""
        wanted = read_day(day)
        runs = [run for name in REPORTS for run in self._runs.of_day(name, wanted)]
        late = [view for view in self._late(self._known()) if view.day == wanted]
        return sorted([*(self._view(run) for run in runs), *late], key=_newest_first)

    def request(self, day: str) -> list[RunView]:
        """Asks for the day's reports; answers what there is already."""
        wanted = read_day(day)
        if self._now() < civil_day(wanted, self._zone).from_at:
            raise Rejected(f"{day} has not begun", field="day", value=day)
        self._requests.request(wanted)
        return self.of(day)

    def request_due(self) -> list[date]:
        """Asks for the reports of every day that is due; the hourly trigger calls it."""
        due = self.due_days(self._now())
        for day in due:
            self._requests.request(day)
        return due

    def due_days(self, at: datetime) -> list[date]:
        """Days over in the center's zone, past the hour, without a final revision of each report.

        Looks back to the oldest day it knows of, so that an outage is caught up with; a center
        that never reported begins with the day that ended last.
        """
        return sorted({day for runs in self._known().values() for day in self._due_of(runs, at)})

    def _due_of(self, known: Sequence[ReportRun], at: datetime) -> list[date]:
        last = day_of(at, self._zone) - timedelta(days=1)
        if at < moment_of(last + timedelta(days=1), self._due, self._zone):
            last -= timedelta(days=1)
        final = {run.day for run in known if _is_final(run)}
        oldest = min((run.day for run in known), default=last)
        first = max(oldest, last - timedelta(days=_REMEMBERED))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [day for day in days if day not in final]

    def _late(self, known: Mapping[str, Sequence[ReportRun]]) -> list[RunView]:
        """Nothing is late in a center that has yet to make its first report."""
        asked_by = self._now() - _PATIENCE
        return [
            RunView(report=name, day=day, state=LATE)
            for name, runs in known.items()
            if runs
            for day in self._due_of(runs, asked_by)
        ]

    def _known(self) -> dict[str, Sequence[ReportRun]]:
        return {name: self._runs.latest(name, limit=_LISTED) for name in REPORTS}

    def _view(self, run: ReportRun) -> RunView:
        if run.manifest is None:
            return RunView(report=run.report, day=run.day, state=run.state, revision=run.revision)
        return RunView(
            report=run.report,
            day=run.day,
            state=run.state,
            revision=run.revision,
            is_provisional=run.manifest.is_provisional,
            built_at=run.published_at,
            files=tuple(
                FileView(
                    name=file.name,
                    format=file.format,
                    rows=file.rows,
                    sha256=file.sha256,
                    url=self._link(run, file.name),
                )
                for file in run.manifest.files
            ),
            manifest_url=self._link(run, "manifest.json"),
        )

    def _link(self, run: ReportRun, name: str) -> str:
        return self._exports.link(run.report, run.day, run.revision, name=name)


def _is_final(run: ReportRun) -> bool:
    """Made when its day was over."""
    if run.state is not RunState.PUBLISHED or run.manifest is None:
        return False
    return not run.manifest.is_provisional


def _newest_first(view: RunView) -> tuple[int, str, int]:
    return (-view.day.toordinal(), view.report, -(view.revision or 0))
