"""How weekdays, times and dates look in Amazon Connect's API for hours of operation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Annotated

import msgspec

from chalicelib.core.errors import Rejected
from chalicelib.core.hours import MIDNIGHT, Config, Day
from chalicelib.core.recurrence import Frequency, Recurrence
from chalicelib.entrypoints.connect_shapes import Shape, without_nothing


class TimeSlice(Shape):
    hours: Annotated[int, msgspec.Meta(ge=0, le=23)]
    minutes: Annotated[int, msgspec.Meta(ge=0, le=59)]

    def time(self) -> time:
        return time(self.hours, self.minutes)


class Period(Shape):
    """Of hours of operation themselves."""

    day: Day
    start_time: TimeSlice
    end_time: TimeSlice

    def periods(self) -> tuple[Config, ...]:
        return (Config(self.day, self.start_time.time(), self.end_time.time()),)


class OverridePeriod(Shape):
    """Without a day: of every weekday. Without times: from midnight, until midnight."""

    day: Day | None = None
    start_time: TimeSlice | None = None
    end_time: TimeSlice | None = None

    def periods(self) -> tuple[Config, ...]:
        start = self.start_time.time() if self.start_time else MIDNIGHT
        end = self.end_time.time() if self.end_time else MIDNIGHT
        return tuple(Config(day, start, end) for day in ([self.day] if self.day else Day))


class Pattern(Shape):
    """Amazon Connect's lists have one entry each."""

    frequency: Frequency
    interval: int
    by_month: list[int] = []
    by_month_day: list[int] = []
    by_weekday_occurrence: list[int] = []


class RecurrenceConfig(Shape):
    recurrence_pattern: Pattern

    def recurrence(self) -> Recurrence:
        pattern = self.recurrence_pattern
        return Recurrence(
            frequency=pattern.frequency,
            interval=pattern.interval,
            month=_only(pattern.by_month, "ByMonth"),
            month_day=_only(pattern.by_month_day, "ByMonthDay"),
            occurrence=_only(pattern.by_weekday_occurrence, "ByWeekdayOccurrence"),
        )


def config_of(entries: Sequence[Period] | Sequence[OverridePeriod]) -> tuple[Config, ...]:
    return tuple(period for entry in entries for period in entry.periods())


def config_shown(config: Sequence[Config]) -> list[dict[str, object]]:
    return [
        {"Day": each.day, "StartTime": slice_shown(each.start), "EndTime": slice_shown(each.end)}
        for each in config
    ]


def slice_shown(at: time) -> dict[str, int]:
    return {"Hours": at.hour, "Minutes": at.minute}


def recurrence_shown(recurrence: Recurrence | None) -> dict[str, object] | None:
    if recurrence is None:
        return None
    lists = {
        "ByMonth": recurrence.month,
        "ByMonthDay": recurrence.month_day,
        "ByWeekdayOccurrence": recurrence.occurrence,
    }
    pattern = {
        "Frequency": recurrence.frequency,
        "Interval": recurrence.interval,
        **{name: [value] for name, value in without_nothing(lists).items()},
    }
    return {"RecurrencePattern": pattern}


def _only(values: Sequence[int], name: str) -> int | None:
    if len(values) > 1:
        field = f"RecurrenceConfig.RecurrencePattern.{name}"
        raise Rejected(f"{name} takes one value, not {len(values)}", field=field, value=len(values))
    return values[0] if values else None
