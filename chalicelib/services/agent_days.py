"""What agents did in a period, as reports count it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.core.agent_activity import Told
from chalicelib.core.civil_day import Period, days_between
from chalicelib.core.datasets.activity import Activity, activity
from chalicelib.core.datasets.time_cards import NamedCard, cards
from chalicelib.services.event_ports import AgentDays
from chalicelib.services.ports import CenterStore

_BACK = timedelta(days=7)  # whoever said nothing for longer has gone home unseen
_ON = timedelta(days=1)  # the next word of an agent says again what was before it


class AgentDaysService:
    """Statuses are paid or not as the center has them now."""

    def __init__(
        self, days: AgentDays, center: CenterStore, *, now: Callable[[], datetime]
    ) -> None:
        self._days = days
        self._center = center
        self._now = now

    def activity(self, period: Period) -> Sequence[Activity]:
        """The rows of the dataset `activity`."""
        told = self._told(period)
        return activity(told, period, until=self._now(), unpaid=self._unpaid())

    def time_cards(self, period: Period) -> Sequence[NamedCard]:
        """The rows of the dataset `time_cards`."""
        return cards(self._told(period), period, until=self._now(), unpaid=self._unpaid())

    def _told(self, period: Period) -> list[Told]:
        utc_days = period.utc_days
        return list(self._days.told(days_between(utc_days[0] - _BACK, utc_days[-1] + _ON)))

    def _unpaid(self) -> list[str]:
        return [each.name for each in self._center.center().agent_statuses if not each.is_paid]
