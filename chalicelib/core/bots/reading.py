"""Reads a bot from the document that an admin wrote, and names everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.core.bots.model import Blank, Bot, Intent, InvalidBot, Said, Slot, Utterance
from chalicelib.core.bots.values import Kind, SlotType
from chalicelib.core.bots.words import words

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
_BLANK = re.compile(r"\{(\w+)\}")
_KEYS = frozenset("0123456789*#")
_MOST_INTENTS, _MOST_UTTERANCES, _MOST_TIMES, _MOST_DIGITS = 100, 300, 9, 20


def read_bot(document: object) -> Bot:
    """The bot, or InvalidBot with all its problems."""
    reader = _Reader()
    bot = reader.bot(document)
    if reader.problems:
        raise InvalidBot(reader.problems)
    return bot


class _Reader:
    """Reads on after a problem, so that all are found at once."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def bot(self, document: object) -> Bot:
        known = {"name", "languages", "intents", "keys", "question", "retry", "retries", "silences"}
        fields = self._fields(document, "bot", known)
        intents = tuple(self._intents(fields.get("intents")))
        return Bot(
            name=self._name(fields.get("name"), "name"),
            languages=tuple(self._languages(fields.get("languages", ["en-US"]))),
            intents=intents,
            keys=self._keys(fields.get("keys"), {intent.name for intent in intents}),
            question=self._said(fields.get("question"), "question"),
            retry=self._said(fields.get("retry"), "retry"),
            retries=self._times(fields.get("retries", 2), "retries"),
            silences=self._times(fields.get("silences", 2), "silences"),
        )

    # --- parts ------------------------------------------------------------------------------------

    def _languages(self, raw: object) -> Iterator[str]:
        for at, language in enumerate(self._list(raw, "languages")):
            if isinstance(language, str) and _LANGUAGE.fullmatch(language):
                yield language
            else:
                self._wrong(f"languages[{at}]", f"{language!r} is no language such as en-US")

    def _intents(self, raw: object) -> Iterator[Intent]:
        entries = self._named(raw, "intents")
        if not entries:
            self._wrong("intents", "a bot has at least one intent")
        if len(entries) > _MOST_INTENTS:
            self._wrong("intents", f"{len(entries)} intents, {_MOST_INTENTS} are allowed")
        for name, entry in entries.items():
            path = f"intents.{self._name(name, f'intents.{name}')}"
            known = {"utterances", "slots", "confirm", "declined", "closing"}
            fields = self._fields(entry, path, known)
            slots = tuple(self._slots(fields.get("slots"), f"{path}.slots"))
            yield Intent(
                name=name,
                slots=slots,
                utterances=tuple(self._utterances(fields.get("utterances"), path, slots)),
                confirm=self._said(fields.get("confirm"), f"{path}.confirm", slots),
                declined=self._said(fields.get("declined"), f"{path}.declined", slots),
                closing=self._said(fields.get("closing"), f"{path}.closing", slots),
            )

    def _utterances(self, raw: object, path: str, slots: Sequence[Slot]) -> Iterator[Utterance]:
        written = self._list(raw, f"{path}.utterances")
        if not 1 <= len(written) <= _MOST_UTTERANCES:
            self._wrong(
                f"{path}.utterances", f"{len(written)}, 1 to {_MOST_UTTERANCES} are allowed"
            )
        by_name = {slot.name: slot for slot in slots}
        for at, text in enumerate(written):
            where = f"{path}.utterances[{at}]"
            parts = tuple(_parts(str(text)))
            blanks = [part.slot for part in parts if isinstance(part, Blank)]
            for name in blanks:
                if name not in by_name:
                    self._wrong(where, f"there is no slot {name!r}")
            free = {n for n in blanks if n in by_name and by_name[n].type.kind is Kind.TEXT}
            if len(free) > 1:
                self._wrong(where, "two slots of free text cannot be told apart")
            if len(parts) == len(free):
                self._wrong(where, f"{str(text)!r} has no word that would tell what is meant")
            yield Utterance(str(text), parts)

    def _slots(self, raw: object, path: str) -> Iterator[Slot]:
        known = {"type", "values", "digits", "prompt", "retries", "optional"}
        for name, entry in self._named(raw, path).items():
            where = f"{path}.{name}"
            if not name.isidentifier():
                self._wrong(where, f"{name!r} is no name: letters, digits and _, no digit first")
            fields = self._fields(entry, where, known)
            yield Slot(
                name=name,
                type=self._type(fields, where),
                prompt=self._said(fields.get("prompt"), f"{where}.prompt"),
                retries=self._times(fields.get("retries", 2), f"{where}.retries"),
                is_optional=self._flag(fields.get("optional", False), f"{where}.optional"),
            )

    def _type(self, fields: Mapping[str, object], path: str) -> SlotType:
        kinds = {kind.value: kind for kind in Kind}
        kind = kinds.get(str(fields.get("type")))
        if kind is None:
            self._wrong(f"{path}.type", f"{fields.get('type')!r} is not one of {', '.join(kinds)}")
            return SlotType(kind=Kind.TEXT)
        values = self._values(fields.get("values"), f"{path}.values")
        if (kind is Kind.CHOICE) != bool(fields.get("values")):
            self._wrong(f"{path}.values", "a choice, and nothing else, has values")
        digits = fields.get("digits")
        is_count = type(digits) is int and 1 <= digits <= _MOST_DIGITS and kind is Kind.NUMBER
        if digits is not None and not is_count:
            self._wrong(f"{path}.digits", f"for a number, 1 to {_MOST_DIGITS}")
        return SlotType(kind=kind, values=values, digits=digits if type(digits) is int else None)

    def _values(self, raw: object, path: str) -> Mapping[tuple[str, ...], str]:
        """A list of values, or each value with what else stands for it."""
        entries = raw if isinstance(raw, Mapping) else dict.fromkeys(self._list(raw, path), ())
        found: dict[tuple[str, ...], str] = {}
        for value, others in entries.items():
            for phrase in (str(value), *map(str, self._list(others, f"{path}.{value}"))):
                key = words(phrase)
                if not key:
                    self._wrong(f"{path}.{value}", f"{phrase!r} has no word in it")
                elif found.setdefault(key, str(value)) != str(value):
                    self._wrong(f"{path}.{value}", f"{phrase!r} stands for {found[key]!r} already")
        return found

    def _keys(self, raw: object, intents: set[str]) -> Mapping[str, str]:
        keys = {str(key): str(name) for key, name in self._named(raw, "keys").items()}
        for key, name in keys.items():
            if key not in _KEYS:
                self._wrong(f"keys.{key}", f"{key!r} is not one of 0 to 9, * and #")
            if name not in intents:
                self._wrong(f"keys.{key}", f"there is no intent {name!r}")
        return keys

    def _said(self, raw: object, path: str, slots: Sequence[Slot] = ()) -> Said:
        """A sentence for all languages, or one for each; the slots in it must be there."""
        if raw is None:
            return {}
        said = raw if isinstance(raw, Mapping) else {"": raw}
        names = {slot.name for slot in slots}
        for language, text in said.items():
            if not isinstance(text, str) or not text.strip() or len(text) > 1_000:
                self._wrong(path, "a sentence has 1 to 1000 characters")
            elif language and not _LANGUAGE.fullmatch(str(language)):
                self._wrong(path, f"{language!r} is no language such as en-US")
            else:
                for name in set(_BLANK.findall(text)) - names:
                    self._wrong(path, f"there is no slot {name!r}")
        return {str(language): str(text) for language, text in said.items()}

    # --- values -----------------------------------------------------------------------------------

    def _wrong(self, path: str, problem: str) -> None:
        self.problems.append((path, problem))

    def _fields(self, raw: object, path: str, known: set[str]) -> Mapping[str, object]:
        fields = self._named(raw, path, is_needed=True)
        for name in fields.keys() - known:
            self._wrong(f"{path}.{name}", f"is not one of {', '.join(sorted(known))}")
        return fields

    def _named(self, raw: object, path: str, *, is_needed: bool = False) -> Mapping[str, object]:
        if isinstance(raw, Mapping):
            return {str(name): value for name, value in raw.items()}
        if raw is not None or is_needed:
            self._wrong(path, "must be a table of names and values")
        return {}

    def _list(self, raw: object, path: str) -> Sequence[object]:
        if isinstance(raw, Sequence) and not isinstance(raw, str):
            return raw
        if raw is not None:
            self._wrong(path, "must be a list")
        return ()

    def _name(self, raw: object, path: str) -> str:
        if not isinstance(raw, str) or not _NAME.fullmatch(raw):
            self._wrong(path, f"{raw!r} is no name: a letter, then letters, digits, - and _")
        return str(raw)

    def _times(self, raw: object, path: str) -> int:
        if type(raw) is int and 0 <= raw <= _MOST_TIMES:
            return raw
        self._wrong(path, f"{raw!r} is not a number from 0 to {_MOST_TIMES}")
        return 0

    def _flag(self, raw: object, path: str) -> bool:
        if not isinstance(raw, bool):
            self._wrong(path, f"{raw!r} is neither true nor false")
        return raw is True


def _parts(text: str) -> Iterator[str | Blank]:
    for word in re.split(r"(\{\w+\})", text):
        blank = _BLANK.fullmatch(word)
        if blank:
            yield Blank(blank[1])
        else:
            yield from words(word)
