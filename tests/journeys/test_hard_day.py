"""Everything twice, some of it late, writes throttled and workers killed: no contact is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.laptop import Laptop
from tests.journeys import hard_day
from tests.journeys.center import Center
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.journey

CONTACTS, ROBOTS, KILLS = 40, 4, 10  # by hand: python -m tests.journeys.hard_day --contacts 10000


@pytest.fixture(scope="module")
def own() -> Laptop:
    """A laptop of its own, for its weather is bad."""
    return Laptop(ROOT / ".local" / "weather")


@pytest.fixture(scope="module")
def center(own: Laptop) -> Iterator[Center]:
    with hard_day.laptop_in_weather(own) as center:
        yield center


def test_a_hard_day_loses_and_doubles_nothing_and_its_report_is_that_of_a_quiet_one(
    own: Laptop, center: Center
) -> None:
    """No dead letters, no rows left over, each step of each contact once."""
    wrong = hard_day.compare(center, own, contacts=CONTACTS, robots=ROBOTS, kills=KILLS, tell=print)

    assert [] == wrong
