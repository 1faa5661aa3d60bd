"""Who reached what is paid to the cent, and what was paid stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.rewards import (
    COLUMNS,
    Member,
    PayPeriod,
    RewardLine,
    by_agent,
    differences,
    read_rule,
    rewards,
    row,
    total,
)
from tests.core.files import read, written

DOCUMENT: Mapping[str, object] = {
    "currency": "USD",
    "per goal": "50.00",
    "for all": "25.00",
    "goals": {"fcr": "75", "service_level": "80", "csat": "4.2"},
}
RULE = read_rule(DOCUMENT)
MARCH, APRIL = PayPeriod.months(2026, 3), PayPeriod.months(2026, 4)


def member(name: str, *figures: str, **more: date) -> Member:
    """FCR, service level and CSAT; "" where there was nothing to divide by."""
    named = zip(("fcr", "service_level", "csat"), figures, strict=True)
    known = {goal_id: Decimal(figure) if figure else None for goal_id, figure in named}
    return Member(agent_id=AgentId(name), figures=known, **more)


A01 = member("A01", "75.00", "91.30", "4.20")
A02 = member("A02", "80.10", "79.99", "4.65")


def paid(lines: Sequence[RewardLine]) -> list[tuple[str, str, str]]:
    return [(each.agent_id, each.goal_id, str(each.amount)) for each in lines]


def test_three_of_three_goals_are_175_and_two_of_three_are_100() -> None:
    """A figure that is just what was asked for is enough."""
    lines = rewards(RULE, MARCH, [A01, A02])

    assert by_agent(lines) == {"A01": Decimal("175.00"), "A02": Decimal("100.00")}
    assert paid(lines) == [
        *(("A01", "fcr", "50.00"), ("A01", "service_level", "50.00"), ("A01", "csat", "50.00")),
        ("A01", "all", "25.00"),
        *(("A02", "fcr", "50.00"), ("A02", "csat", "50.00")),
    ]


def test_a_figure_that_there_is_none_of_reaches_no_goal() -> None:
    """Nothing to divide by is not 0 %, and no reason to pay either."""
    lines = rewards(RULE, MARCH, [member("A03", "", "90.00", "")])

    assert paid(lines) == [("A03", "service_level", "50.00")]


def test_who_joined_on_the_20th_is_paid_by_the_day_and_marked() -> None:
    """12 of 31 days; each line is rounded to the cent, and nothing after it."""
    lines = rewards(RULE, MARCH, [replace(A01, since=date(2026, 3, 20))])

    assert [amount for _, _, amount in paid(lines)] == ["19.35", "19.35", "19.35", "9.68"]
    assert total(lines) == Decimal("67.73")
    assert all(each.is_pro_rata and (each.days, each.period_days) == (12, 31) for each in lines)
    assert not any(each.is_pro_rata for each in rewards(RULE, MARCH, [A01]))


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 3, 1), None, 31),
        (date(2026, 4, 1), None, 0),
        (None, date(2026, 3, 10), 10),
        (date(2026, 3, 10), date(2026, 3, 10), 1),
        (None, date(2026, 2, 28), 0),
    ],
)
def test_days_in_the_period_are_counted_with_the_first_and_the_last(
    since: date | None, until: date | None, days: int
) -> None:
    """Who was not there at all is paid nothing."""
    somebody = replace(A01, since=since, until=until)

    assert somebody.days_in(MARCH) == days
    assert bool(rewards(RULE, MARCH, [somebody])) == bool(days)


def test_a_correction_after_the_pay_out_is_a_difference_in_the_next_period() -> None:
    """A02's service level was 80.20 after all: one goal more, and all three."""
    march = rewards(RULE, MARCH, [A01, A02])
    before = list(march)
    corrected = member("A02", "80.10", "80.20", "4.65")

    found = differences(march, RULE, MARCH, [A01, corrected], paid_in=APRIL)

    assert march == before
    assert paid(found) == [("A02", "all", "25.00"), ("A02", "service_level", "50.00")]
    assert {(each.earned_in, each.paid_in) for each in found} == {("2026-03", "2026-04")}
    assert differences([*march, *found], RULE, MARCH, [A01, corrected], paid_in=APRIL) == []


def test_what_was_too_much_is_taken_off() -> None:
    """The survey that lifted A01 over the goal was somebody else's."""
    march = rewards(RULE, MARCH, [A01])

    found = differences(
        march, RULE, MARCH, [member("A01", "75.00", "91.30", "4.19")], paid_in=APRIL
    )

    assert paid(found) == [("A01", "all", "-25.00"), ("A01", "csat", "-50.00")]
    assert [each.figure for each in found] == [None, Decimal("4.19")]
    assert total([*march, *found]) == Decimal("100.00")


