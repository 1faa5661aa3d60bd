"""Agents, their slots, and the order on both sides of the match."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import routing as core
from chalicelib.core.center import (
    AVAILABLE,
    OFFLINE,
    CrossChannel,
    Proficiency,
    ProfileQueue,
    RoutingProfile,
    Status,
    StatusType,
)
from chalicelib.core.contact import Contact, ContactState, Offer, QueueStay
from chalicelib.core.criteria import Masters
from chalicelib.core.errors import Conflict, Refusal, Rejected
from chalicelib.core.events import Channel
from chalicelib.core.flow import Session
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


@pytest.mark.parametrize("participants", [(), ("Agent", "Customer")])
def test_the_desk_records_what_is_to_be_recorded_when_the_talk_begins(
    participants: tuple[str, ...],
) -> None:
    """Flows may have said so, or the customer refused, while it rang."""
    contact = a_contact("c-1", session=Session(recorded_participants=participants))
    slot = core.answer(rung(an_agent(), "c-1"), contact, at=MONDAY).slot(ContactId("c-1"))

    assert slot is not None
    assert slot.is_recorded is bool(participants)


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


def test_a_contact_has_a_place_while_it_waits_and_while_it_rings() -> None:
    """Where it rings it keeps its place, and is not sent to anybody else."""
    waiting = replace(on_offer(), state=ContactState.QUEUED, offer=None)
    place = Place(5, MONDAY, ContactId("c-1"), SALES, Channel.VOICE)
    found = [core.place_of(waiting), core.place_of(on_offer())]

    assert [place, place] == found
    assert [False, True] == [each.is_ringing for each in found if each]
    assert core.place_of(a_contact()) is core.place_of(None) is None


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

    here = frozenset(opening.agent_id for opening in best_first)

    assert core.choose(best_first[::-1], None, here=here).openings == best_first


SPEAKS = Masters("Language", "Vietnamese", 3.0)


def speaking(agent_id: str, level: float, idle_minutes: int = 0) -> Opening:
    known = (Proficiency("Language", "Vietnamese", level),) if level else ()
    return replace(an_opening(0, idle_minutes, agent_id), proficiencies=known)


def test_a_choice_says_why_and_why_not_the_others() -> None:
    openings = [speaking("a-2", 5, 9), speaking("a-4", 4, 3), speaking("a-3", 0, 20)]
    openings.append(speaking("a-5", 5, 60))
    here = frozenset({AgentId("a-2"), AgentId("a-3"), AgentId("a-4")})

    choice = core.choose(openings, SPEAKS, here=here)

    assert "mai: longest idle of 2; a-5 not heard of; a-3 lacks Vietnamese ≥ 3" == choice.why(
        "mai", AgentId("a-2")
    )
    alone = core.choose([speaking("a-2", 5)], None, here=here)
    assert "mai: the only one free" == alone.why("mai", AgentId("a-2"))
    busy = core.choose([an_opening(0, 1, "a-2"), an_opening(1, 9, "a-3")], None, here=here)
    assert "mai: fewest contacts in hand of 2" == busy.why("mai", AgentId("a-2"))
    some = replace(alone, has_more=True)
    assert "mai: longest idle of 1 and more" == some.why("mai", AgentId("a-2"))


def test_a_choice_names_three_who_were_passed_over_and_counts_the_rest() -> None:
    """However many laptops are closed."""
    choice = core.choose([an_opening(0, n, f"a-{n}") for n in range(9)], None, here=frozenset())

    assert ([], "and 6 more") == (choice.openings, choice.passed_over[-1])
    assert 4 == len(choice.passed_over)


def a_profile(*queues: ProfileQueue, **fields: object) -> RoutingProfile:
    known = {
        "profile_id": RoutingProfileId("rp-x"),
        "name": "x",
        "queues": queues,
        "concurrency": {Channel.VOICE: 1},
    }
    return RoutingProfile(**{**known, **fields})  # type: ignore[arg-type]  # names as in RoutingProfile


def serves(queue_id: QueueId, priority: int = 1, delay_seconds: int = 0) -> ProfileQueue:
    return ProfileQueue(
        queue_id=queue_id, channel=Channel.VOICE, priority=priority, delay_seconds=delay_seconds
    )


def test_an_agents_own_line_comes_first_then_the_profiles_priorities() -> None:
    """Queues of equal priority are one line."""
    billing = QueueId("q-billing")
    profile = a_profile(serves(billing, 2), serves(SALES), serves(SUPPORT, delay_seconds=30))

    ranks = [
        [(source.queue_id, source.delay_seconds) for source in sources]
        for sources in core.sources_of(an_agent(), profile)
    ]

    assert [[("agent:a-ben", 0)], [(SALES, 0), (SUPPORT, 30)], [(billing, 0)]] == ranks


def test_an_agent_looks_for_contacts_on_channels_with_room_only() -> None:
    """Beside a chat only for chats; none at all while away."""
    chats = ProfileQueue(queue_id=SALES, channel=Channel.CHAT)
    concurrency = {Channel.VOICE: 1, Channel.CHAT: 2}
    profile = a_profile(serves(SALES), chats, concurrency=concurrency)
    chatting = rung(an_agent(), "c-1", channel=Channel.CHAT)

    found = [s.channel for sources in core.sources_of(chatting, profile) for s in sources]

    assert {Channel.CHAT} == set(found)
    assert not list(core.sources_of(an_agent(status=BREAK), profile))


@pytest.mark.parametrize(
    ("held", "free_for"),
    [
        ((), {"VOICE", "CHAT", "TASK"}),
        ((Channel.TASK,), {"VOICE", "CHAT", "TASK"}),
        ((Channel.CHAT,), {"CHAT"}),
        ((Channel.TASK, Channel.CHAT), {"CHAT"}),
        ((Channel.VOICE,), set()),
    ],
)
def test_what_an_agent_holds_decides_on_which_channels_more_may_come(
    held: tuple[Channel, ...], free_for: set[str]
) -> None:
    """The worked matrix of Amazon Connect's guide: chats and calls alone, tasks beside anything."""
    profile = a_profile(
        concurrency={Channel.VOICE: 1, Channel.CHAT: 2, Channel.TASK: 2},
        cross_channel={Channel.TASK: CrossChannel.ANY},
    )
    slots = tuple(
        core.Slot(
            contact_id=ContactId(f"c-{n}"),
            channel=channel,
            state=SlotState.CONNECTED,
            since=MONDAY,
        )
        for n, channel in enumerate(held)
    )

    agent = an_agent(slots=slots)

    assert free_for == {c for c in profile.concurrency if agent.can_take(c, profile)}


