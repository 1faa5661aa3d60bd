"""Telephone numbers as people and carriers write them, made E.164 with libphonenumber's data.

The data of a region is loaded when a number of that region is first seen.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
)

from chalicelib.core.telephone import TelephoneNumber

_COSTLY = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
_LENGTH_LIMIT = 40  # characters; longer than any way to write one number
_BRAZIL = 55


def to_e164(raw: str, region: str = "US") -> str | None:
    """The number in E.164, None when it is none; `region` is where numbers without `+` are from.

    >>> to_e164("(202) 555-0123")
    '+12025550123'
    >>> to_e164("+55 11 8765-4321")
    '+5511987654321'
    """
    if not raw or len(raw) > _LENGTH_LIMIT:
        return None
    try:
        number = _with_ninth_digit(phonenumbers.parse(raw, region))
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    number.extension = None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def numbering_plan(raw: str) -> TelephoneNumber | None:
    """What the numbering plan of its country says of the number; None when it is none."""
    e164 = to_e164(raw)
    if e164 is None:
        return None
    number = phonenumbers.parse(e164)
    kind = phonenumbers.number_type(number)
    region = phonenumbers.region_code_for_number(number) or ""
    return TelephoneNumber(e164, region, is_premium=kind in _COSTLY)


def _with_ninth_digit(number: PhoneNumber) -> PhoneNumber:
    """Brazil put a 9 before its mobile numbers (2012-2016); old records and carriers omit it."""
    digits = str(number.national_number)
    if number.country_code == _BRAZIL and len(digits) == 10 and digits[2] in "6789":
        number.national_number = int(f"{digits[:2]}9{digits[2:]}")
    return number
