"""Answers flows about customers: found, entered, changed, and tied to the contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from chalicelib.core.customer import Customer
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.events import CustomerIdentified
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.core.profile import (
    PHONES,
    calculated,
    chosen,
    contact_object,
    profile_of,
    with_fields,
)
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.customers import FOUND_AT_MOST, ToE164
from chalicelib.services.ports import ContactStore, CustomerFile, CustomerStore
from chalicelib.services.races import insist

NONE_FOUND, MULTIPLE_FOUND = "NoneFoundError", "MultipleFoundError"
ANSWER_LIMIT = 14_000  # characters of `$.Customer`, as in Amazon Connect
MOST_CRITERIA = 5
_IDENTIFIERS = ("ProfileId", "ObjectType", "UseLatest", "IdentifierName", "IdentifierValue")


class Profiles:
    """The respondent of Port.CUSTOMER."""

    def __init__(self, customers: CustomerStore, contacts: ContactStore, to_e164: ToE164) -> None:
        self._customers = customers
        self._contacts = contacts
        self._to_e164 = to_e164
        self._verbs: Mapping[str, Callable[[Inquiry, Mapping[str, str]], Reply]] = {
            "get": self._get,
            "create": self._create,
            "update": self._update,
            "get_object": self._get_object,
            "get_calculated": self._get_calculated,
            "associate": self._associate,
        }

    def ask(self, inquiry: Inquiry) -> Reply:
        asked = inquiry.ask.request.get("ProfileRequestData")
        given = {
            str(name): str(value)
            for name, value in (asked.items() if isinstance(asked, Mapping) else ())
            if isinstance(value, str | int | float)
        }
        return self._verbs[inquiry.ask.verb](inquiry, given)

    # --- one verb each ---

    def _get(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        asked = inquiry.ask.request["ProfileRequestData"]
        found = self._search(_criteria(asked), is_any=given.get("LogicalOperator") == "OR")
        if not found:
            return Refused(NONE_FOUND, "no customer has these")
        if len(found) > 1:
            return Refused(MULTIPLE_FOUND, f"{len(found)} customers have these")
        return self._shown(inquiry, self._known(found[0]))

    def _create(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        """Once, however often this very question comes."""
        digest = sha256(f"profile:{inquiry.key}".encode()).hexdigest()
        blank = Customer(
            customer_id=CustomerId(f"C-{digest[:24]}"),
            created_at=inquiry.at,
            created_by="contact flow",
            first_contact_id=inquiry.contact.contact_id,
        )
        customer = with_fields(blank, self._normal(given))
        try:
            self._customers.create(customer)
        except Conflict:
            customer = self._known(blank.customer_id)
        return self._shown(inquiry, customer)

    def _update(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        customer_id = _whose(inquiry, given)
        fields = self._normal({k: v for k, v in given.items() if k not in _IDENTIFIERS})

        def change() -> Customer:
            before = self._known(customer_id)
            after = with_fields(before, fields)
            if after != before:
                self._customers.save(before, after)
            return after

        return self._shown(inquiry, insist(change))

    def _get_object(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        """The latest contact or ticket, or the one that has a field with this value."""
        file = self._file(_whose(inquiry, given))
        kind = given.get("ObjectType", "")
        if kind in ("CTR", "contact"):
            name, objects = "ObjectAttributes", [contact_object(line) for line in file.history]
        elif kind.lower() in ("case", "ticket"):
            name, objects = "Case", _tickets(file)
        else:
            raise Rejected(f"ObjectType {kind!r} is not CTR or Case", field="ObjectType")
        field = given.get("IdentifierName", "").lstrip("_")
        if field and given.get("UseLatest", "false").lower() != "true":
            objects = [each for each in objects if each.get(field) == given.get("IdentifierValue")]
        if not objects:
            return Refused(NONE_FOUND, f"the customer has no such {kind}")
        return _limited(inquiry, {name: objects[0]})

    def _get_calculated(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        file = self._file(_whose(inquiry, given))
        return _limited(inquiry, {"CalculatedAttributes": calculated(file.history)})

    def _associate(self, inquiry: Inquiry, given: Mapping[str, str]) -> Reply:
        """This contact, and no other: the flow of another one decides about that one."""
        contact = inquiry.contact
        named = given.get("ContactId") or contact.contact_id
        if named != contact.contact_id:
            raise Rejected("only this contact itself can be tied to a profile", field="ContactId")
        customer = self._known(_whose(inquiry, given))
        if contact.customer_id == customer.customer_id:
            return Answered({"ProfileId": customer.customer_id})
        fact = CustomerIdentified(customer_id=customer.customer_id, is_new=False)
        return Concluded(answer=Answered({"ProfileId": customer.customer_id}), facts=(fact,))

    # --- finding ---

    def _search(self, criteria: Sequence[tuple[str, str]], *, is_any: bool) -> list[CustomerId]:
        if not 1 <= len(criteria) <= MOST_CRITERIA:
            raise Rejected(f"1 to {MOST_CRITERIA} criteria, not {len(criteria)}", field="Criteria")
        sets = [set(self._having(name, value)) for name, value in criteria]
        found = set.union(*sets) if is_any else set.intersection(*sets)
        return sorted(found)

    def _having(self, name: str, value: str) -> list[CustomerId]:
        match name:
            case "_profileId":
                found = self._customers.get_many([CustomerId(value)] if value else [])
                return [customer.customer_id for customer in found]
            case "_ctrContactId":
                return self._of_contact(ContactId(value))
            case "_phone":
                phone = self._to_e164(value)
                briefs = self._customers.with_phone(phone) if phone else ()
            case "_email":
                briefs = self._customers.known_by("email", value.strip().lower())
            case "_account":
                briefs = self._customers.known_by("account", value.strip())
            case "_fullName":
                briefs = self._customers.named(value, limit=FOUND_AT_MOST)
            case _:
                raise Rejected(f"customers are not found by {name!r}", field="IdentifierName")
        return [brief.customer_id for brief in briefs]

    def _of_contact(self, contact_id: ContactId) -> list[CustomerId]:
        try:
            customer_id = self._contacts.get(contact_id).customer_id
        except NotFound:
            return []
        return [customer_id] if customer_id else []

    def _known(self, customer_id: CustomerId) -> Customer:
        found = self._customers.get_many([customer_id])
        if not found:
            raise NotFound(f"no customer {customer_id!r}", field="ProfileId", value=customer_id)
        return found[0]

    def _file(self, customer_id: CustomerId) -> CustomerFile:
        return self._customers.file(customer_id)

    # --- what goes in and out ---

    def _normal(self, given: Mapping[str, str]) -> dict[str, str]:
        """Numbers as everybody writes them here."""
        normal = dict(given)
        for name in PHONES:
            if given.get(name):
                phone = self._to_e164(given[name])
                if phone is None:
                    raise Rejected(f"{name} is not a telephone number", field=name)
                normal[name] = phone
        return normal

    def _shown(self, inquiry: Inquiry, customer: Customer) -> Reply:
        wanted = inquiry.ask.request.get("ProfileResponseData")
        names = [str(name) for name in wanted] if isinstance(wanted, list | Mapping) else []
        profile = profile_of(customer, inquiry.center.arn.replace(":connect:", ":profile:"))
        return _limited(inquiry, chosen(profile, names))


def _limited(inquiry: Inquiry, value: Mapping[str, object]) -> Reply:
    """What the flow knows of customers altogether has a limit."""
    before = inquiry.contact.session.results.get("Customer")
    known = before if isinstance(before, Mapping) else {}
    size = len(str({**known, **value}))
    if size > ANSWER_LIMIT:
        return Refused(reason=f"{size} characters about the customer, at most {ANSWER_LIMIT}")
    return Answered(value)


def _criteria(asked: object) -> list[tuple[str, str]]:
    if not isinstance(asked, Mapping):
        return []
    listed = asked.get("SearchCriteria")
    entries = listed if isinstance(listed, list) else [asked]
    return [
        (str(entry.get("IdentifierName", "")), str(entry.get("IdentifierValue", "")))
        for entry in entries
        if isinstance(entry, Mapping)
    ]


def _whose(inquiry: Inquiry, given: Mapping[str, str]) -> CustomerId:
    """The profile that is named, else the one read last, else the contact's own customer."""
    known = inquiry.contact.session.results.get("Customer")
    read = str(known.get("ProfileId", "")) if isinstance(known, Mapping) else ""
    found = given.get("ProfileId") or read or inquiry.contact.customer_id
    if not found:
        raise NotFound("whose profile is not said", field="ProfileId")
    return CustomerId(found)


def _tickets(file: CustomerFile) -> list[dict[str, str]]:
    return [
        {
            "case_id": ticket.ticket_id,
            "title": ticket.subject,
            "status": str(ticket.status),
            "created_datetime": ticket.created_at.isoformat(),
            "last_updated_datetime": ticket.updated_at.isoformat(),
        }
        for ticket in file.open_tickets
    ]


__all__ = ["Profiles"]
