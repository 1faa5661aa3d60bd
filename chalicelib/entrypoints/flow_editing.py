"""REST: flows as the console edits them."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import FlowId
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

READERS = groups("admin", "supervisor")
ADMINS = groups("admin")
_FLOW = "/v1/flows/{flow_id}"


class Draft(Body):
    content: str
    based_on: int


class Publish(Body):
    """No content: the draft. Not live: there to be tried by some."""

    based_on: int
    content: str | None = None
    note: str = ""
    is_live: bool = True


class Import(Body):
    content: str


class RollBack(Body):
    version: int


@endpoint(bp, "GET", "/v1/flows", who=READERS)
def list_flows(call: Call) -> object:
    return bootstrap.flow_editing().flows()


@endpoint(bp, "POST", "/v1/flows/import", who=ADMINS, body=Import)
def import_flow(call: Call) -> object:
    """Stores nothing: an export of any age, as it can be edited."""
    body: Import = call.body
    return {"content": bootstrap.flow_editing().imported(body.content)}


@endpoint(bp, "GET", _FLOW, who=READERS)
def get_flow(call: Call, flow_id: str) -> object:
    return bootstrap.flow_editing().flow(FlowId(flow_id))


@endpoint(bp, "GET", f"{_FLOW}/content", who=READERS)
def open_flow(call: Call, flow_id: str) -> object:
    return bootstrap.flow_editing().opened(FlowId(flow_id), call.query.get("of"))


@endpoint(bp, "GET", f"{_FLOW}/versions", who=READERS)
def list_versions(call: Call, flow_id: str) -> object:
    return {"versions": bootstrap.flow_editing().versions(FlowId(flow_id))}


@endpoint(bp, "GET", f"{_FLOW}/diff", who=READERS)
def compare_versions(call: Call, flow_id: str) -> object:
    from_, to = call.query.get("from", ""), call.query.get("to", "")
    found = bootstrap.flow_editing().difference(FlowId(flow_id), from_, to)
    return {"from": from_, "to": to, "changes": found.changes, "text": found.text}


@endpoint(bp, "PUT", f"{_FLOW}/draft", who=ADMINS, body=Draft)
def save_draft(call: Call, flow_id: str) -> object:
    body: Draft = call.body
    return bootstrap.flow_editing().save_draft(
        FlowId(flow_id), body.content, based_on=body.based_on, by=call.caller.username
    )


@endpoint(bp, "DELETE", f"{_FLOW}/draft", who=ADMINS, status=204)
def drop_draft(call: Call, flow_id: str) -> object:
    bootstrap.flow_editing().drop_draft(FlowId(flow_id))
    return None


@endpoint(bp, "POST", f"{_FLOW}/publish", who=ADMINS, body=Publish)
def publish_flow(call: Call, flow_id: str) -> object:
    body: Publish = call.body
    return bootstrap.flow_editing().publish(
        FlowId(flow_id),
        based_on=body.based_on,
        content=body.content,
        note=body.note,
        by=call.caller.username,
        is_live=body.is_live,
    )


@endpoint(bp, "POST", f"{_FLOW}/rollback", who=ADMINS, body=RollBack)
def roll_back(call: Call, flow_id: str) -> object:
    body: RollBack = call.body
    return bootstrap.flow_editing().roll_back(FlowId(flow_id), body.version)
