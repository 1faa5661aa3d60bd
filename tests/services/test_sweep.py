"""What the sweep does for agents; for contacts that wait see test_routing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.center import Center, Proficiency, RoutingProfile, own_queue_id
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.ids import ConnectionId, ContactId
from chalicelib.services.ports import TimerKind
from chalicelib.services.sweep import EVERY, Sweep
from tests.acme import SALES, Acme, a_profile, asks_for_vietnamese
from tests.house import BEN, CLEO, PROFILE, USERS, House, a_center, action, document, to_queue

PRIORITY_1 = action("Rank", "UpdateContactRoutingBehavior", "Choose", QueuePriority="1")
CALLS_ONLY = replace(PROFILE, concurrency={Channel.VOICE: 1})


@pytest.fixture
def house() -> House:
    return House()


def with_profile(house: House, profile: RoutingProfile) -> Center:
    house.center.configuration = replace(house.center.configuration, profiles=(profile,))
    return house.center.configuration


def test_it_sets_the_clocks_for_the_rest_of_its_minute(house: House) -> None:
    """A schedule goes by the minute; an offer must not outlive half of one."""
    house.sweep.begin_minute()

    due = [timer.due_at - house.at for timer in house.timers.of(TimerKind.SWEEP)]
    assert [n * EVERY for n in range(1, 6)] == due
    assert timedelta(seconds=10) == EVERY


def test_its_timer_sweeps(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings()
    house.sweep.begin_minute()
    house.timers.timers = house.timers.of(TimerKind.SWEEP)
    house.later(20)

    house.rings_what_is_due()

    assert house.contact(contact_id).state is ContactState.QUEUED


@pytest.mark.parametrize("status", ["Available", "Break"])
def test_whose_desk_fell_silent_is_away_in_whatever_status(house: House, status: str) -> None:
    """The status stays, for when they come back."""
    house.signs_in("ben", status)
    house.later(91)

    house.sweep.run()

    agent = house.agent(BEN)
    assert (True, status) == (agent.is_away, agent.status.name)
    assert set() == house.routing_store.open


def test_a_desk_that_was_heard_of_since_the_sweep_looked_is_not_away(house: House) -> None:
    house.signs_in("ben")
    house.later(91)
    house.desk.heartbeat(BEN, ConnectionId("ws-ben"))

    house.desk.note_silence(BEN)

    assert not house.agent(BEN).is_away


def test_a_desk_that_closed_a_moment_ago_is_waited_for(house: House) -> None:
    """A reload closes it, too."""
    house.signs_in("ben")
    house.desk.leave(BEN, house.routing_store.signed_in[BEN].connection_id or "")  # type: ignore[arg-type]

    house.sweep.run()

    assert not house.agent(BEN).is_away


def test_whoever_signs_in_for_the_first_time_during_it_is_here(house: House) -> None:
    """The presence is written before the agent is, and a sweep may look in between."""
    house.routing_store.seen(BEN, ConnectionId("first"), at=house.at)

    house.sweep.run()
    assert [BEN] == [presence.agent_id for presence in house.routing_store.online()]

    house.later(91)
    house.sweep.run()
    assert [] == house.routing_store.online()


def test_a_call_whose_agent_fell_silent_is_handed_over_once(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.later(91)

    for _ in range(2):
        house.sweep.run()

    assert house.contact(contact_id).state is not ContactState.CONNECTED
    assert 1 == house.facts(contact_id).count("ContactDisconnected")


def test_trouble_with_one_contact_keeps_it_from_no_other(house: House) -> None:
    """Whatever rule it breaks: those behind it are looked at, and the desks noted."""
    calls = []
    for name, agent_id in (("ben", BEN), ("cleo", CLEO)):
        house.signs_in(name)
        calls.append(house.rings())
        house.answers(agent_id, calls[-1])
    lost: list[ContactId] = []

    def refuses_the_first(contact_id: ContactId) -> None:
        lost.append(contact_id)
        if contact_id == calls[0]:
            raise Rejected("no more of that")

    sweep = Sweep(
        routing=house.routing_store,
        center=house.center,
        matcher=house.routing,
        desks=house.desk,
        agent_lost=refuses_the_first,
        timers=house.timers,
        now=house.now,
    )
    house.later(91)
    sweep.run()

    assert calls == lost
    assert [True, True] == [house.agent(each).is_away for each in (BEN, CLEO)]


def test_an_agent_serves_the_profile_as_it_was_changed_to(house: House) -> None:
    """Openings on channels that it has no more are taken away, new ones made."""
    house.signs_in("ben")
    with_profile(house, CALLS_ONLY)

    house.sweep.run()

    assert {Channel.VOICE} == {opening.channel for opening in house.routing_store.open}
    with_profile(house, PROFILE)
    house.sweep.run()
    assert {Channel.VOICE, Channel.CHAT} == {o.channel for o in house.routing_store.open}


def test_what_is_changed_of_a_user_counts_for_the_agent_at_work(house: House) -> None:
    """In the lines of free agents, too; without a change nothing is written."""
    house.signs_in("ben")
    speaks = (Proficiency("Language", "French", 4.0),)
    house.center.save_user(replace(USERS[0], proficiencies=speaks))

    house.desk.reconfigure(BEN)
    done = len(house.contacts.commits)
    house.desk.reconfigure(BEN)

    assert {speaks} == {opening.proficiencies for opening in house.routing_store.open}
    assert done == len(house.contacts.commits)


def test_a_line_that_its_counter_does_not_know_of_is_found_by_a_thorough_look() -> None:
    """Once a minute nobody trusts the counters."""
    house = House(a_center())
    house.signs_in("ben", "Break")
    contact_id = house.rings()
    house.routing_store.depth.clear()
    house.desk.set_status(BEN, "Available")
    before = house.rings_at(contact_id)

    house.sweep.run(is_thorough=True)

    assert (None, BEN) == (before, house.rings_at(contact_id))


def test_so_is_an_agents_own_within_ten_looks_each_of_which_sees_a_part_of_them() -> None:
    """Four lines an agent: all of a thousand agents' at once were more than a minute's work."""
    house = House(a_center())
    own = action("Choose", "UpdateContactTargetQueue", "Enter", QueueId=own_queue_id(BEN))
    house.publish("For Ben", document(own, action("Enter", "TransferContactToQueue", "End")))
    house.signs_in("ben", "Break")
    contact_id = house.rings("For Ben")
    house.routing_store.depth.clear()
    house.desk.set_status(BEN, "Available")
    rang = [house.rings_at(contact_id)]

    while rang[-1] is None and len(rang) <= 10:
        house.later(60)
        house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
        house.sweep.run(is_thorough=True)
        rang.append(house.rings_at(contact_id))

    assert (None, None, BEN) == (*rang[:2], rang[-1])


def test_a_line_in_which_somebody_stands_is_not_forgotten() -> None:
    """Nobody would ever look into it again."""
    acme = Acme(speaks={"A01": 3.0})
    acme.signs_in("A01", "Break")
    acme.publish("Vietnamese", asks_for_vietnamese((3.0, None)))
    contact_id = acme.rings("Vietnamese")
    (line,) = acme.routing_store.lines.values()
    acme.later(6 * 86_400)
    acme.sweep.run()
    assert [line] == list(acme.routing_store.lines.values())

    acme.later(86_400)
    acme.sweep.run()
    acme.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    acme.later(7 * 86_400)
    acme.sweep.run(is_thorough=True)

    (kept,) = acme.routing_store.lines.values()
    assert line.known_until + timedelta(days=7) == kept.known_until


def test_who_has_waited_for_a_delay_is_found_behind_others_who_have_not() -> None:
    """No timer told of it; who stands before, with a higher priority, came a moment ago."""
    acme = Acme(a_profile([(SALES, 1, 30)]))
    acme.publish("Urgent", to_queue("Sales", PRIORITY_1))
    acme.comes("A01")
    old = acme.enters(SALES)
    acme.later(31)
    urgent = acme.rings("Urgent")
    acme.timers.timers.clear()

    acme.sweep.run()

    assert ("A01", None) == (acme.rings_at(old), acme.rings_at(urgent))
