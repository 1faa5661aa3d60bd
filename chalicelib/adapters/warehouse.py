"""DuckDB over the contact records of a period: a report's rows, as files of every format.

Everything passes through files: records become one Parquet file, each report another, and the
other formats are written from that, row by row. So memory stays bounded however long the period.
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

from chalicelib.core import csv_file
from chalicelib.core.civil_day import Period
from chalicelib.core.metrics import Ratio, Thresholds
from chalicelib.core.record_document import stamp
from chalicelib.core.report import (
    INTERVAL,
    METRICS,
    PERIOD,
    Column,
    ColumnType,
    Dataset,
    Definition,
    Format,
    Role,
    Row,
)

type Writer = Callable[[Definition, Iterable[Row], BinaryIO], None]

_AT_ONCE = 10_000  # rows in memory while they pass

# What is read of a record, as it is written (core.record_document); the rest is ignored.
_RECORD = {
    "ContactId": "VARCHAR",
    "Channel": "VARCHAR",
    "InitiationMethod": "VARCHAR",
    "InitiationTimestamp": "VARCHAR",
    "DisconnectTimestamp": "VARCHAR",
    "DisconnectReason": "VARCHAR",
    "NextContactId": "VARCHAR",
    "TransferCompletedTimestamp": "VARCHAR",
    "Queue": "STRUCT(Name VARCHAR, EnqueueTimestamp VARCHAR, Duration BIGINT)",
    "Agent": "STRUCT(Username VARCHAR, ConnectedToAgentTimestamp VARCHAR,"
    " AgentInteractionDuration BIGINT, CustomerHoldDuration BIGINT,"
    " AfterContactWorkDuration BIGINT)",
    "Trunkline": "STRUCT(AgentId VARCHAR, QueueId VARCHAR, Disposition VARCHAR,"
    " TicketId VARCHAR, PreDisconnectState VARCHAR, Direction VARCHAR,"
    " Offers STRUCT(AgentId VARCHAR, Username VARCHAR, Outcome VARCHAR)[])",
}

# Moments stay text here: whole seconds of UTC, written alike, sort as they follow each other.
_CONTACTS = """
COPY (SELECT
    ContactId AS contact_id,
    Channel AS channel,
    InitiationMethod AS initiation_method,
    InitiationTimestamp AS initiated_at,
    DisconnectTimestamp AS disconnected_at,
    DisconnectReason AS disconnect_reason,
    Queue.EnqueueTimestamp AS enqueued_at,
    Queue.Name AS queue_name,
    Trunkline.QueueId AS queue_id,
    coalesce(Trunkline.Direction, CASE
        WHEN InitiationMethod = 'CALLBACK' THEN 'CALLBACK'
        WHEN InitiationMethod IN ('OUTBOUND', 'EXTERNAL_OUTBOUND', 'AGENT_REPLY') THEN 'OUTBOUND'
        ELSE 'INBOUND'
    END) AS direction,
    coalesce(Queue.Duration, 0) AS waited,
    Agent.ConnectedToAgentTimestamp AS connected_at,
    Agent.Username AS username,
    Trunkline.AgentId AS agent_id,
    Trunkline.Disposition AS disposition,
    Trunkline.TicketId AS ticket_id,
    Queue IS NOT NULL AS is_queued,
    Agent IS NOT NULL AS is_handled,
    Queue IS NOT NULL AND Agent IS NULL AND NextContactId IS NULL AND NOT (
        coalesce(Trunkline.PreDisconnectState, '') = 'IN_QUEUE'
        AND TransferCompletedTimestamp IS NOT NULL
    ) AS is_abandoned,
    coalesce(Agent.AgentInteractionDuration, 0) AS interaction_seconds,
    coalesce(Agent.AfterContactWorkDuration, 0) AS wrap_up_seconds,
    coalesce(Agent.AgentInteractionDuration, 0) + coalesce(Agent.CustomerHoldDuration, 0)
        + coalesce(Agent.AfterContactWorkDuration, 0) AS handled_seconds,
    coalesce(Trunkline.Offers, []) AS offers,
    len(list_filter(coalesce(Trunkline.Offers, []), lambda o: o.Outcome = 'ACCEPTED')) AS accepted,
    list_max(list_filter(
        range(1, len(coalesce(Trunkline.Offers, [])) + 1),
        lambda n: Trunkline.Offers[n].Outcome = 'ACCEPTED'
            AND Trunkline.Offers[n].AgentId = Trunkline.AgentId
    )) AS taken
FROM read_json(
    '{file}', format = 'newline_delimited', maximum_object_size = 16777216, columns = {columns}
)
WHERE DisconnectTimestamp >= '{from_at}' AND DisconnectTimestamp < '{to_at}'
) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)
"""

_LEGS = """
CREATE VIEW legs AS
WITH offered AS (
    SELECT *, unnest(range(1, len(offers) + 1)) AS n FROM contacts
)
SELECT
    offers[n].AgentId AS agent_id, channel, offers[n].Outcome AS outcome,
    TRUE AS is_offer, n IS NOT DISTINCT FROM taken AS is_handled,
    coalesce(
        nullif(offers[n].Username, ''), CASE WHEN n IS NOT DISTINCT FROM taken THEN username END
    ) AS username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM offered
