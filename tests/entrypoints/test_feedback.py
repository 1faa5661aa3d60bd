"""Feedback over HTTP: a page for customers without a sign-in, results for supervisors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client, HTTPResponse

from chalicelib import bootstrap
from chalicelib.core.feedback import COMMENT_LIMIT, Way
from tests.entrypoints.people import People
from tests.services.asking_customers import AT_WORK, Asking

type Ask = Callable[..., HTTPResponse]

FORM = {"service": "4", "solution": "5", "comment": "Grüße, thank you & <b>"}
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def center(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Ana was asked by mail."""
    center = Asking()
    center.closes(Way.MAIL)
    center.sweeps(AT_WORK)
    monkeypatch.setattr(bootstrap, "feedback", lambda: center.house.feedback)
    monkeypatch.setattr(bootstrap, "tickets_for", lambda caller: center.tickets)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return center


@pytest.fixture
def ask(center: Asking) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(
        method: str,
        path: str = "",
        form: Mapping[str, str] | bytes = b"",
        *,
        type_: str = URLENCODED,
    ) -> HTTPResponse:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        with Client(app) as client:
            return client.http.request(
                method,
                path or f"/feedback/{center.token()}",
                headers={"Content-Type": type_},
                body=body,
            )

    return run


@pytest.fixture
def read(center: Asking) -> Callable[..., tuple[int, Any]]:
    from app import app

    def run(
        method: str, path: str, body: object = None, *, group: str = "supervisor"
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            answer = client.http.request(method, path, headers=headers, body=raw)
        return answer.status_code, answer.json_body

    return run


def test_whoever_follows_the_link_sees_the_questions_and_records_nothing(
    ask: Ask, center: Asking
) -> None:
    """GET and HEAD, as scanners do."""
    before = center.invitations

    for _ in range(3):
        page, probe = ask("GET"), ask("HEAD")
        assert (page.status_code, probe.status_code, probe.body) == (200, 200, b"")

    assert center.invitations == before
    html = page.body.decode()
    assert html.count('type="radio"') == 10
    assert '<html lang="en">' in html
    assert html.count("<legend>") == 2


def test_the_page_runs_nothing_and_tells_nobody_its_address(ask: Ask) -> None:
    """What opens it stands in the address."""
    page = ask("GET")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.body.decode()


def test_sending_records_what_was_ticked_and_written(ask: Ask, center: Asking) -> None:
    """Any letters; and it may be sent again."""
    sent = ask("POST", form=FORM)
    again = ask("POST", form={"service": "2"})

    assert (sent.status_code, again.status_code) == (200, 200)
    assert "Thank you" in sent.body.decode()
    first, second = center.answers
    assert (first.service, first.solution, first.comment) == (4, 5, FORM["comment"])
    assert (second.service, second.solution) == (2, None)


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"service": "6"}, 422, "service &#x27;6&#x27; is not a number from 1 to 5"),
        ({"service": "<b>"}, 422, "&lt;b&gt;"),
        ({}, 422, "no question was answered"),
        ({"service": "4", "comment": "x" * (COMMENT_LIMIT + 1)}, 422, "the limit is 1000"),
        ({"service": "4", "x": "1"}, 422, "nobody asked for"),
        (b"service=1&service=5", 400, "given twice"),
        (b"service=%FF%FE", 400, "not a form"),
        (b"service=\xff", 400, "not a form"),
        (b"&".join(b"f%d=1" % n for n in range(30)), 400, "not a form"),
        (b"comment=" + b"x" * 20_000, 413, "the limit is 16384"),
    ],
)
def test_what_is_no_answer_is_refused_on_a_page_that_says_why(
    ask: Ask, center: Asking, form: Mapping[str, str] | bytes, status: int, said: str
) -> None:
    page = ask("POST", form=form)

    assert page.status_code == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert said in page.body.decode()
    assert center.answers == ()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("token", ["x", "F-20260302-AAAAAAAAAAAAAAAA.{secret}", "%2e%2e", "{id}."])
