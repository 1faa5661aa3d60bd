"""Reports over REST and in their Lambdas: shapes, refusals, who may, what a message asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.civil_day import Grain
from tests.core.records import record
from tests.entrypoints.people import People
from tests.services.reporting import SUNDAY, Office

ALLOWED = {"finance", "supervisor", "admin"}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setattr(bootstrap, "report_work", lambda: office.work)
    monkeypatch.setattr(bootstrap, "report_clock", lambda: office.clock)
    monkeypatch.setattr(bootstrap, "report_catalog", lambda: office.catalog)
    monkeypatch.setattr(bootstrap, "report_previews", lambda: office.previews)
    monkeypatch.setattr(bootstrap, "report_schedules", lambda: office.schedules)
    monkeypatch.setattr(bootstrap, "people", lambda: People("fay"))
    return office


type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(office: Office) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(method: str, path: str, group: str = "finance") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}"}
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(path, headers=headers)
        return answer.status_code, answer.json_body

    return run


def invoke(function: str, event: object) -> Any:
    from app import app

    with Client(app) as client:
        return client.lambda_.invoke(function, event).payload


def messages(*bodies: str) -> object:
    from app import app

    with Client(app) as client:
        return client.events.generate_sqs_event(list(bodies), queue_name="reports")


def test_a_revision_is_answered_in_the_shape_of_the_protocol(ask: Ask, office: Office) -> None:
    """Revision, state, and files with name, format, rows, SHA-256 and a link."""
    office.keep(record(agent="a-mia"))
    office.build()

    status, answer = ask("GET", "/v1/reports/2026-03-08")

    (run,) = [r for r in answer["runs"] if r["state"] == "published"]
    assert status == 200
    told = ("report", "title", "grain", "period", "day", "revision", "builtAt")
    assert {name: run[name] for name in told} == {
        "report": "daily-queues",
        "title": "Queues, by day",
        "grain": "day",
        "period": "2026-03-08",
        "day": "2026-03-08",
        "revision": 1,
        "builtAt": "2026-03-09T06:05:00.000Z",
    }
    assert run["isProvisional"] is False
    assert [set(file) for file in run["files"]] == [{"name", "format", "rows", "sha256", "url"}] * 3


def test_the_list_shows_revisions_newest_first(ask: Ask, office: Office) -> None:
    """And 200 with an empty list before the first report."""
    assert ask("GET", "/v1/reports") == (200, {"runs": []})
    office.build()

    assert [run["day"] for run in ask("GET", "/v1/reports")[1]["runs"]] == ["2026-03-08"]


def test_a_report_is_previewed_in_the_shape_of_the_protocol(ask: Ask, office: Office) -> None:
    """Columns with what they are, and cells as the file has them."""
    office.keep(record())
    office.build()

    status, told = ask("GET", "/v1/reports/2026-03-08/preview?report=daily-queues&revision=1")

    assert (status, told["revision"], told["rowCount"]) == (200, 1, 1)
    assert told["columns"][0] == {"name": "day", "type": "day", "role": "key"}
    assert told["rows"][0][0] == "2026-03-08"
    assert (told["changedCount"], told["changedRows"]) == (None, [])


def test_schedules_are_answered_in_the_shape_of_the_protocol(ask: Ask, office: Office) -> None:
    """When each is due, and by whose clocks."""
    status, told = ask("GET", "/v1/report-schedules")

    of_days = next(each for each in told["schedules"] if each["report"] == "daily-queues")
    assert status == 200
    assert (of_days["due"], of_days["zone"]) == ("02:00", "America/New_York")
    assert of_days["nextDueAt"] == "2026-03-10T06:00:00.000Z"
    assert (of_days["late"], of_days["lastPeriod"]) == ([], None)


def test_building_by_hand_is_accepted_and_asked_for(ask: Ask, office: Office) -> None:
    """202: the build goes on after the answer."""
    status, answer = ask("POST", "/v1/reports/2026-03-08")

    assert (status, answer) == (202, {"runs": []})
    assert office.requests.asked == [(Grain.DAY, SUNDAY)]


@pytest.mark.parametrize("day", ["today", "2026-02-30", "2099-01-01", "%27"])
def test_a_day_that_cannot_be_is_a_422_naming_field_and_value(
    ask: Ask, office: Office, day: str
) -> None:
    """And nothing is asked for."""
    status, answer = ask("POST", f"/v1/reports/{day}")

    assert (status, answer["field"]) == (422, "period")
    assert office.requests.asked == []


@pytest.mark.parametrize("group", ["agent", "trainee", "supervisor", "admin", "finance"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/reports"),
        ("GET", "/v1/reports/2026-03-08"),
        ("POST", "/v1/reports/2026-03-08"),
        ("GET", "/v1/reports/2026-03-08/preview?report=daily-queues"),
        ("GET", "/v1/report-schedules"),
    ],
)
def test_reports_are_for_finance_supervisors_and_admins(
    ask: Ask, method: str, path: str, group: str
) -> None:
    """Agents and trainees see no numbers of others."""
    status, _ = ask(method, path, group)

    assert (status != 403) is (group in ALLOWED)
    assert status in (200, 202, 403, 404)


def test_the_clock_asks_for_the_periods_that_are_due(office: Office) -> None:
    """The schedule's event carries nothing that matters."""
    from app import app

    with Client(app) as client:
        event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, [])
    invoke("on_day_ended", event)

    assert (Grain.DAY, SUNDAY) in office.requests.asked


def test_a_message_of_late_news_renews_what_was_due(office: Office) -> None:
    """Each report of that day, because Sunday's were due at two."""
    office.keep(record(agent="a-mia"))

    answer = invoke("on_report_due", messages('{"task": "renewal", "day": "2026-03-08"}'))

    assert answer == {"batchItemFailures": []}
    assert len(office.runs.runs) == len(office.reports.build(SUNDAY)) > 1


def test_a_message_builds_its_day(office: Office) -> None:
    """All reports, or the one it names."""
    office.keep(record(agent="a-mia"))

    answer = invoke("on_report_due", messages('{"day": "2026-03-08", "report": "daily-agents"}'))

    assert answer == {"batchItemFailures": []}
    assert [key[0] for key in office.runs.runs] == ["daily-agents"]
    invoke("on_report_due", messages(json.dumps({"day": "2026-03-08"})))
    assert len(office.runs.runs) == len(office.reports.build(SUNDAY)) > 1


@pytest.mark.parametrize(
    "body", ["", "nonsense", "{}", '{"day": "tomorrow"}', '{"day": "2026-03-08", "x": 1}']
)
def test_a_message_that_is_no_request_comes_again_and_ends_in_the_dead_letters(
    office: Office, body: str
) -> None:
    """It is named as failed, alone; nothing is built."""
    answer = invoke("on_report_due", messages(body))

    assert len(answer["batchItemFailures"]) == 1
    assert office.runs.runs == {}
