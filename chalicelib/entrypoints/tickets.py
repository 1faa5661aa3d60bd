"""REST: tickets listed, opened, read, changed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from chalice import Blueprint
from msgspec import UNSET, UnsetType

from chalicelib import bootstrap
from chalicelib.core.errors import Rejected
from chalicelib.core.escalation import Person, Wish
from chalicelib.core.feedback import way_named
from chalicelib.core.identity import groups
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.ticket import Link, TicketDraft, TicketStatus, link_kind_named, status_named
from chalicelib.core.ticket_edit import KEEP, Keep, TicketEdit
from chalicelib.entrypoints.edge import Call, endpoint
from chalicelib.entrypoints.wire import Body
from chalicelib.services.tickets import LISTED_AT_MOST

bp = Blueprint(__name__)

WHO = groups("agent", "supervisor")
MOST_LISTED = 1_000  # of one request: about a megabyte

type Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class NewTicket(Body):
    subject: str
    status: str = TicketStatus.OPEN
    customer_id: str | None = None
    contact_id: str | None = None
    owner: str | None = None
    due_at: Moment | None = None
    follows: str | None = None
    note: str | None = None
    kind: str = ""

    def draft(self) -> TicketDraft:
        return TicketDraft(
            subject=self.subject,
            status=status_named(self.status),
            customer_id=CustomerId(self.customer_id) if self.customer_id else None,
            contact_id=ContactId(self.contact_id) if self.contact_id else None,
            owner=self.owner,
            due_at=self.due_at,
            follows=TicketId(self.follows) if self.follows else None,
            note=self.note,
            kind=self.kind,
        )


class NewLink(Body):
    kind: str
    ticket_id: str

    def link(self) -> Link:
        return Link(link_kind_named(self.kind), TicketId(self.ticket_id))


class TicketPatch(Body):
    """A field that is absent stays; one that is null, or an empty kind, is cleared."""

    version: int
    status: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    owner: str | None | UnsetType = UNSET
    due_at: Moment | None | UnsetType = UNSET
    customer_id: str | None | UnsetType = UNSET
    contact_id: str | UnsetType = UNSET
    note: str | None = None
    kind: str | UnsetType = UNSET
    waiting_for_customer: bool | UnsetType = UNSET
    responded: bool = False
    link: NewLink | UnsetType = UNSET
    feedback: str = "none"

    def edit(self) -> TicketEdit:
        return TicketEdit(
            status=status_named(self.status) if self.status is not UNSET else KEEP,
            subject=_kept(self.subject),
            owner=_kept(self.owner),
            due_at=_kept(self.due_at),
            customer_id=_kept(self.customer_id),  # type: ignore[arg-type]  # a NewType of str
            add_contact=ContactId(self.contact_id) if self.contact_id is not UNSET else None,
            kind=_kept(self.kind),
            waiting=_kept(self.waiting_for_customer),
            responded=self.responded,
            add_link=self.link.link() if self.link is not UNSET else None,
            feedback=way_named(self.feedback),
        )


class Escalation(Body):
    version: int
    action: str
    amount: Decimal
    currency: str
    reason: str

    def wish(self) -> Wish:
        return Wish(
            action=self.action, amount=self.amount, currency=self.currency, reason=self.reason
        )


class Decision(Body):
    version: int
    granted: bool
    reason: str


@endpoint(bp, "GET", "/v1/tickets", who=WHO)
def list_tickets(call: Call) -> object:
    status = call.query.get("status")
    return {
        "tickets": bootstrap.tickets_for(call.caller).list(
            status=status_named(status) if status else None,
            owner=call.query.get("owner") or None,
            role=call.query.get("role") or "",
            customer_id=CustomerId(call.query["customerId"])
            if call.query.get("customerId")
            else None,
            limit=_limit(call.query.get("limit")),
        )
    }


@endpoint(bp, "POST", "/v1/tickets", who=WHO, body=NewTicket, status=201)
def create_ticket(call: Call) -> object:
    return bootstrap.tickets_for(call.caller).create(call.body.draft(), by=call.caller.username)


@endpoint(bp, "GET", "/v1/tickets/{ticket_id}", who=WHO)
def get_ticket(call: Call, ticket_id: str) -> object:
    return bootstrap.tickets_for(call.caller).get(TicketId(ticket_id))


@endpoint(bp, "PATCH", "/v1/tickets/{ticket_id}", who=WHO, body=TicketPatch)
def change_ticket(call: Call, ticket_id: str) -> object:
    patch: TicketPatch = call.body
    return bootstrap.tickets_for(call.caller).update(
        TicketId(ticket_id),
        patch.edit(),
        version=patch.version,
        by=call.caller.username,
        note=patch.note,
    )


@endpoint(bp, "POST", "/v1/tickets/{ticket_id}/escalate", who=WHO, body=Escalation)
def escalate_ticket(call: Call, ticket_id: str) -> object:
    asked: Escalation = call.body
    return bootstrap.escalation_for(call.caller).escalate(
        TicketId(ticket_id), asked.wish(), version=asked.version, by=_person(call)
    )


@endpoint(bp, "POST", "/v1/tickets/{ticket_id}/decision", who=WHO, body=Decision)
def decide_ticket(call: Call, ticket_id: str) -> object:
    decision: Decision = call.body
    return bootstrap.escalation_for(call.caller).decide(
        TicketId(ticket_id),
        is_granted=decision.granted,
        reason=decision.reason,
        version=decision.version,
        by=_person(call),
    )


def _limit(text: str | None) -> int:
    if text is None:
        return LISTED_AT_MOST
    is_number = text.isascii() and text.isdigit() and len(text) <= 4
    if not is_number or not 1 <= int(text) <= MOST_LISTED:
        raise Rejected(
            f"limit {text[:40]!r} is not a number from 1 to {MOST_LISTED}",
            field="limit",
            value=text[:40],
        )
    return int(text)


def _person(call: Call) -> Person:
    return Person(username=call.caller.username, roles=call.caller.groups)


def _kept[T](value: T | UnsetType) -> T | Keep:
    return KEEP if isinstance(value, UnsetType) else value
