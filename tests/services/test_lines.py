"""Other lines: what the caller's page is told, which way the flow goes, and how it all ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.announcer import turn_frame
from chalicelib.adapters.dynamo.codec import dump_contact, load_contact
from chalicelib.adapters.practice_exchange import PracticeExchange
from chalicelib.core.center import PracticeNumber, PracticeOutcome
from chalicelib.core.contact import Change, ContactState
from chalicelib.core.events import BlockExecuted, DetailsUpdated, DisconnectReason, Endpoint
from chalicelib.core.flow import Answered, Ask, Port, Said
from chalicelib.core.ids import ContactId
from chalicelib.services.asking import Inquiry, Pending, Reply
from chalicelib.services.lines import AnsweredBy, LineAnswers, LineEvent, LineReports
from chalicelib.services.ports import Commit, Timer, TimerKind
from tests.fakes.world import SilentVoice
from tests.house import House, a_center, document

FRIEND, MACHINE, BUSY, SILENT, SLOW = (f"+1202555090{n}" for n in range(5))
NUMBERS = (
    PracticeNumber(number=FRIEND, rings_seconds=3, talks_seconds=20),
    PracticeNumber(number=MACHINE, outcome=PracticeOutcome.MACHINE_BEEP),
    PracticeNumber(number=BUSY, outcome=PracticeOutcome.BUSY),
    PracticeNumber(number=SILENT, outcome=PracticeOutcome.NO_ANSWER),
    PracticeNumber(number=SLOW, rings_seconds=60),
)


class Streams:
    def stream_arn(self, contact_id: ContactId) -> str:
        return f"arn:aws:s3:::recordings/parts/{contact_id}/"


@pytest.fixture
def house() -> House:
    house = House(a_center(practice_numbers=NUMBERS))
    exchange = PracticeExchange(house.center, house.timers, house.now)
    answers = LineAnswers(exchange, Streams(), house.hours.is_open)
    house.respondents[Port.LINE] = lambda: answers
    return house


def says(identifier: str, text: str) -> dict[str, object]:
    return {
        "Identifier": identifier,
        "Type": "MessageParticipant",
        "Parameters": {"Text": text},
        "Transitions": {"NextAction": "End"},
    }


def dials(house: House, number: str, *, comes_back: bool = True, **more: str) -> ContactId:
    """A caller whose flow dials somebody else."""
    errors = ["NoMatchingError"]
    if comes_back:
        errors += ["CallFailed", "ConnectionTimeLimitExceeded"]
    dial: dict[str, object] = {
        "Identifier": "Dial",
        "Type": "TransferParticipantToThirdParty",
        "Parameters": {
            "ThirdPartyPhoneNumber": number,
            "ThirdPartyConnectionTimeLimitSeconds": "30",
            "ContinueFlowExecution": str(comes_back),
            **more,
        },
        "Transitions": {
            "NextAction": "Back",
            "Errors": [{"ErrorType": error, "NextAction": error[:4]} for error in errors],
        },
    }
    ways = [says("Back", "Welcome back."), says("Call", "No luck."), says("Conn", "Nobody there.")]
    house.publish("Dial", document(dial, *ways, says("NoMa", "Something broke.")))
    contact_id = house.rings("Dial")
    house.opens_a_socket(contact_id)
    return contact_id


def after(house: House, seconds: float) -> None:
    house.streams()
    house.later(seconds)
    house.rings_what_is_due()


def told(house: House, contact_id: ContactId) -> list[str]:
    """What the caller's page does now."""
    commands = turn_frame(house.contact(contact_id), SilentVoice())["commands"]
    return [
        command["prompts"][0]["text"] if command["do"] == "play" else _line(command)
        for command in commands
    ]


def _line(command: dict[str, str]) -> str:
    return f"{command['do']} {command['state']}" if "state" in command else command["do"]


def branch(house: House, contact_id: ContactId) -> str:
    blocks = house.events(contact_id, BlockExecuted)
    return [block.branch for block in blocks if block.block_id == "Dial"][-1]


