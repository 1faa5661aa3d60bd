"""Blocks that change what is known of the contact."""

from __future__ import annotations

import pytest

from chalicelib.core.flow import (
    Answered,
    Ask,
    Happening,
    PlayPrompt,
    Refused,
    Routing,
    Session,
    Step,
    Timeout,
)
from tests.core.flow.build import begin, block, branches, flow, go_on

SCOPE = {
    "CustomerEndpoint": {"Address": "+12025550123"},
    "SystemEndpoint": {"Address": "+12025550100"},
}


def ran(
    type_name: str,
    parameters: dict[str, object],
    *,
    channel: str = "VOICE",
    session: Session | None = None,
) -> Step:
    published = flow(block("Set", type_name, parameters, "End", fails="Failed"))
    return begin(published, channel=channel, session=session, scope=SCOPE)


def test_what_a_flow_says_of_the_contact_is_found_by_path() -> None:
    """Name, customer and references replace what the contact began with."""
    published = flow(
        block(
            "Set",
            "UpdateContactData",
            {"Name": "Ana $.Channel", "CustomerId": "C-7", "References": {"o": {"Value": "17"}}},
            "Keep",
        ),
        block(
            "Keep",
            "UpdateContactAttributes",
            {"Attributes": {"all": "$.Name $.CustomerId $.References.o.Value"}},
            "End",
        ),
    )

    assert begin(published).session.attributes == {"all": "Ana VOICE C-7 17"}


def test_a_wrong_language_changes_nothing_else() -> None:
    """All of it or nothing."""
    step = ran("UpdateContactData", {"Name": "Ana", "LanguageCode": "klingon"})

    assert branches(step)[0] == ("Set", "NoMatchingError")
    assert step.session.details == {}


def test_data_of_the_related_contact_are_asked_of_the_center() -> None:
    """They are not this contact's to change."""
    parameters = {"Attributes": {"a": "1"}, "TargetContact": "Related"}
    published = flow(block("Set", "UpdateContactAttributes", parameters, "End", fails="Failed"))
    step = begin(published)

    assert isinstance(step.effect, Ask)
    after = go_on(step, Answered(), published)
    assert branches(after)[0] == ("Set", "next")
    assert after.session.attributes == {}


def test_tags_are_added_and_taken_away() -> None:
    """Both spellings of the second."""
    tagged = ran("TagContact", {"Tags": {"function": "sales", "team": "$.Channel"}}).session
    assert tagged.details["Tags"] == {"function": "sales", "team": "VOICE"}

    for spelling in ("UntagContact", "UnTagContact"):
        step = ran(spelling, {"TagKeys": ["team"]}, session=tagged)
        assert step.session.details["Tags"] == {"function": "sales"}


@pytest.mark.parametrize(
    "tags",
    [{}, {"": "x"}, {"a": "x" * 257}, {"aws:own": "x"}, {str(n): "x" for n in range(7)}],
)
def test_tags_that_nobody_could_use_are_refused(tags: dict[str, object]) -> None:
    """Six at most, with names, and none of AWS's own."""
    assert branches(ran("TagContact", {"Tags": tags}))[0] == ("Set", "NoMatchingError")


@pytest.mark.parametrize(
    ("number", "branch"),
    [
        ("2025550177", "InvalidCallbackNumber"),
        ("", "InvalidCallbackNumber"),
        ("+12025550100", "CallbackNumberNotDialable"),
    ],
)
def test_a_callback_number_can_be_dialled_and_is_not_our_own(number: str, branch: str) -> None:
    """E.164, and somebody else's."""
    fails = dict.fromkeys(("InvalidCallbackNumber", "CallbackNumberNotDialable"), "Failed")
    parameters = {"CallbackNumber": "$.StoredCustomerInput"}
    published = flow(block("Set", "UpdateContactCallbackNumber", parameters, "End", fails=fails))

    step = begin(published, session=Session(stored_input=number), scope=SCOPE)

    assert branches(step)[0] == ("Set", branch)


@pytest.mark.parametrize(
    ("reply", "branch"),
    [
        (Answered(), "next"),
        (Refused("InvalidCallbackNumber", "there is no such number"), "InvalidCallbackNumber"),
        (Refused("CallbackNumberNotDialable", "not from here"), "CallbackNumberNotDialable"),
        (Refused(reason="nobody answers"), "next"),
        (Timeout(), "next"),
    ],
)
def test_whether_there_is_such_a_number_is_asked(reply: Happening, branch: str) -> None:
    """Where nobody can tell it counts: the customer is not to suffer for it."""
    fails = dict.fromkeys(("InvalidCallbackNumber", "CallbackNumberNotDialable"), "Failed")
    parameters = {"CallbackNumber": "$.StoredCustomerInput"}
    published = flow(block("Set", "UpdateContactCallbackNumber", parameters, "End", fails=fails))
    asked = begin(published, session=Session(stored_input="+12025550177"), scope=SCOPE)
    assert isinstance(asked.effect, Ask)
    assert {"CallbackNumber": "+12025550177"} == asked.effect.request

    step = go_on(asked, reply, published)

    assert branches(step)[0] == ("Set", branch)


