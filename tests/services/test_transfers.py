"""Customers who are handed over: each in one contact at any time, and none of them lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.adapters.announcer import turn_frame
from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import (
    PracticeNumber,
    PracticeOutcome,
    ProfileQueue,
    QueueStatus,
    own_queue_id,
)
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Conflict, Denied, NotFound, Rejected
from chalicelib.core.events import (
    Channel,
    ContactDisconnected,
    ContactInitiated,
    ContactQueued,
    ContactTransferred,
    ConversationContinued,
    CustomerIdentified,
    DisconnectReason,
    InitiationMethod,
    TransferKind,
)
from chalicelib.core.flow import InputReceived, PlaybackFinished, Port, WaitKind
from chalicelib.core.ids import (
    ConnectionId,
    ContactId,
    FlowId,
    QueueId,
    QuickConnectId,
    RoutingProfileId,
)
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.core.routing import SlotState
from chalicelib.services.chain import last_of_chain
from chalicelib.services.lines import LineAnswers
from chalicelib.services.ports import Timer, TimerKind
from tests.fakes.world import SilentVoice
from tests.house import (
    BEN,
    CLEO,
    DONE,
    PROFILE,
    SALES,
    SUPPORT,
    House,
    a_center,
    action,
    document,
    to_queue,
)

FLOWS = Path(__file__).parents[2] / "flows"
FRIEND, NOBODY = "+12025550900", "+12025550901"


class Streams:
    def stream_arn(self, contact_id: ContactId) -> str:
        return f"arn:{contact_id}"


class MovingHouse(House):
    """Ben and Cleo, who serve Sales and Support, and the center's own flows for transfers."""

    def __init__(self) -> None:
        numbers = (
            PracticeNumber(number=FRIEND, rings_seconds=3, talks_seconds=60),
            PracticeNumber(number=NOBODY, outcome=PracticeOutcome.NO_ANSWER),
        )
        served = (*PROFILE.queues, ProfileQueue(queue_id=SALES, channel=Channel.TASK))
        concurrency = {**PROFILE.concurrency, Channel.TASK: 1}
        profile = replace(PROFILE, queues=served, concurrency=concurrency)
        super().__init__(a_center(practice_numbers=numbers, profiles=(profile,)))
        for name, type_ in (
            ("Default customer queue", "CUSTOMER_QUEUE"),
            ("Agent lost", "CONTACT_FLOW"),
            ("Default transfer to number", "CONTACT_FLOW"),
        ):
            file = FLOWS / f"{name.lower().replace(' ', '-')}.json"
            self.publish(name, file.read_text(), type_=type_)
        exchange = PracticeExchange(self.center, self.timers, self.now)
        answers = LineAnswers(exchange, Streams(), self.hours.is_open)
        self.respondents[Port.LINE] = lambda: answers

    def talks(self, flow: str | None = None, **more: object) -> ContactId:
        """A call, answered by Ben after half a minute."""
        contact_id = self.rings(flow, **more)
        self.opens_a_socket(contact_id)
        self.later(30)
        self.signs_in("ben")
        self.answers(BEN, contact_id)
        self.streams()
        return contact_id

    def goes_to(self, contact_id: ContactId, queue: str = "Support") -> Contact:
        """Ben hands it over."""
        there = self.transfers.by_agent(BEN, contact_id, self.destinations.queue(queue))
        self.streams()
        return self.contact(there)

    def presses(self, contact_id: ContactId, key: str) -> None:
        """The customer, as their page knows the contact; and all is heard to its end."""
        self.flows.reply(contact_id, self._wait(contact_id), InputReceived(key))
        self.hears_out(contact_id)

    def hears_out(self, contact_id: ContactId) -> None:
        wait = last_of_chain(self.contacts, contact_id).session.wait
        if wait is not None and wait.kind is WaitKind.PLAYBACK:
            self.flows.reply(contact_id, wait.number, PlaybackFinished())

    def _wait(self, contact_id: ContactId) -> int:
        wait = last_of_chain(self.contacts, contact_id).session.wait
        assert wait is not None, "nothing is asked"
        return wait.number

    def told(self, contact: Contact) -> list[str]:
        """What the customer's page does now."""
        commands = turn_frame(self.contact(contact.contact_id), SilentVoice())["commands"]
        return [c["prompts"][0]["text"] if c.get("prompts") else c["do"] for c in commands]


