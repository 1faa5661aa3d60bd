"""Athena is asked the same question in its own words, and nobody can tell who counted a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile, TemporaryDirectory

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.report_definitions import definitions as written_definitions
from chalicelib.adapters.spreadsheet import write
from chalicelib.adapters.warehouse import DuckDbWarehouse
from chalicelib.adapters.warehouse.athena import AthenaWarehouse
from chalicelib.adapters.warehouse.athena_queries import AthenaQueries
from chalicelib.adapters.warehouse.athena_sql import DATASETS, statement
from chalicelib.adapters.warehouse.questions import Question
from chalicelib.core.civil_day import Grain, Period, civil_day, period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import ColumnType
from chalicelib.core.ids import ContactId
from chalicelib.core.metrics import CONTACTS, LEGS, Thresholds
from chalicelib.core.rating import lines_of
from chalicelib.core.report import Column, Dataset, Definition, Format, Role, Row
from chalicelib.services.report_ports import Table, Warehouse
from tests.adapters.athena import (
    DATABASE,
    WORKGROUP,
    FakeAthena,
    InDuckDb,
    as_the_emulator_does,
    translated_back,
)
from tests.core.prices import CENTRES, SALES, SUPPORT, book, call
from tests.core.records import random_records, record
from tests.fakes.objects import InMemoryObjectStore

DAY = date(2026, 3, 8)
ZONE = "America/New_York"
GOLDEN = Path(__file__).parent / "fixtures" / "athena"
REPORTS = [each for each in written_definitions().values() if each.dataset in DATASETS]
TEXTS = {ColumnType.TEXT, ColumnType.DAY, ColumnType.MOMENT}

# Of the functions of Athena's engine version 3 those that our statements use; each is documented in
# Trino's manual, to which Athena's refers: array, conditional, conversion, date and time, math,
# string, aggregate functions. UNNEST is a relation and CAST a form, with parentheses like theirs.
KNOWN_TO_ATHENA = {
    *("CARDINALITY", "CAST", "COALESCE", "CONCAT", "DATE_DIFF", "DATE_TRUNC", "IF", "MAX"),
    *("NULLIF", "REPLACE", "SEQUENCE", "SUBSTR", "SUM", "TRUNCATE", "UNNEST"),
}
TYPES_OF_ATHENA = {"BIGINT", "DECIMAL", "DOUBLE", "INTEGER", "TIMESTAMP", "VARCHAR"}

# Every metric, not only those of today's reports.
ALL_METRICS = [
    Definition(
        name=f"all-{dataset.value}",
        dataset=dataset,
        columns=(
            Column("agent_id", ColumnType.TEXT, Role.KEY, "agent_id"),
            *(Column(m, ColumnType.DECIMAL, Role.METRIC, m) for m in metrics),
        ),
    )
    for dataset, metrics in (
        (Dataset.CONTACTS, CONTACTS.metrics),
        (Dataset.LEGS, LEGS.metrics),
    )
]


def said(definition: Definition, zone: str = ZONE) -> str:
    """What Athena is to run for the report of the period in which DAY lies."""
    texts = [column.name for column in definition.columns if column.type in TEXTS]
    of = period(definition.grain, DAY, zone)
    return statement(Question(definition, of, Thresholds()), texts)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("definition", [*REPORTS, *ALL_METRICS], ids=lambda each: each.name)
def test_every_report_is_said_in_words_that_athena_has(definition: Definition) -> None:
    """No function of DuckDB alone is left, and no type; the statement is one, and can be read."""
    found = said(definition)

    (tree,) = sqlglot.parse(found, read="athena")
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", found)
    functions = set(re.findall(r"\b([A-Za-z_]+)\(", bare)) - {"DECIMAL", "of_n"}
    types = set(re.findall(r" AS ([A-Z]+)\b", bare))
    assert isinstance(tree, sqlglot.exp.Select)
    assert functions <= KNOWN_TO_ATHENA
    assert types <= TYPES_OF_ATHENA
    assert not re.search(r"//|::|->|\blambda\b", bare)


@pytest.mark.parametrize("name", ["daily-agents", "monthly-costs"])
def test_a_statement_is_what_somebody_has_read(name: str) -> None:
    """Another translator, or another word in a report, is seen here before it costs anything."""
    found = sqlglot.transpile(
        said(written_definitions()[name]), read="athena", write="athena", pretty=True
    )

    assert (GOLDEN / f"{name}.sql").read_text() == f"{found[0]}\n"


def test_a_day_reads_the_packs_that_it_touches_and_the_ledger_of_its_own_date() -> None:
    """Packs lie by the UTC day, ledger lines by the center's: what is not read is not paid for."""
    queues, costs = (said(written_definitions()[n]) for n in ("daily-queues", "daily-ledger"))

    assert "FROM contact_packs WHERE dt BETWEEN '2026-03-08' AND '2026-03-09'" in queues
    assert "disconnected_at >= '2026-03-08T05:00:00Z'" in queues
    assert "FROM ledger_lines WHERE dt BETWEEN '2026-03-08' AND '2026-03-08'" in costs


