"""Blocks that speak and listen."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import (
    CollectInput,
    Disconnect,
    InputReceived,
    PlaybackFinished,
    PlayLoop,
    PlayPrompt,
    Prompt,
    Session,
    Step,
    Timeout,
    WaitKind,
    spoken_text,
)
from tests.core.flow.build import begin, block, branches, flow, go_on

MENU = block(
    "Menu",
    "GetParticipantInput",
    {"Text": "Press 1", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
    "Failed",
    when={"1": "End", "#": "End"},
    fails={
        "InputTimeLimitExceeded": "Late",
        "NoMatchingCondition": "Wrong",
        "NoMatchingError": "Failed",
    },
)
LATE = block("Late", "DisconnectParticipant")
WRONG = block("Wrong", "DisconnectParticipant")


def say(parameters: dict[str, object], **how: str) -> Step:
    published = flow(block("Say", "MessageParticipant", parameters, "End", fails="Failed"))
    session = Session(attributes={"name": "A & B", "markup": "<speak>Hi</speak>"})
    return begin(published, session=session, channel=how.get("channel", "VOICE"))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Text": " Hello $.Attributes.name. "}, Prompt(text="Hello A & B.")),
        ({"SSML": "<p>$.Attributes.name</p>"}, Prompt(ssml="<p>A &amp; B</p>")),
        ({"SSML": "$.Attributes.markup"}, Prompt(ssml="<speak>Hi</speak>")),
        ({"PromptId": "prompt:Hello"}, Prompt(prompt_id="prompt:Hello")),
        ({"Media": {"Uri": "s3://b/$.Attributes.name"}}, Prompt(media_uri="s3://b/A & B")),
    ],
)
def test_a_message_is_played_from_each_kind_of_source(
    parameters: dict[str, object], expected: Prompt
) -> None:
    """References are resolved; inside markup they are text and cannot break it."""
    assert say(parameters).commands == (PlayPrompt(expected),)


def test_a_call_is_not_ended_while_the_message_still_plays() -> None:
    """First the last words, then the end."""
    published = flow(block("Say", "MessageParticipant", {"Text": "Goodbye."}, "End"))

    waiting = begin(published)
    ended = go_on(waiting, PlaybackFinished(), published)

    assert waiting.session.wait is not None
    assert waiting.session.wait.kind is WaitKind.PLAYBACK
    assert not waiting.is_ended
    assert ended.commands == (Disconnect(),)
    assert ended.is_ended


def test_a_device_that_never_reports_does_not_hold_the_call() -> None:
    """The time-out of the wait does as well as the report."""
    published = flow(block("Say", "MessageParticipant", {"Text": "Goodbye."}, "End"))

    assert go_on(begin(published), Timeout(), published).is_ended


def test_a_message_of_a_chat_is_delivered_at_once() -> None:
    """Nothing plays, so nothing is waited for."""
    step = say({"Text": "Goodbye."}, channel="CHAT")

    assert step.commands == (PlayPrompt(Prompt(text="Goodbye.")), Disconnect())


@pytest.mark.parametrize("parameters", [{"PromptId": "x"}, {"SSML": "x"}, {"Media": {"Uri": "x"}}])
def test_a_chat_cannot_play_sound(parameters: dict[str, object]) -> None:
    """Only text is written; the rest takes the error branch."""
    assert branches(say(parameters, channel="CHAT"))[0] == ("Say", "NoMatchingError")


@pytest.mark.parametrize(
    "parameters", [{"PromptId": "$.External.none"}, {"PromptId": "prompt:Gone"}, {"Media": {}}]
)
def test_a_prompt_that_leads_nowhere_takes_the_error_branch(parameters: dict[str, object]) -> None:
    """A recording that is not there is an error; a text that came out empty is not."""
    assert branches(say(parameters))[0] == ("Say", "NoMatchingError")


@pytest.mark.parametrize(
    ("text", "channel", "branch"),
    [
        ("x" * 3_000, "VOICE", "next"),
        ("x" * 3_001, "VOICE", "NoMatchingError"),
        ("x" * 6_000, "CHAT", "next"),
        ("$.Attributes.long$.Attributes.long", "CHAT", "NoMatchingError"),
    ],
    ids=["heard", "too long to hear", "read", "too long to read"],
)
def test_what_nobody_would_listen_to_takes_the_error_branch(
    text: str, channel: str, branch: str
) -> None:
    """Also where only the contact's attributes make it so long."""
    published = flow(block("Say", "MessageParticipant", {"Text": text}, "End", fails="Failed"))

    step = begin(published, channel=channel, session=Session(attributes={"long": "x" * 3_001}))

    assert (step.trace[0].block_id, step.trace[0].branch) == ("Say", branch)


