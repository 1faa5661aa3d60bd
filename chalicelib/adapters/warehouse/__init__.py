"""DuckDB over what the lake has of a period: a report's rows, as files of every format.

Everything passes through files: the records of each day are one Parquet file, each report another,
and the other formats are written from that, row by row. So memory stays bounded however long the
period.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import duckdb
import msgspec

from chalicelib.adapters.warehouse import history
from chalicelib.adapters.warehouse.packing import packed_days
from chalicelib.adapters.warehouse.questions import Question, quoted
from chalicelib.core import csv_file
from chalicelib.core.civil_day import Period
from chalicelib.core.historical_metrics import Question as MetricQuestion
from chalicelib.core.metrics import Thresholds
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Column, ColumnType, Dataset, Definition, Format, Row
from chalicelib.services.metric_history import Total
from chalicelib.services.report_ports import Ledger, RecordLake

type Writer = Callable[[Definition, Iterable[Row], BinaryIO], None]

_AT_ONCE = 10_000  # rows in memory while they pass

# Amounts are text in the lines, so that they are never doubles.
_LEDGER = """
CREATE VIEW ledger AS
SELECT * REPLACE (CAST(amount AS DECIMAL(18, 6)) AS amount)
FROM read_json('{lines}', format = 'newline_delimited', columns = {{
    line_id: 'VARCHAR', contact_id: 'VARCHAR', segment: 'VARCHAR', kind: 'VARCHAR',
    rate: 'VARCHAR', queue_id: 'VARCHAR', cost_centre: 'VARCHAR', unit: 'VARCHAR',
    unit_price: 'VARCHAR', tariff_version: 'VARCHAR', currency: 'VARCHAR', reverses: 'VARCHAR',
    corrects: 'VARCHAR', quantity: 'BIGINT', amount: 'VARCHAR'
}})
"""

_LEGS = """
CREATE VIEW legs AS
WITH offered AS (
    SELECT *, unnest(range(1, len(offers) + 1)) AS n FROM contacts
)
SELECT
    offers[n].AgentId AS agent_id, channel, queue_id, offers[n].Outcome AS outcome,
    TRUE AS is_offer, n IS NOT DISTINCT FROM taken AS is_handled,
    coalesce(
        nullif(offers[n].Username, ''), CASE WHEN n IS NOT DISTINCT FROM taken THEN username END
    ) AS username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM offered
UNION ALL
SELECT
    agent_id, channel, queue_id, 'ACCEPTED', FALSE, TRUE, username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM contacts WHERE is_handled AND taken IS NULL
"""

_PARQUET_TYPES = {ColumnType.DAY: "DATE", ColumnType.MOMENT: "TIMESTAMP"}
_TEXTS = {  # and back, as they are written elsewhere
    ColumnType.DAY: "strftime(\"{}\", '%Y-%m-%d')",
    ColumnType.MOMENT: "strftime(\"{}\", '%Y-%m-%dT%H:%M:%SZ')",
}


@dataclass(frozen=True, slots=True)
class FileOnDisk:
    """The ReportFile port."""

    path: Path
    sha256: str

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """The Table port: it is there as long as the warehouse's directory."""

    definition: Definition
    count: int
    files: Mapping[Format, FileOnDisk]
    _connection: Any

    def rows(self) -> Iterator[Row]:
        return _rows(self._connection, self.definition, self.files[Format.PARQUET].path)


