"""What users are good at."""

from __future__ import annotations

import pytest

from chalicelib.core.center import Proficiency
from chalicelib.core.errors import NotFound, Rejected
from tests.house import BEN
from tests.services.staffing import Staff

VIETNAMESE, SPANISH = Proficiency("Language", "Vietnamese", 3.0), Proficiency("Language", "es", 5.0)


@pytest.fixture
def staff() -> Staff:
    staff = Staff()
    staff.proficiencies.add(BEN, [VIETNAMESE, SPANISH])
    return staff


def test_proficiencies_come_change_and_go(staff: Staff) -> None:
    """Each change is for the desk to notice at once."""
    better = Proficiency("Language", "Vietnamese", 4.5)

    staff.proficiencies.set_levels(BEN, [better])
    staff.proficiencies.remove(BEN, [("Language", "es"), ("Language", "gone")])

    assert [better] == staff.proficiencies.listed(BEN)
    assert (better,) == staff.users.find(BEN).proficiencies
    assert [BEN] * 3 == staff.reconfigured


def test_one_that_is_there_gets_the_new_level(staff: Staff) -> None:
    """Added twice it is one; in order of attribute and value."""
    staff.proficiencies.add(BEN, [Proficiency("Language", "es", 1.0)])

    levels = [(each.value, each.level) for each in staff.proficiencies.listed(BEN)]
    assert [("Vietnamese", 3.0), ("es", 1.0)] == levels


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Proficiency("Language", "de", 0.9), "UserProficiencies.Level"),
        (Proficiency("Language", "de", 5.1), "UserProficiencies.Level"),
        (Proficiency("Language", "de", float("nan")), "UserProficiencies.Level"),
        (Proficiency("", "de", 1.0), "UserProficiencies.AttributeName"),
        (Proficiency("Language", "d" * 101, 1.0), "UserProficiencies.AttributeValue"),
    ],
)
def test_what_is_no_proficiency_is_refused(staff: Staff, wrong: Proficiency, field: str) -> None:
    """Together with whatever comes beside it."""
    with pytest.raises(Rejected) as refused:
        staff.proficiencies.add(BEN, [Proficiency("Skill", "x", 1.0), wrong])

    assert field == refused.value.field
    assert 2 == len(staff.proficiencies.listed(BEN))


def test_ten_are_the_most(staff: Staff) -> None:
    staff.proficiencies.add(BEN, [Proficiency("Skill", str(n), 1.0) for n in range(8)])

    with pytest.raises(Rejected, match="at most 10"):
        staff.proficiencies.add(BEN, [Proficiency("Skill", "one more", 1.0)])


def test_what_is_not_there_has_no_level(staff: Staff) -> None:
    with pytest.raises(NotFound):
        staff.proficiencies.set_levels(BEN, [Proficiency("Language", "de", 1.0)])
    with pytest.raises(NotFound):
        staff.proficiencies.add("a-x", [SPANISH])
