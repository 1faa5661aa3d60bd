"""A table of blocks that takes, at each block, the way out a script names: the symbolic caller."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.core.flow import (
    BLOCKS,
    Action,
    Block,
    Failed,
    Next,
    Outcome,
    Result,
    Session,
    Turn,
    WaitKind,
    Waits,
)
from chalicelib.core.ids import QueueId

UNHEARD = ("NoMatchingCondition", "InputTimeLimitExceeded")  # these follow from replies
SOME_QUEUE = QueueId("some queue")
# What a flow can know of itself; everything else is up to the world.
_KNOWN_ROOTS = ("$.Attributes", "$.FlowAttributes", "$.LanguageCode", "$.Channel")
_ELSEWHERE = ("InvokeFlowModule", "TransferToFlow")  # their success lies in another document
# References, and the gaps in a template: empty, `{{name}}`, `${name}`, `%name%`.
_UNKNOWN = re.compile(r"\$\.|''|\{\{|\$\{|%\w+%")
_DECIDED_BY_REPLY = ("GetParticipantInput", "Wait", "MessageParticipantIteratively")


@dataclass(slots=True)
class Fork:
    """A place in a turn where it could have gone on in so many ways."""

    key: tuple[object, ...]
    ways: int
    chosen: int


@dataclass
class Script:
    """What to choose in this turn, in order; beyond it the first way. Keeps what was open.

    `is_fine`: forks are told apart by what the session knows, too.
    """

    choices: tuple[int, ...] = ()
    is_fine: bool = True
    forks: list[Fork] = field(default_factory=list)

    def begin(self, choices: tuple[int, ...], *, is_fine: bool) -> None:
        """For the next turn."""
        self.choices, self.is_fine, self.forks = choices, is_fine, []

    def choose(self, key: tuple[object, ...], ways: int) -> int:
        number = len(self.forks)
        chosen = self.choices[number] if number < len(self.choices) else 0
        self.forks.append(Fork(key, ways, min(chosen, ways - 1)))
        return min(chosen, ways - 1)


def state_of(session: Session) -> tuple[object, ...]:
    """What of a session can decide where it goes; how often it went round a loop is left out."""
    return (
        tuple(sorted(session.attributes.items())),
        tuple(sorted(session.flow_attributes.items())),
        tuple(sorted(session.event_hooks.items())),
        session.target_queue_id,
        session.language_code,
    )


def forking(script: Script) -> Mapping[str, Block]:
    """Every block with all its ways out, of which the script chooses."""
    return {name: replace(block, run=_forked(block, script)) for name, block in BLOCKS.items()}


def _forked(block: Block, script: Script) -> Callable[[Turn], Outcome]:
    def run(turn: Turn) -> Outcome:
        outcome = block.run(turn)
        if turn.reply is None and isinstance(outcome.exit, Waits) and not _is_for_ever(outcome):
            return outcome
        ways = list(dict.fromkeys(_ways(block, turn, outcome)))
        if len(ways) == 1:
            return _as_if(turn, outcome, ways[0])
        state = state_of(turn.session) if script.is_fine else ()
        key = (turn.session.flow_id, turn.action.identifier, type(turn.reply), len(ways), state)
        return _as_if(turn, outcome, ways[script.choose(key, len(ways))])

    return run


type _Way = Next | Result | Failed | None  # None: as it really went


def _ways(block: Block, turn: Turn, outcome: Outcome) -> Iterator[_Way]:
    """What could be the answer of this block here, the likeliest first."""
    action = turn.action
    if isinstance(outcome.exit, Failed):
        if not _is_uncertain(action):
            yield None
            return
        yield from _successes(block, turn)
        yield None
    elif action.conditions and not _is_settled(turn, outcome):
        yield from _successes(block, turn)
    else:
        yield None
        if action.type == "Loop":
            yield Result("DoneLooping")
    for error_type, _ in action.errors:
        if error_type not in UNHEARD:
            yield Failed(error_type)


def _successes(block: Block, turn: Turn) -> Iterator[_Way]:
    if not turn.action.conditions:
        decides = any(error == "NoMatchingCondition" for error, _ in turn.action.errors)
        yield Result(None) if decides else Next()
        return
    for condition in turn.action.conditions:
        for value in _satisfying(condition.operator, turn.text(condition.operands[0])):
            yield Result(value)
    covered = {condition.operands[0] for condition in turn.action.conditions}
    if block.results is None or not set(block.results) <= covered:
        yield Result(None)


def _satisfying(operator: str, operand: str) -> Iterator[str]:
    """Values of which at least one fulfils the condition and, mostly, none before it."""
    if operator == "KeyExists":
        yield json.dumps({operand: ""})
        return
    yield operand
    if operator.startswith("Number") and operand.lstrip("-").isdecimal():
        yield str(int(operand) - 1)
        yield str(int(operand) + 1)


def _is_settled(turn: Turn, outcome: Outcome) -> bool:
    """Whether the result follows from what the flow itself has done."""
    if turn.action.type in (*_DECIDED_BY_REPLY, "Loop"):
        return True
    if turn.action.type != "Compare" or not isinstance(outcome.exit, Result):
        return False
    written = str(turn.parameter("ComparisonValue"))
    if written == "$.LanguageCode" and outcome.exit.value == Session().language_code:
        return False  # the contact may have come with another one
    is_known = "$" not in written or written.startswith(_KNOWN_ROOTS)
    return is_known and bool(outcome.exit.value)


def _is_uncertain(action: Action) -> bool:
    """Whether it failed only because nobody here knows what a reference leads to."""
    return action.type in _ELSEWHERE or _UNKNOWN.search(repr(action.parameters)) is not None


def _is_for_ever(outcome: Outcome) -> bool:
    return (
        isinstance(outcome.exit, Waits)
        and outcome.exit.kind is WaitKind.LOOP
        and outcome.exit.seconds is None
    )


def _as_if(turn: Turn, outcome: Outcome, way: _Way) -> Outcome:
    """The outcome with this way out, and with what it would have done on it."""
    session = outcome.session or turn.session
    if session.stored_input is not None:
        session = replace(session, stored_input=None)  # typed by somebody: could be anything
    if way is None:
        return replace(outcome, session=session)
    if turn.action.type == "UpdateContactTargetQueue" and isinstance(way, Next):
        session = replace(session, target_queue_id=SOME_QUEUE)
    if isinstance(way, Failed):
        return Outcome(way, session=turn.session, given=outcome.given)
    return replace(outcome, exit=way, session=session)
