"""DuckDB counts as the formulas do, to the last digit, and packs the same rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random

import duckdb
import msgspec
import pytest

from chalicelib.adapters import warehouse
from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.report_definitions import definitions as written_definitions
from chalicelib.adapters.spreadsheet import write
from chalicelib.adapters.warehouse import DuckDbWarehouse
from chalicelib.core import csv_file
from chalicelib.core.civil_day import Grain, Period, civil_day, period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.dataset import ColumnType
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import LedgerLine, corrections, total
from chalicelib.core.metrics import Thresholds
from chalicelib.core.rating import lines_of
from chalicelib.core.record_document import document
from chalicelib.core.report import (
    KINDS,
    Column,
    Dataset,
    Definition,
    Format,
    Role,
    Row,
    ledger_rows,
    rows,
)
from chalicelib.services.report_ports import Source, Table
from tests.core.prices import CENTRES, SALES, SUPPORT, book, call, tariff, voice
from tests.core.records import NOON, random_records, record
from tests.fakes.objects import InMemoryObjectStore

DAY = civil_day(date(2026, 3, 8), "America/New_York")
REPORTS = written_definitions()
OF_CONTACTS = [each for each in REPORTS.values() if KINDS[each.dataset].of_records is not None]
OF_COSTS = [each for each in REPORTS.values() if each.dataset is Dataset.LEDGER]
DAILY_AGENTS, DAILY_CONTACTS, DAILY_QUEUES = (
    REPORTS[name] for name in ("daily-agents", "daily-contacts", "daily-queues")
)

# Every metric there is, not only those of today's reports.
ALL_METRICS = [
    Definition(
        name=dataset.value,
        dataset=dataset,
        columns=(
            Column("agent_id", ColumnType.TEXT, Role.KEY, "agent_id"),
            *(Column(m, ColumnType.DECIMAL, Role.METRIC, m) for m in kind.metrics.metrics),
        ),
    )
    for dataset, kind in KINDS.items()
    if kind.of_records is not None
]
TOLD: dict[Dataset, Source] = {
    each: (lambda period: []) for each, kind in KINDS.items() if kind.of_records is None
}


def lake_of(records: Iterable[ContactRecord]) -> S3RecordLake:
    lake = S3RecordLake(InMemoryObjectStore())
    for each in records:
        lake.store(each)
    return lake


@dataclass(frozen=True)
class Made:
    """A table that outlives its warehouse: what was in its files."""

    definition: Definition
    rows: list[Row]
    files: Mapping[Format, bytes]


def made(table: Table) -> Made:
    bodies = {}
    for each, file in table.files.items():
        with file.open() as body:
            bodies[each] = body.read()
        assert hashlib.sha256(bodies[each]).hexdigest() == file.sha256
    rows = list(table.rows())
    assert table.count == len(rows)
    return Made(table.definition, rows, bodies)


def tables(
    definitions: Sequence[Definition],
    records: Sequence[ContactRecord],
    scratch: Path,
    *,
    period: Period = DAY,
    thresholds: Thresholds | None = None,
) -> list[Made]:
    return tables_of(lake_of(records), definitions, scratch, period=period, thresholds=thresholds)


def tables_of(
    lake: S3RecordLake,
    definitions: Sequence[Definition],
    scratch: Path,
    *,
    period: Period = DAY,
    thresholds: Thresholds | None = None,
    ledger: S3Ledger | None = None,
    sources: Mapping[Dataset, Source] | None = None,
) -> list[Made]:
    duck = DuckDbWarehouse(
        lake,
        ledger or S3Ledger(InMemoryObjectStore()),
        sources=sources or {each: TOLD[each] for each in TOLD if each is not Dataset.LEDGER},
        scratch=str(scratch),
        threads=1,
        thresholds=thresholds,
        writers={Format.XLSX: write},
    )
    with duck.tables(definitions, period) as found:
        return [made(table) for table in found]


@pytest.mark.parametrize("seed", range(6))
def test_duckdb_and_the_formulas_agree_to_the_last_digit(seed: int, tmp_path: Path) -> None:
    """A number means one thing, whoever computes it; texts and empty cells are the same too."""
    records = random_records(Random(seed), 40 * seed**2)
    definitions = [*OF_CONTACTS, *ALL_METRICS]

    found = tables(definitions, records, tmp_path)

    for definition, table in zip(definitions, found, strict=True):
        assert table.rows == rows(definition, DAY, records)


def test_other_thresholds_are_used_by_both(tmp_path: Path) -> None:
    """The threshold reaches the SQL."""
    records = random_records(Random(3), 100)
    thresholds = Thresholds(answer_seconds=5, short_seconds=3)

    (table,) = tables([DAILY_QUEUES], records, tmp_path, thresholds=thresholds)

    assert table.rows == rows(DAILY_QUEUES, DAY, records, thresholds=thresholds)


def test_a_contact_counts_in_the_civil_day_in_which_it_ended(tmp_path: Path) -> None:
    """Records of two days of the UTC calendar come in; 23 hours of them count."""
    moments = [DAY.from_at, DAY.to_at.replace(hour=3, minute=59, second=59), DAY.to_at]
    records = [record(f"c-{n}", at=at) for n, at in enumerate(moments)]

    (table,) = tables([DAILY_CONTACTS], records, tmp_path)

    assert [row[1] for row in table.rows] == ["c-0", "c-1"]


def test_parquet_holds_the_same_rows_with_types(tmp_path: Path) -> None:
    """A DATE is a date, a moment a timestamp, 78 % an exact decimal; no apostrophe was added."""
    contact = record(agent="a-mia", waited=10, disposition="=1+1")

    contacts, queues = tables([DAILY_CONTACTS, DAILY_QUEUES], [contact], tmp_path)

    for name, table in (("c", contacts), ("q", queues)):
        (tmp_path / f"{name}.parquet").write_bytes(table.files[Format.PARQUET])
    found = duckdb.sql(
        f"SELECT day, disconnected_at, disposition FROM '{tmp_path}/c.parquet'"
    ).fetchall()
    assert found == [(date(2026, 3, 8), NOON.replace(tzinfo=None), "=1+1")]
    levels = duckdb.sql(
        f"SELECT service_level_of_offered, offered FROM '{tmp_path}/q.parquet'"
    ).fetchall()
    assert levels == [(Decimal("100.00"), 1)]


def test_an_empty_day_has_no_rows_and_a_parquet_file_with_columns(tmp_path: Path) -> None:
    """Readers find their columns also on a holiday."""
    found = tables(list(REPORTS.values()), [], tmp_path)

    for table in found:
        assert table.rows == []
        (tmp_path / "empty.parquet").write_bytes(table.files[Format.PARQUET])
        columns = duckdb.sql(f"SELECT * FROM '{tmp_path}/empty.parquet'").columns
        assert tuple(columns) == table.definition.header


def test_names_of_the_world_and_stray_bytes_pass(tmp_path: Path) -> None:
    """Quotes, newlines, a zero byte, right-to-left text: data, not syntax."""
    names = ["it's; DROP TABLE contacts", 'a "b"\r\nc', "x\0y", "شكرا", "{answer}", "王"]
    records = [record(f"c-{n}", agent="a-mia", disposition=name) for n, name in enumerate(names)]

    (table,) = tables([DAILY_CONTACTS], records, tmp_path)

    at = DAILY_CONTACTS.header.index("disposition")
    assert [row[at] for row in table.rows] == names


def test_fields_that_a_later_version_adds_are_ignored(tmp_path: Path) -> None:
    """Old readers survive new records, as Connect demands of its own."""
    written = {**document(record()), "Novelty": {"a": [1]}, "Agent": None}

    objects = InMemoryObjectStore()
    key = "records/dt=2026-03-08/c-1.jsonl"
    objects.put(key, msgspec.json.encode(written) + b"\n", content_type="application/x-ndjson")

    (table,) = tables_of(S3RecordLake(objects), [DAILY_CONTACTS], tmp_path)

    assert len(table.rows) == 1


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    """A warm Lambda builds many days; its disk must not fill with them."""
    tables([DAILY_AGENTS], random_records(Random(1), 20), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_line_that_is_no_record_fails_the_report(tmp_path: Path) -> None:
    """A report that skips what it cannot read is a wrong report."""
    objects = InMemoryObjectStore()
    objects.put("records/dt=2026-03-08/c-1.jsonl", b"{broken", content_type="application/x-ndjson")

    with pytest.raises(duckdb.Error):
        tables_of(S3RecordLake(objects), [DAILY_CONTACTS], tmp_path)


def test_a_contact_is_one_row_even_when_ids_look_alike(tmp_path: Path) -> None:
    """Ids are opaque text: no trimming, no numbers, no case folding."""
    ids = ["1", "01", "a", "A", " a"]
    one = record(at=datetime(2026, 3, 8, 12, tzinfo=UTC))
    records = [replace(one, contact_id=ContactId(name)) for name in ids]

    (table,) = tables([DAILY_CONTACTS], records, tmp_path)

    assert [row[1] for row in table.rows] == sorted(ids)


def test_a_month_is_counted_as_its_contacts_are(tmp_path: Path) -> None:
    """From the contacts, in a zone with a quarter of an hour, and not from its days."""
    month = period(Grain.MONTH, DAY.day, "Asia/Kathmandu")
    records = random_records(Random(4), 300)
    definitions = [each for each in OF_CONTACTS if each.grain is Grain.MONTH]

    found = tables(definitions, records, tmp_path, period=month)

    for definition, table in zip(definitions, found, strict=True):
        assert table.rows == rows(definition, month, records)


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_intervals_are_cut_where_clocks_cut_them(minutes: int, tmp_path: Path) -> None:
    """On Lord Howe Island clocks were put back by half an hour on 5 April."""
    day = civil_day(date(2026, 4, 5), "Australia/Lord_Howe")
    records = [record(f"c-{n}", at=day.from_at + timedelta(minutes=5 * n)) for n in range(294)]
    definition = replace(REPORTS["interval-queues"], interval_minutes=minutes)

    (table,) = tables([definition], records, tmp_path, period=day)

    assert table.rows == rows(definition, day, records)
    assert len(table.rows) == {15: 98, 30: 49, 60: 25}[minutes]


def test_rows_pass_in_pieces_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format is written from the same rows, of which few are in memory."""
    monkeypatch.setattr(warehouse, "_AT_ONCE", 50)
    records = random_records(Random(5), 1_000)

    (table,) = tables([DAILY_CONTACTS], records, tmp_path)

    assert table.rows == rows(DAILY_CONTACTS, DAY, records)
    header, *found = csv_file.read(BytesIO(table.files[Format.CSV]))
    assert header == DAILY_CONTACTS.header
    assert found == [tuple(csv_file.cell(value) for value in row) for row in table.rows]


