"""What contacts make of each interval: each counts once, and time lies where it was spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.intervals import Grid, Interval

type AgentSeconds = Mapping[tuple[AgentId, Interval], int]


class Counted(StrEnum):
    """Where a contact that lies in several intervals counts; every figure names one."""

    WHERE_IT_BEGAN = "WHERE_IT_BEGAN"
    WHERE_IT_ENDED = "WHERE_IT_ENDED"


def newest(records: Iterable[ContactRecord]) -> list[ContactRecord]:
    """Each contact once, as it is known last, however often and in whatever order it is told."""
    known: dict[ContactId, ContactRecord] = {}
    for record in records:
        other = known.get(record.contact_id)
        if other is None or other.last_fact < record.last_fact:
            known[record.contact_id] = record
    return [known[contact_id] for contact_id in sorted(known)]


def contacts(
    records: Iterable[ContactRecord], grid: Grid, counted: Counted
) -> Mapping[Interval, int]:
    """How many contacts there were; those of all intervals add up to all contacts."""
    is_end = counted is Counted.WHERE_IT_ENDED
    return grid.counts(
        record.disconnected_at if is_end else record.initiated_at for record in newest(records)
    )


def talk_seconds(records: Iterable[ContactRecord], grid: Grid) -> AgentSeconds:
    """The seconds that each agent had a contact in hand, holds included, where they passed."""
    found: Counter[tuple[AgentId, Interval]] = Counter()
    for record in newest(records):
        work = record.agent
        if work is not None:
            for interval, seconds in grid.pieces(work.connected_at, work.disconnected_at).items():
                found[work.agent_id, interval] += seconds
    return found


def wrap_up_seconds(records: Iterable[ContactRecord], grid: Grid) -> AgentSeconds:
    """The seconds of after contact work, where they passed."""
    found: Counter[tuple[AgentId, Interval]] = Counter()
    for record in newest(records):
        work = record.agent
        if work and work.wrap_up_started_at and work.wrap_up_ended_at:
            since, until = work.wrap_up_started_at, work.wrap_up_ended_at
            for interval, seconds in grid.pieces(since, max(since, until)).items():
                found[work.agent_id, interval] += seconds
    return found
