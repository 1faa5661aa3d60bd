"""What bots need from outside: where they are kept, who runs others, and who can hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.core.bots import Bot


class BotStore(Protocol):
    """Our own bots, by name."""

    def get(self, name: str) -> Bot:
        """NotFound when there is none; some seconds old at most."""
        ...

    def document(self, name: str) -> object:
        """As an admin wrote it; NotFound."""
        ...

    def list(self) -> Sequence[Bot]:
        """All of them, by name."""
        ...

    def save(self, bot: Bot, document: object) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody said to a bot that others run. `session`: the same all conversation long."""

    bot: str
    session: str
    text: str
    language: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What such a bot says to it; with an intent it is over. `lex`: what `$.Lex` then holds."""

    says: str = ""
    intent: str | None = None
    lex: Mapping[str, object] = field(default_factory=dict)


class BotRuntime(Protocol):
    """Runs the bots that are not ours."""

    def react(self, said: Utterance) -> Reaction:
        """Rejected when there is no such bot, Unavailable when it cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made out of speech; empty when nothing was. `confidence` from 0 to 1."""

    text: str
    confidence: float = 0.0


class Hearing(Protocol):
    """Turns speech into words."""

    def words(self, samples: bytes, *, hints: Sequence[str], language: str) -> Heard:
        """`samples`: 16 kHz, 16 bit, one channel. Unavailable when nobody can listen now.

        `hints`: what may be said; without any, anything may.
        """
        ...
