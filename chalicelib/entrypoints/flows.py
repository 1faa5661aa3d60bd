"""REST: Amazon Connect's API for contact flows: publish one, and see which there are."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import FlowId
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

WHO = groups("admin")


class NewFlow(msgspec.Struct, rename="pascal"):
    name: str
    type: str
    content: str
    description: str = ""


class Content(msgspec.Struct, rename="pascal"):
    content: str


@endpoint(bp, "PUT", "/contact-flows/{instance_id}", who=WHO, body=NewFlow, style="connect")
def create_contact_flow(call: Call, instance_id: str) -> object:
    body: NewFlow = call.body
    entry = bootstrap.flow_library().create(instance_id, body.name, body.type, body.content)
    return {
        "ContactFlowId": entry.flow_id,
        "ContactFlowArn": bootstrap.flow_library().arn(entry),
        "FlowContentSha256": entry.sha256,
    }


@endpoint(
    bp,
    "POST",
    "/contact-flows/{instance_id}/{flow_id}/content",
    who=WHO,
    body=Content,
    style="connect",
)
def update_contact_flow_content(call: Call, instance_id: str, flow_id: str) -> object:
    body: Content = call.body
    entry = bootstrap.flow_library().update(instance_id, FlowId(flow_id), body.content)
    return {"FlowContentSha256": entry.sha256}


@endpoint(bp, "GET", "/contact-flows-summary/{instance_id}", who=WHO, style="connect")
def list_contact_flows(call: Call, instance_id: str) -> object:
    library = bootstrap.flow_library()
    return {
        "ContactFlowSummaryList": [
            {
                "Id": entry.flow_id,
                "Arn": library.arn(entry),
                "Name": entry.name,
                "ContactFlowType": entry.type,
                "ContactFlowState": "ACTIVE",
                "ContactFlowStatus": "PUBLISHED",
            }
            for entry in library.list(instance_id)
        ]
    }
