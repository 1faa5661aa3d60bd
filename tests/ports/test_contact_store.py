"""What every ContactStore promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.exceptions import TransactWriteError

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.contacts import DynamoContactStore
from chalicelib.adapters.dynamo.routing import DynamoRoutingStore
from chalicelib.adapters.dynamo.shared import connection
from chalicelib.adapters.dynamo.stream import FactsWritten, StateWritten, read_change
from chalicelib.adapters.dynamo.tables import IN_CONTACTS, IN_ROUTING, ContactRow, DepthRow
from chalicelib.core import lifecycle as core
from chalicelib.core.center import Queue, agent_queue
from chalicelib.core.contact import Change, Contact, ContactState, Leg, LegFlow
from chalicelib.core.erasure import erased_fact
from chalicelib.core.errors import Conflict, LostRace, NotFound, QueueFull
from chalicelib.core.events import (
    AttributesUpdated,
    BlockExecuted,
    Channel,
    CustomerIdentified,
    DisconnectReason,
    Endpoint,
    OfferOutcome,
    TransferKind,
)
from chalicelib.core.flow import (
    CollectInput,
    PlayLoop,
    PlayPrompt,
    PresentView,
    Prompt,
    Routing,
    Session,
    Wait,
    WaitKind,
)
from chalicelib.core.ids import ContactId, CustomerId, FlowId, OfferId, QueueId
from chalicelib.core.routing import Depth, place_of
from chalicelib.core.transfers import Transfer, hand_over
from chalicelib.services.ports import ChatItem, Commit, ContactStore, RoutingStore
from tests.fakes.contacts import InMemoryContactStore, InMemoryRoutingStore
from tests.given import MONDAY, a_contact, later
from tests.house import PROFILE, USERS

BEN = USERS[0]
SALES = Queue(queue_id=QueueId("q-sales"), name="Sales", hours_id="h-1")
SMALL = Queue(queue_id=QueueId("q-small"), name="Small", hours_id="h-1", max_contacts=5)


@dataclass(frozen=True)
class Stores:
    contacts: ContactStore
    routing: RoutingStore


@pytest.fixture(params=["fake", "dynamo", "simulated"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        routing = InMemoryRoutingStore()
        return Stores(InMemoryContactStore(routing), routing)
    bind = "bind_tables" if request.param == "dynamo" else "bind_simulated"
    request.getfixturevalue(bind)(contacts=[*IN_CONTACTS], routing=[*IN_ROUTING])
    return Stores(DynamoContactStore(), DynamoRoutingStore())


@pytest.fixture
def store(stores: Stores) -> ContactStore:
    return stores.contacts


def begun(contact_id: str = "c-1", **fields: object) -> Change:
    fresh = a_contact(contact_id, fact_count=0, queue=None, agent=None, **fields)
    return core.initiate(fresh, at=MONDAY)


def waiting(store: ContactStore, contact_id: str = "c-1", queue: Queue = SALES) -> Contact:
    change = core.enqueue(begun(contact_id), queue, at=MONDAY)
    store.commit(Commit(contact=change, capacity=queue.max_contacts))
    return store.get(ContactId(contact_id))


def an_item(item_id: str, seconds: int = 0, **fields: str) -> ChatItem:
    return ChatItem(
        item_id=item_id,
        contact_id=ContactId("c-1"),
        at=later(seconds=seconds),
        type="MESSAGE",
        content_type="text/plain",
        **fields,
    )


# --- contacts and facts ---------------------------------------------------------------------------


def test_a_contact_is_read_as_it_was_committed(store: ContactStore) -> None:
    """Every field comes back, flow session and device's turn included; the version is one more."""
    prompt = Prompt(text="Xin chào ☎", language_code="vi-VN")
    change = begun(customer_id=CustomerId("C-ana"), channel=Channel.CHAT).update(
        session=Session(
            flow_id=FlowId("f-1"),
            action_id="Ask",
            wait=Wait(3, WaitKind.INPUT, 5.5),
            attributes={"topic": "lamp"},
            external={"name": "Ana", "tags": ["a", 1, None]},
            recorded_participants=("Agent",),
            loops={"Again": 2},
        ),
        turn=(PlayPrompt(prompt), CollectInput(prompt, 4, 5), PlayLoop((prompt,), None)),
        turn_number=7,
    )

    store.commit(Commit(contact=change))

    assert store.get(ContactId("c-1")) == change.settled.after
    assert change.settled.after.version == 1


def test_an_unknown_contact_is_not_found(store: ContactStore) -> None:
    """And has neither facts nor a transcript."""
    with pytest.raises(NotFound) as missing:
        store.get(ContactId("c-x"))

    assert missing.value.value == "c-x"
    assert not store.facts(ContactId("c-x"))
    assert not store.items(ContactId("c-x"))


def ends(store: ContactStore, contact_id: str, at: datetime) -> None:
    change = core.disconnect(begun(contact_id), DisconnectReason.CUSTOMER_DISCONNECT, at=at)
    store.commit(Commit(contact=change))


