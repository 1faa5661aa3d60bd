"""The cost ledger: what each contact cost, line by line, to which nothing is done but adding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chalicelib.core.csv_file import Cell
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.tariff import Kind, Unit

UNALLOCATED = "unallocated"  # the cost centre of what no queue has one for
_CENT = Decimal("0.01")
_NOTHING = Decimal("0.000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One kind of cost of one segment of a contact on one day.

    A segment is the time from one queue to the next, counted from 1. `quantity` is in whole
    seconds, messages, bytes times days, or requests, of which `unit_price` is for `unit.size`.
    A line is never changed: one that was wrong is followed by one that takes it back (`reverses`)
    and by the right one (`corrects`), on the same day.
    """

    line_id: str
    contact_id: ContactId
    segment: int
    day: date
    kind: Kind
    rate: str
    queue_id: QueueId | None
    cost_centre: str
    quantity: int
    unit: Unit
    unit_price: Decimal
    tariff_version: int
    amount: Decimal
    currency: str
    last_fact: int  # of the record that it was made from
    reverses: str | None = None
    corrects: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.segment, self.day, self.kind)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one line counts at a time."""

    segment: int
    day: date
    kind: Kind


def line_id(contact_id: ContactId, place: Place, number: int = 1) -> str:
    """The same whoever makes the line: the n-th of its place."""
    return f"{contact_id}:{place.segment}:{place.day.isoformat()}:{place.kind}:{number}"


# --- adding -------------------------------------------------------------------------------------


def additions(standing: Sequence[LedgerLine], due: Sequence[LedgerLine]) -> list[LedgerLine]:
    """What a newer record of a contact adds to its lines. Whatever was counted stays as it was
    priced; only where there is more or less of it, its line is taken back and made anew.

    A record older than what stands adds nothing, and the same one twice adds nothing.
    """
    if _last_fact(standing) > _last_fact(due):
        return []
    known = {line.place: line.quantity for line in net(standing)}
    wrong = [line for line in due if known.get(line.place) != line.quantity]
    return _amended(standing, wrong, [line.place for line in wrong])


def corrections(standing: Sequence[LedgerLine], due: Sequence[LedgerLine]) -> list[LedgerLine]:
    """What makes a contact's ledger what it would be had these prices and cost centres always been:
    of all that differs, or is not due, a reversal, and the right line if there is one."""
    known = {line.place: _content(line) for line in net(standing)}
    right = {line.place: _content(line) for line in due}
    places = [place for place in {**known, **right} if known.get(place) != right.get(place)]
    return _amended(standing, due, places)


def net(lines: Iterable[LedgerLine]) -> list[LedgerLine]:
    """The lines that count: neither taken back, nor taking back. They cost what all lines cost."""
    kept = list(lines)
    reversed_ids = {line.reverses for line in kept}
    return [line for line in kept if not line.reverses and line.line_id not in reversed_ids]


def _amended(
    standing: Sequence[LedgerLine], due: Sequence[LedgerLine], places: Sequence[Place]
) -> list[LedgerLine]:
    """New lines for these places: what stands there is taken back, what is due is added."""
    counted = {line.place: line for line in net(standing)}
    wanted = {line.place: line for line in due}
    added: list[LedgerLine] = []
    for place in places:
        number = sum(1 for line in standing if line.place == place)
        old, new = counted.get(place), wanted.get(place)
        if old is not None:
            number += 1
            added.append(
                replace(
                    old,
                    line_id=line_id(old.contact_id, place, number),
                    quantity=-old.quantity,
                    amount=-old.amount,
                    reverses=old.line_id,
                    corrects=None,
                )
            )
        if new is not None:
            name = line_id(new.contact_id, place, number + 1)
            added.append(replace(new, line_id=name, corrects=old.line_id if old else None))
    return added


def _content(line: LedgerLine) -> LedgerLine:
    """What it says, whenever it was said; the same price of another version says nothing new."""
    return replace(line, line_id="", last_fact=0, tariff_version=0, corrects=None)


def _last_fact(lines: Sequence[LedgerLine]) -> int:
    return max((line.last_fact for line in lines), default=0)


# --- sums ---------------------------------------------------------------------------------------


def total(lines: Iterable[LedgerLine]) -> Decimal:
    """To the last of 6 decimals; in whatever parts it is added up, it is the same."""
    return sum((line.amount for line in lines), _NOTHING)


def by_cost_centre(lines: Iterable[LedgerLine]) -> dict[str, Decimal]:
    """Each cost centre's part of the total, by name; what has none is under UNALLOCATED."""
    parts: dict[str, Decimal] = {}
    for line in lines:
        parts[line.cost_centre] = parts.get(line.cost_centre, _NOTHING) + line.amount
    return dict(sorted(parts.items()))


def month_total(lines: Iterable[LedgerLine], *, year: int, month: int) -> Decimal:
    """What the month costs in the currency's hundredths: added up exactly, then rounded half up,
    once."""
    of_month = (line for line in lines if (line.day.year, line.day.month) == (year, month))
    return total(of_month).quantize(_CENT, ROUND_HALF_UP)


# --- rows ---------------------------------------------------------------------------------------

COLUMNS = (
    *("line_id", "contact_id", "segment", "day", "kind", "rate", "queue_id", "cost_centre"),
    *("quantity", "unit", "unit_price", "tariff_version", "amount", "currency"),
    *("reverses", "corrects"),
)


def row(line: LedgerLine) -> tuple[Cell, ...]:
    """The line as files have it, under COLUMNS; amounts with all their 6 decimals."""
    return tuple(
        value.isoformat() if isinstance(value, date) else value
        for value in (getattr(line, column) for column in COLUMNS)
    )
