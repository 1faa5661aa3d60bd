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
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.customer_search import CustomerSearch
from chalicelib.services.customers import CustomersService
from chalicelib.services.ports import Unavailable
from chalicelib.services.teams import Teams
from tests.entrypoints.people import People
from tests.fakes.center import InMemoryCenterStore, InMemoryUserStore
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import ANAS_NUMBER, MONDAY, a_contact, a_customer, a_ticket
from tests.house import a_center

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
    search = CustomerSearch(store, InMemoryTicketStore(store), to_e164)
    merging = CustomerMerging(store, lambda: MONDAY)
    center = InMemoryCenterStore(a_center())
    monkeypatch.setattr(bootstrap, "teams", lambda: Teams(center, InMemoryUserStore(center)))
    monkeypatch.setattr(bootstrap, "customers", lambda: service)
    monkeypatch.setattr(bootstrap, "customer_search", lambda: search)
    monkeypatch.setattr(bootstrap, "customer_merging", lambda: merging)
    monkeypatch.setattr(bootstrap, "people", lambda: People("ben"))
    return store


type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(store: InMemoryCustomerStore) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    def run(path: str, group: str = "agent", body: object = None) -> tuple[int, Any]:
        """Posts where there is a body, also an empty one."""
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        with Client(app) as client:
            if body is None:
                answer = client.http.get(path, headers=headers)
            else:
                answer = client.http.post(path, headers=headers, body=json.dumps(body))
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


# --- search, merge, unmerge -----------------------------------------------------------------------


def test_one_box_finds_and_says_by_what(ask: Ask) -> None:
    status, found = ask("/v1/customers?search=202/555-0123")

    (match,) = found.pop("matches")
    assert (status, found) == (200, {"isAmbiguous": False, "isComplete": True})
    assert (match["customer"]["name"], match["matchedBy"]) == ("Ana Silva", ["phone"])


def test_a_box_with_too_little_in_it_is_refused(ask: Ask) -> None:
    status, refusal = ask("/v1/customers?search=a")

    assert (status, refusal["field"], refusal["value"]) == (422, "search", "a")


def test_two_are_merged_and_taken_apart(ask: Ask, store: InMemoryCustomerStore) -> None:
    """The old id is answered with the one, and says so."""
    store.create(a_customer("C-b", name="Anna", phones=("+12025550188",)))
    body = {"customerId": "C-b", "version": 1}

    merged, pair = ask("/v1/customers/C-ana/merge", "supervisor", body)
    _, old = ask("/v1/customers/C-b")
    apart, both = ask("/v1/customers/C-b/unmerge", "supervisor", {})

    assert (merged, pair["customer"]["absorbed"]) == (200, ["C-b"])
    assert (pair["other"]["merged"]["into"], pair["other"]["merged"]["by"]) == ("C-ana", "ben")
    assert (old["customer"]["customerId"], old["redirectedFrom"]) == ("C-ana", "C-b")
    assert (apart, both["other"]["merged"]) == (200, None)
    assert both["customer"]["phones"] == [ANAS_NUMBER]


def test_a_merge_is_shown_before_it_is_made(ask: Ask, store: InMemoryCustomerStore) -> None:
    """To supervisors; both as they would be, and the version to name."""
    store.create(a_customer("C-b", name="Anna", phones=("+12025550188",)))

    status, shown = ask("/v1/customers/C-ana/merge?customerId=C-b", "supervisor")

    assert (status, shown["customer"]["phones"]) == (200, [ANAS_NUMBER, "+12025550188"])
    assert (shown["other"]["version"], shown["other"]["merged"]) == (1, None)
    assert ask("/v1/customers/C-ana/merge?customerId=C-b", "agent")[0] == 403


def test_a_merge_of_an_old_version_is_a_conflict_that_shows_the_new_one(
    ask: Ask, store: InMemoryCustomerStore
) -> None:
    store.create(a_customer("C-b", name="Anna"))

    status, refusal = ask(
        "/v1/customers/C-ana/merge", "supervisor", {"customerId": "C-b", "version": 7}
    )

    assert (status, refusal["field"], refusal["current"]["version"]) == (409, "version", 1)


@pytest.mark.parametrize("group", ["agent", "trainee", "admin", "finance"])
def test_who_may_not_merge_changes_nothing(
    ask: Ask, store: InMemoryCustomerStore, group: str
) -> None:
    store.create(a_customer("C-b", name="Anna"))
    body = {"customerId": "C-b", "version": 1}

    answers = [
        ask("/v1/customers/C-ana/merge", group, body)[0],
        ask("/v1/customers/C-b/unmerge", group, {})[0],
    ]

    assert answers == [403, 403]
    assert store.customers[CustomerId("C-b")].merged is None


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
