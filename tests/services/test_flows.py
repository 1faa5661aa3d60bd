"""Contacts that begin, answer their flow, and meet a full queue or a failing function."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.center import QueueStatus
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import LostRace, NotFound, Rejected
from chalicelib.core.events import (
    BlockExecuted,
    Channel,
    ContactDisconnected,
    ContactQueued,
    CustomerIdentified,
    DisconnectReason,
    FlowStarted,
)
from chalicelib.core.flow import (
    FlowType,
    InputReceived,
    LambdaFailed,
    PlayPrompt,
    Timeout,
    spoken_text,
)
from chalicelib.core.identity import Unidentified
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.flow_scope import digest
from chalicelib.services.ports import TimerKind
from tests.given import ANAS_NUMBER, a_customer
from tests.house import BEN, SUPPORT, House, action, document, to_queue

A_SECOND_LATER = action("Pause", "Wait", "Ask", TimeLimitSeconds="1")


@pytest.fixture
def house() -> House:
    return House()


def branches(house: House, contact_id: ContactId) -> list[tuple[str, str]]:
    return [(b.block_id, b.branch) for b in house.events(contact_id, BlockExecuted)]


def last_said(house: House, contact_id: ContactId) -> list[str]:
    turn = house.contact(contact_id).turn
    return [spoken_text(command.prompt) for command in turn if isinstance(command, PlayPrompt)]


def wait_number(house: House, contact_id: ContactId) -> int:
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    return wait.number


# --- beginnings -----------------------------------------------------------------------------------


def test_a_contact_begins_with_its_facts_in_order(house: House) -> None:
    """Who, then which flow in which version, then each block."""
    contact_id = house.rings("Menu")

    assert house.facts(contact_id) == [
        "ContactInitiated",
        "CustomerIdentified",
        "FlowStarted",
    ]
    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))
    assert house.facts(contact_id)[3] == "BlockExecuted"
    (started,) = house.events(contact_id, FlowStarted)
    assert (started.flow_name, started.flow_version) == ("Menu", 1)


def test_tokens_are_told_once_and_kept_as_digests_only(house: House) -> None:
    """Whoever reads the table cannot join a chat."""
    started = house.chats()

    contact = house.contact(started.contact_id)
    secret = started.participant_token.rsplit(".", 1)[-1]
    assert contact.customer.token_digest == digest(secret)
    assert secret not in repr(contact)
    assert secret not in repr(house.contacts.facts(started.contact_id))


def test_each_channel_has_its_flow(house: House) -> None:
    """Unless one is asked for, by name or by id."""
    named = [house.rings(name) for name in (None, "Menu", "menu")]
    flows = [house.events(contact_id, FlowStarted)[0].flow_name for contact_id in named]

    assert flows == ["To Sales", "Menu", "Menu"]


def test_a_flow_that_is_not_published_starts_nothing(house: House) -> None:
    with pytest.raises(Rejected, match="no published flow 'Nothing'"):
        house.rings("Nothing")

    assert house.contacts.contacts == {}


def test_a_known_number_is_that_customer(house: House) -> None:
    house.customers.create(a_customer())

    contact_id = house.rings()

    assert house.contact(contact_id).customer_id == "C-ana"
    assert not house.events(contact_id, CustomerIdentified)[0].is_new


def test_a_contact_goes_on_while_the_customers_cannot_be_reached(house: House) -> None:
    house.customers.is_down = True

    contact_id = house.rings()

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert house.contact(contact_id).customer_id is None


def test_a_withheld_number_is_nobody(house: House) -> None:
    contact_id = house.rings(customer_endpoint=None)

    assert house.events(contact_id, CustomerIdentified) == []


def test_the_flow_sees_who_calls(house: House) -> None:
    """Number, channel and attributes, by JSONPath."""
    hello = "$.CustomerEndpoint.Address on $.Channel about $.Attributes.topic"
    house.publish("Tell", document(action("Say", "MessageParticipant", "End", Text=hello)))

    contact_id = house.rings("Tell", attributes={"topic": "lamps"})

    assert last_said(house, contact_id) == [f"{ANAS_NUMBER} on VOICE about lamps"]


def test_the_first_message_of_a_chat_is_in_its_transcript(house: House) -> None:
    contact_id = house.chats(initial_message="My lamp is broken").contact_id

    (item,) = house.contacts.items(contact_id)

    assert (item.role, item.content, item.display_name) == ("CUSTOMER", "My lamp is broken", "Ana")


def test_what_a_flow_says_on_a_chat_are_messages_in_order(house: House) -> None:
    house.publish(
        "Talk",
        to_queue(
            "Sales",
            action("One", "MessageParticipant", "Two", Text="One."),
            action("Two", "MessageParticipant", "Choose", Text="Two."),
        ),
    )

    contact_id = house.chats("Talk", initial_message="Hi").contact_id

    said = [(item.role, item.content) for item in house.contacts.items(contact_id)]
    assert said == [("CUSTOMER", "Hi"), ("SYSTEM", "One."), ("SYSTEM", "Two.")]
    assert [item.content for item in house.announcer.said] == ["Hi", "One.", "Two."]


def test_a_contact_whose_flow_ends_it_at_once_is_complete(house: House) -> None:
    """On a chat nobody has to listen to the end."""
    house.publish("Bye", document(action("Say", "MessageParticipant", "End", Text="Closed.")))

    contact_id = house.chats("Bye").contact_id

    assert house.contact(contact_id).state is ContactState.COMPLETED
    (ended,) = house.events(contact_id, ContactDisconnected)
    assert ended.reason is DisconnectReason.CONTACT_FLOW_DISCONNECT
    assert [item.content for item in house.contacts.items(contact_id)] == ["Closed."]


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_moves_the_flow_on(house: House) -> None:
    contact_id = house.rings("Menu")

    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert branches(house, contact_id) == [
        ("Ask", "Equals 1"),
        ("Choose", "next"),
        ("Enter", "end"),
    ]


@pytest.mark.parametrize("wait", [0, 2, 99, -1])
def test_an_answer_to_another_wait_changes_nothing(house: House, wait: int) -> None:
    """A page that was slow, or that came back from an earlier turn."""
    contact_id = house.rings("Menu")
    before = house.contact(contact_id)

    house.flows.reply(contact_id, wait, InputReceived("1"))

    assert house.contact(contact_id) == before


def test_the_same_answer_twice_counts_once(house: House) -> None:
    contact_id = house.rings("Menu")
    number = wait_number(house, contact_id)

    for _ in range(2):
        house.flows.reply(contact_id, number, InputReceived("1"))

    assert house.facts(contact_id).count("ContactQueued") == 1


def test_of_an_answer_and_a_timeout_at_once_the_first_counts(house: House) -> None:
    contact_id = house.rings("Menu")
    number = wait_number(house, contact_id)
    house.contacts.meanwhile = [lambda: house.flows.reply(contact_id, number, InputReceived("1"))]

    house.flows.reply(contact_id, number, Timeout())

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert ("Ask", "InputTimeLimitExceeded") not in branches(house, contact_id)


def test_an_answer_of_a_contact_that_ended_changes_nothing(house: House) -> None:
    contact_id = house.rings("Menu")
    number = wait_number(house, contact_id)
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    before = house.contact(contact_id)

    house.flows.reply(contact_id, number, InputReceived("1"))

    assert house.contact(contact_id) == before


def test_an_answer_to_an_unknown_contact_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.reply(ContactId("c-x"), 1, Timeout())


def test_an_answer_survives_other_changes_of_the_contact(house: House) -> None:
    """A fact came in between: look again, decide again."""
    contact_id = house.rings("Menu")
    named = CustomerIdentified(customer_id=None, is_new=False)
    house.contacts.meanwhile = [lambda: house.contacts_service.append(contact_id, named)]

    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert house.facts(contact_id).count("CustomerIdentified") == 2


def test_a_contact_that_never_stands_still_is_a_conflict(house: House) -> None:
    """The device asks again."""
    contact_id = house.rings("Menu")
    named = CustomerIdentified(customer_id=None, is_new=False)

    def disturb() -> None:
        house.contacts_service.append(contact_id, named)

    house.contacts.meanwhile = [step for _ in range(9) for step in (disturb, lambda: None)]

    with pytest.raises(LostRace):
        house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))


def test_a_silent_device_is_answered_for_by_the_server(house: House) -> None:
    """After the time of the block and some patience, the flow takes its way for silence."""
    contact_id = house.rings("Menu")
    house.opens_a_socket(contact_id)
    house.streams()
    (timer,) = house.timers.of(TimerKind.FLOW)
    assert timer.due_at > house.at + timedelta(seconds=5)

    house.later((timer.due_at - house.at).total_seconds())
    house.rings_what_is_due()

    assert ("Ask", "InputTimeLimitExceeded") in branches(house, contact_id)
    assert last_said(house, contact_id) == ["Sorry."]


# --- full queues ----------------------------------------------------------------------------------


def test_of_twenty_callers_to_a_queue_of_five_fifteen_hear_that_it_is_full(house: House) -> None:
    """Exactly five wait; the others take the flow's branch, and every block is told."""
    callers = [house.rings("To Support") for _ in range(20)]

    states = [house.contact(contact_id).state for contact_id in callers]
    assert states.count(ContactState.QUEUED) == 5
    for contact_id in callers[5:]:
        assert ("Enter", "QueueAtCapacity") in branches(house, contact_id)
        assert last_said(house, contact_id) == ["All lines are busy."]
        assert "ContactQueued" not in house.facts(contact_id)
    assert house.routing_store.depth[SUPPORT, Channel.VOICE] == 5


