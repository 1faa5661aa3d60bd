"""When a number may be called: from eight to nine, wherever it can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.calling_hours import CLOSES, OPENS, allowed_until, next_allowed

NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
EVENING = datetime(2026, 3, 2, 20, 59, 59, tzinfo=NEW_YORK)
ZONES = [
    ZoneInfo(name)
    for name in ("America/New_York", "Asia/Tokyo", "Europe/London", "Australia/Lord_Howe")
]


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("07:59", "2026-03-02 08:00"),
        ("08:00", "2026-03-02 08:00"),
        ("20:59", "2026-03-02 20:59"),
        ("21:00", "2026-03-03 08:00"),
        ("23:59", "2026-03-03 08:00"),
    ],
)
def test_outside_of_the_hours_the_next_morning_is_meant(at: str, allowed: str) -> None:
    moment = datetime.fromisoformat(f"2026-03-02 {at}").replace(tzinfo=NEW_YORK)
    expected = datetime.fromisoformat(allowed).replace(tzinfo=NEW_YORK)

    assert expected == next_allowed(moment, [NEW_YORK])
    assert expected == next_allowed(moment.astimezone(UTC), [NEW_YORK])


def test_a_number_of_several_zones_is_called_when_it_is_day_in_all_of_them() -> None:
    """Eight in Los Angeles is eleven in New York, where it is over at nine."""
    zones = [NEW_YORK, LOS_ANGELES]
    early = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)

    assert datetime(2026, 3, 2, 11, tzinfo=NEW_YORK) == next_allowed(early, zones)
    assert datetime(2026, 3, 3, 11, tzinfo=NEW_YORK) == next_allowed(
        EVENING + timedelta(seconds=1), zones
    )
    assert datetime(2026, 3, 2, 21, tzinfo=NEW_YORK) == allowed_until(
        datetime(2026, 3, 2, 12, tzinfo=NEW_YORK), zones
    )


def test_zones_without_an_hour_in_common_have_none() -> None:
    """Nor has a number of which nobody knows where it is."""
    around_the_world = [ZoneInfo(f"Etc/GMT{offset:+d}") for offset in (-8, 0, 8)]

    assert next_allowed(EVENING, around_the_world) is None
    assert next_allowed(EVENING, []) is None


def test_the_clock_is_put_forward_over_night() -> None:
    """On 8 March 2026 New York sleeps an hour less."""
    before = datetime(2026, 3, 7, 22, tzinfo=NEW_YORK)

    assert datetime(2026, 3, 8, 12, tzinfo=UTC) == next_allowed(before, [NEW_YORK])


def test_it_is_over_a_second_before_nine_is_over() -> None:
    assert EVENING + timedelta(seconds=1) == allowed_until(EVENING, [NEW_YORK])
    after = EVENING + timedelta(seconds=1)
    assert after == allowed_until(after, [NEW_YORK])


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=2),
)
def test_whenever_it_is_allowed_it_is_day_everywhere(minutes: int, zones: list[ZoneInfo]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    allowed = next_allowed(at, zones)
    if allowed is not None:
        assert allowed >= at
        assert allowed_until(allowed, zones) > allowed
        assert all(OPENS <= allowed.astimezone(zone).time() < CLOSES for zone in zones)
