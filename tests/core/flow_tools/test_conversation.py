"""Conversations are held on the real engine with a virtual clock, and fail in plain words."""

from __future__ import annotations

from chalicelib.core.flow import PublishedFlow
from chalicelib.core.flow_tools.center import Center, Reply
from chalicelib.core.flow_tools.conversation import Failure, Verdict, run
from tests.core.flow.build import block, flow
from tests.core.flow_tools.test_reading import conversation

MENU = flow(
    block(
        "Look up",
        "InvokeLambdaFunction",
        {"LambdaFunctionARN": "function:who"},
        "Menu",
        fails="End",
    ),
    block(
        "Menu",
        "GetParticipantInput",
        {
            "Text": "Hello $.External.name, press 1",
            "StoreInput": "False",
            "InputTimeLimitSeconds": "6",
        },
        "End",
        when={"1": "Open"},
        fails={
            "InputTimeLimitExceeded": "Slow",
            "NoMatchingCondition": "Menu",
            "NoMatchingError": "End",
        },
    ),
    block("Slow", "MessageParticipant", {"Text": "Too slow"}, "Menu"),
    block(
        "Open",
        "CheckHoursOfOperation",
        {"HoursOfOperationId": "hours:Office"},
        "Sales",
        when={"True": "Sales", "False": "End"},
        fails="End",
    ),
    block("Sales", "UpdateContactTargetQueue", {"QueueId": "queue:Sales"}, "Queue", fails="End"),
    block(
        "Queue",
        "TransferContactToQueue",
        {},
        fails={"QueueAtCapacity": "End", "NoMatchingError": "End"},
    ),
    name="Main",
)


def hold(
    *steps: object, center: Center | None = None, given: dict[str, object] | None = None
) -> Verdict:
    script, mistakes = conversation(*steps, **(given or {}))
    assert [] == mistakes
    return run(script, (center or Center()).publish([MENU]))


def failure(*steps: object, given: dict[str, object] | None = None) -> Failure:
    found = hold(*steps, given=given).failure
    assert found is not None
    return found


def test_a_conversation_that_goes_as_written_is_kept() -> None:
    """The whole way: what is heard, pressed and where it ends."""
    verdict = hold({"hears": "press 1"}, {"presses": "1"}, {"ends": "queued in Sales"})

    assert verdict.failure is None
    assert ["Look up", "Menu", "Open", "Sales", "Queue"] == [b.block_id for b in verdict.trace]


def test_a_failure_says_what_was_heard_instead_and_the_path() -> None:
    """An admin sees at once where the flow went another way."""
    found = failure({"hears": "Bonjour"}, {"ends": "waiting"})

    assert "does not hear 'Bonjour'" == found.message
    assert ("Hello , press 1",) == found.heard
    assert ("Look up (next)",) == found.path


def test_another_end_is_named() -> None:
    assert "waiting, not queued in Billing" == failure({"ends": "queued in Billing"}).message


def test_time_passes_only_when_the_conversation_says_so() -> None:
    """A time-out of 6 s happens at 6 s: not before, and to the second."""
    before = hold({"waits": "5s"}, {"does not hear": "Too slow"}, {"ends": "waiting"})
    after = hold({"waits": "5s"}, {"waits": "1s"}, {"hears": "Too slow"}, {"ends": "waiting"})

    assert (before.failure, after.failure) == (None, None)


def test_functions_return_fail_and_are_slow() -> None:
    """What the world around does is part of the conversation."""
    known = hold(
        {"hears": "Hello Ana"},
        {"ends": "waiting"},
        given={"lambda who": {"returns": {"name": "Ana"}}},
    )
    fails = hold({"ends": "disconnected"}, given={"lambda who": "fails"})
    slow = hold({"ends": "disconnected"}, given={"lambda who": "slow 9s"})
    in_time = hold({"ends": "waiting"}, given={"lambda who": "slow 2s"})

    assert [None] * 4 == [v.failure for v in (known, fails, slow, in_time)]


def test_queues_are_full_and_hours_closed_when_a_conversation_says_so() -> None:
    """And it is so for this conversation only: the center itself is not changed."""
    center = Center()

    full = hold(
        {"presses": "1"}, {"ends": "disconnected"}, center=center, given={"queue Sales": "full"}
    )
    shut = hold(
        {"presses": "1"}, {"ends": "disconnected"}, center=center, given={"hours Office": "closed"}
    )
    free = hold({"presses": "1"}, {"ends": "queued"}, center=center)

    assert [None] * 3 == [v.failure for v in (full, shut, free)]


def test_a_center_that_is_listed_has_nothing_else() -> None:
    """A conversation about a queue that does not exist tests nothing."""
    listed = Center(invents=False, functions={"who": Reply({})})

    found = hold({"ends": "waiting"}, center=listed, given={"queue Sails": "full"}).failure

    assert found is not None
    assert "the center has no queue 'Sails'" == found.message


def test_steps_that_cannot_be_are_failures() -> None:
    """Keys that nobody asks for, settings that come too late, an end that is not said."""
    keys = failure({"presses": "1"}, {"presses": "1"}, {"ends": "queued"})
    late = failure({"presses": "1"}, {"channel": "chat"}, {"ends": "queued"})
    endless = failure({"presses": "1"})
    unknown = failure({"ends": "waiting"}, given={"flow": "Nowhere"})

    assert "nobody asks for an answer: queued in Sales" == keys.message
    assert "comes too late: the contact has begun" == late.message
    assert "the last step must say how it `ends`" == endless.message
    assert "there is no flow 'Nowhere'" == unknown.message


def test_a_bot_understands_what_it_is_told() -> None:
    """`says` answers where a bot listens; a service's answer can be fixed as well."""
    bot: PublishedFlow = flow(
        block(
            "Bot",
            "ConnectParticipantWithLexBot",
            {"Text": "How can we help?", "LexV2Bot": {"AliasArn": "bot:Help"}},
            "End",
            when={"Sales": "Queue"},
            fails={"NoMatchingCondition": "End", "NoMatchingError": "End"},
        ),
        block("Queue", "TransferContactToQueue", {"QueueId": "queue:Sales"}, fails="End"),
        name="Bot",
    )
    script, _ = conversation(
        {"hears": "help"}, {"says": "Sales"}, {"ends": "queued in Sales"}, flow="Bot"
    )
    fixed, _ = conversation(
        {"ends": "queued in Sales"}, flow="Bot", **{"service bot": "answers Sales"}
    )

    center = Center().publish([bot])

    assert (None, None) == (run(script, center).failure, run(fixed, center).failure)


def test_the_same_conversation_gives_the_same_trace() -> None:
    """Byte for byte: nothing of the machine it runs on is in it."""
    once, twice = (hold({"presses": "1"}, {"ends": "queued"}) for _ in range(2))

    assert repr(once.trace) == repr(twice.trace)


def test_a_flow_that_never_rests_is_stopped_and_named() -> None:
    """Prompt, function, prompt, function: a test must not hang on it."""
    endless = flow(
        block("Say", "MessageParticipant", {"Text": "Hm"}, "Queue"),
        block("Queue", "TransferContactToQueue", {"QueueId": "queue:Sales"}, fails="Say"),
        name="Endless",
    )
    script, _ = conversation({"ends": "waiting"}, flow="Endless", **{"queue Sales": "full"})

    found = run(script, Center().publish([endless])).failure

    assert found is not None
    assert "the flow goes round and round without asking anybody" in found.message
