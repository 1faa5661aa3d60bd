"""What flows read from data tables and write into them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.core.data_table import (
    DataTable,
    Edit,
    EditKind,
    Evaluated,
    Locks,
    Record,
    evaluated,
    primary_of,
)
from chalicelib.core.errors import Rejected
from chalicelib.core.flow import Answered
from chalicelib.services.asking import Inquiry, Reply
from chalicelib.services.data_tables import DataTablesService

MOST_QUERIES = 5
_NO_GROUP = "default"


class TableAnswers:
    """The respondent of Port.TABLE. Whatever is wrong is the error branch, and writes nothing."""

    def __init__(self, tables: DataTablesService) -> None:
        self._tables = tables

    def ask(self, inquiry: Inquiry) -> Reply:
        table = inquiry.text("DataTableId")
        match inquiry.ask.verb:
            case "evaluate":
                return self._evaluate(table, inquiry)
            case "list":
                return self._list(table, inquiry)
            case "upsert":
                return self._upsert(table, inquiry)
        raise Rejected(f"data tables do not {inquiry.ask.verb}")

    def _evaluate(self, table: str, inquiry: Inquiry) -> Reply:
        asked = list(_objects(inquiry.ask.request, "Queries", "QueryName"))
        if not 1 <= len(asked) <= MOST_QUERIES:
            raise Rejected(f"1 to {MOST_QUERIES} queries", field="Queries", value=len(asked))
        queries = [(_primary(query), _names(query)) for query in asked]
        _, answers = self._tables.evaluate(table, queries)
        return Answered(
            {
                str(query["QueryName"]): {
                    value.attribute.name: _json(value) for value in values if value.is_found
                }
                for query, (_, values) in zip(asked, answers, strict=True)
            }
        )

    def _list(self, table_name: str, inquiry: Inquiry) -> Reply:
        groups = list(_objects(inquiry.ask.request, "PrimaryKeyGroups", "PrimaryKeyGroupName"))
        if len(groups) > MOST_QUERIES:
            raise Rejected(f"at most {MOST_QUERIES} groups", field="PrimaryKeyGroups")
        wanted = [{name: [value] for name, value in _primary(group).items()} for group in groups]
        table, found = self._tables.listed(table_name, wanted)
        names = [str(group["PrimaryKeyGroupName"]) for group in groups] or [_NO_GROUP]
        by_group = {
            name: [_row(table, record) for record in records if record.primary]
            for name, records in zip(names, found, strict=True)
        }
        return Answered(
            {
                "ResultData": {
                    "dataTableId": table.table_id,
                    "lockVersion": {"dataTable": str(table.lock)},
                    "primaryKeyGroups": by_group,
                }
            }
        )

    def _upsert(self, table: str, inquiry: Inquiry) -> Reply:
        locks = _locks(inquiry.ask.request.get("LockVersion"))
        edits = [
            Edit(
                kind=EditKind.UPSERT,
                primary=_primary(record),
                attribute=str(each["Name"]),
                text=_text(each),
                locks=locks,
            )
            for record in _objects(inquiry.ask.request, "DataTableUpsertAttributes")
            for each in _objects(record, "Attributes", "Name")
        ]
        self._tables.edit(table, edits, is_whole=True)
        return Answered()


def _objects(
    holder: Mapping[str, object], name: str, needs: str | None = None
) -> Iterator[Mapping[str, object]]:
    """The objects of a list; Rejected when it is none, or one of them lacks what it needs."""
    given = holder.get(name) or []
    if not isinstance(given, list):
        raise Rejected(f"{name} is no list", field=name)
    for number, each in enumerate(given):
        if not isinstance(each, Mapping) or (needs and not each.get(needs)):
            raise Rejected(f"{name}[{number}] has no {needs or 'content'}", field=name)
        yield each


def _primary(holder: Mapping[str, object]) -> dict[str, str]:
    """Exports name the attribute `AttributeName` in queries and `Name` elsewhere."""
    return {
        str(each.get("AttributeName") or each.get("Name") or ""): str(each.get("Value", ""))
        for each in _objects(holder, "PrimaryValues")
    }


def _names(query: Mapping[str, object]) -> list[str]:
    names = query.get("Attributes") or []
    if not isinstance(names, list) or not names:
        raise Rejected("a query names no Attributes", field="Queries", value=query["QueryName"])
    return [str(name) for name in names]


def _text(attribute: Mapping[str, object]) -> str | None:
    if str(attribute.get("UseDefaultValue", "")).lower() == "true":
        return None
    value = attribute.get("Value")
    if value is None:
        raise Rejected(f"{attribute['Name']!r} has no Value", field=str(attribute["Name"]))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _locks(given: object) -> Locks:
    """A table's lock version, alone or among the others; none, or the latest, locks nothing."""
    if isinstance(given, Mapping):
        named = {name: _lock(given.get(key)) for name, key in _LOCKS.items()}
        return Locks(**named)
    return Locks(table=_lock(given))


_LOCKS = {
    "table": "DataTable",
    "attribute": "Attribute",
    "primary": "PrimaryValues",
    "value": "Value",
}


def _lock(given: object) -> str | None:
    written = "" if given is None else str(given)
    return None if written.upper().lstrip("$") in ("", "LATEST") else written


def _row(table: DataTable, record: Record) -> Mapping[str, object]:
    keys = primary_of(table, record)
    values: Sequence[Evaluated] = [
        evaluated(record, None, attribute)
        for attribute in table.attributes
        if not attribute.is_primary
    ]
    return {
        "primaryKeys": [
            {"attributeName": name, "attributeValue": value} for name, value in keys.items()
        ],
        "attributes": [
            {"attributeName": value.attribute.name, "attributeValue": _json(value)}
            for value in values
            if value.is_found
        ],
    }


def _json(value: Evaluated) -> object:
    """Lists as such, so that flows can take one of their items; all else is text."""
    return json.loads(value.text) if value.attribute.value_type.is_list else value.text
