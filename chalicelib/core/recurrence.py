"""On which dates something happens again: every second week, the last Friday of each month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.core.errors import Rejected

MOST_APART = 6  # units of the frequency from one time to the next
LAST = -1
_WHERE = "RecurrenceConfig.RecurrencePattern"
_DAYS_A_WEEK = 7


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Every `interval` weeks, months or years, counted from the date on which it begins.

    `month` 1 to 12 for years; `month_day` 1 to 31 and `occurrence` 1 to 4 of a weekday for months
    and years, or LAST for either. What is not said is as on the date on which it begins; a 31st
    that a month does not have is left out. Weeks begin on Monday. Rejected when it contradicts
    itself.
    """

    frequency: Frequency
    interval: int = 1
    month: int | None = None
    month_day: int | None = None
    occurrence: int | None = None

    def __post_init__(self) -> None:
        _check("Interval", self.interval, range(1, MOST_APART + 1))
        _check("ByMonth", self.month, range(1, 13))
        _check("ByMonthDay", self.month_day, (LAST, *range(1, 32)))
        _check("ByWeekdayOccurrence", self.occurrence, (LAST, *range(1, 5)))
        if self.month is not None and self.frequency is not Frequency.YEARLY:
            raise _refused("ByMonth", "belongs to YEARLY", self.month)
        if self.frequency is Frequency.WEEKLY and self.month_day is not None:
            raise _refused("ByMonthDay", "belongs to MONTHLY and YEARLY", self.month_day)
        if self.frequency is Frequency.WEEKLY and self.occurrence is not None:
            raise _refused("ByWeekdayOccurrence", "belongs to MONTHLY and YEARLY", self.occurrence)
        if self.month_day is not None and self.occurrence is not None:
            raise _refused("ByWeekdayOccurrence", "does not go with ByMonthDay", self.occurrence)

    def falls_on(self, day: date, *, since: date, weekdays: Collection[int]) -> bool:
        """Whether this date is one of them. `weekdays`: 0 is Monday, as `date.weekday()`; none
        given: any date of a month, and the weekday of `since`."""
        if not self._is_turn(day, since):
            return False
        if self.frequency is Frequency.WEEKLY or self.occurrence is not None:
            is_weekday = day.weekday() in (weekdays or (since.weekday(),))
            return is_weekday and self._is_occurrence(day)
        return day.day == self._month_day(day, since)

    def _is_turn(self, day: date, since: date) -> bool:
        """Whether the date lies in a week, month or year whose turn it is."""
        match self.frequency:
            case Frequency.WEEKLY:
                apart = _week(day) - _week(since)
            case Frequency.MONTHLY:
                apart = (day.year - since.year) * 12 + day.month - since.month
            case Frequency.YEARLY:
                if day.month != (self.month or since.month):
                    return False
                apart = day.year - since.year
        return apart % self.interval == 0

    def _is_occurrence(self, day: date) -> bool:
        if self.occurrence is None:
            return True
        if self.occurrence == LAST:
            return day.day + _DAYS_A_WEEK > _length(day)
        return (day.day - 1) // _DAYS_A_WEEK + 1 == self.occurrence

    def _month_day(self, day: date, since: date) -> int:
        wanted = self.month_day if self.month_day is not None else since.day
        return _length(day) if wanted == LAST else wanted


def _week(day: date) -> int:
    return (day.toordinal() - 1) // _DAYS_A_WEEK  # 0001-01-01 is a Monday


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _check(name: str, value: int | None, allowed: Collection[int]) -> None:
    if value is not None and value not in allowed:
        raise _refused(name, f"is one of {', '.join(map(str, allowed))}", value)


def _refused(name: str, why: str, value: int) -> Rejected:
    return Rejected(f"{name} {why}, not {value}", field=f"{_WHERE}.{name}", value=value)
