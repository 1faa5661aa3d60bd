"""REST: the center at this moment, and what supervisors do about it."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.adapters.announcer import agent_document
from chalicelib.core.events import Channel
from chalicelib.core.identity import groups
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.paging import wish
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.live_shapes import live_document, moved_document, standing_document
from chalicelib.entrypoints.wire import Body, read_query
from chalicelib.services.live import LINE_PAGE

bp = Blueprint(__name__)

WHO = groups("supervisor", "admin")


class Line(Body):
    channel: Channel
    next_token: str | None = None


class Chosen(Body):
    name: str


class Moved(Body):
    queue_id: str | None = None
    agent_id: str | None = None


@endpoint(bp, "GET", "/v1/live", who=WHO)
def get_live(call: Call) -> object:
    return live_document(bootstrap.live().snapshot())


@endpoint(bp, "GET", "/v1/queues/{queue_id}/contacts", who=WHO)
def list_waiting_contacts(call: Call, queue_id: str) -> object:
    wanted = read_query(call.query, Line)
    page = wish(None, wanted.next_token, limit=LINE_PAGE)
    found = bootstrap.live().line(queue_id, wanted.channel, page)
    at = bootstrap.now()
    shown = [standing_document(each, at) for each in found.items]
    return {"contacts": shown, "nextToken": found.token}


@endpoint(bp, "POST", "/v1/agents/{agent_id}/status", who=WHO, body=Chosen)
def set_agent_status(call: Call, agent_id: str) -> object:
    chosen: Chosen = call.body
    agent = bootstrap.supervision().set_status(
        AgentId(agent_id), chosen.name, by=call.caller.username
    )
    return agent_document(agent)


@endpoint(bp, "POST", "/v1/contacts/{contact_id}/move", who=WHO, body=Moved)
def move_waiting_contact(call: Call, contact_id: str) -> object:
    moved = bootstrap.supervision().move(
        ContactId(contact_id),
        queue=call.body.queue_id,
        agent=call.body.agent_id,
        by=call.caller.username,
    )
    return moved_document(moved)
