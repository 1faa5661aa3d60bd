"""The system attributes as flows see them."""

from __future__ import annotations

import pytest

from chalicelib.core.contact import Leg
from chalicelib.core.events import Channel, InitiationMethod
from chalicelib.core.flow import PlayPrompt, spoken_text
from chalicelib.services.flow_scope import chance_of, scope_of
from tests.given import ANAS_NUMBER
from tests.house import BEN, House, action, document


def heard(text: str, **more: object) -> str:
    """What a caller hears whose flow says this."""
    house = House()
    say = action("Say", "MessageParticipant", "End", Text=text)
    choose = action("Choose", "UpdateContactTargetQueue", "Say", QueueId="queue:Sales")
    house.publish("Say", document(choose, say))
    turn = house.contact(house.rings("Say", **more)).turn
    return " ".join(spoken_text(each.prompt) for each in turn if isinstance(each, PlayPrompt))


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("$.Channel", "VOICE"),
        ("$.ContactId", "id-1"),
        ("$.InitialContactId", "id-1"),
        ("$.PreviousContactId", "id-1"),
        ("$.InitiationMethod", "INBOUND"),
        ("$.InstanceARN", "arn:aws:connect:us-east-1:000000000000:instance/i-1"),
        ("$.AwsRegion", "us-east-1"),
        ("$.CustomerEndpoint.Address", ANAS_NUMBER),
        ("$.CustomerEndpoint.Type", "TELEPHONE_NUMBER"),
        ("$.CustomerEndpoint.DisplayName", "Ana"),
        ("$.SystemEndpoint.Address", "+12025550100"),
        ("$.Queue.Name", "Sales"),
        ("$.Queue.ARN", "arn:aws:connect:us-east-1:000000000000:instance/i-1/queue/q-sales"),
        ("$.Queue.OutboundCallerId.Address", "+12025550100"),
        ("$.LanguageCode", "en-US"),
        ("$.TextToSpeechVoiceId", "Joanna"),
        ("$.SegmentAttributes['connect:Subtype']", "connect:Telephony"),
        ("$.SegmentAttributes['connect:Direction']", "INBOUND"),
        ("$.Agent.UserName", ""),
        ("$.Name", ""),
    ],
)
def test_a_flow_names_what_the_center_knows_of_its_contact(reference: str, value: str) -> None:
    assert f"<{value}>" == heard(f"<{reference}>")


def test_the_agent_is_known_once_one_has_answered() -> None:
    house = House()
    house.signs_in("ben")
    contact_id = house.rings()
    house.answers(BEN, contact_id)

    scope = scope_of(house.contact(contact_id), house.center.center())

    assert scope["Agent"] == {
        "UserName": "ben",
        "FirstName": "Ben",
        "LastName": "Ode",
        "ARN": "arn:aws:connect:us-east-1:000000000000:instance/i-1/agent/a-ben",
    }


def test_the_first_message_of_a_chat_can_be_named() -> None:
    house = House()
    say = action("Say", "MessageParticipant", "End", Text="You said: $.Media.InitialMessage")
    house.publish("Say", document(say))

    started = house.chats("Say", initial_message="My lamp is broken")

    said = [item.content for item in house.contacts.items(started.contact_id)]
    assert "You said: My lamp is broken" in said


@pytest.mark.parametrize(
    ("channel", "method", "subtype"),
    [
        (Channel.VOICE, InitiationMethod.WEBRTC_API, "connect:WebRTC"),
        (Channel.CHAT, InitiationMethod.API, "connect:Chat"),
        (Channel.TASK, InitiationMethod.API, "connect:Task"),
    ],
)
def test_each_kind_of_contact_has_its_subtype(
    channel: Channel, method: InitiationMethod, subtype: str
) -> None:
    house = House()
    contact_id = house.rings(channel=channel, initiation_method=method)
    attributes = scope_of(house.contact(contact_id), house.center.center())["SegmentAttributes"]

    assert isinstance(attributes, dict)
    assert subtype == attributes["connect:Subtype"]


def test_to_a_guide_the_contact_is_a_chat_with_the_agent() -> None:
    house = House()
    contact = house.contact(house.rings())

    scope = scope_of(contact, house.center.center(), Leg.GUIDE)

    assert "CHAT" == scope["Channel"]


def test_chance_is_the_same_for_the_same_contact() -> None:
    house = House()
    chances = [chance_of(house.rings()) for _ in range(20)]

    assert all(0 <= chance < 1 for chance in chances)
    assert 20 == len(set(chances))
