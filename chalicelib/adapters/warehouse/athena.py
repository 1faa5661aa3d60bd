"""Athena over the packs and ledger lines where they lie: for periods that outgrow a function.

Only rows that are counted already come here. From then on everything is DuckDB's: order, types
and files, so that nobody can tell from a report who counted it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from chalicelib.adapters.warehouse import DuckDbWarehouse, Writer, view_packs
from chalicelib.adapters.warehouse.athena_queries import AthenaQueries
from chalicelib.adapters.warehouse.athena_sql import DATASETS, MARK, statement
from chalicelib.adapters.warehouse.packing import bring_up_to_date, empty_pack
from chalicelib.adapters.warehouse.questions import Question, quoted
from chalicelib.adapters.warehouse.told import look_at
from chalicelib.core.civil_day import Period
from chalicelib.core.metrics import Thresholds
from chalicelib.core.report import KINDS, Dataset, Definition, Format
from chalicelib.services.ports import ObjectStore
from chalicelib.services.report_ports import Ledger, RecordLake

_TEXT = "VARCHAR"


class AthenaWarehouse(DuckDbWarehouse):
    """The Warehouse port, of reports over `datasets`. `objects`: the bucket of the answers."""

    datasets: Set[Dataset] = DATASETS

    def __init__(
        self,
        lake: RecordLake,
        ledger: Ledger,
        objects: ObjectStore,
        queries: AthenaQueries,
        *,
        writers: Mapping[Format, Writer] | None = None,
        scratch: str = "/tmp",
        thresholds: Thresholds | None = None,
    ) -> None:
        super().__init__(lake, ledger, writers=writers, scratch=scratch, thresholds=thresholds)
        self._objects = objects
        self._queries = queries

    def _selects(
        self,
        connection: Any,
        directory: Path,
        definitions: Sequence[Definition],
        period: Period,
        limits: Thresholds,
    ) -> Sequence[str]:
        if {definition.dataset for definition in definitions} - {Dataset.LEDGER}:
            bring_up_to_date(self._lake, connection, directory, period.utc_days)
        _look_at_nothing(connection, directory, period)
        questions = {each.name: Question(each, period, limits) for each in definitions}
        types = {name: _types(connection, each) for name, each in questions.items()}
        answers = self._queries.answers(
            {name: statement(each, _texts(types[name])) for name, each in questions.items()}
        )
        return [
            _read(self._fetched(answers[name], directory / f"{name}.csv"), types[name])
            for name in questions
        ]

    def _fetched(self, key: str, path: Path) -> Path:
        with self._objects.open(key) as answer, path.open("wb") as file:
            shutil.copyfileobj(answer, file)
        return path


def _look_at_nothing(connection: Any, directory: Path, period: Period) -> None:
    """Tables without rows, from which DuckDB knows what types an answer has."""
    packs = [empty_pack(connection, directory)]
    view_packs(connection, packs, period, DATASETS - {Dataset.LEDGER})
    kind = KINDS[Dataset.LEDGER]
    look_at(connection, Dataset.LEDGER.value, kind, [], directory, Thresholds())


def _types(connection: Any, question: Question) -> Mapping[str, str]:
    """What DuckDB calls each column's type, by the column's name."""
    described = connection.execute(f"DESCRIBE {question.sql}").fetchall()
    return {name: type_ for name, type_, *_ in described}


def _texts(types: Mapping[str, str]) -> Sequence[str]:
    return [name for name, type_ in types.items() if type_ == _TEXT]


def _read(answer: Path, types: Mapping[str, str]) -> str:
    """The rows of a CSV file as Athena writes them, without the marks."""
    columns = ", ".join(f"{quoted(name)}: {quoted(type_)}" for name, type_ in types.items())
    selected = ", ".join(
        f'substr("{name}", {len(MARK) + 1}) AS "{name}"' if type_ == _TEXT else f'"{name}"'
        for name, type_ in types.items()
    )
    return (
        f"SELECT {selected} FROM read_csv({quoted(str(answer))}, columns = {{{columns}}},"
        " auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"',"
        " nullstr = '', parallel = false)"  # a text may have line ends
    )
