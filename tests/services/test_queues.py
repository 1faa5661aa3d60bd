"""Queues: which there are, and taking one away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import Menu
from chalicelib.core.errors import InUse, NotFound
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.queues import QueuesService
from tests.house import SALES, SUPPORT
from tests.services.test_flow_library import SUPPORT as TO_SUPPORT
from tests.services.test_flow_library import Shop


@pytest.fixture
def shop() -> Shop:
    """Nobody serves any queue."""
    shop = Shop()
    shop.store.configuration = replace(shop.store.configuration, profiles=())
    return shop


@pytest.fixture
def queues(shop: Shop) -> QueuesService:
    return QueuesService(shop.store, FlowUsage(shop.store, shop.store))


def test_a_queue_that_nobody_names_goes(shop: Shop, queues: QueuesService) -> None:
    """By id or ARN."""
    center = shop.store.center()
    assert [queue.name for queue in queues.listed(center)] == ["Sales", "Support"]

    queues.delete(center, SALES)
    queues.delete(center, center.queue_arn(SUPPORT))

    assert shop.store.center().queues == ()
    with pytest.raises(NotFound):
        queues.delete(shop.store.center(), SALES)


def test_a_queue_that_two_flows_use_stays_and_both_are_named(
    shop: Shop, queues: QueuesService
) -> None:
    """Also routing profiles, menus and drafts: whoever wants it gone knows where to go first."""
    shop.create("Calls", TO_SUPPORT)
    shop.create("Chats", TO_SUPPORT)
    shop.create("Soon", TO_SUPPORT, is_draft=True)
    menu = Menu(menu_id="main", entries={"1": "queue:Sales", "2": "queue:Support"})
    profiles = Shop().store.center().profiles
    shop.store.configuration = replace(shop.store.configuration, menus=(menu,), profiles=profiles)

    with pytest.raises(InUse) as refused:
        queues.delete(shop.store.center(), SUPPORT)

    assert refused.value.users == [
        "flow 'Calls'",
        "flow 'Chats'",
        "the draft of flow 'Soon'",
        "routing profile 'General'",
        "menu 'main'",
    ]
    assert shop.store.center().queue("Support") is not None
