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
_MEXICO, _ARGENTINA, _BRAZIL = 52, 54, 55
_MEXICAN_PREFIXES = ("1", "44", "45")  # before mobile numbers, until 2019


def to_e164(raw: str, region: str = "US") -> str | None:
    """The number in E.164, None when it is none; `region` is where numbers without `+` are from.

    >>> to_e164("(202) 555-0123")
    '+12025550123'
    >>> to_e164("+55 11 8765-4321")
    '+5511987654321'
    >>> to_e164("+52 1 55 1234 5678")
    '+525512345678'
    """
    if not raw or len(raw) > _LENGTH_LIMIT:
        return None
    try:
        number = _as_dialled_today(phonenumbers.parse(raw, region))
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


def _as_dialled_today(number: PhoneNumber) -> PhoneNumber:
    """The number by the present plan of its country, where old records and carriers write it by
    an earlier one that libphonenumber does not read any more."""
    digits = str(number.national_number)
    match number.country_code:
        case code if code == _BRAZIL and len(digits) == 10 and digits[2] in "6789":
            digits = f"{digits[:2]}9{digits[2:]}"  # mobile numbers got a 9, 2012 to 2016
        case code if code == _MEXICO and digits[:-10] in _MEXICAN_PREFIXES:
            digits, number.italian_leading_zero = digits[-10:], False
        case code if code == _ARGENTINA and len(digits) == 13 and digits[0] == "9":
            # 9 says mobile from abroad, 15 within the country: somebody wrote both
            return phonenumbers.parse(f"0{digits[1:]}", "AR")
    number.national_number = int(digits)
    return number
