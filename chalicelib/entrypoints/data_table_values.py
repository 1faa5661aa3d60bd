"""REST: Amazon Connect's API for the values of data tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.data_table import (
    DataTable,
    Edit,
    EditKind,
    Locks,
    Record,
    TableAttribute,
    locks_of,
    primary_of,
    record_key,
)
from chalicelib.core.errors import Refusal
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Shape,
    center_of,
    listed,
    stamp,
)
from chalicelib.entrypoints.data_tables import TABLE, lock_document
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

VALUES = f"{TABLE}/values"


class PrimaryValue(Shape):
    attribute_name: str
    value: str


class LockVersion(Shape):
    data_table: str | None = None
    attribute: str | None = None
    primary_values: str | None = None
    value: str | None = None

    def locks(self) -> Locks:
        return Locks(
            table=self.data_table,
            attribute=self.attribute,
            primary=self.primary_values,
            value=self.value,
        )


class Value(Shape):
    """A value of a batch; only what is written has a `Value`."""

    attribute_name: str
    primary_values: list[PrimaryValue] = []
    value: str | None = None
    lock_version: LockVersion = msgspec.field(default_factory=LockVersion)

    def primary(self) -> dict[str, str]:
        return {each.attribute_name: each.value for each in self.primary_values}

    def edit(self, kind: EditKind) -> Edit:
        return Edit(
            kind=kind,
            primary=self.primary(),
            attribute=self.attribute_name,
            text=None if kind is EditKind.DELETE else self.value or "",
            locks=self.lock_version.locks(),
        )

    def identity(self) -> dict[str, object]:
        return {
            "PrimaryValues": msgspec.to_builtins(self.primary_values),
            "AttributeName": self.attribute_name,
        }


class Batch(Shape):
    values: list[Value]


class ValueSet(Shape):
    attribute_names: list[str]
    primary_values: list[PrimaryValue] = []


class Evaluation(Shape):
    values: list[ValueSet]
    time_zone: str = ""


class PrimaryFilter(Shape):
    attribute_name: str
    values: list[str]


class Listing(Shape):
    record_ids: list[str] = []
    primary_attribute_values: list[PrimaryFilter] = []


class Move(Shape):
    primary_values: list[PrimaryValue]
    new_primary_values: list[PrimaryValue]
    lock_version: LockVersion


@endpoint(bp, "POST", f"{VALUES}/create", who=ADMINS, body=Batch, style=CONNECT)
def batch_create_data_table_value(call: Call, instance_id: str, table_id: str) -> object:
    return _edit(call, instance_id, table_id, EditKind.CREATE)


@endpoint(bp, "POST", f"{VALUES}/update", who=ADMINS, body=Batch, style=CONNECT)
def batch_update_data_table_value(call: Call, instance_id: str, table_id: str) -> object:
    return _edit(call, instance_id, table_id, EditKind.UPDATE)


@endpoint(bp, "POST", f"{VALUES}/delete", who=ADMINS, body=Batch, style=CONNECT)
def batch_delete_data_table_value(call: Call, instance_id: str, table_id: str) -> object:
    return _edit(call, instance_id, table_id, EditKind.DELETE)


@endpoint(bp, "POST", f"{VALUES}/describe", who=ADMINS, body=Batch, style=CONNECT)
def batch_describe_data_table_value(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table, by_key = _by_key(table_id)
    found: list[object] = []
    failed: list[object] = []
    for value in call.body.values:
        try:
            record = by_key.get(record_key(table, value.primary()))
            attribute = table.attribute(value.attribute_name)
        except Refusal as refusal:
            failed.append({**value.identity(), "Message": str(refusal)})
            continue
        if record is None or attribute.attribute_id not in record.values:
            failed.append({**value.identity(), "Message": "there is no such value"})
        else:
            found.append(_value_document(table, attribute, record))
    return {"Successful": found, "Failed": failed}


@endpoint(bp, "POST", f"{VALUES}/evaluate", who=ADMINS, body=Evaluation, style=CONNECT)
def evaluate_data_table_values(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    queries = [
        ({each.attribute_name: each.value for each in query.primary_values}, query.attribute_names)
        for query in call.body.values
    ]
    _, answers = bootstrap.data_tables().evaluate(table_id, queries)
    values = [
        {
            "RecordId": record.record_id if record else "",
            "PrimaryValues": [
                {"AttributeName": name, "Value": text} for name, text in primary.items()
            ],
            "AttributeName": value.attribute.name,
            "ValueType": value.attribute.value_type,
            "Found": value.is_found,
            "Error": False,
            "EvaluatedValue": value.text,
        }
        for (primary, _), (record, found) in zip(queries, answers, strict=True)
        for value in found
    ]
    numbered = list(enumerate(values))
    return listed(call, "Values", numbered, lambda each: each[0], lambda each: each[1])


@endpoint(bp, "POST", f"{VALUES}/list", who=ADMINS, body=Listing, style=CONNECT)
def list_data_table_values(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table, records = _listed(table_id, call.body)
    values = [
        (f"{record.record_id} {attribute.attribute_id}", attribute, record)
        for record in records
        for attribute in table.attributes
        if attribute.attribute_id in record.values
    ]
    return listed(
        call,
        "Values",
        sorted(values, key=lambda each: each[0]),
        lambda each: each[0],
        lambda each: _value_document(table, each[1], each[2]),
    )


@endpoint(bp, "POST", f"{VALUES}/list-primary", who=ADMINS, body=Listing, style=CONNECT)
def list_data_table_primary_values(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table, records = _listed(table_id, call.body)
    found = sorted((r for r in records if r.primary), key=lambda record: record.record_id)
    return listed(
        call,
        "PrimaryValuesList",
        found,
        lambda record: record.record_id,
        lambda record: {
            "RecordId": record.record_id,
            "PrimaryValues": _primary_document(table, record),
        },
    )


@endpoint(bp, "POST", f"{VALUES}/update-primary", who=ADMINS, body=Move, style=CONNECT)
def update_data_table_primary_values(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    body: Move = call.body
    table, record = bootstrap.data_tables().move(
        table_id,
        {each.attribute_name: each.value for each in body.primary_values},
        {each.attribute_name: each.value for each in body.new_primary_values},
        body.lock_version.primary_values,
    )
    return {"LockVersion": lock_document(locks_of(table, record=record))}


# --- shapes -------------------------------------------------------------------------------------


def _edit(call: Call, instance_id: str, table_id: str, kind: EditKind) -> dict[str, object]:
    center_of(instance_id)
    values: Sequence[Value] = call.body.values
    edited, records = bootstrap.data_tables().edit(table_id, [value.edit(kind) for value in values])
    done: list[object] = []
    failed: list[object] = []
    for value, refusal in zip(values, edited.refusals, strict=True):
        if refusal is not None:
            failed.append({**value.identity(), "Message": str(refusal)})
            continue
        record = records[record_key(edited.table, value.primary())]
        attribute = edited.table.attribute(value.attribute_name)
        locks = lock_document(locks_of(edited.table, attribute, record))
        done.append({**value.identity(), "RecordId": record.record_id, "LockVersion": locks})
    return {"Successful": done, "Failed": failed}


def _listed(table_id: str, body: Listing) -> tuple[DataTable, list[Record]]:
    wanted = {each.attribute_name: each.values for each in body.primary_attribute_values}
    table, [records] = bootstrap.data_tables().listed(table_id, [wanted])
    return table, [r for r in records if not body.record_ids or r.record_id in body.record_ids]


def _by_key(table_id: str) -> tuple[DataTable, Mapping[str, Record]]:
    table, [records] = bootstrap.data_tables().listed(table_id)
    return table, {record_key(table, primary_of(table, record)): record for record in records}


def _value_document(
    table: DataTable, attribute: TableAttribute, record: Record
) -> dict[str, object]:
    stored = record.values[attribute.attribute_id]
    return {
        "RecordId": record.record_id,
        "AttributeId": attribute.attribute_id,
        "PrimaryValues": _primary_document(table, record),
        "AttributeName": attribute.name,
        "ValueType": attribute.value_type,
        "Value": stored.text,
        "LockVersion": lock_document(locks_of(table, attribute, record)),
        "LastModifiedTime": stamp(stored.modified_at),
    }


def _primary_document(table: DataTable, record: Record) -> list[dict[str, str]]:
    ids = {attribute.name: attribute.attribute_id for attribute in table.primary}
    return [
        {"AttributeName": name, "AttributeId": ids[name], "Value": value}
        for name, value in primary_of(table, record).items()
    ]
