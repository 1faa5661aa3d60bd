"""Promises and authorities over REST: what admins write, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.services.promises import PromisesService
from tests.caller import OFFICE
from tests.entrypoints.people import People, ask_app
from tests.fakes.center import InMemoryCenterStore
from tests.house import a_center
from tests.services.promises import COMPLAINT, REFUNDS

POLICY = {"hoursId": "Office", "limits": {"first-response": 3600, "resolution": 28_800}}
LADDER = {"steps": [{"role": "agent", "upTo": "50.00"}, {"role": "supervisor", "upTo": None}]}

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> InMemoryCenterStore:
    store = InMemoryCenterStore(
        a_center(hours=(OFFICE,), sla_policies=(COMPLAINT,), authorities=(REFUNDS,))
    )
    monkeypatch.setattr(bootstrap, "promises", lambda: PromisesService(store))
    monkeypatch.setattr(bootstrap, "people", lambda: People("ada"))
    return store


@pytest.fixture
def ask(store: InMemoryCenterStore) -> Ask:
    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        return ask_app(method, path, body, group)

    return run


def test_what_is_promised_and_who_decides_is_listed(ask: Ask) -> None:
    """For agents too: it is what they tell customers."""
    status, listed = ask("GET", "/v1/promises", group="agent")

    assert status == 200
    assert listed == {
        "policies": [
            {
                "kind": "complaint",
                "hoursId": "office",
                "limits": {"resolution": 14_400},
                "warnSeconds": 3600,
            }
        ],
        "authorities": [
            {
                "action": "refund",
                "currency": "USD",
                "steps": [
                    {"role": "agent", "upTo": "500.00"},
                    {"role": "supervisor", "upTo": None},
                ],
            }
        ],
    }


def test_a_promise_is_made_changed_and_withdrawn(ask: Ask, store: InMemoryCenterStore) -> None:
    """Hours are found by name, and kept by id."""
    status, made = ask("PUT", "/v1/promises/order", POLICY)
    assert (status, made["hoursId"], made["warnSeconds"]) == (200, "office", 3600)

    ask("PUT", "/v1/promises/order", {**POLICY, "warnSeconds": 600})
    assert store.center().terms.policy("order").warn_seconds == 600

    assert ask("DELETE", "/v1/promises/order")[0] == 200
    assert ask("DELETE", "/v1/promises/order")[0] == 404
    assert [policy.kind for policy in store.center().sla_policies] == ["complaint"]


def test_an_authority_is_changed_whole(ask: Ask, store: InMemoryCenterStore) -> None:
    """Amounts come in as text."""
    status, ladder = ask("PUT", "/v1/authorities/refund/USD", LADDER)

    (authority,) = store.center().authorities
    assert (status, ladder["steps"]) == (200, LADDER["steps"])
    assert [str(step.up_to) for step in authority.steps] == ["50.00", "None"]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("promises/order", {**POLICY, "hoursId": "Moon"}, 422, "hoursId"),
        ("promises/order", {**POLICY, "limits": {}}, 422, "limits"),
        ("promises/order", {**POLICY, "limits": {"update": -1}}, 422, "limits.update"),
        ("promises/order", {**POLICY, "limits": {"smile": 9}}, 400, None),
        ("promises/order", {**POLICY, "warnSeconds": -1}, 422, "warnSeconds"),
        ("promises/%20", POLICY, 422, "kind"),
        ("authorities/refund/usd", LADDER, 422, "currency"),
        ("authorities/refund/USD", {"steps": []}, 422, "steps"),
        ("authorities/refund/USD", {"steps": [{"role": "boss"}]}, 422, "steps"),
        ("authorities/refund/USD", {"steps": [{"role": "agent", "upTo": "x"}]}, 400, None),
    ],
)
def test_what_could_not_be_obeyed_is_refused_by_field_and_changes_nothing(
    ask: Ask,
    store: InMemoryCenterStore,
    path: str,
    body: Mapping[str, object],
    status: int,
    field: str | None,
) -> None:
    before = store.center()

    answered, refusal = ask("PUT", f"/v1/{path}", body)

    assert answered == status
    assert field in (None, refusal["field"])
    assert store.center() == before


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "finance"])
def test_only_admins_promise(ask: Ask, group: str) -> None:
    assert ask("PUT", "/v1/promises/order", POLICY, group)[0] == 403
    assert ask("PUT", "/v1/authorities/refund/USD", LADDER, group)[0] == 403
