"""Attributes that admins declare."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.core.center import Proficiency
from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected, TooMany
from tests.house import BEN
from tests.services.staffing import Staff


@pytest.fixture
def staff() -> Staff:
    staff = Staff()
    staff.attributes.create(staff.center, "Language", ["es", "de", "es"])
    return staff


def test_an_attribute_has_values_each_once(staff: Staff) -> None:
    """Set anew as a whole; purposes stay where only values are named, and the other way round."""
    assert ("es", "de") == staff.attributes.find(staff.center, "Language").values

    staff.attributes.change(staff.center, "Language", None, ["ROUTING"])
    staff.attributes.change(staff.center, "Language", ["fr"], None)

    known = staff.attributes.find(staff.center, "Language")
    assert (("fr",), ("ROUTING",)) == (known.values, known.purposes)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (lambda s: s.attributes.create(s.center, "Language", []), Duplicate),
        (lambda s: s.attributes.create(s.center, "", []), Rejected),
        (lambda s: s.attributes.create(s.center, "x" * 101, []), Rejected),
        (lambda s: s.attributes.create(s.center, "Cars", [""]), Rejected),
        (lambda s: s.attributes.create(s.center, "Cars", list(map(str, range(501)))), Rejected),
        (lambda s: s.attributes.create(s.center, "Cars", [], list("abcdefghijk")), Rejected),
        (lambda s: s.attributes.change(s.center, "Cars", [], []), NotFound),
        (lambda s: s.attributes.delete(s.center, "Cars"), NotFound),
    ],
)
def test_what_is_no_attribute_is_refused(
    staff: Staff, attempt: Callable[[Staff], None], error: type[Refusal]
) -> None:
    with pytest.raises(error):
        attempt(staff)

    assert ["Language"] == [each.name for each in staff.attributes.listed(staff.center)]


def test_an_attribute_that_users_master_is_not_deleted(staff: Staff) -> None:
    """Whoever does is named."""
    staff.proficiencies.add(BEN, [Proficiency("Language", "es", 2.0)])

    with pytest.raises(InUse, match="user 'ben'"):
        staff.attributes.delete(staff.center, "Language")
    staff.proficiencies.remove(BEN, [("Language", "es")])
    staff.attributes.delete(staff.center, "Language")

    assert () == staff.center.attributes


def test_there_are_at_most_150(staff: Staff) -> None:
    for n in range(149):
        staff.attributes.create(staff.center, f"Attribute {n}", [])

    with pytest.raises(TooMany):
        staff.attributes.create(staff.center, "One more", [])
