"""Callers whose socket died without a word."""

from __future__ import annotations

from chalicelib.core.contact import ContactState
from chalicelib.core.events import DisconnectReason
from chalicelib.core.ids import ConnectionId, ContactId
from chalicelib.services.ports import TimerKind
from tests.house import House


def a_call_a_minute_on(house: House) -> ContactId:
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)
    house.streams()
    house.later(60)
    return contact_id


def test_a_caller_who_is_there_stays_and_is_asked_again_in_a_minute() -> None:
    """For as long as the call lasts."""
    house = House()
    contact_id = a_call_a_minute_on(house)

    house.rings_what_is_due()
    house.later(60)
    house.rings_what_is_due()

    assert house.contact(contact_id).state.is_live
    assert [60] == [
        (timer.due_at - house.at).total_seconds() for timer in house.timers.of(TimerKind.PULSE)
    ]


def test_a_caller_whose_socket_is_gone_twice_has_left() -> None:
    """Nobody is offered a ghost for longer than that."""
    house = House()
    contact_id = a_call_a_minute_on(house)
    house.sockets.gone.add(ConnectionId("ws-ana"))

    house.rings_what_is_due()
    assert house.contact(contact_id).state.is_live
    house.later(10)
    house.rings_what_is_due()

    contact = house.contact(contact_id)
    assert (ContactState.COMPLETED, DisconnectReason.CUSTOMER_DISCONNECT) == (
        contact.state,
        contact.disconnect_reason,
    )


def test_a_caller_who_came_back_meanwhile_stays() -> None:
    """The second look is at the socket that there is then."""
    house = House()
    contact_id = a_call_a_minute_on(house)
    house.sockets.gone.add(ConnectionId("ws-ana"))
    house.rings_what_is_due()

    house.opens_a_socket(contact_id, "ws-ana-again")
    house.later(10)
    house.rings_what_is_due()

    assert house.contact(contact_id).state.is_live
