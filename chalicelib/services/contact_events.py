"""What contacts go through, published for other systems."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core import contact_events as core
from chalicelib.core.contact import Contact
from chalicelib.core.events import Fact
from chalicelib.services.event_ports import ContactEvents
from chalicelib.services.ports import CenterStore


class ContactEventsService:
    """A fact that is published twice has the same event id both times."""

    def __init__(self, bus: ContactEvents, center: CenterStore) -> None:
        self._bus = bus
        self._center = center

    def are_due(self, facts: Sequence[Fact]) -> bool:
        """Whether anybody outside is told of these facts."""
        return core.is_told(facts)

    def publish(self, contact: Contact, facts: Sequence[Fact]) -> None:
        """The events of one commit, in one request for each ten of them."""
        events = core.events_of(contact, facts, self._center.center())
        if events:
            self._bus.publish(events)
