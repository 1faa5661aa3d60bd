"""What every DeliveryBook and DeliveryLedger promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.adapters.dynamo.deliveries import DynamoDeliveryBook, DynamoDeliveryLedger
from chalicelib.adapters.dynamo.tables import IN_REPORTS
from chalicelib.core.delivery import Delivery, DeliveryNote, DeliveryState, Notice
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.services.export_ports import DeliveryBook, DeliveryLedger
from tests.fakes.reporting import InMemoryDeliveryBook, InMemoryDeliveryLedger
from tests.given import MONDAY, later

DAY = date(2026, 3, 8)
FINANCE = Delivery(
    name="finance",
    since={"daily-queues": MONDAY},
    emails=("fay@acme.example",),
    by="root",
)
NOTICE = Notice(
    consumer="finance", report="daily-queues", day=DAY, revision=1, address="fay@acme.example"
)


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> tuple[DeliveryBook, DeliveryLedger]:
    if request.param == "fake":
        return InMemoryDeliveryBook(), InMemoryDeliveryLedger()
    request.getfixturevalue("bind_tables")(reports=[*IN_REPORTS])
    return DynamoDeliveryBook(), DynamoDeliveryLedger()


@pytest.fixture
def book(stores: tuple[DeliveryBook, DeliveryLedger]) -> DeliveryBook:
    return stores[0]


@pytest.fixture
def ledger(stores: tuple[DeliveryBook, DeliveryLedger]) -> DeliveryLedger:
    return stores[1]


def a_note(revision: int = 1, **fields: object) -> DeliveryNote:
    note = DeliveryNote(
        consumer="finance",
        report="daily-queues",
        day=DAY,
        revision=revision,
        state=DeliveryState.FAILED,
        at=MONDAY,
        reason="the bucket denies",
    )
    return replace(note, **fields)  # type: ignore[arg-type]  # names are checked by replace


def test_a_delivery_is_read_as_it_was_kept(book: DeliveryBook) -> None:
    """By name; kept again it is another, not a second one."""
    audit = replace(FINANCE, name="audit", emails=())
    for delivery in (FINANCE, audit, replace(FINANCE, since={"monthly-costs": MONDAY})):
        book.keep(delivery)

    assert list(book.all()) == [audit, replace(FINANCE, since={"monthly-costs": MONDAY})]
    assert book.get("audit") == audit


def test_a_delivery_that_is_removed_is_gone(book: DeliveryBook) -> None:
    book.keep(FINANCE)
    book.remove("finance")

    assert list(book.all()) == []
    for ask in (book.get, book.remove):
        with pytest.raises(NotFound) as missing:
            ask("finance")
        assert missing.value.value == "finance"


def test_a_note_stands_for_what_was_noted_before(ledger: DeliveryLedger) -> None:
    ledger.note(a_note())
    delivered = a_note(state=DeliveryState.DELIVERED, reason="")
    ledger.note(delivered)

    assert list(ledger.of_day("finance", "daily-queues", DAY)) == [delivered]


def test_notes_are_listed_in_order(ledger: DeliveryLedger) -> None:
    """Of a day oldest first; of a report newest first; each consumer's and report's alone."""
    for note in (
        *(a_note(number) for number in (1, 2, 10)),
        a_note(day=date(2026, 3, 9)),
        a_note(consumer="audit"),
        a_note(report="daily-agents"),
    ):
        ledger.note(note)

    latest = ledger.latest("finance", "daily-queues", limit=3)
    of_day = ledger.of_day("finance", "daily-queues", DAY)

    assert [(note.day.day, note.revision) for note in latest] == [(9, 1), (8, 10), (8, 2)]
    assert [note.revision for note in of_day] == [1, 2, 10]


def test_an_e_mail_has_one_sender(ledger: DeliveryLedger) -> None:
    """Once it is sent, nobody sends it; of another revision it is another."""
    assert ledger.claim(NOTICE, now=MONDAY, until=later(minutes=6))
    with pytest.raises(Conflict):
        ledger.claim(NOTICE, now=later(minutes=5), until=later(minutes=11))
    ledger.sent(NOTICE)

    assert not ledger.claim(NOTICE, now=MONDAY, until=later(minutes=6))
    assert not ledger.claim(NOTICE, now=later(days=30), until=later(days=31))
    assert ledger.claim(replace(NOTICE, revision=2), now=MONDAY, until=later(minutes=6))


def test_the_claim_of_a_dead_sender_runs_out(ledger: DeliveryLedger) -> None:
    ledger.claim(NOTICE, now=MONDAY, until=later(minutes=6))

    now = later(minutes=6) + timedelta(microseconds=1)
    assert ledger.claim(NOTICE, now=now, until=later(minutes=12))


def test_what_could_not_be_sent_is_free_at_once(ledger: DeliveryLedger) -> None:
    ledger.claim(NOTICE, now=MONDAY, until=later(minutes=6))
    ledger.release(NOTICE)

    assert ledger.claim(NOTICE, now=MONDAY, until=later(minutes=6))
