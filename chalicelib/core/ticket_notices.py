"""Who has to be told what about a ticket at a moment, and the ticket after that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.core.civil_day import minute
from chalicelib.core.feedback import Obstacle
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.sla import LOOKS_AHEAD, Clock, Limit, Sla, told
from chalicelib.core.ticket import FORGOTTEN_AFTER, Ticket, TicketStatus, next_version

_SYSTEM = "system"


class NoticeKind(StrEnum):
    """The first two are for the owner, the others for supervisors."""

    FOLLOW_UP_DUE = "follow-up due"
    SLA_WARNING = "due soon"
    FOLLOW_UP_FORGOTTEN = "follow-up forgotten"
    SLA_BREACH = "overdue"

    @property
    def is_for_owner(self) -> bool:
        return self in (NoticeKind.FOLLOW_UP_DUE, NoticeKind.SLA_WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`at`: when that is, or was, due, whenever it is told; so it is the same however often it is
    found."""

    kind: NoticeKind
    at: datetime
    limit: Limit | None = None

    @property
    def key(self) -> str:
        """Tells it apart from all others about the same ticket."""
        return f"{self.kind}#{self.limit or ''}#{self.at.isoformat()}"

    def __str__(self) -> str:
        what = f"{self.limit} {self.kind}" if self.limit else str(self.kind)
        return f"{what} ({minute(self.at)})"


def look(
    ticket: Ticket, hours: HoursOfOperation | None, *, at: datetime
) -> tuple[Ticket, tuple[Notice, ...]]:
    """What is to be told now, and the ticket that knows it was; the same ticket when nothing is.

    `hours`: the calendar of its promise as it stands. Nothing about a promise is told while that
    is closed, but when it opens next; a follow-up is due when its owner said so.
    """
    after, notices = _look_at_follow_up(ticket, at)
    lines: list[str] = []
    before = ticket.sla
    if before is not None and hours is not None:
        known = before.reckoned(hours, at)
        lines = [f"{line}: hours of operation changed" for line in told(before, known)]
        sla, found = _look_at_clocks(known, hours, at)
        after, notices = replace(after, sla=sla), [*notices, *found]
        if sla.quiet_until not in (None, before.quiet_until):
            lines.append(f"nobody is told while closed, until {minute(sla.quiet_until)}")
    if after == ticket:
        return ticket, ()
    lines += [f"{'owner' if n.kind.is_for_owner else 'supervisors'} told: {n}" for n in notices]
    saved = next_version(after, lines, at=at, by=_SYSTEM)
    # Lists show when somebody changed it last: nobody did.
    return replace(saved, updated_at=ticket.updated_at), tuple(notices)


def asked_for_feedback(ticket: Ticket, obstacle: Obstacle | None, *, at: datetime) -> Ticket:
    """The next version of a ticket whose customer was asked, or is not, and why."""
    way = ticket.feedback
    line = f"asked for feedback by {way}" if obstacle is None else f"not asked by {way}: {obstacle}"
    after = next_version(replace(ticket, feedback=None), [line], at=at, by=_SYSTEM)
    return replace(after, updated_at=ticket.updated_at)


def _look_at_follow_up(ticket: Ticket, at: datetime) -> tuple[Ticket, list[Notice]]:
    due_at = ticket.due_at
    if ticket.status is not TicketStatus.FOLLOW_UP or due_at is None:
        return ticket, []
    after, notices = ticket, []
    if due_at <= at and ticket.owner_told_of != due_at:
        after = replace(after, owner_told_of=due_at)
        notices.append(Notice(kind=NoticeKind.FOLLOW_UP_DUE, at=due_at))
    if at - due_at >= FORGOTTEN_AFTER and ticket.supervisor_told_of != due_at:
        after = replace(after, supervisor_told_of=due_at)
        notices.append(Notice(kind=NoticeKind.FOLLOW_UP_FORGOTTEN, at=due_at))
    return after, notices


def _look_at_clocks(sla: Sla, hours: HoursOfOperation, at: datetime) -> tuple[Sla, list[Notice]]:
    if sla.next_notice_at is None or at < sla.next_notice_at:
        return sla, []
    if not hours.is_open(at):
        return replace(sla, quiet_until=hours.next_opening(at) or at + LOOKS_AHEAD), []
    rung = [_ring(clock, at) for clock in sla.clocks]
    notices = [notice for _, notice in rung if notice is not None]
    return replace(sla, clocks=tuple(clock for clock, _ in rung)), notices


def _ring(clock: Clock, at: datetime) -> tuple[Clock, Notice | None]:
    """A warning comes too late for what is overdue: then that is all there is to say."""
    due = [moment for moment in clock.notices if moment <= at]
    if not due:
        return clock, None
    if clock.due_at in due:
        notice = Notice(kind=NoticeKind.SLA_BREACH, at=clock.due_at, limit=clock.limit)
        return replace(clock, breached_at=at), notice
    notice = Notice(kind=NoticeKind.SLA_WARNING, at=due[0], limit=clock.limit)
    return replace(clock, warned_at=at), notice
