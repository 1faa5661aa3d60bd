"""REST: a version of a flow on trial, for admins; supervisors may look."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.canary import Tally, Terms
from chalicelib.core.identity import groups
from chalicelib.core.ids import FlowId
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body
from chalicelib.services.canary import Standing

bp = Blueprint(__name__)

PATH = "/v1/flows/{flow_id}/canary"
READERS = groups("admin", "supervisor")
WRITERS = groups("admin")


class Wanted(Body):
    version: int
    percent: int
    error_rate: float = 0.02
    window_seconds: int = 300
    minimum_contacts: int = 20


@endpoint(bp, "GET", PATH, who=READERS)
def get_canary(call: Call, flow_id: str) -> object:
    return _document(bootstrap.canaries().standing(FlowId(flow_id)))


@endpoint(bp, "PUT", PATH, who=WRITERS, body=Wanted)
def start_canary(call: Call, flow_id: str) -> object:
    body: Wanted = call.body
    terms = Terms(
        version=body.version,
        percent=body.percent,
        error_rate=body.error_rate,
        window_seconds=body.window_seconds,
        minimum_contacts=body.minimum_contacts,
    )
    return _document(bootstrap.canaries().start(FlowId(flow_id), terms, call.caller.username))


@endpoint(bp, "DELETE", PATH, who=WRITERS)
def remove_canary(call: Call, flow_id: str) -> object:
    return _document(bootstrap.canaries().remove(FlowId(flow_id), call.caller.username))


@endpoint(bp, "POST", f"{PATH}/promote", who=WRITERS)
def promote_canary(call: Call, flow_id: str) -> object:
    return _document(bootstrap.canaries().promote(FlowId(flow_id), call.caller.username))


def _document(standing: Standing) -> dict[str, object]:
    entry, canary = standing.entry, standing.canary
    return {
        "flowId": entry.flow_id,
        "liveVersion": entry.version,
        "isRunning": entry.trial is not None,
        "canary": canary,
        "versions": [
            {
                "version": version,
                "recently": _tally(standing.recently.get(version, Tally())),
                "overall": _tally(standing.overall.get(version, Tally())),
            }
            for version in (canary.against, canary.version)
        ],
    }


def _tally(tally: Tally) -> dict[str, object]:
    return {"contacts": tally.contacts, "errors": tally.errors, "rate": round(tally.rate, 4)}
