"""Scenario 33: reviews, goals, rewards."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.core import csv_file
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.rewards import COLUMNS
from tests.services.paying import AFTER_APRIL, AFTER_MARCH, APRIL, FEBRUARY, NOON, PayOffice


@pytest.fixture
def office() -> PayOffice:
    return PayOffice()


def file_of(office: PayOffice, month: str = "2026-03") -> list[dict[str, str]]:
    key = f"exports/rewards/dt={month}-01/rewards-{month}.csv"
    with office.objects.open(key) as body:
        header, *rows = csv_file.read(body)
    assert header == COLUMNS
    return [dict(zip(header, row, strict=True)) for row in rows]


def paid_to(rows: list[dict[str, str]], name: str) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows if row["agent_id"] == name), Decimal())


def test_three_of_three_goals_are_175_and_two_of_three_are_100(office: PayOffice) -> None:
    """The file is the sum to the cent, and what the screen shows."""
    office.in_march()

    shown = office.rewards.pay("2026-03", by="fay")

    rows = file_of(office)
    assert (paid_to(rows, "A01"), paid_to(rows, "A02")) == (Decimal("175.00"), Decimal("100.00"))
    assert shown.total == sum(Decimal(row["amount"]) for row in rows) == Decimal("275.00")
    assert [str(line.amount) for line in shown.lines] == [row["amount"] for row in rows]


def test_figures_stand_by_month_quarter_and_year_and_come_from_contacts(
    office: PayOffice,
) -> None:
    """3 of 4 in time in March and 1 of 1 in January are 4 of 5 in the quarter: no mean of means."""
    office.helps("A01", customers=3)
    office.helps("A01", customers=1, waited=30, at=NOON + timedelta(days=1))
    office.helps("A01", customers=1, at=NOON - timedelta(days=50))

    found = {
        report: office.csv(office.build(report, day))[0]["service_level"]
        for report, day in (
            ("monthly-performance", date(2026, 3, 1)),
            ("quarterly-performance", date(2026, 1, 1)),
            ("annual-performance", date(2026, 1, 1)),
        )
    }

    assert found == {
        "monthly-performance": "75.00",
        "quarterly-performance": "80.00",
        "annual-performance": "80.00",
    }


def test_who_joined_on_the_20th_is_paid_by_the_day_and_marked() -> None:
    """12 of 31 days: 50.00 are 19.35 a goal, 25.00 are 9.68."""
    office = PayOffice(A01="2026-03-20")
    office.in_march()

    office.rewards.pay("2026-03", by="fay")

    rows = [row for row in file_of(office) if row["agent_id"] == "A01"]
    assert [row["amount"] for row in rows] == ["19.35", "19.35", "19.35", "9.68"]
    assert {(row["is_pro_rata"], row["days"]) for row in rows} == {("yes", "12")}


def test_a_correction_after_the_pay_out_is_a_line_of_difference_in_the_next_one(
    office: PayOffice,
) -> None:
    """A01 had one customer who waited long: late news. The file of March stays as it is."""
    office.in_march()
    office.rewards.pay("2026-03", by="fay")
    before = file_of(office)
    office.helps("A01", waited=30, customers=2, at=NOON + timedelta(days=1))
    office.figures()
    office.at = AFTER_APRIL
    office.helps("A02", at=NOON + timedelta(days=31))
    office.figures(APRIL)

    office.rewards.pay("2026-04", by="fay")

    assert file_of(office) == before
    differences = [row for row in file_of(office, "2026-04") if row["earned_in"] == "2026-03"]
    assert [(row["agent_id"], row["goal_id"], row["amount"]) for row in differences] == [
        ("A01", "all", "-25.00"),
        ("A01", "service_level", "-50.00"),
    ]
    assert {row["paid_in"] for row in differences} == {"2026-04"}


def test_a_difference_is_paid_once_also_when_a_month_is_paid_after_a_later_one(
    office: PayOffice,
) -> None:
    """February is corrected, April pays the difference, and March, forgotten, does not again."""
    february = NOON - timedelta(days=28)
    office.helps("A01", waited=30, customers=1, at=february)
    office.figures(FEBRUARY)
    office.rewards.pay("2026-02", by="fay")
    office.helps("A01", customers=9, at=february + timedelta(days=1))
    office.figures(FEBRUARY)
    office.in_march()
    office.at = AFTER_APRIL
    office.helps("A02", at=NOON + timedelta(days=31))
    office.figures(APRIL)

    for month in ("2026-04", "2026-03"):
        office.rewards.pay(month, by="fay")

    differences = [
        (row["earned_in"], row["goal_id"])
        for month in ("2026-03", "2026-04")
        for row in file_of(office, month)
        if row["earned_in"] != row["paid_in"]
    ]
    assert differences == [("2026-02", "service_level")]


def test_a_month_is_paid_once_and_not_before_its_figures_are_final(office: PayOffice) -> None:
    """Customers may come back for seven days, and answer for fourteen."""
    office.at = AFTER_MARCH - timedelta(days=5)
    office.in_march()
    with pytest.raises(Conflict, match="not final"):
        office.rewards.pay("2026-03", by="fay")

    office.at = AFTER_MARCH
    office.figures()
    first = office.rewards.pay("2026-03", by="fay")
    office.at = AFTER_APRIL

    assert office.rewards.pay("2026-03", by="ida").lines == first.lines
    assert office.rewards.of("2026-03").made_at == AFTER_MARCH


def test_an_agent_sees_only_himself(office: PayOffice) -> None:
    """No line of another, no total of all, no file."""
    office.in_march()
    office.rewards.pay("2026-03", by="fay")

    own = office.rewards.of("2026-03", username="a02")
    nobody = office.rewards.of("2026-03", username="stranger")

    assert {line.agent_id for line in own.lines} == {"A02"}
    assert (own.total, own.url) == (Decimal("100.00"), None)
    assert (nobody.lines, nobody.total, nobody.url) == ((), Decimal("0.00"), None)


def test_what_is_no_month_or_not_paid_is_refused_by_name(office: PayOffice) -> None:
    with pytest.raises(Rejected, match="2026-Q1"):
        office.rewards.pay("2026-Q1", by="fay")
    with pytest.raises(NotFound, match="2026-03"):
        office.rewards.of("2026-03")
