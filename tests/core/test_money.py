"""Amounts rounded once, and exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.money import half_up


@pytest.mark.parametrize(
    ("above", "below", "rounded"),
    [
        (1, 8, "0.13"),
        (-1, 8, "-0.13"),
        (1, 201, "0.00"),
        (-1, 201, "0.00"),
        (10**40 + 1, 1, f"{10**40 + 1}.00"),
    ],
)
def test_halves_go_away_from_zero_and_large_numbers_keep_every_digit(
    above: int, below: int, rounded: str
) -> None:
    """What is taken back is what was given, and there is no -0."""
    assert str(half_up(above, below, places=2)) == rounded


@given(st.integers(-(10**60), 10**60), st.integers(1, 10**40), st.integers(0, 12))
@settings(deadline=None)
def test_what_is_rounded_is_at_most_half_a_unit_from_the_truth(
    above: int, below: int, places: int
) -> None:
    found = Fraction(half_up(above, below, places=places))

    assert abs(found - Fraction(above, below)) <= Fraction(1, 2 * 10**places)
    assert (found * 10**places).denominator == 1
