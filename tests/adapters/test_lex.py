"""Amazon Lex as its runtime answers: conversations, what was heard, and refusals."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import botocore.session
import pytest
from botocore.stub import ANY, Stubber

from chalicelib.adapters.lex import LexHearing, LexRuntime
from chalicelib.core.errors import Rejected
from chalicelib.services.bot_ports import Utterance
from chalicelib.services.ports import Unavailable

ALIAS = "arn:aws:lex:eu-west-2:123456789012:bot-alias/BOT0000001/ALIAS00001"
SAID = Utterance(
    bot=ALIAS, session="c-1", text="a room", language="en-GB", attributes={"tier": "gold"}
)


class Lex:
    """Clients whose answers a test has written; remembers the regions."""

    def __init__(self) -> None:
        self.client = botocore.session.get_session().create_client(
            "lexv2-runtime",
            region_name="eu-west-2",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        self.stub = Stubber(self.client)
        self.stub.activate()
        self.regions: list[str] = []

    def __call__(self, region: str) -> Any:
        self.regions.append(region)
        return self.client


@pytest.fixture
def lex() -> Lex:
    return Lex()


def test_a_bot_that_asks_on_is_listened_to(lex: Lex) -> None:
    lex.stub.add_response(
        "recognize_text",
        {
            "messages": [{"contentType": "PlainText", "content": "And when?"}],
            "sessionState": {"dialogAction": {"type": "ElicitSlot", "slotToElicit": "when"}},
        },
        {
            "botId": "BOT0000001",
            "botAliasId": "ALIAS00001",
            "localeId": "en_GB",
            "sessionId": "c-1",
            "text": "a room",
            "sessionState": {"sessionAttributes": {"tier": "gold"}},
        },
    )
    reaction = LexRuntime(lex).react(SAID)

    assert ("And when?", None) == (reaction.says, reaction.intent)
    assert ["eu-west-2"] == lex.regions


def test_a_bot_that_knows_gives_all_that_flows_read(lex: Lex) -> None:
    def slot(value: str) -> dict[str, Any]:
        return {"value": {"interpretedValue": value, "originalValue": value, "resolvedValues": []}}

    intent = {"name": "Book", "state": "Fulfilled", "slots": {"what": slot("room"), "when": None}}
    lex.stub.add_response(
        "recognize_text",
        {
            "sessionState": {
                "dialogAction": {"type": "Close"},
                "intent": {**intent, "slots": {"what": slot("room")}},
                "sessionAttributes": {"tier": "gold"},
            },
            "interpretations": [
                {
                    "intent": {**intent, "slots": {"what": slot("room")}},
                    "nluConfidence": {"score": 0.91},
                    "sentimentResponse": {
                        "sentiment": "POSITIVE",
                        "sentimentScore": {"positive": 0.9, "negative": 0.01},
                    },
                },
                {"intent": {"name": "Cancel"}, "nluConfidence": {"score": 0.4}},
            ],
        },
        None,
    )
    reaction = LexRuntime(lex).react(SAID)

    assert "Book" == reaction.intent
    assert {
        "IntentName": "Book",
        "IntentConfidence": {"Score": "0.91"},
        "Slots": {"what": "room"},
        "SessionAttributes": {"tier": "gold"},
        "DialogState": "Fulfilled",
        "AlternativeIntents": {
            "Cancel": {
                "IntentName": "Cancel",
                "IntentConfidence": {"Score": "0.4"},
                "Slots": {},
            }
        },
        "SentimentResponse": {
            "Label": "POSITIVE",
            "Scores": {"Positive": "0.9", "Negative": "0.01"},
        },
    } == reaction.lex


def test_a_bot_that_fails_or_is_none_is_told_apart(lex: Lex) -> None:
    lex.stub.add_client_error("recognize_text", "DependencyFailedException")
    with pytest.raises(Unavailable):
        LexRuntime(lex).react(SAID)
    with pytest.raises(Rejected, match="no alias of a bot"):
        LexRuntime(lex).react(Utterance(bot="arn:aws:s3:::x", session="c", text="", language="en"))


def test_lex_hears(lex: Lex) -> None:
    """What it heard comes zipped, in a header."""
    heard = base64.b64encode(gzip.compress(b'"I want a room"')).decode()
    expected = {
        "botId": "BOT0000001",
        "botAliasId": "ALIAS00001",
        "localeId": "en_US",
        "sessionId": ANY,
        "requestContentType": "audio/l16; rate=16000; channels=1",
        "responseContentType": "text/plain;charset=utf-8",
        "inputStream": b"sound",
    }
    lex.stub.add_response("recognize_utterance", {"inputTranscript": heard}, expected)
    lex.stub.add_response("recognize_utterance", {}, expected)
    hearing = LexHearing(lex, ALIAS)

    said = hearing.words(b"sound", hints=(), language="en-US")
    nothing = hearing.words(b"sound", hints=(), language="en-US")

    assert [("I want a room", 1.0), ("", 0.0)] == [
        (each.text, each.confidence) for each in (said, nothing)
    ]


def test_nobody_is_heard_in_the_middle_of_what_another_said() -> None:
    """Each utterance has a session of its own: a bot that asks on would ask the next caller."""
    sessions: list[str] = []

    class Ear:
        def recognize_utterance(self, **asked: Any) -> dict[str, Any]:
            sessions.append(asked["sessionId"])
            return {}

    hearing = LexHearing(lambda region: Ear(), ALIAS)
    for samples in (b"one", b"another", b"one"):
        hearing.words(samples, hints=(), language="en-US")

    first, second, again = sessions
    assert first == again != second
    assert max(map(len, sessions)) <= 100  # as long as Amazon Lex takes


def test_without_a_bot_nobody_listens(lex: Lex) -> None:
    with pytest.raises(Unavailable):
        LexHearing(lex, "").words(b"sound", hints=(), language="en-US")
    lex.stub.add_client_error("recognize_utterance", "ThrottlingException")
    with pytest.raises(Unavailable):
        LexHearing(lex, ALIAS).words(b"sound", hints=(), language="en-US")
