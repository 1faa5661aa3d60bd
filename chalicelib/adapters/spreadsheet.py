"""A report as a spreadsheet: written row by row, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chalicelib.core.report import Definition, Row

ROWS_PER_SHEET = 1_000_000  # a sheet holds 1,048,576 with its header
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # always, so that the same rows are the same bytes
_AS_THEY_ARE = {  # text is text: nothing in a cell runs or leads elsewhere
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(
    definition: Definition,
    rows: Iterable[Row],
    file: BinaryIO,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """The rows below a header that stays in sight; what a sheet does not hold goes to the next."""
    with Workbook(file, _AS_THEY_ARE) as workbook:
        workbook.set_properties({"created": _CREATED})
        bold = workbook.add_format({"bold": True})
        sheet = _sheet(workbook, definition, bold)
        number = 0
        for row in rows:
            if number == rows_per_sheet:
                sheet, number = _sheet(workbook, definition, bold), 0
            number += 1
            _write_row(sheet, number, row)


def _sheet(workbook: Workbook, definition: Definition, bold: Format) -> Worksheet:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, definition.header, bold)
    return sheet


def _write_row(sheet: Worksheet, number: int, row: Row) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif isinstance(value, (int, Decimal)):
            sheet.write_number(number, column, value)
