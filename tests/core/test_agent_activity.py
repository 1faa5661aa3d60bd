"""What agents did when: the same numbers however the events came, and days that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.agent_activity import (
    Stretch,
    Told,
    read_event,
    status_seconds,
    stretches,
    time_cards,
)
from chalicelib.core.agent_events import events_of, heart_beat
from chalicelib.core.center import AVAILABLE, OFFLINE, Status, StatusType
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import AgentId
from chalicelib.core.intervals import Grid
from chalicelib.core.routing import Agent
from tests.house import BEN, BREAK, PROFILE, a_center

CENTER = a_center()
NEW_YORK = "America/New_York"
GRID = Grid(30, NEW_YORK)
NINE = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)  # in New York
TRAINING = Status("Training", StatusType.CUSTOM)


def later(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def a_day(*moves: tuple[float, Status | bool]) -> list[dict[str, object]]:
    """Events of a desk: after so many minutes another status, or here (True) or gone (False)."""
    agent = Agent(
        agent_id=BEN,
        username="ben",
        name="Ben Ode",
        profile_id=PROFILE.profile_id,
        version=1,
        status=OFFLINE,
        status_since=later(-60),
        idle_since=later(-60),
        changed_at=later(-60),
    )
    made = events_of(None, agent, CENTER)
    for number, (minutes, move) in enumerate(moves, start=2):
        at = later(minutes)
        after = replace(agent, version=number, changed_at=at)
        if isinstance(move, Status):
            after = replace(after, status=move, status_since=at)
        else:
            after = replace(after, is_away=not move)
        made += events_of(agent, after, CENTER)
        agent = after
    return made


def told(events: Sequence[Mapping[str, object]]) -> list[Told]:
    return [each for event in events for each in read_event(event)]


SHIFT = a_day((0, AVAILABLE), (100, BREAK), (115.5, AVAILABLE), (480, OFFLINE))


def seconds_in(found: Sequence[Stretch]) -> list[tuple[str, int]]:
    return [(each.status.name, each.seconds) for each in found]


def test_a_shift_is_stretches_of_one_status() -> None:
    """From 09:00 to 17:00, with a break of 15 and a half minutes."""
    found = stretches(told(SHIFT), until=later(600))

    assert seconds_in(found) == [("Available", 6_000), ("Break", 930), ("Available", 21_870)]
    assert [each.is_open for each in found] == [False, False, False]


def test_seconds_lie_in_the_intervals_in_which_they_passed() -> None:
    """The break from 10:40 to 10:55:30 is in the half hour of 10:30."""
    found = status_seconds(stretches(told(SHIFT), until=later(600)), GRID)

    half_past_ten = {
        name: seconds for (_, at, name), seconds in found.items() if at.from_at == later(90)
    }
    assert half_past_ten == {"Available": 870, "Break": 930}
    assert sum(found.values()) == 480 * 60


def test_a_time_card_says_when_and_what_is_paid() -> None:
    """Breaks are not, where the center says so."""
    (card,) = time_cards(
        stretches(told(SHIFT), until=later(600)), zone=NEW_YORK, unpaid=["Break", "Lunch"]
    )

    assert (card.agent_id, card.day) == (BEN, date(2026, 3, 10))
    assert (card.signed_in_at, card.signed_out_at) == (later(0), later(480))
    assert dict(card.by_status) == {"Available": 27_870, "Break": 930}
    assert (card.paid_seconds, card.unpaid_seconds) == (27_870, 930)


def test_who_works_over_midnight_has_two_cards() -> None:
    """They meet at midnight, and add up to the shift."""
    events = a_day((14 * 60, AVAILABLE), (17 * 60, OFFLINE))  # from 23:00 to 02:00

    first, second = time_cards(stretches(told(events), until=later(2_000)), zone=NEW_YORK)

    midnight = later(15 * 60)
    assert (first.day, first.signed_out_at) == (date(2026, 3, 10), midnight)
    assert (second.day, second.signed_in_at) == (date(2026, 3, 11), midnight)
    assert first.paid_seconds + second.paid_seconds == 3 * 3_600


def test_who_is_at_work_still_has_no_sign_out() -> None:
    """Up to the moment that was asked for, the time counts."""
    found = stretches(told(a_day((0, AVAILABLE))), until=later(90))

    (card,) = time_cards(found, zone=NEW_YORK)
    assert card.signed_out_at is None
    assert card.paid_seconds == 5_400
    assert found[-1].is_open


def test_a_desk_that_fell_silent_was_signed_out_until_it_came_back() -> None:
    """The status stayed; the time between does not count, and the card has two spans."""
    events = a_day((0, AVAILABLE), (60, False), (90, True), (120, OFFLINE))

    (card,) = time_cards(stretches(told(events), until=later(600)), zone=NEW_YORK)

    assert card.spans == ((later(0), later(60)), (later(90), later(120)))
    assert dict(card.by_status) == {"Available": 5_400}


def test_what_one_lost_event_told_the_next_one_tells_again() -> None:
    """A snapshot says since when its status is, and what was before it."""
    without_break = [
        event for event in SHIFT if event["EventTimestamp"] != "2026-03-10T14:40:00.000Z"
    ]
    assert len(without_break) == len(SHIFT) - 1

    assert stretches(told(without_break), until=later(600)) == stretches(
        told(SHIFT), until=later(600)
    )


def test_a_heartbeat_says_nothing_new() -> None:
    agent = Agent(
        agent_id=BEN,
        username="ben",
        name="Ben Ode",
        profile_id=PROFILE.profile_id,
        version=2,
        status=AVAILABLE,
        status_since=NINE,
        idle_since=NINE,
        changed_at=NINE,
    )
    beat = heart_beat(agent, CENTER, since=NINE, until=later(60))
    assert beat is not None

    assert stretches(told([*SHIFT, beat]), until=later(600)) == stretches(
        told(SHIFT), until=later(600)
    )


def test_before_the_first_word_and_after_the_last_moment_nothing_counts() -> None:
    assert stretches([], until=NINE) == []
    assert stretches(told(SHIFT), until=later(0)) == []
    assert seconds_in(stretches(told(SHIFT), until=later(1))) == [("Available", 60)]


def test_agents_are_told_apart() -> None:
    cleo = AgentId("a-cleo")
    hers = [replace(each, agent_id=cleo) for each in told(a_day((0, TRAINING), (60, OFFLINE)))]

    cards = time_cards(stretches([*hers, *told(SHIFT)], until=later(600)), zone=NEW_YORK)

    assert [(card.agent_id, card.paid_seconds) for card in cards] == [(BEN, 28_800), (cleo, 3_600)]


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_events_told_twice_and_out_of_order_give_the_same_numbers(seed: int) -> None:
    """And whatever way time is cut, it adds up to the same seconds."""
    chance = Random(seed)
    minutes = sorted(chance.sample(range(6_000), 12))
    choices: list[Status | bool] = [AVAILABLE, BREAK, TRAINING, OFFLINE, True, False]
    events = a_day(*((at, chance.choice(choices)) for at in minutes))
    again = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(again)
    until = later(chance.randrange(6_500))

    found = stretches(told(again), until=until)

    assert found == stretches(told(events), until=until)
    whole = sum(each.seconds for each in found)
    cards = time_cards(found, zone=NEW_YORK, unpaid=["Break"])
    assert sum(status_seconds(found, GRID).values()) == whole
    assert sum(card.paid_seconds + card.unpaid_seconds for card in cards) == whole
    spans = [span for card in cards for span in card.spans]
    assert sum((until - since).total_seconds() for since, until in spans) == whole
    assert all(one.to_at <= two.from_at for one, two in zip(found, found[1:], strict=False))


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"AgentARN": None}, "AgentARN", None),
        ({"EventType": ""}, "EventType", ""),
        ({"EventType": "LOGIN", "EventTimestamp": "noon"}, "EventTimestamp", "noon"),
        (
            {"EventType": "LOGIN", "EventTimestamp": "2026-03-10T09:00:00"},
            "EventTimestamp",
            "2026-03-10T09:00:00",
        ),
        ({"CurrentAgentSnapshot": "x"}, "CurrentAgentSnapshot", "x"),
        ({"CurrentAgentSnapshot": {}}, "AgentStatus", None),
        (
            {
                "CurrentAgentSnapshot": {
                    "AgentStatus": {
                        "Type": "ASLEEP",
                        "Name": "Tea",
                        "StartTimestamp": "2026-03-10T13:00:00.000Z",
                    }
                }
            },
            "Type",
            "ASLEEP",
        ),
    ],
)
def test_what_is_no_agent_event_is_refused_by_name(
    change: Mapping[str, object], field: str, value: object
) -> None:
    """Streams of other systems are read, too."""
    with pytest.raises(Rejected) as refused:
        read_event({**SHIFT[0], **change})

    assert (refused.value.field, refused.value.value) == (field, value)