def test_a_place_that_became_free_is_given_to_the_next(house: House) -> None:
    callers = [house.rings("To Support") for _ in range(5)]
    house.desk.end(callers[2], DisconnectReason.CUSTOMER_DISCONNECT)

    sixth, seventh = house.rings("To Support"), house.rings("To Support")

    assert house.contact(sixth).state is ContactState.QUEUED
    assert house.contact(seventh).state is ContactState.IN_FLOW


def test_a_queue_that_filled_up_in_between_is_full_at_the_commit(house: House) -> None:
    """What counts is the commit, not what was seen before it."""
    callers: list[ContactId] = []

    def others() -> None:
        callers.extend(house.rings("To Support") for _ in range(5))

    house.contacts.meanwhile = [others]
    late = house.rings("To Support")

    assert house.contact(late).state is ContactState.IN_FLOW
    assert ("Enter", "QueueAtCapacity") in branches(house, late)


def test_a_disabled_queue_takes_nobody_new_and_those_in_it_stay(house: House) -> None:
    """A flow that leads there takes its error branch, as if the queue were not there."""
    first = house.rings("To Support")
    center = house.center.center()
    queues = [replace(queue, status=QueueStatus.DISABLED) for queue in center.queues]
    house.center.configuration = replace(center, queues=tuple(queues))

    second = house.rings("To Support")

    assert ("Enter", "NoMatchingError") in branches(house, second)
    assert house.contact(second).state is ContactState.IN_FLOW
    assert house.contact(first).state is ContactState.QUEUED
    house.signs_in("ben")
    assert house.rings_at(first) == BEN


