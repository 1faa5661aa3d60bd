"""Callers who speak: their sound is turned into words and said to whoever their flow asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.core.bots import UNCLEAR
from chalicelib.core.contact import Contact
from chalicelib.core.errors import Denied, Rejected
from chalicelib.core.flow import Listen, Said
from chalicelib.core.ids import ContactId
from chalicelib.services.bot_ports import Heard, Hearing
from chalicelib.services.ports import Unavailable

BYTES_A_SECOND = 32_000  # 16 kHz, 16 bit, one channel
MOST_SECONDS = 16  # 15 of speech and some silence around them
LEAST_CONFIDENCE = 0.5


class Listener(Protocol):
    def hear(self, contact_id: ContactId, said: Said, wait: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What was heard; text None: nobody waits for it any more."""

    text: str | None
    confidence: float = 0.0


class SpeechService:
    """`contact_of` opens a customer's token."""

    def __init__(
        self, contact_of: Callable[[str], Contact], hearing: Hearing, listener: Listener
    ) -> None:
        self._contact_of = contact_of
        self._hearing = hearing
        self._listener = listener

    def hear(self, token: str, contact_id: ContactId, wait: int, samples: bytes) -> Understood:
        """Answers the wait with the words. What cannot be made out is said as `UNCLEAR`."""
        contact = self._contact_of(token)
        if contact_id not in (contact.contact_id, contact.previous_contact_id, contact.chain_id):
            raise Denied("the token is for another contact", field="contactId")
        if not 1 <= len(samples) / 2 <= BYTES_A_SECOND * MOST_SECONDS / 2:
            raise Rejected(
                f"speech of {len(samples) / BYTES_A_SECOND:.1f} s, at most {MOST_SECONDS} s count",
                field="audio",
            )
        awaited = contact.session.wait
        if contact.dialog is None or awaited is None or awaited.number != wait:
            return Understood(None)
        heard = self._words(contact, samples)
        is_clear = bool(heard.text) and heard.confidence >= LEAST_CONFIDENCE
        text = heard.text if is_clear else UNCLEAR
        self._listener.hear(contact.contact_id, Said(text=text), wait)
        return Understood(text, heard.confidence)

    def _words(self, contact: Contact, samples: bytes) -> Heard:
        """Nothing, where nobody can listen: the flow asks again, and its keys are as good."""
        try:
            return self._hearing.words(
                samples, hints=_hints(contact), language=contact.session.language_code
            )
        except Unavailable:
            return Heard("")


def _hints(contact: Contact) -> tuple[str, ...]:
    """What the question that is open says may be answered."""
    listening = [command for command in contact.turn if isinstance(command, Listen)]
    return listening[-1].hints if listening else ()
