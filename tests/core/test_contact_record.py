"""One record per contact, whatever order its facts arrive in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import events as e
from chalicelib.core.contact_record import Outcome, fold
from chalicelib.core.ids import AgentId, FlowId, QueueId
from chalicelib.core.record_document import document
from tests.core.records import (
    INSTANCE,
    NOON,
    a_handled_call,
    connected,
    disconnected,
    folded,
    initiated,
    offer_ended,
    offered,
    queued,
    recorded,
    told,
    wrapped_up,
)


def test_there_is_no_record_until_the_contact_is_complete() -> None:
    """A contact in after contact work is not finished: whoever counts it now counts it wrong."""
    facts = a_handled_call()
    until_wrap_up = [fact for fact in facts if fact.seq < 13]

    assert fold(until_wrap_up, instance_arn=INSTANCE) is None
    assert fold([], instance_arn=INSTANCE) is None


def test_a_handled_call_reads_as_it_went() -> None:
    """Waiting includes ringing, talking ends with the customer, wrap-up with the agent."""
    record = folded(a_handled_call())

    assert record.queue is not None
    assert record.agent is not None
    assert record.queue.seconds == 30
    assert record.agent.interaction_seconds == 60
    assert record.agent.wrap_up_seconds == 20
    assert record.agent.handle_seconds == 80
    assert record.disposition == "sale"
    assert record.ticket_id == "t-1"
    assert record.customer_id == "cu-1"
    assert record.attributes == {"language": "en-US", "topic": "support"}


def test_every_offer_stands_in_the_record_with_its_outcome() -> None:
    """Missed and accepted offers are both lines, so that nobody's missed calls get lost."""
    record = folded(a_handled_call())

    outcomes = [(offer.agent_id, offer.outcome) for offer in record.offers]
    assert outcomes == [("a-ben", Outcome.MISSED), ("a-mia", Outcome.ACCEPTED)]


def test_who_only_missed_an_offer_is_known_by_name() -> None:
    """An agent without one answered contact still has a name in the day's report."""
    record = folded(a_handled_call())

    assert [offer.username for offer in record.offers] == ["ben", "mia"]


def test_who_hangs_up_while_it_rings_has_abandoned_the_queue() -> None:
    """Ringing is waiting: Connect calls the state IN_QUEUE, and the offer is withdrawn."""
    record = folded(
        told(
            [
                (0, initiated()),
                (1, queued()),
                (3, offered("o-1", "a-ben")),
                (9, disconnected("OFFERED")),
                (9, e.ContactCompleted()),
            ]
        )
    )

    assert record.is_abandoned
    assert record.pre_disconnect_state == "IN_QUEUE"
    assert record.offers[0].outcome is Outcome.WITHDRAWN
    assert record.offers[0].ended_at == NOON + timedelta(seconds=9)


def test_who_hangs_up_in_the_menu_was_neither_queued_nor_abandoned() -> None:
    """A contact that never reached a queue is a contact and nothing else."""
    record = folded(
        told([(0, initiated()), (5, disconnected("IN_FLOW")), (5, e.ContactCompleted())])
    )

    assert record.queue is None
    assert not record.is_abandoned


def test_a_late_recording_makes_a_newer_version_of_the_same_record() -> None:
    """What becomes known after the end changes LastUpdateTimestamp and its own fields only."""
    facts = a_handled_call()
    early = folded([fact for fact in facts if fact.seq < 15])
    late = folded(facts)

    assert early.recordings == ()
    assert [r.segment for r in late.recordings] == ["s1"]
    assert late.last_update_at > early.last_update_at
    assert late.last_fact > early.last_fact
    assert (late.agent, late.queue, late.offers) == (early.agent, early.queue, early.offers)


def test_listening_to_a_recording_makes_no_newer_record() -> None:
    """An audit line is about the listener, not about the contact."""
    facts = a_handled_call()
    played = e.RecordingPlayed(segment="s1", username="sue", link_expires_at=NOON)
    with_audit = [*facts, e.Fact(contact_id=facts[0].contact_id, seq=16, at=NOON, event=played)]

    assert folded(with_audit) == folded(facts)