# --- numbers --------------------------------------------------------------------------------------


class Lake:
    """Records and ledger lines of one center, and both engines over them."""

    def __init__(self, records: Sequence[ContactRecord] = (), *, seed: int = 0) -> None:
        self.objects = InMemoryObjectStore()
        self.records = S3RecordLake(self.objects, readers=1)
        self.ledger = S3Ledger(self.objects, readers=1)
        for each in records:
            self.records.store(each)
        self._spend(Random(seed))

    def _spend(self, chance: Random) -> None:
        for n in range(8):
            began = period(Grain.DAY, DAY, ZONE).from_at
            contact = call(f"c-{n}", began, chance.randrange(1, 90_000), SALES, SUPPORT)
            lines = lines_of(contact, book(), CENTRES)
            for day in {line.day for line in lines}:
                some = [line for line in lines if line.day == day]
                self.ledger.keep(ContactId(f"c-{n}"), day, some)

    def near(self, scratch: Path) -> DuckDbWarehouse:
        return DuckDbWarehouse(
            self.records,
            self.ledger,
            scratch=str(scratch),
            writers={Format.XLSX: write},
        )

    def far(self, scratch: Path, athena: FakeAthena) -> AthenaWarehouse:
        queries = AthenaQueries(
            athena,
            self.objects,
            workgroup=WORKGROUP,
            database=DATABASE,
            clock=lambda: 0,
            sleep=lambda _: None,
        )
        return AthenaWarehouse(
            self.records,
            self.ledger,
            self.objects,
            queries,
            scratch=str(scratch),
            writers={Format.XLSX: write},
        )


@dataclass(frozen=True)
class Made:
    """What a report says: its rows as they are in Parquet, with their types, and its CSV file."""

    name: str
    rows: list[Row]
    types: list[tuple[object, ...]]
    csv: str


def made(warehouse: Warehouse, definitions: Sequence[Definition], of: Period) -> list[Made]:
    with warehouse.tables(definitions, of) as tables:
        return [_made(table) for table in tables]


def _made(table: Table) -> Made:
    with table.files[Format.CSV].open() as body:
        csv = body.read().decode()
    with table.files[Format.PARQUET].open() as parquet, NamedTemporaryFile() as copy:
        copy.write(parquet.read())
        copy.flush()
        described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{copy.name}')").fetchall()
    rows = list(table.rows())
    assert table.count == len(rows)
    return Made(table.definition.name, rows, [each[:2] for each in described], csv)


def both(lake: Lake, definitions: Sequence[Definition], of: Period, in_duckdb: InDuckDb) -> None:
    """Both engines say one thing. In Parquet they may differ in one flag: DuckDB writes down that a
    column has no empty cell when it happens to know that."""
    with TemporaryDirectory() as folder:
        scratch, bucket = Path(folder) / "scratch", Path(folder)
        scratch.mkdir()
        athena = FakeAthena(lake.objects, bucket, in_duckdb)

        theirs = made(lake.far(scratch, athena), definitions, of)
        ours = made(lake.near(scratch), definitions, of)

        assert theirs == ours
        assert list(scratch.iterdir()) == []
    assert len(athena.asked) == len(definitions)


@pytest.mark.parametrize("in_duckdb", [as_the_emulator_does, translated_back])
@pytest.mark.parametrize("grain", list(Grain))
def test_both_engines_make_the_same_files(grain: Grain, in_duckdb: InDuckDb) -> None:
    """Of every report there is, and whoever reads Athena's words."""
    lake = Lake(random_records(Random(11), 250), seed=11)

    definitions = [each for each in REPORTS if each.grain is grain]

    both(lake, definitions, period(grain, DAY, ZONE), in_duckdb)


