"""What a numbering plan says of a telephone number, and when two of them are one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ANONYMOUS = "anonymous"  # what stands for the number of a caller who withholds it
_WITHHELD = frozenset(
    {
        ANONYMOUS,
        "blocked",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
        # the same on a keypad, which some carriers send
        "266696687",
        "2562533",
        "7378742833",
        "86282452253",
    }
)
# Country codes with what some write between them and the number of a mobile, and others omit.
_OPTIONAL = re.compile(r"\+(54)9(?=\d{10}$)|\+(52)1(?=\d{10}$)")
_BRAZILIAN_MOBILE = re.compile(r"\+55(\d\d)([6-9]\d{7})")


@dataclass(frozen=True, slots=True)
class TelephoneNumber:
    """`region` is ISO 3166, "US"; calls to a premium number cost whoever calls extra."""

    e164: str
    region: str
    is_premium: bool


def matching_key(e164: str) -> str:
    """One key for all the E.164 forms of one line; it serves to compare, not to be dialled.

    Argentina's 9 must be dialled from abroad to reach a mobile and must not for any other line,
    so the number is kept as it came, and only the key goes without.

    >>> matching_key("+5491123456789") == matching_key("+541123456789")
    True
    """
    old = _BRAZILIAN_MOBILE.fullmatch(e164)
    if old:
        return f"+55{old[1]}9{old[2]}"
    return _OPTIONAL.sub(lambda found: f"+{found[1] or found[2]}", e164)


def is_withheld(raw: str) -> bool:
    """Whether this says that there is a number which is not to be known: nothing, or a carrier's
    word for it."""
    return raw.strip().lstrip("+").lower() in _WITHHELD or not raw.strip()


def distinct(numbers: Iterable[str]) -> tuple[str, ...]:
    """The E.164 numbers in their order, each line once, in the form that came first."""
    first: dict[str, str] = {}
    for number in numbers:
        first.setdefault(matching_key(number), number)
    return tuple(first.values())
