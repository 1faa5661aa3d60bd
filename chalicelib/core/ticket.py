"""What the center owes a customer: four states, the moves between them, a line per change."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from hashlib import sha256
from typing import Literal

from chalicelib.core.errors import Conflict, Rejected
from chalicelib.core.ids import ContactId, CustomerId, TicketId

NOTE_LIMIT = 10_000  # characters
SUBJECT_LIMIT = 250
REOPEN_DAYS = 14  # a closed ticket may be opened again; later a new one is linked to it


class TicketStatus(StrEnum):
    OPEN = "open"
    FOLLOW_UP = "follow-up"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Somebody still has something to do."""
        return self in (TicketStatus.OPEN, TicketStatus.FOLLOW_UP)


MOVES: Mapping[TicketStatus, tuple[TicketStatus, ...]] = {
    TicketStatus.OPEN: (TicketStatus.FOLLOW_UP, TicketStatus.RESOLVED, TicketStatus.CLOSED),
    TicketStatus.FOLLOW_UP: (TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.CLOSED),
    TicketStatus.RESOLVED: (TicketStatus.CLOSED, TicketStatus.OPEN),
    TicketStatus.CLOSED: (TicketStatus.OPEN,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChange:
    """One line of a ticket's history. `source` names the fact it follows from, if any."""

    version: int
    at: datetime
    by: str
    change: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote down, kept as it was written."""

    note_id: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """`version` counts the changes saved; notes are added beside it, never in its way."""

    ticket_id: TicketId
    status: TicketStatus
    subject: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    customer_id: CustomerId | None = None
    contact_ids: tuple[ContactId, ...] = ()
    owner: str | None = None  # a username
    due_at: datetime | None = None
    closed_at: datetime | None = None
    follows: TicketId | None = None  # the ticket that was closed too long ago to open again
    template: str = ""  # of a case: the id of the template that names its fields
    details: Mapping[str, str] = field(default_factory=dict)  # those fields, by id
    erased_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    history: tuple[TicketChange, ...] = ()

    def can_reopen(self, at: datetime) -> bool:
        return self.closed_at is None or at - self.closed_at <= timedelta(days=REOPEN_DAYS)

    def has_followed(self, source: str) -> bool:
        """This fact has had its effect here already."""
        return any(line.source == source for line in self.history)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """What somebody says of a ticket to be opened."""

    subject: str
    status: TicketStatus = TicketStatus.OPEN
    customer_id: CustomerId | None = None
    contact_id: ContactId | None = None
    owner: str | None = None
    due_at: datetime | None = None
    follows: TicketId | None = None
    note: str | None = None
    template: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    def ticket(self, ticket_id: TicketId, at: datetime) -> Ticket:
        return Ticket(
            ticket_id=ticket_id,
            status=self.status,
            subject=self.subject,
            created_at=at,
            updated_at=at,
            customer_id=self.customer_id,
            contact_ids=(self.contact_id,) if self.contact_id else (),
            owner=self.owner,
            due_at=self.due_at,
            follows=self.follows,
            template=self.template,
            details=dict(self.details),
        )


class Keep(Enum):
    """Says that a field of an edit stays as it is, where None would clear it."""

    KEEP = "keep"


KEEP: Literal[Keep.KEEP] = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEdit:
    """What somebody wants otherwise."""

    status: TicketStatus | Keep = KEEP
    subject: str | Keep = KEEP
    owner: str | None | Keep = KEEP
    due_at: datetime | None | Keep = KEEP
    customer_id: CustomerId | None | Keep = KEEP
    add_contact: ContactId | None = None
    details: Mapping[str, str] | Keep = KEEP  # added to those that are there; empty: forgotten

    @property
    def fields(self) -> dict[str, object]:
        """The fields it touches, under the names that clients use."""
        wanted: dict[str, object] = {
            "status": self.status,
            "subject": self.subject,
            "owner": self.owner,
            "dueAt": self.due_at,
            "customerId": self.customer_id,
        }
        return {name: value for name, value in wanted.items() if value is not KEEP}

    @property
    def is_empty(self) -> bool:
        return not self.fields and self.add_contact is None and self.details is KEEP


def ticket_id_for(source: str) -> TicketId:
    """The ticket that follows from a fact or a request: the same at every attempt."""
    return TicketId(f"T-{b32encode(sha256(f'ticket:{source}'.encode()).digest())[:12].decode()}")


def status_named(name: str) -> TicketStatus:
    """The status of this name; Rejected, listing the four, when there is none."""
    try:
        return TicketStatus(name)
    except ValueError:
        raise Rejected(
            f"status {name!r} is not one of {', '.join(TicketStatus)}", field="status", value=name
        ) from None


def check_note(text: str) -> str:
    """The note as it came; Rejected when it is empty or too long."""
    if not text:
        raise Rejected("note is empty", field="note", value=text)
    if len(text) > NOTE_LIMIT:
        raise Rejected(
            f"note has {len(text)} characters, the limit is {NOTE_LIMIT}",
            field="note",
            value=len(text),
        )
    return text


def open_ticket(ticket: Ticket, *, at: datetime, by: str, source: str = "") -> Ticket:
    """A new ticket, checked, with the first line of its history."""
    checked = replace(ticket, version=1, subject=check_subject(ticket.subject))
    if checked.status is TicketStatus.CLOSED:
        checked = replace(checked, closed_at=at)
    _check_follow_up(checked)
    words = [f"created as {checked.status}"]
    if checked.owner:
        words.append(f"owner {checked.owner}")
    if checked.due_at:
        words.append(f"due {_moment(checked.due_at)}")
    if checked.follows:
        words.append(f"follows {checked.follows}")
    return _with_lines(checked, [", ".join(words)], at=at, by=by, source=source)


def edit(
    ticket: Ticket, wanted: TicketEdit, *, version: int, at: datetime, by: str, source: str = ""
) -> Ticket:
    """The ticket after the edit, one version on; the same ticket when nothing differs.

    Conflict with the difference when the edit was made on another version; Rejected when the
    move is not allowed or a follow-up lacks owner or due time.
    """
    if version != ticket.version:
        raise stale(ticket, wanted, version)
    lines: list[str] = []
    after = ticket
    if not isinstance(wanted.status, Keep):
        after = _move(after, wanted.status, at, lines)
    if not isinstance(wanted.subject, Keep):
        after = _rename(after, wanted.subject, lines)
    after = _assign(after, wanted, lines)
    if not isinstance(wanted.details, Keep):
        after = _fill_in(after, wanted.details, lines)
    if wanted.add_contact and wanted.add_contact not in after.contact_ids:
        after = replace(after, contact_ids=(*after.contact_ids, wanted.add_contact))
        lines.append(f"contact {wanted.add_contact} added")
    if not lines and not source:
        return ticket
    _check_follow_up(after)
    after = replace(after, version=ticket.version + 1, updated_at=at)
    return _with_lines(after, lines or ["nothing changed"], at=at, by=by, source=source)


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
    }


def check_subject(subject: str) -> str:
    """A subject without blanks around it; Rejected when it is empty or too long."""
    stripped = subject.strip()
    if not stripped:
        raise Rejected("subject is empty", field="subject", value=subject[:40])
    if len(stripped) > SUBJECT_LIMIT:
        raise Rejected(
            f"subject has {len(stripped)} characters, the limit is {SUBJECT_LIMIT}",
            field="subject",
            value=len(stripped),
        )
    return stripped


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
    return replace(ticket, status=status, closed_at=at if status is TicketStatus.CLOSED else None)


def _rename(ticket: Ticket, subject: str, lines: list[str]) -> Ticket:
    checked = check_subject(subject)
    if checked == ticket.subject:
        return ticket
    lines.append(f"subject {ticket.subject!r} → {checked!r}")
    return replace(ticket, subject=checked)


def _assign(ticket: Ticket, wanted: TicketEdit, lines: list[str]) -> Ticket:
    after = ticket
    if not isinstance(wanted.owner, Keep) and wanted.owner != ticket.owner:
        after = replace(after, owner=wanted.owner)
        lines.append(f"owner {ticket.owner or 'nobody'} → {after.owner or 'nobody'}")
    if not isinstance(wanted.due_at, Keep) and wanted.due_at != ticket.due_at:
        after = replace(after, due_at=wanted.due_at)
        lines.append(f"due {_moment(ticket.due_at)} → {_moment(wanted.due_at)}")
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


def _check_follow_up(ticket: Ticket) -> None:
    if ticket.status is not TicketStatus.FOLLOW_UP:
        return
    for name, value in (("owner", ticket.owner), ("dueAt", ticket.due_at)):
        if value is None:
            raise Rejected(f"a follow-up needs {name}", field=name, value=None)


def _with_lines(ticket: Ticket, lines: list[str], *, at: datetime, by: str, source: str) -> Ticket:
    told = tuple(
        TicketChange(version=ticket.version, at=at, by=by, change=line, source=source)
        for line in lines
    )
    return replace(ticket, history=(*ticket.history, *told))


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else "never"
