"""REST: Amazon Connect's API for quick connects."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
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
from chalicelib.services.quick_connects import Destination, NewQuickConnect

bp = Blueprint(__name__)

_QUICK_CONNECTS = "/quick-connects/{instance_id}"
_QUICK_CONNECT = "/quick-connects/{instance_id}/{quick_connect_id}"
_CONFIGS = {
    QuickConnectType.USER: "UserConfig",
    QuickConnectType.QUEUE: "QueueConfig",
    QuickConnectType.PHONE_NUMBER: "PhoneConfig",
    QuickConnectType.FLOW: "FlowConfig",
}


class Leads(Shape):
    """Each type has its own of these."""

    contact_flow_id: str | None = None
    user_id: str | None = None
    queue_id: str | None = None
    phone_number: str | None = None


class Config(Shape):
    quick_connect_type: str
    user_config: Leads = msgspec.field(default_factory=Leads)
    queue_config: Leads = msgspec.field(default_factory=Leads)
    phone_config: Leads = msgspec.field(default_factory=Leads)
    flow_config: Leads = msgspec.field(default_factory=Leads)

    def destination(self) -> Destination:
        """What counts is the config of the type; another one is read over."""
        by_type = {
            QuickConnectType.USER: self.user_config,
            QuickConnectType.QUEUE: self.queue_config,
            QuickConnectType.PHONE_NUMBER: self.phone_config,
            QuickConnectType.FLOW: self.flow_config,
        }
        leads = {str(kind): config for kind, config in by_type.items()}
        given = msgspec.structs.asdict(leads.get(self.quick_connect_type, Leads()))
        flow_id = given.pop("contact_flow_id")
        return Destination(type=self.quick_connect_type, flow_id=flow_id, **given)


class CreateQuickConnect(Shape):
    name: str
    quick_connect_config: Config
    description: str = ""
    tags: dict[str, str] = {}


class UpdateName(Shape):
    name: str | None = None
    description: str | None = None


class UpdateConfig(Shape):
    quick_connect_config: Config


@endpoint(bp, "PUT", _QUICK_CONNECTS, who=ADMINS, body=CreateQuickConnect, style=CONNECT)
def create_quick_connect(call: Call, instance_id: str) -> object:
    body: CreateQuickConnect = call.body
    center = center_of(instance_id)
    new = NewQuickConnect(
        name=body.name,
        destination=body.quick_connect_config.destination(),
        description=body.description,
        tags=body.tags,
    )
    return _named(center, bootstrap.quick_connects().create(center, new))


@endpoint(bp, "GET", _QUICK_CONNECT, who=ADMINS, style=CONNECT)
def describe_quick_connect(call: Call, instance_id: str, quick_connect_id: str) -> object:
    center = center_of(instance_id)
    return {
        "QuickConnect": _shown(center, bootstrap.quick_connects().find(center, quick_connect_id))
    }


@endpoint(bp, "POST", f"{_QUICK_CONNECT}/name", who=ADMINS, body=UpdateName, style=CONNECT)
def update_quick_connect_name(call: Call, instance_id: str, quick_connect_id: str) -> object:
    body: UpdateName = call.body
    center, names = center_of(instance_id), bootstrap.quick_connects()
    names.rename(center, quick_connect_id, name=body.name, text=body.description)
    return {}


@endpoint(bp, "POST", f"{_QUICK_CONNECT}/config", who=ADMINS, body=UpdateConfig, style=CONNECT)
def update_quick_connect_config(call: Call, instance_id: str, quick_connect_id: str) -> object:
    destination = call.body.quick_connect_config.destination()
    bootstrap.quick_connects().lead(center_of(instance_id), quick_connect_id, destination)
    return {}


@endpoint(bp, "DELETE", _QUICK_CONNECT, who=ADMINS, style=CONNECT)
def delete_quick_connect(call: Call, instance_id: str, quick_connect_id: str) -> object:
    bootstrap.quick_connects().delete(center_of(instance_id), quick_connect_id)
    return {}


@endpoint(bp, "GET", _QUICK_CONNECTS, who=ADMINS, style=CONNECT)
def list_quick_connects(call: Call, instance_id: str) -> object:
    center, types = center_of(instance_id), call.queries.get("QuickConnectTypes", ())
    return listed(
        call,
        "QuickConnectSummaryList",
        bootstrap.quick_connects().listed(center, types),
        lambda each: each.name,
        lambda each: summary(center, each),
    )


@endpoint(bp, "POST", "/search-quick-connects", who=ADMINS, body=Search, style=CONNECT)
def search_quick_connects(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "QuickConnects",
        bootstrap.quick_connects().listed(center),
        lambda each: each.name,
        _searched,
        lambda each: _shown(center, each),
    )


def summary(center: Center, quick_connect: QuickConnect) -> dict[str, object]:
    return {
        "Id": quick_connect.quick_connect_id,
        "Arn": center.quick_connect_arn(quick_connect.quick_connect_id),
        "Name": quick_connect.name,
        "QuickConnectType": quick_connect.type,
        **dated(center, quick_connect.changed_at),
    }


def _named(center: Center, quick_connect: QuickConnect) -> dict[str, object]:
    return {
        "QuickConnectARN": center.quick_connect_arn(quick_connect.quick_connect_id),
        "QuickConnectId": quick_connect.quick_connect_id,
    }


def _shown(center: Center, quick_connect: QuickConnect) -> dict[str, object]:
    leads = {
        "UserId": quick_connect.agent_id,
        "QueueId": quick_connect.queue_id,
        "PhoneNumber": quick_connect.phone_number or None,
        "ContactFlowId": quick_connect.flow_id,
    }
    return without_nothing(
        {
            **_named(center, quick_connect),
            "Name": quick_connect.name,
            "Description": quick_connect.description or None,
            "QuickConnectConfig": {
                "QuickConnectType": quick_connect.type,
                _CONFIGS[quick_connect.type]: without_nothing(leads),
            },
            "Tags": dict(quick_connect.tags),
            **dated(center, quick_connect.changed_at),
        }
    )


def _searched(quick_connect: QuickConnect) -> Found:
    return Found(
        texts={
            "name": quick_connect.name,
            "description": quick_connect.description,
            "resourceid": quick_connect.quick_connect_id,
            "type": quick_connect.type,
        },
        tags=quick_connect.tags,
    )
