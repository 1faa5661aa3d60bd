"""REST: the outcomes that agents choose from, and each queue's time and script for after contact
work."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Disposition, Queue
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body

bp = Blueprint(__name__)

ADMINS = groups("admin")
_OUTCOME = "/v1/dispositions/{disposition_id}"


class Outcome(Body):
    """No queues: it is offered in all of them."""

    label: str
    queue_ids: list[str] = []
    resolves: bool = False


class QueueWrapUp(Body):
    seconds: int
    closing_script: str = ""


@endpoint(bp, "GET", "/v1/wrap-up", who=groups("admin", "supervisor"))
def list_wrap_ups(call: Call) -> object:
    known = bootstrap.wrap_ups().all()
    return {
        "dispositions": [_outcome(each) for each in known.dispositions],
        "queues": [_queue(each) for each in known.queues],
    }


@endpoint(bp, "PUT", _OUTCOME, who=ADMINS, body=Outcome)
def offer_disposition(call: Call, disposition_id: str) -> object:
    wanted: Outcome = call.body
    offered = bootstrap.wrap_ups().offer(
        disposition_id, label=wanted.label, queues=wanted.queue_ids, resolves=wanted.resolves
    )
    return _outcome(offered)


@endpoint(bp, "DELETE", _OUTCOME, who=ADMINS)
def withdraw_disposition(call: Call, disposition_id: str) -> object:
    bootstrap.wrap_ups().withdraw(disposition_id)
    return {}


@endpoint(bp, "PUT", "/v1/wrap-up/queues/{queue_id}", who=ADMINS, body=QueueWrapUp)
def set_queue_wrap_up(call: Call, queue_id: str) -> object:
    wanted: QueueWrapUp = call.body
    return _queue(
        bootstrap.wrap_ups().set_queue(
            queue_id, seconds=wanted.seconds, closing_script=wanted.closing_script
        )
    )


def _outcome(disposition: Disposition) -> object:
    return {
        "id": disposition.disposition_id,
        "label": disposition.label,
        "queueIds": disposition.queue_ids,
        "resolves": disposition.resolves,
    }


def _queue(queue: Queue) -> object:
    return {
        "id": queue.queue_id,
        "name": queue.name,
        "seconds": queue.wrap_up_seconds,
        "closingScript": queue.closing_script,
    }
