"""Places in lines that flows change: another queue, another rank, one agent's own line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.core.center import Queue
from chalicelib.core.contact import ContactState
from chalicelib.core.events import BlockExecuted, Channel, ContactQueued, OfferEnded, OfferOutcome
from chalicelib.core.flow import Port, Timeout
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.core.lifecycle import MOST_TRANSFERS
from chalicelib.core.routing import SlotState, place_of
from chalicelib.services.colleagues import Colleagues
from tests.house import BEN, CLEO, SALES, SUPPORT, House, a_center, action, document, to_queue


def in_queue(*then: dict[str, object], seconds: int = 30) -> str:
    """A queue flow: music, and every half minute these blocks."""
    loop = action(
        "Loop",
        "MessageParticipantIteratively",
        "",
        Messages=[{"Text": "La la."}],
        InterruptFrequencySeconds=str(seconds),
    )
    condition = {"Operator": "Equals", "Operands": ["MessagesInterrupted"]}
    first = then[0]["Identifier"]
    loop["Transitions"] = {
        "NextAction": first,
        "Conditions": [{"NextAction": first, "Condition": condition}],
    }
    return document(loop, *then)


def moving(to: str) -> dict[str, object]:
    block = action("Move", "DequeueContactAndTransferToQueue", "Loop", QueueId=f"queue:{to}")
    block["Transitions"] = {
        "Errors": [
            {"ErrorType": "QueueAtCapacity", "NextAction": "Loop"},
            {"ErrorType": "NoMatchingError", "NextAction": "Loop"},
        ]
    }
    return block


def ranking(**wish: str) -> dict[str, object]:
    return action("Rank", "UpdateContactRoutingBehavior", "Loop", **wish)


class LinedHouse(House):
    """Callers in Sales whose queue flow is `Patience`."""

    def __init__(self) -> None:
        usual = a_center()
        unserved = Queue(queue_id=QueueId("q-nobody"), name="Nobody's", hours_id="h-1")
        super().__init__(replace(usual, queues=(*usual.queues, unserved)))
        self.respondents[Port.AGENT] = lambda: Colleagues(self.center, self.routing_store)

    def waits(self, content: str, queue: str = "Sales", **more: object) -> ContactId:
        self.publish("Patience", content, type_="CUSTOMER_QUEUE")
        hook = action(
            "Set",
            "UpdateContactEventHooks",
            "Choose",
            EventHooks={"CustomerQueue": "flow:Patience"},
        )
        self.publish("Patient", to_queue(queue, hook))
        contact_id = self.rings("Patient", **more)
        self.opens_a_socket(contact_id)
        return contact_id

    def is_interrupted(self, contact_id: ContactId) -> None:
        wait = self.contact(contact_id).session.wait
        assert wait is not None
        self.flows.reply(contact_id, wait.number, Timeout())

    def line(self, queue_id: QueueId) -> list[ContactId]:
        found = [place for place in self.routing_store.waiting if place.queue_id == queue_id]
        return [place.contact_id for place in sorted(found)]

    def branch(self, contact_id: ContactId) -> str:
        """The way out that the last move took."""
        moves = [b for b in self.events(contact_id, BlockExecuted) if b.block_id == "Move"]
        return moves[-1].branch


@pytest.fixture
def house() -> LinedHouse:
    return LinedHouse()


# --- from queue to queue --------------------------------------------------------------------------


def test_a_waiting_caller_gives_up_one_place_for_another(house: LinedHouse) -> None:
    """In one transaction: never in both lines, never in none; its queue flow begins again."""
    contact_id = house.waits(in_queue(moving("Support")))
    house.later(30)

    house.is_interrupted(contact_id)

    assert ([], [contact_id]) == (house.line(SALES), house.line(SUPPORT))
    stay = house.contact(contact_id).queue
    assert stay is not None
    assert ("Support", house.at) == (stay.name, stay.entered_at)
    moved = house.events(contact_id, ContactQueued)[-1]
    assert SALES == moved.transferred_from
    assert 1 == house.routing_store.depth[SUPPORT, Channel.VOICE]
    assert house.contact(contact_id).session.wait is not None


def test_the_depth_of_both_queues_is_right_after_moves_there_and_back(house: LinedHouse) -> None:
    contact_id = house.waits(in_queue(moving("Sales")), queue="Support")
    assert 1 == house.routing_store.depth[SUPPORT, Channel.VOICE]

    house.is_interrupted(contact_id)

    assert 0 == house.routing_store.depth[SUPPORT, Channel.VOICE]


@pytest.mark.parametrize("to", ["Support", "Nowhere"], ids=["is full", "is none"])
def test_whoever_is_not_moved_works_on_in_the_queue_it_stands_in(
    house: LinedHouse, to: str
) -> None:
    """A flow that asks for `$.Queue`, or moves on from there, means the place that was kept."""
    center = house.center.center()
    queues = [replace(q, max_contacts=0) if q.name == "Support" else q for q in center.queues]
    house.center.configuration = replace(center, queues=tuple(queues))
    contact_id = house.waits(in_queue(moving(to)))
    house.later(30)

    house.is_interrupted(contact_id)

    assert [contact_id] == house.line(SALES)
    assert SALES == house.contact(contact_id).session.target_queue_id


def test_the_flow_of_a_queue_that_is_seen_to_be_full_does_not_begin(house: LinedHouse) -> None:
    """What it does, such as calling a function, nobody could take back."""
    for _ in range(5):
        house.rings("To Support")
    calls = action("Move", "InvokeLambdaFunction", "Loop", LambdaFunctionARN="function:greet")
    begins = json.loads(in_queue(calls))

    contact_id = house.waits(json.dumps({**begins, "StartAction": "Move"}), queue="Support")

    assert [] == house.functions.calls
    assert ContactState.IN_FLOW is house.contact(contact_id).state


def test_numbers_of_waits_that_a_refusal_took_back_are_not_given_again(house: LinedHouse) -> None:
    """Under such a number something may have been made already."""
    calls = action("Move", "InvokeLambdaFunction", "Loop", LambdaFunctionARN="function:greet")
    begins = json.loads(in_queue(calls))

    def others() -> None:
        for _ in range(5):
            house.rings("To Support")

    house.contacts.meanwhile = [lambda: None, others]  # the contact stands before its function runs
    contact_id = house.waits(json.dumps({**begins, "StartAction": "Move"}), queue="Support")

    wait = house.contact(contact_id).session.wait
    assert 1 == len(house.functions.calls)
    assert ContactState.IN_FLOW is house.contact(contact_id).state
    assert wait is not None
    assert 4 == wait.number  # after the place, the function and the music of the queue


def test_a_full_queue_takes_a_fifth_more_over_and_then_the_old_place_is_kept(
    house: LinedHouse,
) -> None:
    """Support has five places; a sixth is there for whoever moves, and no seventh."""
    for _ in range(5):
        house.rings("To Support")
    first = house.waits(in_queue(moving("Support")))
    house.later(30)
    house.is_interrupted(first)
    assert first in house.line(SUPPORT)
    contact_id = house.waits(in_queue(moving("Support")))
    before = place_of(house.contact(contact_id))
    house.later(30)

    house.is_interrupted(contact_id)

    assert "QueueAtCapacity" == house.branch(contact_id)
    assert before == place_of(house.contact(contact_id))
    assert 6 == house.routing_store.depth[SUPPORT, Channel.VOICE]


def test_a_contact_moves_eleven_times_and_then_stays(house: LinedHouse) -> None:
    """Two queues that send callers to each other end somewhere."""
    contact_id = house.waits(in_queue(moving("Sales")))

    for _ in range(MOST_TRANSFERS):
        house.is_interrupted(contact_id)
    assert MOST_TRANSFERS == house.contact(contact_id).queue_transfers
    house.is_interrupted(contact_id)

    assert "NoMatchingError" == house.branch(contact_id)
    assert MOST_TRANSFERS == house.contact(contact_id).queue_transfers
    assert [contact_id] == house.line(SALES)


def test_a_queue_that_is_gone_takes_nobody_over(house: LinedHouse) -> None:
    contact_id = house.waits(in_queue(moving("Nowhere")))

    house.is_interrupted(contact_id)

    assert [contact_id] == house.line(SALES)


def test_what_rings_stops_ringing_when_the_caller_moves(house: LinedHouse) -> None:
    """The agent is free again at once, and gets whoever is next: here the same, in the new line."""
    contact_id = house.waits(in_queue(moving("Support")))
    house.signs_in("ben")
    house.routing.match_agent(BEN)
    first = house.offer_of(contact_id)

    house.is_interrupted(contact_id)

    assert first != house.offer_of(contact_id)
    assert BEN == house.rings_at(contact_id)
    assert [SlotState.CONNECTING] == [slot.state for slot in house.agent(BEN).slots]
    assert ["OfferEnded", "ContactOffered"] == house.announcer.kinds(BEN)[-2:]
    (ended,) = house.events(contact_id, OfferEnded)
    assert OfferOutcome.WITHDRAWN is ended.outcome


# --- rank -----------------------------------------------------------------------------------------


def test_a_queue_flow_moves_its_caller_ahead_in_the_line(house: LinedHouse) -> None:
    first = house.rings()
    house.later(10)
    urgent = house.waits(in_queue(ranking(QueuePriority="1")))
    assert [first, urgent] == house.line(SALES)

    house.is_interrupted(urgent)

    assert [urgent, first] == house.line(SALES)
    assert 1 == house.facts(urgent).count("ContactRanked")
    house.is_interrupted(urgent)
    assert 1 == house.facts(urgent).count("ContactRanked")


def test_age_that_a_flow_adds_counts_as_waited(house: LinedHouse) -> None:
    """Also when it is added before the contact enters the queue; and it can be taken away."""
    first = house.rings()
    house.later(10)
    aged = action("Age", "UpdateContactRoutingBehavior", "Choose", QueueTimeAdjustmentSeconds="60")
    house.publish("Aged", to_queue("Sales", aged))
    old_hand = house.rings("Aged")
    house.later(10)
    late = house.waits(in_queue(ranking(QueueTimeAdjustmentSeconds="-60")))

    assert [old_hand, first, late] == house.line(SALES)
    house.later(10)
    last = house.rings()
    house.is_interrupted(late)
    assert [old_hand, first, last, late] == house.line(SALES)


def test_an_age_without_measure_is_cut(house: LinedHouse) -> None:
    """No number of seconds takes a moment out of the calendar."""
    aged = action(
        "Age",
        "UpdateContactRoutingBehavior",
        "Choose",
        QueueTimeAdjustmentSeconds="9223372036854775807",
    )
    house.publish("Aged", to_queue("Sales", aged))

    assert ContactState.QUEUED is house.contact(house.rings("Aged")).state


def test_who_rings_keeps_the_new_rank_for_when_nobody_answers(house: LinedHouse) -> None:
    contact_id = house.waits(in_queue(ranking(QueuePriority="2")))
    house.signs_in("ben")
    house.is_interrupted(contact_id)

    house.routing.expire_offer(contact_id, house.offer_of(contact_id))

    place = place_of(house.contact(contact_id))
    assert place is not None
    assert 2 == place.priority


# --- one agent's own line -------------------------------------------------------------------------


def own_line(who: str) -> str:
    return document(
        action("Choose", "UpdateContactTargetQueue", "Enter", AgentId=who),
        action("Enter", "TransferContactToQueue", "End"),
    )


@pytest.mark.parametrize("who", ["ben", "a-ben", "arn:aws:connect:x:1:instance/i-1/agent/a-ben"])
def test_who_waits_for_one_agent_rings_there_and_nowhere_else(house: LinedHouse, who: str) -> None:
    house.signs_in("cleo")
    house.publish("For Ben", own_line(who))
    contact_id = house.rings("For Ben")
    assert ContactState.QUEUED is house.contact(contact_id).state

    house.signs_in("ben")

    assert BEN == house.rings_at(contact_id)
    stay = house.contact(contact_id).queue
    assert stay is not None
    assert ("agent:a-ben", "ben") == (stay.queue_id, stay.name)


def test_who_waits_for_one_agent_goes_before_the_common_lines(house: LinedHouse) -> None:
    house.rings()
    house.later(10)
    house.publish("For Ben", own_line("ben"))
    contact_id = house.rings("For Ben")

    house.signs_in("ben")

    assert BEN == house.rings_at(contact_id)


def test_a_free_agent_gets_their_own_caller_at_once(house: LinedHouse) -> None:
    house.signs_in("ben")
    house.publish("For Ben", own_line("ben"))

    assert BEN == house.rings_at(house.rings("For Ben"))


def test_the_sweep_sees_the_agents_own_lines(house: LinedHouse) -> None:
    """Whoever's ring was missed by a dead worker rings after all."""
    house.publish("For Ben", own_line("ben"))
    contact_id = house.rings("For Ben")
    agent = house.signs_in("ben", "Break")
    house.desk.set_status(agent.agent_id, "Available")
    house.routing.expire_offer(contact_id, house.offer_of(contact_id))
    house.desk.clear(BEN, contact_id)

    house.sweep.run()

    assert BEN == house.rings_at(contact_id)


