"""How somebody takes contacts: on which phone, by hand or at once, and what follows each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PhoneType(StrEnum):
    SOFT_PHONE = "SOFT_PHONE"  # the desk in a browser
    DESK_PHONE = "DESK_PHONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneConfig:
    """`auto_accept`: the desk takes offers without a click.

    `after_contact_work_seconds` 0: as long as the queue allows.
    """

    type: PhoneType = PhoneType.SOFT_PHONE
    auto_accept: bool = False
    after_contact_work_seconds: int = 0
    desk_phone_number: str = ""  # E.164


def shorter(seconds: int, limit: int) -> int:
    """After contact work that is limited twice ends with the smaller limit; 0 is none."""
    return min(seconds, limit) if seconds and limit else seconds or limit
