"""Timers that come back: late, twice, early, or for what is long over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.errors import NotFound
from chalicelib.core.events import ContactDisconnected, DisconnectReason
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import SlotState
from chalicelib.services.ports import Timer, TimerKind
from tests.house import BEN, House


@pytest.fixture
def house() -> House:
    house = House()
    house.signs_in("ben")
    return house


def timer(house: House, kind: TimerKind, contact_id: ContactId, key: str = "") -> Timer:
    return Timer(kind=kind, contact_id=contact_id, due_at=house.at, key=key)


def reasons(house: House, contact_id: ContactId) -> list[DisconnectReason]:
    return [event.reason for event in house.events(contact_id, ContactDisconnected)]


def test_a_timer_that_comes_early_is_sent_on(house: House) -> None:
    """A message waits a quarter of an hour at most; a timer may wait longer."""
    contact_id = house.rings()
    early = replace(
        timer(house, TimerKind.OFFER, contact_id, house.offer_of(contact_id)),
        due_at=house.at + timedelta(microseconds=1),
    )

    house.alarm_clock.ring(early)

    assert house.timers.timers == [early]
    assert house.rings_at(contact_id) == BEN


def test_the_longest_a_contact_may_last_goes_round_no_more_once_it_is_over(house: House) -> None:
    """A chat may last a day, which is a hundred messages; nearly all are over before the second."""
    contact_id = house.rings()
    expiry = replace(
        timer(house, TimerKind.EXPIRY, contact_id), due_at=house.at + timedelta(hours=1)
    )
    house.timers.timers.clear()

    house.alarm_clock.ring(expiry)
    while_it_lasts = list(house.timers.timers)
    house.timers.timers.clear()
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.alarm_clock.ring(expiry)

    assert ([expiry], []) == (while_it_lasts, house.timers.timers)


def test_an_offers_time_is_over(house: House) -> None:
    contact_id = house.rings()

    house.alarm_clock.ring(timer(house, TimerKind.OFFER, contact_id, house.offer_of(contact_id)))

    assert [slot.state for slot in house.agent(BEN).slots] == [SlotState.MISSED]


def test_the_time_for_after_contact_work_is_over(house: House) -> None:
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.later(60)

    for _ in range(2):
        house.alarm_clock.ring(timer(house, TimerKind.WRAP_UP, contact_id))

    assert house.contact(contact_id).state is ContactState.COMPLETED
    assert house.facts(contact_id).count("AfterContactWorkEnded") == 1


def test_a_flows_wait_is_over(house: House) -> None:
    """Of that wait, not of the next one."""
    contact_id = house.rings("Menu")

    house.alarm_clock.ring(timer(house, TimerKind.FLOW, contact_id, "9"))
    before = house.contact(contact_id).turn_number
    house.alarm_clock.ring(timer(house, TimerKind.FLOW, contact_id, "1"))

    assert (before, house.contact(contact_id).turn_number) == (1, 2)


@pytest.mark.parametrize("kind", list(TimerKind))
def test_a_timer_for_a_contact_that_is_over_changes_nothing(house: House, kind: TimerKind) -> None:
    contact_id = house.rings("Menu")
    house.desk.end(contact_id, DisconnectReason.API)
    before = house.contact(contact_id)

    house.alarm_clock.ring(timer(house, kind, contact_id, "1"))

    assert house.contact(contact_id) == before


@pytest.mark.parametrize("kind", [kind for kind in TimerKind if kind is not TimerKind.SWEEP])
def test_a_timer_for_an_unknown_contact_is_an_error(house: House, kind: TimerKind) -> None:
    """It cannot be: the message goes where an operator looks."""
    with pytest.raises(NotFound):
        house.alarm_clock.ring(timer(house, kind, ContactId("c-x"), "1"))


# --- customers who do not come, or go -------------------------------------------------------------


def test_a_caller_whose_page_never_opened_a_socket_is_let_go(house: House) -> None:
    contact_id = house.rings("Menu")

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id))

    assert reasons(house, contact_id) == [DisconnectReason.CUSTOMER_NEVER_ARRIVED]


def test_a_caller_who_is_there_stays(house: House) -> None:
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id))

    assert reasons(house, contact_id) == []


def test_a_caller_whose_page_reloads_in_that_very_moment_is_no_stranger(house: House) -> None:
    """The socket closed a second ago: the grace after the closing counts, not the arrival."""
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)
    (connection,) = house.connections.connections.values()
    house.connections.remove(connection)

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id))

    assert reasons(house, contact_id) == []


def test_a_caller_whose_socket_closed_and_did_not_come_back_has_hung_up(house: House) -> None:
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id, "ws-ana"))

    assert reasons(house, contact_id) == [DisconnectReason.CUSTOMER_DISCONNECT]


def test_a_caller_who_came_back_on_another_socket_stays(house: House) -> None:
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)
    house.opens_a_socket(contact_id, "ws-again")

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id, "ws-ana"))

    assert reasons(house, contact_id) == []


def test_a_chat_survives_the_closing_of_its_page(house: House) -> None:
    """People put their phone away and read on later."""
    contact_id = house.chats().contact_id
    house.opens_a_socket(contact_id)

    house.alarm_clock.ring(timer(house, TimerKind.CUSTOMER, contact_id, "ws-ana"))

    assert reasons(house, contact_id) == []
