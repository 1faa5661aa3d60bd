"""Amazon Connect's historical metrics: what is asked, in which intervals, and which totals of
core.metrics answer it. So a figure here is the figure of every report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.core.civil_day import civil_day, day_of
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel, DisconnectReason, InitiationMethod
from chalicelib.core.intervals import Grid, Interval
from chalicelib.core.metrics import CONTACTS, Measure, Ratio, Thresholds, ratio
from chalicelib.core.report import KINDS, Dataset

MOST_VALUES = 100  # of a filter, as in Amazon Connect
MOST_FIGURES = 100
_LONGEST_WAIT = 604_800  # seconds that a threshold can have: a week
_CLOCKS_DIFFER = timedelta(minutes=5)  # who asks for "until now" may have another clock


class Length(StrEnum):
    """Of the intervals in which figures come; TOTAL: the whole time is one."""

    FIFTEEN_MIN = "FIFTEEN_MIN"
    THIRTY_MIN = "THIRTY_MIN"
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"  # from Monday on
    TOTAL = "TOTAL"


_MINUTES = {Length.FIFTEEN_MIN: 15, Length.THIRTY_MIN: 30, Length.HOUR: 60}
_SHORT, _LONG = timedelta(days=3), timedelta(days=35)


class Dimension(StrEnum):
    """What figures can be filtered and grouped by: ids, or a channel's name."""

    QUEUE = "QUEUE"
    CHANNEL = "CHANNEL"
    ROUTING_PROFILE = "ROUTING_PROFILE"
    AGENT = "AGENT"
    LEVEL_ONE = "AGENT_HIERARCHY_LEVEL_ONE"
    LEVEL_TWO = "AGENT_HIERARCHY_LEVEL_TWO"
    LEVEL_THREE = "AGENT_HIERARCHY_LEVEL_THREE"
    LEVEL_FOUR = "AGENT_HIERARCHY_LEVEL_FOUR"
    LEVEL_FIVE = "AGENT_HIERARCHY_LEVEL_FIVE"


# Whoever missed an offer has no routing profile and no group in the contact's record.
_OF_LEGS = frozenset({Dimension.QUEUE, Dimension.CHANNEL, Dimension.AGENT})
# Offers count for the agents who got them; everything else for the one who answered.
_LEG_METRICS = {"AGENT_NON_RESPONSE": "leg_missed", "AGENT_ANSWER_RATE": "leg_answer_rate"}
METRIC_IDS: Mapping[str, tuple[Dataset, str]] = {
    **{m.connect: (Dataset.CONTACTS, m.metric_id) for m in CONTACTS.metrics.values() if m.connect},
    **{name: (Dataset.LEGS, metric_id) for name, metric_id in _LEG_METRICS.items()},
}
WITHIN = (
    "SERVICE_LEVEL",
    "CONTACTS_REMOVED_FROM_QUEUE_IN_X",
    "SUM_CONTACTS_ABANDONED_IN_X",
    "SUM_CONTACTS_ANSWERED_IN_X",
)


class Trait(StrEnum):
    """What of a contact one metric alone can be narrowed by."""

    INITIATION_METHOD = "INITIATION_METHOD"
    DISCONNECT_REASON = "DISCONNECT_REASON"


