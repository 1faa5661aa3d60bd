"""Frames over the WebSocket: good ones reach one service, bad ones are told to their sender."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.announcer import SocketAnnouncer
from chalicelib.core.contact import ContactState
from chalicelib.core.identity import Caller, Unidentified
from chalicelib.core.ids import ConnectionId, ContactId, QuickConnectId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.entrypoints import socket
from chalicelib.services.flows import Started
from chalicelib.services.socket_room import SocketRoom
from tests.fakes.world import RecordingSockets, SilentVoice
from tests.house import BEN, CLEO, SALES, SUPPORT, House, action, document

DESK, PAGE, STAFF = "ws-ben", "ws-ana", "ws-sue"


class People:
    """Takes `name:group` for a token."""

    def verify(self, token: str) -> Caller:
        name, _, group = token.partition(":")
        if name == "bad":
            raise Unidentified("the token is not valid: ExpiredSignatureError")
        return Caller(kind="person", username=name, groups=frozenset({group} - {""}))


class Pongs(RecordingSockets):
    """Sockets with the answer to `aws/ping`."""

    def pong(self, connection_id: ConnectionId) -> bool:
        return self.send(connection_id, "aws/ping", "OK")


class Center:
    """The house behind its WebSocket door."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = house = House()
        self.sockets = Pongs()
        announcer = SocketAnnouncer(
            connections=house.connections,
            routing=house.routing_store,
            sockets=self.sockets,
            voice=SilentVoice(),
        )
        room = SocketRoom(
            connections=house.connections,
            contacts=house.contacts,
            center=house.center,
            desk=house.desk,
            chat=house.chat,
            lines=announcer,
            timers=house.timers,
            now=house.now,
        )
        for name, service in {
            "people": People(),
            "sockets": self.sockets,
            "announcer": announcer,
            "socket_room": room,
            "desk": house.desk,
            "chat": house.chat,
            "flows": house.flows,
            "transfers": house.transfers,
            "destinations": house.destinations,
            "agent_calls": house.agent_calls,
        }.items():
            monkeypatch.setattr(bootstrap, name, lambda service=service: service)

    def opens(self, connection_id: str, **query: str) -> int:
        event = {
            "requestContext": {"connectionId": connection_id},
            "queryStringParameters": query or None,
        }
        return socket.opened(event)["statusCode"]

    def says(self, connection_id: str, raw: object) -> None:
        body = raw if isinstance(raw, str) else json.dumps(raw)
        socket.spoke({"requestContext": {"connectionId": connection_id}, "body": body})

    def desk(self, said: dict[str, object]) -> dict[str, Any]:
        """A command of Ben's, and the reply to it."""
        said = {"requestId": "r-1", **said}
        self.says(DESK, {"topic": "trunkline/desk", "content": said})
        reply = self.sockets.to(DESK, "trunkline/desk")[-1]
        assert isinstance(reply, dict)
        return reply

    def refusal(self, connection_id: str) -> dict[str, Any]:
        """The one refusal that this socket was told."""
        (told,) = self.sockets.to(connection_id, "trunkline/error")
        assert isinstance(told, dict)
        return told

    def rings(self, flow: str | None = None) -> Started:
        """Ana's page is open."""
        ana = self.house.starts(flow)
        assert self.opens(PAGE, connection=ana.participant_token) == 200
        return ana


@pytest.fixture
def center(monkeypatch: pytest.MonkeyPatch) -> Center:
    center = Center(monkeypatch)
    center.house.signs_in("ben")
    assert center.opens(DESK, token="ben:agent") == 200
    return center


# --- opening and closing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 401),
        ({"token": "bad:agent"}, 401),
        ({"token": ""}, 401),
        ({"connection": "c-1.p-1.s"}, 401),
        ({"connection": "…"}, 401),
        ({"other": "x"}, 401),
        ({"token": "ben:"}, 403),
    ],
)
def test_who_cannot_prove_who_they_are_is_refused_at_the_handshake(
    center: Center, query: dict[str, str], status: int
) -> None:
    assert center.opens("ws-x", **query) == status
    assert center.house.connections.get(ConnectionId("ws-x")) is None


