"""What fills a slot: numbers, dates, telephone numbers, yes or no, a choice, or any words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.core.bots.words import (
    DIGITS,
    NUMBER,
    SMALL,
    TENS,
    cardinal_of,
    digits_of,
    is_alike,
    words,
)


class Kind(StrEnum):
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    PHONE = "phone"
    TEXT = "text"
    YES_NO = "yes/no"


YES = frozenset(words("yes yeah yep yup sure correct right ok okay exactly 1 si oui ja vâng"))
NO = frozenset(words("no nope nah wrong incorrect not never 2 non nein không"))
WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = words(
    "january february march april may june july august september october november december"
)
_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_DAY_NUMBERS = {word: number for number, word in enumerate(_ORDINALS, start=1)} | {"thirtieth": 30}
_ENDINGS = frozenset({"st", "nd", "rd", "th", "of", "the"})
_LEAST_PHONE_DIGITS, _MOST_PHONE_DIGITS = 7, 15


@dataclass(frozen=True, slots=True)
class Value:
    """What was read from the words `start` to `end` (not included)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotType:
    """`values`: of a choice, what stands for each, as words. `digits`: how many of a number."""

    kind: Kind
    values: Mapping[tuple[str, ...], str] | None = None
    digits: int | None = None

    def find(self, said: Sequence[str], free: Sequence[bool], today: date) -> Value | None:
        """The longest value among the words that are free; the first of several."""
        found: Value | None = None
        for start in range(len(said)):
            for end in range(start + 1, min(len(said), start + self._longest) + 1):
                if not free[end - 1]:
                    break
                text = self.read(said[start:end], today)
                if text is not None and (found is None or end - start > found.end - found.start):
                    found = Value(text, start, end)
        return found

    def read(self, said: Sequence[str], today: date) -> str | None:
        """These words, all of them, as a value."""
        if not said:
            return None
        if self.kind is Kind.CHOICE:
            return _choice(said, self.values or {})
        if self.kind is Kind.NUMBER:
            number = _number(said)
            return number if self.digits in (None, len(number or "")) else None
        return _READERS[self.kind](said, today)

    @property
    def hints(self) -> list[str]:
        """What may be said for it, for whoever recognises speech; none for what may be anything."""
        if self.kind is Kind.CHOICE:
            return [" ".join(phrase) for phrase in self.values or {}]
        return list(_HINTS[self.kind])

    @property
    def most_keys(self) -> int:
        """How many keys of a telephone its longest value has; one key answers a choice at once."""
        if self.kind is Kind.NUMBER:
            return self.digits or _MOST_PHONE_DIGITS
        if self.kind is Kind.CHOICE:
            keyed = [len(value) for value in (self.values or {}).values() if value.isdecimal()]
            return max(keyed, default=1)
        return {Kind.PHONE: _MOST_PHONE_DIGITS, Kind.DATE: 8}.get(self.kind, 1)

    @property
    def _longest(self) -> int:
        """How many words a value has at most."""
        if self.kind is Kind.CHOICE:
            return max(map(len, self.values or {}), default=1)
        return _LONGEST[self.kind]


def _choice(said: Sequence[str], values: Mapping[tuple[str, ...], str]) -> str | None:
    phrase = tuple(said)
    if phrase in values:
        return values[phrase]
    figures = digits_of(said)
    if figures and (figures,) in values:
        return values[(figures,)]
    alike = (
        value
        for known, value in values.items()
        if len(known) == len(phrase) and all(map(is_alike, known, phrase))
    )
    return next(alike, None)


def _number(said: Sequence[str]) -> str | None:
    cardinal = cardinal_of(said)
    return str(cardinal) if cardinal is not None else digits_of(said) or None


def _phone(said: Sequence[str], today: date) -> str | None:
    international = said[0] == "plus" or said[0].startswith("+")
    figures = digits_of(said[1:] if said[0] == "plus" else said).removeprefix("+")
    if not figures.isdecimal() or not _LEAST_PHONE_DIGITS <= len(figures) <= _MOST_PHONE_DIGITS:
        return None
    return f"+{figures}" if international else figures


def _yes_no(said: Sequence[str], today: date) -> str | None:
    return "no" if said[0] in NO else "yes" if said[0] in YES else None


def _text(said: Sequence[str], today: date) -> str | None:
    return " ".join(said)


# --- dates ----------------------------------------------------------------------------------------


def _date(said: Sequence[str], today: date) -> str | None:
    found = _relative(list(said), today) or _calendar(list(said), today)
    return found.isoformat() if found else None


def _relative(said: list[str], today: date) -> date | None:
    days = {"today": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2}
    phrase = " ".join(word for word in said if word not in ("the", "on", "next", "this"))
    if phrase in days:
        return today + timedelta(days=days[phrase])
    if phrase in WEEKDAYS:
        ahead = (WEEKDAYS.index(phrase) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    return None


def _calendar(said: list[str], today: date) -> date | None:
    """`2026 03 05`, `march 5`, `the fifth of march 2027`; without a year the next such day."""
    if len(said) == 1 and len(said[0]) == 8 and said[0].isdecimal():
        said = [said[0][:4], said[0][4:6], said[0][6:]]  # as typed on a telephone
    if len(said) == 3 and all(word.isdecimal() for word in said) and len(said[0]) == 4:
        return _day(int(said[0]), int(said[1]), int(said[2]))
    rest = [word for word in said if word not in _ENDINGS]
    named = [word for word in rest if word in MONTHS]
    if len(named) != 1:
        return None
    month = MONTHS.index(named[0]) + 1
    rest.remove(named[0])
    years = [word for word in rest if word.isdecimal() and len(word) == 4]
    day = _day_number([word for word in rest if word not in years])
    if day is None or len(years) > 1:
        return None
    if years:
        return _day(int(years[0]), month, day)
    return next(_upcoming(month, day, today), None)


def _upcoming(month: int, day: int, today: date) -> Iterator[date]:
    for year in range(today.year, today.year + 9):  # 29 February comes every eight years at worst
        found = _day(year, month, day)
        if found is not None and found >= today:
            yield found


def _day_number(said: Sequence[str]) -> int | None:
    if len(said) == 1:
        word = said[0]
        return int(word) if word.isdecimal() else _DAY_NUMBERS.get(word) or SMALL.get(word)
    if len(said) == 2 and said[0] in TENS:
        unit = _DAY_NUMBERS.get(said[1]) or DIGITS.get(said[1])
        return TENS[said[0]] + unit if unit else None
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_READERS: Mapping[Kind, Callable[[Sequence[str], date], str | None]] = {
    Kind.DATE: _date,
    Kind.PHONE: _phone,
    Kind.TEXT: _text,
    Kind.YES_NO: _yes_no,
}
_LONGEST: Mapping[Kind, int] = {
    Kind.DATE: 6,
    Kind.NUMBER: 16,
    Kind.PHONE: 16,
    Kind.TEXT: 64,
    Kind.YES_NO: 1,
}
_HINTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.DATE: ("today", "tomorrow", *WEEKDAYS),
    Kind.NUMBER: (NUMBER,),
    Kind.PHONE: (NUMBER,),
    Kind.TEXT: (),
    Kind.YES_NO: ("yes", "no"),
}
