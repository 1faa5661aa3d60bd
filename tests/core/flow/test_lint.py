"""What lint finds in flows that could be published, and in some that could not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.flow import FlowType, Severity, lint, parse
from tests.caller import acme

type Json = dict[str, Any]
FLOWS = Path(__file__).parents[3] / "flows"


def action(
    name: str,
    type_name: str,
    parameters: Mapping[str, object] | None = None,
    to: str | None = None,
    *,
    when: Mapping[str, str] | None = None,
    fails: Mapping[str, str] | None = None,
) -> Json:
    conditions = [
        {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [operand]}}
        for operand, target in (when or {}).items()
    ]
    errors = [{"NextAction": target, "ErrorType": error} for error, target in (fails or {}).items()]
    transitions: Json = {"Conditions": conditions, "Errors": errors}
    if to is not None:
        transitions["NextAction"] = to
    return {
        "Identifier": name,
        "Type": type_name,
        "Parameters": dict(parameters or {}),
        "Transitions": transitions if conditions or errors or to is not None else {},
    }


END = action("End", "DisconnectParticipant")
RECORD = action(
    "Record",
    "UpdateContactRecordingBehavior",
    {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}},
    "Menu",
)
MENU_ERRORS = dict.fromkeys(
    ("InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"), "End"
)


def document(*actions: Json) -> str:
    flow = {"Version": "2019-10-30", "StartAction": actions[0]["Identifier"], "Actions": actions}
    return json.dumps(flow)


def menu(when: Mapping[str, str]) -> Json:
    parameters = {"Text": "Hi", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    return action("Menu", "GetParticipantInput", parameters, "End", when=when, fails=MENU_ERRORS)


def queue(name: str, where: str, fails: Mapping[str, str] | None) -> Json:
    return action(name, "UpdateContactTargetQueue", {"QueueId": where}, "Transfer", fails=fails)


TRANSFER = action(
    "Transfer",
    "TransferContactToQueue",
    None,
    "End",
    fails={"QueueAtCapacity": "End", "NoMatchingError": "End"},
)


def codes(content: str, **more: Any) -> list[tuple[str, str]]:
    return [(found.code, found.block) for found in lint(content, **more)]


def test_lint_finds_exactly_what_is_wrong() -> None:
    """A block nobody reaches, no error branch, a dead key, a queue that is not there: no more."""
    error = {"NoMatchingError": "End"}
    broken = document(
        RECORD,
        menu({"1": "Sales", "2": "Nowhere queue", "7": "Missing"}),
        queue("Sales", "queue:Sales", None),
        queue("Nowhere queue", "queue:Vietnamse", error),
        TRANSFER,
        action("Forgotten", "MessageParticipant", {"Text": "Hello"}, "End"),
        END,
    )

    found = lint(broken, acme())

    assert [(f.code, f.block) for f in found] == [
        ("dead_branch", "Menu"),
        ("no_error_branch", "Sales"),
        ("unresolved", "Nowhere queue"),
        ("unreachable", "Forgotten"),
    ]
    assert [str(f) for f in found] == [
        "Menu: key 7 leads nowhere",
        "Sales: there is no branch for NoMatchingError",
        "Nowhere queue: There is no queue queue:Vietnamse",
        "Forgotten: no way leads here",
    ]


def test_our_own_flows_are_clean() -> None:
    """We do what we tell others."""
    for path in FLOWS.glob("*.json"):
        problems = [f for f in lint(path.read_bytes(), acme()) if f.severity is Severity.PROBLEM]
        assert problems == [], path.name


def test_a_circle_without_anybody_is_endless() -> None:
    """One that asks, waits or counts is not."""
    say = action("Say", "MessageParticipant", {"Text": "a"}, "More")
    more = action("More", "MessageParticipant", {"Text": "b"}, "Say")
    count = action(
        "More", "Loop", {"LoopCount": "3"}, when={"ContinueLooping": "Say", "DoneLooping": "End"}
    )

    assert ("endless_loop", "Say") in codes(document(say, more))
    assert ("endless_loop", "Say") not in codes(document(say, count, END))


@pytest.mark.parametrize(
    ("parameters", "is_found"),
    [
        ({"Text": "x" * 3_001}, True),
        ({"Text": "x" * 3_000}, False),
        ({"SSML": "<speak>" + "<break/>" * 300 + "hi</speak>"}, False),
        ({"SSML": "<speak>" + "<break/>" * 900 + "hi</speak>"}, True),
    ],
)
def test_prompts_over_the_limit_are_found(parameters: dict[str, str], is_found: bool) -> None:
    """3,000 characters spoken, 6,000 with markup."""
    found = codes(document(action("Say", "MessageParticipant", parameters, "End"), END))

    assert (("long_prompt", "Say") in found) is is_found


def test_input_that_is_to_be_encrypted_is_found_and_can_be_published() -> None:
    """Real exports have it; whoever edits one here is told what its callers will meet."""
    stored = {
        "Text": "Your card, please.",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "16"}},
        "InputEncryption": {"EncryptionKeyId": "k", "Key": "pem"},
    }
    ask = action("Ask", "GetParticipantInput", stored, "End", fails={"NoMatchingError": "End"})

    found = [each for each in lint(document(ask, END)) if each.code == "not_encrypted"]

    assert [("Ask", "Actions[0].Parameters.InputEncryption")] == [(f.block, f.path) for f in found]
    assert parse(document(ask, END))


def test_a_queue_that_is_set_and_never_used_is_found() -> None:
    """Somebody forgot the transfer."""
    set_only = queue("Set", "queue:Sales", {"NoMatchingError": "Transfer"})
    end = action("Transfer", "DisconnectParticipant")

    assert ("unused_queue", "Set") in codes(document(set_only, end))


def test_advice_is_about_flows_that_callers_enter() -> None:
    """A queue's own flow needs no way to a person; a module may record elsewhere."""
    say = document(action("Say", "MessageParticipant", {"Text": "Hi"}, "End"), END)
    queued = document(queue("Set", "queue:Sales", {"NoMatchingError": "End"}), TRANSFER, END)

    assert codes(say) == [("no_human", "")]
    assert codes(queued) == [("never_recorded", "")]
    assert lint(queued)[0].severity is Severity.ADVICE
    assert codes(say, flow_type=FlowType.MODULE) == []


def test_a_block_that_has_no_place_in_a_type_of_flow_is_found() -> None:
    """A transfer to a queue inside a whisper."""
    content = document(TRANSFER, END)

    assert ("invalid", "Transfer") in codes(content, flow_type=FlowType.AGENT_WHISPER)
    assert ("invalid", "Transfer") not in codes(content, flow_type=FlowType.CONTACT_FLOW)


def test_what_is_no_document_is_one_finding() -> None:
    """Lint never raises."""
    assert codes("{") == [("invalid", "")]