@pytest.mark.parametrize("parameters", [{"Text": "$.External.none"}, {"SSML": " "}])
def test_an_empty_message_is_passed_over(parameters: dict[str, object]) -> None:
    """There is nothing to say, so nothing is said."""
    step = say(parameters)

    assert step.commands == (Disconnect(),)
    assert branches(step)[0] == ("Say", "next")


@pytest.mark.parametrize("channel", ["TASK", "EMAIL"])
def test_a_task_hears_nothing_and_goes_on(channel: str) -> None:
    """No effect, no error."""
    assert say({"Text": "Hi"}, channel=channel).commands == (Disconnect(),)


def test_a_menu_collects_one_key_and_lets_every_key_count() -> None:
    """`#` and `*` are answers here, not controls."""
    published = flow(MENU, LATE, WRONG)

    step = begin(published)

    assert step.commands == (
        CollectInput(Prompt(text="Press 1"), 1, 5, terminator="", cancel_key=None),
    )
    assert step.session.wait is not None
    assert step.session.wait.kind is WaitKind.INPUT
    assert step.trace == ()


@pytest.mark.parametrize(
    ("digits", "branch"),
    [
        ("1", "Equals 1"),
        ("12#", "Equals 1"),
        ("#", "Equals #"),
        ("9", "NoMatchingCondition"),
        ("x", "NoMatchingCondition"),
        ("", "InputTimeLimitExceeded"),
    ],
)
def test_a_menu_branches_on_the_first_key(digits: str, branch: str) -> None:
    """What was typed too fast after it does not count."""
    published = flow(MENU, LATE, WRONG)

    step = go_on(begin(published), InputReceived(digits), published)

    assert branches(step)[0] == ("Menu", branch)
    assert step.trace[0].given["Text"] == "Press 1"


def test_a_menu_without_an_answer_takes_its_time_limit_branch() -> None:
    """Late is not wrong."""
    published = flow(MENU, LATE, WRONG)

    step = go_on(begin(published), Timeout(), published)

    assert branches(step) == [("Menu", "InputTimeLimitExceeded"), ("Late", "end")]


@pytest.mark.parametrize("channel", ["CHAT", "TASK", "EMAIL"])
def test_only_calls_have_keys(channel: str) -> None:
    """Everywhere else a menu is an error."""
    assert branches(begin(flow(MENU, LATE, WRONG), channel=channel))[0] == (
        "Menu",
        "NoMatchingError",
    )


def store(validation: dict[str, object] | None = None, **more: object) -> tuple[Step, object]:
    parameters = {
        "Text": "Number?",
        "StoreInput": True,
        "InputTimeLimitSeconds": 5,
        "InputValidation": validation or {"CustomValidation": {"MaximumLength": "4"}},
        **more,
    }
    published = flow(
        block(
            "Ask",
            "GetParticipantInput",
            parameters,
            "End",
            fails={"InvalidPhoneNumber": "Wrong", "NoMatchingError": "Failed"},
        ),
        WRONG,
    )
    return begin(published), published


@pytest.mark.parametrize(
    ("digits", "stored"),
    [
        ("1234", "1234"),
        ("12#", "12"),
        ("123456", "1234"),
        ("1a💥2", "12"),
        ("", "Timeout"),
        ("#", "Timeout"),
    ],
)
def test_digits_are_stored_without_their_terminator(digits: str, stored: str) -> None:
    """As many as asked for; none at all is the word Timeout, as Amazon Connect stores it."""
    asked, published = store()

    step = go_on(asked, InputReceived(digits), published)  # type: ignore[arg-type]  # a flow

    assert step.session.stored_input == stored
    assert branches(step)[0] == ("Ask", "next")


def test_a_silent_caller_stores_timeout_and_goes_on() -> None:
    """Success, not an error."""
    asked, published = store()

    step = go_on(asked, Timeout(), published)  # type: ignore[arg-type]  # a flow

    assert step.session.stored_input == "Timeout"
    assert step.trace[0].changed == {"$.StoredCustomerInput": "Timeout"}


def test_the_keypad_is_set_as_asked() -> None:
    """Its terminator, its cancel key, the time between digits."""
    asked, _ = store(
        DTMFConfiguration={
            "InputTerminationSequence": "*#",
            "DisableCancelKey": "True",
            "InterdigitTimeLimitSeconds": "3",
        }
    )

    assert asked.commands == (
        CollectInput(Prompt(text="Number?"), 4, 5, 3, terminator="*#", cancel_key=None),
    )


