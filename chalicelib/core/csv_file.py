"""CSV that spreadsheets open without harm: RFC 4180, UTF-8, no cell that is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO

type Cell = str | int | Decimal | None

# A cell that begins so is run, not shown, by spreadsheet programs.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe in front where it could."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write(header: Sequence[str], rows: Iterable[Sequence[Cell]], file: BinaryIO) -> None:
    """The file: header always, CRLF after every line; None is an empty cell."""
    text = io.TextIOWrapper(file, "utf-8", errors="replace", newline="")
    lines = csv.writer(text)
    lines.writerow(header)
    lines.writerows([cell(value) for value in row] for row in rows)
    text.detach()  # flushed; the file stays open


def read(file: BinaryIO) -> Iterator[tuple[str, ...]]:
    """The header, then the rows, as they are written."""
    text = io.TextIOWrapper(file, "utf-8", newline="")
    return (tuple(line) for line in csv.reader(text))


def cell(value: Cell) -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
