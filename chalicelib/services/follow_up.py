"""What a contact's new state asks for: that its people know, and that clocks are set.

It hangs on the table's stream, so it happens even when the worker that committed died at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.core.contact import Contact, ContactState, Leg
from chalicelib.core.events import Channel
from chalicelib.core.flow import WaitKind
from chalicelib.core.ids import AgentId, ContactId, OfferId
from chalicelib.core.routing import Agent
from chalicelib.services.flow_turns import is_new_turn, legs_told
from chalicelib.services.ports import (
    Announcer,
    RoutingStore,
    Timer,
    TimerKind,
    Timers,
)

_ARRIVAL = {Channel.VOICE: timedelta(seconds=60), Channel.CHAT: timedelta(minutes=5)}
# Amazon Connect's defaults
_LASTS = {Channel.CHAT: timedelta(hours=25), Channel.TASK: timedelta(days=7)}
_UNSENT = timedelta(hours=1)  # an e-mail that a flow began and never sent
_WHISPERS_LAST = timedelta(minutes=2)  # as in Amazon Connect
# The device watches the clock; the server's own timer only catches devices that fell silent.
_PATIENCE = {WaitKind.INPUT: 90.0, WaitKind.PLAYBACK: 120.0, WaitKind.LOOP: 15.0}


class Telephones(Protocol):
    """Where offers ring besides the desk."""

    def ring(self, contact: Contact, agent: Agent) -> None: ...

    def stop(self, offer_id: OfferId, contact_id: ContactId) -> None: ...


class FollowUp:
    """Told twice is told once, and a timer that rings twice does nothing the second time."""

    def __init__(
        self,
        *,
        routing: RoutingStore,
        timers: Timers,
        announcer: Announcer,
        forwarding: Telephones,
        now: Callable[[], datetime],
    ) -> None:
        self._routing = routing
        self._forwarding = forwarding
        self._timers = timers
        self._announcer = announcer
        self._now = now

    def follow(self, before: Contact | None, after: Contact) -> None:
        """After a commit took the contact from one state to the other; None: it began."""
        now = self._now()
        for timer in timers_due(before, after, now):
            self._timers.set(timer, now=now)
        if is_new_turn(before, after):
            self._announcer.turn(after)
        for leg in legs_told(before, after):
            self._announcer.desk_turn(after, leg)
        was_wanted = _telephone(before) if before else None
        if was_wanted is not None and was_wanted != _telephone(after):
            self._forwarding.stop(was_wanted, after.contact_id)
        if after.offer is not None and (before is None or before.offer != after.offer):
            self._ring_again(after, after.offer.agent_id)

    def _ring_again(self, contact: Contact, agent_id: AgentId) -> None:
        """The desk may not have heard of the offer. Its newest event is told as it was committed:
        made up anew it could take the number of one that says more, and that one be dropped. A
        desk that missed earlier ones sees the gap and asks for them."""
        agent = self._routing.agent(agent_id)
        if agent is not None:
            self._forwarding.ring(contact, agent)
            for message in self._routing.desk_events(agent_id, after=agent.version - 1):
                self._announcer.desk(message)


def _telephone(contact: Contact) -> OfferId | None:
    """The offer for which a telephone rings now, or is talked on."""
    if contact.offer is not None:
        return contact.offer.offer_id
    agent = contact.agent if contact.state is ContactState.CONNECTED else None
    return agent.offer_id if agent is not None and agent.line is not None else None


def timers_due(before: Contact | None, after: Contact, now: datetime) -> Iterator[Timer]:
    """A timer for everything that is newly waited for."""
    contact_id = after.contact_id
    if before is None:
        yield from _first_timers(after)
    plan = after.plan
    if plan is not None and (before is None or before.plan != plan):
        yield Timer(kind=TimerKind.BEGIN, contact_id=contact_id, due_at=plan.begins_at)
    offer = after.offer
    if offer is not None and (before is None or before.offer != offer):
        yield Timer(
            kind=TimerKind.OFFER,
            contact_id=contact_id,
            due_at=offer.expires_at,
            key=offer.offer_id,
        )
    step_ends_at = after.queue.step_ends_at if after.is_in_queue and after.queue else None
    if step_ends_at is not None and (
        before is None or before.queue is None or before.queue.step_ends_at != step_ends_at
    ):
        yield Timer(kind=TimerKind.STEP, contact_id=contact_id, due_at=step_ends_at)
    ends_at = after.wrap_up_ends_at
    if ends_at is not None and (before is None or before.wrap_up_ends_at != ends_at):
        yield Timer(kind=TimerKind.WRAP_UP, contact_id=contact_id, due_at=ends_at)
    if after.is_whispering and not (before is not None and before.is_whispering):
        yield Timer(kind=TimerKind.WHISPER, contact_id=contact_id, due_at=now + _WHISPERS_LAST)
    if after.state is not ContactState.COMPLETED:
        for leg in (Leg.CUSTOMER, *after.legs):
            yield from _wait_timer(before, after, leg, now)


def _wait_timer(before: Contact | None, after: Contact, leg: Leg, now: datetime) -> Iterator[Timer]:
    wait = after.leg(leg).session.wait
    if wait is None or (before is not None and before.leg(leg).session.wait == wait):
        return
    patience = _PATIENCE.get(wait.kind, 0.0)
    if wait.seconds is not None or (patience and wait.kind is not WaitKind.LOOP):
        due_at = now + timedelta(seconds=(wait.seconds or 0) + patience)
        key = str(wait.number) if leg is Leg.CUSTOMER else f"{leg}:{wait.number}"
        yield Timer(kind=TimerKind.FLOW, contact_id=after.contact_id, due_at=due_at, key=key)


def _first_timers(contact: Contact) -> Iterator[Timer]:
    """For a contact that has just been made."""
    contact_id, made_at = contact.contact_id, contact.initiated_at
    if contact.expects_customer:
        due_at = made_at + _ARRIVAL[contact.channel]
        yield Timer(kind=TimerKind.CUSTOMER, contact_id=contact_id, due_at=due_at)
    lasts = _LASTS.get(contact.channel)
    if contact.channel is Channel.EMAIL and contact.plan is None:
        lasts = _UNSENT
    if lasts is not None:
        due_at = made_at + lasts
        yield Timer(kind=TimerKind.EXPIRY, contact_id=contact_id, due_at=due_at)
