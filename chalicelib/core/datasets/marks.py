"""The dataset `marks`: what customers think of the agent who helped them, from 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.ids import AgentId
from chalicelib.core.metrics import Catalogue, Ratio, Thresholds, Unit

MARKS: Catalogue[Mark] = Catalogue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The newest answer to one invitation. `day`: on which the ticket was closed."""

    agent_id: AgentId
    username: str
    queue_id: str
    day: date
    mark: int


@MARKS.measure(Unit.MARKS, "customers who gave a mark for the agent; of each the newest answer")
def marks_given(one: Mark, limits: Thresholds) -> int:
    """Gave 4, then 5 on second thoughts, and another one 3: 2."""
    return 1


@MARKS.measure(Unit.POINTS, "sum of these marks, 1 to 5")
def marks_points(one: Mark, limits: Thresholds) -> int:
    """Gave 4, then 5 on second thoughts, and another one 3: 8."""
    return one.mark


MARKS.add(
    Ratio(
        "satisfaction",
        Unit.POINTS,
        "marks_points / marks_given",
        "marks_points",
        "marks_given",
        1,
        "Gave 4, then 5 on second thoughts, and another one 3: 4.00.",
        None,
    )
)

KIND: Kind[Mark] = Kind(
    fields={
        "agent_id": Field(lambda one: one.agent_id),
        "username": Field(lambda one: one.username),
        "queue_id": Field(lambda one: one.queue_id or None),
        "day": Field(lambda one: one.day.isoformat(), ColumnType.DAY),
    },
    metrics=MARKS,
)
