"""Bots in flows: what callers and chatters say leads where they want to go."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from chalicelib.core.bots import InvalidBot, read_bot
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import NotFound
from chalicelib.core.events import BlockExecuted, CustomerIdentified
from chalicelib.core.flow import (
    InputReceived,
    Listen,
    PlayPrompt,
    Port,
    Prompt,
    Said,
    Timeout,
)
from chalicelib.core.ids import ContactId
from chalicelib.services.bot_ports import Reaction, Utterance
from chalicelib.services.bots import BotRespondent, BotService
from tests.core.bots.given import TRAVEL
from tests.house import House, action, document

ALIAS = "arn:aws:lex:us-east-1:123456789012:bot-alias/B1/A1"


def flow(
    bot: str = "bot:travel", kind: str = "ConnectParticipantWithLexBot", **more: object
) -> str:
    """A bot; who books goes to Sales, who complains to Support, all others hear `Sorry.`"""
    talks: dict[str, object] = (
        {"LexV2Bot": {"AliasArn": bot}}
        if kind.endswith("LexBot")
        else {"AgentConfiguration": {"ApplicationId": bot, "ContextVariables": {"tier": "gold"}}}
    )
    conditions = [
        {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [intent]}}
        for intent, target in (("Book", "Sales"), ("Complain", "Support"))
    ]
    errors = [
        {"ErrorType": "NoMatchingCondition", "NextAction": "Sorry"},
        {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
    ]
    return document(
        {
            "Identifier": "Bot",
            "Type": kind,
            "Parameters": {"Text": "Welcome. How can I help?", **talks, **more},
            "Transitions": {"NextAction": "Sorry", "Conditions": conditions, "Errors": errors},
        },
        action("Sales", "UpdateContactTargetQueue", "Enter", QueueId="queue:Sales"),
        action("Support", "UpdateContactTargetQueue", "Enter", QueueId="queue:Support"),
        action("Enter", "TransferContactToQueue", "End"),
    )


@pytest.fixture
def house() -> House:
    house = House()
    house.bots.save(read_bot(TRAVEL), TRAVEL)
    house.publish("Bot", flow())
    return house


def says(house: House, contact_id: ContactId, *texts: str) -> None:
    for text in texts:
        house.flows.hear(contact_id, Said(text=text))


def listens(house: House, contact_id: ContactId) -> Listen:
    command = house.contact(contact_id).turn[-1]
    assert isinstance(command, Listen)
    return command


def lex(house: House, contact_id: ContactId) -> Mapping[str, object]:
    known = house.contact(contact_id).session.results["Lex"]
    assert isinstance(known, Mapping)
    return known


def branch(house: House, contact_id: ContactId) -> str:
    return next(b.branch for b in house.events(contact_id, BlockExecuted) if b.block_id == "Bot")


def test_a_caller_is_asked_for_all_that_is_needed_and_led_there(house: House) -> None:
    """The flow knows intent and slots under `$.Lex`."""
    contact_id = house.rings("Bot")
    assert "book a flight" in listens(house, contact_id).hints
    says(house, contact_id, "I want to book a room", "tomorrow", "two", "yes")

    assert house.contact(contact_id).state is ContactState.QUEUED
    assert "Equals Book" == branch(house, contact_id)
    known = lex(house, contact_id)
    assert ("Book", "Fulfilled") == (known["IntentName"], known["DialogState"])
    assert {"what": "hotel", "when": "2026-03-03", "people": "2"} == known["Slots"]


def test_keys_choose_too(house: House) -> None:
    contact_id = house.rings("Bot")
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    house.flows.reply(contact_id, wait.number, InputReceived("1"))

    prompt = listens(house, contact_id).prompt
    assert prompt is not None
    assert "What shall I book?" == prompt.text


def test_who_is_never_understood_is_told_so_by_the_flow(house: House) -> None:
    contact_id = house.rings("Bot")
    says(house, contact_id, "blah", "blah", "blah")

    assert "NoMatchingCondition" == branch(house, contact_id)
    assert "FallbackIntent" in str(house.events(contact_id, BlockExecuted))


def test_three_silences_are_the_error_branch(house: House) -> None:
    contact_id = house.rings("Bot")
    for _ in range(3):
        wait = house.contact(contact_id).session.wait
        assert wait is not None
        house.flows.reply(contact_id, wait.number, Timeout())

    assert "InputTimeLimitExceeded" == branch(house, contact_id)


def test_a_chatter_writes_with_it(house: House) -> None:
    started = house.chats(flow="Bot")
    house.later(1)
    house.chat.send(started.participant_token, "text/plain", "this is outrageous", None)

    assert "Equals Complain" == branch(house, started.contact_id)


def test_what_a_chatter_wrote_before_is_what_the_bot_hears_first(house: House) -> None:
    house.publish("Bot", flow(LexInitializationData={"InitialMessage": "this is outrageous"}))

    assert "Equals Complain" == branch(house, house.chats(flow="Bot").contact_id)


def test_session_attributes_set_the_timing_and_are_given_back(house: House) -> None:
    attributes = {
        "x-amz-lex:audio:start-timeout-ms:*:*": "6000",
        "x-amz-lex:audio:start-timeout-ms:Book:when": "9000",
        "x-amz-lex:audio:end-timeout-ms:*:*": "1200",
        "x-amz-lex:audio:max-length-ms:*:*": "60000",
        "x-amz-lex:allow-interrupt:*:*": "false",
        "tier": "gold",
    }
    house.publish("Bot", flow(LexSessionAttributes=attributes))
    contact_id = house.rings("Bot")
    listening = listens(house, contact_id)
    assert (6.0, 1.2, 15.0, False) == (
        listening.start_seconds,
        listening.end_seconds,
        listening.longest_seconds,
        listening.can_interrupt,
    )
    says(house, contact_id, "book a room")
    assert 9.0 == listens(house, contact_id).start_seconds
    says(house, contact_id, "this is outrageous")

    assert attributes == lex(house, contact_id)["SessionAttributes"]


def test_a_bot_of_the_first_version_goes_by_its_name(house: House) -> None:
    content = json.loads(flow())
    content["Actions"][0]["Parameters"]["LexBot"] = {
        "Name": "travel",
        "Region": "us-east-1",
        "Alias": "$LATEST",
    }
    del content["Actions"][0]["Parameters"]["LexV2Bot"]
    house.publish("Bot", json.dumps(content))
    contact_id = house.rings("Bot")
    says(house, contact_id, "this is outrageous")

    assert "Equals Complain" == branch(house, contact_id)


def test_an_agent_that_leads_conversations_by_itself_is_a_bot(house: House) -> None:
    house.publish("Bot", flow("bot:travel", "ConnectParticipantWithAgenticCX"))
    contact_id = house.rings("Bot")
    says(house, contact_id, "this is outrageous")

    assert "Equals Complain" == branch(house, contact_id)
    assert {"tier": "gold"} == lex(house, contact_id)["SessionAttributes"]


def test_a_bot_that_is_not_there_is_the_error_branch(house: House) -> None:
    house.publish("Bot", flow("bot:nowhere"))

    assert "NoMatchingError" == branch(house, house.rings("Bot"))


class Elsewhere:
    """A bot of somebody else's: asks once, then knows."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []

    def react(self, said: Utterance) -> Reaction:
        self.said.append(said)
        if len(self.said) == 1:
            return Reaction(says="And when?")
        return Reaction(
            says="Done.", intent="Book", lex={"IntentName": "Book", "Slots": {"when": said.text}}
        )


