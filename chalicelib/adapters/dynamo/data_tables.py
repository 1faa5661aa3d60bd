"""Data tables in DynamoDB: schemas under one key, the records of each table under another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection, lost_race
from chalicelib.adapters.dynamo.tables import DataTableRow
from chalicelib.core.data_table import DataTable, Record

_SCHEMAS = "tables"


class DynamoDataTableStore:
    """The DataTableStore on the table `data-tables`."""

    def tables(self) -> Sequence[DataTable]:
        rows = DataTableRow.query(_SCHEMAS, consistent_read=True)
        return [codec.load(row.document, DataTable) for row in rows]

    def save(self, table: DataTable) -> None:
        row, condition = _schema(table)
        with lost_race(f"table {table.name!r} has changed"):
            row.save(condition=condition)

    def delete(self, table: DataTable) -> None:
        DataTableRow(_SCHEMAS, table.table_id).delete()
        with DataTableRow.batch_write() as batch:
            for row in DataTableRow.query(_home(table), consistent_read=True):
                batch.delete(row)

    def records(self, table: DataTable, keys: Sequence[str]) -> Mapping[str, Record]:
        wanted = [(_home(table), key) for key in dict.fromkeys(keys)]
        rows = DataTableRow.batch_get(wanted, consistent_read=True)
        return {row.sk: codec.load(row.document, Record) for row in rows}

    def all_records(self, table: DataTable) -> Mapping[str, Record]:
        rows = DataTableRow.query(_home(table), consistent_read=True)
        return {row.sk: codec.load(row.document, Record) for row in rows}

    def write(
        self, table: DataTable, edited: DataTable, records: Mapping[str, Record | None]
    ) -> None:
        with (
            lost_race(f"values of table {table.name!r} have changed"),
            TransactWrite(connection=connection(DataTableRow)) as transaction,
        ):
            if edited != table:
                row, condition = _schema(edited)
                transaction.save(row, condition=condition)
            for key, record in records.items():
                _write(transaction, _home(table), key, record)


def _write(transaction: TransactWrite, home: str, key: str, record: Record | None) -> None:
    if record is None:
        transaction.delete(DataTableRow(home, key))
        return
    after = codec.replaced(record, {"version": record.version + 1})
    row = DataTableRow(home, key, version=after.version, document=codec.dump(after))
    transaction.save(row, condition=_is(record.version))


def _schema(table: DataTable) -> tuple[DataTableRow, object]:
    after = codec.replaced(table, {"version": table.version + 1})
    row = DataTableRow(_SCHEMAS, table.table_id, version=after.version, document=codec.dump(after))
    return row, _is(table.version)


def _is(version: int) -> object:
    """The row is of this version; 0: there is none."""
    return DataTableRow.version == version if version else DataTableRow.pk.does_not_exist()


def _home(table: DataTable) -> str:
    return f"table#{table.table_id}"
