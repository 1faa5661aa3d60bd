"""Athena's tables say what lies in the lake, and where."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.ledger import S3Ledger
from chalicelib.adapters.warehouse.athena_sql import LINES, PACKS
from chalicelib.adapters.warehouse.packing import empty_pack
from chalicelib.core.ids import ContactId
from chalicelib.core.ledger import LedgerLine
from infra.package import ROOT
from tests.fakes.objects import InMemoryObjectStore

DAY = date(2026, 3, 8)
TYPES = {
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "STRUCT(AgentId VARCHAR, Username VARCHAR, Outcome VARCHAR)[]": (
        "array<struct<agentid:string,username:string,outcome:string>>"
    ),
}


class Tags(yaml.SafeLoader):
    """Reads what stands behind CloudFormation's tags, and lets the tags be."""


def _behind(loader: Tags, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


Tags.add_multi_constructor("!", _behind)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    text = (ROOT / "infra" / "resources.yaml").read_text()
    found: dict[str, Any] = yaml.load(text, Loader=Tags)["Resources"]
    return found


def columns(resources: dict[str, Any], name: str) -> dict[str, str]:
    table = resources[name]["Properties"]["TableInput"]["StorageDescriptor"]
    return {column["Name"]: column["Type"] for column in table["Columns"]}


def test_a_pack_has_the_columns_of_its_table(resources: dict[str, Any], tmp_path: Path) -> None:
    """Athena reads Parquet by name: a column that is called otherwise would be empty."""
    with duckdb.connect() as connection:
        pack = empty_pack(connection, tmp_path)
        described = connection.execute(f"DESCRIBE SELECT * FROM '{pack}'").fetchall()

    assert {name: TYPES[type_] for name, type_, *_ in described} == columns(
        resources, "ContactPacks"
    )


def test_a_ledger_line_has_the_columns_of_its_table(resources: dict[str, Any]) -> None:
    """Numbers that are text stay text."""
    written = {field.name for field in fields(LedgerLine)} - {"day", "last_fact"}

    found = columns(resources, "LedgerLines")

    assert written == set(found)
    assert {"quantity"} == {name for name, type_ in found.items() if type_ != "string"}


def test_tables_are_where_the_lake_puts_its_objects(
    resources: dict[str, Any], tmp_path: Path
) -> None:
    """Another version of packs is another table, or Athena reads old ones."""
    objects = InMemoryObjectStore()
    (tmp_path / "pack").write_bytes(b"")
    with (tmp_path / "pack").open("rb") as pack:
        S3RecordLake(objects).keep_pack(DAY, pack)
    S3Ledger(objects).keep(ContactId("c-1"), DAY, [])

    for name, table, key in zip(
        ("ContactPacks", "LedgerLines"), (PACKS, LINES), sorted(objects.bodies), strict=True
    ):
        told = resources[name]["Properties"]["TableInput"]
        folder = told["Parameters"]["storage.location.template"]
        assert table == told["Name"]
        assert folder == f"{told['StorageDescriptor']['Location']}dt=${{!dt}}/"
        assert key.startswith(
            folder.removeprefix("s3://${LakeBucket}/").replace("${!dt}", str(DAY))
        )


def test_answers_are_not_kept(resources: dict[str, Any]) -> None:
    """They hold rows of reports, and nobody reads them twice."""
    (rule,) = resources["LakeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    group = resources["ReportQueries"]["Properties"]["WorkGroupConfiguration"]

    assert (
        group["ResultConfiguration"]["OutputLocation"] == f"s3://${{LakeBucket}}/{rule['Prefix']}"
    )
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 1)
    assert group["EnforceWorkGroupConfiguration"]
    assert group["BytesScannedCutoffPerQuery"] == 10**11
