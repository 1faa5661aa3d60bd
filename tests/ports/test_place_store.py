"""What every store of places promises."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ConnectTimeoutError

from chalicelib.adapters.dynamo.places import DynamoPlaces
from chalicelib.adapters.dynamo.shared import connection
from chalicelib.adapters.dynamo.tables import PlaceRow
from chalicelib.core.place import Point
from chalicelib.services.ports import Unavailable
from infra.demo_places import places, zip_codes
from tests.fakes.center import InMemoryPlaces

type Places = InMemoryPlaces | DynamoPlaces


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        return InMemoryPlaces()
    request.getfixturevalue("bind_tables")(center=[PlaceRow])
    return DynamoPlaces()


def test_places_and_zip_codes_are_read_as_they_were_saved(store: Places) -> None:
    store.save_places(places(), zip_codes())

    assert sorted(places(), key=lambda p: p.place_id) == sorted(
        store.places(), key=lambda p: p.place_id
    )
    assert Point(38.912, -77.017) == store.locate("20001")


def test_an_unknown_code_is_the_middle_of_its_region_or_nowhere(store: Places) -> None:
    store.save_places([], {"200": Point(38.9, -77.0), "20001": Point(38.912, -77.017)})

    assert Point(38.9, -77.0) == store.locate("20099")
    assert None is store.locate("00000")


def test_a_store_that_is_away_is_told_from_a_code_that_is_none(
    bind_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bind_tables(center=[PlaceRow])

    def time_out(*_: object, **__: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.test")

    monkeypatch.setattr(connection(PlaceRow).client, "_make_api_call", time_out)
    with pytest.raises(Unavailable):
        DynamoPlaces().locate("20001")
    with pytest.raises(Unavailable):
        DynamoPlaces().places()
