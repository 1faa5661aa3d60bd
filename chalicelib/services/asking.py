"""Who answers what flows ask: one respondent per port, at once or when a person has spoken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from chalicelib.core.center import Center
from chalicelib.core.contact import Contact
from chalicelib.core.errors import Refusal
from chalicelib.core.events import ContactEvent
from chalicelib.core.flow import Answered, Ask, Command, Port, Refused, Said
from chalicelib.services.ports import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question of a flow about one contact.

    `key` is the same whenever this very question is asked again (a commit that lost a race), so
    what is made to answer it is made once.
    """

    ask: Ask
    contact: Contact
    center: Center
    at: datetime
    key: str

    def text(self, name: str) -> str:
        """A parameter of the request as text; empty when there is none."""
        value = self.ask.request.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A person will answer: what they are told meanwhile, and what is to be remembered.

    `seconds`: how long from now, if not as long as the block says. `is_private`: what they answer
    is kept out of the transcript.
    """

    memory: Mapping[str, object] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    seconds: float | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """An answer, and what it has made known of the contact itself: facts of the same commit.

    `commands`: what the customer is still told before the flow goes on.
    """

    answer: Answered
    facts: tuple[ContactEvent, ...] = ()
    commands: tuple[Command, ...] = ()


type Reply = Answered | Concluded | Refused | Pending


class Respondent(Protocol):
    """Answers for one port. A Refusal or Unavailable that it raises is the error branch."""

    def ask(self, inquiry: Inquiry) -> Reply: ...


class Conversant(Respondent, Protocol):
    """A respondent behind whom a person answers."""

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        """What follows from what the person said; `memory` is that of the last Pending."""
        ...


class Respondents:
    """All of them, each made when it is first asked: most flows ask few."""

    def __init__(self, made: Mapping[Port, Callable[[], Respondent]]) -> None:
        self._made = made

    def ask(self, inquiry: Inquiry) -> Reply:
        port = inquiry.ask.port
        if port not in self._made:
            return Refused(reason=f"nobody answers for {port} here")
        return _answered(lambda: self._made[port]().ask(inquiry))

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        # only those that answered Pending are heard
        conversant = cast("Conversant", self._made[inquiry.ask.port]())
        return _answered(lambda: conversant.hear(inquiry, memory, said))


def _answered(answer: Callable[[], Reply]) -> Reply:
    try:
        return answer()
    except (Refusal, Unavailable) as error:
        return Refused(reason=str(error))
