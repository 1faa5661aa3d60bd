"""Data tables through Amazon Connect's API: shapes that stock boto3 reads, refusals, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.services.data_tables import DataTablesService
from tests.entrypoints.people import People
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.flows import InMemoryDataTableStore
from tests.given import MONDAY
from tests.house import a_center

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    ids = count(1)
    tables = DataTablesService(
        InMemoryDataTableStore(), now=lambda: MONDAY, new_id=lambda: f"id-{next(ids)}"
    )
    monkeypatch.setattr(bootstrap, "data_tables", lambda: tables)
    monkeypatch.setattr(bootstrap, "center_store", lambda: InMemoryCenterStore(a_center()))
    monkeypatch.setattr(bootstrap, "people", lambda: People("ada"))

    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            door = path if path.startswith("/search") else f"/data-tables/i-1{path}"
            answer = client.http.request(method, door, headers=headers, body=raw)
        return answer.status_code, json.loads(answer.body)

    return run


@pytest.fixture
def prices(ask: Ask) -> str:
    """A table with a key and a number, locked by value."""
    made = ask("PUT", "", {"Name": "Prices", "TimeZone": "UTC", "ValueLockLevel": "VALUE"})[1]
    path = f"/{made['Id']}/attributes"
    ask("PUT", path, {"Name": "plan", "ValueType": "TEXT", "Primary": True})
    bounds = {"Minimum": 0, "MultipleOf": 0.01}
    ask("PUT", path, {"Name": "price", "ValueType": "NUMBER", "Validation": bounds})
    return str(made["Id"])


def a_value(plan: str, price: str, **more: object) -> dict[str, object]:
    primary = [{"AttributeName": "plan", "Value": plan}]
    return {"PrimaryValues": primary, "AttributeName": "price", "Value": price, **more}


def test_a_table_is_described_listed_changed_and_deleted(ask: Ask, prices: str) -> None:
    table = ask("GET", f"/{prices}")[1]["DataTable"]
    assert ("Prices", "VALUE", "PUBLISHED") == (
        table["Name"],
        table["ValueLockLevel"],
        table["Status"],
    )
    assert table["Arn"].endswith(f"/data-table/{prices}")

    change = {"Name": "Fees", "TimeZone": "UTC", "ValueLockLevel": "NONE"}
    assert 200 == ask("POST", f"/{prices}", change)[0]
    listed = ask("GET", "")[1]["DataTableSummaryList"]
    assert ["Fees"] == [summary["Name"] for summary in listed]

    assert 200 == ask("DELETE", f"/{prices}")[0]
    assert 404 == ask("GET", f"/{prices}")[0]


def test_tables_are_found_by_name_and_tag(ask: Ask, prices: str) -> None:
    ask("PUT", "", {"Name": "Fees", "TimeZone": "UTC", "Tags": {"team": "desk"}})

    def found(**wanted: object) -> list[str]:
        answer = ask("POST", "/search-data-tables", {"InstanceId": "i-1", **wanted})[1]
        return [table["Name"] for table in answer["DataTables"]]

    named = {"FieldName": "name", "Value": "pri", "ComparisonType": "STARTS_WITH"}
    tag = {"AttributeFilter": {"TagCondition": {"TagKey": "team", "TagValue": "desk"}}}
    assert ["Prices"] == found(SearchCriteria={"StringCondition": named})
    assert ["Fees"] == found(SearchFilter=tag)
    assert ["Fees", "Prices"] == found()


def test_attributes_carry_their_rules(ask: Ask, prices: str) -> None:
    attribute = ask("GET", f"/{prices}/attributes/price")[1]["Attribute"]

    assert {"IgnoreCase": False, "Minimum": 0.0, "MultipleOf": 0.01} == attribute["Validation"]
    named = ask("POST", f"/{prices}/attributes", {})[1]["Attributes"]
    assert ["plan", "price"] == [each["Name"] for each in named]
    assert 200 == ask("DELETE", f"/{prices}/attributes/price")[0]
    assert 404 == ask("GET", f"/{prices}/attributes/price")[0]


def test_a_batch_tells_what_went_and_what_did_not(ask: Ask, prices: str) -> None:
    batch = {"Values": [a_value("gold", "5.50"), a_value("silver", "cheap")]}
    answer = ask("POST", f"/{prices}/values/create", batch)[1]

    assert ["gold"] == [each["PrimaryValues"][0]["Value"] for each in answer["Successful"]]
    (failed,) = answer["Failed"]
    assert "price: 'cheap' is not a number" == failed["Message"]


def test_a_stale_lock_version_is_told_and_a_current_one_writes(ask: Ask, prices: str) -> None:
    ask("POST", f"/{prices}/values/create", {"Values": [a_value("gold", "5")]})
    found = ask("POST", f"/{prices}/values/list", {})[1]["Values"][0]
    current = found["LockVersion"]
    for lock, price in ((current, "6"), (current, "7")):
        change = {"Values": [a_value("gold", price, LockVersion=lock)]}
        answer = ask("POST", f"/{prices}/values/update", change)[1]

    assert "somebody else was first" in answer["Failed"][0]["Message"]
    described = ask("POST", f"/{prices}/values/describe", {"Values": [a_value("gold", "")]})[1]
    assert "6" == described["Successful"][0]["Value"]


def test_values_are_evaluated_with_their_defaults(ask: Ask, prices: str) -> None:
    default = {"PrimaryValues": [], "AttributeName": "price", "Value": "9"}
    ask("POST", f"/{prices}/values/create", {"Values": [default, a_value("gold", "5")]})
    sets = [
        {
            "PrimaryValues": [{"AttributeName": "plan", "Value": plan}],
            "AttributeNames": ["price"],
        }
        for plan in ("gold", "tin")
    ]
    values = ask("POST", f"/{prices}/values/evaluate", {"Values": sets})[1]["Values"]

    assert [("5", True), ("9", True)] == [(v["EvaluatedValue"], v["Found"]) for v in values]


def test_records_get_other_keys_and_values_go(ask: Ask, prices: str) -> None:
    ask("POST", f"/{prices}/values/create", {"Values": [a_value("gold", "5")]})
    (held,) = ask("POST", f"/{prices}/values/list", {})[1]["Values"]
    move = {
        "PrimaryValues": [{"AttributeName": "plan", "Value": "gold"}],
        "NewPrimaryValues": [{"AttributeName": "plan", "Value": "platinum"}],
        "LockVersion": held["LockVersion"],
    }
    assert 200 == ask("POST", f"/{prices}/values/update-primary", move)[0]
    (record,) = ask("POST", f"/{prices}/values/list-primary", {})[1]["PrimaryValuesList"]
    assert "platinum" == record["PrimaryValues"][0]["Value"]

    (held,) = ask("POST", f"/{prices}/values/list", {})[1]["Values"]
    gone = {"Values": [{**a_value("platinum", ""), "LockVersion": held["LockVersion"]}]}
    assert not ask("POST", f"/{prices}/values/delete", gone)[1]["Failed"]
    assert not ask("POST", f"/{prices}/values/list", {})[1]["Values"]


def test_lists_come_in_pages(ask: Ask, prices: str) -> None:
    plans = ["a", "b", "c"]
    ask("POST", f"/{prices}/values/create", {"Values": [a_value(plan, "1") for plan in plans]})
    first = ask("POST", f"/{prices}/values/list?maxResults=2", {})[1]
    rest = ask("POST", f"/{prices}/values/list?maxResults=2&nextToken={first['NextToken']}", {})[1]

    assert (2, 1) == (len(first["Values"]), len(rest["Values"]))
    assert "NextToken" not in rest
    for query in ("maxResults=0", "maxResults=x", "nextToken=%C2%B2"):
        assert 400 == ask("POST", f"/{prices}/values/list?{query}", {})[0]


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "", {"Name": "P", "TimeZone": "Mars"}, "TimeZone 'Mars' is unknown"),
        ("PUT", "", {"TimeZone": "UTC"}, "Name"),
        ("PUT", "/{0}/attributes", {"Name": "x", "ValueType": "DATE"}, "ValueType 'DATE'"),
        (
            "PUT",
            "/{0}/attributes",
            {"Name": "x", "ValueType": "TEXT", "Validation": {"MinLength": "3"}},
            "Validation.MinLength",
        ),
        ("POST", "/{0}/values/create", {"Values": []}, "1 to 25 values at once"),
    ],
)
def test_bad_input_names_field_and_value(
    ask: Ask, prices: str, method: str, path: str, body: object, message: str
) -> None:
    status, answer = ask(method, path.format(prices), body)

    assert 400 == status
    assert message in answer["Message"]


def test_a_second_table_of_a_name_and_another_instance_are_refused(ask: Ask, prices: str) -> None:
    assert 409 == ask("PUT", "", {"Name": "prices", "TimeZone": "UTC"})[0]
    assert 404 == ask("GET", "/nothing")[0]


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "finance"])
def test_only_admins_may(ask: Ask, prices: str, group: str) -> None:
    assert 403 == ask("GET", f"/{prices}", group=group)[0]
    assert 403 == ask("POST", f"/{prices}/values/list", {}, group=group)[0]
