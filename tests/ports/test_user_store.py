"""What every store of users promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.center import DynamoCenterStore
from chalicelib.adapters.dynamo.tables import IN_CENTER, UserRow
from chalicelib.adapters.dynamo.users import DynamoUserStore
from chalicelib.core.center import User
from chalicelib.core.errors import Duplicate, LostRace
from chalicelib.core.ids import AgentId
from chalicelib.core.phone import PhoneConfig
from chalicelib.services.user_ports import UserStore
from tests.fakes.center import InMemoryCenterStore, InMemoryUserStore
from tests.given import MONDAY
from tests.house import BEN, USERS, a_center
from tests.ports.conftest import BindTables

DAN = User(username="dan", agent_id=AgentId("a-dan"), name="Dan Dyk", groups=("agent",))


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> UserStore:
    if request.param == "fake":
        return InMemoryUserStore(InMemoryCenterStore(a_center()))
    request.getfixturevalue("bind_tables")(center=[*IN_CENTER])
    return DynamoUserStore(lambda user: None)


def test_users_are_found_by_id_and_listed_by_name(store: UserStore) -> None:
    """Whoever is gone is in neither."""
    for user in reversed((*USERS, DAN)):
        store.add(user)

    assert ["ben", "cleo", "dan", "sue"] == [user.username for user in store.users()]
    assert DAN == store.find(DAN.agent_id)
    store.delete(DAN)
    store.delete(DAN)
    assert store.find(DAN.agent_id) is None
    assert list(USERS) == list(store.users())


def test_a_user_name_is_taken_once(store: UserStore) -> None:
    store.add(DAN)

    with pytest.raises(Duplicate):
        store.add(replace(DAN, agent_id=AgentId("a-other")))

    assert store.find(AgentId("a-other")) is None


def test_a_change_counts_where_the_user_is_found_and_listed(store: UserStore) -> None:
    dan = store.add(DAN)

    after = store.save(dan, replace(dan, phone=PhoneConfig(auto_accept=True)))

    assert [after] == list(store.users())
    assert after == store.find(DAN.agent_id)
    assert after.revision == dan.revision + 1


def test_of_two_changes_of_the_same_the_second_is_lost(store: UserStore) -> None:
    dan = store.add(DAN)
    first = store.save(dan, replace(dan, name="Daniel"))

    with pytest.raises(LostRace):
        store.save(dan, replace(dan, name="Danny"))

    assert first == store.find(DAN.agent_id)
    with pytest.raises(LostRace):
        store.save(replace(dan, username="gone"), dan)


# --- the real store -------------------------------------------------------------------------------


@pytest.fixture
def bound(bind_tables: BindTables) -> None:
    bind_tables(center=[*IN_CENTER])


@pytest.mark.usefixtures("bound")
def test_a_user_from_before_changes_were_counted_can_be_changed() -> None:
    """The rows have no revision, and nobody listed them; from now on somebody does."""
    store, ben = DynamoUserStore(lambda user: None), USERS[0]
    for key in ("user#ben", f"agent#{BEN}"):
        UserRow(key, "user", document=codec.dump(ben)).save()
    assert [] == store.users()

    known = store.find(BEN)
    assert known is not None
    store.save(known, replace(known, name="Ben Odeh"))

    assert ["Ben Odeh"] == [user.name for user in store.users()]
    with pytest.raises(LostRace):
        store.save(known, known)


@pytest.mark.usefixtures("bound")
def test_who_changes_a_user_sees_the_change_at_once() -> None:
    """What the worker remembers of users counts no more."""
    center = DynamoCenterStore(lambda: MONDAY)
    store = DynamoUserStore(center.forget_user)
    ben = store.add(USERS[0])
    assert ben == center.agent(BEN) == center.user("ben")

    changed = store.save(ben, replace(ben, name="Ben Odeh"))
    assert changed == center.agent(BEN) == center.user("ben")
    store.delete(changed)

    assert center.agent(BEN) is center.user("ben") is None