def test_a_forged_token_is_answered_403(ask: Ask, center: Asking, method: str, token: str) -> None:
    invitation_id, secret = center.token().split(".")
    forged = token.format(secret=secret, id=invitation_id)

    page = ask(method, f"/feedback/{forged}", form=FORM)

    assert page.status_code == 403
    assert center.answers == ()


def test_after_14_days_the_page_thanks_and_nothing_is_counted(ask: Ask, center: Asking) -> None:
    """The wish not to be asked again may still be told."""
    center.house.at = AT_WORK + timedelta(days=15)

    page, sent, wish = ask("GET"), ask("POST", form=FORM), ask("POST", form={"optOut": "yes"})

    assert [page.status_code, sent.status_code, wish.status_code] == [200, 200, 200]
    assert "Thank you" in page.body.decode()
    assert "radio" not in page.body.decode()
    assert center.answers == ()
    assert center.house.customers.customers[center.invitations[0].customer_id].is_opted_out


def test_a_supervisor_reads_what_it_comes_to(
    read: Callable[..., tuple[int, Any]], ask: Ask
) -> None:
    ask("POST", form=FORM)

    status, told = read("GET", "/v1/feedback?from=2026-03-01&to=2026-03-31")

    assert status == 200
    assert told["all"] == {
        "key": "",
        "name": "",
        "invited": 1,
        "answered": 1,
        "partial": 0,
        "answerRate": "100.00",
        "service": {"count": 1, "total": 4, "average": "4.00"},
        "solution": {"count": 1, "total": 5, "average": "5.00"},
    }
    assert [(row["key"], row["name"]) for row in told["agents"]] == [("ben", "Ben Ode")]
    assert {"queues", "reasons"} <= set(told)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "from"),
        ("?from=2026-03-01", "to"),
        ("?from=x&to=2026-03-01", "from"),
        ("?from=2026-03-02&to=2026-03-01", "to"),
        ("?from=2026-01-01&to=2026-12-31", "to"),
    ],
)
def test_days_that_cannot_be_are_refused_by_field(
    read: Callable[..., tuple[int, Any]], query: str, field: str
) -> None:
    status, told = read("GET", f"/v1/feedback{query}")

    assert (status, told["field"]) == (422, field)


@pytest.mark.parametrize("group", ["agent", "trainee", "admin", "finance"])
def test_results_are_for_supervisors(read: Callable[..., tuple[int, Any]], group: str) -> None:
    assert read("GET", "/v1/feedback?from=2026-03-01&to=2026-03-01", group=group)[0] == 403


def test_the_desk_notes_the_wish_of_a_customer(
    read: Callable[..., tuple[int, Any]], center: Asking
) -> None:
    for is_out in (True, True, False):
        status, told = read(
            "PUT", "/v1/customers/C-ana/feedback", {"isOptedOut": is_out}, group="agent"
        )
        assert (status, told) == (200, {"customerId": "C-ana", "isOptedOut": is_out})

    assert read("PUT", "/v1/customers/C-x/feedback", {"isOptedOut": True})[0] == 404
    assert read("PUT", "/v1/customers/C-ana/feedback", {"isOptedOut": "yes"})[0] == 400


def test_whoever_closes_a_ticket_ticks_how_the_customer_is_asked(
    read: Callable[..., tuple[int, Any]], center: Asking
) -> None:
    ticket = center.opens(AT_WORK)
    path = f"/v1/tickets/{ticket.ticket_id}"

    unknown, told = read("PATCH", path, {"version": 1, "status": "closed", "feedback": "fax"})
    early, _ = read("PATCH", path, {"version": 1, "status": "resolved", "feedback": "mail"})
    status, closed = read("PATCH", path, {"version": 1, "status": "closed", "feedback": "call"})

    assert (unknown, told["field"], early) == (422, "feedback", 422)
    assert (status, closed["feedback"]) == (200, "call")
