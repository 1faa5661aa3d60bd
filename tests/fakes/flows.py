"""One in-memory class per port that only flows ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.core.data_table import DataTable, Record
from chalicelib.core.errors import LostRace
from chalicelib.core.identity import Caller, Unidentified
from chalicelib.core.view import View, ViewVersion


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


class InMemoryViewStore:
    """A ViewStore in dicts."""

    def __init__(self) -> None:
        self._views: dict[str, View] = {}
        self._versions: dict[tuple[str, int], ViewVersion] = {}

    def views(self) -> Sequence[View]:
        return list(self._views.values())

    def view(self, view_id: str) -> View | None:
        return self._views.get(view_id)

    def save(self, view: View, version: ViewVersion | None = None) -> None:
        known = self._views.get(view.view_id)
        if (known.revision if known else 0) != view.revision:
            raise LostRace(f"view {view.name!r} has changed")
        self._views[view.view_id] = replace(view, revision=view.revision + 1)
        if version is not None:
            self._versions[version.view_id, version.number] = version

    def versions(self, view_id: str) -> Sequence[ViewVersion]:
        return [v for (owner, _), v in sorted(self._versions.items()) if owner == view_id]

    def version(self, view_id: str, number: int) -> ViewVersion | None:
        return self._versions.get((view_id, number))

    def delete(self, view_id: str, number: int | None = None) -> None:
        if number is None:
            del self._views[view_id]
        for key in [k for k in self._versions if k[0] == view_id and number in (None, k[1])]:
            del self._versions[key]


class GoodTokens:
    """SignIns where a token is `<pool>/<client>/<user name>`."""

    def verify(self, pool: str, client_id: str, token: str) -> Caller:
        begins = f"{pool}/{client_id}/"
        if not token.startswith(begins):
            raise Unidentified("the token is not valid")
        return Caller(kind="person", username=token.removeprefix(begins))
