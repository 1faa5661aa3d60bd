"""What agents are paid for a month: its rewards, and differences for months before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from chalicelib.core.center import User
from chalicelib.core.civil_day import read_day
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.rewards import (
    Member,
    PayPeriod,
    RewardLine,
    RewardRule,
    differences,
    rewards,
    total,
)

JOINED, LEFT = "joined", "left"  # tags of a user: the first and the last day in the center


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """What was paid for a month, by the rule that held then. It never changes."""

    period: PayPeriod
    rule: RewardRule
    lines: tuple[RewardLine, ...]
    made_at: datetime
    made_by: str

    @property
    def total(self) -> Decimal:
        return total(self.lines)

    def of(self, agent_id: AgentId) -> list[RewardLine]:
        """The lines of one agent."""
        return [line for line in self.lines if line.agent_id == agent_id]


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier month, with its figures as they are now."""

    payout: Payout
    members: Sequence[Member]


def lines_of(
    rule: RewardRule,
    period: PayPeriod,
    members: Iterable[Member],
    corrections: Sequence[Correction] = (),
    later: Sequence[Payout] = (),
) -> list[RewardLine]:
    """The period's rewards, then a line for each difference in earlier months, oldest first.

    `corrections` hold every earlier payout, `later` those of months after this one that were paid
    before it: what one of them paid for another counts as paid.
    """
    made = rewards(rule, period, members)
    payouts = [*(each.payout for each in corrections), *later]
    paid = [line for payout in payouts for line in payout.lines]
    for each in corrections:
        before = each.payout
        made += differences(paid, before.rule, before.period, each.members, paid_in=period)
    return made


def member_of(row: Mapping[str, str], rule: RewardRule, user: User | None) -> Member:
    """A row of the report of figures: a column for each goal, an empty cell where there was nothing
    to divide by. Who is no user any more was there for all of the period.

    Rejected when there is no such column, or a tag of the user is no day.
    """
    tags = user.tags if user is not None else {}
    return Member(
        agent_id=AgentId(row["agent_id"]),
        figures={goal.goal_id: _figure(row, goal.goal_id) for goal in rule.goals},
        since=_day(tags, JOINED),
        until=_day(tags, LEFT),
    )


def _figure(row: Mapping[str, str], goal_id: str) -> Decimal | None:
    try:
        return Decimal(row[goal_id]) if row[goal_id] else None
    except (KeyError, InvalidOperation):
        message = f"goal {goal_id!r} is no number of the report: {', '.join(row)}"
        raise Rejected(message, field="goals", value=goal_id) from None


def _day(tags: Mapping[str, str], tag: str) -> date | None:
    return read_day(tags[tag], field=f"tag {tag}") if tag in tags else None
