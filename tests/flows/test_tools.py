"""`python -m flows`: every command, its exit codes, and its document for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from chalicelib.core.events import Channel, ContactInitiated, Endpoint, InitiationMethod
from chalicelib.core.flow_tools.center import Center
from chalicelib.core.flow_tools.conversation import run
from chalicelib.core.flow_tools.script import Conversation, Verb
from chalicelib.entrypoints.wire import shaped
from flows.__main__ import main
from flows.files import read_center, read_flow, read_script

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "flows"
CORPUS = ROOT / "../shared/corpus/flows"


# Each line ten times the one before: ten thousand million texts.
BOMB = "a: &a [x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in pairwise("abcdefghijk")
)


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """The exit code, and everything that was said."""
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def document(
    capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, dict[str, object]]:
    code, said = answer(capsys, *arguments, "--json")
    read = json.loads(said)
    assert isinstance(read, dict)
    return code, read


def action(name: str, type_name: str, to: str = "", **rest: object) -> dict[str, object]:
    """`rest`: Parameters, Conditions (operand: target) and Errors (type: target)."""
    conditions = rest.pop("Conditions", {})
    errors = rest.pop("Errors", {})
    assert isinstance(conditions, dict)
    assert isinstance(errors, dict)
    transitions: dict[str, object] = {}
    if to:
        transitions["NextAction"] = to
    if conditions:
        transitions["Conditions"] = [
            {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [operand]}}
            for operand, target in conditions.items()
        ]
    if errors:
        transitions["Errors"] = [{"ErrorType": e, "NextAction": t} for e, t in errors.items()]
    return {"Identifier": name, "Type": type_name, "Parameters": rest, "Transitions": transitions}


def written(path: Path, *actions: dict[str, object], **metadata: str) -> Path:
    content = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"],
        "Metadata": metadata,
        "Actions": actions,
    }
    path.write_text(json.dumps(content, indent=2))
    return path


def menu(path: Path, text: str = "Hello", first: str = "Sales", second: str = "Support") -> Path:
    """Two keys, two queues."""
    errors = {
        "InputTimeLimitExceeded": "Menu",
        "NoMatchingCondition": "Menu",
        "NoMatchingError": "End",
    }
    full = {"QueueAtCapacity": "End", "NoMatchingError": "End"}
    return written(
        path,
        action(
            "Menu",
            "GetParticipantInput",
            "Menu",
            Text=text,
            StoreInput="False",
            InputTimeLimitSeconds="5",
            Conditions={"1": first, "2": second},
            Errors=errors,
        ),
        action(
            "Sales",
            "UpdateContactTargetQueue",
            "Queue",
            QueueId="queue:Sales",
            Errors={"NoMatchingError": "End"},
        ),
        action(
            "Support",
            "UpdateContactTargetQueue",
            "Queue",
            QueueId="queue:Support",
            Errors={"NoMatchingError": "End"},
        ),
        action("Queue", "TransferContactToQueue", "End", Errors=full),
        action("End", "DisconnectParticipant"),
        name="Menu",
        type="CONTACT_FLOW",
    )


def test_our_own_conversations_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, as an admin runs them."""
    code, said = answer(capsys, "test", FLOWS)

    assert 0 == code, said


def test_our_own_flows_are_covered_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """A branch without a conversation is a branch nobody has tried."""
    code, said = document(capsys, "coverage", FLOWS)

    total = said["total"]
    assert isinstance(total, dict)
    assert (0, 100.0, []) == (code, total["percent"], total["missing"])


def test_our_own_flows_have_no_problem_and_every_path_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lint and explore on what we ship."""
    assert 0 == answer(capsys, "lint", FLOWS)[0]
    code, said = document(capsys, "explore", FLOWS)

    flows = said["flows"]
    assert isinstance(flows, list)
    assert 0 == code
    assert all(flow["percent"] >= 95 and flow["isProved"] for flow in flows)


def test_a_conversation_that_is_not_kept_fails_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the line in the file, what was heard instead, and the path."""
    menu(tmp_path / "menu.json")
    script = tmp_path / "menu.conversations.yaml"
    script.write_text(
        "flow: Menu\nconversations:\n  - name: Hears\n    steps:\n"
        "      - hears: Good day\n      - ends: waiting\n"
    )

    code, said = answer(capsys, "test", tmp_path)

    assert 1 == code
    assert f"{script}:5: Hears: does not hear 'Good day'" in said
    assert '"Hello"' in said


