"""CSV in memory, for tests of what stands in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from chalicelib.core import csv_file
from chalicelib.core.csv_file import Cell


def written(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    file = BytesIO()
    csv_file.write(header, rows, file)
    return file.getvalue()


def read(body: bytes) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows."""
    header, *rows = csv_file.read(BytesIO(body))
    return header, rows
