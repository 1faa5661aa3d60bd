"""When two numbers are one line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.telephone import distinct, is_withheld, matching_key

ten_digits = st.text("0123456789", min_size=10, max_size=10)
seeded = settings(max_examples=200, deadline=None, derandomize=True)


@seeded
@given(national=ten_digits)
def test_an_argentine_mobile_is_one_line_with_and_without_the_9(national: str) -> None:
    """From abroad the 9 is dialled, in Argentina it is not; carriers send both."""
    assert matching_key(f"+549{national}") == matching_key(f"+54{national}") == f"+54{national}"


@seeded
@given(national=ten_digits)
def test_a_mexican_mobile_is_one_line_with_and_without_the_1(national: str) -> None:
    """It was dialled until 2019."""
    assert matching_key(f"+521{national}") == matching_key(f"+52{national}") == f"+52{national}"


@seeded
@given(
    area=st.from_regex(r"[1-9]{2}", fullmatch=True),
    line=st.from_regex(r"[6-9][0-9]{7}", fullmatch=True),
)
def test_a_brazilian_mobile_is_one_line_with_and_without_the_ninth_digit(
    area: str, line: str
) -> None:
    assert matching_key(f"+55{area}{line}") == matching_key(f"+55{area}9{line}")


@seeded
@given(number=st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_the_key_of_a_key_is_itself(number: str) -> None:
    """Whether a number was made a key before does not matter."""
    assert matching_key(matching_key(number)) == matching_key(number)


@seeded
@given(number=st.from_regex(r"\+(1|2[0-9]|3[0-9]|4[0-9]|8[1-6])[0-9]{9}", fullmatch=True))
def test_a_number_of_any_other_country_is_its_own_key(number: str) -> None:
    assert matching_key(number) == number


@seeded
@given(one=ten_digits, other=ten_digits)
def test_two_lines_of_one_country_never_share_a_key(one: str, other: str) -> None:
    """Nobody gets the customer of somebody else."""
    for prefix in ("+54", "+549", "+52", "+521"):
        same = matching_key(f"{prefix}{one}") == matching_key(f"{prefix}{other}")
        assert same == (one == other)


@pytest.mark.parametrize("number", ["+551133334444", "+54112345678", "+5255123456789"])
def test_what_only_looks_like_it_stays(number: str) -> None:
    """A landline of Brazil, and numbers that are too short or too long."""
    assert matching_key(number) == number


def test_each_line_is_there_once_in_the_form_that_came_first() -> None:
    numbers = ["+5491123456789", "+12025550123", "+541123456789", "+12025550123"]

    assert distinct(numbers) == ("+5491123456789", "+12025550123")


@pytest.mark.parametrize("raw", ["", " ", "anonymous", "Restricted", "UNKNOWN", "+266696687"])
def test_the_words_of_carriers_for_no_number_are_known(raw: str) -> None:
    assert is_withheld(raw)


@pytest.mark.parametrize("raw", ["+12025550123", "hello", "12", "anonymous caller"])
def test_all_else_is_a_number_or_a_mistake(raw: str) -> None:
    assert not is_withheld(raw)