def test_a_mistake_in_the_file_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is run: exit code 2."""
    menu(tmp_path / "menu.json")
    script = tmp_path / "menu.conversations.yaml"
    script.write_text("flow: Menu\nconversations:\n  - name: A\n    steps:\n      - preses: 2\n")
    misspelt = answer(capsys, "test", tmp_path)
    script.write_text("flow: Menu\nconversations:\n  - name: A\n    steps:\n      - presses: *\n")
    broken = answer(capsys, "test", tmp_path)

    assert (2, f"{script}:5: unknown step 'preses'; did you mean 'presses'?\n") == misspelt
    assert 2 == broken[0]
    assert f"{script}:5: " in broken[1]


@pytest.mark.parametrize(
    "content", ["a: &a [*a]", BOMB, "\x01", "x: [!!int abc]", "? [a]\n: 2", "a: 1\na: 2", ""]
)
def test_a_file_that_is_no_yaml_or_no_conversations_is_told_and_no_exception(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    """Circles, letters no file should have, tags, names that are lists or twice, nothing."""
    menu(tmp_path / "menu.json")
    script = tmp_path / "menu.conversations.yaml"
    script.write_text(content)

    code, said = answer(capsys, "test", tmp_path)

    assert 2 == code
    assert said.startswith(f"{script}:")


def test_other_documents_beside_the_flows_are_in_nobodys_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A draft does not stop the tests of the others; the flow under test must be valid."""
    (tmp_path / "notes.json").write_text("[1, 2]")
    menu(tmp_path / "menu.json")
    (tmp_path / "menu.conversations.yaml").write_text(
        "flow: Menu\nconversations:\n  - {name: A, steps: [presses: 1, ends: queued in Sales]}\n"
    )

    assert 0 == answer(capsys, "test", tmp_path)[0]
    written(tmp_path / "menu.json", action("A", "Sing"), name="Menu")
    code, said = answer(capsys, "test", tmp_path)
    assert 2 == code
    assert "menu.json: A: Invalid Action type: Sing. Path: Actions[0].Type" in said


def test_replies_of_functions_are_written_as_people_write_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`returns {a: b}`, colon and all; numbers and flags keep their types."""
    written(
        tmp_path / "ask.json",
        action(
            "Ask",
            "InvokeLambdaFunction",
            "Say",
            LambdaFunctionARN="function:who",
            InvocationTimeLimitSeconds="3",
            Errors={"NoMatchingError": "End"},
        ),
        action("Say", "MessageParticipant", "End", Text="You are $.External.n, $.External.ok"),
        action("End", "DisconnectParticipant"),
        name="Ask",
    )
    (tmp_path / "ask.conversations.yaml").write_text(
        "flow: Ask\nconversations:\n  - name: Typed\n    steps:\n"
        "      - lambda who: returns {n: 7, ok: true}\n"
        "      - hears: You are 7, true\n      - ends: disconnected\n"
    )

    code, said = answer(capsys, "test", tmp_path)

    assert 0 == code, said


def test_a_flow_that_others_lead_to_is_tried_by_their_conversations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that all flows can be named at once; a flow that is not there is no such flow."""
    named = [str(path) for path in sorted(Path(FLOWS).glob("*.json"))]

    assert 0 == answer(capsys, "coverage", *named)[0]
    assert 0 == answer(capsys, "coverage", f"{FLOWS}/closed.json")[0]
    assert 2 == answer(capsys, "coverage", f"{FLOWS}/clsoed.json")[0]


