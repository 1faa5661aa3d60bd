"""The match, from both sides, with everybody else in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import routing as core
from chalicelib.core.center import AVAILABLE, Center, ProfileQueue, RoutingProfile, User
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Conflict, Refusal
from chalicelib.core.events import Channel, DisconnectReason, OfferEnded, OfferOutcome
from chalicelib.core.ids import (
    AgentId,
    ConnectionId,
    ContactId,
    OfferId,
    QueueId,
    RoutingProfileId,
)
from chalicelib.core.routing import SlotState
from chalicelib.services.ports import TimerKind
from tests.house import BEN, CLEO, DONE, PROFILE, SALES, SUPPORT, USERS, House, a_center


@pytest.fixture
def house() -> House:
    return House()


# --- who gets what --------------------------------------------------------------------------------


def test_a_contact_that_comes_finds_the_agent_who_waits(house: House) -> None:
    house.signs_in("ben")

    assert house.rings_at(house.rings()) == BEN


def test_an_agent_who_comes_finds_the_contact_that_waits(house: House) -> None:
    """Written first, looked at then: whoever is second sees the first."""
    contact_id = house.rings()
    assert house.contact(contact_id).state is ContactState.QUEUED

    house.signs_in("ben")

    assert house.rings_at(contact_id) == BEN


def test_of_two_that_arrive_together_the_second_sees_the_first(house: House) -> None:
    """The agent becomes available between the contact's commit and its look, and the other way
    round: in both orders they find each other, and there is one offer."""
    house.signs_in("ben", "Break")
    house.contacts.meanwhile = [lambda: house.desk.set_status(BEN, "Available")]
    first = house.rings()

    assert house.rings_at(first) == BEN
    assert house.facts(first).count("ContactOffered") == 1


def test_the_agent_who_is_idle_longest_is_first(house: House) -> None:
    house.signs_in("cleo")
    house.later(5)
    house.signs_in("ben")

    assert house.rings_at(house.rings()) == CLEO


def test_agents_who_came_in_the_same_moment_are_taken_by_their_id(house: House) -> None:
    """The same on every run."""
    house.signs_in("cleo")
    house.signs_in("ben")

    assert [house.rings_at(house.rings()) for _ in range(2)] == [BEN, CLEO]


def test_of_many_who_are_free_only_the_first_few_are_looked_at(house: House) -> None:
    """Whether a desk is there is asked of 25 at a time; those behind ghosts get their turn."""
    many = [
        replace(USERS[0], username=f"u{n:02}", agent_id=AgentId(f"a-{n:02}")) for n in range(60)
    ]
    house.center.users |= {user.username: user for user in many}
    for user in many:
        house.signs_in(user.username)
    asked: list[int] = []
    presences = house.routing_store.presences
    house.routing_store.presences = lambda ids: asked.append(len(ids)) or presences(ids)  # type: ignore[method-assign,assignment,func-returns-value]  # counts

    first = house.rings()
    for user in many[1:26]:
        house.routing_store.gone(user.agent_id, ConnectionId(f"ws-{user.username}"))
    second = house.rings()

    assert ["a-00", "a-26"] == [house.rings_at(first), house.rings_at(second)]
    assert [25, 25, 25] == asked


def test_an_agent_takes_the_contact_that_waits_longest(house: House) -> None:
    """First come, first served; the next one when the first is done."""
    first, second = house.rings(), None
    house.later(3)
    second = house.rings()

    house.signs_in("ben")
    assert (house.rings_at(first), house.rings_at(second)) == (BEN, None)
    house.answers(BEN, first)
    house.desk.hang_up(BEN, first)
    house.desk.complete(BEN, first, DONE)

    assert house.rings_at(second) == BEN


def test_the_profiles_more_important_queue_goes_first_however_old_the_other(house: House) -> None:
    support = house.rings("To Support")
    house.later(60)
    sales = house.rings()

    house.signs_in("ben")

    assert (house.rings_at(sales), house.rings_at(support)) == (BEN, None)


def test_chats_fill_an_agents_slots_and_no_call_comes_beside_them(house: House) -> None:
    chats = [house.chats().contact_id for _ in range(3)]
    call = house.rings("To Support")

    house.signs_in("ben")

    assert [house.rings_at(each) for each in chats] == [BEN, BEN, None]
    assert house.rings_at(call) is None


def test_an_agent_without_a_heartbeat_gets_nothing(house: House) -> None:
    """A laptop was closed: the status still says Available."""
    house.signs_in("ben")
    house.later(91)

    assert house.rings_at(house.rings()) is None


def test_behind_any_number_of_closed_laptops_the_agent_who_is_there_is_found(house: House) -> None:
    """They are idle longer, and for ever."""
    names = [f"gone{n}" for n in range(8)]
    for name in names:
        agent_id = AgentId(f"a-{name}")
        house.center.save_user(
            User(username=name, agent_id=agent_id, name=name, profile_id=PROFILE.profile_id)
        )
        house.signs_in(name)
        house.desk.leave(agent_id, ConnectionId(f"ws-{name}"))
    house.later(5)
    house.signs_in("ben")

    assert house.rings_at(house.rings()) == BEN


def test_a_closed_laptop_that_opens_again_gets_what_waits(house: House) -> None:
    house.signs_in("ben")
    house.later(120)
    contact_id = house.rings()

    house.desk.heartbeat(BEN, ConnectionId("ws-ben"))

    assert house.rings_at(contact_id) == BEN


# --- delays ---------------------------------------------------------------------------------------


def delayed() -> Center:
    """Ben serves Sales at once, Cleo only what has waited for half a minute."""
    slow = RoutingProfile(
        profile_id=RoutingProfileId("rp-slow"),
        name="Overflow",
        queues=(ProfileQueue(queue_id=SALES, channel=Channel.VOICE, delay_seconds=30),),
        concurrency={Channel.VOICE: 1},
    )
    return a_center(profiles=(PROFILE, slow))


def test_an_overflow_agent_gets_a_contact_when_the_delay_is_over() -> None:
    """By a timer, to the second; not before."""
    house = House(delayed())
    cleo = replace(USERS[1], profile_id=RoutingProfileId("rp-slow"))
    house.center.save_user(cleo)
    house.signs_in("cleo")
    contact_id = house.rings()
    house.streams()
    assert house.rings_at(contact_id) is None
    due = {timer.due_at - house.at for timer in house.timers.of(TimerKind.DELAY)}
    assert due == {timedelta(seconds=30)}

    house.later(29)
    house.rings_what_is_due()
    before = house.rings_at(contact_id)
    house.later(1)
    house.rings_what_is_due()

    assert (before, house.rings_at(contact_id)) == (None, CLEO)


# --- offers that come to nothing ------------------------------------------------------------------


def test_nobody_answers_and_the_next_agent_rings_after_twenty_seconds(house: House) -> None:
    """The place in line is kept, the attempt counted, and the one who missed is blocked."""
    house.signs_in("ben")
    house.later(1)
    house.signs_in("cleo")
    contact_id = house.rings()
    stay = house.contact(contact_id).queue
    house.streams()

    house.later(20)
    house.rings_what_is_due()

    contact = house.contact(contact_id)
    assert (house.rings_at(contact_id), contact.queue, contact.attempts) == (CLEO, stay, 2)
    assert [slot.state for slot in house.agent(BEN).slots] == [SlotState.MISSED]
    outcomes = [e.outcome for e in house.events(contact_id, OfferEnded)]
    assert outcomes == [OfferOutcome.MISSED]


def test_an_agent_who_missed_gets_nothing_until_it_is_cleared(house: House) -> None:
    """The only agent at work: the contact waits on, and rings again when the miss is cleared."""
    house.signs_in("ben")
    contact_id = house.rings()
    house.streams()
    house.later(20)
    house.rings_what_is_due()
    assert house.rings_at(contact_id) is None

    house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
    house.desk.clear(BEN, contact_id)

    assert house.rings_at(contact_id) == BEN


def test_a_rejected_contact_goes_to_the_next_agent_at_once(house: House) -> None:
    house.signs_in("ben")
    house.later(1)
    house.signs_in("cleo")
    contact_id = house.rings()

    house.desk.reject(BEN, contact_id, house.offer_of(contact_id))

    assert house.rings_at(contact_id) == CLEO
    assert [e.outcome for e in house.events(contact_id, OfferEnded)] == [OfferOutcome.REJECTED]


@pytest.mark.parametrize("offer_id", ["o-old", ""])
def test_a_timer_of_an_offer_that_is_over_changes_nothing(house: House, offer_id: str) -> None:
    house.signs_in("ben")
    contact_id = house.rings()

    house.routing.expire_offer(contact_id, OfferId(offer_id))

    assert house.rings_at(contact_id) == BEN


def test_a_timer_that_rings_twice_takes_one_offer(house: House) -> None:
    """The second offer, to somebody else, stands."""
    house.signs_in("ben")
    house.signs_in("cleo")
    contact_id = house.rings()
    first = house.offer_of(contact_id)

    for _ in range(2):
        house.routing.expire_offer(contact_id, first)

    assert house.rings_at(contact_id) == CLEO


# --- races ----------------------------------------------------------------------------------------


def test_a_contact_that_loses_the_agent_to_another_one_waits(house: House) -> None:
    """Between the look and the commit the agent got somebody else: no double booking."""
    house.signs_in("ben", "Break")
    first, second = house.rings(), house.rings()
    house.desk.set_status(BEN, "Available")
    assert (house.rings_at(first), house.rings_at(second)) == (BEN, None)

    house.routing.match_contact(second)

    assert house.rings_at(second) is None
    assert len(house.agent(BEN).slots) == 1


def test_a_lost_race_for_an_agent_leads_to_the_next_agent(house: House) -> None:
    house.signs_in("ben")
    house.later(1)
    house.signs_in("cleo")
    waiting = house.rings("Menu")  # its own commits come first
    house.contacts.meanwhile = [
        lambda: None,  # the contact's own commit
        lambda: house.desk.set_status(BEN, "Break"),
    ]

    contact_id = house.rings()

    assert house.rings_at(contact_id) == CLEO
    assert house.contact(waiting).state is ContactState.IN_FLOW


def test_who_loses_the_first_in_line_waits_longer_each_time_and_gets_the_next(
    house: House,
) -> None:
    """Where many become free at once, all want the first; looking again at once they lose again."""
    house.signs_in("ben", "Break")
    contacts: list[ContactId] = []
    for _ in range(4):
        contacts.append(house.rings())
        house.later(1)

    def is_taken(first: ContactId, *others: ContactId) -> Callable[[], None]:
        """Just before Ben's offer is written; and so are the others before his next ones."""

        def take() -> None:
            house.contacts.meanwhile.clear()
            house.desk.end(first, DisconnectReason.CUSTOMER_DISCONNECT)
            house.contacts.meanwhile += [is_taken(*others)] if others else []

        return take

    house.contacts.meanwhile = [lambda: None, is_taken(*contacts[:3])]  # his status comes first

    house.desk.set_status(BEN, "Available")

    assert (BEN, [1, 2, 3]) == (house.rings_at(contacts[3]), house.pauses)


