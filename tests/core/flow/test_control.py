"""Blocks that decide where a flow goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.flow import (
    Action,
    Condition,
    FlowEntered,
    FlowType,
    LambdaReturned,
    Occurred,
    PlayPrompt,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    spoken_text,
)
from chalicelib.core.ids import QueueId
from tests.caller import SUNDAY_NOON
from tests.core.flow.build import AT, begin, block, branches, flow, go_on, library


def compare(value: str, *, session: Session | None = None) -> Step:
    checked = block(
        "Check",
        "Compare",
        {"ComparisonValue": value},
        "End",
        when={"Acme": "End", "$.Attributes.wanted": "End"},
        fails={"NoMatchingCondition": "Failed"},
    )
    return begin(
        flow(checked),
        session=session or Session(attributes={"company": "Acme", "wanted": "VOICE"}),
        scope={"CustomerEndpoint": {"Address": "+1"}},
    )


@pytest.mark.parametrize(
    ("value", "branch"),
    [
        ("$.Attributes.company", "Equals Acme"),
        ("$.Channel", "Equals VOICE"),
        ("$.Attributes.none", "NoMatchingCondition"),
        ("$.CustomerEndpoint.Address", "NoMatchingCondition"),
        ("$.StoredCustomerInput", "NoMatchingCondition"),
    ],
)
def test_compare_takes_the_first_condition_that_is_true(value: str, branch: str) -> None:
    """Operands may be references; what is missing matches none."""
    assert branches(compare(value))[0] == ("Check", branch)


def test_no_match_without_its_branch_goes_to_the_next_action() -> None:
    """Consoles write the default there too."""
    checked = block(
        "Check", "Compare", {"ComparisonValue": "$.Channel"}, "Failed", when={"X": "End"}
    )

    assert branches(begin(flow(checked)))[0] == ("Check", "next")


@pytest.mark.parametrize(
    ("parameters", "session"),
    [
        ({"HoursOfOperationId": "hours:Office"}, Session()),
        ({}, Session(target_queue_id=QueueId("q-sales"))),
        ({"HoursOfOperationId": ""}, Session(target_queue_id=QueueId("q-sales"))),
    ],
)
def test_hours_are_checked_by_name_or_by_the_working_queue(
    parameters: dict[str, object], session: Session
) -> None:
    """Open is True and closed is False, as conditions see it."""
    checked = block(
        "Open",
        "CheckHoursOfOperation",
        parameters,
        "End",
        when={"True": "End", "False": "Failed"},
        fails="Failed",
    )
    published = flow(block("Pause", "Wait", {"TimeLimitSeconds": "5"}, "Open"), checked)
    waiting = begin(published, session=session, channel="CHAT")

    opened = go_on(waiting, Timeout(), published, channel="CHAT")
    closed = go_on(waiting, Timeout(), published, channel="CHAT", at=SUNDAY_NOON)

    assert branches(opened)[1] == ("Open", "Equals True")
    assert branches(closed)[1] == ("Open", "Equals False")


@pytest.mark.parametrize("parameters", [{}, {"HoursOfOperationId": "hours:Nope"}])
def test_hours_that_are_not_there_take_the_error_branch(parameters: dict[str, object]) -> None:
    """Neither open nor closed."""
    checked = block("Open", "CheckHoursOfOperation", parameters, "End", fails="Failed")

    assert branches(begin(flow(checked)))[0] == ("Open", "NoMatchingError")


@pytest.mark.parametrize("count", ["0", "1", 3])
def test_a_loop_continues_as_often_as_it_says_and_starts_over(count: object) -> None:
    """N times ContinueLooping, then DoneLooping once, then from the beginning."""
    loop = block(
        "Loop",
        "Loop",
        {"LoopCount": count, "LoopName": "tries"},
        "End",
        when={"ContinueLooping": "Say", "DoneLooping": "Pause"},
    )
    published = flow(
        loop,
        block("Say", "MessageParticipant", {"Text": "Try $.Loop.tries.Index"}, "Loop"),
        block("Pause", "Wait", {"TimeLimitSeconds": "5"}, "Loop"),
    )

    first = begin(published, channel="CHAT")
    second = go_on(first, Timeout(), published, channel="CHAT")

    said = [f"Try {index}" for index in range(int(str(count)))]
    for step in (first, second):
        assert [spoken_text(c.prompt) for c in step.commands if isinstance(c, PlayPrompt)] == said


@pytest.mark.parametrize("count", ["x", "101", "$.External.none", None])
def test_a_loop_without_a_count_takes_the_error_branch(count: object) -> None:
    """Counts may come from attributes, and attributes may be anything."""
    loop = block("Loop", "Loop", {"LoopCount": count}, "End", fails="Failed")

    assert branches(begin(flow(loop)))[0] == ("Loop", "NoMatchingError")


WAIT = block(
    "Pause",
    "Wait",
    {"TimeLimitSeconds": "$.Attributes.seconds", "Events": ["CustomerReturned"]},
    "Failed",
    when={"CustomerReturned": "Failed", "WaitCompleted": "End"},
    fails="Failed",
)


def test_a_wait_ends_when_its_time_is_over() -> None:
    """A chat, a task and an e-mail can wait."""
    published = flow(WAIT)
    waiting = begin(published, channel="CHAT", session=Session(attributes={"seconds": "900"}))

    step = go_on(waiting, Timeout(), published, channel="CHAT", at=AT + timedelta(seconds=900))

    assert waiting.session.wait is not None
    assert (waiting.session.wait.kind, waiting.session.wait.seconds) == (WaitKind.TIMER, 900)
    assert branches(step)[0] == ("Pause", "Equals WaitCompleted")


@pytest.mark.parametrize(
    ("channel", "seconds"), [("VOICE", "900"), ("CHAT", "0"), ("CHAT", "604801"), ("CHAT", "soon")]
)
def test_a_wait_that_cannot_be_takes_the_error_branch(channel: str, seconds: str) -> None:
    """Not on a call, and not for ever."""
    step = begin(flow(WAIT), channel=channel, session=Session(attributes={"seconds": seconds}))

    assert branches(step)[0] == ("Pause", "NoMatchingError")


def test_a_wait_for_a_bot_that_is_not_there_says_so() -> None:
    """The error has a name of its own."""
    bot = block(
        "Pause",
        "Wait",
        {"TimeoutSeconds": 5, "Events": ["BotParticipantDisconnected"]},
        "End",
        fails={"ParticipantNotFound": "Failed"},
    )

    assert branches(begin(flow(bot), channel="CHAT"))[0] == ("Pause", "ParticipantNotFound")


def test_another_flow_takes_over_with_the_contact_as_it_is() -> None:
    """Attributes and queue stay; what only the flow knew is forgotten."""
    other = flow(
        block("Hi", "MessageParticipant", {"Text": "$.Attributes.a$.FlowAttributes.b"}, "End"),
        name="Other",
    )
    first = flow(
        block("Note", "UpdateFlowAttributes", {"FlowAttributes": {"b": {"Value": "B"}}}, "Go"),
        block("Go", "TransferToFlow", {"ContactFlowId": "flow:Other"}, fails="Failed"),
    )

    step = begin(
        first, channel="CHAT", known=library(first, other), session=Session(attributes={"a": "A"})
    )

    assert isinstance(step.commands[0], PlayPrompt)
    assert step.commands[0].prompt.text == "A"
    assert [began.name for began in step.started] == ["Under test", "Other"]
    assert branches(step)[1] == ("Go", "next")
    assert step.trace[2].flow_id == "other"


@pytest.mark.parametrize("reference", ["flow:Nope", "", "$.External.none"])
def test_a_flow_that_is_not_published_takes_the_error_branch(reference: str) -> None:
    """The caller stays where they are."""
    go = block("Go", "TransferToFlow", {"ContactFlowId": reference}, fails="Failed")

    assert branches(begin(flow(go)))[0] == ("Go", "NoMatchingError")


def test_flow_attributes_are_known_to_this_flow() -> None:
    """Text of the flow may use them, and 32 KB is the limit."""
    note = block(
        "Note",
        "UpdateFlowAttributes",
        {"FlowAttributes": {"who": {"Value": "$.Channel"}}},
        "Say",
        fails="Failed",
    )
    full = block(
        "Note",
        "UpdateFlowAttributes",
        {"FlowAttributes": {"a": {"Value": "x" * 32_768}}},
        "Say",
        fails="Failed",
    )
    say = block("Say", "MessageParticipant", {"Text": "You $.FlowAttributes.who"}, "End")

    step = begin(flow(note, say), channel="CHAT")

    assert step.trace[1].given == {"Text": "You CHAT"}
    assert branches(begin(flow(full, say)))[0] == ("Note", "NoMatchingError")


@pytest.mark.parametrize(("behavior", "expected"), [("Enabled", True), ("Disabled", False)])
def test_logging_is_switched(behavior: str, expected: bool) -> None:
    """For this flow and those after it."""
    switch = block("Log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": behavior}, "End")

    assert begin(flow(switch)).session.logging is expected


@pytest.mark.parametrize(
    ("type_", "is_disconnected"),
    [
        (FlowType.CONTACT_FLOW, True),
        (FlowType.QUEUE_TRANSFER, True),
        (FlowType.CUSTOMER_QUEUE, False),
        (FlowType.AGENT_WHISPER, False),
        (FlowType.CUSTOMER_HOLD, False),
    ],
)
def test_the_end_of_a_flow_means_what_its_type_says(type_: FlowType, is_disconnected: bool) -> None:
    """A queue's flow leaves the contact queued; an inbound flow has nothing to leave it in."""
    step = begin(flow(block("Stop", "EndFlowExecution"), type_=type_))

    assert step.is_ended
    assert bool(step.commands) is is_disconnected
    assert step.session.flow_id is None


