"""The life of a contact: decisions, and the facts that tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import events as e
from chalicelib.core import lifecycle as core
from chalicelib.core.center import Queue, User
from chalicelib.core.contact import Change, Contact, ContactState, Customer, evolve
from chalicelib.core.errors import Conflict, Refusal, Rejected
from chalicelib.core.events import Channel, DisconnectReason, InitiationMethod, OfferOutcome
from chalicelib.core.ids import AgentId, ContactId, InstanceId, OfferId, ParticipantId, TicketId
from chalicelib.core.lifecycle import WrapUp
from tests.given import MONDAY, later
from tests.house import PROFILE, SALES, USERS, a_center

BEN, CLEO = USERS[:2]
O1, O2 = OfferId("o-1"), OfferId("o-2")
CENTER = a_center()
S = ContactState


def sales(wrap_up_seconds: int = 60) -> Queue:
    queue = CENTER.queue(SALES)
    assert queue is not None
    return replace(queue, wrap_up_seconds=wrap_up_seconds)


def fresh() -> Contact:
    return Contact(
        contact_id=ContactId("c-1"),
        instance_id=InstanceId("i-1"),
        channel=Channel.VOICE,
        initiation_method=InitiationMethod.INBOUND,
        initiated_at=MONDAY,
        customer=Customer(participant_id=ParticipantId("p-1")),
    )


def begun() -> Change:
    return core.initiate(fresh(), at=MONDAY)


def queued() -> Change:
    return core.enqueue(begun(), sales(), at=later(seconds=5))


def offered(user: User = BEN, offer_id: OfferId = O1) -> Change:
    return core.offer(queued(), user, offer_id=offer_id, at=later(seconds=10))


def connected() -> Change:
    return core.connect(offered(), O1, BEN, PROFILE, at=later(seconds=15))


def ended() -> Change:
    return core.disconnect(
        connected(), DisconnectReason.AGENT_DISCONNECT, at=later(seconds=60), queue=sales()
    )


def completed() -> Change:
    return core.complete(ended(), WrapUp(disposition="sale"), at=later(seconds=90))


def kinds(change: Change) -> list[str]:
    return [type(fact.event).__name__ for fact in change.facts]


# --- one step at a time ---------------------------------------------------------------------------


def test_an_offer_keeps_the_place_in_the_queue_and_runs_for_twenty_seconds() -> None:
    """The customer loses nothing while an agent's desk rings."""
    contact = offered().after

    assert contact.state is S.OFFERED
    assert contact.queue == queued().after.queue
    assert contact.offer is not None
    assert contact.offer.expires_at == later(seconds=30)


def test_an_offer_names_its_agent() -> None:
    """Also who never answers one is somebody in the reports."""
    fact = offered().facts[-1].event

    assert isinstance(fact, e.ContactOffered)
    assert (fact.username, fact.agent_name) == (BEN.username, BEN.name)


@pytest.mark.parametrize("outcome", [OfferOutcome.MISSED, OfferOutcome.REJECTED])
def test_an_offer_that_nobody_takes_leads_back_to_the_old_place(outcome: OfferOutcome) -> None:
    """Same queue, same moment of entry, same priority; the attempt is counted."""
    back = core.end_offer(offered(), O1, outcome, at=later(seconds=30)).after

    assert back.state is S.QUEUED
    assert back.queue == queued().after.queue
    assert (back.offer, back.attempts) == (None, 1)


def test_an_answer_ends_the_wait_and_names_the_agent() -> None:
    """Waiting time counts up to the answer, ringing included."""
    contact = connected().after

    assert contact.state is S.CONNECTED
    assert contact.agent is not None
    assert (contact.agent.username, contact.offer) == ("ben", None)
    assert contact.wait_seconds(later(hours=1)) == 10


def test_only_the_agent_it_rings_at_can_answer() -> None:
    """And only under the offer that stands."""
    for offer_id, user in ((O1, CLEO), (O2, BEN)):
        with pytest.raises(Conflict):
            core.connect(offered(), offer_id, user, PROFILE, at=later(seconds=15))


