"""What supervisors are told at once."""

from __future__ import annotations

import pytest

from chalicelib.core.alert import AlertKind
from chalicelib.core.events import DisconnectReason
from chalicelib.core.ids import ConnectionId
from tests.house import BEN, CLEO, House


@pytest.fixture
def house() -> House:
    return House()


def told(house: House) -> list[tuple[AlertKind, str | None]]:
    return [(alert.kind, alert.agent_id) for alert in house.alerts.recent(house.at)]


def test_who_misses_three_in_a_row_is_told_of_once(house: House) -> None:
    """The third is one too many, also when the stream brings it twice."""
    house.signs_in("ben")
    for _ in range(3):
        contact_id = house.rings("To Sales")
        house.later(20)
        house.rings_what_is_due()
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
        house.desk.clear(BEN, contact_id)
    house.streams()
    for commit in house.contacts.commits:
        for change in commit.agents:
            house.alerts.note(change.before, change.settled)

    assert [(AlertKind.AGENT_NOT_REACHABLE, BEN)] == told(house)
    [alert] = house.alerts.recent(house.at)
    assert alert.text.startswith("Ben Ode has missed 3 contacts in a row")


def test_a_desk_that_falls_silent_is_told_of_each_time_it_does(house: House) -> None:
    """One that was offline is nobody's concern."""
    house.signs_in("ben")
    house.signs_in("cleo", "Offline")
    for _ in range(2):
        house.later(91)
        house.sweep.run()
        house.sweep.run()
        house.streams()
        house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
        house.streams()

    assert [(AlertKind.DESK_SILENT, BEN)] * 2 == told(house)
    assert CLEO not in [agent_id for _, agent_id in told(house)]


def test_what_agents_do_every_day_is_told_to_nobody(house: House) -> None:
    house.signs_in("ben")
    house.answers(BEN, house.rings("To Sales"))
    house.desk.set_status(BEN, "Break")
    house.streams()

    assert [] == told(house)
