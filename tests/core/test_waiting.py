"""Places in line and waits to be expected: what they are made from, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core.center import AVAILABLE, ProfileQueue, RoutingProfile, Status, StatusType
from chalicelib.core.contact import Contact, ContactState, QueueStay
from chalicelib.core.events import Channel, PlaceAnnounced
from chalicelib.core.ids import AgentId, ContactId, QueueId, RoutingProfileId
from chalicelib.core.routing import Agent, Place, Slot, SlotState
from chalicelib.core.waiting import (
    GOOD_FOR,
    USUAL_HANDLE_SECONDS,
    Basis,
    Came,
    Pace,
    Stretch,
    agents_of,
    ahead_of,
    estimate,
    explained,
    free_among,
    may_have_come,
    pace_of,
    place_told,
    stretch_of,
)
from tests.given import MONDAY, a_contact, later

SALES, SUPPORT = QueueId("q-sales"), QueueId("q-support")
VOICE, CHAT = Channel.VOICE, Channel.CHAT


def a_basis(
    agents: float = 4,
    free: int = 0,
    *,
    handled: float = 50.0,
    handle_seconds: float = 240.0,
    gives_up: float = 0.0,
) -> Basis:
    known = Pace(handled=handled, handle_seconds=handle_seconds, gives_up=gives_up)
    return Basis(counted_at=MONDAY, agents=agents, free=free, pace=known)


# --- the estimate ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "seconds"), [(0, 60), (1, 120), (11, 720)])
def test_everybody_ahead_and_oneself_take_their_turn_with_the_agents(
    ahead: int, seconds: float
) -> None:
    """(ahead + 1) × 240 s ÷ 4 agents."""
    assert seconds == pytest.approx(estimate(a_basis(), ahead))


def test_with_nobody_there_nobody_can_tell() -> None:
    """Which is not the same as no wait."""
    assert estimate(a_basis(agents=0), 0) is None


def test_whoever_finds_a_free_agent_does_not_wait() -> None:
    basis = a_basis(free=2)

    assert [0, 0, 60] == [estimate(basis, ahead) for ahead in (0, 1, 2)]


def test_those_who_give_up_make_it_shorter() -> None:
    """With two ahead: 1 ÷ (1/60 + 2/300), 1 ÷ (1/60 + 1/300), 60."""
    told = estimate(a_basis(gives_up=1 / 300), 2)

    assert pytest.approx(42.857 + 50 + 60, abs=0.01) == told


@given(
    agents=st.floats(0.1, 500),
    handle=st.floats(1, 7_200),
    gives_up=st.floats(0, 0.1),
    ahead=st.integers(0, 300),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
def test_whoever_stands_further_back_waits_longer_and_more_agents_are_faster(
    agents: float, handle: float, gives_up: float, ahead: int
) -> None:
    def told(ahead: int, agents: float) -> float:
        basis = a_basis(agents=agents, handle_seconds=handle, gives_up=gives_up)
        return estimate(basis, ahead) or 0.0

    assert 0 < told(ahead, agents) <= told(ahead + 1, agents)
    assert told(ahead, agents + 1) <= told(ahead, agents)
    assert told(ahead, agents) <= (ahead + 1) * handle / agents + 0.001


def test_an_estimate_says_what_it_was_made_from() -> None:
    said = explained(a_basis(agents=2.5, gives_up=0.001), 11)

    for part in ("11 ahead", "240 s each (mean of 50)", "2.5 agents", "6.00% give up", "14:00:00"):
        assert part in said
    assert "nothing measured yet" in explained(a_basis(handled=0.0), 1)


def test_what_was_counted_is_good_for_fifteen_seconds() -> None:
    """Also by a clock that goes a little slow, and not by one that is ahead of it."""
    basis = a_basis()

    assert basis.is_good(MONDAY + GOOD_FOR - timedelta(milliseconds=1))
    assert not basis.is_good(MONDAY + GOOD_FOR)
    assert not basis.is_good(MONDAY - timedelta(seconds=1))


# --- the pace -------------------------------------------------------------------------------------


def test_before_anything_was_measured_the_usual_counts() -> None:
    assert Pace() == pace_of([])
    assert USUAL_HANDLE_SECONDS == pace_of([Stretch(began_at=MONDAY)]).handle_seconds


def test_what_is_half_an_hour_older_counts_half() -> None:
    """(30 × 100 × 0.5 + 30 × 400 + the usual 240) ÷ (15 + 30 + 1)."""
    old = Stretch(began_at=MONDAY, handled=30, handle_seconds=3_000)
    new = Stretch(began_at=later(minutes=30), handled=30, handle_seconds=12_000)

    assert pytest.approx((1_500 + 12_000 + 240) / 46) == pace_of([old, new]).handle_seconds


def test_a_quiet_night_forgets_nothing() -> None:
    """Weights count from the newest contact, however long ago that was."""
    evening = [Stretch(began_at=MONDAY, handled=30, handle_seconds=3_000)]

    assert pytest.approx(3_240 / 31) == pace_of(evening).handle_seconds


def test_those_who_gave_up_count_by_the_time_that_all_waited() -> None:
    stretch = Stretch(began_at=MONDAY, handled=8, gave_up=2, waited_seconds=1_000)

    assert pytest.approx(0.002) == pace_of([stretch]).gives_up


def test_stretches_begin_every_five_minutes() -> None:
    assert MONDAY == stretch_of(later(seconds=299))
    assert later(minutes=5) == stretch_of(later(minutes=5))


# --- agents ---------------------------------------------------------------------------------------


def a_profile(*entries: tuple[QueueId, int], channel: Channel = VOICE) -> RoutingProfile:
    return RoutingProfile(
        profile_id=RoutingProfileId("rp"),
        name="rp",
        queues=tuple(ProfileQueue(queue_id=q, channel=channel, priority=p) for q, p in entries),
        concurrency={VOICE: 1, CHAT: 3},
    )


def an_agent(**fields: object) -> Agent:
    known = {
        "agent_id": AgentId("a-1"),
        "username": "a",
        "name": "A",
        "profile_id": RoutingProfileId("rp"),
        "status": AVAILABLE,
        "status_since": MONDAY,
        "idle_since": MONDAY,
    }
    return Agent(**{**known, **fields})  # type: ignore[arg-type]  # names as in Agent


def talking(channel: Channel = VOICE) -> Slot:
    return Slot(contact_id=ContactId("c"), channel=channel, state=SlotState.CONNECTED, since=MONDAY)


def test_an_agent_on_a_call_counts_and_one_who_goes_on_a_break_after_it_does_not() -> None:
    lunch = Status("Lunch", StatusType.CUSTOM)
    staff = [
        (an_agent(slots=(talking(),)), a_profile((SALES, 1))),
        (an_agent(slots=(talking(),), next_status=lunch), a_profile((SALES, 1))),
        (an_agent(status=lunch), a_profile((SALES, 1))),
        (an_agent(is_away=True), a_profile((SALES, 1))),
    ]

    assert 1 == agents_of(staff, SALES, VOICE, {SALES: 3})
    assert 0 == free_among(staff, VOICE)


def test_chats_are_handled_three_at_once() -> None:
    staff = [(an_agent(slots=(talking(CHAT),)), a_profile((SALES, 1), channel=CHAT))]

    assert 3 == agents_of(staff, SALES, CHAT, {})
    assert 2 == free_among(staff, CHAT)


@pytest.mark.parametrize(
    ("priority_of_support", "agents"),
    [(1, 0.25), (2, 1.0), (0, 0.25)],
)
def test_an_agent_of_two_lines_counts_by_the_part_of_those_who_wait(
    priority_of_support: int, agents: float
) -> None:
    """Of a line that comes later in the profile nobody gets in the way."""
    staff = [(an_agent(), a_profile((SALES, 1), (SUPPORT, priority_of_support)))]

    assert agents == agents_of(staff, SALES, VOICE, {SALES: 2, SUPPORT: 6})


def test_an_agents_own_line_goes_before_all_others() -> None:
    staff = [(an_agent(), a_profile((SALES, 1)))]

    assert 1 == agents_of(staff, QueueId("agent:a-1"), VOICE, {SALES: 60})


# --- places ---------------------------------------------------------------------------------------


def waiting(contact_id: str = "me", **stay: object) -> Contact:
    known = {"queue_id": SALES, "name": "Sales", "entered_at": MONDAY}
    queue = QueueStay(**{**known, **stay})  # type: ignore[arg-type]  # names as in QueueStay
    contact = a_contact(contact_id)
    return replace(contact, state=ContactState.QUEUED, queue=queue, agent=None)


def told(place: int, **fields: object) -> PlaceAnnounced:
    known = {
        "queue_id": SALES,
        "place": place,
        "wait_seconds": None,
        "why": "",
        "priority": 5,
        "counts_since": MONDAY,
    }
    return PlaceAnnounced(**{**known, **fields})  # type: ignore[arg-type]  # names as in the fact


VIP = Came(contact_id=ContactId("vip"), why="has priority 1")


def test_who_stands_ahead_is_all_before_the_contact() -> None:
    """Also when its own place is about to be written in this very moment."""
    line = [Place(5, later(seconds=n), ContactId(f"c-{n}"), SALES, VOICE) for n in range(3)]
    last = waiting("c-2", entered_at=later(seconds=2))

    assert line[:2] == ahead_of(line, last)
    assert line[:2] == ahead_of(line[:2], last)
    assert [] == ahead_of(line, waiting("c-9", priority=1, entered_at=later(seconds=9)))
    assert ahead_of(line, a_contact()) is None


def test_a_place_is_told_as_it_is_the_first_time_and_when_it_falls() -> None:
    assert (4, "") == place_told(4, None, waiting(), [])
    assert (3, "") == place_told(3, told(4), waiting(), [])


def test_a_place_does_not_rise_for_nothing() -> None:
    """A line that was read while somebody moved in it."""
    assert (4, "") == place_told(5, told(4), waiting(), [])


def test_a_place_rises_by_those_who_came_and_they_are_named() -> None:
    assert (5, "vip has priority 1") == place_told(6, told(4), waiting(), [VIP])


def test_whoever_was_moved_back_is_told_so() -> None:
    moved = waiting(priority=7)

    assert (9, "the contact itself was moved back in its line") == place_told(9, told(4), moved, [])


def test_in_another_queue_it_begins_anew() -> None:
    assert (9, "") == place_told(9, told(1, queue_id=SUPPORT), waiting(), [])


@pytest.mark.parametrize(
    ("stay", "why"),
    [
        ({"entered_at": later(minutes=5), "priority": 1}, "has priority 1"),
        (
            {"entered_at": later(minutes=5), "ranked_at": later(minutes=-9)},
            "counts as waiting since 13:51:00 UTC",
        ),
        ({"ranked_at": later(minutes=-9)}, "counts as waiting since 13:51:00 UTC"),
    ],
)
def test_who_came_or_was_moved_since_explains_a_rise(stay: dict[str, object], why: str) -> None:
    came = may_have_come(waiting("vip", **stay), told(4), later(minutes=1))

    assert Came(contact_id=ContactId("vip"), why=why) == came


def test_who_stood_there_already_explains_nothing() -> None:
    assert may_have_come(waiting("old"), told(4), later(minutes=1)) is None