@pytest.mark.parametrize(
    ("form", "digits", "stored"),
    [
        ("E164", "12025550123", "+12025550123"),
        ("E164", "+12025550123", "+12025550123"),
        ("E164", "999", None),
        ("E164", "0442071234567", None),
        ("Local", "2025550123", "2025550123"),
        ("Local", "12", None),
        ("Local", "12*4", None),
    ],
)
def test_a_phone_number_is_checked(form: str, digits: str, stored: str | None) -> None:
    """A keypad has no plus sign; what cannot be a number has a branch of its own."""
    asked, published = store({"PhoneNumberValidation": {"NumberFormat": form, "CountryCode": "US"}})

    step = go_on(asked, InputReceived(digits), published)  # type: ignore[arg-type]  # a flow

    assert step.session.stored_input == stored
    assert branches(step)[0] == ("Ask", "next" if stored else "InvalidPhoneNumber")


def test_nobody_types_in_clear_what_is_to_be_encrypted() -> None:
    """The number of a card would be kept and passed on as it was typed."""
    asked, _ = store(InputEncryption={"EncryptionKeyId": "k", "Key": "pem"})

    assert not [each for each in asked.commands if isinstance(each, CollectInput)]
    assert branches(asked)[0] == ("Ask", "NoMatchingError")


def test_what_was_asked_for_before_blocks_refused_to_encrypt_is_not_kept() -> None:
    """The call may be older than this rule."""
    asked, _ = store()
    _, encrypting = store(InputEncryption={"EncryptionKeyId": "k", "Key": "pem"})

    step = go_on(asked, InputReceived("4111"), encrypting)  # type: ignore[arg-type]  # a flow

    assert step.session.stored_input is None
    assert "4111" not in str(step.trace)


def test_a_length_that_leads_nowhere_takes_the_error_branch() -> None:
    """How many digits to wait for cannot be guessed."""
    asked, _ = store({"CustomValidation": {"MaximumLength": "$.External.none"}})

    assert branches(asked)[0] == ("Ask", "NoMatchingError")


def test_switching_the_digit_buffer_does_nothing() -> None:
    """Digits are not held back here; the block succeeds."""
    step = begin(flow(block("Buffer", "GetParticipantInput", {"EnableDTMFBuffer": "True"}, "End")))

    assert branches(step)[0] == ("Buffer", "next")


HOLD = block(
    "Hold",
    "MessageParticipantIteratively",
    {"Messages": [{"Text": "Please wait"}, {"Text": ""}], "InterruptFrequencySeconds": "30"},
    when={"MessagesInterrupted": "End"},
    fails="Failed",
)


def test_looped_prompts_play_until_the_interrupt() -> None:
    """The interrupt is the block's only result."""
    published = flow(HOLD)

    waiting = begin(published)
    step = go_on(waiting, Timeout(), published)

    assert waiting.commands == (PlayLoop((Prompt(text="Please wait"),), 30),)
    assert branches(waiting) == [("Hold", "waiting")]
    assert branches(step)[0] == ("Hold", "Equals MessagesInterrupted")


def test_looped_prompts_without_an_interrupt_never_end_by_themselves() -> None:
    """Only an agent or the caller ends them; a stray time-out does not."""
    endless = block("Hold", "MessageParticipantIteratively", {"Messages": [{"Text": "Wait"}]})
    published = flow(endless)
    waiting = begin(published)

    step = go_on(waiting, Timeout(), published)

    assert step.session == waiting.session
    assert step.commands == ()


@pytest.mark.parametrize("channel", ["CHAT", "TASK", "EMAIL"])
def test_looped_prompts_are_for_calls(channel: str) -> None:
    """A chat has nothing to loop."""
    assert branches(begin(flow(HOLD), channel=channel))[0] == ("Hold", "NoMatchingError")


@pytest.mark.parametrize("messages", [[{"Text": "$.External.none"}], [{"PromptId": ""}], [], "x"])
def test_looped_prompts_with_nothing_to_say_take_the_error_branch(messages: object) -> None:
    """Silence for ever is nobody's wish."""
    block_ = block("Hold", "MessageParticipantIteratively", {"Messages": messages}, fails="Failed")

    assert branches(begin(flow(block_)))[0] == ("Hold", "NoMatchingError")


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (Prompt(text="Press <1>"), "Press <1>"),
        (Prompt(ssml="<speak>A &amp; B<break/>C</speak>"), "A & B C"),
        (Prompt(prompt_id="x"), ""),
        (Prompt(media_uri="s3://x"), ""),
    ],
)
def test_a_prompt_can_be_read(prompt: Prompt, text: str) -> None:
    """For people who read it instead, and for chats."""
    assert spoken_text(prompt) == text
