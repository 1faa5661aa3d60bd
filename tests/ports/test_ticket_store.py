"""What every TicketStore promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection
from chalicelib.adapters.dynamo.tables import CustomersRow, TicketsRow
from chalicelib.adapters.dynamo.tickets import DynamoTicketStore
from chalicelib.core.authority import Asked
from chalicelib.core.erasure import ERASED, erased_ticket
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.sla import Limit, Sla, SlaPolicy
from chalicelib.core.ticket import NOTE_LIMIT, Link, LinkKind, Note, Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit, edit
from chalicelib.services.ports import TicketStore
from tests.caller import OFFICE
from tests.fakes.people import InMemoryTicketStore
from tests.given import MONDAY, a_ticket, later

T17 = TicketId("T-17")
S = TicketStatus


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> TicketStore:
    if request.param == "fake":
        return InMemoryTicketStore()
    request.getfixturevalue("bind_tables")(customers=[CustomersRow], tickets=[TicketsRow])
    return DynamoTicketStore()


def note(number: int, text: str = "") -> Note:
    return Note(note_id=f"n-{number}", at=later(seconds=number), by="ben", text=text or "x")


def changed(ticket: Ticket, **fields: object) -> Ticket:
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    return edit(ticket, wanted, version=ticket.version, at=later(hours=1), by="cleo")


def test_a_ticket_is_read_as_it_was_created(store: TicketStore) -> None:
    """Every field, the note and the history come back."""
    ticket = a_ticket(
        status=S.FOLLOW_UP,
        owner="ben",
        due_at=later(hours=4),
        customer_id=CustomerId("C-ana"),
        contact_ids=(ContactId("c-1"),),
        follows=TicketId("T-3"),
    )

    store.create(ticket, note(1))

    assert store.get(T17) == replace(ticket, notes=(note(1),))


def test_an_id_is_given_once(store: TicketStore) -> None:
    """The first ticket stays as it is."""
    store.create(a_ticket())

    with pytest.raises(Conflict):
        store.create(a_ticket(subject="Another"), note(1))

    assert store.get(T17) == a_ticket()


def test_there_is_no_ticket_of_an_unknown_id(store: TicketStore) -> None:
    """Not even where a list has that name."""
    store.create(a_ticket())

    for unknown in ("T-x", "status#open"):
        with pytest.raises(NotFound) as missing:
            store.get(TicketId(unknown))
        assert missing.value.value == unknown


def test_of_two_saves_of_one_version_the_second_is_a_conflict(store: TicketStore) -> None:
    """Nothing of it is stored, not even the note."""
    ticket = a_ticket()
    store.create(ticket)
    first, second = changed(ticket, subject="Lamp"), changed(ticket, status=S.CLOSED)

    store.save(ticket, first)
    with pytest.raises(Conflict):
        store.save(ticket, second, note(1))

    assert store.get(T17) == first
    assert not store.listed(S.CLOSED, limit=9)


def test_the_history_grows_with_every_save(store: TicketStore) -> None:
    """Line by line, version by version."""
    ticket = a_ticket()
    store.create(ticket)
    second = changed(ticket, subject="Lamp", owner="ben")
    store.save(ticket, second)
    third = changed(second, status=S.RESOLVED)
    store.save(second, third, note(1))

    read = store.get(T17)

    assert read.history == third.history
    assert [line.version for line in read.history] == [1, 2, 2, 3]
    assert (read.version, read.notes) == (3, (note(1),))


def test_notes_come_back_in_order_byte_for_byte(store: TicketStore) -> None:
    """Right-to-left, emoji, line ends and blanks, up to the limit."""
    text = ("  مرحبا 👩‍👩‍👧\r\n\t\x00é" * NOTE_LIMIT)[:NOTE_LIMIT]
    store.create(a_ticket())

    for number in (2, 0, 1, 2):
        store.add_note(T17, note(number, text))

    read = store.get(T17).notes
    assert [each.note_id for each in read] == ["n-0", "n-1", "n-2"]
    assert {each.text.encode() for each in read} == {text.encode()}


def test_many_notes_do_not_hinder_a_save(store: TicketStore) -> None:
    """Notes stand beside the version, and all of them are read whatever their size together."""
    ticket = a_ticket()
    store.create(ticket)
    for number in range(120):
        store.add_note(T17, note(number, "x" * NOTE_LIMIT))

    store.save(ticket, changed(ticket, subject="Lamp"))

    read = store.get(T17)
    assert [each.note_id for each in read.notes] == [f"n-{number}" for number in range(120)]
    assert read.subject == "Lamp"


def test_lists_follow_status_and_owner(store: TicketStore) -> None:
    """A ticket stands in exactly the lists of its state."""
    ticket = a_ticket()
    store.create(ticket)
    handed = changed(ticket, owner="ben")
    store.save(ticket, handed)
    store.save(handed, changed(handed, status=S.CLOSED, owner="cleo"))

    lists = {
        (status, owner): [t.version for t in store.listed(status, owner=owner, limit=9)]
        for status in (S.OPEN, S.CLOSED)
        for owner in (None, "ben", "cleo")
    }

    assert {key: found for key, found in lists.items() if found} == {
        (S.CLOSED, None): [3],
        (S.CLOSED, "cleo"): [3],
    }


def test_lists_are_newest_first_and_bounded(store: TicketStore) -> None:
    """And carry neither notes nor history."""
    for n in range(4):
        store.create(a_ticket(f"T-{n}", owner="ben", created_at=later(hours=n)), note(n))

    found = store.listed(S.OPEN, owner="ben", limit=3)

    assert [ticket.ticket_id for ticket in found] == ["T-3", "T-2", "T-1"]
    assert {(ticket.notes, ticket.history) for ticket in found} == {((), ())}


def test_tickets_are_found_by_when_they_were_opened(store: TicketStore) -> None:
    """In whatever status they are now, each once; the first moment counts, the last does not."""
    for n, status in enumerate(S):
        store.create(
            a_ticket(f"T-{n}", status=status, created_at=later(hours=n), owner="b", due_at=MONDAY)
        )

    assert {t.ticket_id for t in store.opened(MONDAY, later(hours=3))} == {"T-0", "T-1", "T-2"}
    assert len(list(store.opened(MONDAY, later(hours=4)))) == 4
    assert list(store.opened(later(hours=4), later(hours=9))) == []


def test_a_customers_tickets_are_listed_in_any_status(store: TicketStore) -> None:
    """Newest first across open and closed, and only this customer's."""
    ana, rui = CustomerId("C-ana"), CustomerId("C-rui")
    for n, status in enumerate((S.OPEN, S.CLOSED, S.RESOLVED, S.OPEN)):
        store.create(a_ticket(f"T-{n}", status=status, customer_id=ana, created_at=later(hours=n)))
    store.create(a_ticket("T-9", customer_id=rui))

    assert [t.ticket_id for t in store.of_customer(ana, limit=3)] == ["T-3", "T-2", "T-1"]


