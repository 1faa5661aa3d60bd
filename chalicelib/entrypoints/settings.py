"""REST: what the pages must know before anybody signs in."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import ANYBODY
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)


@endpoint(bp, "GET", "/v1/settings", who=ANYBODY)
def get_settings(call: Call) -> object:
    return bootstrap.configuration().public()
