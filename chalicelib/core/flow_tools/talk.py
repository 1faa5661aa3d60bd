"""A bot in a rehearsal: it hears what the customer says until it knows what the flow asked for."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.bots import Bot, Listening, begin, hear
from chalicelib.core.bots.asking import Question
from chalicelib.core.flow import Happening, Listen

_KEYS = frozenset("0123456789*#")


class Talk:
    """`listen`: what the bot asked last, and how long it waits; `closing`: what it said last."""

    def __init__(self, question: Question, bot: Bot) -> None:
        self._question = question
        self._bot = bot
        self.closing = ""
        turn = begin(bot, language=question.language)
        self._state = turn.state
        self.listen: Listen = question.put(turn)

    def hears(self, text: str, at: datetime) -> Happening | None:
        """The answer for the flow; None when the bot asks on. Nothing is silence."""
        is_typed = set(text) <= _KEYS
        turn = hear(
            self._bot,
            self._state,
            "" if is_typed else text,
            digits=text if is_typed else "",
            today=at.date(),
        )
        if not isinstance(turn, Listening):
            self.closing = turn.says
            return self._question.answer(turn)
        self._state, self.listen = turn.state, self._question.put(turn)
        return None
