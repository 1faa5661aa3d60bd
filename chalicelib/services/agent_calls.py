"""Agents who call: a colleague, at whose desk it rings, or a number outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core import routing as core
from chalicelib.core.alert import AlertKind
from chalicelib.core.center import Center, RoutingProfile, User, agent_queue
from chalicelib.core.contact import Contact, ContactState, Customer, Leg
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import (
    Channel,
    DisconnectReason,
    Endpoint,
    Fact,
    InitiationMethod,
    OfferEnded,
    OfferOutcome,
)
from chalicelib.core.flow import Session
from chalicelib.core.ids import AgentId, ContactId, ParticipantId
from chalicelib.core.lifecycle import dial, enqueue, initiate
from chalicelib.core.routing import Agent, AgentChange, DeskEvent
from chalicelib.services.alerts import Alerts
from chalicelib.services.customers import ToE164
from chalicelib.services.flow_scope import digest
from chalicelib.services.flow_turns import FlowTurns
from chalicelib.services.flows import Identify, Started
from chalicelib.services.lines import Ender
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore, Commit, ContactStore, Presence, RoutingStore
from chalicelib.services.races import insist

INTERNAL = "trunkline:Internal"  # the segment attribute of a call between colleagues
_NOT_TAKEN = (OfferOutcome.MISSED, OfferOutcome.REJECTED)
# The customer is called on their leg; the agent hears whom, and a guide may show itself.
_AT_CALL = (("OutboundWhisper", Leg.CUSTOMER), ("DefaultAgentUI", Leg.GUIDE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Another agent at work; `is_free`: a call would ring there now."""

    agent_id: AgentId
    name: str
    status: str
    is_free: bool


