"""How a bot leads a conversation: asks for what is missing, asks again, confirms, or gives up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date

from chalicelib.core.bots.matching import Found, understand
from chalicelib.core.bots.model import Blank, Bot, Intent, Said, Slot, Utterance, said_in
from chalicelib.core.bots.values import Kind, SlotType
from chalicelib.core.bots.words import words

FALLBACK = "FallbackIntent"  # the intent of whoever is not understood
CONFIRMATION = "?"  # what is asked for when everything is known
_SURE = 0.8  # the score from which on an answer to a question is taken for another wish
_MOST_HINTS = 60
_END_KEY = "#"
_YES_NO = SlotType(kind=Kind.YES_NO)


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands. `asked`: the slot in question; empty: what is wanted at all.

    `misses`: answers in a row that were not understood; `silences`: that did not come.
    """

    language: str = "en-US"
    intent: str = ""
    asked: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    score: float = 0.0
    others: Mapping[str, float] = field(default_factory=dict)
    misses: int = 0
    silences: int = 0

    @property
    def memory(self) -> Mapping[str, object]:
        """To be kept between two turns."""
        return asdict(self)

    @classmethod
    def recalled(cls, memory: Mapping[str, object]) -> State:
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in memory.items() if name in known})  # type: ignore[arg-type]  # as `memory` gave it


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The bot waits for an answer. `most_keys`: of a telephone; `hints`: what may be said."""

    state: State
    says: str = ""
    hints: tuple[str, ...] = ()
    most_keys: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """It is over: with an intent and its slots; with the fallback; or nobody ever said anything."""

    state: State
    says: str = ""
    is_silent: bool = False

    @property
    def intent(self) -> str:
        return self.state.intent

    @property
    def is_fulfilled(self) -> bool:
        return self.intent not in ("", FALLBACK)


type Turn = Listening | Closed


def begin(bot: Bot, *, language: str) -> Listening:
    """Listens for what is wanted; what is to be said first, the flow has said."""
    return _listening(bot, State(language=language))


def hear(bot: Bot, state: State, text: str, *, digits: str = "", today: date) -> Turn:
    """What follows from what was said or keyed; nothing of both is silence."""
    said = _keys(bot, state, digits) or text.strip()
    if not said:
        return _silent(bot, state)
    state = replace(state, silences=0)
    intent = bot.intent(state.intent)
    if intent is None:
        return _wish(bot, replace(state, intent="", asked=""), said, today)
    if state.asked == CONFIRMATION:
        return _confirmation(bot, state, intent, said, today)
    slot = intent.slot(state.asked)
    if slot is None:
        return _proceed(bot, state, intent)
    return _filling(bot, state, intent, slot, said, today)


# --- what was said, to whatever was asked ---------------------------------------------------------


def _silent(bot: Bot, state: State) -> Turn:
    state = replace(state, silences=state.silences + 1)
    if state.silences > bot.silences:
        return Closed(state=replace(state, intent=FALLBACK), is_silent=True)
    return _again(bot, state)


def _wish(bot: Bot, state: State, said: str, today: date) -> Turn:
    keyed = bot.intent(bot.keys.get(said))
    found = [Found(keyed.name, 1.0)] if keyed else understand(bot, said, today)
    if not found:
        return _missed(bot, state, bot.retries)
    return _meant(bot, state, found)


def _meant(bot: Bot, state: State, found: list[Found]) -> Turn:
    best, *others = found
    intent = bot.intent(best.intent)
    assert intent is not None  # it was found in this bot
    state = replace(
        state,
        intent=best.intent,
        slots=best.slots,
        score=best.score,
        others={other.intent: other.score for other in others},
        misses=0,
    )
    return _proceed(bot, state, intent)


def _filling(bot: Bot, state: State, intent: Intent, slot: Slot, said: str, today: date) -> Turn:
    value = _value(slot.type, said, today)
    if value is not None:
        filled = replace(state, slots={**state.slots, slot.name: value}, misses=0)
        return _proceed(bot, filled, intent)
    instead = understand(bot, said, today)
    if instead and instead[0].score >= _SURE:
        return _meant(bot, state, instead)
    return _missed(bot, state, slot.retries)


def _value(wanted: SlotType, said: str, today: date) -> str | None:
    """Of the whole answer, else of a part of it; free text is the answer as it was given."""
    if wanted.kind is Kind.TEXT:
        return said
    answer = words(said)
    found = wanted.find(answer, [True] * len(answer), today)
    return found.text if found else None


def _confirmation(bot: Bot, state: State, intent: Intent, said: str, today: date) -> Turn:
    match _value(_YES_NO, said, today):
        case "yes":
            return _done(state, intent)
        case "no":
            afresh = State(language=state.language, misses=state.misses + 1)
            if afresh.misses > bot.retries:
                return Closed(state=replace(afresh, intent=FALLBACK))
            declined = _said(intent.declined, state)
            return _listening(bot, afresh, declined, said_in(bot.question, state.language))
        case _:
            return _missed(bot, state, bot.retries)


# --- what the bot does next -----------------------------------------------------------------------


def _proceed(bot: Bot, state: State, intent: Intent) -> Turn:
    """Asks for the next slot, then for confirmation; then all is known."""
    for slot in intent.slots:
        if slot.prompt and not slot.is_optional and slot.name not in state.slots:
            asking = replace(state, asked=slot.name, misses=0)
            return _listening(bot, asking, _question(bot, asking))
    if intent.confirm:
        asking = replace(state, asked=CONFIRMATION, misses=0)
        return _listening(bot, asking, _question(bot, asking))
    return _done(state, intent)


def _done(state: State, intent: Intent) -> Closed:
    return Closed(state=replace(state, asked=""), says=_said(intent.closing, state))


def _missed(bot: Bot, state: State, retries: int) -> Turn:
    state = replace(state, misses=state.misses + 1)
    if state.misses > retries:
        return Closed(state=replace(state, intent=FALLBACK))
    return _again(bot, state)


def _again(bot: Bot, state: State) -> Turn:
    return _listening(bot, state, said_in(bot.retry, state.language), _question(bot, state))


def _question(bot: Bot, state: State) -> str:
    """What is asked where the conversation stands."""
    intent = bot.intent(state.intent)
    slot = intent.slot(state.asked) if intent else None
    asked: Said = bot.question
    if slot is not None:
        asked = slot.prompt
    elif intent is not None:
        asked = intent.confirm
    return _said(asked, state)


def _said(said: Said, state: State) -> str:
    """In the customer's language, with the slots that are known in it."""
    text = said_in(said, state.language)
    for name, value in state.slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _listening(bot: Bot, state: State, *says: str) -> Listening:
    wanted = _wanted(bot, state)
    hints = wanted.hints if wanted else _hints(bot)
    return Listening(
        state=state,
        says=" ".join(filter(None, says)),
        hints=tuple(hints[:_MOST_HINTS]),
        most_keys=_most_keys(bot, wanted),
    )


