"""Data tables: what admins may set up, and what happens to values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from chalicelib.core.data_table import (
    Edit,
    EditKind,
    Locks,
    TableAttribute,
    Validation,
    ValueType,
    primary_of,
)
from chalicelib.core.errors import Conflict, Duplicate, NotFound, Rejected
from chalicelib.services.data_tables import DataTablesService, TableSetup
from tests.fakes.flows import InMemoryDataTableStore
from tests.given import MONDAY

NO_LOCKS = Locks()


@pytest.fixture
def store() -> InMemoryDataTableStore:
    return InMemoryDataTableStore()


@pytest.fixture
def tables(store: InMemoryDataTableStore) -> DataTablesService:
    ids = count(1)
    service = DataTablesService(store, now=lambda: MONDAY, new_id=lambda: f"id-{next(ids)}")
    service.create(TableSetup(name="Prices", time_zone="UTC"), {})
    service.add_attribute("Prices", column("plan", is_primary=True))
    service.add_attribute("Prices", column("price", ValueType.NUMBER))
    service.add_attribute("Prices", column("note"))
    return service


def column(
    name: str, kind: ValueType = ValueType.TEXT, *, is_primary: bool = False, **rules: Any
) -> Callable[[str, datetime], TableAttribute]:
    return lambda identifier, at: TableAttribute(
        attribute_id=identifier,
        name=name,
        value_type=kind,
        is_primary=is_primary,
        validation=Validation(**rules),
        modified_at=at,
    )


def put(
    tables: DataTablesService,
    plan: str | None,
    attribute: str,
    text: str | None,
    *,
    kind: EditKind = EditKind.UPSERT,
    locks: Locks = NO_LOCKS,
) -> None:
    primary = {"plan": plan} if plan else {}
    change = Edit(kind=kind, primary=primary, attribute=attribute, text=text, locks=locks)
    tables.edit("Prices", [change], is_whole=True)


def value(tables: DataTablesService, plan: str, attribute: str) -> str | None:
    _, [(_, [found])] = tables.evaluate("Prices", [({"plan": plan}, [attribute])])
    return found.text if found.is_found else None


def test_a_value_counts_for_its_record_and_the_default_for_all_others(
    tables: DataTablesService,
) -> None:
    put(tables, None, "price", "9")
    put(tables, "gold", "price", "5.50")

    assert "5.50" == value(tables, "gold", "price")
    assert "9" == value(tables, "silver", "price")
    assert value(tables, "gold", "note") is None


def test_whoever_takes_a_value_back_gets_the_default_again(tables: DataTablesService) -> None:
    put(tables, None, "price", "9")
    put(tables, "gold", "price", "5")
    put(tables, "gold", "price", None)

    assert "9" == value(tables, "gold", "price")


def test_evaluation_costs_two_requests_however_many_queries(
    tables: DataTablesService, store: InMemoryDataTableStore
) -> None:
    before = store.requests
    tables.evaluate("Prices", [({"plan": p}, ["price", "note"]) for p in "abcde"])

    assert 2 == store.requests - before


@pytest.mark.parametrize(
    ("attribute", "kind", "rules", "text", "why"),
    [
        ("a", ValueType.NUMBER, {}, "cheap", "is not a number"),
        ("a", ValueType.NUMBER, {}, "NaN", "is not a number"),
        ("a", ValueType.NUMBER, {"minimum": 0.0}, "-1", "under the minimum"),
        ("a", ValueType.NUMBER, {"maximum": 10.0}, "10.01", "over the maximum"),
        ("a", ValueType.NUMBER, {"exclusive_maximum": 10.0}, "10", "not under the maximum"),
        ("a", ValueType.NUMBER, {"exclusive_minimum": 0.0}, "0", "not over the minimum"),
        ("a", ValueType.NUMBER, {"multiple_of": 0.05}, "1.02", "no multiple of 0.05"),
        ("a", ValueType.BOOLEAN, {}, "yes", "is not true or false"),
        ("a", ValueType.TEXT, {"max_length": 3}, "long", "4 characters, 0 to 3"),
        ("a", ValueType.TEXT, {"choices": ("x", "y"), "is_strict": True}, "z", "not one of x, y"),
        ("a", ValueType.TEXT_LIST, {}, "x", "is not a JSON list of texts"),
        ("a", ValueType.TEXT_LIST, {"max_values": 1}, '["x", "y"]', "has 2 values, 0 to 1"),
        ("a", ValueType.NUMBER_LIST, {}, '[1, "2"]', "is not a JSON list of numbers"),
        ("a", ValueType.NUMBER_LIST, {}, "[true]", "is not a JSON list of numbers"),
    ],
)
def test_a_bad_value_is_told_with_its_attribute_and_writes_nothing(
    tables: DataTablesService,
    attribute: str,
    kind: ValueType,
    rules: dict[str, Any],
    text: str,
    why: str,
) -> None:
    tables.add_attribute("Prices", column(attribute, kind, **rules))

    with pytest.raises(Rejected, match=why) as refused:
        put(tables, "gold", attribute, text)
    assert (attribute, text) == (refused.value.field, refused.value.value)
    assert value(tables, "gold", attribute) is None


def test_good_values_are_kept_in_their_normal_form(tables: DataTablesService) -> None:
    for name, kind, given, kept in (
        ("b", ValueType.BOOLEAN, "True", "true"),
        ("n", ValueType.NUMBER, " 1e3 ", "1e3"),
        ("s", ValueType.NUMBER, "0.15", "0.15"),
        ("l", ValueType.NUMBER_LIST, "[1,2.5]", "[1, 2.5]"),
        ("t", ValueType.TEXT_LIST, '["é"]', '["é"]'),
    ):
        tables.add_attribute("Prices", column(name, kind))
        put(tables, "gold", name, given)
        assert kept == value(tables, "gold", name)


def test_steps_are_measured_as_people_count(tables: DataTablesService) -> None:
    """0.15 is three times 0.05, whatever binary fractions make of it."""
    tables.add_attribute("Prices", column("fee", ValueType.NUMBER, multiple_of=0.05))
    put(tables, "gold", "fee", "0.15")

    assert "0.15" == value(tables, "gold", "fee")


def test_primary_values_are_all_of_them_or_none(tables: DataTablesService) -> None:
    change = Edit(kind=EditKind.UPSERT, primary={"colour": "red"}, attribute="price", text="1")

    with pytest.raises(Rejected, match="primary attributes of 'Prices' are plan"):
        tables.edit("Prices", [change], is_whole=True)


def test_case_may_be_ignored_in_primary_values(tables: DataTablesService) -> None:
    tables.update_attribute("Prices", "plan", column("plan", is_primary=True, ignore_case=True))
    put(tables, "Gold", "price", "5")

    assert "5" == value(tables, "GOLD", "price")


@pytest.mark.parametrize("level", ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"])
def test_the_second_of_two_editors_is_told_at_every_lock_level(
    tables: DataTablesService, level: str
) -> None:
    """Both read the value, one writes: the other's lock version is not current any more."""
    tables.update("Prices", TableSetup(name="Prices", time_zone="UTC", lock_level=level))
    put(tables, "gold", "price", "5")
    held = held_locks(tables, level)
    put(tables, "gold", "price", "6", locks=held)

    with pytest.raises(Conflict, match="somebody else was first"):
        put(tables, "gold", "price", "7", locks=held)
    assert "6" == value(tables, "gold", "price")