def test_a_segment_stored_again_replaces_its_line() -> None:
    """Late chunks are stitched into the same segment; it is not a second recording."""
    record = folded(
        told(
            [
                (0, initiated()),
                (5, disconnected("IN_FLOW")),
                (5, e.ContactCompleted()),
                (9, recorded("s1", 2.0)),
                (12, recorded("s1", 4.0)),
            ]
        )
    )

    assert [(r.segment, r.seconds) for r in record.recordings] == [("s1", 4.0)]


def test_attributes_that_a_flow_sets_are_in_the_record() -> None:
    """The record shows each attribute's last value, whoever set it."""
    block = e.BlockExecuted(
        flow_id=FlowId("f"),
        flow_version=1,
        block_id="b",
        block_type="UpdateContactAttributes",
        changed={"$.Attributes.topic": "billing", "$.FlowAttributes.try": "2"},
    )
    ended = (5, disconnected("IN_FLOW"))

    record = folded(told([(0, initiated()), (1, block), ended, (5, e.ContactCompleted())]))

    assert record.attributes == {"language": "en-US", "topic": "billing"}


def test_a_gap_in_the_facts_is_no_record_but_an_error() -> None:
    """Half a story would be written as the whole one."""
    facts = [fact for fact in a_handled_call() if fact.seq != 3]

    with pytest.raises(ValueError, match="missing"):
        fold(facts, instance_arn=INSTANCE)


def test_facts_of_two_contacts_make_no_record() -> None:
    """Mixing contacts would give one the other's agent."""
    mixed = [told([(0, initiated())])[0], *a_handled_call()[1:]]
    stranger = told([(0, initiated())], contact_id="c-2")

    with pytest.raises(ValueError, match="several"):
        fold([*stranger, *mixed[1:]], instance_arn=INSTANCE)


@given(st.data())
def test_duplicates_and_disorder_change_nothing(data: st.DataObject) -> None:
    """Streams deliver at least once and, after a failure, out of order."""
    facts = a_handled_call()
    again = data.draw(st.lists(st.sampled_from(facts), max_size=10))
    shuffled = data.draw(st.permutations([*facts, *again]))

    assert folded(shuffled) == folded(facts)


@given(
    st.lists(st.sampled_from(["missed", "rejected", "withdrawn"]), max_size=6),
    st.booleans(),
    st.lists(st.integers(0, 4000), min_size=4, max_size=4),
)
def test_every_second_of_a_contact_is_counted_once(
    endings: list[str], is_answered: bool, lengths: list[int]
) -> None:
    """In queue + talking is the time from the queue to the end, and no length is negative."""
    wait, ring, talk, wrap = (length / 7 for length in lengths)
    clock = wait
    events: list[tuple[float, e.ContactEvent]] = [(0, initiated()), (0, queued())]
    for n, ending in enumerate(endings):
        events.append((clock, offered(f"o-{n}", "a-ben")))
        clock += ring
        events.append((clock, offer_ended(f"o-{n}", "a-ben", e.OfferOutcome(ending.upper()))))
    if is_answered:
        events += [(clock, offered("o-x", "a-mia")), (clock, connected("a-mia"))]
    events.append((clock + talk, disconnected("CONNECTED" if is_answered else "QUEUED")))
    if is_answered:
        started = e.AfterContactWorkStarted(agent_id=AgentId("a-mia"), ends_at=None)
        events += [(clock + talk, started), (clock + talk + wrap, wrapped_up("a-mia", None))]
    events.append((clock + talk + wrap, e.ContactCompleted()))

    record = folded(told(events))

    assert record.queue is not None
    talked = record.agent.interaction_seconds if record.agent else 0
    whole = (record.disconnected_at - record.queue.enqueued_at).total_seconds()
    assert record.queue.seconds + talked == whole
    assert len(record.offers) == len(endings) + is_answered
    assert record.is_abandoned is not is_answered


# --- holds, moves, and the customer who remains ---------------------------------------------------

BEN = AgentId("a-ben")
type Story = list[tuple[float, e.ContactEvent]]


