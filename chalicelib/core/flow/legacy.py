"""Exports of before 2019 (`modules`, version 1) as documents of today's language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from chalicelib.core.flow import values
from chalicelib.core.flow.blocks import BLOCKS
from chalicelib.core.flow.legacy_types import TYPES, Draft
from chalicelib.core.flow.legacy_values import Given
from chalicelib.core.flow.parser import VERSION
from chalicelib.core.flow.turn import NO_MATCHING_ERROR


def in_todays_language(content: str) -> str:
    """The same text, but for an export of the old format: that is translated."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return content  # what is wrong with it, the parser says
    if not isinstance(document, dict) or not is_legacy(document):
        return content
    return json.dumps(import_legacy(document), ensure_ascii=False, indent=2) + "\n"


def is_legacy(document: Mapping[str, object]) -> bool:
    """Whether it is an export of the old format."""
    return "Actions" not in document and any(
        isinstance(document.get(name), list) for name in ("modules", "blocks")
    )


def import_legacy(document: Mapping[str, object]) -> dict[str, object]:
    """The same flow in the language of today: every block, branch, name and position.

    A type that nobody knows stays under its old name, so that validation names it.
    """
    modules = [Given(module) for module in _modules(document)]
    metadata = document.get("metadata")
    kept = dict(metadata) if isinstance(metadata, Mapping) else {}
    if "type" in document:
        kept.setdefault("type", document["type"])
    kept["ActionMetadata"] = {m.identifier: m.metadata() for m in modules if m.identifier}
    return {
        "Version": VERSION,
        "StartAction": values.written(document.get("start")),
        "Metadata": kept,
        "Actions": [_translated(given).document() for given in modules],
    }


def _modules(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for name in ("modules", "blocks"):
        entries = document.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, Mapping):
                yield entry


def _translated(given: Given) -> Draft:
    action = Draft(given)
    translate = TYPES.get(given.type)
    if translate is None:
        action.type = given.type
        action.parameters = {name: given.value(name) for name in given.names()}
    else:
        translate(action)
    for branch in given.branches:
        _take(action, branch.name, branch.operator, branch.value, branch.target)
    if action.next_action is None:
        action.next_action = _usual_way(action)
    _insist_on_errors(action)
    return action


def _insist_on_errors(action: Draft) -> None:
    """Blocks that could not fail then can fail today: they go on, as they did."""
    block = BLOCKS.get(action.type)
    known = {error["ErrorType"] for error in action.errors}
    if block is None or known or not action.next_action:
        return
    if block.errors(action.parameters).required == (NO_MATCHING_ERROR,):
        action.error(NO_MATCHING_ERROR, action.next_action)


def _take(action: Draft, name: str, operator: str, value: str, target: str) -> None:
    """One branch, as today's language has it."""
    compared = _COMPARED.get((action.given.type, name)) or _COMPARED.get(("", name))
    error_type = _ERRORS.get((action.given.type, name)) or _ERRORS.get(("", name))
    if name == "Success":
        action.next_action = target
    elif name in ("Evaluate", "CheckQueueTime", "CheckQueueCapacity"):
        operand = _seconds(value) if name == "CheckQueueTime" else value
        action.when(_OPERATORS.get(operator, operator), operand, target)
    elif compared is not None:
        action.when(*compared, target)
    elif error_type is not None:
        action.error(error_type, target)
    else:
        action.when("Equals", name, target)


def _seconds(milliseconds: str) -> str:
    number = values.whole_number(milliseconds, 0, 9_999_999_999)
    return milliseconds if number is None else str(number // 1000)


def _usual_way(action: Draft) -> str | None:
    """Today's exports repeat the branch of no match, of no time or of the error as next action."""
    if action.type in _WITHOUT_NEXT:
        return None
    for wanted in ("NoMatchingCondition", "NoMatchingError"):
        for error in action.errors:
            if error["ErrorType"] == wanted:
                return values.written(error["NextAction"])
    return values.written(action.conditions[-1]["NextAction"]) if action.conditions else None


_WITHOUT_NEXT = (
    "DisconnectParticipant",
    "EndFlowExecution",
    "MessageParticipantIteratively",
    "TransferContactToQueue",
    "TransferToFlow",
)
_COMPARED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("CheckHoursOfOperation", "True"): ("Equals", "True"),
    ("CheckHoursOfOperation", "False"): ("Equals", "False"),
    ("CheckStaffing", "True"): ("NumberGreaterThan", "0"),
    ("Wait", "Timeout"): ("Equals", "WaitCompleted"),
    ("Wait", "CustomerReturn"): ("Equals", "CustomerReturned"),
    ("LoopPrompts", "Timeout"): ("Equals", "MessagesInterrupted"),
    ("", "Looping"): ("Equals", "ContinueLooping"),
    ("", "Complete"): ("Equals", "DoneLooping"),
}
_ERRORS: Mapping[tuple[str, str], str] = {
    ("CheckStaffing", "False"): "NoMatchingCondition",
    ("Transfer", "CallFailure"): "CallFailed",
    ("Transfer", "Timeout"): "ConnectionTimeLimitExceeded",
    ("StoreUserInput", "InvalidNumber"): "InvalidPhoneNumber",
    ("SetCallBackNumber", "InvalidNumber"): "InvalidCallbackNumber",
    ("SetCallBackNumber", "NotDialable"): "CallbackNumberNotDialable",
    ("", "Timeout"): "InputTimeLimitExceeded",
    ("", "NoMatch"): "NoMatchingCondition",
    ("", "AtCapacity"): "QueueAtCapacity",
    ("", "Error"): "NoMatchingError",
}
_OPERATORS: Mapping[str, str] = {
    "Equals": "Equals",
    "StartsWith": "TextStartsWith",
    "EndsWith": "TextEndsWith",
    "Contains": "TextContains",
    "GreaterThan": "NumberGreaterThan",
    "GreaterThanOrEqualTo": "NumberGreaterOrEqualTo",
    "LessThan": "NumberLessThan",
    "LessThanOrEqualTo": "NumberLessOrEqualTo",
}
