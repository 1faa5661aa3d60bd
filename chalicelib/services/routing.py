"""Matching contacts with agents: write, then look; offer, and take back what nobody takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain

from chalicelib.core import lifecycle as contacts_core
from chalicelib.core import routing as core
from chalicelib.core.center import Center, RoutingProfile, User, agent_named
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import Channel, OfferOutcome
from chalicelib.core.ids import AgentId, ContactId, OfferId
from chalicelib.core.routing import Agent, AgentChange, DeskEvent, Opening, Place
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

_TRIES = 5


class RoutingService:
    """The match, from both sides. Whoever arrives second sees the first, so nobody waits unseen."""

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
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._timers = timers
        self._announcer = announcer
        self._now = now
        self._new_id = new_id

    def match_contact(self, contact_id: ContactId, known: Contact | None = None) -> None:
        """Offers a waiting contact to the best free agent; does nothing when it does not wait.

        `known`: as just committed or read. An offer is conditional on it, so it may be old.
        """
        for _ in range(_TRIES):
            contact, known = known or self._contacts.get(contact_id), None
            if contact.state is not ContactState.QUEUED or contact.queue is None:
                return
            lost_race = False
            for agent_id in self._free_agents(contact):
                try:
                    if self._try_offer(contact, agent_id):
                        return
                except Conflict:
                    lost_race = True
                    break
            if not lost_race:
                return

    def match_agent(self, agent_id: AgentId, known: Agent | None = None) -> None:
        """Offers waiting contacts to a free agent until no slot or no contact is left.

        `known`: as just committed. The look at the lines comes after that, as it must.
        """
        for _ in range(_TRIES * 2):
            agent, known = known or self._routing.agent(agent_id), None
            profile = self._profile(agent)
            if agent is None or profile is None:
                return
            if not any(agent.can_take(channel, profile) for channel in profile.concurrency):
                return
            if not self._is_reachable(agent_id, self._now()):
                return
            own = [
                place
                for place in self._routing.own_places(agent_id)
                if agent.has_room_for(place.channel, profile)
            ]
            ranked = core.rank_places(profile, list(self._places(agent, profile)), at=self._now())
            places = [*own, *(place for _, place in ranked)]
            if not places or not self._offer_first(agent_id, places):
                return

    def expire_offer(
        self,
        contact_id: ContactId,
        offer_id: OfferId,
        outcome: OfferOutcome = OfferOutcome.MISSED,
    ) -> None:
        """Takes an unanswered offer back; the contact goes on waiting at its old place."""
        if insist(lambda: self._end_offer(contact_id, offer_id, outcome)):
            self.match_contact(contact_id)

    def match_waiting(self) -> None:
        """The sweep: whoever waits at the head of a line is matched again."""
        common = (
            self._routing.places(queue, channel)
            for queue in self._center.center().queues
            for channel in Channel
        )
        own = (self._routing.own_places(each.agent_id) for each in self._routing.online())
        for place in chain.from_iterable(chain(common, own)):
            with suppress(NotFound):  # one contact's trouble must not stop the others
                self.match_contact(place.contact_id)

    # --- one offer ---

    def _free_agents(self, contact: Contact) -> list[AgentId]:
        """Whom it can be offered to: the one whose own line it stands in, or all, best first."""
        owner = agent_named(contact.queue.queue_id) if contact.queue else None
        if owner is None:
            return [opening.agent_id for opening in self._openings(contact)]
        agent_id = AgentId(owner)
        return [agent_id] if self._is_reachable(agent_id, self._now()) else []

    def _openings(self, contact: Contact) -> list[Opening]:
        """Free agents who are there, best first, of the profiles whose delay for this queue is
        over."""
        stay = contact.queue
        if stay is None:
            return []
        at = self._now()
        waited = at - stay.counts_since
        found: list[Opening] = []
        for profile in self._center.center().profiles_for(stay.queue_id, contact.channel):
            delay = min(
                entry.delay_seconds
                for entry in profile.queues
                if (entry.queue_id, entry.channel) == (stay.queue_id, contact.channel)
            )
            if waited >= timedelta(seconds=delay):
                found.extend(self._routing.openings(profile.profile_id, contact.channel))
            else:
                due_at = stay.counts_since + timedelta(seconds=delay)
                timer = Timer(kind=TimerKind.DELAY, contact_id=contact.contact_id, due_at=due_at)
                self._timers.set(timer, now=at)
        if not found:
            return []
        here = {
            presence.agent_id
            for presence in self._routing.online()
            if core.is_reachable(presence.heartbeat_at, at=at)
        }
        return core.rank_openings(opening for opening in found if opening.agent_id in here)

    def _places(self, agent: Agent, profile: RoutingProfile) -> Iterator[Place]:
        center = self._center.center()
        for queue_id, channel in dict.fromkeys((q.queue_id, q.channel) for q in profile.queues):
            queue = center.queue(queue_id)
            if queue is not None and agent.has_room_for(channel, profile):
                yield from self._routing.places(queue, channel)

    def _offer_first(self, agent_id: AgentId, places: list[Place]) -> bool:
        """Whether one of the places was offered, or the look must be repeated."""
        for place in places:
            contact = self._contacts.get(place.contact_id)
            if contact.state is not ContactState.QUEUED:
                continue
            try:
                return self._try_offer(contact, agent_id)
            except Conflict:
                return True  # contact or agent changed: look again
        return False

    def _try_offer(self, contact: Contact, agent_id: AgentId) -> bool:
        """One offer in one transaction. False: the agent cannot take it; Conflict: look again."""
        at = self._now()
        user, agent = self._center.agent(agent_id), self._routing.agent(agent_id)
        profile = self._profile(agent)
        if user is None or agent is None or profile is None:
            return False
        if not agent.can_take(contact.channel, profile):
            return False
        offer_id = OfferId(self._new_id())
        why = f"{agent.username}: idle since {agent.idle_since.isoformat(timespec='seconds')}"
        change = contacts_core.offer(Change.of(contact), user, offer_id=offer_id, at=at, why=why)
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
        agents: list[AgentChange] = []
        agent = self._routing.agent(offer.agent_id)
        profile = self._profile(agent)
        if agent is not None and profile is not None and agent.slot(contact.contact_id):
            after = core.miss(agent, contact.contact_id, at=at)
            agents.append(
                AgentChange(
                    before=agent,
                    after=after,
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

    def _is_reachable(self, agent_id: AgentId, at: datetime) -> bool:
        presence = self._routing.presence(agent_id)
        return core.is_reachable(presence.heartbeat_at if presence else None, at=at)

    def _profile(self, agent: Agent | None) -> RoutingProfile | None:
        return self._center.center().profile(agent.profile_id) if agent else None


def profile_of(center: Center, user: User) -> RoutingProfile:
    """The routing profile of somebody who takes contacts; NotFound for anybody else."""
    profile = center.profile(user.profile_id) if user.profile_id else None
    if profile is None:
        raise NotFound(
            f"{user.username!r} has no routing profile", field="username", value=user.username
        )
    return profile
