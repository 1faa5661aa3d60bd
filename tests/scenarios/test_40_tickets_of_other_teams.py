"""Scenario 40: an agent cannot read other teams' tickets, and who tried is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.bootstrap import files
from chalicelib.core.ids import HierarchyGroupId, TicketId
from tests.entrypoints.people import People, ask_app
from tests.fakes.contacts import InMemoryAlertStore
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import MONDAY, a_customer, a_ticket
from tests.services.staffing import Staff

type Ask = Callable[..., tuple[int, Any]]

CLEOS = TicketId("T-cleo")
PATCH = {"version": 1, "subject": "Mine now"}
REFUND = {"version": 1, "action": "refund", "amount": "9", "currency": "USD", "reason": "Late"}
DECISION = {"version": 1, "granted": True, "reason": "ok"}


@pytest.fixture
def tickets(monkeypatch: pytest.MonkeyPatch) -> InMemoryTicketStore:
    """Ben works on the days, Cleo at the head office; each has a ticket, and one is nobody's."""
    from chalicelib import bootstrap

    staff = Staff()
    site, days = staff.company()
    for username, group in (("ben", days), ("cleo", site)):
        user = staff.store.users[username]
        staff.store.save_user(replace(user, hierarchy_group_id=HierarchyGroupId(group)))
    customers = InMemoryCustomerStore()
    customers.create(a_customer())
    store = InMemoryTicketStore(customers)
    for ticket_id, owner in (("T-ben", "ben"), ("T-cleo", "cleo"), ("T-nobody", None)):
        store.create(a_ticket(ticket_id, owner=owner, customer_id=a_customer().customer_id))
    for name, double in {
        "ticket_store": store,
        "customer_store": customers,
        "center_store": staff.store,
        "user_store": staff.user_store,
        "alert_store": InMemoryAlertStore(),
    }.items():
        monkeypatch.setattr(files, name, lambda double=double: double)
    monkeypatch.setattr(files, "now", lambda: MONDAY)
    for made in (files.teams, files.alerts):
        made.cache_clear()
        monkeypatch.setattr(files, made.__name__, made.__wrapped__)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return store


@pytest.fixture
def ask(tickets: InMemoryTicketStore) -> Ask:
    def run(method: str, path: str, body: object = None, group: str = "agent") -> tuple[int, Any]:
        return ask_app(method, path, body, group)

    return run


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/tickets/T-cleo", None),
        ("PATCH", "/v1/tickets/T-cleo", PATCH),
        ("PATCH", "/v1/tickets/T-cleo", {"version": 1, "note": "I was here"}),
        ("POST", "/v1/tickets/T-cleo/escalate", REFUND),
        ("POST", "/v1/tickets/T-cleo/decision", DECISION),
    ],
)
def test_no_door_opens_another_teams_ticket(
    ask: Ask, tickets: InMemoryTicketStore, method: str, path: str, body: object
) -> None:
    before = tickets.tickets[CLEOS]

    status, refusal = ask(method, path, body)

    assert (status, refusal["field"], refusal["value"]) == (403, "ticketId", "T-cleo")
    assert (tickets.tickets[CLEOS], tickets.notes.get(CLEOS)) == (before, None)


def test_lists_hold_the_own_teams_tickets_and_nobodys(ask: Ask) -> None:
    """Of everybody, of a customer, and by owner: there whoever is asked for must be of the team."""
    for query in ("", "?customerId=C-ana", "?status=open"):
        listed = ask("GET", f"/v1/tickets{query}")[1]["tickets"]
        assert {"T-ben", "T-nobody"} == {ticket["ticketId"] for ticket in listed}

    assert ask("GET", "/v1/tickets?owner=ben")[0] == 200
    status, refusal = ask("GET", "/v1/tickets?owner=cleo")
    assert (status, refusal["field"], refusal["value"]) == (403, "owner", "cleo")


def test_a_ticket_can_be_handed_to_another_team_and_is_gone_then(ask: Ask) -> None:
    assert ask("PATCH", "/v1/tickets/T-ben", {"version": 1, "owner": "cleo"})[0] == 200
    assert ask("GET", "/v1/tickets/T-ben")[0] == 403


def test_supervisors_read_every_teams(ask: Ask) -> None:
    assert ask("GET", "/v1/tickets/T-cleo", group="supervisor")[0] == 200
    listed = ask("GET", "/v1/tickets", group="supervisor")[1]["tickets"]
    assert {"T-ben", "T-cleo", "T-nobody"} == {ticket["ticketId"] for ticket in listed}


def test_who_tried_is_written_down_with_what_and_when(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """Who, and at which door; every line has its time. Not what stands in the ticket."""
    ask("GET", "/v1/tickets/T-cleo")

    (line,) = (vars(record) for record in caplog.records if record.message == "denied")
    assert (line["username"], line["groups"]) == ("ben", ["agent"])
    assert (line["method"], line["path"]) == ("GET", "/v1/tickets/{ticket_id}")
    assert "lamp" not in str(line)