def quick_connect(kind: QuickConnectType, **more: object) -> QuickConnect:
    identifier = QuickConnectId(f"qc-{kind}")
    return QuickConnect(quick_connect_id=identifier, name=str(kind), type=kind, **more)  # type: ignore[arg-type]  # names as in QuickConnect


def attach(house: House, made: QuickConnect, *, queue_id: QueueId = SALES) -> None:
    known = house.center.configuration
    queues = tuple(
        replace(each, quick_connect_ids=(*each.quick_connect_ids, made.quick_connect_id))
        if each.queue_id == queue_id
        else each
        for each in known.queues
    )
    made_known = (*known.quick_connects, made)
    house.center.configuration = replace(known, queues=queues, quick_connects=made_known)


@pytest.fixture
def house() -> MovingHouse:
    return MovingHouse()


# --- to a queue -----------------------------------------------------------------------------------


def test_a_customer_who_is_transferred_goes_on_in_a_contact_of_their_own(
    house: MovingHouse,
) -> None:
    """The first one is over, with after contact work for its agent; each names the other."""
    first = house.talks(attributes={"topic": "lamp"})

    there = house.goes_to(first)

    left = house.contact(first)
    assert (ContactState.ENDED, there.contact_id) == (left.state, left.next_contact_id)
    assert DisconnectReason.AGENT_DISCONNECT is left.disconnect_reason
    assert (ContactState.QUEUED, "Support") == (there.state, there.queue and there.queue.name)
    assert (first, first) == (there.previous_contact_id, there.initial_contact_id)
    assert (InitiationMethod.TRANSFER, 1) == (there.initiation_method, there.transfers)
    assert left.customer == there.customer
    assert (left.customer_id, {"topic": "lamp"}) == (there.customer_id, there.attributes)
    slot = house.agent(BEN).slot(first)
    assert slot is not None
    assert SlotState.ENDED is slot.state


def test_both_contacts_tell_what_became_of_the_customer(house: MovingHouse) -> None:
    """Who moved whom where to, and where the customer came from."""
    first = house.talks()
    there = house.goes_to(first)

    [moved] = house.events(first, ContactTransferred)
    [began] = house.events(there.contact_id, ContactInitiated)
    assert (there.contact_id, TransferKind.QUEUE, SUPPORT, "ben") == (
        moved.to,
        moved.kind,
        moved.target,
        moved.by,
    )
    assert (first, first, InitiationMethod.INBOUND) == (
        began.previous_contact_id,
        began.initial_contact_id,
        began.begun_by,
    )
    assert "CONNECTED" == house.events(first, ContactDisconnected)[0].was_in
    assert not house.events(there.contact_id, CustomerIdentified)[0].is_new


def test_a_transfer_back_keeps_the_first_enqueue_time(house: MovingHouse) -> None:
    """Whoever came while the customer talked stands behind; nobody waits twice for one matter."""
    first = house.talks()  # queued at 0 s, answered at 30 s
    house.later(60)
    other = house.rings("To Sales")  # at 90 s; nobody is free
    house.later(60)
    there = house.goes_to(first, "Sales")

    began = house.contact(first).initiated_at
    assert there.queue is not None
    assert began == there.queue.counts_since
    assert house.at == there.queue.entered_at
    house.signs_in("cleo")
    assert (CLEO, None) == (house.rings_at(there.contact_id), house.rings_at(other))


def test_to_and_fro_the_first_enqueue_time_stays(house: MovingHouse) -> None:
    """Over any number of transfers, and what flows added to the age counts once."""
    older = action(
        "Age", "UpdateContactRoutingBehavior", "Choose", QueueTimeAdjustmentSeconds="100"
    )
    house.publish("Older", to_queue("Sales", older))
    contact_id = house.talks("Older")
    began = house.contact(contact_id).initiated_at
    for queue in ("Support", "Sales", "Support"):
        there = house.goes_to(contact_id, queue)
        assert there.queue is not None
        assert 100 == (began - there.queue.counts_since).total_seconds()
        house.desk.complete(BEN, contact_id, DONE)
        contact_id = there.contact_id
        house.later(10)
        house.answers(BEN, contact_id)