def held(at: float, party: e.Party, until: float) -> list[tuple[float, e.ContactEvent]]:
    return [
        (at, e.ContactHeld(party=party, agent_id=BEN)),
        (until, e.ContactResumed(party=party, agent_id=BEN)),
    ]


def over(at: float, was_in: str = "CONNECTED") -> list[tuple[float, e.ContactEvent]]:
    return [(at, disconnected(was_in)), (at, e.ContactCompleted())]


def test_holds_are_counted_apart_from_the_talk_and_the_longest_is_named() -> None:
    """One that the hang-up ends counts to the hang-up."""
    agent = folded(
        told(
            [
                (0, initiated()),
                (10, connected("a-ben")),
                *held(20, e.Party.CUSTOMER, 25),
                *held(30, e.Party.AGENT, 50),
                (60, e.ContactHeld(party=e.Party.CUSTOMER, agent_id=BEN)),
                *over(70),
            ]
        )
    ).agent

    assert agent is not None
    assert (3, 35, 20) == (agent.holds, agent.hold_seconds, agent.longest_hold_seconds)
    assert (25, 60) == (agent.interaction_seconds, agent.handle_seconds)


def test_a_pause_of_a_task_is_no_hold() -> None:
    pause = held(20, e.Party.CONTACT, 50)
    story: Story = [(0, initiated(e.Channel.TASK)), (10, connected("a-ben")), *pause, *over(70)]
    agent = folded(told(story)).agent

    assert agent is not None
    assert (1, 30, 0) == (agent.pauses, agent.pause_seconds, agent.holds)
    assert 30 == agent.interaction_seconds


def test_moved_to_another_queue_the_last_one_counts_and_the_others_are_kept() -> None:
    """Each stay from its own beginning, also back in a queue where it stood before."""
    moved = replace(queued("Support"), transferred_from=QueueId("q-Sales"))
    back = replace(queued("Sales"), transferred_from=QueueId("q-Support"))
    story: Story = [(0, initiated()), (10, queued("Sales")), (30, moved), (70, back)]
    record = folded(told([*story, (90, connected("a-ben")), *over(99)]))

    assert record.queue is not None
    stays = [*record.earlier_queues, record.queue]
    assert [("Sales", 20), ("Support", 40), ("Sales", 20)] == [(s.name, s.seconds) for s in stays]
    written = document(record)["Trunkline"]
    assert isinstance(written, dict)
    assert ["Sales", "Support"] == [stay["Name"] for stay in written["EarlierQueues"]]


def test_the_agents_part_ends_when_the_agent_leaves_the_customer_in_a_flow() -> None:
    record = folded(
        told(
            [
                (0, initiated()),
                (10, connected("a-ben")),
                (40, e.AgentDisconnected(agent_id=BEN)),
                (40, e.AfterContactWorkStarted(agent_id=BEN, ends_at=None)),
                (55, wrapped_up("a-ben")),
                *over(100, "REMAINING"),
            ]
        )
    )

    agent = record.agent
    assert agent is not None
    assert (30, 15) == (agent.interaction_seconds, agent.wrap_up_seconds)
    assert "REMAINING" == record.pre_disconnect_state


def test_what_flows_called_the_contact_is_kept_the_last_word_last() -> None:
    """And written where Connect writes it."""
    references = {"order": {"Type": "STRING", "Value": "17"}}
    first = {"Name": "Lamp", "Tags": {"cost": "sales"}, "References": references}
    last = {"Name": "Lamp broken", "CustomerId": "C-9", "SegmentAttributes": {"tier": "gold"}}
    story: Story = [(0, initiated())]
    story += [(n, e.DetailsUpdated(details=each)) for n, each in enumerate((first, last), start=1)]

    written = document(folded(told([*story, *over(9, "IN_FLOW")])))

    assert {"Name": "Lamp broken"} == written["ContactDetails"]
    assert "C-9" == written["CustomerId"]
    assert [{"Name": "order", "Type": "STRING", "Value": "17"}] == written["References"]
    assert {"cost": "sales", "aws:connect:instanceId": "acme"} == written["Tags"]
    assert written["SegmentAttributes"] == {
        "connect:Subtype": {"ValueString": "connect:Telephony"},
        "tier": {"ValueString": "gold"},
    }
