"""REST for supervisors: the center at this moment, and what they do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.alert import AlertKind
from chalicelib.core.moments import iso
from tests.entrypoints.people import People
from tests.given import ANAS_NUMBER
from tests.house import BEN, CLEO, SALES, SUPPORT, House

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def ask(house: House, monkeypatch: pytest.MonkeyPatch) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    built = {
        "live": house.live,
        "supervision": house.supervision,
        "people": People("sue"),
    }
    for name, service in built.items():
        monkeypatch.setattr(bootstrap, name, lambda service=service: service)
    monkeypatch.setattr(bootstrap, "now", house.now)

    def run(method: str, path: str, body: object = None, group: str = "supervisor") -> Any:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            answer = client.http.request(method, path, headers=headers, body=raw)
        return answer.status_code, json.loads(answer.body)

    return run


def test_the_center_is_seen_in_one_look(house: House, ask: Ask) -> None:
    """Lines, agents and alerts, in the shapes of docs/protocol.md."""
    house.signs_in("ben")
    house.rings("To Sales")
    house.later(7)
    house.alerts.raise_(AlertKind.DESK_SILENT, at=house.at, agent_id=CLEO, text="Cleo is silent")

    status, seen = ask("GET", "/v1/live")

    assert (200, iso(house.at)) == (status, seen["at"])
    assert {
        "queueId": SALES,
        "name": "Sales",
        "channel": "VOICE",
        "waiting": 0,
        "ringing": 1,
        "scheduled": 0,
        "oldestSeconds": 7,
        "limit": None,
        "staffed": 1,
        "available": 0,
        "onContact": 0,
        "afterContactWork": 0,
        "missed": 0,
        "estimatedWaitSeconds": 480,  # two calls of four minutes
    } == seen["queues"][0]
    assert 5 == seen["queues"][2]["limit"]
    assert {"name": "Break", "type": "CUSTOM"} in seen["statuses"]
    [alert] = seen["alerts"]
    assert alert.pop("id")
    assert {
        "at": iso(house.at),
        "kind": "DESK_SILENT",
        "agentId": CLEO,
        "queueId": None,
        "ticketId": None,
        "text": "Cleo is silent",
    } == alert


def test_an_agent_is_seen_as_the_desk_knows_one_and_more(house: House, ask: Ask) -> None:
    signed_in_at = house.at
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    house.later(7)

    [agent] = ask("GET", "/v1/live")[1]["agents"]

    [contact] = agent.pop("contacts")
    assert (contact_id, "CONNECTING", "Sales") == (
        contact["contactId"],
        contact["state"],
        contact["queueName"],
    )
    assert {
        "agentId": BEN,
        "username": "ben",
        "name": "Ben Ode",
        "routingProfile": {"id": "rp-1", "name": "General"},
        "status": {"name": "Available", "type": "ROUTABLE", "since": iso(signed_in_at)},
        "nextStatus": None,
        "forwardTo": None,
        "autoAccept": False,
        "isReachable": True,
        "lastHeardAt": iso(signed_in_at),
        "missedInRow": 0,
        "activity": "Incoming",
    } == agent


def test_a_line_is_seen_in_order(house: House, ask: Ask) -> None:
    house.signs_in("ben")
    first = house.rings("To Sales")
    since = house.at
    house.later(7)
    second = house.rings("To Sales")

    status, seen = ask("GET", f"/v1/queues/{SALES}/contacts?channel=VOICE")

    assert (200, None) == (status, seen["nextToken"])
    assert {
        "contactId": first,
        "channel": "VOICE",
        "position": 1,
        "priority": 5,
        "since": iso(since),
        "waitSeconds": 7,
        "state": "RINGING",
        "customerName": "Ana",
        "customerEndpoint": ANAS_NUMBER,
        "agentName": "Ben Ode",
    } == seen["contacts"][0]
    assert (second, 2, "WAITING", None) == tuple(
        seen["contacts"][1][name] for name in ("contactId", "position", "state", "agentName")
    )


def test_a_status_is_set_and_a_contact_moved_in_the_supervisors_name(
    house: House, ask: Ask
) -> None:
    house.signs_in("ben")
    house.desk.set_status(BEN, "Break")
    contact_id = house.rings("To Sales")

    status, agent = ask("POST", f"/v1/agents/{BEN}/status", {"name": "Offline"})
    assert (200, "Offline", "sue") == (
        status,
        agent["status"]["name"],
        house.announcer.desks[-1].by,
    )

    moved = ask("POST", f"/v1/contacts/{contact_id}/move", {"queueId": SUPPORT})
    assert 200 == moved[0]
    assert {
        "contactId": contact_id,
        "queueId": SUPPORT,
        "queueName": "Support",
        "since": iso(house.at),
    } == moved[1]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("GET", f"/v1/queues/{SALES}/contacts", None, 400, "channel"),
        ("GET", f"/v1/queues/{SALES}/contacts?channel=PIGEON", None, 400, "channel"),
        ("GET", f"/v1/queues/{SALES}/contacts?channel=VOICE&nextToken=x", None, 422, "NextToken"),
        ("GET", "/v1/queues/q-none/contacts?channel=VOICE", None, 404, "queueId"),
        ("POST", f"/v1/agents/{BEN}/status", {"name": "Lunch"}, 422, "name"),
        ("POST", f"/v1/agents/{BEN}/status", {}, 400, "name"),
        ("POST", "/v1/agents/a-none/status", {"name": "Break"}, 404, "agentId"),
        ("POST", "/v1/contacts/c-none/move", {"queueId": SUPPORT}, 404, "contactId"),
        ("POST", "/v1/contacts/c-none/move", {}, 422, "queueId"),
    ],
)
def test_what_is_wrong_is_named(
    house: House, ask: Ask, method: str, path: str, body: object, status: int, field: str
) -> None:
    answer = ask(method, path, body)

    assert (status, field) == (answer[0], answer[1]["field"])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/live", None),
        ("GET", f"/v1/queues/{SALES}/contacts?channel=VOICE", None),
        ("POST", f"/v1/agents/{BEN}/status", {"name": "Break"}),
        ("POST", "/v1/contacts/c-1/move", {"queueId": SUPPORT}),
    ],
)
@pytest.mark.parametrize("group", ["agent", "trainee", "finance"])
def test_only_supervisors_and_admins_look_after_the_center(
    ask: Ask, group: str, method: str, path: str, body: object
) -> None:
    assert 403 == ask(method, path, body, group)[0]
