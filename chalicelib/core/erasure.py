"""Forgetting a person: what of customers, contacts and tickets says who it was, and what stays.

Ids, times, lengths, queues, agents and states stay: they are what is counted and paid for. What a
person said, wrote or is called goes, and so does whatever a flow or an agent may have put it in.
Facts are never edited otherwise; here the law wants it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.core import events as e
from chalicelib.core.customer import Customer, Erasure
from chalicelib.core.events import Fact
from chalicelib.core.ticket import Note, Ticket, TicketChange

ERASED = "(erased)"  # in place of words that must not be empty
_KEPT_DETAILS = ("Tags",)  # by which costs are told apart


def forgotten(customer: Customer, *, at: datetime, by: str) -> Customer:
    """The customer of whom only the id is left, and that others lead to it."""
    mark = replace(customer.merged, gained=()) if customer.merged else None
    return Customer(
        customer_id=customer.customer_id,
        created_at=customer.created_at,
        created_by=customer.created_by,
        first_contact_id=customer.first_contact_id,
        absorbed=customer.absorbed,
        merged=mark,
        holds=customer.holds,
        erasure=customer.erasure or Erasure(at=at, by=by),
        version=customer.version,
    )


def erased_fact(fact: Fact) -> Fact:
    """What happened and when, without the words of the customer and about the customer."""
    return replace(fact, event=_erased(fact.event))


def _erased(event: e.ContactEvent) -> e.ContactEvent:
    match event:
        case e.ContactInitiated():
            return replace(event, customer_endpoint=None, customer_name=None, attributes={})
        case e.BlockExecuted():
            return replace(event, given={}, changed={})
        case e.AfterContactWorkEnded():
            return replace(event, note="", ticket_subject="")
        case e.AttributesUpdated():
            return replace(event, attributes={})
        case e.DetailsUpdated():
            kept = {name: event.details[name] for name in _KEPT_DETAILS if name in event.details}
            return replace(event, details=kept)
        case e.LegalHoldChanged():
            return replace(event, reason=ERASED)
        case _:
            return event


def erased_ticket(ticket: Ticket, *, at: datetime, by: str) -> Ticket:
    """The next version of a ticket that says nothing of anybody; notes and history lie apart."""
    version = ticket.version + 1
    line = TicketChange(version=version, at=at, by=by, change="erased")
    return replace(
        ticket,
        version=version,
        updated_at=at,
        subject=ERASED,
        details={},
        asked=replace(ticket.asked, reason=ERASED) if ticket.asked else None,
        erased_at=at,
        history=(*ticket.history, line),
    )


def erased_note(note: Note) -> Note:
    return replace(note, text=ERASED)


def erased_change(line: TicketChange) -> TicketChange:
    """A line of history; of those only that of the subject repeats what somebody wrote."""
    return replace(line, change="subject changed") if line.change.startswith("subject ") else line
