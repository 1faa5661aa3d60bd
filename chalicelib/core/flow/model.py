"""What a contact flow is, what it may look up, and what is kept of one between turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
    MODULE = "MODULE"  # a flow module: invoked by other flows, never entered by a contact


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
class ModuleSettings:
    """What a module declares: names of what it takes and gives back, branches by which it ends."""

    inputs: tuple[str, ...] = ()
    required: tuple[str, ...] = ()  # of the inputs
    outputs: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A parsed flow; `actions` is keyed by identifier and holds `start`.

    `settings`: of a module that has some; without them whatever is given and taken is fine.
    """

    start: str
    actions: Mapping[str, Action]
    settings: ModuleSettings | None = None


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
    caller_number: str = ""  # what those see whom it calls
    outbound_flow: str = ""  # the whisper that those hear first, unless a flow chose another


class Library(Protocol):
    """What a flow may refer to: by id, by ARN, or by name (`queue:Sales`). None: no such thing."""

    def flow(self, reference: str) -> PublishedFlow | None: ...

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None: ...

    def queue(self, reference: str) -> QueueView | None: ...

    def hours(self, reference: str) -> Hours | None: ...

    def prompt(self, reference: str) -> str | None:
        """The id of a recording."""
        ...

    def bot(self, reference: str) -> str | None:
        """The name of one of the center's own bots; others are known to whoever runs them."""
        ...


# --- what is saved between turns ----------------------------------------------------------------


class WaitKind(StrEnum):
    """What a flow waits for."""

    INPUT = "INPUT"  # digits from the customer
    PLAYBACK = "PLAYBACK"  # prompts to be heard to their end
    LOOP = "LOOP"  # looped prompts; ends by the interrupt timer or from outside
    TIMER = "TIMER"
    LAMBDA = "LAMBDA"
    QUEUE = "QUEUE"  # a place in a queue to be granted or refused
    ANSWER = "ANSWER"  # one of the center's services to answer
    DIALOG = "DIALOG"  # a person to answer, through a service: a bot, a view, another line


@dataclass(frozen=True, slots=True)
class Wait:
    """Where the flow waits. Replies carry `number`; a reply to an earlier wait is ignored."""

    number: int
    kind: WaitKind
    # After which a Timeout is due; None: for ever. With INPUT, PLAYBACK and LOOP it is the device
    # that reports, and these are the seconds it should need: whoever watches it adds patience.
    seconds: float | None = None
    events: tuple[str, ...] = ()  # of TIMER: what else may end it


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A flow that invoked a module, and all that the module must not see or change of it."""

    flow_id: FlowId
    flow_version: int
    action_id: str
    loops: Mapping[str, int] = field(default_factory=dict)
    elements: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    flow_attributes: Mapping[str, str] = field(default_factory=dict)
    modules: object = None  # what `$.Modules` was


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What flows wish of the contact's way through its queue."""

    priority: int | None = None  # 1 goes first; None: the queue's usual
    age_seconds: int = 0  # to be added to the time waited
    criteria: Mapping[str, object] = field(default_factory=dict)
    proficiencies: object = None


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
    elements: Mapping[str, tuple[object, ...]] = field(default_factory=dict)  # of loops over lists
    invocations: tuple[Invocation, ...] = ()  # of the module that runs, outermost first
    draws: int = 0  # how often chance has decided
    attributes: Mapping[str, str] = field(default_factory=dict)
    flow_attributes: Mapping[str, str] = field(default_factory=dict)
    external: Mapping[str, object] = field(default_factory=dict)
    results: Mapping[str, object] = field(default_factory=dict)  # by root: Lex, Customer, Case …
    details: Mapping[str, object] = field(default_factory=dict)  # system attributes set by flows
    stored_input: str | None = None
    target_queue_id: QueueId | None = None
    callback_number: str | None = None
    routing: Routing = field(default_factory=Routing)
    event_hooks: Mapping[str, str] = field(default_factory=dict)
    disabled_hooks: tuple[str, ...] = ()
    recorded_participants: tuple[str, ...] = ()  # of "Agent", "Customer"
    media: Mapping[str, object] = field(default_factory=dict)  # analysis, screen, streams, chat
    language_code: str = "en-US"
    voice_id: str = "Joanna"
    voice_engine: str = "Standard"
    voice_style: str = "None"
    logging: bool = True
