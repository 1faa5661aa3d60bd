"""How a block asks one of the center's services: the request out, the answer kept, errors told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.core.flow import values
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import Answered, Ask, Port, Refused, Timeout
from chalicelib.core.flow.model import Session, WaitKind
from chalicelib.core.flow.turn import (
    NO_MATCHING_ERROR,
    Ends,
    Exit,
    Next,
    Outcome,
    Result,
    Turn,
    Waits,
    failed,
)

ANSWER_SECONDS = 8.0  # as for a function
GRACE_SECONDS = 2  # for the report itself, when the answer took all its time
ANSWER_BYTES = 32 * 1024
KEPT_BYTES = 128 * 1024  # all answers together: the contact has to fit where it is kept

type Request = Callable[[Turn], Mapping[str, object] | None]
type Limit = Callable[[Turn], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a block asks and what it does with the answer.

    `keeps`: the root below `$` where the answer is found, added to what is there or instead of it.
    `decides`: the answer's result is compared by the block's conditions. `late`: the error when no
    answer came. `is_dialog`: a person answers. `ends`: with the answer the flow is over, and the
    contact goes on without it.
    """

    port: Port
    verb: str
    keeps: str | None = None
    adds: bool = False
    is_detail: bool = False  # it is an attribute of the contact, and in its record
    decides: bool = False
    is_dialog: bool = False
    late: str = NO_MATCHING_ERROR
    ends: Callable[[Turn], bool] = lambda turn: False
    # What to ask, None when that cannot be known; and for how long to wait, None for ever.
    request: Request | None = None
    limit: Limit = lambda turn: ANSWER_SECONDS


def asks(question: Question) -> Callable[[Turn], Outcome]:
    """The function of a block that asks this."""

    def run(turn: Turn) -> Outcome:
        given = {"asks": f"{question.port} {question.verb}"}
        match turn.reply:
            case Answered():
                return _answered(turn, question, turn.reply, given)
            case Refused(error_type, reason):
                return failed(error_type, **given, failure=values.shown(reason))
            case Timeout():
                return failed(question.late, **given, failure="no answer in time")
            case _:
                return _ask(turn, question, given)

    return run


def everything(turn: Turn) -> Mapping[str, object]:
    """The block's parameters, references replaced."""
    resolved = values.interpolate_deep(turn.action.parameters, turn.root)
    return resolved if isinstance(resolved, Mapping) else {}


def _ask(turn: Turn, question: Question, given: Mapping[str, str]) -> Outcome:
    request = (question.request or everything)(turn)
    if request is None:
        return failed(**given)
    seconds = question.limit(turn)
    return Outcome(
        Waits(
            WaitKind.DIALOG if question.is_dialog else WaitKind.ANSWER,
            None if seconds is None else seconds + GRACE_SECONDS,
            Ask(question.port, question.verb, request, seconds),
        )
    )


def _answered(turn: Turn, question: Question, reply: Answered, given: Mapping[str, str]) -> Outcome:
    if values.is_too_deep(reply.value) or not values.is_sound([reply.value, reply.result]):
        return failed(**given, failure="an answer that is nested too deep, or no text")
    size = len(values.written(reply.value).encode())
    if size > ANSWER_BYTES:
        return failed(**given, failure=f"an answer of {size} bytes")
    root = question.keeps
    session = _kept(turn.session, question, reply) if root else turn.session
    kept = {"results": session.results, "details": session.details}
    if values.size_bytes({name: values.written(each) for name, each in kept.items()}) > KEPT_BYTES:
        return failed(**given, failure="more answers than a contact can keep")
    way_out: Exit = Result(reply.result) if question.decides else Next()
    if question.ends(turn):
        way_out = Ends(is_disconnect=False, is_handed_over=True)
    shown = {"result": values.shown(reply.result)} if question.decides else {}
    return Outcome(
        way_out,
        session=session,
        given={**given, **shown},
        changed={f"$.{root}": _told(reply)} if root else {},
    )


def _told(reply: Answered) -> str:
    """The answer as the trace shows it."""
    return "hidden" if reply.is_private else values.shown(reply.value)


def _kept(session: Session, question: Question, reply: Answered) -> Session:
    root = question.keeps or ""
    place = session.details if question.is_detail else session.results
    before = place.get(root)
    known = before if question.adds and isinstance(before, Mapping) else {}
    kept = {**place, root: {**known, **reply.value}}
    if question.is_detail:
        return changed(session, details=kept)
    return changed(session, results=kept)
