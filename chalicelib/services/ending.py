"""The end of a contact, whoever brings it about."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.center import Center
from chalicelib.core.contact import Change
from chalicelib.core.events import DisconnectReason
from chalicelib.core.lifecycle import disconnect
from chalicelib.services.ports import Commit, RoutingStore
from chalicelib.services.slots import agents_after


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
    agents = agents_after(change, at=at, center=center, routing=routing)
    return Commit(contact=change, agents=agents)
