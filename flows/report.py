"""What a command answers: lines for people, a document for machines, an exit code for CI."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FINE, FOUND, USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Report:
    lines: Sequence[str]
    document: object
    code: int = FINE


def progress[T](items: Sequence[T], what: str) -> Iterator[T]:
    """The items, counted on standard error while somebody watches."""
    is_watched = sys.stderr.isatty() and len(items) > 1
    for number, item in enumerate(items, 1):
        if is_watched:
            print(f"\r{what} {number} of {len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if is_watched:
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


def table(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> list[str]:
    """Columns as wide as they need to be; numbers to the right."""
    written = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in [list(headings), *written]) for n in range(len(headings))]
    return [
        "  ".join(
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in [list(headings), *written]
    ]


def plural(count: int, noun: str) -> str:
    if count != 1:
        noun = noun.removesuffix("ch") + "ches" if noun.endswith("ch") else noun + "s"
    return f"{count:,} {noun}"
