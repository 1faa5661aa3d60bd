"""A ledger that only grows, and whose sums are the same however they are added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.contact_record import ContactRecord, StoredRecording
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import (
    COLUMNS,
    LedgerLine,
    additions,
    by_cost_centre,
    corrections,
    month_total,
    net,
    row,
    total,
)
from chalicelib.core.rating import lines_of
from chalicelib.core.tariff import TariffBook
from tests.core.files import read, written
from tests.core.prices import CENTRES, SALES, SUPPORT, book, call, line, tariff, voice

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
STORED = {"kind": "RECORDING", "unit": "GB_MONTH", "price": "0.023"}
FIRST = book(tariff(1, "2026-01-01", voice("0.0180"), line("0.0022"), STORED))
DEARER = tariff(2, "2026-01-01", voice("0.0190"), line("0.0022"), STORED, corrects=1)
CORRECTED = book(*FIRST.tariffs, DEARER)


def due(record: ContactRecord, prices: TariffBook = FIRST) -> tuple[LedgerLine, ...]:
    return lines_of(record, prices, CENTRES)


def recorded(record: ContactRecord, size_bytes: int) -> ContactRecord:
    """The same contact, later: its recording is there."""
    kept = StoredRecording(
        segment="s1",
        location="b/k",
        started_at=record.initiated_at,
        stopped_at=record.disconnected_at,
        seconds=1.0,
        channels=2,
        sha256="0",
        size_bytes=size_bytes,
    )
    return replace(record, recordings=(kept,), last_fact=record.last_fact + 1)


class Books:
    """A ledger of many contacts, as the center keeps it: it only ever adds."""

    def __init__(self) -> None:
        self.lines: list[LedgerLine] = []

    def of(self, contact_id: str) -> list[LedgerLine]:
        return [each for each in self.lines if each.contact_id == contact_id]

    def write(self, records: Sequence[ContactRecord], prices: TariffBook = FIRST) -> Books:
        for record in records:
            self.lines += additions(self.of(record.contact_id), due(record, prices))
        return self

    def rerate(self, records: Sequence[ContactRecord], prices: TariffBook) -> Books:
        for record in records:
            self.lines += corrections(self.of(record.contact_id), due(record, prices))
        return self


def history(seed: int, contacts: int) -> list[ContactRecord]:
    """Calls of two months, some over midnight, some through two queues, some recorded later."""
    chance = Random(seed)
    records = []
    for n in range(contacts):
        queues = chance.choice([(), (SALES,), (SUPPORT,), (SALES, SUPPORT)])
        began_at = NOON + timedelta(seconds=chance.randrange(40 * 86_400))
        seconds = chance.choice([0, 1, chance.randrange(5_000), chance.randrange(40_000)])
        record = call(f"c-{n}", began_at, seconds, *queues, moved_after=seconds // 2)
        records.append(record)
        if chance.random() < 0.3:
            records.append(recorded(record, chance.randrange(10**9)))
    return records


def test_a_record_that_comes_again_adds_nothing() -> None:
    """The stream brings facts at least once."""
    record = call("c-1", NOON, 253, SALES)

    once, twice = Books().write([record]), Books().write([record, record])

    assert once.lines == twice.lines == list(due(record))


def test_a_recording_that_is_known_later_is_one_more_line() -> None:
    """What stood there stays, and an older record after it takes nothing back."""
    record = call("c-1", NOON, 253, SALES)

    lines = Books().write([record, recorded(record, 10**9), record]).lines

    assert lines[:2] == list(due(record))
    assert [each.kind for each in lines[2:]] == ["RECORDING"]


def test_a_recording_that_grew_is_taken_back_and_made_anew() -> None:
    """Chunks came late; the first line is not edited."""
    record = call("c-1", NOON, 253, SALES)
    grown = replace(recorded(record, 2 * 10**9), last_fact=12)

    lines = Books().write([recorded(record, 10**9), grown]).lines

    *_, stored, reversal, anew = lines
    assert (reversal.reverses, anew.corrects) == (stored.line_id, stored.line_id)
    assert (reversal.quantity, reversal.amount) == (-stored.quantity, -stored.amount)
    assert total(lines) == total(due(grown))


def test_new_prices_and_cost_centres_do_not_touch_what_was_counted() -> None:
    """A late recording must not move last month's call into this year's cost centre."""
    record = call("c-1", NOON, 253, SALES)
    later = lines_of(recorded(record, 10**9), CORRECTED, {SALES: "CC-999"})

    added = additions(due(record), later)

    assert [(each.kind, each.cost_centre) for each in added] == [("RECORDING", "CC-999")]


def test_re_rating_makes_a_reversal_and_a_new_line_linked_to_the_old_one() -> None:
    """Only the service had a wrong price: the line's line stays alone."""
    record = call("c-1", NOON, 253, SALES)
    ledger = Books().write([record])
    before = list(ledger.lines)

    ledger.rerate([record], CORRECTED)

    assert ledger.lines[:2] == before
    reversal, anew = ledger.lines[2:]
    assert (reversal.reverses, reversal.amount) == (before[0].line_id, Decimal("-0.075900"))
    assert (anew.corrects, anew.amount) == (before[0].line_id, Decimal("0.080117"))
    assert (reversal.tariff_version, anew.tariff_version) == (1, 2)
    assert {each.day for each in ledger.lines} == {before[0].day}


