"""Four states, the moves between them, stale edits, notes, history."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.ticket import (
    MOVES,
    NOTE_LIMIT,
    SUBJECT_LIMIT,
    Ticket,
    TicketStatus,
    check_note,
    status_named,
    ticket_id_for,
)
from chalicelib.core.ticket_edit import KEEP, TicketEdit, edit
from tests.given import MONDAY, a_ticket, later

S = TicketStatus
EVERY_PAIR = [(before, after) for before in S for after in S if before is not after]
ALLOWED = [(before, after) for before, after in EVERY_PAIR if after in MOVES[before]]
REFUSED = [pair for pair in EVERY_PAIR if pair not in ALLOWED]


def in_status(status: TicketStatus) -> Ticket:
    return a_ticket(status=status, owner="ben", due_at=later(hours=4))


def change(ticket: Ticket, **fields: object) -> Ticket:
    wanted = TicketEdit(**fields)  # type: ignore[arg-type]  # names as in TicketEdit
    return edit(ticket, wanted, version=ticket.version, at=later(hours=1), by="cleo")


def test_the_moves_are_those_of_the_center() -> None:
    """Written out once more, so that a slip in the table shows."""
    assert {
        S.OPEN: {S.FOLLOW_UP, S.RESOLVED, S.CLOSED},
        S.FOLLOW_UP: {S.OPEN, S.RESOLVED, S.CLOSED},
        S.RESOLVED: {S.CLOSED, S.OPEN},
        S.CLOSED: {S.OPEN},
    } == {before: set(after) for before, after in MOVES.items()}


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_an_allowed_move_is_made_and_told(before: TicketStatus, after: TicketStatus) -> None:
    """The history names both ends, who and when."""
    moved = change(in_status(before), status=after)

    assert after is moved.status
    assert (f"status {before} → {after}", "cleo", later(hours=1)) == (
        moved.history[-1].change,
        moved.history[-1].by,
        moved.history[-1].at,
    )


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_any_other_move_is_refused(before: TicketStatus, after: TicketStatus) -> None:
    """The message says where the ticket can go instead."""
    with pytest.raises(Rejected) as refused:
        change(in_status(before), status=after)

    assert ("status", after) == (refused.value.field, refused.value.value)


def test_a_closed_ticket_opens_again_for_fourteen_days() -> None:
    """The last moment of the fourteenth day still counts."""
    closed = in_status(S.CLOSED)
    wanted = TicketEdit(status=S.OPEN)

    again = edit(closed, wanted, version=1, at=MONDAY + timedelta(days=14), by="cleo")

    assert (again.status, again.closed_at) == (S.OPEN, None)


def test_after_fourteen_days_a_closed_ticket_stays_closed() -> None:
    """The refusal says what to do: open one that follows it."""
    closed = in_status(S.CLOSED)
    too_late = MONDAY + timedelta(days=14, seconds=1)

    with pytest.raises(Rejected, match="follows"):
        edit(closed, TicketEdit(status=S.OPEN), version=1, at=too_late, by="cleo")


def test_closing_again_starts_the_fourteen_days_anew() -> None:
    """What counts is when it was closed last."""
    again = change(change(in_status(S.CLOSED), status=S.OPEN), status=S.CLOSED)

    assert later(hours=1) == again.closed_at


@pytest.mark.parametrize(
    ("fields", "missing"),
    [({"owner": None}, "owner"), ({"due_at": None}, "dueAt")],
)
def test_a_follow_up_needs_owner_and_due_time(fields: dict[str, object], missing: str) -> None:
    """A promise without who and when is not one."""
    with pytest.raises(Rejected) as refused:
        change(in_status(S.OPEN), status=S.FOLLOW_UP, **fields)

    assert missing == refused.value.field


def test_a_follow_up_cannot_lose_its_owner_later() -> None:
    """The rule holds at every save, not only on the way in."""
    with pytest.raises(Rejected):
        change(in_status(S.FOLLOW_UP), owner=None)


def test_an_unknown_status_is_refused_listing_the_four() -> None:
    """Whoever guessed wrong can read what is right."""
    with pytest.raises(Rejected, match="open, follow-up, resolved, closed") as refused:
        status_named("done")

    assert (refused.value.field, refused.value.value) == ("status", "done")


def test_a_stale_edit_is_a_conflict_that_shows_the_difference() -> None:
    """Only fields in which the two disagree are shown, yours first."""
    current = change(a_ticket(), status=S.CLOSED, owner="cleo")
    wanted = TicketEdit(status=S.OPEN, owner="cleo", subject="Lamp")

    with pytest.raises(Conflict) as lost:
        edit(current, wanted, version=1, at=later(hours=2), by="ben")

    assert current == lost.value.current
    assert lost.value.difference == {
        "status": (S.OPEN, S.CLOSED),
        "subject": ("Lamp", "Broken lamp"),
    }


def test_a_version_from_the_future_is_a_conflict_too() -> None:
    """Only the current version may be changed."""
    with pytest.raises(Conflict):
        edit(a_ticket(), TicketEdit(owner="ben"), version=2, at=MONDAY, by="ben")


def test_every_changed_field_has_its_line_in_the_history() -> None:
    """One save, one version, one line per field."""
    changed = change(
        a_ticket(),
        subject="Lamp",
        owner="ben",
        due_at=later(days=1),
        customer_id=CustomerId("C-ana"),
        add_contact=ContactId("c-9"),
    )

    assert changed.version == 2
    assert [line.change for line in changed.history] == [
        "created as open",
        "subject 'Broken lamp' → 'Lamp'",
        "owner nobody → ben",
        "due never → 2026-03-03 14:00 UTC",
        "customer none → C-ana",
        "contact c-9 added",
    ]


def test_an_edit_that_changes_nothing_makes_no_version() -> None:
    """Saving without a change is not a change."""
    ticket = a_ticket()

    assert change(ticket, status=S.OPEN, subject=ticket.subject) is ticket


@pytest.mark.parametrize("subject", ["", "   ", "x" * (SUBJECT_LIMIT + 1)])
def test_a_subject_has_between_one_and_so_many_characters(subject: str) -> None:
    """Lists show the subject: it must be there and fit."""
    with pytest.raises(Rejected) as refused:
        change(a_ticket(), subject=subject)

    assert refused.value.field == "subject"


def test_a_note_of_the_full_length_is_taken_as_it_is() -> None:
    """Right-to-left text, emoji and blanks stay byte for byte."""
    text = ("  مرحبا بالعالم 👩‍👩‍👧\r\n\t" * NOTE_LIMIT)[:NOTE_LIMIT]

    assert text.encode() == check_note(text).encode()


@pytest.mark.parametrize("text", ["", "x" * (NOTE_LIMIT + 1)])
def test_a_note_is_neither_empty_nor_too_long(text: str) -> None:
    """The refusal tells the length, not the text."""
    with pytest.raises(Rejected) as refused:
        check_note(text)

    assert refused.value.field == "note"


def test_a_ticket_id_follows_from_its_source() -> None:
    """The same fact opens the same ticket, however often it comes."""
    assert ticket_id_for("c-1:12") == ticket_id_for("c-1:12")
    assert len({ticket_id_for(f"c-1:{n}") for n in range(2000)}) == 2000


def test_a_ticket_that_follows_another_says_so() -> None:
    """The chain can be walked back."""
    ticket = a_ticket("T-18", follows=TicketId("T-17"))

    assert ticket.history[0].change == "created as open, follows T-17"


@given(st.lists(st.tuples(st.sampled_from([None, *S]), st.sampled_from([None, "ben", "cleo"]))))
def test_whatever_is_tried_a_ticket_stays_in_order(
    tries: list[tuple[TicketStatus | None, str | None]],
) -> None:
    """Versions count the changes, follow-ups have an owner, and only closed tickets are closed."""
    ticket = a_ticket()
    for number, (status, owner) in enumerate(tries):
        wanted = TicketEdit(
            status=KEEP if status is None else status, owner=owner, due_at=later(days=number)
        )
        with suppress(Rejected):
            ticket = edit(
                ticket, wanted, version=ticket.version, at=later(minutes=number), by="ben"
            )

        assert ticket.status is not S.FOLLOW_UP or ticket.owner
        assert (ticket.closed_at is None) is (ticket.status is not S.CLOSED)
        assert ticket.version == len({line.version for line in ticket.history})


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:00+00:00", "9999-12-31T23:59:00-05:00", "0001-01-01T00:00:00+05:00"],
)
def test_nothing_is_due_in_another_age(moment: str) -> None:
    """Nor where a clock cannot reckon with it any more."""
    due_at = datetime.fromisoformat(moment)

    with pytest.raises(Rejected) as opened:
        a_ticket(status=S.FOLLOW_UP, owner="ben", due_at=due_at)
    with pytest.raises(Rejected) as changed:
        change(in_status(S.FOLLOW_UP), due_at=due_at)

    for refused in (opened, changed):
        assert (refused.value.field, refused.value.value) == ("dueAt", moment)


def test_something_may_be_due_in_ten_years() -> None:
    due_at = later(days=3650)

    assert change(in_status(S.FOLLOW_UP), due_at=due_at).due_at == due_at
