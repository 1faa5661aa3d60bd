"""Answers flows about cases, which are our tickets under Amazon Connect's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from chalicelib.core.center import CaseTemplate, Center
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import TicketLinked
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.ids import ContactId, CustomerId, TicketId
from chalicelib.core.ticket import Ticket, TicketDraft, TicketStatus, status_named
from chalicelib.core.ticket_edit import KEEP, TicketEdit
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.tickets import TicketsService

NONE_FOUND, MULTIPLE_FOUND, NOT_LINKED = "NoneFound", "MultipleFound", "ContactNotLinked"
BY = "contact flow"
FIELD_LIMIT = 4_100  # characters of a case's field, as in Amazon Connect
_TRIES = 5  # at a ticket that others change at the same time
_OWN_FIELDS = ("title", "status", "customer_id")  # a ticket has these itself
_USUAL_FIELDS = ("summary", "case_reason")  # every case may have these


class Cases:
    """The respondent of Port.CASE."""

    def __init__(self, tickets: TicketsService) -> None:
        self._tickets = tickets
        self._verbs: Mapping[str, Callable[[Inquiry], Reply]] = {
            "create": self._create,
            "get": self._get,
            "update": self._update,
        }

    def ask(self, inquiry: Inquiry) -> Reply:
        return self._verbs[inquiry.ask.verb](inquiry)

    def _create(self, inquiry: Inquiry) -> Reply:
        fields = _fields(inquiry)
        template = _template(inquiry)
        _check(fields, template)
        if not fields.get("title"):
            raise Rejected("a case needs a title", field="title")
        linked = _linked(inquiry)
        draft = TicketDraft(
            subject=fields["title"],
            status=_status(fields) or TicketStatus.OPEN,
            customer_id=_customer(fields.get("customer_id", "")) or inquiry.contact.customer_id,
            contact_id=linked,
            template=template.case_template_id,
            details=_details(fields),
        )
        ticket = self._tickets.create(draft, by=BY, request=inquiry.key)
        return _concluded(inquiry, ticket, linked)

    def _get(self, inquiry: Inquiry) -> Reply:
        found = self._found(inquiry)
        if not found:
            return Refused(NONE_FOUND, "there is no such case")
        if len(found) > 1 and not _is_true(inquiry, "GetLastUpdatedCase"):
            return Refused(MULTIPLE_FOUND, f"{len(found)} cases are like this")
        ticket = max(found, key=lambda each: (each.updated_at, each.ticket_id))
        linked = _linked(inquiry)
        if linked is not None:
            ticket = self._edited(ticket.ticket_id, TicketEdit(add_contact=linked))
        return _concluded(inquiry, ticket, linked)

    def _update(self, inquiry: Inquiry) -> Reply:
        ticket = self._tickets.get(_ticket_id(inquiry.text("CaseId")))
        fields = _fields(inquiry)
        _check(fields, inquiry.center.case_template(ticket.template) if ticket.template else None)
        linked = _linked(inquiry)
        details = _details(fields)
        wanted = TicketEdit(
            subject=fields.get("title") or KEEP,
            status=_status(fields) or KEEP,
            customer_id=_customer(fields.get("customer_id", "")) or KEEP,
            add_contact=linked,
            details=details or KEEP,
        )
        return _concluded(inquiry, self._edited(ticket.ticket_id, wanted), linked)

    def _found(self, inquiry: Inquiry) -> Sequence[Ticket]:
        """The cases of a customer, or of all, whose fields are those that are asked for."""
        fields = _fields(inquiry)
        named = fields.pop("case_id", "") or fields.pop("reference_number", "")
        customer_id = _customer(inquiry.text("CustomerId") or fields.pop("customer_id", ""))
        if named:
            return self._named(named)
        if customer_id is None and not fields:
            customer_id = inquiry.contact.customer_id
        if customer_id is None and not fields:
            return ()
        candidates = self._tickets.list(customer_id=customer_id)
        return [
            ticket
            for ticket in candidates
            if fields.items() <= _shown(ticket, inquiry.center).items()
        ]

    def _named(self, case: str) -> Sequence[Ticket]:
        try:
            return (self._tickets.get(_ticket_id(case)),)
        except NotFound:
            return ()

    def _edited(self, ticket_id: TicketId, wanted: TicketEdit) -> Ticket:
        """As it is after the edit, whatever others change at the same time."""
        for _ in range(_TRIES - 1):
            with suppress(Conflict):
                return self._try_edit(ticket_id, wanted)
        return self._try_edit(ticket_id, wanted)

    def _try_edit(self, ticket_id: TicketId, wanted: TicketEdit) -> Ticket:
        version = self._tickets.get(ticket_id).version
        return self._tickets.update(ticket_id, wanted, version=version, by=BY)


def _concluded(inquiry: Inquiry, ticket: Ticket, linked: ContactId | None) -> Reply:
    """What the flow may know of the case, and that the contact belongs to it."""
    if linked is None and _is_true(inquiry, "LinkContactToCase"):
        return Refused(NOT_LINKED, f"case {ticket.ticket_id} has no related contact to link")
    shown = _shown(ticket, inquiry.center)
    wanted = inquiry.ask.request.get("CaseResponseFields")
    if isinstance(wanted, list) and wanted:
        names = {"case_id", *map(str, wanted)}
        shown = {name: value for name, value in shown.items() if name in names}
    answer = Answered(shown)
    if linked != inquiry.contact.contact_id or inquiry.contact.ticket_id == ticket.ticket_id:
        return answer
    return Concluded(answer=answer, facts=(TicketLinked(ticket_id=ticket.ticket_id),))


def _shown(ticket: Ticket, center: Center) -> dict[str, str]:
    template = center.case_template(ticket.template) if ticket.template else None
    known = {
        "case_id": ticket.ticket_id,
        "reference_number": ticket.ticket_id,
        "title": ticket.subject,
        "status": str(ticket.status),
        "customer_id": ticket.customer_id or "",
        "created_datetime": ticket.created_at.isoformat(),
        "last_updated_datetime": ticket.updated_at.isoformat(),
        "last_closed_datetime": ticket.closed_at.isoformat() if ticket.closed_at else "",
        "template": template.name if template else "",
        **ticket.details,
    }
    return {name: value for name, value in known.items() if value}


def _template(inquiry: Inquiry) -> CaseTemplate:
    reference = inquiry.text("CaseTemplateId")
    template = inquiry.center.case_template(reference)
    if template is None:
        raise Rejected(f"no case template {reference!r}", field="CaseTemplateId", value=reference)
    return template


def _fields(inquiry: Inquiry) -> dict[str, str]:
    given = inquiry.ask.request.get("CaseRequestFields")
    return {
        str(name): str(value)
        for name, value in (given.items() if isinstance(given, Mapping) else ())
        if value is not None
    }


def _check(fields: Mapping[str, str], template: CaseTemplate | None) -> None:
    known = {*_OWN_FIELDS, *_USUAL_FIELDS, *(template.fields if template else ())}
    for name, value in fields.items():
        if name not in known:
            raise Rejected(f"such a case has no field {name!r}", field=name, value=value)
        if len(value) > FIELD_LIMIT:
            raise Rejected(
                f"{name} has {len(value)} characters, the limit is {FIELD_LIMIT}", field=name
            )


def _details(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in _OWN_FIELDS}


def _status(fields: Mapping[str, str]) -> TicketStatus | None:
    return status_named(fields["status"].strip().lower()) if fields.get("status") else None


def _customer(reference: str) -> CustomerId | None:
    """A customer by id or by the ARN of the profile."""
    named = reference.rsplit("/", 1)[-1]
    return CustomerId(named) if named else None


def _ticket_id(reference: str) -> TicketId:
    return TicketId(reference.rsplit("/", 1)[-1])


def _linked(inquiry: Inquiry) -> ContactId | None:
    """The contact that the case is to be linked to; None: none is, or there is none."""
    if not _is_true(inquiry, "LinkContactToCase"):
        return None
    contact = inquiry.contact
    is_related = inquiry.text("ContactToLink") == "Related"
    return contact.related_contact_id if is_related else contact.contact_id


def _is_true(inquiry: Inquiry, name: str) -> bool:
    return str(inquiry.ask.request.get(name, "")).lower() == "true"


__all__ = ["Cases"]
