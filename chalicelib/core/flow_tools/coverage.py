"""Which blocks and branches conversations took, and which nobody has tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow import BLOCKS, Action, PublishedFlow

NO_MATCHING_CONDITION = "NoMatchingCondition"
# Written because the service asks for it; the flow is over when the contact is queued.
# Voice ID is gone; its blocks take their error branch, whatever else is written.
RETIRED = ("StartVoiceIdStream", "CheckVoiceId", "SetSecurityBehavior", "CheckSecurityStatus")
NEVER_FOLLOWED = ("TransferContactToQueue", "DequeueContactAndTransferToQueue")


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """One way out of one block; `name` as a trace has it: next, an error type, `Equals 2`."""

    flow: str
    block: str
    name: str

    def __str__(self) -> str:
        return f"{self.flow}: {self.block} → {self.name}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of one or more flows; `excused` could not be taken and says why not."""

    blocks: int
    missing_blocks: tuple[tuple[str, str], ...]
    branches: int
    missing: tuple[Branch, ...]
    excused: tuple[tuple[Branch, str], ...] = ()
    wrongly_excused: tuple[Branch, ...] = ()  # said to be impossible, and taken

    @property
    def percent(self) -> float:
        """Of the branches, rounded down to a tenth: 100 means all."""
        if not self.branches:
            return 100.0
        return 1000 * (self.branches - len(self.missing)) // self.branches / 10

    @property
    def blocks_percent(self) -> float:
        if not self.blocks:
            return 100.0
        return 1000 * (self.blocks - len(self.missing_blocks)) // self.blocks / 10


def coverage(
    flows: Iterable[PublishedFlow],
    traces: Iterable[Iterable[BlockExecuted]],
    impossible: Mapping[tuple[str, str, str], str] | None = None,
) -> Coverage:
    """What these traces took of these flows."""
    known = {flow.flow_id: flow for flow in flows}
    run = [block for trace in traces for block in trace if block.flow_id in known]
    taken = {_branch(known[block.flow_id], block) for block in run}
    blocks = {(flow.name, name) for flow in known.values() for name in flow.flow.actions}
    reached = {(known[block.flow_id].name, block.block_id) for block in run}
    written = {branch for flow in known.values() for branch in branches(flow)}
    reasons = {Branch(*place): why for place, why in (impossible or {}).items()}
    excused = sorted(b for b in written - taken if b in reasons)
    counted = written - set(excused)
    return Coverage(
        blocks=len(blocks),
        missing_blocks=tuple(sorted(blocks - reached)),
        branches=len(counted),
        missing=tuple(sorted(counted - taken)),
        excused=tuple((branch, reasons[branch]) for branch in excused),
        wrongly_excused=tuple(sorted(b for b in reasons if b in taken or b not in written)),
    )


def branches(flow: PublishedFlow) -> Iterator[Branch]:
    """Every way out that the document writes down and that a contact may take."""
    for action in flow.flow.actions.values():
        for name, _ in ways_out(action):
            yield Branch(flow.name, action.identifier, name)


def reachable(flow: PublishedFlow) -> Iterator[Branch]:
    """Every branch that the arrows of the document lead to."""
    waiting, seen = [flow.flow.start], {flow.flow.start}
    while waiting:
        action = flow.flow.actions.get(waiting.pop())
        for name, target in ways_out(action) if action else ():
            yield Branch(flow.name, action.identifier if action else "", name)
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def ways_out(action: Action) -> Iterator[tuple[str, str]]:
    """Each branch of a block with its target."""
    if action.type in RETIRED:
        target = action.on_error("NoMatchingError")
        yield from [("NoMatchingError", target)] if target else []
        return
    seen: set[str] = set()
    for condition in () if _plays_for_ever(action) else action.conditions:
        name = f"{condition.operator} {condition.operands[0]}"
        if name not in seen:  # the first of two equal ones is taken always
            seen.add(name)
            yield name, condition.target
    for error_type, target in action.errors:
        if error_type not in seen:
            seen.add(error_type)
            yield error_type, target
    if action.next_action and _is_next_followed(action):
        yield "next", action.next_action


def _is_next_followed(action: Action) -> bool:
    """With conditions, `NextAction` counts only where something can match none of them."""
    if action.type in NEVER_FOLLOWED or _plays_for_ever(action):
        return False
    if any(error_type == NO_MATCHING_CONDITION for error_type, _ in action.errors):
        return False
    if not action.conditions:
        return True
    block = BLOCKS.get(action.type)
    return block is not None and block.results is None


def _plays_for_ever(action: Action) -> bool:
    """Looped prompts without an interrupt end only from outside."""
    is_loop = action.type == "MessageParticipantIteratively"
    return is_loop and "InterruptFrequencySeconds" not in action.parameters


def _branch(flow: PublishedFlow, block: BlockExecuted) -> Branch:
    """The written branch that was taken: a trace has the value where the operand is a reference."""
    action = flow.flow.actions.get(block.block_id)
    name = block.branch
    if action is not None:
        operator = name.partition(" ")[0]
        for condition in action.conditions:
            is_same = condition.operator == operator and condition.target == block.next_block_id
            if is_same and "$" in condition.operands[0]:
                name = f"{operator} {condition.operands[0]}"
    return Branch(flow.name, block.block_id, name)
