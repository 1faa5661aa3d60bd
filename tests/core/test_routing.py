"""Agents, their slots, and the order on both sides of the match."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import routing as core
from chalicelib.core.center import (
    AVAILABLE,
    OFFLINE,
    ProfileQueue,
    RoutingProfile,
    Status,
    StatusType,
)
from chalicelib.core.contact import Contact, ContactState, Offer, QueueStay
from chalicelib.core.errors import Conflict, Refusal, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ContactId, OfferId, QueueId, RoutingProfileId
from chalicelib.core.routing import Agent, Opening, Place, SlotState
from tests.given import MONDAY, a_contact, later
from tests.house import BEN, BREAK, PROFILE, SALES, SUPPORT

LUNCH = Status("Lunch", StatusType.CUSTOM)


def an_agent(**fields: object) -> Agent:
    known = {
        "agent_id": BEN,
        "username": "ben",
        "name": "Ben Ode",
        "profile_id": PROFILE.profile_id,
        "status": AVAILABLE,
        "status_since": MONDAY,
        "idle_since": MONDAY,
    }
    return Agent(**{**known, **fields})  # type: ignore[arg-type]  # names as in Agent


def on_offer(contact_id: str = "c-1", channel: Channel = Channel.VOICE) -> Contact:
    return a_contact(
        contact_id,
        channel=channel,
        state=ContactState.OFFERED,
        agent=None,
        queue=QueueStay(queue_id=SALES, name="Sales", entered_at=MONDAY),
        offer=Offer(
            offer_id=OfferId(f"o-{contact_id}"),
            agent_id=BEN,
            made_at=MONDAY,
            expires_at=later(seconds=20),
        ),
    )


def rung(agent: Agent, *contact_ids: str, channel: Channel = Channel.VOICE) -> Agent:
    for contact_id in contact_ids:
        agent = core.ring(agent, on_offer(contact_id, channel), PROFILE, at=MONDAY)
    return agent


def missed(agent: Agent) -> Agent:
    return core.miss(rung(agent, "c-1"), ContactId("c-1"), at=later(seconds=20))


def talking(agent: Agent) -> Agent:
    return core.answer(rung(agent, "c-1"), a_contact("c-1"), at=later(seconds=5))


# --- slots ----------------------------------------------------------------------------------------


def test_an_offer_takes_a_slot_with_what_the_desk_shows() -> None:
    """The desk needs no second question to ring."""
    (slot,) = rung(an_agent(), "c-1").slots

    assert (slot.state, slot.queue_name, slot.offer_id) == (
        SlotState.CONNECTING,
        "Sales",
        OfferId("o-c-1"),
    )
    assert slot.expires_at == later(seconds=20)


def test_an_agent_rings_only_when_routable_and_with_room() -> None:
    """Not in another status, not with a next status, not at capacity, not on another channel."""
    for agent in (
        an_agent(status=BREAK),
        an_agent(status=OFFLINE),
        an_agent(next_status=BREAK),
        rung(an_agent(), "c-9"),
        rung(an_agent(), "c-9", channel=Channel.CHAT),
        missed(an_agent()),
    ):
        with pytest.raises(Conflict):
            rung(agent, "c-1")


def test_an_agent_holds_as_many_chats_as_the_profile_says() -> None:
    """And no call beside a chat."""
    busy = rung(an_agent(), "c-1", "c-2", channel=Channel.CHAT)

    assert not busy.can_take(Channel.CHAT, PROFILE)
    assert not core.release(busy, ContactId("c-1"), at=MONDAY).can_take(Channel.VOICE, PROFILE)
    assert core.release(busy, ContactId("c-1"), at=MONDAY).can_take(Channel.CHAT, PROFILE)
    assert not an_agent().can_take(Channel.TASK, PROFILE)


def test_a_contact_that_is_not_on_offer_takes_no_slot() -> None:
    with pytest.raises(Conflict):
        core.ring(an_agent(), a_contact(), PROFILE, at=MONDAY)


def test_a_miss_blocks_the_agent_until_it_is_cleared() -> None:
    """One missed contact costs one missed contact, not a queue full of them."""
    agent = missed(an_agent())
    assert not agent.is_routable()
    assert agent.slots[0].offer_id is None

    cleared = core.release(agent, ContactId("c-1"), at=later(minutes=1))

    assert cleared.is_routable()
    assert cleared.idle_since == later(minutes=1)


def test_what_is_not_on_the_desk_cannot_be_moved() -> None:
    """Neither answered, nor missed, nor wrapped up."""
    nothing = ContactId("c-x")
    with pytest.raises(Rejected):
        core.answer(an_agent(), a_contact("c-x"), at=MONDAY)
    with pytest.raises(Rejected):
        core.miss(an_agent(), nothing, at=MONDAY)
    with pytest.raises(Rejected):
        core.wrap_up(an_agent(), nothing, at=MONDAY, ends_at=None)


# --- status ---------------------------------------------------------------------------------------


def test_an_idle_agent_gets_the_chosen_status_at_once() -> None:
    agent = core.choose_status(an_agent(), BREAK, at=later(minutes=1))

    assert (agent.status, agent.status_since) == (BREAK, later(minutes=1))
    assert agent.next_status is None


def test_with_a_contact_in_hand_the_choice_is_the_next_status() -> None:
    """No new contact comes, the present one goes on, and then the choice takes effect."""
    busy = core.choose_status(talking(an_agent()), BREAK, at=later(minutes=1))
    assert (busy.status, busy.next_status) == (AVAILABLE, BREAK)
    assert not busy.is_routable()

    done = core.release(busy, ContactId("c-1"), at=later(minutes=2))

    assert (done.status, done.status_since, done.next_status) == (BREAK, later(minutes=2), None)


def test_choosing_available_again_takes_the_next_status_back() -> None:
    busy = core.choose_status(talking(an_agent()), BREAK, at=later(minutes=1))

    back = core.choose_status(busy, AVAILABLE, at=later(minutes=2))

    assert (back.status, back.next_status) == (AVAILABLE, None)
    assert back.slots == busy.slots


def test_the_last_choice_is_the_next_status() -> None:
    busy = core.choose_status(talking(an_agent()), BREAK, at=later(minutes=1))

    assert core.choose_status(busy, LUNCH, at=later(minutes=2)).next_status == LUNCH


def test_a_next_status_waits_for_the_last_of_several_contacts() -> None:
    busy = rung(an_agent(), "c-1", "c-2", channel=Channel.CHAT)
    busy = core.choose_status(busy, OFFLINE, at=MONDAY)

    one = core.release(busy, ContactId("c-1"), at=later(minutes=1))
    none = core.release(one, ContactId("c-2"), at=later(minutes=2))

    assert (one.status, none.status) == (AVAILABLE, OFFLINE)


def test_choosing_a_status_clears_missed_contacts() -> None:
    """Going on a break after a miss is a break at once."""
    agent = core.choose_status(missed(an_agent()), BREAK, at=later(minutes=1))

    assert (agent.status, agent.slots) == (BREAK, ())


# --- rows -----------------------------------------------------------------------------------------


def test_openings_are_the_channels_on_which_a_contact_could_be_taken_now() -> None:
    """None while away; only chats beside a chat."""

    def channels(agent: Agent | None) -> set[Channel]:
        return {opening.channel for opening in core.openings_of(agent, PROFILE)}

    assert channels(None) == channels(an_agent(status=BREAK)) == set()
    assert channels(an_agent()) == {Channel.VOICE, Channel.CHAT}
    assert channels(rung(an_agent(), "c-1", channel=Channel.CHAT)) == {Channel.CHAT}
    assert channels(talking(an_agent())) == set()


def test_a_contact_has_a_place_exactly_while_it_waits() -> None:
    """Not while it rings, so that nobody else is sent it."""
    waiting = replace(on_offer(), state=ContactState.QUEUED, offer=None)

    place = core.place_of(waiting)

    assert place == Place(5, MONDAY, ContactId("c-1"), SALES, Channel.VOICE)
    assert core.place_of(on_offer()) is core.place_of(None) is None


# --- order ----------------------------------------------------------------------------------------


def an_opening(held: int, idle_minutes: int, agent_id: str) -> Opening:
    since = MONDAY - timedelta(minutes=idle_minutes)
    return Opening(held, since, AgentId(agent_id), PROFILE.profile_id, Channel.CHAT)


def test_fewest_contacts_then_longest_idle_then_the_id() -> None:
    """The same on every run, also when two are idle to the microsecond alike."""
    best_first = [
        an_opening(0, 9, "a-z"),
        an_opening(0, 3, "a-a"),
        an_opening(0, 3, "a-b"),
        an_opening(1, 30, "a-c"),
    ]

    assert core.rank_openings(reversed(best_first)) == best_first


def a_place(name: str, waited_seconds: int, queue_id: QueueId = SALES, priority: int = 5) -> Place:
    since = MONDAY - timedelta(seconds=waited_seconds)
    return Place(priority, since, ContactId(name), queue_id, Channel.VOICE)


def ranked(profile: RoutingProfile, *places: Place, at: datetime = MONDAY) -> list[str]:
    return [place.contact_id for _, place in core.rank_places(profile, places, at=at)]


def a_profile(*queues: ProfileQueue) -> RoutingProfile:
    return RoutingProfile(
        profile_id=RoutingProfileId("rp-x"),
        name="x",
        queues=queues,
        concurrency={Channel.VOICE: 1},
    )


def serves(queue_id: QueueId, priority: int = 1, delay_seconds: int = 0) -> ProfileQueue:
    return ProfileQueue(
        queue_id=queue_id, channel=Channel.VOICE, priority=priority, delay_seconds=delay_seconds
    )


def test_the_profiles_priority_comes_before_the_contacts_own_and_that_before_age() -> None:
    profile = a_profile(serves(SALES, 2), serves(SUPPORT, 1))

    assert ranked(
        profile,
        a_place("old sale", 900),
        a_place("urgent sale", 5, priority=1),
        a_place("old support", 60, SUPPORT),
        a_place("young support", 30, SUPPORT),
        a_place("urgent support", 1, SUPPORT, priority=2),
    ) == ["urgent support", "old support", "young support", "urgent sale", "old sale"]


def test_queues_of_equal_priority_are_one_line() -> None:
    """Who waits longest goes first, wherever."""
    profile = a_profile(serves(SALES), serves(SUPPORT))

    assert ranked(
        profile, a_place("c", 10), a_place("b", 20, SUPPORT), a_place("a", 30), a_place("d", 10)
    ) == ["a", "b", "c", "d"]


def test_a_contact_is_left_out_until_the_delay_is_over() -> None:
    """To the second, and then it counts with its whole age."""
    profile = a_profile(serves(SALES), serves(SUPPORT, delay_seconds=30))
    late = a_place("delayed", 29, SUPPORT)

    assert ranked(profile, late, a_place("young", 1)) == ["young"]
    at = MONDAY + timedelta(seconds=1)
    assert ranked(profile, late, a_place("young", 1), at=at) == ["delayed", "young"]


def test_a_queue_or_channel_that_the_profile_does_not_serve_is_left_out() -> None:
    chat = replace(a_place("chat", 60), channel=Channel.CHAT)

    assert ranked(a_profile(serves(SALES)), a_place("other", 60, SUPPORT), chat) == []


def test_a_desk_counts_as_there_for_ninety_seconds_after_its_last_word() -> None:
    """Three heartbeats; one that never spoke is not there."""
    assert core.is_reachable(MONDAY, at=later(seconds=90))
    assert not core.is_reachable(MONDAY, at=later(seconds=91))
    assert not core.is_reachable(None, at=MONDAY)


# --- any shift ------------------------------------------------------------------------------------

_moves = st.lists(
    st.tuples(
        st.sampled_from(["ring", "answer", "miss", "wrap up", "release", "status"]),
        st.sampled_from(["c-1", "c-2", "c-3"]),
        st.sampled_from([Channel.VOICE, Channel.CHAT]),
        st.sampled_from([AVAILABLE, BREAK, OFFLINE]),
    ),
    max_size=30,
)


@given(_moves)
@settings(max_examples=200, deadline=None)
def test_no_agent_ever_holds_more_than_the_profile_allows(
    moves: list[tuple[str, str, Channel, Status]],
) -> None:
    """One channel at a time, never above its number, no contact twice, nothing while away."""
    agent = an_agent()
    for move, contact_id, channel, status in moves:
        try:
            agent = _moved(agent, move, ContactId(contact_id), channel, status)
        except Refusal:
            continue

        channels = {slot.channel for slot in agent.slots}
        held = [slot.contact_id for slot in agent.slots]
        assert len(channels) <= 1
        assert all(len(held) <= PROFILE.concurrency[each] for each in channels)
        if not agent.slots:
            assert agent.next_status is None
        if agent.status.type is not StatusType.ROUTABLE:
            assert not core.openings_of(agent, PROFILE)


def _moved(
    agent: Agent, move: str, contact_id: ContactId, channel: Channel, status: Status
) -> Agent:
    match move:
        case "ring" if agent.slot(contact_id) is None:
            return core.ring(agent, on_offer(contact_id, channel), PROFILE, at=MONDAY)
        case "answer":
            return core.answer(agent, a_contact(contact_id), at=MONDAY)
        case "miss":
            return core.miss(agent, contact_id, at=MONDAY)
        case "wrap up":
            return core.wrap_up(agent, contact_id, at=MONDAY, ends_at=None)
        case "release":
            return core.release(agent, contact_id, at=MONDAY)
        case "status":
            return core.choose_status(agent, status, at=MONDAY)
    return agent
