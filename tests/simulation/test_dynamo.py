"""The tables of the simulation: what DynamoDB promises, and nothing that PynamoDB never asks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation import expressions
from tests.simulation.dynamo import Dynamo, Write
from tests.simulation.expressions import Unknown

type Doc = dict[str, Any]


def row(pk: str, sk: str, **more: int) -> Doc:
    numbers = {name: {"N": str(value)} for name, value in more.items()}
    return {"pk": {"S": pk}, "sk": {"S": sk}, **numbers}


def put(pk: str, sk: str, *, only_new: bool = False, **more: int) -> Doc:
    kwargs: Doc = {"TableName": "t", "Item": row(pk, sk, **more)}
    if only_new:
        kwargs["ConditionExpression"] = "attribute_not_exists (#0)"
        kwargs["ExpressionAttributeNames"] = {"#0": "pk"}
    return kwargs


def transact(*puts: Doc) -> Doc:
    return {"TransactItems": [{"Put": each} for each in puts]}


def query(pk: str, **more: object) -> Doc:
    return {
        "TableName": "t",
        "KeyConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ExpressionAttributeValues": {":0": {"S": pk}},
        "ConsistentRead": True,
        **more,
    }


@pytest.fixture
def tables() -> Dynamo:
    return Dynamo(["t"])


def reasons(error: pytest.ExceptionInfo[ClientError]) -> list[str]:
    return [each["Code"] for each in error.value.response["CancellationReasons"]]


def test_a_transaction_is_done_whole_or_not_at_all(tables: Dynamo) -> None:
    """One reason for each item, in their order."""
    tables.call("PutItem", put("a", "2"))

    with pytest.raises(ClientError) as cancelled:
        tables.call("TransactWriteItems", transact(put("a", "1"), put("a", "2", only_new=True)))

    assert ["None", "ConditionalCheckFailed"] == reasons(cancelled)
    assert tables.row("t", "a", "1") is None


def test_a_transaction_touches_a_row_once(tables: Dynamo) -> None:
    with pytest.raises(ClientError, match="two operations"):
        tables.call("TransactWriteItems", transact(put("a", "1"), put("a", "1")))


def test_a_transaction_has_at_most_a_hundred_items(tables: Dynamo) -> None:
    with pytest.raises(ClientError, match="101 items"):
        tables.call("TransactWriteItems", transact(*(put("a", str(n)) for n in range(101))))


def test_a_query_is_in_order_and_goes_on_where_its_page_ended(tables: Dynamo) -> None:
    """In either direction; a page that is full always names a next one, which may be empty."""
    for n in (3, 1, 2):
        tables.call("PutItem", put("a", str(n)))

    for is_forward, expected in ((True, ["1", "2", "3"]), (False, ["3", "2", "1"])):
        found: list[str] = []
        start: Doc = {}
        while True:
            page = tables.call("Query", query("a", Limit=2, ScanIndexForward=is_forward, **start))
            found += [item["sk"]["S"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert expected == found


def test_only_a_consistent_read_is_sure_to_see_the_last_write(tables: Dynamo) -> None:
    tables.call("PutItem", put("a", "1", n=1))
    tables.call("PutItem", put("a", "1", n=2))
    tables.stale = lambda key: (True, row("a", "1", n=1))
    key = {"TableName": "t", "Key": row("a", "1")}

    assert "1" == tables.call("GetItem", key)["Item"]["n"]["N"]
    assert "2" == tables.call("GetItem", {**key, "ConsistentRead": True})["Item"]["n"]["N"]


def test_whoever_watches_hears_old_and_new_of_each_operation(tables: Dynamo) -> None:
    heard: list[list[Write]] = []
    tables.watch = heard.append
    tables.call("PutItem", put("a", "1", n=1))

    tables.call("TransactWriteItems", transact(put("a", "1", n=2), put("b", "1")))

    writes = {write.row: (write.old, write.new) for write in heard[-1]}
    assert (row("a", "1", n=1), row("a", "1", n=2)) == writes["t", "a", "1"]
    assert (None, row("b", "1")) == writes["t", "b", "1"]


def test_a_counter_is_added_to_where_there_was_none(tables: Dynamo) -> None:
    change = {
        "TableName": "t",
        "Key": row("a", "1"),
        "UpdateExpression": "ADD #0 :0",
        "ExpressionAttributeNames": {"#0": "n"},
        "ExpressionAttributeValues": {":0": {"N": "-2"}},
    }
    tables.call("UpdateItem", change)

    assert {"N": "-4"} == tables.call("UpdateItem", change)["Attributes"]["n"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#0 = :0", True),
        ("#0 < :1", True),
        ("(#0 > :0 OR attribute_not_exists (#1))", True),
        ("(#0 = :0 AND attribute_exists (#1))", False),
        ("(NOT #0 = :0)", False),
        ("#0 BETWEEN :0 AND :1", True),
        ("#0 = :2", False),  # a text is no number
        ("contains (#2, :2)", True),
        ("(NOT contains (#2, :2))", False),
    ],
)
def test_conditions_are_read_as_dynamodb_reads_them(text: str, *, expected: bool) -> None:
    item: Doc = {"n": {"N": "9"}, "s": {"SS": ["8", "9"]}}
    values = {":0": {"N": "9"}, ":1": {"N": "10"}, ":2": {"S": "9"}}

    found = expressions.condition(text)(item, {"#0": "n", "#1": "m", "#2": "s"}, values)

    assert expected is found


@pytest.mark.parametrize(
    "text", ["size (#0) > :0", "#0.#1 = :0", "attribute_type (#0, :0)", "#0 = :0 AND", "#0", ""]
)
def test_what_is_not_known_is_refused_loudly(text: str) -> None:
    with pytest.raises(Unknown):
        expressions.condition(text)


def test_operations_and_parameters_that_are_not_known_are_refused(tables: Dynamo) -> None:
    for operation, kwargs in (("Scan", {}), ("Query", query("a", IndexName="by-name"))):
        with pytest.raises(Unknown):
            tables.call(operation, kwargs)