_TRAITS: Mapping[Trait, type[StrEnum]] = {
    Trait.INITIATION_METHOD: InitiationMethod,
    Trait.DISCONNECT_REASON: DisconnectReason,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The contact's trait is one of the values; `is_negated`: it is none of them."""

    trait: Trait
    values: tuple[str, ...]
    is_negated: bool = False

    def check(self) -> None:
        """Rejected for values that the trait never has."""
        known = [each.value for each in _TRAITS[self.trait]]
        _one_of(known, self.values, "MetricFilterValues")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A measure added up over the rows of its dataset for which every condition holds."""

    dataset: Dataset
    measure: str
    limits: Thresholds
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric that is asked for, by Amazon Connect's name.

    `within_seconds`: for those of WITHIN, and for no other; who waited so long, or less, counts.
    """

    name: str
    within_seconds: int | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def dataset(self) -> Dataset:
        return METRIC_IDS[self.name][0]

    def check(self) -> None:
        """Rejected for a metric that is not counted here, or not like this."""
        _one_of(sorted(METRIC_IDS), [self.name], "Metrics")
        if (self.name in WITHIN) != (self.within_seconds is not None):
            needed = "needs a" if self.name in WITHIN else "has no"
            raise Rejected(f"{self.name} {needed} Threshold", field="Threshold", value=self.name)
        longest = _LONGEST_WAIT
        if self.within_seconds is not None and not 0 <= self.within_seconds <= longest:
            what = f"ThresholdValue is a whole number of seconds from 1 to {longest}"
            raise Rejected(what, field="ThresholdValue", value=self.within_seconds)
        if self.conditions and self.dataset is Dataset.LEGS:
            what = f"{self.name} has no MetricFilters"
            raise Rejected(what, field="MetricFilters", value=self.name)
        for condition in self.conditions:
            condition.check()

    @property
    def countings(self) -> tuple[Counting, ...]:
        """The total that it is, or the two whose ratio it is."""
        metric = self._metric
        if isinstance(metric, Measure):
            return (self._counting(metric.metric_id),)
        return self._counting(metric.above), self._counting(metric.below)

    def value(self, totals: Mapping[Counting, int]) -> Decimal | None:
        """What is missing among the totals is 0; None: nothing to divide by."""
        metric = self._metric
        first, *more = (totals.get(counting, 0) for counting in self.countings)
        if isinstance(metric, Ratio):
            return ratio(first, *more, scale=metric.scale)
        return Decimal(first)

    @property
    def _metric(self) -> Measure[object] | Ratio:
        dataset, metric_id = METRIC_IDS[self.name]
        metric: Measure[object] | Ratio = KINDS[dataset].metrics.metrics[metric_id]
        return metric

    def _counting(self, measure: str) -> Counting:
        is_within = self.within_seconds is not None
        limits = Thresholds(answer_seconds=self.within_seconds or 0) if is_within else Thresholds()
        return Counting(
            dataset=self.dataset, measure=measure, limits=limits, conditions=self.conditions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Figures of the contacts that ended from `since` on and before `until`, both whole seconds;
    of those only that are one of the values in every dimension of `filters`."""

    since: datetime
    until: datetime
    length: Length = Length.TOTAL
    zone: str = "UTC"
    filters: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    groupings: tuple[Dimension, ...] = ()
    figures: tuple[Figure, ...] = ()

    def check(self, now: datetime) -> None:
        """Rejected where Amazon Connect would not answer, or we cannot."""
        self._check_time(now)
        self._check_filters()
        if not 1 <= len(self.figures) <= MOST_FIGURES:
            what = f"from 1 to {MOST_FIGURES} metrics at once"
            raise Rejected(what, field="Metrics", value=len(self.figures))
        for figure in self.figures:
            figure.check()
            self._check_dimensions(figure)

    def _check_time(self, now: datetime) -> None:
        civil_day(day_of(self.since, self.zone), self.zone)  # refuses the zone
        if not self.since < self.until:
            what = f"StartTime {self.since.isoformat()} is not before EndTime"
            raise Rejected(what, field="StartTime", value=self.since.isoformat())
        if self.until > now + _CLOCKS_DIFFER:
            until = self.until.isoformat()
            raise Rejected(f"EndTime {until} is yet to come", field="EndTime", value=until)
        longest = _SHORT if self.length in _MINUTES else _LONG
        if self.until - self.since > longest:
            what = f"{self.length} covers {longest.days} days at most"
            raise Rejected(what, field="EndTime", value=self.until.isoformat())

    def _check_filters(self) -> None:
        if not set(self.filters) - {Dimension.CHANNEL}:
            what = "filter by a queue, routing profile, agent or hierarchy group at least"
            raise Rejected(what, field="Filters")
        for dimension, values in self.filters.items():
            if not 1 <= len(values) <= MOST_VALUES or not all(values):
                what = f"{dimension} has from 1 to {MOST_VALUES} values, none of them empty"
                raise Rejected(what, field="FilterValues", value=len(values))
        channels = self.filters.get(Dimension.CHANNEL, ())
        _one_of([channel.value for channel in Channel], channels, "FilterValues")

    def _check_dimensions(self, figure: Figure) -> None:
        if figure.dataset is Dataset.LEGS:
            for dimension in (*self.filters, *self.groupings):
                if dimension not in _OF_LEGS:
                    what = f"{figure.name} is not counted by {dimension}"
                    raise Rejected(what, field="Metrics", value=figure.name)

    @property
    def intervals(self) -> list[Interval]:
        """In order, without gap; the first and the last are cut where the time asked for is."""
        if self.length is Length.TOTAL:
            return [Interval(self.since, self.until)]
        minutes = _MINUTES.get(self.length)
        whole = Grid(minutes, self.zone).between(self.since, self.until) if minutes else self._days
        return [Interval(max(i.from_at, self.since), min(i.to_at, self.until)) for i in whole]

    @property
    def _days(self) -> Iterator[Interval]:
        first, days = day_of(self.since, self.zone), 1
        if self.length is Length.WEEK:
            first, days = first - timedelta(days=first.weekday()), 7
        while True:
            begins = civil_day(first, self.zone).from_at
            if begins >= self.until:
                return
            first += timedelta(days=days)
            yield Interval(begins, civil_day(first, self.zone).from_at)

    @property
    def countings(self) -> list[Counting]:
        """Every total that is needed, each once."""
        return list(dict.fromkeys(each for figure in self.figures for each in figure.countings))


def _one_of(known: list[str], given: tuple[str, ...] | list[str], name: str) -> None:
    for value in given:
        if value not in known:
            what = f"{name} {value!r} is none of {', '.join(known)}"
            raise Rejected(what, field=name, value=value)
