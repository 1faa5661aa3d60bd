"""Datasets whose rows are told one by one: a view over a file of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.core.dataset import Kind
from chalicelib.core.metrics import Measure, Thresholds
from chalicelib.core.record_document import stamp

AT = "at_"  # the moment by which a row lies in an interval; no field has such a name


def look_at(
    connection: Any,
    name: str,
    kind: Kind[Any],
    items: Iterable[Any],
    directory: Path,
    thresholds: Thresholds,
) -> None:
    """A view of this name with a column for each field, and for each measure what it counts of the
    row: one formula, in one place. The file is there as long as its directory."""
    measures = measures_of(kind)
    lines = directory / f"{name}.jsonl"
    with lines.open("wb") as file:
        for item in items:
            row: dict[str, object] = {each: field.of(item) for each, field in kind.fields.items()}
            row |= {each: measure.of(item, thresholds) for each, measure in measures.items()}
            row[AT] = stamp(kind.at(item)) if kind.at else None
            file.write(msgspec.json.encode(row) + b"\n")
    types = dict.fromkeys([*kind.fields, AT], "VARCHAR") | dict.fromkeys(measures, "BIGINT")
    columns = ", ".join(f"\"{column}\": '{type_}'" for column, type_ in types.items())
    connection.execute(
        f"CREATE VIEW {name} AS SELECT * FROM"
        f" read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
    )


def measures_of(kind: Kind[Any]) -> dict[str, Measure[Any]]:
    """Its metrics that count something of one row."""
    found = kind.metrics.metrics.items()
    return {name: metric for name, metric in found if isinstance(metric, Measure)}
