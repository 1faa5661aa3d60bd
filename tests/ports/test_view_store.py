"""What every store of views promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.tables import IN_CENTER
from chalicelib.adapters.dynamo.views import DynamoViewStore
from chalicelib.core.errors import LostRace
from chalicelib.core.view import View, ViewContent, ViewVersion
from chalicelib.services.views import ViewStore
from tests.fakes.flows import InMemoryViewStore
from tests.given import MONDAY

CONTENT = ViewContent(template='{"Body": []}', actions=("Done",))
VIEW = View(view_id="v-1", name="Form", saved=CONTENT, created_at=MONDAY, modified_at=MONDAY)
SAVED = replace(VIEW, revision=1)
FIRST = ViewVersion(view_id="v-1", number=1, content=CONTENT, description="first")


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> ViewStore:
    if request.param == "fake":
        return InMemoryViewStore()
    request.getfixturevalue("bind_tables")(center=[*IN_CENTER])
    return DynamoViewStore()


def test_a_view_is_found_as_it_was_saved(store: ViewStore) -> None:
    store.save(VIEW)

    assert SAVED == store.view("v-1")
    assert [SAVED] == list(store.views())
    assert store.view("v-2") is None


def test_the_second_of_two_editors_loses_and_makes_no_version(store: ViewStore) -> None:
    store.save(VIEW)
    store.save(replace(SAVED, name="Mine"))

    with pytest.raises(LostRace):
        store.save(replace(SAVED, name="Theirs"), FIRST)
    assert not store.versions("v-1")


def test_versions_are_listed_in_order_and_found_by_number(store: ViewStore) -> None:
    store.save(VIEW, FIRST)
    second = replace(FIRST, number=2)
    store.save(SAVED, second)

    assert [FIRST, second] == list(store.versions("v-1"))
    assert second == store.version("v-1", 2)
    assert store.version("v-1", 3) is None


def test_one_version_goes_or_all_with_their_view(store: ViewStore) -> None:
    store.save(VIEW, FIRST)
    store.save(SAVED, replace(FIRST, number=2))
    store.delete("v-1", 1)
    assert [2] == [version.number for version in store.versions("v-1")]

    store.delete("v-1")
    assert store.view("v-1") is None
    assert not store.versions("v-1")
