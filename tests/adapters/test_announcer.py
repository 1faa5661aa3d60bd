"""What devices and desks are told, in the shapes of docs/protocol.md."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.announcer import (
    SocketAnnouncer,
    agent_document,
    event_frame,
    item_document,
    turn_frame,
)
from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.flow import CollectInput, PlayLoop, PlayPrompt, Prompt, Session, Wait, WaitKind
from chalicelib.core.ids import ConnectionId, ContactId
from chalicelib.services.ports import ChatItem, Connection
from tests.fakes.contacts import InMemoryRoutingStore
from tests.fakes.world import InMemoryConnectionStore, RecordingSockets, SilentVoice
from tests.given import MONDAY, a_contact, later
from tests.house import BEN, House

HELLO = Prompt(text="Hello", language_code="pt-BR")
SPOKEN = {"text": "Hello", "audioUrl": "https://prompts.test/Hello", "language": "pt-BR"}


def a_turn(*commands: object, wait: Wait | None = None, **fields: object) -> dict[str, Any]:
    session = Session(action_id="A", wait=wait)
    known = {"state": ContactState.IN_FLOW, "turn": commands, "turn_number": 3, "session": session}
    return turn_frame(a_contact("c-1", **{**known, **fields}), SilentVoice())


def commands(*given: object, wait: Wait | None = None, **fields: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = a_turn(*given, wait=wait, **fields)["commands"]
    return found


# --- turns ----------------------------------------------------------------------------------------


def test_a_turn_names_contact_and_number() -> None:
    frame = a_turn()

    assert (frame["type"], frame["contactId"], frame["seq"]) == ("turn", "c-1", 3)


def test_a_menu_is_played_and_collected_under_its_wait() -> None:
    """The answer repeats the number, so that a late one is known."""
    menu = CollectInput(HELLO, 1, 5, interdigit_seconds=4)

    play, collect = commands(PlayPrompt(HELLO), menu, wait=Wait(7, WaitKind.INPUT, 5))

    assert play == {"do": "play", "prompts": [SPOKEN]}
    assert collect == {
        "do": "collect",
        "wait": 7,
        "prompts": [SPOKEN],
        "maxDigits": 1,
        "timeoutSeconds": 5,
        "interdigitSeconds": 4,
        "terminator": "#",
        "cancelKey": "*",
    }


def test_a_menu_may_say_nothing() -> None:
    (collect,) = commands(CollectInput(None, 1, 5), wait=Wait(7, WaitKind.INPUT, 5))

    assert collect["prompts"] == []


def test_what_must_be_heard_out_is_drained() -> None:
    """The flow goes on when the page says that it was played."""
    frames = commands(PlayPrompt(HELLO), wait=Wait(8, WaitKind.PLAYBACK, 2))

    assert frames[-1] == {"do": "drain", "wait": 8}


def test_hold_music_loops_until_it_is_interrupted() -> None:
    (loop,) = commands(PlayLoop((HELLO, HELLO), 30), wait=Wait(9, WaitKind.LOOP, 30))

    assert loop == {"do": "loop", "wait": 9, "prompts": [SPOKEN] * 2, "interruptSeconds": 30}


def test_a_flow_that_waits_for_nothing_leaves_the_page_waiting() -> None:
    assert commands() == [{"do": "wait"}]


def test_an_answered_contact_talks_and_nothing_is_played() -> None:
    talking = commands(PlayPrompt(HELLO), state=ContactState.CONNECTED, session=Session())
    assert talking == [{"do": "connect", "agentName": "Ben Ode"}]


@pytest.mark.parametrize("state", [ContactState.ENDED, ContactState.COMPLETED])
def test_an_ended_contact_ends_with_its_reason(state: ContactState) -> None:
    assert commands(
        PlayPrompt(HELLO), state=state, disconnect_reason=DisconnectReason.AGENT_DISCONNECT
    ) == [{"do": "end", "reason": "AGENT_DISCONNECT"}]


def test_the_same_turn_asked_twice_is_the_same_frame() -> None:
    """A page that comes back gets what it had."""
    given = (PlayPrompt(HELLO), CollectInput(HELLO, 1, 5))
    wait = Wait(7, WaitKind.INPUT, 5)

    assert a_turn(*given, wait=wait) == a_turn(*given, wait=wait)


def test_every_frame_is_json() -> None:
    json.dumps(a_turn(PlayPrompt(HELLO), PlayLoop((HELLO,), None), wait=Wait(1, WaitKind.LOOP)))


# --- the desk -------------------------------------------------------------------------------------


def test_an_event_carries_the_agents_whole_state() -> None:
    """Number, kind, moment, contact, and the desk as it is after it."""
    house = House()
    house.signs_in("ben")
    contact_id = house.rings()

    frame = event_frame(house.announcer.desks[-1])

    agent = frame["agent"]
    assert (frame["type"], frame["kind"], frame["contactId"]) == (
        "event",
        "ContactOffered",
        contact_id,
    )
    assert frame["seq"] == house.agent(BEN).version
    assert agent == agent_document(house.agent(BEN))
    assert agent["status"] == {
        "name": "Available",
        "type": "ROUTABLE",
        "since": "2026-03-02T14:00:00.000Z",
    }
    (slot,) = agent["contacts"]
    assert slot["offerId"] == house.offer_of(contact_id)
    assert slot["expiresAt"] == "2026-03-02T14:00:20.000Z"
    assert (slot["state"], slot["queueName"], slot["customerName"]) == (
        "CONNECTING",
        "Sales",
        "Ana",
    )
    json.dumps(frame)


# --- transcripts ----------------------------------------------------------------------------------


def an_item(**fields: str) -> ChatItem:
    known = {"type": "MESSAGE", "content_type": "text/plain", "content": "ü👍", "role": "CUSTOMER"}
    return ChatItem(
        item_id="m-1",
        contact_id=ContactId("c-1"),
        at=later(seconds=1),
        **{**known, **fields},
    )


def test_an_item_has_amazon_connects_names_and_no_empty_ones() -> None:
    assert item_document(an_item()) == {
        "Id": "m-1",
        "AbsoluteTime": "2026-03-02T14:00:01.000Z",
        "Type": "MESSAGE",
        "ContentType": "text/plain",
        "Content": "ü👍",
        "ContactId": "c-1",
        "ParticipantRole": "CUSTOMER",
    }


# --- where it goes --------------------------------------------------------------------------------


class World:
    """Ana's page and Ben's desk, and what was sent to them."""

    def __init__(self) -> None:
        self.connections = InMemoryConnectionStore()
        self.routing = InMemoryRoutingStore()
        self.sockets = RecordingSockets()
        self.announcer = SocketAnnouncer(
            connections=self.connections,
            routing=self.routing,
            sockets=self.sockets,
            voice=SilentVoice(),
        )
        self.opens("ws-ana")
        self.routing.seen(BEN, ConnectionId("ws-ben"), at=MONDAY)

    def opens(self, socket: str) -> None:
        connection = Connection(connection_id=ConnectionId(socket), contact_id=ContactId("c-1"))
        self.connections.add(connection, at=MONDAY)

    def heard(self) -> list[tuple[str, str]]:
        return [(connection_id, topic) for connection_id, topic, _ in self.sockets.sent]


@pytest.fixture
def world() -> World:
    return World()


def chat(state: ContactState = ContactState.CONNECTED) -> Contact:
    return a_contact(channel=Channel.CHAT, state=state)


def test_a_turn_goes_to_the_callers_page_and_none_to_a_chat(world: World) -> None:
    world.announcer.turn(a_contact(state=ContactState.CONNECTED))
    world.announcer.turn(chat())

    assert world.heard() == [("ws-ana", "trunkline/call")]


def test_an_item_goes_to_both_ends_as_text(world: World) -> None:
    """JSON within JSON, as Amazon Connect's chat library expects it."""
    world.announcer.items(chat(), [an_item()])

    assert world.heard() == [("ws-ana", "aws/chat"), ("ws-ben", "aws/chat")]
    (content,) = world.sockets.to("ws-ana", "aws/chat")
    assert isinstance(content, str)
    assert json.loads(content)["Content"] == "ü👍"


