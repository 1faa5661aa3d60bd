"""Each block of a contact with its time."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.events import BlockExecuted, ContactEvent, ContactOffered, Fact, FlowStarted
from chalicelib.core.explanation import explanation
from chalicelib.core.ids import AgentId, ContactId, FlowId, OfferId
from tests.given import MONDAY

MAIN, GREET = FlowId("f-main"), FlowId("f-greet")


def began(flow: FlowId) -> FlowStarted:
    return FlowStarted(flow_id=flow, flow_name=flow, flow_version=1, flow_type="")


def ran(flow: FlowId, block: str) -> BlockExecuted:
    return BlockExecuted(flow_id=flow, flow_version=1, block_id=block, block_type="Any")


def told(*events: tuple[float, ContactEvent]) -> list[tuple[str, int | None]]:
    """What happened so many seconds after the ring, as it is explained."""
    facts = [
        Fact(
            contact_id=ContactId("c"), seq=seq, at=MONDAY + timedelta(seconds=seconds), event=event
        )
        for seq, (seconds, event) in enumerate(events, start=1)
    ]
    return [
        (getattr(each.fact.event, "block_id", ""), each.took_ms)
        for each in explanation(reversed(facts))
    ]


def test_a_block_took_the_time_since_its_flow_did_something() -> None:
    """Also the time that the customer took to answer; in order, however the facts come."""
    explained = told(
        (0, began(MAIN)), (0.25, ran(MAIN, "Hi")), (7.25, ran(MAIN, "Menu")), (7.25, ran(MAIN, "x"))
    )

    assert [("", None), ("Hi", 250), ("Menu", 7_000), ("x", 0)] == explained


def test_a_block_that_invoked_a_module_took_as_long_as_the_module() -> None:
    """And each block inside took its own time."""
    explained = told(
        (0, began(MAIN)),
        (0, ran(MAIN, "Invoke")),
        (0, began(GREET)),
        (2, ran(GREET, "Ask")),
        (3, ran(GREET, "Back")),
        (3, ran(MAIN, "Invoke")),
    )

    assert [("Invoke", 0), ("Ask", 2_000), ("Back", 1_000), ("Invoke", 3_000)] == [
        each for each in explained if each[0]
    ]


def test_what_happens_beside_the_flow_takes_it_no_time() -> None:
    """An offer rings while the queue's flow plays on."""
    offer = ContactOffered(
        offer_id=OfferId("o"), agent_id=AgentId("a"), expires_at=MONDAY, why="longest idle"
    )

    explained = told((0, began(MAIN)), (4, offer), (5, ran(MAIN, "Loop")))

    assert ("Loop", 5_000) == explained[-1]
