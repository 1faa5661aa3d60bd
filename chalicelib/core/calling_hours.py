"""When a number may be called: in the hours of the place that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(21)  # local; as the law of the United States has it for sales calls
_DAYS_AHEAD = 3  # enough for any zones to have an hour in common, if they ever have


def next_allowed(at: datetime, zones: Sequence[ZoneInfo]) -> datetime | None:
    """The first moment from `at` on when it is between 08:00 and 21:00 in every zone; `at` itself
    when it is now. None: there is no such hour, or no zone."""
    spans = _spans(at, zones)
    return next((max(at, opens) for opens, closes in spans if closes > at), None)


def allowed_until(at: datetime, zones: Sequence[ZoneInfo]) -> datetime:
    """Until when it is allowed without a break; `at` itself when it is not allowed then."""
    spans = _spans(at, zones)
    return next((closes for opens, closes in spans if opens <= at < closes), at)


def _spans(at: datetime, zones: Sequence[ZoneInfo]) -> Iterator[tuple[datetime, datetime]]:
    """What all zones have in common, in order: since when and until when."""
    if not zones:
        return
    first, *others = (list(_days(at, zone)) for zone in zones)
    common = first
    for days in others:
        common = [
            (max(opens, opened), min(closes, closed))
            for opens, closes in common
            for opened, closed in days
            if max(opens, opened) < min(closes, closed)
        ]
    yield from sorted(common)


def _days(at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The hours of one zone, from yesterday on, in the time of `at`; clocks that are put forward
    or back are the zone's own affair."""
    today = at.astimezone(zone).date()
    for number in range(-1, _DAYS_AHEAD):
        day = today + timedelta(days=number)
        opens, closes = (datetime.combine(day, each, zone) for each in (OPENS, CLOSES))
        yield opens.astimezone(at.tzinfo), closes.astimezone(at.tzinfo)


__all__ = ["CLOSES", "OPENS", "allowed_until", "next_allowed"]
