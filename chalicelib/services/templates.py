"""Answers flows that want a message written: a stored template, filled with what they know."""

from __future__ import annotations

from typing import Protocol

from chalicelib.core.contact import Contact
from chalicelib.core.errors import NotFound
from chalicelib.core.flow import Answered, Refused
from chalicelib.core.template import MessageTemplate, Unfilled, render
from chalicelib.services.asking import Inquiry, Reply

NOT_RENDERED = "TemplateRenderingError"


class TemplateStore(Protocol):
    """The center's message templates, by name."""

    def template(self, name: str) -> MessageTemplate | None: ...

    def save_template(self, template: MessageTemplate) -> None: ...


class Templates:
    """The respondent of Port.TEMPLATE."""

    def __init__(self, store: TemplateStore) -> None:
        self._store = store

    def ask(self, inquiry: Inquiry) -> Reply:
        template = self.named(inquiry.text("WisdomMessageTemplateArn"))
        try:
            return Answered(render(template, known_of(inquiry.contact)))
        except Unfilled as error:
            return Refused(NOT_RENDERED, str(error))

    def named(self, reference: str) -> MessageTemplate:
        """By name, by `template:Name`, or by an ARN, whose last part is the name."""
        name = reference.removeprefix("template:")
        if name.startswith("arn:"):
            name = name.rsplit("/", 1)[-1].split(":", 1)[0]
        template = self._store.template(name) if name else None
        if template is None:
            raise NotFound(f"no message template {reference!r}", field="WisdomMessageTemplateArn")
        return template


def known_of(contact: Contact) -> dict[str, object]:
    """What a message may speak of."""
    session, endpoint = contact.session, contact.customer_endpoint
    return {
        "ContactId": contact.contact_id,
        "Channel": str(contact.channel),
        "CustomerEndpoint": {"Address": endpoint.address} if endpoint else {},
        "Queue": {"Name": contact.queue.name} if contact.queue else {},
        "Attributes": session.attributes,
        "FlowAttributes": session.flow_attributes,
        "External": session.external,
        **session.details,
        **session.results,
    }


__all__ = ["TemplateStore", "Templates"]
