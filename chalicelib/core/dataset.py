"""What a dataset is: rows of one kind, the fields that tell of a row, the metrics that count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.core.civil_day import Period
from chalicelib.core.contact_record import ContactRecord
from chalicelib.core.metrics import Catalogue


class ColumnType(StrEnum):
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"  # UTC, whole seconds
    WHOLE = "whole"
    DECIMAL = "decimal"  # two places
    AMOUNT = "amount"  # six


@dataclass(frozen=True, slots=True)
class Field[T]:
    """Something that is told of a row, as text: a DAY as `2026-03-08`, a MOMENT as
    `2026-03-08T16:00:00Z`; None: there is none."""

    of: Callable[[T], str | None]
    type: ColumnType = ColumnType.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind[T]:
    """One dataset. `at`: the moment by which a row lies in an interval; None: in none.

    `of_records`: the rows that contacts make in a period, where they come from contacts. These may
    have ended so many days before or after it, too.
    """

    fields: Mapping[str, Field[T]]
    metrics: Catalogue[T]
    at: Callable[[T], datetime] | None = None
    of_records: Callable[[Sequence[ContactRecord], Period], Sequence[T]] | None = None
    days_before: int = 0
    days_after: int = 0
