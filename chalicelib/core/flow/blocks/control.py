"""Blocks that decide where a flow goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import CUSTOMER_RETURNED, Occurred, Timeout
from chalicelib.core.flow.model import FlowType, Problem, WaitKind
from chalicelib.core.flow.spec import Block, Parameter, required
from chalicelib.core.flow.turn import (
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    Ends,
    Outcome,
    Result,
    Turn,
    Waits,
    failed,
)

LONGEST_WAIT_SECONDS = 604_800
LONGEST_LOOP = 100
OPEN_OR_CLOSED = ("True", "False")
ON_OR_DONE = ("ContinueLooping", "DoneLooping")
BOT_LEFT = "BotParticipantDisconnected"
GOLDEN_RATIO = 0.6180339887498949  # its multiples fall evenly between 0 and 1, in no order


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
    """ContinueLooping as often as it says, then DoneLooping once, then from the beginning.

    Over a list it goes once for each element, as the list was when the loop began.
    """
    place = turn.action.identifier
    done = turn.session.loops.get(place, 0)
    elements = turn.session.elements.get(place) if done else _elements(turn)
    counted = values.whole_number(turn.whole(turn.parameter("LoopCount")) or "", 0, LONGEST_LOOP)
    count = counted if elements is None else len(elements)
    is_too_big = values.size_bytes({place: values.written(elements)}) > values.ATTRIBUTES_BYTES
    if count is None or count > LONGEST_LOOP or is_too_big:
        return failed(LoopCount=values.shown(turn.parameter("LoopCount")))
    is_over = done >= count
    rounds = {**turn.session.loops, place: 0 if is_over else done + 1}
    others = {key: value for key, value in turn.session.elements.items() if key != place}
    kept = others if elements is None or is_over else {**others, place: elements}
    return Outcome(
        Result("DoneLooping" if is_over else "ContinueLooping"),
        session=changed(turn.session, loops=rounds, elements=kept),
        given={"LoopCount": str(count), "round": str(done + 1)},
    )


def wait(turn: Turn) -> Outcome:
    """Let time pass or an event come; not on a call, where somebody holds the line."""
    events = turn.parameter("Events")
    listens = tuple(str(event) for event in events) if isinstance(events, list) else ()
    if isinstance(turn.reply, Timeout):
        return Outcome(Result("WaitCompleted"))
    if isinstance(turn.reply, Occurred):
        return Outcome(Result(turn.reply.event))
    if BOT_LEFT in listens and not turn.session.results.get("Lex"):
        return failed("ParticipantNotFound")  # no bot has been here
    limit = turn.parameter("TimeLimitSeconds") or turn.parameter("TimeoutSeconds")
    seconds = values.whole_number(turn.whole(limit) or "", 1, LONGEST_WAIT_SECONDS)
    if seconds is None:
        return failed(TimeLimitSeconds=values.shown(limit))
    return Outcome(Waits(WaitKind.TIMER, seconds, events=listens))


def distribute_by_percentage(turn: Turn) -> Outcome:
    """A number from 1 to 100, as likely each; every block that draws draws anew."""
    draws = turn.session.draws
    share = (turn.chance + draws * GOLDEN_RATIO) % 1.0
    number = str(int(share * 100) + 1)
    return Outcome(
        Result(number),
        session=changed(turn.session, draws=draws + 1),
        given={"number": number},
    )


def end_flow_execution(turn: Turn) -> Outcome:
    """This flow is over; what that means is up to its type."""
    return Outcome(Ends(is_disconnect=False))


def retired(turn: Turn) -> Outcome:
    """Recognising voices was a service of AWS; it ended, so nobody is ever recognised."""
    return failed(retired="Voice ID ended on 2026-05-20")


def update_flow_logging_behavior(turn: Turn) -> Outcome:
    behavior = values.written(turn.parameter("FlowLoggingBehavior"))
    return Outcome(
        session=changed(turn.session, logging=behavior == "Enabled"),
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
        session=changed(turn.session, flow_attributes=attributes),
        changed={f"$.FlowAttributes.{key}": values.shown(value) for key, value in named.items()},
    )


def _elements(turn: Turn) -> tuple[object, ...] | None:
    """The list to loop over, if it is one."""
    for name in ("LoopArray", "LoopCount"):
        value = turn.parameter(name)
        found = values.whole(value, turn.root) if isinstance(value, str) else value
        if isinstance(found, list):
            return tuple(found)
    return None


def _flow_attribute_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    wanted = parameters.get("FlowAttributes")
    for key, entry in wanted.items() if isinstance(wanted, Mapping) else ():
        if not isinstance(entry, Mapping) or "Value" not in entry:
            yield Problem(spec.MISSING_PROPERTY, f"FlowAttributes.{key[:60]}.Value")


def _wait_errors(parameters: Mapping[str, object]) -> spec.Errors:
    """A bot that is waited for may have never been there."""
    events = parameters.get("Events")
    if isinstance(events, list) and BOT_LEFT in events:
        return spec.Errors((NO_MATCHING_ERROR, "ParticipantNotFound"))
    return spec.Errors((NO_MATCHING_ERROR,))


BLOCKS: Mapping[str, Block] = {
    "Compare": Block(
        run=compare,
        parameters=(required("ComparisonValue", spec.reference),),
        results=None,
        operators=None,
        needs_condition=True,
        errors=spec.only(NO_MATCHING_CONDITION),
    ),
    "CheckHoursOfOperation": Block(
        run=check_hours_of_operation,
        parameters=(Parameter("HoursOfOperationId", spec.reference),),
        results=OPEN_OR_CLOSED,
        compares=OPEN_OR_CLOSED,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "Loop": Block(
        run=loop,
        parameters=(
            Parameter("LoopCount", spec.number_or_reference(0, LONGEST_LOOP)),
            Parameter("LoopArray", spec.text_or_listing),
            Parameter("LoopName", spec.reference),
        ),
        exactly_one=("LoopCount", "LoopArray"),
        results=ON_OR_DONE,
        compares=ON_OR_DONE,
        errors=spec.needs(),
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
        results=("WaitCompleted", CUSTOMER_RETURNED.event, BOT_LEFT),
        compares=("WaitCompleted",),
        errors=_wait_errors,
        channels=frozenset({"CHAT", "TASK", "EMAIL"}),
    ),
    "DistributeByPercentage": Block(
        run=distribute_by_percentage,
        results=None,
        operators=None,
        errors=spec.needs(NO_MATCHING_CONDITION),
        flow_types=spec.ANSWERED_BY_CUSTOMER | {FlowType.OUTBOUND_WHISPER},
    ),
    "EndFlowExecution": Block(
        run=end_flow_execution, errors=spec.only(), is_terminal=True, waits_for_silence=True
    ),
    "StartVoiceIdStream": Block(run=retired, is_open=True),
    "CheckVoiceId": Block(run=retired, is_open=True, results=None),
    "SetSecurityBehavior": Block(run=retired, is_open=True),
    "CheckSecurityStatus": Block(run=retired, is_open=True, results=None),
    "UpdateFlowAttributes": Block(
        run=update_flow_attributes,
        parameters=(required("FlowAttributes", spec.mapping),),
        check=_flow_attribute_problems,
    ),
    "UpdateFlowLoggingBehavior": Block(
        run=update_flow_logging_behavior,
        parameters=(required("FlowLoggingBehavior", spec.one_of("Enabled", "Disabled")),),
        errors=spec.only(),
    ),
}
