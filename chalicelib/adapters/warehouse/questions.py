"""What a definition asks of its dataset, in SQL."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.adapters.warehouse.told import AT, measures_of
from chalicelib.adapters.warehouse.views import VIEWS
from chalicelib.core.civil_day import Period
from chalicelib.core.intervals import Grid
from chalicelib.core.metrics import Ratio, Thresholds, Unit
from chalicelib.core.record_document import stamp
from chalicelib.core.report import INTERVAL, KINDS, PERIOD, Column, Dataset, Definition, Role

_EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"
_NEVER = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Question:
    """A report of one period, as a SELECT over the view of its dataset.

    In DuckDB's words, of which only those are used that have a meaning elsewhere too: Athena is
    asked the same question, translated.
    """

    definition: Definition
    period: Period
    thresholds: Thresholds

    @property
    def sql(self) -> str:
        dataset, columns = self.definition.dataset, self.definition.columns
        selected = ", ".join(f'{self._expression(c)} AS "{c.name}"' for c in columns)
        grouped = ", ".join(self._expression(columns[n]) for n in self.definition.keys)
        return f"SELECT {selected} FROM {dataset.value}{self._where()} GROUP BY {grouped}"

    def _where(self) -> str:
        where = self.definition.where
        conditions = [
            f"{self._field(source)} IN ({', '.join(map(quoted, values))})"
            for source, values in where.fields.items()
        ]
        if where.counted_by:
            measures = [f"({self._measure(measure)}) > 0" for measure in where.counted_by]
            conditions.append(f"({' OR '.join(measures)})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _expression(self, column: Column) -> str:
        if column.role is Role.METRIC:
            return self._metric(column.source)
        value = self._field(column.source)
        return f"coalesce({value}, '')" if column.role is Role.KEY else f"max({value})"

    def _field(self, source: str) -> str:
        if source == PERIOD:
            return quoted(self.period.name)
        if source != INTERVAL:
            return f"{self.definition.dataset.value}.{source}"
        return self._interval()

    def _interval(self) -> str:
        """core.intervals.Grid in whole seconds: no zone, nothing to round."""
        dataset, seconds = self.definition.dataset, self.definition.interval_minutes * 60
        moment = VIEWS[dataset].at if dataset in VIEWS else AT
        at = f"CAST(replace(substr(CAST({moment} AS VARCHAR), 1, 19), 'T', ' ') AS TIMESTAMP)"
        at = f"date_diff('second', {_EPOCH}, {at})"
        runs = Grid(self.definition.interval_minutes, self.period.zone).runs(
            self.period.from_at, self.period.to_at
        )
        cases = " ".join(
            f"WHEN {at} >= {since} THEN {since} + ({at} - {since}) // {seconds} * {seconds}"
            for since in (f"{run.timestamp():.0f}" for run in reversed(runs))
        )
        began = f"{_EPOCH} + (CASE {cases} END) * INTERVAL '1' SECOND"
        return f"replace(substr(CAST({began} AS VARCHAR), 1, 19), ' ', 'T') || 'Z'"

    def _metric(self, source: str) -> str:
        metric = KINDS[self.definition.dataset].metrics.metrics[source]
        if isinstance(metric, Ratio):
            return _ratio(self._total(metric.above), self._total(metric.below), metric.scale)
        if metric.unit is Unit.AMOUNT:
            return (
                f"CAST({self._total(source)} AS DECIMAL(18, 0)) * CAST(0.000001 AS DECIMAL(7, 6))"
            )
        return self._total(source)

    def _total(self, measure: str) -> str:
        return f"coalesce(sum({self._measure(measure)}), 0)::BIGINT"

    def _measure(self, measure: str) -> str:
        return measured(self.definition.dataset, measure, self.thresholds)


def measured(dataset: Dataset, measure: str, limits: Thresholds) -> str:
    """What a measure makes of one row: a whole number."""
    return _measure(dataset, measure).format(
        answer=limits.answer_seconds,
        short=limits.short_seconds,
        resolving=", ".join(map(quoted, sorted(limits.resolving))) or "NULL",
        as_of=stamp(limits.as_of) if limits.as_of else _NEVER,
    )


def _measure(dataset: Dataset, measure: str) -> str:
    if dataset in VIEWS:
        return VIEWS[dataset].measures[measure]
    return f'"{measures_of(KINDS[dataset])[measure].metric_id}"'


def _ratio(above: str, below: str, scale: int) -> str:
    """core.metrics.ratio in whole numbers: doubles would round some halves down."""
    hundredths = f"(2 * {above} * {scale * 100} + {below}) // (2 * {below})"
    exact = f"CAST({hundredths} AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(3, 2))"
    return f"CASE WHEN {below} = 0 THEN NULL ELSE {exact} END"


def quoted(text: str) -> str:
    """Text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
