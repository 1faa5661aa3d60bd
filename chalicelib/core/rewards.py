"""What agents earn by reaching their goals: a line per goal, and differences where figures were
corrected after the pay-out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from chalicelib.core.csv_file import Cell
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.money import half_up, read_amount, read_currency

ALL_GOALS = "all"  # the goal_id of the line for having reached every one
CENTS = 2
_NOTHING = Decimal("0.00")

type Figures = Mapping[str, Decimal | None]  # by goal; None: there was nothing to divide by


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPeriod:
    """Civil days of the center, both inclusive, that are paid together; `name` as files have it."""

    from_day: date
    to_day: date
    name: str

    @classmethod
    def months(cls, year: int, month: int, *, count: int = 1) -> PayPeriod:
        """The month, or a quarter or a year from that month on. Rejected when there is none."""
        if not 2000 <= year <= 2199 or not 1 <= month <= 12 or count not in (1, 3, 12):
            raise Rejected(
                f"period {year}-{month} of {count} months is none", field="period", value=month
            )
        following = year * 12 + month - 1 + count
        name = f"{year}-{month:02d}" + ("" if count == 1 else f"+{count}")
        ends = date(following // 12, following % 12 + 1, 1) - timedelta(days=1)
        return cls(from_day=date(year, month, 1), to_day=ends, name=name)

    @property
    def days(self) -> int:
        return (self.to_day - self.from_day).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Reached when the figure, as the report shows it, is at least this."""

    goal_id: str
    at_least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardRule:
    """So much for each goal reached, and so much extra for all of them."""

    goals: tuple[Goal, ...]
    per_goal: Decimal
    for_all: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Whose figures they are. `since`, `until`: the first and the last day in the center, where
    those are known; who was not there for all of the period is paid by the day."""

    agent_id: AgentId
    figures: Figures
    since: date | None = None
    until: date | None = None

    def days_in(self, period: PayPeriod) -> int:
        first = max(period.from_day, self.since or period.from_day)
        last = min(period.to_day, self.until or period.to_day)
        return max(0, (last - first).days + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardLine:
    """What one goal of one agent is worth. It never changes once it is paid out.

    `earned_in` and `paid_in` name periods; where they differ, it is the difference to what had been
    paid, for figures that were corrected. `days` of `period_days`: when fewer, it is pro rata.
    """

    line_id: str
    agent_id: AgentId
    earned_in: str
    paid_in: str
    goal_id: str
    figure: Decimal | None
    at_least: Decimal | None
    days: int
    period_days: int
    amount: Decimal
    currency: str

    @property
    def is_pro_rata(self) -> bool:
        return self.days < self.period_days


def rewards(rule: RewardRule, period: PayPeriod, members: Iterable[Member]) -> list[RewardLine]:
    """The lines of a period, by agent, then by goal as the rule has them.

    A line has the share of its amount that the agent's days are of the period's, rounded half up to
    the cent; nothing after it is rounded. Who reached nothing has no line.
    """
    return [line for line in _due(rule, period, members) if line.amount]


def differences(
    paid: Sequence[RewardLine],
    rule: RewardRule,
    period: PayPeriod,
    members: Iterable[Member],
    *,
    paid_in: PayPeriod,
) -> list[RewardLine]:
    """What the corrected figures of a period make of it, to be paid in a later one: for each line
    that would be another, how much is missing (or was too much). `paid` is all that was paid for
    the period, differences included, and stays as it is.

    Nobody who was paid is forgotten: without figures, all of it was too much. Rejected when the
    later period is not later.
    """
    if paid_in.from_day <= period.to_day:
        message = f"paidIn {paid_in.name!r} does not begin after {period.name!r}"
        raise Rejected(message, field="paidIn", value=paid_in.name)
    before = [line for line in paid if line.earned_in == period.name]
    right = {(line.agent_id, line.goal_id): line for line in _due(rule, period, members)}
    last = {(line.agent_id, line.goal_id): line for line in before}
    found = []
    for place in sorted({*right, *last}):
        had = [line for line in before if (line.agent_id, line.goal_id) == place]
        line = right.get(place) or replace(last[place], figure=None, amount=_NOTHING)
        missing = line.amount - total(had)
        if missing:
            line_id = _line_id(*place, period, len(had) + 1)
            found.append(replace(line, line_id=line_id, paid_in=paid_in.name, amount=missing))
    return found


def total(lines: Iterable[RewardLine]) -> Decimal:
    """To the cent, in whatever parts it is added up."""
    return sum((line.amount for line in lines), _NOTHING)


def by_agent(lines: Iterable[RewardLine]) -> dict[AgentId, Decimal]:
    """What each agent gets; together it is the total."""
    parts: dict[AgentId, Decimal] = {}
    for line in lines:
        parts[line.agent_id] = parts.get(line.agent_id, _NOTHING) + line.amount
    return dict(sorted(parts.items()))


def _due(rule: RewardRule, period: PayPeriod, members: Iterable[Member]) -> Iterator[RewardLine]:
    """Every goal of every agent, also those that are worth nothing because they were missed."""
    known = {member.agent_id: member for member in members}
    for agent_id in sorted(known):
        member = known[agent_id]
        blank = _blank(rule, period, member)
        for goal in rule.goals:
            figure = member.figures.get(goal.goal_id)
            yield replace(
                blank,
                line_id=_line_id(agent_id, goal.goal_id, period, 1),
                goal_id=goal.goal_id,
                figure=figure,
                at_least=goal.at_least,
                amount=_share(rule.per_goal, blank) if _is_reached(goal, member) else _NOTHING,
            )
        has_all = all(_is_reached(goal, member) for goal in rule.goals)
        yield replace(blank, amount=_share(rule.for_all, blank) if has_all else _NOTHING)


def _blank(rule: RewardRule, period: PayPeriod, member: Member) -> RewardLine:
    """The line for all goals, without its amount."""
    return RewardLine(
        line_id=_line_id(member.agent_id, ALL_GOALS, period, 1),
        agent_id=member.agent_id,
        earned_in=period.name,
        paid_in=period.name,
        goal_id=ALL_GOALS,
        figure=None,
        at_least=None,
        days=member.days_in(period),
        period_days=period.days,
        amount=_NOTHING,
        currency=rule.currency,
    )


def _is_reached(goal: Goal, member: Member) -> bool:
    figure = member.figures.get(goal.goal_id)
    return figure is not None and figure >= goal.at_least


def _share(whole: Decimal, line: RewardLine) -> Decimal:
    cents = int(whole.scaleb(CENTS)) * line.days
    return half_up(cents, line.period_days * 10**CENTS, places=CENTS)


def _line_id(agent_id: AgentId, goal_id: str, period: PayPeriod, number: int) -> str:
    return f"{agent_id}:{period.name}:{goal_id}:{number}"


# --- files ----------------------------------------------------------------------------------------

COLUMNS = (
    *("line_id", "agent_id", "earned_in", "paid_in", "goal_id", "figure", "at_least"),
    *("is_pro_rata", "days", "period_days", "amount", "currency"),
)


def row(line: RewardLine) -> tuple[Cell, ...]:
    """The line as files have it, under COLUMNS; what is pro rata says yes."""
    values = [getattr(line, column) for column in COLUMNS]
    return tuple({True: "yes", False: "no"}[v] if isinstance(v, bool) else v for v in values)


def read_rule(document: Mapping[str, object]) -> RewardRule:
    """`{"currency": "USD", "per goal": "50.00", "for all": "25.00", "goals": {"csat": "4.2"}}`.

    Rejected names field and value of what is none.
    """
    for key in document:
        if key not in ("currency", "per goal", "for all", "goals"):
            raise Rejected(f"{key} is nothing that a rule has", field=key, value=document[key])
    goals = document.get("goals")
    if not isinstance(goals, Mapping) or not goals or ALL_GOALS in goals:
        message = f"goals {goals!r} are no goals with what is to be reached, none named {ALL_GOALS}"
        raise Rejected(message, field="goals", value=goals)
    return RewardRule(
        goals=tuple(_goal(str(goal_id), at_least) for goal_id, at_least in goals.items()),
        per_goal=read_amount(document.get("per goal"), "per goal", places=CENTS),
        for_all=read_amount(document.get("for all"), "for all", places=CENTS),
        currency=read_currency(document.get("currency")),
    )


def _goal(goal_id: str, at_least: object) -> Goal:
    try:
        number = Decimal(at_least) if isinstance(at_least, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        message = f"{goal_id} {at_least!r} is no decimal number in quotes"
        raise Rejected(message, field=goal_id, value=at_least)
    return Goal(goal_id=goal_id, at_least=number)