def test_a_customer_who_leaves_while_it_rings_withdraws_the_offer() -> None:
    """Four facts, in order; nobody has after contact work."""
    change = core.disconnect(offered(), DisconnectReason.CUSTOMER_DISCONNECT, at=later(seconds=12))

    assert change.after.state is S.COMPLETED
    assert kinds(change)[-3:] == ["OfferEnded", "ContactDisconnected", "ContactCompleted"]
    outcomes = [f.event.outcome for f in change.facts if isinstance(f.event, e.OfferEnded)]
    assert outcomes == [OfferOutcome.WITHDRAWN]


def test_after_a_talk_the_agent_works_on_for_as_long_as_the_queue_grants() -> None:
    """The customer is gone, the contact is not complete."""
    contact = ended().after

    assert contact.state is S.ENDED
    assert contact.wrap_up_ends_at == later(seconds=120)
    assert contact.disconnect_reason is DisconnectReason.AGENT_DISCONNECT


def test_after_contact_work_without_a_limit_ends_when_the_agent_says_so() -> None:
    """A queue may grant 0 seconds, which means: no clock."""
    change = core.disconnect(
        connected(), DisconnectReason.API, at=later(seconds=60), queue=sales(0)
    )

    assert change.after.state is S.ENDED
    assert change.after.wrap_up_ends_at is None


def test_ending_twice_is_ending_once() -> None:
    """Both hang up in the same second: one reason, one set of facts."""
    again = core.disconnect(ended(), DisconnectReason.CUSTOMER_DISCONNECT, at=later(seconds=61))

    assert again == ended()


def test_the_wrap_up_closes_the_contact_and_names_the_ticket_to_open() -> None:
    """The ticket's id follows from the fact, so that a repeated reaction opens the same one."""
    wrap_up = WrapUp(disposition="sale", ticket_status="open", note="call back")
    first = core.complete(ended(), wrap_up, at=later(seconds=90))
    second = core.complete(ended(), wrap_up, at=later(seconds=90))

    assert first.after.state is S.COMPLETED
    assert (first.after.disposition, first.after.wrap_up_ends_at) == ("sale", None)
    assert first.after.ticket_id == second.after.ticket_id is not None


def test_a_ticket_that_the_agent_chose_stays_chosen() -> None:
    """No other id is made up."""
    wrap_up = WrapUp(disposition="sale", ticket_status="open", ticket_id=TicketId("T-17"))

    assert core.complete(ended(), wrap_up, at=later(seconds=90)).after.ticket_id == "T-17"


def test_a_note_has_a_limit() -> None:
    """One character more is refused with the field's name."""
    fits, too_long = "x" * core.NOTE_LIMIT, "x" * (core.NOTE_LIMIT + 1)
    core.complete(ended(), WrapUp(note=fits), at=later(seconds=90))

    with pytest.raises(Rejected) as refused:
        core.complete(ended(), WrapUp(note=too_long), at=later(seconds=90))

    assert refused.value.field == "note"


def test_a_shard_of_a_hot_queue_is_the_same_on_every_run() -> None:
    """It follows from the contact's id and lies within the queue's shards."""
    hot = replace(sales(), shards=8)
    stays = [core.enqueue(begun(), hot, at=MONDAY).after.queue for _ in range(2)]

    shards = {stay.shard for stay in stays if stay}
    assert len(shards) == 1
    assert shards <= set(range(8))


def test_a_recording_stitched_anew_replaces_the_segment() -> None:
    """A segment stands once, with its newest file."""

    def stored(sha256: str, segment: str = "s1") -> e.RecordingStored:
        return e.RecordingStored(
            segment=segment,
            bucket="b",
            key=segment,
            seconds=1.0,
            channels=2,
            size_bytes=9,
            sha256=sha256,
            started_at=MONDAY,
        )

    change = ended()
    for event in (stored("a"), stored("b", "s2"), stored("c")):
        change = change.then(event, later(minutes=5))

    assert [(r.segment, r.sha256) for r in change.after.recordings] == [("s2", "b"), ("s1", "c")]


# --- what may not happen --------------------------------------------------------------------------

