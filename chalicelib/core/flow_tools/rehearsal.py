"""One contact on the real engine, with a virtual clock and a practice center around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.core.bots.asking import Question
from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import (
    Answered,
    Ask,
    CollectInput,
    Command,
    Disconnect,
    EnterQueue,
    FlowEntered,
    Happening,
    InputReceived,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Listen,
    PlaybackFinished,
    PlayLoop,
    PlayPrompt,
    Port,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Refused,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    spoken_text,
)
from chalicelib.core.flow_tools.center import Answer, Center, scope_of
from chalicelib.core.flow_tools.talk import Talk

ROUNDS = 1_000  # replies in a row without the customer: a flow that never comes to rest


class Rehearsal:
    """Prompts are heard to their end in no time; time passes in `waits`, and in slow functions."""

    def __init__(self, center: Center, *, at: datetime, chance: float = 0.0) -> None:
        self.center = center
        self.at = at
        self.chance = chance
        self.session = Session()
        self.trace: list[BlockExecuted] = []
        self.calls: list[InvokeLambda] = []
        self.queue: str | None = None
        self.is_connected = False
        self.is_restless = False  # it went round and round and was stopped
        self._heard: list[str] = []
        self._scope: Mapping[str, object] = {}
        self._due: datetime | None = None
        self._talk: Talk | None = None  # with a bot

    # --- what the customer does ---------------------------------------------------------------

    def begins(
        self,
        flow: PublishedFlow,
        *,
        number: str = "+12025550199",
        channel: str = "VOICE",
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """The contact meets its flow."""
        self.is_connected = True
        self.session = Session(attributes=dict(attributes or {}))
        self._scope = scope_of(number, channel)
        self._happens(FlowEntered(flow))

    def enters(self, text: str) -> bool:
        """Keys or words; False if nobody asked for any. A bot that is not known understands."""
        if self._talk is not None:
            self._is_told(text)
            return True
        if self.waits_for(WaitKind.DIALOG):
            self._happens(Answered(result=text))
            return True
        if not self.waits_for(WaitKind.INPUT):
            return False
        self._happens(InputReceived(text))
        return True

    def answers(self, answer: Answer) -> bool:
        """As a person answered whom the flow asked through a service; False if it asks nobody."""
        if not self.waits_for(WaitKind.DIALOG):
            return False
        self._talk = None
        self._happens(_said(answer))
        return True

    def is_silent(self) -> bool:
        """Until the time for an answer is over; False if nothing ends by itself."""
        if self._due is None:
            return False
        self.at = max(self.at, self._due)
        if self._talk is not None:
            self._is_told("")
        else:
            self._happens(Timeout())
        return True

    def waits(self, seconds: float) -> None:
        """So much time passes, and what is due in it happens."""
        self._heard = []
        end = self.at + timedelta(seconds=seconds)
        for _ in range(ROUNDS):
            if self._due is None or self._due > end:
                break
            self.at = self._due
            silence = self._talk.hears("", self.at) if self._talk else Timeout()
            self._go_on(silence)
        self.at = end

    def hangs_up(self) -> None:
        self.is_connected = False
        self.queue = None
        self._due = None
        self._talk = None

    # --- what the customer notices ------------------------------------------------------------

    @property
    def heard(self) -> list[str]:
        """What was said since the customer last did something."""
        return list(self._heard)

    def waits_for(self, kind: WaitKind) -> bool:
        return self.session.wait is not None and self.session.wait.kind is kind

    @property
    def state(self) -> str:
        """In the words of a conversation's `ends:`."""
        if not self.is_connected:
            return "disconnected"
        if self.queue is not None:
            return f"queued in {self.queue}"
        return "waiting" if self.session.wait is not None else "flow ended"

    # --- the world around ---------------------------------------------------------------------

    def _happens(self, happening: Happening) -> None:
        self._heard = []
        self._settle(self._advance(happening))

    def _is_told(self, text: str) -> None:
        """A bot hears this, and asks on or is done."""
        self._heard = []
        if self._talk is not None:
            self._go_on(self._talk.hears(text, self.at))

    def _go_on(self, happening: Happening | None) -> None:
        outcome = self._talked(happening)
        if outcome is not None:
            self._settle(self._advance(outcome))

    def _talked(self, happening: Happening | None) -> Happening | None:
        """What happened; None while the bot asks on."""
        if happening is not None:
            self._heard.extend(filter(None, [self._talk.closing if self._talk else ""]))
            self._talk = None
        elif self._talk is not None:
            self._heard.extend(text for text in spoken([self._talk.listen]) if text)
            self._due = self.at + timedelta(seconds=self._talk.listen.start_seconds)
        return happening

    def _settle(self, step: Step) -> None:
        """Everything that needs neither the customer nor time."""
        for _ in range(ROUNDS):
            outcome = self._outcome(step)
            if outcome is not None:
                step = self._advance(outcome)
            elif self.waits_for(WaitKind.PLAYBACK):
                step = self._advance(PlaybackFinished())
            else:
                return
        self.is_restless = True

    def _advance(self, happening: Happening) -> Step:
        step = advance(
            self.session,
            happening,
            scope=self._scope,
            library=self.center,
            at=self.at,
            chance=self.chance,
        )
        self.session = step.session
        self.trace.extend(step.trace)
        self._heard.extend(text for text in spoken(step.commands) if text)
        if any(isinstance(command, Disconnect) for command in step.commands):
            self.hangs_up()
        self._due = self._due_at(step)
        return step

    def _due_at(self, step: Step) -> datetime | None:
        wait = step.session.wait
        if wait is None or wait.seconds is None:
            return None
        # The prompts are heard already, so the device has only its own time-out before it.
        asked = [c.timeout_seconds for c in step.commands if isinstance(c, CollectInput)]
        seconds = asked[-1] if asked and wait.kind is WaitKind.INPUT else wait.seconds
        return self.at + timedelta(seconds=seconds)

    def _outcome(self, step: Step) -> Happening | None:
        """What the center reports at once; None where a person answers or nothing is asked."""
        match step.effect:
            case InvokeLambda():
                return self._called(step.effect)
            case EnterQueue(queue_id):
                return self._queued(queue_id)
            case Ask():
                return self._asked(step.effect)
            case _:
                return None

    def _called(self, call: InvokeLambda) -> Happening:
        self.calls.append(call)
        reply = self.center.reply(call.function)
        if reply.seconds > call.limit_seconds:
            self.at += timedelta(seconds=call.limit_seconds)
            return LambdaFailed(f"no answer in {call.limit_seconds} s")
        self.at += timedelta(seconds=reply.seconds)
        if reply.failure is not None:
            return LambdaFailed(reply.failure)
        payload = reply.given(call.parameters)
        return LambdaReturned(payload, len(json.dumps(payload).encode()))

    def _asked(self, question: Ask) -> Happening | None:
        answer = self.center.answer(question.port.lower())
        if answer is None and question.port is Port.BOT and self.center.bots:
            return self._talks(question)
        if answer is None and self.waits_for(WaitKind.DIALOG):
            return None
        if answer is None:
            return Answered() if self.center.invents else Refused()
        return _said(answer)

    def _talks(self, question: Ask) -> Happening | None:
        """A bot begins, unless it is not there."""
        asked = Question(question.request, self.session.language_code, self.session.voice_id)
        bot = self.center.bots.get(asked.bot)
        if bot is None:
            return Refused(reason=f"no bot {asked.bot!r}")
        self._talk = Talk(asked, bot)
        return self._talked(self._talk.hears(asked.first, self.at) if asked.first else None)

    def _queued(self, queue_id: str) -> Happening:
        queue = self.center.queue(queue_id)
        if queue is None:
            return QueueRefused("NoMatchingError")
        if queue.name in self.center.full:
            return QueueRefused("QueueAtCapacity")
        self.queue = queue.name
        return QueueEntered()


def _said(answer: Answer) -> Happening:
    if answer.error_type is not None:
        return Refused(answer.error_type)
    return Answered(answer.value, answer.result)


def spoken(commands: Iterable[Command]) -> list[str]:
    """The words in these commands; a recording is named."""
    return [_words(prompt) for command in commands for prompt in _prompts(command)]


def _words(prompt: Prompt) -> str:
    recording = prompt.prompt_id or prompt.media_uri
    return f"(recording {recording})" if recording else spoken_text(prompt)


def _prompts(command: Command) -> tuple[Prompt, ...]:
    match command:
        case PlayPrompt(prompt):
            return (prompt,)
        case CollectInput(prompt=Prompt() as prompt) | Listen(prompt=Prompt() as prompt):
            return (prompt,)
        case PlayLoop(prompts=prompts):
            return prompts
        case _:
            return ()
