"""REST: menus whose keys admins map."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)


class Mapping(Body):
    """Where a key leads; null takes it out of the menu."""

    target: str | None


@endpoint(bp, "GET", "/v1/menus", who=groups("admin", "supervisor"))
def list_menus(call: Call) -> object:
    return {"menus": bootstrap.menus().list()}


@endpoint(bp, "PUT", "/v1/menus/{menu_id}/{key}", who=groups("admin"), body=Mapping)
def map_key(call: Call, menu_id: str, key: str) -> object:
    mapping: Mapping = call.body
    return bootstrap.menus().change(menu_id, key, mapping.target)
