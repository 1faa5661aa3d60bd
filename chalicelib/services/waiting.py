"""A contact's place in line and the wait that is to be expected, measured and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.core.center import Center, Queue
from chalicelib.core.contact import Contact
from chalicelib.core.errors import NotFound
from chalicelib.core.events import Channel, DisconnectReason, Fact, PlaceAnnounced
from chalicelib.core.routing import Place
from chalicelib.core.waiting import (
    Basis,
    Came,
    Sample,
    agents_of,
    ahead_of,
    estimate,
    explained,
    free_among,
    may_have_come,
    pace_of,
    place_told,
)
from chalicelib.services.pace_ports import PaceStore
from chalicelib.services.ports import ContactStore, RoutingStore
from chalicelib.services.staff import staff_of

_LOOKED_AT = 25  # contacts, to find who came before one that stands further back than it was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a contact may be told. `news`: the fact, if it says more than the last one."""

    place: int
    seconds: int | None
    news: PlaceAnnounced | None

    @property
    def minutes(self) -> int | None:
        """To be read out: begun ones count."""
        return None if self.seconds is None else -(-self.seconds // 60)


class WaitingService:
    """Requests of an estimate: one, and once every 15 s for a queue and channel six more and one
    for each hundred agents. A place that rose costs one for each contact before it, up to 25."""

    def __init__(self, *, pace: PaceStore, contacts: ContactStore, routing: RoutingStore) -> None:
        self._pace = pace
        self._contacts = contacts
        self._routing = routing

    # --- what is told -----------------------------------------------------------------------------

    def of_contact(
        self, contact: Contact, queue: Queue, line: Sequence[Place], center: Center, at: datetime
    ) -> Wait | None:
        """`line`: those in this queue on its channel, at least who stands before the contact.
        None: it does not wait there."""
        ahead, stay = ahead_of(line, contact), contact.queue
        if ahead is None or stay is None or stay.queue_id != queue.queue_id:
            return None
        place, moved_by = place_told(
            len(ahead) + 1, contact.told, contact, self._came(contact, ahead)
        )
        basis = self._basis(queue, contact.channel, center, at)
        seconds = _whole(estimate(basis, place - 1))
        fact = PlaceAnnounced(
            queue_id=stay.queue_id,
            place=place,
            wait_seconds=seconds,
            why=explained(basis, place - 1),
            priority=stay.priority,
            counts_since=stay.counts_since,
            moved_by=moved_by,
        )
        return Wait(place=place, seconds=seconds, news=None if fact == contact.told else fact)

    def of_queue(
        self, queue: Queue, channel: Channel, waiting: int, center: Center, at: datetime
    ) -> int | None:
        """Seconds that somebody would wait who came now, behind so many. None: nobody can tell."""
        return _whole(estimate(self._basis(queue, channel, center, at), waiting))

    # --- what is measured -------------------------------------------------------------------------

    def note_handled(self, contact: Contact, fact: Fact) -> None:
        """After contact work is over: so long an agent was busy with it."""
        stay, agent = contact.queue, contact.agent
        if stay is None or agent is None:
            return
        handled = (fact.at - agent.connected_at).total_seconds()
        sample = Sample(waited_seconds=contact.wait_seconds(fact.at), handle_seconds=handled)
        self._note(contact, sample, fact.at)

    def note_gave_up(self, contact: Contact, fact: Fact) -> None:
        """It left without ever meeting an agent; whoever is to be called back has not left."""
        is_by_flow = contact.disconnect_reason is DisconnectReason.CONTACT_FLOW_DISCONNECT
        if contact.agent is None and not is_by_flow:
            self._note(contact, Sample(waited_seconds=contact.wait_seconds(fact.at)), fact.at)

    def _note(self, contact: Contact, sample: Sample, at: datetime) -> None:
        stay = contact.queue
        if stay is not None:
            self._pace.note(stay.queue_id, contact.channel, contact.contact_id, sample, at=at)

    # --- what it is made from ---------------------------------------------------------------------

    def _basis(self, queue: Queue, channel: Channel, center: Center, at: datetime) -> Basis:
        known = self._pace.basis(queue.queue_id, channel)
        if known is not None and known.is_good(at):
            return known
        staff = staff_of(self._routing, center, queue.queue_id, [channel], at=at)
        served = {
            entry.queue_id
            for _, profile in staff
            for entry in profile.queues
            if entry.channel is channel
        }
        lines = [each for each in center.queues if each.queue_id in served]
        depths = self._routing.depths([(each, channel) for each in lines])
        waiting = {each.queue_id: d.waiting for each, d in zip(lines, depths, strict=True)}
        basis = Basis(
            counted_at=at,
            agents=agents_of(staff, queue.queue_id, channel, waiting),
            free=free_among(staff, channel),
            pace=pace_of(self._pace.stretches(queue.queue_id, channel)),
        )
        self._pace.keep(queue.queue_id, channel, basis)
        return basis

    def _came(self, contact: Contact, ahead: Sequence[Place]) -> list[Came]:
        """Who stands before it and did not, when it stands further back than it was told."""
        told, told_at = contact.told, contact.told_at
        if told is None or told_at is None or len(ahead) + 1 <= told.place:
            return []
        # Those of a higher priority first: there are few, and they are the usual reason.
        nearest = sorted(ahead, key=lambda each: each.priority)[:_LOOKED_AT]
        others = (self._contact(place) for place in nearest)
        found = (may_have_come(other, told, told_at) for other in others if other is not None)
        return [came for came in found if came is not None]

    def _contact(self, place: Place) -> Contact | None:
        try:
            return self._contacts.get(place.contact_id)
        except NotFound:
            return None


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


__all__ = ["Wait", "WaitingService"]
