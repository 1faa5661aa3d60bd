"""DuckDB over what the lake has of a period: a report's rows, as files of every format.

Everything passes through files: the records of each day are one Parquet file, each report another,
and the other formats are written from that, row by row. So memory stays bounded however long the
period.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import duckdb

from chalicelib.adapters.warehouse import history
from chalicelib.adapters.warehouse.packing import packed_days
from chalicelib.adapters.warehouse.questions import Question, quoted
from chalicelib.adapters.warehouse.told import look_at
from chalicelib.adapters.warehouse.views import PACKED, VIEWS
from chalicelib.core import csv_file
from chalicelib.core.civil_day import Period, days_between
from chalicelib.core.dataset import ColumnType
from chalicelib.core.historical_metrics import Question as MetricQuestion
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import KINDS, Column, Dataset, Definition, Format, Row
from chalicelib.services.metric_history import Total
from chalicelib.services.report_ports import Ledger, RecordLake, Source

type Writer = Callable[[Definition, Iterable[Row], BinaryIO], None]

_AT_ONCE = 10_000  # rows in memory while they pass

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
    """The Warehouse port. `sources`: of the datasets that are made neither of contact records nor
    of the ledger. `writers`: of the formats that are neither CSV nor Parquet."""

    def __init__(
        self,
        lake: RecordLake,
        ledger: Ledger,
        *,
        sources: Mapping[Dataset, Source] | None = None,
        writers: Mapping[Format, Writer] | None = None,
        scratch: str = "/tmp",  # the one place a Lambda may write
        memory_mb: int = 256,
        threads: int = 2,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._lake = lake
        self._sources = {Dataset.LEDGER: _of_days(ledger), **(sources or {})}
        self._writers: Mapping[Format, Writer] = {Format.CSV: _write_csv, **(writers or {})}
        self._scratch = scratch
        self._memory_mb = memory_mb
        self._threads = threads
        self._thresholds = thresholds or Thresholds()

    @contextmanager
    def tables(
        self, definitions: Sequence[Definition], period: Period, *, limits: Thresholds | None = None
    ) -> Iterator[Sequence[ParquetTable]]:
        """The reports over the contacts that ended within the period; a civil day is cut out of
        two days of the UTC calendar. Nothing is left on the disk afterwards."""
        with TemporaryDirectory(dir=self._scratch) as directory:
            connection = self._connect(directory)
            packs, reports = Path(directory) / "packs", Path(directory) / "reports"
            packs.mkdir()
            reports.mkdir()
            try:
                told = limits or self._thresholds
                selects = self._selects(connection, packs, definitions, period, told)
                yield [
                    self._table(connection, definition, select, reports)
                    for definition, select in zip(definitions, selects, strict=True)
                ]
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
            wanted = {Dataset.CONTACTS, Dataset.LEGS}
            self._look(connection, Path(directory), window, self._thresholds, wanted)
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

    def _selects(
        self,
        connection: Any,
        directory: Path,
        definitions: Sequence[Definition],
        period: Period,
        limits: Thresholds,
    ) -> Sequence[str]:
        """For each report, what selects its rows; in any order, and not yet done."""
        wanted = {definition.dataset for definition in definitions}
        self._look(connection, directory, period, limits, wanted)
        return [Question(each, period, limits).sql for each in definitions]

    def _look(
        self,
        connection: Any,
        directory: Path,
        period: Period,
        limits: Thresholds,
        wanted: Collection[Dataset],
    ) -> None:
        """A view of the name of each dataset; first those that are told: others look at them."""
        seen = [dataset for dataset in wanted if dataset in VIEWS]
        told = {*wanted, *(needed for dataset in seen for needed in VIEWS[dataset].needs)}
        for dataset in told - VIEWS.keys():
            items = self._sources[dataset](period)
            look_at(connection, dataset.value, KINDS[dataset], items, directory, limits)
        if seen:
            files = packed_days(self._lake, connection, directory, _days_of(period, seen))
            view_packs(connection, files, period, seen)

    def _table(
        self, connection: Any, definition: Definition, select: str, directory: Path
    ) -> ParquetTable:
        paths = {each: directory / f"{definition.name}.{each}" for each in Format}
        parquet = paths[Format.PARQUET]
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


def view_packs(
    connection: Any, packs: Iterable[Path], period: Period, datasets: Iterable[Dataset]
) -> None:
    """A view of the name of each of these datasets, of the contacts in these packs."""
    connection.execute(
        f"CREATE VIEW {PACKED} AS SELECT * FROM"
        f" read_parquet([{', '.join(quoted(str(pack)) for pack in packs)}])"
    )
    for dataset in datasets:
        connection.execute(f"CREATE VIEW {dataset.value} AS {VIEWS[dataset].select(period)}")


def _days_of(period: Period, datasets: Collection[Dataset]) -> Sequence[date]:
    """Whose packs are looked at, and those around them that some of the datasets need."""
    before = max(KINDS[dataset].days_before for dataset in datasets)
    after = max(KINDS[dataset].days_after for dataset in datasets)
    return days_between(
        period.utc_days[0] - timedelta(days=before), period.utc_days[-1] + timedelta(days=after)
    )


def _of_days(ledger: Ledger) -> Source:
    return lambda period: ledger.lines(period.days)


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
