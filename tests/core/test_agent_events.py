"""Agent events: what is said, in which order, under which id, in Amazon Connect's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import agent_events as core
from chalicelib.core.center import AVAILABLE, OFFLINE, Proficiency
from chalicelib.core.events import Channel, InitiationMethod, Party
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import Agent, Slot, SlotState
from tests.given import MONDAY, later
from tests.house import BEN, BREAK, PROFILE, SALES, a_center

CENTER = a_center()
ARN = "arn:aws:connect:us-east-1:000000000000:instance/i-1"
SAMPLES = sorted(
    (Path(__file__).parents[2] / "../shared/corpus/events").glob("agent-event__*.json")
)
# What the documents say is there, where no captured sample has it.
PUBLISHED = {"Version", "EventId", "EventTimestamp", "EventType", "AWSAccountId", "InstanceARN"} | {
    "AgentARN",
    "CurrentAgentSnapshot",
    "PreviousAgentSnapshot",
}


def an_agent(**fields: object) -> Agent:
    known = {
        "agent_id": BEN,
        "username": "ben",
        "name": "Ben Ode",
        "profile_id": PROFILE.profile_id,
        "version": 7,
        "status": AVAILABLE,
        "status_since": MONDAY,
        "idle_since": MONDAY,
        "changed_at": MONDAY,
    }
    return Agent(**{**known, **fields})  # type: ignore[arg-type]  # names as in Agent


def a_slot(**fields: object) -> Slot:
    known = {
        "contact_id": ContactId("c-1"),
        "channel": Channel.VOICE,
        "state": SlotState.CONNECTED,
        "since": later(seconds=30),
        "connected_at": later(seconds=30),
        "queue_id": SALES,
        "queued_at": MONDAY,
        "is_joined": True,
    }
    return Slot(**{**known, **fields})  # type: ignore[arg-type]  # names as in Slot


def types(events: Sequence[Mapping[str, object]]) -> list[object]:
    return [event["EventType"] for event in events]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, an_agent(status=OFFLINE), ["STATE_CHANGE"]),
        (None, an_agent(), ["LOGIN", "STATE_CHANGE"]),
        (an_agent(status=OFFLINE), an_agent(status=BREAK), ["LOGIN", "STATE_CHANGE"]),
        (an_agent(), an_agent(status=OFFLINE), ["STATE_CHANGE", "LOGOUT"]),
        (an_agent(), an_agent(status=BREAK), ["STATE_CHANGE"]),
        (an_agent(), an_agent(is_away=True), ["LOGOUT"]),
        (an_agent(is_away=True), an_agent(), ["LOGIN"]),
        (an_agent(is_away=True), an_agent(is_away=True, status=OFFLINE), ["STATE_CHANGE"]),
        (an_agent(), an_agent(next_status=BREAK), ["STATE_CHANGE"]),
        (an_agent(), an_agent(slots=(a_slot(),)), ["STATE_CHANGE"]),
        (an_agent(), an_agent(version=8, changed_at=later(seconds=1)), []),
        (
            an_agent(slots=(a_slot(is_joined=False),)),
            an_agent(slots=(a_slot(is_joined=True),)),
            [],
        ),
    ],
)
def test_comings_goings_and_what_can_be_seen_make_events(
    before: Agent | None, after: Agent, expected: list[str]
) -> None:
    """Signed in first, signed out last; what nobody outside can see is not told."""
    assert expected == types(core.events_of(before, after, CENTER))


def test_a_change_has_both_snapshots_and_coming_and_going_have_none() -> None:
    """As Amazon Connect has it."""
    before, after = an_agent(status=OFFLINE), an_agent()

    login, change = core.events_of(before, after, CENTER)

    assert (None, None) == (login["CurrentAgentSnapshot"], login["PreviousAgentSnapshot"])
    assert core.snapshot(before, CENTER) == change["PreviousAgentSnapshot"]
    assert core.snapshot(after, CENTER) == change["CurrentAgentSnapshot"]
    assert f"{ARN}/agent/a-ben" == change["AgentARN"]
    assert "2026-03-02T14:00:00.000Z" == change["EventTimestamp"]


def test_an_event_that_is_made_again_has_the_same_id_and_no_other_has_it() -> None:
    """A consumer that keeps ids counts nothing twice."""
    steps = [an_agent(version=n, status=s) for n, s in enumerate((OFFLINE, AVAILABLE, BREAK))]
    pairs = [(None, steps[0]), *zip(steps, steps[1:], strict=False)]

    ids = [[e["EventId"] for b, a in pairs for e in core.events_of(b, a, CENTER)] for _ in range(2)]

    assert ids[0] == ids[1]
    assert len(ids[0]) == len(set(ids[0])) == 4
    assert {8} == {UUID(str(each)).version for each in ids[0]}


def test_a_snapshot_says_how_somebody_is_set_up() -> None:
    """Queues with their channels, the agent's own without a name, slots that are left."""
    spanish = Proficiency("Language", "Spanish", 4.0)
    agent = an_agent(proficiencies=(spanish,), slots=(a_slot(channel=Channel.CHAT),))

    configuration = core.snapshot(agent, CENTER)["Configuration"]

    assert {
        "AgentHierarchyGroups": None,
        "FirstName": "Ben",
        "LastName": "Ode",
        "Proficiencies": [{"Name": "Language", "ProficiencyLevel": 4.0, "Value": "Spanish"}],
        "RoutingProfile": {
            "ARN": f"{ARN}/routing-profile/rp-1",
            "Concurrency": [
                {"AvailableSlots": 0, "Channel": "VOICE", "MaximumSlots": 1},
                {"AvailableSlots": 1, "Channel": "CHAT", "MaximumSlots": 2},
            ],
            "DefaultOutboundQueue": None,
            "InboundQueues": [
                {
                    "ARN": f"{ARN}/queue/q-sales",
                    "Name": "Sales",
                    "Channels": ["VOICE", "CHAT"],
                },
                {"ARN": f"{ARN}/queue/q-support", "Name": "Support", "Channels": ["VOICE"]},
                {"ARN": f"{ARN}/queue/agent/a-ben", "Name": None, "Channels": ["VOICE", "CHAT"]},
            ],
            "Name": "General",
        },
        "Username": "ben",
    } == configuration