def test_who_misses_three_in_a_row_is_not_asked_any_more() -> None:
    """Until they choose a status again; an answer in between begins the count anew."""
    agent = an_agent()
    states = []
    for number in (1, 2, 3):
        agent = core.miss(rung(agent, f"c-{number}"), ContactId(f"c-{number}"), at=MONDAY)
        states.append(agent.status.name)
        agent = core.release(agent, ContactId(f"c-{number}"), at=MONDAY, was_handled=False)

    assert ["Available", "Available", "Not reachable"] == states
    back = core.choose_status(agent, AVAILABLE, at=MONDAY)
    assert (AVAILABLE, 0) == (back.status, back.missed_in_row)
    answered = core.answer(rung(back, "c-4"), a_contact("c-4"), at=MONDAY)
    assert 0 == answered.missed_in_row


def test_who_says_no_three_times_is_there_all_the_same() -> None:
    agent = an_agent()
    for number in (1, 2, 3, 4):
        agent = core.reject(rung(agent, f"c-{number}"), ContactId(f"c-{number}"), at=MONDAY)
        agent = core.release(agent, ContactId(f"c-{number}"), at=MONDAY, was_handled=False)

    assert AVAILABLE == agent.status


def test_why_an_agent_does_not_get_a_contact_is_said_in_words() -> None:
    waiting = replace(on_offer(), state=ContactState.QUEUED, offer=None)

    def why(agent: Agent, profile: RoutingProfile = PROFILE, *, is_here: bool = True) -> str | None:
        return core.why_not(agent, profile, waiting, is_here=is_here)

    assert "not heard of" == why(an_agent(), is_here=False)
    assert "does not serve Sales" == why(an_agent(), a_profile())
    assert "on Break" == why(an_agent(status=BREAK))
    assert "goes on Break" == why(replace(talking(an_agent()), next_status=BREAK))
    assert "busy" == why(talking(an_agent()))
    assert "has a missed contact to clear" == why(
        core.miss(rung(an_agent(), "c-1"), ContactId("c-1"), at=MONDAY)
    )
    assert why(an_agent()) is None


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
