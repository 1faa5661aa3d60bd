"""CSV that spreadsheets open without harm: RFC 4180, UTF-8, no cell that is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

type Cell = str | int | Decimal | None

# A cell that begins so is run, not shown, by spreadsheet programs.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe in front where it could."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file: header always, CRLF after every line; None is an empty cell."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(header)
    lines.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", errors="replace")


def read(body: bytes) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows, as they are written."""
    lines = [tuple(line) for line in csv.reader(io.StringIO(body.decode("utf-8"), newline=""))]
    return lines[0], lines[1:]


def cell(value: Cell) -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
