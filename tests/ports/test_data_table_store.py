"""What every store of data tables promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.data_tables import DynamoDataTableStore
from chalicelib.adapters.dynamo.tables import IN_DATA_TABLES
from chalicelib.core.data_table import DataTable, Record, StoredValue
from chalicelib.core.errors import LostRace
from chalicelib.services.data_tables import DataTableStore
from tests.fakes.flows import InMemoryDataTableStore
from tests.given import MONDAY

TABLE = DataTable(
    table_id="t-1", name="Prices", time_zone="UTC", created_at=MONDAY, modified_at=MONDAY
)
RECORD = Record(
    record_id="r-1",
    primary={"a-1": "gold"},
    values={"a-2": StoredValue(text="5", lock=1, modified_at=MONDAY)},
)
SAVED = replace(TABLE, version=1)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> DataTableStore:
    if request.param == "fake":
        return InMemoryDataTableStore()
    request.getfixturevalue("bind_tables")(tables=[*IN_DATA_TABLES])
    return DynamoDataTableStore()


def test_a_table_is_found_as_it_was_saved(store: DataTableStore) -> None:
    store.save(TABLE)

    assert [SAVED] == list(store.tables())


def test_the_second_of_two_editors_of_a_schema_loses(store: DataTableStore) -> None:
    store.save(TABLE)
    store.save(replace(SAVED, description="mine"))

    with pytest.raises(LostRace):
        store.save(replace(SAVED, description="theirs"))
    assert "mine" == store.tables()[0].description


def test_records_are_found_by_key_and_all_together(store: DataTableStore) -> None:
    """Each at the version after the write; those that are not there are left out."""
    store.save(TABLE)
    store.write(SAVED, SAVED, {"k-1": RECORD, "k-2": RECORD})
    written = replace(RECORD, version=1)

    assert {"k-1": written} == dict(store.records(SAVED, ["k-1", "k-1", "k-3"]))
    assert {"k-1": written, "k-2": written} == dict(store.all_records(SAVED))


def test_of_two_writers_of_a_record_the_second_loses_and_writes_nothing(
    store: DataTableStore,
) -> None:
    store.save(TABLE)
    store.write(SAVED, SAVED, {"k-1": RECORD})

    with pytest.raises(LostRace):
        store.write(SAVED, SAVED, {"k-1": RECORD, "k-2": RECORD})
    assert ["k-1"] == list(store.all_records(SAVED))


def test_a_schema_changed_by_values_guards_them(store: DataTableStore) -> None:
    """Whose table is not current writes no record."""
    store.save(TABLE)
    store.write(SAVED, replace(SAVED, lock=2), {"k-1": RECORD})

    with pytest.raises(LostRace):
        store.write(SAVED, replace(SAVED, lock=2), {"k-2": RECORD})
    assert 2 == store.tables()[0].lock
    assert ["k-1"] == list(store.all_records(SAVED))


def test_a_record_moves_in_one_step(store: DataTableStore) -> None:
    store.save(TABLE)
    store.write(SAVED, SAVED, {"k-1": RECORD})
    store.write(SAVED, SAVED, {"k-1": None, "k-2": RECORD})

    assert ["k-2"] == list(store.all_records(SAVED))


def test_a_deleted_table_takes_its_records_along(store: DataTableStore) -> None:
    store.save(TABLE)
    store.write(SAVED, SAVED, {"k-1": RECORD})
    store.delete(SAVED)

    assert not store.tables()
    assert not store.all_records(SAVED)
