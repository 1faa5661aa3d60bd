"""What every ConnectionStore promises."""

from __future__ import annotations

import pytest

from chalicelib.adapters.dynamo.connections import DynamoConnectionStore
from chalicelib.adapters.dynamo.tables import IN_CONNECTIONS
from chalicelib.core.ids import ConnectionId, ContactId
from chalicelib.services.ports import Connection, ConnectionStore
from tests.fakes.world import InMemoryConnectionStore
from tests.given import MONDAY
from tests.house import BEN

ANA = ContactId("c-1")


@pytest.fixture(params=["fake", "dynamo", "simulated"])
def store(request: pytest.FixtureRequest) -> ConnectionStore:
    if request.param == "fake":
        return InMemoryConnectionStore()
    bind = "bind_tables" if request.param == "dynamo" else "bind_simulated"
    request.getfixturevalue(bind)(connections=[*IN_CONNECTIONS])
    return DynamoConnectionStore()


def customers(connection_id: str) -> Connection:
    return Connection(connection_id=ConnectionId(connection_id), contact_id=ANA)


def test_a_socket_tells_whose_it_is(store: ConnectionStore) -> None:
    """Name, groups, agent; also when asked again."""
    bens = Connection(
        connection_id=ConnectionId("ws-1"), username="ben", groups=("agent",), agent_id=BEN
    )
    store.add(bens, at=MONDAY)

    assert store.get(ConnectionId("ws-1")) == store.get(ConnectionId("ws-1")) == bens
    assert store.get(ConnectionId("ws-2")) is None


def test_a_closed_socket_is_nobodys(store: ConnectionStore) -> None:
    """Closing twice is harmless."""
    store.add(customers("ws-1"), at=MONDAY)
    store.get(ConnectionId("ws-1"))

    store.remove(customers("ws-1"))
    store.remove(customers("ws-1"))

    assert store.get(ConnectionId("ws-1")) is None


def test_the_customers_newest_socket_is_known(store: ConnectionStore) -> None:
    """Asked freshly, whatever was remembered."""
    assert store.of_customer(ANA, is_fresh=True) is None
    store.add(customers("ws-1"), at=MONDAY)
    assert store.of_customer(ANA) == "ws-1"

    store.add(customers("ws-2"), at=MONDAY)

    assert store.of_customer(ANA, is_fresh=True) == "ws-2"
    assert store.of_customer(ContactId("c-2"), is_fresh=True) is None


@pytest.mark.parametrize("closed", ["ws-1", "ws-2"])
def test_a_customers_socket_is_known_after_it_closed(store: ConnectionStore, closed: str) -> None:
    """Who once was there is told apart from who never came; an older one never comes back."""
    store.add(customers("ws-1"), at=MONDAY)
    store.add(customers("ws-2"), at=MONDAY)

    store.remove(customers(closed))

    assert store.of_customer(ANA, is_fresh=True) == "ws-2"


def test_another_worker_learns_of_a_new_socket_when_it_asks(
    request: pytest.FixtureRequest,
) -> None:
    """What one Lambda remembers may be old: then the table is asked."""
    request.getfixturevalue("bind_tables")(connections=[*IN_CONNECTIONS])
    one, other = DynamoConnectionStore(), DynamoConnectionStore()
    one.add(customers("ws-1"), at=MONDAY)
    assert other.of_customer(ANA) == "ws-1"

    one.add(customers("ws-2"), at=MONDAY)

    assert other.of_customer(ANA) == "ws-1"
    assert other.of_customer(ANA, is_fresh=True) == "ws-2"