UNION ALL
SELECT
    agent_id, channel, 'ACCEPTED', FALSE, TRUE, username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM contacts WHERE is_handled AND taken IS NULL
"""

# The measures of core.metrics, a whole number per row; a test holds both against each other.
_CONTACT_MEASURES = {
    "contacts": "1",
    "contacts_inbound": "(direction = 'INBOUND')::INT",
    "contacts_outbound": "(direction = 'OUTBOUND')::INT",
    "contacts_callback": "(direction = 'CALLBACK')::INT",
    "contacts_internal": "(direction = 'INTERNAL')::INT",
    "contacts_queued": "is_queued::INT",
    "contacts_handled": "is_handled::INT",
    "contacts_answered": "(is_queued AND is_handled)::INT",
    "contacts_abandoned": "is_abandoned::INT",
    "contacts_answered_in_time": "(is_queued AND is_handled AND waited <= {answer})::INT",
    "contacts_abandoned_in_time": "(is_abandoned AND waited <= {answer})::INT",
    "contacts_abandoned_shortly": "(is_abandoned AND waited <= {short})::INT",
    "contacts_queued_in_earnest": "is_queued::INT - (is_abandoned AND waited <= {short})::INT",
    "contacts_removed_in_time": "(is_queued AND waited <= {answer})::INT",
    "offers_missed": "len(offers) - accepted",
    "queue_answer_seconds": "if(is_queued AND is_handled, waited, 0)",
    "queue_abandon_seconds": "if(is_abandoned, waited, 0)",
    "handle_seconds": "handled_seconds",
}
_LEG_MEASURES = {
    "leg_offers": "is_offer::INT",
    "leg_handled": "is_handled::INT",
    "leg_missed": "(outcome <> 'ACCEPTED')::INT",
    "leg_timed_out": "(outcome = 'MISSED')::INT",
    "leg_rejected": "(outcome = 'REJECTED')::INT",
    "leg_withdrawn": "(outcome = 'WITHDRAWN')::INT",
    "leg_accepted": "(is_offer AND outcome = 'ACCEPTED')::INT",
    "leg_interaction_seconds": "if(is_handled, interaction_seconds, 0)",
    "leg_wrap_up_seconds": "if(is_handled, wrap_up_seconds, 0)",
    "leg_handle_seconds": "if(is_handled, handled_seconds, 0)",
}
_MEASURES: Mapping[Dataset, Mapping[str, str]] = {
    Dataset.CONTACTS: _CONTACT_MEASURES,
    Dataset.LEGS: _LEG_MEASURES,
}
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
        *,
        writers: Mapping[Format, Writer] | None = None,
        scratch: str = "/tmp",  # the one place a Lambda may write
        memory_mb: int = 256,
        threads: int = 2,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._writers: Mapping[Format, Writer] = {Format.CSV: _write_csv, **(writers or {})}
        self._scratch = scratch
        self._memory_mb = memory_mb
        self._threads = threads
        self._thresholds = thresholds or Thresholds()

    @contextmanager
    def tables(
        self, definitions: Sequence[Definition], period: Period, records: Iterable[bytes]
    ) -> Iterator[Sequence[ParquetTable]]:
        """The reports over those of the records that ended within the period; a civil day is cut
        out of two days of the UTC calendar. Nothing is left on the disk afterwards."""
        with TemporaryDirectory(dir=self._scratch) as directory:
            connection, reports = self._connect(directory), Path(directory) / "reports"
            reports.mkdir()
            try:
                _load(connection, Path(directory), period, records)
                yield [self._table(connection, d, period, reports) for d in definitions]
            finally:
                connection.close()

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

    def _table(
        self, connection: Any, definition: Definition, period: Period, directory: Path
    ) -> ParquetTable:
        paths = {each: directory / f"{definition.name}.{each}" for each in Format}
        parquet = paths[Format.PARQUET]
        select = _Select(definition, period, self._thresholds).text()
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


@dataclass(frozen=True, slots=True)
class _Select:
    """The question that a definition asks of its dataset."""

    definition: Definition
    period: Period
    thresholds: Thresholds

    def text(self) -> str:
        dataset, columns = self.definition.dataset, self.definition.columns
        selected = ", ".join(f'{self._expression(c)} AS "{c.name}"' for c in columns)
        grouped = ", ".join(self._expression(columns[n]) for n in self.definition.keys)
        return f"SELECT {selected} FROM {dataset.value}{self._where()} GROUP BY {grouped}"

    def _where(self) -> str:
        where = self.definition.where
        conditions = [
            f"{self._field(source)} IN ({', '.join(map(_quoted, values))})"
            for source, values in where.fields.items()
        ]
        if where.counted_by:
            measures = [f"({self._measure(measure)}) > 0" for measure in where.counted_by]
            conditions.append(f"({' OR '.join(measures)})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _expression(self, column: Column) -> str:
        if column.role is Role.METRIC:
            return self._metric(column.source)
        value = self._field(column.source)
        return f"coalesce({value}, '')" if column.role is Role.KEY else f"max({value})"

    def _field(self, source: str) -> str:
        if source == PERIOD:
            return _quoted(self.period.name)
        if source != INTERVAL:
            return f"{self.definition.dataset.value}.{source}"
        # From the period's first moment on, in whole seconds: no zone, nothing to round.
        since, seconds = self.period.from_at, self.definition.interval_minutes * 60
        ended = "CAST(epoch(CAST(disconnected_at AS TIMESTAMP)) AS BIGINT)"
        pieces = f"({ended} - {since.timestamp():.0f}) // {seconds}"
        began = f"TIMESTAMP '{stamp(since)}' + to_seconds({seconds} * ({pieces}))"
        return f"strftime({began}, '%Y-%m-%dT%H:%M:%SZ')"

    def _metric(self, source: str) -> str:
        metric = METRICS[self.definition.dataset].metrics[source]
        if isinstance(metric, Ratio):
            return _ratio(self._total(metric.above), self._total(metric.below), metric.scale)
        return self._total(source)

    def _total(self, measure: str) -> str:
        return f"coalesce(sum({self._measure(measure)}), 0)::BIGINT"

    def _measure(self, measure: str) -> str:
        return _MEASURES[self.definition.dataset][measure].format(
            answer=self.thresholds.answer_seconds, short=self.thresholds.short_seconds
        )


def _load(connection: Any, directory: Path, period: Period, records: Iterable[bytes]) -> None:
    lines, parquet = directory / "records.jsonl", directory / "contacts.parquet"
    with lines.open("wb") as file:
        for record in records:
            file.write(record.rstrip(b"\n") + b"\n")
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in _RECORD.items())
    values = {
        "columns": f"{{{columns}}}",
        "file": lines,
        "parquet": parquet,
        "from_at": stamp(period.from_at),
        "to_at": stamp(period.to_at),
    }
    connection.execute(_CONTACTS.format(**values))
    lines.unlink()
    connection.execute(f"CREATE VIEW contacts AS SELECT * FROM '{parquet}'")
    connection.execute(_LEGS)


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


def _ratio(above: str, below: str, scale: int) -> str:
    """core.metrics.ratio in whole numbers: doubles would round some halves down."""
    hundredths = f"(2 * {above} * {scale * 100} + {below}) // (2 * {below})"
    exact = f"CAST({hundredths} AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(3, 2))"
    return f"CASE WHEN {below} = 0 THEN NULL ELSE {exact} END"


def _parquet(column: Column) -> str:
    type_ = _PARQUET_TYPES.get(column.type)
    return f'CAST("{column.name}" AS {type_}) AS "{column.name}"' if type_ else f'"{column.name}"'


def _as_shown(column: Column) -> str:
    """The text that a CSV file shows: in its order two files can be read side by side."""
    starts = ", ".join(map(_quoted, csv_file.FORMULA_STARTS))
    mark = f"CASE WHEN left(\"{column.name}\", 1) IN ({starts}) THEN '''' ELSE '' END"
    return f'{mark} || "{column.name}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
