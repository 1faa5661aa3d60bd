"""Agent statuses: admins make those that get nobody contacts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import NOT_REACHABLE, AgentStatus, StatusState, StatusType
from chalicelib.core.errors import Duplicate, NotFound, Refusal, Rejected, TooMany
from chalicelib.services.agent_statuses import ChangedAgentStatus, NewAgentStatus
from tests.given import MONDAY
from tests.services.staffing import Staff

LUNCH = NewAgentStatus(
    name="Lunch", state="ENABLED", description="An hour", display_order=3, tags={"team": "a"}
)


@pytest.fixture
def staff() -> Staff:
    return Staff()


def create(staff: Staff, new: NewAgentStatus = LUNCH) -> AgentStatus:
    return staff.statuses.create(staff.center, new)


def test_a_status_of_an_admin_gets_nobody_contacts(staff: Staff) -> None:
    """It is there to be chosen at once, where its number places it."""
    made = create(staff)

    assert made == staff.statuses.find(staff.center, staff.center.status_id_arn(made.status_id))
    assert (StatusType.CUSTOM, 3, MONDAY) == (made.type, made.display_order, made.changed_at)
    assert "Lunch" == staff.center.choices[0].name
    custom = staff.statuses.listed(staff.center, ["CUSTOM"])
    assert ["Break", "Lunch", NOT_REACHABLE.name] == [each.name for each in custom]


def test_a_status_changes_in_part(staff: Staff) -> None:
    """What is not named stays; disabled it cannot be chosen."""
    made = create(staff)

    staff.statuses.change(staff.center, made.status_id, ChangedAgentStatus(name="Midday"))
    staff.statuses.change(
        staff.center,
        made.status_id,
        ChangedAgentStatus(state="DISABLED", description="", is_unordered=True),
    )

    known = staff.statuses.find(staff.center, made.status_id)
    assert ("Midday", "", None) == (known.name, known.description, known.display_order)
    assert StatusState.DISABLED is known.state
    assert staff.center.status("Midday") is None


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"name": "Break"}, Duplicate, "Name"),
        ({"name": NOT_REACHABLE.name}, Duplicate, "Name"),
        ({"name": " "}, Rejected, "Name"),
        ({"state": "AWAY"}, Rejected, "State"),
        ({"display_order": 0}, Rejected, "DisplayOrder"),
        ({"display_order": 51}, Rejected, "DisplayOrder"),
        ({"description": "x" * 251}, Rejected, "Description"),
    ],
)
def test_what_no_status_can_be_is_refused(
    staff: Staff, changes: dict[str, object], error: type[Refusal], field: str
) -> None:
    """Made so or changed into it."""
    made = create(staff)

    with pytest.raises(error) as refused:
        create(staff, replace(LUNCH, **{"name": "Tea", **changes}))  # type: ignore[arg-type]
    changed = ChangedAgentStatus(**changes)  # type: ignore[arg-type]  # fields of the same names
    with pytest.raises(error):
        staff.statuses.change(staff.center, made.status_id, changed)

    assert field == refused.value.field
    assert made == staff.statuses.find(staff.center, made.status_id)


@pytest.mark.parametrize("status_id", ["available", "offline", "not-reachable"])
def test_what_is_built_in_keeps_its_name_and_stays_enabled(staff: Staff, status_id: str) -> None:
    """Where it stands in the list, and what is said of it, is the admin's."""
    for changed in (ChangedAgentStatus(name="Mine"), ChangedAgentStatus(state="DISABLED")):
        with pytest.raises(Rejected, match="built in"):
            staff.statuses.change(staff.center, status_id, changed)

    staff.statuses.change(staff.center, status_id, ChangedAgentStatus(display_order=50))

    assert 50 == staff.statuses.find(staff.center, status_id).display_order


def test_there_are_fifty_at_most(staff: Staff) -> None:
    for n in range(50 - len(staff.center.agent_statuses)):
        create(staff, replace(LUNCH, name=f"Status {n}"))

    with pytest.raises(TooMany):
        create(staff, replace(LUNCH, name="One more"))


def test_what_is_not_there_is_not_found(staff: Staff) -> None:
    """Nor listed by a type that there is not."""
    with pytest.raises(NotFound):
        staff.statuses.find(staff.center, "tea")
    with pytest.raises(Rejected):
        staff.statuses.listed(staff.center, ["AWAY"])
