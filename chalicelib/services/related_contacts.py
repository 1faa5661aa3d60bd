"""Answers flows about other contacts: messages that we write first, and what went before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser

from chalicelib.core.contact import Change
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import (
    AttributesUpdated,
    Channel,
    ConversationContinued,
    DisconnectReason,
    Endpoint,
    InitiationMethod,
)
from chalicelib.core.flow import Answered
from chalicelib.core.ids import ContactId
from chalicelib.core.lifecycle import disconnect
from chalicelib.core.template import render
from chalicelib.services.asking import Concluded, Inquiry, Reply
from chalicelib.services.customers import ToE164
from chalicelib.services.messaging import Email, Messenger
from chalicelib.services.planning import LaterContact, Planner, contact_id_for
from chalicelib.services.ports import ChatItem, Commit, ContactStore
from chalicelib.services.races import insist
from chalicelib.services.templates import Templates, known_of

EMAIL = "EMAIL_ADDRESS"
TEXT_LIMIT = 1_600  # characters of a text message, in parts
ATTRIBUTES_BYTES = 32 * 1024  # all attributes of a contact together
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
        email = self._email(inquiry)
        contact_id = self._created(inquiry) or self._email_contact(inquiry)
        if self._contacts.get(contact_id).state.is_live:
            self._messenger.send_email(email)
            insist(lambda: self._note_sent(contact_id, email, inquiry))
        return Answered({"ContactId": contact_id})

    def _start_chat(self, inquiry: Inquiry) -> Reply:
        """A text message to a number: what it says, and a chat for what may be answered."""
        number = self._to_e164(_address(inquiry.ask.request.get("DestinationEndpoint"), "Address"))
        if number is None:
            raise Rejected("there is no number to write to", field="DestinationEndpoint")
        text = _address(inquiry.ask.request.get("InitialSystemMessage"), "Content").strip()
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

    def _email(self, inquiry: Inquiry) -> Email:
        request = inquiry.ask.request
        message = request.get("EmailMessage")
        content = self._content(inquiry, message if isinstance(message, Mapping) else {})
        email = Email(
            sender=_address(request.get("FromEmailAddress"), "EmailAddress"),
            to=_address(request.get("DestinationEmailAddress"), "EmailAddress"),
            **content,
        )
        for name, address in (
            ("FromEmailAddress", email.sender),
            ("DestinationEmailAddress", email.to),
        ):
            if "@" not in address.strip("@"):
                raise Rejected(f"{name} is no address", field=name, value=address)
        if not email.subject or not (email.text or email.html):
            raise Rejected("an e-mail needs a subject and a body", field="EmailMessage")
        return email

    def _content(self, inquiry: Inquiry, message: Mapping[object, object]) -> dict[str, str]:
        """Raw, by a template that is named, or as the template that was rendered before."""
        raw, templated = message.get("RawMessage"), message.get("TemplatedMessageConfig")
        if isinstance(raw, Mapping):
            body = str(raw.get("Body", ""))
            is_html = str(raw.get("ContentType", "")).lower() == "text/html"
            return {
                "subject": str(raw.get("Subject", "")),
                "text": plain_text(body) if is_html else body,
                "html": body if is_html else "",
            }
        if isinstance(templated, Mapping):
            template = self._templates.named(str(templated.get("MessageTemplateId", "")))
            rendered: object = render(template, known_of(inquiry.contact))
        else:
            rendered = inquiry.contact.session.results.get("Template")
        return _rendered(rendered)

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
        """Attributes of the contact that this one was made from, while it lasts."""
        related_id = inquiry.contact.related_contact_id
        if related_id is None:
            raise NotFound("there is no related contact", field="TargetContact")
        given = inquiry.ask.request.get("Attributes")
        wanted = {str(k): str(v) for k, v in given.items()} if isinstance(given, Mapping) else {}
        insist(lambda: self._set_attributes(related_id, wanted, inquiry))
        return Answered()

    def _set_attributes(
        self, contact_id: ContactId, wanted: Mapping[str, str], inquiry: Inquiry
    ) -> None:
        contact = self._contacts.get(contact_id)
        if not contact.state.is_live:
            raise Rejected("the related contact has ended", field="TargetContact")
        attributes = {**contact.attributes, **wanted}
        if sum(len(k.encode()) + len(v.encode()) for k, v in attributes.items()) > ATTRIBUTES_BYTES:
            raise Rejected("too many attributes", field="Attributes")
        changed = {k: v for k, v in wanted.items() if contact.attributes.get(k) != v}
        if changed:
            session = replace(contact.session, attributes=attributes)
            change = Change.of(contact).update(session=session)
            change = change.then(AttributesUpdated(attributes=changed), inquiry.at)
            self._contacts.commit(Commit(contact=change))


def plain_text(html: str) -> str:
    """The words of an HTML text."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Text outside of tags; what begins a block begins a line."""

    _BLOCKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"})
    _SILENT = frozenset({"style", "script", "head"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self._SILENT
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _rendered(rendered: object) -> dict[str, str]:
    """Of what a template became, the parts of an e-mail."""
    known = rendered if isinstance(rendered, Mapping) else {}
    body = known.get("Body")
    parts = body if isinstance(body, Mapping) else {}
    return {
        "subject": str(known.get("Subject", "")),
        "text": str(parts.get("PlainText", "")),
        "html": str(parts.get("Html", "")),
    }


def _address(value: object, name: str) -> str:
    """A text, or the one of this name in a mapping."""
    found = value.get(name) if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else ""


__all__ = ["RelatedContacts", "plain_text"]
