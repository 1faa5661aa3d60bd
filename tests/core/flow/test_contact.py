"""Blocks that change the contact."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import (
    Action,
    EnterQueue,
    PlaybackFinished,
    QueueEntered,
    QueueRefused,
    Session,
    Step,
    Timeout,
    WaitKind,
)
from chalicelib.core.ids import QueueId
from tests.core.flow.build import begin, block, branches, flow, go_on, library

SUPPORT = QueueId("q-support")
QUEUE = block(
    "Queue",
    "TransferContactToQueue",
    {},
    "End",
    fails={"QueueAtCapacity": "Full", "NoMatchingError": "Failed"},
)
FULL = block("Full", "EndFlowExecution")


def run(action: Action, **session: object) -> Step:
    return begin(flow(action), session=Session(**session), channel="CHAT")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reference",
    ["queue:Support", "Support", "q-support", "arn:aws:connect:x:y:instance/i/queue/q-support"],
)
def test_the_working_queue_is_set_by_any_name(reference: str) -> None:
    """By id, by ARN or by name."""
    step = run(
        block("Set", "UpdateContactTargetQueue", {"QueueId": reference}, "End", fails="Failed")
    )

    assert step.session.target_queue_id == SUPPORT
    assert step.trace[0].changed == {"$.Queue.Name": "Support"}


@pytest.mark.parametrize(
    "parameters", [{"QueueId": "queue:Nope"}, {"QueueId": ""}, {"AgentId": "a"}]
)
def test_a_queue_that_is_not_there_takes_the_error_branch(parameters: dict[str, object]) -> None:
    """And the working queue stays what it was."""
    step = run(
        block("Set", "UpdateContactTargetQueue", parameters, "End", fails="Failed"),
        target_queue_id=SUPPORT,
    )

    assert branches(step)[0] == ("Set", "NoMatchingError")
    assert step.session.target_queue_id == SUPPORT


def test_a_transfer_asks_for_a_place_and_waits() -> None:
    """The queue answers; the block decides nothing by itself."""
    step = run(QUEUE, target_queue_id=SUPPORT)

    assert step.effect == EnterQueue(SUPPORT)
    assert step.session.wait is not None
    assert step.session.wait.kind is WaitKind.QUEUE


@pytest.mark.parametrize(
    ("error_type", "target"), [("QueueAtCapacity", "Full"), ("NoMatchingError", "Failed")]
)
def test_a_refused_place_takes_the_branch_that_says_why(error_type: str, target: str) -> None:
    """Full is not broken."""
    published = flow(QUEUE, FULL)
    asked = begin(published, session=Session(target_queue_id=SUPPORT))

    step = go_on(asked, QueueRefused(error_type), published)

    assert step.trace[0].branch == error_type
    assert step.trace[0].next_block_id == target


def test_a_transfer_without_a_queue_takes_the_error_branch() -> None:
    """There is nowhere to go."""
    assert branches(run(QUEUE))[0] == ("Queue", "NoMatchingError")


def test_a_transfer_may_name_the_queue_itself() -> None:
    """As exports of some years ago do."""
    named = block("Queue", "TransferContactToQueue", {"QueueId": "Support"}, "End", fails="Failed")

    assert run(named).effect == EnterQueue(SUPPORT)


def test_a_caller_hears_the_message_before_the_queue() -> None:
    """Hold prompts must not cut off what is being said."""
    published = flow(
        block("Say", "MessageParticipant", {"Text": "One moment."}, "Queue"), QUEUE, FULL
    )
    speaking = begin(published, session=Session(target_queue_id=SUPPORT))

    step = go_on(speaking, PlaybackFinished(), published)

    assert speaking.effect is None
    assert step.effect == EnterQueue(SUPPORT)


def test_a_place_that_nobody_answers_for_is_asked_for_again() -> None:
    """Whoever was to answer may have died; the contact must not wait for ever."""
    published = flow(QUEUE, FULL)
    asked = begin(published, session=Session(target_queue_id=SUPPORT))

    again = go_on(asked, Timeout(), published)

    assert again.effect == EnterQueue(SUPPORT)
    assert again.session.waits == asked.session.waits + 1


def test_the_queues_flow_begins_in_the_step_that_ends_the_first() -> None:
    """Nobody stands between two flows."""
    published = flow(QUEUE, FULL)
    known = library(published)
    asked = begin(published, session=Session(target_queue_id=SUPPORT), known=known)

    step = go_on(asked, QueueEntered(), published, known=known)

    assert [began.name for began in step.started] == ["Default customer queue"]
    assert branches(step) == [("Queue", "end"), ("Hold", "waiting")]
    assert not step.is_ended


def test_a_hook_chooses_the_flow_of_the_queue() -> None:
    """Before the default."""
    hook = block(
        "Hook",
        "UpdateContactEventHooks",
        {"EventHooks": {"CustomerQueue": "Customer queue"}},
        "Queue",
    )
    published = flow(hook, QUEUE, FULL)
    known = library(published)
    asked = begin(published, session=Session(target_queue_id=SUPPORT), known=known)

    step = go_on(asked, QueueEntered(), published, known=known)

    assert [began.name for began in step.started] == ["Customer queue"]


def test_a_queue_without_a_flow_is_waited_in_without_one() -> None:
    """The contact is not dropped for want of hold music."""
    published = flow(QUEUE, FULL)
    known = library(published)
    known.delete("Default customer queue")
    asked = begin(published, session=Session(target_queue_id=SUPPORT), known=known)

    step = go_on(asked, QueueEntered(), published, known=known)

    assert step.is_ended
    assert step.commands == ()
    assert step.session.flow_id is None


@pytest.mark.parametrize(
    "hooks",
    [{"CustomerQueue": "Nope"}, {"CustomerQueue": "$.External.none"}, {}, {"CustomerQueue": ""}],
)
def test_a_hook_to_nowhere_takes_the_error_branch(hooks: dict[str, str]) -> None:
    """It would be found out when it is too late."""
    step = run(
        block("Hook", "UpdateContactEventHooks", {"EventHooks": hooks}, "End", fails="Failed")
    )

    assert branches(step)[0] == ("Hook", "NoMatchingError")
    assert step.session.event_hooks == {}


def test_attributes_are_set_with_references_resolved() -> None:
    """Keys and values alike; those that were there stay."""
    wanted = {"greeting": "Hi $.Attributes.name", "$.Attributes.name": 5, "flag": True}

    step = run(
        block("Set", "UpdateContactAttributes", {"Attributes": wanted}, "End", fails="Failed"),
        attributes={"name": "Ana"},
    )

    assert step.session.attributes == {
        "name": "Ana",
        "greeting": "Hi Ana",
        "Ana": "5",
        "flag": "true",
    }
    assert step.trace[0].changed["$.Attributes.greeting"] == "Hi Ana"


@pytest.mark.parametrize(
    "parameters",
    [
        {"Attributes": {"ok": "1", "a": "x" * 32_768}},
        {"Attributes": {"ok": "1", "$.Attributes.bad": "2"}},
        {"Attributes": {"ok": "1", "$.Attributes.none": "2"}},
        {"Attributes": "x"},
    ],
)
def test_attributes_are_set_all_or_none(parameters: dict[str, object]) -> None:
    """32 KB in all, and no name that no path could reach."""
    step = run(
        block("Set", "UpdateContactAttributes", parameters, "End", fails="Failed"),
        attributes={"bad": "a.b"},
    )

    assert branches(step)[0] == ("Set", "NoMatchingError")
    assert step.session.attributes == {"bad": "a.b"}


def test_the_language_is_spoken_from_then_on() -> None:
    """Prompts carry it to whatever speaks them."""
    published = flow(
        block("Set", "UpdateContactData", {"LanguageCode": "vi-VN"}, "Say", fails="Failed"),
        block("Say", "MessageParticipant", {"Text": "$.LanguageCode"}, "End"),
    )

    command = begin(published).commands[0]

    assert command.prompt.language_code == "vi-VN"  # type: ignore[union-attr]  # a PlayPrompt
    assert command.prompt.text == "vi-VN"  # type: ignore[union-attr]  # a PlayPrompt


@pytest.mark.parametrize("language", ["english", "", "$.External.none", "EN-us"])
def test_what_is_no_language_takes_the_error_branch(language: str) -> None:
    """Nothing could speak it."""
    step = run(block("Set", "UpdateContactData", {"LanguageCode": language}, "End", fails="Failed"))

    assert branches(step)[0] == ("Set", "NoMatchingError")


@pytest.mark.parametrize(
    ("named", "recorded"),
    [(["Customer", "Agent"], ("Agent", "Customer")), (["Agent"], ("Agent",)), ([], ())],
)
def test_recording_is_switched_for_each_side(named: list[str], recorded: tuple[str, ...]) -> None:
    """Nobody named, nobody recorded."""
    parameters = {"RecordingBehavior": {"RecordedParticipants": named}}

    step = run(
        block("Record", "UpdateContactRecordingBehavior", parameters, "End"),
        recorded_participants=("Customer",),
    )

    assert step.session.recorded_participants == recorded
