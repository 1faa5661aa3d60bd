"""Brings the views that every center has, and the data tables of the sources, to the center.

A deployment adds what is missing in tables and leaves what is there: somebody may have changed it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
import yaml

from chalicelib.core.data_table import (
    MOST_EDITS,
    Edit,
    EditKind,
    TableAttribute,
    Validation,
    ValueType,
)
from chalicelib.core.errors import Refusal
from chalicelib.core.view import ViewContent
from chalicelib.services.data_tables import DataTablesService, TableSetup
from chalicelib.services.views import ViewsService

type Cell = str | int | float | bool | list[str | int | float]


class _Words(
    msgspec.Struct, rename=lambda name: name.replace("_", " "), forbid_unknown_fields=True
):
    """Keys in words, as the other files of flows have them."""


class _Column(_Words):
    name: str
    type: ValueType = ValueType.TEXT
    description: str = ""
    primary: bool = False
    ignore_case: bool = False
    min_length: int | None = None
    max_length: int | None = None
    min_values: int | None = None
    max_values: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] = []

    def attribute(self, attribute_id: str, at: datetime) -> TableAttribute:
        rules = Validation(
            ignore_case=self.ignore_case,
            min_length=self.min_length,
            max_length=self.max_length,
            min_values=self.min_values,
            max_values=self.max_values,
            minimum=self.minimum,
            maximum=self.maximum,
            choices=tuple(self.choices),
            is_strict=bool(self.choices),
        )
        return TableAttribute(
            attribute_id=attribute_id,
            name=self.name,
            value_type=self.type,
            description=self.description,
            is_primary=self.primary,
            validation=rules,
            modified_at=at,
        )


class _Table(_Words):
    name: str
    time_zone: str
    attributes: list[_Column]
    description: str = ""
    lock: str = "NONE"
    defaults: dict[str, Cell] = {}
    rows: list[dict[str, Cell]] = []


def publish_views(views: ViewsService, folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        about = json.loads(path.read_text())
        content = ViewContent(
            template=json.dumps(about["Template"]),
            actions=tuple(about["Actions"]),
            input_schema=json.dumps(about["InputSchema"]),
        )
        views.provide(about["Name"], content, about["Description"])


def publish_tables(tables: DataTablesService, folder: Path) -> None:
    """Ends with the file and the place of what is wrong."""
    for path in sorted(folder.glob("*.yaml")):
        try:
            table = msgspec.convert(yaml.safe_load(path.read_text()), _Table)
            _publish(tables, table)
        except (msgspec.ValidationError, yaml.YAMLError, Refusal) as error:
            sys.exit(f"{path.name}: {error}")


def _publish(tables: DataTablesService, table: _Table) -> None:
    known = {each.name: each for each in tables.tables()}.get(table.name)
    if known is None:
        setup = TableSetup(
            name=table.name,
            time_zone=table.time_zone,
            lock_level=table.lock,
            description=table.description,
        )
        known = tables.create(setup, {})
    has = {attribute.name for attribute in known.attributes}
    for column in table.attributes:
        if column.name not in has:
            tables.add_attribute(known.table_id, column.attribute)
    keys = [column.name for column in table.attributes if column.primary]
    missing = [
        edit
        for row in (table.defaults, *table.rows)
        for edit in _edits(row, keys)
        if not _is_there(tables, known.table_id, edit)
    ]
    for start in range(0, len(missing), MOST_EDITS):
        tables.edit(known.table_id, missing[start : start + MOST_EDITS], is_whole=True)


def _edits(row: Mapping[str, Cell], keys: list[str]) -> list[Edit]:
    primary = {name: _text(row[name]) for name in keys if name in row}
    return [
        Edit(kind=EditKind.UPSERT, primary=primary, attribute=name, text=_text(cell))
        for name, cell in row.items()
        if name not in keys
    ]


def _is_there(tables: DataTablesService, table_id: str, edit: Edit) -> bool:
    table, [(record, _)] = tables.evaluate(table_id, [(edit.primary, [])])
    return record is not None and table.attribute(edit.attribute).attribute_id in record.values


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
