"""Tickets over REST: shapes, refusals, who may."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.sla import Terms
from chalicelib.core.ticket import MOST_CONTACTS, TicketStatus
from chalicelib.services.alerts import Alerts
from chalicelib.services.escalation import EscalationService
from chalicelib.services.ticket_reach import ContactReach
from chalicelib.services.tickets import TicketsService
from tests.caller import OFFICE
from tests.entrypoints.people import People
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.contacts import InMemoryAlertStore, InMemoryContactStore
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import MONDAY, a_contact, a_customer, a_ticket, later
from tests.house import USERS, a_center
from tests.services.promises import COMPLAINT, REFUNDS

ALLOWED = {"agent", "supervisor"}
TERMS = Terms(policies=(COMPLAINT,), hours=(OFFICE,))
REFUND = {"version": 1, "action": "refund", "amount": "600.10", "currency": "USD", "reason": "Late"}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> InMemoryTicketStore:
    customers = InMemoryCustomerStore()
    customers.create(a_customer())
    customers.create(a_customer("C-minh", phones=("+12025550131",)))
    contacts = InMemoryContactStore()
    for contact_id, whose in (("c-1", "C-ana"), ("c-2", "C-minh"), ("c-3", None)):
        contact = a_contact(contact_id, customer_id=CustomerId(whose) if whose else None)
        contacts.contacts[contact.contact_id] = contact
    store = InMemoryTicketStore(customers)
    ids = count()
    service = TicketsService(
        store,
        customers,
        user={user.username: user for user in USERS}.get,
        terms=lambda: TERMS,
        now=lambda: MONDAY,
        new_id=lambda: f"id-{next(ids)}",
        contacts=ContactReach(contacts, customers),
    )
    center = InMemoryCenterStore(a_center(authorities=(REFUNDS,)))
    escalation = EscalationService(store, center, Alerts(InMemoryAlertStore()), now=lambda: MONDAY)
    monkeypatch.setattr(bootstrap, "tickets_for", lambda caller: service)
    monkeypatch.setattr(bootstrap, "escalation_for", lambda caller: escalation)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return store


type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(store: InMemoryTicketStore) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(method: str, path: str, body: object = None, group: str = "agent") -> tuple[int, Any]:
        headers: Mapping[str, str] = {
            "Authorization": f"Bearer {group}",
            "Content-Type": "application/json",
        }
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        with Client(app) as client:
            answer = getattr(client.http, method.lower())(path, headers=headers, body=raw)
        return answer.status_code, answer.json_body

    return run


def test_a_ticket_is_opened_and_answered_in_the_shape_of_the_protocol(ask: Ask) -> None:
    """201, and every field under the name that the desk reads."""
    status, ticket = ask(
        "POST",
        "/v1/tickets",
        {
            "subject": "Broken lamp",
            "status": "follow-up",
            "customerId": "C-ana",
            "contactId": "c-1",
            "owner": "cleo",
            "dueAt": "2026-03-03T10:00:00-05:00",
            "note": "مرحبا 👍",
        },
    )

    assert status == 201
    assert ticket["dueAt"] == "2026-03-03T15:00:00.000Z"
    assert {name: ticket[name] for name in ("version", "status", "contactIds", "owner")} == {
        "version": 1,
        "status": "follow-up",
        "contactIds": ["c-1"],
        "owner": "cleo",
    }
    (note,) = ticket["notes"]
    assert (note["at"], note["by"], note["text"]) == ("2026-03-02T14:00:00.000Z", "ben", "مرحبا 👍")
    (line,) = ticket["history"]
    assert {"at", "by", "change"} <= set(line)


def test_a_patch_changes_what_it_names_and_clears_what_is_null(
    ask: Ask, store: InMemoryTicketStore
) -> None:
    """A field that is absent stays."""
    store.create(a_ticket(owner="ben"))

    status, ticket = ask(
        "PATCH", "/v1/tickets/T-17", {"version": 1, "owner": None, "subject": "Lamp"}
    )

    assert (status, ticket["owner"], ticket["subject"], ticket["version"]) == (200, None, "Lamp", 2)
    assert ticket["status"] == "open"


def test_a_stale_patch_is_answered_409_with_the_difference(
    ask: Ask, store: InMemoryTicketStore
) -> None:
    """The desk shows both sides and lets the agent choose."""
    store.create(a_ticket())
    ask("PATCH", "/v1/tickets/T-17", {"version": 1, "status": "closed"})

    status, refusal = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "status": "resolved"})

    assert status == 409
    assert refusal["difference"] == {"status": {"yours": "resolved", "theirs": "closed"}}
    assert refusal["current"]["version"] == 2


def test_an_unknown_status_is_answered_422_listing_the_four(
    ask: Ask, store: InMemoryTicketStore
) -> None:
    """Field and value are named."""
    store.create(a_ticket())

    status, refusal = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "status": "done"})

    assert (status, refusal["field"], refusal["value"]) == (422, "status", "done")
    assert "open, follow-up, resolved, closed" in str(refusal["message"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        ({}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 1, "dueAt": "2026-03-03T10:00:00"}, "dueAt"),
        ({"version": 1, "dueAt": "tomorrow"}, "dueAt"),
        ({"version": 1, "colour": "red"}, "colour"),
        ({"version": 1, "status": None}, "status"),
        ({"version": 1, "waitingForCustomer": "yes"}, "waitingForCustomer"),
        ({"version": 1, "kind": None}, "kind"),
        ({"version": 1, "link": {"kind": "relates"}}, "link.ticketId"),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_400(
    ask: Ask, store: InMemoryTicketStore, body: object, field: str | None
) -> None:
    """Nothing is stored, and the field is named where one is to blame."""
    store.create(a_ticket())

    status, refusal = ask("PATCH", "/v1/tickets/T-17", body)

    assert (status, refusal.get("field")) == (400, field)
    assert store.get(a_ticket().ticket_id) == a_ticket()


def test_tickets_are_listed_by_filter(ask: Ask, store: InMemoryTicketStore) -> None:
    """In the envelope that the desk reads."""
    store.create(a_ticket(owner="ben"))
    store.create(a_ticket("T-18"))

    status, found = ask("GET", "/v1/tickets?owner=ben&status=open")

    assert status == 200
    assert [t["ticketId"] for t in found["tickets"]] == ["T-17"]


def test_a_list_of_an_unknown_status_is_refused(ask: Ask) -> None:
    """Not answered with nothing."""
    status, refusal = ask("GET", "/v1/tickets?status=done")

    assert (status, refusal["field"]) == (422, "status")


def test_a_list_may_be_shorter_or_longer_than_usual(ask: Ask, store: InMemoryTicketStore) -> None:
    """The newest come first, whatever the limit."""
    for ticket in (a_ticket("T-17"), a_ticket("T-18")):
        store.create(ticket)

    listed = ask("GET", "/v1/tickets?limit=1")[1]["tickets"]

    assert ["T-18"] == [ticket["ticketId"] for ticket in listed]
    assert 200 == ask("GET", "/v1/tickets?limit=1000")[0]


@pytest.mark.parametrize("filter_", ["status=open", "owner=ben"])
def test_a_customers_list_is_cut_when_the_others_are_left_out(
    ask: Ask, store: InMemoryTicketStore, filter_: str
) -> None:
    """One that does not fit takes nobody's place, however new it is."""
    store.create(a_ticket("T-17", owner="ben", customer_id=CustomerId("C-ana")))
    closed = {"status": TicketStatus.CLOSED, "created_at": later(hours=1)}
    store.create(a_ticket("T-18", customer_id=CustomerId("C-ana"), **closed))

    listed = ask("GET", f"/v1/tickets?customerId=C-ana&{filter_}&limit=1")[1]["tickets"]

    assert ["T-17"] == [ticket["ticketId"] for ticket in listed]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "all", "%C2%B2", "00001"])
