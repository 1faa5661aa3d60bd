"""What a bot is made of: intents, what people say for them, and what they are asked then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.bots.values import SlotType
from chalicelib.core.errors import Rejected

type Said = Mapping[str, str]  # a sentence by language; under "" in any


class InvalidBot(Rejected):
    """Every problem of a bot at once, each with its path: `intents.Book.slots.when.type`."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        path, _ = problems[0]
        super().__init__("; ".join(f"{where}: {what}" for where, what in problems), field=path)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Blank:
    """The place of a slot in an utterance."""

    slot: str


type Part = str | Blank


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody may say: words and blanks. `text`: as it was written."""

    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What an intent needs to know. Without a prompt it is never asked for."""

    name: str
    type: SlotType
    prompt: Said = field(default_factory=dict)
    retries: int = 2
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`confirm`: asked when all is known; `declined`: said when the answer is no.

    `closing`: said when it is done, before the flow goes on.
    """

    name: str
    utterances: tuple[Utterance, ...]
    slots: tuple[Slot, ...] = ()
    confirm: Said = field(default_factory=dict)
    declined: Said = field(default_factory=dict)
    closing: Said = field(default_factory=dict)

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """`retries`, `silences`: how often it asks again who was not understood, or said nothing.

    `keys`: which key of a telephone stands for which intent. `retry` is said before `question`.
    """

    name: str
    intents: tuple[Intent, ...]
    languages: tuple[str, ...] = ("en-US",)
    keys: Mapping[str, str] = field(default_factory=dict)
    question: Said = field(default_factory=dict)
    retry: Said = field(default_factory=dict)
    retries: int = 2
    silences: int = 2

    @property
    def is_english(self) -> bool:
        """Whether English endings and fillers are known in it."""
        return any(language.startswith("en") for language in self.languages)

    def intent(self, name: str | None) -> Intent | None:
        return next((intent for intent in self.intents if intent.name == name), None)


def said_in(said: Said, language: str) -> str:
    """In this language, else one like it, else the first; empty when there is none."""
    if language in said or "" in said:
        return said.get(language) or said.get("", "")
    alike = (text for known, text in said.items() if known[:2] == language[:2])
    return next(alike, next(iter(said.values()), ""))
