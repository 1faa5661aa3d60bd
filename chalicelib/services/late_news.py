"""What becomes known of a day when it is over, and belongs into its reports."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from chalicelib.core.civil_day import Grain, day_of, days_between, first_day, period
from chalicelib.services.report_ports import ReportRequests


class LateNews:
    """`zone`: the center's; in it days end, and what comes later is late."""

    def __init__(self, requests: ReportRequests, *, zone: str, now: Callable[[], datetime]) -> None:
        self._requests = requests
        self._zone = zone
        self._now = now

    def days_of(self, moments: Collection[datetime]) -> list[date]:
        """From the day of the first of them, at least one, to that of the last."""
        return days_between(day_of(min(moments), self._zone), day_of(max(moments), self._zone))

    def of(self, days: Collection[date]) -> None:
        """Has the reports of every period of these days renewed that is over, a while after what
        is asked for now was written."""
        touched = {(grain, first_day(grain, day)) for grain in Grain for day in days}
        for grain, day in sorted(touched):
            if period(grain, day, self._zone).to_at <= self._now():
                self._requests.renew(day, grain=grain)
