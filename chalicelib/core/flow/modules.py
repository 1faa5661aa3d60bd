"""A session on its way into a module and back out of it."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.model import Invocation, PublishedFlow, Session
from chalicelib.core.ids import FlowId


def entered(session: Session, module: PublishedFlow, given: Mapping[str, object]) -> Session:
    """At the start of the module: loops and flow attributes of its own, the caller set aside."""
    caller = Invocation(
        flow_id=session.flow_id or FlowId(""),
        flow_version=session.flow_version,
        action_id=session.action_id or "",
        loops=session.loops,
        elements=session.elements,
        flow_attributes=session.flow_attributes,
        modules=session.results.get("Modules"),
    )
    return changed(
        session,
        flow_id=module.flow_id,
        flow_version=module.version,
        action_id=module.flow.start,
        wait=None,
        loops={},
        elements={},
        flow_attributes={},
        invocations=(*session.invocations, caller),
        results={**session.results, "Modules": {"Input": dict(given)}},
    )


def left_module(session: Session, result: Mapping[str, object] | None) -> Session:
    """Back at the block that invoked it; `$.Modules` is what came back, or what it was before."""
    *others, caller = session.invocations
    before = caller.modules if isinstance(caller.modules, Mapping) else {}
    return changed(
        session,
        flow_id=caller.flow_id,
        flow_version=caller.flow_version,
        action_id=caller.action_id,
        wait=None,
        loops=caller.loops,
        elements=caller.elements,
        flow_attributes=caller.flow_attributes,
        invocations=tuple(others),
        results={**session.results, "Modules": {**before, **(result or {})}},
    )
