"""Promises to call back, kept: from the block to the talk, or to the last attempt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import PracticeNumber, PracticeOutcome, QueueStatus
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Rejected
from chalicelib.core.events import DisconnectReason, InitiationMethod
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId
from chalicelib.services.lines import LineAnswers
from tests.given import ANAS_NUMBER
from tests.house import BEN, DONE, House, a_center, action, document
from tests.services.inquiries import inquiry, value_of

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
        house.respondents[Port.LINE] = lambda: LineAnswers(exchange, NoStreams())
        house.publish("Default outbound", OUTBOUND, type_="OUTBOUND_WHISPER")
        self.call = house.contact(house.rings("Menu", attributes={"topic": "lamp"}))

    def promise(self, key: str = "k", **request: object) -> Contact:
        asked = inquiry(
            self.house, self.call, Port.CALLBACK, "create", {**PATIENCE, **request}, key=key
        )
        made = value_of(self.house.callbacks.ask(asked))["ContactId"]
        return self.house.contact(ContactId(str(made)))

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
    assert desk.promise("same") != desk.promise("other")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"CallbackNumber": ""}, "CallbackNumber"),
        ({"QueueId": "queue:Nowhere"}, "QueueId"),
        ({"ContactFlowId": "Nowhere"}, "ContactFlowId"),
        ({"RetryDelaySeconds": "soon"}, "RetryDelaySeconds"),
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


def _queue_of(desk: Desk, contact: Contact) -> str:
    desk.passes(60)
    stay = desk.now(contact).queue
    assert stay is not None
    return stay.name
