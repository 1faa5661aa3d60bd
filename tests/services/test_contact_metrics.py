"""Place and wait as GetContactMetrics tells them."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import PlaceAnnounced
from chalicelib.core.ids import ContactId
from chalicelib.services.contact_metrics import ContactMetrics
from tests.house import BEN, House

BOTH = ["POSITION_IN_QUEUE", "ESTIMATED_WAIT_TIME"]


@pytest.fixture
def house() -> House:
    return House()


def of(house: House, contact_id: ContactId, names: list[str]) -> dict[str, int | None]:
    metrics = ContactMetrics(
        contacts=house.contacts,
        routing=house.routing_store,
        center=house.center,
        waiting=house.waiting,
        now=house.now,
    )
    return metrics.of(contact_id, names, house.center.center())


def test_a_waiting_contact_has_both_and_they_are_no_announcement(house: House) -> None:
    house.signs_in("ben")
    house.answers(BEN, house.rings("To Sales"))
    contact_id = house.rings("To Sales")

    assert dict(zip(BOTH, (1, 240), strict=True)) == of(house, contact_id, BOTH)
    assert [] == house.events(contact_id, PlaceAnnounced)


def test_with_nobody_there_the_wait_is_not_known(house: House) -> None:
    assert {"ESTIMATED_WAIT_TIME": None} == of(house, house.rings("To Sales"), BOTH[1:])


def test_a_contact_that_does_not_wait_has_neither(house: House) -> None:
    assert dict.fromkeys(BOTH) == of(house, house.rings("Menu"), BOTH)


def test_what_is_asked_for_is_named_when_it_is_not_there(house: House) -> None:
    contact_id = house.rings("To Sales")
    with pytest.raises(Rejected, match="'COLOR'"):
        of(house, contact_id, ["COLOR"])
    with pytest.raises(Rejected):
        of(house, contact_id, [])
    with pytest.raises(NotFound):
        of(house, ContactId("nobody"), BOTH)
