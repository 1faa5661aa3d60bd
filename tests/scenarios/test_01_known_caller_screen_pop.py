"""Scenario 1: a known caller, and what whoever is offered the call sees of them."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import Denied
from chalicelib.core.events import Channel, Endpoint
from chalicelib.core.identity import Caller
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.services.ports import RecordingJob
from chalicelib.services.screen_pop import Pop
from tests.given import a_contact, a_customer, a_ticket
from tests.house import BEN, CLEO, DONE, House

ANA = CustomerId("C-ana")
NUMBERS = ("+12025550123", "+12025550124")
SEGMENT = "mm98x4w0"
TRIES = 3


def person(username: str, *groups: str) -> Caller:
    return Caller(kind="person", username=username, groups=frozenset(groups or ("agent",)))


PEOPLE = {BEN: person("ben"), CLEO: person("cleo")}


@pytest.fixture
def house() -> House:
    """Ana with two numbers, two recorded calls, a letter and T-17; Ben and Cleo at work."""
    house = House()
    house.customer_service.register(a_customer(phones=NUMBERS))
    for number in NUMBERS:
        talks(house, number)
        house.later(3600)
    letter = a_contact("c-letter", channel=Channel.EMAIL, customer_id=ANA, initiated_at=house.at)
    house.customer_service.record_contact(letter)
    house.tickets.create(a_ticket(customer_id=ANA))
    house.streams()
    house.later(3600)
    house.signs_in("ben")
    house.signs_in("cleo")
    return house


def talks(house: House, number: str) -> ContactId:
    """A call that Ben took and that was recorded."""
    house.signs_in("ben")
    contact_id = house.rings(customer_endpoint=Endpoint(number))
    house.answers(BEN, contact_id)
    chunk = f"parts/{contact_id}/{SEGMENT}/000000"
    house.objects.put(chunk, b"talk", content_type="audio/webm")
    job = RecordingJob(contact_id=contact_id, segment=SEGMENT, started_at=house.at, chunks=1)
    house.contacts_service.stitch(job)
    house.desk.hang_up(BEN, contact_id)
    house.desk.complete(BEN, contact_id, DONE)
    return contact_id


def pop_of(house: House, contact_id: ContactId) -> Pop:
    """As whoever is offered the contact sees it."""
    agent_id = house.rings_at(contact_id)
    assert agent_id is not None
    return house.contacts_service.pop(contact_id, PEOPLE[agent_id])


def test_whoever_is_offered_the_call_sees_ana_and_nobody_else_does(house: House) -> None:
    """Name, language, T-17, the three contacts newest first, both recordings playable: at once,
    because no time passes on the clock of the house."""
    contact_id = house.rings(customer_endpoint=Endpoint(NUMBERS[0]), display_name=None)
    offered = house.rings_at(contact_id)
    (other,) = PEOPLE.keys() - {offered}

    pop = pop_of(house, contact_id)

    assert pop.customer is not None
    assert ("Ana Silva", "pt-BR") == (pop.customer.name, pop.customer.language)
    assert ["T-17"] == [ticket.ticket_id for ticket in pop.tickets]
    assert [Channel.EMAIL, Channel.VOICE, Channel.VOICE] == [line.channel for line in pop.history]
    begun = [line.initiated_at for line in pop.history]
    assert begun == sorted(begun, reverse=True)
    with pytest.raises(Denied):
        house.contacts_service.pop(contact_id, PEOPLE[other])


def test_the_recordings_of_the_earlier_calls_play_for_who_talks_to_ana(house: House) -> None:
    """A link each; not for the colleague who does not."""
    contact_id = house.rings(customer_endpoint=Endpoint(NUMBERS[0]))
    offered = house.rings_at(contact_id)
    assert offered is not None
    (other,) = PEOPLE.keys() - {offered}
    recorded = [line for line in pop_of(house, contact_id).history if line.recordings]
    house.answers(offered, contact_id)

    for line in recorded:
        link = house.contacts_service.play(line.contact_id, SEGMENT, PEOPLE[offered])
        assert link.url
        assert link.expires_at > house.at
    assert 2 == len(recorded)


@pytest.mark.parametrize("written", ["+1 202-555-0155", "(202) 555-0155", "202/555-0155"])
def test_a_number_matches_however_it_was_stored(house: House, written: str) -> None:
    house.customer_service.register(a_customer("C-rui", name="Rui", phones=(written,)))

    pop = pop_of(house, house.rings(customer_endpoint=Endpoint("+12025550155")))

    assert pop.customer is not None
    assert "C-rui" == pop.customer.customer_id


def test_a_customer_with_a_number_and_nothing_else_matches(house: House) -> None:
    house.customer_service.register(
        a_customer("C-none", name="", emails=(), phones=("+12025550155",))
    )

    pop = pop_of(house, house.rings(customer_endpoint=Endpoint("+12025550155")))

    assert pop.customer is not None
    assert ("C-none", None) == (pop.customer.customer_id, pop.customer.name)


def test_with_the_store_down_the_call_is_offered_and_the_history_unavailable(house: House) -> None:
    """And whoever rings and looks asks it few times: no storm."""
    house.customers.is_down = True
    house.customers.calls.clear()

    pop = pop_of(house, house.rings(customer_endpoint=Endpoint(NUMBERS[0])))

    assert ("unavailable", None) == (pop.history_state, pop.customer)
    assert len(house.customers.calls) <= TRIES
