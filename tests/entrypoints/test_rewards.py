"""Rewards over REST: who may pay, who sees what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from tests.entrypoints.people import People
from tests.services.paying import PayOffice

type Ask = Callable[[str, str], tuple[int, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    office = PayOffice()
    office.in_march()
    monkeypatch.setattr(bootstrap, "rewards", lambda: office.rewards)
    monkeypatch.setattr(bootstrap, "people", lambda: People("a02"))
    from app import app  # a blueprint can be registered only once in a process

    def run(method: str, group: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}"}
        with Client(app) as client:
            answer = getattr(client.http, method)("/v1/rewards/2026-03", headers=headers)
        return answer.status_code, answer.json_body

    return run


def test_finance_pays_and_sees_all(ask: Ask) -> None:
    """In the shape of docs/protocol.md."""
    status, paid = ask("post", "finance")

    assert (status, paid["period"], paid["currency"], paid["total"]) == (
        201,
        "2026-03",
        "USD",
        "275.00",
    )
    assert paid["url"]
    assert paid["lines"][0] == {
        "lineId": "A01:2026-03:first_contact_resolution:1",
        "agentId": "A01",
        "agentName": "A01",
        "earnedIn": "2026-03",
        "goalId": "first_contact_resolution",
        "figure": "100.00",
        "atLeast": "75",
        "isProRata": False,
        "days": 31,
        "periodDays": 31,
        "amount": "50.00",
    }
    assert ask("get", "admin") == (200, paid)


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee"])
def test_others_see_themselves_and_pay_nobody(ask: Ask, group: str) -> None:
    """And 404 before there is anything to see."""
    assert ask("get", group)[0] == 404
    assert ask("post", group)[0] == 403
    ask("post", "finance")

    status, own = ask("get", group)

    assert (status, own["total"], own["url"]) == (200, "100.00", None)
    assert {line["agentId"] for line in own["lines"]} == {"A02"}
