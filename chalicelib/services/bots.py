"""Bots: kept by admins, asked by flows; the people who speak with them are led to an intent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.core.bots import Bot, Closed, InvalidBot, State, Turn, begin, hear, read_bot
from chalicelib.core.flow import Answered, Listen, Prompt, Refused, Said
from chalicelib.services.asking import Inquiry, Pending, Reply
from chalicelib.services.bot_ports import BotRuntime, BotStore, Utterance

START_SECONDS, END_SECONDS, LONGEST_SECONDS, MOST_SECONDS = 3.0, 0.6, 12.0, 15.0
_SILENCES = 2  # of somebody who speaks with a bot that others run, before it is given up


class BotService:
    """Admins look after them."""

    def __init__(self, bots: BotStore) -> None:
        self._bots = bots

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


@dataclass(frozen=True, slots=True)
class _Question:
    """What a flow asks a bot for."""

    inquiry: Inquiry

    @property
    def reference(self) -> str:
        return self.inquiry.text("Bot") or str(self._agent.get("ApplicationId", ""))

    @property
    def is_elsewhere(self) -> bool:
        return self.reference.startswith("arn:")

    @property
    def attributes(self) -> Mapping[str, str]:
        given = self.inquiry.ask.request.get("SessionAttributes")
        if not isinstance(given, Mapping):
            given = self._agent.get("ContextVariables")
        known = given if isinstance(given, Mapping) else {}
        return {str(name): str(value) for name, value in known.items()}

    @property
    def language(self) -> str:
        return self.inquiry.contact.session.language_code

    @property
    def today(self) -> date:
        return self.inquiry.at.astimezone(ZoneInfo(self.inquiry.center.time_zone)).date()

    @property
    def _agent(self) -> Mapping[str, object]:
        """An agent that leads conversations by itself is a bot here."""
        given = self.inquiry.ask.request.get("AgentConfiguration")
        return given if isinstance(given, Mapping) else {}

    def listen(
        self,
        says: str,
        *,
        hints: tuple[str, ...] = (),
        most_keys: int = 1,
        intent: str = "",
        slot: str = "",
    ) -> Listen:
        """Timing as Amazon Lex takes it from session attributes: for the slot, or for all."""

        def setting(name: str, otherwise: float) -> float:
            for place in (f"{intent}:{slot}", f"{intent}:*", "*:*"):
                value = self.attributes.get(f"x-amz-lex:{name}:{place}", "")
                if value.isdecimal():
                    return float(value)
            return otherwise

        session = self.inquiry.contact.session
        prompt = Prompt(text=says, language_code=self.language, voice_id=session.voice_id)
        longest = setting("audio:max-length-ms", 1000 * LONGEST_SECONDS) / 1000
        return Listen(
            prompt=prompt if says else None,
            hints=hints,
            start_seconds=setting("audio:start-timeout-ms", 1000 * START_SECONDS) / 1000,
            end_seconds=setting("audio:end-timeout-ms", 1000 * END_SECONDS) / 1000,
            longest_seconds=min(longest, MOST_SECONDS),
            max_digits=int(setting("dtmf:max-length", most_keys)),
            can_interrupt=self.attributes.get("x-amz-lex:allow-interrupt:*:*", "true") != "false",
        )


class BotRespondent:
    """Answers flows for bots: ours by name, others by the ARN of their alias."""

    def __init__(self, bots: BotStore, elsewhere: Callable[[], BotRuntime]) -> None:
        self._bots = bots
        self._elsewhere = elsewhere

    def ask(self, inquiry: Inquiry) -> Reply:
        """Listens; what the customer wrote before the bot came is the first that it hears."""
        question, first = _Question(inquiry), inquiry.text("InitialMessage")
        if question.is_elsewhere:
            silence: Reply = Pending(memory={"silences": 0}, commands=(question.listen(""),))
            return self._other(question, first) if first else silence
        bot = self._bot(question)
        turn: Turn = begin(bot, language=question.language)
        if first:
            turn = hear(bot, turn.state, first, today=question.today)
        return _reply(question, turn)

    def hear(self, inquiry: Inquiry, memory: Mapping[str, object], said: Said) -> Reply:
        question = _Question(inquiry)
        if question.is_elsewhere:
            return self._heard_elsewhere(question, memory, said)
        turn = hear(
            self._bot(question),
            State.recalled(memory),
            said.text,
            digits=said.digits,
            today=question.today,
        )
        return _reply(question, turn)

    def _bot(self, question: _Question) -> Bot:
        return self._bots.get(question.reference.removeprefix("bot:"))

    def _heard_elsewhere(
        self, question: _Question, memory: Mapping[str, object], said: Said
    ) -> Reply:
        text = said.text or said.digits
        if text:
            return self._other(question, text)
        silences = int(str(memory.get("silences", 0))) + 1
        if silences > _SILENCES:
            return _SILENT
        return Pending(memory={"silences": silences}, commands=(question.listen(""),))

    def _other(self, question: _Question, text: str) -> Reply:
        reaction = self._elsewhere().react(
            Utterance(
                bot=question.reference,
                session=question.inquiry.contact.contact_id,
                text=text,
                language=question.language,
                attributes=question.attributes,
            )
        )
        if reaction.intent is not None:
            return Answered(reaction.lex, result=reaction.intent)
        return Pending(memory={"silences": 0}, commands=(question.listen(reaction.says),))


_SILENT = Refused(error_type="InputTimeLimitExceeded", reason="nobody said anything")


def _reply(question: _Question, turn: Turn) -> Reply:
    if isinstance(turn, Closed):
        if turn.is_silent:
            return _SILENT
        return Answered(_lex(turn, question.attributes), result=turn.intent)
    listen = question.listen(
        turn.says,
        hints=turn.hints,
        most_keys=turn.most_keys,
        intent=turn.state.intent,
        slot=turn.state.asked,
    )
    return Pending(memory=turn.state.memory, commands=(listen,))


def _lex(turn: Closed, attributes: Mapping[str, str]) -> Mapping[str, object]:
    """`$.Lex`, as flows know it from Amazon Lex: all values are texts."""
    state = turn.state
    return {
        "IntentName": turn.intent,
        "Slots": dict(state.slots),
        "SessionAttributes": dict(attributes),
        "DialogState": "Fulfilled" if turn.is_fulfilled else "Failed",
        "IntentConfidence": {"Score": f"{state.score:.2f}"},
        "AlternativeIntents": {
            name: {"IntentName": name, "IntentConfidence": {"Score": f"{score:.2f}"}, "Slots": {}}
            for name, score in state.others.items()
        },
    }