def test_a_call_that_has_ended_opens_no_socket(center: Center) -> None:
    ana = center.house.starts()
    center.house.chat.leave(ana.participant_token)

    assert center.opens(PAGE, connection=ana.participant_token) == 403


def test_closing_forgets_the_socket(center: Center) -> None:
    socket.closed({"requestContext": {"connectionId": DESK}})
    center.says(DESK, {"topic": "aws/heartbeat"})

    assert "not known any more" in center.refusal(DESK)["message"]


# --- garbage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("", "topic"),
        ("{", "body"),
        ("[]", "body"),
        ("\x00", "body"),
        ("[" * 20_000, "body"),
        ({"topic": 5}, "topic"),
        ({"topic": "aws/nothing", "content": {}}, "topic"),
        ({"topic": "aws/subscribe", "content": {}, "more": 1}, "more"),
        ({"topic": "aws/subscribe", "content": {"topics": "aws/chat"}}, "topics"),
        ({"topic": "trunkline/desk", "content": []}, "body"),
        ({"topic": "trunkline/desk", "content": {}}, "type"),
        ({"topic": "trunkline/desk", "content": {"type": "dance"}}, "type"),
        ({"topic": "trunkline/desk", "content": {"type": "accept"}}, "contactId"),
        ({"topic": "trunkline/desk", "content": {"type": "hello", "after": "x"}}, "after"),
        ({"topic": "trunkline/call", "content": {"type": "hello"}}, "topic"),
        ({"topic": "trunkline/signal", "content": {"contactId": "c-x"}}, "contactId"),
        ({"topic": "aws/heartbeat", "content": "x" * 40_000}, "frame"),
    ],
)
def test_a_bad_frame_is_told_to_its_sender_with_the_field(
    center: Center, raw: object, field: str
) -> None:
    """And the socket stays open: the next frame is served."""
    center.says(DESK, raw)

    assert center.refusal(DESK).get("field") == field
    center.says(DESK, {"topic": "aws/heartbeat", "content": {"n": 1}})
    assert len(center.sockets.to(DESK, "aws/heartbeat")) == 1


@pytest.mark.parametrize("said", [{"type": "hello"}, {"type": "hangup", "contactId": "c"}])
def test_only_agents_have_a_desk(center: Center, said: dict[str, object]) -> None:
    """Neither a supervisor nor a customer."""
    center.opens(STAFF, token="sue:supervisor")
    center.rings("Menu")

    for connection_id in (STAFF, PAGE):
        center.says(connection_id, {"topic": "trunkline/desk", "content": said})
        assert center.refusal(connection_id)["error"] == "Denied"


# --- everybody ------------------------------------------------------------------------------------


