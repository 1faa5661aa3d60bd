"""REST: Amazon Connect's API for tags."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.entrypoints.connect_shapes import ADMINS, CONNECT
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

_TAGS = "/tags/{resource_arn}"


class TagResource(msgspec.Struct):
    tags: dict[str, str]


@endpoint(bp, "GET", _TAGS, who=ADMINS, style=CONNECT)
def list_tags_for_resource(call: Call, resource_arn: str) -> object:
    return {"tags": dict(bootstrap.tags().tags(resource_arn))}


@endpoint(bp, "POST", _TAGS, who=ADMINS, body=TagResource, style=CONNECT)
def tag_resource(call: Call, resource_arn: str) -> object:
    body: TagResource = call.body
    bootstrap.tags().tag(resource_arn, body.tags)
    return {}


@endpoint(bp, "DELETE", _TAGS, who=ADMINS, style=CONNECT)
def untag_resource(call: Call, resource_arn: str) -> object:
    bootstrap.tags().untag(resource_arn, call.queries.get("tagKeys", ()))
    return {}
