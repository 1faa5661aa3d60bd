"""Which price counts on which day, and which tariffs are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel
from chalicelib.core.tariff import Kind, Price, Way, read_price, read_tariff
from tests.core.prices import book, line, tariff, voice


def test_a_tariff_counts_from_its_first_day_until_the_next_ones() -> None:
    """There is no day between two versions, and none that two share."""
    both = book(tariff(1, "2026-01-01"), tariff(2, "2026-04-01"))

    found = [both.on(day) for day in (date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1))]

    assert [each.version if each else None for each in found] == [None, 1, 2]


def test_a_corrected_version_counts_no_more_and_is_still_there() -> None:
    """Old ledger lines name it."""
    after = book(tariff(1), tariff(2, "2026-04-01"), tariff(3, corrects=1))

    found = [after.on(day) for day in (date(2026, 3, 31), date(2026, 4, 1))]

    assert [each.version if each else None for each in found] == [3, 2]
    assert [each.version for each in after.tariffs] == [1, 2, 3]


def test_the_most_particular_price_counts() -> None:
    """The longest prefix for lines, the named channel for service and messages."""
    prices = (
        line("0.0022"),
        line("0.0120", prefix="+1800"),
        line("0.0500", prefix=""),
        line("0.0048", way="OUTBOUND"),
        {"kind": "MESSAGE", "unit": "MESSAGE", "price": "0.01"},
        {"kind": "MESSAGE", "channel": "EMAIL", "unit": "MESSAGE", "price": "0.08"},
    )
    found = tariff(1, "2026-01-01", *prices)

    numbers = ["+12025550100", "+18005550100", "+442079460123"]
    ways = [(Way.INBOUND, number) for number in numbers]
    ways += [(Way.OUTBOUND, "+12025550100"), (Way.OUTBOUND, "+442079460123"), (Way.WEB, "")]
    lines = [found.line(way, number) for way, number in ways]
    messages = [found.message(channel) for channel in (Channel.CHAT, Channel.EMAIL)]

    assert [each and str(each.price) for each in lines] == [
        *("0.0022", "0.0120", "0.0500"),
        *("0.0048", None, None),
    ]
    assert [each and str(each.price) for each in messages] == ["0.01", "0.08"]
    assert found.service(Channel.VOICE) is None


@pytest.mark.parametrize(
    ("kind", "price", "quantity", "amount"),
    [
        (Kind.SERVICE, "0.0180", 253, "0.075900"),
        (Kind.LINE, "0.0022", 253, "0.009277"),
        (Kind.LINE, "0.0022", -253, "-0.009277"),
        (Kind.MESSAGE, "0.0000005", 1, "0.000001"),  # half a millionth is rounded up
        (Kind.RECORDING, "0.023", 2**30 * 30, "0.023000"),
        (Kind.REQUESTS, "0.625", 160, "0.000100"),
        (Kind.SERVICE, "0.0180", 0, "0.000000"),
    ],
)
def test_an_amount_has_six_decimals_rounded_half_up(
    kind: Kind, price: str, quantity: int, amount: str
) -> None:
    """A line that is taken back costs exactly as much as it gave."""
    way = Way.INBOUND if kind is Kind.LINE else None

    found = Price(kind=kind, price=Decimal(price), way=way).amount(quantity)

    assert str(found) == amount


@given(
    st.decimals(0, 1_000_000, places=12),
    st.integers(0, 2**60),
    st.sampled_from([Kind.SERVICE, Kind.RECORDING, Kind.REQUESTS]),
)
@settings(deadline=None)
def test_an_amount_is_at_most_half_a_millionth_from_the_truth(
    price: Decimal, quantity: int, kind: Kind
) -> None:
    """Whatever is multiplied: nothing is rounded but the result."""
    found = Price(kind=kind, price=price)
    true = Fraction(price) * quantity / found.unit.size

    amount = Fraction(found.amount(quantity))

    assert -Fraction(1, 2_000_000) < amount - true <= Fraction(1, 2_000_000) or amount == true
    assert (amount * 1_000_000).denominator == 1


def test_a_decimal_rounds_as_finance_does() -> None:
    """Half up, as `ROUND_HALF_UP` has it, not to the even neighbour."""
    price = Price(kind=Kind.MESSAGE, price=Decimal("0.0000025"))

    assert price.amount(1) == Decimal("0.0000025").quantize(Decimal("0.000001"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"price": "-0.01"}, "price", "-0.01"),
        ({"price": 0.018}, "price", 0.018),
        ({"price": "NaN"}, "price", "NaN"),
        ({"price": "free"}, "price", "free"),
        ({"price": "1000000.1"}, "price", "1000000.1"),
        ({"price": "0.0000000000001"}, "price", "0.0000000000001"),
        ({"price": None}, "price", None),
        ({"unit": "HOUR"}, "unit", "HOUR"),
        ({"unit": "MESSAGE"}, "unit", "MESSAGE"),
        ({"kind": "COFFEE"}, "kind", "COFFEE"),
        ({"channel": "FAX"}, "channel", "FAX"),
        ({"way": "INBOUND"}, "way", "INBOUND"),
        ({"prefix": "+1"}, "prefix", "+1"),
        ({"kind": "LINE"}, "channel", "VOICE"),
        ({"kind": "LINE", "channel": None}, "way", None),
        ({"kind": "LINE", "channel": None, "way": "INBOUND", "prefix": "1"}, "prefix", "1"),
        ({"rounding": "up"}, "rounding", "up"),
    ],
)
def test_what_is_no_price_is_refused_by_name(
    change: Mapping[str, object], field: str, value: object
) -> None:
    """A typing error must not become money."""
    with pytest.raises(Rejected) as refused:
        read_price({**voice("0.0180"), **change})

    assert (refused.value.field, refused.value.value) == (field, value)


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"version": 0}, "version", 0),
        ({"version": True}, "version", True),
        ({"from": "2026-04-31"}, "from", "2026-04-31"),
        ({"currency": "dollars"}, "currency", "dollars"),
        ({"prices": []}, "prices", []),
        ({"prices": ["0.0180"]}, "prices", ["0.0180"]),
        ({"prices": [voice("1"), voice("2")]}, "prices", "SERVICE VOICE"),
        ({"corrects": "1"}, "corrects", "1"),
        ({"recordings kept days": 0}, "recordings kept days", 0),
        ({"requests per contact": -1}, "requests per contact", -1),
        ({"until": "2026-04-01"}, "until", "2026-04-01"),
    ],
)
def test_what_is_no_tariff_is_refused_by_name(
    change: Mapping[str, object], field: str, value: object
) -> None:
    """Field and value are what somebody has to look for in the file."""
    row = {"version": 1, "from": "2026-04-01", "currency": "USD", "prices": [voice("0.0180")]}

    with pytest.raises(Rejected) as refused:
        read_tariff({**row, **change})

    assert (refused.value.field, refused.value.value) == (field, value)


def test_versions_that_overlap_are_refused() -> None:
    """Two tariffs of one day would make two prices of one call."""
    with pytest.raises(Rejected, match="first day of versions 1 and 2") as refused:
        book(tariff(1), tariff(2))

    assert (refused.value.field, refused.value.value) == ("from", "2026-01-01")


@pytest.mark.parametrize(
    ("second", "field", "value"),
    [
        ({"version": 1, "since": "2026-04-01"}, "version", 1),
        ({"version": 2, "since": "2026-04-01", "currency": "EUR"}, "currency", "EUR"),
        ({"version": 2, "since": "2026-04-01", "corrects": 7}, "corrects", 7),
        ({"version": 2, "since": "2026-04-01", "corrects": 1}, "from", "2026-04-01"),
    ],
)
def test_versions_that_do_not_fit_each_other_are_refused(
    second: dict[str, object], field: str, value: object
) -> None:
    """One book, one currency, each version once, and a correction in the place of the corrected."""
    with pytest.raises(Rejected) as refused:
        book(tariff(1), tariff(**second))  # type: ignore[arg-type]  # names as in tariff

    assert (refused.value.field, refused.value.value) == (field, value)


def test_a_zone_nobody_knows_is_refused() -> None:
    """Midnight is somewhere."""
    with pytest.raises(Rejected) as refused:
        book(zone="America/Gotham")

    assert (refused.value.field, refused.value.value) == ("zone", "America/Gotham")
