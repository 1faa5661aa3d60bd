"""A contact's place in line and the wait it may expect, for those who ask from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.contact import Contact
from chalicelib.core.errors import Rejected
from chalicelib.core.ids import ContactId
from chalicelib.core.routing import place_of
from chalicelib.services.center_library import CenterLibrary
from chalicelib.services.ports import CenterStore, ContactStore, RoutingStore
from chalicelib.services.waiting import Wait, WaitingService

# By Amazon Connect's names.
_OF: Mapping[str, Callable[[Wait], int | None]] = {
    "POSITION_IN_QUEUE": lambda wait: wait.place,
    "ESTIMATED_WAIT_TIME": lambda wait: wait.seconds,
}


class ContactMetrics:
    def __init__(
        self,
        *,
        contacts: ContactStore,
        routing: RoutingStore,
        center: CenterStore,
        waiting: WaitingService,
        now: Callable[[], datetime],
    ) -> None:
        self._contacts = contacts
        self._routing = routing
        self._center = center
        self._waiting = waiting
        self._now = now

    def of(
        self, contact_id: ContactId, names: Sequence[str], center: Center
    ) -> dict[str, int | None]:
        """What is to be said of it; None of what nobody can tell, or when it does not wait."""
        unknown = next((name for name in names if name not in _OF), None)
        if unknown is not None or not names:
            known = ", ".join(_OF)
            raise Rejected(
                f"metric {unknown!r} is not one of {known}", field="Metrics", value=unknown
            )
        wait = self._wait(self._contacts.get(contact_id), center)
        return {name: _OF[name](wait) if wait else None for name in names}

    def _wait(self, contact: Contact, center: Center) -> Wait | None:
        stay = contact.queue
        library = CenterLibrary(center, self._center)
        queue = library.queue_itself(stay.queue_id) if stay and contact.is_in_queue else None
        if queue is None:
            return None
        ahead = self._routing.line(queue, contact.channel, before=place_of(contact))
        return self._waiting.of_contact(contact, queue, ahead, center, self._now())


__all__ = ["ContactMetrics"]
