"""Lint, conversations and coverage as an admin has them before anything is published: no cloud."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from bench.flows import CONVERSATIONS, generated, scripts
from chalicelib.core.flow import InvalidFlow, parse, unresolved
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.flow_tools.conversation import run
from flows.files import read_center
from tests.flows.test_tools import FLOWS, ROOT, action, answer, document, written

MOST_SECONDS = 10


def a_bad_flow(folder: Path) -> Path:
    """A dead key, a queue that is not there, a block without a way for errors, one alone."""
    errors = {
        "InputTimeLimitExceeded": "Sales",
        "NoMatchingCondition": "Sales",
        "NoMatchingError": "Sales",
    }
    recorded = {"RecordedParticipants": ["Agent", "Customer"]}
    path = written(
        folder / "bad.json",
        action("Record", "UpdateContactRecordingBehavior", "Menu", RecordingBehavior=recorded),
        action(
            "Menu",
            "GetParticipantInput",
            "Sales",
            Text="Press 1 or 7",
            StoreInput="False",
            InputTimeLimitSeconds="5",
            Conditions={"1": "Sales", "7": ""},
            Errors=errors,
        ),
        action(
            "Sales",
            "UpdateContactTargetQueue",
            "Language",
            QueueId="queue:Vietnamse",
            Errors={"NoMatchingError": "End"},
        ),
        action(
            "Language",
            "UpdateContactAttributes",
            "Queue",
            Attributes={"a": "b"},
            TargetContact="Current",
        ),
        action(
            "Queue",
            "TransferContactToQueue",
            "End",
            Errors={"QueueAtCapacity": "End", "NoMatchingError": "End"},
        ),
        action(
            "Lonely",
            "MessageParticipant",
            "End",
            Text="Nobody comes here",
            Errors={"NoMatchingError": "End"},
        ),
        action("End", "DisconnectParticipant"),
        name="Bad",
        type="CONTACT_FLOW",
    )
    (folder / "center.yaml").write_text("queues: {Vietnamese: Office}\n")
    return path


def test_lint_finds_exactly_the_four_faults_of_a_bad_flow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with the name of its block; nothing else, and nothing twice."""
    a_bad_flow(tmp_path)

    code, said = answer(capsys, "lint", tmp_path)

    assert 1 == code
    assert said.splitlines() == [
        "bad.json: Menu: key 7 leads nowhere",
        "bad.json: Sales: There is no queue queue:Vietnamse",
        "bad.json: Language: there is no branch for NoMatchingError",
        "bad.json: Lonely: no way leads here",
        "1 flow: 4 problems, 0 to consider",
    ]


def test_a_bad_flow_is_not_published(tmp_path: Path) -> None:
    """What is refused is told with its place."""
    content = a_bad_flow(tmp_path).read_bytes()

    with pytest.raises(InvalidFlow) as refused:
        parse(content)
    dangling = unresolved(parse(content, strict=False), read_center(tmp_path / "center.yaml"))

    assert [problem.path for problem in (*refused.value.problems, *dangling)] == [
        "Actions[1].Transitions.Conditions[1].NextAction",
        "Actions[3].Transitions.Errors",
        "Actions[2].Parameters.QueueId",
    ]


