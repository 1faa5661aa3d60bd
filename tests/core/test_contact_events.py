"""Contact events: which facts are told outside, and what each of them says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import contact_events as core
from chalicelib.core import events as e
from chalicelib.core.contact import CallBack, Contact, ContactState, QueueStay
from chalicelib.core.criteria import spelled
from chalicelib.core.events import Channel, ContactEvent, DisconnectReason, Fact, InitiationMethod
from chalicelib.core.flow import Session
from chalicelib.core.ids import AgentId, ContactId, OfferId, QueueId, RoutingProfileId
from tests.given import ANAS_NUMBER, MONDAY, a_contact, later
from tests.house import BEN, SALES, a_center

CENTER = a_center()
ARN = "arn:aws:connect:us-east-1:000000000000:instance/i-1"
SAMPLES = sorted(
    (Path(__file__).parents[2] / "../shared/corpus/events").glob(
        "eventbridge__*contact-events.md--*.json"
    )
)
QUEUED = e.ContactQueued(queue_id=SALES, queue_name="Sales", priority=5)
CONNECTED = e.ContactConnected(
    agent_id=BEN,
    username="ben",
    agent_name="Ben Ode",
    routing_profile_id=RoutingProfileId("rp-1"),
    routing_profile_name="General",
)
GONE = e.ContactDisconnected(reason=DisconnectReason.CUSTOMER_DISCONNECT, was_in="CONNECTED")
# One step's expression; two steps of it make criteria.
VIETNAMESE = {
    "AttributeCondition": {
        "Name": "Language",
        "Value": "Vietnamese",
        "ProficiencyLevel": 3,
        "ComparisonOperator": "NumberGreaterOrEqualTo",
    }
}


def a_fact(event: ContactEvent, at: datetime = MONDAY, *, seq: int = 4) -> Fact:
    return Fact(contact_id=ContactId("c-1"), seq=seq, at=at, event=event)


def begun(channel: Channel = Channel.VOICE) -> e.ContactInitiated:
    return e.ContactInitiated(
        channel=channel,
        initiation_method=InitiationMethod.INBOUND,
        customer_endpoint=None,
        system_endpoint=None,
        customer_name=None,
    )


def told(event: ContactEvent, contact: Contact | None = None) -> list[object]:
    found = core.events_of(contact or a_contact(), [a_fact(event)], CENTER)
    return [each.detail["eventType"] for each in found]


def detail(
    event: ContactEvent, contact: Contact | None = None, at: datetime = MONDAY
) -> Mapping[str, object]:
    (found,) = core.events_of(contact or a_contact(), [a_fact(event, at)], CENTER)
    return found.detail


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (begun(), ["INITIATED"]),
        (begun(Channel.CHAT), ["INITIATED", "CONNECTED_TO_SYSTEM"]),
        (begun(Channel.TASK), ["INITIATED", "CONNECTED_TO_SYSTEM"]),
        (QUEUED, ["QUEUED"]),
        (CONNECTED, ["CONNECTED_TO_AGENT"]),
        (e.ContactJoined(agent_id=BEN), []),
        (GONE, ["DISCONNECTED"]),
        (e.ContactCompleted(), ["COMPLETED"]),
        (e.ContactHeld(party=e.Party.CONTACT, agent_id=BEN), ["PAUSED"]),
        (e.ContactHeld(party=e.Party.CUSTOMER, agent_id=BEN), []),
        (e.ContactResumed(party=e.Party.CONTACT, agent_id=BEN), ["RESUMED"]),
        (e.ContactResumed(party=e.Party.AGENT, agent_id=BEN), []),
        (e.AttributesUpdated(attributes={"a": "1"}), ["CONTACT_DATA_UPDATED"]),
        (e.DetailsUpdated(details={"Tags": {"a": "1"}}), ["CONTACT_DATA_UPDATED"]),
        (e.DetailsUpdated(details={"Name": "Ana"}), []),
        (
            e.RoutingStepExpired(step=1, ends_at=None, wanted=""),
            ["CONTACT_DATA_UPDATED"],
        ),
        (e.OfferEnded(offer_id=OfferId("o"), agent_id=BEN, outcome=e.OfferOutcome.MISSED), []),
    ],
)
def test_what_connect_tells_is_told(event: ContactEvent, expected: list[str]) -> None:
    """And nothing else: how often it rang is not for everybody."""
    assert expected == told(event)


def test_who_is_called_back_is_connected_when_the_talk_begins() -> None:
    """Nobody is there before."""
    contact = a_contact(call_back=CallBack(attempts_left=2, retry_seconds=600))

    assert ["CONNECTED_TO_SYSTEM"] == told(e.ContactJoined(agent_id=BEN), contact)
    assert "connectedToSystemTimestamp" not in detail(QUEUED, contact)


def test_an_event_says_what_the_contact_is() -> None:
    """In lower camel case, and without what it has not got."""
    (event,) = core.events_of(a_contact(), [a_fact(CONNECTED, later(seconds=30))], CENTER)

    assert {
        "eventType": "CONNECTED_TO_AGENT",
        "eventId": "c-1:4:CONNECTED_TO_AGENT",
        "contactId": "c-1",
        "channel": "VOICE",
        "instanceArn": ARN,
        "initiationMethod": "INBOUND",
        "initiationTimestamp": "2026-03-02T14:00:00.000Z",
        "connectedToSystemTimestamp": "2026-03-02T14:00:00.000Z",
        "queueInfo": {
            "queueArn": f"{ARN}/queue/q-sales",
            "queueType": "STANDARD",
            "enqueueTimestamp": "2026-03-02T14:00:00.000Z",
        },
        "agentInfo": {
            "agentArn": f"{ARN}/agent/a-ben",
            "connectedToAgentTimestamp": "2026-03-02T14:00:30.000Z",
        },
        "customerEndpoint": {"address": ANAS_NUMBER, "type": "TELEPHONE_NUMBER"},
        "segmentAttributes": {"connect:Subtype": {"valueString": "connect:Telephony"}},
    } == {k: v for k, v in event.detail.items() if k not in ("tags",)}
    assert (f"{ARN}/contact/c-1", ARN) == event.resources
    assert later(seconds=30) == event.at


def test_an_event_does_not_know_what_happened_after_it() -> None:
    """The stream brings a fact when the contact has long gone on."""
    contact = a_contact(
        state=ContactState.COMPLETED,
        disconnected_at=later(minutes=5),
        disconnect_reason=DisconnectReason.AGENT_DISCONNECT,
    )

    early, late = detail(begun(), contact), detail(GONE, contact, later(minutes=5))

    assert {"disconnectTimestamp", "disconnectReason", "agentInfo"} & set(early) == set()
    assert "AGENT_DISCONNECT" == late["disconnectReason"]
    assert "2026-03-02T14:05:00.000Z" == late["disconnectTimestamp"]


def test_of_two_queues_an_event_names_the_one_it_is_about() -> None:
    """The contact has moved on to Sales since."""
    own = e.ContactQueued(queue_id=QueueId("agent:a-ben"), queue_name="ben", priority=5)

    assert {
        "queueArn": f"{ARN}/queue/agent/a-ben",
        "queueType": "AGENT",
        "enqueueTimestamp": "2026-03-02T14:00:00.000Z",
    } == detail(own)["queueInfo"]


def test_criteria_are_told_with_what_became_of_each_step() -> None:
    """Over, at work, and not yet needed."""
    step = {"Expression": VIETNAMESE, "Expiry": {"DurationInSeconds": 30}}
    stay = QueueStay(
        queue_id=SALES,
        name="Sales",
        entered_at=MONDAY,
        criteria=spelled({"Steps": [step, step, {"Expression": VIETNAMESE}]}),
        step=1,
        step_ends_at=later(seconds=60),
    )
    contact = a_contact(state=ContactState.QUEUED, queue=stay, agent=None)

    said: Any = detail(e.RoutingStepExpired(step=1, ends_at=stay.step_ends_at, wanted="x"), contact)

    assert ["RoutingCriteria.Step.Status"] == said["updatedProperties"]
    (criteria,) = said["routingCriteria"]
    assert ["EXPIRED", "ACTIVE", "INACTIVE"] == [each["status"] for each in criteria["steps"]]
    assert {
        "durationInSeconds": 30,
        "expiryTimestamp": "2026-03-02T14:01:00.000Z",
    } == criteria["steps"][1]["expiry"]
    assert {
        "attributeCondition": {
            "name": "Language",
            "value": "Vietnamese",
            "proficiencyLevel": 3,
            "comparisonOperator": "NumberGreaterOrEqualTo",
        }
    } == criteria["steps"][1]["expression"]


def test_every_event_of_a_commit_has_an_id_of_its_own_and_keeps_it() -> None:
    """A consumer that keeps ids counts nothing twice."""
    facts = [a_fact(begun(Channel.CHAT), seq=1), a_fact(QUEUED, seq=2), a_fact(CONNECTED, seq=3)]

    once, twice = (
        [each.detail["eventId"] for each in core.events_of(a_contact(), facts, CENTER)]
        for _ in range(2)
    )

    assert once == twice
    assert 4 == len(set(once)) == len(once)


def test_segment_attributes_keep_the_types_of_their_values() -> None:
    """Names that flows chose stay as they are."""
    session = Session(details={"SegmentAttributes": {"Score": 7, "Of": {"A": "x"}, "L": ["y"]}})

    said = detail(QUEUED, a_contact(session=session))["segmentAttributes"]

    assert {
        "connect:Subtype": {"valueString": "connect:Telephony"},
        "Score": {"valueInteger": 7},
        "Of": {"valueMap": {"A": {"valueString": "x"}}},
        "L": {"valueList": [{"valueString": "y"}]},
    } == said


# --- the shape of real ones -----------------------------------------------------------------------

# What telephone companies' answering machines are asked for, which no contact of ours is yet; and
# keys that samples spell in two ways.
NOT_OURS = {
    "customervoiceactivity",
    "greetingstarttimestamp",
    "greetingendtimestamp",
    "routingprofilearn",
}


@pytest.mark.skipif(not SAMPLES, reason="captured events are not beside this checkout")
def test_whatever_captured_events_say_ours_say_too() -> None:
    """Some of them spell a key in Pascal case; ours are in lower camel case throughout."""
    contact = a_contact(
        disconnected_at=later(minutes=5),
        disconnect_reason=DisconnectReason.AGENT_DISCONNECT,
        initial_contact_id=ContactId("c-0"),
        previous_contact_id=ContactId("c-0"),
    )
    ours = _keys(detail(GONE, contact, later(minutes=5)))

    for sample in SAMPLES:
        theirs = _keys(json.loads(sample.read_text())["detail"])
        assert set() == theirs - ours - NOT_OURS
    assert core.DETAIL_TYPE in {json.loads(s.read_text())["detail-type"] for s in SAMPLES}


def _keys(document: object) -> set[str]:
    if not isinstance(document, Mapping):
        return set()
    below = {key for value in document.values() for key in _keys(value)}
    return {str(key).lower() for key in document} | below


def test_ids_of_others_are_not_mixed_up() -> None:
    """Agent and queue are named by ARN, the contact by id."""
    said = detail(CONNECTED, a_contact("c-2"), later(seconds=30))

    assert "c-2" == said["contactId"]
    assert f"{ARN}/agent/{AgentId('a-ben')}" == said["agentInfo"]["agentArn"]  # type: ignore[index]
