"""A period's size chooses who counts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest

from chalicelib.adapters.warehouse.engines import Engines
from chalicelib.core.civil_day import Period, civil_day
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import Dataset, Definition
from chalicelib.services.report_ports import Table

OF = civil_day(date(2026, 3, 8), "America/New_York")  # two days of the UTC calendar
QUEUES, AGENTS, COSTS = (
    Definition(name=dataset.value, dataset=dataset, columns=()) for dataset in list(Dataset)[:3]
)


@dataclass
class Counted:
    """A table that knows who counted it."""

    definition: Definition
    by: str


@dataclass
class Counter:
    """A warehouse that is asked, and open as long as its tables are."""

    name: str
    datasets: Set[Dataset] = frozenset(Dataset)
    open: int = 0
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def tables(
        self, definitions: Sequence[Definition], period: Period, *, limits: Thresholds | None = None
    ) -> Iterator[Sequence[Table]]:
        self.asked += [each.name for each in definitions]
        self.open += 1
        yield [cast("Any", Counted(each, self.name)) for each in definitions]
        self.open -= 1


def counted(
    definitions: Sequence[Definition], *, packed_mb: float, far: Counter, near: Counter
) -> list[tuple[str, str]]:
    """Each report and who counted it, when a UTC day's pack has this size."""
    engines = Engines(near, lambda: far, lambda _: int(packed_mb * 10**6), far_above_mb=200)
    with engines.tables(definitions, OF) as tables:
        assert near.open + far.open > 0
        found = [(each.definition.name, cast("Any", each).by) for each in tables]
    assert near.open == far.open == 0
    return found


@pytest.mark.parametrize(
    ("packed_mb", "engine"), [(0, "near"), (100, "near"), (100.000001, "far"), (9_000, "far")]
)
def test_what_the_packs_of_all_days_take_decides(packed_mb: float, engine: str) -> None:
    """Two days of 100 MB are still counted in the function; one byte more is not."""
    near, far = Counter("near"), Counter("far")

    found = counted([QUEUES, AGENTS], packed_mb=packed_mb, near=near, far=far)

    assert [(QUEUES.name, engine), (AGENTS.name, engine)] == found


def test_what_the_far_engine_lacks_is_counted_near_in_the_order_asked_for() -> None:
    """A dataset that is not in the lake's tables is no reason to fail."""
    near, far = Counter("near"), Counter("far", datasets={Dataset.CONTACTS, Dataset.LEDGER})

    found = counted([AGENTS, QUEUES, COSTS], packed_mb=500, near=near, far=far)

    assert [(AGENTS.name, "near"), (QUEUES.name, "far"), (COSTS.name, "far")] == found


def test_an_engine_without_a_report_is_not_asked() -> None:
    """A connection to DuckDB takes memory; a call of Athena money."""
    near, far = Counter("near"), Counter("far")

    counted([QUEUES], packed_mb=500, near=near, far=far)

    assert [] == near.asked
