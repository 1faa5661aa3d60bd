"""What supervisors see: activities, counts, lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.center import AVAILABLE, NOT_REACHABLE, OFFLINE, Queue, Status
from chalicelib.core.events import Channel
from chalicelib.core.ids import AgentId, ContactId, RoutingProfileId
from chalicelib.core.live import AgentNow, Tally, line_now, tally
from chalicelib.core.routing import Agent, Depth, Place, Slot, SlotState
from tests.given import MONDAY, later
from tests.house import BREAK, PROFILE, SALES, SUPPORT

CONNECTING, CONNECTED, ENDED, MISSED = (
    SlotState.CONNECTING,
    SlotState.CONNECTED,
    SlotState.ENDED,
    SlotState.MISSED,
)
QUEUE = Queue(queue_id=SALES, name="Sales", hours_id="h-1")


def a_slot(state: SlotState, channel: Channel = Channel.VOICE, number: int = 1) -> Slot:
    return Slot(contact_id=ContactId(f"c-{number}"), channel=channel, state=state, since=MONDAY)


def an_agent(
    *slots: Slot, status: Status = AVAILABLE, is_reachable: bool = True, name: str = "ben"
) -> AgentNow:
    agent = Agent(
        agent_id=AgentId(f"a-{name}"),
        username=name,
        name=name.capitalize(),
        profile_id=PROFILE.profile_id,
        status=status,
        status_since=MONDAY,
        idle_since=MONDAY,
        slots=slots,
    )
    return AgentNow(agent=agent, profile=PROFILE, is_reachable=is_reachable, heard_at=MONDAY)


@pytest.mark.parametrize(
    ("states", "activity"),
    [
        ([CONNECTING, ENDED, CONNECTED, MISSED], "Missed"),
        ([CONNECTING, ENDED, CONNECTED], "On contact"),
        ([CONNECTING, ENDED], "After contact work"),
        ([CONNECTING], "Incoming"),
        ([], "Available"),
    ],
)
def test_of_several_contacts_what_needs_looking_after_comes_first(
    states: Sequence[SlotState], activity: str
) -> None:
    """Amazon Connect's order."""
    slots = [a_slot(state, number=number) for number, state in enumerate(states)]

    assert activity == an_agent(*slots).activity


@pytest.mark.parametrize("status", [BREAK, OFFLINE, NOT_REACHABLE])
def test_without_contacts_the_status_is_the_activity(status: Status) -> None:
    assert status.name == an_agent(status=status).activity


def test_a_silent_desk_is_not_reachable_whatever_it_held() -> None:
    """Of somebody who went home nothing is expected."""
    assert "Not reachable" == an_agent(a_slot(CONNECTED), is_reachable=False).activity
    assert "Offline" == an_agent(status=OFFLINE, is_reachable=False).activity


# --- counts ---------------------------------------------------------------------------------------


def test_agents_count_by_what_they_do_and_ghosts_do_not_count() -> None:
    agents = [
        an_agent(name="ada"),
        an_agent(a_slot(CONNECTED), name="ben"),
        an_agent(a_slot(ENDED), name="cleo"),
        an_agent(a_slot(MISSED), name="dan"),
        an_agent(status=BREAK, name="eve"),
        an_agent(status=OFFLINE, name="finn"),
        an_agent(name="ghost", is_reachable=False),
    ]

    expected = Tally(
        online=5,
        available=1,
        staffed=4,
        on_contact=1,
        after_contact_work=1,
        non_productive=1,
        missed=1,
        slots_active=2,
        slots_available=1,
    )
    assert expected == tally(agents, [Channel.VOICE], {SALES})


def test_after_contact_work_is_counted_in_contacts() -> None:
    """As Amazon Connect counts it, whatever the metric's name says."""
    chats = [a_slot(ENDED, Channel.CHAT, number) for number in (1, 2)]

    assert 2 == tally([an_agent(*chats)], [Channel.CHAT]).after_contact_work


def test_what_is_held_on_another_channel_is_not_counted_and_takes_its_room() -> None:
    """The routing profile lets nobody talk and chat at once."""
    counted = tally([an_agent(a_slot(CONNECTED))], [Channel.CHAT])

    assert (1, 1, 0, 0, 0) == (
        counted.online,
        counted.staffed,
        counted.on_contact,
        counted.available,
        counted.slots_available,
    )


def test_who_chats_once_has_room_for_one_chat_more() -> None:
    counted = tally([an_agent(a_slot(CONNECTED, Channel.CHAT))], list(Channel))

    assert (1, 1, 1) == (counted.available, counted.slots_active, counted.slots_available)


def test_only_who_serves_the_queue_on_the_channel_counts() -> None:
    """Nobody takes chats of Support; a deleted routing profile serves nothing."""
    lost = replace(an_agent(), profile=None)
    other = replace(PROFILE, profile_id=RoutingProfileId("rp-2"), queues=())

    assert 0 == tally([an_agent()], [Channel.CHAT], {SUPPORT}).online
    assert 1 == tally([an_agent()], [Channel.CHAT], {SALES, SUPPORT}).online
    assert 0 == tally([lost, replace(an_agent(), profile=other)], list(Channel)).online


# --- lines ----------------------------------------------------------------------------------------


def a_place(number: int, seconds: int = 0, *, is_ringing: bool = False) -> Place:
    return Place(
        5,
        later(seconds=seconds),
        ContactId(f"c-{number}"),
        SALES,
        Channel.VOICE,
        is_ringing=is_ringing,
    )


def test_a_line_is_counted_by_its_counter_and_by_who_rings() -> None:
    heads = [a_place(1, 30), a_place(2, 10, is_ringing=True)]
    line = line_now(QUEUE, Channel.VOICE, Depth(7), heads)

    assert (6, 1, 50) == (line.waiting, line.ringing, line.oldest_seconds(later(seconds=60)))


def test_a_counter_that_is_too_high_for_a_moment_invents_nobody() -> None:
    """What stands in the line decides whether anybody does."""
    nobody = line_now(QUEUE, Channel.VOICE, Depth(2), [])
    ringing = line_now(QUEUE, Channel.VOICE, Depth(3), [a_place(1, is_ringing=True)])

    assert (0, 0, None) == (nobody.waiting, nobody.ringing, nobody.oldest_seconds(MONDAY))
    assert (0, 1) == (ringing.waiting, ringing.ringing)


def test_whoever_came_after_the_counter_was_read_is_counted() -> None:
    heads = [a_place(1), a_place(2)]

    assert 2 == line_now(QUEUE, Channel.VOICE, Depth(1), heads).waiting


def test_a_clock_that_is_behind_makes_no_negative_age() -> None:
    line = line_now(QUEUE, Channel.VOICE, Depth(1), [a_place(1)])

    assert 0 == line.oldest_seconds(MONDAY - timedelta(seconds=5))
