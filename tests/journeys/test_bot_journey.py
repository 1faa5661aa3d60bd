"""Callers and chatters speak with bots, on the deployed artifact."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.core.bots.given import TRAVEL
from tests.journeys.center import Center, eventually
from tests.journeys.customers import Caller
from tests.services.test_bots import flow
from tests.spoken import samples, wav

pytestmark = pytest.mark.journey

FLOW = "Bot journey"


@pytest.fixture
def bot_flow(center: Center) -> Iterator[str]:
    """The travel bot and a flow that speaks with it, published through the API."""
    status, saved = center.request("PUT", "/v1/bots/travel", TRAVEL, role="admin")
    assert (200, "travel") == (status, saved["name"])
    connect = center.connect()
    content = flow().replace('"Text": "Sorry."', '"Text": "Nobody understands you."')
    made = connect.create_contact_flow(
        InstanceId=center.instance_id, Name=FLOW, Type="CONTACT_FLOW", Content=content
    )
    yield made["ContactFlowId"]
    connect.delete_contact_flow(InstanceId=center.instance_id, ContactFlowId=made["ContactFlowId"])


def test_a_chatter_books_with_a_bot(center: Center, bot_flow: str) -> None:
    """Question by question; the trace tells the intent, the flow goes by it."""
    started = center.connect().start_chat_contact(
        InstanceId=center.instance_id,
        ContactFlowId=bot_flow,
        ParticipantDetails={"DisplayName": "Ana"},
    )
    participant = center.connect("connectparticipant")
    joined = participant.create_participant_connection(
        ParticipantToken=started["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"]
    )
    token = joined["ConnectionCredentials"]["ConnectionToken"]

    def read() -> list[str]:
        page = participant.get_transcript(
            ConnectionToken=token, MaxResults=100, SortOrder="ASCENDING"
        )
        return [item["Content"] for item in page["Transcript"] if item["Type"] == "MESSAGE"]

    for text in ("I want to book a room", "tomorrow", "two", "yes please"):
        participant.send_message(ConnectionToken=token, ContentType="text/plain", Content=text)
    eventually(lambda: len(read()) > 7, "the whole conversation")

    assert ["Welcome. How can I help?", "When?", "For how many?"] == read()[:6:2]
    assert any(text.startswith("Booked for 20") for text in read())
    facts = center.explain(started["ContactId"], "BlockExecuted")
    bot = next(fact for fact in facts if fact["blockId"] == "Bot")
    assert ("Equals Book", "Book") == (bot["branch"], bot["given"]["result"])
    assert "Sales" == center.contact(started["ContactId"])["queue"]["name"]
    participant.disconnect_participant(ConnectionToken=token)


def test_a_caller_types_the_word_of_the_menu(center: Center) -> None:
    """`sales` leads where key 1 leads."""
    with Caller(center) as somebody:
        somebody.presses("1")
        somebody.types("I'd like to talk to sales, please")
        somebody.hears_the_queue()

        assert "Sales" == center.contact(somebody.contact_id)["queue"]["name"]


def test_a_caller_says_the_word_of_the_menu(center: Center) -> None:
    """Sound goes in, is made out on the spot, and answers the menu."""
    with Caller(center) as somebody:
        somebody.presses("1")
        listening = somebody.told("listen")
        status, heard = speak(center, somebody, listening["wait"], wav(samples("support")))

        assert (200, "support") == (status, heard["text"])
        assert heard["confidence"] >= 0.5
        somebody.hears_the_queue()
        assert "Support" == center.contact(somebody.contact_id)["queue"]["name"]
        status, late = speak(center, somebody, listening["wait"], samples("sales"))
        assert (200, None) == (status, late["text"])


def test_sound_that_is_none_and_strangers_are_refused(center: Center) -> None:
    with Caller(center) as somebody, Caller(center) as other:
        somebody.presses("1")
        wait = somebody.told("listen")["wait"]
        for audio, status in ((b"", 422), (b"RIFFnonsense", 422), (bytes(32_000 * 17), 422)):
            assert status == speak(center, somebody, wait, audio)[0]
        assert 422 == speak(center, somebody, wait, wav(samples("yes"), rate=8_000))[0]
        body = {"wait": wait, "audio": base64.b64encode(samples("yes")).decode()}
        path = f"/v1/contacts/{somebody.contact_id}/speech"
        token = f"Bearer {other.participant_token}"
        assert 403 == center.request("POST", path, body, Authorization=token)[0]
        assert 401 == center.request("POST", path, body)[0]


def test_a_bad_bot_is_refused_with_all_that_is_wrong(center: Center) -> None:
    bad = {"name": "travel", "retries": "many", "intents": {"A": {"utterances": ["go {where}"]}}}
    status, body = center.request("PUT", "/v1/bots/travel", bad, role="admin")

    assert 422 == status
    assert "intents.A.utterances[0]: there is no slot 'where'" in body["message"]
    assert "retries: 'many'" in body["message"]


def test_admins_see_the_bots(center: Center) -> None:
    listed = center.get("/v1/bots", role="supervisor")["bots"]

    assert "main-menu" in [bot["name"] for bot in listed]
    assert "Choose" in center.get("/v1/bots/main-menu", role="admin")["intents"]
    path = "/v1/bots/main-menu/understanding?text=to%20sales%20please"
    understood = center.get(path, role="admin")["understood"]
    assert [{"key": "1"}] == [found["slots"] for found in understood]


def speak(center: Center, caller: Caller, wait: int, audio: bytes) -> tuple[int, Any]:
    return center.request(
        "POST",
        f"/v1/contacts/{caller.contact_id}/speech",
        {"wait": wait, "audio": base64.b64encode(audio).decode()},
        Authorization=f"Bearer {caller.participant_token}",
    )