@pytest.mark.parametrize("command", ["lint", "explore", "test", "coverage"])
def test_an_unknown_type_of_block_is_a_clear_error_and_not_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Whoever asks: the type, the block and its place."""
    written(tmp_path / "odd.json", action("Coffee", "MakeCoffee"), name="Odd")
    (tmp_path / "odd.conversations.yaml").write_text(
        "flow: Odd\nconversations:\n  - {name: A, steps: [ends: disconnected]}\n"
    )

    code, said = answer(capsys, command, tmp_path)

    assert code != 0
    assert "Coffee: Invalid Action type: MakeCoffee" in said


def keys_and_more(folder: Path) -> None:
    """25 branches, of which conversations take all but key 9."""
    ways = {str(key): f"Say {min(key, 8)}" for key in range(1, 10)}
    lost = dict.fromkeys(
        ["InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"], "Sorry"
    )
    written(
        folder / "keys.json",
        action("Greeting", "MessageParticipant", "Menu", Text="Hello"),
        action(
            "Menu",
            "GetParticipantInput",
            "Sorry",
            Text="A key?",
            StoreInput="False",
            InputTimeLimitSeconds="5",
            Conditions=ways,
            Errors=lost,
        ),
        *(action(f"Say {n}", "MessageParticipant", "End", Text=f"{n}") for n in range(1, 9)),
        action("Sorry", "MessageParticipant", "Sorry 2", Text="Sorry"),
        action("Sorry 2", "MessageParticipant", "Sorry 3", Text="Really"),
        action("Sorry 3", "MessageParticipant", "Sorry 4", Text="Very"),
        action("Sorry 4", "MessageParticipant", "End", Text="Very"),
        action("End", "DisconnectParticipant"),
        name="Keys",
        type="CONTACT_FLOW",
    )
    steps = [f"{{name: K{key}, steps: [presses: {key}, ends: disconnected]}}" for key in range(9)]
    steps.append("{name: Silence, steps: [presses: nothing, ends: disconnected]}")
    steps.append("{name: In writing, channel: chat, steps: [ends: disconnected]}")
    (folder / "keys.conversations.yaml").write_text(
        "flow: Keys\nconversations:\n" + "".join(f"  - {step}\n" for step in steps)
    )


def test_coverage_says_how_much_was_taken_and_names_what_was_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """24 branches of 25 are 96 %."""
    keys_and_more(tmp_path)

    code, said = answer(capsys, "coverage", tmp_path)

    assert 1 == code
    assert said.splitlines()[:2] == [
        "Keys: 96 % of branches (24 of 25), 100 % of blocks (15 of 15)",
        "  never taken: Menu → Equals 9",
    ]
    assert 0 == answer(capsys, "coverage", tmp_path, "--minimum", "96")[0]


def test_a_conversation_moves_the_clock_fills_a_queue_and_breaks_a_data_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One second before closing, with the line full, and nobody who knows the caller."""
    script = tmp_path / "late.conversations.yaml"
    script.write_text(
        "flow: Main inbound\nconversations:\n  - name: Late\n"
        "    clock: 2026-03-06 16:59:59 America/New_York\n"
        "    queue Support: full\n    lambda look_up_caller: fails\n    steps:\n"
        "      - presses: 1\n      - passes: Look up caller by NoMatchingError\n"
        "      - presses: 2\n      - passes: Queue by QueueAtCapacity\n"
        "      - ends: waiting\n"
    )
    for path in FLOWS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "bots").symlink_to(FLOWS / "bots")

    code, said = answer(capsys, "test", script, "--center", FLOWS / "center.yaml")

    assert 0 == code, said


@pytest.mark.parametrize("command", [["explore", "--paths"], ["test"], ["coverage"]])
def test_the_same_flows_give_the_same_answer_byte_for_byte(command: list[str]) -> None:
    """In any process, however its hashes fall."""
    said = [
        subprocess.run(
            [sys.executable, "-m", "flows", *command, "--json"],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert said[0] == said[1]


def test_the_same_conversation_leaves_the_same_trace() -> None:
    """Every block, input and branch of a thousand."""
    flows = generated()
    center = Center().publish(flows)
    held = [
        repr([run(script, center).trace for script in islice(scripts(flows), CONVERSATIONS)])
        for _ in range(2)
    ]

    assert held[0] == held[1]


def test_a_thousand_calls_over_thirty_flows_take_less_than_ten_seconds() -> None:
    """Wall time, on whatever runs the tests."""
    flows = generated()
    center = Center().publish(flows)
    began = time.perf_counter()

    failures = [run(each, center).failure for each in islice(scripts(flows), CONVERSATIONS)]

    assert time.perf_counter() - began < MOST_SECONDS
    assert (30, 1_000, []) == (len(flows), len(failures), [f for f in failures if f])


def test_the_tools_say_how_to_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command, in one line each."""
    with pytest.raises(SystemExit) as asked:
        document(capsys, "--help")

    assert 0 == asked.value.code
    said = capsys.readouterr().out
    for command in ("lint", "test", "coverage", "diff", "replay", "explore", "import", "export"):
        assert f"    {command} " in said
