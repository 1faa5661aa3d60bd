"""What modules declare, and who must keep to it: those who end them and those who invoke them."""

from __future__ import annotations

import json

import pytest

from chalicelib.core.flow import FlowType, InvalidFlow, ModuleSettings, parse, unresolved
from chalicelib.core.flow.module_settings import read_settings
from chalicelib.core.flow_tools.center import Center, published
from tests.core.flow.test_parse import action, document, errors

type Json = dict[str, object]

DECLARED: Json = {
    "input": {
        "schema": {
            "type": "object",
            "properties": {"phone": {"type": "string"}, "tries": {"type": "integer"}},
            "required": ["phone"],
        }
    },
    "resultData": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}},
    "transitions": {"results": [{"name": "known", "description": ""}, {"name": "unknown"}]},
}
LISTED: Json = {
    "InputParameters": [{"Name": "phone", "Required": True, "Type": "String"}],
    "OutputParameters": [{"Name": "id"}],
    "Transitions": [{"DisplayName": "Done", "ReferenceName": "known", "Description": ""}],
}


def returning(parameters: Json, **fields: object) -> str:
    """A module of one block."""
    end = {"Identifier": "R", "Type": "EndFlowModuleExecution", "Parameters": parameters}
    return json.dumps(document(end, **fields))


def problems(content: str, settings: object = DECLARED) -> list[str]:
    try:
        parse(content, flow_type=FlowType.MODULE, settings=json.dumps(settings))
    except InvalidFlow as refused:
        return [str(problem) for problem in refused.problems if "Result" in problem.path]
    return []


def test_settings_say_what_a_module_takes_and_gives_and_how_it_ends() -> None:
    """Names; of the values' types only that there are such."""
    assert read_settings(json.dumps(DECLARED)) == ModuleSettings(
        inputs=("phone", "tries"),
        required=("phone",),
        outputs=("id",),
        branches=("known", "unknown"),
    )


def test_settings_that_older_documents_hold_are_read_as_well() -> None:
    flow = parse(returning({}, Settings=LISTED), strict=False)

    assert flow.settings == ModuleSettings(
        inputs=("phone",), required=("phone",), outputs=("id",), branches=("known",)
    )


def test_without_any_settings_nothing_is_declared() -> None:
    assert read_settings("") == read_settings("{}") == ModuleSettings()


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ("{", "Settings"),
        ("[" * 100_000, "Settings"),
        ("[]", "Settings"),
        ('{"input": 1}', "Settings.input"),
        ('{"input": {"schema": []}}', "Settings.input.schema"),
        ('{"resultData": {"schema": {"type": "string"}}}', "Settings.resultData.schema.type"),
        (
            '{"input": {"schema": {"type": "object", "properties": {"a": {"type": "date"}}}}}',
            "Settings.input.schema.properties.a.type",
        ),
        (
            '{"input": {"schema": {"type": "object", "required": ["a"]}}}',
            "Settings.input.schema.required",
        ),
        ('{"transitions": {"results": {}}}', "Settings.transitions.results"),
        ('{"transitions": {"results": [{"name": ""}]}}', "Settings.transitions.results[0].name"),
        (
            '{"transitions": {"results": [{"name": "a"}, {"name": "a"}]}}',
            "Settings.transitions.results[1].name",
        ),
        ('{"Transitions": [1]}', "Settings.Transitions[0].ReferenceName"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_by_their_place(settings: str, path: str) -> None:
    """However they came to be."""
    with pytest.raises(InvalidFlow) as refused:
        read_settings(settings)

    assert [path] == [problem.path for problem in refused.value.problems]


def test_a_module_has_eight_branches_and_no_more() -> None:
    eight = [{"name": str(number)} for number in range(8)]

    assert 8 == len(read_settings(json.dumps({"transitions": {"results": eight}})).branches)
    with pytest.raises(InvalidFlow):
        read_settings(json.dumps({"transitions": {"results": [*eight, {"name": "9"}]}}))


def test_a_module_ends_as_it_has_declared() -> None:
    """By one of its branches, or by none, with nothing but its outputs."""
    assert [] == problems(returning({}))
    assert [] == problems(returning({"Result": "known", "ResultData": {"id": "$.Attributes.a"}}))
    assert problems(returning({"Result": "stranger", "ResultData": {"name": "x"}})) == [
        "Invalid Action property value: stranger. Path: Actions[0].Parameters.Result",
        "Invalid Action property name: name. Path: Actions[0].Parameters.ResultData.name",
    ]


def test_a_module_that_declares_nothing_gives_nothing_back() -> None:
    """Unless nobody ever asked it to declare anything."""
    content = returning({"Result": "known"})

    assert ["Actions[0].Parameters.Result"] == [p.split("Path: ")[1] for p in problems(content, {})]
    assert parse(content, flow_type=FlowType.MODULE).settings is None


def test_who_invokes_a_module_keeps_to_what_it_declares() -> None:
    """Inputs it does not take, inputs it needs, branches it never ends by: each is told."""
    module = parse(returning({}), strict=False, settings=json.dumps(DECLARED))
    center = Center().publish([published("Look up", FlowType.MODULE, module)])
    ways = [
        {"NextAction": "End", "Condition": {"Operator": "Equals", "Operands": [branch]}}
        for branch in ("known", "stranger")
    ]
    invoke = action(
        "InvokeFlowModule",
        {"FlowModuleId": "module:Look up", "Input": {"name": "x"}},
        Conditions=ways,
        Errors=errors("NoMatchingError"),
    )

    flow = parse(json.dumps(document(invoke)))

    assert [str(problem) for problem in unresolved(flow, center)] == [
        "Invalid Action property name: name. Path: Actions[0].Parameters.Input.name",
        "Action is missing required property. Path: Actions[0].Parameters.Input.phone",
        "Invalid Action property value: stranger."
        " Path: Actions[0].Transitions.Conditions[1].Condition.Operands",
    ]
