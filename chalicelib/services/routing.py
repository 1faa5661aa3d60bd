"""Matching contacts with agents: write, then look; offer, and take back what nobody takes.

Whoever becomes free, and whatever begins to wait, is written first; then the writer looks at the
other side. Of two that arrive together at least one sees the other. What is offered is always the
best waiting contact to the agent it fits best, whoever looked, so nobody is passed over.

Requests, whatever the backlog and however many are free: an agent who becomes free costs one look
at the counters of the queues they serve (a request for each hundred) and one at the head of each
line that is not empty, in the order of the profile's priorities until one is found; a contact that
begins to wait costs one for the best free agents of each routing profile that serves its queue, one
for their presence and, when one is free, that agent's look. Only one that asks for what few of many
free agents master looks at more of them. An offer is one read and one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, islice

from chalicelib.core import lifecycle as contacts_core
from chalicelib.core import routing as core
from chalicelib.core.center import Center, Queue, RoutingProfile, User, agent_named, agent_queue
from chalicelib.core.contact import Change, Contact, ContactState, QueueStay
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import OfferOutcome
from chalicelib.core.ids import AgentId, ContactId, OfferId
from chalicelib.core.routing import Agent, AgentChange, Choice, DeskEvent, Opening, Place, Source
from chalicelib.services.ports import (
    Announcer,
    CenterStore,
    Commit,
    ContactStore,
    DeskMessage,
    RoutingStore,
    Timer,
    TimerKind,
    Timers,
)
from chalicelib.services.races import insist
from chalicelib.services.staff import is_here, staff_of

_TRIES = 7  # lost races in a row; then the stream, or the sweep, comes again
_LOOKED_AT = 25  # free agents at a time: of a thousand the first one mostly takes the contact
_MOST_OFFERS = 50  # that one look makes: others before it get their agents, too


class RoutingService:
    """The match, from both sides.

    `pause`: waits a while after so many races in a row that were lost. Where many become free at
    once, all of them want who stands first; those who look again at once lose again.
    """

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        timers: Timers,
        announcer: Announcer,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        pause: Callable[[int], None] = lambda lost: None,
    ) -> None:
        self._pause = pause
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._timers = timers
        self._announcer = announcer
        self._now = now
        self._new_id = new_id

    def match_contact(self, contact_id: ContactId, known: Contact | None = None) -> bool:
        """Offers a waiting contact to the best free agent; does nothing when it does not wait.

        An agent who should get another contact first gets that one, and the look is repeated.
        `known`: as just committed or read. An offer is conditional on it, so it may be old.
        Whether the contact was offered.
        """
        lost = 0
        for _ in range(_MOST_OFFERS):
            contact, known = known or self._contacts.get(contact_id), None
            if contact.state is not ContactState.QUEUED or contact.queue is None:
                return contact.state is ContactState.OFFERED
            try:
                contact = self._widened(contact)
                offered = self._find_agent(contact)
            except Conflict:
                lost += 1
                if lost == _TRIES:
                    return False
                self._pause(lost)
                continue
            if offered in (None, contact_id):
                return offered is not None
        return False

    def match_agent(self, agent_id: AgentId, known: Agent | None = None) -> None:
        """Offers waiting contacts to a free agent until no slot or no contact is left.

        `known`: as just committed. The look at the lines comes after that, as it must.
        """
        lost = 0
        for _ in range(_MOST_OFFERS):
            agent, known = known or self._routing.agent(agent_id), None
            profile = self._profile(agent)
            if agent is None or profile is None or not core.openings_of(agent, profile):
                return
            if not is_here(self._routing, agent_id, at=self._now()):
                return
            try:
                place = self._best_place(agent, profile, None)
                if place is None:
                    return
                self._offer(self._standing_at(place), agent, profile, Choice([]))
            except Conflict:
                lost += 1
                if lost == _TRIES:
                    return
                self._pause(lost)

    def expire_offer(
        self,
        contact_id: ContactId,
        offer_id: OfferId,
        outcome: OfferOutcome = OfferOutcome.MISSED,
    ) -> None:
        """Takes an unanswered offer back; the contact goes on waiting at its old place."""
        if insist(lambda: self._end_offer(contact_id, offer_id, outcome)):
            self.match_contact(contact_id)

    def widen(self, contact_id: ContactId) -> None:
        """A step of its routing criteria may be over: then the contact asks for others."""
        insist(lambda: self._widened(self._contacts.get(contact_id)))
        self.match_contact(contact_id)

    def _widened(self, contact: Contact) -> Contact:
        change = contacts_core.widen(Change.of(contact), at=self._now())
        if not change.facts:
            return contact
        self._contacts.commit(Commit(contact=change))
        return change.settled.after

    def plan_delays(self, contact: Contact) -> None:
        """Sets a clock for every routing profile that gets the waiting contact only later."""
        stay, at = contact.queue, self._now()
        if contact.state is not ContactState.QUEUED or stay is None:
            return
        profiles = self._center.center().profiles_for(stay.queue_id, contact.channel)
        delays = {core.delay_of(each, stay.queue_id, contact.channel) for each in profiles}
        for delay in sorted(delays):
            due_at = stay.counts_since + timedelta(seconds=delay)
            if due_at > at:
                timer = Timer(kind=TimerKind.DELAY, contact_id=contact.contact_id, due_at=due_at)
                self._timers.set(timer, now=at)

    def is_out_of_reach(self, contact: Contact, queue: Queue) -> bool:
        """Whether no agent who is signed in could ever meet what the contact asks for in this
        queue: it would wait in vain. False where it asks for nothing in particular."""
        criteria = contacts_core.criteria_of(contact, queue.queue_id)
        if criteria is None:
            return False
        at, center = self._now(), self._center.center()
        staff = staff_of(self._routing, center, queue.queue_id, [contact.channel], at=at)
        return not any(
            core.is_signed_in(agent) and criteria.can_ever_admit(agent.able) for agent, _ in staff
        )

    # --- the contact's side -----------------------------------------------------------------------

    def _find_agent(self, contact: Contact) -> ContactId | None:
        """The contact that an agent was offered: this one, or one that stood before it."""
        for choice in self._free_agents(contact):
            for opening in choice.openings:
                agent = self._routing.agent(opening.agent_id)
                profile = self._profile(agent)
                if agent is None or profile is None or not _can_get(agent, profile, contact):
                    continue
                place = self._best_place(agent, profile, contact)
                if place is None:
                    continue
                is_mine = place.contact_id == contact.contact_id
                best = contact if is_mine else self._standing_at(place)
                if self._offer(best, agent, profile, choice if is_mine else Choice([])):
                    return place.contact_id
        return None

    def _free_agents(self, contact: Contact) -> Iterator[Choice]:
        """Whom it can be offered to: the one whose own line it stands in, or all. The best few
        first; whether more of them are there is asked only when none of these takes it."""
        at, stay = self._now(), contact.queue
        if stay is None:
            return
        owner = agent_named(stay.queue_id)
        openings = (
            self._openings(contact, stay, at)
            if owner is None
            else self._own_opening(AgentId(owner), contact)
        )
        expression = stay.wanted.expression if stay.wanted else None
        while some := list(islice(openings, _LOOKED_AT)):
            following = list(islice(openings, 1))
            openings = chain(following, openings)
            able = [o.agent_id for o in some if expression is None or expression.admits(o.able)]
            found = self._routing.presences(able) if able else ()
            here = frozenset(p.agent_id for p in found if p.is_reachable(at))
            yield core.choose(some, expression, here=here, has_more=bool(following))

    def _openings(self, contact: Contact, stay: QueueStay, at: datetime) -> Iterator[Opening]:
        """Of the profiles whose delay for this queue is over, best first."""
        found = []
        for profile in self._center.center().profiles_for(stay.queue_id, contact.channel):
            delay = core.delay_of(profile, stay.queue_id, contact.channel)
            if not delay or at >= stay.counts_since + timedelta(seconds=delay):
                found.append(self._routing.openings(profile.profile_id, contact.channel))
        return merge(*found)

    def _own_opening(self, agent_id: AgentId, contact: Contact) -> Iterator[Opening]:
        agent = self._routing.agent(agent_id)
        profile = self._profile(agent)
        found = core.openings_of(agent, profile) if profile else []
        return (opening for opening in found if opening.channel is contact.channel)

    # --- the agent's side -------------------------------------------------------------------------

    def _best_place(
        self, agent: Agent, profile: RoutingProfile, mine: Contact | None
    ) -> Place | None:
        """Who is next for this agent. `mine`: who looks for one, and need not be looked for when
        nobody else is there."""
        at = self._now()
        ranks = [list(sources) for sources in core.sources_of(agent, profile)]
        sources = [source for rank in ranks for source in rank]
        queues = [(self._queue(agent, source), source) for source in sources]
        known = [(queue, source) for queue, source in queues if queue is not None]
        depths = self._routing.depths([(queue, source.channel) for queue, source in known])
        full = {s: (q, d) for (q, s), d in zip(known, depths, strict=True) if d.waiting > 0}
        own = core.place_of(mine)
        if own is not None and _stands_alone(own, full):
            return own
        for rank in ranks:
            heads = [
                place
                for source in rank
                if source in full
                for line in self._lines(agent, source, *full[source])
                if (place := self._head(source, line, at)) is not None
            ]
            if heads:
                return min(heads)
        return own

    def _lines(
        self, agent: Agent, source: Source, queue: Queue, depth: core.Depth
    ) -> Iterator[str]:
        if depth.waiting > depth.particular:
            yield from (str(shard) for shard in range(queue.shards))
        if depth.particular > 0:
            for each in self._routing.particular_lines(source.queue_id, source.channel):
                if each.expression.admits(agent.able):
                    yield each.line

    def _head(self, source: Source, line: str, at: datetime) -> Place | None:
        return self._routing.head(source.queue_id, source.channel, line, ripe_at=source.ripe_at(at))

    def _queue(self, agent: Agent, source: Source) -> Queue | None:
        if agent_named(source.queue_id) is None:
            return self._center.center().queue(source.queue_id)
        return agent_queue(agent)

    # --- one offer --------------------------------------------------------------------------------

    def _standing_at(self, place: Place) -> Contact:
        """Conflict when it stands elsewhere by now, where this agent may not be the one for it."""
        contact = self._contacts.get(place.contact_id)
        if core.place_of(contact) != place:
            raise Conflict(f"contact {place.contact_id!r} has left its place", field="contactId")
        return contact

    def _offer(
        self, contact: Contact, agent: Agent, profile: RoutingProfile, choice: Choice
    ) -> bool:
        """One offer in one transaction. False: there is no such agent any more; Conflict: contact
        or agent changed, so it must be looked again."""
        at, user = self._now(), self._center.agent(agent.agent_id)
        if user is None:
            return False
        change = contacts_core.offer(
            Change.of(contact),
            user,
            offer_id=OfferId(self._new_id()),
            at=at,
            why=choice.why(agent.username, agent.agent_id)
            if choice.openings
            else f"{agent.username}: became free; this contact is next",
        )
        rung = AgentChange(
            before=agent,
            after=core.ring(agent, change.after, profile, at=at),
            profile=profile,
            at=at,
            kind=DeskEvent.CONTACT_OFFERED,
            contact_id=contact.contact_id,
        )
        self._contacts.commit(Commit(contact=change, agents=[rung]))
        self._announcer.desk(DeskMessage.of(rung))
        return True

    def _end_offer(self, contact_id: ContactId, offer_id: OfferId, outcome: OfferOutcome) -> bool:
        """Whether this ended it; False when the offer was over already."""
        at, contact = self._now(), self._contacts.get(contact_id)
        offer = contact.offer
        if offer is None or offer.offer_id != offer_id:
            return False
        change = contacts_core.end_offer(Change.of(contact), offer_id, outcome, at=at)
        agent = self._routing.agent(offer.agent_id)
        profile = self._profile(agent)
        agents: list[AgentChange] = []
        if agent is not None and profile is not None and agent.slot(contact.contact_id):
            turned_down = core.reject if outcome is OfferOutcome.REJECTED else core.miss
            agents.append(
                AgentChange(
                    before=agent,
                    after=turned_down(agent, contact.contact_id, at=at),
                    profile=profile,
                    at=at,
                    kind=DeskEvent.OFFER_ENDED,
                    contact_id=contact.contact_id,
                )
            )
        self._contacts.commit(Commit(contact=change, agents=agents))
        for changed in agents:
            self._announcer.desk(DeskMessage.of(changed))
        return True

    def _profile(self, agent: Agent | None) -> RoutingProfile | None:
        return self._center.center().profile(agent.profile_id) if agent else None


def _can_get(agent: Agent, profile: RoutingProfile, contact: Contact) -> bool:
    """As the agent stands now, which may be later than the opening that led here."""
    wanted = contact.queue.wanted if contact.queue else None
    is_able = wanted is None or wanted.expression.admits(agent.able)
    return is_able and agent.can_take(contact.channel, profile)


def _stands_alone(own: Place, full: dict[Source, tuple[Queue, core.Depth]]) -> bool:
    """Whether nobody else is in any queue of the agent's: counters are never too low."""
    others = [
        source
        for source in full
        if (source.queue_id, source.channel) != (own.queue_id, own.channel)
    ]
    return bool(full) and not others and all(depth.waiting == 1 for _, depth in full.values())


def profile_of(center: Center, user: User) -> RoutingProfile:
    """The routing profile of somebody who takes contacts; NotFound for anybody else."""
    profile = center.profile(user.profile_id) if user.profile_id else None
    if profile is None:
        raise NotFound(
            f"{user.username!r} has no routing profile", field="username", value=user.username
        )
    return profile
