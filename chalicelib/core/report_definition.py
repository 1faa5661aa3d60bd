"""A report's definition as somebody writes it down, read into what can be counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

from chalicelib.core.civil_day import Grain
from chalicelib.core.dataset import ColumnType
from chalicelib.core.errors import Rejected
from chalicelib.core.intervals import MINUTES
from chalicelib.core.metrics import Measure, Ratio, Unit
from chalicelib.core.report import (
    INTERVAL,
    KINDS,
    PERIOD,
    Column,
    Dataset,
    Definition,
    Filter,
    Format,
    Role,
)

_KNOWN = (
    *("title", "dataset", "period", "due", "zone", "interval_minutes", "settles_days", "where"),
    *("formats", "schema_version", "keys", "columns"),
)
_LONGEST_DAYS = 31  # that numbers of a period may move after it
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def read(name: str, document: object) -> Definition:
    """The definition of this name; Rejected, naming field and value, when it cannot be counted.

    `keys` and `columns` list sources, or `{column's name: source}`: `period`, `interval`, a field
    of the dataset or the id of a metric. A key makes rows, a field tells more of them.
    """
    fields = _mapping(name, "definition", document)
    for field in fields:
        _one_of(name, "field", field, _KNOWN)
    dataset = _named(name, "dataset", fields.get("dataset"), Dataset)
    grain = _named(name, "period", fields.get("period", "day"), Grain)
    return Definition(
        name=name,
        title=str(fields.get("title") or name),
        dataset=dataset,
        grain=grain,
        due=_time(name, fields.get("due", "02:00")),
        zone=_zone(name, fields.get("zone")),
        interval_minutes=int(
            _one_of(name, "interval_minutes", fields.get("interval_minutes", 30), MINUTES)
        ),
        settles_days=_days(name, fields.get("settles_days", 0)),
        where=_filter(name, dataset, fields.get("where", {})),
        formats=_formats(name, fields),
        schema_version=_whole(name, fields.get("schema_version", 1)),
        columns=_columns(name, dataset, grain, fields),
    )


def _columns(
    report: str, dataset: Dataset, grain: Grain, fields: Mapping[str, object]
) -> tuple[Column, ...]:
    columns = tuple(
        _column(report, dataset, grain, entry, role)
        for field, role in (("keys", Role.KEY), ("columns", None))
        for entry in _list(report, field, fields)
    )
    names = [column.name for column in columns]
    for n, name in enumerate(names):
        if not _NAME.fullmatch(name):
            raise _refused(report, "columns", name, "is no name like average_handle_time")
        if name in names[:n]:
            raise _refused(report, "columns", name, "stands there twice")
    return columns


def _column(
    report: str, dataset: Dataset, grain: Grain, entry: object, role: Role | None
) -> Column:
    name, source = next(iter(entry.items())) if isinstance(entry, Mapping) else (entry, entry)
    name, source = str(name), str(source)
    if source == PERIOD:
        type_ = ColumnType.DAY if grain is Grain.DAY else ColumnType.TEXT
        return Column(name, type_, role or Role.DETAIL, source)
    fields = _fields(dataset)
    if source in fields:
        return Column(name, fields[source], role or Role.DETAIL, source)
    metrics = KINDS[dataset].metrics.metrics
    if role is Role.KEY or source not in metrics:
        wanted = [PERIOD, *fields, *([] if role is Role.KEY else metrics)]
        raise _refused(report, f"column {name}", source, f"is none of {', '.join(wanted)}")
    return Column(name, _type_of(metrics[source]), Role.METRIC, source)


def _fields(dataset: Dataset) -> Mapping[str, ColumnType]:
    """What can be asked of a row, besides its metrics."""
    kind = KINDS[dataset]
    fields = {name: each.type for name, each in kind.fields.items()}
    return fields if kind.at is None else {**fields, INTERVAL: ColumnType.MOMENT}


def _type_of(metric: Measure[Any] | Ratio) -> ColumnType:
    if metric.unit is Unit.AMOUNT:
        return ColumnType.AMOUNT
    return ColumnType.WHOLE if isinstance(metric, Measure) else ColumnType.DECIMAL


def _filter(report: str, dataset: Dataset, value: object) -> Filter:
    given = _mapping(report, "where", value)
    counted = _list(report, "counted_by", given) if "counted_by" in given else []
    metrics = KINDS[dataset].metrics.metrics
    measures = [name for name, metric in metrics.items() if isinstance(metric, Measure)]
    for measure in counted:
        _one_of(report, "where.counted_by", measure, measures)
    texts = {source: _list(report, source, given) for source in given if source != "counted_by"}
    for source in texts:
        _one_of(report, "where", source, list(_fields(dataset)))
    return Filter(
        counted_by=tuple(str(measure) for measure in counted),
        fields={source: tuple(str(text) for text in found) for source, found in texts.items()},
    )


def _named[E: StrEnum](report: str, field: str, value: object, kind: type[E]) -> E:
    return kind(_one_of(report, field, value, list(kind)))


def _one_of[T](report: str, field: str, value: object, allowed: Sequence[T]) -> T:
    if value not in allowed:
        raise _refused(report, field, value, f"is none of {', '.join(map(str, allowed))}")
    return cast("T", value)


def _mapping(report: str, field: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _refused(report, field, value, "is no mapping")
    return cast("Mapping[str, object]", value)


def _list(report: str, field: str, fields: Mapping[str, object]) -> list[object]:
    value = fields.get(field)
    if not isinstance(value, list) or not value:
        raise _refused(report, field, value, "is no list of at least one")
    return value


def _formats(report: str, fields: Mapping[str, object]) -> tuple[Format, ...]:
    formats = _list(report, "formats", {"formats": ["csv", "parquet"], **fields})
    if Format.CSV not in formats:  # revisions are compared by it
        raise _refused(report, "formats", formats, "lacks csv")
    return tuple(_named(report, "formats", each, Format) for each in formats)


def _time(report: str, value: object) -> time:
    try:
        return time.fromisoformat(str(value))
    except ValueError as error:
        raise _refused(report, "due", value, "is no time like 02:00") from error


def _zone(report: str, value: object) -> str | None:
    if value is None:
        return None
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise _refused(report, "zone", value, "is not in the IANA list") from error


def _days(report: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LONGEST_DAYS:
        why = f"is no whole number from 0 to {_LONGEST_DAYS}"
        raise _refused(report, "settles_days", value, why)
    return value


def _whole(report: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _refused(report, "schema_version", value, "is no whole number from 1")
    return value


def _refused(report: str, field: str, value: object, why: str) -> Rejected:
    return Rejected(f"report {report}: {field} {value!r} {why}", field=field, value=value)
