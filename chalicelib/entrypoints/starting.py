"""REST: how contacts begin: Connect's StartChatContact, and the customer's page."""

from __future__ import annotations

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.identity import ANYBODY, groups
from chalicelib.core.telephone import is_withheld
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body
from chalicelib.services.chat import check_message
from chalicelib.services.flows import NewContact, Started

bp = Blueprint(__name__)

ATTRIBUTES_LIMIT = 32 * 1024  # bytes of UTF-8, keys and values; Amazon Connect's limit
NAME_LIMIT = 256


class ParticipantDetails(msgspec.Struct, rename="pascal"):
    display_name: str


class InitialMessage(msgspec.Struct, rename="pascal"):
    content: str
    content_type: str = "text/plain"


class StartChatContact(msgspec.Struct, rename="pascal"):
    """Amazon Connect's request; what we do not use is read over, as a service would."""

    instance_id: str
    contact_flow_id: str
    participant_details: ParticipantDetails
    attributes: dict[str, str] = {}
    initial_message: InitialMessage | None = None
    client_token: str | None = None


class CallRequest(Body):
    """A call from the customer's page."""

    display_name: str | None = None
    phone_number: str | None = None
    attributes: dict[str, str] = {}


class ChatRequest(Body):
    display_name: str
    phone_number: str | None = None
    attributes: dict[str, str] = {}
    initial_message: str | None = None


@endpoint(bp, "PUT", "/contact/chat", who=groups("admin"), body=StartChatContact, style="connect")
def start_chat_contact(call: Call) -> object:
    request: StartChatContact = call.body
    _expect_instance(request.instance_id)
    started = bootstrap.flows().start(
        NewContact(
            channel=Channel.CHAT,
            initiation_method=InitiationMethod.API,
            display_name=_name(request.participant_details.display_name),
            attributes=_attributes(request.attributes),
            flow=request.contact_flow_id,
            client_token=request.client_token or "",
            initial_message=_said(
                request.initial_message.content if request.initial_message else None
            ),
        )
    )
    return {
        "ContactId": started.contact_id,
        "ParticipantId": started.participant_id,
        "ParticipantToken": started.participant_token,
    }


@endpoint(bp, "POST", "/v1/calls", who=ANYBODY, body=CallRequest, status=201)
def start_call(call: Call) -> object:
    request: CallRequest = call.body
    started = bootstrap.flows().start(
        NewContact(
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.WEBRTC_API,
            display_name=_name(request.display_name),
            customer_endpoint=_phone(request.phone_number),
            attributes=_attributes(request.attributes),
        )
    )
    return _customers_view(started)


@endpoint(bp, "POST", "/v1/chats", who=ANYBODY, body=ChatRequest, status=201)
def start_chat(call: Call) -> object:
    request: ChatRequest = call.body
    started = bootstrap.flows().start(
        NewContact(
            channel=Channel.CHAT,
            initiation_method=InitiationMethod.API,
            display_name=_name(request.display_name),
            customer_endpoint=_phone(request.phone_number),
            attributes=_attributes(request.attributes),
            initial_message=_said(request.initial_message),
        )
    )
    return _customers_view(started)


def _customers_view(started: Started) -> dict[str, str]:
    return {
        "contactId": started.contact_id,
        "participantId": started.participant_id,
        "participantToken": started.participant_token,
        "websocketUrl": bootstrap.customer_socket_url(started.participant_token),
    }


def _expect_instance(instance_id: str) -> None:
    if instance_id != bootstrap.settings().instance_id:
        raise NotFound(f"no instance {instance_id!r}", field="InstanceId", value=instance_id)


def _phone(raw: str | None) -> Endpoint | None:
    """The number in E.164; None for a withheld one."""
    if raw is None or is_withheld(raw):
        return None
    number = bootstrap.to_e164(raw)
    if number is None:
        raise Rejected("phoneNumber is not a telephone number", field="phoneNumber", value=raw)
    return Endpoint(number)


def _name(raw: str | None) -> str | None:
    name = (raw or "").strip()
    if len(name) > NAME_LIMIT:
        raise Rejected(f"displayName is longer than {NAME_LIMIT} characters", field="displayName")
    return name or None


def _said(text: str | None) -> str | None:
    """A first message has the limits of any other."""
    if text:
        check_message("text/plain", text)
    return text or None


def _attributes(given: dict[str, str]) -> dict[str, str]:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in given.items())
    if size > ATTRIBUTES_LIMIT:
        raise Rejected(
            f"attributes have {size} bytes, the limit is {ATTRIBUTES_LIMIT}", field="attributes"
        )
    for key in given:
        if "$" in key or "." in key or not key:
            raise Rejected(
                f"attribute {key!r} is empty or contains $ or .", field="attributes", value=key
            )
    return given
