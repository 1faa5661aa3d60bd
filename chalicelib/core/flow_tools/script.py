"""What a conversation is made of: the words an admin may use, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a line of a conversation may begin with."""

    CALLER = "caller"
    CHANNEL = "channel"
    ATTRIBUTES = "attributes"
    CLOCK = "clock"
    CHANCE = "chance"
    LAMBDA = "lambda"
    QUEUE = "queue"
    HOURS = "hours"
    FLOW = "flow"
    SERVICE = "service"
    HEARS = "hears"
    HEARS_NOT = "does not hear"
    PRESSES = "presses"
    TYPES = "types"
    SAYS = "says"
    WAITS = "waits"
    PASSES = "passes"
    ATTRIBUTE = "attribute"
    HANGS_UP = "hangs up"
    IS = "is"
    ENDS = "ends"


NAMED = (
    Verb.LAMBDA,
    Verb.QUEUE,
    Verb.HOURS,
    Verb.FLOW,
    Verb.SERVICE,
    Verb.ATTRIBUTE,
)  # `queue Support: full`
SETTINGS = frozenset(list(Verb)[:10])  # what the world is like; all others need a contact


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of the document: text, a list or entries, with its line and its plain value."""

    value: str | Sequence[Node] | Mapping[str, Node]
    line: int
    plain: object = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, of whom, and the value in the form that its verb needs."""

    verb: Verb
    subject: str
    value: object
    line: int
    text: str  # as it was written


@dataclass(frozen=True, slots=True)
class Conversation:
    name: str
    flow: str | None  # by name; None: the flow the file lies beside
    lines: tuple[Line, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """A file of conversations. `impossible`: branches (block, branch) that nothing can take."""

    conversations: tuple[Conversation, ...] = ()
    impossible: Mapping[tuple[str, str, str], str] | None = None  # flow, block, branch: the reason


@dataclass(frozen=True, slots=True)
class Mistake:
    line: int
    message: str


def shown(node: Node) -> str:
    """A node in one line."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, Mapping):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in node.value.items()) + "}"
    return "[" + ", ".join(shown(item) for item in node.value) + "]"