class DuckDbWarehouse:
    """The Warehouse port. `writers`: of the formats that are neither CSV nor Parquet."""

    def __init__(
        self,
        lake: RecordLake,
        ledger: Ledger,
        *,
        writers: Mapping[Format, Writer] | None = None,
        scratch: str = "/tmp",  # the one place a Lambda may write
        memory_mb: int = 256,
        threads: int = 2,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._lake = lake
        self._ledger = ledger
        self._writers: Mapping[Format, Writer] = {Format.CSV: _write_csv, **(writers or {})}
        self._scratch = scratch
        self._memory_mb = memory_mb
        self._threads = threads
        self._thresholds = thresholds or Thresholds()

    @contextmanager
    def tables(
        self, definitions: Sequence[Definition], period: Period
    ) -> Iterator[Sequence[ParquetTable]]:
        """The reports over the contacts that ended within the period; a civil day is cut out of
        two days of the UTC calendar. Nothing is left on the disk afterwards."""
        with TemporaryDirectory(dir=self._scratch) as directory:
            connection = self._connect(directory)
            packs, reports = Path(directory) / "packs", Path(directory) / "reports"
            packs.mkdir()
            reports.mkdir()
            try:
                wanted = {definition.dataset for definition in definitions}
                if wanted - {Dataset.LEDGER} or not wanted:
                    self._look_at_contacts(connection, packs, period)
                if Dataset.LEDGER in wanted:
                    self._look_at_ledger(connection, packs, period)
                yield [self._table(connection, d, period, reports) for d in definitions]
            finally:
                connection.close()

    def totals(self, question: MetricQuestion) -> Iterator[Total]:
        """The Totals port, over the same packs."""
        window = Period(
            day=question.since.date(), zone="UTC", from_at=question.since, to_at=question.until
        )
        with (
            TemporaryDirectory(dir=self._scratch) as directory,
            self._connect(directory) as connection,
        ):
            self._look_at_contacts(connection, Path(directory), window)
            yield from history.totals(connection, question)

    def _connect(self, directory: str) -> Any:
        """DuckDB takes what it finds (memory, home, current directory, the network) unless told."""
        return duckdb.connect(
            ":memory:",
            config={
                "temp_directory": directory,
                "home_directory": directory,
                "memory_limit": f"{self._memory_mb}MB",
                "threads": self._threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )

    def _look_at_contacts(self, connection: Any, directory: Path, period: Period) -> None:
        files = packed_days(self._lake, connection, directory, period.utc_days)
        connection.execute(
            "CREATE VIEW contacts AS SELECT * FROM"
            f" read_parquet([{', '.join(quoted(str(file)) for file in files)}])"
            f" WHERE disconnected_at >= '{stamp(period.from_at)}'"
            f" AND disconnected_at < '{stamp(period.to_at)}'"
        )
        connection.execute(_LEGS)

    def _look_at_ledger(self, connection: Any, directory: Path, period: Period) -> None:
        lines = directory / "ledger.jsonl"
        with lines.open("wb") as file:
            for line in self._ledger.lines(period.days):
                file.write(msgspec.json.encode(line) + b"\n")
        connection.execute(_LEDGER.format(lines=lines))

    def _table(
        self, connection: Any, definition: Definition, period: Period, directory: Path
    ) -> ParquetTable:
        paths = {each: directory / f"{definition.name}.{each}" for each in Format}
        parquet = paths[Format.PARQUET]
        select = Question(definition, period, self._thresholds).sql
        order = ", ".join(_as_shown(definition.columns[n]) for n in definition.keys)
        typed = ", ".join(_parquet(column) for column in definition.columns)
        connection.execute(
            f"COPY (SELECT {typed} FROM ({select}) ORDER BY {order})"
            f" TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)"
        )
        for each in definition.formats:
            if each is not Format.PARQUET:
                with paths[each].open("wb") as file:
                    self._writers[each](definition, _rows(connection, definition, parquet), file)
        return ParquetTable(
            definition,
            connection.execute(f"SELECT count(*) FROM '{parquet}'").fetchone()[0],
            {each: _file(paths[each]) for each in {Format.PARQUET, *definition.formats}},
            connection,
        )


def _rows(connection: Any, definition: Definition, parquet: Path) -> Iterator[Row]:
    """In the order of the file; by a cursor of its own, so that several can be read in turn."""
    selected = ", ".join(
        _TEXTS.get(column.type, '"{}"').format(column.name) for column in definition.columns
    )
    with connection.cursor() as cursor:
        cursor.execute("SET preserve_insertion_order = true")
        cursor.execute(f"SELECT {selected} FROM '{parquet}'")
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows


def _write_csv(definition: Definition, rows: Iterable[Row], file: BinaryIO) -> None:
    csv_file.write(definition.header, rows, file)


def _file(path: Path) -> FileOnDisk:
    with path.open("rb") as file:
        return FileOnDisk(path, hashlib.file_digest(file, "sha256").hexdigest())


def _parquet(column: Column) -> str:
    type_ = _PARQUET_TYPES.get(column.type)
    return f'CAST("{column.name}" AS {type_}) AS "{column.name}"' if type_ else f'"{column.name}"'


def _as_shown(column: Column) -> str:
    """The text that a CSV file shows: in its order two files can be read side by side."""
    starts = ", ".join(map(quoted, csv_file.FORMULA_STARTS))
    mark = f"CASE WHEN left(\"{column.name}\", 1) IN ({starts}) THEN '''' ELSE '' END"
    return f'{mark} || "{column.name}"'
