"""A contact per agent: what the next one takes along, and what the first one's record says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from chalicelib.core import contact_record, record_document
from chalicelib.core.center import Queue
from chalicelib.core.contact import Change, Contact, ContactState, Leg, LegFlow
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import (
    Channel,
    DisconnectReason,
    Endpoint,
    InitiationMethod,
    TransferKind,
)
from chalicelib.core.flow import PlayPrompt, Prompt, Routing, Session, Wait, WaitKind
from chalicelib.core.ids import ContactId, CustomerId, FlowId, OfferId, QueueId, TicketId
from chalicelib.core.lifecycle import (
    WrapUp,
    complete,
    connect,
    disconnect,
    enqueue,
    initiate,
    offer,
    rank_anew,
    transfer,
)
from chalicelib.core.transfers import Transfer, hand_over, room_in
from tests.given import MONDAY, a_contact, later
from tests.house import PROFILE, USERS

BEN = USERS[0]
SALES = Queue(queue_id=QueueId("q-sales"), name="Sales", hours_id="h-1", wrap_up_seconds=60)
TO_SALES = Transfer(kind=TransferKind.QUEUE, target="q-sales", queue_id=SALES.queue_id, by="ben")
NEXT = ContactId("c-2")
ARN = "arn:aws:connect:us-east-1:000000000000:instance/i-1"


def in_talk(**fields: object) -> Contact:
    return a_contact("c-1", state=ContactState.CONNECTED, **fields)


def test_the_next_contact_knows_all_that_the_first_one_knew_of_the_customer() -> None:
    """And nothing of its flow, its agent, its queue and its recordings."""
    session = Session(
        flow_id=FlowId("f-1"),
        action_id="Ask",
        wait=Wait(9, WaitKind.INPUT, 5),
        waits=9,
        attributes={"topic": "lamp"},
        details={"Name": "Lamp"},
        event_hooks={"CustomerHold": "flow:Music"},
        recorded_participants=("Agent", "Customer"),
        language_code="vi-VN",
        routing=Routing(priority=1, age_seconds=30),
    )
    contact = in_talk(
        session=session,
        turn=(PlayPrompt(Prompt("x")),),
        turn_number=7,
        legs={Leg.GUIDE: LegFlow(turn_number=3)},
        customer_id=CustomerId("C-ana"),
        ticket_id=TicketId("T-17"),
        flow_versions={FlowId("f-1"): 4},
    )

    there = hand_over(Change.of(contact), TO_SALES, NEXT, at=later(seconds=60)).successor.after

    kept = replace(
        session,
        flow_id=None,
        action_id=None,
        wait=None,
        target_queue_id=SALES.queue_id,
    )
    assert kept == there.session
    assert (CustomerId("C-ana"), TicketId("T-17")) == (there.customer_id, there.ticket_id)
    assert (contact.customer, contact.flow_versions) == (there.customer, there.flow_versions)
    assert (None, None, {}, (), ()) == (
        there.agent,
        there.queue,
        there.legs,
        there.turn,
        there.recordings,
    )
    assert there.turn_number > 7
    assert (ContactState.IN_FLOW, later(seconds=60)) == (there.state, there.initiated_at)


@pytest.mark.parametrize(
    ("channel", "kind", "reason"),
    [
        (Channel.VOICE, TransferKind.QUEUE, DisconnectReason.AGENT_DISCONNECT),
        (Channel.EMAIL, TransferKind.USER, DisconnectReason.TRANSFERRED),
        (Channel.CHAT, TransferKind.AGENT_LOST, DisconnectReason.AGENT_NETWORK_DISCONNECT),
        (Channel.VOICE, TransferKind.AGENT_LOST, DisconnectReason.AGENT_DISCONNECT),
    ],
)
def test_the_first_contact_ends_as_amazon_connect_names_it(
    channel: Channel, kind: TransferKind, reason: DisconnectReason
) -> None:
    moved = replace(TO_SALES, kind=kind)
    contact = in_talk(channel=channel)

    left = hand_over(Change.of(contact), moved, NEXT, at=MONDAY, queue=SALES).left.after

    assert (reason, ContactState.ENDED, NEXT) == (
        left.disconnect_reason,
        left.state,
        left.next_contact_id,
    )
    assert later(seconds=60) == left.wrap_up_ends_at


def test_the_records_of_a_chain_name_each_other() -> None:
    """With the moment of the transfer, and where to, if that was outside."""
    change = initiate(a_contact(fact_count=0, queue=None, agent=None), at=MONDAY)
    change = enqueue(change, SALES, at=MONDAY)
    change = offer(change, BEN, offer_id=OfferId("o-1"), at=later(seconds=1))
    change = connect(change, OfferId("o-1"), BEN, PROFILE, at=later(seconds=5))
    number = Transfer(kind=TransferKind.PHONE_NUMBER, target="+12025550900")
    handover = hand_over(change, number, NEXT, at=later(seconds=65), queue=SALES)
    left = complete(handover.left, WrapUp(disposition="solved"), at=later(seconds=80))
    gone = disconnect(
        handover.successor, DisconnectReason.CUSTOMER_DISCONNECT, at=later(seconds=90)
    )

    first, second = (contact_record.fold(c.facts, instance_arn=ARN) for c in (left, gone))

    assert first is not None
    assert second is not None
    told, next_told = record_document.document(first), record_document.document(second)
    assert ("c-2", None, "2026-03-02T14:01:05Z") == (
        told["NextContactId"],
        told["PreviousContactId"],
        told["TransferCompletedTimestamp"],
    )
    assert {"Address": "+12025550900", "Type": "TELEPHONE_NUMBER"} == told["TransferredToEndpoint"]
    assert ("c-1", "c-1", "TRANSFER") == (
        next_told["PreviousContactId"],
        next_told["InitialContactId"],
        next_told["InitiationMethod"],
    )
    assert InitiationMethod.INBOUND is second.origin
    assert not first.is_abandoned
    assert "+12025550900" == second.attributes["transferNumber"]


def test_the_record_says_that_the_agents_connection_may_have_been_at_fault() -> None:
    contact = replace(a_contact(fact_count=0, queue=None, agent=None))
    change = initiate(contact, at=MONDAY)
    lost = replace(TO_SALES, kind=TransferKind.AGENT_LOST)

    record = contact_record.fold(
        hand_over(change, lost, NEXT, at=MONDAY).left.facts, instance_arn=ARN
    )

    assert record is not None
    told = record_document.document(record)
    assert {"PotentialDisconnectIssue": "AGENT_CONNECTIVITY_ISSUE"} == told["DisconnectDetails"]
    assert told["TransferCompletedTimestamp"] is None


def test_whoever_has_gone_is_not_transferred() -> None:
    ended = disconnect(
        Change.of(in_talk()), DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY
    ).settled
    with pytest.raises(Conflict, match="nobody to transfer"):
        hand_over(ended, TO_SALES, NEXT, at=MONDAY)


def _older(change: Change, moment: datetime) -> float:
    """By how many seconds the contact counts as older than since that moment."""
    assert change.after.queue is not None
    return (moment - change.after.queue.counts_since).total_seconds()


@pytest.mark.parametrize("seed", range(50))
def test_a_chain_keeps_the_first_enqueue_time_until_a_flow_moves_it(seed: int) -> None:
    """In the right order, each contact once, at most twelve of them, and age added counts once."""
    chance, at = Random(seed), 0
    age = chance.choice((0, 0, 100))
    session = Session(routing=Routing(age_seconds=age))
    change = initiate(a_contact(fact_count=0, queue=None, agent=None, session=session), at=MONDAY)
    first_queued, chain = None, [change.after]
    while True:
        at += chance.randrange(1, 50)
        now = later(seconds=at)
        change = enqueue(change, SALES, at=now)
        first_queued = first_queued or now
        assert age == _older(change, first_queued)
        assert change == rank_anew(change, at=now)
        if chance.random() < 0.2:
            assert age == _older(transfer(change, SALES, at=later(seconds=at)), now)
        change = offer(change, BEN, offer_id=OfferId("o"), at=now)
        change = connect(change, OfferId("o"), BEN, PROFILE, at=now).settled
        try:
            handover = hand_over(change, TO_SALES, ContactId(f"c-{len(chain) + 1}"), at=now)
        except Rejected:
            break
        change = handover.successor.settled
        chain.append(change.after)

    assert 12 == len(chain)
    assert [None, *(c.contact_id for c in chain[:-1])] == [c.previous_contact_id for c in chain]
    assert {chain[0].contact_id} == {c.chain_id for c in chain}
    assert {InitiationMethod.INBOUND} == {c.origin for c in chain}


@pytest.mark.parametrize(
    ("limit", "fields", "room"),
    [
        (5, {}, 5),
        (5, {"transfers": 1}, 6),
        (5, {"queue_transfers": 1}, 6),
        (4, {"transfers": 1}, 4),
        (0, {"transfers": 1}, 0),
        (0, {"is_promised": True}, None),
        (None, {}, None),
    ],
)
def test_a_queue_has_a_fifth_more_room_for_whoever_was_transferred(
    limit: int | None, fields: dict[str, object], room: int | None
) -> None:
    """Rounded down; a queue of no places has none for them either."""
    assert room == room_in(replace(SALES, max_contacts=limit), a_contact("c-1", **fields))


def test_an_endpoint_is_told_only_of_a_number() -> None:
    assert TO_SALES.endpoint is None
    number = Transfer(kind=TransferKind.PHONE_NUMBER, target="+12025550900")
    assert Endpoint("+12025550900") == number.endpoint