def test_a_chain_has_at_most_twelve_contacts(house: MovingHouse) -> None:
    """The eleventh transfer is the last one; after that the customer stays with the agent."""
    contact_id = house.talks()
    for _ in range(11):
        there = house.goes_to(contact_id)
        house.desk.complete(BEN, contact_id, replace(DONE, disposition="solved"))
        contact_id = there.contact_id
        house.answers(BEN, contact_id)

    with pytest.raises(Rejected, match="at most 11 times"):
        house.goes_to(contact_id)

    assert ContactState.CONNECTED is house.contact(contact_id).state


def test_asking_twice_transfers_once(house: MovingHouse) -> None:
    """A desk that did not hear the answer asks again."""
    first = house.talks()

    assert house.goes_to(first) == house.goes_to(first)

    assert 2 == len(house.contacts.contacts)


def test_a_worker_that_lost_the_race_makes_the_same_successor(house: MovingHouse) -> None:
    """Between reading and writing somebody noted a fact: decided again, committed once."""
    first = house.talks()
    house.contacts.meanwhile.append(lambda: house.desk.hold(BEN, first))

    there = house.goes_to(first)

    assert (ContactState.QUEUED, there.contact_id) == (
        there.state,
        house.contact(first).next_contact_id,
    )


def test_of_a_transfer_and_a_customer_who_hangs_up_one_happens(house: MovingHouse) -> None:
    """The customer was first: there is nobody to transfer, and no contact for nobody."""
    first = house.talks()
    house.contacts.meanwhile.append(
        lambda: house.desk.end(first, DisconnectReason.CUSTOMER_DISCONNECT)
    )

    with pytest.raises(Conflict, match="not with an agent"):
        house.goes_to(first)

    assert 1 == len(house.contacts.contacts)


def test_a_full_queue_takes_a_fifth_more_of_those_who_are_transferred(
    house: MovingHouse,
) -> None:
    """Support has five places; a sixth is there for a transfer, and no seventh."""
    for _ in range(5):
        house.rings("To Support")
    first = house.talks("To Sales")
    assert "Support" == house.goes_to(first).queue.name  # type: ignore[union-attr]
    house.desk.complete(BEN, first, DONE)
    house.desk.set_status(BEN, "Break")
    second = house.rings("To Sales")
    house.signs_in("cleo")
    house.answers(CLEO, second)

    with pytest.raises(Conflict, match="the queue is full"):
        house.transfers.by_agent(CLEO, second, house.destinations.queue("Support"))

    assert ContactState.CONNECTED is house.contact(second).state


def test_nobody_is_handed_over_to_a_disabled_queue(house: MovingHouse) -> None:
    """The customer stays with the agent, who is told why."""
    first = house.talks()
    center = house.center.configuration
    queues = [replace(queue, status=QueueStatus.DISABLED) for queue in center.queues]
    house.center.configuration = replace(center, queues=tuple(queues))

    with pytest.raises(Conflict, match="queue 'Support' is disabled"):
        house.transfers.by_agent(BEN, first, house.destinations.queue("Support"))

    assert ContactState.CONNECTED is house.contact(first).state


def test_only_the_agent_of_the_contact_hands_it_over(house: MovingHouse) -> None:
    first = house.talks()
    for whoever, target, error in (
        (CLEO, "Support", Denied),
        (BEN, "Nowhere", NotFound),
    ):
        with pytest.raises(error):
            house.transfers.by_agent(whoever, first, house.destinations.queue(target))
    assert ContactState.CONNECTED is house.contact(first).state


# --- the customer's device ------------------------------------------------------------------------


def test_the_customers_page_is_told_to_go_on_and_never_that_the_call_ended(
    house: MovingHouse,
) -> None:
    """Turns are counted on, so that the page drops none; the socket stays where it was."""
    first = house.talks()
    before = house.contact(first).turn_number
    house.announcer.turns.clear()

    there = house.goes_to(first)

    told = [c for c in house.announcer.turns if c.next_contact_id is None]
    assert {there.contact_id} == {c.contact_id for c in told}
    assert there.turn_number > before
    assert there.chain_id == first
    assert [
        "Thank you for waiting. The next free colleague will be with you shortly."
    ] == house.told(there)


def test_a_page_that_speaks_of_the_first_contact_is_understood(house: MovingHouse) -> None:
    """Its keys answer the flow of the contact that its customer is in now."""
    house.publish("Ask", (FLOWS / "agent-lost.json").read_text())
    first = house.talks()
    transfer = house.destinations.queue("Support", flow="flow:Ask")
    there = house.transfers.by_agent(BEN, first, transfer)

    house.presses(first, "1")

    assert house.contact(there).is_in_queue


