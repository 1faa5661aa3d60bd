"""Blocks in which a person answers through a service: a bot, a view, a sign-in, another line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.blocks.asking import Question, asks, everything
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import PlayPrompt, Port
from chalicelib.core.flow.model import Problem
from chalicelib.core.flow.prompts import PARAMETERS, SOURCES, NothingToSay, described, prompt_of
from chalicelib.core.flow.spec import Block, Parameter, required
from chalicelib.core.flow.turn import (
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    Outcome,
    Turn,
    failed,
)

TURN_SECONDS = 300.0  # of a conversation with a bot; a bot gives up far sooner
DIAL_SECONDS = 600  # the longest a line may ring
USUAL_DIAL_SECONDS = 30
VIEW_SECONDS = 604_800


def speaking_first(run: Callable[[Turn], Outcome]) -> Callable[[Turn], Outcome]:
    """The same block, which says its prompt before it asks."""

    def speak(turn: Turn) -> Outcome:
        outcome = run(turn)
        if turn.reply is not None:
            return outcome
        try:
            prompt = prompt_of(turn, turn.action.parameters)
        except NothingToSay as missing:
            return failed(missing=str(missing))
        if prompt is None:
            return outcome
        return replace(
            outcome,
            session=changed(outcome.session or turn.session, unplayed=True),
            commands=(PlayPrompt(prompt),),
            given={**outcome.given, **described(prompt)},
        )

    return speak


def _bot(turn: Turn) -> Mapping[str, object] | None:
    """Which bot, and what it is told; version 1 bots have a name instead of an alias."""
    v2, v1 = turn.parameter("LexV2Bot"), turn.parameter("LexBot")
    bot = v2 if isinstance(v2, Mapping) else v1
    if not isinstance(bot, Mapping):
        return None
    name = turn.whole(bot.get("AliasArn")) or turn.whole(bot.get("Name"))
    if name is None:
        return None
    started = turn.parameter("LexInitializationData")
    first = started.get("InitialMessage") if isinstance(started, Mapping) else None
    return {
        "Bot": name,
        "Alias": turn.whole(bot.get("Alias")) or "",
        "SessionAttributes": values.interpolate_deep(
            turn.parameter("LexSessionAttributes") or {}, turn.root
        ),
        "InitialMessage": turn.text(first),
        "LanguageCode": turn.session.language_code,
    }


def _bot_seconds(turn: Turn) -> float:
    limit = turn.parameter("LexTimeoutSeconds")
    written = limit.get("Text") if isinstance(limit, Mapping) else None
    return values.whole_number(turn.whole(written) or "", 1, VIEW_SECONDS) or TURN_SECONDS


def _view(turn: Turn) -> Mapping[str, object] | None:
    resource = turn.parameter("ViewResource")
    identifier = turn.whole(resource.get("Id")) if isinstance(resource, Mapping) else None
    return None if identifier is None else {**everything(turn), "View": identifier}


def _number(turn: Turn) -> Mapping[str, object] | None:
    number = turn.whole(turn.parameter("ThirdPartyPhoneNumber"))
    if number is None:
        return None
    return {**everything(turn), "Number": number, "CallerNumber": turn.customer_number}


def _ring_seconds(turn: Turn) -> float | None:
    """With a way back nobody knows how long the other party talks; else it only has to answer."""
    if _comes_back(turn):
        return None
    limit = turn.whole(turn.parameter("ThirdPartyConnectionTimeLimitSeconds"))
    return values.whole_number(limit or "", 1, DIAL_SECONDS) or USUAL_DIAL_SECONDS


def _comes_back(turn: Turn) -> bool:
    return values.is_true(turn.parameter("ContinueFlowExecution"))


def _seconds(name: str) -> Callable[[Turn], float]:
    return lambda turn: float(
        values.whole_number(turn.whole(turn.parameter(name)) or "", 1, VIEW_SECONDS) or TURN_SECONDS
    )


def _minutes(turn: Turn) -> float:
    minutes = turn.whole(turn.parameter("TimeLimitMinutes"))
    return 60.0 * (values.whole_number(minutes or "", 1, 60) or 5)


def _bot_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    for name, key in (("LexV2Bot", "AliasArn"), ("LexBot", "Name")):
        bot = parameters.get(name)
        if isinstance(bot, Mapping) and not values.written(bot.get(key)):
            yield Problem(spec.MISSING_PROPERTY, f"{name}.{key}")


def _view_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    resource = parameters.get("ViewResource")
    if isinstance(resource, Mapping) and not values.written(resource.get("Id")):
        yield Problem(spec.MISSING_PROPERTY, "ViewResource.Id")


def _bot_errors(parameters: Mapping[str, object]) -> spec.Errors:
    limit = ("InputTimeLimitExceeded",) if "LexTimeoutSeconds" in parameters else ()
    return spec.Errors((NO_MATCHING_ERROR, *limit))


def _dial_errors(parameters: Mapping[str, object]) -> spec.Errors:
    """Without a way back the contact is gone from here, whoever answers."""
    if values.is_true(parameters.get("ContinueFlowExecution")):
        return spec.Errors((NO_MATCHING_ERROR, "CallFailed", "ConnectionTimeLimitExceeded"))
    return spec.Errors((NO_MATCHING_ERROR,))


BLOCKS: Mapping[str, Block] = {
    "ConnectParticipantWithLexBot": Block(
        run=speaking_first(
            asks(
                Question(
                    port=Port.BOT,
                    verb="converse",
                    keeps="Lex",
                    decides=True,
                    is_dialog=True,
                    late="InputTimeLimitExceeded",
                    request=_bot,
                    limit=_bot_seconds,
                )
            )
        ),
        parameters=(
            *PARAMETERS,
            Parameter("LexV2Bot", spec.mapping),
            Parameter("LexBot", spec.mapping),
            Parameter("LexSessionAttributes", spec.mapping),
            Parameter("LexInitializationData", spec.mapping),
            Parameter("LexTimeoutSeconds", spec.mapping),
        ),
        exactly_one=("LexV2Bot", "LexBot"),
        at_most_one=SOURCES,
        results=None,
        errors=_bot_errors,
        check=_bot_problems,
        channels=spec.VOICE_AND_CHAT,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "ConnectParticipantWithAgenticCX": Block(
        run=speaking_first(
            asks(
                Question(
                    port=Port.BOT,
                    verb="converse",
                    keeps="Lex",
                    decides=True,
                    is_dialog=True,
                    late="InputTimeLimitExceeded",
                    limit=lambda turn: TURN_SECONDS,
                )
            )
        ),
        parameters=(*PARAMETERS, required("AgentConfiguration", spec.mapping)),
        at_most_one=SOURCES,
        is_open=True,
        results=None,
        errors=spec.needs(NO_MATCHING_ERROR, NO_MATCHING_CONDITION),
        channels=spec.VOICE_AND_CHAT,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "ShowView": Block(
        run=asks(
            Question(
                port=Port.VIEW,
                verb="show",
                keeps="Views",
                decides=True,
                is_dialog=True,
                late="TimeLimitExceeded",
                request=_view,
                limit=_seconds("InvocationTimeLimitSeconds"),
            )
        ),
        parameters=(
            required("ViewResource", spec.mapping),
            required("InvocationTimeLimitSeconds", spec.number_or_reference(1, VIEW_SECONDS)),
            Parameter("ViewData", spec.mapping),
            Parameter("SensitiveDataConfiguration", spec.mapping),
        ),
        results=None,
        errors=spec.needs(NO_MATCHING_ERROR, NO_MATCHING_CONDITION, "TimeLimitExceeded"),
        check=_view_problems,
        channels=spec.CHAT | {"EMAIL", "TASK"},  # agents' own guides are views on tasks
        flow_types=spec.INBOUND | spec.QUEUED,
    ),
    "AuthenticateParticipant": Block(
        run=asks(
            Question(
                port=Port.VIEW,
                verb="authenticate",
                keeps="SegmentAttributes",
                adds=True,
                is_detail=True,
                decides=True,
                is_dialog=True,
                late="TimeLimitExceeded",
                limit=_minutes,
            )
        ),
        parameters=(
            required("CognitoConfiguration", spec.mapping),
            Parameter("CustomerProfilesConfiguration", spec.mapping),
            Parameter("TimeLimitMinutes", spec.number_or_reference(1, 60)),
        ),
        results=("OptedOut",),
        errors=spec.needs("TimeLimitExceeded", NO_MATCHING_ERROR),
        channels=spec.CHAT,
        flow_types=spec.INBOUND,
    ),
    "TransferParticipantToThirdParty": Block(
        run=asks(
            Question(
                port=Port.LINE,
                verb="dial",
                keeps="Line",
                is_dialog=True,
                late="ConnectionTimeLimitExceeded",
                ends=lambda turn: not _comes_back(turn),
                request=_number,
                limit=_ring_seconds,
            )
        ),
        parameters=(
            required("ThirdPartyPhoneNumber", spec.reference),
            Parameter(
                "ThirdPartyConnectionTimeLimitSeconds", spec.number_or_reference(1, DIAL_SECONDS)
            ),
            Parameter("ContinueFlowExecution", spec.flag),
            Parameter("ThirdPartyDTMFDigits", spec.text),
            Parameter("CallerId", spec.mapping),
        ),
        channels=spec.VOICE,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
        errors=_dial_errors,
        waits_for_silence=True,
        goes_on=False,
    ),
}
