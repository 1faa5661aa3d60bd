"""Deliveries and reconciliations over REST and in the Lambda; and what finance may not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.entrypoints import edge
from tests.core.records import record
from tests.entrypoints.people import People
from tests.services.nights import AT_NIGHT, Night
from tests.services.reporting import Office

EVERYBODY = ("agent", "trainee", "supervisor", "admin", "finance")
READERS = {"finance", "supervisor", "admin"}
DELIVERY = {"reports": ["daily-queues"], "emails": ["fay@acme.example"]}

type Ask = Callable[..., tuple[int, Any]]


@dataclass(frozen=True)
class Line:
    """A log line and its keys."""

    message: str
    keys: dict[str, object]


class Log:
    """The edge's logger, which only writes down."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def _note(self, message: str, *, extra: dict[str, object]) -> None:
        self.lines.append(Line(message, extra))

    info = warning = error = _note

    def append_keys(self, **keys: object) -> None:
        """The name of the function: of no matter here."""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setattr(bootstrap, "deliveries", lambda: office.deliveries)
    monkeypatch.setattr(bootstrap, "people", lambda: People("fay"))
    return office


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    night = Night()
    monkeypatch.setattr(bootstrap, "reconciliation", lambda: night.reconciliation)
    monkeypatch.setattr(bootstrap, "reconciliations", lambda: night.room)
    monkeypatch.setattr(bootstrap, "contacts", lambda: night.contacts_service)
    monkeypatch.setattr(bootstrap, "people", lambda: People("fay"))
    return night


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr(edge, "logger", log)
    return log


