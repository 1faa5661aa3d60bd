"""What every store of bots promises."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.adapters.dynamo.bots import DynamoBotStore
from chalicelib.adapters.dynamo.tables import IN_CENTER
from chalicelib.core.bots import read_bot
from chalicelib.core.errors import NotFound
from chalicelib.services.bot_ports import BotStore
from tests.core.bots.given import TRAVEL
from tests.fakes.center import InMemoryBotStore
from tests.given import MONDAY


class Clock:
    at = MONDAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest, clock: Clock) -> BotStore:
    if request.param == "fake":
        return InMemoryBotStore()
    request.getfixturevalue("bind_tables")(center=[*IN_CENTER])
    return DynamoBotStore(clock)


def save(store: BotStore, **fields: object) -> None:
    document = {**TRAVEL, **fields}
    store.save(read_bot(document), document)


def test_a_bot_is_kept_as_it_was_written(store: BotStore) -> None:
    save(store)

    assert TRAVEL == store.document("travel")
    assert read_bot(TRAVEL) == store.get("travel")


def test_all_are_listed_by_name(store: BotStore) -> None:
    for name in ("zoo", "travel", "bank"):
        save(store, name=name)

    assert ["bank", "travel", "zoo"] == [bot.name for bot in store.list()]


def test_a_bot_that_is_not_there_is_not_found(store: BotStore) -> None:
    for ask in (store.get, store.document):
        with pytest.raises(NotFound, match="no bot 'nowhere'"):
            ask("nowhere")


def test_a_change_is_obeyed_at_once_here_and_after_5_seconds_elsewhere(
    store: BotStore, clock: Clock
) -> None:
    save(store)
    assert 2 == store.get("travel").retries
    save(store, retries=0)
    assert 0 == store.get("travel").retries

    elsewhere = DynamoBotStore(clock) if isinstance(store, DynamoBotStore) else store
    elsewhere.get("travel")
    save(store, retries=1)
    clock.at += timedelta(seconds=6)
    assert 1 == elsewhere.get("travel").retries