def test_a_customer_who_hangs_up_during_the_match_is_not_offered(house: House) -> None:
    house.signs_in("ben", "Break")
    contact_id = house.rings()
    house.contacts.meanwhile = [
        lambda: None,  # the status
        lambda: house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT),
    ]

    house.desk.set_status(BEN, "Available")

    assert house.contact(contact_id).state is ContactState.COMPLETED
    assert house.agent(BEN).slots == ()
    assert "ContactOffered" not in house.facts(contact_id)


def test_a_contact_that_is_moved_while_an_agent_looks_at_its_line_is_left_to_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place that was found is not the one in which it stands: it is in Cleo's own line now."""
    house.signs_in("ben", "Break")
    house.signs_in("cleo", "Break")
    contact_id = house.rings()
    head, looks = house.routing_store.head, Counter[str]()

    def moved_meanwhile(queue_id: QueueId, *about: Any, **more: Any) -> Any:
        place = head(queue_id, *about, **more)
        looks[queue_id] += 1
        if place is not None and looks[queue_id] == 1:
            house.supervision.move(contact_id, queue=None, agent=CLEO, by="sue")
        return place

    monkeypatch.setattr(house.routing_store, "head", moved_meanwhile)

    house.desk.set_status(BEN, "Available")

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert house.agent(BEN).slots == ()


