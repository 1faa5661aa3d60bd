"""When reports are due: which, in whose time zone, when next, and which are late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.civil_day import Grain, name_of
from chalicelib.core.report import Definition
from chalicelib.services.report_catalog import LATE, ReportCatalog, RunView


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One report: `due` is a time of day like `02:00` by the clocks of `zone`, on the day after the
    period. `late`: periods that should be there and are not, oldest first. `last_*` None: none of
    it was ever published."""

    report: str
    title: str
    grain: Grain
    zone: str
    due: str
    formats: tuple[str, ...]
    next_period: str
    next_due_at: datetime
    late: tuple[str, ...]
    last_period: str | None
    last_revision: int | None
    last_built_at: datetime | None


class ReportSchedules:
    """`zone`: the center's, for reports that name none."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        catalog: ReportCatalog,
        *,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._definitions = definitions
        self._catalog = catalog
        self._zone = zone
        self._now = now

    def all(self) -> list[Schedule]:
        """Those that are late first, then by what is due next."""
        newest = self._catalog.newest()
        found = [
            self._schedule(definition, [run for run in newest if run.report == definition.name])
            for definition in self._definitions.values()
        ]
        return sorted(found, key=lambda each: (not each.late, each.next_due_at, each.title))

    def _schedule(self, definition: Definition, newest: list[RunView]) -> Schedule:
        first = definition.next_due(self._now(), self._zone)
        late = sorted(run.day for run in newest if run.state == LATE)
        last = next((run for run in newest if run.built_at is not None), None)
        return Schedule(
            report=definition.name,
            title=definition.title,
            grain=definition.grain,
            zone=definition.zone or self._zone,
            due=f"{definition.due:%H:%M}",
            formats=tuple(definition.formats),
            next_period=name_of(definition.grain, first),
            next_due_at=definition.due_at(first, self._zone),
            late=tuple(name_of(definition.grain, day) for day in late),
            last_period=last.period if last else None,
            last_revision=last.revision if last else None,
            last_built_at=last.built_at if last else None,
        )
