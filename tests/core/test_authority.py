"""Ladders of roles, and amounts that nobody could pay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.authority import (
    MOST_DECIDED,
    Authority,
    Step,
    authority_for,
    check_amount,
    check_currency,
    check_reason,
)
from chalicelib.core.errors import Rejected

AGENT, SUPERVISOR = Step("agent", Decimal("500.00")), Step("supervisor", Decimal("5000"))
REFUNDS = Authority(action="refund", currency="USD", steps=(AGENT, SUPERVISOR, Step("admin")))
amounts = st.decimals(Decimal("0.01"), MOST_DECIDED, places=2)


@pytest.mark.parametrize(
    ("amount", "role"),
    [
        ("0.01", "agent"),
        ("500.00", "agent"),
        ("500.01", "supervisor"),
        ("5000", "supervisor"),
        ("5000.0001", "admin"),
    ],
)
def test_the_least_role_that_reaches_so_far_decides(amount: str, role: str) -> None:
    """To the cent: the limit itself is within it."""
    assert REFUNDS.role_for(Decimal(amount)) == role


@settings(derandomize=True)
@given(amounts, amounts)
def test_whoever_may_decide_an_amount_may_decide_every_smaller_one(
    one: Decimal, other: Decimal
) -> None:
    """And somebody may decide any."""
    small, large = sorted((one, other))
    for role in ("agent", "supervisor", "admin", "finance"):
        assert REFUNDS.may_decide([role], small) >= REFUNDS.may_decide([role], large)
    assert REFUNDS.may_decide([REFUNDS.role_for(large)], large)


def test_several_roles_reach_as_far_as_the_highest() -> None:
    assert REFUNDS.may_decide(["agent", "supervisor"], Decimal(600))
    assert not REFUNDS.may_decide(["agent", "trainee"], Decimal(600))
    assert not REFUNDS.may_decide([], Decimal(1))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"action": ""}, "action"),
        ({"currency": "dollars"}, "currency"),
        ({"steps": ()}, "steps"),
        ({"steps": (AGENT, SUPERVISOR)}, "steps"),
        ({"steps": (SUPERVISOR, AGENT, Step("admin"))}, "steps"),
        ({"steps": (Step("agent"), Step("supervisor"))}, "steps"),
        ({"steps": (Step("boss"),)}, "steps"),
    ],
)
def test_a_ladder_that_leads_nowhere_cannot_be_built(wrong: dict[str, object], field: str) -> None:
    known = {"action": "refund", "currency": "USD", "steps": (AGENT, Step("admin"))}

    with pytest.raises(Rejected) as refused:
        Authority(**{**known, **wrong})  # type: ignore[arg-type]  # names as in Authority

    assert refused.value.field == field


@pytest.mark.parametrize(
    "amount", ["0", "-1", "NaN", "sNaN", "Infinity", "1.00001", "1000000000.01", "1E+12", "1E-9"]
)
def test_an_amount_that_nobody_could_pay_is_refused(amount: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_amount(Decimal(amount))

    assert refused.value.field == "amount"


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "U\nD", "ＵＳＤ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_currency(currency)

    assert (refused.value.field, refused.value.value) == ("currency", currency)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1_001])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_reason(reason)

    assert refused.value.field == "reason"


def test_an_action_that_nobody_decides_about_is_refused_listing_those_there_are() -> None:
    """In another currency it is another action."""
    assert authority_for([REFUNDS], "refund", "USD") is REFUNDS

    with pytest.raises(Rejected, match="refund in USD"):
        authority_for([REFUNDS], "refund", "EUR")
