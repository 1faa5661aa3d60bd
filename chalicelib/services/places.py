"""Finds the places nearest to a caller, by zip code, or by area code when nobody knows where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.hours import Config
from chalicelib.core.place import Place, Point, in_area, nearest
from chalicelib.services.ports import CenterStore, Unavailable

ZIP_DIGITS = 5


class PlaceStore(Protocol):
    def places(self) -> Sequence[Place]:
        """All of them; Unavailable when they cannot be read."""
        ...


class Geocoder(Protocol):
    def locate(self, zip_code: str) -> Point | None:
        """Where a zip code is; None when there is no such, Unavailable when nobody can say."""
        ...


@dataclass(frozen=True, slots=True)
class Nearby:
    """A place, and how many miles away, if that is known."""

    place: Place
    miles: float | None
    today: str


@dataclass(frozen=True, slots=True)
class Found:
    """`status`: `nearest`, `area` (by area code), `none` is open, or `unknown` zip code."""

    status: str
    places: Sequence[Nearby] = ()


class PlacesService:
    def __init__(
        self,
        places: PlaceStore,
        geocoder: Geocoder,
        center: CenterStore,
        now: Callable[[], datetime],
    ) -> None:
        self._places = places
        self._geocoder = geocoder
        self._center = center
        self._now = now

    def find(self, zip_code: str, caller: str) -> Found:
        """Only places that are still open today; by distance, or in the caller's area."""
        if len(zip_code) != ZIP_DIGITS or not zip_code.isdecimal():
            return Found("unknown")
        try:
            point = self._geocoder.locate(zip_code)
        except Unavailable:
            listed = in_area(self._places.places(), caller, self._is_open)
            return self._found("area", [(place, None) for place in listed])
        if point is None:
            return Found("unknown")
        return self._found("nearest", nearest(self._places.places(), point, self._is_open))

    def _found(self, status: str, places: Sequence[tuple[Place, float | None]]) -> Found:
        if not places:
            return Found("none")
        return Found(status, [Nearby(place, far, self._today(place)) for place, far in places])

    def _is_open(self, place: Place) -> bool:
        return bool(self._today(place))

    def _today(self, place: Place) -> str:
        """What is left of today's hours, in words; empty when it stays closed."""
        hours = self._center.center().hours_of(place.hours_id)
        left = hours.left_today(self._now()) if hours else []
        return " and ".join(_said(period) for period in left)


def _said(period: Config) -> str:
    if period.start == period.end:
        return "all day"
    return f"{period.start:%H:%M} to {period.end:%H:%M}"
