"""An invitation counts where its ticket was closed, by the newest answers."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import civil_day, period
from chalicelib.core.datasets.feedback import FEEDBACK
from chalicelib.core.feedback_results import results_of
from chalicelib.core.report import rows_of
from tests.core.invitations import random_invitation
from tests.core.test_feedback import an_invitation, some_answers
from tests.given import MONDAY

NEW_YORK = "America/New_York"
DAY = civil_day(MONDAY.date(), NEW_YORK)
REPORTS = definitions()


def test_a_day_lists_every_invitation_with_what_was_answered_last() -> None:
    """Without customers and without words; one that nobody answered is there, too."""
    changed = an_invitation("F-1", agent="ben", reason="solved").answered(some_answers("a-1"))
    changed = changed.answered(some_answers("a-2", service=2, solution=None, comment="elephant"))
    report = REPORTS["daily-feedback"]

    rows = rows_of(report, DAY, [changed, an_invitation("F-2")])

    first, second = (dict(zip(report.header, row, strict=True)) for row in rows)
    assert (first["answered"], first["partial"]) == (1, 1)
    assert (first["service"], first["solution"]) == (Decimal("2.00"), None)
    assert (first["agent"], first["reason"], second["answered"]) == ("ben", "solved", 0)
    assert "elephant" not in str(rows)


@pytest.mark.parametrize("seed", range(5))
def test_the_report_and_the_page_of_supervisors_say_the_same(seed: int) -> None:
    """To the last digit."""
    chance = Random(seed)
    invitations = [random_invitation(chance, n, DAY) for n in range(40)]

    told = results_of(invitations).all

    assert FEEDBACK.evaluate("feedback_invited", invitations) == told.invited
    assert FEEDBACK.evaluate("feedback_answered", invitations) == told.answered
    assert FEEDBACK.evaluate("feedback_partial", invitations) == told.partial
    assert FEEDBACK.evaluate("feedback_answer_rate", invitations) == told.answer_rate
    assert FEEDBACK.evaluate("feedback_service_average", invitations) == told.service.average
    assert FEEDBACK.evaluate("feedback_solution_average", invitations) == told.solution.average


@pytest.mark.parametrize("seed", range(5))
def test_a_month_by_agent_queue_and_reason_adds_up_to_all(seed: int) -> None:
    chance = Random(seed)
    invitations = [random_invitation(chance, n, DAY) for n in range(40)]
    report = REPORTS["monthly-feedback"]

    rows = rows_of(report, period(report.grain, DAY.day, NEW_YORK), invitations)

    told = results_of(invitations).all
    at = report.header.index
    assert sum(int(str(row[at("invited")])) for row in rows) == told.invited == 40
    assert sum(int(str(row[at("service_marks")])) for row in rows) == told.service.count
