"""REST: Amazon Connect's API for contact flow modules."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.flow_entry import MODULE, FlowEntry, FlowState
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.flow_shapes import about, described, searched
from chalicelib.services.flow_library import NewFlow
from chalicelib.services.flow_ports import FlowContent

bp = Blueprint(__name__)

_MODULE = "/contact-flow-modules/{instance_id}/{flow_id}"


class ExternalInvocation(msgspec.Struct, rename="pascal", frozen=True):
    enabled: bool = False


class CreateContactFlowModule(Shape):
    name: str
    content: str
    description: str = ""
    tags: dict[str, str] = {}
    client_token: str = ""
    settings: str = ""
    external_invocation_configuration: ExternalInvocation = ExternalInvocation()


class UpdateContactFlowModuleContent(Shape):
    content: str | None = None
    settings: str | None = None


class UpdateContactFlowModuleMetadata(Shape):
    name: str | None = None
    description: str | None = None
    state: FlowState | None = None


@endpoint(
    bp,
    "PUT",
    "/contact-flow-modules/{instance_id}",
    who=ADMINS,
    body=CreateContactFlowModule,
    style=CONNECT,
)
def create_contact_flow_module(call: Call, instance_id: str) -> object:
    body: CreateContactFlowModule = call.body
    new = NewFlow(
        name=body.name,
        type=MODULE,
        content=FlowContent(content=body.content, settings=body.settings),
        description=body.description,
        tags=body.tags,
        is_external=body.external_invocation_configuration.enabled,
        token=body.client_token,
        by=call.caller.username,
    )
    center = center_of(instance_id)
    entry = bootstrap.module_library().create(center, new)
    return {"Id": entry.flow_id, "Arn": center.flow_arn(entry)}


@endpoint(bp, "GET", _MODULE, who=ADMINS, style=CONNECT)
def describe_contact_flow_module(call: Call, instance_id: str, flow_id: str) -> object:
    center = center_of(instance_id)
    found = bootstrap.module_library().describe(center, flow_id)
    own = {
        **_is_external(found.entry),
        "FlowModuleContentSha256": found.content.sha256,
        "Settings": found.content.settings or None,
    }
    return {"ContactFlowModule": {**described(center, found), **without_nothing(own)}}


@endpoint(
    bp, "POST", f"{_MODULE}/content", who=ADMINS, body=UpdateContactFlowModuleContent, style=CONNECT
)
def update_contact_flow_module_content(call: Call, instance_id: str, flow_id: str) -> object:
    body: UpdateContactFlowModuleContent = call.body
    bootstrap.module_library().update(
        center_of(instance_id),
        flow_id,
        content=body.content,
        settings=body.settings,
        by=call.caller.username,
    )
    return {}


@endpoint(
    bp,
    "POST",
    f"{_MODULE}/metadata",
    who=ADMINS,
    body=UpdateContactFlowModuleMetadata,
    style=CONNECT,
)
def update_contact_flow_module_metadata(call: Call, instance_id: str, flow_id: str) -> object:
    body: UpdateContactFlowModuleMetadata = call.body
    bootstrap.module_library().change(
        center_of(instance_id),
        flow_id,
        name=body.name,
        description=body.description,
        state=body.state,
    )
    return {}


@endpoint(bp, "DELETE", _MODULE, who=ADMINS, style=CONNECT)
def delete_contact_flow_module(call: Call, instance_id: str, flow_id: str) -> object:
    bootstrap.module_library().delete(center_of(instance_id), flow_id)
    return {}


@endpoint(bp, "GET", "/contact-flow-modules-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_contact_flow_modules(call: Call, instance_id: str) -> object:
    center, state = center_of(instance_id), call.query.get("state")
    modules = bootstrap.module_library().listed(center, state=state)
    return listed(
        call,
        "ContactFlowModulesSummaryList",
        modules,
        lambda entry: entry.name,
        lambda entry: {
            "Id": entry.flow_id,
            "Arn": center.flow_arn(entry),
            "Name": entry.name,
            "State": entry.state,
        },
    )


@endpoint(bp, "POST", "/search-contact-flow-modules", who=ADMINS, body=Search, style=CONNECT)
def search_contact_flow_modules(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)

    def shown(entry: FlowEntry) -> dict[str, object]:
        return {**about(center, entry), **_is_external(entry)}

    modules = bootstrap.module_library().listed(center)
    return body.found("ContactFlowModules", modules, lambda entry: entry.name, searched, shown)


def _is_external(entry: FlowEntry) -> dict[str, object]:
    return {"ExternalInvocationConfiguration": {"Enabled": entry.is_external}}
