"""Requests and answers of Amazon Connect's API for figures of the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from chalicelib.core.errors import Rejected
from chalicelib.core.historical_metrics import (
    Condition,
    Dimension,
    Figure,
    Length,
    Question,
    Trait,
)
from chalicelib.core.paging import first_of, page_from, wish
from chalicelib.entrypoints.connect_shapes import SEARCH_LIMIT, Shape, stamp, without_nothing
from chalicelib.services.metric_history import Asked, Result, Results

_LIST = "MetricResults"
_MOST_FILTERS, _MOST_GROUPINGS, _MOST_CONDITIONS, _MOST_TRAIT_VALUES = 5, 4, 2, 10
_LAST_MOMENT = 253_402_300_799  # the year 9999 ends
_COMPARISONS = {"LT": 1, "LTE": 0}  # seconds below the value up to which counts


class IntervalWish(Shape):
    time_zone: str = "UTC"
    interval_period: str = Length.TOTAL.value


class Filter(Shape):
    filter_key: str = ""
    filter_values: list[str] = []
    string_condition: dict[str, object] | None = None


class Threshold(Shape):
    comparison: str = ""
    threshold_value: float = 0

    @property
    def seconds(self) -> int:
        """Who waited so long, or less, counts."""
        _one_of(_COMPARISONS, self.comparison, "Comparison")
        if self.threshold_value < 1 or self.threshold_value != int(self.threshold_value):
            what = f"ThresholdValue {self.threshold_value!r} is no whole number of seconds from 1"
            raise Rejected(what, field="ThresholdValue", value=self.threshold_value)
        return int(self.threshold_value) - _COMPARISONS[self.comparison]

    @property
    def document(self) -> Mapping[str, object]:
        return {"Comparison": self.comparison, "ThresholdValue": self.threshold_value}


class MetricFilter(Shape):
    metric_filter_key: str = ""
    metric_filter_values: list[str] = []
    negate: bool = False

    @property
    def condition(self) -> Condition:
        trait = _named(Trait, self.metric_filter_key, "MetricFilterKey")
        values = _few(self.metric_filter_values, _MOST_TRAIT_VALUES, "MetricFilterValues", least=1)
        return Condition(trait=trait, values=tuple(values), is_negated=self.negate)

    @property
    def document(self) -> Mapping[str, object]:
        return {
            "MetricFilterKey": self.metric_filter_key,
            "MetricFilterValues": self.metric_filter_values,
            "Negate": self.negate,
        }


class Metric(Shape):
    name: str = ""
    threshold: list[Threshold] = []
    metric_filters: list[MetricFilter] = []
    metric_id: str | None = None

    @property
    def figure(self) -> Figure:
        if self.metric_id is not None:
            raise Rejected("metrics are asked for by Name", field="MetricId", value=self.metric_id)
        _few(self.threshold, 1, "Threshold")
        _few(self.metric_filters, _MOST_CONDITIONS, "MetricFilters")
        return Figure(
            name=self.name,
            within_seconds=next((each.seconds for each in self.threshold), None),
            conditions=tuple(each.condition for each in self.metric_filters),
        )

    @property
    def document(self) -> dict[str, object]:
        return without_nothing(
            {
                "Name": self.name,
                "Threshold": [each.document for each in self.threshold] or None,
                "MetricFilters": [each.document for each in self.metric_filters] or None,
            }
        )


class GetMetricData(Shape):
    resource_arn: str
    start_time: float
    end_time: float
    filters: list[Filter]
    metrics: list[Metric]
    interval: IntervalWish | None = None
    groupings: list[str] = []
    next_token: str | None = None
    max_results: int | None = None

    def asked(self, now: datetime) -> Asked:
        """What is asked, checked, and from which result on."""
        interval = self.interval or IntervalWish()
        _few(self.groupings, _MOST_GROUPINGS, "Groupings")
        groupings = [_named(Dimension, each, "Groupings") for each in self.groupings]
        question = Question(
            since=_moment(self.start_time, "StartTime"),
            until=_moment(self.end_time, "EndTime"),
            length=_named(Length, interval.interval_period, "IntervalPeriod"),
            zone=interval.time_zone,
            filters=self._filters(),
            groupings=tuple(dict.fromkeys(groupings)),
            figures=tuple(metric.figure for metric in self.metrics),
        )
        question.check(now)
        wanted = wish(self.max_results, self.next_token, limit=SEARCH_LIMIT)
        return Asked(question=question, first=first_of(wanted, of=_LIST), most=wanted.size)

    def _filters(self) -> Mapping[Dimension, tuple[str, ...]]:
        found: dict[Dimension, tuple[str, ...]] = {}
        for each in _few(self.filters, _MOST_FILTERS, "Filters"):
            key = _named(Dimension, each.filter_key, "FilterKey")
            if each.string_condition is not None:
                raise Rejected("no filter by StringCondition here", field="StringCondition")
            if key in found:
                raise Rejected(f"{key} is there twice", field="FilterKey", value=key)
            ids = (value.rsplit("/", 1)[-1] for value in each.filter_values)
            found[key] = tuple(dict.fromkeys(ids))
        return found

    def answer(self, asked: Asked, results: Results) -> dict[str, object]:
        found = page_from(results.found, asked.first, results.count, of=_LIST)
        return without_nothing(
            {
                "NextToken": found.token,
                _LIST: [self._result(asked.question, each) for each in found.items],
            }
        )

    def _result(self, question: Question, result: Result) -> dict[str, object]:
        named = zip(question.groupings, result.group, strict=True)
        values = zip(self.metrics, result.values, strict=True)
        return {
            "Dimensions": {dimension.value: value for dimension, value in named if value},
            "MetricInterval": {
                "Interval": question.length.value,
                "StartTime": stamp(result.interval.from_at),
                "EndTime": stamp(result.interval.to_at),
            },
            "Collections": [
                without_nothing(
                    {
                        "Metric": metric.document,
                        "Value": None if value is None else float(value),
                    }
                )
                for metric, value in values
            ],
        }


def _moment(seconds: float, field: str) -> datetime:
    if not 0 <= seconds <= _LAST_MOMENT:
        raise Rejected(f"{field} {seconds!r} is no moment", field=field, value=seconds)
    return datetime.fromtimestamp(int(seconds), UTC)


def _named[E: StrEnum](kind: type[E], said: str, field: str) -> E:
    _one_of([each.value for each in kind], said, field)
    return kind(said)


def _one_of(known: Sequence[str] | Mapping[str, object], said: str, field: str) -> None:
    if said not in known:
        what = f"{field} {said!r} is none of {', '.join(known)}"
        raise Rejected(what, field=field, value=said)


def _few[T](given: Sequence[T], most: int, field: str, *, least: int = 0) -> Sequence[T]:
    if not least <= len(given) <= most:
        what = f"{field} has from {least} to {most} entries"
        raise Rejected(what, field=field, value=len(given))
    return given
