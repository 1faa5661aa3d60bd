"""The same question in Athena's words: one statement over the lake's tables.

DuckDB's SELECT is put over the tables of the Glue database, and sqlglot (MIT) says it in Athena's
dialect. What is no number arrives with a mark in front: Athena's result files show a text that is
empty and one that is not there alike to many readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlglot import ErrorLevel, exp, parse_one

from chalicelib.adapters.warehouse.questions import Question, quoted
from chalicelib.adapters.warehouse.views import PACKED, VIEWS
from chalicelib.core.report import Dataset

MARK = "."
PACKS, LINES = "contact_packs", "ledger_lines"  # tables, as infra/resources.yaml names them

# A column's type is said here once more: JSON has none, and amounts are text there.
_LEDGER = f"""
SELECT
    CAST(line_id AS VARCHAR) AS line_id, CAST(contact_id AS VARCHAR) AS contact_id,
    CAST(segment AS VARCHAR) AS segment, CAST(kind AS VARCHAR) AS kind,
    CAST(rate AS VARCHAR) AS rate, CAST(queue_id AS VARCHAR) AS queue_id,
    CAST(cost_centre AS VARCHAR) AS cost_centre, CAST(unit AS VARCHAR) AS unit,
    CAST(unit_price AS VARCHAR) AS unit_price, CAST(tariff_version AS VARCHAR) AS tariff_version,
    CAST(currency AS VARCHAR) AS currency, CAST(reverses AS VARCHAR) AS reverses,
    CAST(corrects AS VARCHAR) AS corrects, 1 AS ledger_lines,
    CAST(quantity AS BIGINT) AS ledger_quantity,
    CAST(CAST(amount AS DECIMAL(18, 6)) * 1000000 AS BIGINT) AS ledger_amount
FROM {LINES} WHERE dt BETWEEN {{first}} AND {{last}}
"""
_PACKED = f"SELECT * FROM {PACKS} WHERE dt BETWEEN {{first}} AND {{last}}"
DATASETS = frozenset({Dataset.CONTACTS, Dataset.LEGS, Dataset.LEDGER})  # DuckDB has the others


def statement(question: Question, texts: Sequence[str]) -> str:
    """What Athena is to run; `texts` are the columns that are marked.

    ParseError when the question is no SQL, and UnsupportedError when Athena has no words for it.
    """
    columns = ", ".join(
        f'{quoted(MARK)} || "{name}" AS "{name}"' if name in texts else f'"{name}"'
        for name in question.definition.header
    )
    views = ", ".join(f"{name} AS ({select})" for name, select in _stands_on(question).items())
    asked = f"WITH {views} SELECT {columns} FROM ({question.sql}) AS report"
    tree = parse_one(asked, read="duckdb")
    for select in list(tree.find_all(exp.Select)):
        _join_what_is_unnested(select)
    return tree.sql(dialect="athena", unsupported_level=ErrorLevel.RAISE)


def _join_what_is_unnested(select: exp.Select) -> None:
    """A list among the columns makes rows in DuckDB; elsewhere it is joined. sqlglot would join
    twice, for lists of different lengths beside each other, of which we have none."""
    for column in list(select.expressions):
        if isinstance(column.unalias(), exp.Explode | exp.Unnest):
            name = column.alias
            (series,) = column.find_all(exp.GenerateSeries)
            joined = exp.Unnest(
                expressions=[series.copy()],
                alias=exp.TableAlias(
                    this=exp.to_identifier(f"of_{name}"), columns=[exp.to_identifier(name)]
                ),
            )
            select.join(joined, join_type="cross", copy=False)
            column.replace(exp.column(name))


def _stands_on(question: Question) -> Mapping[str, str]:
    """What is selected before it, by name. Packs lie by the UTC day, ledger lines by the
    center's."""
    dataset, period = question.definition.dataset, question.period
    if dataset is Dataset.LEDGER:
        return {dataset.value: _LEDGER.format(**_bounds(period.days))}
    packed = _PACKED.format(**_bounds(period.utc_days))
    return {PACKED: packed, dataset.value: VIEWS[dataset].select(period)}


def _bounds(days: Sequence[date]) -> Mapping[str, str]:
    return {"first": quoted(days[0].isoformat()), "last": quoted(days[-1].isoformat())}