def test_a_caller_who_leaves_after_a_transfer_has_left(house: MovingHouse) -> None:
    """The socket that closes is that of the chain; the first contact's clock ends the last one."""
    first = house.talks()
    there = house.goes_to(first)
    for timer in house.timers.of(TimerKind.CUSTOMER):
        house.alarm_clock.ring(replace(timer, due_at=house.at))
    assert house.contact(there.contact_id).state.is_live

    closed = next(t for t in house.timers.of(TimerKind.CUSTOMER) if t.contact_id == first)
    house.alarm_clock.ring(replace(closed, due_at=house.at, key="ws-ana"))

    assert DisconnectReason.CUSTOMER_DISCONNECT is (
        house.contact(there.contact_id).disconnect_reason
    )


def test_a_chat_that_is_transferred_goes_on_with_all_that_was_written(house: MovingHouse) -> None:
    """Same token, one transcript; nobody is told that the chat has ended."""
    started = house.chats("Hello")
    house.signs_in("ben")
    house.answers(BEN, started.contact_id)
    house.chat.send(started.participant_token, "text/plain", "My lamp is broken.", None)
    house.streams()

    there = house.goes_to(started.contact_id, "Sales")
    house.chat.send(started.participant_token, "text/plain", "Still there?", None)
    house.streams()

    page = house.chat.transcript(
        started.participant_token, limit=100, is_newest_first=False, next_token=None
    )
    said = [item.content for item in page.items if item.role == "CUSTOMER"]
    assert ["My lamp is broken.", "Still there?"] == said
    assert not [item for item in page.items if "chat.ended" in item.content_type]
    assert [item.content_type for item in page.items if "participant.left" in item.content_type]
    assert there.contact_id == house.chat.contact_of(started.participant_token).contact_id
    [goes_on] = house.events(there.contact_id, ConversationContinued)
    assert (started.contact_id, True) == (goes_on.source_contact_id, goes_on.is_entire)


# --- through a flow, to an agent, to a number -----------------------------------------------------


def test_a_quick_connects_flow_speaks_to_the_customer_first(house: MovingHouse) -> None:
    """With the queue as its working queue."""
    house.publish(
        "Moving",
        document(
            action("Say", "MessageParticipant", "Enter", Text="One moment."),
            action("Enter", "TransferContactToQueue", "End"),
        ),
        type_="QUEUE_TRANSFER",
    )
    first = house.talks()

    transfer = house.destinations.queue("Support", flow="flow:Moving")
    there = house.transfers.by_agent(BEN, first, transfer)

    assert ["One moment.", "drain"] == house.told(house.contact(there))
    house.hears_out(first)
    stay = house.contact(there).queue
    assert "Support" == (stay and stay.name)


def test_a_flow_that_is_not_there_is_named_and_the_customer_stays(house: MovingHouse) -> None:
    first = house.talks()
    transfer = house.destinations.queue("Support", flow="flow:Gone")
    with pytest.raises(NotFound, match="flow:Gone"):
        house.transfers.by_agent(BEN, first, transfer)
    assert ContactState.CONNECTED is house.contact(first).state


def test_a_contact_goes_to_one_agent_and_waits_for_nobody_else(house: MovingHouse) -> None:
    """In that agent's own line, where it rings at once."""
    first = house.talks()
    house.signs_in("cleo")

    there = house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))

    assert CLEO == house.rings_at(there)
    assert own_queue_id(CLEO) == house.events(there, ContactQueued)[0].queue_id


@pytest.mark.parametrize("is_rejected", [False, True])
def test_whoever_was_handed_to_an_agent_who_does_not_answer_is_back_in_line(
    house: MovingHouse, is_rejected: bool
) -> None:
    """Where many agents may take it, at the place of the first queue."""
    first = house.talks()
    house.signs_in("cleo")
    house.later(60)
    there = house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))
    if is_rejected:
        house.desk.reject(CLEO, there, house.offer_of(there))
    else:
        house.later(20)
        house.alarm_clock.ring(
            Timer(
                kind=TimerKind.OFFER,
                contact_id=there,
                due_at=house.at,
                key=house.offer_of(there),
            )
        )
    house.streams()

    stay = house.contact(there).queue
    assert stay is not None
    assert ("Sales", house.contact(first).initiated_at) == (stay.name, stay.counts_since)
    house.desk.complete(BEN, first, DONE)
    assert BEN == house.rings_at(there)
    house.streams()
    assert 2 == len(house.events(there, ContactQueued))