def test_a_caller_hears_it_ring_talks_and_comes_back(house: House) -> None:
    """Three seconds of ringing, twenty of talk, and the flow goes on."""
    contact_id = dials(house, FRIEND)
    assert ["line ringing"] == told(house, contact_id)
    after(house, 3)
    assert ["line connected"] == told(house, contact_id)
    after(house, 19)
    assert ["line connected"] == told(house, contact_id)
    after(house, 1)

    assert "Welcome back." in told(house, contact_id)
    assert "next" == branch(house, contact_id)


def test_the_flow_knows_whom_it_called_and_the_trace_the_digits(house: House) -> None:
    contact_id = dials(house, FRIEND, ThirdPartyDTMFDigits="1,,42#")
    after(house, 3)
    after(house, 20)

    line = house.contact(contact_id).session.results["Line"]
    assert "'Number': '+12025550900', 'Digits': '1,,42#'" in str(line)
    assert "1,,42#" in str(house.events(contact_id, BlockExecuted))


@pytest.mark.parametrize(
    ("number", "seconds", "heard", "way"),
    [
        (BUSY, 1, "No luck.", "CallFailed"),
        (SILENT, 30, "Nobody there.", "ConnectionTimeLimitExceeded"),
        (SLOW, 30, "Nobody there.", "ConnectionTimeLimitExceeded"),
        ("+12025550999", 0, "No luck.", "CallFailed"),
        ("12", 0, "No luck.", "CallFailed"),
    ],
)
def test_whoever_is_not_reached_has_a_branch(
    house: House, number: str, seconds: int, heard: str, way: str
) -> None:
    contact_id = dials(house, number)
    after(house, seconds)

    assert heard in told(house, contact_id)
    assert way == branch(house, contact_id)


def test_a_line_of_which_nothing_is_heard_any_more_is_given_up(house: House) -> None:
    """The carrier's report is lost: the time limit ends the ringing all the same."""
    contact_id = dials(house, FRIEND)
    house.timers.timers = [t for t in house.timers.timers if t.kind is not TimerKind.LINE]
    after(house, 40)

    assert "ConnectionTimeLimitExceeded" == branch(house, contact_id)


def test_a_caller_may_be_handed_over_for_good(house: House) -> None:
    """No flow runs any more; when the third party hangs up, the contact ends."""
    contact_id = dials(house, FRIEND, comes_back=False)
    after(house, 3)
    contact = house.contact(contact_id)
    assert (ContactState.IN_FLOW, None) == (contact.state, contact.session.action_id)
    assert ["line connected"] == told(house, contact_id)

    after(house, 20)
    ended = house.contact(contact_id)
    assert "THIRD_PARTY_DISCONNECT" == ended.disconnect_reason
    assert not ended.state.is_live


@pytest.mark.parametrize(("number", "seconds"), [(BUSY, 1), (SILENT, 30), ("+12025550999", 0)])
def test_whoever_cannot_be_handed_over_stays_with_the_flow(
    house: House, number: str, seconds: int
) -> None:
    """There is but one branch for whatever went wrong."""
    contact_id = dials(house, number, comes_back=False)
    after(house, seconds)

    assert "Something broke." in told(house, contact_id)


def test_a_caller_who_hangs_up_ends_everything(house: House) -> None:
    contact_id = dials(house, FRIEND)
    after(house, 3)
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    after(house, 20)

    assert "CUSTOMER_DISCONNECT" == house.contact(contact_id).disconnect_reason


def test_reports_that_come_twice_late_or_from_another_line_change_nothing(house: House) -> None:
    contact_id = dials(house, FRIEND)
    house.streams()
    answered, ended = house.timers.of(TimerKind.LINE)
    stranger = replace(answered, key=f"{LineEvent.ENDED}:{AnsweredBy.PERSON}:another")
    for timer in (stranger, answered, answered, stranger):
        ring(house, timer)
    assert ["line connected"] == told(house, contact_id)

    for timer in (ended, ended, answered):
        ring(house, timer)
    assert "Welcome back." in told(house, contact_id)


def test_a_late_report_of_an_earlier_line_does_not_end_a_later_one(house: House) -> None:
    """The first call came back; its end is told again while the second is handed over."""
    contact_id = dials(house, FRIEND, comes_back=False)
    after(house, 3)
    (ended,) = house.timers.of(TimerKind.LINE)
    ring(house, replace(ended, key=f"{LineEvent.ENDED}:{AnsweredBy.PERSON}:earlier"))

    assert house.contact(contact_id).state.is_live


