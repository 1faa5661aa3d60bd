"""Blocks about what is recorded, analysed, streamed and put on hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.core.events import Channel
from chalicelib.core.flow import spec, values
from chalicelib.core.flow.blocks.asking import Question, asks
from chalicelib.core.flow.changing import changed
from chalicelib.core.flow.exchange import Port, Refused
from chalicelib.core.flow.model import FlowType, Problem
from chalicelib.core.flow.spec import Block, Parameter, bad_value, required
from chalicelib.core.flow.turn import NO_MATCHING_ERROR, Ends, Outcome, Turn, failed

PARTICIPANTS = ("Agent", "Customer")
BEHAVIORS = ("VoiceBehavior", "ChatBehavior", "ScreenRecordingBehavior")
ENABLED = spec.one_of("Enabled", "Disabled")
MISMATCH = "ChannelMismatch"
REDACTION_FAILED = "InFlightRedactionConfigurationFailed"


def update_contact_recording_behavior(turn: Turn) -> Outcome:
    """Say who is recorded from here on, and what is made of it; an empty list records nobody."""
    behavior = _section(turn.action.parameters, "RecordingBehavior")
    recorded = _named(behavior.get("RecordedParticipants"))
    media = {
        **turn.session.media,
        "IVR": behavior.get("IVRRecordingBehavior") == "Enabled",
        "Screen": list(_named(behavior.get("ScreenRecordedParticipants"))),
        "Analytics": dict(_section(turn.action.parameters, "AnalyticsBehavior")),
    }
    return Outcome(
        session=changed(turn.session, recorded_participants=recorded, media=media),
        given={"RecordedParticipants": ", ".join(recorded)},
    )


def update_contact_recording_and_analytics_behavior(turn: Turn) -> Outcome:
    """The same for one kind of medium, which must be the contact's."""
    parameters = turn.action.parameters
    if "VoiceBehavior" in parameters and turn.channel != Channel.VOICE:
        return failed(MISMATCH, channel=turn.channel)
    if "ChatBehavior" in parameters and turn.channel != Channel.CHAT:
        return failed(MISMATCH, channel=turn.channel)
    voice = _section(parameters, "VoiceBehavior")
    media, recorded = dict(turn.session.media), turn.session.recorded_participants
    if "VoiceRecordingBehavior" in voice:
        behavior = _section(voice, "VoiceRecordingBehavior")
        recorded = _named(behavior.get("RecordedParticipants"))
        media["IVR"] = behavior.get("IVRRecordingBehavior") == "Enabled"
    if "VoiceAnalyticsBehavior" in voice:
        media["Analytics"] = dict(_section(voice, "VoiceAnalyticsBehavior"))
    if "ChatBehavior" in parameters:
        media["Analytics"] = dict(
            _section(_section(parameters, "ChatBehavior"), "ChatAnalyticsBehavior")
        )
    if "ScreenRecordingBehavior" in parameters:
        screen = _section(parameters, "ScreenRecordingBehavior")
        media["Screen"] = list(_named(screen.get("ScreenRecordedParticipants")))
    return Outcome(
        session=changed(turn.session, recorded_participants=recorded, media=media),
        given={"RecordedParticipants": ", ".join(recorded)},
    )


def update_contact_media_processing(turn: Turn) -> Outcome:
    """Which function sees a chat's messages before anybody else does."""
    if turn.channel != Channel.CHAT:
        return failed(MISMATCH, channel=turn.channel)
    processor = values.interpolate_deep(turn.parameter("ChatProcessor"), turn.root)
    media = {**turn.session.media, "ChatProcessor": processor}
    return Outcome(session=changed(turn.session, media=media))


def complete_outbound_call(turn: Turn) -> Outcome:
    """Call the customer. A call that cannot even be made is known as such, and the flow is over."""
    if not isinstance(turn.reply, Refused):
        return _call_customer(turn)
    line = {"State": "failed", "Error": turn.reply.error_type}
    results = {**turn.session.results, "Line": line}
    return Outcome(
        Ends(is_disconnect=False),
        session=changed(turn.session, results=results),
        given={"failure": values.shown(turn.reply.reason)},
    )


_call_customer = asks(
    Question(port=Port.LINE, verb="complete_outbound", keeps="Line", is_dialog=True)
)