def test_re_rating_twice_is_re_rating_once_and_back_again_is_possible() -> None:
    """Whoever is not sure whether it ran, runs it again."""
    record = call("c-1", NOON, 253, SALES)
    ledger = Books().write([record]).rerate([record], CORRECTED).rerate([record], CORRECTED)
    assert len(ledger.lines) == 4

    ledger.rerate([record], FIRST)

    assert total(ledger.lines) == Decimal("0.085177")
    assert len({each.line_id for each in ledger.lines}) == len(ledger.lines) == 6


def test_a_price_that_should_not_have_been_is_taken_back() -> None:
    """Nothing is due in its place."""
    record = call("c-1", NOON, 253, SALES)
    without = book(*FIRST.tariffs, tariff(2, "2026-01-01", voice("0.0180"), corrects=1))

    ledger = Books().write([record]).rerate([record], without)

    assert [each.kind for each in net(ledger.lines)] == ["SERVICE"]
    assert total(ledger.lines) == Decimal("0.075900")


def test_a_contact_in_a_cost_centre_that_was_wrong_is_moved_by_re_rating() -> None:
    """The old one gets its money back, to the last digit."""
    record = call("c-1", NOON, 253, SALES)
    lines = list(due(record))

    lines += corrections(lines, lines_of(record, FIRST, {SALES: "CC-300"}))

    assert by_cost_centre(lines) == {"CC-100": Decimal(0), "CC-300": Decimal("0.085177")}


def test_what_is_unallocated_is_shown_beside_the_cost_centres() -> None:
    """The parts are the whole."""
    lines = [*due(call("c-1", NOON, 253, SALES)), *due(call("c-2", NOON, 60))]

    parts = by_cost_centre(lines)

    assert list(parts) == ["CC-100", "unallocated"]
    assert sum(parts.values()) == total(lines)


def test_a_month_is_rounded_once() -> None:
    """Three calls of 0.004 each are 0.01, not three times nothing."""
    calls = [call(f"c-{n}", NOON, 12, SALES) for n in range(3)]
    april = call("c-9", NOON + timedelta(days=30), 253, SALES)
    lines = Books().write([*calls, april]).lines

    assert total(lines[:6]) == Decimal("0.012120")
    assert month_total(lines, year=2026, month=3) == Decimal("0.01")
    assert month_total(lines, year=2026, month=4) == Decimal("0.09")


@given(st.integers(0, 2**32))
@settings(max_examples=1_000, deadline=None)
def test_shuffled_and_doubled_records_make_the_same_ledger(seed: int) -> None:
    """However often and in whatever order the stream brings them."""
    records, chance = history(seed, 3), Random(seed)
    doubled = [*records, *chance.sample(records, len(records) // 2)]
    chance.shuffle(doubled)

    found, expected = Books().write(doubled).lines, Books().write(records).lines

    assert total(found) == total(expected)
    assert _said(found) == _said(expected)


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_the_ledger_the_export_and_the_contacts_add_up_to_one_sum(seed: int) -> None:
    """To the last digit, corrections included."""
    records = history(seed, 8)
    ledger = Books().write(records)
    ledger.rerate([records[-1]], CORRECTED).rerate(records[:3], FIRST)
    exported = written(COLUMNS, [row(each) for each in ledger.lines])

    header, rows = read(exported)
    amount = header.index("amount")
    by_contact = [
        total(ledger.of(contact_id)) for contact_id in {each.contact_id for each in ledger.lines}
    ]

    assert sum((Decimal(each[amount]) for each in rows), Decimal(0)) == total(ledger.lines)
    assert sum(by_contact, Decimal(0)) == total(ledger.lines)
    assert sum(by_cost_centre(ledger.lines).values()) == total(ledger.lines)
    assert total(net(ledger.lines)) == total(ledger.lines)


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_re_rated_ledger_is_what_it_had_been_with_the_right_prices(seed: int) -> None:
    """And on the way nothing was changed: what stood there still does."""
    records = history(seed, 8)
    newest = list({each.contact_id: each for each in records}.values())
    ledger = Books().write(records)
    before = list(ledger.lines)

    ledger.rerate(newest, CORRECTED)

    right = Books().write(newest, CORRECTED).lines
    assert _said(net(ledger.lines)) == _said(right)
    assert ledger.lines[: len(before)] == before


def _said(lines: Sequence[LedgerLine]) -> list[tuple[ContactId, tuple[object, ...], Decimal]]:
    """What lines say, but for the numbers that were given to them on the way."""
    return sorted((each.contact_id, astuple(each.place), each.amount) for each in lines)
