"""Flows over REST as the console edits them: shapes, refusals, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.services.flow_editing import FlowEditing
from tests.entrypoints.people import People
from tests.given import MONDAY
from tests.services.test_flow_editing import OTHER, SALES, SUPPORT
from tests.services.test_flow_library import UNFINISHED, Shop

type Ask = Callable[..., tuple[int, Any]]

MAIN = "/v1/flows/f-0"
WHEN = "2026-03-02T14:00:00.000Z"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Of a center with one flow, Main."""
    from app import app  # a blueprint can be registered only once in a process

    shop = Shop()
    shop.create("Main", SALES)
    editing = FlowEditing(shop.store, shop.store, now=lambda: MONDAY)
    monkeypatch.setattr(bootstrap, "flow_editing", lambda: editing)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ada"))

    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(path, headers=headers, body=raw)
        return answer.status_code, json.loads(answer.body) if answer.body else None

    return run


def test_flows_are_listed_as_the_console_reads_them(ask: Ask) -> None:
    """One alone has the same fields."""
    status, listed = ask("GET", "/v1/flows", group="supervisor")

    assert (status, listed["instanceId"]) == (200, "i-1")
    assert listed["flows"] == [ask("GET", MAIN)[1]]
    assert listed["flows"][0] == {
        "flowId": "f-0",
        "arn": "arn:aws:connect:us-east-1:000000000000:instance/i-1/contact-flow/f-0",
        "name": "Main",
        "type": "CONTACT_FLOW",
        "description": "",
        "state": "ACTIVE",
        "tags": {},
        "liveVersion": 1,
        "newestVersion": 1,
        "changedAt": WHEN,
        "draft": None,
        "canary": None,
    }


def test_a_draft_is_saved_opened_published_and_taken_back(ask: Ask) -> None:
    """The whole way, in the words of the protocol."""
    draft = {"revision": 1, "savedAt": WHEN, "savedBy": "ada"}
    status, saved = ask("PUT", f"{MAIN}/draft", {"content": SUPPORT, "basedOn": 0})
    assert (status, saved["draft"]) == (200, draft)
    assert {finding["severity"] for finding in saved["findings"]} == {"ADVICE"}
    opened = ask("GET", f"{MAIN}/content")[1]
    assert (opened["of"], opened["content"]) == ("draft", SUPPORT)

    status, done = ask("POST", f"{MAIN}/publish", {"basedOn": 1, "note": "Friday"})

    assert (status, done["version"], done["flow"]["liveVersion"]) == (200, 2, 2)
    newest = ask("GET", f"{MAIN}/versions")[1]["versions"][0]
    assert newest == {
        "version": 2,
        "note": "Friday",
        "sha256": newest["sha256"],
        "publishedAt": WHEN,
        "publishedBy": "ada",
        "isLive": True,
    }
    assert ask("GET", f"{MAIN}/diff?from=1&to=2")[1] == {
        "from": "1",
        "to": "2",
        "changes": [
            {
                "kind": "queue",
                "block": "Choose",
                "detail": "QueueId: “queue:Sales” → “queue:Support”",
            }
        ],
        "text": "queue: Choose: QueueId: “queue:Sales” → “queue:Support”",
    }
    status, back = ask("POST", f"{MAIN}/rollback", {"version": 1})
    assert (status, back["liveVersion"], back["newestVersion"]) == (200, 1, 2)


def test_conflicts_carry_what_is_there(ask: Ask) -> None:
    """The draft of somebody else; the version published since, and what it changed."""
    ask("PUT", f"{MAIN}/draft", {"content": SUPPORT, "basedOn": 0})
    status, told = ask("PUT", f"{MAIN}/draft", {"content": OTHER, "basedOn": 0})
    assert (status, told["current"]["revision"]) == (409, 1)

    ask("POST", f"{MAIN}/publish", {"basedOn": 1})
    status, told = ask("POST", f"{MAIN}/publish", {"basedOn": 1, "content": OTHER})

    assert (status, told["current"]["version"], told["current"]["publishedBy"]) == (409, 2, "ada")
    assert [change["block"] for change in told["changes"]] == ["Choose"]


def test_what_lint_finds_is_told_with_the_refusal(ask: Ask) -> None:
    status, told = ask("POST", f"{MAIN}/publish", {"basedOn": 1, "content": UNFINISHED})

    assert (status, told["error"], told["field"]) == (422, "NotPublishable", "content")
    assert told["findings"][0].keys() == {"code", "block", "message", "path", "severity"}


def test_a_draft_is_thrown_away_without_an_answer(ask: Ask) -> None:
    ask("PUT", f"{MAIN}/draft", {"content": SUPPORT, "basedOn": 0})

    assert ask("DELETE", f"{MAIN}/draft") == (204, None)
    assert ask("GET", MAIN)[1]["draft"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/flows/f-x", None, 404),
        ("GET", f"{MAIN}/content?of=9", None, 404),
        ("GET", f"{MAIN}/diff?from=1", None, 404),
        ("PUT", f"{MAIN}/draft", {"content": SUPPORT}, 400),
        ("PUT", f"{MAIN}/draft", {"content": "{", "basedOn": 0}, 422),
        ("POST", f"{MAIN}/publish", {"basedOn": "1"}, 400),
        ("POST", f"{MAIN}/publish", {"basedOn": 1}, 422),
        ("POST", f"{MAIN}/publish", {"basedOn": 1, "content": SUPPORT, "why": ""}, 400),
        ("POST", f"{MAIN}/rollback", {"version": 9}, 404),
        ("POST", f"{MAIN}/rollback", {}, 400),
    ],
)
def test_bad_requests_are_refused(
    ask: Ask, method: str, path: str, body: object, status: int
) -> None:
    """With a message, and nothing changes."""
    before = ask("GET", MAIN)[1]

    got, told = ask(method, path, body)

    assert (got, bool(told["message"])) == (status, True)
    assert ask("GET", MAIN)[1] == before


@pytest.mark.parametrize("group", ["agent", "finance", "trainee", "supervisor"])
def test_only_admins_change_flows(ask: Ask, group: str) -> None:
    """A supervisor may look."""
    looked = [ask("GET", f"{MAIN}{part}", group=group)[0] for part in ("", "/content", "/versions")]
    asked = (
        ("PUT", "draft", {"content": SUPPORT, "basedOn": 0}),
        ("DELETE", "draft", None),
        ("POST", "publish", {"basedOn": 1, "content": SUPPORT}),
        ("POST", "rollback", {"version": 1}),
    )

    assert looked == [200 if group == "supervisor" else 403] * 3
    assert [403] * 4 == [ask(m, f"{MAIN}/{part}", body, group)[0] for m, part, body in asked]


def test_an_export_of_before_2019_is_translated_and_all_else_comes_back_as_it_was(ask: Ask) -> None:
    """Nothing is stored: the console shows it first."""
    old = {"version": "1", "start": "e", "modules": [{"id": "e", "type": "Disconnect"}]}
    said = [
        ask("POST", "/v1/flows/import", {"content": content})
        for content in (json.dumps(old), SALES, "{ no JSON")
    ]

    translated = json.loads(said[0][1]["content"])
    assert translated["Actions"][0]["Type"] == "DisconnectParticipant"
    assert said[1:] == [(200, {"content": SALES}), (200, {"content": "{ no JSON"})]
    assert ask("POST", "/v1/flows/import", {"content": ""}, group="supervisor")[0] == 403
