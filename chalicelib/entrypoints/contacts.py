"""REST: contacts for the people who work on them: record, explanation, pop, recordings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.announcer import item_document
from chalicelib.core.contact import Contact
from chalicelib.core.explanation import Explained
from chalicelib.core.identity import EVERYONE, groups
from chalicelib.core.ids import ContactId
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body, read_query, shaped

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor", "admin")
DESK = groups("agent", "supervisor")


class Listed(Body):
    flow: str
    limit: int = 100


class Finished(Body):
    chunks: Annotated[int, msgspec.Meta(ge=0, le=43_200)]
    started_at: Annotated[datetime, msgspec.Meta(tz=True)]


@endpoint(bp, "GET", "/v1/contacts", who=groups("supervisor", "admin"))
def list_contacts(call: Call) -> object:
    wanted = read_query(call.query, Listed)
    found = bootstrap.contacts().latest(wanted.flow, wanted.limit)
    return {"contacts": [{"contactId": contact_id} for contact_id in found]}


@endpoint(bp, "GET", "/v1/contacts/{contact_id}", who=WHO)
def get_contact(call: Call, contact_id: str) -> object:
    return _contact(bootstrap.contacts().get(ContactId(contact_id), call.caller))


@endpoint(bp, "GET", "/v1/contacts/{contact_id}/explain", who=WHO)
def explain_contact(call: Call, contact_id: str) -> object:
    explained = bootstrap.contacts().explain(ContactId(contact_id), call.caller)
    return explanation_document(contact_id, explained)


@endpoint(bp, "GET", "/v1/contacts/{contact_id}/wait", who=groups("supervisor", "admin"))
def explain_wait(call: Call, contact_id: str) -> object:
    return bootstrap.waiting_explained().explain(ContactId(contact_id))


@endpoint(bp, "GET", "/v1/contacts/{contact_id}/pop", who=DESK)
def get_pop(call: Call, contact_id: str) -> object:
    return bootstrap.contacts().pop(ContactId(contact_id), call.caller)


@endpoint(bp, "GET", "/v1/contacts/{contact_id}/transcript", who=DESK)
def read_transcript(call: Call, contact_id: str) -> object:
    items = bootstrap.contacts().transcript(ContactId(contact_id), call.caller)
    return {"items": [item_document(item) for item in items]}


@endpoint(bp, "POST", "/v1/contacts/{contact_id}/recording-grant", who=groups("agent"))
def grant_recording(call: Call, contact_id: str) -> object:
    return bootstrap.contacts().grant(ContactId(contact_id), call.caller)


@endpoint(
    bp,
    "POST",
    "/v1/contacts/{contact_id}/recordings/{segment}/finish",
    who=groups("agent"),
    body=Finished,
    status=202,
)
def finish_recording(call: Call, contact_id: str, segment: str) -> object:
    body: Finished = call.body
    bootstrap.contacts().finish_segment(
        ContactId(contact_id),
        segment,
        call.caller,
        chunks=body.chunks,
        started_at=body.started_at,
    )
    return {}


@endpoint(bp, "GET", "/v1/contacts/{contact_id}/recordings/{segment}", who=DESK)
def play_recording(call: Call, contact_id: str, segment: str) -> object:
    return bootstrap.contacts().play(ContactId(contact_id), segment, call.caller)


@endpoint(bp, "GET", "/v1/me", who=EVERYONE)
def get_me(call: Call) -> object:
    return bootstrap.configuration().me(call.caller)


def _contact(contact: Contact) -> dict[str, object]:
    """The contact as people see it: nothing of tokens, sockets or the flow's inner state."""
    agent, queue, session = contact.agent, contact.queue, contact.session
    return {
        "contactId": contact.contact_id,
        "relatedContactId": contact.related_contact_id,
        "previousContactId": contact.previous_contact_id,
        "nextContactId": contact.next_contact_id,
        "initialContactId": contact.initial_contact_id,
        "state": contact.state,
        "channel": contact.channel,
        "initiationMethod": contact.initiation_method,
        "initiatedAt": contact.initiated_at,
        "caller": contact.caller,
        "customerEndpoint": contact.customer_endpoint,
        "systemEndpoint": contact.system_endpoint,
        "customerId": contact.customer_id,
        "customerName": contact.customer.name,
        "attributes": contact.attributes,
        "language": session.language_code,
        "queue": queue,
        "agent": agent,
        "agentConnectionAttempts": contact.attempts,
        "disconnectedAt": contact.disconnected_at,
        "disconnectReason": contact.disconnect_reason,
        "disposition": contact.disposition,
        "ticketId": contact.ticket_id,
        "recordings": [
            {
                "segment": r.segment,
                "key": r.key,
                "seconds": r.seconds,
                "channels": r.channels,
                "sha256": r.sha256,
            }
            for r in contact.recordings
        ],
    }


def explanation_document(contact_id: str, explained: Iterable[Explained]) -> dict[str, object]:
    """What tools read, too: replay runs contacts from it."""
    return {"contactId": contact_id, "facts": [_fact(each) for each in explained]}


def _fact(explained: Explained) -> dict[str, object]:
    fact = explained.fact
    told: dict[str, object] = shaped(fact.event)
    took = {} if explained.took_ms is None else {"tookMs": explained.took_ms}
    return {**told, **took, "seq": fact.seq, "at": fact.at, "type": type(fact.event).__name__}
