"""Contact records, and the reports made of them."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.stores import bind_tables, center_store, objects, report_requests
from chalicelib.bootstrap.world import client, new_id, now, settings

if TYPE_CHECKING:
    from chalicelib.adapters.warehouse.athena import AthenaWarehouse
    from chalicelib.services.contact_records import ContactRecordsService
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
    from chalicelib.adapters.warehouse.engines import Engines
    from chalicelib.core.report import Format
    from chalicelib.services.reports import ReportsService

    bind_tables()
    lake = S3RecordLake(objects(settings().lake_bucket))
    return ReportsService(
        definitions(),
        Engines(
            DuckDbWarehouse(
                lake, S3Ledger(objects(settings().lake_bucket)), writers={Format.XLSX: write}
            ),
            athena_warehouse,
            lake.packed_bytes,
            far_above_mb=int(settings().athena_above_mb),
        ),
        S3Exports(objects(settings().exports_bucket)),
        DynamoReportRuns(),
        zone=center_store().center().time_zone,
        now=now,
        new_id=new_id,
    )


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
    )
