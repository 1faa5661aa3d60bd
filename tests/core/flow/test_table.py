"""What holds for every row of the table of blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.core.flow import (
    BLOCKS,
    Block,
    FlowType,
    lint,
    supported_types,
)
from chalicelib.core.flow.parser import examine
from tests.core.flow.build import begin, block, branches, flow

type Json = dict[str, Any]

LANGUAGE: dict[str, Json] = yaml.safe_load(Path(__file__).with_name("language.yaml").read_text())
RETIRED = ("CheckSecurityStatus", "CheckVoiceId", "SetSecurityBehavior", "StartVoiceIdStream")


def test_the_whole_language_is_there() -> None:
    """The number is part of the promise."""
    assert len(supported_types()) >= 65


@pytest.mark.parametrize(
    "type_name", sorted(name for name, row in BLOCKS.items() if row.channels is not None)
)
def test_a_channel_that_a_block_does_not_work_on_is_an_error(type_name: str) -> None:
    """By its error branch, not by silence."""
    channels = BLOCKS[type_name].channels or frozenset()
    [other, *_] = sorted({"VOICE", "CHAT", "TASK", "EMAIL"} - channels)
    published = flow(block("A", type_name, {}, "End", fails="Failed"))

    assert branches(begin(published, channel=other))[0] == ("A", "NoMatchingError")


@pytest.mark.parametrize("type_name", RETIRED)
def test_voices_are_recognised_no_more(type_name: str) -> None:
    """The service ended; the block says so and takes its error branch."""
    published = flow(block("A", type_name, {}, "End", fails="Failed"))

    step = begin(published)

    assert branches(step)[0] == ("A", "NoMatchingError")
    assert "Voice ID" in step.trace[0].given["retired"]


def test_modules_may_hold_every_block() -> None:
    """They may be invoked anywhere; what does not fit there takes its error branch."""
    assert all(row.fits(FlowType.MODULE) for row in BLOCKS.values())


@pytest.mark.parametrize("type_name", sorted(supported_types()))
def test_a_row_of_the_table_is_what_the_service_holds_its_type_to(type_name: str) -> None:
    """By a list that was written apart from the table."""
    listed = {key: value for key, value in LANGUAGE[type_name].items() if key != "when"}

    assert _unordered({**_NOTHING, **listed}) == _unordered(_told(BLOCKS[type_name]))


def test_the_list_of_the_language_and_the_table_have_the_same_types() -> None:
    """So that neither forgets one."""
    assert supported_types() == LANGUAGE.keys()


@pytest.mark.parametrize(
    ("type_name", "case"),
    [(name, case) for name, row in LANGUAGE.items() for case in row.get("when", [])],
)
def test_branches_for_errors_depend_on_parameters(type_name: str, case: Json) -> None:
    """What is asked for must be there; where nothing else can happen, nothing else may be."""
    errors = BLOCKS[type_name].errors(case["given"])

    assert (set(case["errors"]), case.get("only", False)) == (
        set(errors.required),
        not errors.may_have_others,
    )


@pytest.mark.parametrize("type_name", sorted(supported_types()))
def test_a_block_without_branches_is_refused_and_lint_says_which_are_missing(
    type_name: str,
) -> None:
    """By the same list for both."""
    end = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}}
    one = {"Identifier": "A", "Type": type_name, "Transitions": {"NextAction": "End"}}
    content = json.dumps({"Version": "2019-10-30", "StartAction": "A", "Actions": [one, end]})
    missing = ", ".join(BLOCKS[type_name].errors({}).required)

    problems = examine(content).problems
    refusals = [problem.message for problem in problems if problem.path.endswith(".Errors")]
    found = [f.message for f in lint(content) if f.code == "no_error_branch"]

    told = [missing] if missing else []
    assert [f"Action is missing required property: {names}" for names in told] == refusals
    assert [f"there is no branch for {names}" for names in told] == found


_NOTHING: Json = {
    **dict.fromkeys(["needs", "one of", "results", "compares", "channels", "flows", "errors"], []),
    **dict.fromkeys(["only", "ends"], False),
}


def _told(row: Block) -> Json:
    """A row of the table as the list has it."""
    errors = row.errors({})
    return {
        "needs": [p.name for p in row.parameters if p.is_required],
        "one of": [*row.exactly_one],
        "results": "any" if row.results is None else [*row.results],
        "compares": [*row.compares],
        "channels": [*(row.channels or ())],
        "flows": [str(name) for name in row.flow_types or ()],
        "errors": [*errors.required],
        "only": not errors.may_have_others and not row.is_terminal,
        "ends": row.is_terminal,
    }


def _unordered(row: Json) -> Json:
    return {key: sorted(value) if isinstance(value, list) else value for key, value in row.items()}
