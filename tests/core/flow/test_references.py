"""What a flow names outside itself."""

from __future__ import annotations

from chalicelib.core.flow import Reference, references_of, unresolved
from tests.caller import acme
from tests.core.flow.build import block, flow

PUBLISHED = flow(
    block("Set", "UpdateContactTargetQueue", {"QueueId": "queue:Nope"}, "Dynamic"),
    block("Dynamic", "UpdateContactTargetQueue", {"QueueId": "$.Attributes.queue"}, "Hook"),
    block(
        "Hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "flow:Gone"}}, "Open"
    ),
    block("Open", "CheckHoursOfOperation", {"HoursOfOperationId": "hours:Office"}, "Call"),
    block("Call", "InvokeLambdaFunction", {"LambdaFunctionARN": "function:f"}, "End"),
)


def test_every_static_reference_is_listed_with_its_place() -> None:
    """What comes from a JSONPath is not known before it runs."""
    assert references_of(PUBLISHED.flow) == [
        Reference("queue", "queue:Nope", "Actions[0].Parameters.QueueId"),
        Reference("flow", "flow:Gone", "Actions[2].Parameters.EventHooks.CustomerQueue"),
        Reference("hours", "hours:Office", "Actions[3].Parameters.HoursOfOperationId"),
        Reference("function", "function:f", "Actions[4].Parameters.LambdaFunctionARN"),
    ]


def test_references_to_nothing_are_problems_with_field_and_value() -> None:
    """So that publishing can refuse them, naming both."""
    assert [str(problem) for problem in unresolved(PUBLISHED.flow, acme())] == [
        "There is no queue queue:Nope. Path: Actions[0].Parameters.QueueId",
        "There is no flow flow:Gone. Path: Actions[2].Parameters.EventHooks.CustomerQueue",
    ]


def test_a_module_that_is_not_there_is_told() -> None:
    """As a flow that is not there would be."""
    invoking = flow(block("Invoke", "InvokeFlowModule", {"FlowModuleId": "No such"}, "End")).flow

    assert [str(problem) for problem in unresolved(invoking, acme())] == [
        "There is no module No such. Path: Actions[0].Parameters.FlowModuleId"
    ]


def test_recordings_must_be_there_wherever_they_are_played() -> None:
    """Else the caller would hear nothing at all."""
    messages = [{"PromptId": "prompt:Hello"}, {"PromptId": "arn:aws:connect:x/prompt/p-2"}]
    playing = flow(
        block("Say", "MessageParticipant", {"PromptId": "prompt:Gone"}, "Dynamic"),
        block("Dynamic", "MessageParticipant", {"PromptId": "$.Attributes.prompt"}, "Loop"),
        block("Loop", "MessageParticipantIteratively", {"Messages": messages}),
    ).flow

    assert [str(problem) for problem in unresolved(playing, acme())] == [
        "There is no prompt prompt:Gone. Path: Actions[0].Parameters.PromptId",
        "There is no prompt arn:aws:connect:x/prompt/p-2. "
        "Path: Actions[2].Parameters.Messages[1].PromptId",
    ]


def test_our_own_bots_must_be_there_and_others_are_their_runners_business() -> None:
    """A Lex alias is known by its ARN, to Lex alone."""

    def speaking(bot: str) -> list[str]:
        asking = flow(
            block("Ask", "ConnectParticipantWithLexBot", {"LexV2Bot": {"AliasArn": bot}}, "End")
        ).flow
        return [str(problem) for problem in unresolved(asking, acme())]

    assert speaking("arn:aws:lex:us-east-1:1:bot-alias/B/A") == []
    assert speaking("bot:nobody") == [
        "There is no bot bot:nobody. Path: Actions[0].Parameters.LexV2Bot.AliasArn"
    ]