def test_a_limit_that_cannot_be_is_refused_by_field_and_value(ask: Ask, limit: str) -> None:
    """Not answered with another number of tickets."""
    status, refusal = ask("GET", f"/v1/tickets?limit={limit}")

    assert (status, refusal["field"]) == (422, "limit")


def test_an_unknown_ticket_is_answered_404(ask: Ask) -> None:
    """Read or changed."""
    assert ask("GET", "/v1/tickets/T-x")[0] == 404
    assert ask("PATCH", "/v1/tickets/T-x", {"version": 1, "note": "hello"})[0] == 404


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "admin", "finance"])
def test_only_agents_and_supervisors_see_tickets(ask: Ask, group: str) -> None:
    """Everybody else is told so."""
    status, _ = ask("GET", "/v1/tickets", group=group)

    assert status == (200 if group in ALLOWED else 403)


# --- promises, decisions, links -------------------------------------------------------------------


def test_a_complaint_shows_what_is_due_and_waits_for_the_customer(ask: Ask) -> None:
    """In the shape of docs/protocol.md."""
    _, ticket = ask("POST", "/v1/tickets", {"subject": "Broken lamp", "kind": "complaint"})
    (clock,) = ticket["sla"]["clocks"]
    assert (ticket["kind"], clock["limit"], clock["dueAt"], clock["warnAt"]) == (
        "complaint",
        "resolution",
        "2026-03-02T18:00:00.000Z",
        "2026-03-02T17:00:00.000Z",
    )

    path = f"/v1/tickets/{ticket['ticketId']}"
    _, waits = ask("PATCH", path, {"version": 1, "waitingForCustomer": True, "responded": True})

    assert waits["sla"]["pauses"] == [{"since": "2026-03-02T14:00:00.000Z", "until": None}]
    assert waits["sla"]["clocks"][0]["dueAt"] is None


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"kind": "praise"}, "kind"),
        ({"dueAt": "9999-12-31T23:59:00-05:00"}, "dueAt"),
        ({"waitingForCustomer": True}, "waitingForCustomer"),
        ({"link": {"kind": "likes", "ticketId": "T-18"}}, "link.kind"),
        ({"link": {"kind": "relates", "ticketId": "T-x"}}, "link.ticketId"),
        ({"link": {"kind": "relates", "ticketId": "T-17"}}, "link.ticketId"),
    ],
)
def test_what_no_ticket_can_be_is_answered_422(
    ask: Ask, store: InMemoryTicketStore, patch: Mapping[str, object], field: str
) -> None:
    store.create(a_ticket())

    status, refusal = ask("PATCH", "/v1/tickets/T-17", {"version": 1, **patch})

    assert (status, refusal["field"]) == (422, field)


