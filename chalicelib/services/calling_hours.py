"""When customers may be called, by the place that their number belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.core.calling_hours import allowed_until, next_allowed
from chalicelib.services.ports import CenterStore


class ZonesOf(Protocol):
    """The time zones (IANA names) that a number (E.164) can be in; none when nobody knows."""

    def __call__(self, number: str) -> Sequence[str]: ...


class CallingHours:
    """08:00 to 21:00 where the number is; in all its zones, if it can be in several. The center's
    own zone decides where nothing is known, or where the zones have no hour in common."""

    def __init__(self, zones_of: ZonesOf, center: CenterStore) -> None:
        self._zones_of = zones_of
        self._center = center

    def next(self, number: str, at: datetime) -> datetime:
        """The first moment from `at` on when this number may be called."""
        return next_allowed(at, self._zones(number, at)) or at

    def until(self, number: str, at: datetime) -> datetime:
        """Until when it may be called from `at` on; `at` itself when it may not."""
        return allowed_until(at, self._zones(number, at))

    def is_open(self, number: str, at: datetime) -> bool:
        return self.until(number, at) > at

    def _zones(self, number: str, at: datetime) -> list[ZoneInfo]:
        zones = [ZoneInfo(name) for name in self._zones_of(number)]
        if next_allowed(at, zones) is None:
            return [ZoneInfo(self._center.center().time_zone)]
        return zones


__all__ = ["CallingHours", "ZonesOf"]
