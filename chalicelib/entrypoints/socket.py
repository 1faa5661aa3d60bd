"""WebSocket: frames are read once, typed, and handed to one service each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from chalicelib import bootstrap
from chalicelib.adapters.announcer import agent_document, event_frame, item_document
from chalicelib.core.contact import Leg
from chalicelib.core.errors import Denied, Refusal, Rejected
from chalicelib.core.events import DisconnectReason
from chalicelib.core.feedback import way_named
from chalicelib.core.flow import InputReceived, PlaybackFinished, Timeout
from chalicelib.core.flow import Said as Answer
from chalicelib.core.identity import Unidentified
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, OfferId, TicketId
from chalicelib.core.lifecycle import WrapUp
from chalicelib.entrypoints import wire
from chalicelib.entrypoints.edge import function, logger, refusal
from chalicelib.services.ports import Connection

WORDS_LIMIT = 1024  # characters that a caller says in one go; as a chat message has
FRAME_LIMIT = 32 * 1024  # bytes; API Gateway's own limit on a frame
_DONE = {"statusCode": 200}

# --- frames -----------------------------------------------------------------------------------


class Frame(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    content: msgspec.Raw = msgspec.Raw(b"{}")


class Subscription(msgspec.Struct):
    topics: list[str] = []


class Said(msgspec.Struct, rename="camel", tag_field="type"):
    """What a page says; the `type` tells which."""

    request_id: str = ""


class DeskHello(Said, tag="hello"):
    after: int = 0


class SetStatus(Said, tag="status", kw_only=True):
    name: str


class Forward(Said, tag="forward", kw_only=True):
    phone_number: str | None


class Accept(Said, tag="accept", kw_only=True):
    contact_id: str
    offer_id: str


class Reject(Said, tag="reject", kw_only=True):
    contact_id: str
    offer_id: str


class HangUp(Said, tag="hangup", kw_only=True):
    contact_id: str


class Clear(Said, tag="clear", kw_only=True):
    contact_id: str


class Hold(Said, tag="hold", kw_only=True):
    contact_id: str


class Resume(Said, tag="resume", kw_only=True):
    contact_id: str


class Transfer(Said, tag="transfer", kw_only=True):
    """To a quick connect; supervisors may name a queue, an agent or a number themselves."""

    contact_id: str
    quick_connect_id: str | None = None
    queue_id: str | None = None
    agent_id: str | None = None
    phone_number: str | None = None


class PlaceCall(Said, tag="call", kw_only=True):
    """A colleague, or a number outside."""

    agent_id: str | None = None
    phone_number: str | None = None


class DeskPlayed(Said, tag="played", kw_only=True):
    contact_id: str
    wait: int


class DeskTimedOut(Said, tag="timeout", kw_only=True):
    contact_id: str
    wait: int


class Acted(Said, tag="acted", kw_only=True):
    contact_id: str
    wait: int
    action: str
    data: dict[str, Any] = {}


class TicketChoice(msgspec.Struct, rename="camel"):
    status: str
    ticket_id: str | None = None
    subject: str = ""
    feedback: str = "none"


class Complete(Said, tag="complete", kw_only=True):
    contact_id: str
    disposition: str
    ticket: TicketChoice
    satisfied: bool = False
    note: str = ""


class Chat(Said, tag="chat", kw_only=True):
    contact_id: str
    content: str


class Typing(Said, tag="typing", kw_only=True):
    contact_id: str


class CallHello(Said, tag="hello"):
    pass


class Input(Said, tag="input", kw_only=True):
    wait: int
    digits: str


class Words(Said, tag="said", kw_only=True):
    wait: int
    text: str


class TimedOut(Said, tag="timeout", kw_only=True):
    wait: int


class Played(Said, tag="played", kw_only=True):
    wait: int


class CallHangUp(Said, tag="hangup"):
    pass


type FromDesk = (
    DeskHello
    | SetStatus
    | Forward
    | Accept
    | Reject
    | HangUp
    | Clear
    | Hold
    | Resume
    | Transfer
    | PlaceCall
    | DeskPlayed
    | DeskTimedOut
    | Acted
    | Complete
    | Chat
    | Typing
)
type FromCall = CallHello | Input | Words | TimedOut | Played | CallHangUp


# --- the functions --------------------------------------------------------------------------------


@function
def websocket_connect(event: Mapping[str, Any], context: object) -> dict[str, int]:
    return opened(event)


@function
def websocket_message(event: Mapping[str, Any], context: object) -> dict[str, int]:
    spoke(event)
    return _DONE


@function
def websocket_disconnect(event: Mapping[str, Any], context: object) -> dict[str, int]:
    closed(event)
    return _DONE


# --- opening and closing ------------------------------------------------------------------------


def opened(event: Mapping[str, Any]) -> dict[str, int]:
    """Admits the socket, or refuses the handshake with 401 or 403."""
    query = event.get("queryStringParameters") or {}
    connection_id = ConnectionId(event["requestContext"]["connectionId"])
    try:
        if query.get("connection"):
            bootstrap.socket_room().open_for_customer(connection_id, query["connection"])
        elif query.get("token"):
            caller = bootstrap.people().verify(query["token"])
            bootstrap.socket_room().open_for_staff(connection_id, caller)
        else:
            raise Unidentified("no token")
    except Unidentified:
        return {"statusCode": 401}
    except Refusal:
        return {"statusCode": 403}
    return {"statusCode": 200}


def closed(event: Mapping[str, Any]) -> None:
    bootstrap.socket_room().close(ConnectionId(event["requestContext"]["connectionId"]))


# --- speaking -----------------------------------------------------------------------------------


def spoke(event: Mapping[str, Any]) -> None:
    """One frame. Whatever is wrong with it is told to its sender; the socket stays open."""
    connection_id = ConnectionId(event["requestContext"]["connectionId"])
    raw = event.get("body") or ""
    try:
        connection = bootstrap.socket_room().whose(connection_id)
        if len(raw.encode()) > FRAME_LIMIT:
            raise wire.Malformed(f"a frame has at most {FRAME_LIMIT} bytes", field="frame")
        frame = wire.read(raw, Frame)
        topic = _TOPICS.get(frame.topic)
        if topic is None:
            known = ", ".join(sorted(_TOPICS))
            raise wire.Malformed(
                f"topic {frame.topic!r} is not one of {known}", field="topic", value=frame.topic
            )
        topic(connection, frame)
    except (Refusal, Unidentified) as error:
        logger.info("frame refused", extra={"error": type(error).__name__})
        bootstrap.sockets().send(connection_id, "trunkline/error", refusal(error))


def _subscribe(connection: Connection, frame: Frame) -> None:
    wanted = wire.read(bytes(frame.content), Subscription).topics
    _answer(connection, frame.topic, {"status": "success", "topics": wanted})
    if connection.contact_id is not None:
        for item in bootstrap.chat().farewell(connection.contact_id):
            _answer(connection, "aws/chat", json.dumps(item_document(item), ensure_ascii=False))


def _echo(connection: Connection, frame: Frame) -> None:
    bootstrap.socket_room().heard(connection)
    _answer(connection, frame.topic, frame.content)


def _pong(connection: Connection, frame: Frame) -> None:
    bootstrap.socket_room().heard(connection)
    bootstrap.sockets().pong(connection.connection_id)


def _signal(connection: Connection, frame: Frame) -> None:
    bootstrap.socket_room().relay(connection, wire.read(bytes(frame.content), dict[str, Any]))


def _call(connection: Connection, frame: Frame) -> None:
    said: FromCall = wire.read(bytes(frame.content), FromCall.__value__)
    contact_id = bootstrap.socket_room().contact_id_of(connection)
    match said:
        case CallHello():
            bootstrap.announcer().turn(bootstrap.socket_room().contact_of(connection))
        case Input(wait=wait, digits=digits):
            bootstrap.flows().reply(contact_id, wait, InputReceived(_digits(digits)))
        case Words(wait=wait, text=text):
            bootstrap.flows().hear(contact_id, Answer(text=_words(text)), wait)
        case TimedOut(wait=wait):
            bootstrap.flows().reply(contact_id, wait, Timeout())
        case Played(wait=wait):
            bootstrap.flows().reply(contact_id, wait, PlaybackFinished())
        case CallHangUp():
            contact = bootstrap.socket_room().contact_of(connection)
            bootstrap.desk().end(contact.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)


def _words(raw: str) -> str:
    if not 1 <= len(raw) <= WORDS_LIMIT:
        raise wire.Malformed(
            f"text has {len(raw)} characters, 1 to {WORDS_LIMIT} are allowed", field="text"
        )
    return raw


def _digits(raw: str) -> str:
    if len(raw) > 128 or not set(raw) <= set("0123456789*#"):
        raise wire.Malformed("digits are 0 to 9, * and #, at most 128", field="digits", value=raw)
    return raw


def _desk(connection: Connection, frame: Frame) -> None:
    """A command of an agent. It is answered once it is done, or with what was wrong with it."""
    if connection.agent_id is None:
        raise Denied("only agents have a desk", field="topic", value=frame.topic)
    said: FromDesk = wire.read(bytes(frame.content), FromDesk.__value__)
    reply: dict[str, Any] = {"type": "reply", "requestId": said.request_id, "ok": True}
    try:
        told = _DESK[type(said)](connection, connection.agent_id, said)
        reply |= told if isinstance(told, dict) else {}
    except Refusal as error:
        logger.info("command refused", extra={"error": type(error).__name__})
        reply = {**reply, "ok": False, "error": refusal(error)}
    _answer(connection, frame.topic, reply)


def _hello(connection: Connection, agent_id: AgentId, said: DeskHello) -> None:
    welcome = bootstrap.desk().hello(
        connection.username, connection.connection_id, after=said.after
    )
    if welcome.is_snapshot:
        agent = welcome.agent
        snapshot = {"type": "snapshot", "seq": agent.version, "agent": agent_document(agent)}
        _answer(connection, "trunkline/desk", snapshot)
    for message in welcome.missed:
        _answer(connection, "trunkline/desk", event_frame(message))
    for contact, leg in welcome.turns:
        bootstrap.announcer().desk_turn(contact, leg)


def _complete(connection: Connection, agent_id: AgentId, said: Complete) -> None:
    wrap_up = WrapUp(
        disposition=said.disposition,
        is_satisfied=said.satisfied,
        note=said.note,
        ticket_id=TicketId(said.ticket.ticket_id) if said.ticket.ticket_id else None,
        ticket_status=said.ticket.status,
        ticket_subject=said.ticket.subject,
        feedback=way_named(said.ticket.feedback),
    )
    bootstrap.desk().complete(agent_id, ContactId(said.contact_id), wrap_up)


def _transfer(connection: Connection, agent_id: AgentId, said: Transfer) -> None:
    service, contact_id = bootstrap.transfers(), ContactId(said.contact_id)
    if said.quick_connect_id is not None:
        service.by_quick_connect(agent_id, contact_id, said.quick_connect_id)
        return
    if "supervisor" not in connection.groups:
        raise Denied("agents transfer by quick connects", field="quickConnectId")
    to = bootstrap.destinations()
    transfer = to.chosen(said.queue_id, said.agent_id, said.phone_number)
    service.by_agent(agent_id, contact_id, transfer)


def _place_call(connection: Connection, agent_id: AgentId, said: PlaceCall) -> dict[str, str]:
    """The reply to a call to a colleague opens the socket of its other end, for this desk."""
    calls = bootstrap.agent_calls()
    match (said.agent_id, said.phone_number):
        case (str(colleague), None):
            started = calls.colleague(agent_id, colleague)
            token = started.participant_token
            url = bootstrap.customer_socket_url(token)
            known = {"participantToken": token, "websocketUrl": url}
            return {"contactId": started.contact_id, **known}
        case (None, str(number)):
            return {"contactId": calls.number(agent_id, number)}
    raise Rejected("either agentId or phoneNumber is called", field="agentId")


def _answer(connection: Connection, topic: str, content: object) -> None:
    bootstrap.sockets().send(connection.connection_id, topic, content)


_DESK: dict[type, Callable[[Connection, AgentId, Any], object]] = {
    DeskHello: _hello,
    SetStatus: lambda c, agent, said: bootstrap.desk().set_status(agent, said.name),
    Forward: lambda c, agent, said: bootstrap.forwarding().choose(agent, said.phone_number),
    Accept: lambda c, agent, said: bootstrap.desk().accept(
        agent, ContactId(said.contact_id), OfferId(said.offer_id)
    ),
    Reject: lambda c, agent, said: bootstrap.desk().reject(
        agent, ContactId(said.contact_id), OfferId(said.offer_id)
    ),
    HangUp: lambda c, agent, said: bootstrap.desk().hang_up(agent, ContactId(said.contact_id)),
    Clear: lambda c, agent, said: bootstrap.desk().clear(agent, ContactId(said.contact_id)),
    Hold: lambda c, agent, said: bootstrap.desk().hold(agent, ContactId(said.contact_id)),
    Resume: lambda c, agent, said: bootstrap.desk().resume(agent, ContactId(said.contact_id)),
    Transfer: _transfer,
    PlaceCall: _place_call,
    DeskPlayed: lambda c, agent, said: bootstrap.flows().reply(
        bootstrap.desk().own(agent, ContactId(said.contact_id)),
        said.wait,
        PlaybackFinished(),
        Leg.AGENT,
    ),
    DeskTimedOut: lambda c, agent, said: bootstrap.flows().reply(
        bootstrap.desk().own(agent, ContactId(said.contact_id)), said.wait, Timeout(), Leg.AGENT
    ),
    Acted: lambda c, agent, said: bootstrap.flows().hear(
        bootstrap.desk().own(agent, ContactId(said.contact_id)),
        Answer(action=said.action, data=said.data),
        said.wait,
        Leg.GUIDE,
    ),
    Complete: _complete,
    Chat: lambda c, agent, said: bootstrap.chat().say(
        agent, ContactId(said.contact_id), said.content, said.request_id
    ),
    Typing: lambda c, agent, said: bootstrap.chat().typing(agent, ContactId(said.contact_id)),
}

_TOPICS: dict[str, Callable[[Connection, Frame], None]] = {
    "aws/subscribe": _subscribe,
    "aws/heartbeat": _echo,
    "aws/ping": _pong,
    "trunkline/call": _call,
    "trunkline/signal": _signal,
    "trunkline/desk": _desk,
}
