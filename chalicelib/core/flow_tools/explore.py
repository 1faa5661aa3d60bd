"""Walks every branch of a flow on the real engine, and shows that every path ends or waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import (
    Action,
    Answered,
    Block,
    Disconnect,
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    InputReceived,
    LambdaReturned,
    Occurred,
    PlaybackFinished,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Session,
    Step,
    Timeout,
    Wait,
    WaitKind,
    advance,
)
from chalicelib.core.flow_tools.center import Center, published, scope_of
from chalicelib.core.flow_tools.coverage import Branch, reachable
from chalicelib.core.flow_tools.forks import SOME_QUEUE, Script, forking, state_of

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
CHANNELS = ("VOICE", "CHAT", "TASK")
FINE_TURNS = 400  # turns that tell apart what a session knows; beyond, only where it is
MOST_TURNS = 4_000
KEYS = "0123456789*#"
# Waits that nobody and no clock limits: a circle of these alone would never come to rest.
_RESTLESS = (WaitKind.PLAYBACK, WaitKind.LAMBDA, WaitKind.QUEUE, WaitKind.ANSWER)

type _Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """From the start to an end, or to a place from which other paths go on."""

    steps: tuple[str, ...]
    end: str
    channel: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What walking a flow has shown. `is_whole`: nothing was left out for lack of patience."""

    turns: int
    paths: tuple[Path, ...]
    reachable: frozenset[Branch]
    taken: frozenset[Branch]
    endless: tuple[str, ...]  # circles that neither a person nor a timer nor the engine limits
    stopped: tuple[str, ...]  # circles that only the engine's limit of actions ends
    is_whole: bool

    @property
    def is_proved(self) -> bool:
        """Every path ends or waits for a person, and none was left out."""
        return self.is_whole and not self.endless

    @property
    def missing(self) -> list[Branch]:
        return sorted(self.reachable - self.taken)

    @property
    def percent(self) -> float:
        if not self.reachable:
            return 100.0
        return 1000 * len(self.reachable & self.taken) // len(self.reachable) / 10


def explore(flow: PublishedFlow, channels: Sequence[str] = CHANNELS) -> Walk:
    """Every branch on every channel."""
    walkers = [_Walker(flow, channel) for channel in channels]
    for walker in walkers:
        walker.walk()
    circles = {circle for walker in walkers for circle in walker.circles()}
    stopped = {block for walker in walkers for block in walker.stopped}
    stopped |= {block for block, is_limited in circles if is_limited}
    return Walk(
        turns=sum(walker.turns for walker in walkers),
        paths=tuple(path for walker in walkers for path in walker.paths),
        reachable=frozenset(reachable(flow)),
        taken=frozenset(branch for walker in walkers for branch in walker.taken),
        endless=tuple(sorted(block for block, is_limited in circles if not is_limited)),
        stopped=tuple(sorted(stopped)),
        is_whole=all(walker.is_whole for walker in walkers),
    )


class _Anywhere(Center):
    """A center in which every flow exists too, and is over at once."""

    def flow(self, reference: str) -> PublishedFlow | None:
        if reference == "Default customer queue":
            return None
        return super().flow(reference) or _elsewhere(reference)


def _elsewhere(reference: str) -> PublishedFlow:
    only = {"Elsewhere": Action("Elsewhere", "EndFlowExecution", {})}
    return published(reference, FlowType.CONTACT_FLOW, Flow("Elsewhere", only))


@dataclass(frozen=True, slots=True)
class _Point:
    """A turn still to be tried."""

    session: Session
    happening: Happening
    origin: _Place | None  # the wait it follows
    steps: tuple[str, ...] = ()
    choices: tuple[int, ...] = ()


