"""What a ticket needs decided goes to the role that may decide it, and comes back decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chalicelib.core.authority import (
    Asked,
    Authority,
    authority_for,
    check_amount,
    check_currency,
    check_reason,
)
from chalicelib.core.errors import Conflict, Denied, Rejected
from chalicelib.core.ticket import Ticket, next_version
from chalicelib.core.ticket_edit import TicketEdit, stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, and why."""

    action: str
    amount: Decimal
    currency: str
    reason: str

    def __post_init__(self) -> None:
        check_amount(self.amount)
        check_currency(self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks or decides, in which roles."""

    username: str
    roles: frozenset[str]


def ask(
    ticket: Ticket, wish: Wish, authority: Authority, by: Person, *, version: int, at: datetime
) -> Ticket:
    """The ticket in the list of the least role that may decide it, or granted at once where the
    roles of whoever asks reach that far.

    Conflict when the ticket has another version, or waits for a decision; Rejected when it is over.
    """
    _check_version(ticket, version)
    if ticket.role:
        message = f"ticket {ticket.ticket_id} waits already for {ticket.role} to decide"
        raise Conflict(message, field="action", value=wish.action)
    if not ticket.status.is_open:
        message = f"ticket {ticket.ticket_id} is {ticket.status}: open it again first"
        raise Rejected(message, field="status", value=ticket.status)
    asked = Asked(
        action=wish.action,
        amount=wish.amount,
        currency=wish.currency,
        role=authority.role_for(wish.amount),
        by=by.username,
        at=at,
        reason=check_reason(wish.reason),
    )
    what = f"escalated to {asked.role}"
    if authority.may_decide(by.roles, wish.amount):
        what = "granted by own authority"
        asked = replace(asked, is_granted=True, decided_by=by.username, decided_at=at)
    lines = [f"{asked} {what}: {asked.reason}"]
    return next_version(replace(ticket, asked=asked), lines, at=at, by=by.username)


def decide(
    ticket: Ticket,
    authorities: Iterable[Authority],
    by: Person,
    *,
    is_granted: bool,
    reason: str,
    version: int,
    at: datetime,
) -> Ticket:
    """The ticket with what was asked for granted or refused, and in no role's list any more.

    Conflict when it has another version or waits for nothing; Denied when the roles do not reach
    that far.
    """
    _check_version(ticket, version)
    asked = ticket.asked
    if asked is None or asked.is_granted is not None:
        message = f"ticket {ticket.ticket_id} waits for no decision"
        raise Conflict(message, field="granted", value=is_granted)
    authority = authority_for(authorities, asked.action, asked.currency)
    if not authority.may_decide(by.roles, asked.amount):
        message = f"{asked} is for {asked.role} to decide"
        raise Denied(message, field="role", value=", ".join(sorted(by.roles)))
    lines = [f"{asked} {'granted' if is_granted else 'refused'}: {check_reason(reason)}"]
    decided = replace(asked, is_granted=is_granted, decided_by=by.username, decided_at=at)
    return next_version(replace(ticket, asked=decided), lines, at=at, by=by.username)


def _check_version(ticket: Ticket, version: int) -> None:
    if version != ticket.version:
        raise stale(ticket, TicketEdit(), version)
