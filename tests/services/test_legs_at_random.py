"""Whispers, holds, guides and hang-ups in any order: desk and contact always agree."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from chalicelib.adapters.dynamo.codec import dump_contact, load_contact
from chalicelib.core.contact import Contact, ContactState, Leg
from chalicelib.core.errors import Refusal
from chalicelib.core.events import DisconnectReason
from chalicelib.core.flow import InputReceived, PlaybackFinished, Port, Said, Timeout
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import SlotState
from tests.house import BEN, DONE
from tests.services.test_hooks import HookedHouse, ViewsAtDesks, choosing, guide, holding

HOOKS = {
    "CustomerWhisper": "Your agent",
    "AgentWhisper": "For agents",
    "CustomerHold": "Music",
    "CustomerRemaining": "Survey",
    "DefaultAgentUI": "Guide",
    "DisconnectAgentUI": "Guide",
}
LEGS = (Leg.CUSTOMER, Leg.AGENT, Leg.GUIDE)
REPLIES = (PlaybackFinished(), Timeout(), InputReceived("3"))


class Life:
    """One contact with some of the hooks, and everything that people and timers can do to it."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = Random(seed)
        self.house = house = HookedHouse()
        house.respondents[Port.VIEW] = ViewsAtDesks
        state = chance.choice(("CustomerOnHold", "AgentOnHold", "OffHold"))
        house.publish("Guide", holding(state) if chance.random() < 0.8 else guide(*_note()))
        chosen = {hook: flow for hook, flow in HOOKS.items() if chance.random() < 0.7}
        house.publish("Any", choosing(**chosen) if chosen else house_flow())
        self.contact_id: ContactId = house.is_answered("Any")
        going_on: list[Callable[[], None]] = [
            lambda: house.desk.hold(BEN, self.contact_id),
            lambda: house.desk.resume(BEN, self.contact_id),
            lambda: house.flows.hear(self.contact_id, Said(action="go"), leg=Leg.GUIDE),
            self.answers_something,
            self.lets_time_pass,
        ]
        ending: list[Callable[[], None]] = [
            lambda: house.desk.hang_up(BEN, self.contact_id),
            lambda: house.desk.end(self.contact_id, DisconnectReason.CUSTOMER_DISCONNECT),
            lambda: house.desk.complete(BEN, self.contact_id, DONE),
            lambda: house.flows.end_whispers(self.contact_id),
        ]
        self.moves = [*going_on * 6, *ending]

    @property
    def contact(self) -> Contact:
        return self.house.contact(self.contact_id)

    def answers_something(self) -> None:
        """A device answers a wait of its leg: the right one mostly, an old one at times."""
        leg = self.chance.choice(LEGS)
        number = self.contact.leg(leg).session.waits - self.chance.choice((0, 0, 0, 1))
        self.house.flows.reply(self.contact_id, number, self.chance.choice(REPLIES), leg)

    def lets_time_pass(self) -> None:
        self.house.later(self.chance.choice((1, 10, 45)))
        self.house.rings_what_is_due()

    def moves_on(self) -> None:
        with suppress(Refusal):
            self.chance.choice(self.moves)()
        if self.chance.random() < 0.5:
            self.house.streams()

    def agrees(self) -> None:
        """What must be true whenever nobody is in the middle of something."""
        contact, slot = self.contact, self.house.agent(BEN).slot(self.contact_id)
        match contact.state:
            case ContactState.CONNECTED:
                assert slot is not None
                assert SlotState.CONNECTED is slot.state
                assert (contact.is_joined, contact.held) == (slot.is_joined, slot.held)
            case ContactState.REMAINING | ContactState.ENDED if contact.is_wrapping_up:
                assert slot is not None
                assert SlotState.ENDED is slot.state
            case _:
                assert slot is None
        if contact.state is not ContactState.CONNECTED:
            assert contact.held is None
            assert not contact.leg(Leg.AGENT).is_running
        if not contact.state.is_live:
            assert not contact.leg(Leg.CUSTOMER).is_running
        assert contact == load_contact(dump_contact(contact))

    def ends(self) -> None:
        self.house.desk.end(self.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        with suppress(Refusal):
            self.house.desk.complete(BEN, self.contact_id, DONE)
        self.house.streams()


def house_flow() -> str:
    return choosing(CustomerQueue="Music")


def _note() -> tuple[dict[str, object], ...]:
    ends: dict[str, object] = {"Identifier": "Note", "Type": "DisconnectParticipant"}
    return ({**ends, "Parameters": {}, "Transitions": {}},)


@pytest.mark.parametrize("seed", range(40))
def test_desk_and_contact_agree_whatever_happens_in_whatever_order(seed: int) -> None:
    """And every contact can be ended, once, with its agent free again."""
    life = Life(seed)
    for _ in range(30):
        life.moves_on()
        life.agrees()

    life.ends()

    life.agrees()
    facts = life.house.facts(life.contact_id)
    assert ContactState.COMPLETED is life.contact.state
    assert len(facts) == life.contact.fact_count
    for once in ("ContactConnected", "ContactDisconnected", "AfterContactWorkEnded"):
        assert 1 == facts.count(once)
    assert facts.count("ContactJoined") <= 1
    assert facts.count("ContactHeld") - facts.count("ContactResumed") in (0, 1) or (
        "AgentDisconnected" in facts
    )
    assert () == life.house.agent(BEN).slots