@pytest.mark.parametrize("leaves", ["signs out", "falls silent", "in this very moment"])
def test_whoever_waits_for_an_agent_who_leaves_is_back_in_line(
    house: MovingHouse, leaves: str
) -> None:
    """Nobody waits for an empty chair."""
    first = house.talks()
    house.signs_in("cleo", "Break")
    to_cleo = house.destinations.agent("cleo")
    if leaves == "in this very moment":
        house.desk.set_status(CLEO, "Offline")
        house.streams()
    there = house.transfers.by_agent(BEN, first, to_cleo)
    assert own_queue_id(CLEO) == house.events(there, ContactQueued)[0].queue_id
    if leaves == "signs out":
        house.desk.set_status(CLEO, "Offline")
    elif leaves == "falls silent":
        house.later(91)
        house.sweep.run()
    house.streams()

    stay = house.contact(there).queue
    assert stay is not None
    assert ("Sales", house.contact(first).initiated_at) == (stay.name, stay.counts_since)
    assert 2 == len(house.events(there, ContactQueued))


def test_a_task_waits_for_its_agent_over_night(house: MovingHouse) -> None:
    """Whoever left the chair comes back to it, and no customer is on the line meanwhile."""
    house.signs_in("cleo", "Break")
    task = house.rings("To Sales", channel=Channel.TASK)
    house.transfers.by_supervisor(task, house.destinations.agent("cleo", by="sue"))

    house.desk.set_status(CLEO, "Offline")
    house.streams()

    assert own_queue_id(CLEO) == house.events(task, ContactQueued)[-1].queue_id


def test_an_outbound_call_that_a_colleague_does_not_take_goes_to_the_line_of_who_made_it(
    house: MovingHouse,
) -> None:
    """It never stood in any line: what the routing profile serves is the way back."""
    flow = (FLOWS / "default-outbound.json").read_text()
    house.publish("Default outbound", flow, type_="OUTBOUND_WHISPER")
    house.signs_in("ben")
    house.signs_in("cleo")
    first = house.agent_calls.number(BEN, FRIEND)
    house.later(3)
    house.rings_what_is_due()
    there = house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))

    house.desk.reject(CLEO, there, house.offer_of(there))
    house.streams()

    assert SALES == house.events(there, ContactQueued)[-1].queue_id


@pytest.mark.parametrize("away", ["never came", "signed out", "fell silent"])
def test_an_agent_who_is_not_there_is_refused_and_the_customer_stays(
    house: MovingHouse, away: str
) -> None:
    first = house.talks()
    if away != "never came":
        house.signs_in("cleo", "Offline" if away == "signed out" else "Available")
        house.later(91 if away == "fell silent" else 0)

    with pytest.raises(Conflict, match="Cleo Park is not signed in"):
        house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))

    assert ContactState.CONNECTED is house.contact(first).state


@pytest.mark.parametrize("way", ["desk", "supervisor", "TransferContact"])
def test_an_agent_who_takes_no_such_contacts_is_refused_and_it_stays_where_it_is(
    house: MovingHouse, way: str
) -> None:
    """It would never be offered."""
    calls_only(house, "cleo")
    house.signs_in("ben")
    house.signs_in("cleo")
    task = house.rings("To Sales", channel=Channel.TASK)
    house.answers(BEN, task)
    to_cleo = house.destinations.agent("cleo", flow="flow:To Sales")
    transfers = {
        "desk": lambda: house.transfers.by_agent(BEN, task, to_cleo),
        "supervisor": lambda: house.transfers.by_supervisor(task, to_cleo),
        "TransferContact": lambda: house.transfers.by_api(task, to_cleo),
    }

    with pytest.raises(Conflict, match="Cleo Park takes no task contacts"):
        transfers[way]()

    assert ContactState.CONNECTED is house.contact(task).state