def held_locks(tables: DataTablesService, level: str) -> Locks:
    table, [[record]] = tables.listed("Prices")
    price = table.attribute("price")
    return {
        "DATA_TABLE": Locks(table=str(table.lock)),
        "PRIMARY_VALUE": Locks(primary=str(record.version)),
        "ATTRIBUTE": Locks(attribute=str(price.lock)),
        "VALUE": Locks(value=str(record.values[price.attribute_id].lock)),
    }[level]


def test_a_request_sent_again_is_no_conflict(tables: DataTablesService) -> None:
    """What is so already is done, whatever the lock."""
    tables.update("Prices", TableSetup(name="Prices", time_zone="UTC", lock_level="VALUE"))
    put(tables, "gold", "price", "5")
    held = held_locks(tables, "VALUE")
    for _ in range(2):
        put(tables, "gold", "price", "6", locks=held)

    assert "6" == value(tables, "gold", "price")


def test_one_bad_value_stops_a_whole_edit_but_not_a_batch(tables: DataTablesService) -> None:
    edits = [
        Edit(kind=EditKind.CREATE, primary={"plan": plan}, attribute="price", text=text)
        for plan, text in (("gold", "5"), ("silver", "cheap"))
    ]
    with pytest.raises(Rejected):
        tables.edit("Prices", edits, is_whole=True)
    assert value(tables, "gold", "price") is None

    edited, _ = tables.edit("Prices", edits)
    assert [None, Rejected] == [type(r) if r else None for r in edited.refusals]
    assert "5" == value(tables, "gold", "price")


