"""Sockets as they open, speak between people, and close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core.contact import Contact, ContactState
from chalicelib.core.errors import Denied, NotFound
from chalicelib.core.identity import Caller, groups
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from chalicelib.services.chain import last_of_chain
from chalicelib.services.chat import ChatService
from chalicelib.services.desk import DeskService
from chalicelib.services.ports import (
    CenterStore,
    Connection,
    ConnectionStore,
    ContactStore,
    Timer,
    TimerKind,
    Timers,
)

_GRACE = timedelta(seconds=10)  # for a caller's browser to come back
_PRESENCE_EVERY = timedelta(seconds=25)  # a desk speaks every 10 s, presence is written less often
_REMEMBERED = 1_000  # talks per worker
_TALK_IS_BELIEVED = timedelta(seconds=10)  # a burst of signals reads its contact once
_SIGNAL = "trunkline/signal"

AGENTS = groups("agent")  # who may command a desk


@dataclass(frozen=True, slots=True)
class _Talk:
    """Who talks in a contact, as read at that moment."""

    contact_id: ContactId
    chain_id: ContactId
    agent_id: AgentId
    read_at: datetime


class Lines(Protocol):
    """Straight lines to the two ends of a contact; the customer's goes by the chain's first id."""

    def to_customer(self, chain_id: ContactId, topic: str, content: object) -> bool: ...

    def to_agent(self, agent_id: AgentId, topic: str, content: object) -> bool: ...


class SocketRoom:
    """Admits sockets, relays between the two ends of a contact, notices who left."""

    def __init__(
        self,
        *,
        connections: ConnectionStore,
        contacts: ContactStore,
        center: CenterStore,
        desk: DeskService,
        chat: ChatService,
        lines: Lines,
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._contacts = contacts
        self._center = center
        self._desk = desk
        self._chat = chat
        self._lines = lines
        self._timers = timers
        self._now = now
        self._seen: dict[ConnectionId, datetime] = {}
        self._talks: dict[ContactId, _Talk] = {}

    def open_for_staff(self, connection_id: ConnectionId, caller: Caller) -> None:
        """Somebody with a token of the user pool and at least one group."""
        if not caller.groups:
            raise Denied("you are in no group of this center")
        user = self._center.user(caller.username)
        is_agent = AGENTS.admits(caller) and user is not None and user.profile_id is not None
        agent_id = user.agent_id if user and is_agent else None
        connection = Connection(
            connection_id=connection_id,
            username=caller.username,
            groups=tuple(sorted(caller.groups)),
            agent_id=agent_id,
        )
        self._connections.add(connection, at=self._now())

    def open_for_customer(self, connection_id: ConnectionId, token: str) -> None:
        """The customer of a contact that still lives, or of a chat that ended just now. The socket
        is theirs under the chain's first id, and so in every contact they are transferred to."""
        contact = self._chat.admit(token)
        connection = Connection(connection_id=connection_id, contact_id=contact.chain_id)
        self._connections.add(connection, at=self._now())

    def whose(self, connection_id: ConnectionId) -> Connection:
        connection = self._connections.get(connection_id)
        if connection is None:
            raise NotFound("this socket is not known any more")
        return connection

    def heard(self, connection: Connection) -> None:
        """A heartbeat; an agent's is written often enough to be believed."""
        at = self._now()
        last = self._seen.get(connection.connection_id)
        if connection.agent_id is None or (last is not None and at - last < _PRESENCE_EVERY):
            return
        self._seen[connection.connection_id] = at
        self._desk.heartbeat(connection.agent_id, connection.connection_id)

    def contact_id_of(self, connection: Connection) -> ContactId:
        """The chain that a customer's socket speaks for: the id of its first contact."""
        if connection.contact_id is None:
            raise Denied("only a customer's socket speaks for a call", field="topic")
        return connection.contact_id

    def contact_of(self, connection: Connection) -> Contact:
        """The contact in which the customer of this socket is now."""
        return last_of_chain(self._contacts, self.contact_id_of(connection))

    def relay(self, connection: Connection, message: Mapping[str, object]) -> bool:
        """Hands a signalling message to the other end of the contact. False: nobody is there."""
        contact_id = ContactId(str(message.get("contactId", "")))
        if connection.contact_id is not None:
            return self._to_agent(connection.contact_id, contact_id, message)
        talk = self._talk(contact_id, contact_id)
        if talk is None or connection.agent_id != talk.agent_id:
            raise Denied("not your contact", field="contactId", value=contact_id)
        told = {**message, "from": "agent"}
        return self._lines.to_customer(talk.chain_id, _SIGNAL, told)

    def _to_agent(
        self, chain_id: ContactId, said: ContactId, message: Mapping[str, object]
    ) -> bool:
        """A customer's page may speak of the contact before the transfer, and of the next one
        before this worker has heard of it."""
        talk = self._talk(chain_id, said or chain_id)
        if talk is None:
            return False
        told = {**message, "contactId": talk.contact_id, "from": "customer"}
        return self._lines.to_agent(talk.agent_id, _SIGNAL, told)

    def close(self, connection_id: ConnectionId) -> None:
        """The socket is gone. A caller gets a moment to come back, then the call ends."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        self._connections.remove(connection)
        self._seen.pop(connection_id, None)
        if connection.agent_id is not None:
            self._desk.leave(connection.agent_id, connection_id)
        if connection.contact_id is not None:
            now = self._now()
            timer = Timer(
                kind=TimerKind.CUSTOMER,
                contact_id=connection.contact_id,
                due_at=now + _GRACE,
                key=connection_id,
            )
            self._timers.set(timer, now=now)

    def _talk(self, about: ContactId, said: ContactId) -> _Talk | None:
        """Who talks to the customer; nobody any more when the agent has left. A customer's page
        names the contact beside the chain: what is remembered of another one is read again."""
        now = self._now()
        known = self._talks.get(about)
        is_fresh = known is not None and now - known.read_at < _TALK_IS_BELIEVED
        if known is not None and is_fresh and said in (about, known.contact_id):
            return known
        contact = last_of_chain(self._contacts, about)
        if contact.agent is None or contact.state is not ContactState.CONNECTED:
            self._talks.pop(about, None)
            return None
        if len(self._talks) >= _REMEMBERED:
            self._talks.clear()
        talk = _Talk(contact.contact_id, contact.chain_id, contact.agent.agent_id, now)
        self._talks[about] = talk
        return talk
