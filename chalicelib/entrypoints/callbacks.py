"""REST: promises to call back that stand, and an end to one of them."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import ContactId
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor", "admin")


@endpoint(bp, "GET", "/v1/callbacks", who=WHO)
def list_callbacks(call: Call) -> object:
    return {"callbacks": bootstrap.callback_list().all()}


@endpoint(bp, "DELETE", "/v1/callbacks/{contact_id}", who=WHO)
def cancel_callback(call: Call, contact_id: str) -> object:
    bootstrap.callback_list().cancel(ContactId(contact_id), by=call.caller.username)
    return {}
