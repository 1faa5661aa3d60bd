"""DuckDB answers questions for figures of the past as the formulas do, and as reports do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.warehouse import DuckDbWarehouse
from chalicelib.core.civil_day import civil_day
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import ColumnType
from chalicelib.core.historical_metrics import (
    METRIC_IDS,
    WITHIN,
    Dimension,
    Figure,
    Length,
    Question,
)
from chalicelib.core.metrics import CONTACTS
from chalicelib.core.record_document import stamp
from chalicelib.core.report import INTERVAL, Column, Dataset, Definition, Role, Row
from chalicelib.services.metric_history import Asked, CountedHistory, Results
from tests.core.records import NOON, record
from tests.fakes.objects import InMemoryObjectStore
from tests.services.counting import (
    VALUES,
    FormulaTotals,
    random_history,
    random_question,
    told_again,
)

DAY = civil_day(date(2026, 3, 8), "America/New_York")
QUEUES = tuple(VALUES[Dimension.QUEUE])
OF_CONTACTS = [name for name, (dataset, _) in METRIC_IDS.items() if dataset is Dataset.CONTACTS]
FIGURES = tuple(Figure(name=n, within_seconds=20 if n in WITHIN else None) for n in OF_CONTACTS)


def warehouse(records: Sequence[ContactRecord], scratch: Path) -> DuckDbWarehouse:
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects, readers=1)
    for each in records:
        if lake.lacks(each):
            lake.store(each)
    return DuckDbWarehouse(lake, S3Ledger(objects), scratch=str(scratch), threads=1)


def everything(duck: DuckDbWarehouse | FormulaTotals, question: Question) -> Results:
    return CountedHistory(duck).results(Asked(question=question, first=0, most=1_000_000))


def by_queue(period_metrics: Sequence[str], *more: Column) -> Definition:
    """A report of every metric that both have, by queue and channel."""
    return Definition(
        name="report",
        dataset=Dataset.CONTACTS,
        columns=(
            *more,
            Column("queue_id", ColumnType.TEXT, Role.KEY, "queue_id"),
            Column("channel", ColumnType.TEXT, Role.KEY, "channel"),
            *(Column(m, ColumnType.DECIMAL, Role.METRIC, m) for m in period_metrics),
        ),
    )


def reported(duck: DuckDbWarehouse, definition: Definition) -> list[Row]:
    with duck.tables([definition], DAY) as (table,):
        return list(table.rows())


@pytest.mark.parametrize("seed", range(12))
def test_duckdb_answers_as_the_formulas_do(seed: int, tmp_path: Path) -> None:
    """Whatever is asked, of whatever history, however it was told."""
    chance = Random(seed)
    records = told_again(chance, random_history(chance, 30 * seed))
    duck = warehouse(records, tmp_path)

    for _ in range(5):
        question = random_question(chance)
        assert everything(FormulaTotals(records), question) == everything(duck, question)


@pytest.mark.parametrize("seed", range(4))
def test_a_figure_is_that_of_the_report_to_the_last_digit(seed: int, tmp_path: Path) -> None:
    """Screen equals download: by queue and channel, of a day of 23 hours."""
    chance = Random(seed)
    duck = warehouse(told_again(chance, random_history(chance, 200)), tmp_path)
    question = Question(
        since=DAY.from_at,
        until=DAY.to_at,
        filters={Dimension.QUEUE: QUEUES},
        groupings=(Dimension.QUEUE, Dimension.CHANNEL),
        figures=FIGURES,
    )

    rows = reported(duck, by_queue([METRIC_IDS[name][1] for name in OF_CONTACTS]))

    shown = {result.group: result.values for result in everything(duck, question).found}
    assert {(str(q), str(c)): tuple(found) for q, c, *found in rows if q} == shown


@pytest.mark.parametrize("seed", range(3))
def test_half_hours_are_those_of_the_report(seed: int, tmp_path: Path) -> None:
    """The clocks go forward on this day: 46 half hours, each with the same numbers in both."""
    chance = Random(seed)
    duck = warehouse(told_again(chance, random_history(chance, 150)), tmp_path)
    question = Question(
        since=DAY.from_at,
        until=DAY.to_at,
        length=Length.THIRTY_MIN,
        zone=DAY.zone,
        filters={Dimension.QUEUE: QUEUES},
        groupings=(Dimension.QUEUE, Dimension.CHANNEL),
        figures=FIGURES,
    )
    interval = Column("interval", ColumnType.MOMENT, Role.KEY, INTERVAL)

    rows = reported(duck, by_queue([METRIC_IDS[name][1] for name in OF_CONTACTS], interval))

    answer = everything(duck, question)
    contacts = OF_CONTACTS.index("CONTACTS_CREATED")
    shown = {
        (stamp(result.interval.from_at), *result.group): result.values
        for result in answer.found
        if result.values[contacts]
    }
    assert {(str(i), str(q), str(c)): tuple(found) for i, q, c, *found in rows if q} == shown
    assert 46 == len(question.intervals)
    assert answer.count == 46 * len({result.group for result in answer.found})


def test_missed_offers_by_agent_add_up_to_those_of_the_queues(tmp_path: Path) -> None:
    """Seen from those who missed them and from the lines, it is one number."""
    chance = Random(5)
    records = random_history(chance, 200)
    duck = warehouse(records, tmp_path)

    def missed(*groupings: Dimension) -> list[int]:
        question = Question(
            since=DAY.from_at,
            until=DAY.to_at,
            filters={Dimension.QUEUE: QUEUES},
            groupings=groupings,
            figures=(Figure(name="AGENT_NON_RESPONSE"),),
        )
        return [int(v) for r in everything(duck, question).found for v in r.values if v is not None]

    ended = [each for each in records if DAY.holds(each.disconnected_at) and each.queue]
    expected = CONTACTS.evaluate("offers_missed", ended)
    assert [expected] == missed() == [sum(missed(Dimension.AGENT))]
    assert [expected] == [sum(missed(Dimension.QUEUE, Dimension.CHANNEL))]


def test_the_packs_of_reports_are_read_and_nothing_is_left(tmp_path: Path) -> None:
    """A day that a report packed costs no request per contact."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects, readers=1)
    for n in range(20):
        lake.store(record(f"c-{n}", agent="a-mia"))
    duck = DuckDbWarehouse(lake, S3Ledger(objects), scratch=str(tmp_path), threads=1)
    reported(duck, by_queue(["contacts"]))
    objects.calls.clear()
    question = Question(
        since=NOON - timedelta(hours=1),
        until=NOON + timedelta(hours=1),
        filters={Dimension.AGENT: ("a-mia",)},
        figures=(Figure(name="CONTACTS_HANDLED"),),
    )

    (result,) = everything(duck, question).found

    assert [20] == list(result.values)
    assert 1 == objects.calls.count("get")  # the pack
    assert "put" not in objects.calls
    assert [] == list(tmp_path.iterdir())
