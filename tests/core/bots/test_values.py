"""What fills a slot, as people say and as they type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.bots.values import Kind, SlotType
from chalicelib.core.bots.words import cardinal_of, digits_of, is_alike, spoken, stem, words
from tests.core.bots.given import MONDAY


def value(kind: Kind, text: str, **more: object) -> str | None:
    said = words(text)
    slot = SlotType(kind=kind, **more)  # type: ignore[arg-type]  # the fields of SlotType
    found = slot.find(said, [True] * len(said), MONDAY)
    return found.text if found else None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("twenty five", "25"),
        ("one two three four", "1234"),
        ("two hundred and five please", "205"),
        ("nine thousand nineteen", "9019"),
        ("0012", "0012"),
        ("double five oh one", "5501"),
        ("nineteen eighty four", "1984"),
        ("zero", "0"),
        ("none of them", None),
    ],
)
def test_numbers_in_words_and_in_digits(said: str, number: str | None) -> None:
    assert number == value(Kind.NUMBER, said)


def test_a_number_of_so_many_digits_takes_no_other() -> None:
    assert "20001" == value(Kind.NUMBER, "it is 20001", digits=5)
    assert value(Kind.NUMBER, "2000", digits=5) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", "2026-03-02"),
        ("tomorrow morning", "2026-03-03"),
        ("the day after tomorrow", "2026-03-04"),
        ("monday", "2026-03-09"),
        ("on tuesday", "2026-03-03"),
        ("March 5th", "2026-03-05"),
        ("the fifth of march", "2026-03-05"),
        ("twenty first of february", "2027-02-21"),
        ("29 February", "2028-02-29"),
        ("2026-12-24", "2026-12-24"),
        ("20261224", "2026-12-24"),
        ("December 24 2027", "2027-12-24"),
        ("31 April", None),
        ("whenever", None),
    ],
)
def test_days(said: str, day: str | None) -> None:
    """Without a year the next such day; a weekday is never today."""
    assert day == value(Kind.DATE, said)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("+1 (202) 555-0123", "+12025550123"),
        ("plus four four two oh double seven nine four six oh nine five eight", "+4420779460958"),
        ("2025550123", "2025550123"),
        ("call five five five", None),
        ("1234567890123456", None),
    ],
)
def test_telephone_numbers(said: str, number: str | None) -> None:
    assert number == value(Kind.PHONE, said)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("yes please", "yes"),
        ("Nope", "no"),
        ("no, that is not right", "no"),
        ("1", "yes"),
        ("hm", None),
    ],
)
def test_yes_and_no(said: str, answer: str | None) -> None:
    assert answer == value(Kind.YES_NO, said)


def test_a_choice_by_its_name_by_what_stands_for_it_and_by_a_spoken_digit() -> None:
    values = {("sales",): "1", ("new", "order"): "1", ("1",): "1", ("support",): "2"}

    for said in ("sales", "a new order", "one", "1", "sale", "saless"):
        assert "1" == value(Kind.CHOICE, said, values=values), said
    assert "2" == value(Kind.CHOICE, "suport", values=values)
    assert value(Kind.CHOICE, "an order", values=values) is None


def test_words_are_compared_without_endings_and_with_one_slip() -> None:
    assert 1 == len({stem(w) for w in ("bill", "bills", "billing", "billed")})
    assert is_alike("support", "suppotr")
    assert is_alike("invoice", "invoce")
    assert not is_alike("sales", "tales of")
    assert not is_alike("bill", "bull")  # short words are too close to each other
    assert words("Where's MY “Bill”?") == ("wheres", "my", "bill")


def test_digits_are_written_out_for_a_recogniser() -> None:
    assert "press one two" == " ".join(spoken("press 12").split())


@given(st.integers(min_value=0, max_value=10**12))
def test_spoken_digits_are_the_digits(number: int) -> None:
    """Whatever a recogniser of digits hears is what was meant."""
    assert str(number) == digits_of(spoken(str(number)).split())


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for kind in Kind:
        slot = SlotType(kind=kind, values={("a",): "a"} if kind is Kind.CHOICE else None)
        said = words(text)
        slot.find(said, [True] * len(said), MONDAY)
    assert cardinal_of(["hundred"]) is None
