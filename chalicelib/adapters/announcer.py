"""Tells customers' devices and agents' desks what happened, as docs/protocol.md has it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.contact import Contact, ContactState, Leg, LegFlow
from chalicelib.core.events import Channel, Party
from chalicelib.core.flow import (
    CollectInput,
    Command,
    Disconnect,
    Listen,
    OtherLine,
    PlayLoop,
    PlayPrompt,
    PresentView,
    Prompt,
    Wait,
    WaitKind,
    spoken_text,
)
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.moments import iso
from chalicelib.core.routing import Agent, Slot
from chalicelib.services.ports import (
    ChatItem,
    ConnectionStore,
    DeskMessage,
    RoutingStore,
    Sockets,
    Voice,
)

CALL, CHAT, DESK, SIGNAL = "trunkline/call", "aws/chat", "trunkline/desk", "trunkline/signal"


class SocketAnnouncer:
    """The Announcer port on one WebSocket API. A socket that is gone is no error: whoever comes
    back asks for the present state."""

    def __init__(
        self,
        *,
        connections: ConnectionStore,
        routing: RoutingStore,
        sockets: Sockets,
        voice: Voice,
    ) -> None:
        self._connections = connections
        self._routing = routing
        self._sockets = sockets
        self._voice = voice

    def turn(self, contact: Contact) -> None:
        if contact.channel is Channel.VOICE and contact.next_contact_id is None:
            self.to_customer(contact.chain_id, CALL, turn_frame(contact, self._voice))

    def items(self, contact: Contact, items: Sequence[ChatItem]) -> None:
        agent_id = contact.agent.agent_id if contact.agent else None
        for item in items:
            text = json.dumps(item_document(item), ensure_ascii=False)
            self.to_customer(contact.chain_id, CHAT, text)
            if agent_id is not None and contact.state is not ContactState.COMPLETED:
                self.to_agent(agent_id, CHAT, text)

    def desk_turn(self, contact: Contact, leg: Leg) -> None:
        if contact.agent is not None:
            frame = desk_turn_frame(contact, leg, self._voice)
            self.to_agent(contact.agent.agent_id, DESK, frame)

    def desk(self, message: DeskMessage) -> None:
        self.to_agent(message.agent.agent_id, DESK, event_frame(message))

    def to_customer(self, chain_id: ContactId, topic: str, content: object) -> bool:
        """The remembered socket first; when that one is gone, the one that stands written."""
        for is_fresh in (False, True):
            connection_id = self._connections.of_customer(chain_id, is_fresh=is_fresh)
            if connection_id is None:
                return False  # none is remembered and none is written
            if self._sockets.send(connection_id, topic, content):
                return True
        return False

    def to_agent(self, agent_id: AgentId, topic: str, content: object) -> bool:
        presence = self._routing.presence(agent_id)
        if presence is None or presence.connection_id is None:
            return False
        return self._sockets.send(presence.connection_id, topic, content)


# --- shapes -------------------------------------------------------------------------------------


def turn_frame(contact: Contact, voice: Voice) -> dict[str, Any]:
    """What the customer's browser should do now; asked again it is the same turn."""
    return {
        "type": "turn",
        "contactId": contact.contact_id,
        "seq": contact.turn_number,
        "commands": _commands(contact, voice),
    }


def desk_turn_frame(contact: Contact, leg: Leg, voice: Voice) -> dict[str, Any]:
    """What the agent's desk should play or show now; asked again it is the same turn."""
    flow = contact.leg(leg)
    return {
        "type": "turn",
        "contactId": contact.contact_id,
        "leg": leg,
        "seq": flow.turn_number,
        "commands": _desk_commands(contact, leg, flow, voice),
    }


def _commands(contact: Contact, voice: Voice) -> list[dict[str, Any]]:
    if contact.is_joined and contact.agent is not None:
        if contact.agent.line is not None:  # no page of the agent's is there to talk with
            return [_line("connected")]
        return [{"do": "connect", "agentName": contact.agent.name}]
    if not contact.state.is_live:
        return [{"do": "end", "reason": contact.disconnect_reason}]
    if contact.is_on_other_line:
        return [_line("connected")]
    if contact.is_internal and contact.is_in_queue:
        return [_line("ringing")]
    hold = [] if contact.held is None else [{"do": "hold"}]
    return [*hold, *_played(contact.leg(Leg.CUSTOMER), voice)]


