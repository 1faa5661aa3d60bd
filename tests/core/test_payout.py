"""A payout is a month's rewards, and what corrected figures of earlier months make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.center import User
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.payout import Correction, Payout, lines_of, member_of
from chalicelib.core.rewards import Member, PayPeriod, RewardRule, read_rule, rewards, total

RULE = read_rule(
    {
        "currency": "USD",
        "per goal": "50.00",
        "for all": "25.00",
        "goals": {"service_level": "80", "satisfaction": "4.2"},
    }
)
DEARER = read_rule(
    {"currency": "USD", "per goal": "70.00", "for all": "0.00", "goals": {"service_level": "80"}}
)
MONTHS = [PayPeriod.months(2026, month) for month in (3, 4, 5, 6)]
ROW = {"agent_id": "A01", "service_level": "91.30", "satisfaction": ""}


def a_user(**tags: str) -> User:
    return User(username="a01", agent_id=AgentId("A01"), name="A01", tags=tags)


def reaching(level: str, *names: str) -> list[Member]:
    """Agents with this service level, and a satisfaction that is enough."""
    figures = {"service_level": Decimal(level), "satisfaction": Decimal("4.20")}
    return [Member(agent_id=AgentId(name), figures=figures) for name in names]


def paid(
    period: PayPeriod,
    members: Sequence[Member],
    corrections: Sequence[Correction] = (),
    rule: RewardRule = RULE,
) -> Payout:
    return Payout(
        period=period,
        rule=rule,
        lines=tuple(lines_of(rule, period, members, corrections)),
        made_at=datetime(2026, 7, 1, tzinfo=UTC),
        made_by="fay",
    )


def test_what_a_correction_paid_is_not_paid_again() -> None:
    """March was too little, April paid the rest, and May pays nothing more for it."""
    march, april, may, _ = MONTHS
    first = paid(march, reaching("70", "A01"))
    right = Correction(first, reaching("80", "A01"))
    second = paid(april, [], [right])

    third = paid(may, [], [right, Correction(second, [])])

    assert (first.total, second.total, third.total) == (Decimal(50), Decimal(75), Decimal(0))


def test_a_new_rule_corrects_nothing_of_the_past() -> None:
    """March stays what its own rule made of it."""
    march, april, *_ = MONTHS
    first = paid(march, reaching("80", "A01"))

    second = paid(april, reaching("80", "A01"), [Correction(first, reaching("80", "A01"))], DEARER)

    assert [line.amount for line in second.lines] == [Decimal("70.00")]


@given(st.integers(0, 2**32))
def test_in_the_end_everybody_has_what_the_last_figures_are_worth(seed: int) -> None:
    """However often they were corrected, to the cent."""
    chance = Random(seed)
    first_month, *later = MONTHS
    payouts: list[Payout] = []
    members: list[Member] = []
    for month in MONTHS:
        members = [
            member
            for name in ("A01", "A02")
            if chance.random() < 0.8
            for member in reaching(chance.choice(["79.99", "80.00"]), name)
        ]
        corrections = [
            Correction(each, members if each.period == first_month else []) for each in payouts
        ]
        own = members if month == first_month else []
        payouts.append(paid(month, own, corrections))

    about = [line for each in payouts for line in each.lines if line.earned_in == "2026-03"]
    assert later
    assert total(about) == total(rewards(RULE, first_month, members))


def test_a_member_is_a_row_of_the_report_and_a_user() -> None:
    """An empty cell is no figure; a user that is gone was there for all of it."""
    joined = member_of(ROW, RULE, a_user(joined="2026-03-20", left="2026-04-02"))

    assert (joined.since, joined.until) == (date(2026, 3, 20), date(2026, 4, 2))
    assert joined.figures == {"service_level": Decimal("91.30"), "satisfaction": None}
    assert member_of(ROW, RULE, None).since is None


@pytest.mark.parametrize(
    ("row", "tags", "field", "value"),
    [
        ({"agent_id": "A01", "service_level": "80"}, {}, "goals", "satisfaction"),
        ({**ROW, "satisfaction": "good"}, {}, "goals", "satisfaction"),
        (ROW, {"joined": "20 March"}, "tag joined", "20 March"),
    ],
)
def test_what_cannot_be_paid_by_is_refused_by_name(
    row: dict[str, str], tags: dict[str, str], field: str, value: str
) -> None:
    """A goal that the report has not, a day that is none."""
    with pytest.raises(Rejected) as refused:
        member_of(row, RULE, a_user(**tags))

    assert (refused.value.field, refused.value.value) == (field, value)
