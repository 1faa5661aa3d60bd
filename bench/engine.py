"""Blocks per second of the flow engine, beside a state machine library on the same walk.

`python -m bench.engine`: callers go through `flows/main-inbound.json` in this process: the
language, a key, the queue. The peer is the library `transitions`, whose machine has the executed
blocks for states and their branches for triggers: it is told which branch to take, so it decides,
says and looks up nothing. Pairs in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

from transitions import Machine

from bench.lines import Line, ratio_of, tell
from tests.caller import Caller, acme

PAIRS = 9
CALLERS = 60  # a turn of both sides takes some tenths of a second
_KEYS = ("1", "2", "3")

type Walk = list[tuple[str, str]]  # blocks and the branches that were taken


def measure() -> list[Line]:
    walks = [_conversation(key) for key in _KEYS]
    blocks = sum(len(walk) for walk in walks) * CALLERS
    ours, peer = [], []
    pairs = [(_machine(walk), walk) for walk in walks]
    for _ in range(PAIRS):
        ours.append(_seconds(lambda: [_conversation(key) for key in _KEYS * CALLERS]))
        peer.append(_seconds(lambda: _go_all(pairs * CALLERS)))
    return [
        Line(
            what="flow engine",
            ours=f"{blocks / median(ours):,.0f} blocks/s",
            peer=f"transitions: {blocks / median(peer):,.0f} states/s",
            ratio=ratio_of(ours, peer),
        )
    ]


def _conversation(key: str) -> Walk:
    """A caller who takes English and then this key; the blocks that ran."""
    caller = Caller(_CENTER).rings().presses("1").presses(key)
    return [(f"{block.flow_id}/{block.block_id}", block.branch) for block in caller.trace]


def _machine(walk: Walk) -> Any:
    """Each step of the walk a transition of its own, as a flow may pass a block twice."""
    states = [f"{n} {block}" for n, (block, _) in enumerate(walk)] + ["end"]
    moves = [
        {"trigger": f"to {n}", "source": source, "dest": dest}
        for n, (source, dest) in enumerate(pairwise(states))
    ]
    return Machine(states=states, transitions=moves, initial=states[0], auto_transitions=False)


def _go_all(pairs: list[tuple[Any, Walk]]) -> None:
    for machine, walk in pairs:
        machine.set_state(machine.initial)
        for n in range(len(walk)):
            machine.trigger(f"to {n}")


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


_CENTER = acme()

if __name__ == "__main__":
    tell(measure())
