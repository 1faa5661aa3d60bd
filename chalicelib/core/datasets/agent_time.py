"""The dataset `agent_time`: the time that agents spent on contacts, where it passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import AgentWork, ContactRecord
from chalicelib.core.dataset import Field, Kind
from chalicelib.core.ids import AgentId
from chalicelib.core.interval_figures import newest
from chalicelib.core.intervals import SHORTEST, Grid
from chalicelib.core.metrics import Catalogue, Thresholds, Unit

AGENT_TIME: Catalogue[AgentTime] = Catalogue()
_LONGEST_DAYS = 7  # a contact that an agent has in hand when the period is over ends by then


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTime:
    """Seconds of one contact within one quarter of an hour, or that the contact ended there."""

    agent_id: AgentId
    username: str
    channel: str
    at: datetime
    handled: int = 0
    contact_seconds: int = 0
    wrap_up_seconds: int = 0


def agent_time(records: Sequence[ContactRecord], period: Period) -> list[AgentTime]:
    """What of these contacts lies in the period: the seconds wherever they passed, the contact
    once, where it ended. The contacts in any order, and as often as they come."""
    found: list[AgentTime] = []
    for record in newest(records):
        work, channel = record.agent, record.channel.value
        if work is None:
            continue
        if period.holds(record.disconnected_at):
            found.append(_row(work, channel, record.disconnected_at, handled=1))
        for at, seconds in _pieces(work.connected_at, work.disconnected_at, period):
            found.append(_row(work, channel, at, contact_seconds=seconds))
        if work.wrap_up_started_at and work.wrap_up_ended_at:
            for at, seconds in _pieces(work.wrap_up_started_at, work.wrap_up_ended_at, period):
                found.append(_row(work, channel, at, wrap_up_seconds=seconds))
    return found


def _row(work: AgentWork, channel: str, at: datetime, **counted: int) -> AgentTime:
    return AgentTime(
        agent_id=work.agent_id, username=work.username, channel=channel, at=at, **counted
    )


def _pieces(since: datetime, until: datetime, period: Period) -> Iterator[tuple[datetime, int]]:
    since, until = max(since, period.from_at), min(until, period.to_at)
    for interval, seconds in Grid(SHORTEST, period.zone).pieces(since, max(since, until)).items():
        yield max(since, interval.from_at), seconds


@AGENT_TIME.measure(Unit.CONTACTS, "contacts of the agent that ended")
def time_handled(one: AgentTime, limits: Thresholds) -> int:
    """One from 05:23 to 06:15, in half hours: 1, at 06:00."""
    return one.handled


@AGENT_TIME.measure(Unit.SECONDS, "with a contact in hand, holds included, where they passed")
def time_contact_seconds(one: AgentTime, limits: Thresholds) -> int:
    """One from 05:23 to 06:15, in half hours: 420, 1800 and 900."""
    return one.contact_seconds


@AGENT_TIME.measure(Unit.SECONDS, "after contact work, where they passed")
def time_wrap_up_seconds(one: AgentTime, limits: Thresholds) -> int:
    """Wrapped up from 06:15 to 06:16, in half hours: 60, at 06:00."""
    return one.wrap_up_seconds


@AGENT_TIME.measure(Unit.SECONDS, "with a contact in hand, and after contact work")
def time_work_seconds(one: AgentTime, limits: Thresholds) -> int:
    """One from 05:23 to 06:15 and its wrap-up to 06:16, in half hours: 420, 1800 and 960."""
    return one.contact_seconds + one.wrap_up_seconds


KIND: Kind[AgentTime] = Kind(
    fields={
        "agent_id": Field(lambda one: one.agent_id),
        "username": Field(lambda one: one.username or None),
        "channel": Field(lambda one: one.channel),
    },
    metrics=AGENT_TIME,
    at=lambda one: one.at,
    of_records=agent_time,
    days_after=_LONGEST_DAYS,
)