def calls_only(house: House, username: str) -> None:
    """The user gets a routing profile for calls and nothing else."""
    known = house.center.configuration
    profile = replace(
        PROFILE, profile_id=RoutingProfileId("rp-calls"), concurrency={Channel.VOICE: 1}
    )
    house.center.configuration = replace(known, profiles=(*known.profiles, profile))
    user = replace(house.center.users[username], profile_id=profile.profile_id)
    house.center.save_user(user)


def test_nobody_is_transferred_to_themselves_or_to_somebody_without_a_desk(
    house: MovingHouse,
) -> None:
    first = house.talks()
    with pytest.raises(Rejected, match="yourself"):
        house.transfers.by_agent(BEN, first, house.destinations.agent("ben"))
    with pytest.raises(NotFound, match="no agent 'sue'"):
        house.destinations.agent("sue")


def test_ten_contacts_wait_for_one_agent_and_no_eleventh(house: MovingHouse) -> None:
    house.publish("To Cleo", to_queue(own_queue_id(CLEO)))
    house.signs_in("cleo", "Break")
    first = house.talks()
    own = action("Choose", "UpdateContactTargetQueue", "Enter", QueueId=f"agent:{CLEO}")
    house.publish("To Cleo", document(own, action("Enter", "TransferContactToQueue", "End")))
    for _ in range(10):
        house.rings("To Cleo")

    with pytest.raises(Conflict, match="10 contacts wait for Cleo Park"):
        house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))


def test_a_number_is_dialled_and_the_agent_is_done(house: MovingHouse) -> None:
    """The customer hears it ring, and talks; when the other party hangs up it is over."""
    first = house.talks()

    there = house.transfers.by_agent(BEN, first, house.destinations.number(FRIEND))
    house.streams()

    moved = house.events(first, ContactTransferred)[0]
    assert FRIEND == (moved.endpoint and moved.endpoint.address)
    house.later(3)
    house.rings_what_is_due()
    assert house.contact(there).is_on_other_line
    house.later(60)
    house.rings_what_is_due()
    assert DisconnectReason.THIRD_PARTY_DISCONNECT is house.contact(there).disconnect_reason


def test_where_nobody_answers_the_customer_is_back_in_line_at_the_old_place(
    house: MovingHouse,
) -> None:
    first = house.talks()
    house.desk.set_status(BEN, "Break")

    there = house.transfers.by_agent(BEN, first, house.destinations.number(NOBODY))
    house.streams()
    house.later(30)
    house.rings_what_is_due()
    house.hears_out(first)

    stay = house.contact(there).queue
    assert stay is not None
    assert ("Sales", house.contact(first).initiated_at) == (stay.name, stay.counts_since)


def test_quick_connects_lead_where_they_say_and_tell_whether_anybody_is_there(
    house: MovingHouse,
) -> None:
    """Those of the contact's queue; of an agent's own line those of the queue before."""
    first = house.talks()
    attach(house, to_cleo := quick_connect(QuickConnectType.USER, agent_id=CLEO))
    attach(house, quick_connect(QuickConnectType.PHONE_NUMBER, phone_number=FRIEND))
    assert [("USER", False), ("PHONE_NUMBER", True)] == [
        (str(each.type), each.is_there) for each in house.transfers.quick_connects(first)
    ]
    house.signs_in("cleo")
    there = house.transfers.by_quick_connect(BEN, first, to_cleo.quick_connect_id)
    house.answers(CLEO, there)
    assert 2 == len(house.transfers.quick_connects(there))

    last = house.transfers.by_quick_connect(CLEO, there, QuickConnectId("qc-PHONE_NUMBER"))

    assert TransferKind.PHONE_NUMBER is house.events(there, ContactTransferred)[0].kind
    assert 2 == house.contact(last).transfers


def test_a_quick_connect_to_a_flow_leaves_it_all_to_that(house: MovingHouse) -> None:
    first = house.talks()
    attach(house, flow := quick_connect(QuickConnectType.FLOW, flow_id=FlowId("to support")))

    there = house.transfers.by_quick_connect(BEN, first, flow.quick_connect_id)

    assert SUPPORT == house.events(there, ContactQueued)[0].queue_id


def test_only_quick_connects_of_the_contacts_queue_are_used(house: MovingHouse) -> None:
    """One of another queue is refused, as one that there is not."""
    first = house.talks()
    attach(house, other := quick_connect(QuickConnectType.QUEUE, queue_id=SALES), queue_id=SUPPORT)
    for identifier in (other.quick_connect_id, QuickConnectId("qc-x")):
        with pytest.raises(Rejected, match="is not one of this contact's queue"):
            house.transfers.by_quick_connect(BEN, first, identifier)