def test_what_is_not_there_is_neither_updated_nor_deleted(tables: DataTablesService) -> None:
    for kind, text in ((EditKind.UPDATE, "5"), (EditKind.DELETE, None)):
        with pytest.raises(NotFound):
            put(tables, "gold", "price", text, kind=kind)


def test_a_list_is_by_groups_of_primary_values(tables: DataTablesService) -> None:
    for plan in ("silver", "gold"):
        put(tables, plan, "price", "5")
    table, groups = tables.listed("Prices", [{"plan": ["gold"]}, {}])

    assert [["gold"], ["gold", "silver"]] == [
        [primary_of(table, record)["plan"] for record in group] for group in groups
    ]
    with pytest.raises(Rejected, match="no primary attribute"):
        tables.listed("Prices", [{"price": ["5"]}])


def test_a_renamed_attribute_keeps_its_values_and_a_deleted_one_loses_them(
    tables: DataTablesService,
) -> None:
    put(tables, "gold", "price", "5")
    tables.update_attribute("Prices", "price", column("cost", ValueType.NUMBER))
    assert "5" == value(tables, "gold", "cost")

    tables.delete_attribute("Prices", "cost")
    tables.add_attribute("Prices", column("cost", ValueType.NUMBER))
    assert value(tables, "gold", "cost") is None


def test_the_key_of_a_table_with_values_stays(tables: DataTablesService) -> None:
    put(tables, "gold", "price", "5")

    for change in (
        lambda: tables.delete_attribute("Prices", "plan"),
        lambda: tables.add_attribute("Prices", column("region", is_primary=True)),
        lambda: tables.update_attribute("Prices", "plan", column("plan")),
    ):
        with pytest.raises(Rejected, match="has values"):
            change()


def test_a_record_gets_other_primary_values_unless_they_are_taken(
    tables: DataTablesService,
) -> None:
    for plan in ("silver", "gold"):
        put(tables, plan, "price", plan and "5")
    tables.move("Prices", {"plan": "gold"}, {"plan": "platinum"}, "1")

    assert "5" == value(tables, "platinum", "price")
    assert value(tables, "gold", "price") is None
    with pytest.raises(Duplicate):
        tables.move("Prices", {"plan": "platinum"}, {"plan": "silver"}, None)
    with pytest.raises(Conflict):
        tables.move("Prices", {"plan": "platinum"}, {"plan": "diamond"}, "7")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "prices"}, "Name"),
        ({"name": " "}, "Name"),
        ({"name": "a;b"}, "Name"),
        ({"name": "aws:prices"}, "Name"),
        ({"time_zone": "Mars/Olympus"}, "TimeZone"),
        ({"time_zone": "../etc"}, "TimeZone"),
        ({"lock_level": "ROW"}, "ValueLockLevel"),
        ({"description": "x" * 251}, "Description"),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_field(
    tables: DataTablesService, fields: dict[str, str], field: str
) -> None:
    setup = TableSetup(**{"name": "Fees", "time_zone": "UTC", **fields})

    with pytest.raises((Rejected, Duplicate)) as refused:
        tables.create(setup, {})
    assert field == refused.value.field


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"min_length": 3, "max_length": 2}, "Validation.MinLength"),
        ({"minimum": 3.0, "maximum": 2.0}, "Validation.Minimum"),
        ({"is_strict": True}, "Validation.Enum.Values"),
        ({"multiple_of": 0.0}, "Validation.MultipleOf"),
    ],
)
def test_rules_that_no_value_could_keep_are_refused(
    tables: DataTablesService, rules: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        tables.add_attribute("Prices", column("fee", ValueType.NUMBER, **rules))
    assert field == refused.value.field


def test_a_table_is_found_by_id_name_and_arn(tables: DataTablesService) -> None:
    known = tables.table("Prices")
    arn = f"arn:aws:connect:us-east-1:0:instance/i-1/data-table/{known.table_id}:$LATEST"

    for reference in (known.table_id, "table:Prices", arn):
        assert known == tables.table(reference)
    with pytest.raises(NotFound):
        tables.table("Fees")
