"""DuckDB over one day's contact records: a report's rows, and the same rows as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from chalicelib.core.civil_day import Period
from chalicelib.core.metrics import CONTACTS, LEGS, Measure, Ratio, Thresholds
from chalicelib.core.record_document import stamp
from chalicelib.core.report import DAY, Column, ColumnType, Dataset, Definition, Role, Table

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
CREATE TABLE contacts AS
SELECT
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
    $file, format = 'newline_delimited', maximum_object_size = 16777216, columns = {columns}
)
WHERE DisconnectTimestamp >= $from_at AND DisconnectTimestamp < $to_at
"""

_LEGS = """
CREATE TABLE legs AS
WITH offered AS (
    SELECT *, unnest(range(1, len(offers) + 1)) AS n FROM contacts
)
SELECT
    offers[n].AgentId AS agent_id, channel, offers[n].Outcome AS outcome,
    TRUE AS is_offer, n IS NOT DISTINCT FROM taken AS is_handled,
    coalesce(
        nullif(offers[n].Username, ''), CASE WHEN n IS NOT DISTINCT FROM taken THEN username END
    ) AS username,
    interaction_seconds, wrap_up_seconds, handled_seconds
FROM offered
UNION ALL
SELECT
    agent_id, channel, 'ACCEPTED', FALSE, TRUE, username,
    interaction_seconds, wrap_up_seconds, handled_seconds
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


class DuckDbWarehouse:
    """The Warehouse port. Every call works in a directory of its own, gone when it returns."""

    def __init__(
        self,
        *,
        scratch: str = "/tmp",  # the one place a Lambda may write
        memory_mb: int = 512,
        threads: int = 2,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._scratch = scratch
        self._memory_mb = memory_mb
        self._threads = threads
        self._thresholds = thresholds or Thresholds()

    def tables(
        self, definitions: Sequence[Definition], period: Period, records: Iterable[bytes]
    ) -> list[Table]:
        """The reports over the records that ended within the period; records outside it are let
        be, since a civil day is cut out of two days of the UTC calendar."""
        with TemporaryDirectory(dir=self._scratch) as directory:
            connection = self._connect(directory)
            try:
                _load(connection, Path(directory) / "records.jsonl", period, records)
                return [self._table(connection, d, period, directory) for d in definitions]
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
        self, connection: Any, definition: Definition, period: Period, directory: str
    ) -> Table:
        order = ", ".join(f'"{definition.columns[n].name}"' for n in definition.keys)
        connection.execute("CREATE OR REPLACE TABLE report AS " + self._select(definition, period))
        rows = connection.execute(f"SELECT * FROM report ORDER BY {order}").fetchall()
        file = Path(directory) / "report.parquet"
        typed = ", ".join(_parquet(column) for column in definition.columns)
        connection.execute(
            f"COPY (SELECT {typed} FROM report ORDER BY {order})"
            f" TO '{file}' (FORMAT parquet, COMPRESSION zstd)"
        )
        return Table(definition=definition, rows=rows, parquet=file.read_bytes())

    def _select(self, definition: Definition, period: Period) -> str:
        keys, columns = [], []
        for column in definition.columns:
            expression = self._expression(column, definition.dataset, period)
            columns.append(f'{expression} AS "{column.name}"')
            if column.role is Role.KEY:
                keys.append(expression)
        return (
            f"SELECT {', '.join(columns)} FROM {definition.dataset.value}"
            f" GROUP BY {', '.join(keys)}"
        )

    def _expression(self, column: Column, dataset: Dataset, period: Period) -> str:
        if column.source == DAY:
            return f"'{period.day.isoformat()}'"
        if column.role is Role.KEY:
            return f"coalesce({dataset.value}.{column.source}, '')"
        if column.role is Role.DETAIL:
            return f"max({dataset.value}.{column.source})"
        metric = _metric(dataset, column.source)
        if isinstance(metric, Ratio):
            above, below = (self._total(dataset, m) for m in (metric.above, metric.below))
            return _ratio(above, below, metric.scale)
        return self._total(dataset, column.source)

    def _total(self, dataset: Dataset, metric_id: str) -> str:
        measure = _MEASURES[dataset][metric_id].format(
            answer=self._thresholds.answer_seconds, short=self._thresholds.short_seconds
        )
        return f"coalesce(sum({measure}), 0)::BIGINT"


def _load(connection: Any, file: Path, period: Period, records: Iterable[bytes]) -> None:
    with file.open("wb") as lines:
        for record in records:
            lines.write(record.rstrip(b"\n") + b"\n")
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in _RECORD.items())
    connection.execute(
        _CONTACTS.replace("{columns}", f"{{{columns}}}"),
        {"file": str(file), "from_at": stamp(period.from_at), "to_at": stamp(period.to_at)},
    )
    connection.execute(_LEGS)


def _metric(dataset: Dataset, metric_id: str) -> Measure[Any] | Ratio:
    if dataset is Dataset.CONTACTS:
        return CONTACTS.metrics[metric_id]
    return LEGS.metrics[metric_id]


def _ratio(above: str, below: str, scale: int) -> str:
    """core.metrics.ratio in whole numbers: doubles would round some halves down."""
    hundredths = f"(2 * {above} * {scale * 100} + {below}) // (2 * {below})"
    exact = f"CAST({hundredths} AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(3, 2))"
    return f"CASE WHEN {below} = 0 THEN NULL ELSE {exact} END"


def _parquet(column: Column) -> str:
    type_ = _PARQUET_TYPES.get(column.type)
    return f'CAST("{column.name}" AS {type_}) AS "{column.name}"' if type_ else f'"{column.name}"'