def test_coverage_below_the_minimum_fails_and_names_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    menu(tmp_path / "menu.json")
    (tmp_path / "menu.conversations.yaml").write_text(
        "flow: Menu\nconversations:\n  - name: A\n    steps: [presses: 1, ends: queued in Sales]\n"
    )

    code, said = answer(capsys, "coverage", tmp_path)

    assert 1 == code
    assert "never taken: Menu → Equals 2" in said
    assert "never reached: Support" in said
    assert 0 == answer(capsys, "coverage", tmp_path, "--minimum", "10")[0]


def test_diff_shows_the_prompt_and_the_swapped_keys_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two things were changed; the layout was, too, and is not mentioned."""
    old = menu(tmp_path / "old.json")
    new = menu(tmp_path / "new.json", text="Good day", first="Support", second="Sales")
    moved = json.loads(new.read_text())
    moved["Metadata"] = {
        "entryPointPosition": {"x": 40, "y": 20},
        "ActionMetadata": {"Menu": {"position": {"x": 140, "y": 320}}},
    }
    new.write_text(json.dumps(moved))

    code, said = answer(capsys, "diff", old, new)

    assert (
        1,
        [
            "text: Menu: Text: “Hello” → “Good day”",
            "rewired: Menu: Equals 1 leads to Support, not Sales; "
            "Equals 2 leads to Sales, not Support",
        ],
    ) == (code, said.splitlines())
    _, told = document(capsys, "diff", old, new)
    changes = told["changes"]
    assert isinstance(changes, list)
    assert ["text", "rewired"] == [change["kind"] for change in changes]
    assert (0, "no change\n") == answer(capsys, "diff", old, old)


def test_replay_lists_the_contacts_that_end_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a thousand recorded contacts: how many, which ones, from where to where."""
    new = menu(tmp_path / "new.json", first="Support", second="Sales")
    lines = [
        json.dumps(
            {
                "contactId": f"c-{n}",
                "facts": [
                    {
                        "type": "ContactInitiated",
                        "at": "2026-03-02T14:00:00Z",
                        "channel": "VOICE",
                        "customerEndpoint": {"address": "+12025550123"},
                        "attributes": {},
                    },
                    {
                        "type": "BlockExecuted",
                        "blockId": "Menu",
                        "blockType": "GetParticipantInput",
                        "given": {"digits": "1" if n < 213 else "2"},
                        "branch": "",
                        "changed": {},
                    },
                    {"type": "ContactQueued", "queueName": "Sales"},
                ],
            }
        )
        for n in range(1000)
    ]
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(lines))

    code, said = answer(capsys, "replay", new, records)

    assert 1 == code
    assert "1,000 contacts: 213 end elsewhere" in said
    assert "c-0: queued in Sales → queued in Support" in said
    records.write_text("{")
    assert 2 == answer(capsys, "replay", new, records)[0]


def explained(conversation: Conversation, center: Center) -> dict[str, object]:
    """What `explain` would give of a contact that held this conversation."""
    verdict = run(conversation, center)
    began = ContactInitiated(
        channel=Channel.VOICE,
        initiation_method=InitiationMethod.INBOUND,
        customer_endpoint=Endpoint("+12025550199"),
        system_endpoint=None,
        customer_name=None,
    )
    facts = [
        {**shaped(fact), "type": type(fact).__name__, "at": "2026-03-02T14:00:00.000Z"}
        for fact in (began, *verdict.trace)
    ]
    end = conversation.lines[-1].value
    if isinstance(end, str) and end.startswith("queued in "):
        facts.append({"type": "ContactQueued", "queueName": end.removeprefix("queued in ")})
    elif end == "disconnected":
        facts.append({"type": "ContactDisconnected", "reason": "CONTACT_FLOW_DISCONNECT"})
    return {"contactId": conversation.name, "facts": facts}


