"""What a contact flow is, and what goes in and out of the interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.core.events import BlockExecuted
from chalicelib.core.ids import FlowId, HoursId, QueueId

# --- the document -------------------------------------------------------------------------------


class FlowType(StrEnum):
    """Amazon Connect's ContactFlowType (botocore, service model connect 2017-08-08)."""

    CONTACT_FLOW = "CONTACT_FLOW"
    CUSTOMER_QUEUE = "CUSTOMER_QUEUE"
    CUSTOMER_HOLD = "CUSTOMER_HOLD"
    CUSTOMER_WHISPER = "CUSTOMER_WHISPER"
    AGENT_HOLD = "AGENT_HOLD"
    AGENT_WHISPER = "AGENT_WHISPER"
    OUTBOUND_WHISPER = "OUTBOUND_WHISPER"
    AGENT_TRANSFER = "AGENT_TRANSFER"
    QUEUE_TRANSFER = "QUEUE_TRANSFER"
    CAMPAIGN = "CAMPAIGN"


@dataclass(frozen=True, slots=True)
class Condition:
    """A branch taken when the action's result compares true."""

    operator: str
    operands: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Action:
    """One block: its type decides what runs, its parameters with what, its transitions where to."""

    identifier: str
    type: str
    parameters: Mapping[str, object]
    next_action: str | None = None
    conditions: tuple[Condition, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()

    def on_error(self, error_type: str) -> str | None:
        """The target for this error: its own entry first, then the catch-all, else None."""
        by_type = dict(reversed(self.errors))
        return by_type.get(error_type) or by_type.get("NoMatchingError")


@dataclass(frozen=True, slots=True)
class Flow:
    """A parsed flow; `actions` is keyed by identifier and holds `start`."""

    start: str
    actions: Mapping[str, Action]


@dataclass(frozen=True, slots=True)
class PublishedFlow:
    """One immutable version of a flow as the center runs it."""

    flow_id: FlowId
    version: int
    name: str
    type: FlowType
    flow: Flow


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a document is not a flow; `path` as in `Actions[3].Transitions.NextAction`."""

    message: str
    path: str = ""

    def __str__(self) -> str:
        """As the service words it, within its 256 characters."""
        return (f"{self.message}. Path: {self.path}" if self.path else self.message)[:256]


class InvalidFlow(Exception):
    """A document that cannot be published; carries every problem found, never just the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


# --- what flows look up -------------------------------------------------------------------------


class Hours(Protocol):
    """Hours of operation as a flow sees them."""

    def is_open(self, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue as a flow sees it."""

    queue_id: QueueId
    name: str
    arn: str
    hours_id: HoursId


class Library(Protocol):
    """What a flow may refer to: by id, by ARN, or by name (`queue:Sales`). None: no such thing."""

    def flow(self, reference: str) -> PublishedFlow | None: ...

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None: ...

    def queue(self, reference: str) -> QueueView | None: ...

    def hours(self, reference: str) -> Hours | None: ...


# --- what is saved between turns ----------------------------------------------------------------


class WaitKind(StrEnum):
    """What a flow waits for."""

    INPUT = "INPUT"  # digits from the customer
    PLAYBACK = "PLAYBACK"  # prompts to be heard to their end
    LOOP = "LOOP"  # looped prompts; ends by the interrupt timer or from outside
    TIMER = "TIMER"
    LAMBDA = "LAMBDA"
    QUEUE = "QUEUE"  # a place in a queue to be granted or refused


@dataclass(frozen=True, slots=True)
class Wait:
    """Where the flow waits. Replies carry `number`; a reply to an earlier wait is ignored."""

    number: int
    kind: WaitKind
    # After which a Timeout is due; None: for ever. With INPUT, PLAYBACK and LOOP it is the device
    # that reports, and these are the seconds it should need: whoever watches it adds patience.
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """All that flows know and change of one contact. `action_id` None: no flow is running."""

    flow_id: FlowId | None = None
    flow_version: int = 0
    flow_type: FlowType | None = None  # outlives the flow: a deleted one must not drop the caller
    action_id: str | None = None
    wait: Wait | None = None
    waits: int = 0  # waits so far; numbers the next one
    actions_run: int = 0  # since the last reply from a person or a timer
    unplayed: bool = False  # prompts were sent that may still be playing
    loops: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    flow_attributes: Mapping[str, str] = field(default_factory=dict)
    external: Mapping[str, object] = field(default_factory=dict)
    stored_input: str | None = None
    target_queue_id: QueueId | None = None
    event_hooks: Mapping[str, str] = field(default_factory=dict)
    recorded_participants: tuple[str, ...] = ()  # of "Agent", "Customer"
    language_code: str = "en-US"
    voice_id: str = "Joanna"
    logging: bool = True


# --- in: what happened outside ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FlowEntered:
    """Begin this flow at its start action, keeping attributes, hooks and queue of the session."""

    flow: PublishedFlow


@dataclass(frozen=True, slots=True)
class InputReceived:
    digits: str


@dataclass(frozen=True, slots=True)
class Timeout:
    """No input in time, the timer fired, the interrupt is due: the wait's kind says which."""


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    pass


@dataclass(frozen=True, slots=True)
class LambdaReturned:
    """The function's JSON reply, decoded; the size is that of the raw bytes."""

    payload: object
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LambdaFailed:
    reason: str


@dataclass(frozen=True, slots=True)
class QueueEntered:
    pass


@dataclass(frozen=True, slots=True)
class QueueRefused:
    """`error_type` is `QueueAtCapacity` or `NoMatchingError`."""

    error_type: str


type Happening = (
    FlowEntered
    | InputReceived
    | Timeout
    | PlaybackFinished
    | LambdaReturned
    | LambdaFailed
    | QueueEntered
    | QueueRefused
)

# --- out: what should happen --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the customer hears or reads: exactly one of the four sources is set."""

    text: str | None = None
    ssml: str | None = None
    prompt_id: str | None = None
    media_uri: str | None = None
    language_code: str = "en-US"
    voice_id: str = "Joanna"


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class CollectInput:
    """Play (if any), then collect digits; the device answers with them or with a timeout."""

    prompt: Prompt | None
    max_digits: int
    timeout_seconds: int
    interdigit_seconds: int = 5
    terminator: str = "#"
    cancel_key: str | None = "*"
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class PlayLoop:
    """Play the prompts over and over until told otherwise or the interrupt is due."""

    prompts: tuple[Prompt, ...]
    interrupt_seconds: int | None


@dataclass(frozen=True, slots=True)
class Disconnect:
    """End the contact: CONTACT_FLOW_DISCONNECT."""


@dataclass(frozen=True, slots=True)
class InvokeLambda:
    """Call and report back with LambdaReturned or LambdaFailed within the limit."""

    function: str
    parameters: Mapping[str, object]
    limit_seconds: int
    is_asynchronous: bool = False


@dataclass(frozen=True, slots=True)
class EnterQueue:
    """Take a place in the queue and report back with QueueEntered or QueueRefused."""

    queue_id: QueueId


type Command = PlayPrompt | CollectInput | PlayLoop | Disconnect
type Effect = InvokeLambda | EnterQueue


@dataclass(frozen=True, slots=True)
class Step:
    """One advance of a flow.

    `effect`: carry it out, then advance again with its outcome. `is_ended`: no flow runs any more
    (by EndFlowExecution, by a missing branch, or after Disconnect, which is then in `commands`).
    """

    session: Session
    commands: tuple[Command, ...] = ()
    trace: tuple[BlockExecuted, ...] = ()
    effect: Effect | None = None
    is_ended: bool = False
    started: tuple[PublishedFlow, ...] = ()  # flows that began in this step, in order