@pytest.mark.parametrize("named", ["c-2", "c-x", "", "c" * 500_000])
def test_a_ticket_names_no_contact_that_is_not_its_customers(
    ask: Ask, store: InMemoryTicketStore, named: str
) -> None:
    """Nor one that is not there: marks would go to its agent, and a hold of it would keep the
    ticket when its own customer is erased."""
    store.create(a_ticket(customer_id=CustomerId("C-ana")))
    draft = {"subject": "Lamp", "customerId": "C-ana", "contactId": named}

    changed, refusal = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "contactId": named})
    opened = ask("POST", "/v1/tickets", draft)[0] if named else 422

    assert (changed, opened, refusal["field"]) == (422, 422, "contactId")
    assert refusal["value"] == named[:200]
    assert [ticket.contact_ids for ticket in store.tickets.values()] == [()]


@pytest.mark.parametrize(("named", "whose"), [("c-1", "C-ana"), ("c-2", None), ("c-3", "C-ana")])
def test_a_ticket_names_contacts_of_its_customer_and_of_whom_nobody_knows(
    ask: Ask, store: InMemoryTicketStore, named: str, whose: str | None
) -> None:
    store.create(a_ticket(customer_id=CustomerId(whose) if whose else None))

    ticket = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "contactId": named})[1]

    assert ticket["contactIds"] == [named]


def test_a_ticket_names_so_many_contacts_and_no_more(ask: Ask, store: InMemoryTicketStore) -> None:
    many = tuple(ContactId(f"c-{n}") for n in range(10, 10 + MOST_CONTACTS))
    store.create(a_ticket(contact_ids=many))

    status, refusal = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "contactId": "c-1"})

    assert (status, refusal["field"]) == (422, "contactId")


def test_a_linked_ticket_shows_its_link(ask: Ask, store: InMemoryTicketStore) -> None:
    for ticket_id in ("T-17", "T-18"):
        store.create(a_ticket(ticket_id))
    link = {"kind": "duplicates", "ticketId": "T-18"}

    status, ticket = ask("PATCH", "/v1/tickets/T-17", {"version": 1, "link": link})

    assert (status, ticket["links"]) == (200, [link])
    assert ticket["history"][-1]["change"] == "duplicates T-18"


def test_an_agents_refund_is_listed_for_supervisors_and_decided_by_one(
    ask: Ask, store: InMemoryTicketStore
) -> None:
    """Amounts are text; an agent who decides is answered 403."""
    store.create(a_ticket())
    status, asked = ask("POST", "/v1/tickets/T-17/escalate", REFUND)
    assert (status, asked["asked"]["amount"], asked["asked"]["role"]) == (
        200,
        "600.10",
        "supervisor",
    )
    _, listed = ask("GET", "/v1/tickets?role=supervisor", group="supervisor")
    assert [ticket["ticketId"] for ticket in listed["tickets"]] == ["T-17"]
    decision = {"version": 2, "granted": True, "reason": "Once"}
    assert ask("POST", "/v1/tickets/T-17/decision", decision)[0] == 403

    status, decided = ask("POST", "/v1/tickets/T-17/decision", decision, group="supervisor")

    assert (status, decided["asked"]["isGranted"]) == (200, True)
    assert ask("GET", "/v1/tickets?role=supervisor")[1] == {"tickets": []}
    assert ask("POST", "/v1/tickets/T-17/decision", decision, group="supervisor")[0] == 409


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"amount": "much"}, 400, "amount"),
        ({"amount": "NaN"}, 422, "amount"),
        ({"amount": "-5"}, 422, "amount"),
        ({"currency": "usd"}, 422, "currency"),
        ({"action": "gift"}, 422, "action"),
        ({"reason": ""}, 422, "reason"),
        ({"version": 7}, 409, None),
        ({"role": "agent"}, 400, "role"),
    ],
)
def test_a_bad_escalation_is_refused_by_field(
    ask: Ask,
    store: InMemoryTicketStore,
    wrong: Mapping[str, object],
    status: int,
    field: str | None,
) -> None:
    store.create(a_ticket())

    answered, refusal = ask("POST", "/v1/tickets/T-17/escalate", {**REFUND, **wrong})

    assert (answered, refusal.get("field", field)) == (status, field or refusal.get("field"))
