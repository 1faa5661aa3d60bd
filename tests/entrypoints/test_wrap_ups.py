"""Outcomes and after contact work over REST: what admins set up, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.core.errors import InUse
from chalicelib.services.configuration import ConfigurationService, PublicAddresses
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.queues import QueuesService
from chalicelib.services.wrap_ups import LABEL_LIMIT, LONGEST_SECONDS, SCRIPT_LIMIT, WrapUpsService
from tests.entrypoints.people import People, ask_app
from tests.fakes.center import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import USERS, a_center

REFUND = {"label": "Refund promised", "queueIds": ["Sales"], "resolves": False}
NOWHERE = PublicAddresses(
    region="", user_pool_id="", client_id="", cognito_endpoint="", websocket_url=""
)

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> InMemoryCenterStore:
    """Sale in Sales, Bug in Support, Solved in all queues."""
    store = InMemoryCenterStore(a_center(), USERS)
    monkeypatch.setattr(bootstrap, "wrap_ups", lambda: WrapUpsService(store, now=lambda: MONDAY))
    monkeypatch.setattr(bootstrap, "configuration", lambda: ConfigurationService(store, NOWHERE))
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return store


@pytest.fixture
def ask(store: InMemoryCenterStore) -> Ask:
    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        return ask_app(method, f"/v1/{path}", body, group)

    return run


def offered(store: InMemoryCenterStore) -> list[str]:
    return [each.disposition_id for each in store.center().dispositions]


def test_an_outcome_is_made_changed_and_withdrawn(ask: Ask, store: InMemoryCenterStore) -> None:
    """Queues are found by name and kept by id; agents get it with their next sign-in."""
    status, made = ask("PUT", "dispositions/refund", REFUND)
    sales = store.center().queue("Sales")
    assert sales is not None
    assert (status, made["queueIds"]) == (200, [sales.queue_id])
    assert "refund" in [d.disposition_id for d in store.center().dispositions_for(sales.queue_id)]

    ask("PUT", "dispositions/refund", {"label": "Money back", "resolves": True})
    listed = {each["id"]: each for each in ask("GET", "wrap-up")[1]["dispositions"]}
    assert listed["refund"] == {
        "id": "refund",
        "label": "Money back",
        "queueIds": [],
        "resolves": True,
    }

    assert ask("DELETE", "dispositions/refund")[0] == 200
    assert ask("DELETE", "dispositions/refund")[0] == 404
    assert "refund" not in offered(store)


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("dispositions/Refund!", REFUND, 422, "dispositionId"),
        ("dispositions/refund", {**REFUND, "label": "  "}, 422, "label"),
        ("dispositions/refund", {**REFUND, "label": "x" * (LABEL_LIMIT + 1)}, 422, "label"),
        ("dispositions/refund", {**REFUND, "label": "SOLVED"}, 409, "label"),
        ("dispositions/refund", {**REFUND, "queueIds": ["Moon"]}, 422, "queueIds"),
        ("dispositions/refund", {"label": "x", "resolves": "yes"}, 400, None),
        ("wrap-up/queues/moon", {"seconds": 60}, 404, "queueId"),
        ("wrap-up/queues/Sales", {"seconds": -1}, 422, "seconds"),
        ("wrap-up/queues/Sales", {"seconds": LONGEST_SECONDS + 1}, 422, "seconds"),
        (
            "wrap-up/queues/Sales",
            {"seconds": 60, "closingScript": "x" * (SCRIPT_LIMIT + 1)},
            422,
            "closingScript",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_changes_nothing(
    ask: Ask,
    store: InMemoryCenterStore,
    path: str,
    body: Mapping[str, object],
    status: int,
    field: str | None,
) -> None:
    before = store.center()

    answered, refusal = ask("PUT", path, body)

    assert answered == status
    assert field in (None, refusal["field"])
    assert store.center() == before


def test_the_last_outcome_of_all_queues_cannot_go(ask: Ask, store: InMemoryCenterStore) -> None:
    """Neither withdrawn nor narrowed to some: contacts of the others could not be completed."""
    ((status, refusal), (narrowed, _)) = (
        ask("DELETE", "dispositions/solved"),
        ask("PUT", "dispositions/solved", {"label": "Solved", "queueIds": ["Sales"]}),
    )

    assert (status, refusal["field"], narrowed) == (422, "dispositionId", 422)
    assert "solved" in offered(store)


def test_a_queue_whose_outcomes_name_it_cannot_be_deleted(store: InMemoryCenterStore) -> None:
    usage = FlowUsage(store, store)
    queues = QueuesService(store, usage, now=lambda: MONDAY, new_id=lambda: "q-new")

    with pytest.raises(InUse, match="outcome 'Bug'"):
        queues.delete(store.center(), "q-support")


def test_a_queues_time_and_script_reach_the_desk(ask: Ask, store: InMemoryCenterStore) -> None:
    status, changed = ask(
        "PUT", "wrap-up/queues/Sales", {"seconds": 90, "closingScript": "Thank them. 🌸"}
    )

    sales = store.center().queue("Sales")
    assert sales is not None
    assert (status, changed["seconds"], sales.wrap_up_seconds) == (200, 90, 90)
    assert sales.changed_at == MONDAY  # as other clients of the API see that it is another one
    setup = ask("GET", "me", group="agent")[1]["agent"]["routingProfile"]["queues"]
    scripts = {queue["name"]: queue["closingScript"] for queue in setup}
    assert scripts["Sales"] == "Thank them. 🌸"
    assert {None} == {script for name, script in scripts.items() if name != "Sales"}


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "finance"])
def test_only_admins_change_it(ask: Ask, group: str) -> None:
    """Supervisors see it."""
    assert ask("PUT", "dispositions/refund", REFUND, group)[0] == 403
    assert ask("DELETE", "dispositions/solved", group=group)[0] == 403
    assert ask("PUT", "wrap-up/queues/Sales", {"seconds": 1}, group)[0] == 403
    assert ask("GET", "wrap-up", group=group)[0] == (200 if group == "supervisor" else 403)
