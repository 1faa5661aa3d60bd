"""Steps: what runs until the flow waits, what is ignored, what happens when a flow is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.flow import (
    Disconnect,
    EnterQueue,
    FlowType,
    Happening,
    InputReceived,
    InvokeLambda,
    LambdaFailed,
    LambdaReturned,
    PlaybackFinished,
    PlayPrompt,
    Prompt,
    PublishedFlow,
    QueueEntered,
    QueueRefused,
    Session,
    Step,
    Timeout,
    WaitKind,
    advance,
    parse,
)
from chalicelib.core.ids import FlowId, QueueId
from tests.caller import acme
from tests.core.flow.build import AT, begin, block, branches, flow, go_on, library

SUPPORT = QueueId("q-support")


def menu(identifier: str = "Menu", to: str = "End") -> PublishedFlow:
    return flow(
        block(
            identifier,
            "GetParticipantInput",
            {"Text": "Press 1", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
            to,
            when={"1": to},
            fails={"InputTimeLimitExceeded": "Failed"},
        )
    )


# --- what fits and what does not ----------------------------------------------------------------


@pytest.mark.parametrize(
    "happening",
    [PlaybackFinished(), LambdaFailed("x"), LambdaReturned({}, 2), QueueEntered()]
    + [QueueRefused("QueueAtCapacity")],
)
def test_what_the_flow_does_not_wait_for_is_ignored(happening: Happening) -> None:
    """A late report changes nothing."""
    published = menu()
    waiting = begin(published)

    assert go_on(waiting, happening, published) == Step(waiting.session)


def test_nothing_happens_to_a_contact_without_a_flow() -> None:
    """It waits in a queue or talks to an agent."""
    ended = begin(flow(block("Stop", "EndFlowExecution")))

    step = go_on(ended, InputReceived("1"), flow(block("Stop", "EndFlowExecution")))

    assert step == Step(ended.session)


def test_waits_are_numbered_so_that_late_answers_can_be_told() -> None:
    """Every wait has a number of its own, across flows."""
    published = menu(to="Menu")
    first = begin(published)
    second = go_on(first, InputReceived("1"), published)

    assert [s.session.wait.number for s in (first, second) if s.session.wait] == [1, 2]


def test_entering_a_flow_keeps_the_contact_and_forgets_the_old_flow() -> None:
    """Attributes, hooks, queue and language stay."""
    session = Session(
        attributes={"a": "1"},
        flow_attributes={"b": "2"},
        loops={"Loop": 2},
        target_queue_id=SUPPORT,
        event_hooks={"CustomerQueue": "x"},
        language_code="vi-VN",
    )

    entered = begin(menu(), session=session).session

    assert (entered.flow_attributes, entered.loops) == ({}, {})
    assert entered.attributes == {"a": "1"}
    assert entered.target_queue_id == SUPPORT
    assert entered.event_hooks == {"CustomerQueue": "x"}
    assert entered.language_code == "vi-VN"


# --- broken documents ---------------------------------------------------------------------------


def test_an_unknown_type_takes_its_error_branch() -> None:
    """The rest of the flow works."""
    step = begin(flow(block("New", "MakeCoffee", {}, "End", fails="Failed")))

    assert branches(step)[0] == ("New", "NoMatchingError")
    assert step.trace[0].block_type == "MakeCoffee"


@pytest.mark.parametrize("target", [None, "", "Nowhere"])
def test_a_missing_way_out_is_an_error(target: str | None) -> None:
    """The error branch, if there is one, is better than an end."""
    step = begin(flow(block("Say", "MessageParticipant", {"Text": "Hi"}, target, fails="Failed")))

    assert branches(step)[0] == ("Say", "NoMatchingError")
    assert step.trace[0].next_block_id == "Failed"


def test_a_flow_without_any_way_on_says_its_words_and_ends() -> None:
    """A contact flow ends with the contact, after the caller has heard the last message."""
    published = flow(block("Say", "MessageParticipant", {"Text": "Hi"}))

    speaking = begin(published)
    ended = go_on(speaking, PlaybackFinished(), published)

    assert branches(speaking) == [("Say", "no_branch")]
    assert not speaking.is_ended
    assert ended.commands == (Disconnect(),)
    assert ended.is_ended


def test_a_queue_flow_without_a_way_on_just_ends() -> None:
    """The contact stays in the queue, in silence."""
    published = flow(
        block("Say", "MessageParticipant", {"Text": "Hi"}), type_=FlowType.CUSTOMER_QUEUE
    )

    step = begin(published)

    assert step.is_ended
    assert not any(isinstance(command, Disconnect) for command in step.commands)


def test_an_error_without_a_branch_ends_the_flow() -> None:
    """Named in the trace by its type."""
    step = begin(flow(block("Set", "UpdateContactTargetQueue", {"QueueId": "Nope"}, "Set")))

    assert branches(step) == [("Set", "NoMatchingError")]
    assert step.commands == (Disconnect(),)


def test_a_flow_without_actions_ends_at_once() -> None:
    """An empty draft hurts nobody."""
    empty = parse('{"Version":"2019-10-30","StartAction":"","Actions":[]}', strict=False)
    published = PublishedFlow(FlowId("e"), 1, "Empty", FlowType.CONTACT_FLOW, empty)

    assert begin(published).is_ended


# --- circles ------------------------------------------------------------------------------------


def test_a_loop_without_input_stops_at_a_thousand_actions_into_the_error_branch() -> None:
    """The caller gets to Support and the trace says why."""
    published = flow(
        block("Set", "UpdateContactAttributes", {"Attributes": {"a": "1"}}, "Set", fails="Support"),
        block("Support", "UpdateContactTargetQueue", {"QueueId": "Support"}, "Queue"),
        block("Queue", "TransferContactToQueue", {}, fails="Failed"),
    )

    step = begin(published, channel="CHAT")

    assert step.effect == EnterQueue(SUPPORT)
    assert branches(step)[999:] == [("Set", "next"), ("Set", "action_limit"), ("Support", "next")]


def test_the_limit_looks_for_the_next_block_that_has_an_error_branch() -> None:
    """It would be chance which block of the circle the limit falls on."""
    published = flow(
        block("Log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "Log 2"),
        block("Log 2", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "Set"),
        block("Set", "UpdateContactAttributes", {"Attributes": {"a": "1"}}, "Log", fails="Menu"),
        *menu().flow.actions.values(),
    )

    step = begin(published)

    assert step.trace[-1].branch == "action_limit"
    assert step.session.action_id == "Menu"


def test_a_circle_without_any_error_branch_is_ended() -> None:
    """Nothing is left to try."""
    published = flow(
        block("Log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "Log")
    )

    step = begin(published)

    assert step.trace[-1].branch == "action_limit"
    assert step.commands == (Disconnect(),)
    assert len(step.trace) < 1_300


def test_an_error_branch_that_circles_too_is_ended_at_the_second_limit() -> None:
    """What it said in circles is said once, and then the contact ends."""
    published = flow(
        block("Say", "MessageParticipant", {"Text": "again"}, "Say", fails="Say"),
    )

    step = begin(published)

    assert [name for _, name in branches(step)].count("action_limit") == 2
    assert step.is_ended
    assert step.commands == (PlayPrompt(Prompt(text="again")), Disconnect())


def test_a_queue_flow_that_circles_leaves_the_contact_in_the_queue() -> None:
    """Broken hold music is no reason to hang up."""
    log = block("Log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "Log")

    step = begin(flow(log, type_=FlowType.CUSTOMER_QUEUE))

    assert step.is_ended
    assert step.commands == ()


def test_a_circle_of_function_calls_meets_the_limit_too() -> None:
    """A function that answers is not a customer who does."""
    call = block("Call", "InvokeLambdaFunction", {"LambdaFunctionARN": "f"}, "Call", fails="Menu")
    published = flow(call, *menu().flow.actions.values())
    step, rounds = begin(published), 0
    while isinstance(step.effect, InvokeLambda):
        step, rounds = go_on(step, LambdaReturned({}, 2), published), rounds + 1

    assert rounds == 1_000
    assert step.trace[-1].branch == "action_limit"
    assert step.session.action_id == "Menu"


def test_a_customer_who_answers_may_go_round_for_ever() -> None:
    """The limit counts actions between two answers."""
    published = menu(to="Menu")
    step = begin(published)
    for _ in range(1_100):
        step = go_on(step, InputReceived("1"), published)

    assert step.session.action_id == "Menu"
    assert branches(step) == [("Menu", "Equals 1")]


# --- flows that change or vanish ----------------------------------------------------------------


def test_the_pinned_version_runs_on_after_a_new_one_is_published() -> None:
    """Who is in the old menu gets the old answers."""
    known = library(menu())
    waiting = begin(menu(), known=known)
    newer = flow(block("Other", "MessageParticipant", {"Text": "new"}, "End"))
    known.publish([replace(newer, version=2)])

    step = go_on(waiting, InputReceived("1"), menu(), known=known)

    assert step.trace[0].flow_version == 1
    assert step.is_ended


def test_a_vanished_version_goes_on_in_the_one_of_today() -> None:
    """At the same block if it is still there."""
    known = library(menu())
    waiting = begin(menu(), known=known)
    known.delete("Under test")
    known.publish([replace(menu(), version=2)])

    step = go_on(waiting, InputReceived("1"), menu(), known=known)

    assert step.trace[0].flow_version == 2
    assert step.trace[0].branch == "Equals 1"


def test_a_vanished_block_starts_the_flow_again() -> None:
    """Better asked twice than hung up on."""
    known = library(menu())
    waiting = begin(menu(), known=known)
    known.delete("Under test")
    known.publish([replace(menu("Another menu"), version=2)])

    step = go_on(waiting, InputReceived("1"), menu(), known=known)

    assert step.session.action_id == "Another menu"
    assert isinstance(step.session.wait and step.session.wait.kind, WaitKind)


def deleted(session: Session, type_: FlowType = FlowType.CONTACT_FLOW) -> Step:
    published = PublishedFlow(FlowId("m"), 1, "Menu", type_, menu().flow)
    known = library(published)
    waiting = begin(published, session=session, known=known)
    known.delete("Menu")
    return go_on(waiting, InputReceived("1"), published, known=known)


def test_a_deleted_flow_queues_the_caller_where_they_were_to_go() -> None:
    """A flow deleted in the middle of a call does not drop the caller."""
    step = deleted(Session(target_queue_id=SUPPORT))

    assert step.effect == EnterQueue(SUPPORT)
    assert branches(step) == [("Menu", "flow_deleted")]


def test_a_rescued_caller_waits_in_the_queue_like_any_other() -> None:
    """With the queue's own flow."""
    known = acme()
    step = advance(
        deleted(Session(target_queue_id=SUPPORT)).session,
        QueueEntered(),
        scope={"Channel": "VOICE"},
        library=known,
        at=AT,
    )

    assert [began.name for began in step.started] == ["Default customer queue"]


