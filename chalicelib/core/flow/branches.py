"""Which branches a block must have, and which it cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.flow.model import Action, Problem
from chalicelib.core.flow.spec import MISSING_PROPERTY, Block, bad_value
from chalicelib.core.flow.turn import NO_MATCHING_CONDITION

ERRORS = ".Errors"
NO_TRANSITIONS = "Action does not support transitions"


def branch_problems(block: Block, action: Action) -> Iterator[Problem]:
    """What publishing refuses of a block's branches; paths as in its transitions."""
    if block.is_terminal:
        if action.next_action or action.conditions or action.errors:
            yield Problem(NO_TRANSITIONS)
        return
    if block.goes_on and not action.next_action and not _decides(action):
        yield Problem(MISSING_PROPERTY, ".NextAction")
    if block.needs_condition and not action.conditions:
        yield Problem(MISSING_PROPERTY, ".Conditions")
    compared = {condition.operands[0] for condition in action.conditions}
    for result in block.compares:
        if result not in compared:
            yield Problem(f"{MISSING_PROPERTY}: {result}", ".Conditions")
    yield from _error_problems(block, action)
    for number, condition in enumerate(action.conditions):
        place = f".Conditions[{number}].Condition"
        if block.operators is not None and condition.operator not in block.operators:
            yield bad_value(condition.operator, f"{place}.Operator")
        if block.results is not None and condition.operands[0] not in block.results:
            yield bad_value(condition.operands[0], f"{place}.Operands")


def missing_errors(block: Block, action: Action) -> list[str]:
    """The types of errors that need a branch of their own and have none."""
    present = {error_type for error_type, _ in action.errors}
    return [name for name in block.errors(action.parameters).required if name not in present]


def _error_problems(block: Block, action: Action) -> Iterator[Problem]:
    missing = missing_errors(block, action)
    if missing:
        yield Problem(f"{MISSING_PROPERTY}: {', '.join(missing)}", ERRORS)
    known = block.errors(action.parameters)
    for number, (error_type, _) in enumerate(action.errors):
        if not known.may_have_others and error_type not in known.required:
            yield bad_value(error_type, f"{ERRORS}[{number}].ErrorType")


def _decides(action: Action) -> bool:
    """Whether conditions leave no success without a way out, as far as a document shows it."""
    has_default = any(error == NO_MATCHING_CONDITION for error, _ in action.errors)
    return len(action.conditions) > 1 or (bool(action.conditions) and has_default)
