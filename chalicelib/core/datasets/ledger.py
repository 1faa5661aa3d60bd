"""The dataset `ledger`: a line of what contacts cost."""

from __future__ import annotations

from functools import partial

from chalicelib.core.dataset import Field, Kind
from chalicelib.core.ledger import LedgerLine
from chalicelib.core.metrics import LEDGER

_TEXTS = (
    *("line_id", "contact_id", "segment", "kind", "rate", "queue_id", "cost_centre", "unit"),
    *("unit_price", "tariff_version", "currency", "reverses", "corrects"),
)


def _text_of(line: LedgerLine, name: str) -> str | None:
    value = getattr(line, name)
    return None if value is None else str(value)


KIND: Kind[LedgerLine] = Kind(
    fields={name: Field(partial(_text_of, name=name)) for name in _TEXTS}, metrics=LEDGER
)
