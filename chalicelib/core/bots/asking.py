"""What flows ask bots for, and what they are answered: in the words of Amazon Lex's block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.core.bots.conversation import Closed, Listening
from chalicelib.core.flow import Answered, Listen, Prompt, Refused

START_SECONDS, END_SECONDS, LONGEST_SECONDS, MOST_SECONDS = 3.0, 0.6, 12.0, 15.0
SILENT = Refused(error_type="InputTimeLimitExceeded", reason="nobody said anything")


@dataclass(frozen=True, slots=True)
class Question:
    """The request of a block that speaks with a bot, in the contact's language and voice."""

    request: Mapping[str, object]
    language: str
    voice: str

    @property
    def bot(self) -> str:
        """The name of one of ours, or the ARN of one that runs elsewhere."""
        named = self.request.get("Bot") or self._agent.get("ApplicationId")
        return str(named or "").removeprefix("bot:")

    @property
    def is_elsewhere(self) -> bool:
        return self.bot.startswith("arn:")

    @property
    def first(self) -> str:
        """What the customer said before the bot came."""
        return str(self.request.get("InitialMessage") or "")

    @property
    def attributes(self) -> Mapping[str, str]:
        given = self.request.get("SessionAttributes", self._agent.get("ContextVariables"))
        known = given if isinstance(given, Mapping) else {}
        return {str(name): str(value) for name, value in known.items()}

    @property
    def _agent(self) -> Mapping[str, object]:
        """An agent that leads conversations by itself is a bot here."""
        given = self.request.get("AgentConfiguration")
        return given if isinstance(given, Mapping) else {}

    def put(self, turn: Listening) -> Listen:
        """What the customer's device does now."""
        state = turn.state
        return self.listen(
            turn.says,
            hints=turn.hints,
            most_keys=turn.most_keys,
            places=(f"{state.intent}:{state.asked}", f"{state.intent}:*"),
        )

    def listen(
        self,
        says: str = "",
        *,
        hints: tuple[str, ...] = (),
        most_keys: int = 1,
        places: tuple[str, ...] = (),
    ) -> Listen:
        """Timing is taken from the session attributes, as Amazon Lex does."""
        longest = self._setting("audio:max-length-ms", 1000 * LONGEST_SECONDS, places) / 1000
        can_interrupt = self.attributes.get("x-amz-lex:allow-interrupt:*:*", "true") != "false"
        return Listen(
            prompt=self.prompt(says) if says else None,
            hints=hints,
            start_seconds=self._setting("audio:start-timeout-ms", 1000 * START_SECONDS, places)
            / 1000,
            end_seconds=self._setting("audio:end-timeout-ms", 1000 * END_SECONDS, places) / 1000,
            longest_seconds=min(longest, MOST_SECONDS),
            max_digits=int(self._setting("dtmf:max-length", most_keys, places)),
            can_interrupt=can_interrupt,
        )

    def prompt(self, says: str) -> Prompt:
        return Prompt(text=says, language_code=self.language, voice_id=self.voice)

    def _setting(self, name: str, otherwise: float, places: tuple[str, ...]) -> float:
        """Of the slot that is asked for, of its intent, else of all."""
        for place in (*places, "*:*"):
            value = self.attributes.get(f"x-amz-lex:{name}:{place}", "")
            if value.isdecimal():
                return float(value)
        return otherwise

    def answer(self, turn: Closed) -> Answered | Refused:
        """What the flow goes on with: `$.Lex`, in which all values are texts."""
        if turn.is_silent:
            return SILENT
        state = turn.state
        lex = {
            "IntentName": turn.intent,
            "Slots": dict(state.slots),
            "SessionAttributes": dict(self.attributes),
            "DialogState": "Fulfilled" if turn.is_fulfilled else "Failed",
            **_scored(state.score),
            "AlternativeIntents": {
                name: {"IntentName": name, "Slots": {}, **_scored(score)}
                for name, score in state.others.items()
            },
        }
        return Answered(lex, result=turn.intent)


def _scored(score: float) -> dict[str, object]:
    return {"IntentConfidence": {"Score": f"{score:.2f}"}}
