"""REST: Amazon Connect's API for attributes that admins declare."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center, PredefinedAttribute
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
)
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

_ATTRIBUTES = "/predefined-attributes/{instance_id}"
_ATTRIBUTE = "/predefined-attributes/{instance_id}/{name}"
_LIMIT = 100  # in one page, Amazon Connect's


class Values(Shape):
    string_list: list[str] = []


class CreateAttribute(Shape):
    name: str
    values: Values | None = None
    purposes: list[str] = []


class UpdateAttribute(Shape):
    values: Values | None = None
    purposes: list[str] | None = None


@endpoint(bp, "PUT", _ATTRIBUTES, who=ADMINS, body=CreateAttribute, style=CONNECT)
def create_predefined_attribute(call: Call, instance_id: str) -> object:
    body: CreateAttribute = call.body
    values = body.values.string_list if body.values else ()
    center, attributes = center_of(instance_id), bootstrap.predefined_attributes()
    attributes.create(center, body.name, values, body.purposes)
    return {}


@endpoint(bp, "GET", _ATTRIBUTE, who=ADMINS, style=CONNECT)
def describe_predefined_attribute(call: Call, instance_id: str, name: str) -> object:
    center = center_of(instance_id)
    attribute = bootstrap.predefined_attributes().find(center, name)
    return {"PredefinedAttribute": _shown(center, attribute)}


@endpoint(bp, "POST", _ATTRIBUTE, who=ADMINS, body=UpdateAttribute, style=CONNECT)
def update_predefined_attribute(call: Call, instance_id: str, name: str) -> object:
    body: UpdateAttribute = call.body
    values = body.values.string_list if body.values else None
    center, attributes = center_of(instance_id), bootstrap.predefined_attributes()
    attributes.change(center, name, values, body.purposes)
    return {}


@endpoint(bp, "DELETE", _ATTRIBUTE, who=ADMINS, style=CONNECT)
def delete_predefined_attribute(call: Call, instance_id: str, name: str) -> object:
    bootstrap.predefined_attributes().delete(center_of(instance_id), name)
    return {}


@endpoint(bp, "GET", _ATTRIBUTES, who=ADMINS, style=CONNECT)
def list_predefined_attributes(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "PredefinedAttributeSummaryList",
        bootstrap.predefined_attributes().listed(center),
        lambda attribute: attribute.name,
        lambda attribute: {"Name": attribute.name, **dated(center, attribute.changed_at)},
        limit=_LIMIT,
    )


@endpoint(bp, "POST", "/search-predefined-attributes", who=ADMINS, body=Search, style=CONNECT)
def search_predefined_attributes(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "PredefinedAttributes",
        bootstrap.predefined_attributes().listed(center),
        lambda attribute: attribute.name,
        lambda attribute: Found(texts={"name": attribute.name}),
        lambda attribute: _shown(center, attribute),
    )


def _shown(center: Center, attribute: PredefinedAttribute) -> dict[str, object]:
    return {
        "Name": attribute.name,
        "Values": {"StringList": list(attribute.values)},
        "Purposes": list(attribute.purposes),
        **dated(center, attribute.changed_at),
    }
