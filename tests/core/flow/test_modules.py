"""Modules: into one with an input, back out by a branch, five deep, and nothing spilt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.flow import Disconnect, FlowType, InputReceived, PublishedFlow, Session
from tests.core.flow.build import begin, block, branches, flow, go_on, library

RETURN = block("Return", "EndFlowModuleExecution")


def module(*actions: object, name: str = "Ask pin") -> PublishedFlow:
    return flow(*actions, name=name, type_=FlowType.MODULE)  # type: ignore[arg-type]


def invoking(name: str = "Ask pin", **more: object) -> PublishedFlow:
    parameters = {"FlowModuleId": name, **more}
    return flow(
        block(
            "Invoke", "InvokeFlowModule", parameters, "After", when={"vip": "Vip"}, fails="Failed"
        ),
        block("After", "MessageParticipant", {"Text": "$.Modules.ResultData.pin"}, "End"),
        block("Vip", "DisconnectParticipant"),
    )


@pytest.mark.parametrize("name", ["Ask pin", "module:Ask pin", "flow:Ask pin"])
def test_a_module_runs_and_comes_back(name: str) -> None:
    """The flow goes on after the block that invoked it."""
    asking = module(RETURN)
    published = invoking(name)

    step = begin(published, known=library(published, asking))

    assert branches(step)[:4] == [
        ("Invoke", "module"),
        ("Return", "return"),
        ("Invoke", "next"),
        ("After", "next"),
    ]
    assert [line.flow_id for line in step.trace[:3]] == ["under-test", "ask-pin", "under-test"]


def test_a_module_waits_and_goes_on_where_it_waited() -> None:
    """A menu inside a module is a menu like any other."""
    menu = block(
        "Menu",
        "GetParticipantInput",
        {"Text": "1?", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
        when={"1": "Return"},
        fails="Return",
    )
    published, asking = invoking(), module(menu, RETURN)
    known = library(published, asking)

    step = begin(published, known=known)
    assert step.session.flow_id == "ask-pin"
    step = go_on(step, InputReceived("1"), published, known=known)

    assert branches(step)[:3] == [("Menu", "Equals 1"), ("Return", "return"), ("Invoke", "next")]


def test_the_branch_that_a_module_names_is_taken_and_its_data_are_found() -> None:
    """`$.Modules.Result` and `$.Modules.ResultData` are the module's answer."""
    parameters = {"Result": "vip", "ResultData": {"pin": "$.Modules.Input.start"}}
    asking = module(block("Return", "EndFlowModuleExecution", parameters))
    published = invoking(Input={"start": "7"})

    step = begin(published, known=library(published, asking))

    assert branches(step)[2] == ("Invoke", "Equals vip")
    assert step.session.results["Modules"] == {"Result": "vip", "ResultData": {"pin": "7"}}


def test_flow_attributes_and_loops_are_each_flows_own() -> None:
    """A module neither sees nor spoils those of its caller."""
    set_own = block(
        "Own", "UpdateFlowAttributes", {"FlowAttributes": {"x": {"Value": "in"}}}, "See"
    )
    see = block(
        "See", "UpdateContactAttributes", {"Attributes": {"y": "<$.FlowAttributes.z>"}}, "Return"
    )
    published = flow(
        block("Set", "UpdateFlowAttributes", {"FlowAttributes": {"z": {"Value": "out"}}}, "Invoke"),
        block("Invoke", "InvokeFlowModule", {"FlowModuleId": "Ask pin"}, "Menu", fails="Failed"),
        block("Menu", "MessageParticipantIteratively", {"Messages": [{"Text": "x"}]}),
    )
    step = begin(published, known=library(published, module(set_own, see, RETURN)))

    assert step.session.flow_attributes == {"z": "out"}
    assert step.session.attributes == {"y": "<>"}


@pytest.mark.parametrize("name", ["No such module", "Under test"])
def test_only_a_module_can_be_invoked(name: str) -> None:
    """What is not there, or is a flow, takes the error branch."""
    published = invoking(name)

    assert branches(begin(published))[0] == ("Invoke", "NoMatchingError")


def test_a_module_cannot_be_entered_by_a_transfer() -> None:
    """It would have nowhere to return to."""
    published = flow(
        block("Go", "TransferToFlow", {"ContactFlowId": "Ask pin"}, fails="Failed"),
    )
    step = begin(published, known=library(published, module(RETURN)))

    assert branches(step)[0] == ("Go", "NoMatchingError")


def test_modules_go_five_deep_and_no_deeper() -> None:
    """One that invokes itself finds an error branch, not a bottomless pit."""
    inner = block(
        "Invoke", "InvokeFlowModule", {"FlowModuleId": "Ask pin"}, "Return", fails="Return"
    )
    published = invoking()

    step = begin(published, known=library(published, module(inner, RETURN)))

    assert [b for _, b in branches(step)].count("module") == 5
    assert [b for _, b in branches(step)].count("return") == 5
    assert step.session.invocations == ()


def test_a_module_without_a_way_on_is_an_error_of_its_caller() -> None:
    """The caller is not cut off by somebody else's missing branch."""
    stuck = module(
        block("Stuck", "Compare", {"ComparisonValue": "$.Channel"}, when={"FAX": "Stuck"})
    )
    published = invoking()

    step = begin(published, known=library(published, stuck))

    assert ("Invoke", "NoMatchingError") in branches(step)


def test_a_module_that_was_deleted_while_it_waited_is_an_error_too() -> None:
    """The flow that invoked it is still there."""
    wait = block(
        "Menu",
        "GetParticipantInput",
        {"Text": "?", "StoreInput": "True", "InputTimeLimitSeconds": "5"},
        "Return",
    )
    published, asking = invoking(), module(wait, RETURN)
    step = begin(published, known=library(published, asking))

    after = go_on(step, InputReceived("1"), published, known=library(published))

    assert branches(after)[0] == ("Invoke", "NoMatchingError")


def test_a_return_with_nobody_to_return_to_ends_the_flow() -> None:
    """A module that is tried out alone."""
    alone = flow(RETURN, block("x", "DisconnectParticipant"))

    assert Disconnect() in begin(alone, session=Session()).commands


def test_a_block_in_a_module_fails_where_the_invoking_flow_has_no_place_for_it() -> None:
    """A module may hold every block; a menu in a whisper still asks nobody."""
    asking = module(
        block("Choose", "UpdateContactTargetQueue", {"QueueId": "queue:Sales"}, "Return",
              fails="No queue here"),
        block("No queue here", "EndFlowModuleExecution", {"Result": "none"}),
        RETURN,
    )  # fmt: skip
    whisper = replace(invoking(), type=FlowType.AGENT_WHISPER)

    in_whisper = begin(whisper, known=library(whisper, asking))
    in_call = begin(invoking(), known=library(invoking(), asking))

    assert ("Choose", "NoMatchingError") in branches(in_whisper)
    assert ("Choose", "next") in branches(in_call)
    assert ("Return", "return") in branches(in_call)
