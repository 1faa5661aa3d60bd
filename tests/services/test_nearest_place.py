"""Which places a caller is told of."""

from __future__ import annotations

from datetime import date, time

import pytest

from chalicelib.core.hours import Config, Day, HoursOfOperation, Override, OverrideType
from chalicelib.core.ids import HoursId
from chalicelib.core.place import Point
from chalicelib.services.places import PlacesService
from infra.demo_places import places, zip_codes
from tests.fakes.center import InMemoryPlaces
from tests.house import House, a_center

DAILY = tuple(Config(day, time(9), time(17)) for day in Day)
CALLER = "+12025550123"


def hours(name: str, *overrides: Override) -> HoursOfOperation:
    return HoursOfOperation(
        hours_id=HoursId(name),
        name=name,
        time_zone="America/New_York",
        config=DAILY,
        overrides=overrides,
    )


class Acme:
    """The forty branches of the demo; the clock stands at Monday 9 AM in New York."""

    def __init__(self, *office: Override) -> None:
        self.house = House(a_center(hours=(hours("always"), hours("office", *office))))
        self.store = InMemoryPlaces(places(), zip_codes())
        self.places = PlacesService(self.store, self.store, self.house.center, self.house.now)

    def names(self, zip_code: str = "20001", caller: str = CALLER) -> list[str]:
        return [near.place.name for near in self.places.find(zip_code, caller).places]


def test_there_are_forty_branches_and_every_zip_code_of_theirs_is_known() -> None:
    assert 40 == len(places()) == len({place.place_id for place in places()})
    assert {place.address[-5:] for place in places()} <= set(zip_codes())


def test_the_three_nearest_come_in_order_of_distance() -> None:
    acme = Acme()
    found = acme.places.find("20001", CALLER)

    assert "nearest" == found.status
    assert ["Shaw", "Georgetown", "Arlington"] == [near.place.name for near in found.places]
    assert [0.0, 3.3, 4.4] == [round(near.miles or 0, 1) for near in found.places]
    assert "09:00 to 17:00" == found.places[0].today


def test_a_branch_that_is_closed_today_is_not_offered() -> None:
    """A holiday of the office: Shaw keeps its hours, Georgetown its own."""
    monday = acme_day()
    acme = Acme(
        Override(
            name="Inventory",
            effective_from=monday,
            effective_till=monday,
            type=OverrideType.CLOSED,
            config=(),
        )
    )

    assert ["Georgetown", "Arlington", "Silver Spring"] == acme.names()


def test_after_closing_time_nothing_is_open_today_any_more() -> None:
    acme = Acme()
    acme.house.later(8 * 3600 - 1)
    assert 3 == len(acme.names())
    acme.house.later(1)

    assert ("none", []) == (acme.places.find("20001", CALLER).status, acme.names())


@pytest.mark.parametrize("zip_code", ["00000", "2000", "200011", "Timeout", "", "2000a", "٢٠٠٠١"])
def test_what_is_no_zip_code_is_unknown(zip_code: str) -> None:
    assert "unknown" == Acme().places.find(zip_code, CALLER).status


def test_a_zip_code_without_a_branch_is_somewhere_in_its_region() -> None:
    found = Acme().places.find("20005", CALLER)

    assert "nearest" == found.status
    assert {"Shaw", "Georgetown"} <= {near.place.name for near in found.places}


def test_while_nobody_can_say_where_a_zip_code_is_the_area_code_decides() -> None:
    acme = Acme()
    acme.store.is_lost = True
    found = acme.places.find("20001", CALLER)

    assert "area" == found.status
    assert ["Georgetown", "Shaw"] == [near.place.name for near in found.places]
    assert {None} == {near.miles for near in found.places}


def test_a_withheld_number_has_no_area() -> None:
    acme = Acme()
    acme.store.is_lost = True

    assert "none" == acme.places.find("20001", "").status


def test_a_zip_code_of_another_coast_is_far_but_served() -> None:
    acme = Acme()
    acme.store.points["94105"] = Point(37.79, -122.39)

    assert "Dallas" == acme.names("94105")[0]


def acme_day() -> date:
    return House().at.date()
