"""Customers over REST, and the look-up that flows call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.adapters.numbering import to_e164
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import CustomerId
from chalicelib.entrypoints.lookup import look_up_caller
from chalicelib.services.customers import CustomersService
from chalicelib.services.ports import Unavailable
from tests.entrypoints.people import People
from tests.fakes import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import ANAS_NUMBER, a_contact, a_customer, a_ticket

UNKNOWN = {
    "customerId": "",
    "customerName": "",
    "isKnown": "false",
    "hasName": "false",
    "language": "",
    "openTickets": "0",
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> InMemoryCustomerStore:
    store = InMemoryCustomerStore()
    store.create(a_customer())
    service = CustomersService(store, to_e164)
    monkeypatch.setattr(bootstrap, "customers", lambda: service)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return store


type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(store: InMemoryCustomerStore) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(path: str, group: str = "agent") -> tuple[int, Any]:
        with Client(app) as client:
            answer = client.http.get(path, headers={"Authorization": f"Bearer {group}"})
        return answer.status_code, answer.json_body

    return run


@pytest.mark.parametrize(
    "query", ["phone=%2B12025550123", "phone=202/555-0123", "name=silva", "name=Ana%20S"]
)
def test_a_customer_is_found_by_number_or_name(ask: Ask, query: str) -> None:
    """However the number is written."""
    status, found = ask(f"/v1/customers?{query}")

    assert status == 200
    assert [(c["customerId"], c["phones"]) for c in found["customers"]] == [
        ("C-ana", [ANAS_NUMBER])
    ]


def test_an_invalid_number_is_refused_naming_field_and_value(ask: Ask) -> None:
    """And the message itself holds no number."""
    status, refusal = ask("/v1/customers?phone=%2B999")

    assert (status, refusal["field"], refusal["value"]) == (422, "phone", "+999")
    assert "999" not in refusal["message"]


def test_a_search_for_nothing_is_refused(ask: Ask) -> None:
    """The whole town is not listed."""
    assert ask("/v1/customers")[0] == 422


def test_a_customer_comes_with_history_and_open_tickets(
    ask: Ask, store: InMemoryCustomerStore
) -> None:
    """One answer for the customer's page."""
    ana = CustomerId("C-ana")
    InMemoryTicketStore(store).create(a_ticket(customer_id=ana))
    bootstrap.customers().record_contact(a_contact(customer_id=ana))

    status, file = ask("/v1/customers/C-ana")

    assert (status, file["customer"]["name"]) == (200, "Ana Silva")
    assert [line["contactId"] for line in file["history"]] == ["c-1"]
    assert [ticket["ticketId"] for ticket in file["openTickets"]] == ["T-17"]


def test_an_unknown_customer_is_answered_404(ask: Ask) -> None:
    """Field and value are named."""
    status, refusal = ask("/v1/customers/C-x")

    assert (status, refusal["field"], refusal["value"]) == (404, "customerId", "C-x")


@pytest.mark.parametrize("group", ["trainee", "admin", "finance"])
def test_who_has_no_customers_sees_none(ask: Ask, group: str) -> None:
    """Neither lists nor one."""
    assert [ask(path, group)[0] for path in ("/v1/customers?name=a", "/v1/customers/C-ana")] == [
        403,
        403,
    ]


# --- the function that flows call ---------------------------------------------------------------


def flow_event(address: str | None) -> dict[str, Any]:
    endpoint = None if address is None else {"Address": address, "Type": "TELEPHONE_NUMBER"}
    data = {
        "Attributes": {"lang": "en"},
        "Channel": "VOICE",
        "ContactId": "c-1",
        "CustomerEndpoint": endpoint,
        "InitiationMethod": "INBOUND",
        "Queue": None,
    }
    return {
        "Name": "ContactFlowEvent",
        "Details": {"ContactData": data, "Parameters": {"account": "42"}},
    }


def test_a_flow_learns_who_is_calling(store: InMemoryCustomerStore) -> None:
    """A flat map of strings, as contact flows take it."""
    InMemoryTicketStore(store).create(a_ticket(customer_id=CustomerId("C-ana")))

    assert look_up_caller(flow_event(ANAS_NUMBER), None) == {
        "customerId": "C-ana",
        "customerName": "Ana Silva",
        "isKnown": "true",
        "hasName": "true",
        "language": "pt-BR",
        "openTickets": "1",
    }


@pytest.mark.parametrize("address", ["+12025550199", "anonymous", "", None])
def test_an_unknown_or_withheld_number_is_nobody(
    store: InMemoryCustomerStore, address: str | None
) -> None:
    """The flow goes on without a name."""
    assert look_up_caller(flow_event(address), None) == UNKNOWN


def test_a_shared_number_is_nobody_in_particular(store: InMemoryCustomerStore) -> None:
    """Greeting the wrong one by name is worse than none."""
    store.create(a_customer("C-rui", name="Rui"))

    assert look_up_caller(flow_event(ANAS_NUMBER), None) == UNKNOWN


@pytest.mark.parametrize(
    "event",
    [{}, {"Details": {}}, {"Details": {"ContactData": {"ContactId": 7}}}, {"Details": None}],
)
def test_an_event_that_is_none_fails_so_that_the_flow_takes_its_error_branch(
    store: InMemoryCustomerStore, event: dict[str, Any]
) -> None:
    """No guess is made."""
    with pytest.raises(Rejected, match="not an event of a contact flow"):
        look_up_caller(event, None)


def test_a_store_that_is_down_fails_the_look_up_after_one_try(
    store: InMemoryCustomerStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """The flow's error branch takes over; the log holds no number."""
    store.is_down = True
    store.calls.clear()

    with pytest.raises(Unavailable):
        look_up_caller(flow_event(ANAS_NUMBER), None)

    assert len(store.calls) == 1
    assert "2025550123" not in json.dumps(capsys.readouterr())
