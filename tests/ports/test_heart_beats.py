"""What every keeper of the heartbeats' clock promises."""

from __future__ import annotations

import pytest

from chalicelib.adapters.dynamo.heart_beats import DynamoHeartBeats
from chalicelib.adapters.dynamo.tables import HeartBeatsRow
from chalicelib.services.event_ports import HeartBeats
from tests.fakes.world import InMemoryHeartBeats
from tests.given import MONDAY, later


@pytest.fixture(params=["fake", "dynamo"])
def beats(request: pytest.FixtureRequest) -> HeartBeats:
    if request.param == "fake":
        return InMemoryHeartBeats()
    request.getfixturevalue("bind_tables")(routing=[HeartBeatsRow])
    return DynamoHeartBeats()


def test_nothing_is_known_before_the_first_time(beats: HeartBeats) -> None:
    """A new center has beaten for nobody."""
    assert beats.last() is None


def test_the_last_time_counts(beats: HeartBeats) -> None:
    """To the microsecond."""
    beats.note(MONDAY)
    beats.note(later(seconds=60, microseconds=1))

    assert later(seconds=60, microseconds=1) == beats.last()
