"""REST: Amazon Connect's API for queues."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center, OutboundCaller, Queue
from chalicelib.core.ids import FlowId
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
from chalicelib.entrypoints.quick_connects import summary
from chalicelib.services.queues import NewQueue

bp = Blueprint(__name__)

_QUEUES = "/queues/{instance_id}"
_QUEUE = "/queues/{instance_id}/{queue_id}"
_QUICK_CONNECTS_LIMIT = 100  # at once
_SEARCH_LIMIT = 500


class OutboundCallerConfig(Shape):
    outbound_caller_id_name: str = ""
    outbound_caller_id_number_id: str = ""
    outbound_flow_id: str = ""

    def caller(self) -> OutboundCaller:
        return OutboundCaller(
            name=self.outbound_caller_id_name,
            number=self.outbound_caller_id_number_id,
            flow_id=FlowId(self.outbound_flow_id) if self.outbound_flow_id else None,
        )


class CreateQueue(Shape):
    name: str
    hours_of_operation_id: str
    description: str = ""
    outbound_caller_config: OutboundCallerConfig = msgspec.field(
        default_factory=OutboundCallerConfig
    )
    max_contacts: int | None = None
    quick_connect_ids: list[str] = []
    tags: dict[str, str] = {}


class UpdateName(Shape):
    name: str | None = None
    description: str | None = None


class UpdateStatus(Shape):
    status: str


class UpdateMaxContacts(Shape):
    max_contacts: int | None = None


class UpdateHoursOfOperation(Shape):
    hours_of_operation_id: str


class UpdateOutboundCaller(Shape):
    outbound_caller_config: OutboundCallerConfig


class QuickConnectIds(Shape):
    quick_connect_ids: list[str]


@endpoint(bp, "PUT", _QUEUES, who=ADMINS, body=CreateQueue, style=CONNECT)
def create_queue(call: Call, instance_id: str) -> object:
    body: CreateQueue = call.body
    center = center_of(instance_id)
    new = NewQueue(
        name=body.name,
        hours_id=body.hours_of_operation_id,
        description=body.description,
        max_contacts=body.max_contacts,
        outbound_caller=body.outbound_caller_config.caller(),
        quick_connect_ids=body.quick_connect_ids,
        tags=body.tags,
    )
    return _named(center, bootstrap.queues().create(center, new))


@endpoint(bp, "GET", _QUEUE, who=ADMINS, style=CONNECT)
def describe_queue(call: Call, instance_id: str, queue_id: str) -> object:
    center = center_of(instance_id)
    return {"Queue": _shown(center, bootstrap.queues().find(center, queue_id))}


@endpoint(bp, "POST", f"{_QUEUE}/name", who=ADMINS, body=UpdateName, style=CONNECT)
def update_queue_name(call: Call, instance_id: str, queue_id: str) -> object:
    body: UpdateName = call.body
    center = center_of(instance_id)
    bootstrap.queues().rename(center, queue_id, name=body.name, text=body.description)
    return {}


@endpoint(bp, "POST", f"{_QUEUE}/status", who=ADMINS, body=UpdateStatus, style=CONNECT)
def update_queue_status(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().set_status(center_of(instance_id), queue_id, call.body.status)
    return {}


@endpoint(bp, "POST", f"{_QUEUE}/max-contacts", who=ADMINS, body=UpdateMaxContacts, style=CONNECT)
def update_queue_max_contacts(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().limit(center_of(instance_id), queue_id, call.body.max_contacts)
    return {}


@endpoint(
    bp,
    "POST",
    f"{_QUEUE}/hours-of-operation",
    who=ADMINS,
    body=UpdateHoursOfOperation,
    style=CONNECT,
)
def update_queue_hours_of_operation(call: Call, instance_id: str, queue_id: str) -> object:
    hours_id = call.body.hours_of_operation_id
    bootstrap.queues().set_hours(center_of(instance_id), queue_id, hours_id)
    return {}


@endpoint(
    bp,
    "POST",
    f"{_QUEUE}/outbound-caller-config",
    who=ADMINS,
    body=UpdateOutboundCaller,
    style=CONNECT,
)
def update_queue_outbound_caller_config(call: Call, instance_id: str, queue_id: str) -> object:
    caller = call.body.outbound_caller_config.caller()
    bootstrap.queues().set_outbound_caller(center_of(instance_id), queue_id, caller)
    return {}


@endpoint(
    bp,
    "POST",
    f"{_QUEUE}/associate-quick-connects",
    who=ADMINS,
    body=QuickConnectIds,
    style=CONNECT,
)
def associate_queue_quick_connects(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().attach(center_of(instance_id), queue_id, call.body.quick_connect_ids)
    return {}


@endpoint(
    bp,
    "POST",
    f"{_QUEUE}/disassociate-quick-connects",
    who=ADMINS,
    body=QuickConnectIds,
    style=CONNECT,
)
def disassociate_queue_quick_connects(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().detach(center_of(instance_id), queue_id, call.body.quick_connect_ids)
    return {}


@endpoint(bp, "GET", f"{_QUEUE}/quick-connects", who=ADMINS, style=CONNECT)
def list_queue_quick_connects(call: Call, instance_id: str, queue_id: str) -> object:
    center, queues = center_of(instance_id), bootstrap.queues()
    page = listed(
        call,
        "QuickConnectSummaryList",
        queues.quick_connects(center, queue_id),
        lambda each: each.name,
        lambda each: summary(center, each),
        limit=_QUICK_CONNECTS_LIMIT,
    )
    return {**page, **dated(center, queues.find(center, queue_id).changed_at)}


@endpoint(bp, "GET", "/queues-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_queues(call: Call, instance_id: str) -> object:
    center, types = center_of(instance_id), call.queries.get("queueTypes", ())
    return listed(
        call,
        "QueueSummaryList",
        bootstrap.queues().listed(center, types),
        lambda queue: queue.name,
        lambda queue: {
            "Id": queue.queue_id,
            "Arn": center.queue_arn(queue.queue_id),
            "Name": queue.name,
            "QueueType": "STANDARD",
            **dated(center, queue.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-queues", who=ADMINS, body=Search, style=CONNECT)
def search_queues(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)
    return body.found(
        "Queues",
        bootstrap.queues().listed(center),
        lambda queue: queue.name,
        _searched,
        lambda queue: _shown(center, queue),
        limit=_SEARCH_LIMIT,
    )


@endpoint(bp, "DELETE", _QUEUE, who=ADMINS, style=CONNECT)
def delete_queue(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().delete(center_of(instance_id), queue_id)
    return {}


def _named(center: Center, queue: Queue) -> dict[str, object]:
    return {"QueueArn": center.queue_arn(queue.queue_id), "QueueId": queue.queue_id}


def _shown(center: Center, queue: Queue) -> dict[str, object]:
    caller = queue.outbound_caller
    outbound = {
        "OutboundCallerIdName": caller.name or None,
        "OutboundCallerIdNumberId": caller.number or None,
        "OutboundFlowId": caller.flow_id,
    }
    return without_nothing(
        {
            **_named(center, queue),
            "Name": queue.name,
            "Description": queue.description or None,
            "OutboundCallerConfig": without_nothing(outbound) or None,
            "HoursOfOperationId": queue.hours_id,
            "MaxContacts": queue.max_contacts,
            "Status": queue.status,
            "Tags": dict(queue.tags),
            **dated(center, queue.changed_at),
        }
    )


def _searched(queue: Queue) -> Found:
    return Found(
        texts={
            "name": queue.name,
            "description": queue.description,
            "resourceid": queue.queue_id,
            "type": "STANDARD",
            "status": queue.status,
        },
        tags=queue.tags,
    )