@pytest.mark.parametrize("who", ["nobody", "sue"])
def test_nobody_waits_for_somebody_who_takes_no_contacts(house: LinedHouse, who: str) -> None:
    """The error branch of the block that names them."""
    house.publish("For whom", own_line(who))

    contact_id = house.rings("For whom")

    assert "NoMatchingError" == house.events(contact_id, BlockExecuted)[0].branch


# --- to an agent at once --------------------------------------------------------------------------


def routing_to(who: str) -> dict[str, object]:
    return action("Interrupt", "RouteContactToAgent", "Loop", AgentId=who)


def test_a_queue_flow_rings_at_a_named_agent_whatever_the_line(house: LinedHouse) -> None:
    """Nobody serves this queue; the flow knows whom it wants. The ring is part of its commit."""
    house.signs_in("ben")
    house.later(1)
    house.signs_in("cleo")
    route = routing_to("cleo")
    content = document(route, *json.loads(in_queue(route))["Actions"][:1])

    contact_id = house.waits(content, queue="Nobody's")

    assert CLEO == house.rings_at(contact_id)
    assert "ContactOffered" == house.announcer.kinds(CLEO)[-1]
    assert "La la." in str(house.contact(contact_id).turn)
    house.routing.expire_offer(contact_id, house.offer_of(contact_id))
    assert ContactState.QUEUED is house.contact(contact_id).state


