"""Payouts in their bucket, and the rule of the house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.adapters.payouts import S3Payouts, reward_rule
from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.payout import Payout, lines_of
from chalicelib.core.rewards import Member, PayPeriod
from chalicelib.services.rewards import FIGURES
from tests.fakes.objects import InMemoryObjectStore

MARCH = date(2026, 3, 1)


def a_payout() -> Payout:
    rule, period = reward_rule(), PayPeriod.months(2026, 3)
    figures = {goal.goal_id: Decimal(100) for goal in rule.goals}
    member = Member(agent_id=AgentId("A01"), figures=figures, since=date(2026, 3, 20))
    return Payout(
        period=period,
        rule=rule,
        lines=tuple(lines_of(rule, period, [member])),
        made_at=datetime(2026, 4, 10, 6, tzinfo=UTC),
        made_by="fay",
    )


def test_what_is_kept_comes_back_and_is_never_replaced() -> None:
    """To the cent, and with its rule."""
    payouts = S3Payouts(InMemoryObjectStore())
    payouts.keep(a_payout())

    with pytest.raises(Conflict, match="2026-03"):
        payouts.keep(a_payout())

    assert payouts.of(MARCH) == a_payout()
    assert payouts.of(date(2026, 4, 1)) is None


def test_a_file_without_its_seal_is_no_payout() -> None:
    """Its writer died; the next one writes it again."""
    objects = InMemoryObjectStore()
    payouts = S3Payouts(objects)
    payouts.keep(a_payout())
    objects.remove("exports/rewards/dt=2026-03-01/payout.json")

    assert payouts.of(MARCH) is None
    payouts.keep(a_payout())
    assert "rewards-2026-03.csv" in payouts.link(MARCH)


def test_the_goals_of_the_house_are_columns_of_the_report_that_is_paid_by() -> None:
    """A typing error is found here, and not on pay day."""
    goals = {goal.goal_id for goal in reward_rule().goals}

    assert goals <= set(definitions()[FIGURES].header)


def test_a_rule_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rewards.yaml"
    file.write_text('currency: USD\nper goal: "50.00"\nfor all: "25.00"\ngoals: {}\n')

    with pytest.raises(Rejected, match="goals"):
        reward_rule(file)
