"""Waiting and being called back, at the deployed center."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.journeys.center import Center, eventually
from tests.journeys.customers import Caller
from tests.journeys.numbers import BUSY, NO_ANSWER, PERSON, called_now

pytestmark = pytest.mark.journey

ANA, BEA = "+12025550123", "+12025550124"


@pytest.fixture(autouse=True)
def nobody_is_promised_anything(center: Center) -> Iterator[None]:
    yield
    for standing in callbacks(center):
        center.request("DELETE", f"/v1/callbacks/{standing['contactId']}", role="supervisor")


def callbacks(center: Center, role: str = "supervisor") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = center.get("/v1/callbacks", role=role)["callbacks"]
    return listed


def standing(center: Center, number: str) -> dict[str, Any]:
    return eventually(
        lambda: next((each for each in callbacks(center) if each["number"] == number), None),
        f"a promise to call {number}",
    )


def asks(center: Center, number: str) -> None:
    """A caller in line would rather be called back, and hangs up."""
    with Caller(center, number) as caller:
        caller.asks_for_support()
        caller.presses("1")
        caller.say("played", wait=caller.told("drain")["wait"])
        caller.told("end")


def hears(caller: Caller, words: str) -> str:
    frame = caller.wait_for(lambda f: words in json.dumps(f, ensure_ascii=False), repr(words))
    caller.frames.insert(0, frame)
    return json.dumps(frame, ensure_ascii=False)


def test_a_caller_hears_the_place_and_that_nobody_can_tell_how_long_it_takes(
    center: Center,
) -> None:
    """Nobody is at work; the same numbers through Amazon Connect's own API."""
    with Caller(center, ANA) as caller:
        caller.asks_for_support()
        said = hears(caller, "in line.")
        assert "You are number 1 in line. We cannot tell how long it will take." in said
        caller.hears_the_queue()

        metrics = [{"Name": "POSITION_IN_QUEUE"}, {"Name": "ESTIMATED_WAIT_TIME"}]
        told = center.connect().get_contact_metrics(
            InstanceId=center.instance_id, ContactId=caller.contact_id, Metrics=metrics
        )
        values = {each["Name"]: each.get("Value") for each in told["MetricResults"]}
        assert {"POSITION_IN_QUEUE": {"Number": 1.0}, "ESTIMATED_WAIT_TIME": None} == values
        fact, *_ = center.explain(caller.contact_id, "PlaceAnnounced")
        assert (1, None) == (fact["place"], fact["waitSeconds"])


def test_a_callback_keeps_its_place_is_seen_and_is_talked_in_the_end(center: Center) -> None:
    """Before a caller who came later; asked for twice it is one."""
    number = called_now(PERSON)
    asks(center, number)
    listed = standing(center, number)
    with Caller(center, number) as again:
        again.presses("1")
        again.say("timeout", wait=again.told("collect")["wait"])
        again.presses("2")
        again.presses("1")
        hears(again, "already promised")
    with Caller(center, BEA) as bea:
        bea.asks_for_support()
        bea.hears_the_queue()
        waits = eventually(
            lambda: next((c for c in callbacks(center) if c["state"] == "WAITING"), None),
            "the callback in line",
            60,
        )
        assert (listed["contactId"], 1) == (waits["contactId"], waits["place"])
        assert 1 == sum(each["number"] == number for each in callbacks(center, "agent"))
        with center.desk("agent") as desk:
            desk.must("status", name="Available")
            offer = desk.offered()
            assert listed["contactId"] == offer["contactId"]
            desk.must("accept", contactId=offer["contactId"], offerId=offer["offerId"])
            desk.told("ContactJoined", offer["contactId"])
            assert "CONNECTED" == standing(center, number)["state"]
            desk.told("ContactDisconnected", offer["contactId"])
            desk.must("status", name="Offline")
            desk.wrap_up(offer["contactId"])
    eventually(lambda: number not in str(callbacks(center)) or None, "an end of the promise")


def test_a_callback_is_cancelled_by_phone_and_by_rest(center: Center) -> None:
    """And is not dialled by anybody who comes to work afterwards."""
    first, second = called_now(NO_ANSWER), called_now(BUSY)
    asks(center, first)
    asks(center, second)
    with Caller(center, first) as caller:
        caller.presses("1")
        hears(caller, "promised to call you back")
        caller.presses("2")
        hears(caller, "We will not call you any more.")
    path = f"/v1/callbacks/{standing(center, second)['contactId']}"
    assert 200 == center.request("DELETE", path, role="agent")[0]

    assert 409 == center.request("DELETE", path, role="supervisor")[0]
    assert 404 == center.request("DELETE", "/v1/callbacks/nobody", role="supervisor")[0]
    assert [] == callbacks(center)


def test_of_twenty_in_the_same_instant_five_wait_and_fifteen_are_offered_a_callback(
    center: Center,
) -> None:
    """Racing for real for the last places; nobody hears a busy tone."""
    with ExitStack() as hangs_up:

        def calls(number: int) -> Caller:
            caller = hangs_up.enter_context(Caller(center, f"+120255501{number:02}"))
            caller.presses("1")
            return caller

        def states() -> Counter[str]:
            return Counter(center.contact(caller.contact_id)["state"] for caller in callers)

        with ThreadPoolExecutor(3) as one_after_the_other:
            callers = list(one_after_the_other.map(calls, range(20)))
        menus = [caller.told("collect", "listen") for caller in callers]
        with ThreadPoolExecutor(20) as at_once:
            for caller, menu in zip(callers, menus, strict=True):
                at_once.submit(caller.say, "input", wait=menu["wait"], digits="2")

        eventually(lambda: states()["QUEUED"] == 5 or None, "five in the queue", 90)
        for caller in callers:
            hears(caller, "press 1.")
        assert {"QUEUED": 5, "IN_FLOW": 15} == states()
