"""What every AlertStore promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.alerts import DynamoAlertStore
from chalicelib.adapters.dynamo.tables import IN_ROUTING
from chalicelib.core.alert import Alert, AlertKind
from chalicelib.core.ids import AgentId, QueueId, TicketId
from chalicelib.services.alerts import AlertStore
from tests.fakes.contacts import InMemoryAlertStore
from tests.given import MONDAY, later


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> AlertStore:
    if request.param == "fake":
        return InMemoryAlertStore()
    request.getfixturevalue("bind_tables")(routing=[*IN_ROUTING])
    return DynamoAlertStore()


def an_alert(seconds: int = 0, **fields: object) -> Alert:
    known = {
        "kind": AlertKind.DESK_SILENT,
        "at": later(seconds=seconds),
        "text": "Ben Ode is not heard of",
        "agent_id": AgentId("a-ben"),
    }
    return Alert(**{**known, **fields})  # type: ignore[arg-type]  # names as in Alert


def test_an_alert_is_read_as_it_was_raised(store: AlertStore) -> None:
    alert = an_alert(queue_id=QueueId("q-sales"), ticket_id=TicketId("T-17"))
    store.add(alert)

    assert [alert] == list(store.since(MONDAY, limit=9))


def test_the_newest_alerts_come_first_and_old_ones_not_at_all(store: AlertStore) -> None:
    alerts = [an_alert(seconds) for seconds in (-1, 0, 1, 2)]
    for alert in alerts:
        store.add(alert)

    assert alerts[:0:-1] == list(store.since(MONDAY, limit=9))
    assert [alerts[3]] == list(store.since(MONDAY, limit=1))


def test_an_alert_raised_twice_is_one(store: AlertStore) -> None:
    """Whoever finds it again says so again; of another agent it is another."""
    for alert in (an_alert(), an_alert(), an_alert(agent_id=AgentId("a-cleo"))):
        store.add(alert)

    found = store.since(MONDAY, limit=9)
    assert 2 == len(found)
    assert replace(found[0], agent_id=None) == replace(found[1], agent_id=None)


def test_an_alert_that_is_taken_back_is_gone(store: AlertStore) -> None:
    """Known by what it is about, whatever it said; and one that never was does no harm."""
    store.add(an_alert(about="daily-queues 2026-03-08"))
    store.add(an_alert(about="daily-agents 2026-03-08"))

    for about in ("daily-queues 2026-03-08", "daily-contacts 2026-03-08"):
        store.remove(an_alert(about=about, text=""))

    assert [an_alert(about="daily-agents 2026-03-08")] == list(store.since(MONDAY, limit=9))
