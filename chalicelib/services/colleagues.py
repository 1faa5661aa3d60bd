"""Flows that send a contact to one agent: into the agent's own line, or to ring there at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from chalicelib.core.center import User, agent_named, agent_queue
from chalicelib.core.contact import Change, ContactState
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.ids import AgentId, OfferId
from chalicelib.core.lifecycle import enqueue, offer
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.ports import CenterStore, RoutingStore
from chalicelib.services.staff import is_here


class Colleagues:
    """The Respondent for agents. What it decides is part of the flow's own commit."""

    def __init__(self, center: CenterStore, routing: RoutingStore) -> None:
        self._center = center
        self._routing = routing

    def ask(self, inquiry: Inquiry) -> Reply:
        working = inquiry.contact.session.target_queue_id or ""
        wanted = list(_texts(inquiry.ask.request)) or [working]
        user = next((user for name in wanted if (user := self._named(name))), None)
        if user is None:
            return Refused(reason="no agent is named")
        if not self._is_free(user, inquiry):
            return Refused(reason=f"{user.username} cannot take it")
        return (
            _transferred(inquiry, user)
            if inquiry.ask.verb == "transfer"
            else _offered(inquiry, user)
        )

    def _named(self, reference: str) -> User | None:
        """By id, user name or ARN."""
        who = agent_named(reference) or reference.rsplit("/", 1)[-1]
        user = self._center.agent(AgentId(who)) or self._center.user(who)
        return user if user is not None and user.profile_id else None

    def _is_free(self, user: User, inquiry: Inquiry) -> bool:
        agent = self._routing.agent(user.agent_id)
        profile = inquiry.center.profile(agent.profile_id) if agent else None
        if agent is None or profile is None:
            return False
        is_there = is_here(self._routing, user.agent_id, at=inquiry.at)
        return is_there and agent.can_take(inquiry.contact.channel, profile)


def _transferred(inquiry: Inquiry, user: User) -> Reply:
    placed = enqueue(Change.of(inquiry.contact), agent_queue(user), at=inquiry.at)
    return _concluded(placed)


def _offered(inquiry: Inquiry, user: User) -> Reply:
    """It rings there now, whatever line it stands in, and goes on waiting meanwhile."""
    if inquiry.contact.state is not ContactState.QUEUED:
        return Refused(reason="the contact does not wait, or rings already")
    offer_id = OfferId(sha256(inquiry.key.encode()).hexdigest()[:32])
    why = f"{user.username}: named by the flow"
    change = Change.of(inquiry.contact)
    return _concluded(offer(change, user, offer_id=offer_id, at=inquiry.at, why=why))


def _concluded(change: Change) -> Concluded:
    return Concluded(answer=Answered(), facts=tuple(fact.event for fact in change.facts))


def _texts(value: object) -> Iterator[str]:
    """Every text of a request whose keys nobody has documented."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
