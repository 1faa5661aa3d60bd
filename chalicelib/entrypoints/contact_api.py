"""REST: Amazon Connect's API for contacts: describe, stop, rank anew, attributes, description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.contact_description import described
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import ContactId
from chalicelib.core.segment_attributes import plain
from chalicelib.entrypoints.connect_shapes import ADMINS, CONNECT, Shape, center_of, stamp
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.contact_control import Description, Rank

bp = Blueprint(__name__)


class StopContact(Shape):
    instance_id: str
    contact_id: str


class UpdateContactAttributes(Shape):
    instance_id: str
    initial_contact_id: str
    attributes: dict[str, str]


class UpdateContactRoutingData(Shape):
    queue_time_adjustment_seconds: int | None = None
    queue_priority: int | None = None
    routing_criteria: dict[str, object] | None = None


class UpdateContact(Shape):
    """Who has the contact and from where it comes is decided elsewhere: those are refused."""

    name: str | None = None
    description: str | None = None
    references: dict[str, dict[str, str]] | None = None
    segment_attributes: dict[str, object] | None = None
    queue_info: object | None = None
    user_info: object | None = None
    customer_endpoint: object | None = None
    system_endpoint: object | None = None
    additional_recipients: object | None = None


@endpoint(bp, "GET", "/contacts/{instance_id}/{contact_id}", who=ADMINS, style=CONNECT)
def describe_contact(call: Call, instance_id: str, contact_id: str) -> object:
    center = center_of(instance_id)
    contact, facts = bootstrap.contact_control().describe(ContactId(contact_id))
    return {"Contact": _written(described(contact, facts, center, at=bootstrap.now()))}


@endpoint(bp, "POST", "/contact/stop", who=ADMINS, body=StopContact, style=CONNECT)
def stop_contact(call: Call) -> object:
    request: StopContact = call.body
    center_of(request.instance_id)
    bootstrap.contact_control().stop(ContactId(request.contact_id))
    return {}


@endpoint(
    bp, "POST", "/contact/attributes", who=ADMINS, body=UpdateContactAttributes, style=CONNECT
)
def update_contact_attributes(call: Call) -> object:
    request: UpdateContactAttributes = call.body
    center_of(request.instance_id)
    contact_id = ContactId(request.initial_contact_id)
    bootstrap.contact_control().set_attributes(contact_id, request.attributes)
    return {}


@endpoint(bp, "GET", "/contact/attributes/{instance_id}/{contact_id}", who=ADMINS, style=CONNECT)
def get_contact_attributes(call: Call, instance_id: str, contact_id: str) -> object:
    center_of(instance_id)
    return {"Attributes": bootstrap.contact_control().attributes(ContactId(contact_id))}


@endpoint(
    bp,
    "POST",
    "/contacts/{instance_id}/{contact_id}/routing-data",
    who=ADMINS,
    body=UpdateContactRoutingData,
    style=CONNECT,
)
def update_contact_routing_data(call: Call, instance_id: str, contact_id: str) -> object:
    center_of(instance_id)
    request: UpdateContactRoutingData = call.body
    wanted = Rank(
        age_seconds=request.queue_time_adjustment_seconds,
        priority=request.queue_priority,
        criteria=request.routing_criteria,
    )
    bootstrap.contact_control().rank(ContactId(contact_id), wanted)
    return {}


@endpoint(
    bp,
    "POST",
    "/contacts/{instance_id}/{contact_id}",
    who=ADMINS,
    body=UpdateContact,
    style=CONNECT,
)
def update_contact(call: Call, instance_id: str, contact_id: str) -> object:
    center_of(instance_id)
    wanted = _description(call.body)
    bootstrap.contact_control().describe_anew(ContactId(contact_id), wanted)
    return {}


def _description(request: UpdateContact) -> Description:
    for field, given in (
        ("QueueInfo", request.queue_info),
        ("UserInfo", request.user_info),
        ("CustomerEndpoint", request.customer_endpoint),
        ("SystemEndpoint", request.system_endpoint),
        ("AdditionalRecipients", request.additional_recipients),
    ):
        if given is not None:
            raise Rejected(f"{field} of a contact cannot be changed here", field=field)
    attributes = request.segment_attributes or {}
    return Description(
        name=request.name,
        description=request.description,
        references=request.references,
        segment_attributes={name: plain(value) for name, value in attributes.items()} or None,
    )


def _written(value: object) -> object:
    """Moments as Amazon Connect's JSON has them."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_written(each) for each in value]
    return value
