"""Reports as data: which rows, grouped by what, in which columns; and their rows by pure rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chalicelib.core.civil_day import (
    Grain,
    Period,
    day_of,
    first_day,
    moment_of,
    next_first_day,
)
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.csv_file import neutral
from chalicelib.core.dataset import ColumnType, Kind
from chalicelib.core.datasets import (
    activity,
    agent_time,
    contacts,
    feedback,
    inquiries,
    ledger,
    legs,
    marks,
    performance,
    tickets,
    time_cards,
)
from chalicelib.core.intervals import Grid
from chalicelib.core.ledger import LedgerLine
from chalicelib.core.metrics import Number, Thresholds
from chalicelib.core.record_document import stamp

type Value = Number | str | None
type Row = tuple[Value, ...]


class Dataset(StrEnum):
    """What one row is, before grouping."""

    CONTACTS = "contacts"
    LEGS = "legs"
    LEDGER = "ledger"
    AGENT_TIME = "agent_time"
    ACTIVITY = "activity"
    TIME_CARDS = "time_cards"
    TICKETS = "tickets"
    FEEDBACK = "feedback"
    INQUIRIES = "inquiries"
    MARKS = "marks"
    PERFORMANCE = "performance"


KINDS: Mapping[Dataset, Kind[Any]] = {
    Dataset.CONTACTS: contacts.KIND,
    Dataset.LEGS: legs.KIND,
    Dataset.LEDGER: ledger.KIND,
    Dataset.AGENT_TIME: agent_time.KIND,
    Dataset.ACTIVITY: activity.KIND,
    Dataset.TIME_CARDS: time_cards.KIND,
    Dataset.TICKETS: tickets.KIND,
    Dataset.FEEDBACK: feedback.KIND,
    Dataset.INQUIRIES: inquiries.KIND,
    Dataset.MARKS: marks.KIND,
    Dataset.PERFORMANCE: performance.KIND,
}


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
    `settles_days`: so long after the period its numbers still move, and are provisional.
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
    settles_days: int = 0
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

    def due_at(self, first: date, zone: str) -> datetime:
        """When the report of the period that begins then is due; `zone`: the center's."""
        return moment_of(next_first_day(self.grain, first), self.due, self.zone or zone)

    def settled_at(self, first: date, zone: str) -> datetime:
        """When its numbers move no more, by the hour at which it is due."""
        settled = next_first_day(self.grain, first) + timedelta(days=self.settles_days)
        return moment_of(settled, self.due, self.zone or zone)

    def next_due(self, at: datetime, zone: str) -> date:
        """The first day of the period whose report is due next."""
        running = first_day(self.grain, day_of(at, self.zone or zone))
        before = first_day(self.grain, running - timedelta(days=1))
        return before if at < self.due_at(before, zone) else running


PERIOD = "period"  # a source that every row has: what the period is called
INTERVAL = "interval"  # of rows with a moment: where the piece of the period begins in which it is


def rows(
    definition: Definition,
    period: Period,
    records: Sequence[ContactRecord],
    *,
    thresholds: Thresholds | None = None,
) -> list[Row]:
    """The report's rows of what contacts make of the period, sorted by their keys.

    ValueError when its dataset does not come from contacts.
    """
    of_records = KINDS[definition.dataset].of_records
    if of_records is None:
        raise ValueError(f"{definition.dataset} do not come from contacts")
    return rows_of(definition, period, of_records(records, period), thresholds=thresholds)


def ledger_rows(definition: Definition, period: Period, lines: Sequence[LedgerLine]) -> list[Row]:
    """The same of what was paid on the period's days, which are the center's."""
    paid = [line for line in lines if period.day <= line.day <= period.last_day]
    return rows_of(definition, period, paid)


def rows_of[T](
    definition: Definition,
    period: Period,
    items: Iterable[T],
    *,
    thresholds: Thresholds | None = None,
) -> list[Row]:
    """The report's rows of these rows of its dataset, sorted by their keys."""
    kind: Kind[T] = KINDS[definition.dataset]
    grid, limits = Grid(definition.interval_minutes, period.zone), thresholds or Thresholds()

    def text(source: str, item: T) -> str | None:
        if source == PERIOD:
            return period.name
        if source == INTERVAL and kind.at is not None:
            return stamp(grid.holding(kind.at(item)).from_at)
        return kind.fields[source].of(item)

    def belongs(item: T) -> bool:
        where = definition.where
        counted = [kind.metrics.evaluate(metric, [item], limits) for metric in where.counted_by]
        return (any(counted) or not counted) and all(
            text(source, item) in values for source, values in where.fields.items()
        )

    def value(column: Column, group: Sequence[T]) -> Value:
        if column.role is Role.METRIC:
            found = kind.metrics.evaluate(column.source, group, limits)
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
