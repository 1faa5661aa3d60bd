"""What follows from the facts, however often and in whatever order they arrive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.events import (
    Channel,
    ContactCompleted,
    ContactConnected,
    CustomerIdentified,
    Endpoint,
    TicketLinked,
    TranscriptStored,
)
from chalicelib.core.ids import ConnectionId, ContactId, CustomerId, TicketId
from chalicelib.core.lifecycle import WrapUp
from chalicelib.core.ticket import TicketStatus
from tests.given import a_customer, a_ticket, later
from tests.house import BEN, DONE, House

EVENT = "application/vnd.amazonaws.connect.event."


@pytest.fixture
def house() -> House:
    house = House()
    house.customers.create(a_customer())
    house.signs_in("ben")
    return house


def handled(house: House, wrap_up: WrapUp = DONE, *, channel: Channel = Channel.VOICE) -> ContactId:
    """A contact from the ring to the wrap-up, with nothing done yet of what follows."""
    contact_id = house.starts(channel=channel).contact_id
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)
    house.desk.complete(BEN, contact_id, wrap_up)
    return contact_id


def everything_again(house: House, contact_id: ContactId) -> None:
    """The stream brings every commit once more."""
    for fact in list(house.contacts.facts(contact_id)):
        house.reactions.react(contact_id, [fact])


def notes(house: House, contact_id: ContactId) -> list[str]:
    items = house.contacts.items(contact_id)
    return [i.content_type.removeprefix(EVENT) for i in items if i.type == "EVENT"]


# --- all of it, twice -----------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [Channel.VOICE, Channel.CHAT])
def test_everything_that_follows_happens_once_however_often_it_is_told(
    house: House, channel: Channel
) -> None:
    """One ticket, one record, one line of history, the same facts and the same transcript."""
    contact_id = handled(house, channel=channel)
    house.streams()

    def state() -> tuple[object, ...]:
        return (
            house.facts(contact_id),
            house.contacts.items(contact_id),
            sorted(house.lake.bodies),
            house.customers.lines.keys(),
            [house.tickets.get(t) for t in house.tickets.tickets],
        )

    before = state()
    for _ in range(2):
        everything_again(house, contact_id)

    assert state() == before


def test_a_finished_contact_leaves_record_ticket_and_history(house: House) -> None:
    contact_id = handled(house, replace(DONE, note="All good"))

    house.streams()

    (ticket_id,) = house.tickets.tickets
    ticket = house.tickets.get(ticket_id)
    assert ticket_id == house.contact(contact_id).ticket_id
    assert (ticket.status, ticket.contact_ids) == (TicketStatus.CLOSED, (contact_id,))
    assert [note.text for note in ticket.notes] == ["All good"]
    assert f"records/dt=2026-03-02/{contact_id}.jsonl" in house.lake.bodies
    assert (CustomerId("C-ana"), contact_id) in house.customers.lines


def test_a_contact_under_way_leaves_nothing_yet(house: House) -> None:
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    house.streams()

    assert (house.lake.list("records/"), house.lake.list("ledger/")) == ([], [])
    assert (house.tickets.tickets, house.customers.lines) == ({}, {})


# --- one by one -----------------------------------------------------------------------------------


def test_a_contact_that_was_queued_is_matched_if_nobody_did(house: House) -> None:
    """The worker that queued it died before it looked for an agent."""
    house.desk.leave(BEN, ConnectionId("ws-ben"))
    contact_id = house.rings()
    assert house.contact(contact_id).state is ContactState.QUEUED
    house.routing_store.seen(BEN, ConnectionId("ws-ben"), at=house.at)

    everything_again(house, contact_id)

    assert house.rings_at(contact_id) == BEN


def test_a_ringing_contact_is_not_offered_again(house: House) -> None:
    contact_id = house.rings()

    everything_again(house, contact_id)

    assert house.contact(contact_id).attempts == 1


def test_a_chat_notes_who_joined_and_that_it_ended(house: House) -> None:
    """In the transcript, once each; a call has none."""
    chat, call = handled(house, channel=Channel.CHAT), handled(house)
    house.streams()

    assert sorted(notes(house, chat)) == ["chat.ended", "participant.joined"]
    assert notes(house, call) == []


def test_a_chats_transcript_is_kept_with_its_end(house: House) -> None:
    contact_id = handled(house, channel=Channel.CHAT)
    house.streams()

    assert len(house.events(contact_id, TranscriptStored)) == 1


def test_a_recorded_call_is_collected_a_little_after_its_end(house: House) -> None:
    """Also when the desk's tab died and nobody said that the recording was done."""
    contact_id = handled(house)
    contact = house.contact(contact_id)
    session = replace(contact.session, recorded_participants=("Agent", "Customer"))
    house.contacts.contacts[contact_id] = replace(contact, session=session)

    everything_again(house, contact_id)

    assert [(job.contact_id, job.segment, delay) for job, delay in house.jobs.ordered] == [
        (contact_id, None, 15)
    ]


