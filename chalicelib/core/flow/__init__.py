"""The Flow language: documents in, and what a contact hears, types and becomes out."""

from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.interpreter import advance
from chalicelib.core.flow.model import (
    Action,
    CollectInput,
    Command,
    Condition,
    Disconnect,
    Effect,
    EnterQueue,
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    Hours,
    InputReceived,
    InvalidFlow,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Library,
    PlaybackFinished,
    PlayLoop,
    PlayPrompt,
    Problem,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    QueueView,
    Session,
    Step,
    Timeout,
    Wait,
    WaitKind,
)
from chalicelib.core.flow.parser import parse
from chalicelib.core.flow.prompts import spoken_text
from chalicelib.core.flow.references import Reference, references, unresolved
from chalicelib.core.flow.spec import Block
from chalicelib.core.flow.turn import Ends, Enters, Failed, Next, Outcome, Result, Turn, Waits


def supported_types() -> frozenset[str]:
    """The action types that can be published and run."""
    return frozenset(BLOCKS)


__all__ = [
    "BLOCKS",
    "Action",
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
    "Flow",
    "FlowEntered",
    "FlowType",
    "Happening",
    "Hours",
    "InputReceived",
    "InvalidFlow",
    "InvokeLambda",
    "LambdaFailed",
    "LambdaReturned",
    "Library",
    "Next",
    "Outcome",
    "PlayLoop",
    "PlayPrompt",
    "PlaybackFinished",
    "Problem",
    "Prompt",
    "PublishedFlow",
    "QueueEntered",
    "QueueRefused",
    "QueueView",
    "Reference",
    "Result",
    "Session",
    "Step",
    "Timeout",
    "Turn",
    "Wait",
    "WaitKind",
    "Waits",
    "advance",
    "parse",
    "references",
    "spoken_text",
    "supported_types",
    "unresolved",
]
