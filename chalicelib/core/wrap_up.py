"""What the end of after contact work means for tickets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.core.contact import Contact
from chalicelib.core.events import AfterContactWorkEnded, Channel
from chalicelib.core.feedback import Way
from chalicelib.core.sla import Terms
from chalicelib.core.ticket import (
    MOVES,
    NO_TERMS,
    SUBJECT_LIMIT,
    Note,
    Ticket,
    TicketDraft,
    TicketStatus,
    open_ticket,
    status_named,
    ticket_id_for,
)
from chalicelib.core.ticket_edit import KEEP, Keep, TicketEdit, edit

FOLLOW_UP_HOURS = 24  # due time of a follow-up that was promised without one
NOT_GIVEN = "Disposition not given"  # the to-do of an agent whose work the server ended


@dataclass(frozen=True, slots=True)
class Outcome:
    """A wrap-up as tickets see it; `fact_id` makes everything that follows happen once."""

    ended: AfterContactWorkEnded
    contact: Contact
    fact_id: str
    at: datetime

    @property
    def agent(self) -> str:
        return self.contact.agent.username if self.contact.agent else "system"

    @property
    def status(self) -> TicketStatus | None:
        """What the agent chose. When the server ended the work, the agent owes a follow-up."""
        if self.ended.ticket_status is not None:
            return status_named(self.ended.ticket_status)
        return TicketStatus.FOLLOW_UP if self.ended.is_by_server else None

    @property
    def feedback(self) -> Way | None:
        """How the customer is asked, if this closes the ticket."""
        return Way(self.ended.feedback) if self.ended.feedback else None

    @property
    def note(self) -> Note | None:
        if not self.ended.note:
            return None
        return Note(note_id=self.fact_id, at=self.at, by=self.agent, text=self.ended.note)

    def new_ticket(self, follows: Ticket | None = None) -> Ticket:
        """The ticket this wrap-up opens; with the same id at every attempt."""
        status = self.status or TicketStatus.OPEN
        promise = promised(TicketEdit(status=status), None, agent=self.agent, at=self.at)
        draft = TicketDraft(
            subject=self._subject(follows),
            status=status,
            customer_id=self.contact.customer_id,
            contact_id=self.contact.contact_id,
            owner=None if isinstance(promise.owner, Keep) else promise.owner,
            due_at=None if isinstance(promise.due_at, Keep) else promise.due_at,
            follows=follows.ticket_id if follows else None,
            queue_id=self.contact.queue.queue_id if self.contact.queue else None,
        )
        ticket = draft.ticket(ticket_id_for(self.fact_id), self.at)
        if status is TicketStatus.CLOSED:
            ticket = replace(ticket, feedback=self.feedback)
        return open_ticket(ticket, at=self.at, by=self.agent, source=self.fact_id)

    def comes_too_late(self, ticket: Ticket) -> bool:
        """The ticket was closed too long ago to be opened again: a new one must follow it."""
        wants_open = self.status is not None and self.status.is_open
        return wants_open and not ticket.can_reopen(self.at)

    def carried_into(self, ticket: Ticket, terms: Terms = NO_TERMS) -> Ticket:
        """The ticket with this contact, and with the status that the agent chose. Whoever
        talked or wrote to the customer has answered.

        The ticket may have moved since the agent looked: a status that cannot follow from where
        it is now becomes the nearest that can, so that no wrap-up is lost over it.
        """
        status: TicketStatus | Keep = self.status or KEEP
        allowed = (ticket.status, *MOVES[ticket.status])
        if isinstance(status, TicketStatus) and status not in allowed:
            status = TicketStatus.OPEN if status.is_open else KEEP
        is_closing = status is TicketStatus.CLOSED and ticket.status is not TicketStatus.CLOSED
        wanted = TicketEdit(
            status=status,
            customer_id=self.contact.customer_id if ticket.customer_id is None else KEEP,
            add_contact=self.contact.contact_id,
            responded=ticket.sla is not None and self.contact.channel is not Channel.TASK,
            feedback=self.feedback if is_closing else None,
        )
        return edit(
            ticket,
            promised(wanted, ticket, agent=self.agent, at=self.at),
            version=ticket.version,
            at=self.at,
            by=self.agent,
            source=self.fact_id,
            terms=terms,
        )

    def _subject(self, follows: Ticket | None) -> str:
        given = self.ended.ticket_subject.strip()[:SUBJECT_LIMIT]
        if given:
            return given
        if follows is not None:
            return follows.subject
        if self.ended.is_by_server:
            return NOT_GIVEN
        return self.ended.disposition or f"{self.contact.channel.capitalize()} contact"


def promised(wanted: TicketEdit, ticket: Ticket | None, *, agent: str, at: datetime) -> TicketEdit:
    """A follow-up promised without owner or due time: the agent's, due in FOLLOW_UP_HOURS."""
    if wanted.status is not TicketStatus.FOLLOW_UP:
        return wanted
    owner = ticket.owner if ticket and wanted.owner is KEEP else wanted.owner
    due_at = ticket.due_at if ticket and wanted.due_at is KEEP else wanted.due_at
    if owner is None or owner is KEEP:
        wanted = replace(wanted, owner=agent)
    if due_at is None or due_at is KEEP:
        wanted = replace(wanted, due_at=at + timedelta(hours=FOLLOW_UP_HOURS))
    return wanted
