"""What holds for every row of the table of blocks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.flow import (
    BLOCKS,
    Answered,
    FlowType,
    Happening,
    InputReceived,
    LambdaReturned,
    Occurred,
    QueueEntered,
    QueueRefused,
    Refused,
    Session,
    Timeout,
    lint,
    supported_types,
)
from chalicelib.core.ids import QueueId
from tests.core.flow.build import begin, block, branches, flow, go_on

RETIRED = ("CheckSecurityStatus", "CheckVoiceId", "SetSecurityBehavior", "StartVoiceIdStream")
REPLIES: tuple[Happening, ...] = (
    Timeout(),
    InputReceived("1"),
    LambdaReturned({"a": "1"}, 9),
    QueueEntered(),
    QueueRefused("QueueAtCapacity"),
    Answered({"IntentName": "x"}, result="1"),
    Refused("NoneFound"),
    Occurred("CustomerReturned"),
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 400)
    | st.sampled_from(
        ["$.Attributes.a", "$.External", "x", "", "True", "+12025550177", "queue:Sales"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Text", "Id", "AliasArn", "Steps", "Expression"]), inner)
    ),
    max_leaves=5,
)


def test_the_whole_language_is_there() -> None:
    """The number is part of the promise."""
    assert len(supported_types()) >= 65


@pytest.mark.parametrize("type_name", sorted(supported_types()))
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_block_takes_any_parameters_and_any_reply(type_name: str, data: Any) -> None:
    """However odd the document, the flow waits, goes on or ends; it never raises."""
    row = BLOCKS[type_name]
    parameters = {
        parameter.name: data.draw(_VALUES)
        for parameter in row.parameters
        if data.draw(st.booleans())
    }
    published = flow(block("A", type_name, parameters, "End", when={"1": "End"}, fails="Failed"))
    session = Session(attributes={"a": "1"}, target_queue_id=QueueId("q-sales"))
    for channel in ("VOICE", "CHAT", "TASK", "EMAIL"):
        step = begin(published, channel=channel, session=session)
        for reply in () if step.is_ended else REPLIES:
            after = go_on(step, reply, published, channel=channel)
            assert after.is_ended or after.session.wait is not None
        list(row.problems(parameters))


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
def test_lint_knows_which_errors_a_block_needs(type_name: str) -> None:
    """A block without any branch is told by lint if it can fail."""
    row = BLOCKS[type_name]
    end = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}}
    one = {"Identifier": "A", "Type": type_name, "Transitions": {"NextAction": "End"}}
    content = json.dumps({"Version": "2019-10-30", "StartAction": "A", "Actions": [one, end]})

    told = any(f.code == "no_error_branch" and f.block == "A" for f in lint(content))

    assert told is bool(set(row.errors) - {"NoMatchingCondition"})
