"""One box for numbers, names, tickets, addresses and ids."""

from __future__ import annotations

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import CustomerId
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.customer_search import CustomerSearch
from chalicelib.services.customers import FOUND_AT_MOST
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import MONDAY, a_customer, a_ticket

RUI = CustomerId("C-rui")


@pytest.fixture
def store() -> InMemoryCustomerStore:
    store = InMemoryCustomerStore()
    store.create(a_customer(details={"AccountNumber": "4711"}))
    store.create(a_customer("C-rui", name="Rui Costa", phones=("+5491123456789",), emails=()))
    return store


@pytest.fixture
def search(store: InMemoryCustomerStore) -> CustomerSearch:
    tickets = InMemoryTicketStore(store)
    tickets.create(a_ticket("T-ABC234", customer_id=RUI))
    tickets.create(a_ticket("T-NOBODY"))
    return CustomerSearch(store, tickets, to_e164)


@pytest.mark.parametrize(
    ("typed", "found", "by"),
    [
        ("+1 202-555-0123", "C-ana", "phone"),
        ("(202) 555-0123", "C-ana", "phone"),
        ("202/555-0123", "C-ana", "phone"),
        ("2025550123", "C-ana", "phone"),
        ("+54 11 2345-6789", "C-rui", "phone"),
        ("ana", "C-ana", "name"),
        ("  SIL ", "C-ana", "name"),
        ("costa  rui", "C-rui", "name"),
        ("T-ABC234", "C-rui", "ticket"),
        ("t-abc234", "C-rui", "ticket"),
        ("Ana@Example.com", "C-ana", "email"),
        ("4711", "C-ana", "account"),
        ("C-rui", "C-rui", "id"),
        ("c-rui", "C-rui", "id"),
    ],
)
def test_whatever_is_typed_finds_the_customer_and_says_how(
    search: CustomerSearch, typed: str, found: str, by: str
) -> None:
    result = search.search(typed)

    (match,) = result.matches
    assert (match.customer.customer_id, list(match.matched_by)) == (found, [by])
    assert (result.is_ambiguous, result.is_complete) == (False, True)


@pytest.mark.parametrize("typed", ["nobody", "T-NOBODY", "T-X", "C-x", "+12025550199", "555-01"])
def test_what_fits_nobody_finds_nobody(search: CustomerSearch, typed: str) -> None:
    """Also a ticket that has no customer."""
    assert not search.search(typed).matches


def test_several_who_fit_are_all_told_and_none_is_chosen(
    store: InMemoryCustomerStore, search: CustomerSearch
) -> None:
    """The surest first."""
    store.create(a_customer("C-x", name="2025550123 Ltd", phones=()))
    store.create(a_customer("C-y", name="", phones=(), details={"AccountNumber": "2025550123"}))

    found = search.search("2025550123")

    assert [(m.customer.customer_id, list(m.matched_by)) for m in found.matches] == [
        ("C-ana", ["phone"]),
        ("C-y", ["account"]),
    ]
    assert found.is_ambiguous


def test_one_who_fits_in_two_ways_is_one(
    store: InMemoryCustomerStore, search: CustomerSearch
) -> None:
    store.create(a_customer("C-y", name="QX77", phones=(), details={"AccountNumber": "QX77"}))

    (match,) = search.search("QX77").matches

    assert list(match.matched_by) == ["account", "name"]


def test_old_ids_names_and_tickets_lead_to_whom_they_were_merged_into(
    store: InMemoryCustomerStore, search: CustomerSearch
) -> None:
    CustomerMerging(store, lambda: MONDAY).merge(CustomerId("C-ana"), RUI, version=1, by="sue")

    found = [search.search(typed).matches for typed in ("C-rui", "rui", "T-ABC234")]

    assert [[m.customer.customer_id for m in each] for each in found] == [["C-ana"]] * 3


def test_more_names_than_are_told_are_said_to_be_more(
    store: InMemoryCustomerStore, search: CustomerSearch
) -> None:
    for number in range(FOUND_AT_MOST + 1):
        store.create(a_customer(f"C-{number}", name=f"Zed {number}"))

    found = search.search("zed")

    assert (len(found.matches), found.is_complete) == (FOUND_AT_MOST, False)


@pytest.mark.parametrize("typed", ["", " ", "a", "x" * 201])
def test_too_little_and_too_much_is_refused_naming_the_field(
    search: CustomerSearch, typed: str
) -> None:
    with pytest.raises(Rejected, match="it needs 2 to 200") as refused:
        search.search(typed)

    assert refused.value.field == "search"
