"""What every store of the configuration promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from chalicelib.adapters.dynamo.center import DynamoAccessKeys, DynamoCenterStore
from chalicelib.adapters.dynamo.tables import IN_CENTER
from chalicelib.core.center import Center, Queue, User
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.flow import FlowType
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import FlowId, QueueId
from chalicelib.services.flow_library import FlowStore
from tests.caller import OFFICE
from tests.fakes import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import BEN, USERS, a_center, to_queue

CENTER = a_center(hours=(OFFICE,))
CONTENT = to_queue("Sales")


class Store(FlowStore, Protocol):
    def save_settings(self, center: Center) -> None: ...

    def save_user(self, user: User) -> None: ...


class Clock:
    at = MONDAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Store:
    if request.param == "fake":
        return InMemoryCenterStore(CENTER)
    request.getfixturevalue("bind_tables")(center=[*IN_CENTER])
    store = DynamoCenterStore(clock)
    store.save_settings(CENTER)
    return store


def an_entry(version: int = 1, flow_id: str = "f-1") -> FlowEntry:
    return FlowEntry(
        flow_id=FlowId(flow_id), name=f"Flow {flow_id}", type="CONTACT_FLOW", version=version
    )


def by_id(center: Center) -> Center:
    """Parts in any order are the same configuration."""
    return replace(
        center,
        queues=tuple(sorted(center.queues, key=lambda q: q.queue_id)),
        statuses=tuple(sorted(center.statuses, key=lambda s: s.name)),
        dispositions=tuple(sorted(center.dispositions, key=lambda d: d.disposition_id)),
        flows=tuple(sorted(center.flows, key=lambda f: f.flow_id)),
    )


def test_the_configuration_is_read_as_it_was_saved(store: Store) -> None:
    """Queues, profiles, hours, statuses, dispositions and all."""
    assert by_id(store.center()) == by_id(CENTER)


def test_parts_that_are_not_named_stay(store: Store) -> None:
    """Saving the settings anew neither drops a queue nor a published flow."""
    store.publish(an_entry(), CONTENT)

    store.save_settings(replace(CENTER, name="Acme Ltd", dispositions=(), queues=()))

    center = store.center()
    assert center.name == "Acme Ltd"
    assert [flow.flow_id for flow in center.flows] == ["f-1"]
    assert {queue.name for queue in center.queues} == {"Sales", "Support"}
    assert len(center.dispositions) == 3


def test_users_are_found_by_name_and_by_agent_id(store: Store) -> None:
    for user in USERS:
        store.save_user(user)

    assert store.user("ben") == store.agent(BEN) == USERS[0]
    assert store.user("sue") == USERS[2]
    assert store.user("nobody") is None
    assert store.user("") is None


def test_a_published_flow_is_what_new_contacts_get(store: Store) -> None:
    """The entry points at the version; the version holds the flow."""
    store.publish(an_entry(), CONTENT)

    entry = store.center().flows[0]
    flow = store.flow(entry.flow_id, entry.version)

    assert flow is not None
    assert (flow.version, flow.type, flow.flow.start) == (1, FlowType.CONTACT_FLOW, "Choose")


def test_old_versions_stay_for_the_contacts_that_run_in_them(store: Store) -> None:
    """Publishing changes the entry only."""
    store.publish(an_entry(1), CONTENT)
    first = store.flow(FlowId("f-1"), 1)
    other = json.dumps({**json.loads(CONTENT), "StartAction": "Sorry"})

    store.publish(an_entry(2), other)

    assert store.flow(FlowId("f-1"), 1) == first
    second = store.flow(FlowId("f-1"), 2)
    assert second is not None
    assert second.flow.start == "Sorry"
    assert [entry.version for entry in store.center().flows] == [2]
    assert store.flow(FlowId("f-1"), 3) is None


def test_a_version_is_published_once(store: Store) -> None:
    """Of two admins who publish at the same time, one is told; the first one's flow stays."""
    store.publish(an_entry(), CONTENT)

    with pytest.raises(Conflict):
        store.publish(replace(an_entry(), name="Another"), to_queue("Support"))

    assert [entry.name for entry in store.center().flows] == ["Flow f-1"]
    flow = store.flow(FlowId("f-1"), 1)
    assert flow is not None
    assert flow.flow.actions["Choose"].parameters == {"QueueId": "queue:Sales"}


# --- the real store -------------------------------------------------------------------------------


@pytest.fixture
def bound(bind_tables: Callable[..., None]) -> None:
    bind_tables(center=[*IN_CENTER])


@pytest.mark.usefixtures("bound")
def test_a_center_that_was_never_set_up_says_so() -> None:
    with pytest.raises(NotFound, match="has not been set up"):
        DynamoCenterStore(Clock()).center()


@pytest.mark.usefixtures("bound")
def test_a_change_is_obeyed_after_some_seconds_by_every_worker(clock: Clock) -> None:
    """Until then the worker's own copy counts, so a turn needs no read of the configuration."""
    here, there = DynamoCenterStore(clock), DynamoCenterStore(clock)
    here.save_settings(CENTER)
    there.center()
    new = Queue(queue_id=QueueId("q-new"), name="New", hours_id="office")

    here.save_settings(replace(CENTER, queues=(new,)))

    assert here.center().queue("New") == new
    assert there.center().queue("New") is None
    clock.at += timedelta(seconds=6)
    assert there.center().queue("New") == new


@pytest.mark.usefixtures("bound")
def test_a_user_who_did_not_exist_is_asked_for_again(clock: Clock) -> None:
    """A newcomer can sign in at once."""
    here, there = DynamoCenterStore(clock), DynamoCenterStore(clock)
    assert there.user("ben") is None

    here.save_user(USERS[0])

    assert there.user("ben") == USERS[0]


@pytest.mark.usefixtures("bound")
def test_an_access_key_has_a_secret_and_groups() -> None:
    """An unknown one is None."""
    keys = DynamoAccessKeys()
    keys.save("AKTEST", "secret", frozenset({"admin", "supervisor"}))

    assert keys.get("AKTEST") == ("secret", frozenset({"admin", "supervisor"}))
    assert keys.get("AKOTHER") is None
