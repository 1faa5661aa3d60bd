"""Any bytes in: a flow, or problems that say where. Never an exception."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core.flow import (
    FlowType,
    InvalidFlow,
    Library,
    Problem,
    import_legacy,
    is_legacy,
    lint,
    parse,
    references_of,
    unresolved,
)
from chalicelib.core.flow_tools.center import Center, published
from chalicelib.core.flow_tools.names import to_arns, to_names
from tests.fuzz.cases import CONDITIONS, DOCUMENTS, JSON, WORDS

NOTHING: Library = Center(invents=False)
ARNS = {"queue:There": "arn:aws:connect:x:1:queue/1", "flow:There": "arn:aws:connect:x:1:flow/1"}
TYPES = st.none() | st.sampled_from(list(FlowType))
LEGACY = st.fixed_dictionaries(
    {},
    optional={
        "version": JSON,
        "start": JSON,
        "type": JSON,
        "metadata": JSON,
        **{
            spelling: st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "id": WORDS | JSON,
                        "type": st.sampled_from(
                            ["PlayPrompt", "GetUserInput", "CheckAttribute", "Transfer", "SetQueue"]
                            + ["SetContactFlow", "StoreUserInput", "LoopPrompts", "Disconnect"]
                            + ["InvokeExternalResource", "SetVoice", "CheckStaffing", "Wait"]
                        )
                        | JSON,
                        "parameters": st.lists(
                            st.fixed_dictionaries(
                                {},
                                optional={
                                    "name": st.sampled_from(
                                        ["Text", "AudioPrompt", "Attribute", "Queue", "Timeout"]
                                        + ["ContactFlowId", "MaxDigits", "FunctionArn", "Type"]
                                    ),
                                    "value": JSON,
                                    "namespace": JSON,
                                    "key": JSON,
                                },
                            )
                            | JSON,
                            max_size=3,
                        )
                        | JSON,
                        "branches": st.lists(
                            st.fixed_dictionaries(
                                {},
                                optional={
                                    "condition": st.sampled_from(
                                        ["Success", "Error", "Evaluate", "Timeout", "NoMatch"]
                                    )
                                    | JSON,
                                    "conditionType": JSON,
                                    "conditionValue": JSON,
                                    "transition": WORDS | JSON,
                                },
                            )
                            | JSON,
                            max_size=3,
                        )
                        | JSON,
                        "metadata": JSON,
                        "target": JSON,
                    },
                )
                | JSON,
                max_size=3,
            )
            | JSON
            for spelling in ("modules", "blocks")
        },
    },
)


def problems(content: str | bytes, *, strict: bool = True) -> tuple[Problem, ...]:
    """Why it is no flow; none if it is one."""
    try:
        parse(content, strict=strict)
    except InvalidFlow as refused:
        return refused.problems or (Problem(""),)
    return ()


@given(DOCUMENTS, st.booleans())
def test_any_document_is_a_flow_or_told_why_not(content: str | bytes, is_strict: bool) -> None:
    """Drafts too; every problem in the few words that the service has for it."""
    for problem in problems(content, strict=is_strict):
        assert problem.message
        assert 0 < len(str(problem)) <= 256


@given(DOCUMENTS, TYPES)
def test_a_flow_can_be_asked_what_it_refers_to(
    content: str | bytes, flow_type: FlowType | None
) -> None:
    """Whatever its type."""
    with suppress(InvalidFlow):
        flow = parse(content, strict=False, flow_type=flow_type)
        assert len(references_of(flow)) >= len(unresolved(flow, NOTHING)) >= 0


_NAMED = st.dictionaries(st.sampled_from(["name", "Name", "ReferenceName", "Required"]), JSON)
_SCHEMA = st.fixed_dictionaries(
    {},
    optional={"type": st.just("object") | JSON, "properties": JSON, "required": JSON},
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["input", "resultData"], st.fixed_dictionaries({"schema": _SCHEMA}) | JSON),
        "transitions": st.fixed_dictionaries({"results": st.lists(_NAMED) | JSON}) | JSON,
        **dict.fromkeys(
            ["InputParameters", "OutputParameters", "Transitions"], st.lists(_NAMED) | JSON
        ),
    },
)


@given(DOCUMENTS, SETTINGS.map(json.dumps) | st.text(), st.booleans())
def test_any_settings_of_a_module_are_read_or_told(
    content: str | bytes, settings: str, is_strict: bool
) -> None:
    """By their place; and whoever invokes the module is held to them."""
    with suppress(InvalidFlow):
        flow = parse(content, strict=is_strict, flow_type=FlowType.MODULE, settings=settings)
        module = published("M", FlowType.MODULE, flow)
        unresolved(flow, Center().publish([module]))


@given(CONDITIONS | JSON)
def test_any_condition_is_read_or_told(condition: object) -> None:
    """However deep one stands in the other."""
    branch = {"NextAction": "End", "Condition": condition}
    compare = {"Identifier": "A", "Type": "Compare", "Parameters": {"ComparisonValue": "$.Channel"}}
    ways = {"Conditions": [branch], "NextAction": "End"}
    end = {"Identifier": "End", "Type": "DisconnectParticipant"}
    blocks = [{**compare, "Transitions": ways}, end]
    content = {"Version": "2019-10-30", "StartAction": "A", "Actions": blocks}
    told = problems(json.dumps(content), strict=False)
    assert all(problem.path.startswith("Actions[0].") for problem in told if problem.path)


@given(DOCUMENTS, TYPES)
def test_lint_takes_any_document(content: str | bytes, flow_type: FlowType | None) -> None:
    """With nothing in the center that it could refer to."""
    for finding in lint(content, NOTHING, flow_type=flow_type):
        assert finding.code
        assert str(finding)


@given(LEGACY)
def test_any_old_export_becomes_a_document_of_today(document: dict[str, object]) -> None:
    """One that is valid, or one whose problems are told."""
    is_legacy(document)
    imported = json.dumps(import_legacy(document))
    assert all(problem.message for problem in problems(imported))
    lint(imported, NOTHING)


@given(DOCUMENTS, st.dictionaries(WORDS, WORDS, max_size=4))
@example("[" * 100_000, {})
def test_any_document_gets_other_names_or_is_no_json(
    content: str | bytes, names: dict[str, str]
) -> None:
    """And back again they are the same bytes."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else content
    with suppress(ValueError):
        to_arns(text, names)
        ours = to_names(text, ARNS)
        assert to_arns(ours.content, ARNS).content == text
