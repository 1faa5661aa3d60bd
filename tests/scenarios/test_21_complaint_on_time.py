"""Scenario 21: four business hours for a complaint of Friday evening, and quiet at the weekend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chalicelib.core.hours import Day, Override, OverrideType
from chalicelib.core.ids import ContactId
from chalicelib.core.sla import Limit
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit
from chalicelib.services.planning import contact_id_for
from tests.caller import OFFICE
from tests.services.promises import Promising

FRIDAY = datetime(2026, 3, 6, 21, 30, tzinfo=UTC)  # 16:30 in New York
WARNING = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def center() -> Promising:
    return Promising()


@pytest.fixture
def complaint(center: Promising) -> Ticket:
    return center.opens(FRIDAY, kind="complaint")


def due_at(ticket: Ticket) -> datetime | None:
    assert ticket.sla is not None
    clock = ticket.sla.clock(Limit.RESOLUTION)
    assert clock is not None
    return clock.due_at


def changes(center: Promising, ticket: Ticket, at: datetime, **fields: object) -> Ticket:
    center.house.at = at
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    version = center.now(ticket).version
    return center.tickets.update(ticket.ticket_id, wanted, version=version, by="ben")


def test_nothing_is_sent_at_the_weekend_the_owner_is_warned_and_then_supervisors_hear_of_it(
    center: Promising, complaint: Ticket
) -> None:
    """Each at its moment, each once, however often somebody looks."""
    assert due_at(complaint) == DUE
    moment = FRIDAY
    while moment < WARNING:
        center.sweeps(moment)
        moment += timedelta(hours=3)
    center.sweeps(WARNING - MINUTE)
    assert (center.tasks, center.alerts) == ([], [])

    center.sweeps(WARNING)
    center.sweeps(WARNING + MINUTE)
    (task,) = center.tasks
    assert task.session.details["Name"] == (
        f"{complaint.ticket_id}: resolution due soon (2026-03-09 15:30 UTC)"
    )
    assert task.plan is not None
    assert (task.plan.queue_id, task.plan.begins_at) == ("agent:a-ben", WARNING)
    assert center.alerts == []

    center.sweeps(DUE)
    center.sweeps(DUE + MINUTE)
    assert len(center.tasks) == 1
    assert center.alerts == [
        f"Ticket {complaint.ticket_id} of Ben Ode: resolution overdue (2026-03-09 16:30 UTC)."
    ]
    told = [line.change for line in center.now(complaint).history if line.by == "system"]
    assert told == [
        "owner told: resolution due soon (2026-03-09 15:30 UTC)",
        "supervisors told: resolution overdue (2026-03-09 16:30 UTC)",
    ]


def test_waiting_for_the_customer_from_eleven_to_twelve_makes_it_due_an_hour_later(
    center: Promising, complaint: Ticket
) -> None:
    """13:30 in New York. Nobody is warned meanwhile, and the history tells of both."""
    eleven = datetime(2026, 3, 9, 15, tzinfo=UTC)
    changes(center, complaint, eleven, waiting=True)
    center.sweeps(WARNING)
    resumed = changes(center, complaint, eleven + timedelta(hours=1), waiting=False)

    assert due_at(resumed) == DUE + timedelta(hours=1)
    assert center.tasks == []
    assert [line.change for line in center.now(complaint).history][1:] == [
        "waiting for customer",
        "not waiting for customer any more",
        "resolution due 2026-03-09 17:30 UTC",
    ]
    center.sweeps(WARNING + timedelta(hours=1))
    assert len(center.tasks) == 1


def test_a_holiday_added_later_moves_open_tickets_and_says_who_and_why(
    center: Promising, complaint: Ticket
) -> None:
    """Closed ones stay as they were, and nobody is told of what is not due any more."""
    settled = center.opens(FRIDAY, kind="complaint", subject="Other")
    changes(center, settled, FRIDAY, status=TicketStatus.CLOSED)
    holiday = Override("Founder's day", DUE.date(), DUE.date(), type=OverrideType.CLOSED)

    center.clocks.recompute(
        replace(OFFICE, overrides=(holiday,)), by="ada", why="override added to 'Office'"
    )

    moved = center.now(complaint)
    assert due_at(moved) == DUE + timedelta(days=1)
    assert (moved.history[-1].by, moved.history[-1].change) == (
        "ada",
        "resolution due 2026-03-10 16:30 UTC: override added to 'Office'",
    )
    assert due_at(center.now(settled)) == DUE


def test_a_holiday_that_nobody_reckoned_with_is_noticed_before_anybody_is_told(
    center: Promising, complaint: Ticket
) -> None:
    """More tickets may be open than are reckoned anew at once."""
    day = date(2026, 3, 9)
    holiday = Override("Holiday", day, day, type=OverrideType.CLOSED)
    center.house.center.save_part("hours", "office", replace(OFFICE, overrides=(holiday,)))

    center.sweeps(WARNING)

    assert (center.tasks, due_at(center.now(complaint))) == ([], DUE + timedelta(days=1))


def test_what_becomes_due_as_the_center_closes_is_told_when_it_opens(center: Promising) -> None:
    """On Monday at nine, and is shown then although it is old."""
    thursday = datetime(2026, 3, 5, 21, tzinfo=UTC)  # 16:00: one hour, then three of Friday
    late = center.opens(thursday, kind="complaint")
    late = changes(center, late, datetime(2026, 3, 6, 14, tzinfo=UTC), waiting=True)
    late = changes(center, late, datetime(2026, 3, 6, 19, tzinfo=UTC), waiting=False)
    closing, opening = (
        datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((6, 22), (9, 13))
    )
    center.sweeps(closing - timedelta(hours=1))
    for moment in (closing, closing + timedelta(days=1), opening - MINUTE):
        center.sweeps(moment)
    assert (due_at(late), len(center.tasks), center.alerts) == (closing, 1, [])

    center.sweeps(opening)

    assert len(center.alerts) == 1


def test_an_opening_added_meanwhile_ends_the_quiet(center: Promising) -> None:
    """Who was to hear of it on Monday hears of it on Saturday."""
    noon, saturday = datetime(2026, 3, 6, 18, tzinfo=UTC), date(2026, 3, 7)
    closing, opening = noon + timedelta(hours=4), datetime(2026, 3, 7, 15, tzinfo=UTC)
    center.opens(noon, kind="complaint")
    center.sweeps(closing)
    hours = tuple(replace(each, day=Day.SATURDAY, start=time(10)) for each in OFFICE.config[:1])
    special = Override("Sale", saturday, saturday, hours, OverrideType.OPEN)
    open_too = replace(OFFICE, overrides=(special,))
    center.house.center.save_part("hours", "office", open_too)
    center.clocks.recompute(open_too, by="ada", why="override 'Sale' added to 'Office'")
    center.sweeps(opening - MINUTE)
    assert center.alerts == []

    center.sweeps(opening)

    assert len(center.alerts) == 1


def test_a_breach_that_was_none_after_all_is_told_again_when_it_is_one(
    center: Promising, complaint: Ticket
) -> None:
    """The center was closed on Monday, and nobody had said so until the afternoon."""
    center.sweeps(DUE)
    holiday = Override("Storm", DUE.date(), DUE.date(), type=OverrideType.CLOSED)
    closed = replace(OFFICE, overrides=(holiday,))
    center.house.center.save_part("hours", "office", closed)
    center.house.at = DUE + timedelta(hours=2)
    center.clocks.recompute(closed, by="ada", why="override 'Storm' added to 'Office'")

    center.sweeps(DUE + timedelta(days=1) - MINUTE)
    assert center.alerts == []
    center.sweeps(DUE + timedelta(days=1))

    assert [complaint.ticket_id in text for text in center.alerts] == [True]


def test_a_follow_up_with_a_promise_is_told_of_each_once(center: Promising) -> None:
    """Being looked at for the one tells nobody again of the other."""
    monday = WARNING - timedelta(hours=2)
    center.opens(FRIDAY, kind="complaint", status=TicketStatus.FOLLOW_UP, due_at=monday)
    for minutes in range(0, 200, 10):
        center.sweeps(monday + timedelta(minutes=minutes))

    names = [str(task.session.details["Name"]).partition(": ")[2][:12] for task in center.tasks]
    assert sorted(names) == ["follow-up du", "resolution d"]
    told = [line.change for line in center.now(center.tickets.list()[0]).history]
    assert [line.partition(" (")[0] for line in told[1:]] == [
        "owner told: follow-up due",
        "supervisors told: follow-up forgotten",
        "owner told: resolution due soon",
        "supervisors told: resolution overdue",
    ]


def test_a_worker_that_dies_before_it_has_marked_the_ticket_tells_nobody_twice(
    center: Promising, complaint: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task has the same id, and so has the alert."""
    save, when = center.house.tickets.save, (WARNING, DUE)

    class Died(Exception):
        pass

    def dies(*_: object) -> None:
        monkeypatch.setattr(center.house.tickets, "save", save)
        raise Died

    for moment in when:
        monkeypatch.setattr(center.house.tickets, "save", dies)
        with pytest.raises(Died):
            center.sweeps(moment)
        center.sweeps(moment + MINUTE)

    assert (len(center.tasks), len(center.alerts)) == (1, 1)
    key = f"ticket:{complaint.ticket_id}:due soon#resolution#{WARNING.isoformat()}"
    assert center.tasks[0].contact_id == ContactId(contact_id_for(key))


@pytest.mark.parametrize("owner", [None, "sue"])
def test_where_the_owner_takes_no_tasks_supervisors_are_warned(
    center: Promising, owner: str | None
) -> None:
    """Somebody has to know."""
    ticket = center.opens(FRIDAY, kind="complaint", owner=owner)

    center.sweeps(WARNING)

    name = "Sue Lind" if owner else "nobody"
    moment = "(2026-03-09 15:30 UTC)"
    assert center.alerts == [f"Ticket {ticket.ticket_id} of {name}: resolution due soon {moment}."]


def test_what_is_settled_or_waits_is_told_to_nobody(center: Promising, complaint: Ticket) -> None:
    changes(center, complaint, WARNING - MINUTE, status=TicketStatus.RESOLVED)

    center.sweeps(WARNING)
    center.sweeps(DUE)

    assert (center.tasks, center.alerts) == ([], [])
