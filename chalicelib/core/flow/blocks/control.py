"""Blocks that decide where a flow goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chalicelib.core.events import Channel
from chalicelib.core.flow import spec, values
from chalicelib.core.flow.model import Problem, Timeout, WaitKind
from chalicelib.core.flow.spec import Block, Parameter, required
from chalicelib.core.flow.turn import Ends, Enters, Outcome, Result, Turn, Waits, failed

LONGEST_WAIT_SECONDS = 604_800


def compare(turn: Turn) -> Outcome:
    """Branch on any value the flow can reach; one that is not there matches nothing."""
    value = turn.whole(turn.parameter("ComparisonValue"))
    return Outcome(Result(value), given={"value": values.shown(value)})


def check_hours_of_operation(turn: Turn) -> Outcome:
    """Open or closed now, by these hours or by those of the working queue."""
    reference = turn.whole(turn.parameter("HoursOfOperationId"))
    queue = turn.target_queue
    named = reference or (queue.hours_id if queue else None)
    hours = turn.library.hours(named) if named else None
    if hours is None:
        return failed(HoursOfOperationId=values.shown(named))
    is_open = hours.is_open(turn.at)
    return Outcome(Result(str(is_open)), given={"HoursOfOperationId": values.shown(named)})


def loop(turn: Turn) -> Outcome:
    """ContinueLooping as often as it says, then DoneLooping once, then from the beginning."""
    count = values.whole_number(turn.whole(turn.parameter("LoopCount")) or "", 0, 100)
    if count is None:
        return failed(LoopCount=values.shown(turn.parameter("LoopCount")))
    done = turn.session.loops.get(turn.action.identifier, 0)
    is_over = done >= count
    rounds = {**turn.session.loops, turn.action.identifier: 0 if is_over else done + 1}
    return Outcome(
        Result("DoneLooping" if is_over else "ContinueLooping"),
        session=replace(turn.session, loops=rounds),
        given={"LoopCount": str(count), "round": str(done + 1)},
    )


def wait(turn: Turn) -> Outcome:
    """Let time pass; not on a call, where somebody holds the line."""
    if isinstance(turn.reply, Timeout):
        return Outcome(Result("WaitCompleted"))
    if turn.channel == Channel.VOICE:
        return failed(channel=turn.channel)
    events = turn.parameter("Events")
    if isinstance(events, list) and "BotParticipantDisconnected" in events:
        return failed("ParticipantNotFound")
    limit = turn.parameter("TimeLimitSeconds") or turn.parameter("TimeoutSeconds")
    seconds = values.whole_number(turn.whole(limit) or "", 1, LONGEST_WAIT_SECONDS)
    if seconds is None:
        return failed(TimeLimitSeconds=values.shown(limit))
    return Outcome(Waits(WaitKind.TIMER, seconds))


def transfer_to_flow(turn: Turn) -> Outcome:
    """Go on in another flow; one that is not published takes the error branch."""
    reference = turn.whole(turn.parameter("ContactFlowId"))
    flow = turn.library.flow(reference) if reference else None
    given = {"ContactFlowId": values.shown(reference)}
    return failed(**given) if flow is None else Outcome(Enters(flow), given=given)


def end_flow_execution(turn: Turn) -> Outcome:
    """This flow is over; what that means is up to its type."""
    return Outcome(Ends(is_disconnect=False))


def update_flow_logging_behavior(turn: Turn) -> Outcome:
    behavior = values.written(turn.parameter("FlowLoggingBehavior"))
    return Outcome(
        session=replace(turn.session, logging=behavior == "Enabled"),
        given={"FlowLoggingBehavior": behavior},
    )


def update_flow_attributes(turn: Turn) -> Outcome:
    """Set values that only this run of this flow knows."""
    wanted = turn.parameter("FlowAttributes")
    named = {
        turn.text(key): turn.text(entry.get("Value"))
        for key, entry in (wanted.items() if isinstance(wanted, Mapping) else ())
        if isinstance(entry, Mapping)
    }
    attributes = {**turn.session.flow_attributes, **named}
    if values.size_bytes(attributes) > values.ATTRIBUTES_BYTES:
        return failed(FlowAttributes=values.shown(named))
    return Outcome(
        session=replace(turn.session, flow_attributes=attributes),
        changed={f"$.FlowAttributes.{key}": values.shown(value) for key, value in named.items()},
    )


def _flow_attribute_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    wanted = parameters.get("FlowAttributes")
    for key, entry in wanted.items() if isinstance(wanted, Mapping) else ():
        if not isinstance(entry, Mapping) or "Value" not in entry:
            yield Problem(spec.MISSING_PROPERTY, f"FlowAttributes.{key[:60]}.Value")


BLOCKS: Mapping[str, Block] = {
    "Compare": Block(
        run=compare,
        parameters=(required("ComparisonValue", spec.reference),),
        results=None,
    ),
    "CheckHoursOfOperation": Block(
        run=check_hours_of_operation,
        parameters=(Parameter("HoursOfOperationId", spec.reference),),
        results=("True", "False"),
    ),
    "Loop": Block(
        run=loop,
        parameters=(
            required("LoopCount", spec.number_or_reference(0, 100)),
            Parameter("LoopName", spec.reference),
        ),
        results=("ContinueLooping", "DoneLooping"),
    ),
    "Wait": Block(
        run=wait,
        parameters=(
            # The documentation's name and the one that real flows use.
            Parameter("TimeLimitSeconds", spec.number_or_reference(1, LONGEST_WAIT_SECONDS)),
            Parameter("TimeoutSeconds", spec.number_or_reference(1, LONGEST_WAIT_SECONDS)),
            Parameter("Events", spec.listing),
        ),
        exactly_one=("TimeLimitSeconds", "TimeoutSeconds"),
        results=("WaitCompleted", "CustomerReturned", "BotParticipantDisconnected"),
    ),
    "TransferToFlow": Block(
        run=transfer_to_flow,
        parameters=(required("ContactFlowId", spec.reference),),
        goes_on=False,
    ),
    "EndFlowExecution": Block(run=end_flow_execution, is_terminal=True, waits_for_silence=True),
    "UpdateFlowAttributes": Block(
        run=update_flow_attributes,
        parameters=(required("FlowAttributes", spec.mapping),),
        check=_flow_attribute_problems,
    ),
    "UpdateFlowLoggingBehavior": Block(
        run=update_flow_logging_behavior,
        parameters=(required("FlowLoggingBehavior", spec.one_of("Enabled", "Disabled")),),
    ),
}
