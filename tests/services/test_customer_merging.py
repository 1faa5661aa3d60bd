"""Two customers merged and taken apart, with everything that lies under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.adapters.numbering import to_e164
from chalicelib.core.customer import Customer, HistoryLine
from chalicelib.core.errors import Conflict, LostRace, NotFound, Rejected
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.sla import Terms
from chalicelib.services.customer_merging import CustomerMerging
from chalicelib.services.customers import CustomersService
from chalicelib.services.ports import Unavailable
from chalicelib.services.tickets import TicketsService
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import ANAS_NUMBER, MONDAY, a_customer, a_ticket, later

A, B = CustomerId("C-a"), CustomerId("C-b")
BS_NUMBER = "+12025550188"


@pytest.fixture
def store() -> InMemoryCustomerStore:
    """Ana with a contact; Anna, who is the same, with three contacts and seven tickets."""
    store = InMemoryCustomerStore()
    store.create(a_customer("C-a"))
    store.create(a_customer("C-b", name="Anna Sylva", phones=(BS_NUMBER,), emails=()))
    for owner, contact, day in ((A, "c-1", 1), (B, "c-2", 2), (B, "c-3", 3), (B, "c-4", 4)):
        store.write_line(owner, line(contact, day), facts=9)
    tickets = InMemoryTicketStore(store)
    for number in range(7):
        tickets.create(a_ticket(f"T-{number}", customer_id=B, created_at=later(hours=number)))
    store.calls.clear()
    return store


@pytest.fixture
def merging(store: InMemoryCustomerStore) -> CustomerMerging:
    return CustomerMerging(store, lambda: MONDAY)


def line(contact_id: str, day: int) -> HistoryLine:
    return HistoryLine(
        contact_id=ContactId(contact_id), channel=Channel.VOICE, initiated_at=later(days=day)
    )


def unversioned(store: InMemoryCustomerStore) -> dict[CustomerId, Customer]:
    return {key: replace(each, version=1) for key, each in store.customers.items()}


def test_a_preview_is_what_the_merge_makes_and_saves_nothing(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """One rule for both: what was shown is what happens."""
    before = dict(store.customers)

    shown = merging.preview(A, B)

    assert before == store.customers
    made = merging.merge(A, B, version=1, by="sue").customer
    assert replace(made, version=1) == replace(shown.customer, version=1)
    assert (B, None) == (shown.other.customer_id, shown.other.merged)


def test_a_preview_is_refused_for_what_the_merge_is_refused_for(merging: CustomerMerging) -> None:
    """Nobody confirms what cannot be."""
    with pytest.raises(Rejected):
        merging.preview(A, A)
    with pytest.raises(NotFound):
        merging.preview(A, CustomerId("C-nobody"))
    merging.merge(A, B, version=1, by="sue")
    with pytest.raises(Conflict):
        merging.preview(A, B)


def test_tickets_and_contacts_of_both_are_the_first_ones(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """Under the old id, too, which contact records still name."""
    pair = merging.merge(A, B, version=1, by="sue")

    file, old = store.file(A), store.file(B)
    assert (pair.customer.customer_id, pair.other.merged is not None) == ("C-a", True)
    assert [each.contact_id for each in file.history] == ["c-4", "c-3", "c-2", "c-1"]
    assert [each.ticket_id for each in file.open_tickets] == [f"T-{n}" for n in range(6, -1, -1)]
    assert old == replace(file, redirected_from=B)


def test_tickets_are_listed_under_both_ids(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """A ticket that is opened for the old id afterwards is among them."""
    tickets = TicketsService(
        InMemoryTicketStore(store),
        store,
        user=lambda _: None,
        terms=Terms,
        now=lambda: MONDAY,
        new_id=lambda: "t",
    )
    merging.merge(A, B, version=1, by="sue")
    InMemoryTicketStore(store).create(a_ticket("T-9", customer_id=B, created_at=later(days=1)))

    listed = [[t.ticket_id for t in tickets.list(customer_id=each)] for each in (A, B)]

    assert listed[0] == listed[1] == ["T-9", *(f"T-{n}" for n in range(6, -1, -1))]


def test_callers_of_either_number_are_the_first(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    merging.merge(A, B, version=1, by="sue")
    customers = CustomersService(store, to_e164)

    callers = [
        customers.identify(ContactId("c-9"), Endpoint(number), MONDAY).customer_id
        for number in (ANAS_NUMBER, BS_NUMBER)
    ]

    assert callers == [A, A]


def test_undone_everything_is_where_it_was(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """Only the versions count on, so that nobody saves over what they did not see."""
    before, files = unversioned(store), [store.file(A), store.file(B)]
    merging.merge(A, B, version=1, by="sue")

    pair = merging.undo(B)

    assert unversioned(store) == before
    assert (pair.customer.version, pair.other.version) == (3, 3)
    assert [file.history for file in files] == [store.file(each).history for each in (A, B)]
    assert [file.open_tickets for file in files] == [
        store.file(each).open_tickets for each in (A, B)
    ]


def test_what_came_meanwhile_stays_with_the_first(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """Contacts that were written for the first, and a number that was added to it."""
    merging.merge(A, B, version=1, by="sue")
    now = store.customers[A]
    store.save(now, replace(now, phones=(*now.phones, "+12025550166")))
    store.write_line(A, line("c-9", 9), facts=9)

    merging.undo(B)

    assert store.customers[A].phones == (ANAS_NUMBER, "+12025550166")
    assert [each.contact_id for each in store.file(A).history] == ["c-9", "c-1"]
    assert [each.contact_id for each in store.file(B).history] == ["c-4", "c-3", "c-2"]


def test_the_same_merge_twice_is_one(
    store: InMemoryCustomerStore, merging: CustomerMerging
) -> None:
    """Whoever got no answer asks again, with the version that they know."""
    first = merging.merge(A, B, version=1, by="sue")

    assert merging.merge(A, B, version=1, by="sue") == first


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("is_undoing", [False, True])
def test_whoever_dies_at_the_write_is_followed_by_one_who_ends_it(
    store: InMemoryCustomerStore,
    merging: CustomerMerging,
    monkeypatch: pytest.MonkeyPatch,
    is_written: bool,
    is_undoing: bool,
) -> None:
    """There is one write, so there is a before and an after and nothing between."""
    quiet, write = quietly(is_undoing), store.save_together
    step: Callable[[], object] = lambda: merging.merge(A, B, version=1, by="sue")  # noqa: E731
    if is_undoing:
        step()
        step = lambda: merging.undo(B)  # noqa: E731

    def die(changes: object) -> None:
        if is_written:
            write(changes)  # type: ignore[arg-type]  # passed on
        raise Unavailable("killed")

    monkeypatch.setattr(store, "save_together", die)
    with pytest.raises(Unavailable):
        step()
    monkeypatch.setattr(store, "save_together", write)
    seen_between = [each.contact_id for each in store.file(B).history]
    if is_undoing and is_written:
        with pytest.raises(Conflict, match="'C-b' is not merged"):
            step()
    else:
        step()

    assert sorted(set(seen_between)) == sorted(seen_between)
    assert unversioned(store) == quiet


def quietly(is_undoing: bool) -> dict[CustomerId, Customer]:
    """How the two end when nobody dies."""
    store = InMemoryCustomerStore()
    store.create(a_customer("C-a"))
    store.create(a_customer("C-b", name="Anna Sylva", phones=(BS_NUMBER,), emails=()))
    merging = CustomerMerging(store, lambda: MONDAY)
    merging.merge(A, B, version=1, by="sue")
    if is_undoing:
        merging.undo(B)
    return unversioned(store)


def test_a_race_for_the_first_is_run_again(
    store: InMemoryCustomerStore, merging: CustomerMerging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gave it a number between our look and our write."""
    write = store.save_together

    def late(changes: object) -> None:
        monkeypatch.setattr(store, "save_together", write)
        now = store.customers[A]
        store.save(now, replace(now, phones=(*now.phones, "+12025550166")))
        raise LostRace("late")

    monkeypatch.setattr(store, "save_together", late)

    merging.merge(A, B, version=1, by="sue")

    assert store.customers[A].phones == (ANAS_NUMBER, "+12025550166", BS_NUMBER)


@pytest.mark.parametrize(
    ("kept", "other", "version", "kind", "field"),
    [
        ("C-a", "C-x", 1, NotFound, "customerId"),
        ("C-x", "C-b", 1, NotFound, "customerId"),
        ("C-a", "C-a", 1, Rejected, "customerId"),
        ("C-a", "C-b", 4, Conflict, "version"),
    ],
)
def test_a_merge_that_cannot_be_is_refused_naming_the_field(
    merging: CustomerMerging,
    kept: str,
    other: str,
    version: int,
    kind: type[Rejected],
    field: str,
) -> None:
    with pytest.raises(kind) as refused:
        merging.merge(CustomerId(kept), CustomerId(other), version=version, by="sue")

    assert refused.value.field == field


def test_one_who_is_not_merged_is_not_taken_apart(merging: CustomerMerging) -> None:
    with pytest.raises(Conflict, match="'C-b' is not merged"):
        merging.undo(B)
    with pytest.raises(NotFound):
        merging.undo(CustomerId("C-x"))
