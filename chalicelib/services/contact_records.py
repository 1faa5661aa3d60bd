"""Writes the record of a contact when it is complete, and again when more becomes known; with it
what the contact costs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from chalicelib.core.civil_day import Grain, day_of, days_between, first_day, period
from chalicelib.core.contact_record import ContactRecord, fold
from chalicelib.core.events import Fact
from chalicelib.services.ledger import LedgerService
from chalicelib.services.report_ports import RecordLake, ReportRequests


class ContactRecordsService:
    """`zone` is the center's: in it days end, and a record that comes later is late."""

    def __init__(
        self,
        lake: RecordLake,
        ledger: LedgerService,
        requests: ReportRequests,
        *,
        instance_arn: str,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._lake = lake
        self._ledger = ledger
        self._requests = requests
        self._instance_arn = instance_arn
        self._zone = zone
        self._now = now

    def write(self, facts: Sequence[Fact]) -> ContactRecord | None:
        """The record of all facts of one contact, None while it goes on.

        Safe to call for every fact, twice and out of order: the lake keeps the newest. A record
        for a period that is over asks for its reports, which then get a new revision. The ledger
        comes first: what is missing there after a fault, the next try brings.
        """
        record = fold(facts, instance_arn=self._instance_arn)
        if record is None:
            return None
        days = self._ledger.write(record)
        if self._lake.store(record):
            self._ask_for({*days, *_days_of(record, self._zone)})
        return record

    def rerate(self, facts: Sequence[Fact]) -> ContactRecord | None:
        """Rates the contact anew, and asks for the reports of days on which it cost something else;
        None while it goes on."""
        record = fold(facts, instance_arn=self._instance_arn)
        if record is not None:
            self._ask_for(self._ledger.rerate(record))
        return record

    def _ask_for(self, days: Collection[date]) -> None:
        """For the reports of every period of these days that is over."""
        touched = {(grain, first_day(grain, day)) for grain in Grain for day in days}
        for grain, day in sorted(touched):
            if period(grain, day, self._zone).to_at <= self._now():
                self._requests.request(day, grain=grain)


def _days_of(record: ContactRecord, zone: str) -> list[date]:
    """On which it ended, or an agent had to do with it."""
    moments, work = [record.disconnected_at], record.agent
    if work is not None:
        moments += [work.connected_at, work.wrap_up_ended_at or work.disconnected_at]
    days = [day_of(at, zone) for at in moments]
    return days_between(min(days), max(days))
