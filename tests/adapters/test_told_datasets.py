"""DuckDB counts rows that are told one by one as the formulas do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Period, civil_day, period
from chalicelib.core.dataset import ColumnType
from chalicelib.core.datasets.activity import activity
from chalicelib.core.datasets.marks import Mark
from chalicelib.core.datasets.tickets import CountedTicket
from chalicelib.core.datasets.time_cards import cards
from chalicelib.core.ids import AgentId
from chalicelib.core.report import KINDS, Column, Dataset, Definition, Role, rows_of
from tests.adapters.test_warehouse import TOLD, lake_of, tables_of
from tests.core.invitations import random_invitation
from tests.core.shifts import NEW_YORK, random_told
from tests.core.ticket_lives import random_ticket
from tests.house import BREAK

DAY = civil_day(date(2026, 3, 10), NEW_YORK)
LATER = datetime(2026, 4, 1, tzinfo=UTC)

type Rows = Callable[[Random, Period], Sequence[Any]]


def _activity(chance: Random, of: Period) -> Sequence[Any]:
    return activity(random_told(chance, of.from_at), of, until=LATER, unpaid=[BREAK.name])


def _cards(chance: Random, of: Period) -> Sequence[Any]:
    return cards(random_told(chance, of.from_at), of, until=LATER, unpaid=[BREAK.name])


def _tickets(chance: Random, of: Period) -> Sequence[Any]:
    return [
        CountedTicket(replace(random_ticket(chance, n), created_at=of.from_at), LATER)
        for n in range(20)
    ]


def _feedback(chance: Random, of: Period) -> Sequence[Any]:
    return [random_invitation(chance, n, of) for n in range(20)]


def _marks(chance: Random, of: Period) -> Sequence[Any]:
    agents = [("a-ana", "ana"), ("a-zoë", "zoë"), ("=cmd", "=cmd")]
    return [
        Mark(
            agent_id=AgentId(agent),
            username=name,
            queue_id=chance.choice(["", "Sales"]),
            day=of.day,
            mark=chance.randrange(1, 6),
        )
        for agent, name in chance.choices(agents, k=30)
    ]


MADE: dict[Dataset, Rows] = {
    Dataset.MARKS: _marks,
    Dataset.ACTIVITY: _activity,
    Dataset.TIME_CARDS: _cards,
    Dataset.TICKETS: _tickets,
    Dataset.FEEDBACK: _feedback,
}
REPORTS = [each for each in definitions().values() if each.dataset in MADE]


def all_metrics(dataset: Dataset) -> Definition:
    """Every metric there is, not only those of today's reports."""
    return Definition(
        name="all",
        dataset=dataset,
        columns=(
            Column("period", ColumnType.TEXT, Role.KEY, "period"),
            *(
                Column(name, ColumnType.DECIMAL, Role.METRIC, name)
                for name in KINDS[dataset].metrics.metrics
            ),
        ),
    )


def test_every_dataset_that_is_told_is_tried_here() -> None:
    """Costs have tests of their own."""
    assert MADE.keys() == TOLD.keys() - {Dataset.LEDGER}


@pytest.mark.parametrize("seed", [0, 1, 3])
@pytest.mark.parametrize("report", REPORTS, ids=lambda each: each.name)
def test_duckdb_and_the_formulas_agree_to_the_last_digit(
    report: Definition, seed: int, tmp_path: Path
) -> None:
    """By intervals of every length, in a report's columns and in all there are."""
    of = period(report.grain, DAY.day, NEW_YORK)
    items = MADE[report.dataset](Random(seed), of)
    asked = [replace(report, name=f"by-{n}", interval_minutes=n) for n in (15, 30, 60)]
    asked.append(all_metrics(report.dataset))

    found = tables_of(
        lake_of([]), asked, tmp_path, period=of, sources={report.dataset: lambda _: items}
    )

    assert items
    for definition, table in zip(asked, found, strict=True):
        assert table.rows == rows_of(definition, of, items)
