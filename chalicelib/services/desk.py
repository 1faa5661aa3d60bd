"""An agent's desk: signing in, status, answering, hanging up, after contact work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core import lifecycle as contacts_core
from chalicelib.core import routing as core
from chalicelib.core.center import OFFLINE, Center, RoutingProfile, User, agent_queue
from chalicelib.core.contact import Change, Contact, ContactState, Leg
from chalicelib.core.errors import Conflict, Denied, NotFound, Rejected
from chalicelib.core.events import Channel, DisconnectReason, OfferOutcome, Party
from chalicelib.core.ids import AgentId, ConnectionId, ContactId, OfferId
from chalicelib.core.lifecycle import WrapUp
from chalicelib.core.routing import Agent, AgentChange, DeskEvent, SlotState
from chalicelib.core.ticket import TicketStatus
from chalicelib.services.ending import ended
from chalicelib.services.flow_turns import AT_DISCONNECT, HOLDS, FlowTurns
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
from chalicelib.services.slots import caller_after
from chalicelib.services.staff import is_here
from chalicelib.services.ticket_reach import TicketReach

# What runs when an agent has answered: both whispers at once, and the guide beside the talk.
_AT_ANSWER = (
    ("CustomerWhisper", Leg.CUSTOMER),
    ("AgentWhisper", Leg.AGENT),
    ("DefaultAgentUI", Leg.GUIDE),
)
# Of a call back: the customer is still to be called, which is that leg's flow's work.
_AT_CALL_BACK = (("OutboundWhisper", Leg.CUSTOMER), *_AT_ANSWER[1:])


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What a desk learns on opening: the events it missed, or the whole state."""

    agent: Agent
    missed: Sequence[DeskMessage] = ()
    is_snapshot: bool = True
    turns: Sequence[tuple[Contact, Leg]] = ()  # of flows that still run on this desk


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
        turns: FlowTurns,
        tickets: TicketReach,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._announcer = announcer
        self._sockets = sockets
        self._matcher = matcher
        self._turns = turns
        self._tickets = tickets
        self._now = now

    # --- presence ---

    def hello(self, username: str, connection_id: ConnectionId, *, after: int) -> Welcome:
        """A desk opens or comes back. A second desk of the same agent closes the first."""
        user = self._user(username)
        before = self._routing.presence(user.agent_id)
        self._routing.seen(user.agent_id, connection_id, at=self._now())
        agent = self._routing.agent(user.agent_id) or self._first_sign_in(user)
        if before is not None and before.connection_id not in (None, connection_id):
            self._send_away(before.connection_id, agent)
        self._take_effect(user.agent_id)
        self._matcher.match_agent(agent.agent_id)
        agent = self._routing.agent(user.agent_id) or agent
        turns = list(self._turns_at(agent))
        if 0 < after <= agent.version:
            missed = self._routing.desk_events(user.agent_id, after=after)
            last = max(agent.version, after + len(missed))  # later ones came since it was read
            if [m.seq for m in missed] == list(range(after + 1, last + 1)):
                return Welcome(agent=agent, missed=missed, is_snapshot=False, turns=turns)
        return Welcome(agent=agent, turns=turns)

    def _turns_at(self, agent: Agent) -> Iterator[tuple[Contact, Leg]]:
        for slot in agent.slots:
            if slot.state is SlotState.CONNECTED or slot.state is SlotState.ENDED:
                contact = self._contacts.get(slot.contact_id)
                yield from (
                    (contact, leg) for leg in (Leg.AGENT, Leg.GUIDE) if contact.leg(leg).is_running
                )

    def heartbeat(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        """The desk is alive. One that was thought gone gets contacts again."""
        at = self._now()
        before = self._routing.presence(agent_id)
        if before is not None and before.connection_id not in (None, connection_id):
            return  # a desk that was replaced: its last breath must not count
        self._routing.seen(agent_id, connection_id, at=at)
        if before is None or not before.is_reachable(at):
            self._take_effect(agent_id)
            self._matcher.match_agent(agent_id)

    def leave(self, agent_id: AgentId, connection_id: ConnectionId) -> None:
        """The socket closed. The status stays: a reload must not cost an agent the place in line,
        and without a heartbeat nothing is offered."""
        self._routing.gone(agent_id, connection_id)

    def reconfigure(self, agent_id: AgentId) -> None:
        """What admins have set up of somebody at work takes effect, and whoever was thought gone
        is here again. Nothing is written where nothing has changed."""
        if self._take_effect(agent_id):
            self._matcher.match_agent(agent_id)

    def _take_effect(self, agent_id: AgentId) -> bool:
        """Whether anything has changed."""
        return insist(lambda: self._reconfigure(agent_id))

    def _reconfigure(self, agent_id: AgentId) -> bool:
        agent, user = self._routing.agent(agent_id), self._center.agent(agent_id)
        if agent is None or user is None:
            return False
        after = core.reconfigure(agent, user)
        after = replace(after, is_away=agent.is_away and not self._is_here(agent_id))
        profile = _profile_at_work(self._center.center(), after)
        if after == agent and tuple(core.openings_of(agent, profile)) == agent.openings:
            return False
        self._commit_agent(self._center.center(), agent, after, DeskEvent.STATUS_CHANGED)
        return True

    def note_silence(self, agent_id: AgentId) -> None:
        """The desk was not heard of for too long: nothing is offered there until it is. Nothing,
        when it is back."""

        def note() -> None:
            agent = self._agent(agent_id)
            if core.is_signed_in(agent) and not self._is_here(agent_id):
                away = replace(agent, is_away=True)
                self._commit_agent(self._center.center(), agent, away, DeskEvent.STATUS_CHANGED)

        insist(note)

    def _is_here(self, agent_id: AgentId) -> bool:
        return is_here(self._routing, agent_id, at=self._now())

    def sign_off(self, agent_id: AgentId) -> None:
        """Takes somebody from work for good. Conflict while contacts are in their hands, or wait
        for them alone."""
        insist(lambda: self._sign_off(agent_id))

    def _sign_off(self, agent_id: AgentId) -> None:
        agent = self._routing.agent(agent_id)
        if agent is None:
            return
        own = agent_queue(self._user_of(agent_id))
        waiting = self._routing.depths([(own, channel) for channel in Channel])
        if agent.slots or any(depth.waiting for depth in waiting):
            message = f"user {agent.username!r} has contacts, or some wait for nobody else"
            raise Conflict(message, field="UserId", value=agent_id)
        if agent.status != OFFLINE or agent.next_status is not None:
            gone = core.choose_status(agent, OFFLINE, at=self._now())
            self._commit_agent(self._center.center(), agent, gone, DeskEvent.STATUS_CHANGED)

    # --- what agents do ---

    def set_status(self, agent_id: AgentId, name: str, *, by: str = "") -> None:
        """`by`: a supervisor's user name, where it is not the agent's own choice. A desk that is
        silent stays silent, whatever others choose for it."""
        center = self._center.center()
        status = center.status(name)
        if status is None:
            known = ", ".join(s.name for s in center.choices)
            raise Rejected(f"status {name!r} is not one of {known}", field="name", value=name)

        def choose() -> None:
            agent = self._agent(agent_id)
            after = core.choose_status(agent, status, at=self._now())
            if by:
                after = replace(after, is_away=agent.is_away)
            self._commit_agent(center, agent, after, DeskEvent.STATUS_CHANGED, by=by)

        insist(choose)
        self._matcher.match_agent(agent_id)

    def accept(
        self,
        agent_id: AgentId,
        contact_id: ContactId,
        offer_id: OfferId,
        *,
        is_by_telephone: bool = False,
    ) -> None:
        """The agent answers, at the desk or on the telephone that rings too; twice is once."""
        insist(lambda: self._accept(agent_id, contact_id, offer_id, is_by_telephone))

    def forward(self, agent_id: AgentId, number: str | None) -> None:
        """Calls ring at this number, too (E.164, checked); None: at the desk only."""

        def change() -> None:
            agent = self._agent(agent_id)
            if agent.forward_to != number:
                after = replace(agent, forward_to=number)
                self._commit_agent(self._center.center(), agent, after, DeskEvent.STATUS_CHANGED)

        insist(change)

    def _accept(
        self, agent_id: AgentId, contact_id: ContactId, offer_id: OfferId, is_by_telephone: bool
    ) -> None:
        at, center = self._now(), self._center.center()
        user = self._user_of(agent_id)
        contact = self._contacts.get(contact_id)
        if contact.state is ContactState.CONNECTED and _is_with(contact, agent_id):
            return
        agent = self._agent(agent_id)
        profile = _profile_at_work(center, agent)
        change = contacts_core.connect(
            Change.of(contact),
            offer_id,
            user,
            profile,
            at=at,
            line=agent.forward_to if is_by_telephone else None,
            hierarchy=center.hierarchy_path(user.hierarchy_group_id),
        )
        hooks = _hooks_of(contact)
        commit = self._turns.with_flows(change, *hooks)
        connected = commit.contact.after if commit.contact else change.after
        answered = AgentChange(
            before=agent,
            after=core.answer(agent, connected, at=at),
            profile=profile,
            at=at,
            kind=DeskEvent.CONTACT_CONNECTED,
            contact_id=contact_id,
        )
        callers = caller_after(
            commit.contact or change, at=at, center=center, routing=self._routing
        )
        self._commit(replace(commit, agents=[answered, *([callers] if callers else [])]))

    def reject(self, agent_id: AgentId, contact_id: ContactId, offer_id: OfferId) -> None:
        contact = self._contacts.get(contact_id)
        if contact.offer is not None and contact.offer.agent_id != agent_id:
            raise Denied("this offer was made to somebody else", field="offerId", value=offer_id)
        self._matcher.expire_offer(contact_id, offer_id, OfferOutcome.REJECTED)

    def hang_up(self, agent_id: AgentId, contact_id: ContactId) -> None:
        """The agent ends the conversation; after contact work begins. The customer goes on alone,
        if flows chose one for that, else the contact ends."""
        insist(lambda: self._hang_up(agent_id, contact_id))

    def _hang_up(self, agent_id: AgentId, contact_id: ContactId) -> None:
        contact = self._contacts.get(contact_id)
        if contact.caller_id == agent_id:
            self._end(contact, DisconnectReason.CUSTOMER_DISCONNECT)
            return
        contact = self._of_agent(agent_id, contact_id)
        if contact.state is not ContactState.CONNECTED:
            return
        if contact.is_internal or not self._turns.chooses(contact, "CustomerRemaining"):
            self._end(contact, DisconnectReason.AGENT_DISCONNECT)
            return
        queue = self._center.center().queue(contact.queue.queue_id) if contact.queue else None
        change = contacts_core.let_remain(Change.of(contact), at=self._now(), queue=queue)
        remaining = ("CustomerRemaining", Leg.CUSTOMER)
        self._commit(self._turns.with_flows(change, remaining, AT_DISCONNECT))

    def end(self, contact_id: ContactId, reason: DisconnectReason) -> None:
        """The customer's side ends, for whatever reason; an ended contact stays as it is."""
        insist(lambda: self._end(self._contacts.get(contact_id), reason))

    def _end(self, contact: Contact, reason: DisconnectReason) -> None:
        if not contact.state.is_live:
            return
        change, at = Change.of(contact), self._now()
        if contact.state is ContactState.CONNECTED and self._turns.chooses(
            contact, AT_DISCONNECT[0]
        ):
            change = self._turns.with_flows(change, AT_DISCONNECT).contact or change
        commit = ended(change, reason, at=at, center=self._center.center(), routing=self._routing)
        self._commit(commit)

    def hold(self, agent_id: AgentId, contact_id: ContactId) -> None:
        """Puts the customer of a call on hold, or a task aside; twice is once."""
        insist(lambda: self._hold(agent_id, contact_id))

    def _hold(self, agent_id: AgentId, contact_id: ContactId) -> None:
        contact = self._of_agent(agent_id, contact_id)
        party = Party.CONTACT if contact.channel is Channel.TASK else Party.CUSTOMER
        if contact.held is not party:
            change = contacts_core.hold(Change.of(contact), party, at=self._now())
            self._commit(self._turns.with_flows(change, HOLDS[party]))

    def resume(self, agent_id: AgentId, contact_id: ContactId) -> None:
        """The talk, or the task, goes on; twice is once."""
        insist(lambda: self._resume(agent_id, contact_id))

    def _resume(self, agent_id: AgentId, contact_id: ContactId) -> None:
        contact = self._of_agent(agent_id, contact_id)
        if contact.held is not None:
            was_paused = contact.held is Party.CONTACT
            hooks = [("ResumeContact", Leg.EVENT)] if was_paused else []
            change = contacts_core.resume(Change.of(contact), at=self._now())
            self._commit(self._turns.with_flows(change, *hooks))

    def own(self, agent_id: AgentId, contact_id: ContactId) -> ContactId:
        """The contact's id, for its agent and nobody else."""
        return self._of_agent(agent_id, contact_id).contact_id

    def _of_agent(self, agent_id: AgentId, contact_id: ContactId) -> Contact:
        contact = self._contacts.get(contact_id)
        if not _is_with(contact, agent_id):
            raise Denied("not your contact", field="contactId", value=contact_id)
        return contact

    def _commit(self, commit: Commit) -> None:
        self._contacts.commit(commit)
        self._turns.tell(commit)

    def complete(self, agent_id: AgentId, contact_id: ContactId, wrap_up: WrapUp) -> None:
        """After contact work is handed in, with what the queue asks for; twice is once."""
        insist(lambda: self._hand_in(agent_id, contact_id, wrap_up))

    def _hand_in(self, agent_id: AgentId, contact_id: ContactId, wrap_up: WrapUp) -> None:
        contact = self._of_agent(agent_id, contact_id)
        is_over = contact.state is ContactState.COMPLETED
        if is_over or (contact.agent is not None and contact.agent.is_done):
            return
        self._check(contact, wrap_up)
        self._complete(contact, wrap_up, is_by_server=False)

    def clear(self, agent_id: AgentId, contact_id: ContactId, *, by: str = "") -> None:
        """Takes a missed contact off the desk, so that the agent gets contacts again."""
        agent = self._agent(agent_id)
        slot = agent.slot(contact_id)
        if slot is None:
            return
        if slot.state is not SlotState.MISSED:
            raise Rejected(f"contact {contact_id!r} is not missed", field="contactId")
        after = core.release(agent, contact_id, at=self._now())
        kind = DeskEvent.CONTACT_COMPLETED
        self._commit_agent(self._center.center(), agent, after, kind, by=by)
        self._matcher.match_agent(agent_id)

    def dismiss(self, agent_id: AgentId, contact_id: ContactId, *, by: str) -> None:
        """A supervisor takes a contact off the desk that is missed, or whose talk is over: then the
        work is done, its disposition not given."""
        slot = self._agent(agent_id).slot(contact_id)
        if slot is None:
            what = f"contact {contact_id!r} is not on that agent's desk"
            raise NotFound(what, field="ContactId", value=contact_id)
        if slot.state is SlotState.MISSED:
            self.clear(agent_id, contact_id, by=by)
        elif slot.state is SlotState.ENDED:
            insist(lambda: self._break_off(contact_id, by))
            self._matcher.match_agent(agent_id)
        else:
            what = f"contact {contact_id!r} is {slot.state}, neither missed nor over"
            raise Rejected(what, field="ContactId", value=contact_id)

    def _break_off(self, contact_id: ContactId, by: str) -> None:
        contact = self._contacts.get(contact_id)
        if contact.is_wrapping_up:
            self._complete(contact, WrapUp(), is_by_server=True, by=by)

    # --- what the server does ---

    def end_wrap_up(self, contact_id: ContactId) -> None:
        """The time for after contact work is over: the server ends it, disposition not given."""
        contact = self._contacts.get(contact_id)
        ends_at = contact.wrap_up_ends_at
        if contact.is_wrapping_up and ends_at and self._now() >= ends_at:
            self._complete(contact, WrapUp(), is_by_server=True)

    def _complete(
        self, contact: Contact, wrap_up: WrapUp, *, is_by_server: bool, by: str = ""
    ) -> None:
        if contact.agent is None:
            return
        at, center = self._now(), self._center.center()
        change = contacts_core.complete(
            Change.of(contact), wrap_up, at=at, is_by_server=is_by_server
        )
        agent = self._routing.agent(contact.agent.agent_id)
        agents: list[AgentChange] = []
        if agent is not None and agent.slot(contact.contact_id):
            profile = _profile_at_work(center, agent)
            agents.append(
                AgentChange(
                    before=agent,
                    after=core.release(
                        agent,
                        contact.contact_id,
                        at=at,
                        was_handled=core.counts_as_activity(contact, profile),
                    ),
                    profile=profile,
                    at=at,
                    kind=DeskEvent.CONTACT_COMPLETED,
                    contact_id=contact.contact_id,
                    by=by,
                )
            )
        self._commit(Commit(contact=change, agents=agents))

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
        if wrap_up.ticket_id is not None and not self._tickets.holds(wrap_up.ticket_id, contact):
            raise Rejected(
                f"there is no ticket {wrap_up.ticket_id[:40]!r} for this contact",
                field="ticket.ticketId",
                value=wrap_up.ticket_id,
            )
        if wrap_up.feedback is not None and wrap_up.ticket_status != TicketStatus.CLOSED:
            raise Rejected(
                f"the ticket becomes {wrap_up.ticket_status}: only of closed ones customers are "
                "asked what they think",
                field="ticket.feedback",
                value=wrap_up.feedback,
            )

    def _commit_agent(
        self,
        center: Center,
        before: Agent | None,
        after: Agent,
        kind: DeskEvent,
        by: str = "",
    ) -> None:
        change = AgentChange(
            before=before,
            after=after,
            profile=_profile_at_work(center, after),
            at=self._now(),
            kind=kind,
            by=by,
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
    """The routing profile that the agent works under."""
    profile = center.profile(agent.profile_id)
    if profile is None:
        raise NotFound(f"no routing profile {agent.profile_id!r}", field="routingProfile")
    return profile


def _hooks_of(contact: Contact) -> tuple[tuple[str, Leg], ...]:
    """Of what runs when an agent has answered; colleagues just talk."""
    if contact.is_internal:
        return ()
    return _AT_CALL_BACK if contact.is_to_be_called else _AT_ANSWER


def _is_with(contact: Contact, agent_id: AgentId) -> bool:
    return contact.agent is not None and contact.agent.agent_id == agent_id
