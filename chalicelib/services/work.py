"""Work that comes in from outside without a call or a chat: tasks of other systems, e-mails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.core.contact import Contact
from chalicelib.core.errors import Rejected
from chalicelib.core.events import Channel, Endpoint, InitiationMethod
from chalicelib.core.ids import ContactId, CustomerId
from chalicelib.services.letters import plain_text
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import CenterStore, ContactStore, CustomerStore
from chalicelib.services.related_contacts import EMAIL
from chalicelib.services.tasks import new_task

SUBJECT_LIMIT = 998  # characters; what a line of a mail may have
BODY_LIMIT = 200_000  # characters, so that a row of the transcript holds it


class WorkService:
    """Amazon Connect's StartTaskContact and StartEmailContact."""

    def __init__(
        self,
        *,
        planner: Planner,
        contacts: ContactStore,
        customers: CustomerStore,
        center: CenterStore,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._planner = planner
        self._contacts = contacts
        self._customers = customers
        self._center = center
        self._now = now
        self._new_id = new_id

    def start_task(self, request: Mapping[str, object]) -> ContactId:
        """The task; with the same ClientToken the same one."""
        task = new_task(request, self._center.center(), at=self._now())
        related = self._related(request)
        return self._planner.make(
            LaterContact(
                contact_id=self._contact_id(request, "task"),
                initiation_method=InitiationMethod.API,
                related=related,
                customer_id=related.customer_id if related else None,
                **task,  # type: ignore[arg-type]  # names as in LaterContact
            )
        )

    def start_email(self, request: Mapping[str, object]) -> ContactId:
        """An e-mail that a customer has written; its words are the contact's transcript."""
        sender = _mapping(request, "FromEmailAddress")
        raw = _mapping(_mapping(request, "EmailMessage"), "RawMessage")
        subject, body = str(raw.get("Subject", "")), str(raw.get("Body", ""))
        if str(raw.get("ContentType", "")).lower().startswith("text/html"):
            body = plain_text(body)
        address = str(sender.get("EmailAddress", "")).strip()
        _check(address, subject, body)
        attributes = _mapping(request, "Attributes")
        return self._planner.make(
            LaterContact(
                contact_id=self._contact_id(request, "email"),
                channel=Channel.EMAIL,
                initiation_method=InitiationMethod.INBOUND,
                begins_at=self._now(),
                flow=str(request.get("ContactFlowId") or self._center.center().voice_flow),
                customer_endpoint=Endpoint(address, EMAIL),
                customer_id=self._written_by(address),
                customer_name=str(sender.get("DisplayName") or address),
                attributes={str(k): str(v) for k, v in attributes.items()},
                details={
                    "Name": str(request.get("Name") or subject),
                    "Description": str(request.get("Description") or ""),
                    "SegmentAttributes": {
                        "connect:Subtype": "connect:Email",
                        "connect:EmailSubject": subject,
                    },
                },
                related=self._related(request),
                item=("CUSTOMER", body),
            )
        )

    def _written_by(self, address: str) -> CustomerId | None:
        known = self._customers.known_by("email", address.lower())
        return known[0].customer_id if len(known) == 1 else None

    def _related(self, request: Mapping[str, object]) -> Contact | None:
        named = request.get("RelatedContactId") or request.get("PreviousContactId")
        return self._contacts.get(ContactId(str(named))) if named else None

    def _contact_id(self, request: Mapping[str, object], kind: str) -> ContactId:
        token = request.get("ClientToken")
        return contact_id_for(f"{kind}:{token}") if token else ContactId(self._new_id())


def _check(address: str, subject: str, body: str) -> None:
    if "@" not in address.strip("@"):
        raise Rejected("FromEmailAddress is no address", field="FromEmailAddress", value=address)
    if not 1 <= len(subject) <= SUBJECT_LIMIT:
        raise Rejected(f"a subject has 1 to {SUBJECT_LIMIT} characters", field="Subject")
    if not 1 <= len(body) <= BODY_LIMIT:
        raise Rejected(f"a body has 1 to {BODY_LIMIT} characters", field="Body")


def _mapping(request: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = request.get(name)
    return value if isinstance(value, Mapping) else {}


__all__ = ["WorkService"]
