"""REST: Connect's StartTaskContact and StartEmailContact."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import NotFound
from chalicelib.core.identity import groups
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)


class Started(msgspec.Struct, rename="pascal"):
    """What both have in common; what we do not use is read over, as a service would."""

    instance_id: str
    contact_flow_id: str | None = None
    name: str | None = None
    description: str | None = None
    references: dict[str, dict[str, str]] = {}
    attributes: dict[str, str] = {}
    related_contact_id: str | None = None
    client_token: str | None = None


class StartTaskContact(Started, rename="pascal"):
    scheduled_time: float | str | None = None
    task_template_id: str | None = None
    previous_contact_id: str | None = None


class EmailAddress(msgspec.Struct, rename="pascal"):
    email_address: str
    display_name: str | None = None


class RawMessage(msgspec.Struct, rename="pascal"):
    subject: str
    body: str
    content_type: str = "text/plain"


class EmailMessage(msgspec.Struct, rename="pascal"):
    message_source_type: str
    raw_message: RawMessage


class StartEmailContact(Started, rename="pascal", kw_only=True):
    from_email_address: EmailAddress
    destination_email_address: str
    email_message: EmailMessage


@endpoint(bp, "PUT", "/contact/task", who=groups("admin"), body=StartTaskContact, style="connect")
def start_task_contact(call: Call) -> object:
    return {"ContactId": bootstrap.work().start_task(_request(call.body))}


@endpoint(bp, "PUT", "/contact/email", who=groups("admin"), body=StartEmailContact, style="connect")
def start_email_contact(call: Call) -> object:
    return {"ContactId": bootstrap.work().start_email(_request(call.body))}


def _request(body: Started) -> dict[str, object]:
    """In Amazon Connect's own words again, for this instance."""
    if body.instance_id != bootstrap.settings().instance_id:
        raise NotFound(
            f"no instance {body.instance_id!r}", field="InstanceId", value=body.instance_id
        )
    request: dict[str, object] = msgspec.to_builtins(body)
    return request