@pytest.mark.parametrize(
    ("happening", "is_asked_again"), [(QueueRefused("QueueAtCapacity"), False), (Timeout(), True)]
)
def test_a_rescue_that_fails_ends_the_contact_and_one_unanswered_is_repeated(
    happening: Happening, is_asked_again: bool
) -> None:
    """There is no flow left that could say more."""
    step = advance(
        deleted(Session(target_queue_id=SUPPORT)).session,
        happening,
        scope={"Channel": "VOICE"},
        library=acme(),
        at=AT,
    )

    assert (step.effect is not None) is is_asked_again
    assert step.is_ended is not is_asked_again


def test_a_deleted_flow_without_a_queue_ends_the_contact() -> None:
    """Nobody knows where to."""
    step = deleted(Session())

    assert step.commands == (Disconnect(),)
    assert step.is_ended


def test_a_deleted_queue_flow_leaves_the_contact_in_the_queue() -> None:
    """Its place is not the flow's to give up."""
    step = deleted(Session(target_queue_id=SUPPORT), FlowType.CUSTOMER_QUEUE)

    assert step.is_ended
    assert step.commands == ()
    assert step.effect is None


def test_a_hook_to_a_flow_of_another_type_is_passed_over() -> None:
    """Its end would end the contact, which waits."""
    known = acme()
    session = Session(target_queue_id=SUPPORT, event_hooks={"CustomerQueue": "flow:Closed"})
    published = flow(block("Queue", "TransferContactToQueue", {}, fails="Failed"))
    known.publish([published])
    asked = begin(published, session=session, known=known)

    step = go_on(asked, QueueEntered(), published, known=known)

    assert [began.name for began in step.started] == ["Default customer queue"]


def test_prompts_do_not_end_a_step() -> None:
    """Everything that can be said at once is said in one turn."""
    published = flow(
        block("One", "MessageParticipant", {"Text": "1"}, "Two"),
        block("Two", "MessageParticipant", {"Text": "2"}, "Menu"),
        *menu().flow.actions.values(),
    )

    commands = begin(published).commands

    assert [type(command) for command in commands[:2]] == [PlayPrompt, PlayPrompt]
    assert len(commands) == 3
