"""Who has reports delivered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.devices import messenger
from chalicelib.bootstrap.files import alerts
from chalicelib.bootstrap.stores import bind_tables, objects
from chalicelib.bootstrap.world import now, settings

if TYPE_CHECKING:
    from chalicelib.services.deliveries import DeliveriesService


@cache
def deliveries() -> DeliveriesService:
    from chalicelib.adapters.dynamo.deliveries import DynamoDeliveryBook, DynamoDeliveryLedger
    from chalicelib.adapters.dynamo.report_runs import DynamoReportRuns
    from chalicelib.adapters.exports import S3Exports
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.services.deliveries import DeliveriesService

    bind_tables()
    origin = settings().console_origin
    return DeliveriesService(
        DynamoDeliveryBook(),
        DynamoDeliveryLedger(),
        DynamoReportRuns(),
        S3Exports(objects(settings().exports_bucket)),
        messenger(),
        alerts(),
        reports=list(definitions()),
        sender=settings().mail_sender,
        page=f"{origin}/#/reports" if origin not in ("", "*") else "",
        now=now,
    )
