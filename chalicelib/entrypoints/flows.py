"""REST: Amazon Connect's API for contact flows."""

from __future__ import annotations

from typing import Literal

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.flow_entry import FlowEntry, FlowState
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
from chalicelib.entrypoints.flow_shapes import about, described, searched
from chalicelib.services.flow_library import NewFlow
from chalicelib.services.flow_ports import FlowContent

bp = Blueprint(__name__)

_FLOW = "/contact-flows/{instance_id}/{flow_id}"


class CreateContactFlow(Shape):
    name: str
    type: str
    content: str
    description: str = ""
    status: Literal["PUBLISHED", "SAVED"] = "PUBLISHED"
    tags: dict[str, str] = {}


class UpdateContactFlowContent(Shape):
    content: str


class UpdateContactFlowMetadata(Shape):
    name: str | None = None
    description: str | None = None
    contact_flow_state: FlowState | None = None


@endpoint(
    bp, "PUT", "/contact-flows/{instance_id}", who=ADMINS, body=CreateContactFlow, style=CONNECT
)
def create_contact_flow(call: Call, instance_id: str) -> object:
    body: CreateContactFlow = call.body
    new = NewFlow(
        name=body.name,
        type=body.type,
        content=FlowContent(content=body.content),
        description=body.description,
        tags=body.tags,
        is_draft=body.status == "SAVED",
        by=call.caller.username,
    )
    center = center_of(instance_id)
    entry = bootstrap.flow_library().create(center, new)
    return {
        "ContactFlowId": entry.flow_id,
        "ContactFlowArn": center.flow_arn(entry),
        "FlowContentSha256": new.content.sha256,
    }


@endpoint(bp, "GET", _FLOW, who=ADMINS, style=CONNECT)
def describe_contact_flow(call: Call, instance_id: str, flow_id: str) -> object:
    center = center_of(instance_id)
    found = bootstrap.flow_library().describe(center, flow_id)
    sha256 = {"FlowContentSha256": found.content.sha256}
    return {"ContactFlow": {**described(center, found), **sha256, **_own(center, found.entry)}}


@endpoint(bp, "POST", f"{_FLOW}/content", who=ADMINS, body=UpdateContactFlowContent, style=CONNECT)
def update_contact_flow_content(call: Call, instance_id: str, flow_id: str) -> object:
    body: UpdateContactFlowContent = call.body
    center, by = center_of(instance_id), call.caller.username
    bootstrap.flow_library().update(center, flow_id, content=body.content, by=by)
    return {}


@endpoint(
    bp, "POST", f"{_FLOW}/metadata", who=ADMINS, body=UpdateContactFlowMetadata, style=CONNECT
)
def update_contact_flow_metadata(call: Call, instance_id: str, flow_id: str) -> object:
    body: UpdateContactFlowMetadata = call.body
    bootstrap.flow_library().change(
        center_of(instance_id),
        flow_id,
        name=body.name,
        description=body.description,
        state=body.contact_flow_state,
    )
    return {}


@endpoint(bp, "POST", f"{_FLOW}/name", who=ADMINS, body=UpdateContactFlowMetadata, style=CONNECT)
def update_contact_flow_name(call: Call, instance_id: str, flow_id: str) -> object:
    body: UpdateContactFlowMetadata = call.body
    center = center_of(instance_id)
    bootstrap.flow_library().change(center, flow_id, name=body.name, description=body.description)
    return {}


@endpoint(bp, "DELETE", _FLOW, who=ADMINS, style=CONNECT)
def delete_contact_flow(call: Call, instance_id: str, flow_id: str) -> object:
    bootstrap.flow_library().delete(center_of(instance_id), flow_id)
    return {}


@endpoint(bp, "GET", "/contact-flows-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_contact_flows(call: Call, instance_id: str) -> object:
    center, types = center_of(instance_id), call.queries.get("contactFlowTypes")
    flows = bootstrap.flow_library().listed(center, types)
    return listed(
        call,
        "ContactFlowSummaryList",
        flows,
        lambda entry: entry.name,
        lambda entry: {
            "Id": entry.flow_id,
            "Arn": center.flow_arn(entry),
            "Name": entry.name,
            "ContactFlowType": entry.type,
            "ContactFlowState": entry.state,
            "ContactFlowStatus": entry.status,
        },
    )


@endpoint(bp, "POST", "/search-contact-flows", who=ADMINS, body=Search, style=CONNECT)
def search_contact_flows(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)

    def shown(entry: FlowEntry) -> dict[str, object]:
        return {**about(center, entry), **_own(center, entry)}

    flows = bootstrap.flow_library().listed(center)
    return body.found("ContactFlows", flows, lambda entry: entry.name, searched, shown)


def _own(center: Center, entry: FlowEntry) -> dict[str, object]:
    """What modules do not tell of themselves."""
    return {"Type": entry.type, **dated(center, entry.changed_at)}
