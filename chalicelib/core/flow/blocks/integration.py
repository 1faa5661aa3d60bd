"""Blocks that ask somebody else: functions."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import (
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Timeout,
)
from chalicelib.core.flow.model import WaitKind
from chalicelib.core.flow.spec import Block, Parameter, required
from chalicelib.core.flow.turn import Outcome, Turn, Waits, failed

LONGEST_CALL_SECONDS = 8
LONGEST_ASYNCHRONOUS_SECONDS = 60
USUAL_CALL_SECONDS = 3
GRACE_SECONDS = 2  # for the report itself, when the call took all its time
REPLY_BYTES = 32 * 1024  # a reply must be smaller
SHOWN_ENTRIES = 20


def invoke_lambda_function(turn: Turn) -> Outcome:
    """Call, wait, and keep the reply as `$.External`."""
    function = turn.text(turn.parameter("LambdaFunctionARN"))
    given = {"LambdaFunctionARN": values.shown(function)}
    match turn.reply:
        case LambdaReturned():
            return _returned(turn, turn.reply, given)
        case LambdaFailed():
            return failed(**given, failure=values.shown(turn.reply.reason))
        case Timeout():
            return failed(**given, failure="no report of the call in time")
        case _:
            return _call(turn, function) if function else failed(**given)


def _call(turn: Turn, function: str) -> Outcome:
    is_asynchronous = turn.parameter("InvocationType") == "ASYNCHRONOUS"
    longest = LONGEST_ASYNCHRONOUS_SECONDS if is_asynchronous else LONGEST_CALL_SECONDS
    wanted = turn.parameter("InvocationTimeLimitSeconds")
    seconds = values.whole_number(wanted, 1, longest) or USUAL_CALL_SECONDS
    attributes = turn.parameter("LambdaInvocationAttributes")
    parameters = values.interpolate_deep(attributes, turn.root)
    effect = InvokeLambda(
        function=function,
        parameters=parameters if isinstance(parameters, Mapping) else {},
        limit_seconds=seconds,
        is_asynchronous=is_asynchronous,
    )
    return Outcome(Waits(WaitKind.LAMBDA, seconds + GRACE_SECONDS, effect))


def _returned(turn: Turn, reply: LambdaReturned, given: Mapping[str, str]) -> Outcome:
    if turn.parameter("InvocationType") == "ASYNCHRONOUS":
        return Outcome(given=given)  # it was started; its result is nobody's yet
    if reply.size_bytes >= REPLY_BYTES:
        return failed(**given, failure=f"a reply of {reply.size_bytes} bytes")
    external = _nested(reply.payload) if _takes_json(turn) else _flat(reply.payload)
    if external is None or not values.is_sound(external):
        return failed(**given, failure="a reply that is not the object asked for")
    entries = list(external.items())[:SHOWN_ENTRIES]
    return Outcome(
        session=changed(turn.session, external=external),
        given=given,
        changed={f"$.External.{key}": values.shown(value) for key, value in entries},
    )


def _takes_json(turn: Turn) -> bool:
    validation = turn.parameter("ResponseValidation")
    return isinstance(validation, Mapping) and validation.get("ResponseType") == "JSON"


def _flat(payload: object) -> Mapping[str, object] | None:
    """A STRING_MAP: one level, everything as text; no reply at all is an empty one."""
    if payload is None:
        return {}
    if not isinstance(payload, Mapping):
        return None
    if any(isinstance(value, Mapping | list) for value in payload.values()):
        return None
    return {str(key): values.written(value) for key, value in payload.items()}


def _nested(payload: object) -> Mapping[str, object] | None:
    if not isinstance(payload, Mapping) or values.is_too_deep(payload):
        return None
    return {str(key): value for key, value in payload.items()}


def _response_type(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("ResponseType") in ("STRING_MAP", "JSON")


BLOCKS: Mapping[str, Block] = {
    "InvokeLambdaFunction": Block(
        run=invoke_lambda_function,
        parameters=(
            required("LambdaFunctionARN", spec.reference),
            Parameter("InvocationTimeLimitSeconds", spec.number(1, LONGEST_ASYNCHRONOUS_SECONDS)),
            Parameter("InvocationType", spec.one_of("SYNCHRONOUS", "ASYNCHRONOUS")),
            Parameter("LambdaInvocationAttributes", spec.mapping),
            Parameter("ResponseValidation", _response_type),
        ),
    ),
}