def test_a_subscription_is_answered_as_the_chat_library_expects(center: Center) -> None:
    center.rings("Menu")
    center.says(PAGE, {"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})

    assert center.sockets.to(PAGE, "aws/subscribe") == [
        {"status": "success", "topics": ["aws/chat"]}
    ]


def test_a_ping_is_answered(center: Center) -> None:
    center.says(DESK, {"topic": "aws/ping"})

    assert center.sockets.to(DESK, "aws/ping") == ["OK"]


# --- the desk -------------------------------------------------------------------------------------


def test_a_desk_is_told_where_it_stands(center: Center) -> None:
    """Fresh: everything in one frame; then the reply."""
    reply = center.desk({"type": "hello", "after": 0})

    snapshot = center.sockets.to(DESK, "trunkline/desk")[-2]
    assert isinstance(snapshot, dict)
    assert (snapshot["type"], snapshot["seq"]) == (
        "snapshot",
        center.house.agent(BEN).version,
    )
    assert reply == {"type": "reply", "requestId": "r-1", "ok": True}


def test_a_desk_that_comes_back_is_told_what_it_missed(center: Center) -> None:
    seen = center.house.agent(BEN).version
    center.house.rings()

    center.desk({"type": "hello", "after": seen})

    frames = [f for f in center.sockets.to(DESK, "trunkline/desk") if isinstance(f, dict)]
    assert [(f["type"], f.get("kind")) for f in frames] == [
        ("event", "ContactOffered"),
        ("reply", None),
    ]


def test_a_contact_goes_through_the_whole_desk(center: Center) -> None:
    """Answer, talk, hang up, wrap up, break: each command is answered."""
    contact_id = center.house.chats().contact_id
    offer_id = center.house.offer_of(contact_id)
    this: dict[str, object] = {"contactId": contact_id}

    replies = [
        center.desk({"type": "accept", "offerId": offer_id, **this}),
        center.desk({"type": "chat", "content": "Good morning", **this}),
        center.desk({"type": "typing", **this}),
        center.desk({"type": "hangup", **this}),
        center.desk(
            {
                "type": "complete",
                "disposition": "sale",
                "note": "ok",
                "ticket": {"status": "closed", "subject": "Lamp"},
                **this,
            }
        ),
        center.desk({"type": "status", "name": "Break"}),
    ]

    assert [reply["ok"] for reply in replies] == [True] * 6
    contact = center.house.contact(contact_id)
    assert (contact.state, contact.disposition) == (ContactState.COMPLETED, "sale")
    assert [i.content for i in center.house.contacts.items(contact_id)] == ["Good morning"]
    assert center.house.agent(BEN).status.name == "Break"


def test_a_desk_plays_its_whisper_holds_and_resumes(center: Center) -> None:
    """The whisper is told again after a reload, and an answer that comes twice counts once."""
    tell = action("Tell", "MessageParticipant", "Over", Text="From Sales.")
    over: dict[str, object] = {"Parameters": {}, "Transitions": {}}
    over |= {"Identifier": "Over", "Type": "EndFlowExecution"}
    whisper = document(tell, over)
    center.house.publish("Default agent whisper", whisper, type_="AGENT_WHISPER")
    contact_id = center.rings().contact_id
    this: dict[str, object] = {"contactId": contact_id}
    center.desk({"type": "accept", "offerId": center.house.offer_of(contact_id), **this})

    center.desk({"type": "hello", "after": 0})
    frames = [f for f in center.sockets.to(DESK, "trunkline/desk") if isinstance(f, dict)]
    turn = [frame for frame in frames if frame["type"] == "turn"][-1]
    assert ("AGENT", ["play", "drain"]) == (turn["leg"], [c["do"] for c in turn["commands"]])
    played = {"type": "played", "wait": turn["commands"][-1]["wait"], **this}
    replies = [center.desk(played), center.desk(played)]
    assert center.house.contact(contact_id).is_joined
    replies += [center.desk({"type": said, **this}) for said in ("hold", "hold", "resume")]

    assert [True] * 5 == [reply["ok"] for reply in replies]
    assert center.house.contact(contact_id).is_joined
    late: list[dict[str, object]] = [
        {"type": "timeout", "wait": 1, **this},
        {"type": "acted", "wait": 1, "action": "go", **this},
    ]
    assert [True, True] == [center.desk(said)["ok"] for said in late]


def test_a_missed_contact_is_cleared_and_a_rejected_one_goes_on(center: Center) -> None:
    contact_id = center.house.rings()
    offer_id = center.house.offer_of(contact_id)

    center.desk({"type": "reject", "contactId": contact_id, "offerId": offer_id})
    assert not center.house.agent(BEN).is_routable()
    center.desk({"type": "clear", "contactId": contact_id})

    assert center.house.rings_at(contact_id) == BEN


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"type": "status", "name": "Lunch"}, "name", "Lunch"),
        ({"type": "accept", "contactId": "c-x", "offerId": "o-x"}, "contactId", "c-x"),
        ({"type": "hangup", "contactId": "c-x"}, "contactId", "c-x"),
        ({"type": "hold", "contactId": "c-x"}, "contactId", "c-x"),
        ({"type": "played", "contactId": "c-x", "wait": 1}, "contactId", "c-x"),
        ({"type": "acted", "contactId": "c-x", "wait": 1, "action": "a"}, "contactId", "c-x"),
        ({"type": "chat", "contactId": "c-x", "content": "Hi"}, "contactId", "c-x"),
    ],
)
def test_a_command_that_is_refused_is_answered_with_why(
    center: Center, said: dict[str, object], field: str, value: str
) -> None:
    """Under its own request id, so that the page knows which button it was."""
    reply = center.desk(said)

    assert (reply["ok"], reply["requestId"]) == (False, "r-1")
    assert (reply["error"]["field"], reply["error"]["value"]) == (field, value)


