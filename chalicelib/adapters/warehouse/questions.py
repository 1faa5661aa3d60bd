"""What a definition asks of its dataset, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.core.civil_day import Period
from chalicelib.core.metrics import Ratio, Thresholds, Unit
from chalicelib.core.record_document import stamp
from chalicelib.core.report import INTERVAL, METRICS, PERIOD, Column, Dataset, Definition, Role

# The measures of core.metrics, a whole number per row; a test holds both against each other.
_CONTACT_MEASURES = {
    "contacts": "1",
    "contacts_inbound": "(direction = 'INBOUND')::INT",
    "contacts_outbound": "(direction = 'OUTBOUND')::INT",
    "contacts_callback": "(direction = 'CALLBACK')::INT",
    "contacts_internal": "(direction = 'INTERNAL')::INT",
    "contacts_queued": "is_queued::INT",
    "contacts_handled": "is_handled::INT",
    "contacts_answered": "(is_queued AND is_handled)::INT",
    "contacts_abandoned": "is_abandoned::INT",
    "contacts_answered_in_time": "(is_queued AND is_handled AND waited <= {answer})::INT",
    "contacts_abandoned_in_time": "(is_abandoned AND waited <= {answer})::INT",
    "contacts_abandoned_shortly": "(is_abandoned AND waited <= {short})::INT",
    "contacts_queued_in_earnest": "is_queued::INT - (is_abandoned AND waited <= {short})::INT",
    "contacts_removed_in_time": "(is_queued AND waited <= {answer})::INT",
    "offers_missed": "len(offers) - accepted",
    "queue_answer_seconds": "if(is_queued AND is_handled, waited, 0)",
    "queue_abandon_seconds": "if(is_abandoned, waited, 0)",
    "handle_seconds": "handled_seconds",
    "interaction_seconds": "interaction_seconds",
    "hold_seconds": "hold_seconds",
    "interaction_and_hold_seconds": "interaction_seconds + hold_seconds",
    "wrap_up_seconds": "wrap_up_seconds",
    "contact_seconds": "date_diff('second', initiated_at::TIMESTAMP, disconnected_at::TIMESTAMP)",
    "holds": "holds",
    "contacts_put_on_hold": "(holds > 0)::INT",
    "contacts_transferred_out": "is_transferred::INT",
    "contacts_transferred_out_of_queue": "(is_queued AND is_transferred"
    " AND was_in = 'IN_QUEUE')::INT",
    "contacts_ended_in_queue": "(is_queued AND was_in = 'IN_QUEUE')::INT",
}
_LEG_MEASURES = {
    "leg_offers": "is_offer::INT",
    "leg_handled": "is_handled::INT",
    "leg_missed": "(outcome <> 'ACCEPTED')::INT",
    "leg_timed_out": "(outcome = 'MISSED')::INT",
    "leg_rejected": "(outcome = 'REJECTED')::INT",
    "leg_withdrawn": "(outcome = 'WITHDRAWN')::INT",
    "leg_accepted": "(is_offer AND outcome = 'ACCEPTED')::INT",
    "leg_interaction_seconds": "if(is_handled, interaction_seconds, 0)",
    "leg_wrap_up_seconds": "if(is_handled, wrap_up_seconds, 0)",
    "leg_handle_seconds": "if(is_handled, handled_seconds, 0)",
}
_LEDGER_MEASURES = {
    "ledger_lines": "1",
    "ledger_quantity": "quantity",
    "ledger_amount": "CAST(amount * 1000000 AS BIGINT)",
}
_MEASURES: Mapping[Dataset, Mapping[str, str]] = {
    Dataset.CONTACTS: _CONTACT_MEASURES,
    Dataset.LEGS: _LEG_MEASURES,
    Dataset.LEDGER: _LEDGER_MEASURES,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A report of one period, as a SELECT over the views `contacts`, `legs` and `ledger`."""

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
        # From the period's first moment on, in whole seconds: no zone, nothing to round.
        since, seconds = self.period.from_at, self.definition.interval_minutes * 60
        ended = "CAST(epoch(CAST(disconnected_at AS TIMESTAMP)) AS BIGINT)"
        pieces = f"({ended} - {since.timestamp():.0f}) // {seconds}"
        began = f"TIMESTAMP '{stamp(since)}' + to_seconds({seconds} * ({pieces}))"
        return f"strftime({began}, '%Y-%m-%dT%H:%M:%SZ')"

    def _metric(self, source: str) -> str:
        metric = METRICS[self.definition.dataset].metrics[source]
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
    return _MEASURES[dataset][measure].format(
        answer=limits.answer_seconds, short=limits.short_seconds
    )


def _ratio(above: str, below: str, scale: int) -> str:
    """core.metrics.ratio in whole numbers: doubles would round some halves down."""
    hundredths = f"(2 * {above} * {scale * 100} + {below}) // (2 * {below})"
    exact = f"CAST({hundredths} AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(3, 2))"
    return f"CASE WHEN {below} = 0 THEN NULL ELSE {exact} END"


def quoted(text: str) -> str:
    """Text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
