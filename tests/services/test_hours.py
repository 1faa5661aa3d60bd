"""Hours of operation set up by an admin, with their overrides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from chalicelib.core.errors import Duplicate, InUse, NotFound, Refusal, Rejected, TooMany
from chalicelib.core.hours import Config, Day, HoursOfOperation, Override, OverrideType
from chalicelib.core.recurrence import Frequency, Recurrence
from chalicelib.core.sla import Sla
from chalicelib.services.hours import (
    HoursChange,
    NewHours,
    NewOverride,
    OverrideChange,
)
from tests.caller import OFFICE
from tests.given import MONDAY, a_ticket
from tests.house import SALES, action, document
from tests.services.promises import COMPLAINT
from tests.services.setting_up import Office

MORNING = (Config(Day.MONDAY, time(8), time(12)),)
NEW = NewHours(name="Morning", time_zone="Europe/Berlin", config=MORNING, tags={"team": "a"})
JULY_4 = date(2026, 7, 4)  # a Saturday
HOLIDAY = NewOverride(
    name="Holiday",
    effective_from=JULY_4,
    effective_till=JULY_4,
    config=(),
    type=OverrideType.CLOSED,
)


@pytest.fixture
def office() -> Office:
    return Office()


def create(office: Office, **more: object) -> HoursOfOperation:
    new = replace(NEW, **more)  # type: ignore[arg-type]
    return office.hours.create(office.center, new)


def override(office: Office, **more: object) -> Override:
    new = replace(HOLIDAY, **more)  # type: ignore[arg-type]
    return office.hours.add_override(office.center, OFFICE.hours_id, new, by="ada")


def overrides(office: Office) -> list[str]:
    hours = office.hours.find(office.center, OFFICE.hours_id)
    return [each.name for each in hours.overrides]


def test_hours_are_made_changed_in_part_and_found(office: Office) -> None:
    """By id and ARN; what is not given stays."""
    made = create(office)
    arn = office.center.hours_arn(made.hours_id)

    office.hours.change(
        office.center, arn, HoursChange(name="Early", description="Before noon"), by="ada"
    )
    office.hours.change(
        office.center, arn, HoursChange(name="Early", time_zone="Asia/Tokyo"), by="ada"
    )

    found = office.hours.find(office.center, made.hours_id)
    assert (found.name, found.description, found.tags) == ("Early", "Before noon", {"team": "a"})
    assert (found.time_zone, found.config, found.changed_at) == ("Asia/Tokyo", MORNING, MONDAY)
    assert [each.name for each in office.hours.listed(office.center)] == ["Early", OFFICE.name]


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"name": OFFICE.name}, Duplicate, "Name"),
        ({"name": " "}, Rejected, "Name"),
        ({"time_zone": "Mars/Olympus"}, Rejected, "TimeZone"),
        ({"config": ()}, Rejected, "Config"),
        (
            {"config": (Config(Day.MONDAY, time(9), time(8)),)},
            Rejected,
            "Config[0].EndTime",
        ),
        ({"description": "x" * 251}, Rejected, "Description"),
    ],
)
def test_hours_that_cannot_be_obeyed_are_refused_by_field(
    office: Office, wrong: dict[str, object], error: type[Refusal], field: str
) -> None:
    """When they are made, and when they are changed."""
    made = create(office)
    changes = HoursChange(**wrong)  # type: ignore[arg-type]

    with pytest.raises(error) as refused:
        create(office, **{"name": "Other", **wrong})
    with pytest.raises(error) as not_changed:
        office.hours.change(office.center, made.hours_id, changes, by="ada")

    assert (refused.value.field, not_changed.value.field) == (field, field)
    assert office.hours.find(office.center, made.hours_id) == made


def test_hours_take_no_overrides_from_others(office: Office) -> None:
    """Refused rather than left away: a holiday that does not count would be noticed on the day."""
    with pytest.raises(Rejected) as refused:
        create(office, parents=[OFFICE.hours_id])

    assert refused.value.field == "ParentHoursOfOperationConfigs"


def test_hours_that_a_queue_or_a_flow_looks_at_stay_and_both_are_named(office: Office) -> None:
    made = create(office)
    office.queues.set_hours(office.center, SALES, made.hours_id)
    look = action("Look", "CheckHoursOfOperation", "", HoursOfOperationId="hours:Morning")
    look["Transitions"] = {
        "NextAction": "End",
        "Conditions": [
            {"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": [answer]}}
            for answer in ("True", "False")
        ],
        "Errors": [{"NextAction": "End", "ErrorType": "NoMatchingError"}],
    }
    office.shop.create("Calls", document(look))

    with pytest.raises(InUse) as refused:
        office.hours.delete(office.center, made.hours_id)

    assert refused.value.users == ["flow 'Calls'", "queue 'Sales'"]
    office.hours.delete(office.center, OFFICE.hours_id)
    with pytest.raises(NotFound):
        office.hours.find(office.center, OFFICE.hours_id)


def test_hours_that_something_is_promised_by_cannot_be_deleted(office: Office) -> None:
    """They say which kind of tickets that is."""
    office.store.configuration = replace(office.center, sla_policies=(COMPLAINT,))

    with pytest.raises(InUse) as refused:
        office.hours.delete(office.center, OFFICE.hours_id)

    assert "tickets of kind complaint" in refused.value.users


def test_whatever_changes_hours_moves_what_is_due_and_says_who_and_why(office: Office) -> None:
    """A holiday that comes, moves and goes; other weekly hours."""
    noon = datetime(2026, 7, 2, 20, tzinfo=UTC)  # Thursday, an hour before closing
    ticket = replace(a_ticket(), kind="complaint", sla=Sla.begun(COMPLAINT, OFFICE, noon))
    office.tickets.create(ticket)
    office.at = noon
    friday = date(2026, 7, 3)
    made = override(office, effective_from=friday, effective_till=friday)
    reference, by = OFFICE.hours_id, "ada"
    change = OverrideChange(effective_from=JULY_4, effective_till=JULY_4)
    office.hours.change_override(office.center, reference, made.override_id, change, by=by)
    office.hours.drop_override(office.center, reference, made.override_id, by=by)
    late = tuple(Config(day, time(13), time(17)) for day in Day)
    office.hours.change(office.center, reference, HoursChange(config=late), by=by)

    told = [(line.by, line.change) for line in office.tickets.get(ticket.ticket_id).history[1:]]

    assert told == [
        ("ada", "resolution due 2026-07-06 16:00 UTC: override 'Holiday' added to 'Office'"),
        ("ada", "resolution due 2026-07-03 16:00 UTC: override 'Holiday' of 'Office' changed"),
        ("ada", "resolution due 2026-07-03 20:00 UTC: hours of operation 'Office' changed"),
    ]


# --- overrides ------------------------------------------------------------------------------------


def test_an_override_is_added_changed_and_dropped(office: Office) -> None:
    """Under an id of its own; what is not given stays."""
    made = override(office, description="Nobody works")
    late = NewOverride(
        name="Late",
        effective_from=date(2026, 1, 1),
        effective_till=date(2026, 12, 31),
        config=(Config(Day.FRIDAY, time(17), time(20)),),
        type=OverrideType.OPEN,
        recurrence=Recurrence(frequency=Frequency.MONTHLY, occurrence=-1),
    )
    office.hours.add_override(office.center, OFFICE.hours_id, late, by="ada")
    change = OverrideChange(name="Independence Day", effective_till=date(2026, 7, 5))
    office.hours.change_override(office.center, OFFICE.hours_id, made.override_id, change, by="ada")

    hours = office.hours.find(office.center, OFFICE.hours_id)
    found = office.hours.override(hours, made.override_id)

    assert (found.name, found.description) == ("Independence Day", "Nobody works")
    assert (found.effective_from, found.effective_till) == (JULY_4, date(2026, 7, 5))
    every = office.hours.overrides(office.center)
    assert [each.name for _, each in every] == ["Independence Day", "Late"]
    office.hours.drop_override(office.center, OFFICE.hours_id, made.override_id, by="ada")
    assert overrides(office) == ["Late"]
    with pytest.raises(NotFound) as gone:
        office.hours.drop_override(office.center, OFFICE.hours_id, made.override_id, by="ada")
    assert gone.value.field == "HoursOfOperationOverrideId"


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"name": "Holiday"}, Duplicate, "Name"),
        ({"effective_till": date(2026, 7, 3)}, Rejected, "EffectiveTill"),
        ({"type": OverrideType.OPEN}, Rejected, "Config"),
        ({"config": MORNING}, Rejected, "Config"),
        (
            {"type": OverrideType.STANDARD, "config": (Config(Day.MONDAY, time(9), time(9)),)},
            Rejected,
            "Config[0].EndTime",
        ),
        ({"description": "x" * 251}, Rejected, "Description"),
    ],
)
def test_an_override_that_cannot_be_meant_is_refused_by_field(
    office: Office, wrong: dict[str, object], error: type[Refusal], field: str
) -> None:
    override(office)

    with pytest.raises(error) as refused:
        override(office, **{"name": "Other", **wrong})

    assert refused.value.field == field
    assert overrides(office) == ["Holiday"]


def test_a_change_that_contradicts_the_rest_is_refused(office: Office) -> None:
    made = override(office)
    override(office, name="Other")

    for change in (
        OverrideChange(effective_till=date(2026, 7, 3)),
        OverrideChange(type=OverrideType.OPEN),
        OverrideChange(name="Other"),
        OverrideChange(name=""),
    ):
        with pytest.raises(Refusal):
            office.hours.change_override(
                office.center, OFFICE.hours_id, made.override_id, change, by="ada"
            )

    assert overrides(office) == ["Holiday", "Other"]


def test_hours_have_fifty_overrides_at_most(office: Office) -> None:
    for number in range(50):
        override(office, name=f"Day {number}")

    with pytest.raises(TooMany):
        override(office, name="One more")


def test_what_dates_are_really_like_is_told_with_what_makes_them_so(office: Office) -> None:
    """From Thursday to Saturday; Friday is a holiday."""
    override(office, effective_from=date(2026, 7, 3), effective_till=date(2026, 7, 3))

    days = office.hours.effective(office.center, OFFICE.hours_id, date(2026, 7, 2), JULY_4)

    assert [(str(each.day), len(each.periods), len(each.overrides)) for each in days] == [
        ("2026-07-02", 1, 0),
        ("2026-07-03", 0, 1),
        ("2026-07-04", 0, 0),
    ]
    ((holiday, period),) = days[1].overrides
    assert (holiday.name, period.start, period.end) == ("Holiday", time(0), time(0))


@pytest.mark.parametrize("until", [date(2026, 7, 3), date(2027, 7, 5)])
def test_no_day_and_more_than_a_year_of_them_are_refused(office: Office, until: date) -> None:
    with pytest.raises(Rejected) as refused:
        office.hours.effective(office.center, OFFICE.hours_id, JULY_4, until)

    assert (refused.value.field, refused.value.value) == ("ToDate", until.isoformat())
