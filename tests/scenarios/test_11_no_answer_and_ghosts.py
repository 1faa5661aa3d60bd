"""Scenario 11: no answer, and ghosts."""

from __future__ import annotations

from chalicelib.core.center import NOT_REACHABLE
from chalicelib.core.contact_record import fold
from chalicelib.core.events import DisconnectReason, OfferEnded, OfferOutcome
from chalicelib.core.flow import Answered, Ask, Port
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from chalicelib.core.metrics import Thresholds, offers_missed
from chalicelib.core.routing import SlotState
from chalicelib.services.asking import Inquiry
from chalicelib.services.queue_metrics import QueueMetrics
from tests.acme import SALES, Acme
from tests.given import MONDAY


def test_after_twenty_seconds_the_next_agent_rings_within_one(  # the place is the old one
) -> None:
    acme = Acme()
    acme.comes("A01")
    acme.comes_to(1)
    acme.comes("A02")
    contact_id = acme.enters(SALES)
    stay = acme.contact(contact_id).queue

    acme.comes_to(20.9)
    before = acme.rings_at(contact_id)
    acme.comes_to(22)

    assert ("A01", "A02") == (before, acme.rings_at(contact_id))
    assert [SlotState.MISSED] == [slot.state for slot in acme.agent(AgentId("A01")).slots]
    assert stay == acme.contact(contact_id).queue


def test_a_contact_that_three_agents_missed_is_one_contact_with_three_missed_offers() -> None:
    acme = Acme()
    for name in ("A01", "A02", "A03"):
        acme.comes(name)
    contact_id = acme.enters(SALES)
    acme.comes_to(70)
    acme.comes("A04")
    acme.takes("A04")
    acme.finishes("A04")
    acme.streams()

    missed = [e.agent_id for e in acme.events(contact_id, OfferEnded)]
    record = fold(acme.contacts.facts(contact_id), instance_arn=acme.center.center().arn)
    assert record is not None
    assert ["A01", "A02", "A03"] == missed
    assert 3 == offers_missed(record, Thresholds())


def test_who_misses_three_in_a_row_is_not_reachable_and_gets_nothing_more() -> None:
    acme = Acme()
    agent_id = acme.comes("A01")
    states = []
    for _ in range(3):
        contact_id = acme.enters(SALES)
        acme.comes_to((acme.at - MONDAY).total_seconds() + 21)
        states.append(acme.agent(agent_id).status.name)
        acme.breathes("A01")
        acme.desk.clear(agent_id, contact_id)
        acme.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    assert ["Available", "Available", NOT_REACHABLE.name] == states
    assert acme.rings_at(acme.enters(SALES)) is None


# --- ghosts ---------------------------------------------------------------------------------------


def test_a_laptop_that_was_shut_gets_no_offers_after_ninety_seconds() -> None:
    """And is not staffed any more: the last one there makes the answer no."""
    acme = Acme()
    agent_id = acme.comes("A01")
    staffed = []
    for second in (89, 91):
        acme.comes_to(second)
        acme.sweep.run()
        staffed.append(count(acme, "NumberOfAgentsStaffed"))

    assert ["1", "0"] == staffed
    assert acme.rings_at(acme.enters(SALES)) is None
    assert acme.agent(agent_id).is_away
    assert set() == acme.routing_store.open


def test_a_heartbeat_that_returns_after_95_seconds_brings_the_status_back() -> None:
    """The one it was; in the same session; and what waits rings at once."""
    acme = Acme()
    agent_id = acme.comes("A01")
    acme.comes_to(91)
    acme.sweep.run()
    waiting = acme.enters(SALES)
    acme.comes_to(95)
    before = acme.rings_at(waiting)

    acme.breathes("A01")

    agent = acme.agent(agent_id)
    assert (None, "A01") == (before, acme.rings_at(waiting))
    assert ("Available", False) == (agent.status.name, agent.is_away)
    assert [ConnectionId("ws-A01")] == [p.connection_id for p in acme.routing_store.online()]


def test_a_ghost_that_went_offline_is_forgotten() -> None:
    """Nobody looks after it any more."""
    acme = Acme()
    acme.comes("A01")
    acme.desk.set_status(AgentId("A01"), "Offline")
    acme.comes_to(91)
    acme.sweep.run()

    assert [] == list(acme.routing_store.online())


def count(acme: Acme, metric: str) -> str:
    """As the block that asks whether anybody is there."""
    asking: ContactId = acme.rings("Menu")
    inquiry = Inquiry(
        ask=Ask(Port.METRICS, "check", {"QueueId": "queue:Sales", "MetricType": metric}),
        contact=acme.contact(asking),
        center=acme.center.center(),
        at=acme.at,
        key="k",
    )
    reply = QueueMetrics(acme.routing_store, acme.center, acme.waiting).ask(inquiry)
    assert isinstance(reply, Answered)
    return reply.result or ""


def test_an_offer_whose_agent_said_no_is_no_missed_one() -> None:
    acme = Acme()
    acme.comes("A01")
    contact_id = acme.enters(SALES)
    acme.desk.reject(AgentId("A01"), contact_id, acme.offer_of(contact_id))

    (ended,) = acme.events(contact_id, OfferEnded)
    assert OfferOutcome.REJECTED is ended.outcome
    assert 0 == acme.agent(AgentId("A01")).missed_in_row