@pytest.fixture
def ask() -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(
        method: str, path: str, body: object = None, *, group: str = "admin"
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(
                path, headers=headers, body=json.dumps(body).encode() if body else b""
            )
        return answer.status_code, answer.json_body

    return run


def invoke(*bodies: str) -> Any:
    from app import app

    with Client(app) as client:
        event = client.events.generate_sqs_event(list(bodies), queue_name="reports")
        return client.lambda_.invoke("on_report_due", event).payload


def test_a_delivery_is_kept_shown_and_deleted_in_one_step(ask: Ask, office: Office) -> None:
    shown = {
        "name": "finance",
        "reports": ["daily-queues"],
        "emails": ["fay@acme.example"],
        "prefix": "deliveries/finance/",
        "since": {"daily-queues": "2026-03-09T06:05:00.000Z"},
        "by": "fay",
    }

    assert ask("PUT", "/v1/report-deliveries/finance", DELIVERY) == (200, shown)
    assert ask("GET", "/v1/report-deliveries/finance") == (200, shown)
    assert ask("GET", "/v1/report-deliveries") == (200, {"deliveries": [shown]})
    assert ask("DELETE", "/v1/report-deliveries/finance") == (200, {})
    assert ask("GET", "/v1/report-deliveries/finance")[0] == 404
    assert ask("DELETE", "/v1/report-deliveries/finance")[0] == 404


@pytest.mark.parametrize(
    ("name", "body", "status", "field"),
    [
        ("Finance", DELIVERY, 422, "name"),
        ("finance", {**DELIVERY, "reports": ["daily-wonders"]}, 422, "reports"),
        ("finance", {**DELIVERY, "emails": ["fay"]}, 422, "emails"),
        ("finance", {"emails": []}, 400, "reports"),
        ("finance", {**DELIVERY, "prefix": "exports/"}, 400, "prefix"),
        ("finance", {**DELIVERY, "reports": "daily-queues"}, 400, "reports"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    ask: Ask, office: Office, name: str, body: object, status: int, field: str
) -> None:
    told, answer = ask("PUT", f"/v1/report-deliveries/{name}", body)

    assert (told, answer["field"]) == (status, field)
    assert office.book.deliveries == {}


@pytest.mark.parametrize("group", EVERYBODY)
def test_admins_decide_and_finance_reads(ask: Ask, office: Office, group: str) -> None:
    """Agents and trainees do neither."""
    office.subscribes()

    reading = ask("GET", "/v1/report-deliveries", group=group)[0]
    writing = ask("PUT", "/v1/report-deliveries/finance", DELIVERY, group=group)[0]
    deleting = ask("DELETE", "/v1/report-deliveries/finance", group=group)[0]

    assert reading == (200 if group in READERS else 403)
    assert (writing, deleting) == ((200, 200) if group == "admin" else (403, 403))


def test_a_message_delivers_what_is_outstanding(office: Office) -> None:
    office.keep(record("c-1"))
    office.subscribes()
    office.build()

    answer = invoke('{"task": "delivery", "report": "daily-queues", "day": "2026-03-08"}')

    assert answer == {"batchItemFailures": []}
    assert len(office.delivered()) == 4


def test_a_message_looks_at_the_night_and_finance_reads_what_was_found(
    ask: Ask, night: Night
) -> None:
    (contact_id,) = night.talks()
    (stored,) = night.contact(contact_id).recordings
    night.objects.remove(stored.key)
    night.at = AT_NIGHT

    invoke('{"task": "reconciliation", "day": "2026-03-02"}')
    status, found = ask("GET", "/v1/reconciliations/2026-03-02", group="finance")

    assert status == 200
    assert {name: found[name] for name in ("day", "contacts", "recorded", "segments")} == {
        "day": "2026-03-02",
        "contacts": 1,
        "recorded": 1,
        "segments": 0,
    }
    assert found["missing"] == [
        {
            "lack": "OBJECT",
            "contactId": contact_id,
            "segment": "s1",
            "key": stored.key,
            "isRebuilt": False,
        }
    ]


def test_another_look_is_asked_for(ask: Ask, night: Night) -> None:
    night.at = AT_NIGHT

    assert ask("GET", "/v1/reconciliations/2026-03-02", group="finance")[0] == 404
    assert ask("POST", "/v1/reconciliations/2026-03-02", group="finance") == (202, {})
    assert night.requests.reconciliations == [date(2026, 3, 2)]


@pytest.mark.parametrize("day", ["today", "2026-3-2", "2026-03-03"])
def test_a_day_that_cannot_be_is_a_422(ask: Ask, night: Night, day: str) -> None:
    night.at = AT_NIGHT

    status, answer = ask("POST", f"/v1/reconciliations/{day}")

    assert (status, answer["field"], answer["value"]) == (422, "day", day)
    assert night.requests.reconciliations == []


@pytest.mark.parametrize("group", EVERYBODY)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_agents_and_trainees_see_nothing_of_the_night(
    ask: Ask, night: Night, group: str, method: str
) -> None:
    night.looks()

    status, _ = ask(method, "/v1/reconciliations/2026-03-02", group=group)

    assert status in ((200, 202) if group in READERS else (403,))


# --- finance sees numbers, and hears nobody -------------------------------------------------------


def test_finance_cannot_play_a_recording_and_the_refusal_is_logged(
    ask: Ask, night: Night, log: Log
) -> None:
    """Who, what, and when: a line of the log carries its time. No link, and no audit fact that
    somebody listened."""
    (contact_id,) = night.talks()
    before = night.facts(contact_id)

    status, answer = ask("GET", f"/v1/contacts/{contact_id}/recordings/s1", group="finance")

    (denied,) = [line.keys for line in log.lines if line.message == "denied"]
    assert status == 403
    assert "url" not in answer
    assert denied == {
        "username": "fay",
        "groups": ["finance"],
        "method": "GET",
        "path": "/v1/contacts/{contact_id}/recordings/{segment}",
    }
    assert night.facts(contact_id) == before


def test_every_refused_call_of_finance_is_one_line_each(ask: Ask, night: Night, log: Log) -> None:
    """Tried again it is told again; what stands in the path is not told: it may be a number."""
    for _ in range(3):
        ask("GET", "/v1/contacts/c-1/recordings/s1", group="finance")
    ask("GET", "/v1/live", group="finance")

    denied = [line.keys["path"] for line in log.lines if line.message == "denied"]
    assert denied == ["/v1/contacts/{contact_id}/recordings/{segment}"] * 3 + ["/v1/live"]


def test_what_finance_may_call_holds_no_recording() -> None:
    """Of all routes with recordings none admits finance."""
    from app import app

    assert app.routes
    routes = [r for r in edge.ROUTES if "recording" in r.path or "transcript" in r.path]
    assert routes
    assert [r.path for r in routes if "finance" in r.who.groups] == []


def test_the_night_is_told_by_the_clock_of_the_center(night: Night) -> None:
    """One in the morning in New York is six in UTC, and five in summer."""
    night.at = datetime.fromisoformat("2026-07-02T05:00:00+00:00")
    assert night.room.request_due()[-1] == date(2026, 7, 1)
    night.at = datetime.fromisoformat("2026-07-02T04:59:59+00:00")
    assert night.room.request_due()[-1] == date(2026, 6, 30)
