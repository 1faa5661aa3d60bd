"""Transfers, lost agents, missed offers, hang-ups in any order: every customer is in one place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Refusal
from chalicelib.core.events import DisconnectReason
from chalicelib.core.flow import InputReceived, PlaybackFinished, Timeout
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.routing import SlotState
from chalicelib.services.chain import last_of_chain
from tests.house import BEN, CLEO, DONE
from tests.services.test_transfers import FRIEND, NOBODY, MovingHouse

AGENTS = {BEN: "ben", CLEO: "cleo"}


class Day:
    """Three customers, two agents, and everything that can happen to them."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.house = house = MovingHouse()
        self.firsts: list[ContactId] = []
        for username in AGENTS.values():
            house.signs_in(username)
        self.moves: list[Callable[[], None]] = [
            *[self.answers] * 4,
            *[self.hands_over] * 3,
            *[self.replies] * 3,
            *[self.lets_time_pass] * 3,
            self.calls,
            self.completes,
            self.declines,
            self.changes_status,
            self.falls_silent,
            self.hangs_up,
            self.supervises,
        ]

    # --- what happens ---

    def moves_on(self) -> None:
        with suppress(Refusal):
            self.chance.choice(self.moves)()
        if self.chance.random() < 0.5:
            self.house.streams()

    def calls(self) -> None:
        if len(self.firsts) < 3:
            contact_id = self.house.rings(self.chance.choice(("To Sales", "To Support")))
            self.house.opens_a_socket(contact_id, f"ws-{contact_id}")
            self.firsts.append(contact_id)

    def answers(self) -> None:
        for agent_id in AGENTS:
            for slot in self.house.agent(agent_id).slots:
                if slot.offer_id is not None:
                    self.house.desk.accept(agent_id, slot.contact_id, slot.offer_id)

    def declines(self) -> None:
        for agent_id in AGENTS:
            for slot in self.house.agent(agent_id).slots:
                if slot.offer_id is not None:
                    self.house.desk.reject(agent_id, slot.contact_id, slot.offer_id)

    def hands_over(self) -> None:
        to = self.house.destinations
        agent_id, contact_id = self._somebody_talking()
        others = [name for other, name in AGENTS.items() if other != agent_id]
        found = self.chance.choice(
            (
                lambda: to.queue("Sales"),
                lambda: to.queue("Support"),
                lambda: to.agent(others[0]),
                lambda: to.agent(others[0]),
                lambda: to.number(self.chance.choice((FRIEND, NOBODY))),
            )
        )()
        self.house.transfers.by_agent(agent_id, contact_id, found)

    def completes(self) -> None:
        for agent_id in AGENTS:
            for slot in self.house.agent(agent_id).slots:
                if slot.state is SlotState.ENDED:
                    self.house.desk.complete(agent_id, slot.contact_id, DONE)
                elif slot.state is SlotState.MISSED:
                    self.house.desk.clear(agent_id, slot.contact_id)

    def hangs_up(self) -> None:
        if self.firsts and self.chance.random() < 0.5:
            there = last_of_chain(self.house.contacts, self.chance.choice(self.firsts))
            self.house.desk.end(there.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
        else:
            self.house.desk.hang_up(*self._somebody_talking())

    def supervises(self) -> None:
        if self.firsts:
            there = last_of_chain(self.house.contacts, self.chance.choice(self.firsts))
            to = self.house.destinations.queue(self.chance.choice(("Sales", "Support")))
            self.house.transfers.by_supervisor(there.contact_id, to)

    def changes_status(self) -> None:
        agent_id = self.chance.choice([*AGENTS])
        self.house.desk.set_status(agent_id, self.chance.choice(("Available", "Break")))

    def falls_silent(self) -> None:
        """One desk is not heard of for a while, and the sweep comes by."""
        self.house.later(91)
        heard = self.chance.choice([*AGENTS.values(), None])
        if heard is not None:
            self.house.signs_in(heard)
        self.house.sweep.run()

    def replies(self) -> None:
        """A customer's page answers what it was asked, under the name that it knows."""
        if self.firsts:
            first = self.chance.choice(self.firsts)
            wait = last_of_chain(self.house.contacts, first).session.wait
            said = self.chance.choice((PlaybackFinished(), InputReceived("1"), Timeout()))
            if wait is not None:
                self.house.flows.reply(first, wait.number, said)

    def lets_time_pass(self) -> None:
        self.house.later(self.chance.choice((1, 10, 25)))
        self.house.rings_what_is_due()

    def _somebody_talking(self) -> tuple[AgentId, ContactId]:
        for agent_id in AGENTS:
            for slot in self.house.agent(agent_id).slots:
                if slot.state is SlotState.CONNECTED:
                    return agent_id, slot.contact_id
        return BEN, ContactId("none")

    # --- what must be true ---

    def chain(self, first: ContactId) -> list[Contact]:
        found = [self.house.contact(first)]
        while found[-1].next_contact_id is not None:
            found.append(self.house.contact(found[-1].next_contact_id))
        return found

    def agrees(self) -> None:
        for first in self.firsts:
            *before, last = self.chain(first)
            assert not [contact for contact in before if contact.state.is_live]
            assert {first} == {contact.chain_id for contact in (*before, last)}
            assert len(before) == last.transfers < 12
            assert [c.contact_id for c in before] == [
                c.previous_contact_id for c in self.chain(first)[1:]
            ]
            self._is_in_one_place(last)
        for agent_id in AGENTS:
            talks = [s for s in self.house.agent(agent_id).slots if s.state is SlotState.CONNECTED]
            assert len(talks) <= 1

    def _is_in_one_place(self, contact: Contact) -> None:
        lines = self.house.routing_store.waiting | self.house.routing_store.ringing
        waits = [place for place in lines if place.contact_id == contact.contact_id]
        assert len(waits) == int(contact.is_in_queue)
        if waits and contact.first_queued_at is not None and not contact.queue_transfers:
            assert waits[0].entered_at == contact.first_queued_at
        holders = [
            agent_id
            for agent_id in AGENTS
            for slot in self.house.agent(agent_id).slots
            if slot.contact_id == contact.contact_id and slot.state is SlotState.CONNECTED
        ]
        assert len(holders) == int(contact.state is ContactState.CONNECTED)


@pytest.mark.parametrize("seed", range(25))
def test_every_customer_is_in_exactly_one_contact_whatever_happens(seed: int) -> None:
    """Waiting once or talking once; and whoever was handed on stands where they first stood."""
    day = Day(seed)
    for _ in range(120):
        day.moves_on()
        day.agrees()
