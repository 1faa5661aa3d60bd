"""Tickets opened by hand, by wrap-ups, changed by several at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest

from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import AfterContactWorkEnded
from chalicelib.core.ids import AgentId, CustomerId, TicketId
from chalicelib.core.sla import Terms
from chalicelib.core.ticket import Link, LinkKind, Note, Ticket, TicketDraft, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit
from chalicelib.services.tickets import TicketsService
from tests.fakes.people import InMemoryCustomerStore, InMemoryTicketStore
from tests.given import MONDAY, a_contact, a_customer, a_ticket, later
from tests.house import USERS

S = TicketStatus


class Clock:
    """Goes on a second at every look."""

    def __init__(self) -> None:
        self._seconds = count()

    def __call__(self) -> datetime:
        return later(seconds=next(self._seconds))


@pytest.fixture
def customers() -> InMemoryCustomerStore:
    store = InMemoryCustomerStore()
    store.create(a_customer())
    return store


@pytest.fixture
def store(customers: InMemoryCustomerStore) -> InMemoryTicketStore:
    return InMemoryTicketStore(customers)


@pytest.fixture
def service(store: InMemoryTicketStore, customers: InMemoryCustomerStore) -> TicketsService:
    ids = count()
    return TicketsService(
        store,
        customers,
        user={user.username: user for user in USERS}.get,
        terms=Terms,
        now=Clock(),
        new_id=lambda: f"id-{next(ids):04d}",
    )


def open_one(service: TicketsService, **said: object) -> Ticket:
    draft = TicketDraft(**{"subject": "Broken lamp", **said})  # type: ignore[arg-type]  # names as in TicketDraft
    return service.create(draft, by="ben")


def wrapped_up(**said: object) -> AfterContactWorkEnded:
    fact = {"agent_id": AgentId("a-ben"), "is_by_server": False, "disposition": "sale", **said}
    return AfterContactWorkEnded(**fact)  # type: ignore[arg-type]  # names as in the fact


def test_a_ticket_is_read_as_it_was_opened(service: TicketsService) -> None:
    """Note and history included."""
    opened = open_one(service, customer_id=CustomerId("C-ana"), note="Bulb is fine")

    assert service.get(opened.ticket_id) == opened
    assert [note.text for note in opened.notes] == ["Bulb is fine"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"owner": "nobody"}, "owner"),
        ({"customer_id": "C-x"}, "customerId"),
        ({"follows": "T-x"}, "follows"),
        ({"note": ""}, "note"),
        ({"subject": ""}, "subject"),
        ({"status": S.FOLLOW_UP}, "owner"),
    ],
)
def test_a_ticket_that_names_what_is_not_there_is_refused(
    service: TicketsService, store: InMemoryTicketStore, said: dict[str, object], field: str
) -> None:
    """Nothing is stored."""
    with pytest.raises(Rejected) as refused:
        open_one(service, **said)

    assert refused.value.field == field
    assert not store.tickets


def test_a_disabled_agent_cannot_become_the_owner(service: TicketsService) -> None:
    """Work is handed to somebody who can do it."""
    ticket = open_one(service)

    with pytest.raises(Rejected) as refused:
        service.update(ticket.ticket_id, TicketEdit(owner="dora"), version=1, by="ben")

    assert (refused.value.field, refused.value.value) == ("owner", "dora")


def test_of_two_who_save_the_same_version_one_wins(service: TicketsService) -> None:
    """The other sees what the winner did, field by field."""
    ticket = open_one(service)
    service.update(ticket.ticket_id, TicketEdit(status=S.CLOSED), version=1, by="cleo")

    with pytest.raises(Conflict) as lost:
        service.update(ticket.ticket_id, TicketEdit(status=S.RESOLVED), version=1, by="ben")

    assert lost.value.difference == {"status": (S.RESOLVED, S.CLOSED)}
    assert service.get(ticket.ticket_id).status is S.CLOSED


def test_losing_the_race_between_read_and_write_shows_the_difference_too(
    service: TicketsService, store: InMemoryTicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's refusal becomes the same answer as a stale version."""
    ticket = open_one(service)
    save = store.save

    def beaten(before: Ticket, after: Ticket, note: Note | None = None) -> None:
        monkeypatch.setattr(store, "save", save)
        service.update(ticket.ticket_id, TicketEdit(subject="Lamp"), version=1, by="cleo")
        store.save(before, after, note)

    monkeypatch.setattr(store, "save", beaten)

    with pytest.raises(Conflict) as lost:
        service.update(ticket.ticket_id, TicketEdit(subject="Bulb"), version=1, by="ben", note="?")

    assert lost.value.difference == {"subject": ("Bulb", "Lamp")}
    assert not service.get(ticket.ticket_id).notes


