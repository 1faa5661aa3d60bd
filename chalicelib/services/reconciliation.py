"""Looks every night whether each contact has its record and each record its audio; makes again
what can be made again, and tells of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Protocol

from chalicelib.core.alert import AlertKind
from chalicelib.core.civil_day import Period, civil_day, day_of, moment_of, read_day
from chalicelib.core.contact import ENDS_KEPT, Contact
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId
from chalicelib.core.reconciliation import Lack, Missing, Reconciliation, reconcile
from chalicelib.services.alerts import Alerts
from chalicelib.services.export_ports import EndedContacts, Gauges, Reconciliations
from chalicelib.services.ports import ContactStore, ObjectStore
from chalicelib.services.report_ports import RecordLake, ReportRequests

DUE = time(1)  # an hour is enough for the last recordings, and leaves one until the reports
_REMEMBERED = ENDS_KEPT - timedelta(days=1)  # a look takes its time
_LOOKS_AGAIN_AFTER = timedelta(hours=6)  # nobody wraps up for longer
_AT_ONCE = 500  # contacts held in memory while they pass


class RecordWriter(Protocol):
    def write(self, facts: Sequence[Fact]) -> ContactRecord | None:
        """The record of all facts of one contact; None while it goes on."""
        ...


class ReconciliationService:
    """`recordings`: the bucket of audio. `zone`: the center's."""

    def __init__(
        self,
        ended: EndedContacts,
        contacts: ContactStore,
        lake: RecordLake,
        recordings: ObjectStore,
        records: RecordWriter,
        found: Reconciliations,
        alerts: Alerts,
        gauges: Gauges,
        *,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._ended = ended
        self._contacts = contacts
        self._lake = lake
        self._recordings = recordings
        self._records = records
        self._found = found
        self._alerts = alerts
        self._gauges = gauges
        self._zone = zone
        self._now = now

    def run(self, day: date) -> Reconciliation:
        """What is there of the contacts that ended on the day, and what is missing; records are
        made again from facts. Rejected while the day is not over, and when nobody remembers it.
        Running again is looking again.
        """
        of = _remembered(day, self._zone, self._now())
        found = reconcile(
            of,
            self._of(of),
            records=Counter(known for utc in of.utc_days for known in self._lake.listing(utc)),
            has_object=_Bucket(self._recordings).holds,
            at=self._now(),
        )
        done = replace(found, missing=tuple(self._rebuilt(each) for each in found.missing))
        self._found.keep(done)
        self._tell(done)
        return done

    def _of(self, of: Period) -> Iterator[Contact]:
        for some in batched(self._ended.ended(of.from_at, of.to_at), _AT_ONCE):
            for contact in self._contacts.among(some):
                ended_at = contact.disconnected_at
                if ended_at is not None and of.holds(ended_at):
                    yield contact

    def _rebuilt(self, missing: Missing) -> Missing:
        if missing.lack is not Lack.RECORD:
            return missing
        return replace(missing, is_rebuilt=self._rebuild(missing.contact_id))

    def _rebuild(self, contact_id: ContactId) -> bool:
        """Facts with a gap make no record: somebody has to look."""
        try:
            return self._records.write(self._contacts.facts(contact_id)) is not None
        except ValueError:
            return False

    def _tell(self, found: Reconciliation) -> None:
        day, missing = found.period.day, found.open
        due_at = due(day, self._zone)
        self._gauges.tell("MissingRecords", len(missing))
        if not missing:
            self._alerts.clear(AlertKind.RECORDS_MISSING, at=due_at, about=day.isoformat())
            return
        kinds = Counter(each.lack.lower() for each in missing)
        counted = ", ".join(f"{number} x {kind}" for kind, number in sorted(kinds.items()))
        self._alerts.raise_(
            AlertKind.RECORDS_MISSING,
            at=due_at,
            text=f"Of {found.contacts} contacts of {day.isoformat()} there is missing: {counted}.",
            about=day.isoformat(),
        )


class ReconciliationRoom:
    """Who reads what was found, and asks for another look."""

    def __init__(
        self,
        found: Reconciliations,
        requests: ReportRequests,
        *,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._found = found
        self._requests = requests
        self._zone = zone
        self._now = now

    def of(self, day: str) -> Reconciliation:
        """NotFound when nobody has looked yet; Rejected for what is no day."""
        found = self._found.find(read_day(day))
        if found is None:
            raise NotFound(f"nobody has looked for {day} yet", field="day", value=day)
        return found

    def request(self, day: str) -> None:
        """Has it looked for again; Rejected while the day is not over, and when nobody remembers
        it."""
        read = read_day(day)
        _remembered(read, self._zone, self._now())
        self._requests.request_reconciliation(read)

    def request_due(self) -> list[date]:
        """Asks for every night that nobody has looked at, of the last three, so that one without
        power is made up for; and again for one on which somebody still wrapped up. The clock
        calls it."""
        now = self._now()
        today = day_of(now, self._zone)
        nights = [today - timedelta(days=n) for n in (4, 3, 2, 1, 0)]
        over = [day for day in nights if due(day, self._zone) <= now]
        missed = [day for day in over[-3:] if self._is_open(day, now)]
        for day in missed:
            self._requests.request_reconciliation(day)
        return missed

    def _is_open(self, day: date, now: datetime) -> bool:
        found = self._found.find(day)
        return found is None or (found.going_on > 0 and found.at <= now - _LOOKS_AGAIN_AFTER)


def due(day: date, zone: str) -> datetime:
    """When a day is to be looked at: in the night that ends it."""
    return moment_of(day + timedelta(days=1), DUE, zone)


def _remembered(day: date, zone: str, now: datetime) -> Period:
    """The day, if it is over, and it is known which contacts ended on it."""
    of = civil_day(day, zone)
    if now < of.to_at:
        raise Rejected(f"{of.name} is not over", field="day", value=of.name)
    if now - of.from_at > _REMEMBERED:
        message = f"{of.name} is over for so long that nobody knows which contacts ended"
        raise Rejected(message, field="day", value=of.name)
    return of


class _Bucket:
    """What lies in the bucket, listed a day at a time: one request for a thousand recordings, where
    asking for each would be one for each. An empty object counts as none."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._listed: dict[str, frozenset[str]] = {}

    def holds(self, key: str) -> bool:
        folder = key.rsplit("/", 2)[0] + "/"  # recordings/2026/03/02/<contact>/<segment>.ogg
        if folder not in self._listed:
            listed = self._objects.list(folder)
            self._listed[folder] = frozenset(info.key for info in listed if info.size_bytes)
        return key in self._listed[folder]
