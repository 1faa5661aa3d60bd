"""Tables for the suites that run on the real stores: moto, in this process, one thread; and for the
routing stores the tables that the simulation stands on, so that it cannot drift from moto's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws
from moto.backends import get_backend

from chalicelib.adapters.dynamo.shared import Row, bind, connection
from tests.simulation.dynamo import Dynamo, DynamoClient

REGION = "us-east-1"

type BindTables = Callable[..., None]


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """One moto for the session: a new one, and a new client, per test would cost a second each."""
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        Row._clients.clear()
        yield
        Row._clients.clear()


@pytest.fixture
def bind_tables(aws: None) -> BindTables:
    """`bind_tables(customers=[CustomersRow])`: empty tables of ours under these models."""

    def run(**models_of: list[type[Row]]) -> None:
        tables = get_backend("dynamodb")["123456789012"][REGION].tables
        for table_name, models in models_of.items():
            for model in models:
                bind(model, table_name, REGION)
            if table_name in tables:
                tables[table_name].items = defaultdict(dict)
            else:
                _create(models[0], table_name)

    return run


@pytest.fixture
def bind_simulated(monkeypatch: pytest.MonkeyPatch) -> BindTables:
    """The same on the tables of the simulation."""

    def run(**models_of: list[type[Row]]) -> None:
        monkeypatch.setattr(Row, "_clients", [DynamoClient(Dynamo(models_of, page_rows=3).call)])
        for table_name, models in models_of.items():
            for model in models:
                bind(model, table_name, REGION)

    return run


def _create(model: type[Row], table_name: str) -> None:
    connection(model).client.create_table(
        TableName=table_name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
