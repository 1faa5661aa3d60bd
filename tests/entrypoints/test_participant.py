"""Amazon Connect's participant API, as a customer's chat uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.bootstrap import devices
from chalicelib.core.contact import ContactState
from chalicelib.services.flows import Started
from tests.house import House

type Ask = Callable[..., tuple[int, Any, dict[str, str]]]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    settings = SimpleNamespace(websocket_public_url="wss://acme.test/ws")
    monkeypatch.setattr(bootstrap, "chat", lambda: house.chat)
    monkeypatch.setattr(devices, "settings", lambda: settings)
    return house


@pytest.fixture
def ana(house: House) -> Started:
    return house.chats()


@pytest.fixture
def ask(ana: Started) -> Ask:
    from app import app

    def run(
        path: str, body: object = None, token: str | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        headers = {
            "X-Amz-Bearer": ana.participant_token if token is None else token,
            "Content-Type": "application/json",
        }
        with Client(app) as client:
            answer = client.http.post(
                f"/participant/{path}", headers=headers, body=json.dumps(body or {}).encode()
            )
        return answer.status_code, answer.json_body, dict(answer.headers)

    return run


def a_message(text: str, once: str | None = None) -> dict[str, object]:
    return {"ContentType": "text/plain", "Content": text, "ClientToken": once}


def test_a_connection_says_where_the_socket_is_and_how_long_it_is_good(
    ask: Ask, house: House
) -> None:
    """In Amazon Connect's shape."""
    status, told, _ = ask("connection", {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]})

    assert status == 200
    assert told["Websocket"]["Url"].startswith("wss://acme.test/ws?connection=")
    assert told["ConnectionCredentials"]["Expiry"] == "2026-03-03T14:00:00.000Z"


def test_a_message_is_sent_once_per_client_token(ask: Ask, house: House, ana: Started) -> None:
    ids = {ask("message", a_message("Hi", "t-1"))[1]["Id"] for _ in range(2)}

    assert len(ids) == 1
    assert [item.content for item in house.contacts.items(ana.contact_id)] == ["Hi"]


@pytest.mark.parametrize("token", ["", "x", "c-1.p-1.s"])
@pytest.mark.parametrize("path", ["connection", "message", "event", "transcript", "disconnect"])
def test_a_token_of_nothing_opens_no_door(ask: Ask, path: str, token: str) -> None:
    """403, as Amazon Connect says it."""
    status, told, headers = ask(path, a_message("Hi"), token)

    assert (status, headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    assert set(told) == {"Message"}


def test_a_transcript_is_read_in_either_direction_and_order(ask: Ask, house: House) -> None:
    for text in "abc":
        house.later(1)
        ask("message", a_message(text))

    def read(**query: object) -> tuple[list[str], bool]:
        told = ask("transcript", query)[1]
        return [item["Content"] for item in told["Transcript"]], "NextToken" in told

    assert read() == (["a", "b", "c"], False)
    assert read(SortOrder="DESCENDING") == (["c", "b", "a"], False)
    assert read(MaxResults=2) == (["b", "c"], True)
    assert read(MaxResults=2, ScanDirection="FORWARD") == (["a", "b"], True)


@pytest.mark.parametrize("size", [-1, 101, 10**9])
def test_a_page_has_a_hundred_items_at_most(ask: Ask, size: int) -> None:
    status, told, _ = ask("transcript", {"MaxResults": size})

    assert status == 400
    assert str(size) in told["Message"]


def test_leaving_twice_is_leaving_once(ask: Ask, house: House, ana: Started) -> None:
    for _ in range(2):
        assert ask("disconnect")[0] == 200

    assert house.contact(ana.contact_id).state is ContactState.COMPLETED
    assert ask("message", a_message("Hello?"))[0] == 403
