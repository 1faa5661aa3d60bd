"""Data tables: what admins set up, and what values are read and written by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.core.data_table import (
    MOST_ATTRIBUTES,
    MOST_EDITS,
    DataTable,
    Edit,
    Edited,
    Evaluated,
    LockLevel,
    Record,
    TableAttribute,
    check_validation,
    edit,
    evaluated,
    locks_of,
    moved,
    primary_of,
    record_key,
)
from chalicelib.core.errors import Conflict, Duplicate, NotFound, Refusal, Rejected
from chalicelib.services.races import insist

MOST_TABLES = 100
NAME_LIMIT = 127
DESCRIPTION_LIMIT = 250
_RESERVED = ("connect:", "aws:")


class DataTableStore(Protocol):
    """Data tables and their records; every read is strongly consistent."""

    def tables(self) -> Sequence[DataTable]:
        """All schemas, in one request."""
        ...

    def save(self, table: DataTable) -> None:
        """Stores the next version; LostRace when `table` is not of the current one (0: new)."""
        ...

    def delete(self, table: DataTable) -> None:
        """The table with all its records."""
        ...

    def records(self, table: DataTable, keys: Sequence[str]) -> Mapping[str, Record]:
        """Those of them that exist, by key, in one request."""
        ...

    def all_records(self, table: DataTable) -> Mapping[str, Record]: ...

    def write(
        self, table: DataTable, edited: DataTable, records: Mapping[str, Record | None]
    ) -> None:
        """The records' next versions (None: gone) and, if it changed, the table's, all or nothing;
        LostRace when any is not of its current version."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSetup:
    """What an admin says of a table."""

    name: str
    time_zone: str
    lock_level: str = LockLevel.NONE
    description: str = ""