@dataclass
class _Walker:
    """The search on one channel: waits are its nodes, turns its edges."""

    flow: PublishedFlow
    channel: str
    turns: int = 0
    is_whole: bool = True
    paths: list[Path] = field(default_factory=list)
    taken: set[Branch] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    _open: list[_Point] = field(default_factory=list)
    _forks: set[tuple[object, ...]] = field(default_factory=set)
    _waits: set[_Place] = field(default_factory=set)
    _restless: dict[_Place, set[_Place]] = field(default_factory=dict)
    _ways_out: set[_Place] = field(default_factory=set)  # lead to an end, a person or a timer

    _script: Script = field(default_factory=Script)
    _blocks: Mapping[str, Block] = field(init=False)

    def __post_init__(self) -> None:
        self._blocks = forking(self._script)

    def walk(self) -> None:
        library = _Anywhere().publish([self.flow])
        self._open = [_Point(Session(target_queue_id=SOME_QUEUE), FlowEntered(self.flow), None)]
        while self._open:
            if self.turns >= MOST_TURNS:
                self.is_whole = False
                return
            self.turns += 1
            self._try(self._open.pop(), library)

    def circles(self) -> Iterator[tuple[str, bool]]:
        """Blocks where a circle without a way out waits, and whether the engine's limit ends it.

        That counts blocks between two signs of a person, and the end of a prompt is one to it.
        """
        for place in self._restless:
            met = _met(place, self._restless)
            if place in met and not met & self._ways_out:
                yield str(place[1]), all(each[2] is not WaitKind.PLAYBACK for each in met)

    def _try(self, point: _Point, library: Center) -> None:
        is_fine = self.turns <= FINE_TURNS
        script = self._script
        script.begin(point.choices, is_fine=is_fine)
        step = advance(
            point.session,
            point.happening,
            scope=scope_of("+12025550199", self.channel),
            library=library,
            at=AT,
            blocks=self._blocks,
        )
        self._remember(step.trace)
        self._branch_off(point, script)
        steps = (*point.steps, *(f"{b.block_id} ({b.branch})" for b in step.trace))
        wait = step.session.wait
        if step.is_ended or wait is None or _is_left_waiting(wait):
            self._end(steps, _end_of(step, self.flow))
            if point.origin is not None:
                self._ways_out.add(point.origin)
            return
        place = (step.session.flow_id, step.session.action_id, wait.kind)
        node = (*place, state_of(step.session)) if is_fine else place
        self._connect(point.origin, place, step)
        if node in self._waits:
            self._end(steps, f"again at {step.session.action_id}")
            return
        self._waits.add(node)
        for reply in self._replies(step.session, wait):
            self._open.append(_Point(step.session, reply, place, steps))

    def _branch_off(self, point: _Point, script: Script) -> None:
        """The ways not taken at forks that this turn was the first to meet."""
        for number, fork in enumerate(script.forks):
            if number < len(point.choices) or fork.key in self._forks:
                continue
            self._forks.add(fork.key)
            before = tuple(earlier.chosen for earlier in script.forks[:number])
            for way in range(1, fork.ways):
                self._open.append(replace(point, choices=(*before, way)))

    def _remember(self, trace: Sequence[BlockExecuted]) -> None:
        for block in trace:
            if block.flow_id != self.flow.flow_id:
                continue
            self.taken |= set(_branches(self.flow, block))
            if block.branch == "action_limit":
                self.stopped.add(block.block_id)

    def _connect(self, origin: _Place | None, place: _Place, step: Step) -> None:
        if origin is None or origin[2] not in _RESTLESS:
            return
        counts = any(block.block_type == "Loop" for block in step.trace)
        if place[2] in _RESTLESS and not counts:
            self._restless.setdefault(origin, set()).add(place)
        else:
            self._ways_out.add(origin)

    def _replies(self, session: Session, wait: Wait) -> Iterator[Happening]:
        action = self.flow.flow.actions.get(session.action_id or "")
        if wait.kind is WaitKind.INPUT:
            yield from _inputs(action)
        elif wait.kind is WaitKind.QUEUE:
            yield QueueEntered()
            for error_type, _ in action.errors if action else ():
                yield QueueRefused(error_type)
        else:
            yield _REPLIES.get(wait.kind, Timeout())
            if wait.kind is WaitKind.DIALOG:
                yield Timeout()
            if wait.kind is WaitKind.TIMER and action is not None:
                yield from (Occurred(condition.operands[0]) for condition in action.conditions)

    def _end(self, steps: tuple[str, ...], end: str) -> None:
        self.paths.append(Path(steps, end, self.channel))


_REPLIES: Mapping[WaitKind, Happening] = {
    WaitKind.PLAYBACK: PlaybackFinished(),
    WaitKind.LAMBDA: LambdaReturned({}, 2),
    WaitKind.ANSWER: Answered(),
    WaitKind.DIALOG: Answered(),
}


def _inputs(action: Action | None) -> Iterator[Happening]:
    """Each key that has a branch, one that has none, and silence."""
    keys = [c.operands[0] for c in action.conditions] if action else []
    yield from (InputReceived(key) for key in dict.fromkeys(keys))
    unknown = next((key for key in KEYS if key not in keys), None)
    if unknown is not None:
        yield InputReceived(unknown)
    yield Timeout()


def _branches(flow: PublishedFlow, block: BlockExecuted) -> Iterator[Branch]:
    """The written branch of a trace: by its name; by its target where a reference was compared."""
    yield Branch(flow.name, block.block_id, block.branch)
    action = flow.flow.actions.get(block.block_id)
    for condition in action.conditions if action else ():
        if "$" in condition.operands[0] and condition.target == block.next_block_id:
            name = f"{condition.operator} {condition.operands[0]}"
            yield Branch(flow.name, block.block_id, name)


def _is_left_waiting(wait: Wait) -> bool:
    """Looped prompts without an interrupt: an agent, or the caller, ends them."""
    return wait.kind is WaitKind.LOOP and wait.seconds is None


def _end_of(step: Step, flow: PublishedFlow) -> str:
    last = step.trace[-1] if step.trace else None
    if any(isinstance(command, Disconnect) for command in step.commands):
        elsewhere = last is not None and last.flow_id != flow.flow_id
        return f"in flow {last.flow_id}" if elsewhere and last else "disconnected"
    if last is not None and last.block_type in ("TransferContactToQueue",):
        return "queued"
    return "waits for an agent" if step.session.wait else "flow ended"


def _met(place: _Place, edges: Mapping[_Place, set[_Place]]) -> set[_Place]:
    """All places that can follow this one."""
    waiting, seen = list(edges.get(place, ())), set[_Place]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(edges.get(here, ()))
    return seen
