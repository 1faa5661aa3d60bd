"""What a callback does on its way to an agent: it is not called at night, and it may go to the
customer first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.core.contact import Change, Contact, ContactState, Leg
from chalicelib.core.events import Fact
from chalicelib.core.ids import ContactId
from chalicelib.core.lifecycle import enqueue, postpone
from chalicelib.services.calling_hours import CallingHours
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.flow_turns import FlowTurns
from chalicelib.services.lines import line_of
from chalicelib.services.ports import (
    CenterStore,
    Commit,
    ContactStore,
    RoutingStore,
    Timer,
    TimerKind,
    Timers,
)
from chalicelib.services.races import insist
from chalicelib.services.slots import agents_after


class CallbackLine:
    """Reactions and a timer; every one may come twice."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        turns: FlowTurns,
        hours: CallingHours,
        timers: Timers,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._turns = turns
        self._hours = hours
        self._timers = timers
        self._now = now

    def watch(self, contact: Contact, fact: Fact) -> None:
        """Sets the clock for when the hours are over in which a waiting customer may be called."""
        if not contact.is_to_be_called or not contact.is_in_queue:
            return
        now = self._now()
        due_at = self._hours.until(_number(contact), now)
        timer = Timer(kind=TimerKind.HOURS, contact_id=contact.contact_id, due_at=due_at)
        self._timers.set(timer, now=now)

    def close(self, contact_id: ContactId) -> None:
        """They are over: whoever still waits to be called comes back to the place tomorrow."""

        def leave() -> None:
            contact, at = self._contacts.get(contact_id), self._now()
            if not contact.is_to_be_called or not contact.is_in_queue:
                return
            until = self._hours.next(_number(contact), at)
            if until <= at:
                return
            change = postpone(Change.of(contact), until, at=at)
            center, routing = self._center.center(), self._routing
            agents = agents_after(change, at=at, center=center, routing=routing)
            self._commit(Commit(contact=change, agents=agents))

        insist(leave)

    def wait(self, contact: Contact, fact: Fact) -> None:
        """The customer who was called first is on the line, and takes the place."""
        if _is_reached(contact):
            insist(lambda: self._wait(contact.contact_id))

    def _wait(self, contact_id: ContactId) -> None:
        contact, center = self._contacts.get(contact_id), self._center.latest()
        queue_id = contact.session.target_queue_id
        queue = CenterLibrary(center, self._center, contact_id).queue_itself(queue_id or "")
        if not _is_reached(contact) or queue is None:
            return
        change = enqueue(Change.of(contact), queue, at=self._now(), is_promised=True)
        self._commit(self._turns.with_flows(change, ("CustomerQueue", Leg.CUSTOMER)))

    def _commit(self, commit: Commit) -> None:
        self._contacts.commit(commit)
        self._turns.tell(commit)


def _is_reached(contact: Contact) -> bool:
    """On the line, called before any agent was asked, and not yet in the queue."""
    plan = contact.call_back
    is_first = plan is not None and plan.is_customer_first
    is_on_line = line_of(contact).get("State") == "connected"
    is_idle = contact.state is ContactState.IN_FLOW and contact.session.action_id is None
    return is_first and is_on_line and is_idle


def _number(contact: Contact) -> str:
    return contact.customer_endpoint.address if contact.customer_endpoint else ""


__all__ = ["CallbackLine"]
