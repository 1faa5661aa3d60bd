"""The reports' services on memory, with records to put and a clock to set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

from chalicelib.adapters.agent_days import S3AgentDays
from chalicelib.adapters.exports import S3Exports
from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.marks import S3Marks
from chalicelib.adapters.reconciliations import S3Reconciliations
from chalicelib.adapters.report_definitions import definitions
from chalicelib.adapters.spreadsheet import write
from chalicelib.adapters.warehouse import DuckDbWarehouse
from chalicelib.core import csv_file
from chalicelib.core.alert import Alert
from chalicelib.core.civil_day import Grain
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import Dataset, Definition, Format
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.services.agent_days import AgentDaysService
from chalicelib.services.alerts import Alerts
from chalicelib.services.deliveries import DeliveriesService
from chalicelib.services.marks_in_reports import MarksInReports
from chalicelib.services.ports import Unavailable
from chalicelib.services.reconciliation import ReconciliationRoom
from chalicelib.services.report_catalog import ReportCatalog
from chalicelib.services.report_preview import ReportPreviews
from chalicelib.services.report_schedules import ReportSchedules
from chalicelib.services.report_watch import ReportClock, ReportWatch, ReportWork
from chalicelib.services.reports import ReportsService
from chalicelib.services.tickets_in_reports import TicketsInReports
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.contacts import InMemoryAlertStore
from tests.fakes.feedback import InMemoryFeedbackStore
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.people import InMemoryTicketStore
from tests.fakes.reporting import (
    InMemoryDeliveryBook,
    InMemoryDeliveryLedger,
    InMemoryReportRequests,
    InMemoryReportRuns,
    RecordedGauges,
)
from tests.fakes.world import RecordingMessenger
from tests.house import a_center

SUNDAY = date(2026, 3, 8)  # 23 hours long in New York
MONDAY_MORNING = datetime(2026, 3, 9, 6, 5, tzinfo=UTC)  # 02:05 in New York


class Dies(Exception):
    """The writer is gone."""


class BreakableStore(InMemoryObjectStore):
    """Objects whose writer dies before a put that `dies_at` names; below `denied` the bucket takes
    nothing."""

    def __init__(self) -> None:
        super().__init__("exports")
        self.dies_at: Callable[[str], bool] = lambda key: False
        self.denied: set[str] = set()

    def put(self, key: str, body: bytes | BinaryIO, **how: object) -> None:
        if self.dies_at(key):
            raise Dies(key)
        if key.startswith(tuple(self.denied)):
            raise Unavailable(f"bucket exports did not take {key}: AccessDenied")
        super().put(key, body, **how)  # type: ignore[arg-type]  # handed on as they came


class Office:
    """Finance's office on the morning after. `known`: the reports there are; None: all of ours."""

    def __init__(
        self, zone: str = "America/New_York", known: Mapping[str, Definition] | None = None
    ) -> None:
        self.at = MONDAY_MORNING
        self.known = definitions() if known is None else known
        lake = InMemoryObjectStore("lake")
        self.lake = S3RecordLake(lake, readers=1)
        self.bucket = lake
        self.ledger = S3Ledger(lake, readers=1)
        self.tickets = InMemoryTicketStore()
        self.feedback = InMemoryFeedbackStore()
        self.days = S3AgentDays(lake, readers=1)
        center = InMemoryCenterStore(a_center(time_zone=zone))
        agent_days = AgentDaysService(self.days, center, now=self.now)
        self.objects = BreakableStore()
        self.exports = S3Exports(self.objects)
        self.runs = InMemoryReportRuns()
        self.requests = InMemoryReportRequests()
        self._ids = 0
        self.warehouse = DuckDbWarehouse(
            self.lake,
            self.ledger,
            sources={
                Dataset.ACTIVITY: agent_days.activity,
                Dataset.TIME_CARDS: agent_days.time_cards,
                Dataset.MARKS: MarksInReports(S3Marks(lake, readers=1), center.user).rows,
                Dataset.TICKETS: TicketsInReports(self.tickets, now=self.now).rows,
                Dataset.FEEDBACK: lambda of: self.feedback.of_days(of.days),
            },
            threads=1,
            writers={Format.XLSX: write},
        )
        self.reports = ReportsService(
            self.known,
            self.warehouse,
            self.exports,
            self.runs,
            zone=zone,
            now=self.now,
            new_id=self.new_id,
            limits=lambda: Thresholds(resolving=frozenset({"solved"})),
        )
        self._follow(zone)

    def _follow(self, zone: str) -> None:
        """What happens to reports once they are built."""
        self.book = InMemoryDeliveryBook()
        self.notices = InMemoryDeliveryLedger()
        self.post = RecordingMessenger()
        self.alert_store = InMemoryAlertStore()
        self.alerts = Alerts(self.alert_store)
        self.gauges = RecordedGauges()
        self.deliveries = DeliveriesService(
            self.book,
            self.notices,
            self.runs,
            self.exports,
            self.post,
            self.alerts,
            reports=list(self.known),
            sender="reports@acme.example",
            page="https://console.acme.example/#/reports",
            now=self.now,
        )
        self.catalog = ReportCatalog(
            self.known,
            self.runs,
            self.exports,
            self.requests,
            zone=zone,
            now=self.now,
            notes=self.deliveries.notes,
        )
        self.watch = ReportWatch(self.catalog, self.alerts, self.gauges, self.now)
        self.found = S3Reconciliations(self.objects)
        self.room = ReconciliationRoom(self.found, self.requests, zone=zone, now=self.now)
        self.clock = ReportClock(
            self.catalog, self.deliveries, self.room, self.requests, self.watch
        )
        self.work = ReportWork(self.reports, self.deliveries, self.watch, self.requests)

        self.previews = ReportPreviews(self.known, self.runs, self.exports)
        self.schedules = ReportSchedules(self.known, self.catalog, zone=zone, now=self.now)

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        self._ids += 1
        return f"writer-{self._ids}"

    def keep(self, *records: ContactRecord) -> None:
        for record in records:
            self.lake.store(record)

    def build(self, report: str = "daily-queues", day: date = SUNDAY) -> ReportRun:
        (run,) = self.reports.build(day, report=report)
        return run

    def another_claims(self) -> None:
        """Somebody else writes the first revision of Sunday's queues."""
        run = ReportRun(
            report="daily-queues",
            day=SUNDAY,
            revision=1,
            state=RunState.WRITING,
            claimant="another",
            claimed_until=self.at + timedelta(minutes=6),
        )
        self.runs.claim(run, now=self.at)

    def works(self, report: str | None = None, day: date = SUNDAY) -> None:
        """What the message of that day sets going."""
        self.work.build(day, grain=Grain.DAY, report=report)

    def subscribes(self, *emails: str, reports: Sequence[str] = ("daily-queues",)) -> None:
        """Finance has reports brought to it."""
        self.deliveries.keep("finance", reports=reports, emails=emails, by="root")

    def delivered(self) -> list[str]:
        return [key for key in self.objects.bodies if key.startswith("deliveries/")]

    def alerted(self) -> list[Alert]:
        found = self.alert_store.alerts.values()
        return sorted(found, key=lambda alert: (alert.kind, alert.about))

    def csv(self, run: ReportRun) -> list[dict[str, str]]:
        """The file of a run as finance opens it."""
        assert run.manifest is not None
        name = run.manifest.file("csv").name
        with self.exports.read(run.report, run.day, run.revision, name=name) as file:
            header, *lines = csv_file.read(file)
        return [dict(zip(header, line, strict=True)) for line in lines]