def test_a_named_agent_who_cannot_is_the_error_branch(house: LinedHouse) -> None:
    contact_id = house.waits(in_queue(routing_to("ben")))

    house.is_interrupted(contact_id)

    assert "NoMatchingError" == house.events(contact_id, BlockExecuted)[-2].branch


def transferring(who: str) -> str:
    return document(
        action("Choose", "UpdateContactTargetQueue", "Go", AgentId=who),
        {"Identifier": "Go", "Type": "TransferContactToAgent", "Parameters": {}, "Transitions": {}},
    )


def test_a_transfer_to_an_agent_rings_there(house: LinedHouse) -> None:
    house.signs_in("cleo")
    house.later(1)
    house.signs_in("ben")
    house.publish("To Ben", transferring("ben"), type_="AGENT_TRANSFER")

    contact_id = house.rings("To Ben")

    assert BEN == house.rings_at(contact_id)
    assert 1 == house.facts(contact_id).count("ContactQueued")


def test_a_transfer_to_a_busy_agent_ends_the_contact(house: LinedHouse) -> None:
    """As Amazon Connect has it."""
    house.signs_in("ben")
    house.rings()
    house.publish("To Ben", transferring("ben"), type_="AGENT_TRANSFER")

    assert ContactState.COMPLETED is house.contact(house.rings("To Ben")).state
