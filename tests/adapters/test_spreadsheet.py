"""A spreadsheet that opens with what was written, and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from chalicelib.adapters.spreadsheet import write
from chalicelib.core.dataset import ColumnType
from chalicelib.core.report import Column, Dataset, Definition, Role, Row

CALLS = Definition(
    name="calls",
    dataset=Dataset.CONTACTS,
    columns=(
        Column("who", ColumnType.TEXT, Role.KEY, "username"),
        Column("calls", ColumnType.WHOLE, Role.METRIC, "contacts"),
        Column("level", ColumnType.DECIMAL, Role.METRIC, "service_level_of_offered"),
    ),
)


def opened(rows: Sequence[Row], **how: int) -> Any:
    file = BytesIO()
    write(CALLS, rows, file, **how)
    return load_workbook(file)


def values(sheet: Any) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_texts_numbers_and_empty_cells_are_what_they_were() -> None:
    """78.13 % is a number one can add up, a name is text, nothing is nothing."""
    sheet = opened([("شكرا", 3, Decimal("78.13")), ("Nguyễn\n王", 0, None)]).active

    assert values(sheet) == [
        ("who", "calls", "level"),
        ("شكرا", 3, 78.13),
        ("Nguyễn\n王", 0, None),
    ]
    assert sheet.freeze_panes == "A2"


def test_what_looks_like_a_formula_or_a_link_is_text() -> None:
    """Nothing that a customer could enter runs on finance's screen."""
    names = ['=HYPERLINK("http://x")', "http://x", "+1", "@x", "007"]

    sheet = opened([(name, 1, None) for name in names]).active

    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (name, "s", None) for name in names
    ]


def test_what_one_sheet_does_not_hold_goes_to_the_next() -> None:
    """Each with its header; no row is lost at the edge."""
    workbook = opened([(f"a{n}", n, None) for n in range(5)], rows_per_sheet=2)

    found = [values(sheet) for sheet in workbook]

    assert [len(rows) for rows in found] == [3, 3, 2]
    assert [row[0] for rows in found for row in rows[1:]] == ["a0", "a1", "a2", "a3", "a4"]
    assert {rows[0] for rows in found} == {("who", "calls", "level")}


def test_without_rows_there_is_a_sheet_with_a_header() -> None:
    """A quiet day is a file that says so."""
    assert values(opened([]).active) == [("who", "calls", "level")]


def test_the_same_rows_are_the_same_bytes() -> None:
    """So that a digest in a manifest can be made again."""
    first, second = BytesIO(), BytesIO()

    write(CALLS, [("a", 1, None)], first)
    write(CALLS, [("a", 1, None)], second)

    assert first.getvalue() == second.getvalue()
