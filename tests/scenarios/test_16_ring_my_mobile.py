"""Scenario 16: offers ring at the agent's own telephone, which must press 1."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import PracticeNumber, PracticeOutcome
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Rejected
from chalicelib.core.events import ContactConnected, DisconnectReason
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.routing import SlotState
from tests.acme import SALES, Acme

MOBILE, MACHINE, OTHER_MOBILE = "+12025550155", "+12025550156", "+12025550157"
A05, A06 = AgentId("A05"), AgentId("A06")


@pytest.fixture
def acme() -> Acme:
    """A mobile whose owner presses 1, and one whose machine answers."""
    acme = Acme()
    acme.center.configuration = replace(
        acme.center.configuration,
        practice_numbers=(
            PracticeNumber(number=MOBILE, rings_seconds=4, talks_seconds=60, presses="1"),
            PracticeNumber(number=MACHINE, rings_seconds=4, outcome=PracticeOutcome.MACHINE),
            PracticeNumber(number=OTHER_MOBILE, rings_seconds=4, talks_seconds=600, presses="1"),
        ),
    )
    acme.comes("A05")
    return acme


def forwarded(acme: Acme, number: str = MOBILE) -> ContactId:
    """A call for A05, whose calls ring at this number."""
    acme.forwarding.choose(A05, number)
    return acme.enters(SALES)


def test_the_mobile_rings_and_whoever_presses_1_has_the_call(acme: Acme) -> None:
    """The agent is on a contact then, and the desk knows where the talk is."""
    contact_id = forwarded(acme)
    acme.comes_to(4)
    answered_only = acme.contact(contact_id).state
    acme.comes_to(6)

    (slot,) = acme.agent(A05).slots
    (connected,) = acme.events(contact_id, ContactConnected)
    assert ContactState.OFFERED is answered_only
    assert (SlotState.CONNECTED, MOBILE) == (slot.state, slot.line)
    assert (A05, MOBILE) == (connected.agent_id, connected.line)


def test_who_hangs_up_the_mobile_has_ended_the_talk(acme: Acme) -> None:
    contact_id = forwarded(acme)
    acme.comes_to(64)

    assert ContactState.ENDED is acme.contact(contact_id).state
    assert [SlotState.ENDED] == [slot.state for slot in acme.agent(A05).slots]


def test_the_end_of_one_agents_telephone_leaves_the_talk_on_another_ones_alone(acme: Acme) -> None:
    """A05's mobile was answered before she declined at the desk, and is hung up in the middle of
    A06's talk."""
    contact_id = forwarded(acme)
    acme.comes("A06")
    acme.forwarding.choose(A06, OTHER_MOBILE)
    acme.comes_to(4)
    acme.desk.reject(A05, contact_id, acme.offer_of(contact_id))
    acme.comes_to(70)

    assert ContactState.CONNECTED is acme.contact(contact_id).state
    assert [OTHER_MOBILE] == [slot.line for slot in acme.agent(A06).slots]


@pytest.mark.parametrize("end", ["customer", "transfer"])
def test_a_telephone_is_dropped_when_the_talk_on_it_is_over(acme: Acme, end: str) -> None:
    """Nobody pays for a line on which nobody is."""
    dropped: list[str] = []

    def hang_up(leg: str, contact_id: ContactId) -> None:
        dropped.append(leg)

    acme.carrier.hang_up = hang_up  # type: ignore[method-assign]  # noted
    contact_id = forwarded(acme)
    leg = f"forward-{acme.offer_of(contact_id)}"
    acme.comes_to(6)
    during = list(dropped)
    if end == "customer":
        acme.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    else:
        acme.transfers.by_agent(A05, contact_id, acme.destinations.queue("support"))
    acme.streams()

    assert ([], [leg]) == (during, dropped)


def test_the_desk_can_take_it_as_well_and_then_the_mobile_has_nothing(acme: Acme) -> None:
    contact_id = forwarded(acme)
    acme.takes("A05")
    acme.comes_to(10)

    (slot,) = acme.agent(A05).slots
    assert (SlotState.CONNECTED, None) == (slot.state, slot.line)
    assert 1 == acme.facts(contact_id).count("ContactConnected")
    acme.comes_to(70)
    assert ContactState.CONNECTED is acme.contact(contact_id).state


# --- bad ------------------------------------------------------------------------------------------


def test_the_mobiles_own_voicemail_takes_nothing(acme: Acme) -> None:
    """After twenty seconds the call is back in its queue, at the old place."""
    contact_id = forwarded(acme, MACHINE)
    stay = acme.contact(contact_id).queue
    acme.comes_to(19)
    before = acme.rings_at(contact_id)
    acme.comes_to(20)

    assert A05 == before
    assert (ContactState.QUEUED, stay) == (
        acme.contact(contact_id).state,
        acme.contact(contact_id).queue,
    )


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+19005550123", "cost extra"),
        ("+442079460123", "not to GB"),
        ("12", "no telephone number"),
    ],
)
def test_numbers_that_cost_dearly_or_lie_abroad_are_refused_when_they_are_set(
    acme: Acme, number: str, why: str
) -> None:
    with pytest.raises(Rejected, match=why) as refused:
        acme.forwarding.choose(A05, number)

    assert ("phoneNumber", number) == (refused.value.field, refused.value.value)
    assert acme.agent(A05).forward_to is None


def test_a_center_may_allow_other_countries(acme: Acme) -> None:
    acme.center.configuration = replace(
        acme.center.configuration, forwarding_countries=("US", "GB")
    )

    assert "+442079460123" == acme.forwarding.choose(A05, "+44 20 7946 0123")


def test_the_end_of_the_shift_ends_the_forwarding(acme: Acme) -> None:
    forwarded(acme)
    acme.takes("A05")
    acme.finishes("A05")
    acme.desk.set_status(A05, "Break")
    on_break = acme.agent(A05).forward_to
    acme.desk.set_status(A05, "Offline")

    assert (MOBILE, None) == (on_break, acme.agent(A05).forward_to)


def test_a_number_that_cannot_be_dialled_rings_at_the_desk_all_the_same(acme: Acme) -> None:
    contact_id = forwarded(acme, "+12025550199")
    acme.comes_to(5)

    assert contact_id == acme.takes("A05")


def test_chats_do_not_ring_on_telephones(acme: Acme) -> None:
    acme.forwarding.choose(A05, MOBILE)
    contact_id = acme.chats("Sales").contact_id
    acme.comes_to(10)

    assert ContactState.OFFERED is acme.contact(contact_id).state