def test_a_transaction_that_met_another_is_run_again(
    service: TicketsService, store: InMemoryTicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writes to one list can collide without anybody having changed this ticket."""
    ticket = open_one(service)
    save = store.save

    def collides(before: Ticket, after: Ticket, note: Note | None = None) -> None:
        monkeypatch.setattr(store, "save", save)
        raise Conflict("TransactionConflict")

    monkeypatch.setattr(store, "save", collides)

    changed = service.update(ticket.ticket_id, TicketEdit(subject="Lamp"), version=1, by="ben")

    assert (changed.version, service.get(ticket.ticket_id).subject) == (2, "Lamp")


def test_a_thousand_notes_are_all_there_in_order(service: TicketsService) -> None:
    """Notes do not compete: the version everybody had at the start is good for all of them."""
    ticket = open_one(service)

    for n in range(1000):
        service.update(ticket.ticket_id, TicketEdit(), version=1, by="ben", note=f"note {n}")

    assert [note.text for note in service.get(ticket.ticket_id).notes] == [
        f"note {n}" for n in range(1000)
    ]


def test_a_thousand_notes_at_once_are_all_there_in_order(service: TicketsService) -> None:
    """From many hands in parallel, to a ticket that somebody changes meanwhile."""
    ticket = open_one(service)
    texts = {f"note {n}" for n in range(1000)}

    def write(text: str) -> None:
        service.update(ticket.ticket_id, TicketEdit(), version=1, by="ben", note=text)

    with ThreadPoolExecutor(max_workers=16) as hands:
        written = list(hands.map(write, sorted(texts)))
        service.update(ticket.ticket_id, TicketEdit(subject="Lamp"), version=1, by="cleo")

    read = service.get(ticket.ticket_id)
    assert len(written) == 1000
    assert {note.text for note in read.notes} == texts
    assert list(read.notes) == sorted(read.notes, key=lambda note: (note.at, note.note_id))


def test_a_link_to_a_ticket_that_is_not_there_is_refused(service: TicketsService) -> None:
    """And one to a ticket that is, is kept."""
    ticket, other = open_one(service), open_one(service)

    missing = Link(LinkKind.RELATES, TicketId("T-x"))
    with pytest.raises(Rejected) as refused:
        service.update(ticket.ticket_id, TicketEdit(add_link=missing), version=1, by="ben")
    link = Link(LinkKind.DUPLICATES, other.ticket_id)
    linked = service.update(ticket.ticket_id, TicketEdit(add_link=link), version=1, by="ben")

    assert (refused.value.field, refused.value.value) == ("link.ticketId", "T-x")
    assert linked.links == (link,)


def test_a_note_on_an_unknown_ticket_is_not_found(
    service: TicketsService, store: InMemoryTicketStore
) -> None:
    """It does not float about."""
    with pytest.raises(NotFound):
        service.update(TicketId("T-x"), TicketEdit(), version=1, by="ben", note="hello")

    assert not store.notes


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["T-4", "T-3", "T-2", "T-1"]),
        ({"status": S.OPEN}, ["T-3", "T-1"]),
        ({"owner": "ben"}, ["T-4", "T-1"]),
        ({"owner": "ben", "status": S.OPEN}, ["T-1"]),
        ({"customer_id": CustomerId("C-ana")}, ["T-3", "T-2"]),
        ({"customer_id": CustomerId("C-ana"), "status": S.CLOSED}, ["T-2"]),
        ({"customer_id": CustomerId("C-ana"), "owner": "cleo"}, ["T-2"]),
        ({"limit": 1}, ["T-4"]),
    ],
)
def test_tickets_are_listed_by_all_that_is_asked_newest_first(
    service: TicketsService,
    store: InMemoryTicketStore,
    asked: dict[str, object],
    expected: list[str],
) -> None:
    """Filters narrow together."""
    ana = CustomerId("C-ana")
    store.create(a_ticket("T-1", owner="ben", created_at=later(hours=1)))
    store.create(
        a_ticket("T-2", status=S.CLOSED, owner="cleo", customer_id=ana, created_at=later(hours=2))
    )
    store.create(a_ticket("T-3", customer_id=ana, created_at=later(hours=3)))
    store.create(a_ticket("T-4", status=S.RESOLVED, owner="ben", created_at=later(hours=4)))

    found = service.list(**asked)  # type: ignore[arg-type]  # names as in list

    assert [ticket.ticket_id for ticket in found] == expected


# --- from a wrap-up -----------------------------------------------------------------------------


@pytest.fixture
def react(service: TicketsService) -> Callable[..., TicketId | None]:
    def run(ended: AfterContactWorkEnded, at: datetime = MONDAY) -> TicketId | None:
        contact = a_contact(customer_id=CustomerId("C-ana"))
        return service.open_from_wrap_up(ended, contact, fact_id="c-1:12", at=at)

    return run


type React = Callable[..., TicketId | None]


def test_the_same_wrap_up_twice_opens_one_ticket(react: React, store: InMemoryTicketStore) -> None:
    """Streams deliver again; tickets do not double."""
    ended = wrapped_up(ticket_status="open", ticket_subject="Lamp", note="Call back")

    assert react(ended) == react(ended)

    (ticket_id,) = store.tickets
    ticket = store.get(ticket_id)
    assert ([n.text for n in ticket.notes], len(ticket.history)) == (["Call back"], 1)


def test_a_wrap_up_opens_its_ticket_though_another_transaction_was_in_the_way(
    react: React, store: InMemoryTicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conflict says that a ticket exists only if it does."""
    create = store.create

    def crowded(ticket: Ticket, note: Note | None = None) -> None:
        monkeypatch.setattr(store, "create", create)
        raise Conflict("a row of its lists was being written")

    monkeypatch.setattr(store, "create", crowded)

    ticket_id = react(wrapped_up(ticket_status="open", ticket_subject="Lamp"))

    assert list(store.tickets) == [ticket_id]


def test_the_same_wrap_up_twice_changes_a_chosen_ticket_once(
    react: React, store: InMemoryTicketStore
) -> None:
    """Even when somebody moved the ticket on between the two."""
    store.create(a_ticket())
    ended = wrapped_up(ticket_id=TicketId("T-17"), ticket_status="resolved", note="Fixed")
    react(ended)
    resolved = store.get(TicketId("T-17"))
    store.save(resolved, replace(resolved, version=3, status=S.OPEN))

    react(ended)

    ticket = store.get(TicketId("T-17"))
    assert (ticket.status, ticket.version, len(ticket.notes)) == (S.OPEN, 3, 1)
    assert (ticket.contact_ids, ticket.customer_id) == (("c-1",), "C-ana")


def test_a_wrap_up_survives_somebody_else_saving_first(
    react: React, store: InMemoryTicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It loads again and decides again."""
    store.create(a_ticket())
    save = store.save

    def beaten(before: Ticket, after: Ticket, note: Note | None = None) -> None:
        monkeypatch.setattr(store, "save", save)
        save(before, replace(before, version=2, subject="Lamp"))
        save(before, after, note)

    monkeypatch.setattr(store, "save", beaten)

    react(wrapped_up(ticket_id=TicketId("T-17"), ticket_status="resolved"))

    ticket = store.get(TicketId("T-17"))
    assert (ticket.status, ticket.subject, ticket.version) == (S.RESOLVED, "Lamp", 3)


def test_a_ticket_closed_long_ago_is_followed_by_a_new_one(
    react: React, store: InMemoryTicketStore
) -> None:
    """Fifteen days later the promise is a new one, linked to the old."""
    store.create(a_ticket(status=S.CLOSED))
    ended = wrapped_up(ticket_id=TicketId("T-17"), ticket_status="open")

    first, again = (react(ended, later(days=15)) for _ in range(2))

    assert first == again != "T-17"
    assert store.get(TicketId(str(first))).follows == "T-17"


def test_a_chosen_ticket_that_is_not_there_becomes_a_new_one(
    react: React, store: InMemoryTicketStore
) -> None:
    """The agent's words are kept either way."""
    made = react(wrapped_up(ticket_id=TicketId("T-x"), ticket_status="open", note="Hello"))

    assert made is not None
    assert [n.text for n in store.get(made).notes] == ["Hello"]


def test_a_wrap_up_without_a_status_opens_nothing(react: React, store: InMemoryTicketStore) -> None:
    """Not every contact leaves something to do."""
    assert react(wrapped_up()) is None
    assert not store.tickets


def test_a_wrap_up_ended_by_the_server_is_a_to_do_for_the_agent(
    react: React, store: InMemoryTicketStore
) -> None:
    """A follow-up in the agent's own list, due in a day."""
    made = react(wrapped_up(is_by_server=True, disposition=None))

    assert made is not None
    assert [t.ticket_id for t in store.listed(S.FOLLOW_UP, owner="ben", limit=9)] == [made]
    assert store.get(made).due_at == later(hours=24)