class DataTablesService:
    """Tables of the center, by id, ARN or name."""

    def __init__(
        self, store: DataTableStore, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id

    # --- schemas ---

    def tables(self) -> Sequence[DataTable]:
        return sorted(self._store.tables(), key=lambda table: table.name.casefold())

    def table(self, reference: str) -> DataTable:
        """NotFound when there is none; a version alias behind an ARN means the table."""
        wanted = reference.removeprefix("table:")
        if wanted.startswith("arn:"):
            wanted = wanted.rsplit("/", 1)[-1].partition(":")[0]
        for table in self._store.tables():
            if wanted in (table.table_id, table.name):
                return table
        raise NotFound(f"no data table {reference!r}", field="DataTableId", value=reference)

    def create(self, setup: TableSetup, tags: Mapping[str, str]) -> DataTable:
        at = self._now()
        table = DataTable(
            table_id=self._new_id(),
            name="",
            time_zone="",
            tags=dict(tags),
            created_at=at,
            modified_at=at,
        )
        others = self._store.tables()
        if len(others) >= MOST_TABLES:
            raise Rejected(f"a center has at most {MOST_TABLES} data tables", field="Name")
        table = _set_up(table, setup, others)
        self._store.save(table)
        return table

    def update(self, reference: str, setup: TableSetup) -> DataTable:
        return self._change(
            reference,
            lambda table: _set_up(table.changed(self._now()), setup, self._store.tables()),
        )

    def delete(self, reference: str) -> None:
        self._store.delete(self.table(reference))

    def add_attribute(
        self, reference: str, make: Callable[[str, datetime], TableAttribute]
    ) -> tuple[DataTable, TableAttribute]:
        """`make` gets an id and the moment. A key can only be added to a table without values."""
        attribute = _checked_attribute(make(self._new_id(), self._now()))

        def change(table: DataTable) -> DataTable:
            _expect_free(table, attribute)
            if attribute.is_primary:
                self._expect_no_values(table, attribute.name)
            if len(table.attributes) >= MOST_ATTRIBUTES:
                raise Rejected(f"a table has at most {MOST_ATTRIBUTES} attributes", field="Name")
            return table.changed(self._now(), attributes=(*table.attributes, attribute))

        return self._change(reference, change), attribute

    def update_attribute(
        self, reference: str, name: str, make: Callable[[str, datetime], TableAttribute]
    ) -> tuple[DataTable, TableAttribute]:
        """Its values stay, also under another name; they keep the rules they were written by."""
        found: list[TableAttribute] = []

        def change(table: DataTable) -> DataTable:
            known = table.attribute(name)
            attribute = _checked_attribute(make(known.attribute_id, self._now()))
            attribute = replace(attribute, lock=known.lock + 1)
            _expect_free(table, attribute)
            if attribute.is_primary != known.is_primary:
                self._expect_no_values(table, name)
            found[:] = [attribute]
            attributes = tuple(attribute if a is known else a for a in table.attributes)
            return table.changed(self._now(), attributes=attributes)

        return self._change(reference, change), found[0]

    def delete_attribute(self, reference: str, name: str) -> DataTable:
        """With all its values."""

        def change(table: DataTable) -> DataTable:
            gone = table.attribute(name)
            if gone.is_primary:
                self._expect_no_values(table, name)
            rest = tuple(a for a in table.attributes if a is not gone)
            return table.changed(self._now(), attributes=rest)

        return self._change(reference, change)

    # --- values ---

    def edit(
        self, reference: str, edits: Sequence[Edit], *, is_whole: bool = False
    ) -> tuple[Edited, Mapping[str, Record]]:
        """Writes what can be, and tells the rest; with `is_whole`, all of it or a Refusal.

        Also returns the edited records as they are now, by key.
        """
        if not 1 <= len(edits) <= MOST_EDITS:
            raise Rejected(f"1 to {MOST_EDITS} values at once", field="Values", value=len(edits))

        def attempt() -> tuple[Edited, Mapping[str, Record]]:
            table = self.table(reference)
            records = self._store.records(table, _keys(table, edits))
            edited = edit(table, records, edits, at=self._now())
            refusal = next((r for r in edited.refusals if r is not None), None)
            if refusal is not None and is_whole:
                raise refusal
            if edited.records:
                self._store.write(table, edited.table, edited.records)
            stored = {
                key: replace(record, version=record.version + 1)
                for key, record in edited.records.items()
            }
            return edited, {**records, **stored}

        return insist(attempt)

    def evaluate(
        self, reference: str, queries: Sequence[tuple[Mapping[str, str], Sequence[str]]]
    ) -> tuple[DataTable, Sequence[tuple[Record | None, Sequence[Evaluated]]]]:
        """Per query (primary values, attribute names) its record and values; two requests."""
        table = self.table(reference)
        keys = [record_key(table, primary) for primary, _ in queries]
        default = record_key(table, {})
        records = self._store.records(table, [default, *keys])
        defaults = records.get(default)
        return table, [
            (
                records.get(key),
                [evaluated(records.get(key), defaults, table.attribute(name)) for name in names],
            )
            for key, (_, names) in zip(keys, queries, strict=True)
        ]

    def listed(
        self, reference: str, wanted: Sequence[Mapping[str, Sequence[str]]] = ()
    ) -> tuple[DataTable, Sequence[Sequence[Record]]]:
        """Records with values, per group of wanted primary values; no group: all of them."""
        table = self.table(reference)
        for group in wanted:
            for name in group:
                if not table.attribute(name).is_primary:
                    raise Rejected(f"{name!r} is no primary attribute", field=name, value=name)
        found = [record for record in self._store.all_records(table).values() if record.values]
        found.sort(key=lambda record: list(primary_of(table, record).values()))
        groups = wanted or [{}]
        return table, [[r for r in found if _is_in(table, r, group)] for group in groups]

    def move(
        self,
        reference: str,
        primary: Mapping[str, str],
        new: Mapping[str, str],
        lock: str | None,
    ) -> tuple[DataTable, Record]:
        """Gives a record other primary values; Duplicate when they are another record's."""
        table = self.table(reference)
        old_key, new_key = record_key(table, primary), record_key(table, new)
        records = self._store.records(table, [old_key, new_key])
        record = records.get(old_key)
        if record is None or not primary or not new:
            raise NotFound("no record of these primary values", field="PrimaryValues")
        if lock is not None and lock != locks_of(table, record=record).primary:
            raise Conflict("somebody else was first", field="LockVersion.PrimaryValues", value=lock)
        after = moved(table, record, new)
        if old_key == new_key:
            self._store.write(table, table, {old_key: after})
        elif new_key in records and records[new_key].values:
            raise Duplicate("a record of these primary values exists", field="NewPrimaryValues")
        else:
            taken = records.get(new_key)
            after = replace(after, version=taken.version if taken else 0)
            self._store.write(table, table, {old_key: None, new_key: after})
        return table, replace(after, version=after.version + 1)

    def _change(self, reference: str, change: Callable[[DataTable], DataTable]) -> DataTable:
        def attempt() -> DataTable:
            table = change(self.table(reference))
            self._store.save(table)
            return table

        return insist(attempt)

    def _expect_no_values(self, table: DataTable, name: str) -> None:
        if any(record.values for record in self._store.all_records(table).values()):
            raise Rejected(
                f"{name!r} is part of the key, and the table has values", field="Primary"
            )


def _keys(table: DataTable, edits: Sequence[Edit]) -> list[str]:
    keys = []
    for each in edits:
        try:
            keys.append(record_key(table, each.primary))
        except Refusal:
            continue  # the edit itself will say so
    return keys


def _is_in(table: DataTable, record: Record, group: Mapping[str, Sequence[str]]) -> bool:
    primary = primary_of(table, record)
    return all(primary.get(name) in values for name, values in group.items())


def _set_up(table: DataTable, setup: TableSetup, others: Sequence[DataTable]) -> DataTable:
    name = _checked_name(setup.name)
    if name.lower().startswith(_RESERVED):
        raise Rejected(f"Name must not begin with {' or '.join(_RESERVED)}", field="Name")
    if any(o.name.casefold() == name.casefold() and o.table_id != table.table_id for o in others):
        raise Duplicate(f"a data table named {name!r} exists", field="Name", value=name)
    if setup.lock_level not in LockLevel.__members__:
        known = ", ".join(LockLevel)
        raise Rejected(
            f"ValueLockLevel {setup.lock_level!r} is not one of {known}",
            field="ValueLockLevel",
            value=setup.lock_level,
        )
    try:
        ZoneInfo(setup.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Rejected(
            f"TimeZone {setup.time_zone!r} is unknown", field="TimeZone", value=setup.time_zone
        ) from None
    return replace(
        table,
        name=name,
        time_zone=setup.time_zone,
        lock_level=LockLevel(setup.lock_level),
        description=_checked_description(setup.description),
    )


def _checked_attribute(attribute: TableAttribute) -> TableAttribute:
    check_validation(attribute.validation)
    if attribute.is_primary and attribute.value_type.is_list:
        raise Rejected("a primary attribute is no list", field="ValueType")
    description = _checked_description(attribute.description)
    return replace(attribute, name=_checked_name(attribute.name), description=description)


def _expect_free(table: DataTable, attribute: TableAttribute) -> None:
    """Its name, among the other attributes."""
    for other in table.attributes:
        if other.name == attribute.name and other.attribute_id != attribute.attribute_id:
            raise Duplicate(f"an attribute {other.name!r} exists", field="Name", value=other.name)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT or not all(c.isalnum() or c in " -_.:=@'|" for c in name):
        raise Rejected(
            f"Name has 1 to {NAME_LIMIT} letters, digits, blanks or -_.:=@'|",
            field="Name",
            value=name,
        )
    return name


def _checked_description(text: str) -> str:
    if len(text) > DESCRIPTION_LIMIT:
        raise Rejected(
            f"Description has at most {DESCRIPTION_LIMIT} characters", field="Description"
        )
    return text.strip()
