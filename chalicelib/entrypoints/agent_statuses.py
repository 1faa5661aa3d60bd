"""REST: Amazon Connect's API for agent statuses."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import AgentStatus, Center
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.agent_statuses import ChangedAgentStatus, NewAgentStatus

bp = Blueprint(__name__)

_STATUSES = "/agent-status/{instance_id}"
_STATUS = "/agent-status/{instance_id}/{status_id}"


class CreateAgentStatus(Shape):
    name: str
    state: str
    description: str = ""
    display_order: int | None = None
    tags: dict[str, str] = {}


class UpdateAgentStatus(Shape):
    name: str | None = None
    description: str | None = None
    state: str | None = None
    display_order: int | None = None
    reset_order_number: bool = False


@endpoint(bp, "PUT", _STATUSES, who=ADMINS, body=CreateAgentStatus, style=CONNECT)
def create_agent_status(call: Call, instance_id: str) -> object:
    body: CreateAgentStatus = call.body
    center = center_of(instance_id)
    new = NewAgentStatus(
        name=body.name,
        state=body.state,
        description=body.description,
        display_order=body.display_order,
        tags=body.tags,
    )
    return _named(center, bootstrap.agent_statuses().create(center, new))


@endpoint(bp, "GET", _STATUS, who=ADMINS, style=CONNECT)
def describe_agent_status(call: Call, instance_id: str, status_id: str) -> object:
    center = center_of(instance_id)
    return {"AgentStatus": _shown(center, bootstrap.agent_statuses().find(center, status_id))}


@endpoint(bp, "POST", _STATUS, who=ADMINS, body=UpdateAgentStatus, style=CONNECT)
def update_agent_status(call: Call, instance_id: str, status_id: str) -> object:
    body: UpdateAgentStatus = call.body
    changed = ChangedAgentStatus(
        name=body.name,
        description=body.description,
        state=body.state,
        display_order=body.display_order,
        is_unordered=body.reset_order_number,
    )
    bootstrap.agent_statuses().change(center_of(instance_id), status_id, changed)
    return {}


@endpoint(bp, "GET", _STATUSES, who=ADMINS, style=CONNECT)
def list_agent_statuses(call: Call, instance_id: str) -> object:
    center, types = center_of(instance_id), call.queries.get("AgentStatusTypes", ())
    return listed(
        call,
        "AgentStatusSummaryList",
        bootstrap.agent_statuses().listed(center, types),
        lambda status: status.name,
        lambda status: {
            "Id": status.status_id,
            "Arn": center.status_id_arn(status.status_id),
            "Name": status.name,
            "Type": status.type,
            **dated(center, status.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-agent-statuses", who=ADMINS, body=Search, style=CONNECT)
def search_agent_statuses(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "AgentStatuses",
        bootstrap.agent_statuses().listed(center),
        lambda status: status.name,
        _searched,
        lambda status: _shown(center, status),
    )


def _named(center: Center, status: AgentStatus) -> dict[str, object]:
    return {
        "AgentStatusARN": center.status_id_arn(status.status_id),
        "AgentStatusId": status.status_id,
    }


def _shown(center: Center, status: AgentStatus) -> dict[str, object]:
    return without_nothing(
        {
            **_named(center, status),
            "Name": status.name,
            "Description": status.description or None,
            "Type": status.type,
            "DisplayOrder": status.display_order,
            "State": status.state,
            "Tags": dict(status.tags),
            **dated(center, status.changed_at),
        }
    )


def _searched(status: AgentStatus) -> Found:
    texts = {
        "name": status.name,
        "description": status.description,
        "resourceid": status.status_id,
        "type": status.type,
        "state": status.state,
    }
    return Found(texts=texts, tags=status.tags)