def test_an_ended_contact_cannot_be_offered(house: House) -> None:
    contact_id = house.rings()
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    house.signs_in("ben")

    house.routing.match_contact(contact_id)

    assert house.agent(BEN).slots == ()


def test_an_offer_that_cannot_be_ended_says_so(house: House) -> None:
    """Somebody changes the agent every time: the timer comes back and tries again later."""
    house.signs_in("ben")
    contact_id = house.rings()
    offer_id = house.offer_of(contact_id)

    def disturb() -> None:
        agent = house.agent(BEN)
        house.routing_store.agents[BEN] = replace(agent, version=agent.version + 1)

    house.contacts.meanwhile = [disturb] * 9

    with pytest.raises(Conflict):
        house.routing.expire_offer(contact_id, offer_id)


# --- the sweep ------------------------------------------------------------------------------------


def test_the_sweep_matches_whoever_waits_unseen(house: House) -> None:
    """Rows on both sides, and no message that would bring them together."""
    house.signs_in("ben", "Break")
    contact_id = house.rings()
    agent = house.agent(BEN)
    house.routing_store.open |= {
        opening for opening in _openings_of_available(house) if opening.agent_id == agent.agent_id
    }
    house.routing_store.agents[BEN] = replace(agent, status=AVAILABLE)

    house.sweep.run()

    assert house.rings_at(contact_id) == BEN


