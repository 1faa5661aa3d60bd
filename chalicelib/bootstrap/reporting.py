"""Contact records, and the reports made of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.stores import bind_tables, center_store, objects, report_requests
from chalicelib.bootstrap.world import new_id, now, session, settings

if TYPE_CHECKING:
    from chalicelib.services.contact_records import ContactRecordsService
    from chalicelib.services.metric_history import CountedHistory, MetricHistory
    from chalicelib.services.report_catalog import ReportCatalog
    from chalicelib.services.reports import ReportsService


@cache
def contact_records() -> ContactRecordsService:
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.services.contact_records import ContactRecordsService
    from chalicelib.services.ledger import LedgerService

    center = center_store().center()
    return ContactRecordsService(
        S3RecordLake(objects(settings().lake_bucket)),
        LedgerService(S3Ledger(objects(settings().lake_bucket)), center_store()),
        report_requests(),
        instance_arn=center.arn,
        zone=center.time_zone,
        now=now,
    )


@cache
def reports() -> ReportsService:
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.spreadsheet import write
    from chalicelib.adapters.warehouse import DuckDbWarehouse  # 65 MB: only where reports are built
    from chalicelib.core.report import Format
    from chalicelib.services.reports import ReportsService

    bind_tables()
    return ReportsService(
        definitions(),
        DuckDbWarehouse(
            S3RecordLake(objects(settings().lake_bucket)),
            S3Ledger(objects(settings().lake_bucket)),
            writers={Format.XLSX: write},
        ),
        S3Exports(objects(settings().exports_bucket)),
        DynamoReportRuns(),
        zone=center_store().center().time_zone,
        now=now,
        new_id=new_id,
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
    )


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