def _desk_commands(contact: Contact, leg: Leg, flow: LegFlow, voice: Voice) -> list[dict[str, Any]]:
    """On a chat the talk may have begun already when the agent reads the whisper."""
    if leg is Leg.GUIDE:
        return _played(flow, voice)
    if not contact.state.is_live:
        return [{"do": "end", "reason": contact.disconnect_reason}]
    if contact.is_joined:
        played = _played(flow, voice)
        return [*(command for command in played if command["do"] == "play"), {"do": "connect"}]
    hold = [{"do": "hold"}] if contact.held is Party.AGENT else []
    return [*hold, *_played(flow, voice)]


def _played(flow: LegFlow, voice: Voice) -> list[dict[str, Any]]:
    wait = flow.session.wait
    commands = [
        _command(command, wait, voice)
        for command in flow.turn
        if not isinstance(command, Disconnect)
    ]
    if wait is not None and wait.kind is WaitKind.PLAYBACK:
        commands.append({"do": "drain", "wait": wait.number})
    elif wait is None:
        commands.append({"do": "wait"})
    return commands


def _command(command: Command, wait: Wait | None, voice: Voice) -> dict[str, Any]:
    number = wait.number if wait else None
    match command:
        case PlayPrompt(prompt=prompt):
            return {"do": "play", "prompts": [_prompt(prompt, voice)]}
        case PlayLoop(prompts=prompts, interrupt_seconds=seconds):
            said = [_prompt(prompt, voice) for prompt in prompts]
            return {"do": "loop", "wait": number, "prompts": said, "interruptSeconds": seconds}
        case OtherLine(state=state):
            return _line(state)
        case CollectInput():
            return {
                "do": "collect",
                "wait": number,
                "prompts": [_prompt(command.prompt, voice)] if command.prompt else [],
                "maxDigits": command.max_digits,
                "timeoutSeconds": command.timeout_seconds,
                "interdigitSeconds": command.interdigit_seconds,
                "terminator": command.terminator,
                "cancelKey": command.cancel_key,
            }
        case Listen():
            return {
                "do": "listen",
                "wait": number,
                "prompts": [_prompt(command.prompt, voice)] if command.prompt else [],
                "hints": list(command.hints),
                "startSeconds": command.start_seconds,
                "endSeconds": command.end_seconds,
                "longestSeconds": command.longest_seconds,
                "maxDigits": command.max_digits,
                "canInterrupt": command.can_interrupt,
            }
        case PresentView(view=view):
            return {"do": "view", "wait": number, "view": view}
    raise TypeError(f"{type(command).__name__} is nothing a device does")


def _line(state: str) -> dict[str, Any]:
    return {"do": "line", "state": state}


def _prompt(prompt: Prompt, voice: Voice) -> dict[str, Any]:
    return {
        "text": spoken_text(prompt),
        "audioUrl": voice.url(prompt),
        "language": prompt.language_code,
    }


def event_frame(message: DeskMessage) -> dict[str, Any]:
    return {
        "type": "event",
        "seq": message.seq,
        "kind": str(message.kind),
        "at": iso(message.at),
        "contactId": message.contact_id,
        "by": message.by or None,
        "agent": agent_document(message.agent),
    }


def agent_document(agent: Agent) -> dict[str, Any]:
    """The agent as the desk knows one."""
    status = agent.status
    return {
        "agentId": agent.agent_id,
        "username": agent.username,
        "name": agent.name,
        "status": {"name": status.name, "type": status.type, "since": iso(agent.status_since)},
        "nextStatus": {"name": agent.next_status.name} if agent.next_status else None,
        "forwardTo": agent.forward_to,
        "autoAccept": agent.phone.auto_accept,
        "contacts": [slot_document(slot) for slot in agent.slots],
    }


def slot_document(slot: Slot) -> dict[str, Any]:
    """A contact in hand as the desk knows it."""
    return {
        "contactId": slot.contact_id,
        "channel": slot.channel,
        "state": slot.state,
        "since": iso(slot.since),
        "offerId": slot.offer_id,
        "expiresAt": _iso(slot.expires_at),
        "acwEndsAt": _iso(slot.wrap_up_ends_at),
        "queueName": slot.queue_name,
        "customerName": slot.customer_name,
        "customerEndpoint": slot.customer_address,
        "isRecorded": slot.is_recorded,
        "isJoined": slot.is_joined,
        "line": slot.line,
        "held": slot.held,
        "isCaller": slot.is_caller,
    }


def item_document(item: ChatItem) -> Mapping[str, Any]:
    """Amazon Connect's Item."""
    document = {
        "Id": item.item_id,
        "AbsoluteTime": iso(item.at),
        "Type": item.type,
        "ContentType": item.content_type,
        "Content": item.content,
        "ContactId": item.contact_id,
        "ParticipantId": item.participant_id,
        "ParticipantRole": item.role,
        "DisplayName": item.display_name,
    }
    return {name: value for name, value in document.items() if value != ""}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
