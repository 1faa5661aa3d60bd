"""The dataset `performance`: all that an agent's goals are measured by, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import Field, Kind
from chalicelib.core.datasets import inquiries, legs
from chalicelib.core.datasets.inquiries import CountedInquiry
from chalicelib.core.datasets.marks import Mark
from chalicelib.core.ids import AgentId
from chalicelib.core.metrics import (
    Catalogue,
    Leg,
    Ratio,
    Thresholds,
    Unit,
    average,
    contacts_answered_in_time,
    percent,
)

PERFORMANCE: Catalogue[Part] = Catalogue()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that counts for the agent: a contact handled, an inquiry, or a mark."""

    agent_id: AgentId
    username: str | None
    of: Leg | CountedInquiry | Mark


def of_records(records: Sequence[ContactRecord], period: Period) -> list[Part]:
    """What contacts make of it; marks come beside them."""
    made = legs.handled(records, period)
    found = [Part(leg.agent_id, leg.username, leg) for leg in made]
    for one in inquiries.counted(records, period):
        if one.inquiry.agent_id is not None:
            found.append(Part(one.inquiry.agent_id, one.inquiry.username or None, one))
    return found


def of_mark(mark: Mark) -> Part:
    return Part(mark.agent_id, mark.username, mark)


@PERFORMANCE.measure(Unit.CONTACTS, "contacts the agent was connected to")
def performance_handled(part: Part, limits: Thresholds) -> int:
    """Answered twice, dialled once: 3."""
    return int(isinstance(part.of, Leg))


@PERFORMANCE.measure(Unit.CONTACTS, "of these, out of a queue")
def performance_answered(part: Part, limits: Thresholds) -> int:
    """Answered twice, dialled once: 2."""
    return int(isinstance(part.of, Leg) and part.of.record.queue is not None)


@PERFORMANCE.measure(Unit.CONTACTS, "of these, Queue.Duration <= answer_seconds")
def performance_answered_in_time(part: Part, limits: Thresholds) -> int:
    """Out of the queue after 3 and 21 s with a threshold of 20: 1."""
    return contacts_answered_in_time(part.of.record, limits) if isinstance(part.of, Leg) else 0


@PERFORMANCE.measure(Unit.SECONDS, "sum of interaction, hold and after contact work")
def performance_handle_seconds(part: Part, limits: Thresholds) -> int:
    """Talked 160 s, held 20 s, wrapped up 30 s: 210."""
    agent = part.of.record.agent if isinstance(part.of, Leg) else None
    return agent.handle_seconds if agent else 0


@PERFORMANCE.measure(Unit.INQUIRIES, "inquiries_handled")
def performance_inquiries(part: Part, limits: Thresholds) -> int:
    """Two resolved, one of them called again after two days: 2."""
    one = part.of
    return inquiries.inquiries_handled(one, limits) if isinstance(one, CountedInquiry) else 0


@PERFORMANCE.measure(Unit.INQUIRIES, "inquiries_at_once")
def performance_at_once(part: Part, limits: Thresholds) -> int:
    """Two resolved, one of them called again after two days: 1."""
    one = part.of
    return inquiries.inquiries_at_once(one, limits) if isinstance(one, CountedInquiry) else 0


@PERFORMANCE.measure(Unit.MARKS, "marks_given")
def performance_marks(part: Part, limits: Thresholds) -> int:
    """Two customers gave 5 and 4: 2."""
    return int(isinstance(part.of, Mark))


@PERFORMANCE.measure(Unit.POINTS, "marks_points")
def performance_points(part: Part, limits: Thresholds) -> int:
    """Two customers gave 5 and 4: 9."""
    return part.of.mark if isinstance(part.of, Mark) else 0


for _ratio in (
    percent(
        "performance_service_level",
        "performance_answered_in_time",
        "performance_answered",
        "Out of the queue after 3 and 21 s with a threshold of 20: 50.00.",
    ),
    percent(
        "performance_first_contact_resolution",
        "performance_at_once",
        "performance_inquiries",
        "Two resolved, one of them called again after two days: 50.00.",
    ),
    average(
        "performance_average_handle_time",
        "performance_handle_seconds",
        "performance_handled",
        "Handled for 210 and 90 s: 150.00.",
    ),
    Ratio(
        "performance_satisfaction",
        Unit.POINTS,
        "performance_points / performance_marks",
        "performance_points",
        "performance_marks",
        1,
        "Two customers gave 5 and 4: 4.50.",
        None,
    ),
):
    PERFORMANCE.add(_ratio)

KIND: Kind[Part] = Kind(
    fields={
        "agent_id": Field(lambda part: part.agent_id),
        "username": Field(lambda part: part.username),
    },
    metrics=PERFORMANCE,
    of_records=of_records,
    days_before=inquiries.DAYS_BEFORE,
    days_after=inquiries.DAYS_AFTER,
)
