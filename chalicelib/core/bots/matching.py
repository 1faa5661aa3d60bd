"""Which intent a sentence means: a score for every utterance, the best of all, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.core.bots.model import Blank, Bot, Intent, Part, Utterance
from chalicelib.core.bots.values import Kind
from chalicelib.core.bots.words import FILLERS, is_alike, words

GOOD = 0.5  # a score from which on an intent counts as understood
_FILLER_WEIGHT = 0.1
_ALL_SAID = 0.6  # the part of the score for an utterance said in full, whatever else was said


@dataclass(frozen=True, slots=True)
class Found:
    """An intent with its score (0 to 1), the slots that were filled, and the utterance it was."""

    intent: str
    score: float
    slots: Mapping[str, str] = field(default_factory=dict)
    because: str = ""


def understand(bot: Bot, text: str, today: date) -> list[Found]:
    """Every intent that may be meant, the likeliest first; empty for what means nothing here.

    Of equals the one that says more wins, then the one that is written first.
    """
    sentence = _Sentence(words(text), bot.is_english, today)
    best = [
        max((_score(sentence, u, intent) for u in intent.utterances), key=lambda rated: rated[:2])
        for intent in bot.intents
    ]
    ranked = sorted(best, key=lambda rated: (-rated[0], -rated[1]))
    return [found for _, _, found in ranked if found.score >= GOOD]


class _Sentence:
    """The words that were said, and what each weighs."""

    def __init__(self, said: Sequence[str], is_english: bool, today: date) -> None:
        self.said = said
        self.weights = [weight(word, is_english) for word in said]
        self.total = sum(self.weights)
        self.today = today
        self.is_english = is_english


def weight(word: str, is_english: bool) -> float:
    return _FILLER_WEIGHT if is_english and word in FILLERS else 1.0


def _score(sentence: _Sentence, utterance: Utterance, intent: Intent) -> tuple[float, float, Found]:
    free = [True] * len(sentence.said)
    slots: dict[str, str] = {}
    met = wanted = 0.0
    for part in _literals_last(utterance.parts, intent):
        if isinstance(part, Blank):
            worth, is_met = 1.0, _fill(part, intent, sentence, free, slots)
        else:
            worth, is_met = weight(part, sentence.is_english), _take(part, sentence, free)
        wanted += worth
        met += worth if is_met else 0.0
    _fill_texts(utterance, intent, sentence, free, slots)
    used = sum(w for w, is_free in zip(sentence.weights, free, strict=True) if not is_free)
    share = used / sentence.total if sentence.total else 0.0
    score = round(met / wanted * (_ALL_SAID + (1 - _ALL_SAID) * share), 4) if wanted else 0.0
    return score, met, Found(intent.name, score, slots, utterance.text)


def _literals_last(parts: Sequence[Part], intent: Intent) -> list[Part]:
    """Values first, for they are longer than words; free text takes what is left in the end."""
    blanks = [p for p in parts if isinstance(p, Blank) and not _is_text(p, intent)]
    return [*blanks, *(p for p in parts if not isinstance(p, Blank))]


def _is_text(blank: Blank, intent: Intent) -> bool:
    slot = intent.slot(blank.slot)
    return slot is None or slot.type.kind is Kind.TEXT


def _take(word: str, sentence: _Sentence, free: list[bool]) -> bool:
    for at, known in enumerate(sentence.said):
        if free[at] and is_alike(word, known):
            free[at] = False
            return True
    return False


def _fill(
    blank: Blank, intent: Intent, sentence: _Sentence, free: list[bool], slots: dict[str, str]
) -> bool:
    slot = intent.slot(blank.slot)
    value = slot.type.find(sentence.said, free, sentence.today) if slot else None
    if value is None:
        return False
    slots[blank.slot] = value.text
    free[value.start : value.end] = [False] * (value.end - value.start)
    return True


def _fill_texts(
    utterance: Utterance,
    intent: Intent,
    sentence: _Sentence,
    free: list[bool],
    slots: dict[str, str],
) -> None:
    """The longest run of words that nothing else has taken."""
    for part in utterance.parts:
        if not isinstance(part, Blank) or not _is_text(part, intent):
            continue
        start, end = _longest_run(free)
        if end > start:
            slots[part.slot] = " ".join(sentence.said[start:end])
            free[start:end] = [False] * (end - start)


def _longest_run(free: Sequence[bool]) -> tuple[int, int]:
    best, start = (0, 0), 0
    for at, is_free in enumerate([*free, False]):
        if not is_free:
            if at - start > best[1] - best[0]:
                best = (start, at)
            start = at + 1
    return best
