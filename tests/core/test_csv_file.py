"""CSV that reads back as it was and harms no spreadsheet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.csv_file import neutral
from tests.core.files import read
from tests.core.files import written as write

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def test_lines_end_as_the_standard_says_and_quotes_double() -> None:
    """RFC 4180: CRLF, quotes around what needs them, a quote inside twice."""
    body = write(["name", "calls"], [('a "b", c', 3), ("two\nlines", 4)])

    assert body == b'name,calls\r\n"a ""b"", c",3\r\n"two\nlines",4\r\n'


def test_an_empty_table_is_a_header() -> None:
    """A day without contacts is a file that says so, not silence."""
    assert write(["day", "calls"], []) == b"day,calls\r\n"


def test_nothing_is_an_empty_cell_and_a_number_keeps_its_places() -> None:
    """No number is not 0, and 78 % is 78.00."""
    rows = [(None, Decimal("78.00"), Decimal("0.00"), 0)]

    assert write(["a", "b", "c", "d"], rows) == b"a,b,c,d\r\n,78.00,0.00,0\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    """`=HYPERLINK("http://…")` as a name must not become a link on finance's screen."""
    header, rows = read(write(["name"], [(f'{start}HYPERLINK("x")',)]))

    assert rows == [(f'\'{start}HYPERLINK("x")',)]
    assert header == ("name",)


@pytest.mark.parametrize("text", ["Nguyễn Văn A", "محمد", "王小明", 'a,"b"\r\nc', "1-2", "a=b", ""])
def test_names_of_the_world_survive_the_round_trip(text: str) -> None:
    """Comma, quote, newline, Vietnamese, Arabic, Chinese."""
    assert read(write(["name"], [(text,)]))[1] == [(text,)]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read(rows: list[tuple[str, str]]) -> None:
    """Any text at all, but for the apostrophe in front of what could be run."""
    _, found = read(write(["a", "b"], rows))

    assert found == [(neutral(a), neutral(b)) for a, b in rows]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in found for cell in row)


def test_half_a_character_does_not_stop_a_report() -> None:
    """A lone surrogate cannot be written as UTF-8; the rest of the day can."""
    assert write(["name"], [("a\ud800b",)]) == b"name\r\na?b\r\n"