def _section(parameters: Mapping[str, object], name: str) -> Mapping[str, object]:
    section = parameters.get(name)
    return section if isinstance(section, Mapping) else {}


def _named(participants: object) -> tuple[str, ...]:
    return tuple(p for p in PARTICIPANTS if isinstance(participants, list) and p in participants)


# --- what a document may say ------------------------------------------------------------


def _recording_problems(parameters: Mapping[str, object]) -> Iterator[Problem]:
    behavior = parameters.get("RecordingBehavior")
    if not isinstance(behavior, Mapping):
        return
    if "RecordedParticipants" not in behavior:
        yield Problem(spec.MISSING_PROPERTY, "RecordingBehavior.RecordedParticipants")
    for name in ("RecordedParticipants", "ScreenRecordedParticipants"):
        recorded = behavior.get(name, [])
        if not isinstance(recorded, list) or not all(p in PARTICIPANTS for p in recorded):
            yield bad_value(recorded, f"RecordingBehavior.{name}")
    if not ENABLED(behavior.get("IVRRecordingBehavior", "Enabled")):
        yield bad_value(behavior["IVRRecordingBehavior"], "RecordingBehavior.IVRRecordingBehavior")


def _analytics_errors(parameters: Mapping[str, object]) -> spec.Errors:
    """Only messages of a chat are redacted in flight."""
    in_flight = (REDACTION_FAILED,) if "ChatBehavior" in parameters else ()
    return spec.Errors((NO_MATCHING_ERROR, MISMATCH, *in_flight), may_have_others=False)


_LINE = spec.ANSWERED_BY_CUSTOMER
_NUMBER = Parameter("CallerId", spec.mapping)

BLOCKS: Mapping[str, Block] = {
    "UpdateContactRecordingBehavior": Block(
        run=update_contact_recording_behavior,
        parameters=(
            required("RecordingBehavior", spec.mapping),
            Parameter("AnalyticsBehavior", spec.mapping),
        ),
        check=_recording_problems,
        errors=spec.only(),
        flow_types=_LINE | {FlowType.OUTBOUND_WHISPER},
    ),
    "UpdateContactRecordingAndAnalyticsBehavior": Block(
        run=update_contact_recording_and_analytics_behavior,
        parameters=tuple(Parameter(name, spec.mapping) for name in BEHAVIORS),
        exactly_one=BEHAVIORS,
        errors=_analytics_errors,
    ),
    "UpdateContactMediaProcessing": Block(
        run=update_contact_media_processing,
        parameters=(required("ChatProcessor", spec.mapping),),
        errors=spec.needs(NO_MATCHING_ERROR, MISMATCH),
    ),
    "UpdateContactMediaStreamingBehavior": Block(
        run=asks(Question(port=Port.LINE, verb="stream", keeps="MediaStreams", is_detail=True)),
        parameters=(
            required("MediaStreamingState", ENABLED),
            Parameter("MediaStreamType", spec.one_of("Audio")),
            Parameter("Participants", spec.listing),
        ),
        channels=spec.VOICE,
        flow_types=_LINE | spec.WHISPERS,
    ),
    "UpdatePreviousContactParticipantState": Block(
        run=asks(Question(port=Port.LINE, verb="hold")),
        parameters=(
            required(
                "PreviousContactParticipantState",
                spec.one_of("AgentOnHold", "CustomerOnHold", "OffHold"),
            ),
        ),
        channels=spec.VOICE,
        flow_types=spec.INBOUND | spec.TRANSFERS | {FlowType.OUTBOUND_WHISPER},
    ),
    "CompleteOutboundCall": Block(
        run=complete_outbound_call,
        parameters=(
            _NUMBER,
            Parameter("VoiceConnector", spec.mapping),
            Parameter("ConnectionTimeLimitSeconds", spec.number_or_reference(1, 600)),
        ),
        errors=spec.only(),
        channels=spec.VOICE,
        flow_types=frozenset({FlowType.OUTBOUND_WHISPER}),
        waits_for_silence=True,
    ),
    "CheckOutboundCallStatus": Block(
        run=asks(Question(port=Port.LINE, verb="progress", decides=True, is_dialog=True)),
        results=("CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected"),
        channels=spec.VOICE,
    ),
}
