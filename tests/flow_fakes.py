"""One in-memory class per port that only flows ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.core.data_table import DataTable, Record
from chalicelib.core.errors import LostRace


class InMemoryDataTableStore:
    """A DataTableStore without a database; counts its requests."""

    def __init__(self) -> None:
        self._tables: dict[str, DataTable] = {}
        self._records: dict[str, dict[str, Record]] = {}
        self.requests = 0

    def tables(self) -> Sequence[DataTable]:
        self.requests += 1
        return list(self._tables.values())

    def save(self, table: DataTable) -> None:
        self._expect(table)
        self._tables[table.table_id] = replace(table, version=table.version + 1)

    def delete(self, table: DataTable) -> None:
        del self._tables[table.table_id]
        self._records.pop(table.table_id, None)

    def records(self, table: DataTable, keys: Sequence[str]) -> Mapping[str, Record]:
        self.requests += 1
        known = self._records.get(table.table_id, {})
        return {key: known[key] for key in keys if key in known}

    def all_records(self, table: DataTable) -> Mapping[str, Record]:
        return dict(self._records.get(table.table_id, {}))

    def write(
        self, table: DataTable, edited: DataTable, records: Mapping[str, Record | None]
    ) -> None:
        known = self._records.setdefault(table.table_id, {})
        for key, record in records.items():
            current = known[key].version if key in known else 0
            if record is not None and record.version != current:
                raise LostRace(f"values of table {table.name!r} have changed")
        if edited != table:
            self.save(edited)
        for key, record in records.items():
            if record is None:
                known.pop(key, None)
            else:
                known[key] = replace(record, version=record.version + 1)

    def _expect(self, table: DataTable) -> None:
        known = self._tables.get(table.table_id)
        if (known.version if known else 0) != table.version:
            raise LostRace(f"table {table.name!r} has changed")
