"""Small flows for tests, built from a line per block."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.core.flow import (
    Action,
    Condition,
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    Library,
    PublishedFlow,
    Session,
    Step,
    advance,
)
from chalicelib.core.ids import FlowId
from tests.caller import Acme, acme

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)


def block(
    identifier: str,
    type_name: str,
    parameters: Mapping[str, object] | None = None,
    to: str | None = None,
    *,
    when: Mapping[str, str] | None = None,
    fails: str | Mapping[str, str] = "",
) -> Action:
    """`when`: target by operand of Equals; `fails`: target of NoMatchingError, or by error type."""
    errors = {"NoMatchingError": fails} if isinstance(fails, str) and fails else fails or {}
    assert not isinstance(errors, str)
    return Action(
        identifier,
        type_name,
        parameters or {},
        to,
        tuple(Condition("Equals", (operand,), target) for operand, target in (when or {}).items()),
        tuple(errors.items()),
    )


END = block("End", "DisconnectParticipant")
FAILED = block("Failed", "DisconnectParticipant")


def flow(
    *actions: Action, name: str = "Under test", type_: FlowType = FlowType.CONTACT_FLOW
) -> PublishedFlow:
    """The first block is the start; `End` and `Failed` are always there to go to."""
    table = {action.identifier: action for action in (*actions, END, FAILED)}
    return PublishedFlow(
        FlowId(name.lower().replace(" ", "-")), 1, name, type_, Flow(actions[0].identifier, table)
    )


def library(*flows: PublishedFlow) -> Acme:
    """Acme's queues and hours, and these flows beside our own."""
    return acme().publish(flows)


def begin(
    published: PublishedFlow,
    *,
    channel: str = "VOICE",
    session: Session | None = None,
    known: Library | None = None,
    scope: Mapping[str, object] | None = None,
) -> Step:
    return advance(
        session or Session(),
        FlowEntered(published),
        scope={"Channel": channel, **(scope or {})},
        library=known or library(published),
        at=AT,
    )


def go_on(
    step: Step,
    happening: Happening,
    published: PublishedFlow,
    *,
    channel: str = "VOICE",
    known: Library | None = None,
    at: datetime = AT,
) -> Step:
    return advance(
        step.session,
        happening,
        scope={"Channel": channel},
        library=known or library(published),
        at=at,
    )


def branches(step: Step) -> list[tuple[str, str]]:
    """Which block was left by which branch."""
    return [(executed.block_id, executed.branch) for executed in step.trace]
