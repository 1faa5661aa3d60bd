"""REST: who is in the caller's team."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor")


@endpoint(bp, "GET", "/v1/team", who=WHO)
def get_team(call: Call) -> object:
    return {"members": bootstrap.teams().team_of(call.caller.username)}