# --- packs ----------------------------------------------------------------------------------------


def test_what_was_packed_is_not_read_again(tmp_path: Path) -> None:
    """A late record costs one request, not one for each contact of its day."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    records = [record(f"c-{n}", agent="a-mia") for n in range(20)]
    for each in records:
        lake.store(each)
    tables_of(lake, [DAILY_QUEUES], tmp_path)
    late = record("c-late", agent="a-mia")
    lake.store(late)
    objects.calls.clear()

    (table,) = tables_of(lake, [DAILY_QUEUES], tmp_path)

    assert table.rows == rows(DAILY_QUEUES, DAY, [*records, late])
    assert objects.calls.count("get") == 2  # the pack, and the record
    assert objects.calls.count("put") == 1  # the new pack


def test_a_record_that_became_newer_or_is_gone_is_so_in_the_pack(tmp_path: Path) -> None:
    """A wrap-up that came late counts; what was erased counts no more."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    first, second = record("c-1", agent="a-mia", wrapped=0), record("c-2", agent="a-ben")
    lake.store(first)
    lake.store(second)
    tables_of(lake, [DAILY_CONTACTS], tmp_path)
    newer = replace(record("c-1", agent="a-mia", wrapped=50), last_fact=first.last_fact + 1)
    lake.store(newer)
    objects.remove("records/dt=2026-03-08/c-2.jsonl")

    (table,) = tables_of(lake, [DAILY_CONTACTS], tmp_path)

    assert table.rows == rows(DAILY_CONTACTS, DAY, [newer])