def test_the_voice_is_heard_from_then_on() -> None:
    """Prompts carry it to whatever speaks them."""
    published = flow(
        block("Set", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Amy"}, "Say"),
        block("Say", "MessageParticipant", {"Text": "$.TextToSpeechVoiceId"}, "End"),
    )

    [said] = begin(published).commands

    assert isinstance(said, PlayPrompt)
    assert (said.prompt.voice_id, said.prompt.text) == ("Amy", "Amy")


@pytest.mark.parametrize(
    ("parameters", "routing"),
    [
        ({"QueuePriority": "1"}, Routing(priority=1)),
        ({"QueuePriority": 3}, Routing(priority=3)),
        ({"QueueTimeAdjustmentSeconds": "-60"}, Routing(age_seconds=-60)),
        ({"QueueTimeAdjustmentSeconds": "600"}, Routing(age_seconds=600)),
    ],
)
def test_priority_and_age_wait_for_the_queue(
    parameters: dict[str, object], routing: Routing
) -> None:
    """The queue finds them in the session."""
    assert ran("UpdateContactRoutingBehavior", parameters).session.routing == routing


@pytest.mark.parametrize("priority", ["0", "-1", "many", "9223372036854775808"])
def test_a_priority_that_is_none_is_an_error(priority: str) -> None:
    """1 is the first, and there is a last."""
    step = ran("UpdateContactRoutingBehavior", {"QueuePriority": priority})

    assert branches(step)[0] == ("Set", "NoMatchingError")


def test_routing_criteria_may_come_from_a_function() -> None:
    """As an object under `$.External`."""
    criteria = {"Steps": [{"Expression": {"AttributeCondition": {"Name": "French"}}}]}
    step = ran(
        "UpdateContactRoutingCriteria",
        {"RoutingCriteria": "$.External.mine"},
        session=Session(external={"mine": criteria}),
    )

    assert step.session.routing.criteria == criteria


@pytest.mark.parametrize("steps", [[], [{}], [{"Expression": {}}] * 6, "x"])
def test_routing_criteria_have_one_to_five_steps(steps: object) -> None:
    """Anything else takes the error branch."""
    step = ran("UpdateRoutingCriteria", {"RoutingCriteria": {"Steps": steps}})

    assert branches(step)[0] == ("Set", "NoMatchingError")


# --- media ----------------------------------------------------------------------------------------


def test_recording_is_said_in_the_new_way_too() -> None:
    """Who is recorded, and whether the menu before is."""
    behavior = {"RecordedParticipants": ["Agent"], "IVRRecordingBehavior": "Enabled"}
    step = ran(
        "UpdateContactRecordingAndAnalyticsBehavior",
        {"VoiceBehavior": {"VoiceRecordingBehavior": behavior}},
    )

    assert step.session.recorded_participants == ("Agent",)
    assert step.session.media["IVR"] is True


@pytest.mark.parametrize(
    ("parameters", "channel"),
    [
        ({"VoiceBehavior": {}}, "CHAT"),
        ({"ChatBehavior": {}}, "VOICE"),
        ({"ChatBehavior": {}}, "TASK"),
    ],
)
def test_a_medium_of_another_channel_is_a_mismatch(
    parameters: dict[str, object], channel: str
) -> None:
    """A branch of its own, so that one flow can serve both."""
    fails = {"ChannelMismatch": "Failed", "NoMatchingError": "End"}
    name = "UpdateContactRecordingAndAnalyticsBehavior"
    published = flow(block("Set", name, parameters, "End", fails=fails))

    assert branches(begin(published, channel=channel))[0] == ("Set", "ChannelMismatch")


def test_screen_recording_leaves_the_voice_as_it_was() -> None:
    """Each kind of medium has its own block."""
    step = ran(
        "UpdateContactRecordingAndAnalyticsBehavior",
        {"ScreenRecordingBehavior": {"ScreenRecordedParticipants": ["Agent"]}},
        session=Session(recorded_participants=("Customer",)),
    )

    assert step.session.recorded_participants == ("Customer",)
    assert step.session.media["Screen"] == ["Agent"]


def test_streams_are_the_lines_business() -> None:
    """What the line answers is found under `$.MediaStreams`."""
    published = flow(
        block(
            "Set", "UpdateContactMediaStreamingBehavior", {"MediaStreamingState": "Enabled"}, "K"
        ),
        block(
            "K",
            "UpdateContactAttributes",
            {"Attributes": {"arn": "$.MediaStreams.Customer.Audio.StreamARN"}},
            "End",
        ),
    )
    step = begin(published)
    answer = Answered({"Customer": {"Audio": {"StreamARN": "arn:stream"}}})

    assert go_on(step, answer, published).session.attributes == {"arn": "arn:stream"}
