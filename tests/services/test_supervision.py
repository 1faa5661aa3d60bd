"""What supervisors do to agents at work and to contacts that wait."""

from __future__ import annotations

import pytest

from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Conflict, NotFound, QueueFull, Refusal, Rejected
from chalicelib.core.events import Channel, ContactQueued, DisconnectReason, OfferEnded
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from tests.house import BEN, BREAK, CLEO, SALES, SUPPORT, House


@pytest.fixture
def house() -> House:
    return House()


def to_queue(house: House, contact_id: ContactId, queue: str = SUPPORT) -> None:
    house.supervision.move(contact_id, queue=queue, agent=None, by="sue")


def to_agent(house: House, contact_id: ContactId, agent: str = CLEO) -> None:
    house.supervision.move(contact_id, queue=None, agent=agent, by="sue")


# --- statuses -------------------------------------------------------------------------------------


def test_a_supervisor_sets_a_status_and_the_desk_is_told_by_whom(house: House) -> None:
    house.signs_in("ben")

    agent = house.supervision.set_status(BEN, "Break", by="sue")

    told = house.announcer.desks[-1]
    assert "Break" == agent.status.name
    assert ("Break", "sue") == (told.agent.status.name, told.by)


def test_what_agents_choose_themselves_names_nobody(house: House) -> None:
    house.signs_in("ben", "Break")

    assert "" == house.announcer.desks[-1].by


def test_who_talks_goes_on_break_when_the_work_is_done(house: House) -> None:
    """The rule of the agent's own choice."""
    house.signs_in("ben")
    house.answers(BEN, house.rings("To Sales"))

    agent = house.supervision.set_status(BEN, "Break", by="sue")

    assert agent.next_status is not None
    assert ("Available", "Break") == (agent.status.name, agent.next_status.name)


def test_who_is_set_available_gets_the_contact_that_waits(house: House) -> None:
    house.signs_in("ben", "Break")
    contact_id = house.rings("To Sales")

    house.supervision.set_status(BEN, "Available", by="sue")

    assert BEN == house.rings_at(contact_id)


def test_a_silent_desk_stays_silent_whatever_is_chosen_for_it(house: House) -> None:
    """Nothing rings where nobody is."""
    house.signs_in("ben")
    house.later(91)
    house.sweep.run()

    agent = house.supervision.set_status(BEN, "Available", by="sue")

    assert agent.is_away
    assert house.rings_at(house.rings("To Sales")) is None


@pytest.mark.parametrize(
    ("agent_id", "name", "field"),
    [
        ("a-nobody", "Break", "agentId"),
        ("a-sue", "Break", "agentId"),  # takes no contacts
        (CLEO, "Break", "agentId"),  # never signed in
        (BEN, "Lunch", "name"),
        (BEN, "Not reachable", "name"),  # only the center chooses that
    ],
)
def test_what_cannot_be_set_is_named(house: House, agent_id: str, name: str, field: str) -> None:
    house.signs_in("ben")

    with pytest.raises(Refusal) as refused:
        house.supervision.set_status(AgentId(agent_id), name, by="sue")

    assert field == refused.value.field


def test_a_status_is_named_by_its_arn_too(house: House) -> None:
    house.signs_in("ben")
    arn = house.center.center().status_arn(BREAK)

    for reference in (arn, "Break"):
        agent = house.supervision.set_status_by_id(BEN, reference, by="sue")
        assert "Break" == agent.status.name
    with pytest.raises(NotFound):
        house.supervision.set_status_by_id(BEN, "arn:nothing", by="sue")


# --- contacts on desks ----------------------------------------------------------------------------


