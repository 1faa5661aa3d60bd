"""Scenario 20: a follow-up finds its owner, then supervisors; four states; notes that all fit."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ticket import NOTE_LIMIT, Ticket, TicketStatus, status_named
from chalicelib.core.ticket_edit import TicketEdit
from tests.given import MONDAY, later
from tests.services.promises import Promising

SATURDAY = MONDAY + timedelta(days=5)


@pytest.fixture
def center() -> Promising:
    return Promising()


def a_follow_up(center: Promising, due_at: datetime) -> Ticket:
    return center.opens(MONDAY, status=TicketStatus.FOLLOW_UP, due_at=due_at)


def changes(center: Promising, ticket: Ticket, **fields: object) -> Ticket:
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    version = center.now(ticket).version
    return center.tickets.update(ticket.ticket_id, wanted, version=version, by="ben")


def test_at_its_due_time_the_owner_gets_a_task_and_half_an_hour_later_supervisors_an_alert(
    center: Promising,
) -> None:
    """Once each; at a weekend too, when somebody promised it for then."""
    ticket = a_follow_up(center, SATURDAY)
    center.sweeps(SATURDAY - timedelta(seconds=1))
    assert center.tasks == []

    for minutes in (0, 1, 29):
        center.sweeps(SATURDAY + timedelta(minutes=minutes))
    (task,) = center.tasks
    assert task.session.details["References"] == {
        "Ticket": {"Type": "STRING", "Value": ticket.ticket_id}
    }
    assert center.alerts == []

    for minutes in (30, 31):
        center.sweeps(SATURDAY + timedelta(minutes=minutes))
    assert (len(center.tasks), len(center.alerts)) == (1, 1)


def test_a_follow_up_that_was_put_off_is_due_again_then(center: Promising) -> None:
    """And whoever was done in time gives no supervisor anything to read."""
    ticket = a_follow_up(center, later(hours=1))
    center.sweeps(later(hours=1))
    changes(center, ticket, due_at=later(hours=3))
    center.sweeps(later(hours=2))
    center.sweeps(later(hours=3))
    changes(center, ticket, status=TicketStatus.RESOLVED)

    center.sweeps(later(hours=4))

    assert (len(center.tasks), center.alerts) == (2, [])


def test_what_was_due_while_nobody_looked_is_told_afterwards(center: Promising) -> None:
    """Both, at once."""
    a_follow_up(center, later(hours=1))

    center.sweeps(later(hours=9))

    assert (len(center.tasks), len(center.alerts)) == (1, 1)


def test_a_ticket_that_somebody_changes_meanwhile_is_looked_at_again(
    center: Promising, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not keep the others from being told."""
    first, second = (a_follow_up(center, later(hours=hours)) for hours in (1, 2))
    save = center.house.tickets.save

    def beaten(before: Ticket, after: Ticket) -> None:
        if before.ticket_id == first.ticket_id:
            raise Conflict("somebody was first")
        save(before, after)

    monkeypatch.setattr(center.house.tickets, "save", beaten)
    center.sweeps(later(hours=2))
    monkeypatch.setattr(center.house.tickets, "save", save)

    center.sweeps(later(hours=2, minutes=1))

    assert len(center.tasks) == 2
    assert [center.now(each).owner_told_of for each in (first, second)] == [
        later(hours=1),
        later(hours=2),
    ]


def test_a_ticket_due_at_the_end_of_time_keeps_no_promise_from_being_told(
    center: Promising,
) -> None:
    """From before such a moment was refused."""
    ticket = center.opens(MONDAY, kind="complaint")
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    follow_up = replace(ticket, status=TicketStatus.FOLLOW_UP, due_at=end, version=2)
    center.house.tickets.save(ticket, follow_up)

    center.sweeps(later(hours=4))

    assert len(center.alerts) == 1


