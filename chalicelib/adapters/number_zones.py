"""Where a telephone number can be, with libphonenumber's data: for those who call it.

Apart from the rest of that library, since this is a megabyte that only callbacks need.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, timezone

_NOWHERE = "Etc/Unknown"


def time_zones_of(number: str) -> tuple[str, ...]:
    """The time zones (IANA names) that a number in E.164 can be in; none when nobody knows.

    >>> time_zones_of("+12025550123")
    ('America/New_York',)
    """
    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(number))
    except NumberParseException:
        return ()
    return tuple(str(zone) for zone in zones if zone != _NOWHERE)


__all__ = ["time_zones_of"]
