"""Promises to call back, kept: from the block to the talk, or to the last attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import PracticeNumber, PracticeOutcome, QueueStatus
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import (
    CallbackCancelled,
    Channel,
    DisconnectReason,
    Endpoint,
    InitiationMethod,
    PlaceAnnounced,
    TicketLinked,
)
from chalicelib.core.flow import Answered, Port, Routing
from chalicelib.core.ids import ContactId
from chalicelib.core.ticket import Note, Ticket
from chalicelib.services.callback_list import CallbackState
from chalicelib.services.callback_ports import CallbackOutcome
from chalicelib.services.lines import Dial, LineAnswers
from chalicelib.services.ports import Unavailable
from tests.fakes.contacts import InMemoryCallbackStore
from tests.given import ANAS_NUMBER, MONDAY
from tests.house import BEN, DONE, SALES, House, a_center, action, document
from tests.services.inquiries import inquiry, refusal_of, value_of

SALES_QUEUE = a_center().queues[0]
PATIENCE = {
    "InitialCallDelaySeconds": "60",
    "MaximumConnectionAttempts": "2",
    "RetryDelaySeconds": "600",
    "QueueId": "queue:Sales",
    "CallbackNumber": ANAS_NUMBER,
}
OUTBOUND = document(
    {
        "Identifier": "Call",
        "Type": "CompleteOutboundCall",
        "Parameters": {},
        "Transitions": {"NextAction": "Talk"},
    },
    {"Identifier": "Talk", "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}},
)


class NoStreams:
    def stream_arn(self, contact_id: ContactId) -> str:
        return ""


class Desk:
    """A house whose exchange lets Ana's telephone do as the test says."""

    def __init__(self, outcome: PracticeOutcome | None = PracticeOutcome.PERSON) -> None:
        number = [PracticeNumber(number=ANAS_NUMBER, outcome=outcome)] if outcome else []
        self.house = house = House(a_center(practice_numbers=tuple(number)))
        exchange = PracticeExchange(house.center, house.timers, house.now)
        lines = LineAnswers(exchange, NoStreams(), house.hours.is_open)
        house.respondents[Port.LINE] = lambda: lines
        house.publish("Default outbound", OUTBOUND, type_="OUTBOUND_WHISPER")
        self.call = house.contact(house.rings("Menu", attributes={"topic": "lamp"}))

    def promise(self, key: str = "k", **request: object) -> Contact:
        asked = inquiry(
            self.house, self.call, Port.CALLBACK, "create", {**PATIENCE, **request}, key=key
        )
        made = value_of(self.house.callbacks.ask(asked))["ContactId"]
        return self.house.contact(ContactId(str(made)))

    def calls(self, number: str, flow: str = "To Sales") -> ContactId:
        """Somebody with a telephone in hand."""
        contact_id = self.house.rings(flow, customer_endpoint=Endpoint(number))
        self.house.opens_a_socket(contact_id, f"ws-{number}")
        return contact_id

    def passes(self, seconds: float) -> None:
        self.house.later(seconds)
        for _ in range(3):  # what a timer sets in motion may set another, due at once
            self.house.rings_what_is_due()

    def now(self, contact: Contact) -> Contact:
        return self.house.contact(contact.contact_id)

    def children(self, contact: Contact) -> list[Contact]:
        everybody = self.house.contacts.contacts.values()
        return [c for c in everybody if c.related_contact_id == contact.contact_id]

    def disables_every_queue(self) -> None:
        center = self.house.center.center()
        queues = [replace(queue, status=QueueStatus.DISABLED) for queue in center.queues]
        self.house.center.configuration = replace(center, queues=tuple(queues))

    def is_taken(self, call_back: Contact) -> None:
        """Ben is there, the delay is over, and he accepts."""
        self.house.signs_in("ben")
        self.passes(60)
        assert BEN == self.house.rings_at(call_back.contact_id)
        self.house.answers(BEN, call_back.contact_id)


def test_a_queue_disabled_since_the_promise_still_takes_the_call_back() -> None:
    """The customer was told so; only new promises are not made."""
    desk = Desk()
    promised = desk.promise()

    desk.disables_every_queue()

    with pytest.raises(Rejected, match="no queue 'queue:Sales' that takes contacts"):
        desk.promise("later")
    desk.passes(60)
    assert desk.now(promised).state is ContactState.QUEUED


