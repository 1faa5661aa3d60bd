"""Watches over reports: who should look when one is missing, and what the clock sets going."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from chalicelib.core.alert import AlertKind
from chalicelib.core.civil_day import Grain
from chalicelib.core.errors import Conflict
from chalicelib.core.revision import ReportRun
from chalicelib.services.alerts import KEPT, Alerts
from chalicelib.services.deliveries import DeliveriesService
from chalicelib.services.export_ports import Gauges
from chalicelib.services.reconciliation import ReconciliationRoom
from chalicelib.services.report_catalog import PATIENCE, ReportCatalog, RunView
from chalicelib.services.report_ports import ReportRequests
from chalicelib.services.reports import ReportsService


class ReportWatch:
    """Tells supervisors once of each report and period that is late, until it is there; and
    operators how many there are."""

    def __init__(
        self, catalog: ReportCatalog, alerts: Alerts, gauges: Gauges, now: Callable[[], datetime]
    ) -> None:
        self._catalog = catalog
        self._alerts = alerts
        self._gauges = gauges
        self._now = now

    def look(self) -> None:
        """Safe to call at any time and as often as it comes."""
        late, came_late = self._catalog.lateness(since=self._now() - KEPT)
        for view in late:
            self._raise(view)
        self._clear(came_late)
        self._gauges.tell("LateReports", len(late))

    def made(self, runs: Iterable[ReportRun]) -> None:
        """What is there now is not late any more, and not only from the next look on."""
        self._clear(self._catalog.came_late(runs))

    def _clear(self, came_late: Iterable[RunView]) -> None:
        for view in came_late:
            at = view.due_at + PATIENCE
            self._alerts.clear(AlertKind.REPORT_LATE, at=at, about=_about(view))

    def _raise(self, view: RunView) -> None:
        """Alerts live for a day: what is older stands in the list of reports, and in the gauge."""
        if view.due_at + PATIENCE <= self._now() - KEPT:
            return
        why = f": {view.reason}" if view.reason else ""
        self._alerts.raise_(
            AlertKind.REPORT_LATE,
            at=view.due_at + PATIENCE,
            text=f"Report {view.report} of {view.period} was due and is not there{why}",
            about=_about(view),
        )


def _about(view: RunView) -> str:
    return f"{view.report} {view.period}"


class ReportClock:
    """What follows from time alone, every quarter of an hour."""

    def __init__(
        self,
        catalog: ReportCatalog,
        deliveries: DeliveriesService,
        reconciliations: ReconciliationRoom,
        requests: ReportRequests,
        watch: ReportWatch,
    ) -> None:
        self._catalog = catalog
        self._deliveries = deliveries
        self._reconciliations = reconciliations
        self._requests = requests
        self._watch = watch

    def tick(self) -> None:
        """Asks for what is due and for what did not work, and tells of what is late."""
        self._catalog.request_due()
        for report, day in self._deliveries.outstanding():
            self._requests.request_delivery(report, day)
        self._reconciliations.request_due()
        self._watch.look()


class ReportWork:
    """What a request for reports means: they are built, delivered, and not late any more."""

    def __init__(
        self,
        reports: ReportsService,
        deliveries: DeliveriesService,
        watch: ReportWatch,
        requests: ReportRequests,
    ) -> None:
        self._reports = reports
        self._deliveries = deliveries
        self._watch = watch
        self._requests = requests

    def build(self, day: date, *, grain: Grain, report: str | None) -> None:
        """As `ReportsService.build`; each of them is then brought to whoever has it delivered, also
        where building again said nothing new: the one before may have died on its way."""
        self._bring(self._reports.build(day, grain=grain, report=report))

    def renew(self, day: date, *, grain: Grain) -> None:
        """As `ReportsService.renew`, and the same follows. While somebody else writes one of them,
        who may have read before the news came, it is asked for again."""
        try:
            made = self._reports.renew(day, grain=grain)
        except Conflict:
            self._requests.renew(day, grain=grain)
        else:
            self._bring(made)

    def _bring(self, made: Sequence[ReportRun]) -> None:
        for run in made:
            self._deliveries.deliver(run.report, run.day)
        self._watch.made(made)
