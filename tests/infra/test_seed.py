"""The demo center, also one that was set up before it could do all it can do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters.number_zones import time_zones_of
from chalicelib.adapters.numbering import to_e164
from chalicelib.core.calling_hours import allowed_until
from chalicelib.core.center import Center, ProfileQueue, RoutingProfile
from chalicelib.core.events import Channel
from chalicelib.core.ids import QueueId, RoutingProfileId
from infra.seed import PRACTISED_IN, caught_up, center, main

BEFORE = RoutingProfile(
    profile_id=RoutingProfileId("service"),
    name="Service",
    queues=(
        ProfileQueue(queue_id=QueueId("support"), channel=Channel.VOICE, priority=2),
        ProfileQueue(queue_id=QueueId("support"), channel=Channel.CHAT, priority=2),
    ),
    concurrency={Channel.VOICE: 1, Channel.CHAT: 7},
)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Center:
    monkeypatch.setenv("INSTANCE_ID", "i-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return center()


def test_a_center_of_today_is_left_alone(acme: Center) -> None:
    assert acme == caught_up(acme)


def test_agents_of_an_older_center_take_tasks_and_letters_of_their_queues(acme: Center) -> None:
    """What somebody set up since stays."""
    older = replace(acme, profiles=(BEFORE,), case_templates=(), task_templates=(), tariffs=())

    now = caught_up(older)

    (profile,) = now.profiles
    assert {Channel.VOICE: 1, Channel.CHAT: 7, Channel.TASK: 10, Channel.EMAIL: 5} == dict(
        profile.concurrency
    )
    assert profile.serves(QueueId("support"), Channel.TASK)
    assert {2} == {entry.priority for entry in profile.queues}
    assert (acme.case_templates, acme.task_templates) == (now.case_templates, now.task_templates)
    assert acme.tariffs == now.tariffs
    assert now == caught_up(now)


def test_somewhere_it_is_always_an_hour_to_call_somebody_back() -> None:
    """At every quarter of an hour of a week in winter and of one in summer."""
    zones = [ZoneInfo(zone) for zone in PRACTISED_IN]
    for begins in (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)):
        for quarter in range(7 * 24 * 4):
            at = begins + timedelta(minutes=15 * quarter)
            assert any(allowed_until(at, [zone]) > at for zone in zones), at


def test_numbers_to_practise_with_are_where_they_are_said_to_be(acme: Center) -> None:
    for zone, prefix in PRACTISED_IN.items():
        known = [n.number for n in acme.practice_numbers if n.number.startswith(prefix)]
        assert len(known) >= 4
        assert all((zone,) == time_zones_of(number) for number in known)
        assert known == [to_e164(number) for number in known]


def test_an_older_center_promises_and_decides_what_one_of_today_does(acme: Center) -> None:
    """By hours that there are; what somebody set up since stays."""
    now = caught_up(replace(acme, sla_policies=(), authorities=()))

    assert now == acme
    assert {policy.hours_id for policy in now.sla_policies} <= {h.hours_id for h in now.hours}


def test_queues_of_an_older_center_get_quick_connects_once(acme: Center) -> None:
    """Each leads somewhere that there is; what somebody attached since stays."""
    bare = tuple(replace(queue, quick_connect_ids=()) for queue in acme.queues)

    now = caught_up(replace(acme, quick_connects=(), queues=bare))

    assert now == acme
    assert caught_up(replace(acme, queues=bare)).queues == bare
    for queue in acme.queues:
        assert len(acme.quick_connects_of(queue.queue_id)) == len(queue.quick_connect_ids) > 0
    numbers = {number.number for number in acme.practice_numbers}
    for each in acme.quick_connects:
        assert each.phone_number in ("", *numbers)
        assert each.queue_id is None or acme.queue(each.queue_id) is not None


def test_everybody_who_takes_calls_takes_tasks(acme: Center) -> None:
    for profile in acme.profiles:
        for entry in profile.queues:
            assert profile.serves(entry.queue_id, Channel.TASK)


def test_the_demo_is_set_up_on_laptops_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its passwords are published: in an account, anybody could sign in as its admin."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    with pytest.raises(SystemExit, match="laptop"):
        main()
