"""Coverage counts exactly what a document writes down and a contact can take."""

from __future__ import annotations

from chalicelib.core.events import BlockExecuted
from chalicelib.core.flow_tools.coverage import Branch, coverage
from tests.core.flow.build import block, flow

MAIN = flow(
    block(
        "Kind",
        "Compare",
        {"ComparisonValue": "$.Attributes.kind"},
        "Say",
        when={"a": "Say", "$.Attributes.other": "End"},
        fails={"NoMatchingCondition": "Say"},
    ),
    block("Say", "MessageParticipant", {"Text": "Hi"}, "Queue", fails="End"),
    block("Queue", "TransferContactToQueue", {}, "End", fails={"QueueAtCapacity": "End"}),
    name="Main",
)


def ran(block_id: str, branch: str, to: str | None = None) -> BlockExecuted:
    return BlockExecuted(
        flow_id=MAIN.flow_id,
        flow_version=1,
        block_id=block_id,
        block_type="x",
        branch=branch,
        next_block_id=to,
    )


def test_every_branch_that_was_not_taken_is_named() -> None:
    """And no other: `next` of a transfer to a queue is written, but never followed."""
    found = coverage([MAIN], [[ran("Kind", "Equals a", "Say"), ran("Say", "next", "Queue")]])

    assert [
        Branch("Main", "Kind", "Equals $.Attributes.other"),
        Branch("Main", "Kind", "NoMatchingCondition"),
        Branch("Main", "Queue", "QueueAtCapacity"),
        Branch("Main", "Say", "NoMatchingError"),
    ] == list(found.missing)
    assert (6, 33.3) == (found.branches, found.percent)
    assert ("Main", "Queue") in found.missing_blocks


def test_an_operand_that_is_a_reference_counts_by_its_target() -> None:
    """A trace shows the value that was compared, the document a reference."""
    found = coverage([MAIN], [[ran("Kind", "Equals 42", "End")]])

    assert Branch("Main", "Kind", "Equals $.Attributes.other") not in found.missing


def test_an_excused_branch_is_not_counted_and_one_that_is_taken_is_wrongly_excused() -> None:
    """Excuses grow stale like everything else."""
    excuse = {("Main", "Say", "NoMatchingError"): "static"}

    unused = coverage([MAIN], [[ran("Say", "next")]], excuse)
    used = coverage([MAIN], [[ran("Say", "NoMatchingError")]], excuse)
    unknown = coverage([MAIN], [], {("Main", "Say", "Nonsense"): "typed wrong"})

    assert (5, ()) == (unused.branches, unused.wrongly_excused)
    assert (Branch("Main", "Say", "NoMatchingError"),) == used.wrongly_excused
    assert (Branch("Main", "Say", "Nonsense"),) == unknown.wrongly_excused
