"""The dataset `feedback`: an invitation where its ticket was closed, and what was answered last."""

from __future__ import annotations

from chalicelib.core.dataset import ColumnType, Field, Kind
from chalicelib.core.feedback import Answers, Invitation
from chalicelib.core.metrics import Catalogue, Ratio, Thresholds, Unit, percent
from chalicelib.core.record_document import stamp

FEEDBACK: Catalogue[Invitation] = Catalogue()


@FEEDBACK.measure(Unit.INVITATIONS, "customers asked about tickets that were closed")
def feedback_invited(one: Invitation, limits: Thresholds) -> int:
    """Three tickets closed, of two the customer was asked: 2."""
    return 1


@FEEDBACK.measure(Unit.INVITATIONS, "of these, at least one mark was given")
def feedback_answered(one: Invitation, limits: Thresholds) -> int:
    """Three asked, one answered both questions, one hung up after the first: 2."""
    return int(one.newest is not None)


@FEEDBACK.measure(Unit.INVITATIONS, "of these, one of the questions was left out")
def feedback_partial(one: Invitation, limits: Thresholds) -> int:
    """Three asked, one answered both questions, one hung up after the first: 1."""
    return int(one.newest is not None and one.newest.is_partial)


@FEEDBACK.measure(Unit.MARKS, "marks for whoever helped; of each customer the newest")
def feedback_service_marks(one: Invitation, limits: Thresholds) -> int:
    """4, then 2 by the same customer, and 5 by another: 2."""
    return int(_service(one.newest) is not None)


@FEEDBACK.measure(Unit.MARKS, "their sum")
def feedback_service_total(one: Invitation, limits: Thresholds) -> int:
    """4, then 2 by the same customer, and 5 by another: 7."""
    return _service(one.newest) or 0


@FEEDBACK.measure(Unit.MARKS, "marks for what came of it; of each customer the newest")
def feedback_solution_marks(one: Invitation, limits: Thresholds) -> int:
    """5 by one customer, none by another: 1."""
    return int(_solution(one.newest) is not None)


@FEEDBACK.measure(Unit.MARKS, "their sum")
def feedback_solution_total(one: Invitation, limits: Thresholds) -> int:
    """5 by one customer, none by another: 5."""
    return _solution(one.newest) or 0


def _service(answers: Answers | None) -> int | None:
    return answers.service if answers is not None else None


def _solution(answers: Answers | None) -> int | None:
    return answers.solution if answers is not None else None


def _average(metric_id: str, total: str, marks: str, example: str) -> Ratio:
    return Ratio(metric_id, Unit.MARKS, f"{total} / {marks}", total, marks, 1, example, None)


for _ratio in (
    percent(
        "feedback_answer_rate",
        "feedback_answered",
        "feedback_invited",
        "Three asked, two answered: 66.67.",
    ),
    _average(
        "feedback_service_average",
        "feedback_service_total",
        "feedback_service_marks",
        "4, then 2 by the same customer, and 5 by another: 3.50.",
    ),
    _average(
        "feedback_solution_average",
        "feedback_solution_total",
        "feedback_solution_marks",
        "5 by one customer, none by another: 5.00.",
    ),
):
    FEEDBACK.add(_ratio)


def _answered_at(one: Invitation) -> str | None:
    return stamp(one.newest.at) if one.newest is not None else None


# No customer and no comment: both tell of people.
KIND: Kind[Invitation] = Kind(
    fields={
        "invitation_id": Field(lambda one: one.invitation_id),
        "ticket_id": Field(lambda one: one.ticket_id),
        "way": Field(lambda one: one.way.value),
        "agent": Field(lambda one: one.agent or None),
        "agent_name": Field(lambda one: one.agent_name or None),
        "queue_id": Field(lambda one: one.queue_id or None),
        "queue_name": Field(lambda one: one.queue_name or None),
        "reason": Field(lambda one: one.reason or None),
        "invited_at": Field(lambda one: stamp(one.invited_at), ColumnType.MOMENT),
        "answered_at": Field(_answered_at, ColumnType.MOMENT),
    },
    metrics=FEEDBACK,
)
