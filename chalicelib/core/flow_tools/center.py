"""A center to rehearse in: the library that flows refer to, and what answers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.bots import Bot
from chalicelib.core.flow import (
    Flow,
    FlowType,
    Hours,
    PublishedFlow,
    QueueView,
)
from chalicelib.core.ids import FlowId, HoursId, QueueId

ARN = "arn:aws:connect:us-east-1:000000000000:instance/practice"
ALWAYS = "Always"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Hours that a conversation has decided."""

    is_open_now: bool

    def is_open(self, at: datetime) -> bool:
        return self.is_open_now


@dataclass(frozen=True, slots=True)
class Reply:
    """What a function does: returns this payload, after so long; `failure` set: it fails.

    `cases`: what it returns instead where it was given these parameters.
    """

    payload: object = None
    failure: str | None = None
    seconds: float = 0.0
    cases: tuple[tuple[Mapping[str, object], object], ...] = ()

    def given(self, parameters: Mapping[str, object]) -> object:
        """The payload for these parameters."""
        for wanted, payload in self.cases:
            if all(str(parameters.get(name)) == str(value) for name, value in wanted.items()):
                return payload
        return self.payload


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of the center's services says: a result to compare, values to keep, or an error."""

    result: str | None = None
    value: Mapping[str, object] = field(default_factory=dict)
    error_type: str | None = None


@dataclass
class Center:
    """The Library port in memory: by id, by name, by `kind:Name`, or by the last part of an ARN.

    `invents`: whatever a flow names is there, open and empty; else only what is listed.
    """

    invents: bool = True
    flows: dict[str, PublishedFlow] = field(default_factory=dict)  # by name
    queues: dict[str, QueueView] = field(default_factory=dict)  # by name
    calendars: dict[str, Hours] = field(default_factory=dict)  # by name
    functions: dict[str, Reply] = field(default_factory=dict)  # by name
    services: dict[str, Answer] = field(default_factory=dict)  # by port: bot, case, metrics …
    bots: dict[str, Bot] = field(default_factory=dict)  # by name
    full: set[str] = field(default_factory=set)  # names of queues
    gone: set[tuple[str, str]] = field(default_factory=set)  # kind and name of what is missing
    prompts: set[str] = field(default_factory=set)  # names

    # --- the Library port ---------------------------------------------------------------------

    def flow(self, reference: str) -> PublishedFlow | None:
        """Whichever version is asked for (`flow:Main:$LATEST`), the one that is here."""
        named = short_name(reference, "flow")
        found = self._flow(named) or self._flow(named.rpartition(":")[0])
        return None if found is None or ("flow", found.name) in self.gone else found

    def _flow(self, named: str) -> PublishedFlow | None:
        by_id = (flow for flow in self.flows.values() if flow.flow_id == named)
        return self.flows.get(named) or next(by_id, None)

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        """What a contact has begun it also finishes, missing or not."""
        return next((flow for flow in self.flows.values() if flow.flow_id == flow_id), None)

    def queue(self, reference: str) -> QueueView | None:
        named = short_name(reference, "queue")
        found = self.queues.get(named) or next(
            (queue for queue in self.queues.values() if queue.queue_id == named), None
        )
        if found is None and self.invents and named:
            found = queue_view(named)
        return None if found is None or ("queue", found.name) in self.gone else found

    def hours(self, reference: str) -> Hours | None:
        named = short_name(reference, "hours")
        if ("hours", named) in self.gone:
            return None
        found = self.calendars.get(named)
        return Fixed(is_open_now=True) if found is None and self.invents else found

    def prompt(self, reference: str) -> str | None:
        named = short_name(reference, "prompt")
        return named if named and (self.invents or named in self.prompts) else None

    def bot(self, reference: str) -> str | None:
        named = short_name(reference, "bot")
        return named if self.invents or named in self.bots else None

    # --- what answers -------------------------------------------------------------------------

    def reply(self, function: str) -> Reply:
        """What this function answers; by its whole name or by the short one."""
        found = self.functions.get(short_name(function, "function"))
        if found is not None:
            return found
        return Reply({}) if self.invents else Reply(failure="there is no such function")

    def answer(self, port: str) -> Answer | None:
        """What this service says; None when nobody has decided it."""
        return self.services.get(port)

    def copy(self) -> Center:
        """For one conversation, which may change it."""
        return Center(
            self.invents,
            dict(self.flows),
            dict(self.queues),
            dict(self.calendars),
            dict(self.functions),
            dict(self.services),
            dict(self.bots),
            set(self.full),
            set(self.gone),
            set(self.prompts),
        )

    def publish(self, flows: Iterable[PublishedFlow]) -> Center:
        self.flows.update({flow.name: flow for flow in flows})
        return self


def queue_view(name: str, hours: str = ALWAYS) -> QueueView:
    """A queue as a practice center has it: its name is its id."""
    return QueueView(QueueId(name), name, f"{ARN}/queue/{name}", HoursId(hours))


def published(name: str, type_name: str, flow: Flow) -> PublishedFlow:
    """A flow as the practice center runs it; a type it does not know is an inbound flow."""
    known = {member.value for member in FlowType}
    type_ = FlowType(type_name) if type_name in known else FlowType.CONTACT_FLOW
    return PublishedFlow(FlowId(name), 1, name, type_, flow)


def short_name(reference: str, kind: str) -> str:
    """`queue:Sales`, `arn:…/queue/Sales` and `Sales` are one; a function's ARN ends in `:name`."""
    if reference.startswith("arn:"):
        if kind == "function" and ":function:" in reference:
            return reference.split(":function:", 1)[1].split(":", 1)[0]
        return reference.rsplit("/", 1)[-1]
    return reference.removeprefix(f"{kind}:")


def scope_of(number: str, channel: str, called: str = "+12025550100") -> Mapping[str, object]:
    """The system attributes of a contact that rings or writes."""
    kind = "TELEPHONE_NUMBER" if channel == "VOICE" else "CHAT"
    return {
        "ContactId": "c-1",
        "InitialContactId": "c-1",
        "Channel": channel,
        "InitiationMethod": "INBOUND" if channel == "VOICE" else "API",
        "InstanceARN": ARN,
        "CustomerEndpoint": {"Address": number, "Type": kind},
        "SystemEndpoint": {"Address": called, "Type": "TELEPHONE_NUMBER"},
        "Queue": None,
    }