def test_who_has_no_figures_any_more_gives_all_back() -> None:
    """Nobody who was paid is forgotten."""
    march = rewards(RULE, MARCH, [A01, A02])

    found = differences(march, RULE, MARCH, [A01], paid_in=APRIL)

    assert by_agent(found) == {"A02": Decimal("-100.00")}


def test_a_difference_is_not_paid_in_the_period_it_is_about() -> None:
    """That file has been signed."""
    for too_early in (MARCH, PayPeriod.months(2026, 1, count=3)):
        with pytest.raises(Rejected) as refused:
            differences([], RULE, MARCH, [A01], paid_in=too_early)

        assert (refused.value.field, refused.value.value) == ("paidIn", too_early.name)


def test_the_file_equals_the_sum_to_the_cent() -> None:
    """And says what is pro rata."""
    lines = rewards(RULE, MARCH, [A01, replace(A02, since=date(2026, 3, 20))])

    header, rows = read(written(COLUMNS, [row(each) for each in lines]))

    amounts = [Decimal(each[header.index("amount")]) for each in rows]
    marked = [each[header.index("is_pro_rata")] for each in rows]
    assert sum(amounts) == total(lines) == Decimal("213.70")
    assert marked == ["no"] * 4 + ["yes"] * 2


@pytest.mark.parametrize(
    ("period", "name", "first", "last"),
    [
        (PayPeriod.months(2026, 12), "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (PayPeriod.months(2024, 2), "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (PayPeriod.months(2026, 10, count=3), "2026-10+3", date(2026, 10, 1), date(2026, 12, 31)),
        (PayPeriod.months(2026, 1, count=12), "2026-01+12", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_months_quarters_and_years(
    period: PayPeriod, name: str, first: date, last: date
) -> None:
    assert (period.name, period.from_day, period.to_day) == (name, first, last)


def test_what_is_no_period_is_refused() -> None:
    for year, month, count in ((2026, 13, 1), (2026, 0, 1), (1, 1, 1), (2026, 1, 2)):
        with pytest.raises(Rejected):
            PayPeriod.months(year, month, count=count)


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"per goal": "-50.00"}, "per goal", "-50.00"),
        ({"per goal": 50.0}, "per goal", 50.0),
        ({"for all": "25.005"}, "for all", "25.005"),
        ({"currency": "usd"}, "currency", "usd"),
        ({"goals": {}}, "goals", {}),
        ({"goals": ["fcr"]}, "goals", ["fcr"]),
        ({"goals": {"all": "1"}}, "goals", {"all": "1"}),
        ({"goals": {"fcr": 75}}, "fcr", 75),
        ({"goals": {"fcr": "high"}}, "fcr", "high"),
        ({"for two": "10.00"}, "for two", "10.00"),
    ],
)
def test_what_is_no_rule_is_refused_by_name(
    change: Mapping[str, object], field: str, value: object
) -> None:
    with pytest.raises(Rejected) as refused:
        read_rule({**DOCUMENT, **change})

    assert (refused.value.field, refused.value.value) == (field, value)


@given(st.integers(0, 2**32))
@settings(deadline=None)
def test_pay_outs_and_their_differences_add_up_to_what_is_right(seed: int) -> None:
    """However often figures are corrected, and however the lines are told."""
    chance = Random(seed)
    lines = rewards(RULE, MARCH, _center(chance))
    for later in range(4, 8):
        right = _center(chance)
        before = list(lines)
        chance.shuffle(lines)
        lines += differences(lines, RULE, MARCH, right, paid_in=PayPeriod.months(2026, later))

        due = rewards(RULE, MARCH, right)
        gets = {agent_id: amount for agent_id, amount in by_agent(lines).items() if amount}
        assert gets == by_agent(due)
        assert total(lines) == total(due) == sum(by_agent(lines).values(), Decimal(0))
        assert set(before) <= set(lines)
        assert len({each.line_id for each in lines}) == len(lines)


def _center(chance: Random) -> list[Member]:
    agents = chance.sample(["A01", "A02", "A03", "A04"], 3)
    choices = ("", "70.00", "75.00", "99.00"), ("79.99", "80.00"), ("", "4.19", "4.20", "5.00")
    days = [None, date(2026, 2, 1), date(2026, 3, 20), date(2026, 3, 31)]
    return [
        replace(
            member(name, *(chance.choice(figures) for figures in choices)),
            since=chance.choice(days),
        )
        for name in agents
    ]
