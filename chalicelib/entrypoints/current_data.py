"""REST: Amazon Connect's API for what goes on now: current metrics, user data, agents' statuses."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.identity import groups
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.entrypoints.connect_shapes import CONNECT, Shape, center_of
from chalicelib.entrypoints.current_shapes import MetricQuery, UserQuery
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

WHO = groups("supervisor", "admin")


class NewStatus(Shape):
    agent_status_id: str


class Dismissal(Shape):
    contact_id: str


@endpoint(bp, "POST", "/metrics/current/{instance_id}", who=WHO, body=MetricQuery, style=CONNECT)
def get_current_metric_data(call: Call, instance_id: str) -> object:
    center, body = center_of(instance_id), call.body
    at, found = bootstrap.current_data().metrics(center, body.query(center))
    return body.answer(center, at, found)


@endpoint(bp, "POST", "/metrics/userdata/{instance_id}", who=WHO, body=UserQuery, style=CONNECT)
def get_current_user_data(call: Call, instance_id: str) -> object:
    center, body = center_of(instance_id), call.body
    return body.answer(center, bootstrap.current_data().users(center, body.filters.wanted()))


@endpoint(
    bp, "PUT", "/users/{instance_id}/{user_id}/status", who=WHO, body=NewStatus, style=CONNECT
)
def put_user_status(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    status = call.body.agent_status_id
    bootstrap.supervision().set_status_by_id(AgentId(user_id), status, by=call.caller.username)
    return {}


@endpoint(
    bp, "POST", "/users/{instance_id}/{user_id}/contact", who=WHO, body=Dismissal, style=CONNECT
)
def dismiss_user_contact(call: Call, instance_id: str, user_id: str) -> object:
    center_of(instance_id)
    contact_id = ContactId(call.body.contact_id)
    bootstrap.supervision().dismiss(AgentId(user_id), contact_id, by=call.caller.username)
    return {}
