"""First contact resolution as reports count it is what the rules say of the same contacts."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.civil_day import Grain, period
from chalicelib.core.datasets.inquiries import INQUIRIES, counted
from chalicelib.core.first_contact_resolution import Tally, inquiries, overall, tallies
from chalicelib.core.metrics import Thresholds
from tests.core.coming_back import RESOLVING, random_inquiries

QUARTER = period(Grain.QUARTER, date(2026, 1, 1), "America/New_York")
MONTHS = [period(Grain.MONTH, date(2026, month, 1), QUARTER.zone) for month in (1, 2, 3)]
NAMES = ("handled", "at_once", "pending", "unknown")


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=40)
def test_the_totals_are_the_rules_tallies_and_a_quarter_is_the_sum_of_its_months(
    seed: int,
) -> None:
    """Told twice and shuffled."""
    chance = Random(seed)
    records = random_inquiries(chance, QUARTER.from_at - timedelta(days=2), 94, 40)
    shuffled = chance.choices(records, k=5) + chance.sample(records, len(records))
    as_of = QUARTER.to_at + timedelta(days=chance.choice([5, 30]))
    limits = Thresholds(resolving=RESOLVING, as_of=as_of)

    def tally(*periods: object) -> Tally:
        found = [one for each in MONTHS if each in periods for one in counted(shuffled, each)]
        found += counted(shuffled, QUARTER) if QUARTER in periods else []
        numbers = (INQUIRIES.evaluate(f"inquiries_{name}", found, limits) for name in NAMES)
        return Tally(*(int(number or 0) for number in numbers))

    told = inquiries(records, resolving=RESOLVING)
    by_agent = tallies(told, from_at=QUARTER.from_at, to_at=QUARTER.to_at, as_of=as_of)
    assert tally(QUARTER) == tally(*MONTHS) == overall(by_agent)