# --- the customer's page --------------------------------------------------------------------------


def call(center: Center, **said: object) -> None:
    center.says(PAGE, {"topic": "trunkline/call", "content": said})


def test_a_page_that_comes_back_gets_the_present_turn(center: Center) -> None:
    """As often as it asks, with the same number."""
    center.rings("Menu")
    for _ in range(2):
        call(center, type="hello")

    first, second = center.sockets.to(PAGE, "trunkline/call")
    assert first == second
    assert isinstance(first, dict)
    assert [command["do"] for command in first["commands"]] == ["collect"]


def test_keys_reach_the_flow(center: Center) -> None:
    ana = center.rings("Menu")

    call(center, type="input", wait=1, digits="1")

    assert center.house.contact(ana.contact_id).is_in_queue


@pytest.mark.parametrize("digits", ["x", "1 ", "１", "1" * 129, "\n"])
def test_what_is_no_key_is_refused(center: Center, digits: str) -> None:
    ana = center.rings("Menu")
    before = center.house.contact(ana.contact_id)

    call(center, type="input", wait=1, digits=digits)

    assert center.refusal(PAGE)["field"] == "digits"
    assert center.house.contact(ana.contact_id) == before


def test_silence_and_the_end_of_a_prompt_are_reported(center: Center) -> None:
    ana = center.rings("Menu")
    call(center, type="timeout", wait=1)
    wait = center.house.contact(ana.contact_id).session.wait
    assert wait is not None

    call(center, type="played", wait=wait.number)

    assert center.house.contact(ana.contact_id).state is ContactState.COMPLETED


def test_hanging_up_ends_the_call_once(center: Center) -> None:
    ana = center.rings("Menu")
    for _ in range(2):
        call(center, type="hangup")

    contact_id = ContactId(ana.contact_id)
    assert center.house.facts(contact_id).count("ContactDisconnected") == 1


def test_signals_reach_the_other_end(center: Center) -> None:
    ana = center.rings()
    center.house.answers(BEN, ana.contact_id)

    center.says(PAGE, {"topic": "trunkline/signal", "content": {"type": "hello", "id": "1"}})

    assert center.sockets.to(DESK, "trunkline/signal") == [
        {"type": "hello", "id": "1", "contactId": ana.contact_id, "from": "customer"}
    ]


# --- transfers ------------------------------------------------------------------------------------


def with_support(center: Center) -> str:
    """A quick connect to Support, attached to Sales."""
    known, house = center.house.center.configuration, center.house
    support = QuickConnect(
        quick_connect_id=QuickConnectId("qc-1"),
        name="Support",
        type=QuickConnectType.QUEUE,
        queue_id=SUPPORT,
    )
    queues = tuple(
        replace(queue, quick_connect_ids=(support.quick_connect_id,))
        if queue.queue_id == SALES
        else queue
        for queue in known.queues
    )
    house.center.configuration = replace(known, queues=queues, quick_connects=(support,))
    return support.quick_connect_id