def test_a_pack_that_says_all_is_not_written_again(tmp_path: Path) -> None:
    """A quarter of an hour later nothing has changed."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    lake.store(record("c-1"))
    tables_of(lake, [DAILY_QUEUES], tmp_path)
    objects.calls.clear()

    tables_of(lake, [DAILY_QUEUES], tmp_path)

    assert "put" not in objects.calls


def test_a_pack_that_lacks_what_it_says_it_was_made_of_is_made_again(tmp_path: Path) -> None:
    """A record could not be read when it was packed: the note of its listing proves nothing."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    for n in range(2):
        lake.store(record(f"c-{n}", agent="a-mia"))
    reads = lake.records
    lake.records = lambda day, ids: islice(reads(day, ids), 1)  # type: ignore[method-assign,assignment]
    (half,) = tables_of(lake, [DAILY_CONTACTS], tmp_path)
    lake.records = reads  # type: ignore[method-assign]

    (whole,) = tables_of(lake, [DAILY_CONTACTS], tmp_path)

    assert (1, 2) == (len(half.rows), len(whole.rows))


def test_a_pack_without_a_note_of_its_listing_is_compared_row_by_row(tmp_path: Path) -> None:
    """As those are that were made before there was one."""
    objects = InMemoryObjectStore()
    lake = S3RecordLake(objects)
    lake.store(record("c-1", agent="a-mia"))
    (before,) = tables_of(lake, [DAILY_CONTACTS], tmp_path)
    for key in [key for key in objects.bodies if key.endswith(".parquet")]:
        plain = tmp_path / "plain.parquet"
        plain.write_bytes(objects.bodies[key])
        bare = tmp_path / "bare.parquet"
        duckdb.execute(f"COPY (FROM '{plain}') TO '{bare}' (FORMAT parquet)")
        objects.bodies[key] = bare.read_bytes()
    objects.calls.clear()

    (after,) = tables_of(lake, [DAILY_CONTACTS], tmp_path)

    assert before.rows == after.rows
    assert "put" not in objects.calls