_MOVES: dict[str, Callable[[Change, datetime], Change]] = {
    "enqueue": lambda change, at: core.enqueue(change, sales(), at=at),
    "offer to ben": lambda change, at: core.offer(change, BEN, offer_id=_next(change), at=at),
    "offer to cleo": lambda change, at: core.offer(change, CLEO, offer_id=_next(change), at=at),
    "ben answers": lambda change, at: core.connect(change, _current(change), BEN, PROFILE, at=at),
    "cleo answers": lambda change, at: core.connect(change, _current(change), CLEO, PROFILE, at=at),
    "ben answers the first offer": lambda change, at: core.connect(change, O1, BEN, PROFILE, at=at),
    "nobody answers": lambda change, at: core.end_offer(
        change, _current(change), OfferOutcome.MISSED, at=at
    ),
    "customer leaves": lambda change, at: core.disconnect(
        change, DisconnectReason.CUSTOMER_DISCONNECT, at=at, queue=sales()
    ),
    "agent hangs up": lambda change, at: core.disconnect(
        change, DisconnectReason.AGENT_DISCONNECT, at=at, queue=sales(0)
    ),
    "wrap-up": lambda change, at: core.complete(
        change, WrapUp(disposition="sale", ticket_status="open"), at=at
    ),
    "server ends the work": lambda change, at: core.complete(
        change, WrapUp(), at=at, is_by_server=True
    ),
    "transfer": lambda change, at: core.transfer(change, sales(), at=at),
    "rank": lambda change, at: core.rank_anew(change, at=at),
    "whispers end": lambda change, at: core.join(change, at=at),
    "hold": lambda change, at: core.hold(change, e.Party.CUSTOMER, at=at),
    "resume": lambda change, at: core.resume(change, at=at),
    "agent leaves the customer": lambda change, at: core.let_remain(change, at=at, queue=sales()),
    "a ticket is linked": lambda change, at: change.then(
        e.TicketLinked(ticket_id=TicketId("T-9")), at
    ),
    "a customer is identified": lambda change, at: change.then(
        e.CustomerIdentified(customer_id=None, is_new=False), at
    ),
}
_ALLOWED = {
    S.IN_FLOW: {"enqueue", "customer leaves", "agent hangs up"},
    S.QUEUED: {"offer to ben", "offer to cleo", "transfer", "customer leaves", "agent hangs up"},
    S.OFFERED: {"ben answers", "nobody answers", "transfer", "customer leaves", "agent hangs up"},
    S.CONNECTED: {
        "customer leaves",
        "agent hangs up",
        "agent leaves the customer",
        "whispers end",
        "hold",
    },
    S.REMAINING: {"customer leaves", "agent hangs up", "wrap-up", "server ends the work"},
    S.ENDED: {"wrap-up", "server ends the work"},
    S.COMPLETED: set(),
}
_ALWAYS = {"a ticket is linked", "a customer is identified"}
# Of a contact that has ended, or that nobody holds, or that waits nowhere: nothing happens.
_HARMLESS = {"customer leaves", "agent hangs up", "resume", "rank"}
_IN: dict[ContactState, Callable[[], Change]] = {
    S.IN_FLOW: begun,
    S.QUEUED: queued,
    S.OFFERED: lambda: offered(offer_id=OfferId("o-now")),
    S.CONNECTED: connected,
    S.REMAINING: lambda: core.let_remain(connected(), at=later(minutes=1), queue=sales()),
    S.ENDED: ended,
    S.COMPLETED: completed,
}


def _next(change: Change) -> OfferId:
    return OfferId(f"o-{change.after.attempts + 1}")


def _current(change: Change) -> OfferId:
    return change.after.offer.offer_id if change.after.offer else OfferId("none")


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("move", sorted(set(_MOVES) - _ALWAYS))
def test_each_state_allows_its_moves_and_conflicts_with_all_others(
    state: ContactState, move: str
) -> None:
    """An ended contact cannot be offered, a queued one not answered, and so on for every pair."""
    change = _IN[state]()
    assert change.after.state is state

    soon = change.facts[-1].at + timedelta(seconds=20)  # a ringing contact rings no longer

    if move in _ALLOWED[state]:
        assert _MOVES[move](change, soon) != change
    elif move in _HARMLESS:
        assert _MOVES[move](change, soon) == change
    else:
        with pytest.raises(Conflict):
            _MOVES[move](change, soon)


