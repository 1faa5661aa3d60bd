"""Canaries over REST: shapes, refusals, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.ids import FlowId
from tests.entrypoints.people import People
from tests.house import House, to_queue

PATH = "/v1/flows/hello/canary"

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """Version 1 of Hello is live, 2 is there."""
    house = House()
    house.publish("Hello", to_queue("Sales"), version=2)
    entry = house.center.entry(FlowId("hello"))
    house.center.save_flow(entry, replace(entry, version=1))
    monkeypatch.setattr(bootstrap, "canaries", lambda: house.canaries)
    monkeypatch.setattr(bootstrap, "contacts", lambda: house.contacts_service)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return house


@pytest.fixture
def ask(house: House) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(path, headers=headers, body=raw)
        return answer.status_code, answer.json_body

    return run


def test_a_canary_is_told_in_the_shape_of_the_protocol(ask: Ask, house: House) -> None:
    """Every field under the name that the console reads."""
    status, told = ask("PUT", PATH, {"version": 2, "percent": 10})

    nobody = {"contacts": 0, "errors": 0, "rate": 0.0}
    assert (200, "hello", 1, True) == (
        status,
        told["flowId"],
        told["liveVersion"],
        told["isRunning"],
    )
    assert {
        "version": 2,
        "against": 1,
        "percent": 10,
        "errorRate": 0.02,
        "windowSeconds": 300,
        "minimumContacts": 20,
        "startedAt": "2026-03-02T14:00:00.000Z",
        "startedBy": "ben",
        "end": None,
    } == told["canary"]
    assert [
        {"version": version, "recently": nobody, "overall": nobody} for version in (1, 2)
    ] == told["versions"]
    assert (200, told) == ask("GET", PATH, group="supervisor")


@pytest.mark.parametrize(
    ("method", "path", "outcome", "live"),
    [("DELETE", PATH, "REMOVED", 1), ("POST", f"{PATH}/promote", "PROMOTED", 2)],
)
def test_a_canary_is_ended_by_an_admin(
    ask: Ask, method: str, path: str, outcome: str, live: int
) -> None:
    """And who did it stands there afterwards; a second time there is none."""
    ask("PUT", PATH, {"version": 2, "percent": 10})

    status, told = ask(method, path)

    end = told["canary"]["end"]
    assert (200, outcome, "ben", live) == (status, end["outcome"], end["by"], told["liveVersion"])
    assert not told["isRunning"]
    assert 404 == ask(method, path)[0]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"version": 2}, 400, "percent"),
        ({"version": "2", "percent": 10}, 400, "version"),
        ({"version": 2, "percent": 10, "colour": "red"}, 400, "colour"),
        ({"version": 2, "percent": 0}, 422, "percent"),
        ({"version": 2, "percent": 10, "errorRate": 2}, 422, "errorRate"),
        ({"version": 2, "percent": 10, "windowSeconds": 1}, 422, "windowSeconds"),
        ({"version": 2, "percent": 10, "minimumContacts": 0}, 422, "minimumContacts"),
        ({"version": 1, "percent": 10}, 422, "version"),
        ({"version": 9, "percent": 10}, 404, "version"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(
    ask: Ask, body: object, status: int, field: str
) -> None:
    answered, told = ask("PUT", PATH, body)

    assert (status, field) == (answered, told["field"])


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", PATH), ("DELETE", PATH), ("POST", f"{PATH}/promote")]
)
def test_a_supervisor_looks_and_changes_nothing(ask: Ask, method: str, path: str) -> None:
    body = {"version": 2, "percent": 10}

    assert 403 == ask(method, path, body, group="supervisor")[0]
    assert 404 == ask("GET", PATH)[0]


def test_a_flow_that_is_not_there_has_no_canary(ask: Ask) -> None:
    assert 404 == ask("GET", "/v1/flows/nowhere/canary")[0]


# --- contacts of a flow ---------------------------------------------------------------------------


def test_contacts_of_a_flow_are_listed(ask: Ask, house: House) -> None:
    """The flow's name may need quoting; a number that is none is told."""
    house.index.note(FlowId("hello"), house.rings("Hello"), at=house.at)

    assert (200, 1) == (
        (found := ask("GET", "/v1/contacts?flow=flow%3AHello&limit=5", group="supervisor"))[0],
        len(found[1]["contacts"]),
    )
    assert (400, "limit") == _refused(ask("GET", "/v1/contacts?flow=Hello&limit=five"))
    assert (400, "flow") == _refused(ask("GET", "/v1/contacts"))
    assert 403 == ask("GET", "/v1/contacts?flow=Hello", group="agent")[0]


def _refused(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["field"]