@pytest.mark.parametrize("seed", range(3))
def test_packs_made_in_any_number_of_steps_count_the_same(seed: int, tmp_path: Path) -> None:
    """Records that come in pieces, twice and out of order give the report of all at once."""
    chance = Random(seed)
    records = random_records(chance, 120)
    lake = S3RecordLake(InMemoryObjectStore())
    for _ in range(6):
        for each in chance.sample(records, 50):
            lake.store(each)
        tables_of(lake, [DAILY_QUEUES], tmp_path)
    for each in records:
        lake.store(each)

    found = tables_of(lake, [DAILY_QUEUES, DAILY_AGENTS], tmp_path)

    assert [table.rows for table in found] == [
        rows(definition, DAY, records) for definition in (DAILY_QUEUES, DAILY_AGENTS)
    ]


# --- costs ----------------------------------------------------------------------------------------


def costs(seed: int) -> list[LedgerLine]:
    """Calls of two queues over the midnight of New York, some of them rated anew."""
    chance = Random(seed)
    lines: list[LedgerLine] = []
    for n in range(30):
        began = DAY.from_at + timedelta(seconds=chance.randrange(-7_200, 86_400))
        record = call(f"c-{n}", began, chance.randrange(1, 4_000), SALES, SUPPORT, moved_after=1)
        due = lines_of(record, book(), CENTRES)
        lines += due
        if chance.random() < 0.3:
            dearer = book(tariff(), tariff(2, "2026-01-01", voice("0.0199"), corrects=1))
            lines += corrections(due, lines_of(record, dearer, CENTRES))
    return lines


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("definition", OF_COSTS, ids=lambda each: each.name)
def test_costs_are_the_ledgers_to_the_last_of_six_decimals(
    definition: Definition, seed: int, tmp_path: Path
) -> None:
    """Files, rules and the ledger itself say one sum."""
    lines, ledger = costs(seed), S3Ledger(InMemoryObjectStore(), readers=1)
    of: dict[tuple[ContactId, date], list[LedgerLine]] = {}
    for line in lines:
        of.setdefault((line.contact_id, line.day), []).append(line)
    for (contact_id, day), some in of.items():
        ledger.keep(contact_id, day, some)
    days = period(definition.grain, DAY.day, DAY.zone)

    (table,) = tables_of(lake_of([]), [definition], tmp_path, period=days, ledger=ledger)

    assert table.rows == ledger_rows(definition, days, lines)
    at = definition.header.index("amount")
    amounts = [Decimal(str(row[at])) for row in table.rows]
    assert sum(amounts) == total(line for line in lines if days.day <= line.day <= days.last_day)
    assert {amount.as_tuple().exponent for amount in amounts} == {-6}