def test_the_next_status_says_since_when_it_was_chosen() -> None:
    """Routing stops there and then, although the status stays."""
    agent = an_agent(next_status=BREAK, next_status_since=later(minutes=1))

    snapshot = core.snapshot(agent, CENTER)

    chosen = {
        "ARN": f"{ARN}/agent-state/Break",
        "Name": "Break",
        "EnqueuedTimestamp": "2026-03-02T14:01:00.000Z",
    }
    assert chosen == snapshot["NextAgentStatus"]
    assert "Available" == snapshot["AgentStatus"]["Name"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"state": SlotState.CONNECTING}, "CONNECTING"),
        ({"state": SlotState.CONNECTING, "is_call_back": True}, "INCOMING"),
        ({"is_joined": False, "is_call_back": True}, "CONNECTING"),
        ({}, "CONNECTED"),
        ({"held": Party.CUSTOMER}, "CONNECTED_ONHOLD"),
        ({"held": Party.AGENT}, "CONNECTED_ONHOLD"),
        ({"held": Party.CONTACT, "channel": Channel.TASK}, "PAUSED"),
        ({"state": SlotState.MISSED}, "MISSED"),
        ({"state": SlotState.ENDED}, "ENDED"),
    ],
)
def test_a_contact_is_in_the_state_that_connect_calls_so(
    fields: dict[str, object], state: str
) -> None:
    """Consumers tell activities, and after contact work, from it."""
    assert state == core.state_of(a_slot(**fields))


