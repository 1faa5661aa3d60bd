"""What a numbering plan says of a telephone number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TelephoneNumber:
    """`region` is ISO 3166, "US"; calls to a premium number cost whoever calls extra."""

    e164: str
    region: str
    is_premium: bool
