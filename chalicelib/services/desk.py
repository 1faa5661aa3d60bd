"""An agent's desk: signing in, status, answering, hanging up, after contact work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core import contact as contacts_core
from chalicelib.core import routing as core
from chalicelib.core.center import OFFLINE, Center, RoutingProfile, User
from chalicelib.core.contact import Change, Contact, ContactState, WrapUp
from chalicelib.core.errors import Conflict, Denied, NotFound, Rejected
from chalicelib.core.events import DisconnectReason, OfferOutcome
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, OfferId
from chalicelib.core.routing import Agent, AgentChange, DeskEvent, Slot, SlotState
from chalicelib.core.ticket import TicketStatus
from chalicelib.services.ending import ended
from chalicelib.services.ports import (
    Announcer,
    CenterStore,
    Commit,
    ContactStore,
    DeskMessage,
    RoutingStore,
    Sockets,
)
from chalicelib.services.races import insist
from chalicelib.services.routing import RoutingService, profile_of


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What a desk learns on opening: the events it missed, or the whole state."""

    agent: Agent
    missed: Sequence[DeskMessage] = ()
    is_snapshot: bool = True


class DeskService:
    """Everything an agent does. Every method is safe to repeat."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        announcer: Announcer,
        sockets: Sockets,
        matcher: RoutingService,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._announcer = announcer
        self._sockets = sockets
        self._matcher = matcher
        self._now = now

    # --- presence ---

    def hello(self, username: str, connection_id: ConnectionId, *, after: int) -> Welcome:
        """A desk opens or comes back. A second desk of the same agent closes the first."""
        user = self._user(username)
        before = self._routing.presence(user.agent_id)
        self._routing.seen(user.agent_id, connection_id, at=self._now())
        agent = self._routing.agent(user.agent_id) or self._first_sign_in(user)
        if before is not None and before.connection_id != connection_id:
            self._send_away(before.connection_id, agent)
        self._matcher.match_agent(agent.agent_id)
        agent = self._routing.agent(user.agent_id) or agent
        if 0 < after <= agent.version:
            missed = self._routing.desk_events(user.agent_id, after=after)
            if [m.seq for m in missed] == list(range(after + 1, agent.version + 1)):
                return Welcome(agent=agent, missed=missed, is_snapshot=False)
        return Welcome(agent=agent)

    def heartbeat(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        """The desk is alive. One that was thought gone gets contacts again."""
        at = self._now()
        before = self._routing.presence(agent_id)
        if before is not None and before.connection_id != connection_id:
            return  # a desk that was replaced: its last breath must not count
        self._routing.seen(agent_id, connection_id, at=at)
        if before is None or not core.is_reachable(before.heartbeat_at, at=at):
            self._matcher.match_agent(agent_id)

    def leave(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        """The socket closed. The status stays: a reload must not cost an agent the place in line,
        and without a heartbeat nothing is offered."""
        self._routing.gone(agent_id, connection_id)

    # --- what agents do ---

    def set_status(self, agent_id: AgentId, name: str) -> None:
        center = self._center.center()
        status = center.status(name)
        if status is None:
            known = ", ".join(s.name for s in center.statuses)
            raise Rejected(f"status {name!r} is not one of {known}", field="name", value=name)

        def choose() -> None:
            agent = self._agent(agent_id)
            after = core.choose_status(agent, status, at=self._now())
            self._commit_agent(center, agent, after, DeskEvent.STATUS_CHANGED)

        insist(choose)
        self._matcher.match_agent(agent_id)

    def accept(self, agent_id: AgentId, contact_id: ContactId, offer_id: OfferId) -> None:
        """The agent answers; twice is once."""
        insist(lambda: self._accept(agent_id, contact_id, offer_id))

    def _accept(self, agent_id: AgentId, contact_id: ContactId, offer_id: OfferId) -> None:
        at, center = self._now(), self._center.center()
        user = self._user_of(agent_id)
        contact = self._contacts.get(contact_id)
        if contact.state is ContactState.CONNECTED and _is_with(contact, agent_id):
            return
        agent = self._agent(agent_id)
        profile = _profile_at_work(center, agent)
        change = contacts_core.connect(Change.of(contact), offer_id, user, profile, at=at)
        change = change.update(
            turn=(),
            turn_number=contact.turn_number + 1,
            session=replace(contact.session, action_id=None, wait=None),
        )
        answered = AgentChange(
            before=agent,
            after=core.answer(agent, contact_id, at=at),
            profile=profile,
            at=at,
            kind=DeskEvent.CONTACT_CONNECTED,
            contact_id=contact_id,
        )
        self._contacts.commit(Commit(contact=change, agents=[answered]))
        self._announcer.turn(change.settled.after)
        self._announcer.desk(DeskMessage.of(answered))

    def reject(self, agent_id: AgentId, contact_id: ContactId, offer_id: OfferId) -> None:
        contact = self._contacts.get(contact_id)
        if contact.offer is not None and contact.offer.agent_id != agent_id:
            raise Denied("this offer was made to somebody else", field="offerId", value=offer_id)
        self._matcher.expire_offer(contact_id, offer_id, OfferOutcome.REJECTED)

    def hang_up(self, agent_id: AgentId, contact_id: ContactId) -> None:
        """The agent ends the conversation; after contact work begins."""
        if not _is_with(self._contacts.get(contact_id), agent_id):
            raise Denied("not your contact", field="contactId", value=contact_id)
        self.end(contact_id, DisconnectReason.AGENT_DISCONNECT)

    def end(self, contact_id: ContactId, reason: DisconnectReason) -> None:
        """The customer's side ends, for whatever reason; an ended contact stays as it is."""
        commit = insist(lambda: self._end(contact_id, reason))
        if commit is not None:
            self._tell_ended(commit)

    def _end(self, contact_id: ContactId, reason: DisconnectReason) -> Commit | None:
        contact = self._contacts.get(contact_id)
        if not contact.state.is_live:
            return None
        commit = ended(
            Change.of(contact),
            reason,
            at=self._now(),
            center=self._center.center(),
            routing=self._routing,
        )
        self._contacts.commit(commit)
        return commit

    def complete(self, agent_id: AgentId, contact_id: ContactId, wrap_up: WrapUp) -> None:
        """After contact work is handed in, with what the queue asks for; twice is once."""
        insist(lambda: self._hand_in(agent_id, contact_id, wrap_up))

    def _hand_in(self, agent_id: AgentId, contact_id: ContactId, wrap_up: WrapUp) -> None:
        contact = self._contacts.get(contact_id)
        if not _is_with(contact, agent_id):
            raise Denied("not your contact", field="contactId", value=contact_id)
        if contact.state is ContactState.COMPLETED:
            return
        self._check(contact, wrap_up)
        self._complete(contact, wrap_up, is_by_server=False)

    def clear(self, agent_id: AgentId, contact_id: ContactId) -> None:
        """Takes a missed contact off the desk, so that the agent gets contacts again."""
        agent = self._agent(agent_id)
        slot = agent.slot(contact_id)
        if slot is None:
            return
        if slot.state is not SlotState.MISSED:
            raise Rejected(f"contact {contact_id!r} is not missed", field="contactId")
        after = core.release(agent, contact_id, at=self._now())
        self._commit_agent(self._center.center(), agent, after, DeskEvent.CONTACT_COMPLETED)
        self._matcher.match_agent(agent_id)

    # --- what the server does ---

    def end_wrap_up(self, contact_id: ContactId) -> None:
        """The time for after contact work is over: the server ends it, disposition not given."""
        contact = self._contacts.get(contact_id)
        ends_at = contact.wrap_up_ends_at
        if contact.state is ContactState.ENDED and ends_at and self._now() >= ends_at:
            self._complete(contact, WrapUp(), is_by_server=True)

    def sweep(self) -> None:
        """Catches what a lost message or a dead worker left behind; harmless at any time."""
        now = self._now()
        for presence in self._routing.online():
            agent = self._routing.agent(presence.agent_id)
            for slot in agent.slots if agent else ():
                with suppress(Conflict, NotFound):  # one contact's trouble must not stop the others
                    self._sweep_slot(slot, now)
        self._matcher.match_waiting()

    def _sweep_slot(self, slot: Slot, now: datetime) -> None:
        if slot.offer_id and slot.expires_at and now > slot.expires_at:
            self._matcher.expire_offer(slot.contact_id, slot.offer_id)
        elif slot.state is SlotState.ENDED and slot.wrap_up_ends_at:
            self.end_wrap_up(slot.contact_id)

    def _complete(self, contact: Contact, wrap_up: WrapUp, *, is_by_server: bool) -> None:
        if contact.agent is None:
            return
        at, center = self._now(), self._center.center()
        change = contacts_core.complete(
            Change.of(contact), wrap_up, at=at, is_by_server=is_by_server
        )
        agent = self._routing.agent(contact.agent.agent_id)
        agents: list[AgentChange] = []
        if agent is not None and agent.slot(contact.contact_id):
            agents.append(
                AgentChange(
                    before=agent,
                    after=core.release(agent, contact.contact_id, at=at),
                    profile=_profile_at_work(center, agent),
                    at=at,
                    kind=DeskEvent.CONTACT_COMPLETED,
                    contact_id=contact.contact_id,
                )
            )
        self._contacts.commit(Commit(contact=change, agents=agents))
        self._tell_free(agents)

    def _check(self, contact: Contact, wrap_up: WrapUp) -> None:
        queue_id = contact.queue.queue_id if contact.queue else None
        known = [d.disposition_id for d in self._center.center().dispositions_for(queue_id)]
        if wrap_up.disposition not in known:
            raise Rejected(
                f"disposition {wrap_up.disposition!r} is not one of {', '.join(known)}",
                field="disposition",
                value=wrap_up.disposition,
            )
        states = [str(state) for state in TicketStatus]
        if wrap_up.ticket_status not in states:
            raise Rejected(
                f"ticket status {wrap_up.ticket_status!r} is not one of {', '.join(states)}",
                field="ticket.status",
                value=wrap_up.ticket_status,
            )

    def _tell_ended(self, commit: Commit) -> None:
        if commit.contact is None:
            return
        contact = commit.contact.settled.after
        self._announcer.turn(contact)
        self._tell_free(commit.agents)

    def _tell_free(self, agents: Sequence[AgentChange]) -> None:
        """Agents who let go of a contact are told, and may get the next one."""
        for changed in agents:
            message = DeskMessage.of(changed)
            self._announcer.desk(message)
            self._matcher.match_agent(message.agent.agent_id, message.agent)

    def _commit_agent(
        self,
        center: Center,
        before: Agent | None,
        after: Agent,
        kind: DeskEvent,
    ) -> None:
        change = AgentChange(
            before=before,
            after=after,
            profile=_profile_at_work(center, after),
            at=self._now(),
            kind=kind,
        )
        self._contacts.commit(Commit(agents=[change]))
        self._announcer.desk(DeskMessage.of(change))

    def _first_sign_in(self, user: User) -> Agent:
        at, center = self._now(), self._center.center()
        agent = Agent(
            agent_id=user.agent_id,
            username=user.username,
            name=user.name,
            profile_id=profile_of(center, user).profile_id,
            status=OFFLINE,
            status_since=at,
            idle_since=at,
        )
        self._commit_agent(center, None, agent, DeskEvent.STATUS_CHANGED)
        return self._agent(user.agent_id)

    def _send_away(self, connection_id: ConnectionId, agent: Agent) -> None:
        message = {"type": "event", "seq": agent.version, "kind": DeskEvent.SIGNED_IN_ELSEWHERE}
        if self._sockets.send(connection_id, "trunkline/desk", message):
            self._sockets.close(connection_id)

    def _agent(self, agent_id: AgentId) -> Agent:
        agent = self._routing.agent(agent_id)
        if agent is None:
            raise NotFound(f"agent {agent_id!r} never signed in", field="agentId", value=agent_id)
        return agent

    def _user(self, username: str) -> User:
        user = self._center.user(username)
        if user is None:
            raise NotFound(f"no user {username!r}", field="username", value=username)
        return user

    def _user_of(self, agent_id: AgentId) -> User:
        user = self._center.agent(agent_id)
        if user is None:
            raise NotFound(f"no agent {agent_id!r}", field="agentId", value=agent_id)
        return user


def _profile_at_work(center: Center, agent: Agent) -> RoutingProfile:
    """The profile under which the agent's openings stand, whatever it was changed to since."""
    profile = center.profile(agent.profile_id)
    if profile is None:
        raise NotFound(f"no routing profile {agent.profile_id!r}", field="routingProfile")
    return profile


def _is_with(contact: Contact, agent_id: AgentId) -> bool:
    return contact.agent is not None and contact.agent.agent_id == agent_id
