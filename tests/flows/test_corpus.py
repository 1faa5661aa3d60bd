"""Flows that real people wrote run unchanged: every walk through them ends or waits."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.core.flow import (
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    InputReceived,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    PlaybackFinished,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    QueueView,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    parse,
    supported_types,
)
from chalicelib.core.hours import HoursOfOperation
from chalicelib.core.ids import FlowId, HoursId, QueueId
from tests.caller import OFFICE

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
ABSENT = "the corpus of real flows is not beside this checkout"
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
    return [path for path in paths if _types(path) <= supported_types()]


def _types(path: Path) -> set[str]:
    return {action["Type"] for action in json.loads(path.read_bytes())["Actions"]}


class EverythingExists:
    """A library in which any name leads somewhere; flows lead back to the one under test."""

    def __init__(self, flow: PublishedFlow) -> None:
        self._flow = flow

    def flow(self, reference: str) -> PublishedFlow | None:
        return self._flow if reference != "Default customer queue" else None

    def pinned(self, flow_id: FlowId, version: int) -> PublishedFlow | None:
        return self._flow

    def queue(self, reference: str) -> QueueView | None:
        return QueueView(QueueId(reference), "Sales", f"arn:{reference}", HoursId("office"))

    def hours(self, reference: str) -> HoursOfOperation | None:
        return OFFICE


class NothingExists(EverythingExists):
    """A library in which every reference dangles."""

    def flow(self, reference: str) -> PublishedFlow | None:
        return None

    def queue(self, reference: str) -> QueueView | None:
        return None

    def hours(self, reference: str) -> HoursOfOperation | None:
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
    """For every key below the root that the flow compares, one of the values it looks for."""
    return {
        value.removeprefix(root): chance.choice(action.conditions).operands[0]
        for action in flow.actions.values()
        if action.type == "Compare" and action.conditions
        for value in [str(action.parameters["ComparisonValue"])]
        if value.startswith(root)
    }


def _reply(flow: Flow, step: Step, chance: random.Random) -> Happening:
    wait = step.session.wait
    assert wait is not None
    if isinstance(step.effect, InvokeLambda):
        good: Happening = LambdaReturned(_liked_values(flow, "$.External.", chance), 40)
        return chance.choice([good, good, good, LambdaReturned(None, 4), LambdaFailed("late")])
    replies: dict[WaitKind, list[Happening]] = {
        WaitKind.INPUT: [Timeout(), *(InputReceived(key) for key in "0123#")],
        WaitKind.PLAYBACK: [PlaybackFinished(), Timeout()],
        WaitKind.QUEUE: [QueueEntered(), QueueRefused("QueueAtCapacity")],
    }
    return chance.choice(replies.get(wait.kind, [Timeout()]))


@pytest.mark.skipif(not corpus(), reason=ABSENT)
def test_the_corpus_has_the_flows_we_promise_to_run() -> None:
    """The number is part of the promise: a type that stops being supported shows here."""
    assert len(corpus()) >= 54


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
                assert {block.block_id for block in step.trace} <= flow.actions.keys()


@pytest.mark.skipif(not corpus(), reason=ABSENT)
def test_walks_reach_most_blocks_of_the_corpus() -> None:
    """Walks that stop at the first block would prove nothing."""
    reached = total = 0
    for path in corpus():
        flow = parse(path.read_bytes())
        total += len(flow.actions)
        blocks = {
            block.block_id
            for seed in range(2 * WALKS)
            for step in walk(flow, FlowType.CONTACT_FLOW, seed=seed, channel="VOICE")
            for block in step.trace
        }
        reached += len(blocks)

    print(f"{reached} of {total} blocks")
    assert reached / total > 0.7  # the rest lies behind ends that no call comes back from