def test_a_contact_says_when_its_state_began() -> None:
    """A hold begins when it was put on hold, not when the talk began."""
    held = a_slot(held=Party.CUSTOMER, turned_at=later(minutes=5))

    snapshot: Any = core.snapshot(an_agent(slots=(held,)), CENTER)
    (contact,) = snapshot["Contacts"]

    assert {
        "Channel": "VOICE",
        "ConnectedToAgentTimestamp": "2026-03-02T14:00:30.000Z",
        "ContactId": "c-1",
        "InitialContactId": None,
        "InitiationMethod": InitiationMethod.INBOUND.value,
        "Queue": {"ARN": f"{ARN}/queue/q-sales", "Name": "Sales"},
        "QueueTimestamp": "2026-03-02T14:00:00.000Z",
        "State": "CONNECTED_ONHOLD",
        "StateStartTimestamp": "2026-03-02T14:05:00.000Z",
    } == contact


# --- heartbeats -----------------------------------------------------------------------------------


def test_a_quiet_agent_beats_every_two_minutes() -> None:
    """However often one looks, and at whatever moments."""
    looks = [later(seconds=n) for n in (0, 59, 119, 121, 180, 240, 241, 300, 361)]

    assert [120, 240, 360] == _beats(an_agent(), looks)


@pytest.mark.parametrize("agent", [an_agent(status=OFFLINE), an_agent(is_away=True)])
def test_nobody_beats_who_is_not_at_work(agent: Agent) -> None:
    """A heartbeat says that somebody is there."""
    assert [] == _beats(agent, [MONDAY, later(hours=1)])


def test_an_event_starts_the_two_minutes_anew() -> None:
    """A heartbeat is due where nothing else was said."""
    agent = an_agent(changed_at=later(seconds=100))

    assert [220] == _beats(agent, [MONDAY, later(seconds=219), later(seconds=221)])


@given(looks=st.lists(st.integers(min_value=0, max_value=5_000), min_size=1, unique=True))
def test_no_heartbeat_is_told_twice_and_the_newest_is_never_left_out(looks: list[int]) -> None:
    """Windows that follow on one another make each number at most once."""
    moments = [MONDAY, *(MONDAY + timedelta(seconds=n) for n in sorted(looks))]

    told = _beats(an_agent(), moments)

    assert sorted(set(told)) == told
    newest = max(looks) // 120 * 120
    assert newest == (told[-1] if told else 0)


def _beats(agent: Agent, looks: list[datetime]) -> list[int]:
    found = []
    for since, until in zip(looks, looks[1:], strict=False):
        event = core.heart_beat(agent, CENTER, since=since, until=until)
        if event is not None:
            assert event["CurrentAgentSnapshot"] == event["PreviousAgentSnapshot"] is not None
            at = datetime.fromisoformat(str(event["EventTimestamp"]))
            found.append(int((at - MONDAY).total_seconds()))
    return found


# --- the shape of real ones -----------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLES, reason="captured events are not beside this checkout")
def test_whatever_captured_events_say_ours_say_too() -> None:
    """Every key that consumers may read is there, at its place, with a value of that kind."""
    before, after = (
        replace(an_agent(), slots=(a_slot(state=s),))
        for s in (SlotState.CONNECTED, SlotState.ENDED)
    )
    (ours,) = core.events_of(before, after, CENTER)

    for sample in SAMPLES:
        assert [] == list(_lacking(json.loads(sample.read_text()), ours, "event"))
    assert set(ours) >= PUBLISHED


def _lacking(theirs: object, ours: object, where: str) -> list[str]:
    """Paths that a captured event has and ours has not; what is null here is known, and empty."""
    if isinstance(theirs, dict):
        if ours is None:
            return []
        if not isinstance(ours, dict):
            return [where]
        return [
            path
            for key, value in theirs.items()
            for path in (
                _lacking(value, ours[key], f"{where}.{key}") if key in ours else [f"{where}.{key}"]
            )
        ]
    if isinstance(theirs, list) and theirs:
        return [] if not ours else _lacking(theirs[0], ours[0], f"{where}[0]")  # type: ignore[index]
    return []
