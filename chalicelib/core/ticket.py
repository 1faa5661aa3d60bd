"""What the center owes a customer: four states, the moves between them, a line per change."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.core.authority import Asked
from chalicelib.core.civil_day import minute
from chalicelib.core.errors import Rejected
from chalicelib.core.feedback import Way
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import ContactId, CustomerId, QueueId, TicketId
from chalicelib.core.sla import Sla, Terms, told

NOTE_LIMIT = 10_000  # characters
SUBJECT_LIMIT = 250
REOPEN_DAYS = 14  # a closed ticket may be opened again; later a new one is linked to it
MOST_LINKS = 50
MOST_CONTACTS = 50  # that people name; calls that come in go where they belong
_IN_SIGHT = timedelta(days=3653)  # ten years: what is due beyond is a slip of the pen
FORGOTTEN_AFTER = timedelta(minutes=30)  # a follow-up is due; then the supervisor hears of it
NO_TERMS = Terms()


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


class LinkKind(StrEnum):
    RELATES = "relates"
    DUPLICATES = "duplicates"


@dataclass(frozen=True, slots=True)
class Link:
    """To another ticket, which knows nothing of it."""

    kind: LinkKind
    ticket_id: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """`version` counts the changes saved; notes are added beside it, never in its way.

    `queue_id`: of the contact that it came of. `settled_at`: since when nobody has anything to do;
    `reopened`: how often that was not so after all.
    `kind` names the policy whose promise `sla` measures; empty: nothing is promised. `asked`: what
    was last asked for that somebody must decide.
    """

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
    kind: str = ""
    sla: Sla | None = None
    asked: Asked | None = None
    links: tuple[Link, ...] = ()
    queue_id: QueueId | None = None
    settled_at: datetime | None = None
    reopened: int = 0
    owner_told_of: datetime | None = None  # the due time of the follow-up for which that was done
    supervisor_told_of: datetime | None = None
    feedback: Way | None = None  # closed, the customer is still to be asked what they think of it

    @property
    def is_waiting(self) -> bool:
        """It is the customer's turn, and the clocks stand still."""
        return self.sla is not None and self.sla.is_paused

    @property
    def role(self) -> str:
        """Whose list it stands in until something is decided; empty: in nobody's."""
        return self.asked.role if self.asked is not None and self.asked.is_granted is None else ""

    @property
    def next_look_at(self) -> datetime | None:
        """When somebody has to be told something, if nothing changes before."""
        notice_at = self.sla.next_notice_at if self.sla is not None else None
        moments = (self._follow_up_at, notice_at, self._asks_at)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _follow_up_at(self) -> datetime | None:
        if self.status is not TicketStatus.FOLLOW_UP or self.due_at is None:
            return None
        if self.owner_told_of != self.due_at:
            return self.due_at
        return None if self.supervisor_told_of == self.due_at else self.due_at + FORGOTTEN_AFTER

    @property
    def _asks_at(self) -> datetime | None:
        return self.closed_at if self.feedback is not None else None

    def is_seen_by(self, owners: Collection[str] | None) -> bool:
        """Whether it is among what these own, or nobody's; None: everybody's are."""
        return owners is None or self.owner is None or self.owner in owners

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
    kind: str = ""
    queue_id: QueueId | None = None

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
            kind=self.kind,
            queue_id=self.queue_id,
        )


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


def link_kind_named(name: str) -> LinkKind:
    """The kind of link of this name; Rejected, listing them, when there is none."""
    try:
        return LinkKind(name)
    except ValueError:
        raise Rejected(
            f"link {name!r} is not one of {', '.join(LinkKind)}", field="link.kind", value=name
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


def open_ticket(
    ticket: Ticket, *, at: datetime, by: str, source: str = "", terms: Terms = NO_TERMS
) -> Ticket:
    """A new ticket, checked, with the first line of its history and the clocks of its kind.

    Rejected when nothing is promised of such a kind, or nobody could keep it.
    """
    check_due(ticket.due_at, at)
    checked = replace(ticket, version=1, subject=check_subject(ticket.subject))
    if checked.status is TicketStatus.CLOSED:
        checked = replace(checked, closed_at=at)
    if not checked.status.is_open:
        checked = replace(checked, settled_at=at)
    check_follow_up(checked)
    checked = promised(checked, terms, at)
    words = [f"created as {checked.status}"]
    if checked.owner:
        words.append(f"owner {checked.owner}")
    if checked.due_at:
        words.append(f"due {minute(checked.due_at)}")
    if checked.follows:
        words.append(f"follows {checked.follows}")
    if checked.feedback:
        words.append(f"feedback is asked for by {checked.feedback}")
    if checked.kind:
        words.append(f"kind {checked.kind}")
    words += told(None, checked.sla) if checked.sla is not None else []
    return _with_lines(checked, [", ".join(words)], at=at, by=by, source=source)


def next_version(
    ticket: Ticket, lines: Sequence[str], *, at: datetime, by: str, source: str = ""
) -> Ticket:
    """The ticket as it is to be saved: one version on, with these lines of history."""
    after = replace(ticket, version=ticket.version + 1, updated_at=at)
    return _with_lines(after, lines, at=at, by=by, source=source)


def reckoned(ticket: Ticket, hours: HoursOfOperation, *, at: datetime, by: str, why: str) -> Ticket:
    """The ticket with its clocks by this calendar, one version on; the same when nothing moves.

    Each line of history says what moved, and `why`.
    """
    if ticket.sla is None:
        return ticket
    sla = ticket.sla.reckoned(hours, at)
    if sla == ticket.sla:
        return ticket
    lines = told(ticket.sla, sla) or ["looked at anew"]
    told_why = [f"{line}: {why}" for line in lines]
    return next_version(replace(ticket, sla=sla), told_why, at=at, by=by)


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


def check_due(due_at: datetime | None, at: datetime) -> None:
    """Rejected when it is ten years away, where clocks cannot always reckon with it."""
    if due_at is not None and abs(due_at - at) > _IN_SIGHT:
        moment = due_at.isoformat()
        raise Rejected(f"{moment} is more than ten years away", field="dueAt", value=moment)


def promised(ticket: Ticket, terms: Terms, at: datetime) -> Ticket:
    """The clocks of its kind, running since it was made."""
    if not ticket.kind:
        return replace(ticket, sla=None)
    policy = terms.policy(ticket.kind)
    sla = Sla.begun(policy, terms.calendar(policy.hours_id), ticket.created_at)
    return replace(ticket, sla=sla if ticket.status.is_open else sla.finished(at))


def check_follow_up(ticket: Ticket) -> None:
    """Rejected when it is a follow-up without owner or due time."""
    if ticket.status is not TicketStatus.FOLLOW_UP:
        return
    for name, value in (("owner", ticket.owner), ("dueAt", ticket.due_at)):
        if value is None:
            raise Rejected(f"a follow-up needs {name}", field=name, value=None)


def _with_lines(
    ticket: Ticket, lines: Sequence[str], *, at: datetime, by: str, source: str
) -> Ticket:
    added = tuple(
        TicketChange(version=ticket.version, at=at, by=by, change=line, source=source)
        for line in lines
    )
    return replace(ticket, history=(*ticket.history, *added))
