"""Distances, and which places are offered."""

from __future__ import annotations

import pytest

from chalicelib.core.place import Place, Point, area_code, in_area, miles, nearest

HERE = Point(38.912, -77.017)


def place(place_id: str, longitude: float, phone: str = "+12025550101") -> Place:
    return Place(
        place_id=place_id,
        name=f"Place {place_id}",
        address="Main St 1",
        phone=phone,
        at=Point(38.912, longitude),
        hours_id="h-1",
    )


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        (HERE, HERE, 0),
        (HERE, Point(40.750, -73.997), 204),  # Washington to New York
        (Point(0, 179.5), Point(0, -179.5), 69),  # across the date line
        (Point(90, 0), Point(-90, 0), 12_437),
    ],
)
def test_as_the_crow_flies(one: Point, other: Point, far: int) -> None:
    assert far == round(miles(one, other))


def test_the_nearest_three_that_are_open_come_nearest_first() -> None:
    places = [place(name, -77.017 - n / 10) for n, name in enumerate("dacbe")]

    found = nearest(places, HERE, lambda each: each.place_id != "a")

    assert ["d", "c", "b"] == [each.place_id for each, _ in found]
    assert sorted(far for _, far in found) == [far for _, far in found]


def test_places_at_the_same_distance_keep_one_order() -> None:
    """Two calls in a row hear the same list."""
    places = [place("b", -77.1), place("a", -77.1)]

    assert ["a", "b"] == [p.place_id for p, _ in nearest(places, HERE, lambda each: True)]


def test_an_area_is_that_of_the_callers_number() -> None:
    places = [place("b", 0), place("a", 0), place("far", 0, "+17035550101")]

    assert ["a", "b"] == [p.place_id for p in in_area(places, "+12025550199", lambda each: True)]
    assert [] == in_area(places, "", lambda each: True)
    assert [] == in_area(places, "+12025550199", lambda each: False)


def test_only_north_american_numbers_have_an_area_code() -> None:
    assert ["202", "", ""] == [area_code(n) for n in ("+12025550123", "+493012345678", "")]
