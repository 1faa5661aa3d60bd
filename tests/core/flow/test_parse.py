"""Documents in: a flow, or every problem with its path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.core.flow import InvalidFlow, parse, supported_types

type Document = dict[str, Any]

STORED = {"CustomValidation": {"MaximumLength": "4"}}


def document(*actions: Document, **fields: object) -> Document:
    """A flow of these actions and an end."""
    end = {
        "Identifier": "End",
        "Type": "DisconnectParticipant",
        "Parameters": {},
        "Transitions": {},
    }
    every = [*actions, end]
    return {
        "Version": "2019-10-30",
        "StartAction": every[0]["Identifier"],
        "Actions": every,
        **fields,
    }


def action(type_name: str, parameters: object = None, **transitions: object) -> Document:
    return {
        "Identifier": "A",
        "Type": type_name,
        "Parameters": {} if parameters is None else parameters,
        "Transitions": {"NextAction": "End", **transitions},
    }


def errors(*error_types: str) -> list[Document]:
    return [{"ErrorType": error_type, "NextAction": "End"} for error_type in error_types]


def problems(content: object, *, strict: bool = True) -> list[str]:
    raw = content if isinstance(content, str | bytes) else json.dumps(content)
    with pytest.raises(InvalidFlow) as refused:
        parse(raw, strict=strict)
    return [str(problem) for problem in refused.value.problems]


def test_a_flow_is_read_with_its_transitions() -> None:
    """Everything the engine needs, by identifier."""
    menu = action(
        "GetParticipantInput",
        {"Text": "Hi", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
        Conditions=[{"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": ["1"]}}],
        Errors=errors("NoMatchingError", "InputTimeLimitExceeded", "NoMatchingCondition"),
    )

    flow = parse(json.dumps(document(menu)).encode())

    assert flow.start == "A"
    assert flow.actions["A"].conditions[0].target == "End"
    assert flow.actions["A"].errors[0] == ("NoMatchingError", "End")
    assert flow.actions["A"].next_action == "End"
    assert flow.actions["End"].next_action is None


def test_an_unknown_type_is_a_clear_problem_when_published() -> None:
    """It says which and where."""
    assert problems(document(action("MakeCoffee"))) == [
        "Invalid Action type: MakeCoffee. Path: Actions[0].Type"
    ]


def test_an_unknown_type_stays_in_content_that_is_published_already() -> None:
    """It takes its error branch when it is run; the rest of the flow works."""
    flow = parse(json.dumps(document(action("MakeCoffee"))), strict=False)

    assert flow.actions["A"].type == "MakeCoffee"


def test_all_problems_are_told_at_once() -> None:
    """Whoever mends a flow sees the whole list."""
    bad = document(
        {"Identifier": "a:b", "Type": "Compare", "Transitions": {"NextAction": "Nowhere"}},
        {"Identifier": "B", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "x", "Foo": 1}},
        {
            "Identifier": "C",
            "Type": "DisconnectParticipant",
            "Transitions": {"NextAction": "End"},
        },
        StartAction="Z",
    )

    assert problems(bad) == [
        "Invalid Action property value: a:b. Path: Actions[0].Identifier",
        "Invalid Action property value: no action is Nowhere."
        " Path: Actions[0].Transitions.NextAction",
        "Action is missing required property. Path: Actions[0].Parameters.ComparisonValue",
        "Action is missing required property. Path: Actions[0].Transitions.NextAction",
        "Action is missing required property. Path: Actions[0].Transitions.Conditions",
        "Action is missing required property: NoMatchingCondition."
        " Path: Actions[0].Transitions.Errors",
        "Invalid Action property name: Foo. Path: Actions[1].Parameters.Foo",
        "Invalid Action property value: x. Path: Actions[1].Parameters.TimeLimitSeconds",
        "Action is missing required property. Path: Actions[1].Transitions.NextAction",
        "Action is missing required property: WaitCompleted."
        " Path: Actions[1].Transitions.Conditions",
        "Action is missing required property: NoMatchingError. Path: Actions[1].Transitions.Errors",
        "Action does not support transitions. Path: Actions[2].Transitions",
        "Invalid contact flow format: no action is Z. Path: StartAction",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "NaN",
        b"\xff\xfe\x00",
        b"\x80abc",
        "{}".encode("utf-16"),
        "[" * 100_000,
        '{"Version":"2019-10-30","Actions":NaN}',
        json.dumps({"a": "\ud800"}),
        "\ud800",
        "x" * 1_000_001,
        '{"a":' * 40 + "1" + "}" * 40,
        '{"n":' + "9" * 5000 + "}",
    ],
    ids=range(16),
)
def test_what_is_no_document_is_an_invalid_flow(content: str | bytes) -> None:
    """Never another exception, whatever the bytes."""
    for strict in (True, False):
        assert problems(content, strict=strict)[0].startswith("Invalid contact flow format")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"Version": "2020-01-01"}, "Version"),
        ({"Version": None}, "Version"),
        ({"StartAction": 5}, "StartAction"),
        ({"Actions": "x"}, "Actions"),
        ({"Actions": []}, "Actions"),
        ({"Actions": [5]}, "Actions[0]"),
        ({"Actions": [{"Type": "Wait"}]}, "Actions[0].Identifier"),
        ({"Actions": [{"Identifier": "A"}]}, "Actions[0].Type"),
        ({"Actions": [action("Wait", [])]}, "Actions[0].Parameters"),
        ({"Actions": [{"Identifier": "A", "Type": "Wait", "Transitions": 1}]}, "Transitions"),
        ({"Actions": [{"Identifier": "A", "Type": "Wait"}] * 251}, "Actions"),
    ],
)
def test_a_wrong_shape_is_told_with_its_path(change: Document, path: str) -> None:
    """The place in the document, not the place in the parser."""
    assert any(path in problem for problem in problems({**document(), **change}))


@pytest.mark.parametrize(
    "identifier", ["x" * 51, "a/b", "a$b", "a.constructor", "__proto__", "{}", "100%", "a=b"]
)
def test_identifiers_that_the_service_forbids_are_refused(identifier: str) -> None:
    """So that what runs here can be taken there."""
    bad = document({**action("EndFlowExecution", NextAction=None), "Identifier": identifier})

    assert any("Actions[0].Identifier" in problem for problem in problems(bad))


def test_an_identifier_used_twice_is_refused() -> None:
    """In drafts too: one of the two blocks would be lost."""
    twice = document(action("EndFlowExecution", NextAction=None), action("Wait"))

    assert "not unique" in " ".join(problems(twice, strict=False))


@pytest.mark.parametrize(
    ("type_name", "parameters", "path"),
    [
        ("MessageParticipant", {}, "Parameters"),
        ("MessageParticipant", {"Text": "a", "SSML": "b"}, "SSML"),
        ("MessageParticipant", {"Text": ["a"]}, "Text"),
        ("GetParticipantInput", {"Text": "a", "StoreInput": "False"}, "InputTimeLimitSeconds"),
        ("GetParticipantInput", {"StoreInput": "x", "InputTimeLimitSeconds": "5"}, "StoreInput"),
        ("GetParticipantInput", {"StoreInput": "True", "InputTimeLimitSeconds": "5"}, "InputValid"),
        (
            "GetParticipantInput",
            {"StoreInput": "False", "InputTimeLimitSeconds": "5", "InputValidation": {}},
            "InputValidation",
        ),
        (
            "GetParticipantInput",
            {
                "StoreInput": True,
                "InputTimeLimitSeconds": 5,
                "InputValidation": {"CustomValidation": {"MaximumLength": "0"}},
            },
            "MaximumLength",
        ),
        (
            "GetParticipantInput",
            {
                "StoreInput": False,
                "InputTimeLimitSeconds": 5,
                "DTMFConfiguration": {"InputTerminationSequence": "######"},
            },
            "InputTerminationSequence",
        ),
        ("MessageParticipantIteratively", {"Messages": []}, "Messages"),
        ("MessageParticipantIteratively", {"Messages": [{"Foo": 1}]}, "Messages[0]"),
        ("UpdateContactTargetQueue", {"QueueId": "a", "AgentId": "b"}, "AgentId"),
        ("UpdateContactAttributes", {"Attributes": {"a.b": "c"}}, "Attributes"),
        ("UpdateContactAttributes", {"Attributes": {}, "TargetContact": "Mine"}, "TargetContact"),
        ("UpdateContactEventHooks", {"EventHooks": {}}, "EventHooks"),
        ("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": ""}}, "CustomerQueue"),
        ("UpdateContactEventHooks", {"EventHooks": {"Lunch": "x"}}, "Lunch"),
        ("UpdateContactRecordingBehavior", {"RecordingBehavior": {}}, "RecordedParticipants"),
        (
            "UpdateContactRecordingBehavior",
            {"RecordingBehavior": {"RecordedParticipants": ["Dog"]}},
            "RecordedParticipants",
        ),
        ("InvokeLambdaFunction", {}, "LambdaFunctionARN"),
        (
            "InvokeLambdaFunction",
            {"LambdaFunctionARN": "x", "ResponseValidation": {"ResponseType": "JSON_OBJECT"}},
            "ResponseValidation",
        ),
        ("Loop", {"LoopCount": "101"}, "LoopCount"),
        ("Wait", {"TimeLimitSeconds": "0"}, "TimeLimitSeconds"),
        ("UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "On"}, "FlowLoggingBehavior"),
        ("UpdateFlowAttributes", {"FlowAttributes": {"a": "b"}}, "FlowAttributes.a.Value"),
        ("TransferToFlow", {}, "ContactFlowId"),
        ("CheckHoursOfOperation", {"HoursOfOperationId": 5}, "HoursOfOperationId"),
    ],
)
def test_a_parameter_that_cannot_work_is_told(
    type_name: str, parameters: Document, path: str
) -> None:
    """What can be known before a customer calls is told before a customer calls."""
    assert any(path in problem for problem in problems(document(action(type_name, parameters))))


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"Operator": "Equals", "Operands": ["Maybe"]}, "Operands"),
        ({"Operator": "Equals", "Operands": []}, "Operands"),
        ({"Operator": "Equals", "Operands": [{"Operator": "Equals"}]}, "Operands"),
        ({"Operator": "NumericLessThan", "Operands": ["1"]}, "Operator"),
        ({"Operator": "TextContains", "Operands": ["True"]}, "Operator"),
        ("x", "Operator"),
    ],
)
def test_a_condition_that_cannot_come_true_is_told(condition: object, path: str) -> None:
    """Opening hours are True or False and nothing else."""
    check = action(
        "CheckHoursOfOperation", Conditions=[{"NextAction": "End", "Condition": condition}]
    )

    assert any(path in problem for problem in problems(document(check)))


@pytest.mark.parametrize("unset", ["", "$end", None])
def test_drafts_may_have_branches_that_lead_nowhere_yet(unset: str | None) -> None:
    """Saving is not publishing."""
    draft = action(
        "Compare",
        NextAction=unset,
        Errors=[{"NextAction": unset, "ErrorType": "NoMatchingCondition"}],
        Conditions=[{"NextAction": unset, "Condition": {"Operator": "Equals", "Operands": ["1"]}}],
    )

    flow = parse(json.dumps(document(draft)), strict=False)

    assert flow.actions["A"].next_action is None
    assert problems(document(draft))


def test_an_empty_draft_is_a_flow_without_actions() -> None:
    """The first thing a designer saves."""
    assert (
        parse('{"Version":"2019-10-30","StartAction":"","Actions":[]}', strict=False).actions == {}
    )


def test_numbers_and_booleans_may_be_strings_or_not() -> None:
    """Consoles write strings, people write JSON."""
    for number, flag in (("5", "True"), (5, True)):
        store = action(
            "GetParticipantInput",
            {
                "Text": "Number?",
                "StoreInput": flag,
                "InputTimeLimitSeconds": number,
                "InputValidation": {"CustomValidation": {"MaximumLength": number}},
                "DTMFConfiguration": {
                    "DisableCancelKey": flag,
                    "InterdigitTimeLimitSeconds": number,
                },
            },
            Errors=errors("NoMatchingError"),
        )
        assert parse(json.dumps(document(store))).start == "A"


def test_an_error_that_cannot_happen_has_no_branch() -> None:
    """The service refuses one."""
    menu = {"StoreInput": "True", "InputTimeLimitSeconds": "5", "InputValidation": STORED}
    store = action(
        "GetParticipantInput", menu, Errors=errors("InputTimeLimitExceeded", "NoMatchingError")
    )
    compare = action(
        "Compare",
        {"ComparisonValue": "$.Channel"},
        Conditions=[{"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": ["1"]}}],
        Errors=errors("NoMatchingCondition", "NoMatchingError"),
    )

    assert problems(document(store)) == [
        "Invalid Action property value: InputTimeLimitExceeded."
        " Path: Actions[0].Transitions.Errors[0].ErrorType"
    ]
    assert problems(document(compare)) == [
        "Invalid Action property value: NoMatchingError."
        " Path: Actions[0].Transitions.Errors[1].ErrorType"
    ]


def test_conditions_may_stand_inside_of_a_condition() -> None:
    """The inner ones are what is compared, each as if it stood alone."""
    inner = [{"Operator": "NumericLessThan", "Operands": [number]} for number in ("1", "5")]
    compare = action(
        "Compare",
        {"ComparisonValue": "$.Attributes.a"},
        Conditions=[{"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": inner}}],
        Errors=errors("NoMatchingCondition"),
    )

    conditions = parse(json.dumps(document(compare))).actions["A"].conditions

    assert [("NumberLessThan", ("1",)), ("NumberLessThan", ("5",))] == [
        (condition.operator, condition.operands) for condition in conditions
    ]


def test_a_flow_has_250_actions_and_no_more() -> None:
    blocks = [
        {**action("MessageParticipant", {"Text": "Hi"}), "Identifier": f"B{number}"}
        for number in range(250)
    ]

    assert 250 == len(parse(json.dumps(document(*blocks[:249]))).actions)
    assert problems(document(*blocks))[0].startswith(
        "Invalid contact flow format: more than 250 actions"
    )


def test_a_problem_is_never_longer_than_the_service_allows() -> None:
    """256 characters, whatever a document holds."""
    long = document(action("Wait", {"x" * 5000: 1, "TimeLimitSeconds": "y" * 5000}))

    assert all(len(problem) <= 256 for problem in problems(long))


def test_the_supported_types_are_the_table() -> None:
    """What is not in it cannot be published."""
    assert {"MessageParticipant", "Loop", "InvokeLambdaFunction"} <= supported_types()