def test_a_ticket_that_breaks_the_sweep_keeps_the_others_from_nothing(
    center: Promising, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with it."""
    first, _ = (a_follow_up(center, later(hours=hours)) for hours in (1, 2))
    save = center.house.tickets.save

    def breaks(before: Ticket, after: Ticket) -> None:
        if before.ticket_id == first.ticket_id:
            raise OverflowError
        save(before, after)

    monkeypatch.setattr(center.house.tickets, "save", breaks)
    center.house.at = later(hours=2)

    center.notices.run(alone=lambda ticket_id: suppress(OverflowError))

    assert len(center.tasks) == 2


def test_two_who_save_version_4_one_wins_and_the_other_sees_the_difference(
    center: Promising,
) -> None:
    ticket = center.opens(MONDAY)
    for subject in ("One", "Two", "Three"):
        changes(center, ticket, subject=subject)
    update = center.tickets.update
    update(ticket.ticket_id, TicketEdit(subject="Mine"), version=4, by="cleo")

    with pytest.raises(Conflict) as lost:
        update(ticket.ticket_id, TicketEdit(subject="Yours", kind="x"), version=4, by="ben")

    assert lost.value.difference == {"subject": ("Yours", "Mine"), "kind": ("x", "")}


def test_an_unknown_state_is_refused_listing_the_four() -> None:
    with pytest.raises(Rejected, match="open, follow-up, resolved, closed"):
        status_named("pending")


@pytest.mark.parametrize("owner", ["nobody", "BEN", ""])
def test_nobody_who_cannot_sign_in_becomes_the_owner(center: Promising, owner: str) -> None:
    """The refusal names the field."""
    ticket = center.opens(MONDAY)

    with pytest.raises(Rejected) as refused:
        changes(center, ticket, owner=owner)

    assert (refused.value.field, refused.value.value) == ("owner", owner)


def test_whoever_has_left_cannot_be_given_a_ticket(center: Promising) -> None:
    """From the moment on that the user is deleted."""
    ticket = center.opens(MONDAY)
    del center.house.center.users["cleo"]

    with pytest.raises(Rejected, match="cleo"):
        changes(center, ticket, owner="cleo")


@pytest.mark.parametrize(
    ("groups", "is_given"), [(("finance",), False), (("finance", "agent"), True)]
)
def test_whoever_may_open_no_tickets_cannot_be_given_one(
    center: Promising, groups: tuple[str, ...], is_given: bool
) -> None:
    """An agent who was taken out of the agents is as good as gone."""
    ticket, users = center.opens(MONDAY), center.house.center.users
    users["cleo"] = replace(users["cleo"], groups=groups)

    refused: AbstractContextManager[object] = nullcontext()
    if not is_given:
        refused = pytest.raises(Rejected, match="cleo")
    with refused:
        changes(center, ticket, owner="cleo")

    assert (center.now(ticket).owner == "cleo") == is_given


def test_a_closed_ticket_opens_for_fourteen_days_and_then_a_new_one_follows_it(
    center: Promising,
) -> None:
    ticket = center.opens(MONDAY, status=TicketStatus.CLOSED)
    center.house.at = MONDAY + timedelta(days=14, seconds=1)

    with pytest.raises(Rejected, match="open a new one that follows it"):
        changes(center, ticket, status=TicketStatus.OPEN)

    new = center.opens(center.house.at, follows=ticket.ticket_id)
    assert (new.follows, new.status) == (ticket.ticket_id, TicketStatus.OPEN)


def test_a_note_of_ten_thousand_characters_is_read_byte_for_byte(center: Promising) -> None:
    """Right-to-left letters, joined emoji, combining marks and line ends."""
    text = ("مرحبا 👩‍👩‍👧 é\r\n\t" * NOTE_LIMIT)[:NOTE_LIMIT]
    ticket = center.opens(MONDAY, note=text)

    (note,) = center.now(ticket).notes
    assert note.text.encode() == text.encode()
    with pytest.raises(Rejected) as refused:
        center.tickets.update(ticket.ticket_id, TicketEdit(), version=1, by="ben", note=text + "x")
    assert (refused.value.field, refused.value.value) == ("note", NOTE_LIMIT + 1)
