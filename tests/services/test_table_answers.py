"""Flows and data tables: what they read becomes attributes, what they write is whole or not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import pytest

from chalicelib.core.data_table import Edit, EditKind, TableAttribute, ValueType
from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId
from chalicelib.services.data_tables import DataTablesService, TableSetup
from chalicelib.services.table_answers import TableAnswers
from tests.fakes.flows import InMemoryDataTableStore
from tests.given import MONDAY
from tests.house import House, action, document

COLUMNS = {"plan": ValueType.TEXT, "price": ValueType.NUMBER, "days": ValueType.TEXT_LIST}


@pytest.fixture
def tables() -> DataTablesService:
    ids = count(1)
    service = DataTablesService(
        InMemoryDataTableStore(), now=lambda: MONDAY, new_id=lambda: f"t-{next(ids)}"
    )
    service.create(TableSetup(name="Prices", time_zone="UTC", lock_level="DATA_TABLE"), {})
    for name, kind in COLUMNS.items():
        service.add_attribute("Prices", _column(name, kind))
    edits = [
        Edit(kind=EditKind.CREATE, primary={"plan": "gold"}, attribute=name, text=text)
        for name, text in (("price", "5"), ("days", '["Mon", "Tue"]'))
    ]
    service.edit("Prices", edits, is_whole=True)
    return service


def _column(name: str, kind: ValueType):  # type: ignore[no-untyped-def]  # a maker of attributes
    return lambda identifier, at: TableAttribute(
        attribute_id=identifier,
        name=name,
        value_type=kind,
        is_primary=name == "plan",
        modified_at=at,
    )


@pytest.fixture
def house(tables: DataTablesService) -> House:
    house = House()
    answers = TableAnswers(tables)
    house.respondents[Port.TABLE] = lambda: answers
    return house


def reads(house: House, kind: str, said: str, **parameters: object) -> str:
    """What a chatter reads when this block comes before `said`."""
    block = action("Ask", kind, "Say", DataTableId="table:Prices", **parameters)
    house.publish("Ask", document(block, action("Say", "MessageParticipant", "End", Text=said)))
    started = house.chats("Ask")
    return house.contacts.items(started.contact_id)[0].content


def why(house: House, contact_id: ContactId) -> str:
    (block,) = [b for b in house.events(contact_id, BlockExecuted) if b.block_id == "Ask"]
    return str(block)


def a_query(plan: str, *names: str) -> Mapping[str, object]:
    primary = [{"AttributeName": "plan", "Value": plan}]
    return {"QueryName": "Price", "Attributes": list(names), "PrimaryValues": primary}


def an_upsert(plan: str, **values: str) -> list[Mapping[str, object]]:
    primary = [{"Name": "plan", "Value": plan}]
    attributes = [{"Name": name, "Value": value} for name, value in values.items()]
    return [{"PrimaryValues": primary, "Attributes": attributes}]


def test_evaluated_values_are_attributes(house: House) -> None:
    """Text as it is, an item of a list by its index."""
    said = "It is $.DataTables.Price.price, from `$.DataTables.Price.days[1]`."
    heard = reads(
        house, "EvaluateDataTableValues", said, Queries=[a_query("gold", "price", "days")]
    )

    assert "It is 5, from Tue." == heard


def test_a_record_that_is_not_there_has_no_values(house: House) -> None:
    said = "It is <$.DataTables.Price.price>."

    assert "It is <>." == reads(
        house, "EvaluateDataTableValues", said, Queries=[a_query("tin", "price")]
    )


def test_lists_are_by_group(house: House) -> None:
    said = (
        "`$.DataTableList.ResultData.primaryKeyGroups.Mine[0].attributes[0].attributeValue` of "
        "`$.DataTableList.ResultData.primaryKeyGroups.Mine[0].primaryKeys[0].attributeValue`"
    )
    group = {"PrimaryKeyGroupName": "Mine", "PrimaryValues": [{"Name": "plan", "Value": "gold"}]}

    assert "5 of gold" == reads(house, "ListDataTableValues", said, PrimaryKeyGroups=[group])


def test_a_list_without_groups_is_the_default_group(house: House) -> None:
    said = "`$.DataTableList.ResultData.primaryKeyGroups.default[0].attributes[0].attributeValue`"

    assert "5" == reads(house, "ListDataTableValues", said)


def test_what_a_flow_writes_counts_at_once(house: House, tables: DataTablesService) -> None:
    heard = reads(
        house,
        "UpsertDataTableValues",
        "Done.",
        DataTableUpsertAttributes=an_upsert("tin", price="2"),
    )

    assert "Done." == heard
    assert "2" == _price(tables, "tin")


def test_a_stale_lock_version_takes_the_error_branch(
    house: House, tables: DataTablesService
) -> None:
    """Somebody wrote in between: nothing is written, and the trace says why."""
    stale = tables.table("Prices").lock
    tables.edit(
        "Prices",
        [Edit(kind=EditKind.UPSERT, primary={"plan": "gold"}, attribute="price", text="6")],
    )
    heard = reads(
        house,
        "UpsertDataTableValues",
        "Done.",
        LockVersion={"DataTable": str(stale)},
        DataTableUpsertAttributes=an_upsert("gold", price="7"),
    )

    assert "Sorry." == heard
    assert "6" == _price(tables, "gold")


def test_an_upsert_with_a_bad_value_writes_none_of_its_values(
    house: House, tables: DataTablesService
) -> None:
    upsert = an_upsert("tin", price="2", days="Monday")
    block = action(
        "Ask",
        "UpsertDataTableValues",
        "End",
        DataTableId="table:Prices",
        DataTableUpsertAttributes=upsert,
    )
    house.publish("Ask", document(block))
    contact_id = house.rings("Ask")

    assert "days: 'Monday' is not a JSON list of texts" in why(house, contact_id)
    assert _price(tables, "tin") is None


def test_a_value_may_be_given_back_to_the_default(house: House, tables: DataTablesService) -> None:
    attributes = [{"Name": "price", "UseDefaultValue": "true"}]
    primary = [{"Name": "plan", "Value": "gold"}]
    upsert = [{"PrimaryValues": primary, "Attributes": attributes}]

    assert "Done." == reads(
        house, "UpsertDataTableValues", "Done.", DataTableUpsertAttributes=upsert
    )
    assert _price(tables, "gold") is None


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("EvaluateDataTableValues", {"Queries": [a_query("gold", "colour")]}),
        ("EvaluateDataTableValues", {"Queries": [a_query("gold")]}),
        ("EvaluateDataTableValues", {"Queries": [{"Attributes": ["price"]}]}),
        ("EvaluateDataTableValues", {"Queries": ["gold"]}),
        ("ListDataTableValues", {"PrimaryKeyGroups": [{"PrimaryValues": []}]}),
        ("UpsertDataTableValues", {"DataTableUpsertAttributes": []}),
        ("UpsertDataTableValues", {"DataTableUpsertAttributes": an_upsert("x", price="x")}),
        (
            "UpsertDataTableValues",
            {"DataTableUpsertAttributes": [{"Attributes": [{"Name": "price"}]}]},
        ),
    ],
)
def test_what_makes_no_sense_takes_the_error_branch(
    house: House, kind: str, parameters: Mapping[str, object]
) -> None:
    assert "Sorry." == reads(house, kind, "Done.", **parameters)


def _price(tables: DataTablesService, plan: str) -> str | None:
    _, [(_, [found])] = tables.evaluate("Prices", [({"plan": plan}, ["price"])])
    return found.text if found.is_found else None
