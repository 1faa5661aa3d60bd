"""The day in intervals of 15, 30 or 60 minutes as clocks show them, and what lies in which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.civil_day import civil_day
from chalicelib.core.errors import Rejected

MINUTES = (15, 30, 60)
SHORTEST = MINUTES[0]  # of these all others are made
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From its first moment, inclusive, to the next one's, exclusive; both in UTC."""

    from_at: datetime
    to_at: datetime

    @property
    def seconds(self) -> int:
        return int((self.to_at - self.from_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Grid:
    """All time, cut where clocks in a zone show a multiple of so many minutes, and where they are
    put forward or back. So the hour that clocks show twice is two hours, a day of 25 hours has 50
    half hours, and every moment lies in exactly one interval.

    Rejected: other lengths, a zone nobody knows. Moments count in whole seconds.
    """

    minutes: int
    zone: str

    def __post_init__(self) -> None:
        if self.minutes not in MINUTES:
            message = f"minutes {self.minutes!r} is none of {', '.join(map(str, MINUTES))}"
            raise Rejected(message, field="minutes", value=self.minutes)
        civil_day(date(2020, 1, 1), self.zone)  # refuses the zone

    def holding(self, at: datetime) -> Interval:
        """The interval in which this moment lies."""
        at = at.astimezone(UTC).replace(microsecond=0)
        local = at.astimezone(ZoneInfo(self.zone))
        past = timedelta(minutes=local.minute % self.minutes, seconds=local.second)
        begins, ends = at - past, at - past + timedelta(minutes=self.minutes)
        if self._offset(begins) != self._offset(at):
            begins = self._change(begins, at)
        if self._offset(ends - _SECOND) != self._offset(at):
            ends = self._change(at, ends - _SECOND)
        return Interval(begins, ends)

    def label(self, interval: Interval) -> str:
        """`2026-11-01T01:30-04:00`: how the clocks stand where it begins, each label once."""
        return interval.from_at.astimezone(ZoneInfo(self.zone)).isoformat(timespec="minutes")

    def between(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """Every interval that has a moment of this time, in order."""
        while since < until:
            interval = self.holding(since)
            yield interval
            since = interval.to_at

    def runs(self, since: datetime, until: datetime) -> list[datetime]:
        """Where intervals of full length begin to follow each other, up to the next of these
        moments; a clock that is put forward or back ends a run. `since` begins an interval."""
        found: list[datetime] = []
        expected = None
        for interval in self.between(since, until):
            if interval.from_at != expected:
                found.append(interval.from_at)
            expected = interval.from_at + timedelta(minutes=self.minutes)
        return found

    def of_day(self, day: date) -> list[Interval]:
        """The intervals of a civil day."""
        period = civil_day(day, self.zone)
        return list(self.between(period.from_at, period.to_at))

    def pieces(self, since: datetime, until: datetime) -> dict[Interval, int]:
        """How many of the seconds from then to then lie in each interval; they add up to all.

        Rejected when it would end before it began.
        """
        since, until = (at.astimezone(UTC).replace(microsecond=0) for at in (since, until))
        if until < since:
            message = f"to {until.isoformat()} is before {since.isoformat()}"
            raise Rejected(message, field="to", value=until.isoformat())
        return {
            each: Interval(max(since, each.from_at), min(until, each.to_at)).seconds
            for each in self.between(since, until)
        }

    def counts(self, moments: Iterable[datetime]) -> Mapping[Interval, int]:
        """How many of these moments lie in each interval that has any."""
        return Counter(self.holding(at) for at in moments)

    def sums(self, spans: Iterable[tuple[datetime, datetime]]) -> Mapping[Interval, int]:
        """The seconds of all of these spans in each interval that has any."""
        total: Counter[Interval] = Counter()
        for since, until in spans:
            total.update(self.pieces(since, until))
        return total

    def _offset(self, at: datetime) -> timedelta | None:
        return at.astimezone(ZoneInfo(self.zone)).utcoffset()

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The first second with the later offset: between two moments with different ones."""
        was = self._offset(before)
        while before + _SECOND < after:
            middle = before + (after - before) // (2 * _SECOND) * _SECOND
            before, after = (middle, after) if self._offset(middle) == was else (before, middle)
        return after
