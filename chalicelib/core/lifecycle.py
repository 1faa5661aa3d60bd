"""Every step of a contact's life is decided here: what may happen now, and which facts say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from chalicelib.core import events as e
from chalicelib.core.center import Queue, RoutingProfile, User, agent_named
from chalicelib.core.contact import AgentLeg, Change, Contact, ContactState, Offer
from chalicelib.core.criteria import Criteria, spelled
from chalicelib.core.criteria import read as read_criteria
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.events import Channel, DisconnectReason, Party
from chalicelib.core.feedback import Way
from chalicelib.core.hierarchy import HierarchyGroup
from chalicelib.core.ids import OfferId, QueueId, TicketId
from chalicelib.core.phone import shorter
from chalicelib.core.ticket import ticket_id_for

OFFER_SECONDS = 20  # to answer; Amazon Connect's ring time
RESERVATION_SECONDS = 30  # an offer that nobody took back counts for nothing after that
NOTE_LIMIT = 10_000  # characters of a wrap-up note
USUAL_PRIORITY = 5
LAST_PRIORITY = 9_999_999_999  # ten digits: as many as a place in the line is written with
MOST_AGE_SECONDS = 365 * 86_400
_HELD_ON = {Channel.VOICE: (Party.CUSTOMER, Party.AGENT), Channel.TASK: (Party.CONTACT,)}
MOST_TRANSFERS = 11  # from queue to queue, in one contact


def initiate(contact: Contact, *, at: datetime) -> Change:
    """A contact comes to be."""
    started = e.ContactInitiated(
        channel=contact.channel,
        initiation_method=contact.initiation_method,
        customer_endpoint=contact.customer_endpoint,
        system_endpoint=contact.system_endpoint,
        customer_name=contact.customer.name,
        attributes=contact.attributes,
        previous_contact_id=contact.previous_contact_id,
        initial_contact_id=contact.initial_contact_id,
        begun_by=contact.begun_by,
        is_internal=contact.is_internal,
    )
    change = Change(before=None, after=contact).then(started, at)
    details = contact.session.details
    return change.then(e.DetailsUpdated(details=details), at) if details else change


def enqueue(change: Change, queue: Queue, *, at: datetime, is_promised: bool = False) -> Change:
    """The contact takes a place in the queue, ranked as its flows wish, and since its chain first
    stood in one: whoever was transferred, or is to be called back, does not wait anew.

    A disabled queue takes only those to whom the place `is_promised`, such as a planned callback.
    """
    contact = change.after
    _expect(contact, ContactState.IN_FLOW)
    if not (is_promised or contact.is_promised):
        _must_take_contacts(queue)
    return change.then(_queueing(contact, queue, at, since=contact.first_queued_at or at), at)


def transfer(change: Change, queue: Queue, *, at: datetime, by: str = "") -> Change:
    """The contact gives up its place in one queue for one in another; what rings stops ringing.
    `by`: a supervisor's user name, where it is not the wish of its flow."""
    contact = change.after
    if not contact.is_in_queue or contact.queue is None:
        raise _unexpected(contact, ContactState.QUEUED)
    _must_take_contacts(queue)
    if contact.queue_transfers >= MOST_TRANSFERS:
        raise Conflict(
            f"a contact moves between queues at most {MOST_TRANSFERS} times", field="QueueId"
        )
    if contact.offer is not None:
        change = end_offer(change, contact.offer.offer_id, e.OfferOutcome.WITHDRAWN, at=at)
    queued = _queueing(contact, queue, at, since=at)
    return change.then(replace(queued, transferred_from=contact.queue.queue_id, moved_by=by), at)


def give_back(change: Change, queue: Queue, *, at: datetime) -> Change:
    """Whom the contact waited for did not take it: it waits for many again, where its chain has
    stood since it first entered a queue."""
    contact = change.after
    _expect(contact, ContactState.QUEUED)
    if contact.queue is None:
        raise _unexpected(contact, ContactState.QUEUED)
    queued = _queueing(contact, queue, at, since=contact.first_queued_at or at)
    left = contact.queue.queue_id
    return change.then(replace(queued, transferred_from=left, keeps_place=True), at)


