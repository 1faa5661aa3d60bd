"""Answers flows about other contacts: messages that we write first, and what went before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.core.contact import Change, Contact
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import (
    AttributesUpdated,
    Channel,
    ConversationContinued,
    DetailsUpdated,
    DisconnectReason,
    Endpoint,
    InitiationMethod,
)
from chalicelib.core.flow import Answered
from chalicelib.core.ids import ContactId
from chalicelib.core.lifecycle import disconnect
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.customers import ToE164
from chalicelib.services.letters import addressed, email_of
from chalicelib.services.messaging import Email, Messenger
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import ChatItem, Commit, ContactStore
from chalicelib.services.races import insist
from chalicelib.services.templates import Templates

EMAIL = "EMAIL_ADDRESS"
TEXT_LIMIT = 1_600  # characters of a text message, in parts
KNOWN_LIMIT = 32 * 1024  # characters of all attributes and details together
_PLAIN = ("Name", "Description", "CustomerId")
_NESTED = ("References", "SegmentAttributes")
_WHOLE, _PART = "ENTIRE_PAST_SESSION", "FROM_SEGMENT"


class RelatedContacts:
    """The respondent of Port.CONTACT."""

    def __init__(
        self,
        *,
        contacts: ContactStore,
        planner: Planner,
        messenger: Messenger,
        templates: Templates,
        to_e164: ToE164,
    ) -> None:
        self._contacts = contacts
        self._planner = planner
        self._messenger = messenger
        self._templates = templates
        self._to_e164 = to_e164
        self._verbs: Mapping[str, Callable[[Inquiry], Reply]] = {
            "create": self._create,
            "start_email": self._start_email,
            "start_chat": self._start_chat,
            "associate": self._associate,
            "load_content": self._load_content,
            "update_related": self._update_related,
        }

    def ask(self, inquiry: Inquiry) -> Reply:
        return self._verbs[inquiry.ask.verb](inquiry)

    # --- contacts that we begin ---

    def _create(self, inquiry: Inquiry) -> Reply:
        """An e-mail to be written; whatever is sent in its name is its content."""
        channel = inquiry.text("Channel").upper()
        if channel != Channel.EMAIL:
            raise Rejected(f"a flow creates EMAIL contacts, not {channel!r}", field="Channel")
        return Answered({"ContactId": self._email_contact(inquiry)})

    def _start_email(self, inquiry: Inquiry) -> Reply:
        """Sends the e-mail, once; its contact is over as soon as it is sent."""
        email = email_of(inquiry, self._templates)
        contact_id = self._created(inquiry) or self._email_contact(inquiry)
        if self._contacts.get(contact_id).state.is_live:
            self._messenger.send_email(email)
            insist(lambda: self._note_sent(contact_id, email, inquiry))
        return Answered({"ContactId": contact_id})

    def _start_chat(self, inquiry: Inquiry) -> Reply:
        """A text message to a number: what it says, and a chat for what may be answered."""
        number = self._to_e164(addressed(inquiry.ask.request.get("DestinationEndpoint"), "Address"))
        if number is None:
            raise Rejected("there is no number to write to", field="DestinationEndpoint")
        text = addressed(inquiry.ask.request.get("InitialSystemMessage"), "Content").strip()
        if not 1 <= len(text) <= TEXT_LIMIT:
            raise Rejected(
                f"a text message has 1 to {TEXT_LIMIT} characters, not {len(text)}",
                field="InitialSystemMessage",
            )
        later = LaterContact(
            contact_id=contact_id_for(f"chat:{inquiry.key}"),
            channel=Channel.CHAT,
            initiation_method=InitiationMethod.OUTBOUND,
            begins_at=inquiry.at,
            flow=inquiry.text("ContactFlowArn"),
            customer_endpoint=Endpoint(number),
            customer_id=inquiry.contact.customer_id,
            customer_name=inquiry.contact.customer.name,
            attributes=inquiry.contact.attributes,
            details={"SegmentAttributes": {"connect:Subtype": "connect:SMS"}},
            related=inquiry.contact,
            item=("SYSTEM", text),
        )
        self._planner.check(later)
        if not self._exists(later.contact_id):
            self._messenger.send_text(number, text)
        return Answered({"ContactId": self._planner.make(later)})

    def _email_contact(self, inquiry: Inquiry) -> ContactId:
        contact = inquiry.contact
        return self._planner.make(
            LaterContact(
                contact_id=contact_id_for(f"email:{inquiry.key}"),
                channel=Channel.EMAIL,
                initiation_method=InitiationMethod.OUTBOUND,
                begins_at=inquiry.at,
                customer_id=contact.customer_id,
                customer_name=contact.customer.name,
                details={"SegmentAttributes": {"connect:Subtype": "connect:Email"}},
                related=contact,
            )
        )

    def _created(self, inquiry: Inquiry) -> ContactId | None:
        """The contact that the block before has created for this e-mail, if it is not sent yet."""
        made = inquiry.contact.session.results.get("Contact")
        named = made.get("ContactId") if isinstance(made, Mapping) else None
        if not isinstance(named, str):
            return None
        contact = self._contacts.get(ContactId(named))
        is_meant = contact.channel is Channel.EMAIL and contact.state.is_live
        return contact.contact_id if is_meant else None

    def _note_sent(self, contact_id: ContactId, email: Email, inquiry: Inquiry) -> None:
        contact = self._contacts.get(contact_id)
        if not contact.state.is_live:
            return
        endpoint = Endpoint(email.to, EMAIL)
        item = ChatItem(
            item_id=f"{contact_id}-sent",
            contact_id=contact_id,
            at=inquiry.at,
            type="MESSAGE",
            content_type="text/plain",
            content=f"{email.subject}\n\n{email.text}",
            role="SYSTEM",
            display_name=email.sender,
        )
        change = Change.of(contact).update(customer_endpoint=endpoint)
        change = disconnect(change, DisconnectReason.API, at=inquiry.at)
        self._contacts.commit(Commit(contact=change, items=[item]))

    def _exists(self, contact_id: ContactId) -> bool:
        try:
            self._contacts.get(contact_id)
        except NotFound:
            return False
        return True

    # --- contacts that went before ---

    def _associate(self, inquiry: Inquiry) -> Reply:
        """An earlier chat of the same customer comes before this one, for all who read it."""
        kind = inquiry.text("RehydrationType").upper().replace(" ", "_")
        if kind not in (_WHOLE, _PART):
            raise Rejected(f"RehydrationType {kind!r} is not {_WHOLE} or {_PART}")
        contact = inquiry.contact
        source = self._contacts.get(ContactId(inquiry.text("SourceContactId")))
        if source.channel is not Channel.CHAT or source.contact_id == contact.contact_id:
            raise Rejected("the source is not an earlier chat", field="SourceContactId")
        if source.customer_id != contact.customer_id:
            raise Rejected("the source is another customer's chat", field="SourceContactId")
        fact = ConversationContinued(source_contact_id=source.contact_id, is_entire=kind == _WHOLE)
        return Concluded(answer=Answered(), facts=(fact,))

    def _load_content(self, inquiry: Inquiry) -> Reply:
        """What the customer has written in the e-mail that this contact is."""
        kind = inquiry.text("ContentType")
        if kind != "EmailMessage":
            raise Rejected(f"ContentType {kind!r} is not EmailMessage", field="ContentType")
        items = self._contacts.items(inquiry.contact.contact_id)
        mail = next((item for item in items if item.role == "CUSTOMER"), None)
        if mail is None:
            raise NotFound("the e-mail has no content", field="ContactId")
        return Answered({"EmailMessage": {"Plaintext": mail.content}})

    def _update_related(self, inquiry: Inquiry) -> Reply:
        """What the contact that this one was made from is called and knows, while it lasts."""
        related_id = inquiry.contact.related_contact_id
        if related_id is None:
            raise NotFound("there is no related contact", field="TargetContact")
        insist(lambda: self._change_related(related_id, inquiry))
        return Answered()

    def _change_related(self, contact_id: ContactId, inquiry: Inquiry) -> None:
        contact, request = self._contacts.get(contact_id), inquiry.ask.request
        if not contact.state.is_live:
            raise Rejected("the related contact has ended", field="TargetContact")
        given = _mapping(request.get("Attributes"))
        changed = {
            str(name): str(value)
            for name, value in given.items()
            if contact.attributes.get(str(name)) != str(value)
        }
        details = _details(contact, request)
        session = replace(
            contact.session,
            attributes={**contact.attributes, **changed},
            details={**contact.session.details, **details},
        )
        if len(json.dumps([session.attributes, session.details], default=str)) > KNOWN_LIMIT:
            raise Rejected("more than a contact can know", field="Attributes")
        change = Change.of(contact).update(session=session)
        if changed:
            change = change.then(AttributesUpdated(attributes=changed), inquiry.at)
        if details:
            change = change.then(DetailsUpdated(details=details), inquiry.at)
        if change.facts:
            self._contacts.commit(Commit(contact=change))


def _details(contact: Contact, request: Mapping[str, object]) -> dict[str, object]:
    """What a request newly says of the contact, beside its attributes."""
    known = contact.session.details
    wanted: dict[str, object] = {name: str(request[name]) for name in _PLAIN if name in request}
    for name in _NESTED:
        given = _mapping(request.get(name))
        if given:
            wanted[name] = {**_mapping(known.get(name)), **given}
    return {name: value for name, value in wanted.items() if known.get(name) != value}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


__all__ = ["RelatedContacts"]
