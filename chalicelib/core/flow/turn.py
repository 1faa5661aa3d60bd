"""What a block may look at when it runs, and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from chalicelib.core.events import Channel
from chalicelib.core.flow import values
from chalicelib.core.flow.exchange import (
    Command,
    Effect,
    Happening,
)
from chalicelib.core.flow.model import (
    Action,
    Library,
    PublishedFlow,
    QueueView,
    Session,
    WaitKind,
)

NO_MATCHING_ERROR = "NoMatchingError"
NO_MATCHING_CONDITION = "NoMatchingCondition"


@dataclass(frozen=True)
class Turn:
    """One run of one block. `reply`: what it waited for; None when it is reached anew."""

    action: Action
    session: Session
    reply: Happening | None
    flow: PublishedFlow
    scope: Mapping[str, object]
    library: Library
    at: datetime
    chance: float

    @property
    def channel(self) -> str:
        return str(self.scope.get("Channel", Channel.VOICE))

    @property
    def customer_number(self) -> str:
        """Where the customer can be called; nothing on a channel without numbers."""
        endpoint = self.scope.get("CustomerEndpoint")
        number = endpoint.get("Address") if isinstance(endpoint, Mapping) else None
        return number if isinstance(number, str) else ""

    @property
    def target_queue(self) -> QueueView | None:
        """The working queue, if one is set and still exists."""
        queue_id = self.session.target_queue_id
        return self.library.queue(queue_id) if queue_id else None

    @cached_property
    def root(self) -> Mapping[str, object]:
        """What `$` stands for."""
        session = self.session
        queue = self.target_queue
        return {
            **self.scope,
            **session.details,
            **session.results,
            "Attributes": session.attributes,
            "FlowAttributes": session.flow_attributes,
            "External": session.external,
            "LambdaInvocation": {"ResultData": session.external},
            "StoredCustomerInput": session.stored_input,
            "LanguageCode": session.language_code,
            "TextToSpeechVoiceId": session.voice_id,
            "Queue": _queue(queue) if queue else self.scope.get("Queue"),
            "Loop": self._loops(),
        }

    def parameter(self, name: str) -> object:
        """As the document has it, unresolved."""
        return self.action.parameters.get(name)

    def text(self, value: object) -> str:
        """A value of free text, its references replaced."""
        text = values.written(value)
        return values.interpolate(text, self.root) if "$" in text else text

    def whole(self, value: object) -> str | None:
        """A static value or one reference; None when it is absent, empty or leads nowhere."""
        if isinstance(value, str) and "$" in value:
            return values.written(values.whole(value, self.root)) or None
        return values.written(value) or None

    def _loops(self) -> Mapping[str, object]:
        named: dict[str, object] = {}
        for identifier, rounds in self.session.loops.items():
            action = self.flow.flow.actions.get(identifier)
            name = action.parameters.get("LoopName") if action else None
            if isinstance(name, str) and rounds:
                named[name] = _round(rounds - 1, self.session.elements.get(identifier, ()))
        return named


def _queue(queue: QueueView) -> Mapping[str, object]:
    number = {"Address": queue.caller_number, "Type": "TELEPHONE_NUMBER"}
    known = {"Name": queue.name, "ARN": queue.arn}
    return {**known, "OutboundCallerId": number} if queue.caller_number else known


def _round(index: int, elements: Sequence[object]) -> Mapping[str, object]:
    if index >= len(elements):
        return {"Index": str(index)}
    return {"Index": str(index), "Element": elements[index], "Elements": list(elements)}


@dataclass(frozen=True, slots=True)
class Next:
    """The block did its work and has but one way out."""


@dataclass(frozen=True, slots=True)
class Result:
    """The block's conditions decide; None matches none of them."""

    value: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    error_type: str = NO_MATCHING_ERROR


@dataclass(frozen=True, slots=True)
class Waits:
    """The block will run again with the reply."""

    kind: WaitKind
    seconds: float | None = None
    effect: Effect | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enters:
    """Another flow takes over."""

    flow: PublishedFlow


@dataclass(frozen=True, slots=True)
class Ends:
    """The flow is over. `is_disconnect`: the contact too, else that depends on the flow's type.

    `is_handed_over`: the contact goes on without any flow, with an agent or on another line.
    """

    is_disconnect: bool
    is_handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Invokes:
    """A module runs, and comes back to this block."""

    module: PublishedFlow
    input: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Returns:
    """The module is over: its result decides at the block that invoked it."""

    result: str | None
    data: Mapping[str, object]


type Exit = Next | Result | Failed | Waits | Enters | Ends | Invokes | Returns


@dataclass(frozen=True, slots=True)
class Outcome:
    """A block's answer: which way out, what is to be done, what it was given and has changed."""

    exit: Exit = field(default_factory=Next)
    session: Session | None = None  # None: as it was
    commands: tuple[Command, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)


def failed(error_type: str = NO_MATCHING_ERROR, **given: str) -> Outcome:
    """The error branch, with what was given."""
    return Outcome(Failed(error_type), given=given)
