"""Forgets customers: who they were, what they said and wrote; and keeps what is under legal hold.

A job on a queue does it, so that it goes on after a crash, in parts that may each run twice: what
is forgotten says so itself. First the customer, whom nobody finds from then on; then contacts and
tickets. For half a day it looks again, for contacts that were going on, and recordings that were
still on their way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from chalicelib.core import events as e
from chalicelib.core.contact import Change, Contact, ContactState
from chalicelib.core.customer import Customer
from chalicelib.core.erasure import erased_ticket, forgotten
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.legal_hold import HoldChange, check_reason
from chalicelib.core.ticket import Ticket
from chalicelib.services.feedback import FeedbackService
from chalicelib.services.ports import (
    Commit,
    ContactStore,
    CustomerStore,
    ErasureJob,
    ErasureJobs,
    ObjectStore,
    TicketStore,
)
from chalicelib.services.races import insist
from chalicelib.services.recordings import parts_prefix

LOOKS_FOR = timedelta(hours=12)
LOOKS_EVERY_SECONDS = 900  # as long as a queue keeps a message back
_PART = 100  # contacts, and tickets, of one run: far within what a function may take
_ALL = 100_000  # more tickets than anybody has


@dataclass(frozen=True, slots=True)
class HeldContact:
    contact_id: ContactId
    hold: HoldChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureState:
    """How far it is. `erased_at` None: not yet begun; `done_at` None: not yet through.

    What is held stays, and is in none of the counts.
    """

    customer_id: CustomerId
    erased_at: datetime | None
    erased_by: str | None
    done_at: datetime | None
    contacts_left: int
    tickets_left: int
    held_contacts: Sequence[HeldContact]
    held_tickets: Sequence[TicketId]


class ErasureService:
    """`recordings` holds audio, the chunks that it was made of, and transcripts."""

    def __init__(
        self,
        *,
        customers: CustomerStore,
        contacts: ContactStore,
        tickets: TicketStore,
        recordings: ObjectStore,
        jobs: ErasureJobs,
        feedback: FeedbackService,
        now: Callable[[], datetime],
    ) -> None:
        self._customers = customers
        self._contacts = contacts
        self._tickets = tickets
        self._recordings = recordings
        self._jobs = jobs
        self._feedback = feedback
        self._now = now

    def request(self, customer_id: CustomerId, *, by: str) -> ErasureState:
        """Has the customer forgotten, and all who were merged into it; again changes nothing.

        NotFound; Conflict when the customer is under legal hold.
        """
        family = self._family(customer_id)
        _check_free(family)
        until = self._now() + LOOKS_FOR
        self._jobs.order(ErasureJob(customer_id=family[0].customer_id, by=by, until=until))
        return self._state(family)

    def state(self, customer_id: CustomerId) -> ErasureState:
        return self._state(self._family(customer_id))

    def run(self, job: ErasureJob) -> None:
        """Does a part of what is left, and orders the next; a customer who is held meanwhile is
        left alone."""
        family = self._family(job.customer_id)
        if any(each.hold for each in family):
            return
        if any(each.erasure is None for each in family):
            insist(lambda: self._forget(job))
        contacts, tickets, held = self._left(family)
        self._feedback.forget([each.customer_id for each in family], kept=held)
        for contact in contacts[:_PART]:
            self._erase_contact(contact, job.by)
        for ticket in tickets[:_PART]:
            self._erase_ticket(ticket, job.by)
        if max(len(contacts), len(tickets)) > _PART:
            self._jobs.order(job)
            return
        insist(lambda: self._note_done(job))
        if self._now() < job.until:
            self._jobs.order(job, delay_seconds=LOOKS_EVERY_SECONDS)

    # --- legal hold ---

    def hold_customer(
        self, customer_id: CustomerId, *, is_held: bool, reason: str, by: str
    ) -> Customer:
        """Sets or lifts the hold of a customer; NotFound, Rejected without a reason."""
        change = HoldChange(is_held=is_held, by=by, at=self._now(), reason=check_reason(reason))

        def attempt() -> Customer:
            known = self._family(customer_id)[0]
            if change.says_the_same(known.hold):
                return known
            self._customers.save(known, replace(known, holds=(*known.holds, change)))
            return self._family(customer_id)[0]

        return insist(attempt)

    def hold_contact(
        self, contact_id: ContactId, *, is_held: bool, reason: str, by: str
    ) -> Contact:
        """The same of one contact with its recordings; the contact's facts keep who and why."""
        event = e.LegalHoldChanged(is_held=is_held, by=by, reason=check_reason(reason))
        change = HoldChange(is_held=is_held, by=by, at=self._now(), reason=event.reason)
        self._append(contact_id, event, unless=lambda now: change.says_the_same(now.hold))
        return self._contacts.get(contact_id)

    # --- one after the other ---

    def _forget(self, job: ErasureJob) -> None:
        known = [each for each in self._family(job.customer_id) if each.erasure is None]
        at = self._now()
        changes = [(each, forgotten(each, at=at, by=job.by)) for each in known]
        if changes:
            self._customers.save_together(changes)

    def _erase_contact(self, contact: Contact, by: str) -> None:
        """The fact comes last: until it is there, all of it is done again."""
        contact_id = contact.contact_id
        self._recordings.erase(parts_prefix(contact_id))
        for recording in contact.recordings:
            self._recordings.erase(recording.key)
        if contact.transcript_key is not None:
            self._recordings.erase(contact.transcript_key)
        self._contacts.erase_words(contact_id)
        self._append(contact_id, e.ContactErased(by=by), unless=lambda now: now.is_erased)

    def _erase_ticket(self, ticket: Ticket, by: str) -> None:
        self._tickets.erase_words(ticket.ticket_id)

        def attempt() -> None:
            now = self._tickets.get(ticket.ticket_id)
            if now.erased_at is None:
                self._tickets.save(now, erased_ticket(now, at=self._now(), by=by))

        insist(attempt)

    def _note_done(self, job: ErasureJob) -> None:
        known = self._family(job.customer_id)[0]
        if known.erasure is not None and known.erasure.done_at is None:
            done = replace(known.erasure, done_at=self._now())
            self._customers.save(known, replace(known, erasure=done))

    def _append(
        self, contact_id: ContactId, event: e.ContactEvent, *, unless: Callable[[Contact], bool]
    ) -> None:
        def add() -> None:
            contact = self._contacts.get(contact_id)
            if not unless(contact):
                change = Change.of(contact).then(event, self._now())
                self._contacts.commit(Commit(contact=change))

        insist(add)

    # --- what there is ---

    def _family(self, customer_id: CustomerId) -> list[Customer]:
        """The customer, and everybody who was merged into it; NotFound."""
        known = self._customers.get_many([customer_id])
        if not known:
            raise NotFound(f"no customer {customer_id!r}", field="customerId", value=customer_id)
        return [known[0], *self._customers.records(known[0].absorbed)]

    def _left(
        self, family: Sequence[Customer]
    ) -> tuple[list[Contact], list[Ticket], list[TicketId]]:
        """What is neither erased nor held, and which tickets are held.

        Contacts that go on come into the history later.
        """
        found = list(self._contacts_of(family))
        held = {contact.contact_id for contact in found if contact.is_held}
        contacts = [
            contact
            for contact in found
            if contact.state is ContactState.COMPLETED
            and not (contact.is_erased or contact.is_held)
        ]
        known = list(self._tickets_of(family))
        kept = [ticket.ticket_id for ticket in known if held.intersection(ticket.contact_ids)]
        tickets = [t for t in known if t.erased_at is None and t.ticket_id not in kept]
        return contacts, tickets, kept

    def _contacts_of(self, family: Sequence[Customer]) -> Iterator[Contact]:
        """Those of their histories that did not turn out to be somebody else's."""
        whose = [each.customer_id for each in family]
        lines = [line for each in whose for line in self._customers.contacts_of(each)]
        for part in batched(dict.fromkeys(line.contact_id for line in lines), 100):
            found = self._contacts.among(part)
            yield from (contact for contact in found if contact.customer_id in whose)

    def _tickets_of(self, family: Sequence[Customer]) -> Iterator[Ticket]:
        for each in family:
            yield from self._tickets.of_customer(each.customer_id, limit=_ALL)

    def _state(self, family: Sequence[Customer]) -> ErasureState:
        contacts, tickets, kept = self._left(family)
        held = [contact for contact in self._contacts_of(family) if contact.is_held]
        erasure = family[0].erasure
        return ErasureState(
            customer_id=family[0].customer_id,
            erased_at=erasure.at if erasure else None,
            erased_by=erasure.by if erasure else None,
            done_at=erasure.done_at if erasure else None,
            contacts_left=len(contacts),
            tickets_left=len(tickets),
            held_contacts=[HeldContact(c.contact_id, c.hold) for c in held if c.hold],
            held_tickets=kept,
        )


def _check_free(family: Sequence[Customer]) -> None:
    for each in family:
        if each.hold is not None:
            raise Conflict(
                f"customer {each.customer_id!r} is under legal hold by {each.hold.by}",
                field="customerId",
                value=each.customer_id,
                current=each.hold,
            )
