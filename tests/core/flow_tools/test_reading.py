"""Conversations are read whole, and what is not understood is named with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.flow_tools.center import Answer, Reply
from chalicelib.core.flow_tools.reading import read
from chalicelib.core.flow_tools.script import Conversation, Mistake, Node, Verb


def node(value: object, line: int = 1) -> Node:
    """Plain JSON as a document; each entry and item one line below the one before."""
    if isinstance(value, dict):
        entries = {key: node(item, line + n) for n, (key, item) in enumerate(value.items())}
        return Node(entries, line, value)
    if isinstance(value, list):
        return Node([node(item, line + n) for n, item in enumerate(value)], line, value)
    return Node(str(value), line, value)


def conversation(*steps: object, **settings: object) -> tuple[Conversation, list[Mistake]]:
    entry = {"name": "One", **settings, "steps": list(steps)}
    script, mistakes = read(node({"flow": "Main", "conversations": [entry]}))
    return script.conversations[0], mistakes


def value_of(step: object) -> object:
    [line] = conversation(step)[0].lines
    return line.value


def test_a_conversation_has_its_settings_first_and_its_steps_after_them() -> None:
    """Whatever an admin writes above `steps` is so before the contact begins."""
    read_, mistakes = conversation(
        {"hears": "Welcome"}, {"ends": "queued in Sales"}, channel="chat"
    )

    assert [] == mistakes
    assert [Verb.CHANNEL, Verb.HEARS, Verb.ENDS] == [line.verb for line in read_.lines]
    assert ("One", "Main") == (read_.name, read_.flow)


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ({"caller": {"from": "+12025550123"}}, "+12025550123"),
        ({"channel": "chat"}, "CHAT"),
        ({"attributes": {"topic": "sales"}}, {"topic": "sales"}),
        ({"attribute a": {"repeat": "x", "times": "3"}}, "xxx"),
        ({"presses": "12#"}, "12#"),
        ({"types": "20001#"}, "20001#"),
        ({"hears": ["a", "b"]}, ["a", "b"]),
        ({"waits": "6s"}, 6.0),
        ({"waits": "1h 30m"}, 5400.0),
        ({"chance": "25 %"}, 0.25),
        ({"passes": "Look up by NoMatchingError"}, ("Look up", "NoMatchingError")),
        ({"lambda lookup": "fails"}, Reply(failure="it failed")),
        ({"lambda lookup": "slow 9s"}, Reply({}, seconds=9.0)),
        ({"lambda lookup": {"returns": {"a": "b"}}}, Reply({"a": "b"})),
        ({"service bot": "answers Sales"}, Answer("Sales")),
        ({"service case": "refuses NoneFound"}, Answer(error_type="NoneFound")),
    ],
)
def test_each_step_has_the_value_its_verb_needs(step: object, value: object) -> None:
    """The forms that the guide shows are the forms that are read."""
    assert value == value_of(step)


def test_the_clock_is_set_in_any_time_zone() -> None:
    """An admin thinks in the local time of the office."""
    moment = value_of({"clock": "2026-03-06 16:59:59 America/New_York"})

    assert datetime(2026, 3, 6, 21, 59, 59, tzinfo=UTC) == moment


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"heers": "x"}, "unknown step 'heers'; did you mean 'hears'?"),
        ({"queue": "full"}, "'queue' needs a name, as in `queue Support: …`"),
        ({"queue Sales": "fool"}, "queue Sales: 'fool' is none of: full, free, missing"),
        ({"presses": "seven"}, "presses: 'seven' are not keys of a telephone; or `nothing`"),
        ({"waits": "soon"}, "waits: 'soon' is not a length of time, such as 6s, 2m or 1h 30m"),
        ({"waits": "6 weeks"}, "waits: '6 weeks' has a unit that is none of s, m, h"),
        ({"clock": "noon"}, "clock: 'noon' is not a moment"),
        ({"clock": "2026-03-06 12:00 Mars/Base"}, "clock: '2026-03-06 12:00 Mars/Base'"),
        ({"ends": "well"}, "ends: 'well' is none of: queued in …"),
        ({"channel": "fax"}, "channel: 'fax' is not a channel"),
        ({"lambda x": "explodes"}, "lambda x: 'explodes' is none of: returns {…}"),
        ({"hears": "a", "ends": "waiting"}, "a step says one thing, not 2"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(step: object, message: str) -> None:
    """Never skipped in silence: a typing error must not look like a kept promise."""
    _, [mistake] = conversation({"hears": "x"}, step)

    assert mistake.message.startswith(message)
    assert mistake.line > 1


@pytest.mark.parametrize("document", ["", [], {}, {"conversations": "x"}, {"conversations": [1]}])
def test_a_document_of_another_shape_is_a_mistake_and_no_exception(document: object) -> None:
    """Whatever is in the file, the answer is a line and a sentence."""
    assert read(node(document))[1]


def test_unknown_fields_of_the_file_are_mistakes() -> None:
    """`conversation:` instead of `conversations:` must not mean that there are none."""
    _, mistakes = read(node({"flaw": "Main", "conversations": []}))

    assert ["unknown field 'flaw'; known are flow, conversations, cannot happen"] == [
        mistake.message for mistake in mistakes
    ]


def test_branches_that_cannot_happen_carry_their_reason() -> None:
    """An excuse without a reason is none."""
    excuse = {"block": "A", "branch": "NoMatchingError", "because": "static"}
    script, mistakes = read(
        node({"flow": "Main", "cannot happen": [excuse, {"block": "B"}], "conversations": []})
    )

    assert {("Main", "A", "NoMatchingError"): "static"} == script.impossible
    assert ["`cannot happen` needs block, branch and because"] == [m.message for m in mistakes]
