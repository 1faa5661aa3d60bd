"""The tables of the simulation beside moto's: the same requests get the same answers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.dynamo.shared import connection
from chalicelib.adapters.dynamo.tables import IN_ROUTING, AgentRow
from tests.ports.conftest import BindTables
from tests.simulation.dynamo import Dynamo

type Call = Callable[[str, dict[str, Any]], dict[str, Any]]


def answer(call: Call, operation: str, kwargs: dict[str, Any]) -> object:
    """What is answered, as far as both must agree."""
    try:
        found = call(operation, kwargs)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        return error.response["Error"]["Code"], [reason["Code"] for reason in reasons]
    items = found.get("Items", found.get("Item"))
    return items, found.get("Attributes") if operation == "UpdateItem" else None


class Dice:
    """Requests on few rows, so that they meet."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def request(self) -> tuple[str, dict[str, Any]]:
        kind = self._random.choice(
            ["PutItem", "DeleteItem", "UpdateItem", "GetItem", "Query", "TransactWriteItems"]
        )
        if kind == "TransactWriteItems":
            keys = self._random.sample([(p, s) for p in "ab" for s in "1234"], 3)
            verbs = [self._random.choice(["Put", "Delete", "Update"]) for _ in keys]
            items = [{v: self._write(v, *key)} for v, key in zip(verbs, keys, strict=True)]
            return kind, {"TransactItems": items}
        if kind == "Query":
            return kind, self._query()
        key = self._random.choice("ab"), self._random.choice("1234")
        if kind == "GetItem":
            return kind, {"TableName": "routing", "Key": _key(*key), "ConsistentRead": True}
        more = {"ReturnValues": "ALL_NEW"} if kind == "UpdateItem" else {}
        return kind, {**self._write(kind.removesuffix("Item"), *key), **more}

    def _write(self, verb: str, pk: str, sk: str) -> dict[str, Any]:
        names, values = {"#n": "n"}, {":v": {"N": str(self._random.randint(1, 3))}}
        kwargs: dict[str, Any] = {"TableName": "routing"}
        if verb == "Put":
            kwargs["Item"] = {**_key(pk, sk), "n": {"N": str(self._random.randint(1, 3))}}
        else:
            kwargs["Key"] = _key(pk, sk)
        if verb == "Update":
            kwargs["UpdateExpression"] = self._random.choice(
                ["SET #n = :v", "ADD #n :v", "REMOVE #n"]
            )
        conditions = ["attribute_exists (#n)", "attribute_not_exists (#n)", "#n = :v", "#n > :v"]
        condition = self._random.choice([*conditions, "(#n < :v OR attribute_not_exists (#n))", ""])
        if condition:
            kwargs["ConditionExpression"] = condition
        text = f"{condition} {kwargs.get('UpdateExpression', '')}"
        if "#n" in text:
            kwargs["ExpressionAttributeNames"] = names
        if ":v" in text:
            kwargs["ExpressionAttributeValues"] = values
        return kwargs

    def _query(self) -> dict[str, Any]:
        tail = self._random.choice(
            ["", "#1 > :1", "#1 <= :1", "begins_with (#1, :1)", "#1 BETWEEN :1 AND :2"]
        )
        values = {":0": {"S": self._random.choice("abc")}}
        values |= {f":{n}": {"S": self._random.choice("1234")} for n in (1, 2) if f":{n}" in tail}
        if ":2" in tail:
            values[":2"] = {"S": "9"}
        return {
            "TableName": "routing",
            "KeyConditionExpression": f"(#0 = :0 AND {tail})" if tail else "#0 = :0",
            "ExpressionAttributeNames": {"#0": "pk", **({"#1": "sk"} if tail else {})},
            "ExpressionAttributeValues": values,
            "ScanIndexForward": self._random.random() < 0.5,
            "ConsistentRead": True,
        }


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_requests_get_the_same_answers(bind_tables: BindTables, seed: int) -> None:
    bind_tables(routing=[*IN_ROUTING])
    theirs, ours = connection(AgentRow).client._make_api_call, Dynamo(["routing"]).call
    dice = Dice(seed)

    for _ in range(150):
        operation, kwargs = dice.request()
        expected = answer(theirs, operation, kwargs)
        assert expected == answer(ours, operation, kwargs), (operation, kwargs)
