"""A customer in a test: rings or chats, listens, presses keys, waits, on the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

from chalicelib.core.bots import Bot
from chalicelib.core.bots.asking import Question
from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import (
    Ask,
    CollectInput,
    Command,
    Disconnect,
    EnterQueue,
    FlowEntered,
    FlowType,
    Happening,
    Hours,
    InputReceived,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    PlaybackFinished,
    PlayLoop,
    PlayPrompt,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    QueueView,
    Refused,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    parse,
    spoken_text,
)
from chalicelib.core.flow_tools.talk import Talk
from chalicelib.core.hours import Config, Day, HoursOfOperation
from chalicelib.core.ids import FlowId, HoursId, QueueId
from flows.files import read_bots

FLOWS = Path(__file__).parents[1] / "flows"
MONDAY_MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 09:00 in New York
SUNDAY_NOON = datetime(2026, 3, 1, 17, tzinfo=UTC)
QUEUES = ("Sales", "Support", "Billing", "Vietnamese")
ARN = "arn:aws:connect:us-east-1:000000000000:instance/acme"
OFFICE = HoursOfOperation(
    hours_id=HoursId("office"),
    name="Office",
    time_zone="America/New_York",
    config=tuple(Config(day, time(9), time(17)) for day in list(Day)[:5]),
)

# What the caller look-up answers: a number nobody knows.
STRANGER: Mapping[str, object] = {"isKnown": "false", "customerName": "", "customerId": ""}
MAIN_MENU = {
    "1": "queue:Sales",
    "2": "queue:Support",
    "3": "queue:Billing",
    "5": "flow:Opening hours",
}
ANA: Mapping[str, object] = {"isKnown": "true", "customerName": "Ana Silva", "customerId": "C-ana"}


@dataclass
class InMemoryLibrary:
    """The Library port in memory: by id, by name, by `kind:Name`, or by the last part of an ARN."""

    flows: dict[str, PublishedFlow] = field(default_factory=dict)  # by name
    old_versions: dict[tuple[str, int], PublishedFlow] = field(default_factory=dict)
    queues: dict[str, QueueView] = field(default_factory=dict)  # by name
    calendars: dict[str, Hours] = field(default_factory=dict)  # by id

    def flow(self, reference: str) -> PublishedFlow | None:
        named = _last_part(reference, "flow")
        by_id = {flow.flow_id: flow for flow in self.flows.values()}
        return self.flows.get(named) or by_id.get(FlowId(named))

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        published = {(f.flow_id, f.version): f for f in self.flows.values()}
        return published.get((flow_id, version)) or self.old_versions.get((flow_id, version))

    def queue(self, reference: str) -> QueueView | None:
        named = _last_part(reference, "queue")
        by_id = {queue.queue_id: queue for queue in self.queues.values()}
        return self.queues.get(named) or by_id.get(QueueId(named))

    def hours(self, reference: str) -> Hours | None:
        return self.calendars.get(_last_part(reference, "hours").lower())

    def publish(self, flow: PublishedFlow) -> PublishedFlow:
        """The newest version counts; contacts under way keep theirs."""
        before = self.flows.get(flow.name)
        if before is not None:
            self.old_versions[before.flow_id, before.version] = before
        self.flows[flow.name] = flow
        return flow

    def delete(self, name: str) -> None:
        """Gone, with every version."""
        gone = self.flows.pop(name)
        self.old_versions = {k: v for k, v in self.old_versions.items() if k[0] != gone.flow_id}


def acme() -> InMemoryLibrary:
    """Our flows, four queues, office hours."""
    library = InMemoryLibrary(calendars={"office": OFFICE})
    for name in QUEUES:
        queue_id = QueueId(f"q-{name.lower()}")
        arn = f"{ARN}/queue/{queue_id}"
        library.queues[name] = QueueView(queue_id, name, arn, OFFICE.hours_id)
    for flow in our_flows():
        library.publish(flow)
    return library


@cache
def our_flows() -> tuple[PublishedFlow, ...]:
    return tuple(published(path) for path in sorted(FLOWS.glob("*.json")))


@cache
def our_bots() -> dict[str, Bot]:
    return read_bots(FLOWS / "bots")


def published(path: Path, *, version: int = 1) -> PublishedFlow:
    """A file of `flows/` as published: its metadata says under which name and type."""
    content = path.read_bytes()
    metadata = json.loads(content)["Metadata"]
    return PublishedFlow(
        FlowId(path.stem), version, metadata["name"], FlowType(metadata["type"]), parse(content)
    )


class Caller:
    """One customer. Actions return the caller, questions return answers.

    Prompts are listened to until their end; time passes only in `waits` and `is_silent`.
    """

    def __init__(self, library: InMemoryLibrary | None = None) -> None:
        self.library = library or acme()
        self.menu = dict(MAIN_MENU)
        self.functions: dict[str, object] = {
            "function:look_up_caller": STRANGER,
            "function:map_menu_key": self._map_key,
        }
        self.answers: dict[tuple[str, str], Happening] = {}  # by port and verb
        self.asked: list[Ask] = []
        self.full_queues: set[str] = set()
        self.at = MONDAY_MORNING
        self.session = Session()
        self.commands: list[Command] = []
        self.trace: list[BlockExecuted] = []
        self.calls: list[InvokeLambda] = []
        self.queue: str | None = None
        self.is_connected = False
        self._talk: Talk | None = None
        self._scope: dict[str, object] = {}
        self._heard_before = 0

    # --- what the customer does -------------------------------------------------------------------

    def rings(
        self,
        flow: str = "Main inbound",
        *,
        at: datetime = MONDAY_MORNING,
        number: str = "+12025550199",
        channel: str = "VOICE",
        attributes: Mapping[str, str] | None = None,
    ) -> Caller:
        """A contact begins."""
        self.at = at
        self.is_connected = True
        self.session = Session(attributes=dict(attributes or {}))
        self._scope = {
            "ContactId": "c-1",
            "Channel": channel,
            "InitiationMethod": "INBOUND",
            "InstanceARN": ARN,
            "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": "+12025550100", "Type": "TELEPHONE_NUMBER"},
            "Queue": None,
        }
        entered = self.library.flow(flow)
        assert entered is not None, f"there is no flow {flow!r}"
        return self._happens(FlowEntered(entered))

    def chats(self, topic: str | None = None, *, at: datetime = MONDAY_MORNING) -> Caller:
        return self.rings(at=at, channel="CHAT", attributes={"topic": topic} if topic else {})

    def presses(self, digits: str) -> Caller:
        if self._talk is not None:
            return self._is_told(digits)
        assert self._waits_for(WaitKind.INPUT), "nobody asked for keys"
        return self._happens(InputReceived(digits))

    def is_silent(self) -> Caller:
        """Presses nothing until the time is over."""
        if self._talk is not None:
            return self._is_told("")
        assert self._waits_for(WaitKind.INPUT), "nobody asked for keys"
        return self.waits()

    def waits(self, seconds: float | None = None) -> Caller:
        """Until the next thing is due, or so many seconds if that is sooner."""
        wait = self.session.wait
        due = wait.seconds if wait else None
        if seconds is not None and (due is None or seconds < due):
            self.at += timedelta(seconds=seconds)
            return self
        self.at += timedelta(seconds=due or 0)
        return self._happens(Timeout())

    # --- what the customer notices ----------------------------------------------------------------

    def hears(self, *texts: str) -> Caller:
        """All of this was said since the customer last did something."""
        said = " ".join(self._said(self.commands[self._heard_before :]))
        for text in texts:
            assert text in said, f"{text!r} is not in {said!r}"
        return self

    def heard(self, text: str) -> bool:
        """Whether this was said at any time."""
        return any(text in said for said in self._said(self.commands))

    def is_queued(self, name: str | None = None) -> bool:
        """Waiting in this queue, or in any."""
        return self.queue is not None and name in (None, self.queue)

    @property
    def path(self) -> list[str]:
        """The blocks so far, in order."""
        return [block.block_id for block in self.trace]

    @property
    def branches(self) -> list[tuple[str, str]]:
        return [(block.block_id, block.branch) for block in self.trace]

    # --- the world around -------------------------------------------------------------------------

    def _happens(self, happening: Happening) -> Caller:
        self._heard_before = len(self.commands)
        step = self._advance(happening)
        while True:
            if isinstance(step.effect, Ask) and self._begins_to_talk(step.effect):
                return self
            if step.effect is not None:
                step = self._advance(self._outcome(step))
            elif self._waits_for(WaitKind.PLAYBACK):
                step = self._advance(PlaybackFinished())
            else:
                return self

    def _advance(self, happening: Happening) -> Step:
        step = advance(self.session, happening, scope=self._scope, library=self.library, at=self.at)
        self.session = step.session
        self.commands.extend(step.commands)
        self.trace.extend(step.trace)
        if any(isinstance(command, Disconnect) for command in step.commands):
            self.is_connected = False
            self.queue = None
        return step

    def _begins_to_talk(self, ask: Ask) -> bool:
        """With a bot of ours, unless the test says what it answers."""
        question = Question(ask.request, self.session.language_code, self.session.voice_id)
        if (ask.port, ask.verb) in self.answers or question.bot not in our_bots():
            return False
        self._talk = Talk(question, our_bots()[question.bot])
        return True

    def _is_told(self, text: str) -> Caller:
        assert self._talk is not None
        answer = self._talk.hears(text, self.at)
        if answer is None:
            return self
        self._talk = None
        return self._happens(answer)

    def _outcome(self, step: Step) -> Happening:
        if isinstance(step.effect, InvokeLambda):
            self.calls.append(step.effect)
            reply = self.functions.get(step.effect.function, LambdaFailed("no such function"))
            if callable(reply):
                reply = reply(step.effect.parameters)
            if isinstance(reply, LambdaFailed | LambdaReturned):
                return reply
            return LambdaReturned(reply, len(json.dumps(reply)))
        if isinstance(step.effect, Ask):
            self.asked.append(step.effect)
            place = (step.effect.port, step.effect.verb)
            return self.answers.get(place, Refused(reason="nobody answers"))
        assert isinstance(step.effect, EnterQueue)
        queue = self.library.queue(step.effect.queue_id)
        assert queue is not None
        if queue.name in self.full_queues:
            return QueueRefused("QueueAtCapacity")
        self.queue = queue.name
        return QueueEntered()

    def _map_key(self, parameters: Mapping[str, object]) -> Mapping[str, object]:
        target = self.menu.get(str(parameters["key"]), "")
        return {"kind": target.partition(":")[0] or "none", "target": target}

    def _waits_for(self, kind: WaitKind) -> bool:
        return self.session.wait is not None and self.session.wait.kind is kind

    @staticmethod
    def _said(commands: Iterable[Command]) -> list[str]:
        return [spoken_text(prompt) for command in commands for prompt in _prompts(command)]


def _prompts(command: Command) -> tuple[Prompt, ...]:
    match command:
        case PlayPrompt(prompt):
            return (prompt,)
        case CollectInput(prompt=Prompt() as prompt):
            return (prompt,)
        case PlayLoop(prompts=prompts):
            return prompts
        case _:
            return ()


def _last_part(reference: str, kind: str) -> str:
    if reference.startswith("arn:"):
        return reference.rsplit("/", 1)[-1]
    return reference.removeprefix(f"{kind}:")