def rank_anew(change: Change, *, at: datetime) -> Change:
    """The waiting contact at the place in its line, and with the agents, that its flows wish."""
    contact = change.after
    if not contact.is_in_queue or contact.queue is None:
        return change
    entered_at = contact.queue.entered_at
    since = entered_at if contact.queue_transfers else contact.first_queued_at or entered_at
    priority, ranked_at = _rank(contact, since)
    if (priority, ranked_at) != (contact.queue.priority, contact.queue.counts_since):
        change = change.then(e.ContactRanked(priority=priority, ranked_at=ranked_at), at)
    criteria, ends_at = _criteria(contact, contact.queue.queue_id, at)
    if criteria == contact.queue.criteria:
        return change
    return change.then(e.RoutingCriteriaSet(criteria=criteria, step_ends_at=ends_at), at)


def widen(change: Change, *, at: datetime) -> Change:
    """The steps of the criteria that are over by now make way; nothing when none is."""
    while True:
        stay = change.after.queue
        if not change.after.is_in_queue or stay is None or stay.step_ends_at is None:
            return change
        criteria = read_criteria(stay.criteria)
        if criteria is None or at < stay.step_ends_at:
            return change
        index = stay.step + 1
        step = criteria.step(index)
        expired = e.RoutingStepExpired(
            step=index,
            ends_at=criteria.ends_at(index, stay.step_ends_at),
            wanted=str(step.expression) if step else "",
        )
        change = change.then(expired, at)


def criteria_of(contact: Contact, queue_id: QueueId) -> Criteria | None:
    """What the contact would ask of agents in this queue; an agent's own line is for that agent."""
    if agent_named(queue_id) is not None:
        return None
    return read_criteria(spelled(contact.session.routing.criteria))


def _criteria(contact: Contact, queue_id: QueueId, at: datetime) -> tuple[str, datetime | None]:
    """As it is kept, and until when its first step counts."""
    criteria = criteria_of(contact, queue_id)
    if criteria is None:
        return "", None
    return spelled(contact.session.routing.criteria), criteria.ends_at(0, at)


def _must_take_contacts(queue: Queue) -> None:
    if not queue.is_enabled:
        message = f"queue {queue.name!r} is disabled and takes no new contacts"
        raise Conflict(message, field="QueueId", value=queue.queue_id)


def _queueing(contact: Contact, queue: Queue, at: datetime, *, since: datetime) -> e.ContactQueued:
    priority, ranked_at = _rank(contact, since)
    criteria, step_ends_at = _criteria(contact, queue.queue_id, at)
    return e.ContactQueued(
        queue_id=queue.queue_id,
        queue_name=queue.name,
        priority=priority,
        is_limited=queue.max_contacts is not None or queue.shards == 1,
        shard=crc32(contact.contact_id.encode()) % queue.shards,
        ranked_at=None if ranked_at == at else ranked_at,
        criteria=criteria,
        step_ends_at=step_ends_at,
    )


def _rank(contact: Contact, since: datetime) -> tuple[int, datetime]:
    """Priority, and since when the contact counts as waiting: the age that its flows add goes
    before the moment it began to."""
    wished = contact.session.routing
    seconds = min(MOST_AGE_SECONDS, max(-MOST_AGE_SECONDS, wished.age_seconds))
    priority = min(wished.priority or USUAL_PRIORITY, LAST_PRIORITY)
    return priority, since - timedelta(seconds=seconds)


def offer(change: Change, user: User, *, offer_id: OfferId, at: datetime, why: str = "") -> Change:
    """The contact rings at an agent for OFFER_SECONDS and keeps its place meanwhile."""
    _expect(change.after, ContactState.QUEUED)
    event = e.ContactOffered(
        offer_id=offer_id,
        agent_id=user.agent_id,
        expires_at=at + timedelta(seconds=OFFER_SECONDS),
        why=why,
        username=user.username,
        agent_name=user.name,
    )
    return change.then(event, at)


