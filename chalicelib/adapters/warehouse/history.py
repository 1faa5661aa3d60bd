"""What a question for figures of the past asks of the contact records, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.adapters.warehouse.questions import measured, quoted
from chalicelib.core.historical_metrics import Condition, Counting, Dimension, Question
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Dataset
from chalicelib.services.metric_history import Total

_AT_ONCE = 1_000  # rows in memory while they pass
_OF_LEGS = {Dimension.QUEUE: "queue_id", Dimension.CHANNEL: "channel", Dimension.AGENT: "agent_id"}
_OF_CONTACTS = {
    **_OF_LEGS,
    Dimension.ROUTING_PROFILE: "profile_id",
    Dimension.LEVEL_ONE: "hierarchy[1]",
    Dimension.LEVEL_TWO: "hierarchy[2]",
    Dimension.LEVEL_THREE: "hierarchy[3]",
    Dimension.LEVEL_FOUR: "hierarchy[4]",
    Dimension.LEVEL_FIVE: "hierarchy[5]",
}
_FIELDS: Mapping[Dataset, Mapping[Dimension, str]] = {
    Dataset.CONTACTS: _OF_CONTACTS,
    Dataset.LEGS: _OF_LEGS,
}


def totals(connection: Any, question: Question) -> Iterator[Total]:
    """Over the views `contacts` and `legs` of those that ended within the question's time."""
    for dataset in _FIELDS:
        countings = [each for each in question.countings if each.dataset is dataset]
        if countings:
            connection.execute(_select(question, dataset, countings))
            while rows := connection.fetchmany(_AT_ONCE):
                yield from _read(rows, len(question.groupings), countings)


def _read(
    rows: Iterable[Sequence[Any]], groupings: int, countings: Sequence[Counting]
) -> Iterator[Total]:
    for interval, *cells in rows:
        for counting, count in zip(countings, cells[groupings:], strict=True):
            yield Total(interval, tuple(cells[:groupings]), counting, count)


def _select(question: Question, dataset: Dataset, countings: Sequence[Counting]) -> str:
    fields = _FIELDS[dataset]
    keys = ["piece", *(f"coalesce({fields[each]}, '')" for each in question.groupings)]
    sums = [
        f"coalesce(sum({measured(dataset, each.measure, each.limits)})"
        f"{_when(each.conditions)}, 0)::BIGINT"
        for each in countings
    ]
    among = " AND ".join(
        f"{fields[each]} IN {_listed(values)}" for each, values in question.filters.items()
    )
    pieces = ", ".join(
        f"({number}, {quoted(stamp(each.from_at))})"
        for number, each in enumerate(question.intervals)
    )
    return (
        f"SELECT {', '.join([*keys, *sums])} FROM {dataset.value}"
        f" ASOF JOIN (VALUES {pieces}) AS pieces(piece, begins) ON disconnected_at >= begins"
        f" WHERE {among} GROUP BY {', '.join(keys)}"
    )


def _when(conditions: Sequence[Condition]) -> str:
    if not conditions:
        return ""
    parts = [
        f"{each.trait.value.lower()} {'NOT ' if each.is_negated else ''}IN {_listed(each.values)}"
        for each in conditions
    ]
    return f" FILTER (WHERE {' AND '.join(parts)})"


def _listed(values: Sequence[str]) -> str:
    return f"({', '.join(map(quoted, values))})"
