"""Contact events on their way onto a bus of EventBridge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.adapters.contact_events import EventBridgeContactEvents
from chalicelib.core.contact_events import ContactEvent
from chalicelib.services.ports import Unavailable
from tests.given import MONDAY


class Events:
    """botocore's client, as far as it is used; `refusals`: how many entries of each request."""

    def __init__(self, *refusals: int) -> None:
        self.requests: list[list[dict[str, Any]]] = []
        self.refusals = list(refusals)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # botocore's names
        self.requests.append(Entries)
        refused = self.refusals.pop(0) if self.refusals else 0
        results: list[dict[str, Any]] = [{"EventId": "1"} for _ in Entries]
        results[:refused] = [{"ErrorCode": "ThrottlingException"}] * refused
        return {"FailedEntryCount": refused, "Entries": results}


class NoEvents:
    def put_events(self, **_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://events.test")


def an_event(number: int) -> ContactEvent:
    return ContactEvent({"eventId": str(number)}, ("arn:contact", "arn:instance"), MONDAY)


def test_an_event_looks_as_rules_for_connect_expect_it() -> None:
    """But for the source: AWS lets nobody else say `aws.connect`."""
    events = Events()

    EventBridgeContactEvents(events, "contacts").publish([an_event(1)])

    ((entry,),) = events.requests
    assert {"eventId": "1"} == json.loads(entry.pop("Detail"))
    assert {
        "DetailType": "Amazon Connect Contact Event",
        "EventBusName": "contacts",
        "Resources": ["arn:contact", "arn:instance"],
        "Source": "trunkline.connect",
        "Time": MONDAY,
    } == entry


def test_a_request_holds_what_a_bus_takes_at_once() -> None:
    """Ten events."""
    events = Events()

    EventBridgeContactEvents(events, "contacts").publish([an_event(n) for n in range(21)])

    assert [10, 10, 1] == [len(entries) for entries in events.requests]


def test_what_was_refused_and_only_that_is_sent_again() -> None:
    """The others are there already."""
    events = Events(2, 1)

    EventBridgeContactEvents(events, "contacts").publish([an_event(n) for n in range(5)])

    assert [5, 2, 1] == [len(entries) for entries in events.requests]


def test_whoever_publishes_learns_that_not_all_of_it_got_through() -> None:
    """The record of the table's stream comes again then."""
    with pytest.raises(Unavailable):
        EventBridgeContactEvents(Events(1, 1, 1), "contacts").publish([an_event(1)])
    with pytest.raises(Unavailable):
        EventBridgeContactEvents(NoEvents(), "contacts").publish([an_event(1)])
