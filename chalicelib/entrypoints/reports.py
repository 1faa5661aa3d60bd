"""Reports: asked for when a period has ended, built one period at a time; and who reads them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from chalice import Blueprint
from chalice.app import CloudWatchEvent, Cron, SQSEvent, SQSRecord

from chalicelib import bootstrap
from chalicelib.core.civil_day import Grain
from chalicelib.core.identity import groups
from chalicelib.entrypoints import wire
from chalicelib.entrypoints.edge import Call, each_record, endpoint, function

bp = Blueprint(__name__)

WHO = groups("finance", "supervisor", "admin")


class Task(StrEnum):
    REPORTS = "reports"  # build them, and bring them to whoever has them delivered
    RENEWAL = "renewal"  # the same of those that somebody may count on already
    DELIVERY = "delivery"  # bring what is published of one
    RECONCILIATION = "reconciliation"  # look whether the day's records are complete


class ReportRequest(wire.Body):
    """A message of the reports queue: the period of that grain in which the day lies; without
    `report` every report of it."""

    day: date
    grain: Grain = Grain.DAY
    report: str | None = None
    task: Task = Task.REPORTS


@bp.schedule(Cron("0/15", "*", "*", "*", "?", "*"), name="on_day_ended")
@function
def on_day_ended(event: CloudWatchEvent) -> None:
    """Every quarter of an hour, because so far apart lie the midnights of the world."""
    bootstrap.report_clock().tick()


@bp.on_sqs_message(queue="reports", batch_size=1, name="on_report_due")
@function
def on_report_due(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    return each_record(event, _do)


def _do(record: SQSRecord) -> None:
    request = wire.read(record.body, ReportRequest)
    _TASKS[request.task](request)


def _build(request: ReportRequest) -> None:
    bootstrap.report_work().build(request.day, grain=request.grain, report=request.report)


def _renew(request: ReportRequest) -> None:
    bootstrap.report_work().renew(request.day, grain=request.grain)


def _deliver(request: ReportRequest) -> None:
    bootstrap.deliveries().deliver(request.report or "", request.day)


def _reconcile(request: ReportRequest) -> None:
    bootstrap.reconciliation().run(request.day)


_TASKS = {
    Task.REPORTS: _build,
    Task.RENEWAL: _renew,
    Task.DELIVERY: _deliver,
    Task.RECONCILIATION: _reconcile,
}


@endpoint(bp, "GET", "/v1/reports", who=WHO)
def list_reports(call: Call) -> object:
    return {"runs": bootstrap.report_catalog().newest()}


@endpoint(bp, "GET", "/v1/reports/{period}", who=WHO)
def get_reports(call: Call, period: str) -> object:
    return {"runs": bootstrap.report_catalog().of(period)}


@endpoint(bp, "GET", "/v1/reports/{period}/preview", who=WHO)
def preview_report(call: Call, period: str) -> object:
    report, revision = call.query.get("report", ""), call.query.get("revision")
    return bootstrap.report_previews().preview(report, period, revision)


@endpoint(bp, "GET", "/v1/report-schedules", who=WHO)
def list_schedules(call: Call) -> object:
    return {"schedules": bootstrap.report_schedules().all()}


@endpoint(bp, "POST", "/v1/reports/{period}", who=WHO, status=202)
def request_reports(call: Call, period: str) -> object:
    return {"runs": bootstrap.report_catalog().request(period)}