def _openings_of_available(house: House) -> list[core.Opening]:
    available = replace(house.agent(BEN), status=AVAILABLE)
    return core.openings_of(available, PROFILE)


def test_the_sweep_takes_back_an_offer_whose_timer_was_lost(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings()
    house.later(21)

    house.sweep.run()

    assert house.rings_at(contact_id) is None
    assert [slot.state for slot in house.agent(BEN).slots] == [SlotState.MISSED]


def test_the_sweep_ends_after_contact_work_that_is_over(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.later(59)
    house.sweep.run()
    before = house.contact(contact_id).state
    house.later(1)

    house.sweep.run()

    assert (before, house.contact(contact_id).state) == (ContactState.ENDED, ContactState.COMPLETED)
    assert house.agent(BEN).slots == ()


def test_the_sweep_goes_on_over_one_contact_that_is_in_trouble(house: House) -> None:
    """A row without a contact, and an agent who holds one that is not there."""
    house.signs_in("ben")
    lost = house.rings()
    house.signs_in("cleo")
    missed = house.rings()
    assert (house.rings_at(lost), house.rings_at(missed)) == (BEN, CLEO)
    del house.contacts.contacts[lost]
    house.later(21)

    house.sweep.run()

    assert [slot.state for slot in house.agent(CLEO).slots] == [SlotState.MISSED]


def test_a_sweep_with_nothing_to_do_changes_nothing(house: House) -> None:
    house.signs_in("ben")
    house.answers(BEN, house.rings())
    house.rings("To Support")
    done = len(house.contacts.commits)

    house.sweep.run()

    assert len(house.contacts.commits) == done


# --- any day --------------------------------------------------------------------------------------

_ACTS = (
    "call",
    "support",
    "chat",
    "ben available",
    "ben break",
    "cleo available",
    "cleo offline",
    "answer",
    "reject",
    "hang up",
    "leave",
    "complete",
    "clear",
    "time",
    "sweep",
    "heartbeat",
)


@given(st.lists(st.tuples(st.sampled_from(_ACTS), st.integers(0, 5)), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_contact_is_lost_or_doubled_whatever_happens(acts: list[tuple[str, int]]) -> None:
    """One agent per contact, one contact per call slot, offers only to those who may get one, and
    nobody waits beside an agent who is free."""
    house = House()
    house.signs_in("ben")
    house.signs_in("cleo")
    contacts: list[ContactId] = []
    for act, number in acts:
        try:
            _act(house, act, number, contacts)
        except Refusal:
            continue
        house.streams()
        _check(house, contacts)
    house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
    house.desk.heartbeat(CLEO, ConnectionId("ws-cleo"))
    house.sweep.run()
    _check_nobody_waits_beside_a_free_agent(house)


def _act(house: House, act: str, number: int, contacts: list[ContactId]) -> None:
    starts = {"call": "To Sales", "support": "To Support"}
    if act in starts:
        contacts.append(house.rings(starts[act]))
    elif act == "chat":
        contacts.append(house.chats().contact_id)
    elif act == "time":
        house.later(number * 7)
        house.rings_what_is_due()
    elif act == "sweep":
        house.sweep.run()
    elif act == "heartbeat":
        house.desk.heartbeat(BEN, ConnectionId("ws-ben"))
    elif " " in act and act != "hang up":
        name, status = act.split()
        house.desk.set_status(AgentId(f"a-{name}"), status.capitalize())
    elif contacts:
        _do_with(house, act, contacts[number % len(contacts)], (BEN, CLEO)[number % 2])


def _do_with(house: House, act: str, contact_id: ContactId, agent_id: AgentId) -> None:
    offer = house.contact(contact_id).offer
    match act:
        case "answer" if offer:
            house.desk.accept(offer.agent_id, contact_id, offer.offer_id)
        case "reject" if offer:
            house.desk.reject(offer.agent_id, contact_id, offer.offer_id)
        case "hang up":
            house.desk.hang_up(agent_id, contact_id)
        case "leave":
            house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        case "complete":
            house.desk.complete(agent_id, contact_id, DONE)
        case "clear":
            house.desk.clear(agent_id, contact_id)


def _check(house: House, contacts: list[ContactId]) -> None:
    agents = house.routing_store.agents.values()
    held = [(slot.contact_id, slot.state) for agent in agents for slot in agent.slots]
    in_queues: Counter[tuple[QueueId, Channel]] = Counter()
    for contact_id in contacts:
        contact = house.contact(contact_id)
        state = contact.state
        told = {
            ContactState.OFFERED: SlotState.CONNECTING,
            ContactState.CONNECTED: SlotState.CONNECTED,
            ContactState.ENDED: SlotState.ENDED,
        }
        for of_contact, of_slot in told.items():
            assert held.count((contact_id, of_slot)) == (1 if state is of_contact else 0)
        in_line = sum(place.contact_id == contact_id for place in house.routing_store.waiting)
        assert in_line == (1 if state is ContactState.QUEUED else 0)
        if contact.is_in_queue and contact.queue:
            in_queues[contact.queue.queue_id, contact.channel] += 1
    for agent in agents:
        channels = {slot.channel for slot in agent.slots}
        assert len(channels) <= 1
        assert all(len(agent.slots) <= PROFILE.concurrency[each] for each in channels)
    assert in_queues == +house.routing_store.depth
    assert house.routing_store.depth[SUPPORT, Channel.VOICE] <= 5


def _check_nobody_waits_beside_a_free_agent(house: House) -> None:
    for place in house.routing_store.waiting:
        for agent in house.routing_store.agents.values():
            is_served = PROFILE.serves(place.queue_id, place.channel)
            assert not (is_served and agent.can_take(place.channel, PROFILE))
