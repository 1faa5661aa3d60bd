"""Reports as data: which rows, grouped by what, in which columns; and their rows by pure rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from chalicelib.core.civil_day import Grain, Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.csv_file import neutral
from chalicelib.core.ledger import LedgerLine
from chalicelib.core.metrics import CONTACTS, LEDGER, LEGS, Catalogue, Leg, Number, Thresholds, legs
from chalicelib.core.record_document import stamp

type Value = Number | str | None
type Row = tuple[Value, ...]


class Dataset(StrEnum):
    """What one row is, before grouping."""

    CONTACTS = "contacts"
    LEGS = "legs"
    LEDGER = "ledger"


class ColumnType(StrEnum):
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"  # UTC, whole seconds
    WHOLE = "whole"
    DECIMAL = "decimal"  # two places
    AMOUNT = "amount"  # six


class Role(StrEnum):
    KEY = "key"  # rows with the same keys are one
    DETAIL = "detail"  # tells more of the key; of several values the greatest
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Column:
    """`source` is a field of the dataset, or the id of a metric."""

    name: str
    type: ColumnType
    role: Role
    source: str


class Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rows of a dataset a report has.

    `counted_by`: one of these measures counts the row; none named: every row. `fields`: the field
    is one of these texts.
    """

    counted_by: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a report says of each period of its grain, and when it is due.

    `due`: the time of day after the period, by the clocks of `zone`, or of the center without
    one. `interval_minutes`: how long the pieces are into which INTERVAL cuts the period.
    `schema_version` grows whenever a reader of the files could notice a difference.
    """

    name: str
    dataset: Dataset
    columns: tuple[Column, ...]
    title: str = ""
    grain: Grain = Grain.DAY
    due: time = time(2)
    zone: str | None = None
    interval_minutes: int = 30
    where: Filter = field(default_factory=Filter)
    formats: tuple[Format, ...] = (Format.CSV, Format.PARQUET)
    schema_version: int = 1

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def keys(self) -> tuple[int, ...]:
        """Where the key columns are."""
        return tuple(n for n, column in enumerate(self.columns) if column.role is Role.KEY)


PERIOD = "period"  # a source that every row has: what the period is called
INTERVAL = "interval"  # and: where the piece of the period begins in which the contact ended

_LEDGER_TEXTS = (
    *("line_id", "contact_id", "segment", "kind", "rate", "queue_id", "cost_centre", "unit"),
    *("unit_price", "tariff_version", "currency", "reverses", "corrects"),
)

# What can be asked of each dataset, besides its metrics. No names and no addresses of customers:
# who checks a bill needs the contact, not the person.
FIELDS: Mapping[Dataset, Mapping[str, ColumnType]] = {
    Dataset.CONTACTS: {
        "contact_id": ColumnType.TEXT,
        "channel": ColumnType.TEXT,
        "direction": ColumnType.TEXT,
        "initiation_method": ColumnType.TEXT,
        "initiated_at": ColumnType.MOMENT,
        "enqueued_at": ColumnType.MOMENT,
        "connected_at": ColumnType.MOMENT,
        "disconnected_at": ColumnType.MOMENT,
        "disconnect_reason": ColumnType.TEXT,
        "queue_id": ColumnType.TEXT,
        "queue_name": ColumnType.TEXT,
        "agent_id": ColumnType.TEXT,
        "username": ColumnType.TEXT,
        "disposition": ColumnType.TEXT,
        "ticket_id": ColumnType.TEXT,
        INTERVAL: ColumnType.MOMENT,
    },
    Dataset.LEGS: {
        "agent_id": ColumnType.TEXT,
        "channel": ColumnType.TEXT,
        "username": ColumnType.TEXT,
        INTERVAL: ColumnType.MOMENT,
    },
    Dataset.LEDGER: dict.fromkeys(_LEDGER_TEXTS, ColumnType.TEXT),
}
METRICS: Mapping[Dataset, Catalogue[Any]] = {
    Dataset.CONTACTS: CONTACTS,
    Dataset.LEGS: LEGS,
    Dataset.LEDGER: LEDGER,
}


def rows(
    definition: Definition,
    period: Period,
    records: Sequence[ContactRecord],
    *,
    thresholds: Thresholds | None = None,
) -> list[Row]:
    """The report's rows: of the contacts that ended within the period, sorted by their keys."""
    ended = [record for record in records if period.holds(record.disconnected_at)]
    limits = thresholds or Thresholds()

    def fields[T](known: _Fields[T], ended_at: Callable[[T], datetime]) -> _Fields[T]:
        minutes = definition.interval_minutes
        return {**known, INTERVAL: lambda item: stamp(interval_of(ended_at(item), period, minutes))}

    if definition.dataset is Dataset.CONTACTS:
        of_contacts = fields(_CONTACT_FIELDS, lambda record: record.disconnected_at)
        return _rows(definition, period, ended, of_contacts, CONTACTS, limits)
    of_legs = fields(_LEG_FIELDS, lambda leg: leg.record.disconnected_at)
    return _rows(definition, period, list(legs(ended)), of_legs, LEGS, limits)


