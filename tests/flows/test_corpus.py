"""Flows that real people wrote run unchanged: every walk through them ends or waits."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.core.flow import (
    Action,
    Answered,
    Ask,
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    InputReceived,
    InvalidFlow,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    PlaybackFinished,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Refused,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    parse,
)
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.ids import FlowId

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
ABSENT = "the corpus of real flows is not beside this checkout"
# Hand-written, with types, operands and missing branches that no service takes; the files' own
# repositories call one of them broken.
INVALID = (
    "broken-flow_Orphaned",
    "source-flow_Main_20IVR",
    "SalesEntry-flow--content",
    "SupportEntry-flow--content",
)
TURNS = 25
WALKS = 4
AT = datetime(2026, 3, 2, 14, tzinfo=UTC)


def corpus() -> list[Path]:
    """The flows that use no type but those that can run here."""
    manifest = CORPUS / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open() as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    paths = [CORPUS / row["file"] for row in rows if row["format"] == "flow-language"]
    return [path for path in paths if not any(name in path.name for name in INVALID)]


MODULE = PublishedFlow(
    FlowId("module"),
    1,
    "A module",
    FlowType.MODULE,
    Flow("Return", {"Return": Action("Return", "EndFlowModuleExecution", {})}),
)


class EverythingExists(Center):
    """A library in which any name leads somewhere; flows lead back to the one under test."""

    def __init__(self, flow: PublishedFlow) -> None:
        super().__init__()
        self._flow_under_test = flow
        blocks = flow.flow.actions.values()
        self._modules = {action.parameters.get("FlowModuleId") for action in blocks}

    def flow(self, reference: str) -> PublishedFlow | None:
        if reference in self._modules:
            return MODULE
        return self._flow_under_test if reference != "Default customer queue" else None

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return MODULE if flow_id == MODULE.flow_id else self._flow_under_test


class NothingExists(EverythingExists):
    """A library in which every reference dangles."""

    def __init__(self, flow: PublishedFlow) -> None:
        super().__init__(flow)
        self.invents = False

    def flow(self, reference: str) -> PublishedFlow | None:
        return None


def walk(flow: Flow, flow_type: FlowType, *, seed: int, channel: str) -> Iterator[Step]:
    """One conversation of chance, as long as it lasts but for TURNS turns."""
    chance = random.Random(seed)
    published = PublishedFlow(FlowId("f"), 1, "Under test", flow_type, flow)
    library = (EverythingExists if seed % 2 else NothingExists)(published)
    session = Session(attributes=_liked_values(flow, "$.Attributes.", chance))
    happening: Happening = FlowEntered(published)
    for _ in range(TURNS):
        scope = {"Channel": channel, "CustomerEndpoint": {"Address": "+12025550199"}}
        step = advance(session, happening, scope=scope, library=library, at=AT)
        yield step
        if step.is_ended:
            return
        session, happening = step.session, _reply(flow, step, chance)


def _liked_values(flow: Flow, root: str, chance: random.Random) -> dict[str, str]:
    """For every key below the root, a number; for those it compares, a value it looks for."""
    written = json.dumps([[action.parameters for action in flow.actions.values()]])
    named = re.findall(re.escape(root) + r"(\w+)", written)
    return dict.fromkeys(named, "+12025550123") | {
        value.removeprefix(root): chance.choice(action.conditions).operands[0]
        for action in flow.actions.values()
        if action.type == "Compare" and action.conditions
        for value in [str(action.parameters["ComparisonValue"])]
        if value.startswith(root) and chance.random() < 0.8
    }


def _reply(flow: Flow, step: Step, chance: random.Random) -> Happening:
    wait = step.session.wait
    assert wait is not None
    if isinstance(step.effect, Ask):
        return chance.choice(_answers(flow.actions[step.session.action_id or ""]))
    if isinstance(step.effect, InvokeLambda):
        good: Happening = LambdaReturned(_liked_values(flow, "$.External.", chance), 40)
        return chance.choice([good, good, good, LambdaReturned(None, 4), LambdaFailed("late")])
    replies: dict[WaitKind, list[Happening]] = {
        WaitKind.INPUT: [Timeout(), *(InputReceived(key) for key in "0123#")],
        WaitKind.PLAYBACK: [PlaybackFinished(), Timeout()],
        WaitKind.QUEUE: [QueueEntered(), QueueRefused("QueueAtCapacity")],
    }
    return chance.choice(replies.get(wait.kind, [Timeout()]))


def _answers(action: Action) -> list[Happening]:
    """Every value its conditions look for, one they do not, and every error it has a branch for."""
    looked_for = [operand for condition in action.conditions for operand in condition.operands]
    answers: list[Happening] = [Answered(result=operand) for operand in (*looked_for, "17")]
    return [*3 * answers, *(Refused(error_type) for error_type, _ in action.errors), Timeout()]


@pytest.mark.skipif(not corpus(), reason=ABSENT)
def test_the_corpus_has_the_flows_we_promise_to_run() -> None:
    """The number is part of the promise: a type that stops being supported shows here."""
    assert len(corpus()) >= 112


@pytest.mark.skipif(not corpus(), reason=ABSENT)
@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_flow_gets_problems_that_name_the_path(name: str) -> None:
    """Whoever wrote it learns where to look."""
    [path] = (CORPUS / "flows").glob(f"*{name}*")

    with pytest.raises(InvalidFlow) as refused:
        parse(path.read_bytes())

    assert all(problem.path.startswith("Actions[") for problem in refused.value.problems)


@pytest.mark.skipif(not corpus(), reason=ABSENT)
@pytest.mark.parametrize("channel", ["VOICE", "CHAT", "TASK"])
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.stem[-60:])
def test_a_real_flow_runs_unchanged_and_every_walk_ends_or_waits(path: Path, channel: str) -> None:
    """Published strictly, it runs with everything it names there, and with nothing of it there."""
    flow = parse(path.read_bytes())

    for flow_type in (FlowType.CONTACT_FLOW, FlowType.CUSTOMER_QUEUE):
        for seed in range(WALKS):
            for step in walk(flow, flow_type, seed=seed, channel=channel):
                assert step.is_ended or step.session.wait is not None
                assert {block.block_id for block in step.trace} <= {"Return", *flow.actions}
