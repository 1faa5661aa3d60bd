"""Numbers as people and carriers write them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chalicelib.adapters.numbering import to_e164


@pytest.mark.parametrize(
    "written",
    [
        "+1 202-555-0123",
        "(202) 555-0123",
        "202/555-0123",
        "202.555.0123",
        "1 202 555 0123",
        "+12025550123",
        "tel:+12025550123",
        "2025550123 x7",
        "２０２ ５５５ ０１２３",
    ],
)
def test_every_way_to_write_a_number_is_one_number(written: str) -> None:
    """Punctuation, country code, extension and digits of another script do not count."""
    assert to_e164(written) == "+12025550123"


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+84 24 3822 3344", "US", "+842438223344"),
        ("011 49 30 901820", "US", "+4930901820"),
    ],
)
def test_a_number_is_read_where_it_was_written(written: str, region: str, number: str) -> None:
    """Without a country code the region decides."""
    assert to_e164(written, region) == number


@pytest.mark.parametrize("written", ["+55 11 98765-4321", "+55 11 8765-4321", "+551187654321"])
def test_a_brazilian_mobile_is_one_number_with_and_without_the_ninth_digit(written: str) -> None:
    """Old address books omit it."""
    assert to_e164(written) == "+5511987654321"


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+52 55 1234 5678", "US"),
        ("+52 1 55 1234 5678", "US"),
        ("+5215512345678", "US"),
        ("044 55 1234 5678", "MX"),
        ("045 55 1234 5678", "MX"),
        ("55 1234 5678", "MX"),
    ],
)
def test_a_mexican_mobile_is_dialled_without_the_prefixes_of_old(written: str, region: str) -> None:
    """Since 2019 ten digits are enough; who dials the old prefix gets nobody."""
    assert to_e164(written, region) == "+525512345678"


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+54 9 11 2345-6789", "US"),
        ("011 15-2345-6789", "AR"),
        ("11 15 2345-6789", "AR"),
        ("+54 11 15 2345-6789", "US"),
        ("+54 9 11 15 2345-6789", "US"),
    ],
)
def test_the_15_of_an_argentine_mobile_becomes_the_9_of_one(written: str, region: str) -> None:
    """Both say mobile: one at home, one from abroad."""
    assert to_e164(written, region) == "+5491123456789"


def test_an_argentine_number_without_9_is_kept_as_it_came() -> None:
    """It may be a landline, which the 9 would not reach; it is only compared without."""
    assert to_e164("+54 11 2345-6789") == "+541123456789"


def test_a_brazilian_landline_gets_no_ninth_digit() -> None:
    """Only mobile numbers got one."""
    assert to_e164("+55 11 3333-4444") == "+551133334444"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "anonymous",
        "Restricted",
        "12",
        "+999",
        "+1 555",
        "+15550100",
        "sip:ana@example.com",
        "2" * 41,
        "+266696687",  # ANONYMOUS on a keypad, as carriers send it
        "+7378742833",  # RESTRICTED
        "+2562533",  # BLOCKED
        "+86282452253",  # UNAVAILABLE
    ],
)
def test_what_is_no_number_is_none(written: str) -> None:
    """Among it the placeholders by which carriers say that the number is withheld."""
    assert to_e164(written) is None


def test_only_the_data_of_the_regions_met_is_loaded() -> None:
    """A Lambda that reads American numbers does not load the world."""
    code = (
        "import sys; from chalicelib.adapters.numbering import to_e164; to_e164('2025550123');"
        "print(sum('phonenumbers.data.region_' in name for name in sys.modules))"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert int(ran.stdout) < 5
