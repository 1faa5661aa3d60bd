"""How contacts begin over REST: Connect's way, and the customer's page."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.bootstrap import devices
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.ids import ContactId
from chalicelib.services.chat import TEXT_LIMIT
from tests.entrypoints.people import People
from tests.house import House

type Ask = Callable[[str, str, object], tuple[int, Any]]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    settings = SimpleNamespace(instance_id="i-1", websocket_public_url="wss://acme.test/ws")
    for name, service in {
        "flows": house.flows,
        "chat": house.chat,
        "people": People("ann"),
        "settings": settings,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    monkeypatch.setattr(devices, "settings", lambda: settings)
    return house


@pytest.fixture
def ask(house: House) -> Ask:
    from app import app

    def run(method: str, path: str, body: object) -> tuple[int, Any]:
        token = "admin" if path.startswith("/contact") else ""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        raw = json.dumps(body).encode()
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(path, headers=headers, body=raw)
        return answer.status_code, answer.json_body

    return run


CHAT = {
    "InstanceId": "i-1",
    "ContactFlowId": "To Sales",
    "ParticipantDetails": {"DisplayName": "Ana"},
}


def test_a_chat_begins_as_a_stock_client_begins_it(ask: Ask, house: House) -> None:
    """With attributes and a first message; what we do not use is read over."""
    status, told = ask(
        "PUT",
        "/contact/chat",
        {
            **CHAT,
            "Attributes": {"topic": "lamp"},
            "InitialMessage": {"Content": "Hi", "ContentType": "text/plain"},
            "ClientToken": "t-1",
            "ChatDurationInMinutes": 60,
        },
    )

    contact = house.contact(told["ContactId"])
    assert status == 200
    assert (contact.channel, contact.attributes) == (Channel.CHAT, {"topic": "lamp"})
    assert house.chat.contact_of(told["ParticipantToken"]) == contact
    assert [item.content for item in house.contacts.items(contact.contact_id)] == ["Hi"]


def test_a_call_begins_from_the_page(ask: Ask, house: House) -> None:
    """The number in any spelling; the answer says where to open the socket."""
    status, told = ask("POST", "/v1/calls", {"phoneNumber": "(202) 555-0123", "displayName": " "})

    contact = house.contact(told["contactId"])
    assert status == 201
    assert contact.initiation_method is InitiationMethod.WEBRTC_API
    assert contact.customer_endpoint is not None
    assert contact.customer_endpoint.address == "+12025550123"
    assert contact.customer.name is None
    assert told["websocketUrl"].startswith("wss://acme.test/ws?connection=")


@pytest.mark.parametrize("number", [None, " ", "anonymous", "Restricted", "+266696687"])
def test_a_withheld_number_is_no_number(ask: Ask, house: House, number: str | None) -> None:
    """Nor is what carriers send instead; the call is kept as an anonymous one."""
    status, told = ask("POST", "/v1/calls", {"phoneNumber": number})

    contact = house.contact(ContactId(told["contactId"]))
    assert (status, contact.customer_endpoint, contact.caller) == (201, None, "anonymous")


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/v1/calls", {"phoneNumber": "12"}, 422, "phoneNumber"),
        ("/v1/calls", {"phoneNumber": "hello"}, 422, "phoneNumber"),
        ("/v1/calls", {"displayName": "x" * 257}, 422, "displayName"),
        ("/v1/calls", {"attributes": {"a.b": "1"}}, 422, "attributes"),
        ("/v1/calls", {"attributes": {"": "1"}}, 422, "attributes"),
        ("/v1/calls", {"attributes": {"a": "x" * 32_768}}, 422, "attributes"),
        ("/v1/calls", {"attributes": {"a": 1}}, 400, "attributes[...]"),
        ("/v1/calls", {"colour": "red"}, 400, "colour"),
        ("/v1/chats", {}, 400, "displayName"),
        (
            "/v1/chats",
            {"displayName": "Ana", "initialMessage": "x" * (TEXT_LIMIT + 1)},
            422,
            "Content",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_begins(
    ask: Ask, house: House, path: str, body: object, status: int, field: str
) -> None:
    got, told = ask("POST", path, body)

    assert (got, told["field"]) == (status, field)
    assert house.contacts.contacts == {}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"InstanceId": "i-2"}, 404),
        ({"ContactFlowId": "Nothing"}, 400),
        ({"ParticipantDetails": {}}, 400),
        ({"InitialMessage": {"Content": "x" * (TEXT_LIMIT + 1)}}, 400),
    ],
    ids=["other instance", "unknown flow", "nobody", "too long"],
)
def test_connects_door_refuses_in_connects_way(
    ask: Ask, house: House, changed: dict[str, object], status: int
) -> None:
    got, told = ask("PUT", "/contact/chat", {**CHAT, **changed})

    assert (got, set(told)) == (status, {"Message"})
    assert house.contacts.contacts == {}
