"""REST: Amazon Connect's API for queues and hours of operation, as far as flows need it."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.entrypoints.connect_shapes import ADMINS, CONNECT, center_of, listed
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)


@endpoint(bp, "GET", "/queues-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_queues(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "QueueSummaryList",
        bootstrap.queues().listed(center),
        lambda queue: queue.name,
        lambda queue: {
            "Id": queue.queue_id,
            "Arn": center.queue_arn(queue.queue_id),
            "Name": queue.name,
            "QueueType": "STANDARD",
        },
    )


@endpoint(bp, "GET", "/hours-of-operations-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_hours_of_operations(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "HoursOfOperationSummaryList",
        sorted(center.hours, key=lambda hours: hours.name),
        lambda hours: hours.name,
        lambda hours: {
            "Id": hours.hours_id,
            "Arn": center.hours_arn(hours.hours_id),
            "Name": hours.name,
        },
    )


@endpoint(bp, "DELETE", "/queues/{instance_id}/{queue_id}", who=ADMINS, style=CONNECT)
def delete_queue(call: Call, instance_id: str, queue_id: str) -> object:
    bootstrap.queues().delete(center_of(instance_id), queue_id)
    return {}
