"""Shifts of agents for tests: as events of a desk, or told at random from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.core.agent_activity import Told, read_event
from chalicelib.core.agent_events import events_of
from chalicelib.core.center import AVAILABLE, OFFLINE, Status, StatusType
from chalicelib.core.ids import AgentId
from chalicelib.core.routing import Agent
from tests.house import BEN, BREAK, PROFILE, a_center

NEW_YORK = "America/New_York"
NINE = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)  # in New York
PAID = AVAILABLE
_STATUSES = (AVAILABLE, BREAK, OFFLINE, Status("Training", StatusType.CUSTOM))


def a_day(*moves: tuple[float, Status | None]) -> list[dict[str, object]]:
    """Events of Ben's desk: so many minutes after nine another status; None: he signs out."""
    agent = Agent(
        agent_id=BEN,
        username="ben",
        name="Ben Ode",
        profile_id=PROFILE.profile_id,
        version=1,
        status=OFFLINE,
        status_since=NINE - timedelta(hours=1),
        idle_since=NINE - timedelta(hours=1),
        changed_at=NINE - timedelta(hours=1),
    )
    made: list[dict[str, object]] = []
    for number, (minutes, status) in enumerate(moves, start=2):
        at, before = NINE + timedelta(minutes=minutes), agent
        agent = replace(
            agent, version=number, changed_at=at, status_since=at, status=status or OFFLINE
        )
        made += events_of(before, agent, a_center())
    return made


def told(events: Sequence[Mapping[str, object]]) -> list[Told]:
    return [each for event in events for each in read_event(event)]


def random_told(chance: Random, day_began_at: datetime) -> list[Told]:
    """Three agents over two days around it, one of them after another status at any second."""
    found = []
    for agent in ("a-ana", "a-ben", "a-zoë"):
        at = day_began_at - timedelta(hours=chance.randrange(24))
        for _ in range(chance.randrange(1, 12)):
            at += timedelta(seconds=chance.randrange(1, 20_000))
            found.append(
                Told(
                    agent_id=AgentId(agent),
                    at=at,
                    status=chance.choice(_STATUSES),
                    is_here=chance.choice([None, None, True, False]),
                    username=agent.removeprefix("a-"),
                )
            )
    return found