def test_a_queue_made_smaller_than_its_line_throws_nobody_out(house: House) -> None:
    """Who waits goes on waiting; the next one finds it full."""
    callers = [house.rings("To Support") for _ in range(3)]
    center = house.center.center()
    queues = [replace(queue, max_contacts=1) for queue in center.queues]
    house.center.configuration = replace(center, queues=tuple(queues))

    late = house.rings("To Support")

    assert {ContactState.QUEUED} == {house.contact(each).state for each in callers}
    assert ("Enter", "QueueAtCapacity") in branches(house, late)


def test_facts_of_a_refused_contact_have_no_gap(house: House) -> None:
    """What was taken for granted and refused has left no number behind."""
    callers = [house.rings("To Support") for _ in range(6)]

    numbers = [fact.seq for fact in house.contacts.facts(callers[5])]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_queue_that_does_not_exist_is_the_error_branch(house: House) -> None:
    house.publish("Lost", to_queue("Nowhere"))

    contact_id = house.rings("Lost")

    assert last_said(house, contact_id) == ["Sorry."]


@pytest.mark.parametrize(("wished", "given"), [("1", 1), ("9223372036854775807", 9_999_999_999)])
def test_a_flow_may_move_a_contact_ahead_in_its_queue(
    house: House, wished: str, given: int
) -> None:
    """Priority 1 goes first; one that no place in the line could hold goes last."""
    urgent = action("Urgent", "UpdateContactRoutingBehavior", "Choose", QueuePriority=wished)
    house.publish("Urgent", to_queue("Sales", urgent))

    contact_id = house.rings("Urgent")

    assert house.events(contact_id, ContactQueued)[0].priority == given