def end_offer(
    change: Change, offer_id: OfferId, outcome: e.OfferOutcome, *, at: datetime
) -> Change:
    """Nobody took the offer: back to the queue, at the old place."""
    current = _current_offer(change.after, offer_id)
    event = e.OfferEnded(offer_id=offer_id, agent_id=current.agent_id, outcome=outcome)
    return change.then(event, at)


def postpone(change: Change, until: datetime, *, at: datetime) -> Change:
    """The callback leaves its queue until then, and what rings stops ringing; nothing when it does
    not wait."""
    contact = change.after
    if not contact.is_in_queue:
        return change
    if contact.offer is not None:
        change = end_offer(change, contact.offer.offer_id, e.OfferOutcome.WITHDRAWN, at=at)
    return change.then(e.CallbackPostponed(until=until), at)


def connect(
    change: Change,
    offer_id: OfferId,
    user: User,
    profile: RoutingProfile,
    *,
    at: datetime,
    line: str | None = None,
    hierarchy: Sequence[HierarchyGroup] = (),
) -> Change:
    """The agent, who stands in these groups of the company, took the offer, at the desk or on
    this line."""
    current = _current_offer(change.after, offer_id)
    if current.agent_id != user.agent_id:
        raise Conflict(
            f"offer {offer_id!r} was made to somebody else", field="offerId", value=offer_id
        )
    if at >= current.made_at + timedelta(seconds=RESERVATION_SECONDS):
        raise Conflict(f"offer {offer_id!r} is over", field="offerId", value=offer_id)
    return change.then(_connected(user, profile, hierarchy, line), at)


def dial(
    change: Change,
    user: User,
    profile: RoutingProfile,
    *,
    at: datetime,
    hierarchy: Sequence[HierarchyGroup] = (),
) -> Change:
    """The agent calls somebody: nothing waits and nothing rings here, it is theirs at once."""
    _expect(change.after, ContactState.IN_FLOW)
    return change.then(_connected(user, profile, hierarchy), at)


def _connected(
    user: User,
    profile: RoutingProfile,
    hierarchy: Sequence[HierarchyGroup],
    line: str | None = None,
) -> e.ContactConnected:
    return e.ContactConnected(
        agent_id=user.agent_id,
        username=user.username,
        agent_name=user.name,
        routing_profile_id=profile.profile_id,
        routing_profile_name=profile.name,
        hierarchy=tuple(e.GroupThen(each.group_id, each.name) for each in hierarchy),
        wrap_up_limit_seconds=user.phone.after_contact_work_seconds,
        line=line,
    )


def disconnect(
    change: Change, reason: DisconnectReason, *, at: datetime, queue: Queue | None = None
) -> Change:
    """The customer's side is over. With an agent on the contact, after contact work begins; without
    one, and between colleagues, the contact is complete. Doing it twice changes nothing."""
    contact = change.after
    if not contact.state.is_live:
        return change
    if contact.offer is not None:
        change = end_offer(change, contact.offer.offer_id, e.OfferOutcome.WITHDRAWN, at=at)
    was_in = contact.state
    change = change.then(e.ContactDisconnected(reason=reason, was_in=was_in), at)
    if contact.agent is None or contact.agent.is_done or contact.is_internal:
        return change.then(e.ContactCompleted(), at)
    if contact.agent.left_at is not None:
        return change
    return _wrap_up_begins(change, contact.agent, queue, at)


def let_remain(change: Change, *, at: datetime, queue: Queue | None = None) -> Change:
    """The agent hangs up, and the customer is to go on without: after contact work begins."""
    contact = change.after
    _expect(contact, ContactState.CONNECTED)
    if contact.agent is None:
        raise _unexpected(contact, ContactState.CONNECTED)
    change = change.then(e.AgentDisconnected(agent_id=contact.agent.agent_id), at)
    return _wrap_up_begins(change, contact.agent, queue, at)


def _wrap_up_begins(change: Change, agent: AgentLeg, queue: Queue | None, at: datetime) -> Change:
    seconds = shorter(queue.wrap_up_seconds if queue else 0, agent.wrap_up_limit_seconds)
    ends_at = at + timedelta(seconds=seconds) if seconds else None
    return change.then(e.AfterContactWorkStarted(agent_id=agent.agent_id, ends_at=ends_at), at)