# --- chance, lists, events ------------------------------------------------------------------------


def test_a_list_that_no_contact_could_keep_takes_the_error_branch() -> None:
    """It is kept as it was when the loop began, round after round."""
    long = {"LoopArray": ["x" * 1_000] * 40}
    published = flow(
        block("Each", "Loop", long, when={"ContinueLooping": "End"}, fails="Failed"),
    )

    assert branches(begin(published))[0] == ("Each", "NoMatchingError")


def split(chance: float, session: Session | None = None) -> Step:
    below = Condition("NumberLessThan", ("31",), "End")
    action = Action(
        "Split",
        "DistributeByPercentage",
        {},
        "Failed",
        (below,),
        (("NoMatchingCondition", "Failed"),),
    )
    published = flow(action)
    return advance(
        session or Session(),
        FlowEntered(published),
        scope={},
        library=library(published),
        at=AT,
        chance=chance,
    )


@pytest.mark.parametrize(
    ("chance", "target"), [(0.0, "End"), (0.299, "End"), (0.3, "Failed"), (0.999, "Failed")]
)
def test_chance_decides_by_percentage(chance: float, target: str) -> None:
    """30 % below 31, the rest by no condition."""
    assert split(chance).trace[0].next_block_id == target


def test_a_second_draw_is_another_one() -> None:
    """Or whoever was in the first 30 % would be in every other, too."""
    shares = [split(0.1, Session(draws=n)).trace[0].next_block_id for n in range(1_000)]

    assert 250 <= shares.count("End") <= 350


