"""What the agent sees when a contact rings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.customer import HistoryLine, RecordedSegment, history_line
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.ticket import TicketStatus
from chalicelib.entrypoints import wire
from chalicelib.services.screen_pop import ScreenPop
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import MONDAY, a_contact, a_customer, a_ticket, later

ANA = CustomerId("C-ana")


@pytest.fixture
def store() -> InMemoryCustomerStore:
    store = InMemoryCustomerStore()
    store.create(a_customer())
    store.calls.clear()
    return store


@pytest.fixture
def pop(store: InMemoryCustomerStore) -> ScreenPop:
    return ScreenPop(store, to_e164)


def earlier(contact_id: str, days_ago: int, *segments: str) -> HistoryLine:
    return HistoryLine(
        contact_id=ContactId(contact_id),
        channel=Channel.VOICE,
        initiated_at=later(days=-days_ago),
        recordings=tuple(RecordedSegment(segment, 30.0) for segment in segments),
    )


def test_a_known_caller_brings_name_tickets_and_contacts_newest_first(
    pop: ScreenPop, store: InMemoryCustomerStore
) -> None:
    """Everything the agent needs before saying hello, asked for in one request."""
    InMemoryTicketStore(store).create(a_ticket(customer_id=ANA))
    for line in (earlier("c-a", 30, "s1"), earlier("c-c", 1), earlier("c-b", 9, "s1")):
        store.write_line(ANA, line, facts=9)
    store.calls.clear()

    shown = pop.build(a_contact(customer_id=ANA), at=later(minutes=1))

    assert shown.customer is not None
    assert (shown.customer.name, shown.customer.language) == ("Ana Silva", "pt-BR")
    assert [ticket.ticket_id for ticket in shown.tickets] == ["T-17"]
    assert [line.contact_id for line in shown.history] == ["c-c", "c-b", "c-a"]
    assert [bool(line.recordings) for line in shown.history] == [False, True, True]
    assert store.calls == ["file"]


def test_the_contact_itself_is_not_among_the_earlier_ones(
    pop: ScreenPop, store: InMemoryCustomerStore
) -> None:
    """Its own line is written while it rings."""
    contact = a_contact(customer_id=ANA)
    store.write_line(ANA, history_line(contact), facts=3)

    assert not pop.build(contact, at=MONDAY).history


def test_only_open_tickets_are_shown(pop: ScreenPop, store: InMemoryCustomerStore) -> None:
    """Resolved and closed ones have no claim on this call."""
    tickets = InMemoryTicketStore(store)
    for number, status in enumerate(TicketStatus):
        tickets.create(
            a_ticket(f"T-{number}", status=status, owner="ben", due_at=MONDAY, customer_id=ANA)
        )

    shown = pop.build(a_contact(customer_id=ANA), at=MONDAY)

    assert [t.status for t in shown.tickets] == [TicketStatus.FOLLOW_UP, TicketStatus.OPEN]


def test_a_store_that_is_down_costs_the_history_and_nothing_else(
    pop: ScreenPop, store: InMemoryCustomerStore
) -> None:
    """The agent reads `history unavailable`; the store is asked once and left alone."""
    store.is_down = True

    shown = pop.build(a_contact(customer_id=ANA), at=later(minutes=1))

    assert (shown.history_state, shown.customer) == ("unavailable", None)
    assert (shown.contact_id, shown.wait_seconds) == ("c-1", 30)
    assert len(store.calls) == 1


def test_two_who_share_the_number_are_both_shown_and_none_is_chosen(
    pop: ScreenPop, store: InMemoryCustomerStore
) -> None:
    """The agent asks who is calling."""
    store.create(a_customer("C-rui", name="Rui Silva"))

    shown = pop.build(a_contact(), at=MONDAY)

    assert shown.customer is None
    assert [(c.customer_id, c.name) for c in shown.candidates] == [
        ("C-ana", "Ana Silva"),
        ("C-rui", "Rui Silva"),
    ]


def test_a_customer_known_by_number_only_has_no_name_rather_than_a_blank_one(
    pop: ScreenPop, store: InMemoryCustomerStore
) -> None:
    """The desk then shows what the customer called themselves, or the number."""
    store.create(a_customer("C-new", name="", phones=("+12025550199",)))

    shown = pop.build(a_contact(customer_id=CustomerId("C-new")), at=MONDAY)

    assert shown.customer is not None
    assert shown.customer.name is None


def test_a_contact_not_yet_identified_finds_its_customer_by_number(pop: ScreenPop) -> None:
    """The customers could not be reached when the call came in; now they can."""
    shown = pop.build(a_contact(), at=MONDAY)

    assert shown.customer is not None
    assert not shown.candidates


@pytest.mark.parametrize("endpoint", [None, Endpoint("anonymous"), Endpoint("p-9", "VOIP")])
def test_a_withheld_number_brings_nobody(pop: ScreenPop, endpoint: Endpoint | None) -> None:
    """Ready, and empty."""
    shown = pop.build(a_contact(customer_endpoint=endpoint), at=MONDAY)

    assert (shown.customer, shown.candidates, shown.history_state) == (None, [], "ready")


def test_a_customer_who_is_gone_leaves_the_pop_empty(pop: ScreenPop) -> None:
    """An id that leads nowhere does not break the desk."""
    shown = pop.build(a_contact(customer_id=CustomerId("C-x")), at=MONDAY)

    assert (shown.customer, shown.history_state) == (None, "ready")


def test_the_pop_has_the_shape_of_the_protocol(pop: ScreenPop) -> None:
    """The names are the desk's contract."""
    shown = wire.shaped(pop.build(a_contact(customer_id=ANA), at=later(minutes=1)))

    assert shown == {
        "contactId": "c-1",
        "channel": "VOICE",
        "initiationMethod": "INBOUND",
        "subject": None,
        "queue": {"id": "q-sales", "name": "Sales"},
        "waitSeconds": 30,
        "customerEndpoint": "+12025550123",
        "attributes": {},
        "customer": {
            "customerId": "C-ana",
            "name": "Ana Silva",
            "language": "pt-BR",
            "phones": ["+12025550123"],
            "emails": ["ana@example.com"],
        },
        "candidates": [],
        "historyState": "ready",
        "history": [],
        "tickets": [],
    }


def test_a_task_brings_what_it_is_about(pop: ScreenPop) -> None:
    """Nobody talks on a task: its name, its words and its references are all the agent has."""
    contact = a_contact(channel=Channel.TASK)
    details = {
        "Name": "Refund order 7",
        "Description": "Charged twice",
        "References": {"Order": {"Type": "URL", "Value": "https://shop.example/7"}, "odd": "x"},
    }
    contact = replace(contact, session=replace(contact.session, details=details))

    shown = pop.build(contact, at=later(minutes=1)).subject

    assert shown is not None
    assert (shown.name, shown.description) == ("Refund order 7", "Charged twice")
    assert [(r.name, r.type, r.value) for r in shown.references] == [
        ("Order", "URL", "https://shop.example/7")
    ]


def test_a_contact_that_nobody_gave_a_name_has_no_subject(pop: ScreenPop) -> None:
    """An ordinary call is about what the customer says."""
    assert pop.build(a_contact(), at=later(minutes=1)).subject is None