def test_a_ticket_moves_to_the_customer_it_is_given(store: TicketStore) -> None:
    """And leaves the one it had."""
    ana, rui = CustomerId("C-ana"), CustomerId("C-rui")
    ticket = a_ticket(customer_id=ana)
    store.create(ticket)

    store.save(ticket, changed(ticket, customer_id=rui))

    assert [len(store.of_customer(each, limit=9)) for each in (ana, rui)] == [0, 1]


def test_a_save_is_one_request(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ticket, history, lists, customer and note stand or fall together."""
    bind_tables(customers=[CustomersRow], tickets=[TicketsRow])
    store = DynamoTicketStore()
    ticket = a_ticket(owner="ben", customer_id=CustomerId("C-ana"))
    store.create(ticket)
    client = connection(TicketsRow).client
    calls: list[str] = []
    call = client._make_api_call

    def counted(name: str, *rest: object) -> object:
        calls.append(name)
        return call(name, *rest)

    monkeypatch.setattr(client, "_make_api_call", counted)

    store.save(ticket, changed(ticket, status=S.CLOSED, owner="cleo"), note(1))

    assert calls == ["TransactWriteItems"]
    assert store.get(T17).updated_at > MONDAY


def test_words_that_are_erased_are_in_neither_notes_nor_history(store: TicketStore) -> None:
    """Who did what and when stays; twice is once."""
    ticket = a_ticket(owner="ben")
    store.create(ticket, note(1, "hello"))
    store.save(ticket, changed(ticket, subject="Another lamp"), note(2, "again"))

    store.erase_words(T17)
    once = store.get(T17)
    store.erase_words(T17)

    assert [(each.note_id, each.at, each.text) for each in once.notes] == [
        ("n-1", later(seconds=1), ERASED),
        ("n-2", later(seconds=2), ERASED),
    ]
    assert [line.change for line in once.history] == [
        "created as open, owner ben",
        "subject changed",
    ]
    assert store.get(T17) == once


def test_an_erased_ticket_says_so_in_every_list(store: TicketStore) -> None:
    ticket = a_ticket(customer_id=CustomerId("C-ana"))
    store.create(ticket)

    store.save(ticket, erased_ticket(ticket, at=MONDAY, by="root"))

    (of_customer,) = store.of_customer(CustomerId("C-ana"), limit=9)
    (of_all,) = store.listed(S.OPEN, limit=9)
    assert [(each.subject, each.erased_at) for each in (of_customer, of_all)] == [
        (ERASED, MONDAY),
        (ERASED, MONDAY),
    ]


# --- what somebody has to be told, and to decide --------------------------------------------------


def a_full_ticket() -> Ticket:
    """With everything that a ticket can carry."""
    policy = SlaPolicy(
        kind="complaint", hours_id=OFFICE.hours_id, limits=dict.fromkeys(Limit, 4 * 3600)
    )
    sla = Sla.begun(policy, OFFICE, MONDAY).paused(later(hours=1)).resumed(later(hours=2))
    asked = Asked(
        action="refund",
        amount=Decimal("600.10"),
        currency="USD",
        role="supervisor",
        by="ben",
        at=MONDAY,
        reason="مرحبا",
    )
    return replace(
        a_ticket(),
        kind="complaint",
        sla=sla.reckoned(OFFICE, later(hours=2)),
        asked=asked,
        links=(Link(LinkKind.DUPLICATES, TicketId("T-3")),),
        owner_told_of=MONDAY,
        supervisor_told_of=later(minutes=30),
    )


def test_promises_questions_and_links_are_read_as_they_were_stored(store: TicketStore) -> None:
    """Amounts to the cent."""
    ticket = a_full_ticket()

    store.create(ticket)

    assert store.get(T17) == ticket


def test_a_ticket_from_before_there_were_promises_can_still_be_read() -> None:
    """Its document knows nothing of them."""
    new = {"kind", "sla", "asked", "links", "owner_told_of", "supervisor_told_of"}
    raw = json.loads(codec.dump(a_ticket()))

    old = json.dumps({name: value for name, value in raw.items() if name not in new})

    assert codec.load(old, Ticket) == a_ticket()


def test_tickets_are_due_earliest_first_from_their_very_moment_on(store: TicketStore) -> None:
    """Those of one moment too; without notes and history, and no more than asked for."""
    for number, minutes in ((1, 30), (2, 10), (3, 10), (4, 31)):
        due = {"status": S.FOLLOW_UP, "owner": "ben", "due_at": later(minutes=minutes)}
        store.create(a_ticket(f"T-{number}", **due), note(number))
    store.create(a_ticket("T-5"))

    due_then = store.due(later(minutes=30), limit=9)

    assert [ticket.ticket_id for ticket in due_then] == ["T-2", "T-3", "T-1"]
    assert {(ticket.notes, ticket.history) for ticket in due_then} == {((), ())}
    assert len(store.due(later(minutes=30), limit=2)) == 2
    assert store.due(later(minutes=10) - timedelta(microseconds=1), limit=9) == []


def test_a_ticket_is_due_at_one_moment_only(store: TicketStore) -> None:
    """It leaves the list when it is put off, and when there is nothing more to tell."""
    ticket = a_ticket(status=S.FOLLOW_UP, owner="ben", due_at=later(hours=1))
    store.create(ticket)
    put_off = changed(ticket, due_at=later(hours=2))
    store.save(ticket, put_off)
    assert [t.version for t in store.due(later(hours=9), limit=9)] == [2]
    assert store.due(later(hours=1), limit=9) == []

    store.save(put_off, changed(put_off, status=S.RESOLVED))

    assert store.due(later(hours=9), limit=9) == []


def test_what_is_for_a_role_to_decide_stands_in_its_list_until_it_is_decided(
    store: TicketStore,
) -> None:
    """In every status it has its place among those of that status."""
    ticket = a_full_ticket()
    store.create(ticket)
    store.create(a_ticket("T-18"))
    assert [t.ticket_id for t in store.listed(S.OPEN, role="supervisor", limit=9)] == [T17]
    assert store.listed(S.OPEN, role="admin", limit=9) == []

    assert ticket.asked is not None
    granted = replace(ticket, asked=replace(ticket.asked, is_granted=True))
    store.save(ticket, changed(granted, subject="Lamp"))

    assert store.listed(S.OPEN, role="supervisor", limit=9) == []
    assert len(store.listed(S.OPEN, limit=9)) == 2


def test_an_owners_list_for_a_role_is_cut_when_the_others_are_left_out(store: TicketStore) -> None:
    """One that waits for nothing takes nobody's place, however new it is."""
    store.create(replace(a_full_ticket(), owner="ben"))
    store.create(a_ticket("T-18", owner="ben", created_at=later(days=30)))

    found = store.listed(S.OPEN, owner="ben", role="supervisor", limit=1)

    assert [each.ticket_id for each in found] == [T17]


def test_a_thousand_notes_are_all_there_in_order_however_they_arrive(store: TicketStore) -> None:
    """Several in one moment, some twice, and a change of the ticket among them."""
    ticket = a_ticket()
    store.create(ticket)
    written = [
        replace(note(n), note_id=f"n-{n:04d}", at=later(seconds=n // 7)) for n in range(1000)
    ]
    arriving = Random(20).sample(written, k=1000)

    for number, each in enumerate(arriving):
        store.add_note(T17, each)
        if number == 500:
            store.save(ticket, changed(ticket, subject="Lamp"))
            store.add_note(T17, each)

    read = store.get(T17)
    assert read.notes == tuple(written)
    assert (read.version, read.subject) == (2, "Lamp")
