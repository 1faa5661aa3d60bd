"""Athena as reports know it, over a bucket in memory: DuckDB with Athena's words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from chalicelib.adapters.warehouse.packing import empty_pack
from infra.local.trino import MACROS
from tests.fakes.objects import InMemoryObjectStore

WORKGROUP, DATABASE = "trunkline-reports", "trunkline_lake"

type InDuckDb = Callable[[str], str]

_TABLES = {
    "contact_packs": ("contacts/v4/", "read_parquet({files}, {hive})"),
    "ledger_lines": (
        "ledger/",
        "read_json({files}, {hive}, format = 'newline_delimited', columns = {{line_id: 'VARCHAR',"
        " contact_id: 'VARCHAR', segment: 'VARCHAR', kind: 'VARCHAR', rate: 'VARCHAR',"
        " queue_id: 'VARCHAR', cost_centre: 'VARCHAR', unit: 'VARCHAR', unit_price: 'VARCHAR',"
        " tariff_version: 'VARCHAR', currency: 'VARCHAR', reverses: 'VARCHAR',"
        " corrects: 'VARCHAR', quantity: 'BIGINT', amount: 'VARCHAR'}})",
    ),
}
_IN_NO_DAY = "hive_partitioning = false"
_BY_DAY = "hive_partitioning = true, hive_types = {'dt': 'VARCHAR'}"


def as_the_emulator_does(statement: str) -> str:
    """The statement as it is, and what its words mean."""
    return f"{MACROS}{statement}"


def translated_back(statement: str) -> str:
    """What sqlglot takes the statement for."""
    (said,) = sqlglot.transpile(statement, read="athena", write="duckdb")
    return said


class FakeAthena:
    """The client's calls that reports make; an answer is there at the second look."""

    def __init__(
        self, objects: InMemoryObjectStore, scratch: Path, in_duckdb: InDuckDb = translated_back
    ) -> None:
        self._objects = objects
        self._scratch = scratch
        self._in_duckdb = in_duckdb
        self._looks: dict[str, int] = {}
        self.asked: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def start_query_execution(self, **asked: Any) -> dict[str, str]:
        self.asked.append(asked)
        query_id = f"q-{len(self.asked)}"
        self._looks[query_id] = 0
        rows = self._rows(asked["QueryString"])
        key, answer = f"answers/{query_id}.csv", csv_of(rows)
        if self._in_duckdb is as_the_emulator_does:
            key, answer = f"{key}/{query_id}.csv", csv_of_the_emulator(rows)
        self._objects.put(key, answer, content_type="text/csv")
        self._objects.put(f"{key}.metadata", b"", content_type="application/octet-stream")
        return {"QueryExecutionId": query_id}

    def get_query_execution(self, *, QueryExecutionId: str) -> dict[str, Any]:
        self._looks[QueryExecutionId] += 1
        state = "SUCCEEDED" if self._looks[QueryExecutionId] > 1 else "RUNNING"
        place = f"s3://{self._objects.bucket}/answers/{QueryExecutionId}.csv"
        result = {"OutputLocation": place}
        return {"QueryExecution": {"Status": {"State": state}, "ResultConfiguration": result}}

    def stop_query_execution(self, *, QueryExecutionId: str) -> None:
        self.stopped.append(QueryExecutionId)

    def _rows(self, statement: str) -> Sequence[Sequence[object]]:
        with duckdb.connect() as connection:
            for table, (prefix, reader) in _TABLES.items():
                files = self._files(prefix)
                if files:
                    select = f"* FROM {reader.format(files=files, hive=_BY_DAY)}"
                else:
                    nothing = [str(self._nothing(connection, table))]
                    select = f"*, '' AS dt FROM {reader.format(files=nothing, hive=_IN_NO_DAY)}"
                connection.execute(f"CREATE VIEW {table} AS SELECT {select}")
            found = connection.execute(self._in_duckdb(statement))
            header = [column[0] for column in found.description or ()]
            return [header, *found.fetchall()]

    def _nothing(self, connection: Any, table: str) -> Path:
        """A file of the table without rows; Athena takes the columns from Glue."""
        if table == "contact_packs":
            return empty_pack(connection, self._scratch)
        path = self._scratch / "nothing.jsonl"
        path.touch()
        return path

    def _files(self, prefix: str) -> Sequence[str]:
        files = []
        for info in self._objects.list(prefix):
            path = self._scratch / "bucket" / info.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._objects.bodies[info.key])
            files.append(str(path))
        return files


def csv_of(rows: Iterable[Iterable[object]]) -> bytes:
    """As Athena writes it: every value in quotes, nothing where there is no value."""
    lines = [
        ",".join("" if v is None else '"{}"'.format(str(v).replace('"', '""')) for v in row)
        for row in rows
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def csv_of_the_emulator(rows: Iterable[Iterable[object]]) -> bytes:
    """Quotes only where they must be: what is empty and what is absent look alike."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
