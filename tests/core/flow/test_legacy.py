"""Exports of the old format become flows of today: every block, branch, name and position."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.flow import import_legacy, in_todays_language, is_legacy, parse

CORPUS = Path(__file__).parents[3] / "../shared/corpus"
ABSENT = "the corpus of real flows is not beside this checkout"

type Json = dict[str, Any]


def corpus(kind: str = "") -> list[Path]:
    manifest = CORPUS / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open() as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [CORPUS / row["file"] for row in rows if kind in ("", row["format"])]


def module(type_name: str, *parameters: Json, target: str = "", **branches: str) -> Json:
    """`branches`: the condition and where it leads; `key_1` compares with 1."""
    listed: list[Json] = [
        {"condition": "Evaluate", "conditionType": "Equals", "conditionValue": name[4:]}
        if name.startswith("key_")
        else {"condition": name}
        for name in branches
    ]
    for branch, place in zip(listed, branches.values(), strict=True):
        branch["transition"] = place
    return {
        "id": "m",
        "type": type_name,
        "parameters": list(parameters),
        "branches": listed,
        "target": target,
        "metadata": {"position": {"x": 1, "y": 2}},
    }


def imported(*modules: Json, spelling: str = "modules") -> Json:
    return import_legacy(
        {"version": "1", "start": "m", "type": "contactFlow", spelling: [*modules]}
    )


def translated(given: Json) -> Json:
    [action] = imported(given)["Actions"]
    assert isinstance(action, dict)
    return action


@pytest.mark.skipif(not corpus(), reason=ABSENT)
@pytest.mark.parametrize("path", corpus("legacy"), ids=lambda path: path.stem[-60:])
def test_a_real_export_of_the_old_format_can_be_published(path: Path) -> None:
    """Strictly, with as many blocks as it had, and their layout."""
    old = json.loads(path.read_bytes())
    assert is_legacy(old)

    new = import_legacy(old)

    assert len(parse(json.dumps(new)).actions) == len(old["modules"])
    assert isinstance(new["Metadata"], dict)
    for block in old["modules"]:
        kept = new["Metadata"]["ActionMetadata"][block["id"]]
        assert kept["position"] == block["metadata"]["position"]


@pytest.mark.skipif(not corpus(), reason=ABSENT)
@pytest.mark.parametrize("path", corpus("legacy"), ids=lambda path: path.stem[-60:])
def test_no_branch_of_a_real_export_is_lost(path: Path) -> None:
    """Each leads where it led."""
    old = json.loads(path.read_bytes())
    new: Any = import_legacy(old)

    for block, action in zip(old["modules"], new["Actions"], strict=True):
        ways = action["Transitions"]
        led = [c["NextAction"] for c in ways.get("Conditions", [])]
        led += [e["NextAction"] for e in ways.get("Errors", [])]
        led += [ways.get("NextAction")] * any(
            b["condition"] == "Success" for b in block["branches"]
        )
        assert Counter(branch["transition"] for branch in block["branches"]) <= Counter(led)


def test_both_spellings_are_read() -> None:
    """`modules` and `blocks`."""
    assert (
        imported(module("Disconnect"))["Actions"]
        == (imported(module("Disconnect"), spelling="blocks")["Actions"])
    )


def test_a_menu_keeps_its_keys_and_errors() -> None:
    """Time-out, no match and error get the names of today."""
    menu = module(
        "GetUserInput",
        {"name": "Text", "value": "Press 1"},
        {"name": "Timeout", "value": "5"},
        key_1="a",
        Timeout="b",
        NoMatch="c",
        Error="d",
    )

    action = translated(menu)

    assert action["Type"] == "GetParticipantInput"
    ways = action["Transitions"]
    assert [c["Condition"]["Operands"] for c in ways["Conditions"]] == [["1"]]
    assert {e["ErrorType"]: e["NextAction"] for e in ways["Errors"]} == {
        "InputTimeLimitExceeded": "b",
        "NoMatchingCondition": "c",
        "NoMatchingError": "d",
    }


@pytest.mark.parametrize(
    ("namespace", "value", "path"),
    [
        (None, "plain", "plain"),
        ("External", "x", "$.External.x"),
        ("User Defined", "x", "$.Attributes.x"),
        ("User Defined", "two words", "$.Attributes['two words']"),
        ("System", "Customer Number", "$.CustomerEndpoint.Address"),
        ("System", "ContactId", "$.ContactId"),
        ("System", "Agent.UserName", "$.Agent.UserName"),
        ("Lex Slots", "city", "$.Lex.Slots.city"),
        ("External", "$.External.x", "$.External.x"),
    ],
)
def test_values_of_namespaces_become_paths(namespace: str | None, value: str, path: str) -> None:
    """What was picked from a list is written as JSONPath today."""
    entry = {"name": "Attribute", "key": "k", "value": value, "namespace": namespace}

    action = translated(module("SetAttributes", entry, Success="m"))

    assert action["Parameters"]["Attributes"] == {"k": path}


def test_a_thing_without_its_arn_is_referred_to_by_name() -> None:
    """Exports for others leave ARNs out."""
    entry = {"name": "Queue", "value": "", "resourceName": "BasicQueue"}

    assert translated(module("SetQueue", entry))["Parameters"] == {"QueueId": "queue:BasicQueue"}


def test_an_unknown_type_keeps_its_name() -> None:
    """So that validation can say which it is."""
    assert translated(module("MakeCoffee", {"name": "Cups", "value": "2"})) == {
        "Identifier": "m",
        "Type": "MakeCoffee",
        "Parameters": {"Cups": "2"},
        "Transitions": {},
    }


def test_what_could_not_fail_then_and_can_today_goes_on() -> None:
    """A branch for errors that is asked for today leads where the block led anyway."""
    hook = {"name": "ContactFlowId", "value": "arn:x", "resourceName": "Whisper"}

    action = translated(
        module("SetEventHook", hook, {"name": "Type", "value": "AgentWhisper"}, Success="B")
    )

    assert {
        "NextAction": "B",
        "Errors": [{"NextAction": "B", "ErrorType": "NoMatchingError"}],
    } == action["Transitions"]


def test_only_an_export_of_the_old_format_is_rewritten() -> None:
    """Whatever else somebody brings, be it no flow at all, stays as it is, byte for byte."""
    old = json.dumps({"version": "1", "start": "m", "modules": [module("Disconnect")]})
    others = ["", "{ no JSON", "[1]", '{"Version":  "2019-10-30", "Actions": []}', "[" * 9_999]

    assert json.loads(in_todays_language(old))["Actions"][0]["Type"] == "DisconnectParticipant"
    assert [in_todays_language(text) for text in others] == others
