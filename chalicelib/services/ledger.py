"""Keeps the cost ledger: lines for every contact that is complete, and new ones where prices were
wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from chalicelib.core.civil_day import day_of, days_between
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.ledger import LedgerLine, additions, corrections
from chalicelib.core.rating import lines_of
from chalicelib.core.tariff import TariffBook
from chalicelib.services.ports import CenterStore
from chalicelib.services.report_ports import Ledger

type _Change = Callable[[Sequence[LedgerLine], Sequence[LedgerLine]], list[LedgerLine]]


class LedgerService:
    """A center without tariffs keeps no ledger."""

    def __init__(self, ledger: Ledger, center: CenterStore) -> None:
        self._ledger = ledger
        self._center = center

    def write(self, record: ContactRecord) -> Collection[date]:
        """Adds what the record costs and is not there yet; the days of the center on which it does.
        Safe to call for every record, twice and out of order."""
        return {line.day for line in self._change(record, additions)}

    def rerate(self, record: ContactRecord) -> Collection[date]:
        """Makes the contact cost what it costs by the tariffs and cost centres of now: by reversals
        and new lines. The days of the center in which it lies."""
        self._change(record, corrections)
        return _days(record, self._center.center().time_zone)

    def _change(self, record: ContactRecord, change: _Change) -> Sequence[LedgerLine]:
        """What is due; what is new of it is kept."""
        center = self._center.center()
        if not center.tariffs:
            return ()
        book = TariffBook(zone=center.time_zone, tariffs=center.tariffs)
        centres = {q.queue_id: q.cost_centre for q in center.queues if q.cost_centre}
        days = _days(record, center.time_zone)
        standing = {day: self._ledger.of_contact(record.contact_id, day) for day in days}
        kept = [line for lines in standing.values() for line in lines]
        due = lines_of(record, book, centres)
        new = change(kept, due)
        for day in sorted({line.day for line in new}):
            lines = [*standing[day], *(line for line in new if line.day == day)]
            self._ledger.keep(record.contact_id, day, lines)
        return due


def _days(record: ContactRecord, zone: str) -> list[date]:
    return days_between(day_of(record.initiated_at, zone), day_of(record.disconnected_at, zone))
