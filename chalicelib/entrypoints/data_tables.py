"""REST: Amazon Connect's API for data tables and their attributes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.data_table import (
    DataTable,
    Locks,
    TableAttribute,
    Validation,
    ValueType,
    locks_of,
)
from chalicelib.core.errors import Rejected
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    listed,
    stamp,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.services.data_tables import TableSetup

bp = Blueprint(__name__)

TABLES = "/data-tables/{instance_id}"
TABLE = f"{TABLES}/{{table_id}}"
ATTRIBUTES = f"{TABLE}/attributes"
ATTRIBUTE = f"{ATTRIBUTES}/{{attribute_name}}"


class TableBody(Shape):
    name: str
    time_zone: str
    value_lock_level: str = "NONE"
    description: str = ""

    def setup(self) -> TableSetup:
        return TableSetup(
            name=self.name,
            time_zone=self.time_zone,
            lock_level=self.value_lock_level,
            description=self.description,
        )


class NewTable(TableBody):
    status: str = "PUBLISHED"
    tags: dict[str, str] = {}


class Choices(Shape):
    strict: bool = False
    values: list[str] = []


class Rules(Shape):
    """Bounds; None: not given."""

    min_length: int | None = None
    max_length: int | None = None
    min_values: int | None = None
    max_values: int | None = None
    ignore_case: bool = False
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    enum: Choices = msgspec.field(default_factory=Choices)

    def validation(self) -> Validation:
        bounds = {name: getattr(self, name) for name in self.__struct_fields__ if name != "enum"}
        return Validation(**bounds, choices=tuple(self.enum.values), is_strict=self.enum.strict)


class AttributeBody(Shape):
    name: str
    value_type: str
    description: str = ""
    primary: bool = False
    validation: Rules = msgspec.field(default_factory=Rules)

    def attribute(self, attribute_id: str, at: datetime) -> TableAttribute:
        if self.value_type not in ValueType.__members__:
            known = ", ".join(ValueType)
            raise Rejected(
                f"ValueType {self.value_type!r} is not one of {known}",
                field="ValueType",
                value=self.value_type,
            )
        return TableAttribute(
            attribute_id=attribute_id,
            name=self.name,
            value_type=ValueType(self.value_type),
            description=self.description,
            is_primary=self.primary,
            validation=self.validation.validation(),
            modified_at=at,
        )


class AttributeQuery(Shape):
    attribute_ids: list[str] = []


@endpoint(bp, "PUT", TABLES, who=ADMINS, body=NewTable, style=CONNECT)
def create_data_table(call: Call, instance_id: str) -> object:
    center_of(instance_id)
    body: NewTable = call.body
    table = bootstrap.data_tables().create(body.setup(), body.tags)
    return {
        "Id": table.table_id,
        "Arn": table_arn(table),
        "LockVersion": lock_document(locks_of(table)),
    }


@endpoint(bp, "GET", TABLES, who=ADMINS, style=CONNECT)
def list_data_tables(call: Call, instance_id: str) -> object:
    center_of(instance_id)
    tables = sorted(bootstrap.data_tables().tables(), key=lambda table: table.name)
    return listed(call, "DataTableSummaryList", tables, lambda table: table.name, _summary)


@endpoint(bp, "GET", TABLE, who=ADMINS, style=CONNECT)
def describe_data_table(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    return {"DataTable": _described(bootstrap.data_tables().table(table_id))}


@endpoint(bp, "POST", "/search-data-tables", who=ADMINS, body=Search, style=CONNECT)
def search_data_tables(call: Call) -> object:
    body: Search = call.body
    center_of(body.instance_id)
    tables = sorted(bootstrap.data_tables().tables(), key=lambda table: table.name)
    return body.found("DataTables", tables, lambda table: table.name, _searched, _described)


@endpoint(bp, "POST", TABLE, who=ADMINS, body=TableBody, style=CONNECT)
def update_data_table_metadata(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table = bootstrap.data_tables().update(table_id, call.body.setup())
    return {"LockVersion": lock_document(locks_of(table))}


@endpoint(bp, "DELETE", TABLE, who=ADMINS, style=CONNECT)
def delete_data_table(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    bootstrap.data_tables().delete(table_id)
    return {}


@endpoint(bp, "PUT", ATTRIBUTES, who=ADMINS, body=AttributeBody, style=CONNECT)
def create_data_table_attribute(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table, attribute = bootstrap.data_tables().add_attribute(table_id, call.body.attribute)
    return _changed(table, attribute)


@endpoint(bp, "POST", ATTRIBUTES, who=ADMINS, body=AttributeQuery, style=CONNECT)
def list_data_table_attributes(call: Call, instance_id: str, table_id: str) -> object:
    center_of(instance_id)
    table = bootstrap.data_tables().table(table_id)
    wanted = call.body.attribute_ids or [a.attribute_id for a in table.attributes]
    found = [a for a in table.attributes if a.attribute_id in wanted]
    return listed(
        call,
        "Attributes",
        sorted(found, key=lambda attribute: attribute.name),
        lambda attribute: attribute.name,
        lambda attribute: _document(table, attribute),
    )


@endpoint(bp, "GET", ATTRIBUTE, who=ADMINS, style=CONNECT)
def describe_data_table_attribute(
    call: Call, instance_id: str, table_id: str, attribute_name: str
) -> object:
    center_of(instance_id)
    table = bootstrap.data_tables().table(table_id)
    return {"Attribute": _document(table, table.attribute(attribute_name))}


@endpoint(bp, "POST", ATTRIBUTE, who=ADMINS, body=AttributeBody, style=CONNECT)
def update_data_table_attribute(
    call: Call, instance_id: str, table_id: str, attribute_name: str
) -> object:
    center_of(instance_id)
    change: Callable[[str, datetime], TableAttribute] = call.body.attribute
    table, attribute = bootstrap.data_tables().update_attribute(table_id, attribute_name, change)
    return _changed(table, attribute)


@endpoint(bp, "DELETE", ATTRIBUTE, who=ADMINS, style=CONNECT)
def delete_data_table_attribute(
    call: Call, instance_id: str, table_id: str, attribute_name: str
) -> object:
    center_of(instance_id)
    table = bootstrap.data_tables().delete_attribute(table_id, attribute_name)
    return {"LockVersion": lock_document(locks_of(table))}


# --- shapes -------------------------------------------------------------------------------------


def table_arn(table: DataTable) -> str:
    return f"{bootstrap.center_store().center().arn}/data-table/{table.table_id}"


def lock_document(locks: Locks) -> dict[str, object]:
    return without_nothing(
        {
            "DataTable": locks.table,
            "Attribute": locks.attribute,
            "PrimaryValues": locks.primary,
            "Value": locks.value,
        }
    )


def _summary(table: DataTable) -> dict[str, object]:
    return {
        "Name": table.name,
        "Id": table.table_id,
        "Arn": table_arn(table),
        "LastModifiedTime": stamp(table.modified_at),
    }


def _described(table: DataTable) -> dict[str, object]:
    return {
        **_summary(table),
        "TimeZone": table.time_zone,
        "Description": table.description,
        "ValueLockLevel": table.lock_level,
        "LockVersion": lock_document(locks_of(table)),
        "Version": str(table.version),
        "Status": "PUBLISHED",
        "CreatedTime": stamp(table.created_at),
        "Tags": dict(table.tags),
    }


def _searched(table: DataTable) -> Found:
    return Found(texts={"name": table.name, "description": table.description}, tags=table.tags)


def _changed(table: DataTable, attribute: TableAttribute) -> dict[str, object]:
    return {
        "Name": attribute.name,
        "AttributeId": attribute.attribute_id,
        "LockVersion": lock_document(locks_of(table, attribute)),
    }


def _document(table: DataTable, attribute: TableAttribute) -> dict[str, object]:
    return {
        "AttributeId": attribute.attribute_id,
        "Name": attribute.name,
        "ValueType": attribute.value_type,
        "Description": attribute.description,
        "DataTableId": table.table_id,
        "DataTableArn": table_arn(table),
        "Primary": attribute.is_primary,
        "LockVersion": lock_document(locks_of(table, attribute)),
        "LastModifiedTime": stamp(attribute.modified_at),
        "Validation": _rules(attribute.validation),
    }


def _rules(validation: Validation) -> dict[str, object]:
    bounds: dict[str, object] = {
        "MinLength": validation.min_length,
        "MaxLength": validation.max_length,
        "MinValues": validation.min_values,
        "MaxValues": validation.max_values,
        "IgnoreCase": validation.ignore_case,
        "Minimum": validation.minimum,
        "Maximum": validation.maximum,
        "ExclusiveMinimum": validation.exclusive_minimum,
        "ExclusiveMaximum": validation.exclusive_maximum,
        "MultipleOf": validation.multiple_of,
    }
    if validation.choices:
        bounds["Enum"] = {"Strict": validation.is_strict, "Values": list(validation.choices)}
    return without_nothing(bounds)