@settings(max_examples=6)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 60),
    zone=st.sampled_from([ZONE, "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"]),
)
def test_both_engines_agree_on_any_records_and_in_any_zone(
    seed: int, count: int, zone: str
) -> None:
    """Every metric and the half hours of every zone; sums of nothing, too."""
    lake = Lake(random_records(Random(seed), count), seed=seed)
    intervals = written_definitions()["interval-queues"]

    both(lake, [*ALL_METRICS, intervals], civil_day(DAY, zone), translated_back)


@pytest.mark.parametrize("in_duckdb", [as_the_emulator_does, translated_back])
def test_texts_arrive_as_they_are(in_duckdb: InDuckDb) -> None:
    """Empty, absent, quoted, of several lines, and what looks like a mark: an answer is a CSV
    file, and yet nothing is lost."""
    names = ["", ".", "..", 'a "b"\r\nc', ",", "شكرا", "=1+1", None, "\\", "'", "{first}"]
    records = [record(f"c-{n}", agent="a-mia", disposition=name) for n, name in enumerate(names)]

    contacts = written_definitions()["daily-contacts"]

    both(Lake(records), [contacts], civil_day(DAY, ZONE), in_duckdb)


# --- the lake -------------------------------------------------------------------------------------


def test_athena_reads_what_the_records_say_now(tmp_path: Path) -> None:
    """A late record is in its pack before Athena is asked, and an erased one is not; also when
    nothing is left of the day."""
    lake = Lake([record("c-1", agent="a-mia"), record("c-2", agent="a-ben")])
    contacts, of = written_definitions()["daily-contacts"], civil_day(DAY, ZONE)
    athena = FakeAthena(lake.objects, tmp_path)
    seen = []

    for gone, late in ((None, None), ("c-1", "c-3"), ("c-2", None), ("c-3", None)):
        if gone:
            lake.objects.remove(f"records/dt=2026-03-08/{gone}.jsonl")
        if late:
            lake.records.store(record(late))
        with lake.far(tmp_path, athena).tables([contacts], of) as (table,):
            seen.append([row[1] for row in table.rows()])

    assert seen == [["c-1", "c-2"], ["c-2", "c-3"], ["c-3"], []]


def test_a_pack_that_was_emptied_is_not_written_again(tmp_path: Path) -> None:
    """It says already that nothing is there."""
    lake = Lake([record("c-1")])
    contacts, of = written_definitions()["daily-contacts"], civil_day(DAY, ZONE)
    athena = FakeAthena(lake.objects, tmp_path)
    made(lake.far(tmp_path, athena), [contacts], of)
    lake.objects.remove("records/dt=2026-03-08/c-1.jsonl")
    made(lake.far(tmp_path, athena), [contacts], of)
    lake.objects.calls.clear()

    made(lake.far(tmp_path, athena), [contacts], of)

    assert lake.objects.calls.count("put") == 2  # the answer and what describes it


def test_costs_ask_for_no_packs(tmp_path: Path) -> None:
    """Ledger lines lie where they lie; nobody packs contacts for them."""
    lake = Lake([record("c-1")])
    costs = [each for each in REPORTS if each.dataset is Dataset.LEDGER]
    athena = FakeAthena(lake.objects, tmp_path)

    made(lake.far(tmp_path, athena), [costs[0]], period(costs[0].grain, DAY, ZONE))

    assert lake.objects.list("contacts/") == []


def test_whole_numbers_are_divided_exactly_up_to_billions_of_hours() -> None:
    """Athena's division goes through doubles: below 2^53 the whole part is right all the same."""
    chance = Random(1)
    for _ in range(2_000):
        below = chance.randrange(1, 2**31)
        above = chance.choice([below * chance.randrange(2**20) - chance.choice([0, 1]), 2**53 - 1])
        if above >= 0:
            assert int(float(above) / float(below)) == above // below
    assert Decimal(2**53) / 3600 / 100 > 10**9
    found = duckdb.sql("SELECT trunc(CAST(9007199254740991 AS DOUBLE) / 2)").fetchall()
    assert found == [(4503599627370495.0,)]
