"""Hours of operation: when a queue serves, in its own time zone, with overrides by date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.core.errors import Rejected
from chalicelib.core.ids import HoursId
from chalicelib.core.recurrence import Recurrence

MAX_OVERRIDES = 50
MAX_PERIODS = 100
SEARCH_DAYS = 732  # how far next_opening looks ahead: two years and a leap day
MIDNIGHT = time(0)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Day(StrEnum):
    """Amazon Connect's names, in the order of `date.weekday()`."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


_WEEK = tuple(Day)


@dataclass(frozen=True, slots=True)
class Config:
    """Open on this weekday from `start` until before `end`; an `end` of 00:00 is midnight."""

    day: Day
    start: time
    end: time

    def covers(self, moment: time) -> bool:
        return self.start <= moment and (self.end == MIDNIGHT or moment < self.end)


class OverrideType(StrEnum):
    """STANDARD replaces the weekly hours, CLOSED and OPEN replace both; see `_rank`.

    Of those that recur, OPEN adds its hours to what is left of the others, and CLOSED takes its
    own away from everything.
    """

    STANDARD = "STANDARD"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Override:
    """Other hours on the dates from `effective_from` to `effective_till`, both included.

    With a `recurrence` on those of them that it names. A STANDARD override without entries means
    closed.
    """

    name: str
    effective_from: date
    effective_till: date
    config: tuple[Config, ...] = ()
    type: OverrideType = OverrideType.STANDARD
    override_id: str = ""
    description: str = ""
    recurrence: Recurrence | None = None

    @property
    def is_patch(self) -> bool:
        """Whether it leaves the rest of the day as it is."""
        return self.recurrence is not None and self.type is not OverrideType.STANDARD

    def speaks_for(self, day: date) -> bool:
        """Whether it decides about this date; OPEN only where it has hours for the weekday."""
        if not self.effective_from <= day <= self.effective_till:
            return False
        if self.recurrence is not None:
            weekdays = {_WEEK.index(entry.day) for entry in self.config}
            if not self.recurrence.falls_on(day, since=self.effective_from, weekdays=weekdays):
                return False
        return self.type is not OverrideType.OPEN or any(True for _ in _on(self.config, day))

    def hours_on(self, day: date) -> list[Config]:
        """Its own hours of a date for which it speaks, open or closed; a whole day if it has none
        and closes."""
        found = list(_on(self.config, day))
        if self.config or self.type is OverrideType.OPEN:
            return found
        return [Config(_WEEK[day.weekday()], MIDNIGHT, MIDNIGHT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfOperation:
    """A weekly calendar in a time zone. One that could not be obeyed cannot be built.

    Hours are wall-clock hours: on a day when clocks change, a shift is as much longer or shorter,
    and an hour that comes twice is open both times or not at all.
    """

    hours_id: HoursId
    name: str
    time_zone: str
    config: tuple[Config, ...]
    overrides: tuple[Override, ...] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        _zone(self.time_zone)
        if not self.config:
            raise Rejected("hours of operation need at least one open period", field="Config")
        _check_config(self.config, "Config")
        if len(self.overrides) > MAX_OVERRIDES:
            raise Rejected(
                f"at most {MAX_OVERRIDES} overrides", field="Overrides", value=len(self.overrides)
            )
        for number, override in enumerate(self.overrides):
            check_override(override, f"Overrides[{number}].")

    def is_open(self, at: datetime) -> bool:
        """Whether the center serves at this instant."""
        local = at.astimezone(_zone(self.time_zone))
        return any(period.covers(local.time()) for period in self.periods(local.date()))

    def left_today(self, at: datetime) -> list[Config]:
        """The periods of the local date that are not over, in order."""
        local = at.astimezone(_zone(self.time_zone))
        left = [p for p in self.periods(local.date()) if p.end == MIDNIGHT or local.time() < p.end]
        return sorted(left, key=lambda period: period.start)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on, in UTC; None: closed for the next two years."""
        if self.is_open(at):
            return at.astimezone(UTC)
        zone = _zone(self.time_zone)
        today = at.astimezone(zone).date()
        for offset in range(SEARCH_DAYS):
            day = today + offset * DAY
            periods = list(self.periods(day))
            openings = [c for c in _candidates(periods, day, zone) if c > at and self.is_open(c)]
            if openings:
                return min(openings)
        return None

    def openings(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of time in between in which the center serves, in UTC and in order: from
        its first instant until before the second one. Two may touch."""
        zone = _zone(self.time_zone)
        for begins, ends, offset in _stretches(since.astimezone(UTC), until.astimezone(UTC), zone):
            day, last = (begins + offset).date(), (ends + offset).date()
            while day <= last:
                midnight = datetime.combine(day, MIDNIGHT, tzinfo=UTC) - offset
                for period in joined(self.periods(day)):
                    opens = max(begins, midnight + _into_day(period.start))
                    closes = midnight + (_into_day(period.end) or DAY)
                    if opens < min(ends, closes):
                        yield opens, min(ends, closes)
                day += DAY

    def periods(self, day: date) -> Iterator[Config]:
        """The open periods of a local date, after overrides."""
        deciding = self.deciding(day)
        patches = [o for o in deciding if o.is_patch]
        whole = [o for o in deciding if not o.is_patch]
        config = tuple(c for o in whole for c in o.config) if whole else self.config
        periods = _on(config, day)
        return iter(_patched(list(periods), patches, day)) if patches else periods

    def deciding(self, day: date) -> list[Override]:
        """The overrides that make a local date what it is; none: the weekly hours do."""
        speaking = [o for o in self.overrides if o.speaks_for(day)]
        highest = max((_rank(o) for o in speaking if not o.is_patch), default=None)
        return [o for o in speaking if o.is_patch or _rank(o) == highest]


def joined(periods: Iterable[Config]) -> list[Config]:
    """The periods of one date in order, those that touch or overlap as one."""
    found: list[Config] = []
    for period in sorted(periods, key=lambda each: each.start):
        last = found[-1] if found else None
        if last is None or (last.end != MIDNIGHT and last.end < period.start):
            found.append(period)
        elif last.end != MIDNIGHT and (period.end == MIDNIGHT or period.end > last.end):
            found[-1] = replace(last, end=period.end)
    return found


def _rank(override: Override) -> int:
    """A special opening beats a closure, which beats other hours. Equals add up."""
    return (OverrideType.STANDARD, OverrideType.CLOSED, OverrideType.OPEN).index(override.type)


def _patched(periods: list[Config], patches: Iterable[Override], day: date) -> list[Config]:
    """With the hours that recurring overrides open, without those that recurring ones close."""
    closed: list[Config] = []
    for patch in patches:
        (closed if patch.type is OverrideType.CLOSED else periods).extend(patch.hours_on(day))
    for hole in closed:
        periods = [piece for period in periods for piece in _without(period, hole)]
    return periods


def _without(period: Config, hole: Config) -> Iterator[Config]:
    """What is left of a period before and after the hole."""
    if period.start < hole.start:
        is_cut = period.end == MIDNIGHT or hole.start < period.end
        yield replace(period, end=hole.start) if is_cut else period
    if hole.end != MIDNIGHT and (period.end == MIDNIGHT or hole.end < period.end):
        yield replace(period, start=max(period.start, hole.end))


def _on(config: tuple[Config, ...], day: date) -> Iterator[Config]:
    return (entry for entry in config if entry.day is _WEEK[day.weekday()])


def _candidates(periods: list[Config], day: date, zone: tzinfo) -> Iterator[datetime]:
    """Every instant of the date at which it could open: each start, both times if it comes twice,
    and the moment the clocks change (a start they skip, a period they jump back into)."""
    if not periods:
        return
    for period in periods:
        for fold in (0, 1):
            yield _instant(day, period.start, zone, fold)
    # From the day before, because where clocks change at midnight the date begins in the gap.
    before, after = _instant(day - DAY, MIDNIGHT, zone), _instant(day + DAY, MIDNIGHT, zone)
    if _offset(before, zone) != _offset(after, zone):
        changed = _transition(before, after, zone)
        if changed.astimezone(zone).date() == day:
            yield changed


def _stretches(
    since: datetime, until: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time in between cut where clocks change, and at least once a day: from, until before
    (both UTC), and how far the zone's clocks are ahead of UTC."""
    while since < until:
        whole = since.replace(microsecond=0)
        ends, offset = min(until, whole + DAY), _offset(since, zone)
        if _offset(ends, zone) != offset:
            ends = min(ends, _transition(whole, whole + DAY, zone))
        yield since, ends, offset
        since = ends


def _into_day(moment: time) -> timedelta:
    return timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )


def _transition(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second with the later offset."""
    offset = _offset(after, zone)
    while after - before > SECOND:
        middle = before + ((after - before) // 2 // SECOND) * SECOND
        before, after = (before, middle) if _offset(middle, zone) == offset else (middle, after)
    return after


def _instant(day: date, moment: time, zone: tzinfo, fold: int = 0) -> datetime:
    return datetime.combine(day, moment, tzinfo=zone).replace(fold=fold).astimezone(UTC)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # Which one depends on the name: not there, a path, a directory of the database.
        raise Rejected(f"unknown time zone {name!r}", field="TimeZone", value=name) from error


def _check_config(config: tuple[Config, ...], where: str) -> None:
    if len(config) > MAX_PERIODS:
        message = f"at most {MAX_PERIODS} periods are possible"
        raise Rejected(message, field=where, value=len(config))
    for number, entry in enumerate(config):
        if entry.end != MIDNIGHT and entry.end <= entry.start:
            raise Rejected(
                f"{entry.day} ends at {entry.end:%H:%M}, not after its start {entry.start:%H:%M};"
                " write hours over midnight as two entries",
                field=f"{where}[{number}].EndTime",
                value=f"{entry.end:%H:%M}",
            )


def check_override(override: Override, where: str = "") -> None:
    """Rejected when it could not be obeyed; `where` stands before the names of its fields."""
    if override.effective_till < override.effective_from:
        raise Rejected(
            f"override {override.name!r} ends before it begins",
            field=f"{where}EffectiveTill",
            value=override.effective_till.isoformat(),
        )
    if override.type is OverrideType.CLOSED and override.config and not override.recurrence:
        raise Rejected(
            f"override {override.name!r} is CLOSED and takes no hours",
            field=f"{where}Config",
            value=len(override.config),
        )
    if override.type is OverrideType.OPEN and not override.config:
        raise Rejected(f"override {override.name!r} is OPEN without hours", field=f"{where}Config")
    _check_config(override.config, f"{where}Config")
