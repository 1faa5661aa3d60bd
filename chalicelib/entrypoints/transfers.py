"""REST: where a contact can be sent, and sending it: supervisors, and Connect's TransferContact."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import Rejected
from chalicelib.core.identity import groups
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.entrypoints.connect_shapes import ADMINS, CONNECT, Shape, center_of
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body, read_query

bp = Blueprint(__name__)


class Which(Body):
    """Of a contact in hand, or of a queue."""

    contact_id: str | None = None
    queue_id: str | None = None


class Destination(Body):
    """One of them."""

    queue_id: str | None = None
    agent_id: str | None = None
    phone_number: str | None = None


class TransferContact(Shape):
    instance_id: str
    contact_id: str
    contact_flow_id: str
    queue_id: str | None = None
    user_id: str | None = None


@endpoint(bp, "GET", "/v1/quick-connects", who=groups("agent", "supervisor"))
def list_quick_connects(call: Call) -> object:
    which = read_query(call.query, Which)
    if which.contact_id is not None:
        return {"quickConnects": bootstrap.transfers().quick_connects(ContactId(which.contact_id))}
    queue_id = QueueId(which.queue_id) if which.queue_id else None
    return {"quickConnects": bootstrap.destinations().offered(queue_id)}


@endpoint(bp, "GET", "/v1/colleagues", who=groups("agent"))
def list_colleagues(call: Call) -> object:
    return {"colleagues": bootstrap.agent_calls().colleagues(call.caller.username)}


@endpoint(
    bp,
    "POST",
    "/v1/contacts/{contact_id}/transfer",
    who=groups("supervisor"),
    body=Destination,
)
def move_contact(call: Call, contact_id: str) -> object:
    wanted: Destination = call.body
    transfer = bootstrap.destinations().chosen(
        wanted.queue_id, wanted.agent_id, wanted.phone_number, by=call.caller.username
    )
    moved = bootstrap.transfers().by_supervisor(ContactId(contact_id), transfer)
    return {"contactId": moved}


@endpoint(bp, "POST", "/contact/transfer", who=ADMINS, body=TransferContact, style=CONNECT)
def transfer_contact(call: Call) -> object:
    request: TransferContact = call.body
    center, to = center_of(request.instance_id), bootstrap.destinations()
    flow = request.contact_flow_id
    match (request.queue_id, request.user_id):
        case (str(queue_id), None):
            transfer = to.queue(queue_id, flow=flow)
        case (None, str(user_id)):
            transfer = to.agent(user_id.rsplit("/", 1)[-1], flow=flow)
        case _:
            raise Rejected("either QueueId or UserId says where to", field="QueueId")
    moved = bootstrap.transfers().by_api(ContactId(request.contact_id), transfer)
    return {"ContactId": moved, "ContactArn": f"{center.arn}/contact/{moved}"}
