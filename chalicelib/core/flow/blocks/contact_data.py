"""Blocks that change what is known of the contact: its data, tags, numbers, voice, priority."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chalicelib.core.flow import spec, values
from chalicelib.core.flow.blocks.asking import Question, asks
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import Port, Refused
from chalicelib.core.flow.model import Problem
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import NO_MATCHING_ERROR, Outcome, Turn, failed
from chalicelib.core.segment_attributes import plain

MOST_TAGS = 6
MOST_STEPS = 5
HIGHEST_PRIORITY = 9_223_372_036_854_775_807
PLAIN_DATA = ("Name", "Description", "CustomerId", "WisdomSessionArn")
NESTED_DATA = ("References", "SegmentAttributes")
VOICE_ID_DATA = (
    "IsVoiceIdStreamingEnabled",
    "IsVoiceAuthenticationEnabled",
    "IsFraudDetectionEnabled",
    "VoiceAuthenticationThreshold",
    "VoiceAuthenticationResponseTime",
    "FraudDetectionThreshold",
    "WatchlistId",
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?-[A-Z]{2}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def update_contact_data(turn: Turn) -> Outcome:
    """Set what the contact is called, who it is with, its language: all of it or nothing."""
    parameters = turn.action.parameters
    if turn.parameter("TargetContact") == "Related":
        return _update_related(turn)
    session, told = turn.session, dict[str, str]()
    if "LanguageCode" in parameters:
        language = turn.whole(turn.parameter("LanguageCode"))
        if language is None or not _LANGUAGE.fullmatch(language):
            return failed(LanguageCode=values.shown(language))
        session = changed(session, language_code=language)
        told["$.LanguageCode"] = language
    details = dict(session.details)
    for name in PLAIN_DATA:
        if name in parameters:
            details[name] = turn.text(parameters[name])
    for name in NESTED_DATA:
        if isinstance(parameters.get(name), Mapping):
            details[name] = _added(turn, name, parameters[name])
    told |= {f"$.{k}": values.shown(v) for k, v in details.items() if k in parameters}
    if len(values.written(details)) > values.ATTRIBUTES_BYTES:
        return failed()
    return Outcome(session=changed(session, details=details), changed=told)


def tag_contact(turn: Turn) -> Outcome:
    """Add tags, by which costs and reports are split."""
    wanted = turn.parameter("Tags")
    named = {
        turn.text(key): turn.text(value)
        for key, value in (wanted.items() if isinstance(wanted, Mapping) else ())
    }
    tags = {**_mapping(turn.root.get("Tags")), **named}
    if not named or len(tags) > MOST_TAGS or not all(_is_tag(k, v) for k, v in named.items()):
        return failed(Tags=values.shown(named))
    return Outcome(
        session=changed(turn.session, details={**turn.session.details, "Tags": tags}),
        changed={f"$.Tags.{key}": values.shown(value) for key, value in named.items()},
    )


def untag_contact(turn: Turn) -> Outcome:
    keys = turn.parameter("TagKeys")
    gone = [turn.text(key) for key in keys] if isinstance(keys, list) else []
    if not gone:
        return failed()
    tags = {k: v for k, v in _mapping(turn.root.get("Tags")).items() if k not in gone}
    return Outcome(
        session=changed(turn.session, details={**turn.session.details, "Tags": tags}),
        changed={f"$.Tags.{key}": "" for key in gone},
    )


NUMBER_ERRORS = ("InvalidCallbackNumber", "CallbackNumberNotDialable")
_is_number = asks(Question(port=Port.CALLBACK, verb="check"))


def update_contact_callback_number(turn: Turn) -> Outcome:
    """Where to call back; not at our own number, where nobody would ever answer. Whether there is
    such a number at all is asked; what nobody can tell is taken for one."""
    number = turn.whole(turn.parameter("CallbackNumber")) or ""
    given = {"CallbackNumber": values.shown(number)}
    if not _E164.fullmatch(number):
        return failed("InvalidCallbackNumber", **given)
    if number == _mapping(turn.scope.get("SystemEndpoint")).get("Address"):
        return failed("CallbackNumberNotDialable", **given)
    if isinstance(turn.reply, Refused) and turn.reply.error_type in NUMBER_ERRORS:
        return failed(turn.reply.error_type, **given, failure=values.shown(turn.reply.reason))
    if turn.reply is None:
        return _is_number(turn)
    details = {**turn.session.details, "CustomerCallBackPhoneNumber": number}
    return Outcome(
        session=changed(turn.session, callback_number=number, details=details), given=given
    )


def update_contact_text_to_speech_voice(turn: Turn) -> Outcome:
    """Whose voice speaks from here on; where nothing is spoken, no harm is done."""
    voice = turn.text(turn.parameter("TextToSpeechVoice"))
    if not voice:
        return failed()
    session = changed(
        turn.session,
        voice_id=voice,
        voice_engine=turn.text(turn.parameter("TextToSpeechEngine")) or "Standard",
        voice_style=turn.text(turn.parameter("TextToSpeechStyle")) or "None",
    )
    return Outcome(session=session, changed={"$.TextToSpeechVoiceId": voice})


def update_contact_routing_behavior(turn: Turn) -> Outcome:
    """Move the contact ahead or back: by its priority, or by the age it counts as."""
    routing, given = turn.session.routing, dict[str, str]()
    if "QueuePriority" in turn.action.parameters:
        priority = _integer(turn.whole(turn.parameter("QueuePriority")))
        if priority is None or not 1 <= priority <= HIGHEST_PRIORITY:
            return failed(QueuePriority=values.shown(turn.parameter("QueuePriority")))
        routing, given = replace(routing, priority=priority), {"QueuePriority": str(priority)}
    if "QueueTimeAdjustmentSeconds" in turn.action.parameters:
        seconds = _integer(turn.whole(turn.parameter("QueueTimeAdjustmentSeconds")))
        if seconds is None:
            return failed()
        routing = replace(routing, age_seconds=seconds)
        given = {"QueueTimeAdjustmentSeconds": str(seconds)}
    if "RoutingProficiencies" in turn.action.parameters:
        wanted = values.interpolate_deep(turn.parameter("RoutingProficiencies"), turn.root)
        routing = replace(routing, proficiencies=wanted)
    return Outcome(session=changed(turn.session, routing=routing), given=given)


def update_contact_routing_criteria(turn: Turn) -> Outcome:
    """Which agents may take the contact, step by step; for good measure one step at least."""
    criteria = values.interpolate_deep(turn.parameter("RoutingCriteria"), turn.root)
    steps = criteria.get("Steps") if isinstance(criteria, Mapping) else None
    if not isinstance(criteria, Mapping) or not _are_steps(steps):
        return failed(RoutingCriteria=values.shown(criteria))
    routing = replace(turn.session.routing, criteria=criteria)
    return Outcome(
        session=changed(turn.session, routing=routing),
        given={"RoutingCriteria": values.shown(criteria)},
    )


_update_related = asks(Question(port=Port.CONTACT, verb="update_related"))


def _added(turn: Turn, name: str, value: object) -> Mapping[str, object]:
    known = _mapping(turn.root.get(name))
    given = values.interpolate_deep(value, turn.root)
    return {**known, **_mapping(plain(given) if name == "SegmentAttributes" else given)}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _is_tag(key: str, value: str) -> bool:
    return 1 <= len(key) <= 128 and len(value) <= 256 and not key.startswith("aws:")


def _integer(value: str | None) -> int | None:
    return int(value) if value is not None and _WHOLE.fullmatch(value.strip()) else None


def _are_steps(steps: object) -> bool:
    return (
        isinstance(steps, list)
        and 1 <= len(steps) <= MOST_STEPS
        and all(isinstance(s, Mapping) and isinstance(s.get("Expression"), Mapping) for s in steps)
    )


# --- what a document may say ------------------------------------------------------------


def _data_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    if not set(parameters) - {"TargetContact"}:
        yield Problem(f"{spec.MISSING_PROPERTY}: nothing is updated")


def _tag_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    tags = parameters.get("Tags")
    if isinstance(tags, Mapping) and not 1 <= len(tags) <= MOST_TAGS:
        yield bad_value(len(tags), "Tags")


def _criteria_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    criteria = parameters.get("RoutingCriteria")
    if isinstance(criteria, Mapping) and not _are_steps(criteria.get("Steps")):
        yield bad_value(criteria.get("Steps"), "RoutingCriteria.Steps")


def _number_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    number = parameters.get("CallbackNumber")
    if isinstance(number, str) and not values.is_reference(number):
        yield bad_value(number, "CallbackNumber")


def _routing_errors(parameters: Mapping[str, object]) -> spec.Errors:
    """Priority and age are numbers that stand there; proficiencies may fail."""
    is_number = "RoutingProficiencies" not in parameters
    return (
        spec.Errors((), may_have_others=False) if is_number else spec.Errors((NO_MATCHING_ERROR,))
    )


def _signed(value: object) -> bool:
    text = values.written(value)
    return bool(_WHOLE.fullmatch(text.strip())) or values.is_reference(text)


_CRITERIA = Block(
    run=update_contact_routing_criteria,
    parameters=(required("RoutingCriteria", spec.text_or_mapping),),
    check=_criteria_problems,
    flow_types=spec.ANSWERED_BY_CUSTOMER,
)
_UNTAG = Block(run=untag_contact, parameters=(required("TagKeys", spec.listing),))

BLOCKS: Mapping[str, Block] = {
    "UpdateContactData": Block(
        run=update_contact_data,
        parameters=(
            Parameter("LanguageCode", spec.reference),
            Parameter("TargetContact", spec.one_of("Current", "Related")),
            *(Parameter(name, spec.text) for name in (*PLAIN_DATA, *VOICE_ID_DATA)),
            *(Parameter(name, spec.mapping) for name in NESTED_DATA),
        ),
        check=_data_problems,
    ),
    "TagContact": Block(
        run=tag_contact, parameters=(required("Tags", spec.mapping),), check=_tag_problems
    ),
    "UntagContact": _UNTAG,
    "UnTagContact": _UNTAG,  # as the documentation spells it
    "UpdateContactCallbackNumber": Block(
        run=update_contact_callback_number,
        parameters=(required("CallbackNumber", spec.reference),),
        check=_number_problems,
        errors=spec.only(*NUMBER_ERRORS),
        channels=spec.VOICE,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "UpdateContactTextToSpeechVoice": Block(
        run=update_contact_text_to_speech_voice,
        parameters=(
            required("TextToSpeechVoice", spec.text),
            Parameter("TextToSpeechEngine", spec.text),
            Parameter("TextToSpeechStyle", spec.text),
        ),
        errors=spec.needs(),
    ),
    "UpdateContactRoutingBehavior": Block(
        run=update_contact_routing_behavior,
        parameters=(
            Parameter("QueuePriority", _signed),
            Parameter("QueueTimeAdjustmentSeconds", _signed),
            Parameter("RoutingProficiencies", spec.anything),
        ),
        exactly_one=("QueuePriority", "QueueTimeAdjustmentSeconds", "RoutingProficiencies"),
        errors=_routing_errors,
        flow_types=spec.ANSWERED_BY_CUSTOMER,
    ),
    "UpdateContactRoutingCriteria": _CRITERIA,
    "UpdateRoutingCriteria": _CRITERIA,  # as the documentation spells it
}
