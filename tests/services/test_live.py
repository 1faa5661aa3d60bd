"""The center at this moment: one snapshot for supervisors."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.alert import AlertKind
from chalicelib.core.errors import NotFound
from chalicelib.core.events import Channel
from chalicelib.core.live import AgentNow, LineNow
from chalicelib.core.paging import Wish
from chalicelib.core.routing import Place
from chalicelib.services.live import LINE_PAGE
from tests.house import BEN, CLEO, SALES, SUPPORT, House
from tests.services.test_callbacks import Desk

PAGE = Wish(size=LINE_PAGE)


@pytest.fixture
def house() -> House:
    return House()


def line(house: House, queue_id: str = SALES, channel: Channel = Channel.VOICE) -> LineNow:
    lines = house.live.snapshot().lines
    return next(e for e in lines if (e.queue.queue_id, e.channel) == (queue_id, channel))


def agent(house: House, agent_id: str = BEN) -> AgentNow:
    return next(e for e in house.live.snapshot().agents if e.agent.agent_id == agent_id)


def test_every_queue_is_seen_on_every_channel_that_is_served(house: House) -> None:
    """By name, with nobody in it too; nobody takes chats of Support."""
    seen = [(each.queue.name, each.channel.value) for each in house.live.snapshot().lines]

    assert [("Sales", "VOICE"), ("Sales", "CHAT"), ("Support", "VOICE")] == seen


def test_a_line_that_nobody_serves_is_seen_as_soon_as_somebody_waits_there(house: House) -> None:
    house.chats("To Support")

    assert 1 == line(house, SUPPORT, Channel.CHAT).waiting


def test_a_line_shows_who_waits_who_rings_and_the_longest_wait(house: House) -> None:
    house.signs_in("ben")
    house.rings("To Sales")
    house.later(5)
    for _ in range(2):
        house.rings("To Sales")
    house.later(10)

    seen = line(house)

    assert (2, 1, 15) == (seen.waiting, seen.ringing, seen.oldest_seconds(house.at))


def test_agents_are_seen_by_name_with_what_they_do(house: House) -> None:
    house.signs_in("cleo", "Break")
    house.signs_in("ben")
    house.answers(BEN, house.rings("To Sales"))

    seen = [(each.agent.name, each.activity) for each in house.live.snapshot().agents]

    assert [("Ben Ode", "On contact"), ("Cleo Park", "Break")] == seen


def test_a_ghost_is_seen_as_not_reachable_with_when_it_was_last_heard(house: House) -> None:
    """After 90 seconds of silence; so also after the sweep has noted it."""
    house.signs_in("ben")
    heard_at = house.at
    house.later(90)
    was = agent(house).activity
    house.later(1)
    house.sweep.run()
    house.sweep.run()

    seen = agent(house)

    assert ("Available", "Not reachable") == (was, seen.activity)
    assert (False, heard_at) == (seen.is_reachable, seen.heard_at)


def test_who_went_offline_and_closed_the_desk_is_not_seen_any_more(house: House) -> None:
    house.signs_in("ben", "Offline")
    house.later(91)
    house.sweep.run()

    assert [] == house.live.snapshot().agents


def test_a_ghost_of_yesterday_is_not_seen_any_more(house: House) -> None:
    """A sign-in lasts half a day."""
    house.signs_in("ben")
    house.later(91)
    house.sweep.run()
    house.later(12 * 3600)
    house.sweep.run()

    assert [] == house.live.snapshot().agents


def test_alerts_of_the_last_hour_are_seen_once_each(house: House) -> None:
    for _ in range(2):
        house.alerts.raise_(AlertKind.DESK_SILENT, at=house.at, agent_id=BEN, text="Ben is silent")
    house.later(3600)
    was = [alert.text for alert in house.live.snapshot().alerts]
    house.later(1)

    assert (["Ben is silent"], []) == (was, list(house.live.snapshot().alerts))


def test_a_wait_is_estimated_as_it_is_for_the_caller(house: House) -> None:
    """Nobody there: cannot tell; somebody free: none; else what whoever comes now is told."""
    nobody = line(house).estimated_wait_seconds
    house.rings("To Sales")
    still_nobody = line(house).estimated_wait_seconds
    house.later(15)  # so long an estimate's ground is good
    house.signs_in("ben")  # who gets the one that waits
    busy = line(house).estimated_wait_seconds
    house.signs_in("cleo")
    free = line(house, SUPPORT).estimated_wait_seconds

    center = house.center.center()
    told = house.waiting.of_queue(center.queues[0], Channel.VOICE, 1, center, house.at)
    assert (None, None, 0) == (nobody, still_nobody, free)
    assert told == busy
    assert busy is not None
    assert busy > 0


def test_calls_back_whose_time_has_not_come_are_seen_apart() -> None:
    """Then they wait like everybody."""
    desk = Desk()
    desk.promise()
    before = line(desk.house)
    desk.passes(60)
    after = line(desk.house)

    assert ((1, 0), (0, 1)) == (
        (before.scheduled, before.waiting),
        (after.scheduled, after.waiting),
    )
    assert 0 == line(desk.house, channel=Channel.CHAT).scheduled


# --- one line -------------------------------------------------------------------------------------


def test_a_line_is_seen_in_order_with_who_rings_where(house: House) -> None:
    house.signs_in("ben")
    first = house.rings("To Sales")
    house.later(3)
    second = house.rings("To Sales")

    found = house.live.line(SALES, Channel.VOICE, PAGE).items

    assert [(1, first, "Ben Ode"), (2, second, None)] == [
        (each.position, each.contact.contact_id, each.agent_name) for each in found
    ]


def test_an_agents_own_line_is_seen_too(house: House) -> None:
    house.signs_in("cleo", "Break")
    contact_id = house.rings("To Sales")
    house.supervision.move(contact_id, queue=None, agent=CLEO, by="sue")

    found = house.live.line(f"agent:{CLEO}", Channel.VOICE, PAGE).items

    assert [contact_id] == [each.contact.contact_id for each in found]


def test_a_long_line_comes_in_pages_that_hide_and_repeat_nobody(house: House) -> None:
    """Though the first goes away between two of them."""
    ids = []
    for _ in range(5):
        house.later(1)
        ids.append(house.rings("To Sales"))
    first = house.live.line(SALES, Channel.VOICE, Wish(size=2))
    house.signs_in("ben")
    house.answers(BEN, ids[0])

    rest = house.live.line(SALES, Channel.VOICE, Wish(size=9, token=first.token))

    assert ids == [each.contact.contact_id for each in (*first.items, *rest.items)]
    assert rest.token is None


def test_a_queue_that_is_not_there_is_named(house: House) -> None:
    with pytest.raises(NotFound) as refused:
        house.live.line("q-none", Channel.VOICE, PAGE)

    assert ("queueId", "q-none") == (refused.value.field, refused.value.value)


def test_a_snapshot_reads_no_more_of_a_long_line_than_of_a_short_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counters and the heads: whatever the backlog."""

    def read(*_: Any) -> list[Place]:
        raise AssertionError("the whole line was read")

    for _ in range(30):
        house.rings("To Sales")
    monkeypatch.setattr(house.routing_store, "line", read)

    assert 30 == line(house).waiting
