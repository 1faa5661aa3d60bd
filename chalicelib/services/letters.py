"""E-mails as flows describe them, and the words in an e-mail's HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from chalicelib.core.errors import Rejected
from chalicelib.core.template import render
from chalicelib.services.asking import Inquiry
from chalicelib.services.messaging import Email
from chalicelib.services.templates import Templates, known_of


def email_of(inquiry: Inquiry, templates: Templates) -> Email:
    """The e-mail that a flow wants sent; Rejected names what it lacks."""
    request = inquiry.ask.request
    message = request.get("EmailMessage")
    content = _content(inquiry, templates, message if isinstance(message, Mapping) else {})
    email = Email(
        sender=addressed(request.get("FromEmailAddress"), "EmailAddress"),
        to=addressed(request.get("DestinationEmailAddress"), "EmailAddress"),
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


def _content(
    inquiry: Inquiry, templates: Templates, message: Mapping[object, object]
) -> dict[str, str]:
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
        template = templates.named(str(templated.get("MessageTemplateId", "")))
        rendered: object = render(template, known_of(inquiry.contact))
    else:
        rendered = inquiry.contact.session.results.get("Template")
    return _rendered(rendered)


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


def addressed(value: object, name: str) -> str:
    """A text, or the one of this name in a mapping."""
    found = value.get(name) if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else ""


__all__ = ["addressed", "email_of", "plain_text"]
