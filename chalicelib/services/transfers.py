"""Handing a customer over: to a queue, an agent, a number; and from an agent who is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.core import lifecycle
from chalicelib.core.center import Center, Queue, agent_named, agent_queue
from chalicelib.core.contact import Change, Contact, ContactState, Leg, Plan
from chalicelib.core.errors import Conflict, Denied, NotFound, QueueFull, Rejected
from chalicelib.core.events import (
    Channel,
    ContactQueued,
    DisconnectReason,
    Fact,
    OfferEnded,
    OfferOutcome,
    TransferKind,
)
from chalicelib.core.flow import FlowEntered, FlowType, PublishedFlow
from chalicelib.core.ids import AgentId, ContactId, QueueId
from chalicelib.core.routing import is_reachable, is_signed_in
from chalicelib.core.transfers import Handover, Transfer, hand_over, room_in
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.destinations import Destinations, Offered
from chalicelib.services.ending import ended
from chalicelib.services.flow_run import FlowRun
from chalicelib.services.flow_turns import AT_DISCONNECT, FlowTurns
from chalicelib.services.planning import contact_id_for
from chalicelib.services.ports import CenterStore, Commit, ContactStore, RoutingStore
from chalicelib.services.races import insist
from chalicelib.services.slots import agents_after

# The center's own flow for customers who are not to wait in silence.
AGENT_LOST = "Agent lost"
_SPOKEN_TO = (Channel.VOICE, Channel.CHAT)
_WORKED_ON = (Channel.TASK, Channel.EMAIL)
_NOT_TAKEN = (OfferOutcome.MISSED, OfferOutcome.REJECTED)


class TransferService:
    """Every transfer makes one successor, however often it is asked for."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        destinations: Destinations,
        turns: FlowTurns,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._destinations = destinations
        self._turns = turns
        self._now = now

    # --- who hands over ---------------------------------------------------------------------------

    def by_agent(self, agent_id: AgentId, contact_id: ContactId, transfer: Transfer) -> ContactId:
        """The agent hands over the contact in hand, and has after contact work of it. Whatever
        cannot be done is refused, and the customer stays. Twice is once."""

        def go() -> ContactId:
            contact = self._contacts.get(contact_id)
            if contact.agent is None or contact.agent.agent_id != agent_id:
                raise Denied("not your contact", field="contactId", value=contact_id)
            if transfer.target == agent_id:
                raise Rejected("that is yourself", field="agentId", value=agent_id)
            return self._hand_over(contact, replace(transfer, by=contact.agent.username))

        return insist(go)

    def by_quick_connect(
        self, agent_id: AgentId, contact_id: ContactId, quick_connect_id: str
    ) -> ContactId:
        """As `by_agent`, to one of those that are attached to the contact's queue."""
        contact = self._contacts.get(contact_id)
        known = self._center.center().quick_connects_of(self._line_of(contact))
        chosen = next((each for each in known if each.quick_connect_id == quick_connect_id), None)
        if chosen is None:
            what = f"quick connect {quick_connect_id!r} is not one of this contact's queue"
            raise Rejected(what, field="quickConnectId", value=quick_connect_id)
        return self.by_agent(agent_id, contact_id, self._destinations.quick_connect(chosen))

    def quick_connects(self, contact_id: ContactId) -> Sequence[Offered]:
        """Where the agent of this contact may send it."""
        return self._destinations.offered(self._line_of(self._contacts.get(contact_id)))

    def by_supervisor(self, contact_id: ContactId, transfer: Transfer) -> ContactId:
        """Moves a contact that waits to another line, or takes one from its agent."""

        def go() -> ContactId:
            contact = self._contacts.get(contact_id)
            if contact.is_in_queue and transfer.flow is None:
                return self._move(contact, transfer)
            return self._hand_over(contact, transfer)

        return insist(go)

    def move(self, contact_id: ContactId, transfer: Transfer) -> Contact:
        """Moves a contact that waits to another line; one that rings stops ringing, and one that an
        agent has answered meanwhile stays where it is. Twice is once."""

        def go() -> Contact:
            contact = self._contacts.get(contact_id)
            _must_wait(contact)
            return self._contacts.get(self._move(contact, transfer))

        return insist(go)

    def by_api(self, contact_id: ContactId, transfer: Transfer) -> ContactId:
        """A task or an e-mail goes on in a contact that begins by itself, in the flow or the line
        that was asked for."""

        def go() -> ContactId:
            contact = self._contacts.get(contact_id)
            if contact.channel not in _WORKED_ON:
                what = f"only tasks and e-mails, not {contact.channel.lower()} contacts"
                raise Rejected(what, field="ContactId", value=contact_id)
            return self._hand_over(contact, transfer, is_later=True)

        return insist(go)

    def give_back(self, contact: Contact, fact: Fact) -> None:
        """A colleague to whom it was handed over missed or declined it, or is not there any more:
        so that nobody waits for one agent alone, it goes back to the line before, at its old place.
        For the stream."""
        event = fact.event
        is_declined = isinstance(event, OfferEnded) and event.outcome in _NOT_TAKEN
        if is_declined or (isinstance(event, ContactQueued) and self._is_in_vain(contact)):
            insist(lambda: self._give_back(contact.contact_id))

    def give_back_all(self, agent_id: AgentId) -> None:
        """The agent has left the desk: whoever waits to talk with them alone waits for many again.
        Nothing, when they are back."""
        agent = self._routing.agent(agent_id)
        if agent is None or is_signed_in(agent):
            return
        line = agent_queue(agent)
        places = [p for channel in _SPOKEN_TO for p in self._routing.line(line, channel)]
        for place in places:
            insist(partial(self._give_back, place.contact_id))

    def _is_in_vain(self, contact: Contact) -> bool:
        """Somebody is to talk with an agent who left in the moment in which they were sent."""
        owner = agent_named(contact.queue.queue_id) if contact.queue else None
        if owner is None or contact.channel not in _SPOKEN_TO:
            return False
        agent = self._routing.agent(AgentId(owner))
        return agent is None or not is_signed_in(agent)

    def _give_back(self, contact_id: ContactId) -> None:
        """Nothing, when it does not wait for one agent, or for whom else it could is not known."""
        contact = self._contacts.get(contact_id)
        stay = contact.queue
        if contact.state is not ContactState.QUEUED or stay is None:
            return
        reference = self._line_of(contact) if agent_named(stay.queue_id) is not None else None
        queue = self._center.center().queue(reference) if reference else None
        if queue is not None:
            at = self._now()
            change = lifecycle.give_back(Change.of(contact), queue, at=at)
            session = replace(change.after.session, target_queue_id=queue.queue_id)
            self._turns.commit(FlowRun(change=change.update(session=session), at=at))

    def agent_lost(self, contact_id: ContactId) -> None:
        """The agent's desk has been silent for too long: the customer is told, and waits again at
        the front, or is called back. Nothing, when the agent is there or has left the talk."""

        def go() -> None:
            contact = self._contacts.get(contact_id)
            agent = contact.agent
            if contact.is_internal and contact.state.is_live:
                self._lose_colleague(contact)
            elif agent is None or contact.state is not ContactState.CONNECTED:
                return
            elif agent.line is not None or self._is_heard(agent.agent_id):
                return  # whoever talks on a telephone needs no desk for it
            elif contact.is_to_be_called:
                self._give_up(contact)
            else:
                self._hand_over(contact, self._from_lost(contact, agent.agent_id))

        insist(go)

    def _lose_colleague(self, contact: Contact) -> None:
        """Two agents talk: without either of them it is over."""
        called = contact.agent.agent_id if contact.agent else None
        if not all(self._is_heard(each) for each in (contact.caller_id, called) if each):
            self._give_up(contact)

    def _is_heard(self, agent_id: AgentId) -> bool:
        presence = self._routing.presence(agent_id)
        return presence is not None and is_reachable(presence.heartbeat_at, at=self._now())

    def _give_up(self, contact: Contact) -> None:
        """Nobody is on the line yet: this attempt is over, and another one follows."""
        center, at = self._center.center(), self._now()
        reason = DisconnectReason.AGENT_NETWORK_DISCONNECT
        commit = ended(Change.of(contact), reason, at=at, center=center, routing=self._routing)
        self._contacts.commit(commit)
        self._turns.tell(commit)

    def _from_lost(self, contact: Contact, agent_id: AgentId) -> Transfer:
        queue_id = self._line_of(contact)
        flow = AGENT_LOST if contact.channel in _SPOKEN_TO else None
        kind = TransferKind.AGENT_LOST
        return Transfer(kind=kind, target=agent_id, queue_id=queue_id, flow=flow)

    def _line_of(self, contact: Contact) -> QueueId | None:
        """The queue that it stood in last with many agents to serve it; without one, that of the
        profile of its agent, or of the first one of its chain."""
        center = self._center.center()
        stood, looked_at = contact, {contact.contact_id}
        while (line := _stood_in(stood)) is None:
            before = stood.previous_contact_id
            if before is None or before in looked_at:
                break
            looked_at.add(before)
            stood = self._contacts.get(before)
        if line is not None and center.queue(line) is not None:
            return line
        agent = contact.agent or stood.agent
        profile = center.profile(agent.routing_profile_id) if agent else None
        served = (
            [q.queue_id for q in profile.queues if q.channel is contact.channel] if profile else []
        )
        chosen = profile.default_outbound_queue_id if profile else None
        return chosen or (served[0] if served else None)

    # --- one commit -------------------------------------------------------------------------------

    def _move(self, contact: Contact, transfer: Transfer) -> ContactId:
        """It waits and goes on waiting, elsewhere; nobody leaves it, so it stays one contact."""
        center, at = self._center.center(), self._now()
        queue = self._queue(transfer, center)
        if queue is None:
            return self._hand_over(contact, transfer)
        if contact.queue is not None and contact.queue.queue_id == queue.queue_id:
            return contact.contact_id
        self._must_take(transfer, contact, center)
        change = lifecycle.transfer(Change.of(contact), queue, at=at, by=transfer.by)
        change = change.update(
            session=replace(change.after.session, target_queue_id=queue.queue_id)
        )
        self._turns.commit(FlowRun(change=change, at=at, capacity=room_in(queue, change.after)))
        return contact.contact_id

    def _hand_over(
        self, contact: Contact, transfer: Transfer, *, is_later: bool = False
    ) -> ContactId:
        if contact.next_contact_id is not None:
            return contact.next_contact_id
        if contact.is_internal:
            raise Conflict("there is no customer to transfer", field="contactId")
        if not is_later and contact.state is not ContactState.CONNECTED:
            what = f"contact {contact.contact_id!r} is {contact.state}, not with an agent"
            raise Conflict(what, field="contactId", value=contact.contact_id)
        if contact.is_to_be_called:
            what = f"the customer of {contact.contact_id!r} is not on the line yet"
            raise Conflict(what, field="contactId", value=contact.contact_id)
        at, center = self._now(), self._center.center()
        self._must_take(transfer, contact, center)
        flow, queue = self._flow(transfer, contact), self._queue(transfer, center)
        plan = Plan(begins_at=at, flow=transfer.flow, queue_id=transfer.queue_id)
        handover = hand_over(
            self._with_guide(contact),
            transfer,
            contact_id_for(f"transfer:{contact.contact_id}"),
            at=at,
            queue=center.queue(contact.queue.queue_id) if contact.queue else None,
            plan=plan if is_later else None,
        )
        run = FlowRun(change=handover.successor, at=at)
        if not is_later:
            self._begin(run, flow, queue)
        self._commit(handover, run, center, at)
        return handover.successor.after.contact_id

    def _must_take(self, transfer: Transfer, contact: Contact, center: Center) -> None:
        """An agent whose routing profile has no such contacts would never be offered this one."""
        is_agent = transfer.kind is TransferKind.USER
        user = self._center.agent(AgentId(transfer.target)) if is_agent else None
        if user is not None and not center.takes(user, contact.channel):
            what = f"{user.name} takes no {contact.channel.lower()} contacts"
            raise Conflict(what, field="agentId", value=user.agent_id)

    def _begin(self, run: FlowRun, flow: PublishedFlow | None, queue: Queue | None) -> None:
        """The successor meets its flow, or stands in line and hears the flow for that."""
        if flow is not None:
            run.happening = FlowEntered(flow)
            self._turns.advance(run)
        elif queue is not None:
            run.change = lifecycle.enqueue(run.change, queue, at=run.at)
            run.capacity = room_in(queue, run.contact)
            if run.contact.channel in _SPOKEN_TO:
                self._turns.begin(run, "CustomerQueue", Leg.CUSTOMER)
        else:
            raise NotFound("there is no queue to go to", field="queueId")

    def _commit(self, handover: Handover, run: FlowRun, center: Center, at: datetime) -> None:
        left = handover.left
        agents = agents_after(left, at=at, center=center, routing=self._routing)
        try:
            self._turns.hand_over(Commit(contact=left, agents=agents), run)
        except QueueFull as full:
            raise Conflict("the queue is full", field="queueId") from full

    def _with_guide(self, contact: Contact) -> Change:
        """What runs beside the talk when an agent leaves it."""
        change = Change.of(contact)
        is_talk = contact.state is ContactState.CONNECTED
        if is_talk and self._turns.chooses(contact, AT_DISCONNECT[0]):
            return self._turns.with_flows(change, AT_DISCONNECT).contact or change
        return change

    def _queue(self, transfer: Transfer, center: Center) -> Queue | None:
        if transfer.queue_id is None:
            return None
        return CenterLibrary(center, self._center).queue_itself(transfer.queue_id)

    def _flow(self, transfer: Transfer, contact: Contact) -> PublishedFlow | None:
        """Without the center's own flow for this the customer waits in line at once; one that was
        asked for must be there."""
        if transfer.flow is None:
            return None
        library = CenterLibrary(self._center.center(), self._center, contact.contact_id)
        flow = library.flow(transfer.flow)
        is_flow = flow is not None and flow.type is not FlowType.MODULE
        if not is_flow and (transfer.flow != AGENT_LOST or transfer.queue_id is None):
            what = f"no published flow {transfer.flow!r}"
            raise NotFound(what, field="flowId", value=transfer.flow)
        return flow if is_flow else None


def _stood_in(contact: Contact) -> QueueId | None:
    """The last queue of this contact that is no agent's own line."""
    stay = contact.queue
    if stay is None:
        return None
    return stay.queue_id if agent_named(stay.queue_id) is None else stay.came_from


def _must_wait(contact: Contact) -> None:
    if contact.is_in_queue:
        return
    what = f"contact {contact.contact_id!r}"
    if contact.state is ContactState.CONNECTED and contact.agent is not None:
        said = f"{what} talks with {contact.agent.name}: only a contact that waits can be moved"
    elif contact.state.is_live:
        said = f"{what} waits in no queue"
    else:
        said = f"{what} is over"
    raise Conflict(said, field="contactId", value=contact.contact_id)