def test_a_bot_with_an_arn_is_asked_where_it_runs(house: House) -> None:
    """Each contact is one session there."""
    elsewhere = Elsewhere()
    house.respondents[Port.BOT] = lambda: BotRespondent(house.bots, lambda: elsewhere)
    house.publish("Bot", flow(ALIAS, LexSessionAttributes={"tier": "gold"}))
    contact_id = house.rings("Bot")
    says(house, contact_id, "a room", "tomorrow")

    assert "Equals Book" == branch(house, contact_id)
    assert PlayPrompt(Prompt(text="Done.")) in house.contact(contact_id).turn
    assert ["a room", "tomorrow"] == [said.text for said in elsewhere.said]
    assert {(ALIAS, contact_id, "gold")} == {
        (said.bot, said.session, said.attributes["tier"]) for said in elsewhere.said
    }


def test_a_bot_elsewhere_hears_a_sentence_once(house: House) -> None:
    """Also when something else happened to the contact while it thought."""
    elsewhere = Elsewhere()
    house.respondents[Port.BOT] = lambda: BotRespondent(house.bots, lambda: elsewhere)
    house.publish("Bot", flow(ALIAS))
    contact_id = house.rings("Bot")
    named = CustomerIdentified(customer_id=None, is_new=False)
    house.contacts.meanwhile = [lambda: house.contacts_service.append(contact_id, named)]

    says(house, contact_id, "a room")

    assert ["a room"] == [said.text for said in elsewhere.said]
    assert house.contact(contact_id).dialog is not None


def test_silence_is_nothing_to_tell_a_bot_elsewhere(house: House) -> None:
    house.publish("Bot", flow(ALIAS))
    contact_id = house.rings("Bot")
    says(house, contact_id, "", "", "")

    assert "InputTimeLimitExceeded" == branch(house, contact_id)


def test_a_bot_elsewhere_that_fails_is_the_error_branch(house: House) -> None:
    house.publish("Bot", flow(ALIAS))
    contact_id = house.rings("Bot")
    says(house, contact_id, "a room")

    assert "NoMatchingError" == branch(house, contact_id)


def test_an_admin_saves_a_bot_under_its_own_name(house: House) -> None:
    service = BotService(house.bots, house.now)
    service.save("travel", {**TRAVEL, "retries": 0})

    assert 0 == house.bots.get("travel").retries
    assert ["travel"] == [bot.name for bot in service.list()]
    with pytest.raises(InvalidBot, match="saved as"):
        service.save("other", TRAVEL)
    with pytest.raises(NotFound):
        service.document("other")


def test_an_admin_sees_what_a_sentence_is_taken_for_and_why(house: House) -> None:
    found, *_ = BotService(house.bots, house.now).understand("travel", "book a room on friday")

    assert ("Book", "book a {what} on {when}") == (found.intent, found.because)
    assert {"what": "hotel", "when": "2026-03-06"} == found.slots
