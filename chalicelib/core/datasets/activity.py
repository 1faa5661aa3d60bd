"""The dataset `activity`: the seconds of an agent in a status, in each quarter of an hour."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.agent_activity import Told, stretches, usernames
from chalicelib.core.civil_day import Period
from chalicelib.core.dataset import Field, Kind
from chalicelib.core.ids import AgentId
from chalicelib.core.intervals import SHORTEST, Grid
from chalicelib.core.metrics import Catalogue, Thresholds, Unit

ACTIVITY: Catalogue[Activity] = Catalogue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Signed in, in one status, within one quarter of an hour that began at `at` or before."""

    agent_id: AgentId
    username: str
    status: str
    is_paid: bool
    at: datetime
    seconds: int


def activity(
    told: Iterable[Told], period: Period, *, until: datetime, unpaid: Collection[str] = ()
) -> list[Activity]:
    """What of it lies in the period, and before `until`; told twice, or in any order, the same.

    `unpaid` names the statuses whose time is not paid.
    """
    known, grid = list(told), Grid(SHORTEST, period.zone)
    names = usernames(known)
    found = []
    for stretch in stretches(known, until=until):
        since, to_at = max(stretch.from_at, period.from_at), min(stretch.to_at, period.to_at)
        for interval, seconds in grid.pieces(since, max(since, to_at)).items():
            found.append(
                Activity(
                    agent_id=stretch.agent_id,
                    username=names.get(stretch.agent_id, ""),
                    status=stretch.status.name,
                    is_paid=stretch.status.name not in unpaid,
                    at=max(since, interval.from_at),
                    seconds=seconds,
                )
            )
    return found


@ACTIVITY.measure(Unit.SECONDS, "signed in, in any status")
def activity_seconds(one: Activity, limits: Thresholds) -> int:
    """Available from 05:23 to 06:15, in half hours: 420, 1800 and 900."""
    return one.seconds


@ACTIVITY.measure(Unit.SECONDS, "signed in, in a status whose time is paid")
def activity_paid_seconds(one: Activity, limits: Thresholds) -> int:
    """Available for 420 s, at lunch, which is not paid, for 180 s: 420."""
    return one.seconds if one.is_paid else 0


@ACTIVITY.measure(Unit.SECONDS, "signed in, in a status whose time is not paid")
def activity_unpaid_seconds(one: Activity, limits: Thresholds) -> int:
    """Available for 420 s, at lunch, which is not paid, for 180 s: 180."""
    return 0 if one.is_paid else one.seconds


KIND: Kind[Activity] = Kind(
    fields={
        "agent_id": Field(lambda one: one.agent_id),
        "username": Field(lambda one: one.username or None),
        "status": Field(lambda one: one.status),
        "paid": Field(lambda one: "yes" if one.is_paid else "no"),
    },
    metrics=ACTIVITY,
    at=lambda one: one.at,
)
