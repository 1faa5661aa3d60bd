"""Blocks in which a person answers: a bot, a view, a sign-in, another line."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import (
    Answered,
    Ask,
    Disconnect,
    PlayPrompt,
    Port,
    Prompt,
    Refused,
    Step,
    Timeout,
    WaitKind,
)
from tests.core.flow.build import begin, block, branches, flow, go_on

BOT = {"Text": "How can we help?", "LexV2Bot": {"AliasArn": "arn:bot"}}
FAILS = {"InputTimeLimitExceeded": "Late", "NoMatchingError": "Failed", "NoMatchingCondition": "No"}


def listening() -> tuple[Step, object]:
    published = flow(
        block("Bot", "ConnectParticipantWithLexBot", BOT, when={"Sales": "End"}, fails=FAILS),
        block("Late", "DisconnectParticipant"),
        block("No", "DisconnectParticipant"),
    )
    return begin(published, channel="CHAT"), published


def test_a_bot_is_asked_after_its_prompt() -> None:
    """The customer hears or reads the question first."""
    step, _ = listening()

    assert step.commands == (PlayPrompt(Prompt(text="How can we help?")),)
    assert isinstance(step.effect, Ask)
    assert step.effect.port is Port.BOT
    assert step.effect.request["Bot"] == "arn:bot"
    assert step.session.wait is not None
    assert step.session.wait.kind is WaitKind.DIALOG


@pytest.mark.parametrize(
    ("reply", "target"),
    [
        (Answered({"IntentName": "Sales"}, result="Sales"), "End"),
        (Answered({"IntentName": "Fallback"}, result="Fallback"), "No"),
        (Answered(), "No"),
        (Refused("InputTimeLimitExceeded"), "Late"),
        (Timeout(), "Late"),
        (Refused(), "Failed"),
    ],
)
def test_the_intent_decides(reply: Answered | Refused | Timeout, target: str) -> None:
    """Each answer of a bot has its branch."""
    published = flow(
        block("Bot", "ConnectParticipantWithLexBot", BOT, when={"Sales": "End"}, fails=FAILS),
        block("Late", "DisconnectParticipant"),
        block("No", "DisconnectParticipant"),
    )
    step = go_on(begin(published, channel="CHAT"), reply, published, channel="CHAT")

    assert step.trace[0].next_block_id == target


def test_slots_are_found_by_path() -> None:
    """`$.Lex.Slots.city` is what the customer said."""
    published = flow(
        block("Bot", "ConnectParticipantWithLexBot", BOT, "Keep", fails="Failed"),
        block("Keep", "UpdateContactAttributes", {"Attributes": {"c": "$.Lex.Slots.city"}}, "End"),
    )
    answer = Answered({"Slots": {"city": "Lyon"}}, result="Where")

    step = go_on(begin(published), answer, published)

    assert step.session.attributes == {"c": "Lyon"}


def test_a_view_works_on_a_chat_and_not_on_a_call() -> None:
    """Nobody sees a form on a telephone."""
    view = block(
        "View",
        "ShowView",
        {"ViewResource": {"Id": "form"}, "InvocationTimeLimitSeconds": "400"},
        when={"Next": "End"},
        fails="Failed",
    )
    published = flow(view)

    assert branches(begin(published))[0] == ("View", "NoMatchingError")
    step = begin(published, channel="CHAT")
    assert isinstance(step.effect, Ask)
    assert step.effect.request["View"] == "form"
    chosen = Answered({"Action": "Next", "ViewResultData": {"n": 1}}, result="Next")
    after = go_on(step, chosen, published, channel="CHAT")
    assert branches(after)[0] == ("View", "Equals Next")
    assert after.session.results["Views"] == {"Action": "Next", "ViewResultData": {"n": 1}}


def dialled(*, comes_back: str) -> Step:
    parameters = {"ThirdPartyPhoneNumber": "+12025550188", "ContinueFlowExecution": comes_back}
    published = flow(
        block("Dial", "TransferParticipantToThirdParty", parameters, "Back", fails="Failed"),
        block("Back", "MessageParticipant", {"Text": "Welcome back"}, "End"),
    )
    step = begin(published)
    assert isinstance(step.effect, Ask)
    assert step.effect.request["Number"] == "+12025550188"
    return go_on(step, Answered(), published)


def test_a_caller_comes_back_from_another_line_when_told_so() -> None:
    """After the other party hung up the flow goes on."""
    assert branches(dialled(comes_back="True"))[0] == ("Dial", "next")


def test_a_caller_who_is_handed_over_is_not_cut_off() -> None:
    """The flow is over; the call is not."""
    step = dialled(comes_back="False")

    assert step.is_ended
    assert Disconnect() not in step.commands


def test_a_line_that_does_not_answer_has_its_branch() -> None:
    """Failing and not answering are told apart."""
    fails = {"CallFailed": "Failed", "ConnectionTimeLimitExceeded": "End", "NoMatchingError": "End"}
    parameters = {"ThirdPartyPhoneNumber": "+12025550188", "ContinueFlowExecution": "False"}
    published = flow(block("Dial", "TransferParticipantToThirdParty", parameters, fails=fails))

    step = begin(published)

    assert branches(go_on(step, Refused("CallFailed"), published))[0] == ("Dial", "CallFailed")
    late = go_on(step, Timeout(), published)
    assert branches(late)[0] == ("Dial", "ConnectionTimeLimitExceeded")


def test_an_agent_who_takes_a_transfer_ends_the_flow_and_not_the_call() -> None:
    """One who is busy ends both, as the block has no other way out."""
    published = flow(block("Agent", "TransferContactToAgent"))
    step = begin(published)

    assert Disconnect() not in go_on(step, Answered(), published).commands
    assert Disconnect() in go_on(step, Refused(), published).commands


def test_a_person_who_answers_a_bot_may_answer_it_for_ever() -> None:
    """The limit is for circles without people."""
    published = flow(block("Bot", "ConnectParticipantWithLexBot", BOT, "Bot", fails="Bot"))
    step = begin(published, channel="CHAT")
    for _ in range(1_500):
        step = go_on(step, Answered(result="Again"), published, channel="CHAT")

    assert not step.is_ended
