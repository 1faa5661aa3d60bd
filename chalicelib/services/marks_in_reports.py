"""The marks of customers as reports count them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.core.center import User
from chalicelib.core.civil_day import Period
from chalicelib.core.datasets.marks import Mark
from chalicelib.core.ids import AgentId
from chalicelib.services.report_ports import Marks


class MarksInReports:
    """Answers name agents as they sign in; whoever is no user any more keeps that name."""

    def __init__(self, marks: Marks, user: Callable[[str], User | None]) -> None:
        self._marks = marks
        self._user = user

    def rows(self, period: Period) -> Iterator[Mark]:
        """The rows of the dataset `marks`."""
        for each in self._marks.given(period.days):
            user = self._user(each.username)
            yield Mark(
                agent_id=user.agent_id if user else AgentId(each.username),
                username=each.username,
                queue_id=each.queue_id,
                day=each.day,
                mark=each.mark,
            )
