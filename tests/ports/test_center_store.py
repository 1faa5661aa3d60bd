"""What every store of the configuration promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from chalicelib.adapters.dynamo.bots import DynamoBotStore
from chalicelib.adapters.dynamo.center import DynamoAccessKeys, DynamoCenterStore
from chalicelib.adapters.dynamo.tables import IN_CENTER, CenterRow
from chalicelib.core.bots import read_bot
from chalicelib.core.center import (
    AgentStatus,
    Center,
    PracticeNumber,
    Queue,
    StatusType,
    StoredPrompt,
    User,
)
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import FlowId, QueueId, QuickConnectId
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.services.center_ports import PartStore
from tests.caller import OFFICE
from tests.core.bots.given import TRAVEL
from tests.core.prices import tariff
from tests.fakes.center import InMemoryCenterStore
from tests.given import MONDAY
from tests.house import BEN, SALES, SUPPORT, USERS, a_center
from tests.ports.conftest import BindTables
from tests.services.promises import COMPLAINT, REFUNDS

CENTER = a_center(hours=(OFFICE,), tariffs=(tariff(1, recordings_kept_days=60),))
WELCOME = StoredPrompt(prompt_id="p-1", name="Welcome", key="prompts/p-1/1", changed_at=MONDAY)


class Store(PartStore, Protocol):
    def save_settings(self, center: Center) -> None: ...

    def save_user(self, user: User) -> None: ...

    def save_prompt(self, prompt: StoredPrompt) -> None: ...

    def delete_prompt(self, prompt_id: str) -> None: ...

    def delete_queue(self, queue_id: QueueId) -> None: ...


class Clock:
    at = MONDAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["fake", "dynamo", "simulated"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Store:
    if request.param == "fake":
        return InMemoryCenterStore(CENTER)
    bind = "bind_tables" if request.param == "dynamo" else "bind_simulated"
    request.getfixturevalue(bind)(center=[*IN_CENTER])
    store = DynamoCenterStore(clock)
    store.save_settings(CENTER)
    return store


def by_id(center: Center) -> Center:
    """Parts in any order are the same configuration."""
    return replace(
        center,
        queues=tuple(sorted(center.queues, key=lambda q: q.queue_id)),
        statuses=tuple(sorted(center.statuses, key=lambda s: s.name)),
        dispositions=tuple(sorted(center.dispositions, key=lambda d: d.disposition_id)),
    )


def test_the_configuration_is_read_as_it_was_saved(store: Store) -> None:
    """Queues, profiles, hours, statuses, dispositions and all; prices to the last decimal."""
    assert by_id(store.center()) == by_id(CENTER)


def test_parts_that_are_not_named_stay(store: Store) -> None:
    """Saving the settings anew neither drops a queue nor a stored prompt."""
    store.save_prompt(WELCOME)

    store.save_settings(replace(CENTER, name="Acme Ltd", dispositions=(), queues=()))

    center = store.center()
    assert center.name == "Acme Ltd"
    assert center.prompts == (WELCOME,)
    assert {queue.name for queue in center.queues} == {"Sales", "Support"}
    assert len(center.dispositions) == 3


def test_prompts_and_queues_come_and_go(store: Store) -> None:
    """A prompt saved again is changed; a queue taken away is gone, the others stay."""
    store.save_prompt(WELCOME)
    store.save_prompt(replace(WELCOME, name="Good morning"))
    store.delete_queue(SALES)

    assert [prompt.name for prompt in store.latest().prompts] == ["Good morning"]
    assert [queue.name for queue in store.latest().queues] == ["Support"]
    store.delete_prompt(WELCOME.prompt_id)
    assert store.latest().prompts == ()


def test_parts_come_change_and_go_one_by_one(store: Store) -> None:
    """A quick connect that leads to a queue is not taken for the queue."""
    to_sales = QuickConnect(
        quick_connect_id=QuickConnectId("qc-1"),
        name="Sales",
        type=QuickConnectType.QUEUE,
        flow_id=FlowId("f-1"),
        queue_id=SALES,
        tags={"team": "a"},
        changed_at=MONDAY,
    )
    store.save_part("quick-connect", "qc-1", to_sales)
    store.save_part("quick-connect", "qc-1", replace(to_sales, name="To Sales"))
    store.save_settings(replace(store.latest(), name="Acme Ltd"))
    assert store.latest().quick_connects == (replace(to_sales, name="To Sales"),)
    assert {queue.queue_id for queue in store.latest().queues} == {SALES, SUPPORT}

    for _ in range(2):  # one that is not there is no error
        store.delete_part("quick-connect", "qc-1")
    assert store.latest().quick_connects == ()


def test_promises_and_authorities_are_told_apart_by_kind_and_action(store: Store) -> None:
    """One that is saved again is changed; amounts come back to the cent."""
    eur = replace(REFUNDS, currency="EUR")
    for policy in (COMPLAINT, replace(COMPLAINT, kind="order"), replace(COMPLAINT, warn_seconds=0)):
        store.save_part("sla-policy", policy.kind, policy)
    for authority in (REFUNDS, eur):
        store.save_part("authority", authority.authority_id, authority)
    store.save_settings(replace(store.latest(), name="Acme Ltd"))

    center = store.latest()
    assert {(policy.kind, policy.warn_seconds) for policy in center.sla_policies} == {
        ("complaint", 0),
        ("order", 3600),
    }
    assert sorted(center.authorities, key=lambda each: each.currency) == [eur, REFUNDS]
    assert len(center.hours) == 1


def test_practice_numbers_come_later_than_the_rest(bind_tables: BindTables, clock: Clock) -> None:
    """To a center that was set up before there were any; added once more they are the same."""
    bind_tables(center=[*IN_CENTER])
    store = DynamoCenterStore(clock)
    store.save_settings(CENTER)
    numbers = (PracticeNumber(number="+12025550181"),)
    for _ in range(2):
        store.save_practice_numbers(numbers)

    assert numbers == store.latest().practice_numbers


def test_users_are_found_by_name_and_by_agent_id(store: Store) -> None:
    for user in USERS:
        store.save_user(user)

    assert store.user("ben") == store.agent(BEN) == USERS[0]
    assert store.user("sue") == USERS[2]
    assert store.user("nobody") is None
    assert store.user("") is None


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
    clock.at += timedelta(seconds=4)
    assert there.center().queue("New") == new


@pytest.mark.usefixtures("bound")
def test_a_status_of_an_older_center_is_called_what_its_row_is_called(clock: Clock) -> None:
    """Before statuses had ids, a row held a name and a type."""
    store = DynamoCenterStore(clock)
    store.save_settings(replace(CENTER, statuses=()))
    older = '{"name": "Tea", "type": "CUSTOM"}'
    CenterRow("center", "status#Tea", document=older).save()

    (tea,) = store.latest().statuses

    assert AgentStatus(status_id="Tea", name="Tea", type=StatusType.CUSTOM) == tea
    store.save_part("status", tea.status_id, replace(tea, description="With biscuits"))
    assert ["With biscuits"] == [each.description for each in store.latest().statuses]


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


@pytest.mark.usefixtures("bound")
def test_a_center_knows_its_own_bots_by_name() -> None:
    """What a flow may name is looked up when the flow is published."""
    center, bots = DynamoCenterStore(Clock()), DynamoBotStore(Clock())
    bot = read_bot(TRAVEL)
    bots.save(bot, TRAVEL)

    assert center.has_bot(bot.name)
    assert not center.has_bot("nobody")
