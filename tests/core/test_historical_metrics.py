"""Questions for figures of the past: what is refused, in which intervals, of which totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.historical_metrics import (
    METRIC_IDS,
    WITHIN,
    Condition,
    Dimension,
    Figure,
    Length,
    Question,
    Trait,
)

NOW = datetime(2026, 3, 20, tzinfo=UTC)
QUESTION = Question(
    since=datetime(2026, 3, 8, 5, tzinfo=UTC),  # midnight in New York, whose day has 23 hours
    until=datetime(2026, 3, 9, 4, tzinfo=UTC),
    zone="America/New_York",
    filters={Dimension.QUEUE: ("q-1",)},
    figures=(Figure(name="CONTACTS_QUEUED"),),
)
LEGS = Figure(name="AGENT_NON_RESPONSE")
WEIRD = Condition(trait=Trait.DISCONNECT_REASON, values=("BORED",))


def service_level(within: int | None) -> Figure:
    return Figure(name="SERVICE_LEVEL", within_seconds=within)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"until": QUESTION.since}, "StartTime", "not before"),
        ({"until": NOW + timedelta(minutes=6)}, "EndTime", "yet to come"),
        ({"since": QUESTION.until - timedelta(days=36)}, "EndTime", "35 days"),
        (
            {"since": QUESTION.until - timedelta(days=4), "length": Length.HOUR},
            "EndTime",
            "HOUR covers 3 days",
        ),
        ({"zone": "Mars/Olympus"}, "zone", "Mars/Olympus"),
        ({"filters": {}}, "Filters", "at least"),
        ({"filters": {Dimension.CHANNEL: ("VOICE",)}}, "Filters", "at least"),
        ({"filters": {Dimension.QUEUE: ()}}, "FilterValues", "QUEUE"),
        ({"filters": {Dimension.QUEUE: ("",)}}, "FilterValues", "QUEUE"),
        ({"filters": {Dimension.QUEUE: ("q",) * 101}}, "FilterValues", "100"),
        (
            {"filters": {Dimension.QUEUE: ("q",), Dimension.CHANNEL: ("FAX",)}},
            "FilterValues",
            "'FAX' is none of VOICE",
        ),
        ({"figures": ()}, "Metrics", "1 to 100"),
        ({"figures": (Figure(name="LUCK"),)}, "Metrics", "'LUCK' is none of ABANDONMENT_RATE"),
        ({"figures": (service_level(None),)}, "Threshold", "needs a Threshold"),
        ({"figures": (service_level(604_801),)}, "ThresholdValue", "604800"),
        (
            {"figures": (replace(QUESTION.figures[0], within_seconds=20),)},
            "Threshold",
            "has no Threshold",
        ),
        (
            {"figures": (replace(QUESTION.figures[0], conditions=(WEIRD,)),)},
            "MetricFilterValues",
            "'BORED'",
        ),
        ({"figures": (replace(LEGS, conditions=(WEIRD,)),)}, "MetricFilters", "NON_RESPONSE"),
        (
            {"figures": (LEGS,), "groupings": (Dimension.ROUTING_PROFILE,)},
            "Metrics",
            "not counted by ROUTING_PROFILE",
        ),
        (
            {"figures": (LEGS,), "filters": {Dimension.LEVEL_TWO: ("g",)}},
            "Metrics",
            "not counted by AGENT_HIERARCHY_LEVEL_TWO",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_by_field_and_value(
    change: dict[str, Any], field: str, said: str
) -> None:
    """Who mistypes is told so, instead of getting zeros."""
    with pytest.raises(Rejected, match=said) as refused:
        replace(QUESTION, **change).check(NOW)

    assert field == refused.value.field


@pytest.mark.parametrize("name", METRIC_IDS)
def test_every_metric_can_be_asked_for(name: str) -> None:
    """One table says which there are; each of them has a number for nothing at all."""
    figure = Figure(name=name, within_seconds=20 if name in WITHIN else None)

    replace(QUESTION, figures=(figure,)).check(NOW)

    assert figure.value({}) in (0, None)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (Length.TOTAL, 1),
        (Length.DAY, 1),
        (Length.WEEK, 1),
        (Length.HOUR, 23),
        (Length.THIRTY_MIN, 46),
        (Length.FIFTEEN_MIN, 92),
    ],
)
def test_a_day_on_which_clocks_go_forward_has_fewer_intervals(
    length: Length, expected: int
) -> None:
    assert expected == len(replace(QUESTION, length=length).intervals)


def test_days_and_weeks_are_those_of_the_zone() -> None:
    """Midnight to midnight in New York, the weeks from Monday on; the ends are as asked for."""
    asked = replace(QUESTION, since=QUESTION.since - timedelta(days=2), until=NOW)

    days = replace(asked, length=Length.DAY).intervals
    weeks = replace(asked, length=Length.WEEK).intervals

    assert [24, 24, 23] == [each.seconds // 3600 for each in days[:3]]
    assert [days[3].from_at] == [each.from_at for each in weeks[1:2]]
    assert 9 == days[3].from_at.day
    assert (asked.since, NOW) == (weeks[0].from_at, weeks[-1].to_at)


@given(
    length=st.sampled_from(Length),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    minutes=st.integers(0, 60 * 24 * 365),
    lasts=st.integers(1, 60 * 24 * 3),
)
def test_intervals_cover_the_time_without_gap(
    length: Length, zone: str, minutes: int, lasts: int
) -> None:
    """Every second lies in exactly one, in every zone and season."""
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = since + timedelta(minutes=lasts)

    found = replace(QUESTION, since=since, until=until, length=length, zone=zone).intervals

    assert since == found[0].from_at
    assert until == found[-1].to_at
    assert all(each.seconds > 0 for each in found)
    pairs = zip(found, found[1:], strict=False)
    assert all(before.to_at == after.from_at for before, after in pairs)


def test_a_total_is_counted_once_for_all_figures_that_need_it() -> None:
    """Two ratios of the same totals cost two totals."""
    figures = (Figure(name="AVG_INTERACTION_TIME"), Figure(name="CONTACTS_HANDLED"))

    countings = replace(QUESTION, figures=figures).countings

    assert ["interaction_seconds", "contacts_handled"] == [each.measure for each in countings]


def test_a_ratio_is_of_its_totals_and_of_nothing_it_is_no_number() -> None:
    """82 of 100 is 82.00; of 0 there is no percentage, and never 0 %."""
    figure = service_level(20)
    above, below = figure.countings

    assert Decimal("82.00") == figure.value({above: 82, below: 100})
    assert figure.value({}) is None
    assert 7 == Figure(name="CONTACTS_QUEUED").value({replace(below, limits=_DEFAULT): 7})


_DEFAULT = Figure(name="CONTACTS_QUEUED").countings[0].limits
