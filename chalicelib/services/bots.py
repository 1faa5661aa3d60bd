"""Bots: kept by admins, asked by flows; the people who speak with them are led to an intent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.core.bots import (
    Bot,
    Closed,
    Found,
    InvalidBot,
    State,
    Turn,
    begin,
    hear,
    read_bot,
    understand,
)
from chalicelib.core.bots.asking import SILENT, Question
from chalicelib.core.flow import Answered, PlayPrompt, Said
from chalicelib.services.asking import Concluded, Inquiry, Pending, Reply
from chalicelib.services.bot_ports import BotRuntime, BotStore, Utterance
from chalicelib.services.races import once

_SILENCES = 2  # of somebody who speaks with a bot that others run, before it is given up


class BotService:
    """Admins look after them."""

    def __init__(self, bots: BotStore, now: Callable[[], datetime]) -> None:
        self._bots = bots
        self._now = now

    def list(self) -> Sequence[Bot]:
        return self._bots.list()

    def document(self, name: str) -> object:
        return self._bots.document(name)

    def save(self, name: str, document: object) -> Bot:
        """InvalidBot names everything that is wrong."""
        bot = read_bot(document)
        if bot.name != name:
            raise InvalidBot([("name", f"{bot.name!r} is saved as {name!r}")])
        self._bots.save(bot, document)
        return bot

    def understand(self, name: str, text: str) -> Sequence[Found]:
        """What the bot takes this sentence for, and why, the likeliest first."""
        return understand(self._bots.get(name), text, self._now().date())


class BotRespondent:
    """Answers flows for bots: ours by name, others by the ARN of their alias."""

    def __init__(self, bots: BotStore, elsewhere: Callable[[], BotRuntime]) -> None:
        self._bots = bots
        self._elsewhere = elsewhere

    def ask(self, inquiry: Inquiry) -> Reply:
        """Listens; what the customer wrote before the bot came is the first that it hears."""
        question = _question(inquiry)
        if question.is_elsewhere:
            return self._react(inquiry, question.first) if question.first else _again(question, 0)
        bot = self._bots.get(question.bot)
        turn: Turn = begin(bot, language=question.language)
        if question.first:
            turn = hear(bot, turn.state, question.first, today=_today(inquiry))
        return _reply(question, turn)

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        question = _question(inquiry)
        if question.is_elsewhere:
            text = said.text or said.digits
            if text:
                return self._react(inquiry, text)
            return _again(question, int(str(memory.get("silences", 0))) + 1)
        turn = hear(
            self._bots.get(question.bot),
            State.recalled(memory),
            said.text,
            digits=said.digits,
            today=_today(inquiry),
        )
        return _reply(question, turn)

    def _react(self, inquiry: Inquiry, text: str) -> Reply:
        question = _question(inquiry)
        said = Utterance(
            bot=question.bot,
            session=inquiry.contact.contact_id,
            text=text,
            language=question.language,
            attributes=question.attributes,
        )
        reaction = once(f"{inquiry.key} {text}", lambda: self._elsewhere().react(said))
        if reaction.intent is not None:
            return _concluded(
                question, Answered(reaction.lex, result=reaction.intent), reaction.says
            )
        return _again(question, 0, reaction.says)


def _question(inquiry: Inquiry) -> Question:
    session = inquiry.contact.session
    return Question(inquiry.ask.request, session.language_code, session.voice_id)


def _today(inquiry: Inquiry) -> date:
    return inquiry.at.astimezone(ZoneInfo(inquiry.center.time_zone)).date()


def _reply(question: Question, turn: Turn) -> Reply:
    if isinstance(turn, Closed):
        answer = question.answer(turn)
        return _concluded(question, answer, turn.says) if isinstance(answer, Answered) else answer
    return Pending(memory=turn.state.memory, commands=(question.put(turn),))


def _concluded(question: Question, answer: Answered, says: str) -> Reply:
    """What the bot says in the end is said before the flow goes on."""
    closing = (PlayPrompt(question.prompt(says)),) if says else ()
    return Concluded(answer=answer, commands=closing)


def _again(question: Question, silences: int, says: str = "") -> Reply:
    """Listens for a bot that others run."""
    if silences > _SILENCES:
        return SILENT
    return Pending(memory={"silences": silences}, commands=(question.listen(says),))
