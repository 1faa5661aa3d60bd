"""What every CustomerStore promises."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from pynamodb.exceptions import PutError

from chalicelib.adapters.dynamo.customers import DynamoCustomerStore
from chalicelib.adapters.dynamo.shared import connection
from chalicelib.adapters.dynamo.tables import CustomersRow, TicketsRow
from chalicelib.adapters.dynamo.tickets import DynamoTicketStore
from chalicelib.core.customer import Customer, HistoryLine
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import Channel
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.merging import merge, take_apart
from chalicelib.core.ticket import TicketStatus
from chalicelib.core.ticket_edit import TicketEdit, edit
from chalicelib.services.ports import CustomerStore, TicketStore, Unavailable
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import ANAS_NUMBER, MONDAY, a_customer, a_ticket, later

ANA = CustomerId("C-ana")

type Stores = tuple[CustomerStore, TicketStore]


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        customers = InMemoryCustomerStore()
        return customers, InMemoryTicketStore(customers)
    request.getfixturevalue("bind_tables")(customers=[CustomersRow], tickets=[TicketsRow])
    return DynamoCustomerStore(), DynamoTicketStore()


@pytest.fixture
def store(stores: Stores) -> CustomerStore:
    return stores[0]


def line(contact_id: str, days_ago: int, disposition: str | None = None) -> HistoryLine:
    return HistoryLine(
        contact_id=ContactId(contact_id),
        channel=Channel.CHAT,
        initiated_at=later(days=-days_ago),
        disposition=disposition,
    )


def test_a_customer_is_read_as_it_was_created(store: CustomerStore) -> None:
    """Every field comes back."""
    customer = a_customer(first_contact_id=ContactId("c-1"))

    store.create(customer)

    assert store.file(ANA).customer == customer
    assert store.get_many([ANA]) == [customer]


def test_an_id_is_given_once(store: CustomerStore) -> None:
    """The second create changes nothing, index entries included."""
    store.create(a_customer())

    with pytest.raises(Conflict):
        store.create(a_customer(name="Rui", phones=("+12025550188",)))

    assert store.file(ANA).customer.name == "Ana Silva"
    assert not store.with_phone("+12025550188")
    assert not store.named("Rui", limit=9)


def test_everybody_with_a_number_is_found_by_id_order(store: CustomerStore) -> None:
    """Several share one, and one has several."""
    store.create(a_customer("C-2", phones=(ANAS_NUMBER,), name="Rui"))
    store.create(a_customer("C-1", phones=("+12025550124", ANAS_NUMBER)))

    assert [(b.customer_id, b.name) for b in store.with_phone(ANAS_NUMBER)] == [
        ("C-1", "Ana Silva"),
        ("C-2", "Rui"),
    ]
    assert [b.customer_id for b in store.with_phone("+12025550124")] == ["C-1"]
    assert not store.with_phone("+12025550199")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ana", ["C-1", "C-3"]),
        ("SIL", ["C-1"]),
        ("silva ana", ["C-1"]),
        ("anã s", ["C-1"]),
        ("na", []),
        ("", []),
    ],
)
def test_names_are_found_from_any_word_on(
    store: CustomerStore, typed: str, found: list[str]
) -> None:
    """Case and accents do not count."""
    store.create(a_customer("C-1", name="Ana Sílva"))
    store.create(a_customer("C-2", name=""))
    store.create(a_customer("C-3", name="Joana Anatol"))

    assert [brief.customer_id for brief in store.named(typed, limit=9)] == found


def test_as_many_names_as_asked_for(store: CustomerStore) -> None:
    """A search for one letter does not bring the whole town."""
    for n in range(5):
        store.create(a_customer(f"C-{n}", name=f"Ana {n}"))

    assert [b.name for b in store.named("a", limit=3)] == ["Ana 0", "Ana 1", "Ana 2"]


def test_those_who_exist_come_in_the_order_asked(store: CustomerStore) -> None:
    """Unknown ids are left out, repeated ones come once."""
    store.create(a_customer("C-1"))
    store.create(a_customer("C-2"))

    asked = [CustomerId(each) for each in ("C-2", "C-x", "C-1", "C-2")]

    assert [customer.customer_id for customer in store.get_many(asked)] == ["C-2", "C-1"]
    assert not store.get_many([])


def test_a_file_holds_contacts_and_open_tickets_newest_first(stores: Stores) -> None:
    """What a screen pop needs; closed tickets are not in it."""
    customers, tickets = stores
    customers.create(a_customer())
    for contact, days_ago in (("c-a", 30), ("c-c", 1), ("c-b", 9)):
        customers.write_line(ANA, line(contact, days_ago), facts=3)
    for name, status, hour in (("T-1", "open", 1), ("T-2", "closed", 2), ("T-3", "open", 3)):
        tickets.create(
            a_ticket(
                name, status=TicketStatus(status), customer_id=ANA, created_at=later(hours=hour)
            )
        )

    file = customers.file(ANA)

    assert [each.contact_id for each in file.history] == ["c-c", "c-b", "c-a"]
    assert [ticket.ticket_id for ticket in file.open_tickets] == ["T-3", "T-1"]


def test_a_ticket_leaves_the_file_when_it_is_closed_and_comes_back(stores: Stores) -> None:
    """The file follows every save."""
    customers, tickets = stores
    customers.create(a_customer())
    ticket = a_ticket(customer_id=ANA)
    tickets.create(ticket)
    closed = edit(ticket, TicketEdit(status=TicketStatus.CLOSED), version=1, at=MONDAY, by="ben")

    tickets.save(ticket, closed)
    without = customers.file(ANA).open_tickets
    again = edit(closed, TicketEdit(status=TicketStatus.OPEN), version=2, at=MONDAY, by="ben")
    tickets.save(closed, again)

    assert without == ()
    assert [t.version for t in customers.file(ANA).open_tickets] == [3]


def test_a_line_is_renewed_only_by_one_that_tells_more(store: CustomerStore) -> None:
    """Deliveries come twice and out of order."""
    store.create(a_customer())

    for facts, disposition in ((5, "early"), (9, "late"), (5, "early"), (9, "again")):
        store.write_line(ANA, line("c-1", 1, disposition), facts=facts)

    assert [each.disposition for each in store.file(ANA).history] == ["late"]


def test_a_line_alone_makes_no_customer(store: CustomerStore) -> None:
    """Somebody must have created the customer."""
    store.write_line(ANA, line("c-1", 1), facts=1)

    with pytest.raises(NotFound) as missing:
        store.file(ANA)

    assert missing.value.value == ANA


def test_a_store_that_cannot_be_reached_says_so(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time-outs become Unavailable; the service decides what to do without."""
    bind_tables(customers=[CustomersRow])
    client = connection(CustomersRow).client

    def time_out(*_: object, **__: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.test")

    monkeypatch.setattr(client, "_make_api_call", time_out)
    store = DynamoCustomerStore()

    for attempt in (
        lambda: store.file(ANA),
        lambda: store.with_phone(ANAS_NUMBER),
        lambda: store.get_many([ANA]),
        lambda: store.create(a_customer()),
        lambda: store.write_line(ANA, line("c-1", 1), facts=1),
    ):
        with pytest.raises(Unavailable):
            attempt()


def test_a_store_that_is_away_is_asked_three_times_and_left_alone(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store in trouble gets no storm, and an agent no long wait."""
    bind_tables(customers=[CustomersRow])
    events = connection(CustomersRow).client.meta.events
    sent: list[object] = []

    def time_out(request: object, **_: object) -> None:
        sent.append(request)
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.test")

    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    events.register_first("before-send.dynamodb", time_out)
    try:
        with pytest.raises(Unavailable):
            DynamoCustomerStore().file(ANA)
    finally:
        events.unregister("before-send.dynamodb", time_out)

    assert len(sent) == 3


def test_a_crowded_history_is_not_a_newer_one(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the condition says that more is told already; a conflict of transactions rises, and
    the line is written when it comes again."""
    bind_tables(customers=[CustomersRow])
    client = connection(CustomersRow).client

    def crowded(*_: object, **__: object) -> None:
        code = "TransactionConflictException"
        raise ClientError({"Error": {"Code": code, "Message": code}}, "PutItem")

    with monkeypatch.context() as patch:
        patch.setattr(client, "_make_api_call", crowded)
        with pytest.raises(PutError):
            DynamoCustomerStore().write_line(ANA, line("c-1", 1), facts=1)


def test_a_screen_pop_is_one_request(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Customer, history and tickets lie in one partition for that."""
    bind_tables(customers=[CustomersRow], tickets=[TicketsRow])
    store = DynamoCustomerStore()
    store.create(a_customer())
    for n in range(120):
        store.write_line(ANA, line(f"c-{n}", n), facts=1)
    client = connection(CustomersRow).client
    calls: list[str] = []
    call = client._make_api_call

    def counted(name: str, *rest: object) -> object:
        calls.append(name)
        return call(name, *rest)

    monkeypatch.setattr(client, "_make_api_call", counted)

    file = store.file(ANA)

    assert calls == ["Query"]
    assert [each.contact_id for each in file.history] == [f"c-{n}" for n in range(99)]


def test_a_changed_customer_is_found_by_what_is_new_only(store: CustomerStore) -> None:
    """The old address leads nowhere any more; what did not change still does."""
    ana = a_customer()
    store.create(ana)
    changed = replace(ana, emails=("ana@new.example",), details={"AccountNumber": "A-7"})

    store.save(ana, changed)

    assert [] == list(store.known_by("email", "ana@example.com"))
    assert [ANA] == [brief.customer_id for brief in store.known_by("email", "ana@new.example")]
    assert [ANA] == [brief.customer_id for brief in store.known_by("account", "A-7")]
    assert [ANA] == [brief.customer_id for brief in store.with_phone(ANAS_NUMBER)]
    assert [replace(changed, version=2)] == list(store.get_many([ANA]))


def test_of_two_changes_at_once_the_second_is_a_conflict(store: CustomerStore) -> None:
    ana = a_customer()
    store.create(ana)
    store.save(ana, replace(ana, name="Ana Souza"))

    with pytest.raises(Conflict):
        store.save(ana, replace(ana, name="Ana Sousa"))

    (now,) = store.get_many([ANA])
    store.save(now, replace(now, language="en-US"))
    assert ("Ana Souza", "en-US", 3) == (
        (last := store.get_many([ANA])[0]).name,
        last.language,
        last.version,
    )


def test_a_customer_who_was_never_entered_is_not_saved(store: CustomerStore) -> None:
    ana = a_customer()

    with pytest.raises(Conflict):
        store.save(ana, replace(ana, name="Ana Souza"))
    assert [] == list(store.get_many([ANA]))


def test_all_contacts_of_one_id_are_told_newest_first(stores: Stores) -> None:
    """However many there are; not those of whoever was merged into it."""
    merged(stores)
    for n in range(120):
        stores[0].write_line(ANNA, line(f"c-n{n}", 10 + n), facts=1)

    found = [each.contact_id for each in stores[0].contacts_of(ANNA)]

    assert found == ["c-2", "c-both", *(f"c-n{n}" for n in range(120))]
    assert [each.contact_id for each in stores[0].contacts_of(ANA)] == ["c-1", "c-both"]


# --- merged ---------------------------------------------------------------------------------------

ANNA = CustomerId("C-anna")


def merged(stores: Stores) -> tuple[Customer, Customer]:
    """Anna, who is Ana: a contact and a ticket of each, and one contact that both have."""
    customers, tickets = stores
    ana, anna = a_customer(), a_customer("C-anna", name="Anna", phones=("+12025550188",))
    for each, day in ((ana, 1), (anna, 2)):
        customers.create(each)
        customers.write_line(each.customer_id, line(f"c-{day}", day), facts=3)
        customers.write_line(each.customer_id, line("c-both", 5), facts=3)
        tickets.create(a_ticket(f"T-{day}", customer_id=each.customer_id))
    customers.save_together(merge(ana, anna, at=MONDAY, by="sue"))
    return ana, anna


def test_a_merged_customer_is_read_as_whom_it_was_merged_into(stores: Stores) -> None:
    """Everything of both is there once, newest first."""
    merged(stores)

    file, old = stores[0].file(ANA), stores[0].file(ANNA)

    assert [each.contact_id for each in file.history] == ["c-1", "c-2", "c-both"]
    assert sorted(ticket.ticket_id for ticket in file.open_tickets) == ["T-1", "T-2"]
    assert (file.redirected_from, old.redirected_from) == (None, ANNA)
    assert replace(old, redirected_from=None) == file
    assert [c.customer_id for c in stores[0].get_many([ANNA, ANA])] == [ANA]
    assert [c.customer_id for c in stores[0].records([ANNA, ANA])] == [ANNA, ANA]


def test_a_merged_customer_is_found_by_number_and_name_as_the_other(stores: Stores) -> None:
    merged(stores)

    found = [
        stores[0].with_phone("+12025550188"),
        stores[0].named("anna", limit=9),
        stores[0].known_by("email", "ana@example.com"),
    ]

    assert [[brief.customer_id for brief in briefs] for briefs in found] == [[ANA]] * 3


def test_taken_apart_each_has_its_own(stores: Stores) -> None:
    """As it was, but for the count of changes."""
    ana, anna = merged(stores)
    kept, other = stores[0].records([ANA, ANNA])

    stores[0].save_together(take_apart(kept, other, ()))

    assert stores[0].records([ANA, ANNA]) == [replace(ana, version=3), replace(anna, version=3)]
    assert [each.contact_id for each in stores[0].file(ANNA).history] == ["c-2", "c-both"]
    assert [each.contact_id for each in stores[0].file(ANA).history] == ["c-1", "c-both"]
    assert [b.customer_id for b in stores[0].with_phone("+12025550188")] == [ANNA]
    assert [b.customer_id for b in stores[0].named("anna", limit=9)] == [ANNA]


def test_of_several_that_are_saved_together_none_is_when_one_is_late(store: CustomerStore) -> None:
    ana, anna = a_customer(), a_customer("C-anna", name="Anna", phones=())
    store.create(ana)
    store.create(anna)
    store.save(anna, replace(anna, language="en-US"))

    with pytest.raises(Conflict):
        store.save_together(merge(ana, anna, at=MONDAY, by="sue"))

    assert store.records([ANA]) == [ana]
    assert store.file(ANNA).redirected_from is None


def test_a_number_is_found_in_every_form_of_its_country(store: CustomerStore) -> None:
    """Argentina's mobiles with the 9 and without."""
    store.create(a_customer(phones=("+5491123456789", "+541123456789")))

    assert [b.customer_id for b in store.with_phone("+541123456789")] == [ANA]
    assert [b.customer_id for b in store.with_phone("+5491123456789")] == [ANA]


def test_undoing_leaves_the_rows_as_they_were(
    bind_tables: Callable[..., None],
) -> None:
    """Byte for byte, but for the versions of the two."""
    bind_tables(customers=[CustomersRow], tickets=[TicketsRow])
    stores = DynamoCustomerStore(), DynamoTicketStore()
    ana, anna = a_customer(), a_customer("C-anna", name="Anna", phones=("+12025550188",))
    for each in (ana, anna):
        stores[0].create(each)
        stores[1].create(a_ticket(f"T-{each.name}", customer_id=each.customer_id))
    before = everything()

    stores[0].save_together(merge(ana, anna, at=MONDAY, by="sue"))
    kept, other = stores[0].records([ANA, ANNA])
    between = everything()
    stores[0].save_together(take_apart(kept, other, ()))

    assert everything() == before != between


def everything() -> dict[tuple[str, str], str]:
    return {
        (row.pk, row.sk): re.sub(r'"version":\d+', "", row.document)
        for model in (CustomersRow, TicketsRow)
        for row in model.scan()
    }
