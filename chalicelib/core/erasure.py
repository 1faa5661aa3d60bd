"""Forgetting a person: what of customers, contacts and tickets says who it was, and what stays.

Ids, times, lengths, queues, agents and states stay: they are what is counted and paid for. What a
person said, wrote or is called goes, and so does whatever a flow or an agent may have put it in. Of
a subject, and of a customer's id that is not ours, a digest stays: by these it is counted who came
back for the same thing, and agents are paid by that. Facts are never edited otherwise; here the law
wants it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from chalicelib.core import events as e
from chalicelib.core.attributes import ATTRIBUTE_PATH, SUBJECT
from chalicelib.core.customer import Customer, Erasure
from chalicelib.core.events import Fact
from chalicelib.core.ticket import Note, Ticket, TicketChange

ERASED = "(erased)"  # in place of words that must not be empty
# What comes before the reason in the lines of `escalation`.
_DECIDED = re.compile(r"(.+? (?:escalated to \w+|granted by own authority|granted|refused)): ")
_SAYS_NOTHING = re.compile(r"|C-[\w-]+|erased:[0-9a-f]{24}")  # ids of ours, and digests


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
            subject = _subject(event.attributes, SUBJECT)
            return replace(event, customer_endpoint=None, customer_name=None, attributes=subject)
        case e.BlockExecuted():
            subject = _subject(event.changed, f"{ATTRIBUTE_PATH}{SUBJECT}")
            return replace(event, given={}, changed=subject)
        case e.AfterContactWorkEnded():
            return replace(event, note="", ticket_subject="")
        case e.AttributesUpdated():
            return replace(event, attributes=_subject(event.attributes, SUBJECT))
        case e.DetailsUpdated():
            return replace(event, details=_kept_details(event.details))
        case e.LegalHoldChanged():
            return replace(event, reason=ERASED)
        case _:
            return event


def _subject(said: Mapping[str, str], name: str) -> dict[str, str]:
    """Nothing but the subject's digest; however it is spelled, it is the same."""
    return {name: _digest(said[name].strip().casefold())} if name in said else {}


def _kept_details(details: Mapping[str, object]) -> dict[str, object]:
    """Tags, by which costs are told apart, and whom a flow named."""
    kept: dict[str, object] = {}
    if "Tags" in details:
        kept["Tags"] = details["Tags"]
    if "CustomerId" in details:
        kept["CustomerId"] = _digest(str(details["CustomerId"] or ""))
    return kept


def _digest(text: str) -> str:
    """The same for the same text; of a digest, and of what says nothing of anybody, itself."""
    if _SAYS_NOTHING.fullmatch(text):
        return text
    return f"erased:{sha256(text.encode()).hexdigest()[:24]}"


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
    """A line of history without what somebody wrote: subjects, and reasons of what was decided."""
    if line.change.startswith("subject "):
        return replace(line, change="subject changed")
    decided = _DECIDED.match(line.change)
    return replace(line, change=decided[1]) if decided else line