def listed(store: ContactStore, since: datetime, until: datetime) -> list[str]:
    assert isinstance(store, DynamoContactStore | InMemoryContactStore)
    return sorted(store.ended(since, until))


def test_contacts_are_listed_by_the_moment_they_ended(store: ContactStore) -> None:
    """The first moment counts, the last does not; hours of a civil day begin where they like."""
    for contact_id, seconds in (("c-1", -1), ("c-2", 0), ("c-3", 4000), ("c-4", 9000)):
        ends(store, contact_id, later(seconds=seconds))
    waiting(store, "c-5")

    assert listed(store, MONDAY, later(seconds=9000)) == ["c-2", "c-3"]
    assert listed(store, later(seconds=-1), later(seconds=9001)) == ["c-1", "c-2", "c-3", "c-4"]
    assert listed(store, later(seconds=1), later(seconds=1800)) == []


def test_what_becomes_known_of_a_contact_later_does_not_list_it_again(store: ContactStore) -> None:
    ends(store, "c-1", MONDAY)
    ended = store.get(ContactId("c-1"))
    news = Change.of(ended).then(AttributesUpdated(attributes={"topic": "lamp"}), later(hours=2))

    store.commit(Commit(contact=news))

    assert listed(store, MONDAY, later(hours=3)) == ["c-1"]


def test_contacts_are_found_together(store: ContactStore) -> None:
    """Those that there are not are left out; asked for twice is once."""
    known = [waiting(store, name) for name in ("c-1", "c-2")]
    wanted = [ContactId(name) for name in ("c-2", "c-1", "c-2", "c-nobody")]

    found = store.among(wanted)

    assert known == sorted(found, key=lambda contact: contact.contact_id)
    assert not store.among([])


@pytest.mark.parametrize("odd", ["", "x" * 3_000, "é/#$"])
def test_an_id_that_cannot_be_one_is_not_found(store: ContactStore, odd: str) -> None:
    """Clients may send anything for an id: that is their mistake, not ours."""
    with pytest.raises(NotFound):
        store.get(ContactId(odd))


def test_the_facts_of_all_commits_come_back_in_order(store: ContactStore) -> None:
    """Byte for byte, with the type of each."""
    contact = waiting(store)
    change = core.offer(Change.of(contact), BEN, offer_id=OfferId("o-1"), at=later(seconds=1))
    store.commit(Commit(contact=change))

    facts = store.facts(ContactId("c-1"))

    assert [fact.seq for fact in facts] == [1, 2, 3]
    assert facts[-1] == change.facts[-1]


def test_an_id_is_given_once(store: ContactStore) -> None:
    """A second contact of the same id is a conflict and changes nothing."""
    store.commit(Commit(contact=begun()))

    with pytest.raises(Conflict):
        store.commit(Commit(contact=begun(customer_endpoint=Endpoint("+12025550111"))))

    assert store.get(ContactId("c-1")) == begun().settled.after


def test_of_two_commits_on_one_version_the_second_is_a_conflict(store: ContactStore) -> None:
    """Nothing of it is stored: no fact, no message."""
    store.commit(Commit(contact=begun()))
    contact = store.get(ContactId("c-1"))
    store.commit(Commit(contact=core.enqueue(Change.of(contact), SALES, at=later(seconds=1))))

    late = core.disconnect(Change.of(contact), DisconnectReason.API, at=later(seconds=2))
    with pytest.raises(Conflict) as lost:
        store.commit(Commit(contact=late, items=[an_item("m-1")]))

    assert not isinstance(lost.value, QueueFull)
    assert store.get(contact.contact_id).state is ContactState.QUEUED
    assert len(store.facts(contact.contact_id)) == 2
    assert not store.items(contact.contact_id)


def test_a_turn_of_a_thousand_blocks_is_committed(store: ContactStore) -> None:
    """More than one row can hold; still one commit, in order."""
    change = begun()
    for number in range(1_000):
        block = BlockExecuted(
            flow_id=FlowId("f-1"),
            flow_version=1,
            block_id=f"block {number}",
            block_type="MessageParticipant",
            given={"Text": "x" * 300},
        )
        change = change.then(block, MONDAY)

    store.commit(Commit(contact=change))

    assert [fact.seq for fact in store.facts(ContactId("c-1"))] == list(range(1, 1_002))


# --- the line -------------------------------------------------------------------------------------


def line(stores: Stores, queue: Queue = SALES) -> list[str]:
    """Who waits, and does not ring."""
    places = stores.routing.line(queue, Channel.VOICE)
    return [place.contact_id for place in places if not place.is_ringing]


def head(stores: Stores, queue: Queue = SALES, line: str = "0", **ago: int) -> str | None:
    found = stores.routing.head(
        queue.queue_id, Channel.VOICE, line, ripe_at=later(minutes=5) - timedelta(**ago)
    )
    return found.contact_id if found else None


