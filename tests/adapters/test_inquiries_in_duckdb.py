"""DuckDB finds who came back as the rules do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from chalicelib.adapters.report_definitions import definitions
from chalicelib.core.civil_day import Grain, Period, period
from chalicelib.core.dataset import ColumnType
from chalicelib.core.datasets import performance
from chalicelib.core.datasets.marks import Mark
from chalicelib.core.ids import AgentId
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import KINDS, Column, Dataset, Definition, Role, rows, rows_of
from tests.adapters.test_warehouse import TOLD, lake_of, tables_of
from tests.core.coming_back import RESOLVING, random_inquiries

MARCH = period(Grain.MONTH, date(2026, 3, 1), "America/New_York")
QUARTER = period(Grain.QUARTER, date(2026, 1, 1), "America/New_York")
REPORTS = definitions()
OF_INQUIRIES = [each for each in REPORTS.values() if each.dataset is Dataset.INQUIRIES]
OF_PERFORMANCE = [each for each in REPORTS.values() if each.dataset is Dataset.PERFORMANCE]
EACH_INQUIRY = Definition(
    name="inquiries",
    dataset=Dataset.INQUIRIES,
    columns=(
        Column("inquiry_id", ColumnType.TEXT, Role.KEY, "inquiry_id"),
        *(
            Column(name, field.type, Role.DETAIL, name)
            for name, field in KINDS[Dataset.INQUIRIES].fields.items()
            if name != "inquiry_id"
        ),
        *(
            Column(name, ColumnType.WHOLE, Role.METRIC, name)
            for name in ("inquiries_handled", "inquiries_at_once", "inquiries_pending")
        ),
    ),
)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("of", [MARCH, QUARTER], ids=lambda of: of.name)
def test_who_came_back_is_the_same_inquiry_by_inquiry(
    of: Period, seed: int, tmp_path: Path
) -> None:
    """Chains of transfers, subjects spelled in any way, and what is pending still."""
    chance, days = Random(seed), len(of.days)
    records = random_inquiries(chance, of.from_at - timedelta(days=3), days + 6, 40 * days // 30)
    as_of = of.to_at + timedelta(days=chance.choice([4, 20]))
    limits = Thresholds(resolving=RESOLVING, as_of=as_of)
    asked = [EACH_INQUIRY, *OF_INQUIRIES]

    found = tables_of(lake_of(records), asked, tmp_path, period=of, thresholds=limits)

    assert found[0].rows
    for definition, table in zip(asked, found, strict=True):
        assert table.rows == rows(definition, of, records, thresholds=limits)


@pytest.mark.parametrize("seed", range(3))
def test_performance_is_contacts_inquiries_and_marks_side_by_side(
    seed: int, tmp_path: Path
) -> None:
    """Also of an agent whom only a mark is known of."""
    chance = Random(seed)
    records = random_inquiries(chance, MARCH.from_at, 31, 60)
    marks = [
        Mark(
            agent_id=AgentId(f"a-{name}"),
            username=name,
            queue_id="",
            day=MARCH.day,
            mark=chance.randrange(1, 6),
        )
        for name in chance.choices(["mia", "new"], k=9)
    ]
    limits = Thresholds(resolving=RESOLVING, as_of=MARCH.to_at)

    found = tables_of(
        lake_of(records),
        OF_PERFORMANCE,
        tmp_path,
        period=MARCH,
        thresholds=limits,
        sources={**TOLD, Dataset.MARKS: lambda _: marks},
    )

    parts = [*performance.of_records(records, MARCH), *map(performance.of_mark, marks)]
    for definition, table in zip(OF_PERFORMANCE, found, strict=True):
        assert table.rows == rows_of(definition, MARCH, parts, thresholds=limits)
        assert len(table.rows) >= 3
