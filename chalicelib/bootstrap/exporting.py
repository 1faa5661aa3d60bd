"""What follows from reports, and from those that are not there: the clock, the watch, the nightly
reconciliation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.delivering import deliveries
from chalicelib.bootstrap.files import alerts
from chalicelib.bootstrap.reporting import contact_records, report_catalog, reports
from chalicelib.bootstrap.stores import center_store, contact_store, objects, report_requests
from chalicelib.bootstrap.world import now, settings

if TYPE_CHECKING:
    from chalicelib.services.export_ports import Reconciliations
    from chalicelib.services.reconciliation import ReconciliationRoom, ReconciliationService
    from chalicelib.services.report_watch import ReportClock, ReportWatch, ReportWork


@cache
def reconciliations() -> ReconciliationRoom:
    from chalicelib.services.reconciliation import ReconciliationRoom

    zone = center_store().center().time_zone
    return ReconciliationRoom(_found(), report_requests(), zone=zone, now=now)


@cache
def reconciliation() -> ReconciliationService:
    from chalicelib.adapters.gauges import LoggedGauges
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.services.reconciliation import ReconciliationService

    return ReconciliationService(
        contact_store(),
        contact_store(),
        S3RecordLake(objects(settings().lake_bucket)),
        objects(settings().recordings_bucket),
        contact_records(),
        _found(),
        alerts(),
        LoggedGauges(),
        zone=center_store().center().time_zone,
        now=now,
    )


@cache
def report_clock() -> ReportClock:
    from chalicelib.services.report_watch import ReportClock

    return ReportClock(
        report_catalog(), deliveries(), reconciliations(), report_requests(), _watch()
    )


@cache
def report_work() -> ReportWork:
    from chalicelib.services.report_watch import ReportWork

    return ReportWork(reports(), deliveries(), _watch(), report_requests())


@cache
def _watch() -> ReportWatch:
    from chalicelib.adapters.gauges import LoggedGauges
    from chalicelib.services.report_watch import ReportWatch

    return ReportWatch(report_catalog(), alerts(), LoggedGauges(), now)


def _found() -> Reconciliations:
    from chalicelib.adapters.reconciliations import S3Reconciliations

    return S3Reconciliations(objects(settings().exports_bucket))