def test_an_item_goes_to_nobody_who_has_not_answered_or_has_done_with_it(world: World) -> None:
    world.announcer.items(replace(chat(ContactState.QUEUED), agent=None), [an_item()])
    world.announcer.items(chat(ContactState.COMPLETED), [an_item()])

    assert world.heard() == [("ws-ana", "aws/chat")] * 2


def test_somebody_who_is_not_there_is_no_error(world: World) -> None:
    """They ask for the present state when they come back."""
    world.sockets.gone = {ConnectionId("ws-ana"), ConnectionId("ws-ben")}
    world.routing.gone(BEN, ConnectionId("ws-ben"))

    world.announcer.items(chat(), [an_item()])
    world.announcer.turn(a_contact("c-2"))

    assert world.heard() == []


def test_a_page_that_came_back_elsewhere_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was remembered is gone; what stands written is asked."""
    world.sockets.gone = {ConnectionId("ws-ana")}
    world.opens("ws-again")
    newest = world.connections.of_customer

    def remembered(contact_id: ContactId, *, is_fresh: bool = False) -> ConnectionId | None:
        return newest(contact_id) if is_fresh else ConnectionId("ws-ana")

    monkeypatch.setattr(world.connections, "of_customer", remembered)

    assert world.announcer.to_customer(ContactId("c-1"), "aws/chat", "x")
    assert world.heard() == [("ws-again", "aws/chat")]