def ring(house: House, timer: Timer) -> None:
    LineReports(house.contacts, house.flows, house.desk, house.forwarding).ring(timer)


def test_digits_that_no_telephone_has_are_refused(house: House) -> None:
    contact_id = dials(house, FRIEND, ThirdPartyDTMFDigits="press one")

    assert "NoMatchingError" == branch(house, contact_id)
    assert not house.timers.of(TimerKind.LINE)


def test_the_state_of_a_line_survives_its_row(house: House) -> None:
    contact_id = dials(house, FRIEND)
    assert load_contact(dump_contact(house.contact(contact_id))) == house.contact(contact_id)


# --- outbound calls, streams ----------------------------------------------------------------------


def ask(house: House, verb: str, contact_id: ContactId, **request: object) -> Reply:
    return house.respondents[Port.LINE]().ask(inquiry(house, verb, contact_id, **request))


def inquiry(house: House, verb: str, contact_id: ContactId, **request: object) -> Inquiry:
    return Inquiry(
        ask=Ask(Port.LINE, verb, request),
        contact=house.contact(contact_id),
        center=house.center.center(),
        at=house.at,
        key="k",
    )


@pytest.mark.parametrize(("number", "by"), [(FRIEND, "CallAnswered"), (MACHINE, "VoicemailBeep")])
def test_an_outbound_call_tells_who_picked_up(house: House, number: str, by: str) -> None:
    contact = house.contact(house.rings("Menu"))
    question = inquiry(house, "complete_outbound", contact.contact_id)
    question = replace(question, contact=replace(contact, customer_endpoint=Endpoint(number)))
    exchange = PracticeExchange(house.center, house.timers, house.now)
    answers = LineAnswers(exchange, Streams(), house.hours.is_open)
    ringing = answers.ask(question)
    assert isinstance(ringing, Pending)

    report = house.timers.of(TimerKind.LINE)[0].key.split(":")
    said = Said(action=report[0], data={"answeredBy": report[1]})
    answered = answers.hear(question, ringing.memory, said)
    assert isinstance(answered, Answered)
    assert (by, "connected") == (answered.value["AnsweredBy"], answered.value["State"])


def test_a_customer_who_was_called_and_hangs_up_ends_the_contact(house: House) -> None:
    contact = house.contact(house.rings("Menu"))
    line = {"Leg": "l-1", "To": "customer", "State": "connected"}
    session = replace(contact.session, results={"Line": line})
    house.contacts.commit(Commit(contact=Change.of(contact).update(session=session)))
    ended = f"{LineEvent.ENDED}:{AnsweredBy.PERSON}:l-1"
    kind = TimerKind.LINE
    ring(house, Timer(kind=kind, contact_id=contact.contact_id, due_at=house.at, key=ended))

    assert "CUSTOMER_DISCONNECT" == house.contact(contact.contact_id).disconnect_reason


def test_progress_without_a_call_detects_nothing(house: House) -> None:
    reply = ask(house, "progress", house.rings("Menu"))

    assert Answered(result="NotDetected") == reply


def test_a_stream_begins_once_and_ends_with_the_same_name(house: House) -> None:
    errors = [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}]
    stream: dict[str, object] = {"Type": "UpdateContactMediaStreamingBehavior"}
    blocks = [
        {**stream, "Identifier": name, "Parameters": {"MediaStreamingState": state}}
        for name, state in (("On", "Enabled"), ("On again", "Enabled"), ("Off", "Disabled"))
    ]
    for block, following in zip(blocks, ["On again", "Off", "Say"], strict=True):
        block["Transitions"] = {"NextAction": following, "Errors": errors}
    said = "$.MediaStreams.Customer.Audio.StreamARN"
    house.publish("Stream", document(*blocks, says("Say", said)))
    contact_id = house.rings("Stream")

    assert f"arn:aws:s3:::recordings/parts/{contact_id}/" in told(house, contact_id)
    changed = house.events(contact_id, DetailsUpdated)[-1]  # its record is made of them
    assert "'StopTimestamp': '" in str(changed.details["MediaStreams"])