def test_our_own_contacts_replay_to_where_they_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The facts as the API gives them hold all that a flow asks for."""
    script, _ = read_script(FLOWS / "main-inbound.conversations.yaml")
    center = read_center(FLOWS / "center.yaml").publish(
        read_flow(path) for path in FLOWS.glob("*.json")
    )
    plain = {Verb.PRESSES, Verb.HEARS, Verb.LAMBDA, Verb.ENDS, Verb.IS, Verb.PASSES}
    held = [c for c in script.conversations if {line.verb for line in c.lines} <= plain]
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(json.dumps(explained(each, center)) for each in held))

    code, said = answer(capsys, "replay", FLOWS / "main-inbound.json", records)

    assert len(held) >= 15
    assert 0 == code, said


def test_export_writes_nothing_while_a_name_is_unresolved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every unresolved name of every flow is told first; the second run changes nothing."""
    flow, names, into = menu(tmp_path / "m.json"), tmp_path / "names.yaml", tmp_path / "out"
    names.write_text("queue:Sales: arn:aws:connect:x:1:instance/i/queue/1\n")
    code, said = answer(capsys, "export", flow, "--into", into, "--names", names)
    assert (1, False) == (code, into.exists())
    assert "no mapping for queue:Support" in said

    names.write_text(names.read_text() + "queue:Support: arn:aws:connect:x:1:instance/i/queue/2\n")
    first = answer(capsys, "export", flow, "--into", into, "--names", names)
    second = answer(capsys, "export", flow, "--into", into, "--names", names)
    assert (
        0
        == answer(capsys, "import", into / "m.json", "--into", tmp_path / "back", "--names", names)[
            0
        ]
    )

    assert (0, 0) == (first[0], second[0])
    assert "0 changed" in second[1]
    assert flow.read_bytes() == (tmp_path / "back/m.json").read_bytes()


def test_commands_that_cannot_be_carried_out_say_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2: the command is wrong, not the flow."""
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    assert 2 == answer(capsys, "test", tmp_path)[0]
    assert 2 == answer(capsys, "diff", broken, broken)[0]
    assert 2 == answer(capsys, "lint", tmp_path / "nothing.json")[0]
    with pytest.raises(SystemExit) as usage:
        main(["sing"])
    assert 2 == usage.value.code


@pytest.mark.parametrize(
    ("command", "expected"),
    [(["lint"], 1), (["explore"], 1), (["import", "--into", "out"], 2), (["diff", "good.json"], 2)],
)
def test_a_file_that_is_no_flow_is_told_by_name_and_does_not_hide_the_others(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    expected: int,
) -> None:
    """Bytes that are no text, text that is no JSON: nothing of it is written anywhere."""
    monkeypatch.chdir(tmp_path)
    menu(tmp_path / "good.json")
    for name, content in (("bytes.json", b"\xff\xfe"), ("broken.json", b"{")):
        (tmp_path / name).write_bytes(content)

        code, said = answer(capsys, *command, tmp_path / name)

        assert expected == code
        assert name in said
        assert not (tmp_path / "out").exists()
    if expected == 1:
        assert "3 flows" in answer(capsys, *command, tmp_path)[1]


def test_an_invalid_flow_gets_problems_that_name_the_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Explore does not skip what it cannot walk."""
    bad = written(tmp_path / "bad.json", action("A", "Sing"), name="Bad")

    code, said = answer(capsys, "explore", bad)

    assert 1 == code
    assert "Invalid Action type: Sing. Path: Actions[0].Type" in said


@pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus of real flows is not beside this checkout"
)
def test_every_valid_flow_of_the_corpus_is_walked_and_every_path_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Real people's flows: at least 95 % of the reachable branches of each."""
    _, said = document(capsys, "explore", CORPUS)

    flows = said["flows"]
    assert isinstance(flows, list)
    valid = [flow for flow in flows if "problems" not in flow]
    assert 142 == len(flows)
    assert len(valid) >= 130
    assert [] == [flow["file"] for flow in valid if flow["percent"] < 95 or not flow["isProved"]]
    assert all("Path: " in p for flow in flows for p in flow.get("problems", ()))


def test_the_tools_load_nothing_of_the_cloud() -> None:
    """An admin's machine needs Python and YAML, no account and no kit of AWS."""
    names = ["boto3", "botocore", "pynamodb", "chalice", "msgspec", "duckdb"]
    code = f"import sys, flows.__main__; print([n for n in {names} if n in sys.modules])"

    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "[]" == run.stdout.strip()
