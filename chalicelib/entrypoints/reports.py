"""Reports: asked for when a day has ended, built one day at a time; and REST for who reads them."""

from __future__ import annotations

from datetime import date

from chalice import Blueprint
from chalice.app import CloudWatchEvent, Cron, SQSEvent, SQSRecord

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints import wire
from chalicelib.entrypoints.edge import Call, each_record, endpoint, function

bp = Blueprint(__name__)

WHO = groups("finance", "supervisor", "admin")


class ReportRequest(wire.Body):
    """A message of the reports queue; without `report` every report of the day."""

    day: date
    report: str | None = None


@bp.schedule(Cron("5", "*", "*", "*", "?", "*"), name="on_day_ended")
@function
def on_day_ended(event: CloudWatchEvent) -> None:
    """Every hour, because somewhere a day ends every hour."""
    bootstrap.report_catalog().request_due()


@bp.on_sqs_message(queue="reports", batch_size=1, name="on_report_due")
@function
def on_report_due(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    return each_record(event, _build)


def _build(record: SQSRecord) -> None:
    request = wire.read(record.body, ReportRequest)
    bootstrap.reports().build(request.day, report=request.report)


@endpoint(bp, "GET", "/v1/reports", who=WHO)
def list_reports(call: Call) -> object:
    return {"runs": bootstrap.report_catalog().newest()}


@endpoint(bp, "GET", "/v1/reports/{day}", who=WHO)
def get_reports(call: Call, day: str) -> object:
    return {"runs": bootstrap.report_catalog().of(day)}


@endpoint(bp, "POST", "/v1/reports/{day}", who=WHO, status=202)
def request_reports(call: Call, day: str) -> object:
    return {"runs": bootstrap.report_catalog().request(day)}