def ledger_rows(definition: Definition, period: Period, lines: Sequence[LedgerLine]) -> list[Row]:
    """The same of what was paid on the period's days, which are the center's."""
    paid = [line for line in lines if period.day <= line.day <= period.last_day]
    return _rows(definition, period, paid, _LEDGER_FIELDS, LEDGER, Thresholds())


def interval_of(at: datetime, period: Period, minutes: int) -> datetime:
    """Where the piece of the period begins in which the moment lies. Pieces are counted from the
    period's first moment, so that they begin on the half hour of every zone, Nepal's too."""
    length = timedelta(minutes=minutes)
    return period.from_at + (at - period.from_at) // length * length


def _text_of(line: LedgerLine, name: str) -> str | None:
    value = getattr(line, name)
    return None if value is None else str(value)


type _Fields[T] = Mapping[str, Callable[[T], str | None]]

_CONTACT_FIELDS: _Fields[ContactRecord] = {
    "contact_id": lambda r: r.contact_id,
    "channel": lambda r: r.channel.value,
    "direction": lambda r: r.direction.value,
    "initiation_method": lambda r: r.initiation_method.value,
    "initiated_at": lambda r: stamp(r.initiated_at),
    "enqueued_at": lambda r: stamp(r.queue.enqueued_at) if r.queue else None,
    "connected_at": lambda r: stamp(r.agent.connected_at) if r.agent else None,
    "disconnected_at": lambda r: stamp(r.disconnected_at),
    "disconnect_reason": lambda r: r.disconnect_reason.value,
    "queue_id": lambda r: r.queue.queue_id if r.queue else None,
    "queue_name": lambda r: r.queue.name if r.queue else None,
    "agent_id": lambda r: r.agent.agent_id if r.agent else None,
    "username": lambda r: r.agent.username if r.agent else None,
    "disposition": lambda r: r.disposition,
    "ticket_id": lambda r: r.ticket_id,
}
_LEG_FIELDS: _Fields[Leg] = {
    "agent_id": lambda leg: leg.agent_id,
    "channel": lambda leg: leg.record.channel.value,
    "username": lambda leg: leg.username,
}


_LEDGER_FIELDS: _Fields[LedgerLine] = {name: partial(_text_of, name=name) for name in _LEDGER_TEXTS}


def _rows[T](
    definition: Definition,
    period: Period,
    items: Iterable[T],
    fields: _Fields[T],
    catalogue: Catalogue[T],
    limits: Thresholds,
) -> list[Row]:
    def text(source: str, item: T) -> str | None:
        return period.name if source == PERIOD else fields[source](item)

    def belongs(item: T) -> bool:
        where = definition.where
        counted = [catalogue.evaluate(metric, [item], limits) for metric in where.counted_by]
        return (any(counted) or not counted) and all(
            text(source, item) in values for source, values in where.fields.items()
        )

    def value(column: Column, group: Sequence[T]) -> Value:
        if column.role is Role.METRIC:
            found = catalogue.evaluate(column.source, group, limits)
            is_amount = column.type is ColumnType.AMOUNT
            return Decimal(found).scaleb(-6) if is_amount and found is not None else found
        texts = [text(column.source, item) for item in group]
        greatest = max((t for t in texts if t is not None), default=None)
        return (greatest or "") if column.role is Role.KEY else greatest

    groups: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for item in filter(belongs, items):
        key = tuple(text(definition.columns[n].source, item) or "" for n in definition.keys)
        groups[key].append(item)
    shown = sorted(groups, key=lambda key: [neutral(text) for text in key])  # as a CSV has them
    return [tuple(value(column, groups[key]) for column in definition.columns) for key in shown]
