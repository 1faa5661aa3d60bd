"""How a block is described: what runs, and what a document may say about it when published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.flow import values
from chalicelib.core.flow.model import FlowType, Problem
from chalicelib.core.flow.turn import NO_MATCHING_ERROR, Outcome, Turn

MISSING_PROPERTY = "Action is missing required property"
BAD_NAME = "Invalid Action property name"
BAD_VALUE = "Invalid Action property value"

# Where blocks may stand and on which channels they work; None, the default, means everywhere.
VOICE = frozenset({"VOICE"})
CHAT = frozenset({"CHAT"})
VOICE_AND_CHAT = VOICE | CHAT
INBOUND = frozenset({FlowType.CONTACT_FLOW})
QUEUED = frozenset({FlowType.CUSTOMER_QUEUE})
TRANSFERS = frozenset({FlowType.AGENT_TRANSFER, FlowType.QUEUE_TRANSFER})
WHISPERS = frozenset({FlowType.CUSTOMER_WHISPER, FlowType.AGENT_WHISPER, FlowType.OUTBOUND_WHISPER})
HOLDS = frozenset({FlowType.CUSTOMER_HOLD, FlowType.AGENT_HOLD})
ANSWERED_BY_CUSTOMER = INBOUND | QUEUED | TRANSFERS

type Kind = Callable[[object], bool]
type Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One entry of `Parameters`: its name and which values can work."""

    name: str
    accepts: Kind
    is_required: bool = False


def required(name: str, accepts: Kind) -> Parameter:
    return Parameter(name, accepts, is_required=True)


@dataclass(frozen=True, slots=True)
class Errors:
    """The types of errors that a block must have a branch for, and whether it may have others."""

    required: tuple[str, ...]
    may_have_others: bool = True


def needs(*error_types: str) -> Callable[[Parameters], Errors]:
    """The same whatever the parameters."""
    return lambda parameters: Errors(error_types)


def only(*error_types: str) -> Callable[[Parameters], Errors]:
    """These, and the service refuses any other."""
    return lambda parameters: Errors(error_types, may_have_others=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row of the table of blocks.

    `results`: the values its conditions may compare with; () for a block without conditions, None
    where any value is possible. `compares`: those of them that need a condition each. `errors`: the
    branches it must have, which may depend on its parameters.
    `channels`: on any other it takes its error branch. `flow_types`: where it may be published;
    a module takes every block, for it may be invoked anywhere. `waits_for_silence`: on a call it
    runs only once the caller has heard everything. `goes_on`: it needs a way out for success.
    """

    run: Callable[[Turn], Outcome]
    parameters: tuple[Parameter, ...] = ()
    exactly_one: tuple[str, ...] = ()
    at_most_one: tuple[str, ...] = ()
    results: tuple[str, ...] | None = ()
    operators: tuple[str, ...] | None = ("Equals",)  # None: all of them
    needs_condition: bool = False
    compares: tuple[str, ...] = ()
    errors: Callable[[Parameters], Errors] = needs(NO_MATCHING_ERROR)
    channels: frozenset[str] | None = None  # None: all of them
    flow_types: frozenset[FlowType] | None = None  # None: all of them
    check: Callable[[Mapping[str, object]], Iterator[Problem]] | None = None
    is_open: bool = False  # it may have parameters that are not listed
    is_terminal: bool = False
    waits_for_silence: bool = False
    goes_on: bool = True

    def fits(self, flow_type: FlowType | None) -> bool:
        """Whether it may stand in a flow of this type."""
        return self.flow_types is None or flow_type in (None, FlowType.MODULE, *self.flow_types)

    def runs_in_module_of(self, flow_type: FlowType | None) -> bool:
        """Whether it works in a module that a flow of this type invoked."""
        is_of_modules = self.flow_types is not None and FlowType.MODULE in self.flow_types
        return is_of_modules or self.fits(flow_type)

    def problems(self, parameters: Mapping[str, object]) -> Iterator[Problem]:
        """What is wrong with these parameters; paths are relative to them."""
        yield from self._unknown(parameters)
        for parameter in self.parameters:
            if parameter.name not in parameters:
                if parameter.is_required:
                    yield Problem(MISSING_PROPERTY, parameter.name)
            elif not parameter.accepts(parameters[parameter.name]):
                yield bad_value(parameters[parameter.name], parameter.name)
        yield from self._alternatives(parameters)
        if self.check is not None:
            yield from self.check(parameters)

    def _unknown(self, parameters: Mapping[str, object]) -> Iterator[Problem]:
        known = {parameter.name for parameter in self.parameters}
        for name in parameters:
            if name not in known and not self.is_open:
                yield Problem(f"{BAD_NAME}: {brief(name)}", name[:60])

    def _alternatives(self, parameters: Mapping[str, object]) -> Iterator[Problem]:
        for group in (self.exactly_one, self.at_most_one):
            present = [name for name in group if name in parameters]
            if group and group is self.exactly_one and not present:
                yield Problem(f"{MISSING_PROPERTY}: one of {', '.join(group)}")
            if len(present) > 1:
                yield Problem(
                    f"{BAD_NAME}: only one of {', '.join(present)} is possible", present[1]
                )


def bad_value(value: object, path: str) -> Problem:
    return Problem(f"{BAD_VALUE}: {brief(value)}", path)


def brief(value: object) -> str:
    """A value as a message quotes it."""
    text = values.written(value) or repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


# --- kinds of values ------------------------------------------------------------------------------


def text(value: object) -> bool:
    """Free text, with or without references; numbers and booleans will do."""
    return isinstance(value, str | int | float)


def reference(value: object) -> bool:
    """One name or one JSONPath; what it leads to is known at run time only."""
    return isinstance(value, str)


def flag(value: object) -> bool:
    return str(value).strip().lower() in ("true", "false")


def mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def mapping_or_listing(value: object) -> bool:
    return isinstance(value, Mapping | list)


def text_or_mapping(value: object) -> bool:
    return isinstance(value, str | Mapping)


def text_or_listing(value: object) -> bool:
    return isinstance(value, str | list)


def anything(value: object) -> bool:
    """Whatever it is, somebody else judges it."""
    return value is not None


def listing(value: object) -> bool:
    return isinstance(value, list)


def one_of(*allowed: str) -> Kind:
    return lambda value: value in allowed


def number(low: int, high: int) -> Kind:
    """A static whole number within the bounds."""
    return lambda value: values.whole_number(value, low, high) is not None


def number_or_reference(low: int, high: int) -> Kind:
    def accepts(value: object) -> bool:
        if isinstance(value, str) and values.is_reference(value):
            return True
        return values.whole_number(value, low, high) is not None

    return accepts