def test_a_service_that_nobody_fills_is_the_error_branch(house: House) -> None:
    """The flow goes on without the customer's case."""
    asking = action("Ask", "GetCase", "End", LinkContactToCase="false", GetLastUpdatedCase="true")
    house.publish("Ask", document(asking))

    contact_id = house.rings("Ask")

    assert last_said(house, contact_id) == ["Sorry."]


# --- functions ------------------------------------------------------------------------------------


def test_what_a_function_answers_is_said(house: House) -> None:
    house.functions.replies["function:look_up"] = {"name": "Ana"}

    contact_id = house.rings("Look up")

    assert last_said(house, contact_id) == ["Hello Ana."]
    assert house.functions.calls[0].limit_seconds == 3


@pytest.mark.parametrize(
    "reply",
    [LambdaFailed("no answer in 3 s"), LambdaFailed("TooManyRequestsException"), "text", [1]],
    ids=["times out", "is throttled", "answers text", "answers a list"],
)
def test_a_function_that_fails_is_the_error_branch(house: House, reply: object) -> None:
    """The caller is never dropped because of it."""
    house.functions.replies["function:look_up"] = reply

    contact_id = house.rings("Look up")

    assert house.contact(contact_id).state is ContactState.IN_FLOW
    assert last_said(house, contact_id) == ["Sorry."]


def test_a_function_is_called_once_per_block(house: House) -> None:
    """Also when the commit met another change and the turn was run again: what a function has
    done nobody takes back."""
    look_up = action("Ask", "InvokeLambdaFunction", "Known", LambdaFunctionARN="function:look_up")
    known = action("Known", "MessageParticipant", "Again", Text="Hello $.External.name.")
    again = action("Again", "InvokeLambdaFunction", "End", LambdaFunctionARN="function:look_up")
    house.publish("Late", document(A_SECOND_LATER, look_up, known, again))
    house.functions.replies["function:look_up"] = {"name": "Ana"}
    contact_id = house.chats("Late").contact_id
    named = CustomerIdentified(customer_id=None, is_new=False)
    house.contacts.meanwhile = [lambda: house.contacts_service.append(contact_id, named)]

    house.flows.reply(contact_id, wait_number(house, contact_id), Timeout())

    assert 2 == len(house.functions.calls)  # one for each block
    assert [item.content for item in house.contacts.items(contact_id)] == ["Hello Ana."]
    assert ("Again", "next") == branches(house, contact_id)[3]


def test_slow_functions_have_twelve_seconds_of_a_turn_together(house: House) -> None:
    """The worker that runs them is still to commit the turn; whoever is too late is the error
    branch, and the next turn begins anew."""
    slow = {"LambdaFunctionARN": "function:look_up", "InvocationTimeLimitSeconds": "8"}
    first = action("Ask", "InvokeLambdaFunction", "Second", **slow)
    second = action("Second", "InvokeLambdaFunction", "Third", **slow)
    third = action("Third", "InvokeLambdaFunction", "End", **slow)
    house.publish("Slow", document(first, second, third))
    house.functions.replies["function:look_up"] = {}
    house.functions.during = lambda contact_id: house.later(7)

    contact_id = house.rings("Slow")

    assert [8, 5] == [call.limit_seconds for call in house.functions.calls]
    assert ["Sorry."] == last_said(house, contact_id)


