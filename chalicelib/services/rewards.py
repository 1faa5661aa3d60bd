"""Pays rewards for a month, once, and tells who got what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from chalicelib.core import csv_file
from chalicelib.core.center import User
from chalicelib.core.civil_day import Grain, name_of, read_period
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.payout import Correction, Payout, lines_of, member_of
from chalicelib.core.report import Format
from chalicelib.core.revision import ReportRun, RunState
from chalicelib.core.rewards import Member, PayPeriod, RewardLine, RewardRule, total
from chalicelib.services.report_ports import Exports, ReportRuns
from chalicelib.services.reward_ports import Payouts
from chalicelib.services.user_ports import UserStore

FIGURES = "monthly-performance"  # the report whose figures are paid for
_CLAIM = "rewards"
_LEASE = timedelta(minutes=15)  # longer than any function runs
_CORRECTED = 12  # months back that corrections are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line as people see it; amounts and figures are text."""

    line_id: str
    agent_id: AgentId
    agent_name: str | None  # None: nobody is called by this id any more
    earned_in: str
    goal_id: str
    figure: Decimal | None
    at_least: Decimal | None
    is_pro_rata: bool
    days: int
    period_days: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardsView:
    """What was paid for a month, to everybody or to one; `url` of the file for who sees all."""

    period: str
    currency: str
    total: Decimal
    lines: tuple[LineView, ...]
    made_at: datetime
    url: str | None


class RewardsService:
    def __init__(
        self,
        *,
        rule: RewardRule,
        payouts: Payouts,
        exports: Exports,
        runs: ReportRuns,
        users: UserStore,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._rule = rule
        self._payouts = payouts
        self._exports = exports
        self._runs = runs
        self._users = users
        self._now = now
        self._new_id = new_id

    def pay(self, name: str, *, by: str) -> RewardsView:
        """Pays for the month of this name; asked again it answers what was paid.

        Conflict while its figures are provisional, or somebody else is paying; Rejected when it is
        no month.
        """
        day = _month(name)
        payout = self._payouts.of(day)
        if payout is None:
            payout = self._pay(day, by)
        return self._view(payout, payout.lines, self._payouts.link(day), self._users.users())

    def of(self, name: str, *, username: str | None = None) -> RewardsView:
        """What was paid for the month, to everybody, or to this agent alone; NotFound before."""
        day = _month(name)
        payout = self._payouts.of(day)
        if payout is None:
            raise NotFound(f"rewards of {name} are not paid yet", field="period", value=name)
        users = self._users.users()
        if username is None:
            return self._view(payout, payout.lines, self._payouts.link(day), users)
        mine = [each.agent_id for each in users if each.username == username]
        return self._view(payout, [line for one in mine for line in payout.of(one)], None, users)

    def _pay(self, day: date, by: str) -> Payout:
        """Of two who pay at once the claim lets one pay."""
        period = PayPeriod.months(day.year, day.month)
        members = self._members(day, self._rule)
        corrections = [
            Correction(payout, self._members(payout.period.from_day, payout.rule))
            for payout in self._paid(day, range(-_CORRECTED, 0))
        ]
        later = self._paid(day, range(1, _CORRECTED + 1))
        lines = lines_of(self._rule, period, members, corrections, later)
        now = self._now()
        self._claim(day, now)
        payout = Payout(period=period, rule=self._rule, lines=tuple(lines), made_at=now, made_by=by)
        self._payouts.keep(payout)
        return payout

    def _claim(self, day: date, now: datetime) -> None:
        run = ReportRun(
            report=_CLAIM,
            day=day,
            revision=1,
            state=RunState.WRITING,
            claimant=self._new_id(),
            claimed_until=now + _LEASE,
        )
        self._runs.claim(run, now=now)

    def _paid(self, day: date, months: Iterable[int]) -> list[Payout]:
        """What was paid for the months so far from this one."""
        found = (self._payouts.of(_month_from(day, distance)) for distance in months)
        return [payout for payout in found if payout is not None]

    def _members(self, day: date, rule: RewardRule) -> list[Member]:
        known = {each.agent_id: each for each in self._users.users()}
        return [
            member_of(row, rule, known.get(AgentId(row["agent_id"]))) for row in self._figures(day)
        ]

    def _figures(self, day: date) -> Iterator[dict[str, str]]:
        """The newest revision of the month's figures."""
        runs = self._runs.of_day(FIGURES, day)
        run = next((r for r in reversed(runs) if r.state is RunState.PUBLISHED), None)
        if run is None or run.manifest is None or run.manifest.is_provisional:
            name = name_of(Grain.MONTH, day)
            message = f"the figures of {name} ({FIGURES}) are not final yet"
            raise Conflict(message, field="period", value=name)
        file = run.manifest.file(Format.CSV)
        with self._exports.read(FIGURES, day, run.revision, name=file.name) as body:
            header, *rows = csv_file.read(body)
        return (dict(zip(header, row, strict=True)) for row in rows)

    def _view(
        self,
        payout: Payout,
        lines: Sequence[RewardLine],
        url: str | None,
        users: Sequence[User],
    ) -> RewardsView:
        names = {each.agent_id: each.name for each in users}
        return RewardsView(
            period=payout.period.name,
            currency=payout.rule.currency,
            total=total(lines),
            lines=tuple(_shown(line, names.get(line.agent_id)) for line in lines),
            made_at=payout.made_at,
            url=url,
        )


def _shown(line: RewardLine, agent_name: str | None) -> LineView:
    return LineView(
        line_id=line.line_id,
        agent_id=line.agent_id,
        agent_name=agent_name,
        earned_in=line.earned_in,
        goal_id=line.goal_id,
        figure=line.figure,
        at_least=line.at_least,
        is_pro_rata=line.is_pro_rata,
        days=line.days,
        period_days=line.period_days,
        amount=line.amount,
    )


def _month(name: str) -> date:
    grain, day = read_period(name)
    if grain is not Grain.MONTH:
        raise Rejected(f"period {name!r} is no month like 2026-03", field="period", value=name)
    return day


def _month_from(day: date, distance: int) -> date:
    months = day.year * 12 + day.month - 1 + distance
    return date(months // 12, months % 12 + 1, 1)
