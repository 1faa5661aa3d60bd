"""What is wrong with a flow that could be published all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.core.flow import values
from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.branches import missing_errors
from chalicelib.core.flow.graph import Ways, circles, reached, ways
from chalicelib.core.flow.model import Action, Flow, FlowType, InvalidFlow, Library, Problem
from chalicelib.core.flow.parser import Examined, examine
from chalicelib.core.flow.prompts import SPOKEN_LETTERS, WRITTEN_LETTERS, is_too_long
from chalicelib.core.flow.references import unresolved
from chalicelib.core.flow.turn import NO_MATCHING_CONDITION


class Severity(StrEnum):
    PROBLEM = "PROBLEM"  # somebody will be lost, stuck or sent the wrong way
    ADVICE = "ADVICE"  # the flow does what it says; is that what was meant?


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint found: `block` is the identifier, empty if it is about the whole flow."""

    code: str
    block: str
    message: str
    path: str = ""
    severity: Severity = Severity.PROBLEM

    def __str__(self) -> str:
        return f"{self.block}: {self.message}" if self.block else self.message


def lint(
    content: str | bytes, library: Library | None = None, *, flow_type: FlowType | None = None
) -> list[Finding]:
    """Everything that is wrong with a document or doubtful in it; drafts and broken ones too.

    `library`: what there is to refer to; without it references go unchecked. `flow_type`: where
    the flow is to run; else what the document's own metadata says.
    """
    try:
        examined = examine(content, flow_type=flow_type)
    except InvalidFlow as error:
        return [Finding("invalid", "", problem.message, problem.path) for problem in error.problems]
    found = [
        *_invalid(examined),
        *_dead_branches(examined.flow),
        *_unreachable(examined.flow),
        *_missing_errors(examined.flow),
        *_endless(examined.flow),
        *_long_prompts(examined.flow),
        *_in_clear(examined.flow),
        *_unused_queues(examined.flow),
        *(_dangling(examined, library) if library is not None else ()),
    ]
    order = {name: place for place, name in enumerate(examined.flow.actions)}
    found.sort(key=lambda finding: order.get(finding.block, -1))
    return [*found, *_advice(examined)]


# --- what cannot be published ---------------------------------------------------------------------

_PLACE = re.compile(r"Actions\[(\d+)\]")
# Dead keys and branches that are missing are told in words of their own.
_TOLD_APART = re.compile(r"Actions\[\d+\]\.Transitions\.(Conditions\[\d+\]\.NextAction|Errors)")


def _invalid(examined: Examined) -> Iterator[Finding]:
    """One per place: what else is said of it follows from the first."""
    told = set[str]()
    for problem in examined.problems:
        if _TOLD_APART.fullmatch(problem.path) or problem.path in told:
            continue
        told.add(problem.path)
        yield _located("invalid", examined, problem)


def _dangling(examined: Examined, library: Library) -> Iterator[Finding]:
    for problem in unresolved(examined.flow, library):
        yield _located("unresolved", examined, problem)


def _located(code: str, examined: Examined, problem: Problem) -> Finding:
    place = _PLACE.match(problem.path)
    names = examined.names
    block = names[int(place[1])] if place and int(place[1]) < len(names) else ""
    return Finding(code, block, problem.message, problem.path)


def _dead_branches(flow: Flow) -> Iterator[Finding]:
    for action in flow.actions.values():
        for condition in action.conditions:
            if not condition.target:
                operand = condition.operands[0]
                is_menu = action.type == "GetParticipantInput"
                what = f"key {operand}" if is_menu else f"{condition.operator} {operand}"
                yield Finding("dead_branch", action.identifier, f"{what} leads nowhere")


# --- ways -----------------------------------------------------------------------------------------


def _unreachable(flow: Flow) -> Iterator[Finding]:
    if flow.start not in flow.actions:
        return
    known = reached(flow.start, ways(flow))
    for name in flow.actions:
        if name not in known:
            yield Finding("unreachable", name, "no way leads here")


def _missing_errors(flow: Flow) -> Iterator[Finding]:
    for action in flow.actions.values():
        missing = _missing(action)
        if missing:
            yield Finding(
                "no_error_branch", action.identifier, f"there is no branch for {', '.join(missing)}"
            )


def _missing(action: Action) -> list[str]:
    block = BLOCKS.get(action.type)
    if block is None:
        return []
    missing = missing_errors(block, action)
    compared = {condition.operands[0] for condition in action.conditions}
    is_covered = bool(block.results) and compared >= set(block.results or ())
    has_default = action.next_action or any(e == NO_MATCHING_CONDITION for e, _ in action.errors)
    is_missing = NO_MATCHING_CONDITION not in missing and not has_default
    if action.conditions and not is_covered and is_missing:
        missing.append(NO_MATCHING_CONDITION)
    return missing


