"""Amounts of money: read from text, and rounded once, in whole numbers, as every ratio is."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from chalicelib.core.errors import Rejected

_MOST = Decimal(1_000_000)  # more is a typing error


def half_up(above: int, below: int, *, places: int) -> Decimal:
    """`above` divided by a positive `below`, to so many decimals; half away from zero, so that what
    is taken back is what was given. Exact, however large the numbers."""
    rounded = (2 * abs(above) * 10**places + below) // (2 * below)
    sign = "-" if above < 0 and rounded else ""
    return Decimal(f"{sign}{rounded}E-{places}")  # read, not computed: no digit is cut


def read_amount(text: object, field: str, *, places: int) -> Decimal:
    """An amount or a price in quotes, because a float is no money: not negative, at most a million,
    at most so many decimals. Rejected names the field and what was there."""
    try:
        amount = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        why = "is no decimal number in quotes"
    elif amount.is_signed() or amount > _MOST:
        why = f"is not between 0 and {_MOST:f}"
    elif amount != round(amount, places):
        why = f"has more than {places} decimals"
    else:
        return amount
    raise Rejected(f"{field} {text!r} {why}", field=field, value=text)


def read_currency(text: object) -> str:
    """`USD`; Rejected when it is no code of ISO 4217."""
    if isinstance(text, str) and re.fullmatch("[A-Z]{3}", text):
        return text
    raise Rejected(
        f"currency {text!r} is no code of ISO 4217 like USD", field="currency", value=text
    )
