"""Which replies end a wait, when a flow has run too long without one, and what its end means."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import (
    Answered,
    Happening,
    InputReceived,
    LambdaFailed,
    LambdaReturned,
    Occurred,
    PlaybackFinished,
    QueueEntered,
    QueueRefused,
    Refused,
    Timeout,
)
from chalicelib.core.flow.model import Action, FlowType, PublishedFlow, Session, WaitKind
from chalicelib.core.flow.turn import NO_MATCHING_ERROR

ACTION_LIMIT = 1_000  # actions without a reply from a person or a timer
SEARCH_LIMIT = (
    250  # actions more to reach one with an error branch, if the one at the limit has none
)
DIVERTED = 2 * ACTION_LIMIT  # the count from which a session runs that was at the limit before

REPLIES: Mapping[WaitKind, tuple[type, ...]] = {
    WaitKind.INPUT: (InputReceived, Timeout),
    WaitKind.PLAYBACK: (PlaybackFinished, Timeout),
    WaitKind.LOOP: (Timeout,),
    WaitKind.TIMER: (Timeout, Occurred),
    WaitKind.LAMBDA: (LambdaReturned, LambdaFailed, Timeout),
    WaitKind.QUEUE: (QueueEntered, QueueRefused, Timeout),
    WaitKind.ANSWER: (Answered, Refused, Timeout),
    WaitKind.DIALOG: (Answered, Refused, Timeout),
}
_BY_PEOPLE_OR_TIME = (WaitKind.INPUT, WaitKind.PLAYBACK, WaitKind.LOOP, WaitKind.TIMER)
# Ending one of these leaves the contact where it is; ending any other ends the contact.
_QUIET_TYPES = (
    FlowType.CUSTOMER_QUEUE,
    FlowType.CUSTOMER_HOLD,
    FlowType.AGENT_HOLD,
    FlowType.CUSTOMER_WHISPER,
    FlowType.AGENT_WHISPER,
    FlowType.OUTBOUND_WHISPER,
)


def is_awaited(session: Session, happening: Happening) -> bool:
    wait = session.wait
    if wait is None or session.action_id is None or session.flow_id is None:
        return False
    if wait.kind is WaitKind.LOOP and wait.seconds is None:
        return False  # it has no interrupt: only something outside ends it
    if isinstance(happening, Occurred) and happening.event not in wait.events:
        return False
    return isinstance(happening, REPLIES[wait.kind])


def resumed(session: Session, happening: Happening) -> Session:
    """The session with its wait over. A function's or a queue's answer is no sign of a person, so
    a circle of such calls still meets the limit."""
    if session.wait is not None and session.wait.kind in _BY_PEOPLE_OR_TIME:
        return changed(session, wait=None, unplayed=False, actions_run=0)
    if isinstance(happening, QueueEntered) or _is_by_person(session, happening):
        return changed(session, wait=None, unplayed=False, actions_run=0)
    return changed(session, wait=None)


def _is_by_person(session: Session, happening: Happening) -> bool:
    """A bot or a view that refuses at once has seen nobody."""
    is_dialog = session.wait is not None and session.wait.kind is WaitKind.DIALOG
    return is_dialog and not isinstance(happening, Refused)


def is_at_limit(actions_run: int, action: Action) -> bool:
    """At the limit, and with a way out of it; at the end of all patience without one, too."""
    if actions_run < ACTION_LIMIT:
        return False
    if actions_run >= DIVERTED:
        return actions_run >= DIVERTED + ACTION_LIMIT
    has_way_out = any(target for _, target in action.errors)
    return actions_run >= (ACTION_LIMIT if has_way_out else ACTION_LIMIT + SEARCH_LIMIT)


def any_error_target(flow: PublishedFlow, action: Action) -> str | None:
    targets = [action.on_error(NO_MATCHING_ERROR), *(target for _, target in action.errors)]
    return next((target for target in targets if target in flow.flow.actions), None)


def ends_contact(flow_type: FlowType | None) -> bool:
    return flow_type not in _QUIET_TYPES
