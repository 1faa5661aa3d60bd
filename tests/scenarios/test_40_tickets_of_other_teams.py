"""Scenario 40: an agent cannot read other teams' tickets, and who tried is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.bootstrap import files
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Endpoint
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.ids import ContactId, CustomerId, HierarchyGroupId, TicketId
from chalicelib.core.ticket import TicketStatus
from chalicelib.services.customer_merging import CustomerMerging
from tests.entrypoints.people import People, ask_app
from tests.fakes.contacts import InMemoryAlertStore, InMemoryContactStore
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import ANAS_NUMBER, MONDAY, a_customer, a_ticket
from tests.house import BEN, DONE, House, a_center
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
        "contact_store": InMemoryContactStore(),
        "center_store": staff.store,
        "user_store": staff.user_store,
        "alert_store": InMemoryAlertStore(),
    }.items():
        monkeypatch.setattr(files, name, lambda double=double: double)
    monkeypatch.setattr(files, "now", lambda: MONDAY)
    for made in (files.teams, files.alerts, files.customers):
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


def test_a_customer_comes_with_the_own_teams_open_tickets_and_nobodys(ask: Ask) -> None:
    """In full they are for those who may open them; supervisors may open all."""

    def shown(group: str) -> set[str]:
        file = ask("GET", "/v1/customers/C-ana", group=group)[1]
        return {ticket["ticketId"] for ticket in file["openTickets"]}

    assert shown("agent") == {"T-ben", "T-nobody"}
    assert shown("supervisor") == {"T-ben", "T-cleo", "T-nobody"}


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


# --- by the wrap-up of a contact of one's own -----------------------------------------------------


@pytest.fixture
def house() -> House:
    """Ben and Cleo are teams of their own; Ben has talked to Ana, who was Anna once. Cleo has a
    ticket of each of them, and one of Minh's."""
    house = House(
        a_center(hierarchy_groups=(HierarchyGroup(group_id=HierarchyGroupId("g"), name="Days"),))
    )
    for customer in (
        a_customer(),
        a_customer("C-anna", phones=("+12025550188",)),
        a_customer("C-minh", phones=("+12025550131",)),
    ):
        house.customers.create(customer)
    for name, owner in (("ana", "cleo"), ("anna", "cleo"), ("minh", "cleo"), ("nobody", None)):
        whose = None if owner is None else CustomerId(f"C-{name}")
        house.tickets.create(a_ticket(f"T-{name}", owner=owner, customer_id=whose))
    merging = CustomerMerging(house.customers, house.now)
    merging.merge(CustomerId("C-ana"), CustomerId("C-anna"), version=1, by="sue")
    house.signs_in("ben")
    return house


def talked(house: House) -> ContactId:
    contact_id = house.rings(customer_endpoint=Endpoint(ANAS_NUMBER))
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    return contact_id


@pytest.mark.parametrize("named", ["T-minh", "T-x", "T" * 5_000])
def test_a_wrap_up_names_no_ticket_of_another_team_and_customer(house: House, named: str) -> None:
    """Nor one that is not there. The work is not handed in, and nothing happens to the ticket."""
    contact_id = talked(house)
    before = dict(house.tickets.tickets)

    with pytest.raises(Rejected) as refused:
        house.desk.complete(BEN, contact_id, replace(DONE, ticket_id=TicketId(named)))

    assert (refused.value.field, refused.value.value) == ("ticket.ticketId", named)
    house.streams()
    assert house.tickets.tickets == before


@pytest.mark.parametrize("named", ["T-ana", "T-anna", "T-nobody"])
def test_a_wrap_up_names_any_ticket_of_its_customer_and_nobodys(house: House, named: str) -> None:
    """Whichever team's: the screen pop shows them. Also of whom the customer once was."""
    contact_id = talked(house)

    house.desk.complete(BEN, contact_id, replace(DONE, ticket_id=TicketId(named)))
    house.streams()

    ticket = house.tickets.get(TicketId(named))
    assert (ticket.status, ticket.contact_ids) == (TicketStatus.CLOSED, (contact_id,))
