"""What people say as words that can be compared: case, accents and English endings do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

UNCLEAR = "…"  # something was said, and nobody could make out what
NUMBER = "{number}"  # in a hint for whoever recognises speech: digits, one after the other

_WORD = re.compile(r"\{\w+\}|\+?\d+|[^\W\d_]+")
_NOT_DECOMPOSED = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})
_APOSTROPHES = str.maketrans("", "", "'’‘`")

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: value for value, word in enumerate(_UNITS.split())}
TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
DIGITS = {**{word: value for word, value in SMALL.items() if value < 10}, "oh": 0, "o": 0}
REPEATS = {"double": 2, "triple": 3}

# Words that tell little about what somebody wants.
_FILLERS = """a about an and are at be can could do for from get go got have hello help hey hi i id
if ill im in is it its just know let like make me my need now of oh ok on or our please put said say
so some speak talk tell thank thanks that the their there these they this to uh um want wanted was
we well with would you your"""
FILLERS = frozenset(_FILLERS.split())


def words(text: str) -> tuple[str, ...]:
    """Lower case, without accents; numbers apart from letters; `{slot}` stays a word."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(_WORD.findall(letters.translate(_APOSTROPHES)))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """An English word without its ending, so that `billing` and `bills` are one."""
    for ending, least, put in (("ies", 5, "y"), ("ing", 6, ""), ("ed", 5, ""), ("s", 4, "")):
        if len(word) >= least and word.endswith(ending) and not word.endswith("ss"):
            word = word.removesuffix(ending) + put
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


@lru_cache(maxsize=65536)
def is_alike(one: str, other: str) -> bool:
    """The same word but for its ending, or a long one with one slip of the finger."""
    if one == other or stem(one) == stem(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 5 or len(longer) - len(shorter) > 1:
        return False
    at = next((i for i, c in enumerate(shorter) if c != longer[i]), len(shorter))
    if len(shorter) == len(longer):
        is_swapped = shorter[at : at + 2] == longer[at : at + 2][::-1]
        return shorter[at + 1 :] == longer[at + 1 :] or (
            is_swapped and shorter[at + 2 :] == longer[at + 2 :]
        )
    return shorter[at:] == longer[at + 1 :]


def digits_of(said: Sequence[str]) -> str:
    """`one two double five` and `12 55` as 1255; empty when any of the words is no number."""
    found, rest = "", list(said)
    while rest:
        word = rest.pop(0)
        repeat = REPEATS.get(word, 1)
        if repeat > 1 and rest:
            word = rest.pop(0)
        if word in TENS and rest and DIGITS.get(rest[0], 0) > 0:
            value: str | None = str(TENS[word] + DIGITS[rest.pop(0)])
        else:
            value = _number_word(word)
        if value is None:
            return ""
        found += value * repeat
    return found


def cardinal_of(said: Sequence[str]) -> int | None:
    """`two hundred and five` as 205; None for what is no whole number in words."""
    total, part, last = 0, 0, 1_000_000
    for word in said:
        if word == "and" and part:
            continue
        if word == "hundred" and 0 < part < 10:
            part, last = part * 100, 100
        elif word == "thousand" and 0 < part:
            total, part, last = total + part * 1000, 0, 1_000
        elif word in TENS and last > 10:
            part, last = part + TENS[word], 10
        elif word in SMALL and (last > 10 or (last == 10 and 0 < SMALL[word] < 10)):
            part, last = part + SMALL[word], 1
        else:
            return None
    return total + part


def spoken(text: str) -> str:
    """The text with its digits in words, as a speech recogniser wants them."""
    by_digit = {str(value): word for word, value in SMALL.items() if value < 10}
    return re.sub(r"\d", lambda digit: f" {by_digit[digit[0]]} ", text).strip()


def _number_word(word: str) -> str | None:
    if word.removeprefix("+").isdecimal():
        return word
    for known in (DIGITS, SMALL, TENS):
        if word in known:
            return str(known[word])
    return None
