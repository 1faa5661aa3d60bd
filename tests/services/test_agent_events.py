"""Agent events of whole calls, and heartbeats in between."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.civil_day import Grain
from chalicelib.core.ids import ConnectionId
from chalicelib.services.ports import Unavailable
from tests.given import MONDAY
from tests.house import BEN, DONE, House


@pytest.fixture
def house() -> House:
    return House()


def seen(house: House) -> list[str]:
    """What a consumer reads of each event: the status, and the state of every contact in hand."""
    house.streams()
    lines = []
    for event in house.agent_stream.events:
        snapshot: dict[str, Any] | None = event["CurrentAgentSnapshot"]
        states = [contact["State"] for contact in snapshot["Contacts"]] if snapshot else []
        status = snapshot["AgentStatus"]["Name"] if snapshot else ""
        lines.append(" ".join([event["EventType"], status, *states]).strip())
    return lines


def test_a_handled_call_reads_as_in_connect(house: House) -> None:
    """After contact work is ENDED, and over when the contact is gone from the snapshot."""
    house.signs_in("ben", "Offline")
    house.desk.set_status(BEN, "Available")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.later(60)
    house.desk.hold(BEN, contact_id)
    house.desk.resume(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.later(20)
    house.desk.complete(BEN, contact_id, DONE)
    house.desk.set_status(BEN, "Offline")

    assert [
        "STATE_CHANGE Offline",
        "LOGIN",
        "STATE_CHANGE Available",
        "STATE_CHANGE Available CONNECTING",
        "STATE_CHANGE Available CONNECTED",
        "STATE_CHANGE Available CONNECTED_ONHOLD",
        "STATE_CHANGE Available CONNECTED",
        "STATE_CHANGE Available ENDED",
        "STATE_CHANGE Available",
        "STATE_CHANGE Offline",
        "LOGOUT",
    ] == seen(house)
    ended, done = house.agent_stream.events[7], house.agent_stream.events[8]
    assert ended["EventTimestamp"] == _contact(ended)["StateStartTimestamp"]
    assert ("2026-03-02T14:01:00.000Z", "2026-03-02T14:01:20.000Z") == (
        ended["EventTimestamp"],
        done["EventTimestamp"],
    )


def test_a_missed_call_stays_missed_until_it_is_cleared(house: House) -> None:
    """Missed is a state of the contact; the status stays."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.later(21)
    house.rings_what_is_due()
    house.desk.clear(BEN, contact_id)

    assert ["STATE_CHANGE Available MISSED", "STATE_CHANGE Available"] == seen(house)[-3:-1]


def test_whoever_goes_silent_is_signed_out_and_who_is_heard_again_signed_in(house: House) -> None:
    """A closed laptop tells nobody that it is closed."""
    house.signs_in("ben")
    house.later(91)
    house.sweep.run()
    house.desk.heartbeat(BEN, ConnectionId("ws-ben"))

    assert ["LOGOUT", "LOGIN"] == seen(house)[-2:]


def test_heartbeats_go_out_by_themselves_once_each(house: House) -> None:
    """A second sweep of the same minute, or a late one, says nothing twice."""
    house.signs_in("ben")
    house.signs_in("cleo", "Break")
    house.streams()
    events = len(house.agent_stream.events)

    for seconds in (60, 59, 1, 0, 60, 90):
        house.later(seconds)
        house.heartbeats.beat()

    beats = house.agent_stream.events[events:]
    assert ["HEART_BEAT"] * 4 == [event["EventType"] for event in beats]
    assert 4 == len({event["EventId"] for event in beats})


def test_heartbeats_that_could_not_be_told_are_told_next_time(house: House) -> None:
    """A stream that is down for a minute costs no heartbeat."""
    house.signs_in("ben")
    house.heartbeats.beat()
    house.later(130)
    house.agent_stream.is_down = True
    with pytest.raises(Unavailable):
        house.heartbeats.beat()
    house.later(60)
    house.agent_stream.is_down = False

    house.heartbeats.beat()

    assert ["HEART_BEAT"] == house.agent_stream.types()


def test_what_an_agent_did_yesterday_renews_its_reports(house: House) -> None:
    """Time cards are paid by: a change that comes when the day is over makes a new revision."""
    house.signs_in("ben")
    house.streams()
    in_time = list(house.report_requests.renewed)
    house.desk.set_status(BEN, "Offline")
    house.later(24 * 3600)

    house.streams()

    assert [] == in_time
    assert (Grain.DAY, MONDAY.date()) in house.report_requests.renewed


def _contact(event: Any) -> Any:
    return event["CurrentAgentSnapshot"]["Contacts"][0]
