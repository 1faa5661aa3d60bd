"""Estimates and places held against ten thousand simulated calls.

The usual queues of a call center: a few agents or many, more calls than they can handle, people
who give up; handle times scatter as they do in real ones.
"""

from __future__ import annotations

from statistics import mean, median

import pytest

from tests.core.waiting_line import Center, Line

BUSY = (
    Center(agents=8, load=1.2, patience_seconds=1_800),
    Center(agents=12, load=1.25, patience_seconds=1_200),
    Center(agents=20, load=1.15, patience_seconds=1_200),
    Center(agents=30, load=1.1, patience_seconds=1_500),
)
CALLS = 2_500  # in each of the four


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    played = [Line(center, seed) for seed, center in enumerate(BUSY, start=1)]
    for line in played:
        line.run(CALLS)
    return played


def test_over_ten_thousand_calls_the_median_estimate_is_off_by_a_quarter_at_most(
    lines: list[Line],
) -> None:
    """Of callers who waited and were answered, with ten to twenty in line on average."""
    errors = [error for line in lines for error in line.errors()]

    assert 10_000 == sum(len(line.calls) for line in lines)
    assert all(10 <= mean(line.lengths) <= 20 for line in lines)
    assert len(errors) > 7_000
    assert median(errors) <= 0.25


def test_in_no_center_it_is_off_by_more(lines: list[Line]) -> None:
    assert all(median(line.errors()) <= 0.25 for line in lines)


def test_estimates_are_neither_too_long_nor_too_short_on_the_whole(lines: list[Line]) -> None:
    for line in lines:
        answered = [c for c in line.calls if c.told is not None and c.answered_at is not None]
        waited = mean((c.answered_at or 0) - c.came_at for c in answered)
        assert 0.8 < mean(c.told or 0 for c in answered) / waited < 1.25


def test_before_anybody_was_ever_handled_the_usual_handle_time_does(lines: list[Line]) -> None:
    """The first callers are told something, too."""
    first = next(call for call in lines[0].calls if call.told is not None)

    assert first.told is not None
    assert first.told > 0


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_place_never_rises_without_a_reason_and_somebody_important(seed: int) -> None:
    """One caller in twenty goes before the others; the places told to those are named with it."""
    line = Line(Center(agents=10, load=1.2, patience_seconds=1_200, important=0.05), seed)
    line.run(300, announces_every=20)
    rises = [
        (before, after)
        for told in line.announced.values()
        for before, after in zip(told, told[1:], strict=False)
        if after.place > before.place
    ]

    assert rises
    assert all("has priority 1" in after.moved_by for _, after in rises)
    assert all(
        after.place - before.place <= after.moved_by.count("priority 1") for before, after in rises
    )


@pytest.mark.parametrize("seed", range(1, 4))
def test_where_all_are_equal_no_place_ever_rises(seed: int) -> None:
    line = Line(Center(agents=10, load=1.2, patience_seconds=1_200), seed)
    line.run(300, announces_every=20)

    for told in line.announced.values():
        places = [each.place for each in told]
        assert places == sorted(places, reverse=True)
        assert not any(each.moved_by for each in told)
