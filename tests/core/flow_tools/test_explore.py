"""Exploring takes every branch on the real engine, and tells an end from a circle."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.flow import Condition
from chalicelib.core.flow_tools.coverage import Branch
from chalicelib.core.flow_tools.explore import explore
from tests.core.flow.build import block, flow

KEYS = {"StoreInput": "False", "InputTimeLimitSeconds": "5"}
MENU_ERRORS = {
    "InputTimeLimitExceeded": "Menu",
    "NoMatchingCondition": "Menu",
    "NoMatchingError": "End",
}


def test_every_branch_of_a_menu_is_walked() -> None:
    """Keys, a wrong key, silence and the error."""
    menu = block(
        "Menu",
        "GetParticipantInput",
        {"Text": "Key?", **KEYS},
        "Menu",
        when={"1": "End", "2": "Failed"},
        fails=MENU_ERRORS,
    )

    walk = explore(flow(menu), channels=["VOICE"])

    assert (100.0, True, []) == (walk.percent, walk.is_proved, walk.missing)
    assert {"disconnected", "again at Menu"} == {path.end for path in walk.paths}


def test_what_only_the_world_knows_goes_every_way() -> None:
    """A function's answer, a reference, the hours, a queue: nobody here knows them."""
    blocks = (
        block("Ask", "InvokeLambdaFunction", {"LambdaFunctionARN": "x"}, "Kind", fails="End"),
        block(
            "Kind",
            "Compare",
            {"ComparisonValue": "$.External.kind"},
            "End",
            when={"a": "Hours"},
            fails={"NoMatchingCondition": "Hours"},
        ),
        block(
            "Hours",
            "CheckHoursOfOperation",
            {},
            "Set",
            when={"True": "Set", "False": "End"},
            fails="End",
        ),
        block(
            "Set", "UpdateContactTargetQueue", {"QueueId": "$.External.queue"}, "Queue", fails="End"
        ),
        block(
            "Queue",
            "TransferContactToQueue",
            {},
            fails={"QueueAtCapacity": "End", "NoMatchingError": "End"},
        ),
    )

    walk = explore(flow(*blocks))

    assert (100.0, []) == (walk.percent, walk.missing)
    assert "queued" in {path.end for path in walk.paths}


def test_a_key_that_a_reply_may_have_is_walked_with_it_and_without() -> None:
    """The operator asks for objects, and the world may send one."""
    keyed = block(
        "Which",
        "Compare",
        {"ComparisonValue": "$.External"},
        fails={"NoMatchingCondition": "Failed"},
    )
    has_key = replace(keyed, conditions=(Condition("KeyExists", ("ticket",), "End"),))

    walk = explore(flow(has_key), channels=["VOICE"])

    assert (100.0, []) == (walk.percent, walk.missing)


def test_what_the_flow_itself_has_set_goes_one_way() -> None:
    """A branch that its own attribute rules out is reported, not pretended."""
    blocks = (
        block("Set", "UpdateContactAttributes", {"Attributes": {"a": "1"}}, "Which"),
        block(
            "Which",
            "Compare",
            {"ComparisonValue": "$.Attributes.a"},
            "End",
            when={"1": "End", "2": "Failed"},
            fails={"NoMatchingCondition": "Failed"},
        ),
    )

    walk = explore(flow(*blocks))

    assert [
        Branch("Under test", "Which", "Equals 2"),
        Branch("Under test", "Which", "NoMatchingCondition"),
    ] == walk.missing


def test_loops_are_walked_to_both_ways_without_counting_every_round() -> None:
    """A loop of 100 rounds is two branches, not a hundred states."""
    blocks = (
        block(
            "Loop",
            "Loop",
            {"LoopCount": "100"},
            "End",
            when={"ContinueLooping": "Say", "DoneLooping": "End"},
        ),
        block(
            "Say",
            "GetParticipantInput",
            {"Text": "?", **KEYS},
            "Loop",
            when={"1": "Loop"},
            fails={**MENU_ERRORS, "InputTimeLimitExceeded": "Loop", "NoMatchingCondition": "Loop"},
        ),
    )

    walk = explore(flow(*blocks))

    assert (100.0, True) == (walk.percent, walk.is_proved)
    assert walk.turns < 100


def test_a_circle_that_asks_nobody_is_named() -> None:
    """Attributes round and round: only the engine's limit ends it."""
    blocks = (
        block("A", "UpdateContactAttributes", {"Attributes": {"a": "1"}}, "B", fails="B"),
        block("B", "UpdateContactAttributes", {"Attributes": {"b": "1"}}, "A", fails="A"),
    )

    walk = explore(flow(*blocks), channels=["VOICE"])

    assert walk.stopped


def test_a_full_queue_that_is_tried_again_has_a_way_out() -> None:
    """The queue may have room one day, so the circle is no prison."""
    blocks = (
        block(
            "Queue",
            "TransferContactToQueue",
            {"QueueId": "queue:Sales"},
            fails={"QueueAtCapacity": "Sorry", "NoMatchingError": "Sorry"},
        ),
        block("Sorry", "MessageParticipant", {"Text": "Busy"}, "Queue", fails="Queue"),
    )

    walk = explore(flow(*blocks), channels=["VOICE"])

    assert (True, ()) == (walk.is_proved, walk.stopped)


def test_functions_that_call_each_other_for_ever_are_named() -> None:
    """Their answers are no sign of a person: only the engine's limit ends it."""
    blocks = (
        block("A", "InvokeLambdaFunction", {"LambdaFunctionARN": "x"}, "B", fails="B"),
        block("B", "InvokeLambdaFunction", {"LambdaFunctionARN": "y"}, "A", fails="A"),
    )

    walk = explore(flow(*blocks), channels=["VOICE"])

    assert ("A", "B") == walk.stopped
    assert walk.is_proved


def test_looped_prompts_wait_for_an_agent() -> None:
    """Music without an interrupt is an end: somebody else comes."""
    music = block(
        "Music", "MessageParticipantIteratively", {"Messages": [{"Text": "La la"}]}, fails="End"
    )

    walk = explore(flow(music), channels=["VOICE"])

    assert "waits for an agent" in {path.end for path in walk.paths}


def test_the_same_flow_gives_the_same_paths() -> None:
    """So that two reports can be compared."""
    menu = block(
        "Menu",
        "GetParticipantInput",
        {"Text": "Key?", **KEYS},
        "Menu",
        when={"1": "End"},
        fails=MENU_ERRORS,
    )

    assert explore(flow(menu)) == explore(flow(menu))