def join(change: Change, *, at: datetime) -> Change:
    """The whispers are over or cut off: customer and agent talk."""
    contact = change.after
    agent = _agent_of_talk(contact)
    return change.then(e.ContactJoined(agent_id=agent.agent_id), at)


def join_when_over(change: Change, *, at: datetime) -> Change:
    """Notes that whispers which ran before this change run no more."""
    was_whispering = change.before is not None and change.before.is_whispering
    is_noted = any(isinstance(fact.event, e.ContactJoined) for fact in change.facts)
    if not was_whispering or is_noted or not change.after.is_joined:
        return change
    return join(change, at=at)


def hold(change: Change, party: Party, *, at: datetime) -> Change:
    """The talk is put aside; once is enough. A task is held as a whole, a chat never."""
    contact = change.after
    if contact.held is party:
        return change
    agent = _agent_of_talk(contact)
    if party not in _HELD_ON.get(contact.channel, ()):
        what = f"{contact.channel.lower()}: nothing to put on hold"
        raise Rejected(what, field="contactId", value=contact.contact_id)
    if contact.held is not None or not contact.is_joined:
        raise Conflict("the talk does not go on just now", field="contactId")
    return change.then(e.ContactHeld(party=party, agent_id=agent.agent_id), at)


def resume(change: Change, *, at: datetime) -> Change:
    """The talk goes on, whoever was on hold; nothing when nobody was."""
    contact = change.after
    if contact.held is None:
        return change
    agent = _agent_of_talk(contact)
    event = e.ContactResumed(party=contact.held, agent_id=agent.agent_id)
    return change.then(event, at)


def _agent_of_talk(contact: Contact) -> AgentLeg:
    if contact.agent is None or contact.state is not ContactState.CONNECTED:
        raise _unexpected(contact, ContactState.CONNECTED)
    return contact.agent


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """What the agent hands in; all None when the server ends the work."""

    disposition: str | None = None
    is_satisfied: bool = False
    note: str = ""
    ticket_id: TicketId | None = None
    ticket_status: str | None = None
    ticket_subject: str = ""
    feedback: Way | None = None


def complete(
    change: Change, wrap_up: WrapUp, *, at: datetime, is_by_server: bool = False
) -> Change:
    """After contact work is done; exactly once. With the customer gone, the contact is complete."""
    contact = change.after
    if contact.agent is None:
        raise Conflict(f"contact {contact.contact_id!r} has no agent", field="contactId")
    if not contact.is_wrapping_up:
        raise _unexpected(contact, ContactState.ENDED)
    if len(wrap_up.note) > NOTE_LIMIT:
        raise Rejected(
            f"note has {len(wrap_up.note)} characters, the limit is {NOTE_LIMIT}", field="note"
        )
    ticket_id = wrap_up.ticket_id
    if ticket_id is None and (wrap_up.ticket_status or is_by_server):
        ticket_id = ticket_id_for(f"{contact.contact_id}:{contact.fact_count + 1}")
    event = e.AfterContactWorkEnded(
        agent_id=contact.agent.agent_id,
        is_by_server=is_by_server,
        disposition=wrap_up.disposition,
        is_satisfied=wrap_up.is_satisfied,
        note=wrap_up.note,
        ticket_id=ticket_id,
        ticket_status=wrap_up.ticket_status,
        ticket_subject=wrap_up.ticket_subject,
        feedback=wrap_up.feedback or "",
    )
    change = change.then(event, at)
    return change.then(e.ContactCompleted(), at) if contact.state is ContactState.ENDED else change


def _current_offer(contact: Contact, offer_id: OfferId) -> Offer:
    if contact.offer is None or contact.offer.offer_id != offer_id:
        raise Conflict(f"offer {offer_id!r} is over", field="offerId", value=offer_id)
    return contact.offer


def _expect(contact: Contact, state: ContactState) -> None:
    if contact.state is not state:
        raise _unexpected(contact, state)


def _unexpected(contact: Contact, state: ContactState) -> Conflict:
    return Conflict(
        f"contact {contact.contact_id!r} is {contact.state}, not {state}",
        field="contactId",
        value=contact.contact_id,
    )
