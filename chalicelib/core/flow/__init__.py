"""The Flow language: documents in, and what a contact hears, types and becomes out."""

from importlib import import_module
from typing import TYPE_CHECKING

from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.exchange import (
    CUSTOMER_RETURNED,
    Answered,
    Ask,
    CollectInput,
    Command,
    Disconnect,
    Effect,
    EnterQueue,
    FlowEntered,
    Happening,
    InputReceived,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Listen,
    Occurred,
    OtherLine,
    PlaybackFinished,
    PlayLoop,
    PlayPrompt,
    Port,
    PresentView,
    Prompt,
    QueueEntered,
    QueueRefused,
    Refused,
    Said,
    Step,
    Timeout,
)
from chalicelib.core.flow.hooks import DEFAULT_FLOWS, hook, hook_flow, standing, stopped
from chalicelib.core.flow.interpreter import advance
from chalicelib.core.flow.model import (
    Action,
    Condition,
    Flow,
    FlowType,
    Hours,
    InvalidFlow,
    Invocation,
    Library,
    ModuleSettings,
    Problem,
    PublishedFlow,
    QueueView,
    Routing,
    Session,
    Wait,
    WaitKind,
)
from chalicelib.core.flow.parser import parse
from chalicelib.core.flow.prompts import spoken_text
from chalicelib.core.flow.references import OWN_BOT, Reference, references_of, unresolved
from chalicelib.core.flow.spec import Block
from chalicelib.core.flow.turn import Ends, Enters, Failed, Next, Outcome, Result, Turn, Waits
from chalicelib.core.flow.values import fill_in, is_too_deep, names_in
from chalicelib.core.flow.waiting import is_awaited

if TYPE_CHECKING:
    from chalicelib.core.flow.legacy import import_legacy, in_todays_language, is_legacy
    from chalicelib.core.flow.linting import Finding, Severity, lint

# For people who write flows. A worker that runs them starts without.
_LOADED_WHEN_USED = {
    "Finding": "linting",
    "Severity": "linting",
    "import_legacy": "legacy",
    "in_todays_language": "legacy",
    "is_legacy": "legacy",
    "lint": "linting",
}


def __getattr__(name: str) -> object:
    if name not in _LOADED_WHEN_USED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_LOADED_WHEN_USED[name]}"), name)
    globals()[name] = found
    return found


def supported_types() -> frozenset[str]:
    """The action types that can be published and run."""
    return frozenset(BLOCKS)


__all__ = [
    "BLOCKS",
    "CUSTOMER_RETURNED",
    "OWN_BOT",
    "DEFAULT_FLOWS",
    "Action",
    "Answered",
    "Ask",
    "Block",
    "CollectInput",
    "Command",
    "Condition",
    "Disconnect",
    "Effect",
    "Ends",
    "EnterQueue",
    "Enters",
    "Failed",
    "Finding",
    "Flow",
    "FlowEntered",
    "FlowType",
    "Happening",
    "Hours",
    "InputReceived",
    "InvalidFlow",
    "Invocation",
    "InvokeLambda",
    "LambdaFailed",
    "LambdaReturned",
    "Library",
    "ModuleSettings",
    "Listen",
    "Next",
    "Occurred",
    "OtherLine",
    "Outcome",
    "PlayLoop",
    "PlayPrompt",
    "PlaybackFinished",
    "Port",
    "PresentView",
    "Problem",
    "Prompt",
    "PublishedFlow",
    "QueueEntered",
    "QueueRefused",
    "QueueView",
    "Reference",
    "Refused",
    "Result",
    "Routing",
    "Said",
    "Session",
    "Severity",
    "Step",
    "Timeout",
    "Turn",
    "Wait",
    "WaitKind",
    "Waits",
    "advance",
    "fill_in",
    "hook",
    "hook_flow",
    "import_legacy",
    "in_todays_language",
    "is_awaited",
    "is_legacy",
    "is_too_deep",
    "lint",
    "names_in",
    "parse",
    "references_of",
    "spoken_text",
    "standing",
    "stopped",
    "supported_types",
    "unresolved",
]