def test_a_contact_stands_in_line_exactly_while_it_waits(stores: Stores) -> None:
    """Not while it rings, again when nobody answered, at the old place; never after its end."""
    change = Change.of(waiting(stores.contacts, "c-1"))
    waiting(stores.contacts, "c-2")
    seen = [line(stores)]

    steps: list[Callable[[Change], Change]] = [
        lambda c: core.offer(c, BEN, offer_id=OfferId("o-1"), at=later(seconds=1)),
        lambda c: core.end_offer(c, OfferId("o-1"), OfferOutcome.MISSED, at=later(seconds=21)),
        lambda c: core.disconnect(c, DisconnectReason.CUSTOMER_DISCONNECT, at=later(seconds=30)),
    ]
    for step in steps:
        change = step(change)
        stores.contacts.commit(Commit(contact=change))
        change = change.settled
        seen.append(line(stores))

    assert seen == [["c-1", "c-2"], ["c-2"], ["c-1", "c-2"], ["c-2"]]


def test_who_rings_is_still_in_the_queue_at_the_old_place(stores: Stores) -> None:
    """So that nobody's place rises when it comes back."""
    change = Change.of(waiting(stores.contacts, "c-1"))
    waiting(stores.contacts, "c-2")
    change = core.offer(change, BEN, offer_id=OfferId("o-1"), at=later(seconds=1))
    stores.contacts.commit(Commit(contact=change))

    places = stores.routing.line(SALES, Channel.VOICE)

    assert [("c-1", True), ("c-2", False)] == [(p.contact_id, p.is_ringing) for p in places]
    assert "c-2" == head(stores)


def test_the_head_of_a_line_is_the_first_who_has_waited_long_enough(stores: Stores) -> None:
    """Also behind others of higher priority who have not."""
    for contact_id, seconds, priority in (("c-old", 0, 5), ("c-urgent", 200, 1), ("c-new", 250, 1)):
        wished = Session(routing=Routing(priority=priority))
        change = begun(contact_id).update(session=wished)
        change = core.enqueue(change, SALES, at=later(seconds=seconds))
        stores.contacts.commit(Commit(contact=change))

    waited = [head(stores, seconds=seconds) for seconds in (0, 99, 150, 301)]

    assert ["c-urgent", "c-urgent", "c-old", None] == waited


VIETNAMESE = {
    "Steps": [
        {
            "Expression": {
                "AttributeCondition": {
                    "Name": "Language",
                    "Value": "Vietnamese",
                    "ProficiencyLevel": level,
                    "ComparisonOperator": "NumberGreaterOrEqualTo",
                }
            },
            "Expiry": {"DurationInSeconds": 30},
        }
        for level in (3, 2)
    ]
}


def test_contacts_that_ask_for_certain_agents_wait_in_lines_of_their_own(stores: Stores) -> None:
    """One for each thing that is asked; where there is nothing left to ask, the common one."""
    asking = Session(routing=Routing(criteria=VIETNAMESE))
    change = core.enqueue(begun("c-asks").update(session=asking), SALES, at=MONDAY)
    stores.contacts.commit(Commit(contact=change))
    waiting(stores.contacts, "c-plain")
    seen = []
    for seconds in (0, 30, 60):
        if seconds:
            change = core.widen(change.settled, at=later(seconds=seconds))
            stores.contacts.commit(Commit(contact=change))
        lines = stores.routing.particular_lines(SALES.queue_id, Channel.VOICE)
        found = {str(each.expression): head(stores, line=each.line) for each in lines}
        (depth,) = stores.routing.depths([(SALES, Channel.VOICE)])
        seen.append((found, head(stores), depth))

    assert seen == [
        ({"Vietnamese ≥ 3": "c-asks"}, "c-plain", Depth(2, 1)),
        ({"Vietnamese ≥ 3": None, "Vietnamese ≥ 2": "c-asks"}, "c-plain", Depth(2, 1)),
        ({"Vietnamese ≥ 3": None, "Vietnamese ≥ 2": None}, "c-asks", Depth(2, 0)),
    ]
    assert ["c-asks", "c-plain"] == line(stores)


def test_a_line_is_known_for_a_week_and_longer_when_somebody_stands_in_it_still(
    stores: Stores,
) -> None:
    """An e-mail may wait until its agent is back from a holiday."""
    asking = Session(routing=Routing(criteria=VIETNAMESE))
    change = core.enqueue(begun("c-asks").update(session=asking), SALES, at=MONDAY)
    stores.contacts.commit(Commit(contact=change))
    (first,) = stores.routing.particular_lines(SALES.queue_id, Channel.VOICE)

    stores.routing.keep_line(SALES.queue_id, Channel.VOICE, first, at=later(days=7))

    (kept,) = stores.routing.particular_lines(SALES.queue_id, Channel.VOICE)
    assert (later(days=8), later(days=15)) == (first.known_until, kept.known_until)
    assert (first.line, first.expression) == (kept.line, kept.expression)