def test_a_loop_goes_over_the_list_as_it_was() -> None:
    """Each element by its path, though the reply it came from is replaced meanwhile."""
    published = flow(
        block(
            "Each",
            "Loop",
            {"LoopArray": "$.External.items", "LoopName": "o"},
            when={"ContinueLooping": "Keep", "DoneLooping": "End"},
        ),
        block(
            "Keep",
            "UpdateContactAttributes",
            {"Attributes": {"all": "$.Attributes.all<$.Loop.o.Index $.Loop.o.Element.id>"}},
            "Ask",
        ),
        block("Ask", "InvokeLambdaFunction", {"LambdaFunctionARN": "f"}, "Each", fails="Failed"),
    )
    session = Session(external={"items": [{"id": "a"}, {"id": "b"}]})
    step = begin(published, session=session)
    for _ in range(2):
        step = go_on(step, LambdaReturned({"other": "x"}, 9), published)

    assert step.session.attributes == {"all": "<0 a><1 b>"}
    assert step.session.elements == {}


def test_a_customer_who_returns_ends_a_wait() -> None:
    """Only if the block listens for it."""
    for listens, branch in ((["CustomerReturned"], "Equals CustomerReturned"), ([], "next")):
        parameters = {"TimeLimitSeconds": "60", "Events": listens}
        waiting = block("Wait", "Wait", parameters, "Failed", when={"CustomerReturned": "End"})
        published = flow(waiting)
        step = go_on(
            begin(published, channel="CHAT"),
            Occurred("CustomerReturned"),
            published,
            channel="CHAT",
        )
        assert (branches(step) or [("Wait", "next")])[0] == ("Wait", branch)