def _wanted(bot: Bot, state: State) -> SlotType | None:
    """What the answer should be; None where any wish may be told."""
    if state.asked == CONFIRMATION:
        return _YES_NO
    intent = bot.intent(state.intent)
    slot = intent.slot(state.asked) if intent else None
    return slot.type if slot else None


def _keys(bot: Bot, state: State, digits: str) -> str:
    """As many as are asked for, without the key that ends them."""
    typed = digits.rstrip(_END_KEY) or digits[:1]
    return typed[: _most_keys(bot, _wanted(bot, state))]


def _most_keys(bot: Bot, wanted: SlotType | None) -> int:
    """One key chooses an intent, unless a number or the like may be given at once."""
    if wanted is not None:
        return wanted.most_keys
    blanks = [
        slot.type.most_keys
        for intent in bot.intents
        for slot in intent.slots
        if any(utterance.parts == (Blank(slot.name),) for utterance in intent.utterances)
    ]
    return max(blanks, default=1)


def _hints(bot: Bot) -> list[str]:
    """The utterances as they may be said; short ones first, for they are said most."""
    phrases = {
        phrase
        for intent in bot.intents
        for utterance in intent.utterances
        for phrase in _phrases(intent, utterance)
    }
    return sorted(phrases, key=lambda phrase: (len(phrase.split()), phrase))


def _phrases(intent: Intent, utterance: Utterance) -> list[str]:
    """An utterance with every value that its slots may have."""
    phrases = [""]
    for part in utterance.parts:
        slot = intent.slot(part.slot) if isinstance(part, Blank) else None
        choices = slot.type.hints if slot else [str(part)]
        phrases = [f"{phrase} {choice}".strip() for phrase in phrases for choice in choices]
        phrases = phrases[:_MOST_HINTS]  # two long lists in one utterance have no end
    return phrases
