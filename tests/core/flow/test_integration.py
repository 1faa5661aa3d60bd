"""Functions that flows call, and replies that lie."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import (
    Action,
    Happening,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    Session,
    Step,
    Timeout,
    WaitKind,
)
from tests.core.flow.build import begin, block, branches, flow, go_on


def call(**more: object) -> Action:
    parameters = {"LambdaFunctionARN": "function:$.Attributes.which", **more}
    return block("Call", "InvokeLambdaFunction", parameters, "End", fails="Failed")


def answered(happening: Happening, **more: object) -> Step:
    published = flow(call(**more))
    asked = begin(published, session=Session(external={"old": "1"}, attributes={"which": "f"}))
    return go_on(asked, happening, published)


def test_a_function_is_called_with_what_the_flow_knows() -> None:
    """References resolved, nested values kept, the limit passed on."""
    action = call(
        InvocationTimeLimitSeconds="8",
        LambdaInvocationAttributes={
            "who": "Hi $.Attributes.which",
            "all": "$.External.list",
            "n": 1,
        },
    )
    session = Session(attributes={"which": "f"}, external={"list": [1, 2]})

    step = begin(flow(action), session=session)

    assert step.effect == InvokeLambda(
        "function:f", {"who": "Hi f", "all": [1, 2], "n": 1}, limit_seconds=8
    )
    assert step.session.wait is not None
    assert step.session.wait.kind is WaitKind.LAMBDA


def test_the_usual_limit_is_three_seconds() -> None:
    """As Amazon Connect's console sets it."""
    step = begin(flow(call()), session=Session(attributes={"which": "f"}))

    assert isinstance(step.effect, InvokeLambda)
    assert step.effect.limit_seconds == 3


@pytest.mark.parametrize(
    ("payload", "external"),
    [
        ({"a": "b"}, {"a": "b"}),
        (
            {"n": 1, "f": 1.5, "yes": True, "none": None},
            {"n": "1", "f": "1.5", "yes": "true", "none": ""},
        ),
        ({}, {}),
        (None, {}),
    ],
)
def test_a_flat_reply_replaces_the_last_one(payload: object, external: dict[str, str]) -> None:
    """Everything as text; no reply is an empty one."""
    step = answered(LambdaReturned(payload, 20))

    assert step.session.external == external
    assert branches(step)[0] == ("Call", "next")


def test_a_nested_reply_is_accepted_where_json_was_asked_for() -> None:
    """And its parts can be reached."""
    nested = {"order": {"id": 7, "lines": [1, 2]}}

    step = answered(LambdaReturned(nested, 40), ResponseValidation={"ResponseType": "JSON"})

    assert step.session.external == nested


@pytest.mark.parametrize(
    ("payload", "size", "response_type"),
    [
        ({"a": {"b": 1}}, 12, "STRING_MAP"),
        ({"a": [1]}, 9, "STRING_MAP"),
        ([1, 2], 6, "STRING_MAP"),
        ("text", 6, "STRING_MAP"),
        (5, 1, "STRING_MAP"),
        ({"a": "b"}, 32 * 1024, "STRING_MAP"),
        ({"a": {"b": 1}}, 33 * 1024, "JSON"),
        ([1, 2], 6, "JSON"),
        (None, 4, "JSON"),
    ],
)
def test_a_reply_that_lies_takes_the_error_branch(
    payload: object, size: int, response_type: str
) -> None:
    """Too big, or not the object that was asked for; the last good reply stays."""
    step = answered(
        LambdaReturned(payload, size), ResponseValidation={"ResponseType": response_type}
    )

    assert branches(step)[0] == ("Call", "NoMatchingError")
    assert step.session.external == {"old": "1"}


def test_a_reply_nested_without_end_takes_the_error_branch() -> None:
    """32 KB hold sixteen thousand brackets."""
    deep: object = {}
    for _ in range(10_000):
        deep = {"a": deep}

    step = answered(LambdaReturned(deep, 30_000), ResponseValidation={"ResponseType": "JSON"})

    assert branches(step)[0] == ("Call", "NoMatchingError")


@pytest.mark.parametrize("happening", [LambdaFailed("no answer in 8 s"), Timeout()])
def test_a_call_that_fails_takes_the_error_branch_and_says_why(happening: Happening) -> None:
    """The trace has the reason; the caller has a way on."""
    step = answered(happening)

    assert branches(step)[0] == ("Call", "NoMatchingError")
    assert step.trace[0].given["failure"]


def test_a_function_without_a_name_takes_the_error_branch() -> None:
    """Nothing is called."""
    nameless = block(
        "Call", "InvokeLambdaFunction", {"LambdaFunctionARN": "$.External.x"}, "End", fails="Failed"
    )

    step = begin(flow(nameless))

    assert step.effect is None
    assert branches(step)[0] == ("Call", "NoMatchingError")


def test_an_asynchronous_call_keeps_the_last_result() -> None:
    """It was only started."""
    step = answered(LambdaReturned({}, 2), InvocationType="ASYNCHRONOUS")

    assert step.session.external == {"old": "1"}
    assert branches(step)[0] == ("Call", "next")
