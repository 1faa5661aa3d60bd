"""Blocks that go to another flow and stay there, or into a module and back."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.model import FlowType
from chalicelib.core.flow.references import module_named
from chalicelib.core.flow.spec import Block, Parameter, required
from chalicelib.core.flow.turn import Enters, Invokes, Outcome, Returns, Turn, failed


def transfer_to_flow(turn: Turn) -> Outcome:
    """Go on in another flow; one that is not published takes the error branch."""
    reference = turn.whole(turn.parameter("ContactFlowId"))
    flow = turn.library.flow(reference) if reference else None
    given = {"ContactFlowId": values.shown(reference)}
    if flow is None or flow.type is FlowType.MODULE:
        return failed(**given)
    return Outcome(Enters(flow), given=given)


def invoke_flow_module(turn: Turn) -> Outcome:
    """Run a module on this contact; its result decides here, and is `$.Modules.Result`."""
    reference = turn.whole(turn.parameter("FlowModuleId"))
    module = module_named(reference, turn.library) if reference else None
    given = {"FlowModuleId": values.shown(reference)}
    if module is None:
        return failed(**given)
    return Outcome(Invokes(module, _resolved(turn, "Input")), given=given)


def end_flow_module_execution(turn: Turn) -> Outcome:
    """Back to the flow that invoked this module, by the branch that is named, if one is."""
    result = turn.whole(turn.parameter("Result"))
    given = {"Result": values.shown(result)} if result else {}
    return Outcome(Returns(result, _resolved(turn, "ResultData")), given=given)


def _resolved(turn: Turn, name: str) -> Mapping[str, object]:
    resolved = values.interpolate_deep(turn.parameter(name), turn.root)
    return resolved if isinstance(resolved, Mapping) else {}


BLOCKS: Mapping[str, Block] = {
    "TransferToFlow": Block(
        run=transfer_to_flow,
        parameters=(required("ContactFlowId", spec.reference),),
        flow_types=spec.INBOUND | spec.TRANSFERS,
        goes_on=False,
    ),
    "InvokeFlowModule": Block(
        run=invoke_flow_module,
        parameters=(
            required("FlowModuleId", spec.reference),
            Parameter("Input", spec.mapping),
        ),
        results=None,
    ),
    "EndFlowModuleExecution": Block(
        run=end_flow_module_execution,
        parameters=(
            Parameter("Result", spec.reference),
            Parameter("ResultData", spec.mapping),
        ),
        errors=spec.only(),
        flow_types=frozenset({FlowType.MODULE}),
        is_terminal=True,
    ),
}
