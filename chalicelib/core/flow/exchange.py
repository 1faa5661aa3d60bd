"""What goes into the interpreter, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow.model import PublishedFlow, Session
from chalicelib.core.ids import QueueId

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


@dataclass(frozen=True, slots=True)
class Answered:
    """What the service that was asked answers.

    `value` is kept where the block says (`$.Lex`, `$.Case` …), `result` is what its conditions
    compare with: the intent, the button of a view, a number.
    """

    value: Mapping[str, object] = field(default_factory=dict)
    result: str | None = None
    is_private: bool = False  # the trace does not say what


@dataclass(frozen=True, slots=True)
class Refused:
    """The service could not or would not: the block's branch for this type of error."""

    error_type: str = "NoMatchingError"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Occurred:
    """Something a Wait block may listen for: `CustomerReturned`, `BotParticipantDisconnected`."""

    event: str


CUSTOMER_RETURNED = Occurred("CustomerReturned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person answered to whoever a flow asked: words, keys, or an action of a view.

    Nothing at all: silence. `key` names this very answer, so that one heard twice counts once.
    """

    text: str = ""
    digits: str = ""
    action: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    key: str = ""


type Happening = (
    FlowEntered
    | InputReceived
    | Timeout
    | PlaybackFinished
    | LambdaReturned
    | LambdaFailed
    | QueueEntered
    | QueueRefused
    | Answered
    | Refused
    | Occurred
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


@dataclass(frozen=True, slots=True)
class PlayLoop:
    """Play the prompts over and over until told otherwise or the interrupt is due."""

    prompts: tuple[Prompt, ...]
    interrupt_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Play (if any), then take what the customer says or types; silence is an answer, too.

    `hints`: what may be said, for whoever recognises speech. It begins within `start_seconds`
    and is over after `end_seconds` of silence, or when it has lasted `longest_seconds`. Of keys
    `max_digits` are the answer. `can_interrupt`: what is played stops when the customer speaks.
    """

    prompt: Prompt | None = None
    hints: tuple[str, ...] = ()
    start_seconds: float = 3.0
    end_seconds: float = 0.6
    longest_seconds: float = 12.0
    max_digits: int = 1
    can_interrupt: bool = True


@dataclass(frozen=True, slots=True)
class PresentView:
    """Show a view: Amazon Connect's document of one, its template filled with the flow's data."""

    view: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A third party is called for the customer: `ringing`, then `connected` with them."""

    state: str


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
    """Take a place in the queue and report back with QueueEntered or QueueRefused.

    `is_transfer`: the contact has a place in another queue, which it gives up for this one.
    """

    queue_id: QueueId
    is_transfer: bool = False


class Port(StrEnum):
    """Who can be asked. Each is one of the center's own services, or stands in for one."""

    AGENT = "AGENT"  # transfer, offer
    ASSISTANT = "ASSISTANT"  # create_session
    BOT = "BOT"  # converse
    CALLBACK = "CALLBACK"  # check, create
    CASE = "CASE"  # get, create, update
    CONTACT = "CONTACT"  # other contacts, their attributes, content and tags
    CUSTOMER = "CUSTOMER"  # profiles: get, create, update, associate …
    LINE = "LINE"  # the telephone: dial, hold, stream, progress
    METRICS = "METRICS"  # check, get
    TABLE = "TABLE"  # evaluate, list, upsert
    TASK = "TASK"  # create, resume
    TEMPLATE = "TEMPLATE"  # render
    VIEW = "VIEW"  # show, authenticate


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a service and report back with Answered or Refused within the limit, if there is one."""

    port: Port
    verb: str
    request: Mapping[str, object]
    limit_seconds: float | None = None


type Command = PlayPrompt | CollectInput | PlayLoop | Listen | PresentView | OtherLine | Disconnect
type Effect = InvokeLambda | EnterQueue | Ask


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
    started: tuple[PublishedFlow, ...] = ()  # flows and modules that began in it, in order
