"""REST: to whom which reports are brought; and what was found of a day's records."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.delivery import Delivery
from chalicelib.core.identity import groups
from chalicelib.core.reconciliation import Reconciliation
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

ADMINS = groups("admin")
READERS = groups("finance", "supervisor", "admin")
_DELIVERY = "/v1/report-deliveries/{name}"
_RECONCILIATION = "/v1/reconciliations/{day}"


class Wanted(Body):
    """`emails`: addresses that are told of each revision."""

    reports: list[str]
    emails: list[str] = []


@endpoint(bp, "GET", "/v1/report-deliveries", who=READERS)
def list_deliveries(call: Call) -> object:
    return {"deliveries": [_shown(each) for each in bootstrap.deliveries().list()]}


@endpoint(bp, "GET", _DELIVERY, who=READERS)
def get_delivery(call: Call, name: str) -> object:
    return _shown(bootstrap.deliveries().get(name))


@endpoint(bp, "PUT", _DELIVERY, who=ADMINS, body=Wanted)
def keep_delivery(call: Call, name: str) -> object:
    wanted: Wanted = call.body
    kept = bootstrap.deliveries().keep(
        name, reports=wanted.reports, emails=wanted.emails, by=call.caller.username
    )
    return _shown(kept)


@endpoint(bp, "DELETE", _DELIVERY, who=ADMINS)
def withdraw_delivery(call: Call, name: str) -> object:
    bootstrap.deliveries().withdraw(name)
    return {}


@endpoint(bp, "GET", _RECONCILIATION, who=READERS)
def get_reconciliation(call: Call, day: str) -> object:
    return _found(bootstrap.reconciliations().of(day))


@endpoint(bp, "POST", _RECONCILIATION, who=READERS, status=202)
def request_reconciliation(call: Call, day: str) -> object:
    bootstrap.reconciliations().request(day)
    return {}


def _shown(delivery: Delivery) -> object:
    return {
        "name": delivery.name,
        "reports": delivery.reports,
        "emails": delivery.emails,
        "prefix": delivery.prefix,
        "since": delivery.since,
        "by": delivery.by,
    }


def _found(found: Reconciliation) -> object:
    return {
        "day": found.period.name,
        "zone": found.period.zone,
        "from": found.period.from_at,
        "to": found.period.to_at,
        "at": found.at,
        "contacts": found.contacts,
        "goingOn": found.going_on,
        "records": found.records,
        "recorded": found.recorded,
        "segments": found.segments,
        "missing": found.missing,
    }