def test_nothing_is_collected_of_what_was_not_recorded(house: House) -> None:
    handled(house)
    house.streams()

    assert house.jobs.ordered == []


def test_a_wrap_up_goes_into_the_ticket_that_the_agent_chose(house: House) -> None:
    """No second one is opened; the contact is linked already."""
    house.tickets.create(a_ticket("T-17"))
    wrap_up = replace(DONE, ticket_id=TicketId("T-17"), ticket_status="resolved")

    contact_id = handled(house, wrap_up)
    house.streams()

    assert list(house.tickets.tickets) == ["T-17"]
    assert house.tickets.get(TicketId("T-17")).status is TicketStatus.RESOLVED
    assert house.events(contact_id, TicketLinked) == []


def test_a_ticket_closed_too_long_ago_is_followed_by_a_new_one_and_the_contact_says_so(
    house: House,
) -> None:
    """One link, however often it is told."""
    old = a_ticket("T-17", status=TicketStatus.CLOSED, created_at=later(days=-20))
    house.tickets.create(old)
    wrap_up = replace(DONE, ticket_id=TicketId("T-17"), ticket_status="open")

    contact_id = handled(house, wrap_up)
    house.streams()
    everything_again(house, contact_id)

    (linked,) = house.events(contact_id, TicketLinked)
    assert linked.ticket_id == house.contact(contact_id).ticket_id
    assert house.tickets.get(linked.ticket_id).follows == "T-17"


def test_a_contact_that_nobody_could_name_is_named_later(house: House) -> None:
    """The customers could not be reached while it began."""
    house.customers.is_down = True
    contact_id = house.rings()
    house.customers.is_down = False

    house.streams()
    everything_again(house, contact_id)

    assert house.contact(contact_id).customer_id == "C-ana"
    assert len(house.events(contact_id, CustomerIdentified)) == 1


def test_a_contact_without_an_address_is_not_asked_about(house: House) -> None:
    contact_id = house.rings(customer_endpoint=None)
    house.customers.calls.clear()

    house.streams()

    assert house.customers.calls == []
    assert house.events(contact_id, CustomerIdentified) == []


def test_facts_that_nothing_hangs_on_cost_no_read(house: House) -> None:
    """Most commits of a flow are such: blocks and attributes."""
    contact_id = house.rings("Menu")
    (last,) = [f for f in house.contacts.facts(contact_id) if f.seq == 3]
    del house.contacts.contacts[contact_id]

    house.reactions.react(contact_id, [last])


def test_facts_that_arrive_late_act_on_the_contact_as_it_is_now(house: House) -> None:
    """The stream is behind: the contact was answered and is over long since."""
    contact_id = handled(house)

    house.streams()

    assert house.contact(contact_id).attempts == 1
    told = [type(fact.event) for fact in house.contacts.facts(contact_id)]
    assert told.count(ContactConnected) == told.count(ContactCompleted) == 1


def test_an_unknown_address_becomes_one_customer(house: House) -> None:
    """However often the beginning is told."""
    contact_id = house.rings(customer_endpoint=Endpoint("+12025550177"))
    house.streams()
    everything_again(house, contact_id)

    named = [c for c in house.customers.customers.values() if "+12025550177" in c.phones]
    assert len(named) == 1