def test_depths_are_of_each_queue_and_channel_ringing_included(stores: Stores) -> None:
    """Also of a queue without a limit, and over all its shards."""
    hot = replace(SALES, queue_id=QueueId("q-hot"), shards=3)
    for number in range(5):
        change = core.enqueue(begun(f"c-{number}"), hot, at=MONDAY)
        stores.contacts.commit(Commit(contact=change))
    rung = core.offer(change.settled, BEN, offer_id=OfferId("o-1"), at=MONDAY)
    stores.contacts.commit(Commit(contact=rung))
    gone = Change.of(stores.contacts.get(ContactId("c-0")))
    gone = core.disconnect(gone, DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY)
    stores.contacts.commit(Commit(contact=gone))

    found = stores.routing.depths(
        [(hot, Channel.VOICE), (hot, Channel.CHAT), (SALES, Channel.VOICE)]
    )

    assert [Depth(4), Depth(0), Depth(0)] == list(found)
    assert not stores.routing.depths([])


def test_the_whole_line_is_seen_however_long(stores: Stores) -> None:
    """Not only the heads of its shards."""
    hot = replace(SALES, shards=3)
    names = [f"c-{n:02d}" for n in range(25)]
    for name in names:
        change = core.enqueue(begun(name), hot, at=later(seconds=1))
        stores.contacts.commit(Commit(contact=change))

    assert names == sorted(p.contact_id for p in stores.routing.line(hot, Channel.VOICE))
    assert not stores.routing.line(hot, Channel.CHAT)


def test_who_stands_before_a_place_is_seen_and_nobody_else(stores: Stores) -> None:
    """Over all shards, and who rings; of those who came in the same moment the lesser id."""
    hot = replace(SALES, shards=3)
    changes = {
        name: core.enqueue(begun(name), hot, at=later(seconds=second))
        for name, second in (("c-1", 3), ("c-2", 2), ("c-3", 2), ("c-4", 1), ("c-5", 4))
    }
    for change in changes.values():
        stores.contacts.commit(Commit(contact=change))
    place = place_of(changes["c-3"].after)

    ahead = stores.routing.line(hot, Channel.VOICE, before=place)

    assert ["c-4", "c-2"] == [each.contact_id for each in ahead]


def test_the_heads_of_a_line_are_the_first_of_each_priority_and_whoever_rings(
    stores: Stores,
) -> None:
    """Whoever waits longest is among them, however many wait."""
    for number, priority in enumerate((5, 5, 5, 1, 1, 9)):
        routing = Session(routing=Routing(priority=priority))
        change = begun(f"c-{number}").update(session=routing)
        placed = core.enqueue(change, SALES, at=later(seconds=-number))
        stores.contacts.commit(Commit(contact=placed))
    rung = core.offer(
        Change.of(stores.contacts.get(ContactId("c-0"))),
        BEN,
        offer_id=OfferId("o-1"),
        at=MONDAY,
    )
    stores.contacts.commit(Commit(contact=rung))

    heads = stores.routing.heads(SALES, Channel.VOICE)

    assert ["c-4", "c-2", "c-0", "c-5"] == [place.contact_id for place in heads]
    assert [False, False, True, False] == [place.is_ringing for place in heads]
    assert not stores.routing.heads(SALES, Channel.CHAT)


def test_the_line_is_by_priority_then_age_then_id(stores: Stores) -> None:
    """Over all shards of a hot queue."""
    hot = replace(SALES, shards=3)
    for contact_id, seconds, priority in (
        ("c-d", 0, 5),
        ("c-b", 9, 1),
        ("c-a", 9, 5),
        ("c-c", 9, 5),
        ("c-e", 3, 10),
    ):
        wished = Session(routing=Routing(priority=priority))
        change = begun(contact_id).update(session=wished)
        change = core.enqueue(change, hot, at=later(seconds=seconds))
        stores.contacts.commit(Commit(contact=change))

    assert line(stores, hot) == ["c-b", "c-d", "c-a", "c-c", "c-e"]
    assert not stores.routing.line(hot, Channel.CHAT)


# --- capacity -------------------------------------------------------------------------------------


def enter(store: ContactStore, contact_id: str, channel: Channel = Channel.VOICE) -> bool:
    change = core.enqueue(begun(contact_id, channel=channel), SMALL, at=MONDAY)
    try:
        store.commit(Commit(contact=change, capacity=SMALL.max_contacts))
    except QueueFull:
        return False
    return True


def test_of_twenty_who_enter_a_queue_of_five_exactly_five_do(stores: Stores) -> None:
    """And nothing of the others is stored."""
    entered = [enter(stores.contacts, f"c-{n:02}") for n in range(20)]

    assert entered == [True] * 5 + [False] * 15
    assert line(stores, SMALL) == [f"c-{n:02}" for n in range(5)]
    with pytest.raises(NotFound):
        stores.contacts.get(ContactId("c-05"))


