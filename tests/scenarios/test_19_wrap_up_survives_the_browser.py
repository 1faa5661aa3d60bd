"""Scenario 19: a wrap-up that outlives the browser it was begun in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.errors import Rejected
from chalicelib.core.events import AfterContactWorkEnded
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from chalicelib.core.lifecycle import NOTE_LIMIT
from chalicelib.core.ticket import Ticket, TicketStatus
from tests.acme import BILLING, SALES, Acme, center
from tests.given import later
from tests.house import DONE

A03 = AgentId("A03")
BROWSER = ConnectionId("ws-A03")
ARABIC = "شكرًا لك يا آنا، سنعاود الاتصال غدًا 🌸👩🏽‍💻\r\n\t «تم» "


@pytest.fixture
def acme() -> Acme:
    """A03 is available; wrap-up is 60 s in Billing, and a disposition required."""
    acme = Acme()
    queues = [
        replace(queue, wrap_up_seconds=60) if queue.queue_id == BILLING else queue
        for queue in center().queues
    ]
    acme.center.configuration = replace(acme.center.configuration, queues=tuple(queues))
    acme.comes("A03")
    return acme


@pytest.fixture
def wrapping_up(acme: Acme) -> ContactId:
    contact_id = acme.enters(BILLING)
    acme.takes("A03")
    acme.desk.hang_up(A03, contact_id)
    acme.streams()
    return contact_id


def tickets_of(acme: Acme, contact_id: ContactId) -> list[Ticket]:
    found = [t for t in acme.tickets.tickets.values() if contact_id in t.contact_ids]
    return [acme.tickets.get(ticket.ticket_id) for ticket in found]


def wrap_ups(acme: Acme, contact_id: ContactId) -> list[AfterContactWorkEnded]:
    return acme.events(contact_id, AfterContactWorkEnded)


def test_the_server_ends_at_sixty_seconds_what_a_closed_browser_cannot(
    acme: Acme, wrapping_up: ContactId
) -> None:
    """Disposition not given, and a to-do for A03; not a second before, and once."""
    acme.desk.leave(A03, BROWSER)
    acme.comes_to(59.9)
    before = wrap_ups(acme, wrapping_up)
    acme.comes_to(60.1)
    acme.comes_to(200)

    (ended,) = wrap_ups(acme, wrapping_up)
    (todo,) = tickets_of(acme, wrapping_up)
    assert before == []
    assert (ended.is_by_server, ended.disposition) == (True, None)
    assert (todo.owner, todo.status) == ("A03", TicketStatus.FOLLOW_UP)
    assert todo.due_at == later(hours=24, seconds=60)


def test_no_queue_rings_while_the_work_goes_on(acme: Acme, wrapping_up: ContactId) -> None:
    """Not Billing's next call and not one of Sales; the oldest as soon as the work is over."""
    first, second = acme.enters(SALES), acme.enters(BILLING)
    rang = []
    for second_of_work in (1, 30, 59.9):
        acme.comes_to(second_of_work)
        acme.breathes("A03")
        rang += acme.ringing_at("A03")
    acme.comes_to(60.1)

    assert rang == []
    assert acme.rings_at(first) == A03
    assert acme.rings_at(second) is None


def test_a_browser_that_comes_back_finds_the_work_and_the_seconds_left(
    acme: Acme, wrapping_up: ContactId
) -> None:
    acme.desk.leave(A03, BROWSER)
    acme.comes_to(20)

    (slot,) = acme.desk.hello("A03", ConnectionId("ws-again"), after=0).agent.slots

    assert (slot.contact_id, slot.wrap_up_ends_at) == (wrapping_up, later(seconds=60))


def test_saving_twice_is_one_record_and_one_ticket(acme: Acme, wrapping_up: ContactId) -> None:
    """From two tabs, with another note; also after the server was faster."""
    for note in ("Paid.", "Paid again."):
        acme.desk.complete(A03, wrapping_up, replace(DONE, note=note))
    acme.comes_to(61)
    acme.desk.complete(A03, wrapping_up, DONE)
    acme.streams()

    (ended,) = wrap_ups(acme, wrapping_up)
    (ticket,) = tickets_of(acme, wrapping_up)
    assert (ended.note, [note.text for note in ticket.notes]) == ("Paid.", ["Paid."])
    assert 1 == len([key for key in acme.lake.bodies if wrapping_up in key])


def test_ten_thousand_characters_in_any_script_are_read_as_they_were_written(
    acme: Acme, wrapping_up: ContactId
) -> None:
    """Right to left, emoji of several code points, line ends and blanks at the end among them."""
    note = (ARABIC * NOTE_LIMIT)[:NOTE_LIMIT]

    acme.desk.complete(A03, wrapping_up, replace(DONE, note=note))
    acme.streams()

    (ticket,) = tickets_of(acme, wrapping_up)
    assert [written.text.encode() for written in ticket.notes] == [note.encode()]


def test_one_character_more_is_refused_and_the_work_goes_on(
    acme: Acme, wrapping_up: ContactId
) -> None:
    with pytest.raises(Rejected, match="10001 characters, the limit is 10000") as refused:
        acme.desk.complete(A03, wrapping_up, replace(DONE, note="x" * (NOTE_LIMIT + 1)))

    assert (refused.value.field, wrap_ups(acme, wrapping_up)) == ("note", [])
    acme.desk.complete(A03, wrapping_up, DONE)
    assert 1 == len(wrap_ups(acme, wrapping_up))