def test_a_function_finds_the_contact_that_it_is_called_for(house: House) -> None:
    """Also in the first turn; what it changes is there, and nothing happened twice."""

    def name(contact_id: ContactId) -> None:
        house.contact_control.set_attributes(contact_id, {"named": "yes"})

    house.functions.replies["function:look_up"] = {"name": "Ana"}
    house.functions.during = name

    contact_id = house.chats("Look up", initial_message="Hi").contact_id

    assert {"named": "yes"} == house.contact(contact_id).session.attributes
    assert 1 == len(house.functions.calls)
    assert 1 == house.facts(contact_id).count("FlowStarted")
    assert ["Hi", "Hello Ana."] == [item.content for item in house.contacts.items(contact_id)]


def test_a_contact_that_ends_while_its_first_function_runs_has_ended(house: House) -> None:
    house.functions.replies["function:look_up"] = {"name": "Ana"}
    house.functions.during = house.contact_control.stop

    contact_id = house.chats("Look up").contact_id

    assert ContactState.COMPLETED is house.contact(contact_id).state
    assert "FlowStarted" not in house.facts(contact_id)


# --- the end, and what is told --------------------------------------------------------------------


def test_every_commit_is_told_to_the_device_as_a_new_turn(house: House) -> None:
    """Turn numbers only grow, so that a page knows which is newer; the first is asked for by
    the device when it arrives, and told to nobody before."""
    contact_id = house.rings("Menu")
    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))
    house.signs_in("ben")
    house.answers(next(iter(house.routing_store.agents)), contact_id)
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    numbers = [contact.turn_number for contact in house.announcer.turns]

    assert numbers == [2, 3, 4]


def test_a_flow_goes_on_in_the_version_it_began_in(house: House) -> None:
    """Publishing in the middle of a call changes nothing for the caller."""
    contact_id = house.rings("Menu")
    house.publish("Menu", to_queue("Support"), version=2)

    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))

    queue = house.contact(contact_id).queue
    assert queue is not None
    assert queue.name == "Sales"


def test_the_customer_who_leaves_in_the_middle_of_a_turn_has_left(house: House) -> None:
    """The commit loses; the second look sees that nobody is there."""
    contact_id = house.rings("Menu")
    house.contacts.meanwhile = [
        lambda: house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    ]

    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))

    assert house.contact(contact_id).state is ContactState.COMPLETED
    assert "ContactQueued" not in house.facts(contact_id)


def test_no_contact_enters_a_module_or_a_draft(house: House) -> None:
    """Nor a version that is not there: whoever asks for it is told."""
    house.publish("Part", to_queue("Sales"))
    part = house.center.entry(FlowId("part"))
    house.publish("Main", to_queue("Sales"))
    house.center.versions[part.flow_id, 1] = replace(
        house.center.versions[part.flow_id, 1], type=FlowType.MODULE
    )

    for flow in ("Part", "flow:Main:2", "flow:Main:$SAVED", "flow:Main:live"):
        with pytest.raises(Rejected) as refused:
            house.rings(flow)
        assert refused.value.value == flow
    assert house.rings("flow:Main:1")


# --- asked twice ----------------------------------------------------------------------------------


def test_asked_twice_under_one_client_token_it_is_one_contact(house: House) -> None:
    """Whoever got no answer asks again; the token handed out last is the one that counts."""
    first = house.chats("To Sales", client_token="t-1")
    again = house.chats("To Sales", client_token="t-1")
    other = house.chats("To Sales", client_token="t-2")

    assert first.contact_id == again.contact_id != other.contact_id
    assert first.contact_id == house.chat.admit(again.participant_token).contact_id
    with pytest.raises(Unidentified):
        house.chat.admit(first.participant_token)
    assert 1 == house.facts(first.contact_id).count("ContactQueued")


def test_two_of_one_client_token_in_the_same_moment_are_one_contact(house: House) -> None:
    """The second finds the first in its way, and takes its contact."""

    def meanwhile() -> None:
        house.chats("To Sales", client_token="t-1")

    house.contacts.meanwhile = [meanwhile]

    started = house.chats("To Sales", client_token="t-1")

    assert [started.contact_id] == list(house.contacts.contacts)
