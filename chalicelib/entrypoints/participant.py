"""REST: Amazon Connect's participant API, for customers in a chat."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.announcer import item_document
from chalicelib.core.errors import Rejected
from chalicelib.core.identity import CUSTOMER
from chalicelib.core.moments import iso
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

MOST_ITEMS = 100


class Connection(msgspec.Struct, rename="pascal"):
    type: list[str] | None = None
    connect_participant: bool | None = None


class Message(msgspec.Struct, rename="pascal"):
    content_type: str
    content: str
    client_token: str | None = None


class Event(msgspec.Struct, rename="pascal"):
    content_type: str
    content: str = ""
    client_token: str | None = None


class TranscriptQuery(msgspec.Struct, rename="pascal"):
    contact_id: str | None = None
    max_results: int | None = 15
    next_token: str | None = None
    scan_direction: str | None = "BACKWARD"
    sort_order: str | None = "ASCENDING"
    start_position: dict[str, object] | None = None


class Leaving(msgspec.Struct, rename="pascal"):
    client_token: str | None = None


@endpoint(bp, "POST", "/participant/connection", who=CUSTOMER, body=Connection, style="connect")
def create_participant_connection(call: Call) -> object:
    admission = bootstrap.chat().connect(call.bearer)
    expiry = iso(admission.expires_at)
    return {
        "Websocket": {
            "Url": bootstrap.customer_socket_url(admission.connection_token),
            "ConnectionExpiry": expiry,
        },
        "ConnectionCredentials": {
            "ConnectionToken": admission.connection_token,
            "Expiry": expiry,
        },
    }


@endpoint(bp, "POST", "/participant/message", who=CUSTOMER, body=Message, style="connect")
def send_message(call: Call) -> object:
    request: Message = call.body
    item = bootstrap.chat().send(
        call.bearer, request.content_type, request.content, request.client_token
    )
    return {"Id": item.item_id, "AbsoluteTime": iso(item.at)}


@endpoint(bp, "POST", "/participant/event", who=CUSTOMER, body=Event, style="connect")
def send_event(call: Call) -> object:
    request: Event = call.body
    item = bootstrap.chat().send_event(
        call.bearer, request.content_type, request.content, request.client_token
    )
    return {"Id": item.item_id, "AbsoluteTime": iso(item.at)}


@endpoint(
    bp, "POST", "/participant/transcript", who=CUSTOMER, body=TranscriptQuery, style="connect"
)
def get_transcript(call: Call) -> object:
    query: TranscriptQuery = call.body
    limit = query.max_results or 15
    if not 1 <= limit <= MOST_ITEMS:
        raise Rejected(f"MaxResults is {limit}, 1 to {MOST_ITEMS} are allowed", field="MaxResults")
    contact = bootstrap.chat().contact_of(call.bearer)
    page = bootstrap.chat().transcript(
        call.bearer,
        limit=limit,
        is_newest_first=query.scan_direction != "FORWARD",
        next_token=query.next_token,
    )
    items = sorted(
        page.items,
        key=lambda item: (item.at, item.item_id),  # as the transcript itself is sorted
        reverse=query.sort_order == "DESCENDING",
    )
    found: dict[str, object] = {
        "InitialContactId": contact.contact_id,
        "Transcript": [item_document(i) for i in items],
    }
    return {**found, **({"NextToken": page.next_token} if page.next_token else {})}


@endpoint(bp, "POST", "/participant/disconnect", who=CUSTOMER, body=Leaving, style="connect")
def disconnect_participant(call: Call) -> object:
    bootstrap.chat().leave(call.bearer)
    return {}