def test_a_missed_contact_is_dismissed_and_the_agent_gets_contacts_again(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    house.later(21)
    house.rings_what_is_due()
    assert "Missed" == house.live.snapshot().agents[0].activity

    house.supervision.dismiss(BEN, contact_id, by="sue")

    assert BEN == house.rings_at(contact_id)


def test_after_contact_work_is_broken_off_without_a_disposition(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    house.answers(BEN, contact_id)
    house.desk.hang_up(BEN, contact_id)

    for _ in range(2):
        if house.agent(BEN).slot(contact_id):
            house.supervision.dismiss(BEN, contact_id, by="sue")

    assert ContactState.COMPLETED is house.contact(contact_id).state
    assert (None, ()) == (house.contact(contact_id).disposition, house.agent(BEN).slots)


def test_a_talk_cannot_be_dismissed_nor_what_is_not_there(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    house.answers(BEN, contact_id)

    with pytest.raises(Rejected, match="neither missed nor over"):
        house.supervision.dismiss(BEN, contact_id, by="sue")
    with pytest.raises(NotFound, match="not on that agent's desk"):
        house.supervision.dismiss(BEN, ContactId("c-none"), by="sue")


# --- contacts that wait ---------------------------------------------------------------------------


def test_a_waiting_contact_is_moved_to_another_queue_by_name_of_the_supervisor(
    house: House,
) -> None:
    """Twice is once."""
    contact_id = house.rings("To Sales")
    for _ in range(2):
        to_queue(house, contact_id)

    moved = house.events(contact_id, ContactQueued)
    assert ["", "sue"] == [event.moved_by for event in moved]
    assert (SUPPORT, SALES) == (moved[-1].queue_id, moved[-1].transferred_from)
    assert 1 == len(house.routing_store.line(house.center.center().queues[1], Channel.VOICE))


def test_a_moved_contact_is_offered_at_once_where_somebody_is_free(house: House) -> None:
    house.signs_in("cleo")
    waiting = house.chats("To Support").contact_id  # that nobody takes

    to_queue(house, waiting, SALES)

    assert CLEO == house.rings_at(waiting)


def test_a_contact_that_rings_stops_ringing_and_is_moved(house: House) -> None:
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    assert BEN == house.rings_at(contact_id)

    to_agent(house, house.rings("To Sales"), BEN)
    to_queue(house, contact_id)

    assert 1 == len(house.events(contact_id, OfferEnded))
    assert SUPPORT == house.contact(contact_id).queue.queue_id  # type: ignore[union-attr]  # it is in one


def test_a_contact_moved_to_an_agent_waits_for_nobody_else(house: House) -> None:
    house.signs_in("cleo", "Break")
    contact_id = house.rings("To Sales")
    to_agent(house, contact_id)
    house.signs_in("ben")
    before = house.rings_at(contact_id)

    house.desk.set_status(CLEO, "Available")

    assert (None, CLEO) == (before, house.rings_at(contact_id))


def test_a_contact_can_be_moved_back(house: House) -> None:
    contact_id = house.rings("To Sales")
    to_queue(house, contact_id)
    to_queue(house, contact_id, SALES)

    assert SALES == house.contact(contact_id).queue.queue_id  # type: ignore[union-attr]  # it is in one


def test_nobody_is_moved_into_a_full_queue(house: House) -> None:
    """A fifth more than its limit is there for whoever is moved; who is not keeps the place."""
    for _ in range(5):
        house.rings("To Support")
    to_queue(house, house.rings("To Sales"))
    contact_id = house.rings("To Sales")

    with pytest.raises(QueueFull):
        to_queue(house, contact_id)
    assert SALES == house.contact(contact_id).queue.queue_id  # type: ignore[union-attr]  # it is in one


def test_nobody_waits_for_an_agent_who_is_not_there(house: House) -> None:
    """Never signed in, offline, silent, or with a line that is long enough."""
    waiting = house.rings("To Sales")
    with pytest.raises(Conflict, match="Cleo Park is not signed in"):
        to_agent(house, waiting)
    house.signs_in("cleo", "Offline")
    with pytest.raises(Conflict, match="Cleo Park is not signed in"):
        to_agent(house, waiting)
    house.signs_in("cleo", "Break")
    house.later(91)
    with pytest.raises(Conflict, match="Cleo Park is not signed in"):
        to_agent(house, waiting)


def test_an_agents_own_line_has_ten_places(house: House) -> None:
    house.signs_in("cleo", "Break")
    for _ in range(10):
        to_agent(house, house.rings("To Sales"))

    with pytest.raises(Conflict, match="10 contacts wait for Cleo Park"):
        to_agent(house, house.rings("To Sales"))


def test_nobody_waits_for_an_agent_who_takes_no_such_contacts(house: House) -> None:
    house.signs_in("cleo")
    task = house.starts("To Sales", channel=Channel.TASK).contact_id

    with pytest.raises(Conflict, match="Cleo Park takes no task contacts"):
        to_agent(house, task)


def test_only_who_waits_is_moved(house: House) -> None:
    """The refusal says what the contact does instead."""
    in_flow = house.rings("Menu")
    house.signs_in("ben")
    talking = house.rings("To Sales")
    house.answers(BEN, talking)
    over = house.rings("To Sales")
    house.desk.end(over, DisconnectReason.CUSTOMER_DISCONNECT)

    for contact_id, said in (
        (in_flow, "waits in no queue"),
        (talking, "talks with Ben Ode"),
        (over, "is over"),
    ):
        with pytest.raises(Conflict, match=said):
            to_queue(house, contact_id)


@pytest.mark.parametrize(
    ("queue", "agent", "field"),
    [
        (None, None, "queueId"),
        (SUPPORT, CLEO, "queueId"),
        ("q-none", None, "queueId"),
        (None, "a-none", "agentId"),
        (None, "a-sue", "agentId"),
    ],
)
def test_where_it_cannot_go_is_named(
    house: House, queue: str | None, agent: str | None, field: str
) -> None:
    contact_id = house.rings("To Sales")

    with pytest.raises((Rejected, NotFound)) as refused:
        house.supervision.move(contact_id, queue=queue, agent=agent, by="sue")

    assert field == refused.value.field


def test_a_contact_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        to_queue(house, ContactId("c-none"))


def test_a_lost_race_is_decided_anew(house: House) -> None:
    """An agent got free in the moment of the move: the contact rings there, and is moved all the
    same."""
    contact_id = house.rings("To Sales")
    house.signs_in("ben", "Break")
    house.routing_store.seen(BEN, ConnectionId("ws-ben"), at=house.at)
    house.contacts.meanwhile.append(lambda: house.desk.set_status(BEN, "Available"))

    to_queue(house, contact_id)

    stay = house.contact(contact_id).queue
    assert stay is not None
    assert SUPPORT == stay.queue_id