def test_an_agent_transfers_by_a_quick_connect_and_the_customers_page_goes_on(
    center: Center,
) -> None:
    """Under the socket it has; what it says of the first contact reaches the next one's agent."""
    chosen = with_support(center)
    ana = center.rings("To Sales")
    center.house.answers(BEN, ana.contact_id)
    center.sockets.sent.clear()

    reply = center.desk({"type": "transfer", "contactId": ana.contact_id, "quickConnectId": chosen})

    assert reply["ok"]
    there = center.house.contact(ana.contact_id).next_contact_id
    center.says(PAGE, {"topic": "trunkline/call", "content": {"type": "hello"}})
    [turn] = center.sockets.to(PAGE, "trunkline/call")
    assert isinstance(turn, dict)
    assert (there, [{"do": "wait"}]) == (turn["contactId"], turn["commands"])
    center.house.signs_in("cleo")
    assert center.opens("ws-cleo", token="cleo:agent") == 200
    assert there is not None
    center.house.answers(CLEO, there)
    for named in (ana.contact_id, there):
        center.says(
            PAGE, {"topic": "trunkline/signal", "content": {"type": "hello", "contactId": named}}
        )
    told = center.sockets.to("ws-cleo", "trunkline/signal")
    assert [{"type": "hello", "contactId": there, "from": "customer"}] * 2 == told
    center.says(PAGE, {"topic": "trunkline/call", "content": {"type": "hangup"}})
    assert not center.house.contact(there).state.is_live


def test_a_transfer_that_cannot_be_is_told_to_the_desk(center: Center) -> None:
    """A quick connect of another queue; and places that only supervisors name themselves."""
    ana = center.rings("To Sales")
    center.house.answers(BEN, ana.contact_id)
    asked = {"type": "transfer", "contactId": ana.contact_id}

    unknown = center.desk({**asked, "quickConnectId": "qc-x"})
    own = center.desk({**asked, "queueId": SUPPORT})

    assert "quickConnectId" == unknown["error"]["field"]
    assert "agents transfer by quick connects" == own["error"]["message"]
    assert center.house.contact(ana.contact_id).state is ContactState.CONNECTED


def test_a_supervisor_at_a_desk_names_any_place_but_only_one(center: Center) -> None:
    ana = center.rings("To Sales")
    center.house.answers(BEN, ana.contact_id)
    center.house.connections.connections[ConnectionId(DESK)] = replace(
        center.house.connections.connections[ConnectionId(DESK)], groups=("agent", "supervisor")
    )
    asked: dict[str, object] = {"type": "transfer", "contactId": ana.contact_id}
    asked = {**asked, "queueId": SUPPORT}

    both = center.desk({**asked, "agentId": CLEO})
    assert "one of queueId, agentId and phoneNumber" in both["error"]["message"]
    assert center.desk(asked)["ok"]

    assert center.house.contact(ana.contact_id).next_contact_id is not None


# --- calls that agents make -----------------------------------------------------------------------


def test_a_call_to_a_colleague_opens_a_second_line_for_the_desk(
    center: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply says where; over it the desk speaks as a customer's page does."""
    url = "wss://center.test?connection="
    monkeypatch.setattr(bootstrap, "customer_socket_url", lambda token: url + token)
    center.house.signs_in("cleo")

    reply = center.desk({"type": "call", "agentId": CLEO})

    assert reply["ok"]
    assert url + reply["participantToken"] == reply["websocketUrl"]
    assert center.opens("ws-line", connection=reply["participantToken"]) == 200
    contact_id = ContactId(reply["contactId"])
    center.house.answers(CLEO, contact_id)
    center.says("ws-line", {"topic": "trunkline/call", "content": {"type": "hello"}})
    [turn] = center.sockets.to("ws-line", "trunkline/call")
    assert isinstance(turn, dict)
    assert [{"do": "connect", "agentName": "Cleo Park"}] == turn["commands"]
    center.says("ws-line", {"topic": "trunkline/call", "content": {"type": "hangup"}})
    assert not center.house.contact(contact_id).state.is_live


def test_a_call_names_a_colleague_or_a_number(center: Center) -> None:
    """Exactly one of them."""
    content = document(action("Call", "CompleteOutboundCall", "End"))
    center.house.publish("Default outbound", content, type_="OUTBOUND_WHISPER")
    neither = center.desk({"type": "call"})
    number = center.desk({"type": "call", "phoneNumber": "+12025550900"})

    assert "either agentId or phoneNumber" in neither["error"]["message"]
    assert number["ok"]
    assert center.house.agent(BEN).slot(number["contactId"]) is not None
