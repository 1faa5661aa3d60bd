"""What agents' desks hold of a contact follows from the contact, whoever changed it."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.errors import Conflict, LostRace
from chalicelib.core.ids import AgentId
from chalicelib.core.routing import (
    Agent,
    AgentChange,
    DeskEvent,
    counts_as_activity,
    reflect,
    release,
    ring,
    wrap_up,
)
from chalicelib.services.ports import RoutingStore


def agents_after(
    change: Change, *, at: datetime, center: Center, routing: RoutingStore
) -> list[AgentChange]:
    """The agent the contact rang at is let go of, the one it rings at now hears it, the one it
    talks to sees what has become of it. Who answers is none of this: that is for the agent to do.
    """
    before, after = change.before, change.after
    rang = before.offer if before is not None else None
    talked = before.agent if before is not None and _is_talk(before) else None
    found = []
    if rang is not None and rang != after.offer and not _is_talk(after):
        found.append(_changed(rang.agent_id, change, at, center, routing))
    if after.offer is not None and after.offer != rang:
        found.append(_rung(after, at, center, routing))
    if before is not None and talked is not None and _is_news(before, after):
        found.append(_changed(talked.agent_id, change, at, center, routing))
    found.append(caller_after(change, at=at, center=center, routing=routing))
    return [agent for agent in found if agent is not None]


def caller_after(
    change: Change, *, at: datetime, center: Center, routing: RoutingStore
) -> AgentChange | None:
    """Who calls a colleague sees when both talk, and is free when the call is over."""
    before, after = change.before, change.after
    if before is None or after.caller_id is None or not _is_callers_news(before, after):
        return None
    agent = routing.agent(after.caller_id)
    profile = center.profile(agent.profile_id) if agent else None
    contact_id = after.contact_id
    if agent is None or profile is None or agent.slot(contact_id) is None:
        return None
    if after.state.is_live:
        now, kind = reflect(agent, after, at=at), DeskEvent.CONTACT_JOINED
    else:
        was_work = counts_as_activity(after, profile)
        now = release(agent, contact_id, at=at, was_handled=was_work)
        kind = DeskEvent.CONTACT_COMPLETED
    return AgentChange(
        before=agent, after=now, profile=profile, at=at, kind=kind, contact_id=contact_id
    )


def _is_callers_news(before: Contact, after: Contact) -> bool:
    is_over = before.state.is_live and not after.state.is_live
    return is_over or (before.is_joined, before.held) != (after.is_joined, after.held)


def _rung(
    contact: Contact, at: datetime, center: Center, routing: RoutingStore
) -> AgentChange | None:
    agent = routing.agent(contact.offer.agent_id) if contact.offer else None
    profile = center.profile(agent.profile_id) if agent else None
    if agent is None or profile is None:
        raise LostRace("the agent has gone")
    try:
        after = ring(agent, contact, profile, at=at)
    except Conflict as taken:
        raise LostRace("the agent has taken another contact") from taken
    kind = DeskEvent.CONTACT_OFFERED
    return AgentChange(
        before=agent, after=after, profile=profile, at=at, kind=kind, contact_id=contact.contact_id
    )


def _changed(
    agent_id: AgentId, change: Change, at: datetime, center: Center, routing: RoutingStore
) -> AgentChange | None:
    agent = routing.agent(agent_id)
    profile = center.profile(agent.profile_id) if agent else None
    contact_id = change.after.contact_id
    if agent is None or profile is None or agent.slot(contact_id) is None:
        return None
    after, kind = _as_now(agent, change, at)
    return AgentChange(
        before=agent, after=after, profile=profile, at=at, kind=kind, contact_id=contact_id
    )


def _as_now(agent: Agent, change: Change, at: datetime) -> tuple[Agent, DeskEvent]:
    before, after = change.before, change.after
    if before is None or not _is_talk(before):  # it only rang
        kind = DeskEvent.OFFER_ENDED if after.is_in_queue else DeskEvent.CONTACT_DISCONNECTED
        return release(agent, after.contact_id, at=at, was_handled=False), kind
    if after.state is ContactState.COMPLETED:  # a colleague's call has no after contact work
        done = release(agent, after.contact_id, at=at)
        return done, DeskEvent.CONTACT_COMPLETED
    if not _is_talk(after):
        over = wrap_up(agent, after.contact_id, at=at, ends_at=after.wrap_up_ends_at)
        return over, DeskEvent.CONTACT_DISCONNECTED
    if after.held is not None:
        return reflect(agent, after, at=at), DeskEvent.CONTACT_HELD
    was_held = before.held is not None
    kind = DeskEvent.CONTACT_RESUMED if was_held else DeskEvent.CONTACT_JOINED
    return reflect(agent, after, at=at), kind


def _is_news(before: Contact, after: Contact) -> bool:
    was, now = (before.is_joined, before.held), (after.is_joined, after.held)
    return not _is_talk(after) or was != now


def _is_talk(contact: Contact) -> bool:
    return contact.state is ContactState.CONNECTED
