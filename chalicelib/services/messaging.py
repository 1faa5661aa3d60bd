"""Messages that the center sends to addresses outside: text messages and e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.core.errors import Rejected


class Undeliverable(Rejected):
    """Nobody can get a message there: a landline, an address that is none, a blocked one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """`html` is what mail programs show instead of the text, if there is any."""

    sender: str
    to: str
    subject: str
    text: str
    html: str = ""


class Messenger(Protocol):
    """Sends, and says at once what can be known at once; Unavailable when nothing can be sent."""

    def send_text(self, number: str, text: str) -> None:
        """A text message to an E.164 number; Undeliverable when it cannot take any."""
        ...

    def send_email(self, email: Email) -> None:
        """Undeliverable when it is refused."""
        ...
