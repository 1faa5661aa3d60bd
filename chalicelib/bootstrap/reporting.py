"""Contact records, and the reports made of them."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.delivering import deliveries
from chalicelib.bootstrap.stores import (
    bind_tables,
    center_store,
    feedback_store,
    objects,
    report_requests,
    ticket_store,
    user_store,
)
from chalicelib.bootstrap.world import client, new_id, now, session, settings

if TYPE_CHECKING:
    from chalicelib.adapters.warehouse.athena import AthenaWarehouse
    from chalicelib.core.metrics import Thresholds
    from chalicelib.services.contact_records import ContactRecordsService
    from chalicelib.services.late_news import LateNews
    from chalicelib.services.metric_history import CountedHistory, MetricHistory
    from chalicelib.services.report_catalog import ReportCatalog
    from chalicelib.services.report_preview import ReportPreviews
    from chalicelib.services.report_schedules import ReportSchedules
    from chalicelib.services.reports import ReportsService
    from chalicelib.services.rewards import RewardsService


@cache
def late_news() -> LateNews:
    from chalicelib.services.late_news import LateNews

    return LateNews(report_requests(), zone=center_store().center().time_zone, now=now)


@cache
def contact_records() -> ContactRecordsService:
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.services.contact_records import ContactRecordsService
    from chalicelib.services.ledger import LedgerService

    return ContactRecordsService(
        S3RecordLake(objects(settings().lake_bucket)),
        LedgerService(S3Ledger(objects(settings().lake_bucket)), center_store()),
        late_news(),
        instance_arn=center_store().center().arn,
    )


@cache
def reports() -> ReportsService:
    from chalicelib.adapters.agent_days import S3AgentDays
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.marks import S3Marks
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.spreadsheet import write
    from chalicelib.adapters.warehouse import DuckDbWarehouse  # 65 MB: only where reports are built
    from chalicelib.adapters.warehouse.engines import Engines
    from chalicelib.core.report import Dataset, Format
    from chalicelib.services.agent_days import AgentDaysService
    from chalicelib.services.marks_in_reports import MarksInReports
    from chalicelib.services.reports import ReportsService
    from chalicelib.services.tickets_in_reports import TicketsInReports

    bind_tables()
    lake = objects(settings().lake_bucket)
    records = S3RecordLake(lake)
    agent_days = AgentDaysService(S3AgentDays(lake), center_store(), now=now)
    near = DuckDbWarehouse(
        records,
        S3Ledger(lake),
        sources={
            Dataset.ACTIVITY: agent_days.activity,
            Dataset.TIME_CARDS: agent_days.time_cards,
            Dataset.MARKS: MarksInReports(S3Marks(lake), center_store().user).rows,
            Dataset.TICKETS: TicketsInReports(ticket_store(), now=now).rows,
            Dataset.FEEDBACK: lambda period: feedback_store().of_days(period.days),
        },
        writers={Format.XLSX: write},
    )
    far_above = int(settings().athena_above_mb)
    return ReportsService(
        definitions(),
        Engines(near, athena_warehouse, records.packed_bytes, far_above_mb=far_above),
        S3Exports(objects(settings().exports_bucket)),
        DynamoReportRuns(),
        zone=center_store().center().time_zone,
        now=now,
        new_id=new_id,
        limits=_limits,
    )


def _limits() -> Thresholds:
    from chalicelib.core.metrics import Thresholds

    known = center_store().center().dispositions
    return Thresholds(resolving=frozenset(each.disposition_id for each in known if each.resolves))


@cache
def athena_warehouse() -> AthenaWarehouse:
    """Made for large periods only: the translator takes half a second to load."""
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.spreadsheet import write
    from chalicelib.adapters.warehouse.athena import AthenaWarehouse
    from chalicelib.adapters.warehouse.athena_queries import AthenaQueries
    from chalicelib.core.report import Format

    lake = objects(settings().lake_bucket)
    queries = AthenaQueries(
        client("athena"),
        lake,
        workgroup=settings().athena_workgroup,
        database=settings().athena_database,
        clock=time.monotonic,
        sleep=time.sleep,
    )
    return AthenaWarehouse(
        S3RecordLake(lake), S3Ledger(lake), lake, queries, writers={Format.XLSX: write}
    )


@cache
def report_catalog() -> ReportCatalog:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.services.report_catalog import ReportCatalog

    bind_tables()
    return ReportCatalog(
        definitions(),
        DynamoReportRuns(),
        S3Exports(objects(settings().exports_bucket)),
        report_requests(),
        zone=center_store().center().time_zone,
        now=now,
        notes=deliveries().notes,
    )


@cache
def rewards() -> RewardsService:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.payouts import S3Payouts, reward_rule
    from chalicelib.services.rewards import RewardsService

    bind_tables()
    bucket = objects(settings().exports_bucket)
    return RewardsService(
        rule=reward_rule(),
        payouts=S3Payouts(bucket),
        exports=S3Exports(bucket),
        runs=DynamoReportRuns(),
        users=user_store(),
        now=now,
        new_id=new_id,
    )


@cache
def report_previews() -> ReportPreviews:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.services.report_preview import ReportPreviews

    bind_tables()
    return ReportPreviews(
        definitions(), DynamoReportRuns(), S3Exports(objects(settings().exports_bucket))
    )


@cache
def report_schedules() -> ReportSchedules:
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.services.report_schedules import ReportSchedules

    zone = center_store().center().time_zone
    return ReportSchedules(definitions(), report_catalog(), zone=zone, now=now)


@cache
def counted_history() -> CountedHistory:
    """Where the records can be read; elsewhere it is `metric_history`."""
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.warehouse import DuckDbWarehouse  # 65 MB: not in the API
    from chalicelib.services.metric_history import CountedHistory

    lake = objects(settings().lake_bucket)
    return CountedHistory(DuckDbWarehouse(S3RecordLake(lake), S3Ledger(lake)))


@cache
def metric_history() -> MetricHistory:
    from botocore.config import Config

    from chalicelib.adapters.history_function import FunctionHistory

    known = settings()
    # The API has 29 seconds. A second try would only wait behind the first one.
    patience = Config(connect_timeout=1, read_timeout=27, retries={"total_max_attempts": 1})
    client = session().create_client("lambda", region_name=known.aws_region, config=patience)
    return FunctionHistory(client, f"{known.function_prefix}-count-metrics")
