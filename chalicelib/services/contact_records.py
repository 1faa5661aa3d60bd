"""Writes the record of a contact when it is complete, and again when more becomes known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.core.civil_day import Grain, day_of, period
from chalicelib.core.contact_record import ContactRecord, fold
from chalicelib.core.events import Fact
from chalicelib.services.report_ports import RecordLake, ReportRequests


class ContactRecordsService:
    """`zone` is the center's: in it days end, and a record that comes later is late."""

    def __init__(
        self,
        lake: RecordLake,
        requests: ReportRequests,
        *,
        instance_arn: str,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._lake = lake
        self._requests = requests
        self._instance_arn = instance_arn
        self._zone = zone
        self._now = now

    def write(self, facts: Sequence[Fact]) -> ContactRecord | None:
        """The record of all facts of one contact, None while it goes on.

        Safe to call for every fact, twice and out of order: the lake keeps the newest. A record
        for a period that is over asks for its reports, which then get a new revision.
        """
        record = fold(facts, instance_arn=self._instance_arn)
        if record is None:
            return None
        if self._lake.store(record):
            day = day_of(record.disconnected_at, self._zone)
            for grain in Grain:
                if period(grain, day, self._zone).to_at <= self._now():
                    self._requests.request(day, grain=grain)
        return record
