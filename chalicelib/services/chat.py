"""The participant's door: a customer connects, talks, reads the transcript and leaves."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Denied, NotFound, Rejected
from chalicelib.core.events import Channel, DisconnectReason
from chalicelib.core.flow import CUSTOMER_RETURNED, Said, is_awaited
from chalicelib.core.identity import Unidentified
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.services.chain import last_of_chain
from chalicelib.services.desk import DeskService
from chalicelib.services.flow_scope import digest
from chalicelib.services.ports import Announcer, ChatItem, ContactStore
from chalicelib.services.transcript import transcript

TEXT_LIMIT = 1024  # characters of a plain message; Amazon Connect's limit
CONTENT_LIMIT = 16_384
_TEXTS = frozenset({"text/plain", "text/markdown"})
_MESSAGES = _TEXTS | {
    "application/json",
    "application/vnd.amazonaws.connect.message.interactive.response",
}
_EVENT = "application/vnd.amazonaws.connect.event."
_EVENTS = frozenset(
    f"{_EVENT}{name}"
    for name in ("typing", "connection.acknowledged", "message.delivered", "message.read")
)
_TOKEN_LIFE = timedelta(days=1)
_PLACE = re.compile(r"[0-9]{1,9}")  # in a transcript; anything else is none of ours
_STAYS_OPEN = timedelta(minutes=5)  # as long as a customer has to arrive: a flow may end before


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What CreateParticipantConnection hands out."""

    contact_id: ContactId
    connection_token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """A part of a transcript, and where the next one begins."""

    items: Sequence[ChatItem]
    next_token: str | None = None


class Listener(Protocol):
    """Whoever the flow asked; hears nothing when it did not. And a flow that waits for the
    customer to come back: `key` names what they wrote."""

    def hear(self, contact_id: ContactId, said: Said) -> None: ...

    def welcome(self, contact_id: ContactId, key: str) -> None: ...