class AgentCalls:
    """Whoever calls has the call in hand from the first ring on, in whatever status."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        turns: FlowTurns,
        planner: Planner,
        ender: Ender,
        alerts: Alerts,
        identify: Identify,
        to_e164: ToE164,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._turns = turns
        self._planner = planner
        self._ender = ender
        self._alerts = alerts
        self._identify = identify
        self._to_e164 = to_e164
        self._now = now
        self._new_id = new_id
        self._new_secret = new_secret

    # --- a colleague ------------------------------------------------------------------------------

    def colleagues(self, username: str) -> Sequence[Colleague]:
        """Everybody else at work, by name. Requests: one, and one for each hundred of them."""
        center, at = self._center.center(), self._now()
        here = {each.agent_id: each for each in self._routing.online()}
        agents = self._routing.agents_among(list(here))
        found = [
            Colleague(
                agent_id=agent.agent_id,
                name=agent.name,
                status=agent.status.name,
                is_free=_can_talk(agent, here[agent.agent_id], center, at),
            )
            for agent in agents
            if agent.username != username and core.is_signed_in(agent)
        ]
        return sorted(found, key=lambda each: (each.name.casefold(), each.agent_id))

    def colleague(self, agent_id: AgentId, reference: str) -> Started:
        """It rings at the colleague's desk, and the caller's desk is the customer's end of it.

        Conflict when the colleague is busy or not there: then a task says who called, or an alert.
        """
        caller, callee = self._user(agent_id), self._colleague(reference)
        if callee.agent_id == agent_id:
            raise Rejected("that is yourself", field="agentId", value=agent_id)
        if not self._is_free(callee):
            raise self._busy(caller, callee)
        started = insist(lambda: self._ring(caller, callee))
        if self._contacts.get(started.contact_id).state is ContactState.QUEUED:
            self._ender.end(started.contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)
            raise self._busy(caller, callee)
        return started

    def give_up(self, contact: Contact, fact: Fact) -> None:
        """The colleague did not take it: nobody waits for it, and word is left of who called."""
        ended = fact.event
        if not isinstance(ended, OfferEnded) or ended.outcome not in _NOT_TAKEN:
            return
        if contact.caller_id is None or contact.state is not ContactState.QUEUED:
            return
        callee = self._center.agent(ended.agent_id)
        if callee is not None:
            self._leave_word(self._user(contact.caller_id), callee, fact.at)
        self._ender.end(contact.contact_id, DisconnectReason.OUTBOUND_ATTEMPT_FAILED)

    def _ring(self, caller: User, callee: User) -> Started:
        at, center = self._now(), self._center.center()
        secret, participant_id = self._new_secret(), ParticipantId(self._new_id())
        details = {"SegmentAttributes": {INTERNAL: "true"}}
        contact = Contact(
            contact_id=ContactId(self._new_id()),
            instance_id=center.instance_id,
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.OUTBOUND,
            initiated_at=at,
            customer=Customer(
                participant_id=participant_id, name=caller.name, token_digest=digest(secret)
            ),
            session=Session(details=details),
            turn_number=1,  # a page takes 0 for what it knows already
            caller_id=caller.agent_id,
        )
        change = enqueue(initiate(contact, at=at), agent_queue(callee), at=at)
        calling = self._calling(caller, change.after, at, center, colleague=callee.name)
        commit = Commit(contact=change, agents=[calling])
        self._contacts.commit(commit)
        self._turns.tell(commit)
        return Started(
            contact_id=contact.contact_id,
            participant_id=participant_id,
            participant_token=f"{contact.contact_id}.{participant_id}.{secret}",
        )

    def _is_free(self, callee: User) -> bool:
        agent, presence = (
            self._routing.agent(callee.agent_id),
            self._routing.presence(callee.agent_id),
        )
        if agent is None or presence is None:
            return False
        return _can_talk(agent, presence, self._center.center(), self._now())

    def _busy(self, caller: User, callee: User) -> Conflict:
        is_told = self._leave_word(caller, callee, self._now())
        message = f"{callee.name} is busy{'; a task says that you called' if is_told else ''}"
        return Conflict(message, field="agentId", value=callee.agent_id)

    def _leave_word(self, caller: User, callee: User, at: datetime) -> bool:
        """Once a minute, however often somebody tries. False: supervisors are told, for the callee
        takes no tasks."""
        minute = at.replace(second=0, microsecond=0)
        if not self._center.center().takes(callee, Channel.TASK):
            self._alerts.raise_(
                AlertKind.COLLEAGUE_CALLED,
                at=minute,
                text=f"{caller.name} called {callee.name} in vain.",
                agent_id=callee.agent_id,
                about=caller.agent_id,
            )
            return False
        key = f"called:{caller.agent_id}:{callee.agent_id}:{minute}"
        with suppress(Rejected):  # the call is over, with or without word of it
            self._planner.make(
                LaterContact(
                    contact_id=contact_id_for(key),
                    channel=Channel.TASK,
                    initiation_method=InitiationMethod.API,
                    begins_at=at,
                    queue_id=agent_queue(callee).queue_id,
                    customer_name=caller.name,
                    details={"Name": f"{caller.name} called you", "Description": "Call back."},
                )
            )
        return True

    # --- a number ---------------------------------------------------------------------------------

    def number(self, agent_id: AgentId, raw: str) -> ContactId:
        """The number is called as soon as the agent's own flows are through. An attempt that fails
        ends the contact, and the status stays what it was."""
        user, number = self._user(agent_id), self._to_e164(raw)
        if number is None:
            raise Rejected(f"{raw!r} is no telephone number", field="phoneNumber", value=raw)
        return insist(lambda: self._dial(user, Endpoint(number)))

    def _dial(self, user: User, endpoint: Endpoint) -> ContactId:
        at, center = self._now(), self._center.center()
        contact = Contact(
            contact_id=ContactId(self._new_id()),
            instance_id=center.instance_id,
            channel=Channel.VOICE,
            initiation_method=InitiationMethod.OUTBOUND,
            initiated_at=at,
            customer=Customer(participant_id=ParticipantId(self._new_id())),
            customer_endpoint=endpoint,
            system_endpoint=Endpoint(center.main_number),
        )
        if not self._turns.chooses(contact, _AT_CALL[0][0]):
            raise NotFound("there is no flow that calls customers", field="phoneNumber")
        change = initiate(contact, at=at)
        known = self._identify(contact.contact_id, endpoint, at=at, channel=Channel.VOICE)
        change = change.then(known, at) if known is not None else change
        profile = self._profile(self._agent(user), center)
        hierarchy = center.hierarchy_path(user.hierarchy_group_id)
        change = dial(change, user, profile, at=at, hierarchy=hierarchy)
        commit = self._turns.with_flows(change, *_AT_CALL)
        now = commit.contact.after if commit.contact else change.after
        calling = self._calling(user, now, at, center)
        commit = Commit(contact=commit.contact, agents=[calling], items=commit.items)
        self._contacts.commit(commit)
        self._turns.tell(commit)
        return contact.contact_id

    # --- both -------------------------------------------------------------------------------------

    def _calling(
        self, user: User, contact: Contact, at: datetime, center: Center, *, colleague: str = ""
    ) -> AgentChange:
        agent = self._agent(user)
        return AgentChange(
            before=agent,
            after=core.call(agent, contact, at=at, colleague=colleague),
            profile=self._profile(agent, center),
            at=at,
            kind=DeskEvent.CONTACT_CONNECTED,
            contact_id=contact.contact_id,
        )

    def _profile(self, agent: Agent, center: Center) -> RoutingProfile:
        profile = center.profile(agent.profile_id)
        if profile is None:
            raise NotFound(f"no routing profile {agent.profile_id!r}", field="routingProfile")
        return profile

    def _agent(self, user: User) -> Agent:
        agent = self._routing.agent(user.agent_id)
        if agent is None:
            raise NotFound(f"agent {user.agent_id!r} never signed in", field="agentId")
        return agent

    def _user(self, agent_id: AgentId) -> User:
        user = self._center.agent(agent_id)
        if user is None:
            raise NotFound(f"no agent {agent_id!r}", field="agentId", value=agent_id)
        return user

    def _colleague(self, reference: str) -> User:
        user = self._center.agent(AgentId(reference)) or self._center.user(reference)
        if user is None or user.profile_id is None:
            raise NotFound(f"no agent {reference!r}", field="agentId", value=reference)
        return user


def _can_talk(agent: Agent, presence: Presence, center: Center, at: datetime) -> bool:
    profile = center.profile(agent.profile_id)
    if profile is None or not presence.is_reachable(at):
        return False
    return agent.can_take(Channel.VOICE, profile)
