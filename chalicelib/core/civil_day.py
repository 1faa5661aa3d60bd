"""Days as people in a time zone live them, 23, 24 or 25 hours long, and the months, quarters and
years they make: without gap or overlap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.core.errors import Rejected

_FIRST, _LAST = date(2000, 1, 1), date(2199, 12, 31)


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first moment of its first day, inclusive, to that of the next period, exclusive."""

    day: date  # the first
    zone: str
    from_at: datetime
    to_at: datetime
    grain: Grain = Grain.DAY

    @property
    def name(self) -> str:
        """`2026-03-08`, `2026-03`, `2026-Q1` or `2026`."""
        return name_of(self.grain, self.day)

    @property
    def last_day(self) -> date:
        return next_first_day(self.grain, self.day) - timedelta(days=1)

    @property
    def days(self) -> list[date]:
        """Its civil days."""
        return days_between(self.day, self.last_day)

    @property
    def hours(self) -> float:
        return (self.to_at - self.from_at) / timedelta(hours=1)

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at < self.to_at

    @property
    def utc_days(self) -> list[date]:
        """The days of the UTC calendar it touches."""
        return days_between(self.from_at.date(), (self.to_at - timedelta(microseconds=1)).date())


def period(grain: Grain, day: date, zone: str) -> Period:
    """The period in which the day lies; Rejected for a zone nobody knows."""
    place = _place(zone)
    first = first_day(grain, day)
    return Period(
        day=first,
        zone=zone,
        from_at=_first_moment(first, place),
        to_at=_first_moment(next_first_day(grain, first), place),
        grain=grain,
    )


def civil_day(day: date, zone: str) -> Period:
    """The period of one day; Rejected for a zone nobody knows."""
    return period(Grain.DAY, day, zone)


def first_day(grain: Grain, day: date) -> date:
    """On which the period begins in which the day lies."""
    if grain is Grain.DAY:
        return day
    months = _MONTHS[grain]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def next_first_day(grain: Grain, first: date) -> date:
    """On which the period begins that follows the one that begins on `first`."""
    if grain is Grain.DAY:
        return first + timedelta(days=1)
    years, month = divmod(first.month - 1 + _MONTHS[grain], 12)
    return date(first.year + years, month + 1, 1)


def name_of(grain: Grain, first: date) -> str:
    """`2026-03-08`, `2026-03`, `2026-Q1` or `2026`."""
    match grain:
        case Grain.DAY:
            return first.isoformat()
        case Grain.MONTH:
            return f"{first:%Y-%m}"
        case Grain.QUARTER:
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case Grain.YEAR:
            return f"{first.year}"


def days_between(first: date, last: date) -> list[date]:
    """From the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


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
    if day is None or day.isoformat() != text or not _FIRST <= day <= _LAST:
        raise Rejected(f"{field} {text!r} is not a day like 2026-03-08", field=field, value=text)
    return day


def read_period(text: str, *, field: str = "period") -> tuple[Grain, date]:
    """How long a period of this name is, and its first day; as `name_of` writes it."""
    for grain, first in _readings(text):
        if _FIRST <= first <= _LAST and name_of(grain, first) == text:
            return grain, first
    raise Rejected(
        f"{field} {text!r} is not a period like 2026-03-08, 2026-03, 2026-Q1 or 2026",
        field=field,
        value=text,
    )


def _readings(text: str) -> Iterator[tuple[Grain, date]]:
    year, _, quarter = text.partition("-Q")
    month = quarter.isdecimal() and int(quarter) * 3 - 2
    for grain, day in (
        (Grain.DAY, text),
        (Grain.MONTH, f"{text}-01"),
        (Grain.QUARTER, f"{year}-{month:02}-01"),
        (Grain.YEAR, f"{text}-01-01"),
    ):
        with suppress(ValueError):
            yield grain, date.fromisoformat(day)


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


def minute(at: datetime | None) -> str:
    """A moment in a sentence that people read."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at is not None else "never"
