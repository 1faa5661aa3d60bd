"""What finance sees of reports: which there are, where to fetch them, which are late; and what the
clock asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.core.civil_day import (
    Grain,
    first_day,
    name_of,
    next_first_day,
    period,
    read_period,
)
from chalicelib.core.delivery import DeliveryNote
from chalicelib.core.errors import Rejected
from chalicelib.core.report import Definition
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.services.report_ports import Exports, ReportRequests, ReportRuns

LATE = "late"
_LISTED = 31  # revisions of each report
_REMEMBERED = 31  # periods at most that are looked back for one that is missing
PATIENCE = timedelta(minutes=15)  # after which a report that is due and not there is late


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    name: str
    format: str
    rows: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    consumer: str
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A revision, or with state "late" and no revision one that should be there and is not.

    `due_at`: when it is due. `reason`: why it failed, where its writer could say.
    """

    report: str
    title: str
    grain: Grain
    period: str  # as `name_of` writes it
    day: date  # its first
    due_at: datetime
    state: str
    revision: int | None = None
    is_provisional: bool = False
    built_at: datetime | None = None
    files: tuple[FileView, ...] = ()
    manifest_url: str | None = None
    reason: str | None = None
    deliveries: tuple[DeliveryView, ...] = ()


class ReportCatalog:
    """`zone`: the center's, for reports that name none. `notes`: what became of deliveries."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        runs: ReportRuns,
        exports: Exports,
        requests: ReportRequests,
        *,
        zone: str,
        now: Callable[[], datetime],
        notes: Callable[[], Sequence[DeliveryNote]] = tuple,
    ) -> None:
        self._notes = notes
        self._definitions = definitions
        self._runs = runs
        self._exports = exports
        self._requests = requests
        self._zone = zone
        self._now = now

    def newest(self) -> list[RunView]:
        """Newest day first; what is late stands with its period."""
        known = self._known()
        views = self._views([run for runs in known.values() for run in runs])
        return sorted([*views, *self._late(known)], key=_newest_first)

    def lateness(self, *, since: datetime) -> tuple[list[RunView], list[RunView]]:
        """Those that should be there and are not; and final revisions that were late until they
        were published, then or later."""
        known = self._known()
        fresh = [
            run
            for runs in known.values()
            for run in runs
            if run.published_at is not None and run.published_at >= since
        ]
        return self._late(known), self.came_late(fresh)

    def came_late(self, runs: Iterable[ReportRun]) -> list[RunView]:
        """The final revisions among them that were late until they were published."""
        return [
            self._named(definition, run.day, state=run.state)
            for run in runs
            if _is_final(run)
            and run.published_at is not None
            and (definition := self._definitions[run.report])
            and run.published_at >= definition.due_at(run.day, self._zone) + PATIENCE
        ]

    def of(self, name: str) -> list[RunView]:
        """Every revision of every report of one period."""
        grain, day = read_period(name)
        wanted = [each for each in self._definitions.values() if each.grain is grain]
        runs = [run for each in wanted for run in self._runs.of_day(each.name, day)]
        late = [v for v in self._late(self._known()) if (v.grain, v.day) == (grain, day)]
        return sorted([*self._views(runs), *late], key=_newest_first)

    def request(self, name: str) -> list[RunView]:
        """Asks for the period's reports; answers what there is already."""
        grain, day = read_period(name)
        if self._now() < period(grain, day, self._zone).from_at:
            raise Rejected(f"{name} has not begun", field="period", value=name)
        self._requests.request(day, grain=grain)
        return self.of(name)

    def request_due(self) -> list[tuple[Grain, date]]:
        """Asks for the reports of every period that is due; the clock calls it."""
        due = self.due(self._now())
        for grain, day in due:
            self._requests.request(day, grain=grain)
        return due

    def due(self, at: datetime) -> list[tuple[Grain, date]]:
        """Periods that are over in their report's zone, past the hour, without a final revision;
        one that is yet to settle is due once before that, as it is known so far.

        Looks back to the oldest one it knows of, so that an outage is caught up with; a report
        that was never made begins with the period that ended last.
        """
        found = {
            (self._definitions[name].grain, day)
            for name, runs in self._known().items()
            for day in self._due_of(self._definitions[name], runs, at)
        }
        return sorted(found, key=lambda each: (list(Grain).index(each[0]), each[1]))

    def _due_of(
        self, definition: Definition, known: Sequence[ReportRun], at: datetime
    ) -> list[date]:
        """The first days of the periods of one report that should be there at that moment."""
        grain, zone = definition.grain, self._zone
        last = _before(grain, definition.next_due(at, zone))
        first = min((run.day for run in known), default=last)
        final = {run.day for run in known if _is_final(run)}
        days: list[date] = []
        while first <= last:
            days.append(first)
            first = next_first_day(grain, first)
        made = {run.day for run in known if run.state is RunState.PUBLISHED}
        return [
            day
            for day in days[-_REMEMBERED:]
            if day not in final and (day not in made or at >= definition.settled_at(day, zone))
        ]

    def _late(self, known: Mapping[str, Sequence[ReportRun]]) -> list[RunView]:
        """Nothing is late in a center that has yet to make its first report."""
        asked_by = self._now() - PATIENCE
        return [
            replace(
                self._named(self._definitions[name], day, state=LATE),
                reason=next((run.reason for run in runs if run.day == day), "") or None,
            )
            for name, runs in known.items()
            if runs
            for day in self._due_of(self._definitions[name], runs, asked_by)
        ]

    def _known(self) -> dict[str, Sequence[ReportRun]]:
        return {name: self._runs.latest(name, limit=_LISTED) for name in self._definitions}

    def _named(self, definition: Definition, day: date, *, state: str) -> RunView:
        grain = definition.grain
        return RunView(
            report=definition.name,
            title=definition.title,
            grain=grain,
            period=name_of(grain, day),
            day=day,
            state=state,
            due_at=definition.due_at(day, self._zone),
        )

    def _views(self, runs: Sequence[ReportRun]) -> list[RunView]:
        told: dict[tuple[str, date, int], list[DeliveryView]] = {}
        for note in self._notes():
            view = DeliveryView(
                consumer=note.consumer, state=note.state, reason=note.reason or None
            )
            told.setdefault((note.report, note.day, note.revision), []).append(view)
        return [
            replace(
                self._view(run), deliveries=tuple(told.get((run.report, run.day, run.revision), ()))
            )
            for run in runs
        ]

    def _view(self, run: ReportRun) -> RunView:
        named = self._named(self._definitions[run.report], run.day, state=run.state)
        if run.manifest is None:
            return replace(named, revision=run.revision, reason=run.reason or None)
        return replace(
            named,
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


def _before(grain: Grain, first: date) -> date:
    """The first day of the period before the one that begins then."""
    return first_day(grain, first - timedelta(days=1))


def _is_final(run: ReportRun) -> bool:
    """Made when its period was over."""
    if run.state is not RunState.PUBLISHED or run.manifest is None:
        return False
    return not run.manifest.is_provisional


def _newest_first(view: RunView) -> tuple[int, str, int]:
    return (-view.day.toordinal(), view.report, -(view.revision or 0))
