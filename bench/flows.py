"""What rehearsing flows costs: conversations beside a state machine library, growth, and loading.

`python -m bench.flows`: 1,000 scripted conversations over 30 generated flows (function, menus,
hours, queue) are held as `python -m flows test` holds them. The peer is the library `transitions`
with the same graph: one machine per flow, told for each conversation which branches to take; it
decides, says and looks up nothing. Growth: a block's time in a flow of 250 blocks over its time in
one of 10. Loading: CPU of an interpreter that imports the engine, beside one that imports nothing.
Pairs in turn.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from statistics import median
from typing import Any

from transitions import Machine

from bench.lines import Line, ratio_of, tell
from chalicelib.core.flow import Action, Condition, Flow, PublishedFlow
from chalicelib.core.flow_tools.center import Center, published
from chalicelib.core.flow_tools.conversation import Verdict, run
from chalicelib.core.flow_tools.coverage import ways_out
from chalicelib.core.flow_tools.script import Conversation, Verb
from chalicelib.core.flow_tools.script import Line as Step
from infra.package import ROOT

FLOWS = 30
CONVERSATIONS = 1_000
PAIRS = 5
AIM_SECONDS = 10
SMALL, LARGE = 10, 250
ROUNDS = 40  # of the small flow; the large one runs as many blocks
LOADS = 9
_OFFICE = {"HoursOfOperationId": "hours:Office"}

type Way = tuple[str, str]  # a block and the branch that was taken


def measure() -> list[Line]:
    return [_conversations(), _growth(), _loading()]


# --- conversations ----------------------------------------------------------------------------


def _conversations() -> Line:
    flows = generated()
    center = Center().publish(flows)
    held = list(islice(scripts(flows), CONVERSATIONS))
    verdicts = [run(script, center) for script in held]
    walks = [[(b.block_id, b.branch) for b in verdict.trace] for verdict in verdicts]
    assert not any(verdict.failure for verdict in verdicts)
    machines = {flow.name: _machine(flow) for flow in flows}
    ours, peer = [], []
    for _ in range(PAIRS):
        ours.append(_seconds(lambda: [run(script, center) for script in held]))
        peer.append(_seconds(lambda: _walk_all(machines, held, walks)))
    blocks = sum(len(walk) for walk in walks)
    return Line(
        what=f"{CONVERSATIONS:,} conversations over {FLOWS} flows",
        ours=f"{median(ours):.2f} s CPU, {blocks / median(ours):,.0f} blocks/s",
        peer=f"transitions: {median(peer):.2f} s CPU, {blocks / median(peer):,.0f} states/s",
        ratio=ratio_of(ours, peer),
        aim=f"< {AIM_SECONDS} s",
    )


def generated() -> list[PublishedFlow]:
    """Thirty flows of 8 to 13 blocks."""
    return [_flow(f"Flow {n}", levels=2 + n % 6) for n in range(FLOWS)]


def _flow(name: str, *, levels: int) -> PublishedFlow:
    """A function, so many menus one below the other, hours and a queue."""
    actions = [
        _action("Log", "UpdateFlowLoggingBehavior", "Ask", {"FlowLoggingBehavior": "Enabled"}),
        _action("Ask", "InvokeLambdaFunction", "Menu 0", {"LambdaFunctionARN": "function:who"}),
        *(_menu(n, levels) for n in range(levels)),
        _action("Open", "CheckHoursOfOperation", "Set", _OFFICE, {"True": "Set", "False": "End"}),
        _action("Set", "UpdateContactTargetQueue", "Queue", {"QueueId": "queue:Sales"}),
        _action("Queue", "TransferContactToQueue", "End", {}),
        Action("End", "DisconnectParticipant", {}),
    ]
    flow = Flow("Log", {action.identifier: action for action in actions})
    return published(name, "CONTACT_FLOW", flow)


def _menu(number: int, levels: int) -> Action:
    below = f"Menu {number + 1}" if number + 1 < levels else "Open"
    parameters = {
        "Text": f"Level {number}, $.External.name. Press 1 or 2.",
        "StoreInput": "False",
        "InputTimeLimitSeconds": "5",
    }
    return _action(
        f"Menu {number}", "GetParticipantInput", "End", parameters, {"1": below, "2": "Open"}
    )


def _action(
    name: str,
    type_name: str,
    to: str,
    parameters: Mapping[str, object],
    when: dict[str, str] | None = None,
) -> Action:
    conditions = tuple(Condition("Equals", (key,), to) for key, to in (when or {}).items())
    return Action(name, type_name, parameters, to, conditions, (("NoMatchingError", "End"),))


def scripts(flows: Sequence[PublishedFlow]) -> Iterator[Conversation]:
    """Without end: callers who leave the menus on every level in turn."""
    for number, flow in enumerate(cycle(flows)):
        levels = sum(name.startswith("Menu") for name in flow.flow.actions)
        depth = number // FLOWS % levels
        keys = ["1"] * depth + (["2"] if depth < levels else [])
        lines = [
            Step(Verb.HEARS, "", ["Level 0"], 1, "hears"),
            *(Step(Verb.PRESSES, "", key, 1, "presses") for key in keys),
            Step(Verb.ENDS, "", "queued in Sales", 1, "ends"),
        ]
        yield Conversation(f"{flow.name} {number}", flow.name, tuple(lines), 1)


def _machine(flow: PublishedFlow) -> Any:
    moves = [
        {"trigger": branch, "source": action.identifier, "dest": target}
        for action in flow.flow.actions.values()
        for branch, target in ways_out(action)
    ]
    moves.append({"trigger": "end", "source": "*", "dest": "End"})
    return Machine(
        states=list(flow.flow.actions), transitions=moves, initial="Log", auto_transitions=False
    )


def _walk_all(machines: dict[str, Any], held: Sequence[Conversation], walks: Any) -> None:
    for script, walk in zip(held, walks, strict=True):
        machine = machines[script.flow or ""]
        machine.set_state("Log")
        for _, branch in walk:
            machine.trigger(branch if branch != "waiting" else "end")


# --- growth and loading -----------------------------------------------------------------------


def _growth() -> Line:
    """A chain of attribute blocks, so that nothing but the number of blocks grows."""
    small, large = _chain(SMALL), _chain(LARGE)
    center = Center().publish([small, large])
    times = LARGE // SMALL
    ours, peer = [], []
    for _ in range(PAIRS):
        ours.append(_seconds(lambda: _hold(large, center, ROUNDS)) / (ROUNDS * LARGE))
        peer.append(_seconds(lambda: _hold(small, center, ROUNDS * times)) / (ROUNDS * LARGE))
    return Line(
        what=f"a block in a flow of {LARGE} blocks",
        ours=f"{1e6 * median(ours):.0f} µs",
        peer=f"in one of {SMALL} blocks: {1e6 * median(peer):.0f} µs",
        ratio=ratio_of(ours, peer),
        aim="≤ 1",
    )


def _chain(length: int) -> PublishedFlow:
    actions = [
        _action(f"B{n}", "UpdateContactAttributes", f"B{n + 1}", {"Attributes": {"a": str(n)}})
        for n in range(length - 1)
    ]
    actions.append(Action(f"B{length - 1}", "DisconnectParticipant", {}))
    flow = Flow("B0", {action.identifier: action for action in actions})
    return published(f"{length} blocks", "CONTACT_FLOW", flow)


def _hold(flow: PublishedFlow, center: Center, rounds: int) -> list[Verdict]:
    end = Step(Verb.ENDS, "", "disconnected", 1, "ends")
    script = Conversation(flow.name, flow.name, (end,), 1)
    return [run(script, center) for _ in range(rounds)]


def _loading() -> Line:
    ours, peer = [], []
    for _ in range(LOADS):
        ours.append(_cpu("import chalicelib.core.flow"))
        peer.append(_cpu("pass"))
    return Line(
        what="import of the flow engine",
        ours=f"{1e3 * median(ours):.0f} ms CPU",
        peer=f"bare Python: {1e3 * median(peer):.0f} ms",
        ratio=ratio_of(ours, peer),
    )


def _cpu(code: str) -> float:
    """CPU seconds of a fresh interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    tell(measure())
