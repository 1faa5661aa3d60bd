"""Contact events of whole contacts, as a consumer gets them."""

from __future__ import annotations

import pytest

from chalicelib.core.events import DisconnectReason, FlowStarted
from chalicelib.services.ports import Unavailable
from tests.house import BEN, DONE, House


@pytest.fixture
def house() -> House:
    return House()


def test_a_handled_call_is_told_from_ring_to_report(house: House) -> None:
    """Completed comes when after contact work is handed in, and says how long that was."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.later(60)
    house.desk.hang_up(BEN, contact_id)
    house.later(20)
    house.desk.complete(BEN, contact_id, DONE)
    house.streams()

    assert [
        "INITIATED",
        "QUEUED",
        "CONNECTED_TO_AGENT",
        "DISCONNECTED",
        "COMPLETED",
    ] == house.contact_bus.types(contact_id)
    work = house.contact_bus.of(contact_id)[-1]["agentInfo"]
    assert ("2026-03-02T14:01:00.000Z", "2026-03-02T14:01:20.000Z") == (
        work["afterContactWorkStartTimestamp"],
        work["afterContactWorkEndTimestamp"],
    )


def test_an_abandoned_call_is_completed_with_its_end(house: House) -> None:
    """Nobody has after contact work to do."""
    contact_id = house.rings()
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    house.streams()

    assert ["INITIATED", "QUEUED", "DISCONNECTED", "COMPLETED"] == house.contact_bus.types(
        contact_id
    )


def test_a_bus_that_is_down_stops_nothing_else(house: House) -> None:
    """What people wait for has been done before the bus is asked; the record comes again."""
    house.signs_in("ben", "Offline")
    contact_id = house.rings()
    house.desk.set_status(BEN, "Available")
    house.contact_bus.is_down = True
    facts = house.contacts.facts(contact_id)

    with pytest.raises(Unavailable):
        house.reactions.react(contact_id, facts)

    assert BEN == house.rings_at(contact_id)
    house.contact_bus.is_down = False
    house.reactions.react(contact_id, facts)
    assert ["INITIATED", "QUEUED"] == house.contact_bus.types(contact_id)


def test_facts_that_nobody_is_told_of_cost_no_read(house: House) -> None:
    """Most facts of a contact are about its flow."""
    contact_id = house.rings("Menu")
    begun = [f for f in house.contacts.facts(contact_id) if isinstance(f.event, FlowStarted)]
    del house.contacts.contacts[contact_id]

    house.reactions.react(contact_id, begun)

    assert begun
    assert [] == house.contact_bus.events
