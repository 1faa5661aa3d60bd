"""Answers questions for figures of the past from totals over the contact records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from typing import Protocol

from chalicelib.core.historical_metrics import Counting, Question
from chalicelib.core.intervals import Interval

type Group = tuple[str, ...]  # a value for each grouping; empty text: none


@dataclass(frozen=True, slots=True)
class Total:
    """What was counted of one group in the question's interval of this number, from 0."""

    interval: int
    group: Group
    counting: Counting
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`values`: one for each figure, None where there is no number."""

    interval: Interval
    group: tuple[str, ...]
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Some of them; `count`: how many there are."""

    found: tuple[Result, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and which of its results are wanted: at most so many, from this number on."""

    question: Question
    first: int
    most: int


class Totals(Protocol):
    def totals(self, question: Question) -> Iterable[Total]:
        """Of every group and interval in which a contact of the question ended."""
        ...


class MetricHistory(Protocol):
    def results(self, asked: Asked) -> Results:
        """Of a question that was checked; Unavailable when nobody can count now."""
        ...


class CountedHistory:
    """The MetricHistory port, where the records can be read."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals

    def results(self, asked: Asked) -> Results:
        """By interval, then by group: every group that has a contact in any of them. Without
        groupings there is one group, whether or not there are contacts."""
        question = asked.question
        known: defaultdict[tuple[int, Group], dict[Counting, int]] = defaultdict(dict)
        for total in self._totals.totals(question):
            known[total.interval, total.group][total.counting] = total.count
        groups: list[Group] = sorted({group for _, group in known}) if question.groupings else [()]
        intervals = question.intervals
        places = product(range(len(intervals)), groups)
        found = tuple(
            Result(
                interval=intervals[number],
                group=group,
                values=tuple(f.value(known.get((number, group), {})) for f in question.figures),
            )
            for number, group in islice(places, asked.first, asked.first + asked.most)
        )
        return Results(found=found, count=len(intervals) * len(groups))
