"""Where ledger lines lie, and that amounts come back as exactly as they went."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from chalicelib.adapters.ledger import S3Ledger
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import total
from chalicelib.core.rating import lines_of
from tests.core.prices import CENTRES, SALES, book, call
from tests.fakes.objects import InMemoryObjectStore

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
LINES = lines_of(call("c-1", NOON, 253, SALES), book(), CENTRES)


def test_lines_lie_under_the_day_of_the_center_on_which_they_cost() -> None:
    """One object per contact and day, a line of JSON per line."""
    objects = InMemoryObjectStore()

    S3Ledger(objects).keep(ContactId("c-1"), TODAY, LINES)

    assert list(objects.bodies) == ["ledger/dt=2026-03-10/c-1.jsonl"]
    service, _ = (json.loads(line) for line in objects.bodies.popitem()[1].splitlines())
    assert (service["amount"], service["unit_price"]) == ("0.075900", "0.0180")


def test_lines_come_back_as_they_were() -> None:
    """To the last digit; of a contact that has none, none."""
    ledger = S3Ledger(InMemoryObjectStore())

    ledger.keep(ContactId("c-1"), TODAY, LINES)

    assert ledger.of_contact(ContactId("c-1"), TODAY) == list(LINES)
    assert ledger.of_contact(ContactId("c-2"), TODAY) == []


def test_lines_of_the_days_asked_for_are_read_and_no_others() -> None:
    """What a report of a month adds up."""
    ledger = S3Ledger(InMemoryObjectStore(), readers=2)
    for n in range(4):
        record = call(f"c-{n}", NOON + timedelta(days=n), 253, SALES)
        day = TODAY + timedelta(days=n)
        ledger.keep(record.contact_id, day, lines_of(record, book(), CENTRES))

    found = list(ledger.lines([TODAY + timedelta(days=1), TODAY + timedelta(days=2)]))

    assert [line.contact_id for line in found] == ["c-1", "c-1", "c-2", "c-2"]
    assert total(found) == 2 * total(LINES)
