"""Scenario 2: an unknown caller, duplicates, and two records of one person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.events import Endpoint
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.screen_pop import ScreenPop
from tests.given import ANAS_NUMBER, MONDAY, a_contact, a_customer, a_ticket, later
from tests.house import House

UNKNOWN = "+12025550199"
ANA, ANNA = CustomerId("C-ana"), CustomerId("C-anna")


@pytest.fixture
def house() -> House:
    return House()


def calls(house: House, number: str) -> ContactId:
    return house.rings(customer_endpoint=Endpoint(number), display_name=None)


def test_two_calls_in_the_same_moment_each_told_twice_make_one_customer(house: House) -> None:
    """Both contacts point to it."""
    contacts = [calls(house, UNKNOWN) for _ in range(2)]
    for change in [each for commit in house.contacts.commits for each in commit.changes] * 2:
        house.reactions.react(change.after.contact_id, change.facts)

    (customer,) = house.customers.customers.values()
    assert customer.created_by == "inbound call"
    assert {house.contact(each).customer_id for each in contacts} == {customer.customer_id}


def test_a_hundred_withheld_numbers_are_a_hundred_contacts_of_nobody(house: House) -> None:
    """Each contact is kept, and says that the caller is anonymous."""
    contacts = [house.rings(customer_endpoint=None) for _ in range(100)]
    house.streams()

    found = [house.contact(each) for each in contacts]
    assert len(set(contacts)) == 100
    assert {(contact.customer_id, contact.caller) for contact in found} == {(None, "anonymous")}
    assert not house.customers.customers


def test_two_who_share_a_number_are_both_shown_and_none_is_chosen(house: House) -> None:
    house.customers.create(a_customer("C-ana"))
    house.customers.create(a_customer("C-rui", name="Rui"))

    contact = house.contact(calls(house, ANAS_NUMBER))

    pop = ScreenPop(house.customers, to_e164).build(contact, at=MONDAY)
    assert (contact.customer_id, pop.customer) == (None, None)
    assert [each.customer_id for each in pop.candidates] == ["C-ana", "C-rui"]


def test_merging_moves_seven_tickets_and_undone_both_are_as_before(house: House) -> None:
    """Who was merged into keeps the id; a call that began before shows all of it."""
    for number, customer in (("+12025550123", ANA), ("+12025550188", ANNA)):
        house.customers.create(a_customer(customer, name=customer, phones=(number,)))
    for n in range(7):
        house.tickets.create(a_ticket(f"T-{n}", customer_id=ANNA, created_at=later(hours=n)))
    house.customer_service.record_contact(a_contact("c-old", customer_id=ANNA))
    running = house.contact(calls(house, "+12025550188"))
    files = [house.customers.file(each) for each in (ANA, ANNA)]
    merging = CustomerMerging(house.customers, house.now)

    merging.merge(ANA, ANNA, version=1, by="sue")
    pop = ScreenPop(house.customers, to_e164).build(running, at=MONDAY)
    again = house.contact(calls(house, "+12025550188"))
    merging.undo(ANNA)

    assert pop.customer is not None
    assert pop.customer.customer_id == again.customer_id == ANA
    assert [ticket.ticket_id for ticket in pop.tickets] == [f"T-{n}" for n in range(6, -1, -1)]
    assert [each.contact_id for each in pop.history] == ["c-old"]
    restored = [house.customers.file(each) for each in (ANA, ANNA)]
    for before, after in zip(files, restored, strict=True):
        assert replace(after, customer=replace(after.customer, version=1)) == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5511987654321", "+551187654321"),
        ("+5491123456789", "+541123456789"),
        ("+525512345678", "+5215512345678"),
    ],
)
def test_a_mobile_number_in_either_form_is_one_person(house: House, one: str, other: str) -> None:
    """Brazil's ninth digit, Argentina's 9, Mexico's 1."""
    contacts = [house.contact(calls(house, number)) for number in (one, other)]

    (customer,) = house.customers.customers
    assert [contact.customer_id for contact in contacts] == [customer, customer]