def test_a_limit_counts_each_channel_apart(store: ContactStore) -> None:
    assert [enter(store, f"c-{n}") for n in range(6)][-1] is False
    assert enter(store, "c-chat", Channel.CHAT)


def test_a_limit_counts_those_who_waited_before_it_was_set(store: ContactStore) -> None:
    """And who leaves makes room, whenever they came."""
    unlimited = replace(SMALL, max_contacts=None)
    for number in range(5):
        waiting(store, f"c-{number}", unlimited)

    assert not enter(store, "c-5")
    gone = Change.of(store.get(ContactId("c-0")))
    gone = core.disconnect(gone, DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY)
    store.commit(Commit(contact=gone))
    assert [True, False] == [enter(store, f"c-{number}") for number in (6, 7)]


@pytest.mark.parametrize("way_out", ["leaves", "leaves while it rings", "is answered"])
def test_whoever_leaves_the_queue_makes_room(store: ContactStore, way_out: str) -> None:
    """By hanging up or by an answer; a ringing contact still counts."""
    for number in range(5):
        enter(store, f"c-{number}")
    change = Change.of(store.get(ContactId("c-0")))
    if way_out != "leaves":
        change = core.offer(change, BEN, offer_id=OfferId("o-1"), at=MONDAY)
        store.commit(Commit(contact=change))
        assert not enter(store, "c-5")
        change = change.settled
    if way_out == "is answered":
        change = core.connect(change, OfferId("o-1"), BEN, PROFILE, at=MONDAY)
    else:
        change = core.disconnect(change, DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY)

    store.commit(Commit(contact=change))

    assert enter(store, "c-6")
    assert not enter(store, "c-7")


def test_a_queue_of_no_places_takes_nobody(store: ContactStore) -> None:
    """A limit of 0 closes a queue."""
    closed = replace(SMALL, max_contacts=0)
    with pytest.raises(QueueFull):
        store.commit(Commit(contact=core.enqueue(begun(), closed, at=MONDAY), capacity=0))


def test_without_a_capacity_a_full_queue_takes_and_counts_whoever_comes(
    store: ContactStore,
) -> None:
    """As a call back, which was promised a place; whoever comes after it finds the queue full."""
    for number in range(5):
        enter(store, f"c-{number}")

    store.commit(Commit(contact=core.enqueue(begun("c-promised"), SMALL, at=MONDAY)))

    assert store.get(ContactId("c-promised")).is_in_queue
    gone = Change.of(store.get(ContactId("c-0")))
    gone = core.disconnect(gone, DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY)
    store.commit(Commit(contact=gone))
    assert not enter(store, "c-late")


def test_a_lost_race_at_a_full_queue_is_a_lost_race(store: ContactStore) -> None:
    """Who was not first must look again before being told that the queue is full."""
    store.commit(Commit(contact=begun("c-late")))
    contact = store.get(ContactId("c-late"))
    noted = Change.of(contact).then(CustomerIdentified(customer_id=None, is_new=False), MONDAY)
    store.commit(Commit(contact=noted))
    for number in range(5):
        enter(store, f"c-{number}")

    change = core.enqueue(Change.of(contact), SMALL, at=MONDAY)
    with pytest.raises(Conflict) as lost:
        store.commit(Commit(contact=change, capacity=SMALL.max_contacts))

    assert not isinstance(lost.value, QueueFull)


# --- successors -----------------------------------------------------------------------------------


def talking(store: ContactStore) -> Contact:
    change = core.offer(Change.of(waiting(store)), BEN, offer_id=OfferId("o-1"), at=MONDAY)
    store.commit(Commit(contact=core.connect(change, OfferId("o-1"), BEN, PROFILE, at=MONDAY)))
    return store.get(ContactId("c-1"))


def handed_over(contact: Contact, queue: Queue = SMALL) -> Commit:
    moved = Transfer(kind=TransferKind.QUEUE, target=queue.queue_id, queue_id=queue.queue_id)
    handover = hand_over(Change.of(contact), moved, ContactId("c-next"), at=later(seconds=9))
    successor = core.enqueue(handover.successor, queue, at=later(seconds=9))
    return Commit(contact=handover.left, successor=successor, capacity=queue.max_contacts)


def test_a_contact_ends_and_its_successor_begins_in_one_commit(stores: Stores) -> None:
    """Each with its facts; the successor stands in line, at the place of the first."""
    commit = handed_over(talking(stores.contacts))

    stores.contacts.commit(commit)

    first, there = (stores.contacts.get(ContactId(each)) for each in ("c-1", "c-next"))
    assert [change.settled.after for change in commit.changes] == [first, there]
    assert stores.contacts.facts(there.contact_id) == list(commit.changes[1].facts)
    [place] = stores.routing.line(SMALL, Channel.VOICE)
    assert (place.contact_id, place.entered_at) == (there.contact_id, MONDAY)


