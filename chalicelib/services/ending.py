"""The end of the customer's side of a contact, whoever brings it about."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.contact import Change, disconnect
from chalicelib.core.events import DisconnectReason
from chalicelib.core.ids import AgentId
from chalicelib.core.routing import AgentChange, DeskEvent, SlotState, release, wrap_up
from chalicelib.services.ports import Commit, RoutingStore


def ended(
    change: Change,
    reason: DisconnectReason,
    *,
    at: datetime,
    center: Center,
    routing: RoutingStore,
) -> Commit:
    """The commit that ends the contact and lets go of the agent it rang at or talked to."""
    contact = change.after
    queue = center.queue(contact.queue.queue_id) if contact.queue else None
    change = disconnect(change, reason, at=at, queue=queue)
    change = change.update(turn=(), turn_number=contact.turn_number + 1)
    held_by = contact.agent.agent_id if contact.agent else None
    rings_at = contact.offer.agent_id if contact.offer else None
    agents = [
        _let_go(change, agent_id, at=at, center=center, routing=routing)
        for agent_id in (held_by, rings_at)
        if agent_id is not None
    ]
    return Commit(contact=change, agents=[agent for agent in agents if agent is not None])


def _let_go(
    change: Change, agent_id: AgentId, *, at: datetime, center: Center, routing: RoutingStore
) -> AgentChange | None:
    contact = change.after
    agent = routing.agent(agent_id)
    slot = agent.slot(contact.contact_id) if agent else None
    profile = center.profile(agent.profile_id) if agent else None
    if agent is None or slot is None or profile is None:
        return None
    if slot.state is SlotState.CONNECTED:
        after = wrap_up(agent, contact.contact_id, at=at, ends_at=contact.wrap_up_ends_at)
    else:
        after = release(agent, contact.contact_id, at=at, was_handled=False)
    return AgentChange(
        before=agent,
        after=after,
        profile=profile,
        at=at,
        kind=DeskEvent.CONTACT_DISCONNECTED,
        contact_id=contact.contact_id,
    )
