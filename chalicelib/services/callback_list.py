"""Promises to call back as people see them: all that stand, the caller's own, and an end to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.core.center import Queue
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import CallbackCancelled, Channel, DisconnectReason
from chalicelib.core.flow import Port
from chalicelib.core.ids import ContactId, QueueId
from chalicelib.services.callback_ports import CallbackOutcome, CallbackStore, StandingCallback
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.customers import ToE164
from chalicelib.services.ending import ended
from chalicelib.services.ports import CenterStore, Commit, ContactStore, RoutingStore
from chalicelib.services.races import insist

THE_CALLER = "the caller"
_TRIES = 3  # while one attempt follows the other


class CallbackState(StrEnum):
    SCHEDULED = "SCHEDULED"  # its time has not come
    WAITING = "WAITING"  # in the queue
    RINGING = "RINGING"  # at an agent
    CONNECTED = "CONNECTED"  # the customer is called, or talks already


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCallback:
    """`since`: when its place began to count. `place`: 1 is next; None while it is not in line."""

    contact_id: ContactId
    number: str
    customer_name: str | None
    queue_id: QueueId
    queue_name: str
    asked_at: datetime
    since: datetime
    place: int | None
    state: CallbackState
    due_at: datetime | None
    attempts_left: int  # with the one that stands
    last_outcome: CallbackOutcome | None


class Teller(Protocol):
    def tell(self, commit: Commit) -> None:
        """What was committed is told to its people."""
        ...


class CallbackList:
    """Requests of the list: one for the promises, one for each hundred of their contacts, and those
    of a look at each of their queues."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        book: CallbackStore,
        teller: Teller,
        to_e164: ToE164,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._book = book
        self._teller = teller
        self._to_e164 = to_e164
        self._now = now

    def all(self) -> list[ListedCallback]:
        """Whoever asked first comes first."""
        return self._listed(self._book.all())

    def scheduled(self) -> Counter[QueueId]:
        """How many wait for their time, by queue. One request for the promises, and one for each
        hundred of their contacts."""
        found = self._with_contacts(self._book.all())
        return Counter(each.queue_id for each, c in found if _state(c) is CallbackState.SCHEDULED)

    def of_caller(self, number: str) -> ListedCallback | None:
        """The promise to call this number that stands, however it is written."""
        standing = self._standing(number)
        listed = self._listed([standing]) if standing else []
        return listed[0] if listed else None

    def cancel(self, contact_id: ContactId, *, by: str) -> None:
        """The customer is not called any more, wherever it rings. NotFound when it is no callback;
        Conflict when it is over, or the customer is being called already."""
        contact = self._contacts.get(contact_id)
        if contact.call_back is None or contact.customer_endpoint is None:
            raise NotFound(
                f"contact {contact_id!r} is no callback", field="contactId", value=contact_id
            )
        number = contact.customer_endpoint.address
        if contact.state.is_live:
            self._insist_on_end(contact_id, by)
            self._book.release(number, contact_id)
        elif not self._book.release(number, contact_id):  # else the next attempt was to be made
            raise _over(contact_id)

    def cancel_of_caller(self, number: str) -> bool:
        """False: none stands, or the customer is being called already."""
        for _ in range(_TRIES):
            standing = self._standing(number)
            if standing is None:
                return False
            try:
                self._insist_on_end(standing.contact_id, THE_CALLER)
            except NotFound:
                pass  # it is about to be made, and whoever makes it looks whether this still stands
            except Conflict:
                if self._contacts.get(standing.contact_id).state.is_live:
                    return False
            else:
                self._book.release(standing.number, standing.contact_id)
                return True
            if self._book.release(standing.number, standing.contact_id):
                return True
        return False

    # --- one of them ------------------------------------------------------------------------------

    def _insist_on_end(self, contact_id: ContactId, by: str) -> None:
        insist(lambda: self._end(contact_id, by))

    def _end(self, contact_id: ContactId, by: str) -> None:
        contact, at = self._contacts.get(contact_id), self._now()
        if not contact.state.is_live:
            raise _over(contact_id)
        if _is_called(contact):
            raise Conflict(
                f"the customer of {contact_id!r} is being called already",
                field="contactId",
                value=contact_id,
            )
        change = Change.of(contact).then(CallbackCancelled(by=by), at)
        commit = ended(
            change,
            DisconnectReason.API,
            at=at,
            center=self._center.center(),
            routing=self._routing,
        )
        self._contacts.commit(commit)
        self._teller.tell(commit)

    def _standing(self, number: str) -> StandingCallback | None:
        known = self._to_e164(number)
        return self._book.find(known) if known else None

    # --- all of them ------------------------------------------------------------------------------

    def _listed(self, standing: Sequence[StandingCallback]) -> list[ListedCallback]:
        found = self._with_contacts(standing)
        waiting = {c.queue.queue_id for _, c in found if c and c.is_in_queue and c.queue}
        lines = {queue_id: self._places(queue_id) for queue_id in sorted(waiting)}
        return [self._one(each, contact, lines) for each, contact in found]

    def _one(
        self,
        standing: StandingCallback,
        contact: Contact | None,
        lines: dict[QueueId, dict[ContactId, int]],
    ) -> ListedCallback:
        stay = contact.queue if contact and contact.is_in_queue else None
        queue_id = stay.queue_id if stay else standing.queue_id
        plan = contact.plan if contact else None
        return ListedCallback(
            contact_id=standing.contact_id,
            number=standing.number,
            customer_name=standing.customer_name,
            queue_id=queue_id,
            queue_name=stay.name if stay else self._name(queue_id),
            asked_at=standing.asked_at,
            since=stay.counts_since if stay else standing.since,
            place=lines.get(queue_id, {}).get(standing.contact_id),
            state=_state(contact),
            due_at=plan.begins_at if plan else None,
            attempts_left=standing.attempts_left + 1,
            last_outcome=standing.last_outcome,
        )

    def _with_contacts(
        self, standing: Sequence[StandingCallback]
    ) -> list[tuple[StandingCallback, Contact | None]]:
        """None: it is about to be made."""
        contacts = self._contacts.among([each.contact_id for each in standing])
        known = {contact.contact_id: contact for contact in contacts}
        return [(each, known.get(each.contact_id)) for each in standing]

    def _places(self, queue_id: QueueId) -> dict[ContactId, int]:
        """Of everybody in line; 1 is next."""
        queue = self._queue(queue_id)
        if queue is None:
            return {}
        line = enumerate(self._routing.line(queue, Channel.VOICE), start=1)
        return {place.contact_id: number for number, place in line}

    def _name(self, queue_id: QueueId) -> str:
        queue = self._queue(queue_id)
        return queue.name if queue else queue_id

    def _queue(self, queue_id: QueueId) -> Queue | None:
        library = CenterLibrary(self._center.center(), self._center)
        return library.queue_itself(queue_id)


def _state(contact: Contact | None) -> CallbackState:
    if contact is not None and contact.is_in_queue:
        is_ringing = contact.state is ContactState.OFFERED
        return CallbackState.RINGING if is_ringing else CallbackState.WAITING
    if contact is not None and contact.state.is_live and _is_called(contact):
        return CallbackState.CONNECTED
    return CallbackState.SCHEDULED


def _is_called(contact: Contact) -> bool:
    """The customer's telephone rings, or they are on the line already."""
    asked = contact.dialog.ask if contact.dialog else None
    is_ringing = asked is not None and asked.port is Port.LINE
    has_agent = contact.state in (ContactState.CONNECTED, ContactState.REMAINING)
    return has_agent or is_ringing or not contact.is_to_be_called


def _over(contact_id: ContactId) -> Conflict:
    return Conflict(f"callback {contact_id!r} is over", field="contactId", value=contact_id)


__all__ = ["THE_CALLER", "CallbackList", "CallbackState", "ListedCallback", "Teller"]
