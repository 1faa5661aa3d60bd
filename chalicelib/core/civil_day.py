"""Days as people in a time zone live them: 23, 24 or 25 hours, without gap or overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One civil day: from its first moment, inclusive, to the next day's, exclusive."""

    day: date
    zone: str
    from_at: datetime
    to_at: datetime

    @property
    def hours(self) -> float:
        return (self.to_at - self.from_at) / timedelta(hours=1)

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at < self.to_at

    @property
    def utc_days(self) -> list[date]:
        """The days of the UTC calendar it touches."""
        first, last = self.from_at.date(), (self.to_at - timedelta(microseconds=1)).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def civil_day(day: date, zone: str) -> Period:
    """The period of a day; Rejected for a zone nobody knows."""
    place = _place(zone)
    return Period(
        day=day,
        zone=zone,
        from_at=_first_moment(day, place),
        to_at=_first_moment(day + timedelta(days=1), place),
    )


def day_of(at: datetime, zone: str) -> date:
    """The day it is there."""
    return at.astimezone(_place(zone)).date()


def moment_of(day: date, at: time, zone: str) -> datetime:
    """When clocks there show this time, once: a time that the clocks skip comes as much later as
    they skip, a time that they show twice counts at its first."""
    return datetime.combine(day, at, tzinfo=_place(zone)).astimezone(UTC)


def read_day(text: str, *, field: str = "day") -> date:
    """`2026-03-08` and nothing else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or not date(2000, 1, 1) <= day <= date(2199, 12, 31):
        raise Rejected(f"{field} {text!r} is not a day like 2026-03-08", field=field, value=text)
    return day


def _first_moment(day: date, place: ZoneInfo) -> datetime:
    """Midnight; where the clocks skip midnight, the moment they skip it."""
    midnight = datetime.combine(day, time(), tzinfo=place)
    late, early = (midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    while early + timedelta(seconds=1) < late:  # only in a gap is the later reading the earlier
        middle = early + (late - early) // 2
        if middle.astimezone(place).date() >= day:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def _place(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise Rejected(
            f"time zone {zone!r} is not in the IANA list", field="zone", value=zone
        ) from error