class ChatService:
    """Chat for customers (by token) and agents (by name)."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        announcer: Announcer,
        desk: DeskService,
        listener: Listener,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._announcer = announcer
        self._desk = desk
        self._listener = listener
        self._now = now
        self._new_id = new_id

    def connect(self, token: str) -> Admission:
        """Admits the holder of a participant token; the connection token is good for a day."""
        contact = self.admit(token)
        return Admission(
            contact_id=contact.contact_id,
            connection_token=token,
            expires_at=self._now() + _TOKEN_LIFE,
        )

    def admit(self, token: str) -> Contact:
        """The contact of a customer who comes in. A chat that its flow has just ended lets its
        customer in to read why."""
        contact = self.contact_of(token)
        ended_at = contact.disconnected_at
        is_fresh = ended_at is not None and self._now() < ended_at + _STAYS_OPEN
        if contact.state.is_live or (contact.channel is Channel.CHAT and is_fresh):
            return contact
        raise Denied("the contact has ended", field="ParticipantToken")

    def contact_of(self, token: str) -> Contact:
        """The contact a customer's token opens, or the one in which they go on since a transfer;
        Unidentified when it opens none."""
        contact_id, _, rest = token.partition(".")
        participant_id, _, secret = rest.partition(".")
        if not (contact_id and participant_id and secret):
            raise Unidentified("the token is not one of ours")
        try:
            contact = self._contacts.get(ContactId(contact_id))
        except NotFound:
            raise Unidentified("the token is not one of ours") from None
        known = contact.customer
        if known.participant_id != participant_id or not hmac.compare_digest(
            known.token_digest, digest(secret)
        ):
            raise Unidentified("the token is not one of ours")
        following = contact.next_contact_id
        return last_of_chain(self._contacts, following) if following else contact

    def send(
        self, token: str, content_type: str, content: str, client_token: str | None
    ) -> ChatItem:
        """A message of the customer, also to whoever their flow asks for an answer, or to the flow
        itself if it waits for one.

        The same client token twice is one message.
        """
        contact = self._live(token)
        check_message(content_type, content)
        item = self._from_customer(contact, "MESSAGE", content_type, content, client_token)
        said = said_in(content_type, content, item.item_id) if contact.dialog else None
        if said is not None and contact.dialog is not None and contact.dialog.is_private:
            item = _without_answer(item, said)
        self._add(contact, item)
        if said is not None:
            self._listener.hear(contact.contact_id, said)
        elif is_awaited(contact.session, CUSTOMER_RETURNED):
            self._listener.welcome(contact.contact_id, item.item_id)
        return item

    def send_event(
        self, token: str, content_type: str, content: str, client_token: str | None
    ) -> ChatItem:
        """An event of the customer: typing and receipts are passed on, not kept."""
        contact = self._live(token)
        if content_type not in _EVENTS:
            raise Rejected(
                f"content type {content_type!r} is not one of {', '.join(sorted(_EVENTS))}",
                field="ContentType",
                value=content_type,
            )
        item = self._from_customer(contact, "EVENT", content_type, content, client_token)
        self._announcer.items(contact, [item])
        return item

    def transcript(
        self, token: str, *, limit: int, is_newest_first: bool, next_token: str | None
    ) -> Page:
        """The transcript, a page at a time; of a contact that is over for as long as a connection
        is good: whoever finds a token much later reads nothing."""
        contact = self.contact_of(token)
        ended_at = contact.disconnected_at
        if ended_at is not None and self._now() >= ended_at + _TOKEN_LIFE:
            raise Denied("the contact ended more than a day ago", field="ConnectionToken")
        items = transcript(self._contacts, contact)
        if is_newest_first:
            items.reverse()
        start = int(next_token) if next_token and _PLACE.fullmatch(next_token) else 0
        page = items[start : start + limit]
        end = start + limit
        return Page(items=page, next_token=str(end) if end < len(items) else None)

    def leave(self, token: str) -> None:
        """The customer ends the chat."""
        contact = self.contact_of(token)
        if contact.state.is_live:
            self._desk.end(contact.contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    def say(self, agent_id: AgentId, contact_id: ContactId, content: str, request_id: str) -> None:
        """A message of the agent; the same request twice is one message."""
        contact = self._of_agent(agent_id, contact_id)
        check_message("text/plain", content)
        item = self._from_agent(contact, "MESSAGE", "text/plain", content, request_id)
        self._add(contact, item)

    def typing(self, agent_id: AgentId, contact_id: ContactId) -> None:
        contact = self._of_agent(agent_id, contact_id)
        item = self._from_agent(contact, "EVENT", f"{_EVENT}typing", "", self._new_id())
        self._announcer.items(contact, [item])

    def farewell(self, contact_id: ContactId) -> Sequence[ChatItem]:
        """What somebody must be told who comes to a chat that has ended: that it has."""
        contact = last_of_chain(self._contacts, contact_id)
        if contact.state.is_live:
            return ()
        items = self._contacts.items(contact.contact_id)
        return [item for item in items if item.content_type == f"{_EVENT}chat.ended"]

    def note(self, contact: Contact, kind: str, *, role: str, name: str) -> None:
        """An event of the chat itself: somebody joined or left, the chat ended.

        The id follows from the contact and the event, so that noting it twice is once.
        """
        item_id = sha256(f"{contact.contact_id}:{kind}:{role}:{name}".encode()).hexdigest()[:32]
        item = ChatItem(
            item_id=item_id,
            contact_id=contact.contact_id,
            at=self._now(),
            type="EVENT",
            content_type=f"{_EVENT}{kind}",
            role=role,
            display_name=name,
        )
        self._add(contact, item)

    def _add(self, contact: Contact, item: ChatItem) -> ChatItem:
        self._contacts.add_item(item)
        self._announcer.items(contact, [item])
        return item

    def _live(self, token: str) -> Contact:
        contact = self.contact_of(token)
        if not contact.state.is_live:
            raise Denied("the contact has ended", field="ConnectionToken")
        if contact.channel is not Channel.CHAT:
            raise Rejected(f"contact is {contact.channel}, not CHAT", field="ConnectionToken")
        return contact

    def _of_agent(self, agent_id: AgentId, contact_id: ContactId) -> Contact:
        contact = self._contacts.get(contact_id)
        if contact.agent is None or contact.agent.agent_id != agent_id:
            raise Denied("not your contact", field="contactId", value=contact_id)
        if contact.state is not ContactState.CONNECTED:
            raise Rejected("the customer has left", field="contactId", value=contact_id)
        return contact

    def _from_customer(
        self, contact: Contact, kind: str, content_type: str, content: str, once: str | None
    ) -> ChatItem:
        return ChatItem.of_customer(
            contact,
            item_id=self._item_id(contact, "CUSTOMER", once),
            at=self._now(),
            kind=kind,
            content_type=content_type,
            content=content,
        )

    def _from_agent(
        self, contact: Contact, kind: str, content_type: str, content: str, once: str
    ) -> ChatItem:
        agent = contact.agent
        return ChatItem(
            item_id=self._item_id(contact, "AGENT", once),
            contact_id=contact.contact_id,
            at=self._now(),
            type=kind,
            content_type=content_type,
            content=content,
            participant_id=agent.agent_id if agent else "",
            role="AGENT",
            display_name=agent.name if agent else "",
        )

    def _item_id(self, contact: Contact, role: str, once: str | None) -> str:
        if not once:
            return self._new_id()
        return sha256(f"{contact.contact_id}:{role}:{once}".encode()).hexdigest()[:32]


def said_in(content_type: str, content: str, key: str) -> Said:
    """What a message answers: the chosen action of a view with its data, else its words."""
    if content_type not in _TEXTS:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            raise Rejected("the content is not JSON", field="Content") from None
        if isinstance(answer, dict):
            data = answer.get("data")
            return Said(
                action=str(answer.get("action", "")),
                data=data if isinstance(data, dict) else {},
                key=key,
            )
    return Said(text=content, key=key)


def _without_answer(item: ChatItem, said: Said) -> ChatItem:
    """The item as the transcript may keep it; plain words are no answer to a view."""
    if not said.action:
        return item
    kept = {"templateType": "ViewResource", "action": said.action, "isHidden": True}
    return replace(item, content=json.dumps(kept))


def check_message(content_type: str, content: str) -> None:
    """Amazon Connect's limits on a message."""
    if content_type not in _MESSAGES:
        raise Rejected(
            f"content type {content_type!r} is not one of {', '.join(sorted(_MESSAGES))}",
            field="ContentType",
            value=content_type,
        )
    limit = TEXT_LIMIT if content_type in _TEXTS else CONTENT_LIMIT
    if not 1 <= len(content) <= limit:
        raise Rejected(
            f"content has {len(content)} characters, 1 to {limit} are allowed", field="Content"
        )


__all__ = ["Admission", "ChatService", "Page", "check_message"]