_BREAKS_CIRCLES = frozenset(
    {
        "AuthenticateParticipant",
        "ConnectParticipantWithAgenticCX",
        "ConnectParticipantWithLexBot",
        "GetParticipantInput",
        "Loop",
        "MessageParticipantIteratively",
        "ShowView",
        "TransferParticipantToThirdParty",
        "Wait",
    }
)


def _endless(flow: Flow) -> Iterator[Finding]:
    """Circles without anybody's word, any time that passes or any count that ends."""
    known = ways(flow, leaves_out=lambda action: action.type in _BREAKS_CIRCLES)
    for circle in circles(known):
        through = ", ".join(circle)
        yield Finding("endless_loop", circle[0], f"a circle that waits for nobody: {through}")


# --- what is said ---------------------------------------------------------------------------------


def _long_prompts(flow: Flow) -> Iterator[Finding]:
    for action in flow.actions.values():
        messages = action.parameters.get("Messages")
        sources = [action.parameters, *(messages if isinstance(messages, list) else ())]
        for source in sources:
            if isinstance(source, dict):
                yield from _too_long(action, values.written(source.get("Text")))
                yield from _too_long(action, values.written(source.get("SSML")))


def _too_long(action: Action, text: str) -> Iterator[Finding]:
    if is_too_long(text):
        limit = f"{SPOKEN_LETTERS} spoken or {WRITTEN_LETTERS} written"
        message = f"{len(text)} characters to say; at most {limit} are possible"
        yield Finding("long_prompt", action.identifier, message)


def _in_clear(flow: Flow) -> Iterator[Finding]:
    """What is to be encrypted is not asked for at all."""
    for number, action in enumerate(flow.actions.values()):
        keys = action.parameters.keys()
        if "InputEncryption" in keys and "EnableDTMFBuffer" not in keys:
            message = "input is not encrypted here: the block takes its error branch"
            path = f"Actions[{number}].Parameters.InputEncryption"
            yield Finding("not_encrypted", action.identifier, message, path)


# --- queues and people ----------------------------------------------------------------------------

_GOES_ELSEWHERE = ("TransferToFlow", "InvokeFlowModule", "EndFlowModuleExecution")
_USES_QUEUE = ("TransferContactToQueue", *_GOES_ELSEWHERE)
_USES_QUEUE_UNLESS_NAMED = (
    "CheckHoursOfOperation",
    "CheckMetricData",
    "CreateCallbackContact",
    "GetMetricData",
)
_TO_PEOPLE = (
    "CreateCallbackContact",
    "CreateTask",
    "InvokeFlowModule",
    "TransferContactToAgent",
    "TransferContactToQueue",
    "TransferParticipantToThirdParty",
    "TransferToFlow",
)
_RECORDS = (
    "InvokeFlowModule",
    "UpdateContactRecordingAndAnalyticsBehavior",
    "UpdateContactRecordingBehavior",
)


def _unused_queues(flow: Flow) -> Iterator[Finding]:
    known = ways(flow)
    for name, action in flow.actions.items():
        if action.type == "UpdateContactTargetQueue" and not _is_used(flow, name, known):
            yield Finding("unused_queue", name, "the queue set here is never used")


def _is_used(flow: Flow, name: str, known: Ways) -> bool:
    for later in reached(name, known):
        action = flow.actions[later]
        is_named = "QueueId" in action.parameters or "HoursOfOperationId" in action.parameters
        if action.type in _USES_QUEUE or (action.type in _USES_QUEUE_UNLESS_NAMED and not is_named):
            return True
    return False


def _advice(examined: Examined) -> Iterator[Finding]:
    """About flows that callers enter as a whole."""
    flow = examined.flow
    types = {flow.actions[name].type for name in reached(flow.start, ways(flow))}
    is_inbound = examined.type in (None, FlowType.CONTACT_FLOW)
    if not is_inbound or not types or "EndFlowModuleExecution" in types:
        return
    if not types & set(_TO_PEOPLE):
        yield Finding("no_human", "", "no way leads to a person", severity=Severity.ADVICE)
    if "TransferContactToQueue" in types and not types & set(_RECORDS):
        message = "contacts are queued, and recording was never switched on"
        yield Finding("never_recorded", "", message, severity=Severity.ADVICE)
