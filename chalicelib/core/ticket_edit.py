"""What somebody wants otherwise about a ticket, and the ticket after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Literal

from chalicelib.core.civil_day import minute
from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.feedback import Way
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.sla import Terms, told
from chalicelib.core.ticket import (
    MOST_LINKS,
    MOVES,
    NO_TERMS,
    REOPEN_DAYS,
    Link,
    Ticket,
    TicketStatus,
    check_due,
    check_follow_up,
    check_subject,
    next_version,
    promised,
)


class Keep(Enum):
    """Says that a field of an edit stays as it is, where None would clear it."""

    KEEP = "keep"


KEEP: Literal[Keep.KEEP] = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEdit:
    """What somebody wants otherwise. `responded`: the customer was answered just now."""

    status: TicketStatus | Keep = KEEP
    subject: str | Keep = KEEP
    owner: str | None | Keep = KEEP
    due_at: datetime | None | Keep = KEEP
    customer_id: CustomerId | None | Keep = KEEP
    add_contact: ContactId | None = None
    details: Mapping[str, str] | Keep = KEEP  # added to those that are there; empty: forgotten
    kind: str | Keep = KEEP
    waiting: bool | Keep = KEEP  # for the customer
    responded: bool = False
    add_link: Link | None = None
    feedback: Way | None = None  # how the customer is asked, once this has closed the ticket

    @property
    def fields(self) -> dict[str, object]:
        """The fields it touches, under the names that clients use."""
        wanted: dict[str, object] = {
            "status": self.status,
            "subject": self.subject,
            "owner": self.owner,
            "dueAt": self.due_at,
            "customerId": self.customer_id,
            "kind": self.kind,
            "waitingForCustomer": self.waiting,
        }
        return {name: value for name, value in wanted.items() if value is not KEEP}

    @property
    def is_empty(self) -> bool:
        added = (self.add_contact, self.add_link, self.feedback)
        is_added = any(each is not None for each in added) or self.responded
        return not self.fields and not is_added and self.details is KEEP


def edit(
    ticket: Ticket,
    wanted: TicketEdit,
    *,
    version: int,
    at: datetime,
    by: str,
    source: str = "",
    terms: Terms = NO_TERMS,
) -> Ticket:
    """The ticket after the edit, one version on; the same ticket when nothing differs.

    Conflict with the difference when the edit was made on another version; Rejected when the
    move is not allowed, a follow-up lacks owner or due time, there is no clock to stop, or the
    customer is to be asked about a ticket that this does not close.
    """
    if version != ticket.version:
        raise stale(ticket, wanted, version)
    lines: list[str] = []
    after = ticket
    if not isinstance(wanted.status, Keep):
        after = _move(after, wanted.status, at, lines)
    after = _ask_for_feedback(ticket, after, wanted.feedback, lines)
    if not isinstance(wanted.subject, Keep):
        after = _rename(after, wanted.subject, lines)
    after = _assign(after, wanted, at, lines)
    if not isinstance(wanted.details, Keep):
        after = _fill_in(after, wanted.details, lines)
    after = _connect(after, wanted, lines)
    after = _keep_time(ticket, after, wanted, terms, at, lines)
    if not lines and not source:
        return ticket
    check_follow_up(after)
    return next_version(after, lines or ["nothing changed"], at=at, by=by, source=source)


def stale(ticket: Ticket, wanted: TicketEdit, version: int) -> Conflict:
    """Says that the edit was made on an old version, and in which fields the two differ."""
    theirs = current_fields(ticket)
    difference = {
        name: (yours, theirs[name])
        for name, yours in wanted.fields.items()
        if yours != theirs[name]
    }
    return Conflict(
        f"ticket {ticket.ticket_id} is at version {ticket.version}, not {version}",
        field="version",
        value=version,
        current=ticket,
        difference=difference,
    )


def current_fields(ticket: Ticket) -> dict[str, object]:
    """What can be edited, under the names that clients use."""
    return {
        "status": ticket.status,
        "subject": ticket.subject,
        "owner": ticket.owner,
        "dueAt": ticket.due_at,
        "customerId": ticket.customer_id,
        "kind": ticket.kind,
        "waitingForCustomer": ticket.is_waiting,
    }


# --- one field each -----------------------------------------------------------------------------


def _move(ticket: Ticket, status: TicketStatus, at: datetime, lines: list[str]) -> Ticket:
    before = ticket.status
    if status is before:
        return ticket
    if status not in MOVES[before]:
        raise Rejected(
            f"ticket {ticket.ticket_id} is {before}: it can become "
            f"{' or '.join(MOVES[before])}, not {status}",
            field="status",
            value=status,
        )
    if before is TicketStatus.CLOSED and not ticket.can_reopen(at):
        raise Rejected(
            f"ticket {ticket.ticket_id} was closed more than {REOPEN_DAYS} days ago: "
            "open a new one that follows it",
            field="status",
            value=status,
        )
    lines.append(f"status {before} → {status}")
    return replace(
        ticket,
        status=status,
        closed_at=at if status is TicketStatus.CLOSED else None,
        settled_at=None if status.is_open else ticket.settled_at or at,
        reopened=ticket.reopened + int(status.is_open and not before.is_open),
    )


def _ask_for_feedback(before: Ticket, after: Ticket, way: Way | None, lines: list[str]) -> Ticket:
    """A ticket that is opened again is nothing to ask about yet."""
    is_closing = before.status is not after.status and after.status is TicketStatus.CLOSED
    if way is None:
        return after if after.status is before.status else replace(after, feedback=None)
    if not is_closing:
        message = f"ticket {before.ticket_id} is not being closed: nobody is asked about it"
        raise Rejected(message, field="feedback", value=way)
    lines.append(f"feedback is asked for by {way}")
    return replace(after, feedback=way)


def _rename(ticket: Ticket, subject: str, lines: list[str]) -> Ticket:
    checked = check_subject(subject)
    if checked == ticket.subject:
        return ticket
    lines.append(f"subject {ticket.subject!r} → {checked!r}")
    return replace(ticket, subject=checked)


def _assign(ticket: Ticket, wanted: TicketEdit, at: datetime, lines: list[str]) -> Ticket:
    after = ticket
    if not isinstance(wanted.owner, Keep) and wanted.owner != ticket.owner:
        after = replace(after, owner=wanted.owner)
        lines.append(f"owner {ticket.owner or 'nobody'} → {after.owner or 'nobody'}")
    if not isinstance(wanted.due_at, Keep) and wanted.due_at != ticket.due_at:
        check_due(wanted.due_at, at)
        after = replace(after, due_at=wanted.due_at)
        lines.append(f"due {minute(ticket.due_at)} → {minute(wanted.due_at)}")
    if not isinstance(wanted.customer_id, Keep) and wanted.customer_id != ticket.customer_id:
        after = replace(after, customer_id=wanted.customer_id)
        lines.append(f"customer {ticket.customer_id or 'none'} → {wanted.customer_id or 'none'}")
    return after


def _fill_in(ticket: Ticket, given: Mapping[str, str], lines: list[str]) -> Ticket:
    details = {**ticket.details, **given}
    details = {name: value for name, value in details.items() if value}
    changed = sorted(k for k in given if details.get(k) != ticket.details.get(k))
    lines += [f"{name} {'set' if name in details else 'cleared'}" for name in changed]
    return replace(ticket, details=details) if changed else ticket


def _connect(ticket: Ticket, wanted: TicketEdit, lines: list[str]) -> Ticket:
    after, contact_id, link = ticket, wanted.add_contact, wanted.add_link
    if contact_id and contact_id not in after.contact_ids:
        after = replace(after, contact_ids=(*after.contact_ids, contact_id))
        lines.append(f"contact {contact_id} added")
    if link is not None and link not in after.links:
        _check_link(after, link)
        after = replace(after, links=(*after.links, link))
        lines.append(f"{link.kind} {link.ticket_id}")
    return after


def _check_link(ticket: Ticket, link: Link) -> None:
    if link.ticket_id == ticket.ticket_id:
        message = f"ticket {ticket.ticket_id} cannot be linked to itself"
        raise Rejected(message, field="link.ticketId", value=link.ticket_id)
    if len(ticket.links) >= MOST_LINKS:
        message = f"ticket {ticket.ticket_id} has {MOST_LINKS} links already, and takes no more"
        raise Rejected(message, field="link", value=link.ticket_id)


# --- clocks -------------------------------------------------------------------------------------


def _keep_time(
    before: Ticket,
    ticket: Ticket,
    wanted: TicketEdit,
    terms: Terms,
    at: datetime,
    lines: list[str],
) -> Ticket:
    """What the edit means for the clocks; a new kind begins them anew."""
    after = ticket
    if not isinstance(wanted.kind, Keep) and wanted.kind != ticket.kind:
        after = _reclassify(after, wanted.kind, terms, at, lines)
    elif after.sla is not None and before.status.is_open != after.status.is_open:
        sla = after.sla.reopened(at) if after.status.is_open else after.sla.finished(at)
        after = replace(after, sla=sla)
    if wanted.responded:
        lines.append("customer answered")
        after = replace(after, sla=after.sla.responded(at) if after.sla is not None else None)
    if not isinstance(wanted.waiting, Keep) and wanted.waiting != after.is_waiting:
        after = _wait(after, wanted.waiting, at, lines)
    if after.sla is None or after.sla == before.sla:
        return after
    sla = after.sla
    if after.status.is_open:
        sla = sla.reckoned(terms.calendar(sla.hours_id), at)
    lines += told(before.sla, sla)
    return replace(after, sla=sla)


def _reclassify(ticket: Ticket, kind: str, terms: Terms, at: datetime, lines: list[str]) -> Ticket:
    if not ticket.status.is_open:
        message = f"ticket {ticket.ticket_id} is {ticket.status}: its kind cannot change"
        raise Rejected(message, field="kind", value=kind)
    lines.append(f"kind {ticket.kind or 'none'} → {kind or 'none'}")
    return promised(replace(ticket, kind=kind), terms, at)


def _wait(ticket: Ticket, is_waiting: bool, at: datetime, lines: list[str]) -> Ticket:
    sla = ticket.sla
    if sla is None or not ticket.status.is_open:
        state = "has no clock" if sla is None else f"is {ticket.status}, and no clock runs"
        message = f"ticket {ticket.ticket_id} {state} that could wait for the customer"
        raise Rejected(message, field="waitingForCustomer", value=is_waiting)
    lines.append("waiting for customer" if is_waiting else "not waiting for customer any more")
    return replace(ticket, sla=sla.paused(at) if is_waiting else sla.resumed(at))