def test_what_is_no_number_is_refused(house: MovingHouse) -> None:
    with pytest.raises(Rejected, match="no telephone number"):
        house.destinations.number("+999")


# --- supervisors, and tasks through the API -------------------------------------------------------


def test_a_supervisor_moves_a_waiting_contact_to_another_line(house: MovingHouse) -> None:
    """It stays one contact, for nobody has left it; the page hears what it heard."""
    contact_id = house.rings("To Sales")

    moved = house.transfers.by_supervisor(contact_id, house.destinations.queue("Support", by="sue"))

    assert (contact_id, "Support") == (moved, house.contact(contact_id).queue.name)  # type: ignore[union-attr]
    assert [None, SALES] == [q.transferred_from for q in house.events(contact_id, ContactQueued)]


def test_a_supervisor_gives_a_waiting_contact_to_an_agent_who_rings_at_once(
    house: MovingHouse,
) -> None:
    house.signs_in("ben")
    contact_id = house.rings("To Sales")
    assert BEN == house.rings_at(contact_id)
    house.signs_in("cleo")

    house.transfers.by_supervisor(contact_id, house.destinations.agent("cleo", by="sue"))

    assert CLEO == house.rings_at(contact_id)
    assert () == house.agent(BEN).slots


@pytest.mark.parametrize("on_the_way", [(), ("ben",)])
def test_a_contact_that_a_supervisor_moved_and_the_agent_declines_is_back_in_line(
    house: MovingHouse, on_the_way: tuple[str, ...]
) -> None:
    """In the queue of many that it was moved from, over however many desks."""
    for name in ("ben", "cleo"):
        house.signs_in(name, "Break")
    contact_id = house.rings("To Sales")
    for name in (*on_the_way, "cleo"):
        house.transfers.by_supervisor(contact_id, house.destinations.agent(name, by="sue"))
    house.desk.set_status(CLEO, "Available")
    house.desk.reject(CLEO, contact_id, house.offer_of(contact_id))
    house.streams()

    stay = house.contact(contact_id).queue
    assert stay is not None
    assert ("Sales", house.contact(contact_id).initiated_at) == (stay.name, stay.counts_since)


def test_a_supervisor_takes_a_contact_from_its_agent(house: MovingHouse) -> None:
    first = house.talks()

    there = house.transfers.by_supervisor(first, house.destinations.queue("Support", by="sue"))

    assert "sue" == house.events(first, ContactTransferred)[0].by
    assert house.contact(there).is_in_queue


def test_a_task_is_transferred_by_the_api_and_begins_by_itself(house: MovingHouse) -> None:
    """In the flow that was named, with the new line as its working queue."""
    house.publish("Task", document(action("Enter", "TransferContactToQueue", "End")))
    first = house.rings("To Sales", channel=Channel.TASK)
    transfer = house.destinations.queue("Sales", flow="flow:Task")

    there = house.transfers.by_api(first, transfer)
    assert there == house.transfers.by_api(first, transfer)
    assert ContactState.COMPLETED is house.contact(first).state
    house.streams()
    house.rings_what_is_due()

    assert house.contact(there).is_in_queue
    with pytest.raises(Rejected, match="only tasks and e-mails"):
        house.transfers.by_api(house.rings("To Sales"), transfer)


# --- agents who are gone --------------------------------------------------------------------------


def test_a_customer_whose_agent_is_gone_for_91_s_holds_at_the_front_or_is_called_back(
    house: MovingHouse,
) -> None:
    first = house.talks()
    house.rings("To Sales")
    house.later(91)

    house.transfers.agent_lost(first)

    left = house.contact(first)
    assert left.next_contact_id is not None
    there = house.contact(left.next_contact_id)
    assert "press 1" in house.told(there)[0]
    house.presses(first, "1")
    house.signs_in("cleo")
    assert CLEO == house.rings_at(there.contact_id)


def test_key_2_is_a_call_back_in_the_same_line(house: MovingHouse) -> None:
    first = house.talks()
    house.later(91)
    house.transfers.agent_lost(first)
    there = house.contact(house.contact(first).next_contact_id or first)
    assert there.is_promised

    house.presses(first, "2")
    house.streams()

    back = [c for c in house.contacts.contacts.values() if c.call_back]
    assert ["q-sales"] == [c.plan.queue_id for c in back if c.plan]
    assert [house.contact(first).customer_endpoint] == [c.customer_endpoint for c in back]


