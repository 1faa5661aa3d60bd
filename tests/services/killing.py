"""Reports built and delivered by the real service through the real adapters, killed at a write.

`WRITES` is the whole list of what a report writes from its claim to its delivery, in order. It says
nothing of how a write is caught: here the stores are in this process; on a deployed artifact the
same list can be gone through by cutting the connection at the n-th of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, BinaryIO

from chalicelib.adapters.dynamo.alerts import DynamoAlertStore
from chalicelib.adapters.dynamo.deliveries import DynamoDeliveryBook, DynamoDeliveryLedger
from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
from chalicelib.adapters.dynamo.shared import Row, bind
from chalicelib.adapters.dynamo.tables import IN_REPORTS, IN_ROUTING
from chalicelib.adapters.exports import S3Exports
from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain, Period
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import Definition
from chalicelib.services.alerts import Alerts
from chalicelib.services.deliveries import DeliveriesService
from chalicelib.services.messaging import Email
from chalicelib.services.report_catalog import ReportCatalog
from chalicelib.services.report_ports import Table
from chalicelib.services.report_watch import ReportWatch, ReportWork
from chalicelib.services.reports import ReportsService
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.reporting import InMemoryReportRequests, RecordedGauges
from tests.fakes.world import RecordingMessenger
from tests.services.reporting import MONDAY_MORNING, SUNDAY
from tests.simulation.dynamo import Dynamo, DynamoClient

REPORT, FAY = "daily-queues", "fay@acme.example"
KNOWN = {REPORT: definitions()[REPORT]}
_READS = frozenset({"GetItem", "BatchGetItem", "Query"})
_FOLDER = f"{REPORT}/dt=2026-03-08/r1"
_FILES = tuple(f"{_FOLDER}/{REPORT}-2026-03-08-r1.{each}" for each in ("csv", "parquet", "xlsx"))
WRITES = (
    f"PutItem report#{REPORT}|2026-03-08#000001",  # claimed
    *(f"put exports/{name}" for name in _FILES),
    f"put exports/{_FOLDER}/manifest.json",
    f"PutItem report#{REPORT}|2026-03-08#000001",  # published
    *(f"copy deliveries/finance/{name}" for name in _FILES),
    f"copy deliveries/finance/{_FOLDER}/manifest.json",
    f"PutItem notices#finance#{REPORT}|2026-03-08#000001#{FAY}",  # ours to send
    f"send {FAY}",
    f"PutItem notices#finance#{REPORT}|2026-03-08#000001#{FAY}",  # sent
    f"PutItem delivery#finance#{REPORT}|2026-03-08#000001",
    "DeleteItem alerts",
)


class Killed(BaseException):
    """The worker is gone, in the middle of what it did."""


class Axe:
    """Counts writes. Kills before the one numbered `at`, or right after it was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.at: int | None = None
        self.is_after = False

    @contextmanager
    def over(self, write: str) -> Iterator[None]:
        is_hit = self.at == len(self.done)
        if is_hit and not self.is_after:
            raise Killed(write)
        yield
        self.done.append(write)
        if is_hit:
            raise Killed(write)


class Bucket(InMemoryObjectStore):
    def __init__(self, axe: Axe) -> None:
        super().__init__("exports")
        self._axe = axe

    def put(self, key: str, body: bytes | BinaryIO, **how: object) -> None:
        with self._axe.over(f"put {key}"):
            super().put(key, body, **how)  # type: ignore[arg-type]  # handed on as they came

    def copy(self, key: str, to: str) -> None:
        with self._axe.over(f"copy {to}"):
            super().put(to, self.get(key), content_type=self.content_types[key])


class Post(RecordingMessenger):
    def __init__(self, axe: Axe) -> None:
        super().__init__()
        self._axe = axe

    def send_email(self, email: Email) -> None:
        with self._axe.over(f"send {email.to}"):
            super().send_email(email)


class Kept:
    """A Warehouse whose tables were counted once, by the real one."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables

    def tables(
        self, definitions: Sequence[Definition], period: Period, *, limits: Thresholds | None = None
    ) -> AbstractContextManager[Sequence[Table]]:
        return nullcontext(self._tables)


class Workshop:
    """What outlives a worker: tables, bucket and post; `works` is a worker's life."""

    def __init__(self, lend: Callable[[DynamoClient], None]) -> None:
        self.axe = Axe()
        self.at = MONDAY_MORNING
        self.objects = Bucket(self.axe)
        self.post = Post(self.axe)
        self.dynamo = Dynamo(["reports", "routing"])
        self.runs, self.exports = DynamoReportRuns(), S3Exports(self.objects)
        self._ids = 0
        lend(DynamoClient(self._call))
        for table, models in (("reports", IN_REPORTS), ("routing", IN_ROUTING)):
            for model in models:
                bind(model, table, "us-east-1")
        self._deliveries().keep("finance", reports=[REPORT], emails=[FAY], by="root")
        self.axe.done.clear()

    def works(self, tables: Sequence[Table]) -> None:
        """A new worker takes the day's message."""
        reports = ReportsService(
            KNOWN,
            Kept(tables),
            self.exports,
            self.runs,
            zone="America/New_York",
            now=self.now,
            new_id=self._new_id,
        )
        watch = ReportWatch(self.catalog(), self._alerts(), RecordedGauges(), self.now)
        work = ReportWork(reports, self._deliveries(), watch, InMemoryReportRequests())
        work.build(SUNDAY, grain=Grain.DAY, report=REPORT)

    def catalog(self) -> ReportCatalog:
        return ReportCatalog(
            KNOWN,
            self.runs,
            self.exports,
            InMemoryReportRequests(),
            zone="America/New_York",
            now=self.now,
            notes=self._deliveries().notes,
        )

    def now(self) -> datetime:
        return self.at

    def _deliveries(self) -> DeliveriesService:
        return DeliveriesService(
            DynamoDeliveryBook(),
            DynamoDeliveryLedger(),
            self.runs,
            self.exports,
            self.post,
            self._alerts(),
            reports=list(KNOWN),
            sender="reports@acme.example",
            page="",
            now=self.now,
        )

    def _alerts(self) -> Alerts:
        return Alerts(DynamoAlertStore())

    def _new_id(self) -> str:
        self._ids += 1
        return f"worker-{self._ids}"

    def _call(self, operation: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if operation in _READS:
            return self.dynamo.call(operation, kwargs)
        key = kwargs.get("Item") or kwargs["Key"]
        row = "|".join(key[name]["S"] for name in ("pk", "sk"))
        with self.axe.over(f"{operation} {'alerts' if row.startswith('alerts|') else row}"):
            return self.dynamo.call(operation, kwargs)


def lend(client: DynamoClient) -> None:
    """Every model speaks to this client from now on."""
    Row._clients[:] = [client]
