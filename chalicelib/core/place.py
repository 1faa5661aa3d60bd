"""Places that customers can go to: how far they are, and which are open today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_MILES = 3_958.8
OFFERED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A branch. `phone` is E.164; `hours_id` names its hours of operation."""

    place_id: str
    name: str
    address: str
    phone: str
    at: Point
    hours_id: str

    @property
    def area_code(self) -> str:
        return area_code(self.phone)


def area_code(phone: str) -> str:
    """Of a number in North America; empty for any other."""
    return phone[2:5] if phone.startswith("+1") and len(phone) == len("+12025550123") else ""


def miles(one: Point, other: Point) -> float:
    """As the crow flies.

    >>> round(miles(Point(38.912, -77.017), Point(40.750, -73.997)))
    204
    """
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat = sin((lat2 - lat1) / 2)
    half_lon = sin(radians(other.longitude - one.longitude) / 2)
    return 2 * EARTH_MILES * asin(sqrt(half_lat**2 + cos(lat1) * cos(lat2) * half_lon**2))


def nearest(
    places: Sequence[Place], point: Point, is_open: Callable[[Place], bool]
) -> list[tuple[Place, float]]:
    """The first few that are open, with their distance in miles, nearest first."""
    ranked = sorted(
        ((miles(point, place.at), place) for place in places),
        key=lambda pair: (pair[0], pair[1].place_id),
    )
    return [(place, far) for far, place in ranked if is_open(place)][:OFFERED_AT_MOST]


def in_area(places: Sequence[Place], phone: str, is_open: Callable[[Place], bool]) -> list[Place]:
    """Those that are open and have the area code of this number, by name."""
    code = area_code(phone)
    found = [place for place in places if code and place.area_code == code and is_open(place)]
    return sorted(found, key=lambda place: place.name)[:OFFERED_AT_MOST]


__all__ = ["Place", "Point", "area_code", "in_area", "miles", "nearest"]
