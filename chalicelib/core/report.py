"""Reports as data: which rows, grouped by what, in which columns; and their rows by pure rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.metrics import CONTACTS, LEGS, Catalogue, Leg, Number, Thresholds, legs
from chalicelib.core.record_document import stamp

type Value = Number | str | None
type Row = tuple[Value, ...]


class Dataset(StrEnum):
    """What one row is, before grouping."""

    CONTACTS = "contacts"
    LEGS = "legs"


class ColumnType(StrEnum):
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"  # UTC, whole seconds
    WHOLE = "whole"
    DECIMAL = "decimal"  # two places


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`schema_version` grows whenever a reader of the files could notice a difference."""

    name: str
    dataset: Dataset
    columns: tuple[Column, ...]
    schema_version: int = 1

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def keys(self) -> tuple[int, ...]:
        """Where the key columns are."""
        return tuple(n for n, column in enumerate(self.columns) if column.role is Role.KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A report's rows, sorted by their keys, and the same rows as a Parquet file."""

    definition: Definition
    rows: Sequence[Row]
    parquet: bytes


DAY = "day"  # the one source that is the period's, not the row's


def _key(name: str, type_: ColumnType = ColumnType.TEXT) -> Column:
    return Column(name, type_, Role.KEY, name)


def _detail(name: str, type_: ColumnType = ColumnType.TEXT) -> Column:
    return Column(name, type_, Role.DETAIL, name)


def _whole(name: str, metric_id: str) -> Column:
    return Column(name, ColumnType.WHOLE, Role.METRIC, metric_id)


def _decimal(name: str, metric_id: str) -> Column:
    return Column(name, ColumnType.DECIMAL, Role.METRIC, metric_id)


DAILY_QUEUES = Definition(
    name="daily-queues",
    dataset=Dataset.CONTACTS,
    schema_version=2,
    columns=(
        _key(DAY, ColumnType.DAY),
        _key("queue_id"),  # empty: contacts that never reached a queue, so that all add up
        _key("channel"),
        _detail("queue_name"),
        _whole("contacts", "contacts"),
        _whole("inbound", "contacts_inbound"),
        _whole("outbound", "contacts_outbound"),
        _whole("callback", "contacts_callback"),
        _whole("internal", "contacts_internal"),
        _whole("offered", "contacts_queued"),
        _whole("handled", "contacts_handled"),
        _whole("abandoned", "contacts_abandoned"),
        _whole("missed", "offers_missed"),
        _whole("answered", "contacts_answered"),
        _whole("answered_in_time", "contacts_answered_in_time"),
        _whole("abandoned_in_time", "contacts_abandoned_in_time"),
        _whole("abandoned_shortly", "contacts_abandoned_shortly"),
        _whole("answer_seconds", "queue_answer_seconds"),
        _decimal("average_speed_of_answer", "average_speed_of_answer"),
        _whole("handle_seconds", "handle_seconds"),
        _decimal("average_handle_time", "average_handle_time"),
        _decimal("abandonment_rate", "abandonment_rate"),
        _decimal("service_level_of_offered", "service_level_of_offered"),
        _decimal("service_level_without_short_abandons", "service_level_without_short_abandons"),
        _decimal("service_level_connect", "service_level_connect"),
        _decimal("service_level_of_handled", "service_level_of_handled"),
    ),
)

DAILY_AGENTS = Definition(
    name="daily-agents",
    dataset=Dataset.LEGS,
    columns=(
        _key(DAY, ColumnType.DAY),
        _key("agent_id"),
        _key("channel"),
        _detail("username"),
        _whole("offered", "leg_offers"),
        _whole("handled", "leg_handled"),
        _whole("missed", "leg_missed"),
        _whole("timed_out", "leg_timed_out"),
        _whole("rejected", "leg_rejected"),
        _whole("withdrawn", "leg_withdrawn"),
        _decimal("answer_rate", "leg_answer_rate"),
        _whole("interaction_seconds", "leg_interaction_seconds"),
        _whole("after_contact_work_seconds", "leg_wrap_up_seconds"),
        _whole("handle_seconds", "leg_handle_seconds"),
        _decimal("average_handle_time", "leg_average_handle_time"),
    ),
)

# No names and no addresses of customers: who checks a bill needs the contact, not the person.
DAILY_CONTACTS = Definition(
    name="daily-contacts",
    dataset=Dataset.CONTACTS,
    columns=(
        _key(DAY, ColumnType.DAY),
        _key("contact_id"),
        _detail("channel"),
        _detail("initiation_method"),
        _detail("initiated_at", ColumnType.MOMENT),
        _detail("enqueued_at", ColumnType.MOMENT),
        _detail("connected_at", ColumnType.MOMENT),
        _detail("disconnected_at", ColumnType.MOMENT),
        _detail("disconnect_reason"),
        _detail("queue_id"),
        _detail("queue_name"),
        _detail("agent_id"),
        _detail("username"),
        _detail("disposition"),
        _detail("ticket_id"),
        _whole("missed", "offers_missed"),
        _whole("answer_seconds", "queue_answer_seconds"),
        _whole("handle_seconds", "handle_seconds"),
    ),
)

REPORTS: Mapping[str, Definition] = {
    report.name: report for report in (DAILY_QUEUES, DAILY_AGENTS, DAILY_CONTACTS)
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
    if definition.dataset is Dataset.CONTACTS:
        return _rows(definition, period, ended, _CONTACT_FIELDS, CONTACTS, limits)
    return _rows(definition, period, list(legs(ended)), _LEG_FIELDS, LEGS, limits)


type _Fields[T] = Mapping[str, Callable[[T], str | None]]

_CONTACT_FIELDS: _Fields[ContactRecord] = {
    "contact_id": lambda r: r.contact_id,
    "channel": lambda r: r.channel.value,
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


def _rows[T](
    definition: Definition,
    period: Period,
    items: Iterable[T],
    fields: _Fields[T],
    catalogue: Catalogue[T],
    limits: Thresholds,
) -> list[Row]:
    def text(column: Column, item: T) -> str | None:
        return period.day.isoformat() if column.source == DAY else fields[column.source](item)

    def value(column: Column, group: Sequence[T]) -> Value:
        if column.role is Role.METRIC:
            return catalogue.evaluate(column.source, group, limits)
        texts = [text(column, item) for item in group]
        greatest = max((t for t in texts if t is not None), default=None)
        return (greatest or "") if column.role is Role.KEY else greatest

    groups: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for item in items:
        key = tuple(text(definition.columns[n], item) or "" for n in definition.keys)
        groups[key].append(item)
    return [
        tuple(value(column, groups[key]) for column in definition.columns) for key in sorted(groups)
    ]
