"""The tick with which a ticket is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.feedback import Obstacle, Way
from chalicelib.core.ticket import Ticket, TicketStatus
from chalicelib.core.ticket_edit import TicketEdit, edit
from chalicelib.core.ticket_notices import asked_for_feedback
from tests.given import MONDAY, a_ticket, later


def changed(ticket: Ticket, **fields: object) -> Ticket:
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    return edit(ticket, wanted, version=ticket.version, at=later(hours=1), by="ben")


def closed(way: Way | None = Way.MAIL) -> Ticket:
    return changed(a_ticket(), status=TicketStatus.CLOSED, feedback=way)


def test_a_ticket_closed_with_the_tick_is_due_at_once() -> None:
    """So that the next sweep asks; the history says who ticked what."""
    ticket = closed()

    assert (ticket.feedback, ticket.next_look_at) == (Way.MAIL, later(hours=1))
    assert ticket.history[-1].change == "feedback is asked for by mail"
    assert closed(None).next_look_at is None


@pytest.mark.parametrize("status", [TicketStatus.RESOLVED, TicketStatus.FOLLOW_UP])
def test_only_whoever_closes_a_ticket_can_tick(status: TicketStatus) -> None:
    """The refusal names the field and the value."""
    due = {"owner": "ben", "due_at": later(days=1)}
    for fields in ({"status": status, **due}, {"subject": "Else"}, {}):
        with pytest.raises(Rejected, match="is not being closed") as refused:
            changed(a_ticket(), feedback=Way.CALL, **fields)
        assert (refused.value.field, refused.value.value) == ("feedback", Way.CALL)


def test_a_closed_ticket_is_not_ticked_afterwards() -> None:
    with pytest.raises(Rejected, match="is not being closed"):
        changed(closed(None), status=TicketStatus.CLOSED, feedback=Way.MAIL)


def test_a_ticket_opened_again_before_anybody_was_asked_is_not_asked_about() -> None:
    assert changed(closed(), status=TicketStatus.OPEN).feedback is None


def test_a_closed_ticket_that_gets_another_subject_is_still_asked_about() -> None:
    assert changed(closed(), subject="Else").feedback is Way.MAIL


@pytest.mark.parametrize(
    ("obstacle", "told"),
    [
        (None, "asked for feedback by mail"),
        (Obstacle.NO_ADDRESS, "not asked by mail: no e-mail address is known"),
    ],
)
def test_the_history_tells_what_came_of_it(obstacle: Obstacle | None, told: str) -> None:
    """Nobody changed the ticket: lists show it where it was."""
    ticket = closed()

    after = asked_for_feedback(ticket, obstacle, at=MONDAY + timedelta(hours=2))

    assert (after.feedback, after.history[-1].change, after.history[-1].by) == (
        None,
        told,
        "system",
    )
    assert (after.version, after.updated_at) == (ticket.version + 1, ticket.updated_at)
