"""Writes the record of a contact when it is complete, and again when more becomes known; with it
what the contact costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from chalicelib.core.contact_record import ContactRecord, fold
from chalicelib.core.events import ContactErased, Fact
from chalicelib.services.late_news import LateNews
from chalicelib.services.ledger import LedgerService
from chalicelib.services.report_ports import RecordWriter


class ContactRecordsService:
    def __init__(
        self,
        lake: RecordWriter,
        ledger: LedgerService,
        late_news: LateNews,
        *,
        instance_arn: str,
    ) -> None:
        self._lake = lake
        self._ledger = ledger
        self._late_news = late_news
        self._instance_arn = instance_arn

    def write(self, facts: Sequence[Fact]) -> ContactRecord | None:
        """The record of all facts of one contact, None while it goes on.

        Safe to call for every fact, twice and out of order: the lake keeps the newest. A record
        for a period that is over renews its reports, which then get a new revision: they are asked
        for before it is stored, or nobody would after a fault. The ledger comes first: what is
        missing there after one, the next try brings.
        """
        record = fold(facts, instance_arn=self._instance_arn)
        if record is None:
            return None
        days = self._ledger.write(record)
        if self._lake.lacks(record):
            self._late_news.of({*days, *self._late_news.days_of(_moments_of(record))})
            self._lake.store(record)
        return record

    def rerate(self, contacts: Iterable[Sequence[Fact]]) -> None:
        """Rates contacts anew, each from all its facts, then renews the reports of their days, each
        once. What goes on is left alone, and what was erased costs what it did: its messages and
        recordings are gone, and were paid for.

        Also of days on which nothing changed: whoever died on the way had rated them already, and
        asked nobody.
        """
        days: set[date] = set()
        for facts in contacts:
            record = fold(facts, instance_arn=self._instance_arn)
            if record is not None and not _is_erased(facts):
                days.update(self._ledger.rerate(record))
        self._late_news.of(days)


def _is_erased(facts: Sequence[Fact]) -> bool:
    return any(isinstance(fact.event, ContactErased) for fact in facts)


def _moments_of(record: ContactRecord) -> list[datetime]:
    """When it ended, and when an agent had to do with it."""
    moments, work = [record.disconnected_at], record.agent
    if work is not None:
        moments += [work.connected_at, work.wrap_up_ended_at or work.disconnected_at]
    return moments
