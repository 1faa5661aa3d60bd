"""What the stream of states sees to: timers, turns and rings that outlive the worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.core.contact import Contact
from chalicelib.core.events import Channel
from chalicelib.core.ids import ConnectionId
from chalicelib.services.ports import TimerKind
from tests.house import BEN, House


def follow(house: House, before: Contact | None, after: Contact) -> None:
    """As if nothing had been told inline: only what the stream brings counts."""
    house.announcer.turns.clear()
    house.announcer.desks.clear()
    house.timers.timers.clear()
    house.follow_up.follow(before, after)


def test_a_caller_who_never_opens_a_socket_is_waited_for_a_minute() -> None:
    """Somebody who rings and closes the page must not wait in line for ever."""
    house = House()
    contact = house.contact(house.rings("Menu"))

    follow(house, None, contact)

    due = house.timers.of(TimerKind.CUSTOMER)
    assert [(house.at + timedelta(seconds=60), "")] == [(t.due_at, t.key) for t in due]


def test_every_new_wait_gets_a_timer_with_patience_for_the_device() -> None:
    """The device answers after 5 s; a device that fell silent is not waited for for ever."""
    house = House()
    contact = house.contact(house.rings("Menu"))

    follow(house, replace(contact, session=replace(contact.session, wait=None)), contact)

    timer = house.timers.of(TimerKind.FLOW)[0]
    assert contact.session.wait is not None
    assert str(contact.session.wait.number) == timer.key
    assert timer.due_at > house.at + timedelta(seconds=5)


def test_a_turn_is_told_again_only_when_it_is_a_new_one() -> None:
    """A fact that changes nothing for the customer is not told to the customer."""
    house = House()
    contact = house.contact(house.rings("Menu"))

    follow(house, replace(contact, turn_number=contact.turn_number - 1), contact)
    assert [contact] == house.announcer.turns
    follow(house, contact, contact)
    assert [] == house.announcer.turns


def test_an_offer_rings_again_and_its_time_is_watched() -> None:
    """The worker that made the offer may have died before it told anybody."""
    house = House()
    house.signs_in("ben")
    contact = house.contact(house.rings())
    assert contact.offer is not None

    follow(house, replace(contact, offer=None), contact)

    assert ["ContactOffered"] == house.announcer.kinds(BEN)
    assert house.agent(BEN).version == house.announcer.desks[0].seq
    timer = house.timers.of(TimerKind.OFFER)[0]
    assert (contact.offer.expires_at, contact.offer.offer_id) == (timer.due_at, timer.key)


def test_an_offer_that_was_answered_meanwhile_does_not_ring_in_the_answers_place() -> None:
    """The stream comes late: a desk drops what carries a number it knows, so the number must
    stand for the answer, not for an offer made up from what the agent holds by now."""
    house = House()
    house.signs_in("ben")
    contact_id = house.rings()
    offered = house.contact(contact_id)
    house.answers(BEN, contact_id)

    follow(house, replace(offered, offer=None), offered)

    told = house.announcer.desks
    assert [("ContactConnected", house.agent(BEN).version)] == [(m.kind, m.seq) for m in told]
    assert told == house.routing_store.desk_events(BEN, after=house.agent(BEN).version - 1)


def test_an_offer_rings_again_under_its_own_number_whatever_came_after_it() -> None:
    """A status chosen while it rings is the newest event; the desk asks for what it missed."""
    house = House()
    house.signs_in("ben")
    offered = house.contact(house.rings())
    rang = house.agent(BEN).version
    house.desk.set_status(BEN, "Break")

    follow(house, replace(offered, offer=None), offered)

    assert [("StatusChanged", rang + 1)] == [(m.kind, m.seq) for m in house.announcer.desks]
    missed = house.desk.hello("ben", ConnectionId("ws-ben"), after=rang - 1).missed
    assert ["ContactOffered", "StatusChanged"] == [m.kind for m in missed]


def test_after_contact_work_with_a_limit_is_ended_by_a_timer() -> None:
    """The browser may be closed; the server ends the work."""
    house = House()
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    talking = house.contact(contact_id)
    house.desk.hang_up(BEN, contact_id)

    follow(house, talking, house.contact(contact_id))

    due = house.timers.of(TimerKind.WRAP_UP)
    assert [house.at + timedelta(seconds=60)] == [timer.due_at for timer in due]


def test_a_chat_customer_is_waited_for_five_minutes() -> None:
    """As long as Amazon Connect waits for a participant to connect."""
    house = House()
    contact = house.contact(house.chats("Hello").contact_id)

    follow(house, None, contact)

    assert Channel.CHAT == contact.channel
    assert house.at + timedelta(minutes=5) == house.timers.of(TimerKind.CUSTOMER)[0].due_at