def test_a_successor_that_asks_for_certain_agents_is_found_in_its_line(stores: Stores) -> None:
    """Also where nobody has asked that of this queue before."""
    contact = talking(stores.contacts)
    asking = replace(
        contact, session=replace(contact.session, routing=Routing(criteria=VIETNAMESE))
    )

    stores.contacts.commit(handed_over(asking))

    [asked] = stores.routing.particular_lines(SMALL.queue_id, Channel.VOICE)
    place = stores.routing.head(SMALL.queue_id, Channel.VOICE, asked.line)
    assert place is not None
    assert "c-next" == place.contact_id


def test_neither_is_stored_when_either_came_second(store: ContactStore) -> None:
    """The first changed meanwhile, the successor is there already, or its queue is full."""
    contact = talking(store)
    commit = handed_over(contact)
    noted = Change.of(contact).then(CustomerIdentified(customer_id=None, is_new=False), MONDAY)
    store.commit(Commit(contact=noted))
    with pytest.raises(LostRace):
        store.commit(commit)
    with pytest.raises(NotFound):
        store.get(ContactId("c-next"))
    for number in range(5):
        enter(store, f"c-full-{number}")
    with pytest.raises(QueueFull):
        store.commit(handed_over(store.get(ContactId("c-1"))))
    assert store.get(ContactId("c-1")).state is ContactState.CONNECTED

    store.commit(handed_over(store.get(ContactId("c-1")), SALES))
    taken = handed_over(contact, SALES)
    with pytest.raises(LostRace):
        store.commit(replace(taken, contact=None))


# --- transcripts ----------------------------------------------------------------------------------


def test_a_transcript_is_in_order_of_time_whatever_the_order_of_writing(
    store: ContactStore,
) -> None:
    for item_id, seconds in (("m-3", 9), ("m-1", 1), ("m-2", 2)):
        store.add_item(an_item(item_id, seconds, content="ع👍\r\n\x00"))

    items = store.items(ContactId("c-1"))

    assert [item.item_id for item in items] == ["m-1", "m-2", "m-3"]
    assert {item.content for item in items} == {"ع👍\r\n\x00"}


def test_the_same_item_twice_is_one_and_the_first_stays(store: ContactStore) -> None:
    """Also when the second comes later, with another text."""
    store.add_item(an_item("m-1", 1, content="first"))
    store.add_item(an_item("m-1", 9, content="second"))

    assert [item.content for item in store.items(ContactId("c-1"))] == ["first"]


def test_what_a_flow_says_is_in_the_transcript_with_its_commit(store: ContactStore) -> None:
    store.commit(Commit(contact=begun(), items=[an_item("m-1"), an_item("m-2", 1)]))

    assert [item.item_id for item in store.items(ContactId("c-1"))] == ["m-1", "m-2"]


# --- the rows of the real store -------------------------------------------------------------------


@pytest.fixture
def real(bind_tables: Callable[..., None]) -> DynamoContactStore:
    bind_tables(contacts=[*IN_CONTACTS], routing=[*IN_ROUTING])
    return DynamoContactStore()


