"""Why a contact waits: who serves its queue, and what stands in each one's way just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.center import Center
from chalicelib.core.contact import Contact, QueueStay
from chalicelib.core.errors import Conflict
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.routing import Agent, delay_of, place_of, why_not
from chalicelib.services.ports import CenterStore, ContactStore, Presence, RoutingStore

FREE = "can take it; it is offered within seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """One agent of the queue, and why they do not have the contact."""

    agent_id: AgentId
    username: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitExplained:
    """`asks_for`: what its routing criteria want of agents just now; None: nothing in particular.
    `widens_at`: when they want less."""

    contact_id: ContactId
    queue_name: str
    position: int | None
    priority: int
    counts_since: datetime
    asks_for: str | None
    widens_at: datetime | None
    agents: Sequence[Hindrance]


class WaitingExplained:
    """Requests: the contact, the line, the presences, their agents for each hundred."""

    def __init__(
        self,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._now = now

    def explain(self, contact_id: ContactId) -> WaitExplained:
        """NotFound; Conflict when it does not wait."""
        contact, center = self._contacts.get(contact_id), self._center.center()
        stay = contact.queue
        if not contact.is_in_queue or stay is None:
            raise Conflict(f"contact {contact_id!r} is in no queue", field="contactId")
        online = self._routing.online()
        agents = self._routing.agents_among([each.agent_id for each in online])
        here = {each.agent_id: each for each in online}
        wanted = stay.wanted
        return WaitExplained(
            contact_id=contact_id,
            queue_name=stay.name,
            position=self._position(contact, stay, center),
            priority=stay.priority,
            counts_since=stay.counts_since,
            asks_for=str(wanted.expression) if wanted else None,
            widens_at=stay.step_ends_at,
            agents=[
                Hindrance(agent_id=agent.agent_id, username=agent.username, why=why)
                for agent in sorted(agents, key=lambda each: each.username)
                if (why := self._why(agent, contact, stay, center, here[agent.agent_id]))
            ],
        )

    def _position(self, contact: Contact, stay: QueueStay, center: Center) -> int | None:
        queue, own = center.queue(stay.queue_id), place_of(contact)
        if queue is None or own is None:
            return None
        return len(self._routing.line(queue, contact.channel, before=own)) + 1

    def _why(
        self, agent: Agent, contact: Contact, stay: QueueStay, center: Center, presence: Presence
    ) -> str | None:
        """None: an agent of other queues."""
        profile, at = center.profile(agent.profile_id), self._now()
        if profile is None or not profile.serves(stay.queue_id, contact.channel):
            return None
        reason = why_not(agent, profile, contact, is_here=presence.is_reachable(at))
        delay = timedelta(seconds=delay_of(profile, stay.queue_id, contact.channel))
        if reason is None and at < stay.counts_since + delay:
            left = (stay.counts_since + delay - at).total_seconds()
            return f"gets it in {left:.0f} s: the routing profile's delay"
        return reason or FREE
