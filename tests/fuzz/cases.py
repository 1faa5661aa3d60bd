"""What nobody in their right mind would write: documents, values and stories for the fuzzing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from chalicelib.core.flow import (
    BLOCKS,
    Action,
    Answered,
    Condition,
    Flow,
    FlowType,
    Happening,
    InputReceived,
    LambdaFailed,
    LambdaReturned,
    Occurred,
    PlaybackFinished,
    QueueEntered,
    QueueRefused,
    Refused,
    Timeout,
)
from chalicelib.core.flow.conditions import OPERATORS

HALF = "\ud800"  # of a pair of surrogates: it can be in JSON, and be no text
NAMES = ("A", "B", "C")
PLACES = st.sampled_from([*NAMES, "", "$end", "nowhere", "a:b"])
ERRORS = (
    "NoMatchingError",
    "NoMatchingCondition",
    "InputTimeLimitExceeded",
    "QueueAtCapacity",
    "InvalidPhoneNumber",
    "TimeLimitExceeded",
)
# Values that lead somewhere, so that blocks do not fail at once.
_TELLING = (
    "$.Attributes.a",
    "$.External",
    "$.External.list",
    "$.Channel",
    "$.Queue.Name",
    "$.Loop.l.Element",
    "$.Modules.Result",
    "$['x']",
    "`$.External.list[0]`",
    "$.StoredCustomerInput",
    "queue:Sales",
    "hours:Office",
    "module:M",
    "flow:F",
    "arn:aws:connect:x:1:queue/1",
    "arn:aws:connect:x:1:flow/1:3",
    "function:f",
    "+12025550177",
    "en-US",
    "True",
    "false",
    "Enabled",
    "Current",
    "Related",
    "NumberOfAgentsStaffed",
    "WaitCompleted",
    "ContinueLooping",
    "MessagesInterrupted",
    "1",
    "3",
    "100",
    "",
    "٣",
    "9" * 40,
)
# Names inside of parameters; those of the parameters are in the table of blocks.
_INNER = (
    "AliasArn",
    "Name",
    "Text",
    "SSML",
    "Id",
    "Uri",
    "Steps",
    "Expression",
    "CustomValidation",
    "PhoneNumberValidation",
    "MaximumLength",
    "NumberFormat",
    "InputTerminationSequence",
    "InterdigitTimeLimitSeconds",
    "DisableCancelKey",
    "ResponseType",
    "Value",
    "CustomerQueue",
    "DisableExecution",
    "RecordedParticipants",
    "VoiceRecordingBehavior",
    "ChatAnalyticsBehavior",
    "InitialMessage",
    "a",
)

WORDS = st.sampled_from(_TELLING) | st.text(max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.integers(-1, 400)
    | WORDS
    | st.text(max_size=300)
)


def nested(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Any JSON, its objects with these names."""
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=10,
    )


JSON = nested(st.text(max_size=8) | st.sampled_from(_INNER))
VALUES = WORDS | nested(st.sampled_from(_INNER))


def _condition(operands: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {
            "Operator": st.sampled_from([*OPERATORS, "NumericLessThan", "And"]),
            "Operands": st.lists(operands, max_size=2),
        }
    )


CONDITIONS = st.recursive(_condition(WORDS), lambda inner: _condition(WORDS | inner), max_leaves=4)
_TRANSITIONS = st.fixed_dictionaries(
    {"NextAction": PLACES},
    optional={
        "Errors": st.lists(
            st.fixed_dictionaries({"ErrorType": st.sampled_from(ERRORS), "NextAction": PLACES}),
            max_size=4,
        ),
        "Conditions": st.lists(
            st.fixed_dictionaries({"NextAction": PLACES, "Condition": CONDITIONS}), max_size=3
        ),
    },
)


@st.composite
def _blocks(draw: st.DrawFn, identifier: str) -> dict[str, Any]:
    """A block of any type, with parameters of its own type and of others."""
    type_name = draw(st.sampled_from(sorted(BLOCKS)))
    own = [parameter.name for parameter in BLOCKS[type_name].parameters]
    names = st.sampled_from([*own, "Text", "QueueId", "EnableDTMFBuffer"])
    return {
        "Identifier": identifier,
        "Type": type_name,
        "Parameters": draw(st.dictionaries(names, VALUES, max_size=6)),
    }


@st.composite
def drafts(draw: st.DrawFn) -> str:
    """A document of the right form, whatever sense it makes."""
    blocks = [{**draw(_blocks(name)), "Transitions": draw(_TRANSITIONS)} for name in NAMES]
    document = {"Version": "2019-10-30", "StartAction": "A", "Actions": blocks}
    if draw(st.booleans()):
        document["Settings"] = draw(JSON)
    return json.dumps(document)


_CONDITIONS = st.builds(
    Condition,
    st.sampled_from(sorted(OPERATORS)),
    WORDS.map(lambda operand: (operand,)),
    st.sampled_from([*NAMES, ""]),
)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """What can be run: any blocks, and any ways between them."""
    actions = {}
    for name in NAMES:
        block = draw(_blocks(name))
        actions[name] = Action(
            name,
            block["Type"],
            block["Parameters"],
            draw(st.none() | st.sampled_from(NAMES)),
            tuple(draw(st.lists(_CONDITIONS, max_size=3))),
            tuple(draw(st.dictionaries(st.sampled_from(ERRORS), st.sampled_from(NAMES))).items()),
        )
    return Flow("A", actions)


_SPOILED = st.fixed_dictionaries(
    {},
    optional={
        "Version": st.just("2019-10-30") | JSON,
        "StartAction": PLACES | JSON,
        "Metadata": st.fixed_dictionaries({}, optional={"type": st.sampled_from(list(FlowType))})
        | JSON,
        "Settings": JSON,
        "Actions": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "Identifier": PLACES | JSON,
                    "Type": st.sampled_from(sorted(BLOCKS)) | JSON,
                    "Parameters": st.dictionaries(st.text(max_size=5), JSON, max_size=3) | JSON,
                    "Transitions": st.fixed_dictionaries(
                        {},
                        optional={
                            "NextAction": PLACES | JSON,
                            "Errors": st.lists(JSON, max_size=3) | JSON,
                            "Conditions": st.lists(
                                st.fixed_dictionaries(
                                    {"NextAction": PLACES, "Condition": CONDITIONS | JSON}
                                )
                                | JSON,
                                max_size=3,
                            ),
                        },
                    )
                    | JSON,
                },
            )
            | JSON,
            max_size=4,
        )
        | JSON,
    },
)
DOCUMENTS = (
    drafts()
    | _SPOILED.map(json.dumps)
    | JSON.map(json.dumps)
    | st.binary(max_size=200)
    | st.text(max_size=200)
)

HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.just(Timeout()),
    st.just(PlaybackFinished()),
    st.just(QueueEntered()),
    st.builds(
        InputReceived, st.sampled_from(["1", "12#", "", "*", "#", "x", HALF]) | st.text(max_size=5)
    ),
    st.builds(LambdaReturned, JSON | st.just({"a": HALF}), st.integers(0, 40_000)),
    st.builds(LambdaFailed, st.text(max_size=20)),
    st.builds(QueueRefused, st.sampled_from(ERRORS) | st.text(max_size=5)),
    st.builds(
        Answered,
        st.dictionaries(st.text(max_size=5), JSON | st.just(HALF), max_size=3),
        st.none() | WORDS,
    ),
    st.builds(Refused, st.sampled_from(ERRORS) | st.text(max_size=5), st.text(max_size=20)),
    st.builds(Occurred, st.sampled_from(["CustomerReturned", "BotParticipantDisconnected", "x"])),
)