def test_an_item_is_written_however_crowded_it_is(
    real: DynamoContactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conflict of transactions is no proof that the item is there."""
    client = connection(ContactRow).client
    call, crowds = client._make_api_call, iter([True, True])

    def crowded(name: str, *rest: object) -> object:
        if name == "TransactWriteItems" and next(crowds, False):
            raise ClientError(
                {
                    "Error": {"Code": "TransactionCanceledException", "Message": "crowded"},
                    "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
                },
                name,
            )
        return call(name, *rest)

    monkeypatch.setattr(client, "_make_api_call", crowded)

    real.add_item(an_item("m-1"))

    assert ["m-1"] == [item.item_id for item in real.items(ContactId("c-1"))]


def test_a_contact_moves_from_line_to_line_in_one_commit(stores: Stores) -> None:
    """Both lines and both depths are right, also where it moves within one queue."""
    contact = waiting(stores.contacts, queue=SMALL)
    other = replace(SMALL, queue_id=QueueId("q-other"))

    for queue, left in ((other, SMALL), (other, SMALL), (SMALL, other)):
        change = core.transfer(Change.of(contact), queue, at=later(seconds=9))
        stores.contacts.commit(Commit(contact=change, capacity=5))
        contact = stores.contacts.get(contact.contact_id)
        assert (["c-1"], []) == (line(stores, queue), line(stores, left))
    for n in range(4):
        waiting(stores.contacts, f"c-more-{n}", SMALL)
    with pytest.raises(QueueFull):
        waiting(stores.contacts, "c-too-many", SMALL)


def test_a_contact_that_moves_within_its_line_is_counted_once(stores: Stores) -> None:
    contact = waiting(stores.contacts, queue=SMALL)
    session = replace(contact.session, routing=Routing(priority=1, age_seconds=30))

    change = core.rank_anew(Change.of(contact).update(session=session), at=later(seconds=9))
    stores.contacts.commit(Commit(contact=change))

    (place,) = stores.routing.line(SMALL, Channel.VOICE)
    assert (1, MONDAY - timedelta(seconds=30)) == (place.priority, place.entered_at)
    for n in range(4):
        waiting(stores.contacts, f"c-more-{n}", SMALL)
    with pytest.raises(QueueFull):
        waiting(stores.contacts, "c-too-many", SMALL)


def test_what_a_contact_asks_of_agents_may_change_while_it_rings(stores: Stores) -> None:
    """It rings on at its place, and comes back into the line of those who ask the same."""
    contact = waiting(stores.contacts)
    rung = core.offer(Change.of(contact), BEN, offer_id=OfferId("o-1"), at=MONDAY)
    stores.contacts.commit(Commit(contact=rung))
    session = replace(contact.session, routing=Routing(criteria=VIETNAMESE))

    asks = core.rank_anew(rung.settled.update(session=session), at=later(seconds=9))
    stores.contacts.commit(Commit(contact=asks))

    (place,) = stores.routing.line(SALES, Channel.VOICE)
    assert ("c-1", True) == (place.contact_id, place.is_ringing)
    back = core.end_offer(asks.settled, OfferId("o-1"), OfferOutcome.MISSED, at=later(seconds=20))
    stores.contacts.commit(Commit(contact=back))
    (asked,) = stores.routing.particular_lines(SALES.queue_id, Channel.VOICE)
    assert ("c-1", None) == (head(stores, line=asked.line), head(stores))


def test_an_agent_has_a_line_of_their_own_on_each_channel(stores: Stores) -> None:
    """And nobody else's contacts in it."""
    own = agent_queue(BEN)
    for n, channel in enumerate((Channel.VOICE, Channel.CHAT, Channel.VOICE)):
        change = core.enqueue(begun(f"c-{n}", channel=channel), own, at=later(seconds=9 - n))
        stores.contacts.commit(Commit(contact=change))
    elsewhere = core.enqueue(begun("c-else"), agent_queue(USERS[1]), at=MONDAY)
    stores.contacts.commit(Commit(contact=elsewhere))

    assert ["c-2", "c-0"] == line(stores, own)
    assert "c-2" == head(stores, own)
    depths = stores.routing.depths([(own, Channel.VOICE), (own, Channel.CHAT)])
    assert [Depth(2), Depth(1)] == list(depths)


def test_what_each_leg_was_told_is_read_as_it_was_committed(store: ContactStore) -> None:
    prompt = Prompt(text="A call for Sales.")
    session = Session(action_id="Tell", wait=Wait(1, WaitKind.PLAYBACK, 2.0))
    told = LegFlow(
        session=session, turn=(PlayPrompt(prompt), PresentView({"a": [1]})), turn_number=3
    )
    change = begun()
    change = replace(change, after=change.after.with_leg(Leg.AGENT, told))

    store.commit(Commit(contact=change))

    assert store.get(ContactId("c-1")) == change.settled.after


def test_the_depth_is_counted_down_to_where_it_began(real: DynamoContactStore) -> None:
    """Every contact that entered and left a limited queue leaves the counter as it was."""
    for number in range(3):
        enter(real, f"c-{number}")
    for number in range(3):
        change = Change.of(real.get(ContactId(f"c-{number}")))
        change = core.disconnect(change, DisconnectReason.CUSTOMER_DISCONNECT, at=MONDAY)
        real.commit(Commit(contact=change))

    assert DepthRow.get("depth#q-small", "VOICE").waiting == 0


def test_a_commit_is_one_request(real: DynamoContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contact, facts, place, depth and messages stand or fall together."""
    client = connection(ContactRow).client
    calls: list[str] = []
    call = client._make_api_call

    def counted(name: str, *rest: object) -> object:
        calls.append(name)
        return call(name, *rest)

    monkeypatch.setattr(client, "_make_api_call", counted)
    change = core.enqueue(begun(), SMALL, at=MONDAY)

    real.commit(Commit(contact=change, capacity=5, items=[an_item("m-1")]))

    assert calls == ["TransactWriteItems"]


class Crowd:
    """Answers transactions with these cancellation reasons, so often, and counts them."""

    def __init__(self, client: Any, *codes: str, times: int = 99) -> None:
        self.calls = 0
        self._call, self._codes, self._times = client._make_api_call, codes, times

    def __call__(self, name: str, *rest: object) -> object:
        self.calls += 1
        if self.calls > self._times:
            return self._call(name, *rest)
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "canceled"},
            "CancellationReasons": [{"Code": code} for code in self._codes],
        }
        raise ClientError(answer, name)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (("None", "None", "ConditionalCheckFailed"), QueueFull),
        (("None", "None", "TransactionConflict"), LostRace),
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), LostRace),
        (("TransactionConflict", "None", "None"), LostRace),
    ],
)
def test_a_full_queue_is_told_apart_from_a_crowded_one(
    real: DynamoContactStore,
    monkeypatch: pytest.MonkeyPatch,
    codes: tuple[str, ...],
    error: type[Conflict],
) -> None:
    """Many entering at once meet at the counter: that must not read as a full queue."""
    client = connection(ContactRow).client
    monkeypatch.setattr(client, "_make_api_call", Crowd(client, *codes))

    with pytest.raises(Conflict) as refused:
        real.commit(Commit(contact=core.enqueue(begun(), SMALL, at=MONDAY), capacity=5))

    assert type(refused.value) is error


def test_a_commit_that_was_in_anothers_way_is_tried_again(
    real: DynamoContactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No condition failed, so nobody was first: the same commit may still succeed."""
    client = connection(ContactRow).client
    crowd = Crowd(client, "None", "TransactionConflict", times=3)
    monkeypatch.setattr(client, "_make_api_call", crowd)

    real.commit(Commit(contact=begun()))

    assert crowd.calls == 4
    assert real.get(ContactId("c-1")).version == 1


def test_a_commit_that_gets_no_answer_is_no_lost_race(
    real: DynamoContactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made it hears that it timed out, for it may have been done."""
    client = connection(ContactRow).client

    def times_out(*_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(client, "_make_api_call", times_out)

    with pytest.raises(TransactWriteError) as failed:
        real.commit(Commit(contact=begun()))

    assert isinstance(failed.value.cause, ReadTimeoutError)


def test_the_stream_tells_the_facts_of_a_commit_and_the_states_around_it() -> None:
    """Transcripts and removals are read over."""
    change = begun()
    row = {
        "pk": {"S": "c-1"},
        "sk": {"S": "facts#00000001"},
        "document": {"S": codec.dump_facts(change.facts)},
    }
    state = {**row, "sk": {"S": "state"}, "document": {"S": codec.dump_contact(change.after)}}
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": row}}

    facts = FactsWritten(ContactId("c-1"), list(change.facts))
    assert facts == read_change(record)
    began = {**record, "dynamodb": {"NewImage": state}}
    assert StateWritten(None, change.after) == read_change(began)
    went_on = {"eventName": "MODIFY", "dynamodb": {"NewImage": state, "OldImage": state}}
    assert StateWritten(change.after, change.after) == read_change(went_on)
    assert read_change({**record, "eventName": "REMOVE"}) is None
    item = {**row, "sk": {"S": "item#2026"}}
    assert read_change({**record, "dynamodb": {"NewImage": item}}) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
_texts = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4)


@given(
    _texts,
    st.dictionaries(st.text(max_size=5), _json, max_size=4),
    st.floats(0, 1e6),
    st.sampled_from(WaitKind),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_state_that_can_be_saved_can_be_loaded(
    attributes: dict[str, str], external: dict[str, object], seconds: float, kind: WaitKind
) -> None:
    """Whatever customers type and functions answer."""
    session = Session(
        attributes=attributes,
        external=external,
        wait=Wait(1, kind, seconds),
        stored_input=next(iter(attributes), None),
    )
    contact = a_contact(session=session)

    assert codec.load_contact(codec.dump_contact(contact)) == contact


# --- erased ---------------------------------------------------------------------------------------


def test_words_that_are_erased_are_in_neither_facts_nor_transcript(store: ContactStore) -> None:
    """As many of both as before, at the same moments; erased twice is erased once."""
    change = begun(channel=Channel.CHAT, customer=replace(a_contact().customer, name="Ana"))
    store.commit(Commit(contact=change.then(AttributesUpdated(attributes={"a": "b"}), MONDAY)))
    for number in range(2):
        store.add_item(an_item(f"m-{number}", number, content="hello", display_name="Ana"))
    before = store.facts(ContactId("c-1"))

    store.erase_words(ContactId("c-1"))
    once = store.facts(ContactId("c-1")), store.items(ContactId("c-1"))
    store.erase_words(ContactId("c-1"))

    assert [erased_fact(fact) for fact in before] == once[0] != before
    assert [(item.item_id, item.content, item.display_name) for item in once[1]] == [
        ("m-0", "", ""),
        ("m-1", "", ""),
    ]
    assert once == (store.facts(ContactId("c-1")), store.items(ContactId("c-1")))


def test_the_words_of_a_contact_that_is_not_there_are_erased(store: ContactStore) -> None:
    """Nothing is made of it."""
    store.erase_words(ContactId("c-x"))

    assert (store.facts(ContactId("c-x")), store.items(ContactId("c-x"))) == ([], [])


def test_what_was_erased_is_no_new_fact(bind_tables: Callable[..., None]) -> None:
    """The stream tells of changed facts, too; nothing hangs on them."""
    keys = {"pk": {"S": "c-1"}, "sk": {"S": "facts#00000001"}, "document": {"S": "[]"}}

    assert read_change({"eventName": "MODIFY", "dynamodb": {"NewImage": keys}}) is None