def test_an_agent_who_came_back_in_time_keeps_the_customer(house: MovingHouse) -> None:
    """Also when it is asked twice, or of a contact that is over."""
    first = house.talks()
    house.later(90)
    house.transfers.agent_lost(first)
    assert ContactState.CONNECTED is house.contact(first).state

    house.later(1)
    house.transfers.agent_lost(first)
    house.transfers.agent_lost(first)

    assert 1 == len(house.events(first, ContactTransferred))
    assert 2 == len(house.contacts.contacts)


def test_whoever_lost_their_agent_finds_a_place_in_a_full_queue(house: MovingHouse) -> None:
    first = house.talks("To Support")
    for _ in range(5):
        house.rings("To Support")
    house.later(91)
    house.transfers.agent_lost(first)
    there = house.contact(house.contact(first).next_contact_id or first)

    house.presses(first, "1")

    assert house.contact(there.contact_id).is_in_queue


def test_however_often_they_were_transferred_nobody_stays_with_an_agent_who_is_gone(
    house: MovingHouse,
) -> None:
    """The limit is for those who choose to transfer."""
    first = house.talks()
    house.contacts.contacts[first] = replace(house.contact(first), transfers=11)
    house.later(91)

    house.sweep.run()

    there = house.contact(house.contact(first).next_contact_id or first)
    assert (12, True) == (there.transfers, there.is_promised)


def test_a_chat_whose_agent_is_gone_waits_at_once_and_is_told_so(house: MovingHouse) -> None:
    started = house.chats("Hello")
    house.signs_in("ben")
    house.answers(BEN, started.contact_id)
    house.later(91)

    house.transfers.agent_lost(started.contact_id)

    there = house.chat.contact_of(started.participant_token)
    assert there.is_in_queue
    assert "lost the connection" in house.contacts.items(there.contact_id)[0].content
    reason = house.contact(started.contact_id).disconnect_reason
    assert DisconnectReason.AGENT_NETWORK_DISCONNECT is reason


def test_the_after_contact_work_of_an_agent_who_is_gone_ends_at_the_server(
    house: MovingHouse,
) -> None:
    """And the agent, back at the desk, is free."""
    first = house.talks()
    house.later(91)
    house.transfers.agent_lost(first)
    house.streams()
    house.later(60)
    house.rings_what_is_due()

    assert ContactState.COMPLETED is house.contact(first).state
    assert () == house.agent(BEN).slots


def test_an_agent_who_talks_on_a_telephone_is_not_lost_with_the_desk(house: MovingHouse) -> None:
    """A laptop may be shut while the two talk."""
    house.signs_in("ben")
    first = house.rings("To Sales")
    house.desk.accept(BEN, first, house.offer_of(first), is_by_telephone=True)
    known = house.contact(first)
    assert known.agent is not None
    house.contacts.contacts[first] = replace(known, agent=replace(known.agent, line="+12025550155"))
    house.later(91)

    house.transfers.agent_lost(first)

    assert ContactState.CONNECTED is house.contact(first).state


def test_an_agents_own_line_is_not_gone_back_to(house: MovingHouse) -> None:
    """Whoever was transferred to an agent who is lost waits where many may take it."""
    first = house.talks()
    house.signs_in("cleo")
    there = house.transfers.by_agent(BEN, first, house.destinations.agent("cleo"))
    house.answers(CLEO, there)
    house.later(91)

    house.transfers.agent_lost(there)

    last = house.contact(there).next_contact_id
    assert last is not None
    assert SALES == house.contact(last).session.target_queue_id


def test_the_sweep_takes_customers_from_agents_who_are_gone_and_from_nobody_else(
    house: MovingHouse,
) -> None:
    """A closed laptop has 90 seconds to come back."""
    first = house.talks()
    house.desk.leave(BEN, ConnectionId("ws-ben"))
    house.later(90)
    house.sweep.run()
    assert ContactState.CONNECTED is house.contact(first).state

    house.later(1)
    house.sweep.run()

    assert TransferKind.AGENT_LOST is house.events(first, ContactTransferred)[0].kind
