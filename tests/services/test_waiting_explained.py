"""Why a contact waits, agent by agent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import AVAILABLE
from chalicelib.core.contact import ContactState
from chalicelib.core.errors import Conflict
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.services.waiting_explained import FREE, WaitingExplained
from tests.acme import SALES, SUPPORT, Acme, a_profile, asks_for_vietnamese


def explained(acme: Acme) -> WaitingExplained:
    return WaitingExplained(acme.contacts, acme.routing_store, acme.center, acme.now)


def whys(acme: Acme, contact_id: ContactId) -> dict[str, str]:
    return {each.username: each.why for each in explained(acme).explain(contact_id).agents}


def test_each_agent_of_the_queue_is_told_with_what_stands_in_the_way() -> None:
    acme = Acme(speaks={"A01": 5.0, "A02": 2.0})
    acme.publish("Vietnamese please", asks_for_vietnamese((3.0, 30), (2.0, None)))
    acme.comes("A01")
    acme.enters(SALES)
    acme.takes("A01")
    acme.comes("A02")
    acme.signs_in("A03", "Break")
    acme.comes("A04")
    acme.desk.leave(AgentId("A04"), acme.routing_store.signed_in[AgentId("A04")].connection_id)  # type: ignore[arg-type]

    contact_id = acme.rings("Vietnamese please")

    told = explained(acme).explain(contact_id)
    assert ("Vietnamese ≥ 3", 1) == (told.asks_for, told.position)
    assert told.widens_at == acme.contact(contact_id).queue.step_ends_at  # type: ignore[union-attr]
    assert {
        "A01": "busy",
        "A02": "lacks Vietnamese ≥ 3",
        "A03": "on Break",
        "A04": "not heard of",
    } == whys(acme, contact_id)


def test_a_delay_is_told_in_seconds_and_agents_of_other_queues_are_not_told() -> None:
    acme = Acme(a_profile([(SUPPORT, 1, 30)]))
    acme.comes("A01")
    waiting, elsewhere = acme.enters(SUPPORT), acme.enters(SALES)
    acme.comes_to(12)

    assert {"A01": "gets it in 18 s: the routing profile's delay"} == whys(acme, waiting)
    assert {} == whys(acme, elsewhere)


def test_who_could_take_it_is_said_to_get_it_soon() -> None:
    """Nobody has looked yet: the sweep will."""
    acme = Acme()
    contact_id = acme.enters(SALES)
    agent = acme.signs_in("A01", "Break")
    status = replace(agent, status=AVAILABLE)
    acme.routing_store.agents[agent.agent_id] = status

    assert {"A01": FREE} == whys(acme, contact_id)
    assert ContactState.QUEUED is acme.contact(contact_id).state


def test_a_contact_that_does_not_wait_has_nothing_to_explain() -> None:
    acme = Acme()
    contact_id = acme.rings("Menu")

    with pytest.raises(Conflict):
        explained(acme).explain(contact_id)