def test_an_offer_can_be_taken_for_as_long_as_it_is_reserved() -> None:
    """Half a minute; after that it counts for nothing, even if nobody took it back."""
    change = offered(offer_id=OfferId("o-now"))
    made_at = change.after.offer.made_at if change.after.offer else MONDAY

    in_time = core.connect(
        change, OfferId("o-now"), BEN, PROFILE, at=made_at + timedelta(seconds=29.9)
    )

    assert S.CONNECTED is in_time.after.state
    with pytest.raises(Conflict):
        core.connect(change, OfferId("o-now"), BEN, PROFILE, at=made_at + timedelta(seconds=30))


# --- any life -------------------------------------------------------------------------------------

_steps = st.lists(
    st.tuples(st.sampled_from(sorted(_MOVES)), st.integers(0, 90), st.booleans()), max_size=25
)


def lived(steps: list[tuple[str, int, bool]]) -> tuple[Change, list[e.Fact]]:
    """The contact after these moves, those refused left out; some moves share a commit."""
    change, facts, at = begun(), list[e.Fact](), MONDAY
    for move, seconds, is_committed in steps:
        at += timedelta(seconds=seconds)
        try:
            change = _MOVES[move](change, at)
        except Refusal:
            continue
        if is_committed:
            facts.extend(change.facts)
            change = change.settled
    return change, [*facts, *change.facts]


@given(_steps)
@settings(max_examples=200, deadline=None)
def test_the_state_is_the_fold_of_the_facts(steps: list[tuple[str, int, bool]]) -> None:
    """Replaying the facts on the fresh contact gives the contact, but for what no fact tells."""
    change, facts = lived(steps)

    replayed = fresh()
    for fact in facts:
        replayed = evolve(replayed, fact.event, fact.at)

    contact = change.after
    untold = {"version": contact.version, "fact_count": contact.fact_count}
    assert replace(replayed, **untold) == contact  # type: ignore[arg-type]  # both are numbers


@given(_steps)
@settings(max_examples=200, deadline=None)
def test_facts_are_numbered_without_gaps_over_all_commits(
    steps: list[tuple[str, int, bool]],
) -> None:
    """1, 2, 3, … and the contact knows how many; every commit is a version."""
    change, facts = lived(steps)

    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    assert change.after.fact_count == len(facts)


@given(_steps)
@settings(max_examples=200, deadline=None)
def test_a_contact_is_never_two_things_at_once(steps: list[tuple[str, int, bool]]) -> None:
    """On offer means queued; connected means an agent, out of the queue; over means over."""
    contact = lived(steps)[0].after

    assert (contact.offer is not None) == (contact.state is S.OFFERED)
    if contact.is_in_queue:
        assert contact.queue is not None
        assert contact.queue.left_at is None
        assert contact.agent is None
    elif contact.queue is not None:
        assert contact.queue.left_at is not None
    if contact.state in (S.CONNECTED, S.ENDED):
        assert contact.agent is not None
    assert (contact.disconnected_at is None) == contact.state.is_live


@given(_steps)
@settings(max_examples=200, deadline=None)
def test_a_contact_ends_once_and_completes_once(steps: list[tuple[str, int, bool]]) -> None:
    """However many people hang up, and whatever comes later."""
    _, facts = lived(steps)
    told = [type(fact.event) for fact in facts]

    assert told.count(e.ContactDisconnected) <= 1
    assert told.count(e.ContactCompleted) <= 1
    assert told.count(e.AfterContactWorkEnded) <= told.count(e.AfterContactWorkStarted)


def test_an_empty_change_is_one_without_facts_or_fields() -> None:
    """Nothing to commit is told apart from something."""
    nothing = Change.of(fresh())

    assert nothing.is_empty
    assert not nothing.update(turn_number=1).is_empty
    assert not begun().is_empty
    assert Change.of(begun().settled.after).after.version == 1
    assert AgentId("a-ben") == BEN.agent_id
