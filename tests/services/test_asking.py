"""Flows that ask: answered at once, by a person later, or by nobody."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib.adapters.dynamo.codec import dump_contact, load_contact
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import NotFound
from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import (
    Answered,
    InputReceived,
    Listen,
    Port,
    PresentView,
    Prompt,
    Said,
    Timeout,
)
from chalicelib.core.ids import ContactId
from chalicelib.services.asking import Inquiry, Pending, Reply
from tests.house import House, action, document, to_queue

BOT = document(
    {
        "Identifier": "Bot",
        "Type": "ConnectParticipantWithLexBot",
        "Parameters": {"Text": "How can I help?", "LexV2Bot": {"AliasArn": "bot:help"}},
        "Transitions": {
            "NextAction": "Sorry",
            "Conditions": [
                {"NextAction": "Choose", "Condition": {"Operator": "Equals", "Operands": ["Buy"]}}
            ],
            "Errors": [
                {"ErrorType": "NoMatchingCondition", "NextAction": "Sorry"},
                {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
            ],
        },
    },
    action("Choose", "UpdateContactTargetQueue", "Enter", QueueId="queue:Sales"),
    action("Enter", "TransferContactToQueue", "End"),
)


class PatientBot:
    """Understands `buy`; asks again as often as needed, and counts."""

    def __init__(self) -> None:
        self.asked: list[Inquiry] = []

    def ask(self, inquiry: Inquiry) -> Reply:
        self.asked.append(inquiry)
        return Pending(memory={"tries": 0}, commands=(Listen(hints=("buy",)),))

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        if "buy" in said.text or said.digits == "1":
            return Answered({"IntentName": "Buy"}, result="Buy")
        again = Listen(prompt=Prompt(text="Sorry, what?"))
        return Pending(memory={"tries": int(str(memory["tries"])) + 1}, commands=(again,))


@pytest.fixture
def house() -> House:
    house = House()
    house.publish("Bot", BOT)
    bot = PatientBot()
    house.respondents[Port.BOT] = lambda: bot
    return house


def wait_number(house: House, contact_id: ContactId) -> int:
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    return wait.number


def branches(house: House, contact_id: ContactId) -> list[tuple[str, str]]:
    return [(b.block_id, b.branch) for b in house.events(contact_id, BlockExecuted)]


def test_a_caller_speaks_until_the_bot_understands(house: House) -> None:
    """Each answer is to the question asked last; the flow goes on with the intent."""
    contact_id = house.rings("Bot")
    first = wait_number(house, contact_id)
    house.flows.hear(contact_id, Said(text="hm"), first)
    house.flows.hear(contact_id, Said(text="buy"), first)  # an answer to the earlier question

    dialog = house.contact(contact_id).dialog
    assert dialog is not None
    assert dialog.memory == {"tries": 1}
    assert house.contact(contact_id).state is ContactState.IN_FLOW

    house.flows.hear(contact_id, Said(text="I want to buy"), wait_number(house, contact_id))

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert house.contact(contact_id).dialog is None
    assert ("Bot", "Equals Buy") in branches(house, contact_id)


def test_keys_and_silence_are_for_the_bot_too(house: House) -> None:
    contact_id = house.rings("Bot")
    house.flows.reply(contact_id, wait_number(house, contact_id), Timeout())
    house.flows.reply(contact_id, wait_number(house, contact_id), InputReceived("1"))

    assert house.contact(contact_id).state is ContactState.QUEUED


def test_a_chatters_message_is_heard_once_however_often_it_is_sent(house: House) -> None:
    """A device that retries must not answer the next question with the same words."""
    started = house.chats(flow="Bot")
    token = started.participant_token
    house.later(1)
    for _ in range(2):
        house.chat.send(token, "text/plain", "well", "the-same")

    dialog = house.contact(started.contact_id).dialog
    assert dialog is not None
    assert dialog.memory == {"tries": 1}
    house.later(1)
    house.chat.send(token, "text/plain", "buy", None)
    assert house.contact(started.contact_id).state is ContactState.QUEUED
    said = [item.content for item in house.contacts.items(started.contact_id)]
    assert said == ["How can I help?", "well", "Sorry, what?", "buy"]


def test_whoever_never_answers_is_given_up(house: House) -> None:
    contact_id = house.rings("Bot")
    house.flows.time_out(contact_id, str(wait_number(house, contact_id)))

    assert ("Bot", "InputTimeLimitExceeded") in branches(house, contact_id)
    assert house.contact(contact_id).dialog is None


def test_a_service_that_refuses_is_the_error_branch(house: House) -> None:
    """Its reason is in the trace."""

    class Nobody:
        def ask(self, inquiry: Inquiry) -> Reply:
            raise NotFound("no such bot")

    house.respondents[Port.BOT] = Nobody
    contact_id = house.rings("Bot")

    (block,) = [b for b in house.events(contact_id, BlockExecuted) if b.block_id == "Bot"]
    assert block.branch == "NoMatchingError"
    assert "no such bot" in str(block)


def test_a_dialog_survives_its_row(house: House) -> None:
    contact = house.contact(house.rings("Bot"))

    assert load_contact(dump_contact(contact)) == contact


def test_a_view_is_a_message_and_its_action_the_answer(house: House) -> None:
    """As Amazon Connect sends views to a chat."""

    class Form:
        def ask(self, inquiry: Inquiry) -> Reply:
            return Pending(commands=(PresentView({"id": "form"}),))

        def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
            return Answered({"Action": said.action, "data": said.data}, result=said.action)

    house.respondents[Port.VIEW] = Form
    house.publish(
        "View",
        to_queue(
            "Sales",
            {
                "Identifier": "Show",
                "Type": "ShowView",
                "Parameters": {"ViewResource": {"Id": "form"}, "InvocationTimeLimitSeconds": "60"},
                "Transitions": {
                    "NextAction": "Sorry",
                    "Conditions": [
                        {
                            "NextAction": "Choose",
                            "Condition": {"Operator": "Equals", "Operands": ["Submit"]},
                        }
                    ],
                    "Errors": [
                        {"ErrorType": name, "NextAction": "Sorry"}
                        for name in ("NoMatchingCondition", "NoMatchingError", "TimeLimitExceeded")
                    ],
                },
            },
        ),
    )
    started = house.chats(flow="View")
    (shown,) = house.contacts.items(started.contact_id)
    house.chat.send(
        started.participant_token,
        "application/vnd.amazonaws.connect.message.interactive.response",
        '{"templateType": "ViewResource", "action": "Submit", "data": {"name": "Ana"}}',
        None,
    )

    assert shown.content_type == "application/vnd.amazonaws.connect.message.interactive"
    assert '"id": "form"' in shown.content
    assert house.contact(started.contact_id).state is ContactState.QUEUED
    views = house.contact(started.contact_id).session.results["Views"]
    assert views == {"Action": "Submit", "data": {"name": "Ana"}}