def test_a_call_back_knows_whom_and_why() -> None:
    desk = Desk()
    made = desk.promise()

    assert (InitiationMethod.CALLBACK, desk.call.contact_id) == (
        made.initiation_method,
        made.related_contact_id,
    )
    assert made.customer_endpoint is not None
    assert ANAS_NUMBER == made.customer_endpoint.address
    assert ({"topic": "lamp"}, desk.call.customer_id) == (made.attributes, made.customer_id)


def test_it_is_promised_once_however_often_it_is_asked() -> None:
    desk = Desk()

    assert desk.promise("same") == desk.promise("same")
    assert desk.promise("same") == desk.promise("other")
    assert 1 == len(desk.house.callback_list.all())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"CallbackNumber": ""}, "CallbackNumber"),
        ({"QueueId": "queue:Nowhere"}, "QueueId"),
        ({"ContactFlowId": "Nowhere"}, "ContactFlowId"),
        ({"RetryDelaySeconds": "soon"}, "RetryDelaySeconds"),
        ({"InitialCallDelaySeconds": "1000000000000"}, "InitialCallDelaySeconds"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        Desk().promise(**wrong)  # type: ignore[arg-type]  # none of them is the key
    assert field == refused.value.field


def test_it_waits_in_the_queue_after_its_delay_and_for_no_browser() -> None:
    """However long no agent is there."""
    desk = Desk()
    made = desk.promise()
    desk.passes(59)
    assert ContactState.IN_FLOW is desk.now(made).state
    desk.passes(1)
    assert ContactState.QUEUED is desk.now(made).state

    desk.passes(7_200)

    assert ContactState.QUEUED is desk.now(made).state


def test_a_flow_of_its_own_may_choose_the_queue_at_once() -> None:
    desk = Desk()
    made = desk.promise(ContactFlowId="To Support")
    desk.passes(0)

    stay = desk.now(made).queue
    assert stay is not None
    assert "Support" == stay.name


def test_an_agent_takes_it_and_the_customer_is_called() -> None:
    """They talk once the customer has picked up."""
    desk = Desk()
    made = desk.promise()
    desk.is_taken(made)
    assert not desk.now(made).is_joined

    desk.passes(10)

    assert desk.now(made).is_joined
    assert desk.house.facts(made.contact_id).count("ContactJoined") == 1
    desk.house.desk.hang_up(BEN, made.contact_id)
    desk.house.desk.complete(BEN, made.contact_id, DONE)
    desk.passes(1_000)
    assert [] == desk.children(made)


@pytest.mark.parametrize("outcome", [PracticeOutcome.BUSY, PracticeOutcome.NO_ANSWER, None])
def test_an_attempt_in_vain_is_followed_by_the_next_and_the_last_by_none(
    outcome: PracticeOutcome | None,
) -> None:
    """Busy, not answered, or a number that cannot be called at all."""
    desk = Desk(outcome)
    first = desk.promise()
    desk.is_taken(first)
    desk.passes(60)
    assert ContactState.ENDED is desk.now(first).state
    desk.house.desk.complete(BEN, first.contact_id, DONE)

    (second,) = desk.children(first)
    assert ContactState.IN_FLOW is second.state
    desk.passes(600)
    desk.house.signs_in("ben")  # whose desk was silent for ten minutes
    assert BEN == desk.house.rings_at(second.contact_id)
    desk.house.answers(BEN, second.contact_id)
    desk.passes(60)

    assert ContactState.ENDED is desk.now(second).state
    assert [] == desk.children(second)


def test_an_agent_who_hangs_up_has_done_it() -> None:
    """Whoever ends the call before the customer answers wants no second one."""
    desk = Desk(PracticeOutcome.NO_ANSWER)
    made = desk.promise()
    desk.is_taken(made)
    desk.house.desk.hang_up(BEN, made.contact_id)
    desk.passes(60)

    assert DisconnectReason.AGENT_DISCONNECT is desk.now(made).disconnect_reason
    assert [] == desk.children(made)


def test_the_same_end_told_twice_makes_one_next_attempt() -> None:
    desk = Desk(PracticeOutcome.BUSY)
    made = desk.promise()
    desk.is_taken(made)
    desk.passes(60)
    facts = desk.house.contacts.facts(made.contact_id)

    desk.house.reactions.react(made.contact_id, facts)

    assert 1 == len(desk.children(made))


def test_a_caller_leaves_a_number_and_hangs_up() -> None:
    """The block keeps the promise whatever becomes of the call."""
    desk = Desk()
    house = desk.house
    house.publish(
        "Promise",
        document(
            action("Choose", "UpdateContactTargetQueue", "Promise", QueueId="queue:Sales"),
            action(
                "Promise",
                "CreateCallbackContact",
                "Bye",
                InitialCallDelaySeconds="60",
                MaximumConnectionAttempts="1",
                RetryDelaySeconds="60",
            ),
            action("Bye", "MessageParticipant", "End", Text="We will call you."),
        ),
    )
    caller = house.contact(house.rings("Promise"))

    (made,) = desk.children(caller)

    assert made.call_back is not None
    assert (0, "Sales") == (made.call_back.attempts_left, _queue_of(desk, made))


def test_a_chain_of_attempts_has_its_length() -> None:
    desk = Desk(PracticeOutcome.BUSY)
    desk.call = replace(desk.call, generation=10)
    made = desk.promise()
    desk.is_taken(made)

    desk.passes(60)

    assert [] == desk.children(made)


# --- the place ------------------------------------------------------------------------------------


def test_a_callback_keeps_the_callers_place_and_priority() -> None:
    """K is third at 10:00 and asks at 10:05: whoever came at 10:01 does not get before her."""
    desk = Desk()
    house = desk.house
    began = house.at
    for number in ("+12025550150", "+12025550151"):
        desk.calls(number)
        house.later(1)
    caller = desk.calls(ANAS_NUMBER)
    house.later(60)
    later = desk.calls("+12025550152")
    house.later(240)

    desk.call = house.contact(caller)
    made = desk.promise(CallbackNumber="+12025550177")
    house.desk.end(caller, DisconnectReason.CONTACT_FLOW_DISCONNECT)
    (listed,) = house.callback_list.all()
    assert (CallbackState.SCHEDULED, None) == (listed.state, listed.place)
    desk.passes(60)

    (listed,) = house.callback_list.all()
    assert ("+12025550177", 3) == (listed.number, listed.place)
    assert (began + timedelta(seconds=2), "Sales") == (listed.since, listed.queue_name)
    line = [place.contact_id for place in house.routing_store.line(SALES_QUEUE, Channel.VOICE)]
    assert [made.contact_id, later] == line[2:]


def test_whoever_asks_without_standing_in_line_has_a_place_from_then_on() -> None:
    """The delay before the first attempt costs nobody the place."""
    desk = Desk()
    asked_at = desk.house.at
    made = desk.promise()
    desk.house.later(30)
    other = desk.calls("+12025550151")
    desk.passes(30)

    stay = desk.now(made).queue
    assert stay is not None
    assert asked_at == stay.counts_since
    line = [p.contact_id for p in desk.house.routing_store.line(SALES_QUEUE, Channel.VOICE)]
    assert [made.contact_id, other] == line


def test_in_another_queue_the_place_counts_from_the_request() -> None:
    desk = Desk()
    desk.call = desk.house.contact(desk.house.rings("To Support"))
    desk.passes(300)
    made = desk.promise()

    assert desk.house.at == made.first_queued_at


def test_priority_and_what_flows_ask_of_agents_come_along() -> None:
    desk = Desk()
    wishes = Routing(priority=2, age_seconds=600)
    desk.call = replace(desk.call, session=replace(desk.call.session, routing=wishes))

    assert Routing(priority=2) == desk.promise().session.routing


@pytest.mark.parametrize("number", ["+999", "+9995550100", "+1202555", "+999999999999"])
def test_a_number_that_does_not_exist_is_refused_in_the_menu(number: str) -> None:
    desk = Desk()
    wanted = {"CallbackNumber": number}
    asked = inquiry(desk.house, desk.call, Port.CALLBACK, "check", wanted)

    assert "InvalidCallbackNumber" == refusal_of(desk.house.callbacks.ask(asked))


def test_a_number_that_exists_is_not() -> None:
    desk = Desk()
    asked = inquiry(
        desk.house, desk.call, Port.CALLBACK, "check", {"CallbackNumber": "+12025550177"}
    )

    assert Answered() == desk.house.callbacks.ask(asked)


# --- one per number -------------------------------------------------------------------------------


def test_a_second_request_is_told_that_the_first_stands() -> None:
    desk = Desk()
    first = desk.promise()
    asked = inquiry(desk.house, desk.call, Port.CALLBACK, "create", PATIENCE, key="other")
    told = value_of(desk.house.callbacks.ask(asked))

    assert (first.contact_id, "false") == (told["ContactId"], told["IsNew"])
    assert 1 == len(desk.house.callback_list.all())


def test_however_the_number_is_written_it_is_the_same() -> None:
    desk = Desk()

    assert desk.promise(CallbackNumber="(202) 555-0123") == desk.promise("other")


def test_once_it_was_kept_there_may_be_another() -> None:
    desk = Desk()
    made = desk.promise()
    desk.is_taken(made)
    desk.passes(10)
    assert CallbackState.CONNECTED is desk.house.callback_list.all()[0].state
    desk.house.desk.hang_up(BEN, made.contact_id)
    desk.passes(0)

    assert [] == desk.house.callback_list.all()
    assert made != desk.promise("other")


def test_a_promise_whose_maker_died_does_not_stand_for_ever() -> None:
    """The row was written and the contact never was: after a minute the next request counts."""
    desk = Desk()
    made = desk.promise()
    del desk.house.contacts.contacts[made.contact_id]
    assert_told = inquiry(desk.house, desk.call, Port.CALLBACK, "create", PATIENCE, key="soon")
    assert "false" == value_of(desk.house.callbacks.ask(assert_told))["IsNew"]
    desk.house.later(61)

    assert made.contact_id != desk.promise("later").contact_id


# --- an end to it ---------------------------------------------------------------------------------


def test_a_cancelled_one_is_never_called() -> None:
    """Before its time, and while it waits."""
    for seconds in (0, 60):
        desk = Desk()
        made = desk.promise()
        desk.passes(seconds)
        desk.house.callback_list.cancel(made.contact_id, by="sue")
        desk.house.signs_in("ben")
        desk.passes(1_000)

        assert ContactState.COMPLETED is desk.now(made).state
        assert "sue" == desk.house.events(made.contact_id, CallbackCancelled)[0].by
        assert [] == desk.house.callback_list.all()
        assert [] == desk.children(made)
        assert () == desk.house.agent(BEN).slots


def test_cancelled_while_it_rings_the_offer_is_withdrawn() -> None:
    desk = Desk()
    made = desk.promise()
    desk.house.signs_in("ben")
    desk.passes(60)
    offer_id = desk.house.offer_of(made.contact_id)
    assert CallbackState.RINGING is desk.house.callback_list.all()[0].state

    assert desk.house.callback_list.cancel_of_caller("202-555-0123")

    assert () == desk.house.agent(BEN).slots
    with pytest.raises(Conflict):
        desk.house.desk.accept(BEN, made.contact_id, offer_id)


def test_whoever_is_being_called_cannot_be_cancelled() -> None:
    desk = Desk()
    made = desk.promise()
    desk.is_taken(made)

    with pytest.raises(Conflict) as refused:
        desk.house.callback_list.cancel(made.contact_id, by="sue")
    assert "contactId" == refused.value.field
    assert not desk.house.callback_list.cancel_of_caller(ANAS_NUMBER)


def test_only_callbacks_that_are_not_over_can_be_cancelled() -> None:
    desk = Desk()
    made = desk.promise()
    with pytest.raises(NotFound):
        desk.house.callback_list.cancel(desk.call.contact_id, by="sue")
    with pytest.raises(NotFound):
        desk.house.callback_list.cancel(ContactId("nobody"), by="sue")
    desk.house.callback_list.cancel(made.contact_id, by="sue")
    with pytest.raises(Conflict):
        desk.house.callback_list.cancel(made.contact_id, by="sue")
    assert not desk.house.callback_list.cancel_of_caller(ANAS_NUMBER)


def test_between_two_attempts_it_can_be_cancelled_too() -> None:
    """The first has ended, and the stream has not brought it yet."""
    desk = Desk(PracticeOutcome.BUSY)
    made = desk.promise()
    desk.is_taken(made)
    desk.house.streams()
    desk.house.desk.end(made.contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)

    assert desk.house.callback_list.cancel_of_caller(ANAS_NUMBER)

    desk.passes(1_000)
    assert [] == desk.children(made)


def test_a_contact_made_while_the_promise_was_cancelled_ends_at_once() -> None:
    """Whoever makes it looks afterwards whether it still stands."""
    desk = Desk()

    class Forgetful(InMemoryCallbackStore):
        def find(self, number: str) -> None:
            return None

    desk.house.callbacks._book = Forgetful()

    assert ContactState.COMPLETED is desk.promise().state


# --- attempts -------------------------------------------------------------------------------------


def tries(desk: Desk, call_back: Contact) -> Contact:
    """Ben takes it, in vain, and does his after contact work."""
    desk.house.signs_in("ben")
    assert BEN == desk.house.rings_at(call_back.contact_id)
    desk.house.answers(BEN, call_back.contact_id)
    desk.passes(60)
    desk.house.desk.complete(BEN, call_back.contact_id, DONE)
    desk.passes(0)
    return desk.now(call_back)


def test_after_three_tries_in_vain_somebody_has_to_follow_up() -> None:
    """Ten minutes apart, at the place that the caller had."""
    desk = Desk(PracticeOutcome.NO_ANSWER)
    attempt = desk.promise(MaximumConnectionAttempts="3")
    since = attempt.first_queued_at
    for left in (2, 1):
        desk.passes(60 if left == 2 else 600)
        ended = tries(desk, attempt)
        (attempt,) = desk.children(attempt)
        assert (left, CallbackOutcome.NOT_REACHED) == (
            desk.house.callback_list.all()[0].attempts_left,
            desk.house.callback_list.all()[0].last_outcome,
        )
        assert attempt.plan is not None
        assert ended.disconnected_at is not None
        assert ended.disconnected_at + timedelta(seconds=600) == attempt.plan.begins_at
        assert since == attempt.first_queued_at
    desk.passes(600)
    tries(desk, attempt)

    (ticket,) = [
        t for t in desk.house.tickets.tickets.values() if t.subject.startswith("Follow-up required")
    ]
    assert ((attempt.contact_id,), attempt.customer_id) == (ticket.contact_ids, ticket.customer_id)
    linked = desk.house.events(attempt.contact_id, TicketLinked)
    assert ticket.ticket_id in [each.ticket_id for each in linked]
    assert [] == desk.house.callback_list.all()
    assert [] == desk.children(attempt)


def test_an_agent_who_refuses_or_misses_it_has_not_tried() -> None:
    desk = Desk()
    made = desk.promise()
    desk.house.signs_in("ben")
    desk.passes(60)
    desk.house.desk.reject(BEN, made.contact_id, desk.house.offer_of(made.contact_id))
    desk.passes(0)

    (listed,) = desk.house.callback_list.all()
    assert (made.contact_id, 2) == (listed.contact_id, listed.attempts_left)
    assert CallbackState.WAITING is listed.state


def test_an_agent_lost_before_the_customer_was_reached_has_not_tried() -> None:
    """The next one comes at once, at the old place, with as many tries left."""
    desk = Desk(PracticeOutcome.NO_ANSWER)
    made = desk.promise()
    desk.is_taken(made)
    with pytest.raises(Conflict, match="not on the line"):
        desk.house.transfers.by_agent(
            BEN, made.contact_id, desk.house.destinations.queue("Support")
        )
    desk.house.later(91)
    desk.house.sweep.run()
    desk.passes(0)

    (again,) = desk.children(made)
    (listed,) = desk.house.callback_list.all()
    assert ContactState.QUEUED is again.state
    assert (again.contact_id, 2) == (listed.contact_id, listed.attempts_left)
    assert CallbackOutcome.NOT_DIALLED is listed.last_outcome
    assert made.first_queued_at == again.first_queued_at


def test_a_carrier_that_cannot_be_asked_costs_no_try() -> None:
    class Dead:
        def dial(self, dial: Dial) -> None:
            raise Unavailable("the carrier does not answer")

        def hang_up(self, leg: str, contact_id: ContactId) -> None:
            raise Unavailable("the carrier does not answer")

    desk = Desk()
    lines = LineAnswers(Dead(), NoStreams(), desk.house.hours.is_open)
    desk.house.respondents[Port.LINE] = lambda: lines
    made = desk.promise()
    desk.is_taken(made)
    desk.passes(0)

    (listed,) = desk.house.callback_list.all()
    assert (2, CallbackOutcome.NOT_DIALLED) == (listed.attempts_left, listed.last_outcome)
    assert listed.due_at == desk.house.at + timedelta(seconds=600)


def test_a_callback_whose_queue_was_deleted_is_somebodys_to_do() -> None:
    desk = Desk()
    made = desk.promise()
    desk.house.center.delete_queue(SALES)
    desk.passes(60)

    assert ContactState.COMPLETED is desk.now(made).state
    assert [] == desk.house.callback_list.all()
    assert desk.now(made).ticket_id is not None


@pytest.mark.parametrize("why", ["nobody answered", "the queue was deleted", "the chain is long"])
def test_whoever_dies_before_the_follow_up_is_written_leaves_it_to_the_next(why: str) -> None:
    """The promise is given up only when somebody else has it to do."""
    desk = Desk(PracticeOutcome.NO_ANSWER)
    if why == "the chain is long":
        desk.call = replace(desk.call, generation=10)
    made = desk.promise(MaximumConnectionAttempts="1" if why == "nobody answered" else "2")
    create, desk.house.tickets.create = desk.house.tickets.create, _dies  # type: ignore[method-assign]  # the worker
    if why == "the queue was deleted":
        desk.house.center.delete_queue(SALES)
    else:
        desk.is_taken(made)
    with pytest.raises(Unavailable):
        desk.passes(60)

    desk.house.tickets.create = create  # type: ignore[method-assign]
    desk.house.reactions.react(made.contact_id, desk.house.contacts.facts(made.contact_id))

    assert desk.now(made).ticket_id is not None
    assert [] == desk.house.callback_list.all()


def _dies(ticket: Ticket, note: Note | None = None) -> None:
    raise Unavailable("the worker is gone")


# --- hours ----------------------------------------------------------------------------------------

NINE_IN_THE_EVENING = MONDAY.replace(hour=2) + timedelta(days=1)  # in New York
EIGHT_IN_THE_MORNING = NINE_IN_THE_EVENING + timedelta(hours=11)


def test_whoever_asks_at_night_is_called_in_the_morning() -> None:
    desk = Desk()
    desk.house.at = NINE_IN_THE_EVENING
    made = desk.promise()

    assert made.plan is not None
    assert EIGHT_IN_THE_MORNING == made.plan.begins_at


def test_the_callees_clock_counts_and_not_the_centers() -> None:
    """It is nine in New York and six in Los Angeles, where 310 is."""
    desk = Desk()
    made = desk.promise(CallbackNumber="+13105550123")

    assert made.plan is not None
    assert MONDAY.replace(hour=16) == made.plan.begins_at


def test_nobody_knows_where_it_is_so_the_center_decides() -> None:
    house = House()
    assert house.hours.is_open("+70000000000", MONDAY)
    assert not house.hours.is_open("+70000000000", NINE_IN_THE_EVENING)


def test_whoever_waits_at_nine_leaves_the_line_and_has_the_place_again_at_eight() -> None:
    desk = Desk()
    made = desk.promise()
    desk.passes(60)
    place = desk.now(made).queue
    desk.house.at = NINE_IN_THE_EVENING
    desk.passes(0)

    assert ContactState.IN_FLOW is desk.now(made).state
    (listed,) = desk.house.callback_list.all()
    assert (CallbackState.SCHEDULED, EIGHT_IN_THE_MORNING) == (listed.state, listed.due_at)
    desk.house.signs_in("ben")
    assert desk.house.rings_at(made.contact_id) is None
    desk.passes(11 * 3_600)

    stay = desk.now(made).queue
    assert place is not None
    assert stay is not None
    assert place.counts_since == stay.counts_since
    assert ContactState.QUEUED is desk.now(made).state


def test_what_rings_at_nine_is_withdrawn() -> None:
    desk = Desk()
    made = desk.promise()
    desk.passes(60)
    desk.house.at = NINE_IN_THE_EVENING - timedelta(seconds=5)
    desk.house.signs_in("ben")
    assert BEN == desk.house.rings_at(made.contact_id)
    desk.passes(5)

    assert () == desk.house.agent(BEN).slots
    assert ContactState.IN_FLOW is desk.now(made).state


def test_taken_in_the_last_second_it_is_not_dialled_any_more_and_costs_no_try() -> None:
    desk = Desk()
    made = desk.promise()
    desk.passes(60)
    desk.house.at = NINE_IN_THE_EVENING - timedelta(seconds=5)
    desk.house.signs_in("ben")
    desk.house.later(5)
    desk.house.answers(BEN, made.contact_id)
    desk.house.rings_what_is_due()

    (listed,) = desk.house.callback_list.all()
    assert (2, EIGHT_IN_THE_MORNING) == (listed.attempts_left, listed.due_at)


# --- customer first -------------------------------------------------------------------------------


def a_customer_first(outcome: PracticeOutcome) -> tuple[Desk, Contact]:
    desk = Desk(outcome)
    attributes = {"callbackMode": "customer-first"}
    desk.call = desk.house.contact(desk.house.rings("To Sales", attributes=attributes))
    desk.passes(30)
    return desk, desk.promise()


def test_a_customer_who_is_called_first_then_waits_at_the_kept_place() -> None:
    desk, made = a_customer_first(PracticeOutcome.PERSON)
    desk.passes(60)
    assert CallbackState.CONNECTED is desk.house.callback_list.all()[0].state
    desk.passes(2)

    waiting = desk.now(made)
    assert ContactState.QUEUED is waiting.state
    assert waiting.queue is not None
    assert desk.call.queue is not None
    assert desk.call.queue.entered_at == waiting.queue.counts_since
    desk.house.desk.end(desk.call.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    desk.house.signs_in("ben")
    desk.house.answers(BEN, made.contact_id)

    assert desk.now(made).is_joined
    assert 1 == desk.house.facts(made.contact_id).count("ContactConnected")


def test_a_customer_who_is_called_first_is_called_when_the_wait_is_nearly_over() -> None:
    """Ten minutes were told three minutes ago; the telephone rings for half a minute."""
    desk = Desk()
    attributes = {"callbackMode": "customer-first"}
    call = desk.house.contact(desk.house.rings("To Sales", attributes=attributes))
    told_at = desk.house.at
    assert call.queue is not None
    fact = PlaceAnnounced(
        queue_id=call.queue.queue_id,
        place=3,
        wait_seconds=600,
        why="",
        priority=5,
        counts_since=told_at,
    )
    desk.call = Change.of(call).then(fact, told_at).after
    desk.house.later(180)

    plan = desk.promise().plan

    assert plan is not None
    assert told_at + timedelta(seconds=570) == plan.begins_at


def test_a_customer_who_is_called_first_and_does_not_answer_is_called_again() -> None:
    desk, made = a_customer_first(PracticeOutcome.NO_ANSWER)
    desk.passes(60)
    desk.passes(45)

    (again,) = desk.children(made)
    assert again.call_back is not None
    assert (0, True) == (again.call_back.attempts_left, again.call_back.is_customer_first)


def test_a_customer_who_is_called_first_is_not_called_twice_when_told_twice() -> None:
    desk, made = a_customer_first(PracticeOutcome.PERSON)
    desk.passes(60)
    desk.passes(2)
    desk.house.reactions.react(made.contact_id, desk.house.contacts.facts(made.contact_id))

    assert 1 == desk.house.facts(made.contact_id).count("ContactQueued")


def _queue_of(desk: Desk, contact: Contact) -> str:
    desk.passes(60)
    stay = desk.now(contact).queue
    assert stay is not None
    return stay.name
