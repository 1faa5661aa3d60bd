"""Erasure and legal hold over REST, and the Lambda that does the work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.adapters.erasure_jobs import SqsErasureJobs, read_job
from chalicelib.services.ports import ErasureJob
from tests.entrypoints.people import People
from tests.given import MONDAY
from tests.services.forgetting import ANA, Forgetting

type Ask = Callable[..., tuple[int, Any]]

JOB = ErasureJob(customer_id=ANA, by="root", until=MONDAY)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Forgetting:
    house = Forgetting()
    monkeypatch.setattr(bootstrap, "erasure", lambda: house.erasure)
    monkeypatch.setattr(bootstrap, "people", lambda: People("root"))
    return house


@pytest.fixture
def ask(house: Forgetting) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(
        method: str, path: str, body: object = None, *, group: str = "admin"
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        with Client(app) as client:
            answer = client.http.request(method, path, headers=headers, body=json.dumps(body or {}))
        return answer.status_code, answer.json_body

    return run


def test_an_admin_has_a_customer_forgotten_and_sees_how_far_it_is(
    ask: Ask, house: Forgetting
) -> None:
    asked, before = ask("POST", "/v1/customers/C-ana/erase")
    house.works_off()
    _, after = ask("GET", "/v1/customers/C-anna/erasure")

    assert (asked, before["erasedAt"], before["contactsLeft"]) == (202, None, 3)
    assert (after["customerId"], after["erasedBy"], after["contactsLeft"]) == ("C-ana", "root", 0)
    assert after["doneAt"] == "2026-03-02T14:00:00.000Z"


def test_holds_are_set_and_lifted_with_a_reason(ask: Ask, house: Forgetting) -> None:
    """A customer who is held is not erased, and the answer says by whom and why."""
    body = {"isHeld": True, "reason": "Case 12/34"}
    customer, told = ask("PUT", "/v1/customers/C-ana/hold", body)
    contact, of_call = ask("PUT", f"/v1/contacts/{house.call}/hold", body)
    status, refusal = ask("POST", "/v1/customers/C-ana/erase")

    assert (customer, contact, status) == (200, 200, 409)
    assert [(each["by"], each["reason"]) for each in told["holds"]] == [("root", "Case 12/34")]
    assert of_call["hold"]["isHeld"] is True
    assert (refusal["field"], refusal["current"]["reason"]) == ("customerId", "Case 12/34")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"isHeld": True, "reason": " "}, 422, "reason"),
        ({"isHeld": True}, 400, "reason"),
        ({"isHeld": "yes", "reason": "x"}, 400, "isHeld"),
    ],
)
def test_a_hold_that_cannot_be_read_is_refused_naming_the_field(
    ask: Ask, body: object, status: int, field: str
) -> None:
    answer, refusal = ask("PUT", "/v1/customers/C-ana/hold", body)

    assert (answer, refusal["field"]) == (status, field)


def test_an_unknown_customer_is_answered_404(ask: Ask) -> None:
    for method, path in (("POST", "erase"), ("GET", "erasure")):
        status, refusal = ask(method, f"/v1/customers/C-x/{path}")
        assert (status, refusal["value"]) == (404, "C-x")


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "finance"])
def test_nobody_else_forgets_or_holds(ask: Ask, house: Forgetting, group: str) -> None:
    doors = [
        ("POST", "/v1/customers/C-ana/erase"),
        ("GET", "/v1/customers/C-ana/erasure"),
        ("PUT", "/v1/customers/C-ana/hold"),
        ("PUT", f"/v1/contacts/{house.call}/hold"),
    ]

    assert [ask(*door, group=group)[0] for door in doors] == [403] * 4
    assert house.erasures.ordered == []


def test_the_lambda_does_what_the_queue_brings(house: Forgetting) -> None:
    from chalicelib.entrypoints.erasures import on_erasure_due

    body = msgspec.json.encode(JOB).decode()
    record = {"messageId": "m-1", "body": body, "receiptHandle": "r", "attributes": {}}

    answer = on_erasure_due({"Records": [record]}, None)

    assert answer == {"batchItemFailures": []}
    assert house.contact(house.call).is_erased


def test_a_job_comes_back_from_the_queue_as_it_was_ordered() -> None:
    """With the delay that was asked for."""

    class Queue:
        def send_message(self, **sent: Any) -> None:
            self.sent = sent

    queue = Queue()

    SqsErasureJobs(queue, "https://queue").order(JOB, delay_seconds=900)

    assert (queue.sent["QueueUrl"], queue.sent["DelaySeconds"]) == ("https://queue", 900)
    assert read_job(queue.sent["MessageBody"]) == JOB
